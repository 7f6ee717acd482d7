"""Files below a folder, opened by handles from the folder down: nothing outside of it is ever reached.

Invariants: each name is looked up in the directory that was opened before it, and no link is followed, so exchanging a
directory on the way leads nowhere else; what is opened is a regular file, with this one name unless the caller takes
others (a hard link may lead to a file of elsewhere); nobody is waited for. The folder itself may be reached through a
link.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

from runpact_core._folder import PLAIN, Doing, close_quietly, read_up_to
from runpact_core.errors import InvalidArtifact, MissingArtifact

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

__all__ = ["Within", "open_within", "read_within"]

_HANDLES = os.open in os.supports_dir_fd
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_DIRECTORY = os.O_RDONLY | PLAIN | getattr(os, "O_DIRECTORY", 0)
_FILE = os.O_RDONLY | PLAIN | getattr(os, "O_NONBLOCK", 0) | _NO_LINK
_MOST_HELD = 16
_NOTHING_THERE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EMLINK, errno.ENAMETOOLONG, errno.ENXIO, errno.ENODEV}
# EMLINK is what FreeBSD says of a link where none may be; the last two are of sockets, FIFOs and devices.


class Within:
    """A folder, for many files below it: directories on the way to them are held open, a few at a time, until the end.

    Args:
        root: The folder; nothing is opened before it is needed.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self._held: dict[tuple[str, ...], int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._let_go()

    def open(self, parts: Sequence[str], shown: str, *, hard_links: bool = False) -> int:
        """As `open_within`."""
        with Doing(f"reading {shown}"):
            try:
                fd = self._by_handles(tuple(parts)) if _HANDLES else _by_names(self.root, parts)
            except OSError as error:
                if error.errno in _NOTHING_THERE:
                    raise MissingArtifact(shown) from error
                raise
            about = os.fstat(fd)
            if stat.S_ISREG(about.st_mode) and (hard_links or about.st_nlink == 1):
                return fd
            close_quietly(fd)
            raise MissingArtifact(shown, hint="only regular files without a second name are given out")

    def _by_handles(self, parts: tuple[str, ...]) -> int:
        if len(self._held) > _MOST_HELD:
            self._let_go()
        return os.open(parts[-1], _FILE, dir_fd=self._directory(parts[:-1]))

    def _directory(self, names: tuple[str, ...]) -> int:
        """The directory that names lead to, each looked up in the one before it; it stays open."""
        if names not in self._held:
            if names:
                above = self._directory(names[:-1])
                self._held[names] = os.open(names[-1], _DIRECTORY | _NO_LINK, dir_fd=above)
            else:
                self._held[names] = os.open(self.root, _DIRECTORY)
        return self._held[names]

    def _let_go(self) -> None:
        for fd in self._held.values():
            close_quietly(fd)
        self._held.clear()


def open_within(root: str, parts: Sequence[str], shown: str, *, hard_links: bool = False) -> int:
    """Open a regular file; gives a descriptor.

    Args:
        root: The folder.
        parts: The names on the way, the file's own last; each is one name, never ``..``.
        shown: What people are told of the path.
        hard_links: Whether a file with several names is opened too.

    Raises:
        MissingArtifact: There is no such file, or it is none that is given out: a link, a FIFO, a device, a file with
            several names.
        EnvironmentFailed: It could not be opened.
        UsageFailure: No file can have this name.
    """
    with Within(root) as folder:
        return folder.open(parts, shown, hard_links=hard_links)


def read_within(root: str, parts: Sequence[str], shown: str, *, limit: int, hard_links: bool = False) -> bytes:
    """The whole content of a regular file of at most ``limit`` bytes.

    Raises:
        InvalidArtifact: It is larger.
        RunpactError: As `open_within`.
    """
    fd = open_within(root, parts, shown, hard_links=hard_links)
    try:
        with Doing(f"reading {shown}"):
            data = read_up_to(fd, limit + 1)
    finally:
        close_quietly(fd)
    if len(data) > limit:
        raise InvalidArtifact(f"more than {limit} bytes", path=shown)
    return data


def _by_names(root: str, parts: Sequence[str]) -> int:
    """The same without handles of directories (Windows): every name is looked at, then the whole path is opened."""
    place = root
    for part in parts:
        place = os.path.join(place, part)  # noqa: PTH118 - pathlib is slow
        if os.path.islink(place):  # noqa: PTH114 - as above
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    return os.open(place, _FILE)
