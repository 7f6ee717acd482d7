r"""What is compressed, read as a stream: gzip and Zstandard, told by the first bytes of a file, not by its name.

Invariants:

* All members or frames of a file are read, one after the other; frames that hold nothing, and frames to be skipped
  (RFC 8878, 3.1.2), give nothing.
* A stream that is cut, damaged, or followed by what is none ends in `InvalidArtifact`, never like one that is over.
  What was read before is given first, but for at most `PIECE` bytes before a damage. What the format itself cannot see
  is not seen: a cut between two frames, and a changed byte in a frame that was written without a checksum.
* Memory is that of a piece and of the format's window, at most 128 MB. Time is bounded by the size of the file: what
  unpacks to more than `FREE` bytes and to more than `RATIO` times of what was read of it is refused.
"""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Protocol

from runpact_core.errors import InvalidArtifact

if TYPE_CHECKING:
    from typing import BinaryIO

    from _typeshed import WriteableBuffer

__all__ = ["FREE", "PIECE", "RATIO", "is_packed", "unpacked"]

PIECE = 1 << 16
"""How many bytes are unpacked at a time."""

FREE = 1 << 28
"""How many bytes a file may unpack to, however small it is."""

RATIO = 1000
"""How many times its size a file may unpack to beyond that; gzip cannot do much more."""

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_SKIPPED = b"\x2a\x4d\x18"  # after a byte from 50 to 5f
_WINDOW_LOG = 27  # 128 MB: what `zstd` itself reads where nobody asks for more
_BOMB = f"it unpacks to more than {RATIO} times its size"


def is_packed(start: bytes) -> bool:
    """Whether a file that begins with these bytes, four or more where it has them, is compressed."""
    return start.startswith(_GZIP) or _is_zstd(start)


def unpacked(file: io.BufferedReader, path: str) -> io.BufferedReader:
    """What is in a file, unpacked where it is compressed; an `OSError` of the file itself comes out as it is.

    Args:
        file: The file, at its beginning; it is not closed with the result.
        path: What people are told of it.

    Raises:
        InvalidArtifact: While it is read: see the invariants.
    """
    start = file.peek(len(_ZSTD))
    if start.startswith(_GZIP):
        return io.BufferedReader(_gzip(file, path), PIECE)
    if _is_zstd(start):
        return io.BufferedReader(_zstd(file, path), PIECE)
    return file


def _is_zstd(start: bytes) -> bool:
    return start.startswith(_ZSTD) or (start[1:4] == _SKIPPED and 0x50 <= start[0] <= 0x5F)


def _gzip(file: io.BufferedReader, path: str) -> _Unpacked:
    import gzip
    import zlib

    return _Unpacked(gzip.GzipFile(fileobj=file), (EOFError, zlib.error, gzip.BadGzipFile), file, path)


def _zstd(file: io.BufferedReader, path: str) -> _Unpacked:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _WINDOW_LOG}
    return _Unpacked(zstd.ZstdFile(file, options=options), (EOFError, zstd.ZstdError), file, path)


class _Source(Protocol):
    """What unpacks."""

    def read1(self, size: int, /) -> bytes:
        """At most so many bytes, of one step; empty at the end."""


class _Unpacked(io.RawIOBase):
    """A stream of which every fault is ours; it gives what it has before it tells of one."""

    def __init__(
        self, source: _Source, faults: tuple[type[Exception], ...], file: BinaryIO | io.BufferedReader, path: str
    ) -> None:
        self._source, self._faults, self._file, self._path = source, faults, file, path
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        try:
            piece = self._source.read1(len(view))
        except self._faults as error:
            raise self._broken(str(error)) from error
        self._given += len(piece)
        if self._given > FREE and self._given > RATIO * self._file.tell():
            raise self._broken(_BOMB, hint="unpack it first, if you trust it")
        view[: len(piece)] = piece
        return len(piece)

    def _broken(self, why: str, *, hint: str | None = None) -> InvalidArtifact:
        said = why.rstrip(".").replace("\n", " ")
        reason = f"{self._path} is compressed, and broken after {self._given} bytes of content: {said}"
        return InvalidArtifact(reason, path=self._path, hint=hint)
