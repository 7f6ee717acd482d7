"""Whether a regular expression can take a time that doubles with each character. Pure.

Python's engine tries every way in which a repeated part can be split. So refused is what gives it ways: a part that is
repeated often and holds a repetition of no fixed length, or alternatives. That also refuses some harmless patterns.
"""

from __future__ import annotations

import re
from typing import Any

__all__ = ["is_hazardous"]

_OFTEN = 10
_parser: Any = re._parser  # type: ignore[attr-defined] # noqa: SLF001 - the only thing that knows how a pattern is read


def is_hazardous(pattern: str) -> bool:
    """Whether a pattern repeats what itself repeats, or chooses, without a bound to speak of.

    Raises:
        re.error: It is no regular expression.
    """
    return _any(_parser.parse(pattern, re.ASCII), inside=False)


def _any(node: object, *, inside: bool) -> bool:
    """Whether there is such a part below a node; ``inside``: whether that is repeated often."""
    if isinstance(node, _parser.SubPattern | list):
        return any(_any(each, inside=inside) for each in list(node))
    if not isinstance(node, tuple):
        return False
    kind, value = (str(node[0]), node[1]) if len(node) == 2 else ("", node)
    if kind in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        least, most, part = value
        if inside and least != most:
            return True
        return _any(part, inside=inside or most >= _OFTEN)
    if kind == "BRANCH" and inside:
        return True
    return any(_any(each, inside=inside) for each in value) if isinstance(value, tuple) else _any(value, inside=inside)
