r"""The dictionary form of JSON Lines, read: JSON Lines again, in which what repeats is said once.

The first line is a header with the size and the digest of the original. Every line after it is an object with one
member, whose name begins with ``~``, so that nobody takes it for a record:

``{"~shapes":[…]}``, ``{"~values":[…]}``
    The shapes and the values that lines from here on name by number, from 0. A shape is the text of a line with
    holes: U+0008 for a value, U+000C for the inside of a string.
``{"~":[shape, value…]}``
    One line: a shape, by number or as text, and what fills its holes: a number that is not wrapped names a value,
    ``[12]`` is the integer 12, everything else is the value's own text.
``{"~1":…}``
    One line as it was. The first record is always said so.
``{"~text":"…"}``, ``{"~base64":"…"}``
    One line that is no JSON, or no UTF-8; with ``+`` after the name, a part of a line that has no end here.

Lines that stand after the whole original were appended by somebody who did not know, and are read as they are.

Invariants: what comes out is the original, byte for byte, or `InvalidArtifact` at the end at the latest; texts of
values and lines are copied, never parsed and written again. Memory is bounded by the lines of one dictionary, each of
at most `LONGEST` bytes; what claims to be more than `_packed.FREE` bytes and `_packed.RATIO` times its size is refused.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from runpact_core._packed import FREE, RATIO
from runpact_core.errors import InvalidArtifact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import WriteableBuffer

__all__ = ["LONGEST", "MARK", "Header", "decode", "expanded"]

MARK = b'{"~runpact":"jsonl-dictionary",'
"""What the form begins with."""

LONGEST = 1 << 20
"""The longest line, in bytes, that is said by a shape; longer ones are said in parts of so many bytes."""

_PIECE = 1 << 16
_LONGEST_STORED = 1 << 25  # a dictionary, or a part of a line with all its escapes
_VERSION = "1.0"
_RECORD = '{"~":['
_AS_IT_WAS = '{"~1":'
_ITEM = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|\[[0-9]+\]|[^,"\[\]]+', re.DOTALL)
_HOLE = re.compile("[\b\f]")


class Header(NamedTuple):
    """What the first line says.

    Attributes:
        size_bytes: Size of the original.
        sha256: Digest of the original, in hex.
    """

    size_bytes: int
    sha256: str


class _Shape(NamedTuple):
    """A shape, ready to be filled: its text for ``%``, and which of its holes are the inside of a string."""

    text: str
    inside: tuple[int, ...]


def expanded(file: io.BufferedReader, path: str) -> io.BufferedReader:
    """The original of a file, as `runpact_core.jsonl.expanded` has it."""
    return io.BufferedReader(_Expanded(_Reading(file, path)), _PIECE)


def decode(source: BinaryIO, target: BinaryIO, path: str) -> Header:
    """Write the original, as `runpact_core.jsonl.decode` has it."""
    digest, size = hashlib.sha256(), 0
    for piece in _Reading(source, path).pieces():
        digest.update(piece)
        size += len(piece)
        target.write(piece)
    return Header(size, digest.hexdigest())


class _Expanded(io.RawIOBase):
    """The original as a stream."""

    def __init__(self, reading: _Reading) -> None:
        self._pieces = reading.pieces()
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        if not self._left:
            self._left = memoryview(next(self._pieces, b""))
        view = memoryview(buffer)
        taken = min(len(view), len(self._left))
        view[:taken] = self._left[:taken]
        self._left = self._left[taken:]
        return taken


class _Reading:
    """One pass over a file."""

    def __init__(self, file: BinaryIO | io.BufferedReader, path: str) -> None:
        self._file, self._path = file, path
        self._number = self._read = self._given = 0
        self._shapes: dict[str, _Shape] = {}
        self._values: dict[str, str] = {}

    def pieces(self) -> Iterator[bytes]:
        """The original, piece by piece; none is empty."""
        header = self._header()
        digest = hashlib.sha256()
        last = b"\n"
        while self._given < header.size_bytes:
            piece = self._piece(header.size_bytes - self._given)
            digest.update(piece)
            last = piece[-1:]
            yield piece
        if self._given != header.size_bytes or digest.hexdigest() != header.sha256:
            raise self._broken("it is not what its header says")
        yield from self._appended(last)

    def _appended(self, last: bytes) -> Iterator[bytes]:
        piece = self._file.read(_PIECE)
        if piece and last != b"\n":
            yield b"\n"  # as `files.append_line` would have ended the torn line of the original
        while piece:
            yield piece
            piece = self._file.read(_PIECE)

    def _piece(self, wanted: int) -> bytes:
        """Some lines together: as many as make a piece, or as are left of the original."""
        lines: list[bytes] = []
        size = 0
        while size < min(wanted, _PIECE):
            line = self._next()
            lines.append(line)
            size += len(line)
            if size + self._given > FREE and size + self._given > RATIO * self._read:
                raise self._bomb()
        self._given += size
        return b"".join(lines)

    def _header(self) -> Header:
        said = self._line()
        try:
            found = json.loads(said)
            header = Header(found["bytes"], found["sha256"])
            version = found["version"]
            sound = said.startswith(MARK) and type(header.size_bytes) is int and header.size_bytes >= 0
        except (ValueError, RecursionError, KeyError, TypeError):
            sound, header, version = False, Header(0, ""), _VERSION
        if not sound:
            raise self._broken("its header cannot be read")
        if version != _VERSION:
            raise self._broken(f"its version {version!r} is not known", hint="use a later release")
        if header.size_bytes > max(FREE, RATIO * self._size()):
            raise self._bomb()
        return header

    def _size(self) -> int:
        """Size of the file, or as much as there can be where nobody knows: what is given is held to what is read."""
        try:
            return os.fstat(self._file.fileno()).st_size
        except OSError:
            return 1 << 62

    def _line(self) -> bytes:
        raw = self._file.readline(_LONGEST_STORED)
        self._number += 1
        self._read += len(raw)
        if not raw.endswith(b"\n"):
            raise self._broken("it is cut" if len(raw) < _LONGEST_STORED else "a line is too long")
        return raw

    def _next(self) -> bytes:
        """What the next line stands for."""
        raw = self._line()
        try:
            text = raw.decode()
            if text.startswith(_RECORD) and text.endswith("]}\n"):
                return self._filled(text[len(_RECORD) : -3]).encode()
            if text.startswith(_AS_IT_WAS) and text.endswith("}\n"):
                return (text[len(_AS_IT_WAS) : -2] + "\n").encode()
            return self._other(text)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise self._broken("this line is none of its kinds") from error

    def _filled(self, body: str) -> str:
        if '"' in body or "[" in body:
            found = _ITEM.findall(body)
            if ",".join(found) != body:
                raise ValueError
        else:
            found = body.split(",")
        first = found.pop(0)
        shape = self._shapes[first] if first[0] != '"' else _shape(json.loads(first))
        get = self._values.get
        filling = [get(item, item) if item[0] != "[" else item[1:-1] for item in found]
        for hole in shape.inside:
            filling[hole] = filling[hole][1:-1]
        if len(shape.text) + sum(map(len, filling)) > 3 * LONGEST:  # % is said twice in a shape, and holes take room
            raise ValueError
        return shape.text % tuple(filling)

    def _other(self, text: str) -> bytes:
        if text.startswith('{"~values":['):
            items = _ITEM.findall(text[12:-3])
            if text != '{"~values":[' + ",".join(items) + "]}\n":
                raise ValueError
            self._values = {str(number): item for number, item in enumerate(items)}
            return b""
        ((kind, value),) = json.loads(text).items()
        if kind == "~shapes":
            self._shapes = {str(number): _shape(each) for number, each in enumerate(value)}
            return b""
        name = kind.removesuffix("+")
        if name not in {"~text", "~base64"}:
            raise ValueError
        data: bytes = value.encode() if name == "~text" else base64.b64decode(value)
        return data if name != kind else data + b"\n"

    def _bomb(self) -> InvalidArtifact:
        return self._broken(f"it would be more than {RATIO} times its size", hint="expand it by hand, if you trust it")

    def _broken(self, why: str, *, hint: str | None = None) -> InvalidArtifact:
        return InvalidArtifact(
            f"{self._path} is in the dictionary form, and broken: {why}", path=self._path, line=self._number, hint=hint
        )


def _shape(text: str) -> _Shape:
    holes = _HOLE.findall(text)
    inside = tuple(number for number, hole in enumerate(holes) if hole == "\f")
    return _Shape(_HOLE.sub("%s", text.replace("%", "%%")) + "\n", inside)
