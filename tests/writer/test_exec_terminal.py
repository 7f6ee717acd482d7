"""A wrapped command at a terminal: what reaches it when the terminal closes, changes its size, or its time is over."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from tests.writer.support import LIMITS, document, environment, only_run, runpact_command

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

if sys.platform == "win32":
    pytest.skip("the engine is for POSIX systems", allow_module_level=True)

import pty

SAYS_HUP = """
import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
os.write(1, b"ready")
signal.sigwait({signal.SIGHUP})
open("hup", "a").write("x")
sys.exit(9)
"""
FAMILY = """
import os, signal, subprocess, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(5))
ignore = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
stubborn = ignore + "; print('deaf', flush=True); time.sleep(60)"
deaf = subprocess.Popen([sys.executable, "-S", "-c", stubborn], stdout=subprocess.PIPE)
deaf.stdout.readline()
below = subprocess.Popen(["sh", "-c", "sleep 60 & echo $!; wait"], stdout=subprocess.PIPE)
print("pids", deaf.pid, below.pid, int(below.stdout.readline()), flush=True)
while True: signal.pause()
"""
SIZES = """
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGWINCH})
os.write(1, b"ready\\n")
size = ()
while size != (43, 21):
    signal.sigwait({signal.SIGWINCH})
    size = tuple(os.get_terminal_size(1))
    os.write(1, b"size %d %d\\n" % size)
"""


def on_terminal(project: Path, *words: str, answer: Callable[[int, bytes], bool]) -> tuple[int, bytes]:
    """Run ``exec`` as the leader of a session on a terminal; its exit code, and what came out of the terminal.

    ``answer`` is called with the terminal and what came so far; where it returns False the terminal is closed.
    """
    pid, fd = pty.fork()
    if pid == 0:  # pragma: no cover - the child
        os.chdir(project)
        argv = runpact_command("exec", *words)
        os.execvpe(argv[0], argv, environment())  # noqa: S606 - the command that is tested
    seen = b""
    try:
        while data := os.read(fd, 1000):
            seen += data
            if not answer(fd, seen):
                break
    except OSError:  # the terminal's other side is closed
        pass
    os.close(fd)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), seen


def lives(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits for somebody to ask for its code does not."""
    try:
        with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123 - a file of Linux
            return file.read().rpartition(") ")[2][0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_the_terminal_closes(project: Path, runs_dir: Path) -> None:
    """The system tells the leader of the session alone: the wrapper passes it on, once, and the command decides."""
    code, _ = on_terminal(
        project, "--", sys.executable, "-S", "-c", SAYS_HUP, answer=lambda _, seen: b"ready" not in seen
    )
    assert (code, (project / "hup").read_text()) == (9, "x")
    assert document(only_run(runs_dir))["exit"] == {"code": 9}


def test_the_terminal_closes_on_a_plain_command(project: Path, runs_dir: Path) -> None:
    """A command that does not listen dies of it, as without us: no success."""
    code, _ = on_terminal(
        project, "--", "sh", "-c", "echo ready; exec sleep 60", answer=lambda _, seen: b"ready" not in seen
    )
    assert code == 129
    assert document(only_run(runs_dir))["exit"] == {"code": 129, "signal": "SIGHUP"}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells who is below a process")
def test_time_is_over_for_the_whole_family(project: Path, runs_dir: Path) -> None:
    """X-08: on a terminal the command has no group of its own; its children and theirs end all the same."""

    def within(limit: str) -> tuple[int, bytes]:
        shutil.rmtree(runs_dir, ignore_errors=True)
        words = ["--timeout", limit, "--", sys.executable, "-S", "-c", FAMILY]
        return on_terminal(project, *words, answer=lambda *_: True)

    code, seen = next(found for limit in LIMITS[1:] if b"pids " in (found := within(limit))[1])
    pids = [int(word) for word in seen.partition(b"pids ")[2].split(b"\r\n")[0].split()]
    assert (code, len(pids)) == (124, 3)
    while any(map(lives, pids)):  # they were killed; the system may take a moment
        os.sched_yield()
    assert document(only_run(runs_dir))["exit"] == {"code": 124, "timed_out": True}


def test_a_new_size(project: Path) -> None:
    """The last that a command hears of a new size is the new size, whatever the terminal told it too early."""
    import termios

    def answer(fd: int, seen: bytes) -> bool:
        if seen.endswith(b"ready\r\n"):
            termios.tcsetwinsize(fd, (21, 43))
        return True

    code, seen = on_terminal(project, "--", sys.executable, "-S", "-c", SIZES, answer=answer)
    sizes = [line for line in seen.split(b"\r\n") if line.startswith(b"size")]
    assert (code, sizes[-1]) == (0, b"size 43 21")
    assert len(sizes) <= 2
