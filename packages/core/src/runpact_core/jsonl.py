r"""JSON Lines: one canonical record a line, appended with a single write, read plain or compressed.

A record that was torn by a crash is never lost in silence and never takes the next one with it: `append` starts on a
line of its own, `iterate` reports every line that is no record with its number. Lines end in ``\n`` and nothing else.

Whether a file is compressed, with gzip or Zstandard, shows in its first bytes; `_packed` says what is promised of such
files. (So an empty file is one without lines, whatever its name ends with.)

A file may have the dictionary form, in which what repeats is said once: `encode` makes it, `decode` gives the original
back, `iterate` and `expanded` read it as if it were the original. `_dictionary` says what it is.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from runpact_core import _json, _packed, files
from runpact_core.errors import EnvironmentFailed, InvalidArtifact, MissingArtifact

if TYPE_CHECKING:
    import io
    import os
    from collections.abc import Iterator, Mapping
    from typing import BinaryIO

    from runpact_core._dictionary import Header

__all__ = [
    "Line",
    "Lines",
    "append",
    "decode",
    "dumps",
    "encode",
    "expanded",
    "is_compacted",
    "is_compressed",
    "iterate",
    "opened",
    "pass_line",
]

_MARK = b'{"~runpact":"jsonl-dictionary",'  # as `_dictionary` has it, which is loaded for such files alone


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
    torn = False
    while True:
        fd = files.open_append(path)
        try:
            torn = files.append_line(fd, line) or torn
            files.sync(fd)
            if not _replaced(path, fd):
                return torn
        finally:
            files.close(fd)


def _replaced(path: str | os.PathLike[str], fd: int) -> bool:
    """Whether a file was put in the place of an open one while it was appended to: what was appended is not in it."""
    import os

    try:
        return not os.path.samestat(os.stat(path), os.fstat(fd))  # noqa: PTH116 - pathlib is slow
    except OSError:  # it has no name any more: somebody took it away, with the record
        return False


@contextmanager
def opened(path: str | os.PathLike[str], *, descriptor: int | None = None) -> Iterator[Lines]:
    """Open a file to be read line by line in its original form; errors of reading it in the block leave as ours.

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
            yield expanded(_packed.unpacked(file, str(path)), str(path))
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


def is_compacted(start: bytes) -> bool:
    """Whether a file that begins with these bytes has the dictionary form; 64 are enough, a shorter file gives all."""
    return start.startswith(_MARK)


def expanded(file: io.BufferedReader, path: str) -> io.BufferedReader:
    """What a file holds, in its original form where it has the dictionary form.

    Args:
        file: The file, at its beginning; it is not closed with the result.
        path: What people are told of it.

    Raises:
        InvalidArtifact: While it is read: it is cut, damaged, of a later version, or unpacks to far too much. A damage
            within a value shows at the end, when the digest differs.
    """
    if not is_compacted(file.peek(len(_MARK))):
        return file
    from runpact_core import _dictionary

    return _dictionary.expanded(file, path)


def encode(source: BinaryIO, target: BinaryIO, *, threshold: int = 3) -> Header:
    """Write the dictionary form of any bytes, line by line, in memory for a block of lines.

    Args:
        source: The original, which is read twice, by `seek`.
        target: Where it is written to. Same bytes and threshold, same form.
        threshold: How often, at least, a value or a shape must be there to be said once.

    Returns:
        Size and digest (sha256, in hex) of the original.

    Raises:
        InvalidArtifact: It changed between the two readings.
    """
    from runpact_core import _dictionary_write

    return _dictionary_write.encode(source, target, threshold=threshold)


def decode(source: BinaryIO, target: BinaryIO, path: str) -> Header:
    """Write the original of what has the dictionary form; lines that were appended to it since come last.

    Args:
        source: The file, at its beginning.
        target: Where the original is written to, all of it only where nothing is raised.
        path: What people are told of the file.

    Returns:
        Size and digest (sha256, in hex) of what was written.

    Raises:
        InvalidArtifact: It has not that form, or as `expanded`.
    """
    from runpact_core import _dictionary

    return _dictionary.decode(source, target, path)


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
