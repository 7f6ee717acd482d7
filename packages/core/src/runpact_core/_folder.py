"""Directories held open, and errors of the operating system as errors of the hub: what `files` is made of.

Invariants: a name given to a `Folder` is looked up in the directory that was opened, wherever its path leads
to by then, and is not followed if it is a link; inside a `Doing` block no `OSError` and no `ValueError` of a
bad name comes out. On platforms without handles of directories (Windows) names are joined to the path,
and `Folder.sync` does nothing.
"""
# ruff: noqa: PTH118 - pathlib costs more to import than all of this

from __future__ import annotations

import errno
import os
import stat

from runpact_core.errors import EnvironmentFailed, InvalidArtifact, MissingArtifact, UsageFailure

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    StrPath = str | os.PathLike[str]

__all__ = [
    "HANDLES",
    "KINDS",
    "Handle",
    "NO_WAIT",
    "PLAIN",
    "Doing",
    "Folder",
    "close_quietly",
    "give",
    "no_folder",
    "open_to_read",
    "quietly",
    "read_up_to",
    "split",
    "write_all",
]

Handle = int | str
"""A folder that is held open: a descriptor; where there are none, its path."""

PLAIN = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOCTTY", 0)
HANDLES = os.open in os.supports_dir_fd  # false on Windows
NO_WAIT = getattr(os, "O_NONBLOCK", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_DIRECTORY = os.O_RDONLY | PLAIN | getattr(os, "O_DIRECTORY", 0)
_NOT_OPENABLE = {errno.ENXIO, errno.ENODEV, errno.EOPNOTSUPP}  # sockets, FIFOs without a peer, absent devices
_NO_FSYNC = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP}  # this file system cannot fsync a directory
KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_HINTS = {
    errno.ENOSPC: "the disk is full: free some space or some inodes, then try again",
    errno.EDQUOT: "the disk quota is used up: free some space, then try again",
    errno.EFBIG: "the file would pass the size limit of this process (ulimit -f) or of the file system",
    errno.EACCES: "check who may read and write the file and its folder, or choose another folder",
    errno.EPERM: "check who may read and write the file and its folder, or choose another folder",
    errno.EROFS: "the file system is read-only: choose another folder",
    errno.ENOTDIR: "a part of the path is a file, not a folder",
    errno.ENOENT: "the folder does not exist: create it first",
    errno.ENAMETOOLONG: "the name or the path is too long for this file system",
    errno.ELOOP: "a symbolic link is in the way, or links lead in a circle",
    errno.EMFILE: "this process has too many files open (ulimit -n)",
}


class Doing:
    """Turns what the operating system or a bad name raises inside the block into errors of the hub."""

    def __init__(self, doing: str) -> None:
        self._doing = doing

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, OSError):
            raise EnvironmentFailed(self._doing, error, hint=_HINTS.get(error.errno or 0)) from error
        if isinstance(error, ValueError):  # a NUL, or characters that this file system cannot encode
            what = f"{self._doing}: no file can have this name"
            raise UsageFailure(what, hint="remove NUL and unpaired surrogates from the path") from error


class Folder:
    """A directory held open; names are looked up in it, not in whatever its path leads to by then."""

    def __init__(self, path: str) -> None:
        self._path = path or os.curdir
        self._handle = os.open(self._path, _DIRECTORY) if HANDLES else None

    def __enter__(self) -> Folder:  # noqa: PYI034 - nothing derives from it, and `typing` is not imported
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._handle is not None:
            close_quietly(self._handle)  # nothing was written through it: its close can lose nothing

    def _at(self, name: str) -> str:
        return os.path.join(self._path, name) if self._handle is None else name

    def kind(self, name: str) -> int | None:
        """The file type of ``name`` itself (a link is not followed); None where there is nothing."""
        try:
            found = os.stat(self._at(name), dir_fd=self._handle, follow_symlinks=False)
        except FileNotFoundError:
            return None
        return stat.S_IFMT(found.st_mode)

    def status(self, name: str) -> os.stat_result:
        """What the system says of ``name`` itself (a link is not followed)."""
        return os.stat(self._at(name), dir_fd=self._handle, follow_symlinks=False)

    def open(self, name: str, flags: int, mode: int) -> int:
        return os.open(self._at(name), flags | PLAIN | _NO_LINK, mode, dir_fd=self._handle)

    def rename(self, old: str, new: str) -> None:
        os.replace(self._at(old), self._at(new), src_dir_fd=self._handle, dst_dir_fd=self._handle)

    def unlink(self, name: str) -> None:
        os.unlink(self._at(name), dir_fd=self._handle)

    def mkdir(self, name: str, mode: int) -> None:
        os.mkdir(self._at(name), mode, dir_fd=self._handle)

    def rmdir(self, name: str) -> None:
        os.rmdir(self._at(name), dir_fd=self._handle)

    def sync(self) -> None:
        """Make the names durable; a file system that has no such thing is tolerated, an error is not."""
        if self._handle is None:
            return
        try:
            os.fsync(self._handle)
        except OSError as error:
            if error.errno not in _NO_FSYNC:
                raise


