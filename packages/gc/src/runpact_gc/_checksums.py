"""sha256 of many files at once, each reached from one directory handle without following a link.

Invariants: every path gives exactly one result, in the order given; a file that vanished, changed while it was read or
is no regular file is a result too, never an exception and never a digest. Memory is bounded by the number of workers,
not by that of files. Threads are enough: reading, and hashing of more than 2 KiB, happens without the interpreter's
lock, and of smaller files one thread takes more in a second than sha256sum does.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from runpact_core import files
from runpact_core.errors import RunpactError
from runpact_gc import _lease

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

    Handle = int | str

__all__ = ["Digest", "digests", "of_descriptor", "out_of"]

_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_BATCH_FILES, _BATCH_BYTES = 64, 1 << 20  # what a thread takes at a time: small files together, a large one alone
_AHEAD = 4  # batches of each thread that wait to be taken or fetched
_NOT_A_FILE = {errno.ELOOP, errno.ENXIO, errno.ENODEV, errno.EOPNOTSUPP}

Problem = Literal["", "missing", "changed", "unreadable", "not-a-file", "in-use"]


class Digest(NamedTuple):
    """What reading one file gave.

    Attributes:
        path: As given.
        sha256: In hex; empty where there is a problem.
        size_bytes: Its size; -1 where it could not be opened, as all that follows.
        mtime_ns: Its modification time, nanoseconds since 1970.
        mode: Its permissions.
        links: Its number of names.
        problem: Empty, or why there is no digest.
        message: The problem in words.
    """

    path: str
    sha256: str
    size_bytes: int = -1
    mtime_ns: int = -1
    mode: int = -1
    links: int = -1
    problem: Problem = ""
    message: str = ""


_GONE = Digest("", "", problem="missing", message="it is not there")


def digests(  # noqa: PLR0913 - how files are read
    root: Handle,
    wanted: Iterable[tuple[str, int]],
    *,
    workers: int,
    buffer_bytes: int,
    idle: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Digest]:
    """The digests of files below an open directory.

    Args:
        root: The directory that paths start from, as `files.open_folder` gives it.
        wanted: Path, with ``/``, and about how many bytes it has (only to share out the work) of each. Files of one
            folder next to each other are read faster.
        workers: Number of threads; 1: the calling one.
        buffer_bytes: How much is read at a time.
        idle: Whether a file that somebody has open for writing is a problem, where the system can tell.
        progress: Told, in this thread, how many files and bytes are done, as each batch is.
    """
    done = [0, 0]
    work = partial(_batch, root, buffer_bytes=buffer_bytes, idle=idle)
    if workers == 1:
        for batch in _batches(wanted):
            yield from _told(work(batch), done, progress)
        return
    waiting: deque[Future[list[Digest]]] = deque()
    workers = min(workers, os.cpu_count() or 1)  # more would only wait for one another
    pool = ThreadPoolExecutor(workers, thread_name_prefix="sha256")
    try:
        for batch in _batches(wanted):
            waiting.append(pool.submit(work, batch))
            if len(waiting) >= workers * _AHEAD:
                yield from _told(waiting.popleft().result(), done, progress)
        while waiting:
            yield from _told(waiting.popleft().result(), done, progress)
    finally:
        pool.shutdown(cancel_futures=True)


def out_of(progress: Callable[[int, int], None] | None, total: int) -> Callable[[int, int], None] | None:
    """What tells files done out of a total, where `digests` tells files and bytes."""
    return None if progress is None else lambda done, _: progress(done, total)


def of_descriptor(fd: int, buffer: bytearray) -> str:
    """The digest, in hex, of what an open file holds from where it stands."""
    whole = hashlib.sha256()
    view = memoryview(buffer)
    with FileIO(fd, closefd=False) as file:
        while taken := file.readinto(buffer):
            whole.update(view[:taken])
    return whole.hexdigest()


def _told(found: list[Digest], done: list[int], progress: Callable[[int, int], None] | None) -> list[Digest]:
    if progress is not None:
        done[0] += len(found)
        done[1] += sum(max(each.size_bytes, 0) for each in found)
        progress(done[0], done[1])
    return found


def _batches(wanted: Iterable[tuple[str, int]]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for path, size_bytes in wanted:
        if batch and (len(batch) >= _BATCH_FILES or size + size_bytes > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(path)
        size += size_bytes
    if batch:
        yield batch


def _batch(root: Handle, paths: list[str], *, buffer_bytes: int, idle: bool) -> list[Digest]:
    buffer = bytearray(buffer_bytes)
    way = _Way(root)
    found = []
    try:
        for path in paths:
            parent, _, name = path.rpartition("/")
            try:
                folder = way.to(parent)
                found.append(
                    _GONE._replace(path=path) if folder is None else _read(folder, name, path, buffer, idle=idle)
                )
            except OSError as error:
                found.append(_failed(path, error))
            except RunpactError as error:
                found.append(Digest(path, "", problem="unreadable", message=str(error)))
    finally:
        way.end()
    return found


class _Way:
    """The folder that was asked for last, and the one above it: neighbours are reached from there."""

    def __init__(self, root: Handle) -> None:
        self._root = root
        self._at: str | None = None
        self._above: str | None = None
        self._folder: Handle | None = None
        self._parent: Handle | None = None

    def to(self, path: str) -> Handle | None:
        """The handle of a folder, good until the next call; None where there is none.

        Raises:
            EnvironmentFailed: It cannot be opened.
        """
        if path == self._at:
            return self._folder
        above, _, name = path.rpartition("/")
        _let_go(self._folder)
        self._folder = self._at = None
        if above != self._above:
            _let_go(self._parent)
            self._parent = self._above = None
            self._parent, self._above = files.open_folder(self._root, above), above
        self._folder = None if self._parent is None else files.open_folder(self._parent, name)
        self._at = path
        return self._folder

    def end(self) -> None:
        """Let go of both."""
        _let_go(self._folder)
        _let_go(self._parent)


def _let_go(handle: Handle | None) -> None:
    if handle is not None:
        files.close_folder(handle)


def _opened(folder: Handle, name: str) -> int:
    if isinstance(folder, int):
        return os.open(name, _READ, dir_fd=folder)
    return os.open(Path(folder, name), _READ)


def _read(folder: Handle, name: str, path: str, buffer: bytearray, *, idle: bool) -> Digest:
    fd = _opened(folder, name)
    try:
        before = os.fstat(fd)
        facts = (before.st_size, before.st_mtime_ns, stat.S_IMODE(before.st_mode), before.st_nlink)
        if not stat.S_ISREG(before.st_mode):
            return Digest(path, "", *facts, "not-a-file", "it is no regular file")
        if before.st_size < len(buffer):  # most files: one read, one call
            data = os.read(fd, before.st_size + 1)  # one more would show
            sha256, size = hashlib.sha256(data).hexdigest(), len(data)
        else:
            sha256, size = of_descriptor(fd, buffer), before.st_size
        after = os.fstat(fd)
        busy = idle and _lease.take(fd) is False  # closing gives it up
    finally:
        os.close(fd)
    if busy:
        return Digest(path, "", *facts, "in-use", _lease.OPEN)
    same = (before.st_size, before.st_mtime_ns, before.st_ctime_ns) == (size, after.st_mtime_ns, after.st_ctime_ns)
    if not same or after.st_size != before.st_size:
        return Digest(path, "", *facts, "changed", "it changed while it was read")
    return Digest(path, sha256, *facts)


def _failed(path: str, error: OSError) -> Digest:
    if error.errno in {errno.ENOENT, errno.ENOTDIR}:
        return _GONE._replace(path=path)
    if error.errno in _NOT_A_FILE:
        return Digest(path, "", problem="not-a-file", message="it is no regular file, or a link is in the way")
    return Digest(path, "", problem="unreadable", message=error.strerror or str(error))
