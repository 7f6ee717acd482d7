"""A started command: sends it signals, notices its end, tells how it ended. Its id is not free before `reap`.

Where the system can wake us when a process ends (Linux), the end is noticed without taking the process's id away, so no
signal can reach a stranger. Elsewhere we look every 50 ms.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from runpact_writer._descendants import Descendants


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
        self._below: Descendants | None = None

    def send(self, number: int, *, to_group: bool = False) -> None:
        """Send a signal to it, or to all that belongs to it; to one that has gone nothing is sent.

        To its group, where it leads one, belong all that are in it; else, on Linux, its descendants belong to it.
        """
        if self._status is not None:
            return
        below = self._found_below() if to_group and not self.group else None
        try:
            if to_group and self.group:
                os.killpg(self.pid, number)
            else:
                os.kill(self.pid, number)  # before those below it: else a shell would go on to its next command
        except (ProcessLookupError, PermissionError):  # it is gone, or is somebody else's by now
            pass
        if below is not None:
            below.send(number)

    def _found_below(self) -> Descendants | None:
        """Its descendants as they are now; None where its id may be a stranger's while we look."""
        if self.fd is None:
            return None
        from runpact_writer._descendants import Descendants  # rarely needed

        self._below = self._below or Descendants(self.pid)
        self._below.look()
        return self._below

    def reap_orphans(self) -> None:
        """Take the ids of all ended processes but its own, which where we are process 1 nobody else would do."""
        while True:
            try:
                found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
                if found is None or found.si_pid == self.pid:
                    return
                os.waitpid(found.si_pid, os.WNOHANG)
            except ChildProcessError:
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
        if self._below is not None:
            self._below.close()
            self._below = None
        return os.waitstatus_to_exitcode(self._status)


def _watch(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None