def no_folder(path: str) -> OSError:
    """The error for what stands where a directory should be: a file, or a link that leads to nothing."""
    if os.path.islink(path):  # noqa: PTH114 - pathlib is slow
        return FileNotFoundError(errno.ENOENT, "it is a dangling link")
    return NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))


def split(path: StrPath) -> tuple[str, str]:
    """Folder and last name of a path; the last name must be one."""
    folder, name = os.path.split(os.fspath(path))
    if name in {"", os.curdir, os.pardir}:
        what = f"{os.fspath(path) or 'the empty path'} names no file"
        raise UsageFailure(what, hint="add a name to the path")
    return folder, name


def quietly(call: Callable[[str], None], name: str) -> None:
    """Clean up after an error: what fails here as well must not hide it."""
    try:
        call(name)
    except OSError:
        return


def close_quietly(fd: int) -> None:
    """Close a descriptor through which nothing more is owed."""
    try:
        os.close(fd)
    except OSError:
        return


def give(fd: int, like: os.stat_result) -> int | None:
    """Give an open file the mode of another, and its owner and group where we may; the mode, None without modes."""
    if not hasattr(os, "fchown"):  # Windows
        return None
    mine, mode = os.fstat(fd), stat.S_IMODE(like.st_mode)
    if (mine.st_uid, mine.st_gid) != (like.st_uid, like.st_gid):
        try:
            os.fchown(fd, like.st_uid, like.st_gid)
        except PermissionError:  # only root gives files away; then nobody may act as the one who has it now
            mode &= 0o777
    os.fchmod(fd, mode)
    return mode


def read_up_to(fd: int, size: int) -> bytes:
    """What a descriptor gives, until its end or that many bytes."""
    parts = []
    while size > 0 and (part := os.read(fd, size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def write_all(fd: int, data: bytes) -> None:
    """Write every byte, however many the system takes at a time."""
    left = memoryview(data)
    while left:
        taken = os.write(fd, left)
        if taken == 0:
            raise OSError(errno.EIO, "the system took no byte of a write")
        left = left[taken:]


def not_regular(text: str, kind: int) -> InvalidArtifact:
    return InvalidArtifact(f"{KINDS.get(kind, 'something')} where a regular file should be", path=text)


def open_to_read(text: str, more: int = 0, at: Handle | None = None) -> int:
    """A descriptor of a regular file; waits for nobody. Below a folder, a link is no file.

    Raises:
        MissingArtifact: There is no such file.
        InvalidArtifact: Not a regular file.
        OSError: Anything else.
    """
    if at is not None:
        text, at, more = (text, at, more | _NO_LINK) if isinstance(at, int) else (os.path.join(at, text), None, more)
    try:
        fd = os.open(text, os.O_RDONLY | PLAIN | NO_WAIT | more, dir_fd=at)
    except FileNotFoundError as error:
        raise MissingArtifact(text) from error
    except OSError as error:
        if error.errno in _NOT_OPENABLE:
            raise not_regular(text, stat.S_IFSOCK) from error
        if at is not None and error.errno == errno.ELOOP:
            raise not_regular(text, stat.S_IFLNK) from error
        raise
    try:
        kind = stat.S_IFMT(os.fstat(fd).st_mode)
    except BaseException:
        close_quietly(fd)
        raise
    if kind == stat.S_IFREG:
        return fd
    close_quietly(fd)
    raise not_regular(text, kind)
