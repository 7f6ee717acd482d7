"""The content of one file exchanged in place, under its name, by directory handles.

Invariants: the new content is whole, verified and durable before it gets the name, by one rename; there is no moment
without a file under it. The file is a new one; mode, owner and (where asked) modification time are those of the old
one. What changed, was replaced, is locked, or is open for writing is left alone. Where the platform can tell, nobody
opens it for writing during the exchange: who tries then gets the old file, which gets its name back. A kill leaves at
most temporary files, whose names `is_leftover` knows.
"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from runpact_core import files
from runpact_gc import _lease

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from io import BufferedRandom, BufferedReader
    from pathlib import Path

    from runpact_gc._forms import Made
    from runpact_gc._lock import StoreLock

__all__ = ["OPEN", "Left", "Opened", "is_leftover", "opened", "publish", "stands", "temporary"]

OPEN = _lease.OPEN
"""The message of what is left as ``in-use`` by that."""

_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)
_MARK = ".compact."
_RANDOM = 8


class Left(Exception):
    """The file stays as it is.

    Attributes:
        why: A stable slug.
        message: One sentence for people.
        made: What it would have become, where that is known.
    """

    def __init__(self, why: str, message: str, made: Made | None = None) -> None:
        super().__init__(message)
        self.why = why
        self.message = message
        self.made = made


class Opened(NamedTuple):
    """A regular file that is open for reading, and the folder that it was found in.

    Attributes:
        path: Project-relative.
        folder: Handle of its folder.
        name: Its name there.
        file: Its content.
        status: What it was when it was opened.
    """

    path: str
    folder: int
    name: str
    file: BufferedReader
    status: os.stat_result


@contextmanager
def opened(project: Path, path: str) -> Iterator[Opened]:
    """Open a file below the project, following no link.

    Raises:
        Left: It is not there, no regular file, or has another name (a hard link).
        EnvironmentFailed: It could not be opened.
    """
    parent, _, name = path.rpartition("/")
    folder = files.open_folder(project, parent)
    if not isinstance(folder, int):
        raise Left("gone", "it is not there, or a link is on the way to it")
    try:
        try:
            fd = os.open(name, os.O_RDONLY | _FLAGS | _NO_WAIT, dir_fd=folder)
        except OSError as error:
            raise Left("gone", f"it could not be opened: {error.strerror}") from error
        with open(fd, "rb") as file:  # noqa: PTH123 - a descriptor is no path
            status = os.fstat(fd)
            if not stat.S_ISREG(status.st_mode):
                raise Left("special-file", "it is no regular file")
            if status.st_nlink > 1:
                raise Left("linked", f"it has {status.st_nlink} names (hard links)")
            yield Opened(path, folder, name, file, status)
    finally:
        files.close_folder(folder)


def is_leftover(name: str) -> bool:
    """Whether a file's name is that of an unfinished exchange."""
    return files.is_temporary(name) and _MARK in name


@contextmanager
def temporary(found: Opened, random: Callable[[int], bytes] = os.urandom) -> Iterator[tuple[str, BufferedRandom]]:
    """A new file beside one, which nobody else can read; it is gone after the block unless it was published."""
    name = f".{found.name[:40]}{_MARK}{random(_RANDOM).hex()}.tmp"
    fd = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL | _FLAGS, 0o600, dir_fd=found.folder)
    try:
        with open(fd, "r+b") as file:  # noqa: PTH123 - a descriptor is no path
            yield name, file
    finally:
        with suppress(OSError):  # it has its final name, or somebody else removed it
            os.unlink(name, dir_fd=found.folder)


def publish(
    found: Opened,
    new: tuple[str, BufferedRandom],
    lock: StoreLock,
    *,
    keep_time: bool = True,
    before: Callable[[], object] | None = None,
) -> None:
    """Give the new file the name of the old one.

    Args:
        found: The old one.
        new: The new one, as `temporary` gives it, with its whole content.
        lock: The lock of the store, held.
        keep_time: Whether it gets the modification time of the old one.
        before: Done when all is ready and the old file is known to be unchanged.

    Raises:
        Left: The old file changed, was replaced, or is locked or open by who writes it; or its owner cannot be kept.
        LockLost: The lock is not ours any more.
        OSError: It could not be done; the old file is there.
    """
    name, file = new
    file.flush()
    fd = file.fileno()
    _dressed(fd, found.status)
    if keep_time:
        os.utime(fd, ns=(found.status.st_atime_ns, found.status.st_mtime_ns))
    os.fsync(fd)
    if files.try_lock(found.file.fileno()) is False:  # until the old file is closed; who appends waits for it
        raise Left("in-use", "it is locked by who writes it")
    with _leased(found.file.fileno()) as leased:
        _unchanged(found)
        if before is not None:
            before()
            _unchanged(found)
        lock.check()
        _renamed(found, name, leased=leased)
    os.fsync(found.folder)


@contextmanager
def _leased(fd: int) -> Iterator[bool]:
    """Keep everybody from opening the old file for writing; whether that is possible here."""
    taken = _lease.take(fd)
    if taken is False:
        raise Left("in-use", OPEN)
    try:
        yield taken is True
    finally:
        if taken:
            _lease.give_up(fd)


def _renamed(found: Opened, name: str, *, leased: bool) -> None:
    """The exchange itself, taken back where somebody came to write into the old file."""
    kept = f".{found.name[:40]}{_MARK}{os.urandom(_RANDOM).hex()}.tmp"
    if not (leased and _second_name(found, kept)):
        os.rename(name, found.name, src_dir_fd=found.folder, dst_dir_fd=found.folder)
        return
    try:
        os.rename(name, found.name, src_dir_fd=found.folder, dst_dir_fd=found.folder)
        if not _lease.stands(found.file.fileno()):  # who waits has looked the old file up, and will write into it
            os.rename(kept, found.name, src_dir_fd=found.folder, dst_dir_fd=found.folder)
            raise Left("in-use", OPEN)
    finally:
        with suppress(FileNotFoundError):  # it was given back
            os.unlink(kept, dir_fd=found.folder)


def _second_name(found: Opened, name: str) -> bool:
    """Keep the old file under another name too; False where the file system has no second names."""
    try:
        os.link(found.name, name, src_dir_fd=found.folder, dst_dir_fd=found.folder, follow_symlinks=False)
    except OSError:
        return False
    return True


def stands(found: Opened) -> bool:
    """Whether the old file still has its name, whatever was written into it."""
    try:
        named = os.stat(found.name, dir_fd=found.folder, follow_symlinks=False)
    except OSError:
        return False
    return os.path.samestat(named, found.status)


def _dressed(fd: int, like: os.stat_result) -> None:
    own = os.fstat(fd)
    if (own.st_uid, own.st_gid) != (like.st_uid, like.st_gid):
        try:
            os.fchown(fd, like.st_uid, like.st_gid)
        except PermissionError as error:
            raise Left("other-owner", "it belongs to somebody else, which could not be kept") from error
    os.fchmod(fd, stat.S_IMODE(like.st_mode))


def _unchanged(found: Opened) -> None:
    try:
        named = os.stat(found.name, dir_fd=found.folder, follow_symlinks=False)
    except FileNotFoundError:
        raise Left("changed", "it was removed meanwhile") from None
    for each in (named, os.fstat(found.file.fileno())):
        if _identity(each) != _identity(found.status):
            raise Left("changed", "it changed, or was replaced, meanwhile")


def _identity(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_mode
