"""Durable files: what was reported as written is there after a crash, whole, and nothing else is.

Invariants:

* `replace` leaves the old file or the new one under the name, never a part, and returns only when the new one
  survives a loss of power: exclusive temporary file in the same directory, full write, fsync, close, rename,
  fsync of the directory. An error before the rename leaves the old file; an error of the directory's fsync,
  after the rename, leaves the new one whole but not yet safe. The temporary is gone in either case; only a
  kill leaves one, and `is_temporary` knows its name. A failed fsync is a failure and is never repeated.
* What comes last in a path is never followed when writing: a symbolic link, a directory, a FIFO or a device
  under the name is refused. A *folder* may be reached through a link; it is opened once, and all that
  follows happens through that handle, so exchanging the folder on the way cannot split an operation.
* Reading takes regular files of bounded size, waits for nobody, and gives one whole state or an error.
* An `OSError` leaves as `EnvironmentFailed`; a name that no file can have leaves as `UsageFailure`.

Modes are what a file gets at most: the umask takes away from them, and a replaced file gets the mode asked
for, not that of its predecessor, unless that is asked for. "Safe" is what the platform's fsync makes of it.
Without handles of directories (on Windows) folders are reached by name and are not fsynced; without `fcntl`
there are no locks (`_locks`).
This module leaves canonical bytes to `documents` and what a line holds to `jsonl`.

    replace("reports/runs/x/run.json", b"{}")
"""
# ruff: noqa: PTH112, PTH120 - pathlib costs more to import than all of this

from __future__ import annotations

import errno
import os
import stat

from runpact_core import _folder, _locks
from runpact_core._folder import (
    KINDS,
    NO_WAIT,
    Doing,
    Folder,
    Handle,
    close_quietly,
    no_folder,
    open_to_read,
    quietly,
    read_up_to,
    split,
    write_all,
)
from runpact_core._walk import Listing, close_folder, listing, open_folder, walk
from runpact_core.errors import InvalidArtifact, Refused

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from collections.abc import Callable

    StrPath = str | os.PathLike[str]

__all__ = [
    "Handle",
    "Listing",
    "append",
    "append_line",
    "close",
    "close_folder",
    "hold",
    "is_locked",
    "is_temporary",
    "listing",
    "make_dir",
    "make_dirs",
    "open_append",
    "open_folder",
    "open_read",
    "read_bytes",
    "remove",
    "replace",
    "replace_locked",
    "sync",
    "sync_dir",
    "try_lock",
    "walk",
]

_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_SEPARATORS = os.sep + (os.altsep or "")
_RANDOM = 8  # bytes in the name of a temporary file
_HEX = set("0123456789abcdef")


def replace(
    path: StrPath, data: bytes, *, mode: int | None = 0o644, random: Callable[[int], bytes] = os.urandom
) -> None:
    """Put ``data`` under ``path`` so that it survives a crash, in place of any regular file there.

    Args:
        path: The file. Its folder must exist, and be readable (else it cannot be fsynced).
        data: The whole content.
        mode: The permissions, less the umask; those of a file that was there do not matter. None: exactly those of the
            file that is there, and its owner and group as far as the system allows.
        random: Gives n random bytes; names the temporary file.

    Raises:
        Refused: Something else than a regular file has this name: a link, a directory, a FIFO, a device.
        EnvironmentFailed: Any step failed; see the invariants for what is on disk then.
        UsageFailure: No file can have this name.
    """
    _publish(path, data, mode, random, locked=False)


def replace_locked(
    path: StrPath, data: bytes, *, mode: int = 0o644, random: Callable[[int], bytes] = os.urandom
) -> int:
    """As `replace`, and give an open descriptor that holds the lock of the new file.

    The lock is taken before the file gets its name, so nobody ever sees it free. It lasts until every copy of
    the descriptor is closed: the descriptor is closed on exec, and a forked child must close its copy (not
    unlock it, that would unlock the parent's). Where there are no locks the descriptor holds none.
    """
    if _folder.HANDLES:
        return _publish(path, data, mode, random, locked=True)
    replace(path, data, mode=mode, random=random)  # an open file cannot be renamed there
    with Doing(f"opening {os.fspath(path)}"):
        return os.open(path, os.O_RDWR | _folder.PLAIN)


def is_temporary(name: str) -> bool:
    """Whether a file name (no folder) is one that `replace` gives to its unfinished files."""
    start, _, end = name.rpartition(".")
    _, _, middle = start.rpartition(".")
    return name.startswith(".") and end == "tmp" and len(middle) == 2 * _RANDOM and not set(middle) - _HEX


