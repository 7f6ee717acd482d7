"""Weaves two streams into one log so that no line of one is broken into by the other. Pure: it calls what it is given.

Each stream is whole and in its order. The stream whose last line is not finished holds the log; what the other one
brings meanwhile waits, up to a limit. Only past that limit, or when the holder has ended, is the unfinished line broken
into: that bounds memory, and no byte is added or lost.
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 1 << 16
"""Bytes of a stream that wait at most for the other one to finish its line."""


class Weave:
    """One log of several streams.

    Args:
        write: Takes what is to be written next.
        limit: Bytes that wait at most.
    """

    def __init__(self, write: Callable[[bytes], None], limit: int = LIMIT) -> None:
        self._write = write
        self._limit = limit
        self._holder: int | None = None
        self._waiting: dict[int, bytearray] = {}
        self._ended: set[int] = set()

    def feed(self, stream: int, data: bytes) -> None:
        """Take a piece of a stream."""
        if not data:
            return
        if self._holder not in {None, stream}:
            waiting = self._waiting.setdefault(stream, bytearray())
            waiting += data
            if len(waiting) <= self._limit:
                return
            data = bytes(self._waiting.pop(stream))
        finished = data.rfind(b"\n") + 1
        if finished and finished < len(data) and self._waiting:
            self._put(stream, data[:finished])
            data = data[finished:]
            if self._holder is not None:
                self._waiting[stream] = bytearray(data)
                return
        self._put(stream, data)

    def end(self, stream: int) -> None:
        """The stream has ended: it holds the log no longer; what it has waiting still comes when the other lets it."""
        self._ended.add(stream)
        if self._holder == stream:
            self._holder = None
            self._let_others()

    def _put(self, stream: int, data: bytes) -> None:
        self._write(data)
        if data.endswith(b"\n"):
            self._holder = None
            self._let_others()
        elif stream in self._ended:
            self._let_others()
        else:
            self._holder = stream

    def _let_others(self) -> None:
        """Write what waits; the last that leaves a line open holds the log."""
        for stream in list(self._waiting):
            if self._holder is None:
                self._put(stream, bytes(self._waiting.pop(stream)))
