"""Locks that an upgrade holds, so that the other tools of a project do not change what it changes.

* A store (``artifacts/`` of a project, or a folder that gc has kept its files in) is held by gc as long as it changes
  anything of the project. An upgrade of a file in a store or below its project holds it from the first write to the
  last: then gc refuses, and says by whom the store is in use. The other way round the upgrade refuses.
* Who publishes a report holds the folder of the product for a moment, and waits for others. So does an upgrade, file
  by file: it holds the folder of the file, and the one above it.

A lock is the file ``.lock`` in the folder. Where there is none nobody has ever locked the folder, and none is made: gc
that runs for the first time in its life is not kept out. Where a platform or a file system has no locks (`_locks`)
nobody is.
"""
# ruff: noqa: PTH113, PTH118, PTH120 - pathlib is slow

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Self

from runpact_core import files, runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Locks"]

_LOCK = ".lock"
_STORE = "artifacts"  # the folder of a project in which gc keeps its files, where nobody names another
_OF_GC = (".manifest.json", ".pins.json", ".trash")  # a folder with one of them is a store
_LEVELS = 5  # folders from that of a file up to its project, which both belong to: dash/runs/<product>/<run>/<file>


class Locks:
    """The locks of all stores around some files, held while this is entered.

    Args:
        paths: The files.
        wait_s: Seconds to wait for each lock.
    """

    def __init__(self, paths: Iterable[str], wait_s: float) -> None:
        self._wait_s = wait_s
        self._folders = {os.path.dirname(path) or os.curdir for path in paths}
        self._held: dict[str, int] = {}

    def __enter__(self) -> Self:
        try:
            for path in sorted({store for folder in self._folders for store in _stores(folder)}):
                self._held[path] = files.hold(path, wait_s=self._wait_s)
                _sign(self._held[path])
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        while self._held:
            files.close(self._held.popitem()[1])

    @contextlib.contextmanager
    def around(self, path: str) -> Iterator[None]:
        """Hold the folder of a file, and the one above, where they have locks.

        Raises:
            Refused: Another process holds one for a long time.
        """
        folder = os.path.realpath(os.path.dirname(path) or os.curdir)
        both = (os.path.join(each, _LOCK) for each in (os.path.dirname(folder), folder))
        with contextlib.ExitStack() as stack:
            for lock in both:
                if lock not in self._held and os.path.isfile(lock):
                    stack.callback(files.close, files.hold(lock, wait_s=self._wait_s))
            yield


def _stores(folder: str) -> Iterator[str]:
    """The locks of the stores that a folder lies in or beside."""
    above = os.path.realpath(folder)
    for _ in range(_LEVELS):
        lock = os.path.join(above, _LOCK)
        if any(os.path.lexists(os.path.join(above, name)) for name in _OF_GC) and os.path.isfile(lock):
            yield lock
        lock = os.path.join(above, _STORE, _LOCK)
        if os.path.isfile(lock):
            yield lock
        above = os.path.dirname(above)


def _sign(fd: int) -> None:
    """Say in the file who holds it, as gc does and shows it. That is for people, so it may fail."""
    text = f"{runs.here().name}, process {os.getpid()}\n".encode(errors="backslashreplace")
    with contextlib.suppress(OSError):
        os.ftruncate(fd, 0)
        os.write(fd, text)
