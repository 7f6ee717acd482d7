"""Secrets taken out of a stream of bytes, wherever they stand and however they are spelled.

What is promised:

1. *Any split is the whole.* The output does not depend on how the input was cut into chunks.
2. *Literal.* A value has no regular-expression meaning; what is looked for are its bytes.
3. *Listed spellings.* As it is; base64 at the three alignments, in both alphabets; hex in lower and upper case; shell
   single quotes; and, in any mixture of escaped and plain characters, ``%41`` and ``+`` of URLs, ``\u0041`` and all
   other backslash escapes of JSON, shells and C, ``&#65;`` and ``&amp;`` of XML; with colours of a terminal between the
   characters. Two layers of escapes (JSON in a JSON string) are not seen through.
4. *Linear time, bounded memory.* Whole lines are given at once; of an unfinished one at most the last 4 KB, or
   `_GROWTH` times the longest value, and as much again are held back.
5. *By line.* A value of several lines (a PEM key) is masked line by line, each without the white space around it, so
   that it is found indented, quoted or escaped too. Lines under `SHORTEST` bytes are left.

Every byte that belongs to any occurrence is covered, also where occurrences overlap: such a stretch becomes one mark,
which tells neither length nor which value it was.
"""

from __future__ import annotations

import binascii
import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["MASK", "SHORTEST", "Masker"]

MASK = b"***"
SHORTEST = 6  # bytes; what is shorter is found by chance in ordinary output

_GROWTH = 16  # no spelling of a byte is longer, nor a byte with a colour: `_spans` sees to that
_CONTEXT = 16  # bytes kept before what is undecided: no escape is longer, so none is cut
_ENOUGH = 4096  # bytes of an unfinished line worth a search, at least: tiny chunks and long values stay linear

# Not compiled here: a wrapped command waits for this import, and most logs need none of them. `re` keeps them.
_PERCENT = rb"%([0-9A-Fa-f]{2})"
_FORM = rb"%([0-9A-Fa-f]{2})|\+"
_ENTITY = rb"&(?:#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos));"
_BACKSLASH = (
    rb"\\(?:u([dD][89abAB][0-9A-Fa-f]{2})\\u([dD][c-fC-F][0-9A-Fa-f]{2})"
    rb"|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\}|U([0-9A-Fa-f]{8})"
    rb"|x([0-9A-Fa-f]{2})|([0-3][0-7]{2})|([^\r\n]))"
)
_COLOUR = rb"\x1b\[[0-9:;?]{0,12}[A-Za-z]"
_NAMED = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}
_LETTERS = dict(zip(b"abfnrtveE", b"\a\b\f\n\r\t\v\x1b\x1b", strict=True))


