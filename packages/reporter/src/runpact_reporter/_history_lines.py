r"""A history file as lines of bytes, whatever it is compressed with.

Invariants: a line ends with ``\n`` and nothing else, and is given with its end; memory is bounded by one line of at
most `LIMIT` bytes, whatever the file holds; what cannot be decompressed leaves as an error of the hub.
"""

from __future__ import annotations

import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from runpact_core import documents, files
from runpact_core.errors import EnvironmentFailed, InvalidArtifact, MissingArtifact
from runpact_reporter.errors import CannotDecompress

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from io import BufferedReader

__all__ = ["LIMIT", "Lines", "is_compressed", "opened", "pass_line"]

LIMIT = documents.MAX_BYTES
"""The longest line, in bytes, its end included."""

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"


class Lines(Protocol):
    """What is read line by line."""

    def readline(self, limit: int = -1, /) -> bytes:
        """The next line, or as much of it as ``limit`` bytes; empty at the end."""


@contextmanager
def opened(path: str | os.PathLike[str], *, descriptor: int | None = None) -> Iterator[Lines]:
    """Open a history file; errors of reading it inside the block leave as errors of the hub.

    Args:
        path: The file.
        descriptor: The file, open already, in place of opening it; it is closed at the end of the block.

    Raises:
        InvalidArtifact: It is no regular file, or what is compressed in it is broken.
        CannotDecompress: It is compressed with Zstandard.
        RunpactError: As `runpact_core.files.open_read`.
    """
    try:
        with open(files.open_read(path) if descriptor is None else descriptor, "rb") as file:  # noqa: PTH123 - a descriptor is no path
            yield _decompressed(file, str(path))
    except (EOFError, zlib.error) as error:
        raise InvalidArtifact(f"{path} is compressed, and broken: {error}", path=str(path)) from error
    except OSError as error:
        if error.errno is None:  # what a decompressor finds wrong
            raise InvalidArtifact(f"{path} is compressed, and broken: {error}", path=str(path)) from error
        raise EnvironmentFailed(f"reading {path}", error) from error


def is_compressed(path: str | os.PathLike[str]) -> bool:
    """Whether the bytes under a path are compressed; False where there is no file.

    Raises:
        RunpactError: As `runpact_core.files.open_read`, but for a missing file.
    """
    try:
        with open(files.open_read(path), "rb") as file:  # noqa: PTH123 - a descriptor is no path
            return file.peek(len(_ZSTD)).startswith((_GZIP, _ZSTD))
    except MissingArtifact:
        return False
    except OSError as error:
        raise EnvironmentFailed(f"reading {path}", error) from error


def pass_line(file: Lines) -> bool:
    """Read to the end of a line that is longer than the limit; whether it has one."""
    while piece := file.readline(LIMIT):
        if piece.endswith(b"\n"):
            return True
    return False


def _decompressed(file: BufferedReader, path: str) -> Lines:
    """What is in a file, told by its first bytes, not by its name. Other forms of storage join here."""
    start = file.peek(len(_ZSTD))
    if start.startswith(_GZIP):
        import gzip

        return gzip.GzipFile(fileobj=file)
    if start.startswith(_ZSTD):
        raise CannotDecompress(path)
    return file
