"""How something moves between a place in the project and its place in the trash, either way, without overwriting.

Invariants: a rename is one system call, which refuses a name that is taken; source and target folder are looked at
right before it, and are handles, so no exchange of a folder sends it elsewhere. Into another file system nothing is
renamed: a copy is made, with modes and times, the caller makes it durable and compares digests; then `hide` gives the
original another name, the journal says that the copy counts, and only then `discard` ends the original.

All paths are project-relative.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from functools import cache
from typing import TYPE_CHECKING

from runpact_gc._handles import Swapped, split
from runpact_gc._look import changed_since
from runpact_gc._remove import remove_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runpact_gc._handles import Root
    from runpact_gc._look import Sight

__all__ = ["copy", "deposit", "discard", "hidden", "hide", "rename", "show"]

_NO_REPLACE = 1
_NOT_THERE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}
_NO_LINKS = {errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EMLINK}
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_PIECE = 1 << 20


def rename(root: Root, source: str, target: str) -> None:
    """Give something another place on its file system.

    Raises:
        FileExistsError: The place is taken.
        Swapped: A folder on the way is not the one it was.
        OSError: It could not be moved; ``errno`` EXDEV: the place is on another file system.
    """
    (from_folder, from_name), (to_folder, to_name) = split(source), split(target)
    from_fd, to_fd = root.pair(from_folder, to_folder)
    sys.audit("os.rename", from_name, to_name, from_fd, to_fd)
    call = _renameat2()
    if call is not None:
        number = call(from_fd, os.fsencode(from_name), to_fd, os.fsencode(to_name))
        if number == 0:
            return
        if number not in _NOT_THERE:
            raise OSError(number, os.strerror(number), target)
    with contextlib.suppress(FileNotFoundError):  # the slot is fresh and ours: nobody makes names in it
        os.stat(to_name, dir_fd=to_fd, follow_symlinks=False)
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target)
    os.rename(from_name, to_name, src_dir_fd=from_fd, dst_dir_fd=to_fd)


def copy(root: Root, seen: Sight, target: str) -> None:
    """Copy what was seen to a place that is free: bytes, modes, owners and times; files are durable, names not yet.

    Raises:
        FileExistsError: The place is taken.
        Swapped: There is something in it that cannot be copied, or it is not what it was.
        OSError: It could not be copied; a part may be there, see `discard`.
    """
    folders = []
    for each in seen.seen:
        to = f"{target}/{each.path}" if each.path else target
        origin = f"{seen.source}/{each.path}" if each.path else seen.source
        if stat.S_ISDIR(each.mode):
            root.make(to, new=True)
            folders.append((origin, to, each))
        elif stat.S_ISREG(each.mode):
            _copy_file(root, origin, to)
        elif stat.S_ISLNK(each.mode):
            _copy_link(root, origin, to)
        else:
            raise Swapped("special-file", f"{origin} is a FIFO, a socket or a device, which cannot be copied")
    for origin, to, each in reversed(folders):
        now = root.lstat(origin)
        fd = root.folder(to)
        if now is not None and (now.st_uid, now.st_gid) != (os.fstat(fd).st_uid, os.fstat(fd).st_gid):
            os.fchown(fd, now.st_uid, now.st_gid)
        os.fchmod(fd, stat.S_IMODE(each.mode))
        os.utime(fd, ns=(each.mtime_ns, each.mtime_ns))
        os.fsync(fd)
    root.forget(seen.source)


def deposit(root: Root, source: str, target: str) -> None:
    """Give a file that is about to be replaced a second name at a free place, or where that is not possible a copy.

    Raises:
        FileExistsError: The place is taken.
        Swapped: A folder on the way is not the one it was.
        OSError: Neither could be done.
    """
    (from_folder, from_name), (to_folder, to_name) = split(source), split(target)
    from_fd, to_fd = root.pair(from_folder, to_folder)
    try:
        os.link(from_name, to_name, src_dir_fd=from_fd, dst_dir_fd=to_fd, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _copy_file(root, source, target)


def hidden(path: str, slot: str, number: int) -> str:
    """The name, beside its old one, that an original has from when its copy is whole until it is gone."""
    folder, _ = split(path)
    name = f".gc-{slot}-{number}"
    return f"{folder}/{name}" if folder else name


def hide(root: Root, seen: Sequence[Sight], slot: str) -> str | None:
    """Give originals whose copies are whole and verified the names of `hidden`: all of them, or none.

    Returns:
        None, or what differs from what was copied; then all have their names again.

    Raises:
        OSError, Swapped: One could not be renamed; the others have their names again.
    """
    done: list[tuple[str, str]] = []
    try:
        for number, each in enumerate(seen):
            name = hidden(each.source, slot, number)
            rename(root, each.source, name)
            done.append((name, each.source))
            different = changed_since(root, each, name)
            if different is not None:
                _unhide(root, done)
                return different
    except (OSError, Swapped):
        _unhide(root, done)
        raise
    return None


def show(root: Root, seen: Sequence[Sight], slot: str) -> None:
    """Take `hide` back.

    Raises:
        OSError, Swapped: One could not be renamed; it keeps its hidden name, which the journal lets the next find.
    """
    _unhide(root, [(hidden(each.source, slot, number), each.source) for number, each in enumerate(seen)])


def _unhide(root: Root, done: Sequence[tuple[str, str]]) -> None:
    for name, source in reversed(done):
        rename(root, name, source)


def discard(root: Root, path: str) -> None:
    """Remove what stands at a path, with all that is in it; nothing there is no error."""
    folder, name = split(path)
    root.forget(path)
    remove_tree(root.still(folder), name)


def _copy_file(root: Root, source: str, target: str) -> None:
    (from_folder, from_name), (to_folder, to_name) = split(source), split(target)
    from_fd, to_fd = root.pair(from_folder, to_folder)
    origin = os.open(from_name, _READ, dir_fd=from_fd)
    try:
        status = os.fstat(origin)
        if not stat.S_ISREG(status.st_mode):
            raise Swapped("changed", f"{source} is no regular file any more")
        made = os.open(to_name, _NEW, 0o600, dir_fd=to_fd)
        try:
            while piece := os.read(origin, _PIECE):
                _write(made, piece)
            own = os.fstat(made)
            if (own.st_uid, own.st_gid) != (status.st_uid, status.st_gid):
                os.fchown(made, status.st_uid, status.st_gid)
            os.fchmod(made, stat.S_IMODE(status.st_mode))
            os.utime(made, ns=(status.st_atime_ns, status.st_mtime_ns))
            os.fsync(made)
        finally:
            os.close(made)
    finally:
        os.close(origin)


def _copy_link(root: Root, source: str, target: str) -> None:
    (from_folder, from_name), (to_folder, to_name) = split(source), split(target)
    from_fd, to_fd = root.pair(from_folder, to_folder)
    status = os.stat(from_name, dir_fd=from_fd, follow_symlinks=False)
    os.symlink(os.readlink(from_name, dir_fd=from_fd), to_name, dir_fd=to_fd)
    os.utime(to_name, ns=(status.st_atime_ns, status.st_mtime_ns), dir_fd=to_fd, follow_symlinks=False)


def _write(fd: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(fd, left) :]


@cache
def _renameat2() -> Callable[[int, bytes, int, bytes], int] | None:
    """The system call that never replaces, giving the number of its error; None where there is none."""
    import ctypes  # a dry run needs none of it

    try:
        function = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return None
    function.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)

    def call(from_fd: int, old: bytes, to_fd: int, new: bytes) -> int:
        return ctypes.get_errno() if function(from_fd, old, to_fd, new, _NO_REPLACE) else 0

    return call
