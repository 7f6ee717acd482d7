"""What stands between a recorder and the pipeline that it records: a failure of ours never becomes the pipeline's.

Invariants:

* One call of a recorder at a time (`Turn`), whichever threads call; a signal handler may call inside a call.
* What the program itself does wrong (`UsageFailure`: a word that no contract has, a second finish) is raised, always.
  Anything else that fails is ours: it is handed to the recorder's ``note`` and ends there, or, where the recorder is
  strict, is raised as a `RunpactError`.
* After a fork the child has none of its parent's runs: its copies of their locks are closed before it runs any of its
  own code, so they are free as soon as the parent is gone, and never finished from there.
"""

from __future__ import annotations

import os
from _weakref import ref  # what `weakref` gives out, without loading it: a wrapped command waits

from runpact_core.errors import RunpactError, UsageFailure
from runpact_core.redact import for_terminal

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from _thread import RLock
    from collections.abc import Callable
    from types import TracebackType
    from typing import Protocol
else:
    Protocol = object  # it is one for the type checker alone

__all__ = ["Guarded", "Turn", "as_ours", "keep", "sentence"]

_LONGEST_MESSAGE = 500


class Guarded(Protocol):
    """What a guard asks of a recorder."""

    strict: bool
    mutex: RLock

    def hide(self, text: str) -> str:
        """Take secrets out of a text."""

    def note(self, error: RunpactError) -> None:
        """Say what failed, where that is possible; raises nothing."""

    def disown(self) -> None:
        """Forget the run without a trace on the disk: it belongs to the parent process."""


class Turn:
    """One call of a recorder: alone, and never the end of the pipeline."""

    __slots__ = ("_of",)

    def __init__(self, of: Guarded) -> None:
        self._of = of

    def __enter__(self) -> None:
        """Wait for the calls of other threads."""
        self._of.mutex.acquire()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> bool:
        """Judge what the call raised."""
        try:
            if isinstance(error, UsageFailure):
                if error.hint and not hasattr(error, "__notes__"):  # a call inside a call has added it
                    error.add_note(f"hint: {error.hint}")  # for who reads a traceback
                return False
            if not isinstance(error, Exception):
                return False
            ours = as_ours(error, self._of.hide)
            if not self._of.strict:
                self._of.note(ours)
                return True
            if ours is error:
                return False
            raise ours from error
        finally:
            self._of.mutex.release()


def as_ours(error: Exception, hide: Callable[[str], str]) -> RunpactError:
    """An error as one of ours: a fault of this package that nobody foresaw is told with its kind."""
    if isinstance(error, RunpactError):
        return error
    return RunpactError(
        f"recording failed: {sentence(error, hide)}", hint="this is a fault of Runpact: please report it"
    )


def sentence(error: BaseException, hide: Callable[[str], str]) -> str:
    """An error as one line of bounded length: its class and its message, without secrets and characters that act.

    Secrets are taken out before the message is cut: else the beginning of one would stay.
    """
    name = type(error).__name__
    try:
        message = hide(str(error))
    except Exception as unsayable:  # noqa: BLE001 - the message is made by code of the pipeline
        message = f"its message cannot be had: {type(unsayable).__name__}"
    cut = for_terminal(message[:_LONGEST_MESSAGE])
    said = f"{name}: {cut}" if cut else name
    return f"{said}… ({len(message)} characters)" if len(message) > _LONGEST_MESSAGE else said


_open: dict[int, ref[Guarded]] = {}


def keep(recorder: Guarded) -> None:
    """Have a recorder disown its run in children of a fork."""
    key = id(recorder)

    def forget(_: ref[Guarded]) -> None:
        _open.pop(key, None)

    _open[key] = ref(recorder, forget)


def _after_fork() -> None:
    for recorder in filter(None, [each() for each in _open.values()]):
        recorder.disown()
    _open.clear()


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_after_fork)
