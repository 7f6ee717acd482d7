"""Signals around a wrapped command: what would end us is passed on to it, and it decides.

`Shield` blocks them from before the start until the record is sealed, so none can tear it and none is lost; the command
starts with the mask that we were given. `Minder` takes them meanwhile and passes each on once: what a terminal sends
reaches the command by itself, since it is in our process group, and is not sent again. Two things are: that the
terminal was closed, which only the leader of a session hears, and a new size, which comes to the command before its
pseudo-terminal has it. A thread does it, so that neither a slow reader of our output nor a silent command delays a
signal or the time limit.
"""

from __future__ import annotations

import os
import sys
import time
from _thread import allocate_lock, start_new_thread  # `threading` is slow to load

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    import signal
    from collections.abc import Callable
    from typing import Self

    from runpact_writer._child import Child
else:
    import _signal as signal  # the C half of it: the other makes enumerations, and a wrapped command waits

GRACE_S = 10.0
"""Seconds between TERM and KILL after the time limit."""

_NAMES = ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGTSTP", "SIGCONT")
_PASSED_ON = {getattr(signal, name) for name in _NAMES if hasattr(signal, name)}
_FROM_TERMINAL = {signal.SIGINT} | {getattr(signal, name) for name in ("SIGQUIT", "SIGTSTP") if hasattr(signal, name)}
_AT_CLOSE = {getattr(signal, name) for name in ("SIGHUP", "SIGCONT") if hasattr(signal, name)}
_ENDING = {getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT") if hasattr(signal, name)}
_INIT = 1
_LOOK_EVERY_S = 0.05  # where the system cannot wait for a signal with a limit


class Shield:
    """Holds back what would end us, while the context lasts.

    Args:
        ends: Whether a signal that would end us ends the command too, with all that it began; else it is passed on, and
            the command decides.

    Attributes:
        ends: As above.
        stopped_by: The first signal that did so, also one that came after the command's end; None where none did.
        held: The signals that are held back. Those that are ignored are not among them: they stay ignored for all.
        mask: The mask as it was.
        ignored: Signals that were ignored and are not now, since we need them.
    """

    def __init__(self, *, ends: bool = False) -> None:
        self.ends = ends
        self.stopped_by: int | None = None

    def __enter__(self) -> Self:
        self.held = {each for each in _PASSED_ON if signal.getsignal(each) is not signal.SIG_IGN} | {signal.SIGCHLD}
        self.ignored = {signal.SIGCHLD} if signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN else set()
        self.mask = signal.pthread_sigmask(signal.SIG_BLOCK, self.held)
        for number in self.ignored:  # else the system would throw the command's exit code away
            signal.signal(number, signal.SIG_DFL)
        return self

    def __exit__(self, *_: object) -> None:
        while late := signal.sigpending() & self.held - self.mask:  # the command has ended, they are for nobody
            number = signal.sigwait(late)
            if self.ends and number in _ENDING:
                self.stopped_by = self.stopped_by or int(number)
        for number in self.ignored:
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_SETMASK, self.mask)


