r"""Ways of writing characters as others (``%41``, ``\u0041``, ``&#65;``, colours in between), and what they stand for.

Invariants:

* An escape is at most 16 bytes long, but for colours, and holds no line feed: what is found in one line needs no other.
* `Style.possible` is a cheap question asked before the slow work: it finds every line in which an escape of the style
  may belong to one of the texts that are looked for, and few others. What it does not find holds none of them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

__all__ = ["STYLES", "Origins", "Style", "lines_with"]

# Not compiled here: a wrapped command waits for this import, and most logs need none of them. `re` keeps them.
_PERCENT = rb"%([0-9A-Fa-f]{2})"
_FORM = rb"%([0-9A-Fa-f]{2})|\+"
_ENTITY = rb"&(?:#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos));"
_BACKSLASH = (
    rb"\\(?:u([dD][89abAB][0-9A-Fa-f]{2})\\u([dD][c-fC-F][0-9A-Fa-f]{2})"
    rb"|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\}|U([0-9A-Fa-f]{8})"
    rb"|x([0-9A-Fa-f]{2})|([0-3][0-7]{2})|([^\r\n]))"
)
_ESCAPE = rb"\x1b"
_COLOUR = _ESCAPE + rb"\[[0-9:;?]{0,12}[A-Za-z]"
_NAMED = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}
_LETTERS = dict(zip(b"abfnrtveE", b"\a\b\f\n\r\t\v\x1b\x1b", strict=True))
_ASCII = 0x80
_FEW = 64  # signs that are looked at one by one, in a piece of some 64 KB: more are faster found by the pattern
_BEGUN = rb"\\(?<!\\\\)(?:\\\\)*"  # a backslash that is no second half of a pair; pairs before it may be read along

if TYPE_CHECKING:
    _Way = tuple[bytes, ...]
    _Tree = dict[bytes, "_Tree"]


class Style(NamedTuple):
    """One way of writing characters as others.

    Attributes:
        name: What it is called here.
        signs: What an escape starts with, one byte each: many times faster to look for than two.
        escape: All escapes, as a regular expression.
        meaning: What an escape stands for; a constant, where all stand for the same.
        written: The ways to write a byte, each as a row of regular expressions, the sign first; for a byte beyond
            ASCII, all that may give one. None where the style puts escapes between characters.
    """

    name: str
    signs: tuple[bytes, ...]
    escape: bytes
    meaning: Callable[[re.Match[bytes]], bytes] | bytes
    written: Callable[[int], list[_Way]] | None

    def possible(self, needles: Collection[bytes]) -> re.Pattern[bytes]:
        """What every line matches in which one of the needles stands with an escape of this style in it."""
        follows: dict[int, set[int]] = {}
        for needle in needles:
            for byte, follower in pairwise(needle):
                follows.setdefault(byte, set()).add(follower)
        if self.written is None:
            inner, after = _one_of(follows), _one_of({each for found in follows.values() for each in found})
            begun, rest = _ESCAPE + b"(?<=" + inner + _ESCAPE + b")", self.escape.removeprefix(_ESCAPE)
            return re.compile(begun + rest + b"(?:" + self.escape + b")*" + after)
        signs = {sign[0] for sign in self.signs}
        tree: _Tree = {}
        for byte in sorted({*follows, *(needle[-1] for needle in needles)}):
            anything = byte >= _ASCII or any(needle[-1] == byte for needle in needles)
            after = b"" if anything else b"(?=" + _one_of(follows[byte] | signs) + b")"
            for way in self.written(byte):
                branch = tree
                for step in way:
                    branch = branch.setdefault(step, {})
                branch[after] = {}
        return re.compile(_pattern(tree))


class Origins:
    """Where in the data each byte came from of the text that is the data with the escapes of one style resolved."""

    def __init__(self, data: bytes, style: Style) -> None:
        at = length = 0
        self._places = [0]  # places in the text from which on ...
        self._origins = [(0, 0)]  # ... bytes come from here; with the length of the escape, 0 for plain bytes
        for escape in re.finditer(style.escape, data):
            start, stop = escape.span()
            length += start - at
            after = length + len(style.meaning if isinstance(style.meaning, bytes) else style.meaning(escape))
            self._places += [length, after]
            self._origins += [(start, stop - start), (stop, 0)]
            length, at = after, stop

    def span(self, start: int, stop: int) -> tuple[int, int]:
        """Tell what of the data a stretch of the text came from: whole escapes."""
        return self._origin(start, last=False), self._origin(stop - 1, last=True)

    def _origin(self, place: int, *, last: bool) -> int:
        index = bisect_right(self._places, place) - 1
        start, length = self._origins[index]
        return start + (length * last if length else place - self._places[index] + last)


def lines_with(pattern: re.Pattern[bytes], signs: Collection[bytes], data: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines in which a pattern is found, neighbours in one piece, with the place where each piece begins.

    The pattern is that of `Style.possible`, so each of its finds begins with one of the signs.
    """
    begin = end = 0
    found = _first(pattern, signs, data, 0)
    while found:
        start = data.rfind(b"\n", 0, found.start()) + 1
        if start > end + 1:
            yield begin, data[begin:end]
        begin = start if start > end + 1 or not end else begin
        end = data.find(b"\n", found.end())
        end = len(data) if end < 0 else end
        found = _first(pattern, signs, data, end)
    if end:
        yield begin, data[begin:end]


