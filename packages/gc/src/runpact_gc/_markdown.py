"""Markdown made shorter without another meaning: sections without content go, headings get one form. Pure.

Invariants:

* Only headings of the document itself are touched, never what stands in code, front matter, comments, lists or
  quotations; a parser says what a heading is, and where it stands.
* What the result means is what the original means, but for the headings that went: the parser's reading of both is
  compared, and where they differ in anything else the text is left as it is.
* The first heading stays, as the title. A section is empty when nothing but blank lines and empty sections are in it: a
  comment, a definition of a link, a rule are content.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

__all__ = ["Tidied", "tidied"]

_LONE_RETURN = re.compile("\r(?!\n)")
_FENCES = {"---", "..."}  # what ends front matter


class Tidied(NamedTuple):
    """A text that was made shorter.

    Attributes:
        text: The whole of it.
        removed: The headings of the sections that went, in order.
        rewritten: How many headings got another form.
    """

    text: str
    removed: tuple[str, ...]
    rewritten: int


class _Heading(NamedTuple):
    """A heading of the document itself: its tokens' place, its lines (from, to), its level and its text."""

    token: int
    begin: int
    end: int
    level: int
    content: str


def tidied(text: str, *, remove_empty_sections: bool = True, canonical_headers: bool = True) -> Tidied | None:
    """The text, made shorter; None where it cannot be without another meaning.

    Args:
        text: A document.
        remove_empty_sections: Whether sections without content go, with the blank lines after them.
        canonical_headers: Whether headings get the form ``## Text``, and one blank line where there are several.
    """
    if _LONE_RETURN.search(text):  # a line end for the parser, and none for us
        return None
    parser = _parser()
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    tokens = parser.parse(text)
    headings = [each for each in _headings(tokens) if each.begin >= _front_matter(lines)]
    empty = _empty(headings, lines) if remove_empty_sections else frozenset()
    new, rewritten = _lines(headings, lines, empty, parser if canonical_headers else None)
    result = "".join(new)
    gone = {headings[number].token + part for number in empty for part in range(3)}
    if _meaning(token for place, token in enumerate(tokens) if place not in gone) != _meaning(parser.parse(result)):
        return None
    return Tidied(result, tuple(headings[number].content for number in sorted(empty)), rewritten)


def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # only documents that are compacted need it

    return MarkdownIt("commonmark").enable("table")


def _headings(tokens: Sequence[Token]) -> list[_Heading]:
    return [
        _Heading(place, token.map[0], token.map[1], int(token.tag[1:]), tokens[place + 1].content)
        for place, token in enumerate(tokens)
        if token.type == "heading_open" and token.level == 0 and token.map is not None
    ]


def _front_matter(lines: Sequence[str]) -> int:
    """The number of lines that front matter takes."""
    if not lines or lines[0].rstrip() != "---":
        return 0
    for number, line in enumerate(lines[1:], 2):
        if line.rstrip() in _FENCES:
            return number
    return 0


def _empty(headings: Sequence[_Heading], lines: Sequence[str]) -> frozenset[int]:
    """Which headings, by number, begin a section in which there is nothing."""
    found: set[int] = set()
    full = 0  # the level of the next heading whose section is not empty, from the end of the text on
    for number in range(len(headings) - 1, -1, -1):
        heading = headings[number]
        end = headings[number + 1].begin if number + 1 < len(headings) else len(lines)
        has_text = any(line.strip(" \t\r\n") for line in lines[heading.end : end])
        if has_text or full > heading.level or number == 0:
            full = heading.level
        else:
            found.add(number)
    return frozenset(found)


def _lines(
    headings: Sequence[_Heading], lines: Sequence[str], empty: frozenset[int], parser: MarkdownIt | None
) -> tuple[list[str], int]:
    """The lines of the result, and how many headings got another form."""
    new: list[str] = []
    at, rewritten = 0, 0
    for number, heading in enumerate(headings):
        new.extend(lines[at : heading.begin])
        at = heading.end
        if number in empty:
            while at < len(lines) and not lines[at].strip(" \t\r\n"):
                at += 1
            continue
        own = list(lines[heading.begin : heading.end])
        if parser is not None:
            form = _form(heading, own, parser)
            rewritten += form != own
            own = form
            while len(new) > 1 and not new[-1].strip(" \t\r\n") and not new[-2].strip(" \t\r\n"):
                new.pop()
            while at + 1 < len(lines) and not lines[at].strip(" \t\r\n") and not lines[at + 1].strip(" \t\r\n"):
                at += 1
        new.extend(own)
    new.extend(lines[at:])
    return new, rewritten


def _form(heading: _Heading, own: list[str], parser: MarkdownIt) -> list[str]:
    """The heading's one form, or its own where that would be another heading."""
    body = own[-1].rstrip("\r\n")
    line = f"{'#' * heading.level} {heading.content}".rstrip(" ")
    read = _headings(parser.parse(line))
    if len(read) != 1 or read[0][2:] != (1, heading.level, heading.content):
        return own
    return [line + own[-1][len(body) :]]


def _meaning(tokens: Iterable[Token]) -> list[tuple[object, ...]]:
    """What a reading says, without where it says it and how it was written."""
    return [
        (
            *(token.type, token.tag, token.nesting, token.level, token.content, token.info, token.hidden),
            sorted(token.attrs.items()),
            _meaning(token.children or ()),
        )
        for token in tokens
    ]