class Minder:
    """Passes signals on to a command and ends it when its time is over, while the context lasts.

    Args:
        child: The command.
        held: The signals that are taken; they are blocked in every thread.
        resize: Called when our terminal has another size; None where the command has no pseudo-terminal.
        timeout_s: Seconds after which the command is ended; None for no limit.
        grace_s: Seconds between TERM and KILL.
        ends: As of `Shield`.

    Attributes:
        timed_out: Whether its time was over.
        stopped_by: The first signal that ended it, where signals do; else None.
    """

    def __init__(  # noqa: PLR0913 - one for each thing that ends a command
        self,
        child: Child,
        held: set[signal.Signals],
        *,
        resize: Callable[[], None] | None = None,
        timeout_s: float | None = None,
        grace_s: float = GRACE_S,
        ends: bool = False,
    ) -> None:
        self.timed_out = False
        self.stopped_by: int | None = None
        self._ends = ends
        self._child = child
        self._held = held
        self._resize = resize
        self._grace_s = grace_s
        self._next_at = None if timeout_s is None else time.monotonic() + timeout_s
        self._done = False
        self._thread = 0
        self._told = allocate_lock()  # free once nobody sends the thread a signal any more, which it waits for
        self._ended = allocate_lock()  # free once it has ended

    def __enter__(self) -> Self:
        self._told.acquire()
        self._ended.acquire()
        self._thread = start_new_thread(self._run, ())
        return self

    def __exit__(self, *_: object) -> None:
        self._done = True
        signal.pthread_kill(self._thread, signal.SIGCHLD)
        self._told.release()
        self._ended.acquire()
        if self.timed_out or self.stopped_by is not None:  # what outlived the command does not outlive its time
            self._child.send(signal.SIGKILL, to_group=True)

    def _run(self) -> None:  # pragma: no cover - it has begun before it can be followed
        if threads := sys.modules.get("threading"):
            sys.settrace(threads.gettrace())  # as that module does it: debuggers follow threads
        try:
            self._mind()
        finally:
            self._told.acquire()
            self._ended.release()

    def _mind(self) -> None:
        while not self._done:
            came = _wait(self._held, self._patience_s())
            if came is not None:
                self.take(*came)
            if self._next_at is not None and time.monotonic() >= self._next_at:
                self._expire()

    def _patience_s(self) -> float:
        return 3600.0 if self._next_at is None else max(0.0, self._next_at - time.monotonic())

    def take(self, number: int, from_terminal: bool) -> None:  # noqa: FBT001 - the two facts about a signal
        """Do what a signal asks for. A ``SIGCHLD`` wakes us; only process 1 has more to do, for it inherits orphans."""
        if number == signal.SIGCHLD:
            if os.getpid() == _INIT:
                self._child.reap_orphans()
            return
        if self._ends and number in _ENDING:
            self._stop_by(number)
            return
        if number == signal.SIGWINCH and self._resize is not None:
            self._resize()  # the command was told by the terminal too early, and looks again
            self._child.send(number)
        elif not from_terminal or self._child.group:
            self._child.send(number, to_group=from_terminal)
        if number == signal.SIGTSTP:
            _stop()

    def _stop_by(self, number: int) -> None:
        """End the command's whole family: with the first signal, and with KILL after the grace or at the next one."""
        if self.stopped_by is None:
            self.stopped_by = number
            self._next_at = time.monotonic() + self._grace_s
            self._child.send(number, to_group=True)
            self._child.send(signal.SIGCONT, to_group=True)
        else:
            self._child.send(signal.SIGKILL, to_group=True)

    def _expire(self) -> None:
        """First TERM to the command's whole family, and CONT so that the stopped ones hear it; after the grace KILL."""
        if not self.timed_out and self.stopped_by is None:
            self.timed_out = True
            self._next_at = time.monotonic() + self._grace_s
            self._child.send(signal.SIGTERM, to_group=True)
            self._child.send(signal.SIGCONT, to_group=True)
        else:
            self._next_at = None
            self._child.send(signal.SIGKILL, to_group=True)


def _stop() -> None:
    """Stop as well, unless the system would not let anybody stop here (nobody could ever continue us)."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTSTP})
    signal.raise_signal(signal.SIGTSTP)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTSTP})


def _wait(held: set[signal.Signals], patience_s: float) -> tuple[int, bool] | None:
    """The next signal, and whether the terminal sent it; None when the patience is at its end."""
    if hasattr(signal, "sigtimedwait"):
        try:
            info = signal.sigtimedwait(held, patience_s)
        except InterruptedError:
            return None
        return None if info is None else (info.si_signo, info.si_code > 0 and not _for_leader(info.si_signo))
    return _look(held, patience_s)


def _for_leader(number: int) -> bool:
    """Whether the system sends a signal to us alone: as the terminal closes, to the one that leads its session."""
    return number in _AT_CLOSE and os.getsid(0) == os.getpid()


def _look(held: set[signal.Signals], patience_s: float) -> tuple[int, bool] | None:
    """As `_wait`, where the system can neither wait with a limit nor say who sent a signal (macOS)."""
    time.sleep(min(patience_s, _LOOK_EVERY_S))
    pending = signal.sigpending() & held
    if not pending:
        return None
    number = signal.sigwait(pending)
    return number, number in _FROM_TERMINAL and os.isatty(0)
