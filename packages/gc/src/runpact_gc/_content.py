"""What a file holds, whichever form it has on disk: plain, compressed, or compacted to the dictionary form.

Invariants: files are reached by a directory handle and no link is followed; what is read is the original, as it was
before compaction; memory is bounded by the longest document or line, and what unpacks to far too much is refused.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

from runpact_core import _packed, files, jsonl
from runpact_core.errors import EnvironmentFailed, InvalidArtifact

if TYPE_CHECKING:
    from runpact_core.files import Handle
    from runpact_core.jsonl import Lines

__all__ = ["MAX_BYTES", "drain", "read"]

MAX_BYTES = 8 << 20
"""The longest document or line, in bytes, that is read."""

_START = 64
_PIECE = 1 << 16

Part = Literal["document", "first_line", "last_line"]


def read(folder: Handle, name: str, part: Part) -> bytes:
    """A document, or the first or the last line of it that is not blank; empty where there is none.

    Raises:
        MissingArtifact: There is no such file.
        InvalidArtifact: It is no regular file, what is asked for is too long, or what is compressed in it is broken.
        EnvironmentFailed: It could not be read.
    """
    fd = files.open_read(name, at=folder)
    if part == "last_line" and not _is_folded(fd, name):
        return _tail(fd, name)
    with jsonl.opened(name, descriptor=fd) as file:
        return _document(file) if part == "document" else _line(file, last=part == "last_line")


def drain(folder: Handle, name: str) -> int | None:
    """Read all that is compressed or compacted in a file, so that its own checksums are compared.

    Returns:
        Size of the original; None where the file is neither, and so has no checksum of its own.

    Raises:
        MissingArtifact, InvalidArtifact, EnvironmentFailed: As `read`.
    """
    fd = files.open_read(name, at=folder)
    if not _is_folded(fd, name):
        files.close(fd)
        return None
    size = 0
    with jsonl.opened(name, descriptor=fd) as file:
        while piece := file.readline(_PIECE):
            size += len(piece)
    return size


def _is_folded(fd: int, name: str) -> bool:
    """Whether an open file is compressed or compacted; it stands at its beginning then."""
    try:
        start = os.read(fd, _START)
        os.lseek(fd, 0, os.SEEK_SET)
    except OSError as error:
        files.close(fd)
        raise EnvironmentFailed(f"reading {name}", error) from error
    return jsonl.is_compacted(start) or _packed.is_packed(start)


def _document(file: Lines) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := file.readline(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > MAX_BYTES:
            raise _too_long()
    return b"".join(pieces)


def _line(file: Lines, *, last: bool) -> bytes:
    """The first or last line that is not blank, read from the beginning."""
    found: bytes | None = b""
    while raw := file.readline(MAX_BYTES + 1):
        is_whole = len(raw) <= MAX_BYTES or raw.endswith(b"\n")
        if not is_whole:
            jsonl.pass_line(file)
        if raw.strip():
            found = raw if is_whole else None
            if not last:
                break
    if found is None:
        raise _too_long()
    return found


def _tail(fd: int, name: str) -> bytes:
    """The last line that is not blank of a plain file, read from its end."""
    try:
        with open(fd, "rb") as file:
            size = os.fstat(fd).st_size
            for length in (_PIECE, MAX_BYTES + 2):
                start = max(size - length, 0)
                file.seek(start)
                text = file.read(length).rstrip()
                at = text.rfind(b"\n")
                if at >= 0 or start == 0:
                    return text[at + 1 :]
    except OSError as error:
        raise EnvironmentFailed(f"reading {name}", error) from error
    raise _too_long()


def _too_long() -> InvalidArtifact:
    return InvalidArtifact(f"what says the status has more than {MAX_BYTES} bytes")