def make_dir(path: StrPath, *, mode: int = 0o777) -> bool:
    """Make a directory and its name durable; False where the name is taken, by whatever it may be.

    Raises:
        EnvironmentFailed: It could not be made, or its name not made durable (it is gone again then).
        UsageFailure: No directory can have this name.
    """
    text = os.fspath(path)
    folder, name = split(text.rstrip(_SEPARATORS))
    with Doing(f"making the folder {text}"), Folder(folder) as at:
        try:
            at.mkdir(name, mode)
        except FileExistsError:
            return False
        try:
            at.sync()
        except BaseException:
            quietly(at.rmdir, name)
            raise
        return True


def make_dirs(path: StrPath, *, mode: int = 0o777) -> None:
    """Make a directory and those above it that are missing, each durably; those that exist are left alone.

    Raises:
        EnvironmentFailed: One could not be made, or a part of the path is a file.
    """
    above = os.fspath(path)
    missing = []
    while above and not os.path.isdir(above):
        missing.append(above)
        above = os.path.dirname(above.rstrip(_SEPARATORS))
    for text in reversed(missing):
        if make_dir(text, mode=mode):
            continue
        with Doing(f"making the folder {text}"):
            if not os.path.isdir(text):
                raise no_folder(text)
        sync_dir(os.path.dirname(text.rstrip(_SEPARATORS)))  # another made it just now, and may not be done


def sync_dir(path: StrPath) -> None:
    """Make the names in a directory durable; `EnvironmentFailed` where that fails."""
    with Doing(f"syncing the folder {os.fspath(path)}"), Folder(os.fspath(path)) as at:
        at.sync()


def remove(path: StrPath) -> bool:
    """Remove a file (a link itself, not what it leads to), durably; False where there was none.

    Raises:
        EnvironmentFailed: It could not be removed; a directory is not.
    """
    folder, name = split(path)
    with Doing(f"removing {os.fspath(path)}"), Folder(folder) as at:
        try:
            at.unlink(name)
        except FileNotFoundError:
            return False
        at.sync()
        return True


def read_bytes(path: StrPath, *, limit: int, at: Handle | None = None) -> bytes:
    """The whole content of a regular file, one state of it; links are followed, but not below ``at``.

    A file that is replaced or removed while it is read gives its old content.

    Args:
        path: The file.
        limit: The most bytes that are accepted; a larger file is refused before it is read.
        at: The folder that ``path`` is a name in, as `open_folder` gives it.

    Raises:
        MissingArtifact: There is no such file.
        InvalidArtifact: Not a regular file, larger than ``limit``, or changed while it was read.
        EnvironmentFailed: It could not be read.
        UsageFailure: No file can have this name.
    """
    text = os.fspath(path)
    with Doing(f"reading {text}"):
        fd = open_to_read(text, at=at)
        try:
            before = os.fstat(fd)
            if before.st_size > limit:
                reason = f"{before.st_size} bytes are more than the limit of {limit}"
                raise InvalidArtifact(reason, path=text)
            data = read_up_to(fd, before.st_size + 1)
            after = os.fstat(fd)
        finally:
            close_quietly(fd)
    same = len(data) == before.st_size == after.st_size and before.st_mtime_ns == after.st_mtime_ns
    if not same:
        reason = "the file changed while it was read"
        raise InvalidArtifact(reason, path=text, hint="read it again")
    return data


def open_read(path: StrPath, *, at: Handle | None = None) -> int:
    """Open a regular file for reading piece by piece, waiting for nobody; gives a descriptor.

    Args:
        path: The file; links are followed, but not below ``at``.
        at: The folder that ``path`` is a name in, as `open_folder` gives it.

    Raises:
        RunpactError: As `read_bytes` does, size and change apart.
    """
    text = os.fspath(path)
    with Doing(f"reading {text}"):
        return open_to_read(text, at=at)


def open_append(path: StrPath, *, mode: int = 0o644) -> int:
    """Open a file for `append` and `append_line`, made durably if it is missing; gives a descriptor.

    Raises:
        Refused: Something else than a regular file has this name.
        EnvironmentFailed: It could not be opened or made.
        UsageFailure: No file can have this name.
    """
    text, (folder, name) = os.fspath(path), split(path)
    flags = os.O_RDWR | os.O_APPEND | NO_WAIT
    with Doing(f"opening {text}"), Folder(folder) as at:
        _refuse_other_than_file(at, name, text)
        try:
            return at.open(name, flags, mode)
        except FileNotFoundError:
            fd = at.open(name, flags | os.O_CREAT, mode)
        try:
            at.sync()
        except BaseException:
            close_quietly(fd)
            raise
        return fd


