"""Signals to the wrapper: what would end it goes to the command, which decides; the record is written all the same."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from runpact_core import runs
from runpact_writer import _exec
from runpact_writer._process import Manner, Outcome, run_command
from runpact_writer._signals import Shield
from tests.writer.support import LIMITS, NOON, document, environment, only_run, run_ids, runpact_command

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

TELLS = """
import os, signal, sys
def told(number, frame):
    os.write(1, signal.Signals(number).name.encode() + b"\\n")  # unbuffered: it may come inside another write
    sys.exit(9)
for name in ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGINT", "SIGWINCH"):
    signal.signal(getattr(signal, name), told)
os.write(1, b"ready\\n")
while True:
    signal.pause()
"""


def started(project: Path, *command: str) -> subprocess.Popen[bytes]:
    """A wrapped command, in a process group of its own, that has said that it is ready."""
    process = subprocess.Popen(
        runpact_command("exec", "--", *command), cwd=project, env=environment(), stdout=subprocess.PIPE,
        process_group=0,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH"])
def test_a_signal_is_passed_on(name: str, project: Path, runs_dir: Path) -> None:
    """X-04: the command gets it once, and its own answer, an exit code, is what counts."""
    with started(project, sys.executable, "-S", "-c", TELLS) as process:
        process.send_signal(getattr(signal, name))
        out = process.stdout.read() if process.stdout else b""
        assert (process.wait(60), out) == (9, f"{name}\n".encode())
    assert document(only_run(runs_dir))["exit"] == {"code": 9}


def test_a_command_that_dies_of_what_was_passed_on(project: Path, runs_dir: Path) -> None:
    """128 + n, and the record names the signal."""
    with started(project, "sh", "-c", "echo ready; exec sleep 60") as process:
        process.terminate()
        assert process.wait(60) == 128 + signal.SIGTERM
    assert document(only_run(runs_dir))["exit"] == {"code": 143, "signal": "SIGTERM"}


def test_a_killed_wrapper_leaves_an_interrupted_run(project: Path, runs_dir: Path) -> None:
    """While it records, readers say running; after kill -9 they say interrupted, at once, and never running again."""
    with started(project, "sh", "-c", "echo ready; exec sleep 60") as process:
        folder = only_run(runs_dir)
        assert runs.look(folder, now=NOON, asking=runs.here()).state == "running"
        process.kill()
        assert process.wait(60) == -signal.SIGKILL
    found = runs.look(folder, now=NOON, asking=runs.here())
    assert (found.state, found.status) == ("interrupted", None)
    assert found.document is not None
    assert found.document.data["command"] == ["sh", "-c", "echo ready; exec sleep 60"]
    assert run_ids(folder) == ["open.json", "run.log"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a child that its parent has died")
def test_a_killed_wrapper_takes_its_command_along(project: Path) -> None:
    """X-07: the command is killed with the wrapper, so its end of the pipe closes."""
    with started(project, "sh", "-c", "echo ready; exec sleep 600") as process:
        process.kill()
        assert process.stdout is not None
        assert process.stdout.read() == b""
        assert process.wait(60) == -signal.SIGKILL


def test_a_second_interrupt_changes_nothing(project: Path, runs_dir: Path) -> None:
    """Ctrl-C twice: each reaches the command, no traceback is seen, and the command's own exit code counts."""
    twice = (
        "import os, signal, sys\ncount = 0\ndef told(*_):\n    global count\n    count += 1\n"
        "    os.write(1, b'%d\\n' % count)\nsignal.signal(signal.SIGINT, told)\nos.write(1, b'ready\\n')\n"
        "while count < 2: signal.pause()\nsys.exit(3)"
    )
    with started(project, sys.executable, "-S", "-c", twice) as process:
        assert process.stdout is not None
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == b"1\n"
        process.send_signal(signal.SIGINT)
        assert (process.wait(60), process.stdout.read()) == (3, b"2\n")
    assert document(only_run(runs_dir))["exit"] == {"code": 3}


