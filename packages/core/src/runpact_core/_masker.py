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
from typing import TYPE_CHECKING

from runpact_core._escapes import STYLES, Origins, Style, lines_with

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["MASK", "SHORTEST", "Masker"]

MASK = b"***"
SHORTEST = 6  # bytes; what is shorter is found by chance in ordinary output

_GROWTH = 16  # no spelling of a byte is longer, nor a byte with a colour: `_spans` sees to that
_CONTEXT = 16  # bytes kept before what is undecided: no escape is longer, so none is cut
_ENOUGH = 4096  # bytes of an unfinished line worth a search, at least: tiny chunks and long values stay linear


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
        self._styles = [style for style in STYLES if style.name != "form" or any(b" " in line for line in known)]
        self._possible: dict[str, re.Pattern[bytes]] = {}
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
            if self._needles and any(sign in data for sign in style.signs):
                for begin, line in lines_with(self._may_hold(style), style.signs, data):
                    yield from self._escaped(begin, line, style)

    def _may_hold(self, style: Style) -> re.Pattern[bytes]:
        if style.name not in self._possible:
            self._possible[style.name] = style.possible(self._needles)
        return self._possible[style.name]

    def _escaped(self, begin: int, line: bytes, style: Style) -> Iterator[tuple[int, int]]:
        """Where a line that begins there holds values with escapes of a style in them."""
        origins = None
        for start, stop in self._found(re.sub(style.escape, style.meaning, line)):
            origins = origins or Origins(line, style)
            first, end = origins.span(start, stop)
            if end - first <= self._reach:  # longer: full of colours, and beyond what is held back of a stream
                yield begin + first, begin + end

    def _found(self, text: bytes) -> Iterator[tuple[int, int]]:
        for needle in self._needles:
            at = text.find(needle)
            while at >= 0:
                yield at, at + len(needle)
                at = text.find(needle, at + 1)


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
