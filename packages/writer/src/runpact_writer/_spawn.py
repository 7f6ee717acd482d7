"""Starts a command as a shell would: the child is what it would be without us, but for its two output streams.

Between fork and exec the child puts back what Python and we have changed: the mask and the dispositions of signals. It
keeps every descriptor that was inherited, and asks Linux to be killed should its parent die. Nothing else runs in it.
"""

from __future__ import annotations

import errno
import os
import sys

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Mapping

    from runpact_writer._pty import Streams
    from runpact_writer._signals import Shield
else:
    import _signal as signal  # the C half of it: the other makes enumerations, and a wrapped command waits

_PR_SET_PDEATHSIG = 1
_NOT_THERE = {errno.ENOENT, errno.ENOTDIR}
_SHELL = "/bin/sh"
_LOOKED_AT = 80  # bytes of a file without a first line of `#!` in which a zero byte means that it is no text


class ExecFailed(OSError):
    """The child was made, and could not become the command."""


def start(
    argv: list[str], environ: Mapping[str, str], streams: Streams, shield: Shield, *, own_group: bool = False
) -> int:
    """Start a command with the given streams as its stdout and stderr; its process id.

    Args:
        argv: The command, argument by argument; the first is looked for along ``PATH`` of ``environ``.
        environ: Its environment.
        streams: Where its output goes.
        shield: What holds our signals back; the command gets the mask and the ignored ones of before.
        own_group: Whether it is to lead a process group of its own.

    Raises:
        ExecFailed: The command itself could not be run; ``errno`` says why.
        OSError: No process could be made.
        ValueError: A word holds a zero byte.
    """
    if any("\0" in word for word in argv):
        raise ValueError("embedded null byte")
    die_with = _death_signal()
    told, tell = os.pipe()
    parent = os.getpid()
    try:
        pid = _fork()
        if pid == 0:  # pragma: no cover - the child; every line of it is seen from outside
            try:
                die_with()
                if os.getppid() != parent:
                    os._exit(128 + signal.SIGKILL)
                _become(argv, environ, streams, shield, own_group=own_group)
            except OSError as error:
                os.write(tell, str(error.errno).encode())
            finally:
                os._exit(125)
        os.close(tell)
        tell = -1
        failed = os.read(told, 16)
    finally:
        for fd in (told, tell):
            if fd >= 0:
                os.close(fd)
    if failed:
        os.waitpid(pid, 0)
        raise ExecFailed(int(failed), os.strerror(int(failed)))
    return pid


def _fork() -> int:
    """Fork, without a word about other threads: the child does nothing but exec."""
    if "threading" not in sys.modules:  # there are none, and `warnings` is slow to load
        return os.fork()
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _become(  # pragma: no cover - runs in the child alone
    argv: list[str], environ: Mapping[str, str], streams: Streams, shield: Shield, *, own_group: bool
) -> None:
    if own_group:
        os.setpgid(0, 0)
    os.dup2(streams.child_out, 1)
    os.dup2(streams.child_err, 2)
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)  # exec does the same, and until then no handler of ours may run
    for name in ("SIGPIPE", "SIGXFSZ"):  # what Python itself ignores
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    for number in shield.ignored:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, shield.mask)
    _execute(argv, environ)


def _execute(argv: list[str], environ: Mapping[str, str]) -> None:  # pragma: no cover - runs in the child alone
    """Become the first file of that name along ``PATH``; raise the first error that says more than `not found`."""
    name = argv[0]
    folders = [""] if os.sep in name else os.get_exec_path(environ)
    failed: OSError = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    for place in [os.path.join(folder, name) for folder in folders] if name else []:  # noqa: PTH118 - pathlib is slow
        try:
            os.execve(place, argv, environ)  # noqa: S606 - running a command is what this is for
        except OSError as error:
            if error.errno == errno.ENOEXEC and is_script(place):
                os.execve(_SHELL, [_SHELL, place, *argv[1:]], environ)  # noqa: S606 - as above
            if error.errno != errno.EACCES and error.errno not in _NOT_THERE:
                raise
            failed = error if failed.errno in _NOT_THERE else failed
    raise failed


def lacking(name: str, environ: Mapping[str, str]) -> str:
    """What a file that is there, and could not be run, needs and lacks; empty where no such file is there."""
    folders = [""] if os.sep in name else os.get_exec_path(environ)
    for place in [os.path.join(folder, name) for folder in folders] if name else []:  # noqa: PTH118 - pathlib is slow
        if os.path.isfile(place) and os.access(place, os.X_OK):  # noqa: PTH113 - as above
            try:
                with open(place, "rb") as file:  # noqa: PTH123 - as above
                    start_of = file.read(256)
            except OSError:
                start_of = b""
            first = start_of[2:].split(b"\n")[0].strip(b" \t").replace(b"\t", b" ").split(b" ")[0]
            if not start_of.startswith(b"#!") or not first:
                return "its loader"
            interpreter = os.fsdecode(first.rstrip(b"\r"))
            ends = " with a carriage return" if first.endswith(b"\r") else ""
            return f"{interpreter}{ends}, named in its first line,"
    return ""


def is_script(path: str) -> bool:
    """Whether a file that the system cannot run is text, which shells then run with ``sh``."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib is slow
            return b"\0" not in file.read(_LOOKED_AT) and os.fstat(file.fileno()).st_size > 0 and not _is_elf(path)
    except OSError:
        return False


def _is_elf(path: str) -> bool:
    with open(path, "rb") as file:  # noqa: PTH123 - pathlib is slow
        return file.read(4) == b"\x7fELF"


def _death_signal() -> Callable[[], object]:
    """What makes Linux kill the process that calls it when its parent dies; elsewhere it does nothing.

    It is prepared before the fork. The C half of `ctypes` alone is a tenth of the price of `ctypes`.
    """
    if not sys.platform.startswith("linux"):
        return lambda: None
    try:
        import _ctypes

        prctl = _ctypes.dlsym(_ctypes.dlopen("", 0), "prctl")
        call = _ctypes.call_function
    except (ImportError, AttributeError, OSError, TypeError):  # an interpreter without it: the child may outlive us
        return lambda: None
    return lambda: call(prctl, (_PR_SET_PDEATHSIG, int(signal.SIGKILL)))
