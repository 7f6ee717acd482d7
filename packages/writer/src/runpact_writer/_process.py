"""The process engine: runs a command with its output copied, and says how it ended. Knows nothing of runs.

The command starts as it would without us (`_spawn`), gets pipes or pseudo-terminals (`_pty`) that are moved to our own
streams and to the copy (`_pump`), and receives the signals that we are sent (`_signals`). Systems that are not POSIX
are refused in so many words.
"""

from __future__ import annotations

import errno
import os
import sys

from runpact_writer._child import Child
from runpact_writer._pty import Streams
from runpact_writer._pump import Sink, Source, pump
from runpact_writer._signals import GRACE_S, Minder
from runpact_writer._spawn import ExecFailed, lacking, start
from runpact_writer.errors import NotStarted

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import NamedTuple

    from runpact_writer._signals import Shield
else:
    from runpact_core._named import NamedTuple

LINGER_S = 2.0
"""Seconds for which what a command left behind may hold its streams open."""

TIMED_OUT = 124

_TOO_MUCH = "too much is running or open here"
_HINTS = {
    errno.E2BIG: "hand the words over in a file",
    errno.ENAMETOOLONG: "no file has so long a name: write its words apart, as in: runpact exec -- make test",
}


class Outcome(NamedTuple):
    """How a command ended.

    Attributes:
        code: The exit code to hand on: the command's own, 128 + n after signal n, 124 when its time was over.
        signal: Name of the signal that ended it, or None.
        timed_out: Whether its time was over.
        left_open: Whether something that it left behind still held its streams when we stopped waiting.
    """

    code: int
    signal: str | None = None
    timed_out: bool = False
    left_open: bool = False


class Manner(NamedTuple):
    """How a command is run.

    Attributes:
        timeout_s: Seconds after which it is ended; None for no limit.
        merge: Whether its stdout and stderr are one stream.
        pty: Whether it gets a pseudo-terminal where ours is a terminal.
        grace_s: Seconds between TERM and KILL.
        linger_s: Seconds for which what it left behind may hold its streams open.
        meanwhile: Called once it runs: gives steps of work, done where there is no output to move.
    """

    timeout_s: float | None = None
    merge: bool = False
    pty: bool = True
    grace_s: float = GRACE_S
    linger_s: float = LINGER_S
    meanwhile: Callable[[], Iterable[None]] = tuple


def run_command(
    argv: Sequence[str],
    environ: Mapping[str, str],
    copy: Callable[[int, bytes], None],
    shield: Shield,
    manner: Manner = Manner(),  # noqa: B008 - a value that nobody can change
) -> Outcome:
    """Run a command to its end, with our stdin, its output on our stdout and stderr and handed to ``copy`` as well.

    Args:
        argv: The command, argument by argument.
        environ: Its environment.
        copy: Takes the stream (1 or 2) and every piece of its output, in the order it was read; an empty one ends it.
        shield: What holds signals back; it must be in force.
        manner: How it is run.

    Raises:
        NotStarted: It was not found (127), could not be run (126), or no process could be made (125).
    """
    if sys.platform == "win32":
        raise NotStarted("exec needs a POSIX system", 125, hint="record from Python, with RunWriter")
    child, streams = _start(argv, environ, shield, manner)
    resize = streams.resize if streams.terminals else None
    limit, grace, ends = manner.timeout_s, manner.grace_s, shield.ends
    with Minder(child, shield.held, resize=resize, timeout_s=limit, grace_s=grace, ends=ends) as minder:
        try:
            sources = [Source(fd, Sink(ours), _for(copy, ours)) for fd, ours in streams.sources]
            left_open = pump(child, sources, linger_s=manner.linger_s, meanwhile=manner.meanwhile())
        finally:
            streams.close()
    shield.stopped_by = minder.stopped_by
    return _outcome(child.reap(), timed_out=minder.timed_out, left_open=left_open)


def _start(argv: Sequence[str], environ: Mapping[str, str], shield: Shield, manner: Manner) -> tuple[Child, Streams]:
    own_group = manner.timeout_s is not None and not os.isatty(0)
    try:
        streams = Streams(merge=manner.merge, pty=manner.pty)
    except OSError as error:
        raise NotStarted(f"{_shown(argv[0])}: {error.strerror}", 125, hint=_TOO_MUCH) from error
    try:
        pid = start(list(argv), environ, streams, shield, own_group=own_group)
    except (OSError, ValueError) as error:
        streams.close()
        raise _refused(argv[0], error, environ) from error
    finally:
        streams.close_child_side()
    return Child(pid, group=own_group), streams


def _shown(word: str) -> str:
    """The name of a command as it is told; an empty one in quotes."""
    return word or "''"


def _refused(word: str, error: OSError | ValueError, environ: Mapping[str, str]) -> NotStarted:
    name = _shown(word)
    if isinstance(error, ValueError):
        return NotStarted(f"{name}: {error}", 125)
    if not isinstance(error, ExecFailed):
        return NotStarted(f"{name}: {error.strerror}", 125, hint=_TOO_MUCH)
    if error.errno in {errno.ENOENT, errno.ENOTDIR}:
        needed = lacking(word, environ)
        if needed:
            return NotStarted(f"{name}: {needed} is not there", 127, hint="the file itself is; install what it needs")
        return NotStarted(f"{name}: command not found", 127, hint="check the name and PATH")
    if error.errno == errno.EACCES:
        return NotStarted(f"{name}: not executable", 126, hint="check its mode and its first line")
    hint = _HINTS.get(error.errno or 0, "it is no program for this machine")
    return NotStarted(f"{name}: {error.strerror}", 126, hint=hint)


def _for(copy: Callable[[int, bytes], None], ours: int) -> Callable[[bytes], None]:
    return lambda data: copy(ours, data)


def _outcome(status: int, *, timed_out: bool, left_open: bool) -> Outcome:
    name = _signal_name(-status) if status < 0 else None
    code = TIMED_OUT if timed_out else 128 - status if status < 0 else status
    return Outcome(code, name, timed_out, left_open)


def _signal_name(number: int) -> str:
    import signal  # the command has ended

    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIGRTMIN+{number - signal.SIGRTMIN}"
