"""Locks of files, as far as a platform and a file system have them.

A lock belongs to the open file: it lasts until every copy of its descriptor is closed, so the death of a process frees
it. Where there are none (Windows, some network file systems) the answer to every question is None, and what would wait
for another does not.
"""

from __future__ import annotations

import errno
import time

from runpact_core.errors import Refused

try:
    import fcntl
except ImportError:  # Windows: declared to have no locks
    fcntl = None  # type: ignore[assignment]  # the stubs of this platform always have the module

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["acquire", "flock", "unlock"]

_NO_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
_LOOK_EVERY_S = 0.01


def flock(fd: int, *, shared: bool = False, wait: bool = False) -> bool | None:
    """True: the lock is ours. False: it is taken (never if ``wait``). None: there are no locks here."""
    if fcntl is None:
        return None
    flags = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
    try:
        fcntl.flock(fd, flags)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno in _NO_LOCKS:
            return None
        raise
    return True


def unlock(fd: int) -> None:
    """Let go of a lock that `flock` gave."""
    fcntl.flock(fd, fcntl.LOCK_UN)


def acquire(
    fd: int,
    name: str,
    wait_s: float,
    pause: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> bool:
    """Wait for the lock of an open file; False where there are none.

    Raises:
        Refused: Another held it for all of ``wait_s`` seconds; ``name`` says whose lock it is.
    """
    end = clock() + wait_s
    while (held := flock(fd)) is False:
        if clock() >= end:
            raise Refused(f"{name} is in use by another process", hint="try again when that has ended")
        pause(_LOOK_EVERY_S)
    return held is True
