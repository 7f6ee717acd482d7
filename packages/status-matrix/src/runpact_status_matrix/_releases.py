"""What the names of releases tell of each other. Pure."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["is_older", "is_same"]

_RELEASE = re.compile(r"[A-Za-z_/-]*([0-9]{1,30}(?:\.[0-9]{1,30}){0,7})(-[0-9A-Za-z.-]+)?(\+.*)?", re.ASCII)


def is_same(release: str, tag: str) -> bool:
    """Whether a report's release is that of a tag: the same name, but for what one of them has before the number.

    ``1.4.0``, ``v1.4.0`` and ``runner-v1.4.0`` name one release; ``rust-v1.4.0`` and ``php-v1.4.0`` do not.
    """
    return release == tag or _ends_with(release, tag) or _ends_with(tag, release)


def _ends_with(longer: str, shorter: str) -> bool:
    number = shorter[1:] if shorter[:1] in {"v", "V"} else shorter
    before = longer.removesuffix(number)
    if not number[:1].isdecimal() or before == longer:
        return False
    return not before[-1:].isdecimal() and "." not in before


def is_older(release: str, than: str) -> bool:
    """Whether a release comes before another; False where their names do not tell.

    Names are read as numbers with dots behind letters (``v1.4.0``, ``runner-2.0``); what follows a hyphen is a release
    before that one, as in semantic versioning.
    """
    mine, other = _ordered(release), _ordered(than)
    return mine is not None and other is not None and mine < other


def _ordered(release: str) -> tuple[Any, ...] | None:
    match = _RELEASE.fullmatch(release)
    if match is None:
        return None
    numbers = [int(part) for part in match[1].split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:  # 1.4 is 1.4.0
        numbers.pop()
    parts = match[2][1:].split(".") if match[2] else []
    before = tuple((0, int(part), "") if part.isdecimal() and len(part) < 30 else (1, 0, part) for part in parts)
    return tuple(numbers), not parts, before