class Masker:
    """Replaces registered values by ``***`` in a stream that comes in chunks. One masker for one stream.

    Args:
        values: What must not be seen. Those without a line of `SHORTEST` bytes are refused: see `too_short`.

    Attributes:
        too_short: Positions, in the order given, of the values that are not masked since they are too short.
        count: How many marks were put, in the stream and by `mask` and `mask_text`.
    """

    def __init__(self, values: Iterable[bytes]) -> None:
        lines = [[line.strip() for line in value.splitlines()] for value in values]
        kept = [[line for line in value if len(line) >= SHORTEST] for value in lines]
        self.too_short = tuple(position for position, value in enumerate(kept) if not value)
        self.count = 0
        known = {line for value in kept for line in value}
        self._needles = sorted({spelling for line in known for spelling in _spellings(line)})
        self._styles = [style for style in _STYLES if style.name != "form" or any(b" " in line for line in known)]
        self._reach = _GROWTH * max(map(len, known), default=0)
        self._start_again()

    def feed(self, chunk: bytes) -> bytes:
        """Take the next bytes of the stream and give what is decided: all but a possible beginning of a value."""
        if not self._needles:
            return chunk
        lines = max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) + 1
        whole = len(self._buffer) + lines if lines else 0
        self._buffer += chunk
        far = len(self._buffer) - self._reach
        if not whole and far < self._done + max(_ENOUGH, self._reach):
            return b""
        return self._emit(max(whole, far))

    def flush(self) -> bytes:
        """Give what was held back: the stream is at its end. The masker can then take another one."""
        rest = self._emit(len(self._buffer))
        self._start_again()
        return rest

    def mask(self, data: bytes) -> bytes:
        """Mask bytes that are whole, apart from the stream."""
        out, _ = self._covered_copy(data, 0, len(data), 0)
        return out

    def mask_text(self, text: str) -> str:
        """Mask a text that is whole, apart from the stream. Text of bytes that are no UTF-8 may stand in it."""
        errors = "surrogateescape"
        try:
            data = text.encode("utf-8", errors)
        except UnicodeEncodeError:  # half of a pair that stands for no byte
            errors = "surrogatepass"
            data = text.encode("utf-8", errors)
        before = self.count
        masked = self.mask(data)
        return text if self.count == before else masked.decode("utf-8", errors)

    def _start_again(self) -> None:
        self._buffer = b""  # begins where an escape may begin, and not in the middle of one
        self._done = 0  # the buffer up to here was given
        self._covered = 0  # the buffer up to here belongs to a value whose mark was given

    def _emit(self, until: int) -> bytes:
        out, covered = self._covered_copy(self._buffer, self._done, until, self._covered)
        start = _boundary(self._buffer, max(0, until - _CONTEXT))
        self._buffer = self._buffer[start:]
        self._done, self._covered = until - start, covered - start
        return out

    def _covered_copy(self, data: bytes, begin: int, end: int, covered: int) -> tuple[bytes, int]:
        """Copy ``data[begin:end]`` with marks; the second value tells up to where the last mark reaches."""
        pieces = []
        at = max(begin, covered)
        for start, stop in sorted(self._spans(data)):
            if not begin <= start < end:
                continue
            if start >= covered:
                pieces += [data[at:start], MASK]
                self.count += 1
            at = covered = max(covered, stop)
        pieces.append(data[at:end])
        return b"".join(pieces), covered

    def _spans(self, data: bytes) -> Iterator[tuple[int, int]]:
        yield from self._found(data)
        for style in self._styles:
            if any(sign in data for sign in style.signs):
                origins = None
                for start, stop in self._found(re.sub(style.escape, style.meaning, data)):
                    origins = origins or _Origins(data, style)
                    first, end = origins.span(start, stop)
                    if end - first <= self._reach:  # longer: full of colours, and beyond what is held back of a stream
                        yield first, end

    def _found(self, text: bytes) -> Iterator[tuple[int, int]]:
        for needle in self._needles:
            at = text.find(needle)
            while at >= 0:
                yield at, at + len(needle)
                at = text.find(needle, at + 1)


class _Style(NamedTuple):
    """One way of writing characters as others: what starts an escape, all escapes, what one of them stands for."""

    name: str
    signs: tuple[bytes, ...]  # one byte each: many times faster to look for than two
    escape: bytes
    meaning: Callable[[re.Match[bytes]], bytes]


class _Origins:
    """Where in the data each byte came from of the text that is the data with the escapes of one style resolved."""

    def __init__(self, data: bytes, style: _Style) -> None:
        at = length = 0
        self._places = [0]  # places in the text from which on ...
        self._origins = [(0, 0)]  # ... bytes come from here; with the length of the escape, 0 for plain bytes
        for escape in re.finditer(style.escape, data):
            start, stop = escape.span()
            length += start - at
            after = length + len(style.meaning(escape))
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


def _boundary(data: bytes, place: int) -> int:
    r"""The last place, at most one before, that is no second half of ``\\``: other escapes show where they begin."""
    head = data[:place]
    run = len(head) - len(head.rstrip(b"\\"))
    return place - run % 2


def _spellings(line: bytes) -> Iterator[bytes]:
    """How a line may be written as a whole; escapes of single characters are resolved instead (`_STYLES`)."""
    yield line
    yield line.hex().encode("ascii")
    yield line.hex().upper().encode("ascii")
    yield line.replace(b"'", b"'\\''")
    yield line.replace(b"'", b"'\"'\"'")
    for before in range(3):
        code = binascii.b2a_base64(bytes(before) + line, newline=False)
        # Only characters of which all six bits are the line's: the others depend on what stands around it.
        inner = code[(8 * before + 5) // 6 : 8 * (before + len(line)) // 6]
        yield inner
        yield inner.translate(bytes.maketrans(b"+/", b"-_"))


_STYLES = (
    _Style("percent", (b"%",), _PERCENT, _percent),
    _Style("form", (b"%", b"+"), _FORM, _percent),
    _Style("backslash", (b"\\",), _BACKSLASH, _backslash),
    _Style("entity", (b"&",), _ENTITY, _entity),
    _Style("colour", (b"\x1b",), _COLOUR, lambda _: b""),
)
