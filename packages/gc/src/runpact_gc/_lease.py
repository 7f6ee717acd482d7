"""Whether somebody has a file open for writing: a lease of Linux, on a descriptor that is open for reading.

Invariants: while a lease is held, whoever opens the file for writing waits in `open`, at most until it is given up; the
signal that tells of it is one that is ignored by default, so no handler is needed and nobody is killed. Closing the
file, or the end of the process, gives it up too. Where leases cannot be had (another owner, some file systems, other
platforms) the answer is None. Source: fcntl(2), "Leases".
"""

from __future__ import annotations

import signal
import sys
from contextlib import suppress

__all__ = ["OPEN", "free", "give_up", "stands", "take"]

OPEN = "a program has it open for writing"
"""The message of what is left alone for that."""


def take(fd: int) -> bool | None:
    """Take the lease of an open file. True: it is ours, nobody writes. False: somebody does. None: no leases here."""
    if sys.platform != "linux":
        return None
    import fcntl

    try:
        fcntl.fcntl(fd, fcntl.F_SETSIG, signal.SIGURG)  # the default, SIGIO, would end the process
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def stands(fd: int) -> bool:
    """Whether nobody waits to open the file for writing since `take` gave the lease."""
    if sys.platform != "linux":
        return False
    import fcntl

    return fcntl.fcntl(fd, fcntl.F_GETLEASE) == fcntl.F_RDLCK


def give_up(fd: int) -> None:
    """Let go of a lease that `take` gave; who waits goes on."""
    if sys.platform == "linux":
        import fcntl

        with suppress(OSError):  # the system took it back: somebody waited longer than it lets them
            fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)


def free(fd: int) -> bool | None:
    """Whether nobody has the file open for writing at this moment; None where that cannot be known."""
    taken = take(fd)
    if taken:
        give_up(fd)
    return taken
