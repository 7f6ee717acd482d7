r"""JSON Lines: one canonical record a line, appended with a single write, read plain or compressed.

A record that was torn by a crash is never lost in silence and never takes the next one with it: `append` starts on a
line of its own, `iterate` reports every line that is no record with its number. Lines end in ``\n`` and nothing else.

Whether a file is compressed, with gzip or Zstandard, shows in its first bytes; `_packed` says what is promised of such
files. (So an empty file is one without lines, whatever its name ends with.)
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from runpact_core import _json, _packed, files
from runpact_core.errors import EnvironmentFailed, InvalidArtifact, MissingArtifact

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping

__all__ = ["Line", "Lines", "append", "dumps", "is_compressed", "iterate", "opened", "pass_line"]


class Lines(Protocol):
    """What is read line by line."""

    def readline(self, limit: int = -1, /) -> bytes:
        """The next line, or as much of it as ``limit`` bytes; empty at the end."""


class Line(NamedTuple):
    """One line of a file.

    Attributes:
        number: Its number, from 1.
        value: The record, or None where the line is none.
        error: Why it is no record, or None.
    """

    number: int
    value: Any
    error: InvalidArtifact | None


def dumps(record: Mapping[str, Any]) -> bytes:
    """The line of a record: compact, sorted keys, ASCII, with its end.

    Raises:
        InvalidArtifact: The record holds what JSON cannot say.
    """
    return _json.dumps_line(record)


def append(path: str | os.PathLike[str], record: Mapping[str, Any]) -> bool:
    """Append one record durably; the file is made where there is none.

    Returns:
        Whether the file's last line was torn; it was ended, so that the record stands on a line of its own.

    Raises:
        InvalidArtifact: The record holds what JSON cannot say.
        EnvironmentFailed: It could not be written.
        Refused: Something else than a regular file has this name.
    """
    line = dumps(record)
    fd = files.open_append(path)
    try:
        torn = files.append_line(fd, line)
        files.sync(fd)
    finally:
        files.close(fd)
    return torn


@contextmanager
def opened(path: str | os.PathLike[str], *, descriptor: int | None = None) -> Iterator[Lines]:
    """Open a file to be read line by line, plain or compressed; errors of reading it in the block leave as ours.

    Args:
        path: The file.
        descriptor: The file, open already, in place of opening it; it is closed at the end of the block.

    Raises:
        MissingArtifact: There is no such file.
        InvalidArtifact: It is not a regular file; or, while it is read, what is compressed in it is cut, damaged, or
            unpacks to far too much (see `_packed`).
        EnvironmentFailed: It could not be read.
    """
    try:
        with open(files.open_read(path) if descriptor is None else descriptor, "rb") as file:  # noqa: PTH123 - a descriptor is no path
            yield _packed.unpacked(file, str(path))
    except OSError as error:
        raise EnvironmentFailed(f"reading {path}", error) from error


def is_compressed(path: str | os.PathLike[str]) -> bool:
    """Whether the bytes under a path are compressed; False where there is no file.

    Raises:
        RunpactError: As `runpact_core.files.open_read`, but for a missing file.
    """
    try:
        with open(files.open_read(path), "rb") as file:  # noqa: PTH123 - a descriptor is no path
            return _packed.is_packed(file.peek(4))
    except MissingArtifact:
        return False
    except OSError as error:
        raise EnvironmentFailed(f"reading {path}", error) from error


def pass_line(file: Lines, limit: int = _json.MAX_BYTES) -> bool:
    """Read to the end of a line in pieces of at most ``limit`` bytes; whether it has one."""
    while piece := file.readline(limit):
        if piece.endswith(b"\n"):
            return True
    return False


def iterate(path: str | os.PathLike[str], *, limit: int = _json.MAX_BYTES) -> Iterator[Line]:
    r"""Read a file line by line, in memory for one line of at most ``limit`` bytes; empty lines are passed over.

    Raises:
        RunpactError: As `opened`; what is wrong with a line is in its `Line`.
    """
    with opened(path) as file:
        number = 0
        while raw := file.readline(limit + 1):
            number += 1
            if raw.endswith(b"\n") or len(raw) <= limit:
                yield from _line(number, raw, limit, torn=not raw.endswith(b"\n"))
            else:
                yield from _line(number, b"", limit, torn=not pass_line(file, limit))


def _line(number: int, whole: bytes, limit: int, *, torn: bool) -> Iterator[Line]:
    """The line as a record or as an error with its number; ``whole`` is empty for one that was passed through."""
    text = whole.removesuffix(b"\n")
    if whole and not text.strip(b" \t\r"):
        return
    hint = "the last line has no end: it was torn while it was written" if torn else None
    if not whole or len(text) > limit:
        reason = f"a line of more than {limit} bytes"
        yield Line(number, None, InvalidArtifact(reason, line=number, column=1, hint=hint))
        return
    try:
        value = _json.parse(text, limit=limit).value
    except InvalidArtifact as error:
        fault = InvalidArtifact(error.reason, line=number, column=error.column or 1, hint=hint or error.hint)
        yield Line(number, None, fault)
    else:
        yield Line(number, value, None)
