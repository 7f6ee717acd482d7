"""Files below a folder, opened by handles from the folder down: nothing outside of it is ever reached.

Invariants: each name is looked up in the directory that was opened before it, and no link is followed, so exchanging a
directory on the way leads nowhere else; what is opened is a regular file with this one name (a hard link may lead to a
file of elsewhere); nobody is waited for. The folder itself may be reached through a link.
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

__all__ = ["open_within", "read_within"]

_HANDLES = os.open in os.supports_dir_fd
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_DIRECTORY = os.O_RDONLY | PLAIN | getattr(os, "O_DIRECTORY", 0)
_FILE = os.O_RDONLY | PLAIN | getattr(os, "O_NONBLOCK", 0) | _NO_LINK
_NOTHING_THERE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EMLINK, errno.ENAMETOOLONG, errno.ENXIO, errno.ENODEV}
# EMLINK is what FreeBSD says of a link where none may be; the last two are of sockets, FIFOs and devices.


def open_within(root: str, parts: Sequence[str], shown: str) -> int:
    """Open a regular file; gives a descriptor.

    Args:
        root: The folder.
        parts: The names on the way, the file's own last; each is one name, never ``..``.
        shown: What people are told of the path.

    Raises:
        MissingArtifact: There is no such file, or it is none that is given out: a link, a FIFO, a device, a file with
            several names.
        EnvironmentFailed: It could not be opened.
        UsageFailure: No file can have this name.
    """
    with Doing(f"reading {shown}"):
        try:
            fd = _by_handles(root, parts) if _HANDLES else _by_names(root, parts)
        except OSError as error:
            if error.errno in _NOTHING_THERE:
                raise MissingArtifact(shown) from error
            raise
        about = os.fstat(fd)
        if stat.S_ISREG(about.st_mode) and about.st_nlink == 1:
            return fd
        close_quietly(fd)
        raise MissingArtifact(shown, hint="only regular files without a second name are given out")


def read_within(root: str, parts: Sequence[str], shown: str, *, limit: int) -> bytes:
    """The whole content of a regular file of at most ``limit`` bytes.

    Raises:
        InvalidArtifact: It is larger.
        RunpactError: As `open_within`.
    """
    fd = open_within(root, parts, shown)
    try:
        with Doing(f"reading {shown}"):
            data = read_up_to(fd, limit + 1)
    finally:
        close_quietly(fd)
    if len(data) > limit:
        raise InvalidArtifact(f"more than {limit} bytes", path=shown)
    return data


def _by_handles(root: str, parts: Sequence[str]) -> int:
    at = os.open(root, _DIRECTORY)
    try:
        for part in parts[:-1]:
            below = os.open(part, _DIRECTORY | _NO_LINK, dir_fd=at)
            close_quietly(at)
            at = below
        return os.open(parts[-1], _FILE, dir_fd=at)
    finally:
        close_quietly(at)


def _by_names(root: str, parts: Sequence[str]) -> int:
    """The same without handles of directories (Windows): every name is looked at, then the whole path is opened."""
    place = root
    for part in parts:
        place = os.path.join(place, part)  # noqa: PTH118 - pathlib is slow
        if os.path.islink(place):  # noqa: PTH114 - as above
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    return os.open(place, _FILE)
