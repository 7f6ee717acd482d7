"""The process engine: runs a command with its output copied, and says how it ended. Knows nothing of runs.

Bytes go where the command sent them first, then to the copy; a place that takes no more (a closed pipe, a full disk)
does not stop the command or the other place.
"""

from __future__ import annotations

import os
import select
import selectors
import signal
import subprocess
from typing import IO, TYPE_CHECKING, NamedTuple, cast

from runpact_writer.errors import NotStarted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import FrameType

_CHUNK = 1 << 16
_PASSED_ON = [name for name in ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2") if hasattr(signal, name)]


class Outcome(NamedTuple):
    """How a command ended.

    Attributes:
        code: The exit code to hand on: the command's own, or 128 + n after signal n.
        signal: Name of the signal that ended it, or None.
    """

    code: int
    signal: str | None


def run_command(argv: Sequence[str], environ: Mapping[str, str], copy: Callable[[bytes], None]) -> Outcome:
    """Run a command to its end, with our stdin, its output on our stdout and stderr and handed to ``copy`` as well.

    Args:
        argv: The command, argument by argument.
        environ: Its environment.
        copy: Takes every piece of output, in the order it was read.

    Raises:
        NotStarted: It was not found (127), is not executable (126), or could not be started (125).
    """
    try:
        child = subprocess.Popen(
            list(argv), env=dict(environ), stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
        )
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotStarted(f"{argv[0]}: command not found", 127, hint="check the name and PATH") from error
    except PermissionError as error:
        raise NotStarted(f"{argv[0]}: not executable", 126, hint="check its mode and its first line") from error
    except (OSError, ValueError) as error:
        raise NotStarted(f"{argv[0]}: {error}", 125) from error
    with child, _Signals(child):
        _pump(child, copy)
        status = child.wait()
    if status < 0:
        return Outcome(128 - status, _signal_name(-status))
    return Outcome(status, None)


def _pump(child: subprocess.Popen[bytes], copy: Callable[[bytes], None]) -> None:
    """Copy both streams until both have ended."""
    with selectors.DefaultSelector() as selector:
        for stream, target in ((child.stdout, 1), (child.stderr, 2)):
            selector.register(cast(IO[bytes], stream), selectors.EVENT_READ, _Sink(target))
        while selector.get_map():
            for key, _ in selector.select():
                data = os.read(key.fd, _CHUNK)
                if data:
                    key.data.write(data)
                    copy(data)
                else:
                    selector.unregister(key.fileobj)


class _Sink:
    """One of our own streams; after its first error it takes everything and writes nothing."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._open = True

    def write(self, data: bytes) -> None:
        left = memoryview(data)
        while self._open and left:
            try:
                left = left[os.write(self._fd, left) :]
            except BlockingIOError:  # somebody else made our stream non-blocking
                select.select([], [self._fd], [])
            except OSError:
                self._open = False


class _Signals:
    """While a command runs, what would end us is passed on to it, and it decides.

    Ctrl-C reaches the command by itself, since it is in our process group; we only outlive it.
    """

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child
        self._before: dict[int, object] = {}

    def __enter__(self) -> None:
        for name in _PASSED_ON:
            number = getattr(signal, name)
            self._before[number] = signal.signal(number, self._pass_on)
        self._before[signal.SIGINT] = signal.signal(signal.SIGINT, _outlive)

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what `signal.signal` gave back

    def _pass_on(self, number: int, _frame: FrameType | None) -> None:
        self._child.send_signal(number)


def _outlive(_number: int, _frame: FrameType | None) -> None:
    """Do nothing, which is not the same as ignoring: an ignored signal would be ignored by the command too."""


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIGRTMIN+{number - signal.SIGRTMIN}"
