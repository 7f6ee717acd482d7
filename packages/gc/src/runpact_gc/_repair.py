"""The one fault of published configuration that is mended: a key directly followed by ``[`` or ``{``.

``greenwall:["**/x/*.md"]`` lacks the space that YAML wants after a colon. Exactly this is mended, by one space, where
it is a key of a mapping written in lines; nothing inside brackets, strings, comments or texts of many lines is touched,
and every other byte stays. Whether it is such a key is asked of the YAML parser, of the mended text. Pure.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any, NamedTuple

import yaml

__all__ = ["MAX_BYTES", "Repaired", "repair"]

MAX_BYTES = 1024 * 1024
"""The largest configuration, in bytes, that is read."""

_CANDIDATE = re.compile(
    r"""^(?P<before>\ *)  # an item of a sequence may be such a string: - a:[0-9]
        (?P<key>"[^"\\\n]*"|'[^'\n]*'|[^\s"'#\[\]{}&*!|>%@`,?:-][^\n"'#\[\]{}:]*)
        :(?=[\[{])""",
    re.MULTILINE | re.VERBOSE,
)
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # its parser alone is used, never its tags


class Repaired(NamedTuple):
    """A configuration as it was meant.

    Attributes:
        data: Its bytes, mended.
        mended: Line (from 1) and key of each place that was.
    """

    data: bytes
    mended: tuple[tuple[int, str], ...]


def repair(data: bytes) -> Repaired:
    """Put a space after the colon of each key that lacks it; what is not UTF-8 or too large comes back as it is."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return Repaired(data, ())
    found = list(_CANDIDATE.finditer(text)) if len(data) <= MAX_BYTES else []
    if not found:
        return Repaired(data, ())
    starts = _outside_brackets(_spaced(text, found))
    placed = zip(_lines(text, found), found, strict=True)
    mended = [(line, each) for line, each in placed if (line, len(each["before"])) in starts]
    said = tuple((line + 1, each["key"].strip("\"'")) for line, each in mended)
    return Repaired(_spaced(text, [each for _, each in mended]).encode(), said)


def _spaced(text: str, found: list[re.Match[str]]) -> str:
    """The text with a space after each match."""
    ends = [0, *(each.end() for each in found), len(text)]
    return " ".join(text[start:end] for start, end in pairwise(ends))


def _lines(text: str, found: list[re.Match[str]]) -> list[int]:
    """The line, from 0, of each match."""
    lines, line, at = [], 0, 0
    for each in found:
        line += text.count("\n", at, each.start())
        at = each.start()
        lines.append(line)
    return lines


def _outside_brackets(text: str) -> set[tuple[int, int]]:
    """Line and column, from 0, of each scalar that no brackets are around, but for the last one before a fault.

    A proposed place with its space is the start of such a scalar only if it is a key: inside brackets, strings,
    comments and texts of many lines none begins. Where a fault follows, the brackets of the last may not have ended.
    """
    starts: list[tuple[int, int]] = []
    has_brackets: list[bool] = []  # of each open mapping or sequence
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.CollectionStartEvent):
                has_brackets.append(bool(event.flow_style))
            elif isinstance(event, yaml.CollectionEndEvent):
                has_brackets.pop()
            elif isinstance(event, yaml.ScalarEvent) and not (has_brackets and has_brackets[-1]):
                mark: Any = event.start_mark  # of an event from a parser never None
                starts.append((mark.line, mark.column))
    except (yaml.YAMLError, ValueError, OverflowError):  # the reader says what is wrong
        del starts[-1:]
    return set(starts)
