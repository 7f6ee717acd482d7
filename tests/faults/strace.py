"""Runs a command under strace, and reads what it recorded.

Invariants: a call is reported once, when it returned, in the order of return; calls that failed have no
result and no effect. Strings come back as the bytes that were passed, never cut. Only Linux has strace:
tests take `needs_strace` and are skipped elsewhere, with that reason.
"""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["FILE_CALLS", "Call", "Handle", "available", "compiled", "needs_strace", "run"]

FILE_CALLS = (
    "open,openat,creat,read,close,write,pwrite64,writev,pwritev,pwritev2,lseek,ftruncate,truncate,rename,renameat,"
    "renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,link,linkat,symlink,symlinkat,fsync,fdatasync,sync,syncfs,"
    "sync_file_range,fallocate,copy_file_range,sendfile,splice,chdir,fchdir"
)
"""The calls that change what a file system holds, or move the place where the next change lands."""

_TIMEOUT = 120
_LINE = re.compile(rb"^(\d+) +(?:(\w+)\((.*)|<\.\.\. (\w+) resumed>(.*)|(?:\+\+\+|---).*)$", re.DOTALL)
_RESULT = re.compile(rb"\) += (-?\d+|\?)(?:<[^>]*>)?(?:\(deleted\))?(?: +(E\w+).*| .*)?$", re.DOTALL)
_TOKEN = re.compile(
    rb'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?|(?:AT_FDCWD|(-?\d+))<((?:\\x[0-9a-f]{2})*|[^>]*)>(\(deleted\))?'
    rb"|([^,\s\[\]{}=]+)"
)


@dataclasses.dataclass(frozen=True)
class Call:
    """One system call that returned.

    Attributes:
        pid: The thread that made it.
        name: The call.
        args: Its arguments in order; a string as bytes, a descriptor as `Handle`, anything else as text.
        result: What it returned, None where it failed.
        error: The name of the error, where it failed.
    """

    pid: int
    name: str
    args: tuple[bytes | Handle | str, ...]
    result: int | None
    error: str | None


@dataclasses.dataclass(frozen=True)
class Handle:
    """A descriptor, and the path that it has now; number -1 is the current folder."""

    number: int
    path: bytes
    deleted: bool = False


def available() -> bool:
    """Whether this machine has a strace that may trace."""
    return sys.platform == "linux" and shutil.which("strace") is not None


needs_strace = pytest.mark.skipif(not available(), reason="strace is not installed here")


def run(
    command: Sequence[str],
    *,
    trace: str = FILE_CALLS,
    inject: Sequence[str] = (),
    only: Sequence[Path] = (),
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> tuple[subprocess.CompletedProcess[bytes], list[Call]]:
    """Run a command under strace to its end; what it printed, and its calls.

    Args:
        command: Program and arguments.
        trace: Comma-separated names of calls.
        inject: Faults, in strace's words: ``fsync:error=EIO:when=1``.
        only: Trace and inject only calls that name exactly these paths.
        cwd: Where to run it.
        env: Its whole environment; None for ours.
    """
    strace = shutil.which("strace")
    assert strace is not None, "strace is not installed here"
    with tempfile.TemporaryDirectory(prefix="strace-") as folder:
        log = Path(folder, "log")
        options = ["-f", "-y", "-xx", "-qq", "-s", str(1 << 24), "-o", str(log)]
        options += [word for each in only for word in ("-P", str(each))]
        options += [word for each in inject for word in ("-e", f"inject={each}")]
        options += [] if inject else ["--seccomp-bpf"]  # with it, strace 6.1 injects no signals
        done = subprocess.run(
            [strace, *options, "-e", f"trace={trace}", "--", *command],
            stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=_TIMEOUT, cwd=cwd, env=env,
        )  # fmt: skip
        return done, list(_calls(log.read_bytes().split(b"\n")))


def compiled(command: Sequence[str], folder: Path, env: Mapping[str, str] | None) -> dict[str, str]:
    """The environment in which a command finds its modules compiled, always the same ones; it is run once for that.

    Without it, calls cannot be counted in one process and met in the next: a module that somebody has compiled
    meanwhile takes fewer of them.

    Args:
        command: Program and arguments; it has to succeed.
        folder: Where its compiled modules go.
        env: Its whole environment otherwise; None for ours.
    """
    own = {**(os.environ if env is None else env), "PYTHONPYCACHEPREFIX": str(folder)}
    writing = {name: value for name, value in own.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=_TIMEOUT, env=writing)
    return {**own, "PYTHONDONTWRITEBYTECODE": "1"}


def _calls(lines: Sequence[bytes]) -> Iterator[Call]:
    begun: dict[int, bytes] = {}
    for line in lines:
        match = _LINE.match(line)
        if not match or not (match[2] or match[4]):
            continue
        pid = int(match[1])
        if match[2] and line.endswith(b"<unfinished ...>"):
            begun[pid] = match[3].removesuffix(b"<unfinished ...>")
            continue
        name, text = (match[2], match[3]) if match[2] else (match[4], begun.pop(pid, b"") + match[5])
        end = _RESULT.search(text)
        if end is None or end[1] == b"?":  # killed in the call: it has no effect that we could know
            continue
        error = end[2].decode() if end[2] else None
        result = None if error else int(end[1])
        yield Call(pid, name.decode(), tuple(_arguments(text[: end.start()])), result, error)


def _arguments(text: bytes) -> Iterator[bytes | Handle | str]:
    for match in _TOKEN.finditer(text):
        string, cut, number, path, deleted, other = match.groups()
        if string is not None:
            assert not cut, "strace cut a string"
            yield _plain(string)
        elif path is not None:
            yield Handle(int(number or -1), _plain(path), deleted is not None)
        else:
            yield other.decode()


def _plain(text: bytes) -> bytes:
    return bytes.fromhex(text.replace(b"\\x", b"").decode()) if text.startswith(b"\\x") else text
