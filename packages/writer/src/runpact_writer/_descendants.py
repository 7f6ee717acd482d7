"""The processes below a command, as Linux shows them: what is ended with it where it has no group of its own.

Each is held by a descriptor of its own from the moment it is found, so a signal reaches that process or nobody. One
whose parent had ended before it was found belongs to nobody's family any more and is not among them. On other systems
nothing is found.
"""

from __future__ import annotations

import os
import select

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    import signal
    from collections.abc import Iterable
else:
    import _signal as signal  # the C half of it, as the modules around this one

_MOST_LOOKS = 100


class Descendants:
    """Those below one process.

    Args:
        root: The process; its id may not be free before `close`.
        proc: Where the system shows its processes.
    """

    def __init__(self, root: int, proc: str = "/proc") -> None:
        self._root = root
        self._proc = proc
        self._held: dict[int, int] = {}

    def send(self, number: int) -> None:
        """Send a signal to each that is held; with ``KILL`` also to those that they made meanwhile."""
        _signal(self._held.values(), number)
        for _ in range(_MOST_LOOKS if number == signal.SIGKILL else 0):
            new = self.look()
            if not new:
                return
            _signal(new, number)

    def close(self) -> None:
        """Let go of them."""
        while self._held:
            os.close(self._held.popitem()[1])

    def look(self) -> list[int]:
        """Hold those that are not held yet, and let go of those that have ended; the descriptors of the new ones."""
        for pid in [pid for pid, fd in self._held.items() if _has_ended(fd)]:
            os.close(self._held.pop(pid))
        parents, new, found = self._parents(), [], True
        while found:
            found = False
            for pid, parent in parents.items():
                if pid not in self._held and (parent == self._root or parent in self._held) and self._hold(pid, parent):
                    new.append(self._held[pid])
                    found = True
        return new

    def _hold(self, pid: int, parent: int) -> bool:
        """Hold a process, if it is still the one that was seen."""
        try:
            fd = os.pidfd_open(pid)
        except OSError:  # it has ended
            return False
        if self._parent(str(pid)) != parent or _has_ended(fd):
            os.close(fd)
            return False
        self._held[pid] = fd
        return True

    def _parents(self) -> dict[int, int]:
        try:
            names = [name for name in os.listdir(self._proc) if name.isdecimal()]  # noqa: PTH208 - pathlib is slow
        except OSError:
            return {}
        return {int(name): self._parent(name) for name in names}

    def _parent(self, name: str) -> int:
        try:
            with open(f"{self._proc}/{name}/stat", "rb") as file:  # noqa: PTH123 - pathlib is slow
                return int(file.read().rpartition(b") ")[2].split()[1])
        except (OSError, IndexError):  # it has ended, or is not shown to us
            return 0


def _has_ended(fd: int) -> bool:
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(0))


def _signal(fds: Iterable[int], number: int) -> None:
    for fd in fds:
        try:
            signal.pidfd_send_signal(fd, number)
        except (ProcessLookupError, PermissionError):  # it is gone, or is somebody else's by now
            continue
