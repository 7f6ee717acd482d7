"""A started command: sends it signals, notices its end, tells how it ended. Its id is not free before `reap`.

Where the system can wake us when a process ends (Linux), the end is noticed without taking the process's id away, so no
signal can reach a stranger. Elsewhere we look every 50 ms.
"""

from __future__ import annotations

import os


class Child:
    """One started command.

    Attributes:
        pid: Its process id.
        group: Whether it leads a process group of its own.
        fd: A descriptor that becomes readable when it ends; None where the system has none.
    """

    def __init__(self, pid: int, *, group: bool = False) -> None:
        self.pid = pid
        self.group = group
        self.fd = _watch(pid)
        self._status: int | None = None

    def send(self, number: int, *, to_group: bool = False) -> None:
        """Send a signal to it, or to its whole group where it has one; to one that has gone nothing is sent."""
        if self._status is not None:
            return
        try:
            if to_group and self.group:
                os.killpg(self.pid, number)
            else:
                os.kill(self.pid, number)
        except (ProcessLookupError, PermissionError):  # it is gone, or is somebody else's by now
            return

    def has_ended(self) -> bool:
        """Whether it has ended; takes its id away."""
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._status = status if pid else None
        return self._status is not None

    def reap(self) -> int:
        """Wait for its end; its exit code, or minus the number of the signal that ended it."""
        if self._status is None:
            self._status = os.waitpid(self.pid, 0)[1]
        if self.fd is not None:
            os.close(self.fd)
            self.fd = None
        return os.waitstatus_to_exitcode(self._status)


def _watch(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None
