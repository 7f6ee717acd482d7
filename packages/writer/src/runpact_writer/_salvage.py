"""A log, or a whole folder, that somebody else touched while a run went on: found, told, and undone without harm.

What was written is still in our open descriptor, whatever its name leads to. A log that was deleted, renamed or
replaced is written to its name again, durably, from there. What stands in its place is kept under another name, and a
new name that the log was given stays. Nothing is ever written through what stands there. Bytes that were cut off are
gone; they are counted. Bytes that were changed in place are not noticed: only `st_ino`, `st_nlink` and `st_size` are
looked at.

A folder that is gone is made again, with what our descriptors still hold: `open.json` and the log. What the command had
put into it went with it. A folder that was moved stays where it is now, as a run that readers show as interrupted.
"""

from __future__ import annotations

import os
import stat
from typing import NamedTuple

from runpact_core import files
from runpact_core.errors import EnvironmentFailed, RunpactError
from runpact_writer._log import has_name

_BLOCK = 1 << 20
_BEGINNING = 512  # bytes that hold the first line, and in which a line's end is looked for
_KINDS = {stat.S_IFLNK: "a symbolic link", stat.S_IFDIR: "a folder", stat.S_IFREG: "another file"}
_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class Salvaged(NamedTuple):
    """A log after it was looked at.

    Attributes:
        fd: Its open descriptor from now on; another one where it was written again.
        lines: Number of line feeds in what its name leads to; 0 where it could not be put back.
        size_bytes: Number of bytes of that.
        missing_bytes: Number of bytes that were written and are not there.
        told: What was done to it, in sentences.
    """

    fd: int
    lines: int
    size_bytes: int
    missing_bytes: int
    told: list[str]


def salvage(fd: int, path: str, written: int) -> Salvaged:
    """Say what became of a log, and put it back where its name leads to something else or to nothing.

    Args:
        fd: Its open descriptor, of which `files.open_append` is the origin.
        path: Its name.
        written: Number of bytes that were written to it.

    Raises:
        OSError: The file itself cannot be read.
    """
    lines, size = _copy(fd, None)
    told = _about_size(size, written)
    seen = os.fstat(fd)
    if has_name(seen, path):
        return Salvaged(fd, lines, size, max(written - size, 0), told)
    done = "deleted" if seen.st_nlink == 0 else "given another name"
    try:
        aside = _set_aside(path)
        kept = f" and replaced by {aside}" if aside else ""
        again = _write_again(fd, path)
    except (OSError, RunpactError) as error:
        where = f"its {size} bytes are lost" if seen.st_nlink == 0 else "it is under that other name"
        reason = error.strerror if isinstance(error, OSError) else error
        told.append(f"run.log was {done} while the run went on, and could not be put back: {where}: {reason}")
        return Salvaged(fd, 0, 0, written, told)
    os.close(fd)
    told.append(f"run.log was {done} while the run went on{kept}; it was put back with all of its {size} bytes")
    try:
        files.sync_dir(os.path.dirname(path))  # noqa: PTH120 - pathlib is slow
    except RunpactError as error:
        told.append(f"the name of run.log may not outlast a loss of power: {error}")
    return Salvaged(again, lines, size, max(written - size, 0), told)


def _about_size(size: int, written: int) -> list[str]:
    if size < written:
        return [f"run.log was cut short while the run went on: at least {written - size} of {written} bytes are gone"]
    if size > written:
        return [f"run.log was written to by others while the run went on: {size - written} bytes of it are not ours"]
    return []


