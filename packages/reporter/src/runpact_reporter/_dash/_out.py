"""The folder that a site is written into: ours alone, and safe for whatever else lies there.

Invariants:

* The folder is made, or was empty, or has our marker; else nothing is written. The marker lists every file of ours,
  each from before it exists, so that a site whose making was interrupted is known whole when it is made again.
* A file that is not on that list is never replaced and never removed; a link is never followed into another folder.
* A page is there whole, the old one or the new one. Pages are not flushed to the disk one by one: the site is made
  again with one command.
"""

from __future__ import annotations

import contextlib
import os
import stat
from typing import TYPE_CHECKING

from runpact_core import files
from runpact_core.errors import EnvironmentFailed, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MARKER", "Out", "opened"]

MARKER = ".runpact-dash"
"""Holds one line that says what the folder is, and the paths of our files."""

_TITLE = b"# A site of runpact dash. The files that it made:\n"
_LOCK = ".runpact-dash.lock"
_UNFINISHED = ".runpact-dash.tmp"
_LIMIT = 1 << 30

join = os.path.join


@contextlib.contextmanager
def opened(path: str) -> Iterator[Out]:
    """The folder, for as long as one site is written; afterwards what the site no longer has is removed.

    Raises:
        Refused: It holds files of others and no site, or another process writes it.
        EnvironmentFailed: It could not be made or read.
    """
    files.make_dirs(path)
    try:
        others = [name for name in os.listdir(path) if name not in {_LOCK, _UNFINISHED}]  # noqa: PTH208 - pathlib is slow
    except OSError as error:
        raise EnvironmentFailed(f"listing {path}", error) from error
    if others and not _is_ours(path):
        raise Refused(f"{path} is not empty and is no site of runpact", hint="name another folder, or empty this one")
    lock = files.hold(join(path, _LOCK))
    try:
        out = Out(path)
        yield out
        out.finish()
    finally:
        files.close(lock)


def _is_ours(path: str) -> bool:
    marker = join(path, MARKER)
    return os.path.lexists(marker) and files.read_bytes(marker, limit=_LIMIT).startswith(_TITLE)


class Out:
    """A folder of ours; not safe for threads."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.written: set[str] = set()
        self._folders: set[str] = set()
        marker = join(path, MARKER)
        if not os.path.lexists(marker):
            files.replace(marker, _TITLE)
        lines = files.read_bytes(marker, limit=_LIMIT).splitlines()[1:]
        self._ours = {line.decode() for line in lines if line}
        self._list = files.open_append(marker)

    def write(self, name: str, data: bytes) -> None:
        """Put a file under a path of the site.

        Raises:
            Refused: Something there is not ours.
            EnvironmentFailed: It could not be written.
        """
        try:
            self._write(name, data)
        except OSError as error:
            raise EnvironmentFailed(f"writing {join(self.path, name)}", error) from error

    def _write(self, name: str, data: bytes) -> None:
        target = join(self.path, name)
        folder = name.rpartition("/")[0]
        self._folder(folder)
        if name not in self._ours:
            if os.path.lexists(target):
                raise Refused(f"{target} is not a file of the site", hint="move it away, or name another folder")
            files.append(self._list, f"{name}\n".encode())
            self._ours.add(name)
        elif os.path.lexists(target) and not stat.S_ISREG(os.lstat(target).st_mode):
            raise Refused(f"{target} is not a file any more", hint="move it away, or name another folder")
        unfinished = join(self.path, folder, _UNFINISHED)  # not in one folder for all: its block group would fill
        fd = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o644)
        with open(fd, "wb", buffering=0) as file:  # noqa: PTH123 - a descriptor is no path
            file.write(data)
        os.replace(unfinished, target)  # noqa: PTH105 - pathlib is slow
        self.written.add(name)

    def _folder(self, name: str) -> None:
        """Make a folder of the site, or see that it is one and no link."""
        if name in self._folders:
            return
        path = join(self.path, name)
        if name:
            self._folder(name.rpartition("/")[0])
            try:
                os.mkdir(path)  # noqa: PTH102 - pathlib is slow
            except FileExistsError:
                if not stat.S_ISDIR(os.lstat(path).st_mode):
                    raise Refused(f"{path} is no folder of the site", hint="move it away, or name another") from None
        with contextlib.suppress(FileNotFoundError):
            os.unlink(join(path, _UNFINISHED))  # noqa: PTH108 - of a site whose making was interrupted
        self._folders.add(name)

    def finish(self) -> None:
        """Remove what the site no longer has, and list what it has.

        Raises:
            EnvironmentFailed: Something could not be removed.
        """
        files.close(self._list)
        stale = sorted(self._ours - self.written)
        for name in stale:
            self._remove(name)
        for folder in sorted({above for name in stale for above in _above(name)}, key=len, reverse=True):
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                os.unlink(join(self.path, folder, _UNFINISHED))  # noqa: PTH108 - pathlib is slow
            with contextlib.suppress(OSError):  # somebody else's file is in it, or it is still used
                os.rmdir(join(self.path, folder))  # noqa: PTH106 - pathlib is slow
        text = "".join(f"{name}\n" for name in sorted(self.written))
        files.replace(join(self.path, MARKER), _TITLE + text.encode())

    def _remove(self, name: str) -> None:
        path = self.path
        for part in name.split("/"):
            path = join(path, part)
            if part in {"", ".", ".."} or not os.path.lexists(path) or os.path.islink(path):  # noqa: PTH114 - as above
                return
        try:
            os.unlink(path)  # noqa: PTH108 - pathlib is slow
        except IsADirectoryError:
            return  # not what we put there
        except OSError as error:
            raise EnvironmentFailed(f"removing {path}", error) from error


def _above(name: str) -> Iterator[str]:
    while name := name.rpartition("/")[0]:
        yield name