def test_what_is_ignored_stays_ignored(project: Path) -> None:
    """X-11: masks and ignored signals of the command are those we were started with (SIGPIPE and SIGXFSZ apart)."""
    show = ["grep", "-E", "^Sig(Blk|Ign):", "/proc/self/status"]
    if not os.path.exists(show[-1]):  # noqa: PTH110 - a device of Linux
        pytest.skip("only Linux shows masks")
    ask = (
        "import os, signal, sys\nfor n in (1, 2, 17): signal.signal(n, signal.SIG_IGN)\n"
        "for n in (13, 25): signal.signal(n, signal.SIG_DFL)\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, {10, 15})\nos.execvp(sys.argv[1], sys.argv[1:])"
    )
    words = [sys.executable, "-S", "-c", ask]
    seen = [
        subprocess.check_output([*words, *more, *show], cwd=project, env=environment())
        for more in ([], runpact_command("exec", "--"))
    ]
    assert seen[0] == seen[1]
    blocked, ignored = (int(word, 16) for word in seen[0].split()[1::2])
    assert (blocked & 0x4200, ignored & 0x10003) == (0x4200, 0x10003)


def state_of(pid: int) -> str:
    """The letter of a process's state, as Linux has it."""
    with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123 - a file of Linux
        return file.read().rpartition(") ")[2][0]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc tells who is stopped")
@pytest.mark.parametrize(("name", "to_group"), [("SIGTSTP", False), ("SIGTTIN", True), ("SIGTTOU", True)])
def test_both_stop_and_go_on(name: str, *, to_group: bool, project: Path) -> None:
    """X-06: what stops one of us stops both; CONT lets both go on, and the command ends as it would."""
    script = "trap 'exit 8' TERM; echo ready; echo $$; while read line; do echo $line; done"
    with subprocess.Popen(
        runpact_command("exec", "--", "bash", "-c", script), cwd=project, env=environment(), process_group=0,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == b"ready\n"
        command = int(process.stdout.readline())
        (os.killpg if to_group else os.kill)(process.pid, getattr(signal, name))
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        while state_of(command) != "T":  # it was sent the signal before we stopped
            os.sched_yield()
        (os.killpg if to_group else os.kill)(process.pid, signal.SIGCONT)
        process.stdin.write(b"again\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"again\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 8


def test_a_command_that_ignores_the_end_of_its_time(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """X-08: TERM changes nothing, so after the grace it is KILL: 124, and the record says both."""
    monkeypatch.setattr(_exec, "Manner", lambda **more: Manner(grace_s=0.1, **more))
    deaf = runs_dir.parent / "deaf"
    runs_dir.parent.mkdir()
    script = f"trap '' TERM; : > {deaf}; while :; do sleep 0.05; done"
    for limit in LIMITS:
        shutil.rmtree(runs_dir, ignore_errors=True)
        assert _exec.main(["--timeout", limit, "--", "sh", "-c", script]) == 124
        if deaf.exists():
            break
    assert document(only_run(runs_dir))["exit"] == {"code": 124, "signal": "SIGKILL", "timed_out": True}


def test_the_mask_is_put_back(capfd: pytest.CaptureFixture[str]) -> None:
    """After the command nothing of ours is blocked, and what came too late for it is for nobody."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, set())
    copied: list[tuple[int, bytes]] = []
    with Shield() as shield:
        outcome = run_command(
            ["sh", "-c", "kill -TERM $$"], dict(os.environ), lambda *piece: copied.append(piece), shield, Manner()
        )
        signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
    assert outcome == Outcome(143, "SIGTERM")
    assert signal.pthread_sigmask(signal.SIG_BLOCK, set()) == before
    assert (capfd.readouterr(), sorted(copied)) == (("", ""), [(1, b""), (2, b"")])
