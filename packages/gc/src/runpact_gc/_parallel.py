"""Looking at many run folders by several processes at once; the result is that of one, in the same order.

Looking is system calls and a little Python each, so threads would wait for one another. Where processes cannot be had,
or one of them dies, this process looks by itself. Every process opens the folder anew, and only goes on if it is the
same.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from runpact_core import files
from runpact_core.errors import RunpactError
from runpact_gc import _folders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import ProcessPoolExecutor
    from pathlib import Path

    from runpact_core.files import Handle
    from runpact_gc._entries import Asked, Look
    from runpact_gc._folders import Holder
    from runpact_gc._status import Said

__all__ = ["Looker"]

_MANY = 2000  # so many runs are worth the start of processes
_CHUNK = 500


class Looker:
    """Looks at run folders, by so many workers.

    Args:
        project: The project.
        asked: The time and the machine.
        workers: The most processes.
        progress: Told how many were looked at, of how many.
    """

    def __init__(
        self,
        project: Path,
        asked: Asked,
        *,
        workers: int,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self._project = project
        self._asked = asked
        self._workers = min(workers, os.cpu_count() or 1)
        self._progress = progress
        self._done = self._total = 0

    def __call__(self, holder: Holder, handle: Handle, names: Sequence[str], product: Said | None) -> Iterator[Look]:
        """The looks at these folders of a holder, in their order."""
        self._total += len(names)
        done = 0
        if self._workers > 1 and len(names) >= _MANY:
            for look in self._shared(holder, handle, names, product):
                done += 1
                yield look
        for name in names[done:]:
            yield self._told(_folders.look_at(handle, holder, name, self._asked, product))

    def _told(self, look: Look) -> Look:
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, self._total)
        return look

    def _shared(self, holder: Holder, handle: Handle, names: Sequence[str], product: Said | None) -> Iterator[Look]:
        """The looks of several processes, as far as they get."""
        own = os.stat(handle)  # noqa: PTH116 - of a descriptor
        same = (own.st_dev, own.st_ino)
        chunks = [names[at : at + _CHUNK] for at in range(0, len(names), _CHUNK)]
        try:
            pool = _pool(min(self._workers, len(chunks)))
            try:
                more = (same, self._asked, product)
                for chunk in [pool.submit(_chunk, self._project, holder, each, *more) for each in chunks]:
                    for look in chunk.result():
                        yield self._told(look)
            finally:
                pool.shutdown(cancel_futures=True)
        except (OSError, ImportError, RuntimeError):
            return  # no processes here, or one was ended: a broken pool is a RuntimeError


def _pool(workers: int) -> ProcessPoolExecutor:
    from concurrent.futures import ProcessPoolExecutor  # slow to import, and few scans need it
    from multiprocessing import get_context

    method = "fork" if sys.platform == "linux" else "spawn"
    return ProcessPoolExecutor(workers, get_context(method), initializer=_quiet)


def _quiet() -> None:
    """Leave Ctrl-C to the process that people see."""
    import gc
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()


def _chunk(  # noqa: PLR0913, PLR0917 - one call of another process, with all that it needs
    project: Path, holder: Holder, names: Sequence[str], same: tuple[int, int], asked: Asked, product: Said | None
) -> list[Look]:
    try:
        handle = files.open_folder(project, holder.path)
    except RunpactError:
        handle = None
    if handle is None:
        raise RuntimeError(holder.path)
    try:
        own = os.stat(handle)  # noqa: PTH116 - of a descriptor
        if (own.st_dev, own.st_ino) != same:
            raise RuntimeError(holder.path)
        return [_folders.look_at(handle, holder, name, asked, product) for name in names]
    finally:
        files.close_folder(handle)
