"""Ctrl-C as a question that is asked between two entries, so that none is left half done.

Invariants: inside the block the first Ctrl-C only sets ``asked``; afterwards the handler from before is back. Only the
main thread can do that; elsewhere nothing is asked.
"""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType, TracebackType

__all__ = ["Interruptible", "last_word"]


class Interruptible:
    """A block that Ctrl-C does not cut through.

    Attributes:
        asked: Whether Ctrl-C was pressed.
    """

    def __init__(self) -> None:
        self.asked = False
        self._before: object = None

    def __enter__(self) -> Self:
        """Take the signal over."""
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give it back."""
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)  # type: ignore[arg-type]  # what `signal` itself gave

    def _ask(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.asked = True


@contextmanager
def last_word() -> Iterator[None]:
    """Say what becomes of the operation inside where Ctrl-C cuts through it after all."""
    try:
        yield
    except KeyboardInterrupt:
        from runpact_core import edge  # only commands have one

        edge.say("interrupted: nothing is lost; what was under way is finished or taken back by the next command")
        raise
