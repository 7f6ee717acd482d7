"""Moves a command's output: to our own stream first, then to the copy, until it ends or nobody is left to end it.

A place that takes no more (a closed pipe, a full disk) stops neither the command nor the other place. After the command
itself has ended, what it left behind may hold its streams open for a while longer, but not for ever.
"""

from __future__ import annotations

import os
import select
import time

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from runpact_writer._child import Child

_CHUNK = 1 << 18
_LAST_LOOK = 1 << 20  # what a pipe can hold; more than that was written after we had stopped waiting
_LOOK_EVERY_MS = 50  # where the system cannot wake us when the child ends


class Sink:
    """One of our own streams; after its first error it takes everything and writes nothing."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._open = True

    def write(self, data: bytes) -> None:
        """Write all of it, waiting where the stream does not block by itself."""
        left = memoryview(data)
        while self._open and left:
            try:
                left = left[os.write(self._fd, left) :]
            except BlockingIOError:  # somebody else made our stream non-blocking
                _wait_for_room(self._fd)
            except OSError:
                self._open = False


class Source:
    """One stream of the command.

    Args:
        fd: Where it is read.
        sink: Our own stream that it goes to.
        copy: Takes every piece as well; an empty one is its end.
    """

    def __init__(self, fd: int, sink: Sink, copy: Callable[[bytes], None]) -> None:
        self.fd = fd
        self._sink = sink
        self._copy = copy

    def move(self) -> int:
        """Move one piece; its size, 0 at the end."""
        try:
            data = os.read(self.fd, _CHUNK)
        except OSError:  # the other side of a pseudo-terminal is closed
            data = b""
        if data:
            self._sink.write(data)
        self._copy(data)
        return len(data)

    def give_up(self) -> None:
        """Take what is there, wait for nothing more."""
        left = _LAST_LOOK
        while left > 0 and _is_ready(self.fd):
            moved = self.move()
            if not moved:
                return
            left -= moved
        self._copy(b"")


def pump(child: Child, sources: list[Source], *, linger_s: float, meanwhile: Iterable[None] = ()) -> bool:
    """Move all output until the child and its streams have ended.

    Args:
        child: The command.
        sources: Its streams.
        linger_s: Seconds after its end for which its streams may stay open.
        meanwhile: Work of our own, a step of which is done where there is nothing to move.

    Returns:
        Whether a stream was still open when we stopped waiting.
    """
    poll = select.poll()
    open_sources = {source.fd: source for source in sources}
    for fd in [*open_sources, *([child.fd] if child.fd is not None else [])]:
        poll.register(fd, select.POLLIN)
    until: float | None = None
    work: Iterator[None] | None = iter(meanwhile)
    while open_sources or until is None:
        ready = poll.poll(0 if work else _patience_ms(child, until))
        if work and not ready:
            work = _stepped(work)
        for fd, _ in ready:
            if fd == child.fd:
                poll.unregister(fd)
                until = time.monotonic() + linger_s
            elif not open_sources[fd].move():
                poll.unregister(fd)
                del open_sources[fd]
        if until is None and child.fd is None and child.has_ended():
            until = time.monotonic() + linger_s
        if until is not None and open_sources and time.monotonic() >= until:
            for source in open_sources.values():
                source.give_up()
            return True
    return False


def _stepped(work: Iterator[None]) -> Iterator[None] | None:
    """Do one step; what is left, or None where that was all."""
    for _ in work:
        return work
    return None


def _patience_ms(child: Child, until: float | None) -> float | None:
    if until is not None:
        return max(0.0, until - time.monotonic()) * 1000
    return _LOOK_EVERY_MS if child.fd is None else None


def _is_ready(fd: int) -> bool:
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(0))


def _wait_for_room(fd: int) -> None:
    poll = select.poll()
    poll.register(fd, select.POLLOUT)
    poll.poll()
