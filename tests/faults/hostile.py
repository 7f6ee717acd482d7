"""Trees that nobody makes on purpose and every disk has: what tools that walk folders are tried on.

Invariants: every tree is made below one folder, by handles, so none is too deep for its maker; `remove` takes each away
again, whatever rights its parts have. Nothing in a tree is endless: a tool that does not come back hangs by its own
fault.

    plant(tmp_path / "runs" / name, "deep")
"""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["DEPTH", "MANY", "TREES", "plant", "remove"]

DEPTH = 1500
"""Folders in each other: more than Python has frames for."""

MANY = 20_000
"""Names in one folder."""


def _circles(at: int) -> None:
    os.symlink("self", "self", dir_fd=at)
    os.symlink(".", "here", dir_fd=at)
    os.symlink("..", "above", dir_fd=at)
    os.symlink("pong", "ping", dir_fd=at)
    os.symlink("ping", "pong", dir_fd=at)
    os.symlink("nowhere", "dangling", dir_fd=at)


def _no_files(at: int) -> None:
    os.mkfifo("fifo", dir_fd=at)
    os.symlink("/dev/zero", "device", dir_fd=at)
    with socket.socket(socket.AF_UNIX) as listener, contextlib.chdir(f"/proc/self/fd/{at}"):
        listener.bind("socket")


def _locked(at: int) -> None:
    os.mkdir("closed", dir_fd=at)
    _file(at, "secret", b"x")
    os.chmod("secret", 0, dir_fd=at)
    os.chmod("closed", 0, dir_fd=at)


def _deep(at: int) -> None:
    here = os.dup(at)
    for _ in range(DEPTH):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY | os.O_DIRECTORY, dir_fd=here)
        os.close(here)
        here = below
    _file(here, "bottom", b"x")
    os.close(here)


def _names(at: int) -> None:
    for name in (b"new\nline", b"\x1b]0;title\x07\x1b[31m", b"\xff\xfe", b"-rf", b" ", b"%s{}$HOME`id`", b"n" * 255):
        _file(at, os.fsdecode(name), b"x")
        os.mkdir(os.fsdecode(name[:200] + b".d"), dir_fd=at)


def _many(at: int) -> None:
    for number in range(MANY):
        os.close(os.open(str(number), os.O_WRONLY | os.O_CREAT | os.O_EXCL, dir_fd=at))


TREES: dict[str, Callable[[int], None]] = {
    "circles": _circles,
    "no-files": _no_files,
    "locked": _locked,
    "deep": _deep,
    "names": _names,
    "many": _many,
}
"""What can be planted, by name."""


def plant(folder: Path, name: str) -> None:
    """Plant one of `TREES` into a folder, which is made where it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        TREES[name](at)
    finally:
        os.close(at)


def remove(folder: Path) -> None:
    """Remove a folder with all that is in it: `shutil.rmtree` of Python 3.11 is not deep enough for it."""
    with contextlib.suppress(FileNotFoundError):
        _empty(os.open(folder, os.O_RDONLY | os.O_DIRECTORY))
        folder.rmdir()


def _empty(root: int) -> None:
    """Empty a folder without a call in a call: what is below is brought up to it, then removed from there."""
    number = 0
    while names := os.listdir(root):
        for name in names:
            if not stat.S_ISDIR(os.lstat(name, dir_fd=root).st_mode):
                os.unlink(name, dir_fd=root)
                continue
            os.chmod(name, 0o700, dir_fd=root)
            below = os.open(name, os.O_RDONLY | os.O_DIRECTORY, dir_fd=root)
            for each in os.listdir(below):  # noqa: PTH208 - a descriptor is no path
                number += 1
                os.rename(each, f".up-{number}", src_dir_fd=below, dst_dir_fd=root)
            os.close(below)
            os.rmdir(name, dir_fd=root)
    os.close(root)


def _file(at: int, name: str, data: bytes) -> None:
    fd = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, dir_fd=at)
    os.write(fd, data)
    os.close(fd)
