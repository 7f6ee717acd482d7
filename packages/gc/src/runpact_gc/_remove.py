"""The end of a tree, by directory handles: it follows no link, leaves its file system nowhere, and may be 3,000 deep.

Invariants: what is removed hangs below the name given, in the directory given, whatever is renamed or linked meanwhile:
each folder is opened from its parent without following a link, and the way back up is believed only where it leads to
the folder that it came from. Two descriptors are open at a time. What is already gone is no error.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import Protocol

__all__ = ["NotOurs", "remove_tree"]

_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)

_Identity = tuple[int, int]


class _Removal(Protocol):
    def __call__(self, path: str, *, dir_fd: int) -> None: ...


class NotOurs(OSError):
    """A folder lies on another file system, or was moved away while it was being emptied."""


def remove_tree(parent: int, name: str) -> None:
    """Remove what has this name in an open directory: a folder with all that is in it, or anything else by itself.

    Raises:
        NotOurs: A part lies on another file system, or was moved; the rest may be gone.
        OSError: Something could not be removed; the rest may be gone.
    """
    try:
        if not stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
            os.unlink(name, dir_fd=parent)
            return
        walk = _Walk(parent, name)
    except FileNotFoundError:
        return
    try:
        walk.empty()
    finally:
        os.close(walk.folder)
    _gone(os.rmdir, name, parent)


class _Walk:
    """Stands in one folder of a tree, and knows the way back up and what is left to do on it."""

    def __init__(self, parent: int, name: str) -> None:
        self.folder = _opened(parent, name, os.fstat(parent).st_dev)
        self._above: list[tuple[_Identity, list[str]]] = []  # which folder, and the folders in it that are left

    def empty(self) -> None:
        """Remove all that is in the tree."""
        left = _unlinked(self.folder)
        while True:
            if left:
                self._above.append((_identity(self.folder), left))
                self._stand(_opened(self.folder, left[-1], _identity(self.folder)[0]))
                left = _unlinked(self.folder)
            elif self._above:
                expected, left = self._above.pop()
                self._stand(_above(self.folder, expected))
                _gone(os.rmdir, left.pop(), self.folder)
            else:
                return

    def _stand(self, folder: int) -> None:
        os.close(self.folder)
        self.folder = folder


def _unlinked(folder: int) -> list[str]:
    """Unlink all that is no folder; the folders that are left."""
    left = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                left.append(entry.name)
            else:
                _gone(os.unlink, entry.name, folder)
    return left


def _opened(parent: int, name: str, device: int) -> int:
    folder = os.open(name, _FOLDER, dir_fd=parent)
    found = os.fstat(folder)
    if found.st_dev != device:
        os.close(folder)
        raise NotOurs(errno.EXDEV, "another file system is mounted in it", name)
    if found.st_mode & stat.S_IRWXU != stat.S_IRWXU:
        with contextlib.suppress(OSError):
            os.fchmod(folder, stat.S_IMODE(found.st_mode) | stat.S_IRWXU)
    return folder


def _above(folder: int, expected: _Identity) -> int:
    above = os.open(os.pardir, _FOLDER, dir_fd=folder)
    if _identity(above) != expected:
        os.close(above)
        raise NotOurs(errno.ESTALE, "it was moved while it was being removed")
    return above


def _identity(folder: int) -> _Identity:
    found = os.fstat(folder)
    return found.st_dev, found.st_ino


def _gone(remove: _Removal, name: str, folder: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        remove(name, dir_fd=folder)
