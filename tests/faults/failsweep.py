"""Makes the operating system refuse, in this process, at each event that Python's audit hooks see.

Invariants: a point is the Nth event of `EVENTS` in the thread that runs the operation, with one error, once
or from there on; the sweep ends at the first N that the operation does not reach. Product code is not
touched. There are no events for write, fsync, close and stat: those are for strace, or for a monkeypatch.
"""

from __future__ import annotations

import dataclasses
import errno
import os
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["ERRORS", "EVENTS", "Point", "Report", "sweep"]

EVENTS = frozenset(
    [
        "open",
        "os.rename",
        "os.remove",
        "os.mkdir",
        "os.rmdir",
        "os.link",
        "os.symlink",
        "os.truncate",
        "os.chmod",
        "os.utime",
        "os.listdir",
        "os.scandir",
        "subprocess.Popen",
        "socket.connect",
    ]
)
"""The events at which a failure is tried."""

ERRORS = tuple(
    getattr(errno, name)
    for name in [
        "EIO",
        "ENOSPC",
        "EACCES",
        "EMFILE",
        "EROFS",
        "EDQUOT",
        "ESTALE",
        "EXDEV",
        "ENAMETOOLONG",
        "ELOOP",
        "EBUSY",
    ]
    if hasattr(errno, name)
)
"""The errors that are tried (not EINTR: Python repeats interrupted calls before anyone sees it)."""

_SOURCES = (".py", ".pyc", ".so")  # what an import opens is no file of the operation
_LIMIT = 1000  # points for one error; more is an operation without an end


@dataclasses.dataclass(frozen=True)
class Report:
    """How many points were tried, and the complaints by point."""

    points: int
    complaints: tuple[str, ...]

    def __str__(self) -> str:
        """How it reads in a failed assertion and in a log."""
        return "\n  ".join([f"fail points {self.points}, complaints {len(self.complaints)}", *self.complaints])


@dataclasses.dataclass(frozen=True)
class Point:
    """Where a failure is tried: at the Nth event, once or from there on, with the number of an error."""

    number: int
    error: int
    for_ever: bool

    def __str__(self) -> str:
        """How it reads at the head of a complaint."""
        return f"{errno.errorcode[self.error]} at event {self.number}{' and from there on' * self.for_ever}"


@dataclasses.dataclass
class _Trap:
    """Counts events and fails at a point."""

    point: Point
    seen: int = 0
    sprung: str = ""

    def meet(self, event: str) -> None:
        self.seen += 1
        at, error = self.point.number, self.point.error
        if self.seen == at or (self.point.for_ever and self.seen > at):
            self.sprung = self.sprung or event
            raise OSError(error, os.strerror(error))


_armed = threading.local()
_installed = False


def _hook(event: str, args: tuple[object, ...]) -> None:
    trap: _Trap | None = getattr(_armed, "trap", None)
    if trap is not None and event in EVENTS and not (event == "open" and str(args[0]).endswith(_SOURCES)):
        trap.meet(event)


def sweep(
    operation: Callable[[], object],
    oracle: Callable[[BaseException | None, Point], list[str]],
    *,
    prepare: Callable[[], object] = lambda: None,
    errors: Sequence[int] = ERRORS,
) -> Report:
    """Try every point.

    Args:
        operation: What is to fail.
        oracle: Given what the operation raised, None if nothing, and the point; gives complaints.
        prepare: Makes the same surroundings for each point.
        errors: The numbers of the errors to try.
    """
    _install()
    points, complaints = 0, []
    for error in errors:
        for for_ever in (False, True):
            for number in range(1, _LIMIT):
                prepare()
                trap = _Trap(Point(number, error, for_ever))
                raised = _run(operation, trap)
                if not trap.sprung:
                    break
                points += 1
                found = oracle(raised, trap.point)
                complaints += [f"{trap.point}, {trap.sprung}: {complaint}" for complaint in found]
    return Report(points, tuple(complaints))


def _run(operation: Callable[[], object], trap: _Trap) -> BaseException | None:
    _armed.trap = trap
    try:
        operation()
    except BaseException as raised:  # noqa: BLE001 - whatever comes out is what the oracle judges
        return raised
    finally:
        _armed.trap = None
    return None


def _install() -> None:
    """Add the hook once; Python cannot take one out again, so it sleeps between sweeps."""
    global _installed  # noqa: PLW0603 - a process has one list of audit hooks
    if not _installed:
        sys.addaudithook(_hook)
        _installed = True
