"""The lock of a store: whoever changes it holds it, one at a time.

Invariants: the lock is an flock of ``.lock``, so it ends with its holder, however that ends; a pid in the file is for
people only. Nobody waits and nobody breaks a lock. What is not a regular file under that name is refused, and so is a
file system without locks: there nothing is changed. The file stays; `StoreLock.check` notices when it was removed or
replaced, and is asked before every change.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from runpact_core import files, runs
from runpact_core.errors import Refused
from runpact_core.redact import sanitize
from runpact_gc.errors import LockLost, StoreInUse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from runpact_gc._places import Places

__all__ = ["StoreLock", "hold"]

_LONGEST = 300  # bytes of the file that are shown
_TRIES = 3


class StoreLock:
    """A held lock.

    Attributes:
        path: The lock file.
    """

    def __init__(self, path: Path, fd: int) -> None:
        self.path = path
        self._fd = fd

    def check(self) -> None:
        """See that the lock still means something.

        Raises:
            LockLost: The file was removed or replaced since.
        """
        if not self._is_ours():
            raise LockLost(os.fspath(self.path))

    def _is_ours(self) -> bool:
        try:
            named, held = os.lstat(self.path), os.fstat(self._fd)
        except OSError:
            return False
        return (named.st_dev, named.st_ino) == (held.st_dev, held.st_ino)

    def _sign(self) -> None:
        """Say in the file who holds it. That is for people, so it may fail, as on a full disk."""
        text = f"{runs.here().name}, process {os.getpid()}\n".encode(errors="backslashreplace")
        with contextlib.suppress(OSError):
            os.ftruncate(self._fd, 0)
            os.write(self._fd, text)


@contextlib.contextmanager
def hold(places: Places) -> Iterator[StoreLock]:
    """Hold the lock of a store for the length of a block; its folder is made where it is not there.

    Raises:
        StoreInUse: Another process holds it; ``holder`` says which.
        Refused: Something else than a file has its name, or this file system has no locks.
        EnvironmentFailed: It could not be opened.
    """
    files.make_dirs(places.store)
    lock = _taken(places.lock)
    try:
        yield lock
    finally:
        files.close(lock._fd)  # noqa: SLF001 - the descriptor is nobody else's business


def _taken(path: Path) -> StoreLock:
    for _ in range(_TRIES):
        fd = files.open_append(path)
        try:
            held = files.try_lock(fd)
            if held is None:
                what = f"{path} cannot be locked: this file system has no locks, so nothing is changed"
                raise Refused(what, hint="a dry run works")  # noqa: TRY301 - the descriptor is closed below
            if held is False:
                raise StoreInUse(_holder(fd))  # noqa: TRY301 - as above
            lock = StoreLock(path, fd)
            if lock._is_ours():  # noqa: SLF001 - the same module; else it was replaced between open and lock
                lock._sign()  # noqa: SLF001 - as above
                return lock
        except BaseException:
            files.close(fd)
            raise
        files.close(fd)
    raise LockLost(os.fspath(path))


def _holder(fd: int) -> str:
    """Who holds it, as the file says: one line of text that is safe to show."""
    try:
        said = os.pread(fd, _LONGEST, 0).decode(errors="replace")
    except OSError:
        said = ""
    line = sanitize(said.partition("\n")[0]).text.strip()
    return line or "another process"
