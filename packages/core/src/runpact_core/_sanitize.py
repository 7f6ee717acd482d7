"""Secrets that nobody registered, taken out of a text by what they look like: best effort, counted by kind.

Invariants:

* Pure, and linear: each rule is tried only where its sign stands in the text, and looks at a bounded stretch from each.
* All rules look at the text as it was given; where stretches overlap they become one mark, counted as the first kind.
* Twice is the same as once: no rule matches a mark, or what stands beside one.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from runpact_core._tokens import RULES

__all__ = ["Sanitized", "sanitize"]

_MARK = "***"


class Sanitized(NamedTuple):
    """A text without what looks like a secret.

    Attributes:
        text: The text, with ``***`` in the place of each.
        counts: How many were taken out, by kind, such as ``github``, ``email``, ``url-credentials``; sorted.
    """

    text: str
    counts: dict[str, int]


def sanitize(text: str) -> Sanitized:
    """See `runpact_core.redact.sanitize`."""
    found: list[tuple[int, int, str]] = []
    for kind, signs, pattern in RULES:
        if any(sign in text for sign in signs):
            matches = re.compile(pattern, re.ASCII).finditer(text)
            found += [(*match.span("x" if "x" in match.re.groupindex else 0), kind) for match in matches]
    pieces, at, counts = [], 0, Counter[str]()
    for start, stop, kind in sorted(found, key=lambda each: each[0]):
        if start >= at:
            pieces += [text[at:start], _MARK]
            counts[kind] += 1
        at = max(at, stop)
    pieces.append(text[at:])
    return Sanitized("".join(pieces), dict(sorted(counts.items())))