def folder_again(path: str, facts: bytes, lock: int) -> tuple[int, str]:
    """Make the folder of an open run again, with its `open.json`.

    Args:
        path: The folder, which is not there.
        facts: The content of `open.json`.
        lock: The descriptor that holds its lock; it is closed, so what was moved away is nobody's run any more.

    Returns:
        The descriptor that holds the new lock, and what was done, in a sentence.

    Raises:
        EnvironmentFailed: It could not be made again.
    """
    gone = os.fstat(lock).st_nlink == 0
    done = "removed" if gone else f"moved{_place_of(lock)}"
    try:
        files.make_dirs(path)
        again = files.replace_locked(os.path.join(path, "open.json"), facts)  # noqa: PTH118 - pathlib is slow
    except EnvironmentFailed as error:
        doing = f"this run is not recorded: its folder was {done} while it went on, and making it again failed: "
        raise EnvironmentFailed(doing + error.what.rpartition(": ")[0], error.cause) from error
    os.close(lock)
    rest = "what else was in it is lost" if gone else "what was moved stays there, as an interrupted run"
    return again, f"the folder of the run was {done} while the run went on; it was made again, and {rest}"


def _place_of(fd: int) -> str:
    """Where the folder of an open file is now, in words; empty where the system does not say."""
    try:
        return f" to {os.path.dirname(os.readlink(f'/proc/self/fd/{fd}'))}"  # noqa: PTH115, PTH120 - pathlib is slow
    except OSError:
        return ""


def clear(path: str) -> str:
    """Set aside what stands where a document goes; what was done, in a sentence."""
    name = os.path.basename(path)  # noqa: PTH119 - pathlib is slow
    try:
        return f"{name} was made by another while the run went on: {_set_aside(path)}"
    except OSError as error:
        return f"{name} was made by another while the run went on, and cannot be set aside: {error.strerror}"


def shorten(fd: int, size: int, wanted: int) -> tuple[int, int]:
    """Cut bytes off the end of a file, at a line's end where one is near; the bytes and line feeds that went.

    Args:
        fd: Its open descriptor.
        size: Number of bytes that it has.
        wanted: Number of bytes that must go at least; none goes where this would touch the file's beginning.

    Raises:
        OSError: The file cannot be read or cut.
    """
    keep = size - wanted
    if keep < _BEGINNING:
        return 0, 0
    os.lseek(fd, keep - _BEGINNING, os.SEEK_SET)
    near = os.read(fd, _BEGINNING).rfind(b"\n")
    keep -= _BEGINNING - near - 1 if near >= 0 else 0
    os.lseek(fd, keep, os.SEEK_SET)
    feeds, left = 0, size - keep
    while left > 0 and (block := os.read(fd, min(left, _BLOCK))):
        feeds, left = feeds + block.count(b"\n"), left - len(block)
    os.ftruncate(fd, keep)
    return size - keep, feeds


def _set_aside(path: str) -> str:
    """Give what stands in a file's place another name; words about it, empty where nothing stands there."""
    try:
        kind = stat.S_IFMT(os.lstat(path).st_mode)
    except FileNotFoundError:
        return ""
    number, aside = 1, f"{path}.replaced"
    while os.path.lexists(aside):
        number, aside = number + 1, f"{path}.replaced-{number + 1}"
    os.rename(path, aside)  # noqa: PTH104 - pathlib is slow
    what = _KINDS.get(kind, "something that is no file")
    return f"{what}, which is kept as {os.path.basename(aside)}"  # noqa: PTH119 - pathlib is slow


def _write_again(fd: int, path: str) -> int:
    """Write a file's content under a name that is free, its name not yet durably; the new file's descriptor."""
    folder, name = os.path.split(path)
    unfinished = os.path.join(folder, f".{name}.{os.urandom(8).hex()}.tmp")  # noqa: PTH118 - pathlib is slow
    again = os.open(unfinished, _FLAGS, 0o644)
    try:
        _copy(fd, again)
        files.sync(again)
        os.replace(unfinished, path)  # noqa: PTH105 - pathlib is slow
    except BaseException:
        os.close(again)
        os.unlink(unfinished)  # noqa: PTH108 - pathlib is slow
        raise
    return again


def _copy(fd: int, to: int | None) -> tuple[int, int]:
    """Read a file from its beginning, and append it to another; its line feeds and bytes."""
    lines = size = 0
    os.lseek(fd, 0, os.SEEK_SET)
    while block := os.read(fd, _BLOCK):
        lines, size = lines + block.count(b"\n"), size + len(block)
        if to is not None:
            files.append(to, block)
    return lines, size
