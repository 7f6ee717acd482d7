"""How far something long has come: one bar on a terminal, plain lines elsewhere, nothing for what is short.

Invariants: nothing is written in the first second, and only to stderr; on a terminal it is one line that is gone at the
end, also after an error; elsewhere it is a whole line, at most every ten seconds.

    with progress("scanning", "runs") as told:
        scan(places, settings, now=now, progress=told)
"""

from __future__ import annotations

import contextlib
import sys
import time
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["progress"]

_SILENT_S = 1.0
_TERMINAL_S, _PLAIN_S = 0.1, 10.0
_CELLS = 24


class _Told:
    """Takes what is done and of how much, and shows it when it is time."""

    def __init__(self, doing: str, unit: str, stream: TextIO, clock: Callable[[], float]) -> None:
        self._doing = doing
        self._unit = unit
        self._stream = stream
        self._clock = clock
        self._bar = stream.isatty()
        self._due = clock() + _SILENT_S
        self._width = 0

    def __call__(self, done: int, total: int) -> None:
        now = self._clock()
        if now < self._due:
            return
        self._due = now + (_TERMINAL_S if self._bar else _PLAIN_S)
        counted = f"{done:,} of {total:,} {self._unit}"
        if not self._bar:
            self._write(f"{self._doing}: {counted}\n")
            return
        full = _CELLS * min(done, total) // max(total, 1)
        line = f"{self._doing} [{'#' * full}{'.' * (_CELLS - full)}] {counted}"
        self._write(f"\r{line.ljust(self._width)}")
        self._width = len(line)

    def close(self) -> None:
        """Leave the line of a terminal clean."""
        if self._width:
            self._write(f"\r{' ' * self._width}\r")

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # nobody reads it any more, which is no reason to stop
            self._stream.write(text)
            self._stream.flush()


@contextlib.contextmanager
def progress(
    doing: str, unit: str, *, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
) -> Iterator[Callable[[int, int], None]]:
    """Something to tell how much is done, of how much.

    Args:
        doing: What is being done, such as ``scanning``.
        unit: What is counted, such as ``runs``.
        stream: Where it is shown; stderr where None.
        clock: Seconds that never go back.
    """
    out = stream or sys.stderr
    if out is None:  # closed when we were started
        yield _nothing
        return
    told = _Told(doing, unit, out, clock)
    try:
        yield told
    finally:
        told.close()


def _nothing(_done: int, _total: int) -> None:
    """Where there is nothing to write to."""
