"""Run ids in paths, and the spellings of one. Pure.

Invariants: a run id of the usual forms is the same with ``run`` before it or without, and whichever separators it has:
``run_20260119_063015`` and ``20260119-063015`` are one run. What a pattern of one's own finds is what it is.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from runpact_gc._settings import DEFAULTS

if TYPE_CHECKING:
    from runpact_gc._model import Entry

__all__ = ["foremost", "run_id_in", "spellings", "unspelt"]

_EDGES = "(?<![0-9A-Za-z])(?:{})(?![0-9A-Za-z])"
_USUAL = DEFAULTS.run_id_patterns
_ANY_USUAL = re.compile("|".join(_USUAL), re.ASCII)
_HEX = frozenset(each for each in _USUAL if each.endswith("[0-9a-f]{8}"))
_LONGEST_PATH = 1024  # characters at the end of a path that a run id is looked for in


def run_id_in(path: str, patterns: tuple[str, ...]) -> str | None:
    """The run id in a path: what the first pattern that matches anywhere matches first.

    For the two usual patterns of eight hex digits a date is none: files of one day are not one run.
    """
    for pattern in patterns:
        for match in _edged(pattern).finditer(path[-_LONGEST_PATH:]):
            if pattern not in _HEX or not _is_date(match[0][-8:]):
                return match[0]
    return None


def _is_date(text: str) -> bool:
    """Whether eight characters are a day of this or the last century: ``20261101``."""
    if not (text.isdigit() and text[:2] in {"19", "20"}):
        return False
    try:
        return bool(date(int(text[:4]), int(text[4:6]), int(text[6:])))
    except ValueError:
        return False


@lru_cache(maxsize=256)
def _edged(pattern: str) -> re.Pattern[str]:
    return re.compile(_EDGES.format(pattern), re.ASCII)


@lru_cache(maxsize=1 << 16)
def unspelt(run_id: str) -> str:
    """A run id of one of the usual forms without ``run`` and separators; any other as it is."""
    if _ANY_USUAL.fullmatch(run_id) is None:
        return run_id
    return run_id.removeprefix("run").replace("-", "").replace("_", "")


def foremost(run_id: str) -> tuple[int, str]:
    """The order of spellings: that of the usual forms."""
    places = (place for place, each in enumerate(_USUAL) if re.fullmatch(each, run_id, re.ASCII))
    return next(places, len(_USUAL)), run_id


def spellings(entry: Entry, patterns: tuple[str, ...]) -> frozenset[str]:
    """Each run id that stands in a path of an entry: several where one run is spelt in several ways."""
    found = (run_id_in(file.path, patterns) for file in entry.files)
    return frozenset(each for each in found if each is not None)