def _first(pattern: re.Pattern[bytes], signs: Collection[bytes], data: bytes, start: int) -> re.Match[bytes] | None:
    """As `pattern.search`, but several times faster where the one sign is rare."""
    if len(signs) > 1:
        return pattern.search(data, start)
    (sign,) = signs
    at = data.find(sign, start)
    for _ in range(_FEW):
        if at < 0:
            return None
        if found := pattern.match(data, at):
            return found
        at = data.find(sign, at + 1)
    return pattern.search(data, at) if at >= 0 else None


def _percent(escape: re.Match[bytes]) -> bytes:
    return bytes.fromhex(escape[1].decode("ascii")) if escape[1] else b" "


def _entity(escape: re.Match[bytes]) -> bytes:
    decimal, digits, name = escape.groups()
    if name:
        return _NAMED[name]
    return _character(int(decimal) if decimal else int(digits, 16)) or escape[0]


def _backslash(escape: re.Match[bytes]) -> bytes:
    high, low, four, braced, eight, byte, octal, single = escape.groups()
    if single:
        return bytes([_LETTERS.get(single[0], single[0])])
    if byte or octal:
        return bytes([int(byte, 16) if byte else int(octal, 8)])
    if high:
        return _character(0x10000 + ((int(high, 16) & 0x3FF) << 10) + (int(low, 16) & 0x3FF))
    return _character(int(four or braced or eight, 16)) or escape[0]


def _character(code: int) -> bytes:
    """UTF-8 of a code point; nothing where there is no such character."""
    try:
        return chr(code).encode("utf-8")
    except (ValueError, OverflowError):  # beyond Unicode, or half of a pair (a UnicodeEncodeError is a ValueError)
        return b""


def _one_of(values: Collection[int]) -> bytes:
    return b"[" + b"".join(b"\\x%02x" % value for value in sorted(values)) + b"]"


def _pattern(tree: _Tree) -> bytes:
    """The regular expression of a tree: each way down is one of its branches."""
    ways = [step + _pattern(below) for step, below in tree.items()]
    return b"(?:" + b"|".join(ways) + b")" if len(ways) > 1 else b"".join(ways)


def _digits(number: bytes) -> _Way:
    """Hexadecimal digits in either case."""
    return tuple(b"[%c%c]" % (digit, digit - 32) if digit > ord("9") else b"%c" % digit for digit in number)


def _in_percent(byte: int) -> list[_Way]:
    return [(b"%", *_digits(b"%02x" % byte))]


def _in_form(byte: int) -> list[_Way]:
    return [*_in_percent(byte), *([(rb"\+",)] if byte == ord(" ") else [])]


def _in_entity(byte: int) -> list[_Way]:
    if byte >= _ASCII:
        return [(b"&", b"#")]
    names = [(b"&", name, b";") for name, meaning in _NAMED.items() if meaning[0] == byte]
    return [(b"&", b"#", b"0*%d;" % byte), (b"&", b"#", b"[xX]", b"0*", *_digits(b"%x" % byte), b";"), *names]


def _in_backslash(byte: int) -> list[_Way]:
    plain = [letter for letter in range(256) if _LETTERS.get(letter, letter) == byte]
    digits, octal = _digits(b"%02x" % byte), tuple(b"%c" % digit for digit in b"%03o" % byte)
    ways: list[_Way] = [(*((_BEGUN, rb"\x%02x" % letter)),) for letter in plain]
    ways += [(_BEGUN, b"x", *digits), (_BEGUN, *octal)]
    if byte >= _ASCII:
        return [*ways, (_BEGUN, b"[uU]")]
    braced = (_BEGUN, b"u", rb"\{0*", *_digits(b"%x" % byte), rb"\}")
    return [*ways, (_BEGUN, b"u", b"0", b"0", *digits), braced, (_BEGUN, b"U", b"0{6}", *digits)]


STYLES = (
    Style("percent", (b"%",), _PERCENT, _percent, _in_percent),
    Style("form", (b"%", b"+"), _FORM, _percent, _in_form),
    Style("backslash", (b"\\",), _BACKSLASH, _backslash, _in_backslash),
    Style("entity", (b"&",), _ENTITY, _entity, _in_entity),
    Style("colour", (b"\x1b",), _COLOUR, b"", None),
)
