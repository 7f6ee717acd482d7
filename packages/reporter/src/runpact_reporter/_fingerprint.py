"""The same print for the same failure, on every machine, in every folder, at any time.

Invariants: pure; what differs between two runs of one failure is replaced before the digest is taken: numbers,
addresses, hexadecimal ids, UUIDs, times, the folders of paths, colours, white space, line numbers. What is left (kinds,
types, words, names of files and functions) tells failures apart.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runpact_reporter._failure_facts import Link

__all__ = ["fingerprint", "normalized"]

_MOST_LINKS = 10
_MOST_FRAMES = 5
_LONGEST = 4_000
_DIGITS = 32

_STEPS = tuple(
    (re.compile(pattern, re.IGNORECASE | re.ASCII), put)
    for pattern, put in (
        (r"\x1b\[[0-9;?]{0,40}[ -/]{0,4}[@-~]", ""),
        (r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<id>"),
        (
            r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}[t ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?(?:z|[+-][0-9:]{4,6})?",
            "<time>",
        ),
        (r"\b[0-9]{8}t[0-9]{6}z?", "<time>"),
        (r"(?<![\w.:/])(?:[a-z]:)?(?:[\\/][^\\/\s\"'<>|:;,()\[\]]{1,255}){1,64}[\\/]", "<path>/"),
        (r"\b0x[0-9a-f]{1,64}\b", "<n>"),
        (r"\b(?=[a-f]{0,63}[0-9])[0-9a-f]{7,64}\b", "<n>"),
        (r"[0-9]{1,4000}(?:[.,][0-9]{1,4000}){0,8}", "<n>"),
        (r"\s{1,4000}", " "),
    )
)


def fingerprint(kind: str, chain: Sequence[Link], clean: Sequence[str]) -> str:
    """The print of a failure, 32 hexadecimal digits.

    Args:
        kind: Its kind.
        chain: The errors, outermost first.
        clean: Their messages, sanitized, so that the print does not depend on a secret.
    """
    told = [[*link.types[:1], normalized(message)] for link, message in zip(chain, clean, strict=True)]
    frames = next((link.frames for link in reversed(chain) if link.frames), ())
    text = json.dumps([kind, told[:_MOST_LINKS], frames[-_MOST_FRAMES:]])
    return sha256(text.encode()).hexdigest()[:_DIGITS]


def normalized(message: str) -> str:
    """A message without what differs from run to run."""
    text = message[:_LONGEST]
    for pattern, put in _STEPS:
        text = pattern.sub(put, text)
    return text.strip()
