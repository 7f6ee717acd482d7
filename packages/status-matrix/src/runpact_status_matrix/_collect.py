"""Ask many sources at once, for a limited time, and be told to stop.

Invariants: every runner has an answer at the end; whatever one source raises becomes ``unexpected`` for that runner
alone, by the exception's type; who did not answer before the end, or before a signal, has ``timeout``. Threads that are
still asking then are left to die with the process, and nothing hears them any more.
"""

from __future__ import annotations

import contextlib
import queue
import signal
import threading
from typing import TYPE_CHECKING, NamedTuple

from runpact_status_matrix._model import Failed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from runpact_status_matrix._model import Fetched, Runner

    Ask = Callable[[Runner], Fetched | Failed]

__all__ = ["Collected", "Inbox", "collect", "listening"]

_LOOK_S = 0.5  # where waiting cannot be interrupted (on Windows), a signal is seen after this time
_STOPPED_BY = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


class Inbox:
    """Where answers arrive, and signals."""

    def __init__(self) -> None:
        self.queue: queue.SimpleQueue[tuple[str, Fetched | Failed] | None] = queue.SimpleQueue()
        self.signal: int | None = None

    @property
    def signal_name(self) -> str | None:
        """The name of the signal that arrived, such as ``SIGTERM``; None where none did."""
        return None if self.signal is None else signal.Signals(self.signal).name

    def stop(self, number: int, _frame: object = None) -> None:
        """Be told to stop, also from a signal's handler: `put` may be entered again while it runs."""
        if self.signal is None:
            self.signal = number
            self.queue.put(None)


class Collected(NamedTuple):
    """The answer of every runner that was asked, and why some did not get to give theirs."""

    answers: dict[str, Fetched | Failed]
    unfinished: str | None


@contextlib.contextmanager
def listening(inbox: Inbox) -> Iterator[None]:
    """Let signals that end a process stop an inbox instead, where this is the thread that gets them."""
    before: dict[int, object] = {}
    if threading.current_thread() is threading.main_thread():
        for name in _STOPPED_BY:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, inbox.stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)  # type: ignore[arg-type]  # what `signal.signal` gave itself


def collect(  # noqa: PLR0913 - whom, how, and for how long
    runners: Sequence[Runner], ask: Ask, inbox: Inbox, *, jobs: int, deadline_s: float, monotonic: Callable[[], float]
) -> Collected:
    """Ask every runner's source.

    Args:
        runners: Whom to ask; their ids are different.
        ask: Asks one; called by many threads at once.
        inbox: Where answers arrive.
        jobs: How many are asked at once, at most.
        deadline_s: Seconds for all together.
        monotonic: A clock that never goes back.
    """
    end = monotonic() + deadline_s
    todo: queue.SimpleQueue[Runner] = queue.SimpleQueue()
    for runner in runners:
        todo.put(runner)
    for _ in range(min(jobs, len(runners))):
        threading.Thread(target=_work, args=(todo, ask, inbox), daemon=True).start()
    answers: dict[str, Fetched | Failed] = {}
    while len(answers) < len(runners):
        left = end - monotonic()
        try:
            arrived = inbox.queue.get(timeout=max(0.0, min(left, _LOOK_S)))
        except queue.Empty:
            if left > 0:
                continue
            break
        if arrived is None:
            break
        answers[arrived[0]] = arrived[1]
    with contextlib.suppress(queue.Empty):
        while True:
            todo.get_nowait()
    missing = [runner.runner_id for runner in runners if runner.runner_id not in answers]
    if not missing:
        return Collected(answers, None)
    name = inbox.signal_name
    said = f"the ingest was ended by {name}" if name else f"the time of the ingest, {deadline_s:g} s, was over"
    answers |= {runner_id: Failed("timeout", f"{said} before its source answered", None) for runner_id in missing}
    return Collected(answers, f"{said} before {len(missing)} of {len(runners)} sources answered")


def _work(todo: queue.SimpleQueue[Runner], ask: Ask, inbox: Inbox) -> None:
    """What one thread does: ask one after another until nobody is left."""
    while True:
        try:
            runner = todo.get_nowait()
        except queue.Empty:
            return
        inbox.queue.put((runner.runner_id, _answer(runner, ask)))


def _answer(runner: Runner, ask: Ask) -> Fetched | Failed:
    try:
        return ask(runner)
    except BaseException as error:  # noqa: BLE001 - one source must never be the end of all
        return Failed("unexpected", f"{type(error).__name__} was raised while its source was asked", None)
