"""Orphans, and life as process 1: X-09 and X-14, docs/adr/0018."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from runpact_writer._child import Child
from runpact_writer._signals import Minder
from tests.writer.support import document, environment, only_run, runpact_command

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc and namespaces are Linux's")

ALONE = ["unshare", "--map-root-user", "--pid", "--fork", "--mount-proc"]
"""What makes the next command process 1 of a namespace with a ``/proc`` of its own."""

ORPHANS = """
import os, time
def zombies(of):
    found = []
    for name in filter(str.isdecimal, os.listdir("/proc")):
        try:
            state, parent = open(f"/proc/{name}/stat").read().rpartition(") ")[2].split()[:2]
        except OSError:
            continue
        if state == "Z" and of in (None, int(parent)):
            found.append(int(name))
    return found
ours = os.getppid()
for _ in range(100):
    if not os.fork():
        middle = os.getpid()
        orphan = not os.fork()
        while orphan and os.getppid() == middle:
            time.sleep(0.001)
        os._exit(0)
    os.wait()
"""
"""Leaves a hundred processes to whoever inherits them; each ends once it has been inherited."""

ZOMBIES_END = ORPHANS + "while zombies(None): time.sleep(0.01)\nprint(ours, len(zombies(None)))"
NONE_OF_OURS = ORPHANS + "print(ours == os.getppid(), zombies(ours))"


def alone(project: Path, *words: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """A wrapped command whose wrapper is process 1; the test is skipped where that cannot be had."""
    if shutil.which("unshare") is None:
        pytest.skip("namespaces need unshare")
    tried = subprocess.run([*ALONE, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"this machine gives us no namespace: {tried.stderr.strip()}")
    return subprocess.run(
        [*ALONE, *runpact_command("exec", *options, "--", *words)], cwd=project, env=environment(),
        capture_output=True, check=False, text=True, timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["true"], 0),
        (["sh", "-c", "exit 7"], 7),
        (["sh", "-c", "exit 255"], 255),
        (["sh", "-c", "kill -TERM $$"], 143),
        (["sh", "-c", "kill -KILL $$"], 137),
        (["no-such-command"], 127),
        (["/etc/passwd"], 126),
    ],
)
def test_codes_as_process_1(words: list[str], code: int, project: Path, runs_dir: Path) -> None:
    """X-14: the table of exit codes is the same; that its parent is process 1 is no reason for the child to end."""
    done = alone(project, *words)
    assert (done.returncode, done.stdout) == (code, "")
    assert document(only_run(runs_dir))["host"]["pid"] == 1
    assert document(only_run(runs_dir))["exit"]["code"] == code


@pytest.mark.parametrize("name", [f"signal.SIG{name}" for name in ("TERM", "INT", "HUP", "QUIT", "USR1", "USR2")])
def test_signals_as_process_1(name: str, project: Path, runs_dir: Path) -> None:
    """X-14: the system drops what process 1 does not handle; we take it and pass it on, and the command decides."""
    script = f"import os, signal, sys\nsignal.signal({name}, lambda *_: sys.exit(9))\nos.kill(1, {name})"
    words = (sys.executable, "-S", "-c", f"{script}\nwhile True: signal.pause()")
    done = alone(project, *words, options=("--timeout", "20"))
    assert (done.returncode, done.stderr) == (9, "")
    assert document(only_run(runs_dir))["exit"] == {"code": 9}


def test_a_time_limit_as_process_1(project: Path, runs_dir: Path) -> None:
    """X-14: 124, and the command is told as everywhere."""
    assert alone(project, "sleep", "600", options=("--timeout", "0.3")).returncode == 124
    assert document(only_run(runs_dir))["exit"] == {"code": 124, "signal": "SIGTERM", "timed_out": True}


def test_orphans_of_process_1(project: Path, runs_dir: Path) -> None:
    """X-09, X-14: process 1 inherits orphans, so we reap them while the command runs: no zombie is left."""
    done = alone(project, sys.executable, "-S", "-c", ZOMBIES_END, options=("--timeout", "20"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "1 0\n", "")
    assert document(only_run(runs_dir))["status"] == "success"


def test_orphans_elsewhere(project: Path) -> None:
    """X-09: elsewhere they go where they would without us, so none of them can become a zombie of ours."""
    words = runpact_command("exec", "--", sys.executable, "-S", "-c", NONE_OF_OURS)
    done = subprocess.run(words, cwd=project, env=environment(), capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (0, b"True []\n")


def test_a_daemon_outlives_us(project: Path) -> None:
    """X-09: what left the command's streams and session goes on after the command and us."""
    for name in ("ask", "answer"):
        os.mkfifo(project / name)
    daemon = "setsid sh -c 'read word < ask; echo $word > answer' <&- >&- 2>&- &"
    words = runpact_command("exec", "--", "sh", "-c", daemon)
    done = subprocess.run(words, cwd=project, env=environment(), capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    (project / "ask").write_text("alive\n")  # both wait for the other side
    assert (project / "answer").read_text() == "alive\n"


def test_only_strangers_are_reaped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Told that a process has ended, we reap as process 1 alone: all but the command; with none left it is no error."""
    ended = os.posix_spawn("/bin/sh", ["sh", "-c", "exit 3"], os.environ)
    os.waitid(os.P_PID, ended, os.WEXITED | os.WNOWAIT)
    child = Child(os.posix_spawn("/bin/sh", ["sh", "-c", "exit 4"], os.environ))
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    minder = Minder(child, set())
    minder.take(signal.SIGCHLD, from_terminal=False)
    assert os.waitid(os.P_PID, ended, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None
    monkeypatch.setattr(os, "getpid", lambda: 1)
    minder.take(signal.SIGCHLD, from_terminal=False)
    with pytest.raises(ChildProcessError):
        os.waitpid(ended, os.WNOHANG)
    assert child.reap() == 4
    minder.take(signal.SIGCHLD, from_terminal=False)
