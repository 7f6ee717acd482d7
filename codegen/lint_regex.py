"""The regular expressions of the dialect: a small language that Python, Rust and ECMAScript read alike.

`parse` accepts literals, classes, groups, alternatives and greedy quantifiers between ``^`` and ``$``,
and refuses whatever the engines understand differently or cannot run in linear time. Characters are sets,
one bit for each of ASCII and one for all others together; where that is too coarse, sets overlap that
need not, so an analysis of them errs on the safe side.

Why an own parser: that of the standard library is private and knows Python's language, not the common part.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from typing import Final, TypeAlias

__all__ = ["Char", "Choice", "PatternRefused", "Regex", "Repeat", "Sequence", "parse"]

ASCII: Final = (1 << 128) - 1
BEYOND: Final = 1 << 128
MAX_NESTING: Final = 20
CONTROLS: Final = {"n": 10, "r": 13, "t": 9}
QUANTIFIER: Final = re.compile(r"[*+?]|\{([0-9]{1,4})(,([0-9]{1,4})?)?\}")
HEX: Final = re.compile(r"x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})")
SET_OPERATORS: Final = ("--", "&&", "||", "~~")


class PatternRefused(Exception):
    """A pattern is outside the dialect; ``reason`` completes "the pattern …"."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


@dataclass(frozen=True)
class Char:
    """One character out of a set of them."""

    mask: int


@dataclass(frozen=True)
class Sequence:
    """One after the other."""

    parts: tuple[Regex, ...]


@dataclass(frozen=True)
class Choice:
    """One of several."""

    options: tuple[Regex, ...]


@dataclass(frozen=True)
class Repeat:
    """The same ``low`` to ``high`` times; no ``high`` is any number of times."""

    body: Regex
    low: int
    high: int | None


Regex: TypeAlias = "Char | Sequence | Choice | Repeat"


def parse(pattern: str) -> Regex:
    """What stands between the anchors.

    Raises:
        PatternRefused: The pattern is not anchored, or has something that the dialect has not.
    """
    if not pattern.isascii():
        raise PatternRefused("has characters beyond ASCII", "write a class without them")
    escaped = len(pattern) - len(pattern[:-1].rstrip("\\")) - 1
    if not pattern.startswith("^") or not pattern.endswith("$") or escaped % 2:
        raise PatternRefused("is not anchored at both ends", "begin it with ^ and end it with $")
    parser = _Parser(pattern[1:-1])
    regex = parser.choice()
    if parser.rest:
        raise PatternRefused("closes a group that it did not open", "write \\) for the character")
    if isinstance(regex, Choice):
        raise PatternRefused(
            "is not anchored at both ends: each anchor belongs to one alternative", "group them: ^(a|b)$"
        )
    return regex


class _Parser:
    """A recursive descent over the text; ``rest`` is what was not read yet."""

    def __init__(self, text: str) -> None:
        self.rest = text
        self.depth = 0

    def take(self, token: str) -> bool:
        """Read a token if it is next."""
        found = self.rest.startswith(token)
        if found:
            self.rest = self.rest.removeprefix(token)
        return found

    def choice(self) -> Regex:
        options = [self.sequence()]
        while self.take("|"):
            options.append(self.sequence())
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def sequence(self) -> Regex:
        parts: list[Regex] = []
        while self.rest and self.rest[0] not in "|)":
            parts.append(self.repeat())
        return Sequence(tuple(parts))

    def repeat(self) -> Regex:
        atom = self.atom()
        match = QUANTIFIER.match(self.rest)
        if match is None:
            return atom
        self.take(match[0])
        if QUANTIFIER.match(self.rest):
            raise PatternRefused("has a quantifier upon a quantifier", "write one greedy quantifier")
        if match[1] is None:
            low, high = {"*": (0, None), "+": (1, None), "?": (0, 1)}[match[0]]
            return Repeat(atom, low, high)
        low = int(match[1])
        return Repeat(atom, low, low if match[2] is None else int(match[3]) if match[3] else None)

    def atom(self) -> Regex:
        if self.take("("):
            return self.group()
        if self.take("["):
            return self.charset()
        if self.take("\\"):
            return Char(_bit(self.escape()))
        if self.take("."):
            raise PatternRefused(
                "has a dot, which means another set in each engine", r"write a class: [^\x00-\x1f\x7f]"
            )
        character = self.rest[0]
        if character in "^$*+?{}]":
            raise PatternRefused(
                f"has {character} where it is no plain character", f"write \\{character} if it is meant"
            )
        self.take(character)
        return Char(_bit(ord(character)))

    def group(self) -> Regex:
        if self.rest.startswith("?") and not self.take("?:"):
            reason = f"has ({self.rest[:2]}: lookaround, flags and named groups are not in the dialect"
            raise PatternRefused(reason, "write ( or (?:")
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise PatternRefused(f"nests groups more than {MAX_NESTING} deep", "write it flat")
        body = self.choice()
        self.depth -= 1
        if not self.take(")"):
            raise PatternRefused("does not close a group", "write \\( for the character")
        return body

    def charset(self) -> Regex:
        negated = self.take("^")
        mask = 0
        if self.rest.startswith("]"):
            raise PatternRefused("has an empty class", "write \\] for the character")
        while not self.take("]"):
            if not self.rest or self.rest.startswith(("[", *SET_OPERATORS)):
                reason = f"has a class with {self.rest[:2]} in it" if self.rest else "does not close a class"
                raise PatternRefused(reason, "write \\[ or \\] for the character")
            low = high = self.member()
            if self.rest.startswith("-") and self.rest[1:2] not in {"", "]"}:
                self.take("-")
                high = self.member()
            if low > high:
                raise PatternRefused("has a range that runs backwards", "write the smaller character first")
            mask |= _range(low, high)
        return Char((ASCII & ~mask) | BEYOND if negated else mask)

    def member(self) -> int:
        if self.take("\\"):
            return self.escape()
        character = self.rest[0]
        self.take(character)
        return ord(character)

    def escape(self) -> int:
        if match := HEX.match(self.rest):
            self.take(match[0])
            return int(match[1] or match[2], 16)
        character = self.rest[0]  # a lone backslash at the end would have escaped the final $
        if character.isdigit():
            raise PatternRefused(f"has the back-reference \\{character}", "spell the text out")
        self.take(character)
        if character in CONTROLS:
            return CONTROLS[character]
        if character not in string.punctuation:
            raise PatternRefused(f"has \\{character}", "write an ASCII class, such as [0-9] or [A-Za-z0-9_]")
        return ord(character)


def _bit(code: int) -> int:
    return 1 << min(code, 128)


def _range(low: int, high: int) -> int:
    return (1 << (min(high, 128) + 1)) - (1 << min(low, 128))