def append(fd: int, data: bytes) -> None:
    """Add bytes at the end of a file of `open_append`: one write, more only where the system took a part."""
    with Doing("appending"):
        write_all(fd, data)


def append_line(fd: int, line: bytes) -> bool:
    r"""Add one line that ends in ``\n``; True where the file's last line was torn, and is now ended first.

    Line end and line go out in a single write. Where there are locks, callers of this function wait for one
    another for the time of that write, so none takes another's line in the making for a torn one. (Threads
    that share one descriptor share its lock too, and must take turns themselves.)
    """
    with Doing("appending a line"):
        held = _locks.flock(fd, wait=True)
        try:
            torn = os.fstat(fd).st_size > 0 and os.lseek(fd, -1, os.SEEK_END) >= 0 and os.read(fd, 1) != b"\n"
            write_all(fd, b"\n" + line if torn else line)
        finally:
            if held:
                _locks.unlock(fd)
    return torn


def sync(fd: int) -> None:
    """Make the content of an open file durable; a failure is final, what was written may be lost."""
    with Doing("syncing"):
        os.fsync(fd)


def close(fd: int) -> None:
    """Close a descriptor; an error means that something written through it may be lost."""
    with Doing("closing"):
        os.close(fd)


def try_lock(fd: int) -> bool | None:
    """Take the lock of an open, writable file without waiting.

    Returns:
        True: held until every copy of the descriptor is closed. False: another holds it, or is looking at it
        with `is_locked` right now. None: this file system or platform has no locks.
    """
    with Doing("locking"):
        return _locks.flock(fd)


def hold(path: StrPath, *, wait_s: float = 30.0) -> int:
    """Open a file that is there to be locked, make it where it is not, and wait for its lock.

    Where this file system or platform has no locks the descriptor holds none, and nobody is waited for.

    Args:
        path: The file; its folder must exist. It stays: removing it would let two hold it.
        wait_s: Seconds to wait at the most.

    Returns:
        The descriptor; `close` lets go of the lock.

    Raises:
        Refused: Another process held it all the time.
        EnvironmentFailed: It cannot be opened.
    """
    fd = open_append(path)
    try:
        with Doing(f"locking {os.fspath(path)}"):
            _locks.acquire(fd, os.path.dirname(os.fspath(path)) or ".", wait_s)
    except BaseException:
        close_quietly(fd)
        raise
    return fd


def is_locked(path: StrPath, *, at: Handle | None = None) -> bool | None:
    """Whether somebody holds the lock of a file (a name in ``at``); None where this file system or platform has none.

    Raises:
        MissingArtifact: There is no such file (any more).
        InvalidArtifact: Not a regular file.
        EnvironmentFailed: It cannot be opened.
    """
    text = os.fspath(path)
    with Doing(f"looking at the lock of {text}"):
        fd = open_to_read(text, _NO_LINK, at)
        try:
            # Shared, so that two who look do not take each other for a holder.
            free = _locks.flock(fd, shared=True)
        finally:
            close_quietly(fd)
    return None if free is None else not free


def _publish(path: StrPath, data: bytes, mode: int | None, random: Callable[[int], bytes], *, locked: bool) -> int:
    """The whole of `replace`; the descriptor that it returns is open only if ``locked``."""
    text, (folder, name) = os.fspath(path), split(path)
    with Doing(f"writing {text}"), Folder(folder) as at:
        _refuse_other_than_file(at, name, text)
        temporary = f".{name[:48]}.{random(_RANDOM).hex()}.tmp"  # cut: it must fit where the name itself does
        before = at.status(name) if mode is None else None
        fd = at.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if mode is None else mode)
        is_open = True
        try:
            given = None if before is None else _folder.give(fd, before)
            write_all(fd, data)
            if given is not None:
                os.fchmod(fd, given)  # again: a write takes setuid and setgid away, from all but root
            os.fsync(fd)
            if not locked:
                is_open = False  # whatever close says, the descriptor is gone
                os.close(fd)
            elif _locks.flock(fd) is False:
                raise BlockingIOError(errno.EAGAIN, "the unfinished file is locked by another")  # noqa: TRY301 - cleaned up below
            at.rename(temporary, name)
            at.sync()
        except BaseException:
            if is_open:
                close_quietly(fd)
            quietly(at.unlink, temporary)  # not there any more if the rename was done
            raise
    return fd


def _refuse_other_than_file(at: Folder, name: str, text: str) -> None:
    kind = at.kind(name)
    if kind not in {None, stat.S_IFREG}:
        what = f"{text} is {KINDS.get(kind or 0, 'no file')}, so nothing was written"
        raise Refused(what, hint="remove it, or choose another name")
