"""Signals to the wrapper: what would end it goes to the command, which decides; the record is written all the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from runpact_core import runs
from runpact_writer._process import Outcome, _outlive, run_command
from tests.writer.support import NOON, document, environment, only_run, run_ids, runpact_command

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

TELLS = """
import os, signal, sys
def told(number, frame):
    os.write(1, signal.Signals(number).name.encode() + b"\\n")  # unbuffered: it may come inside another write
    sys.exit(9)
for name in ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGINT"):
    signal.signal(getattr(signal, name), told)
os.write(1, b"ready\\n")
while True:
    signal.pause()
"""


def started(project: Path, *command: str) -> subprocess.Popen[bytes]:
    """A wrapped command, in a process group of its own, that has said that it is ready."""
    process = subprocess.Popen(
        runpact_command("exec", "--", *command), cwd=project, env=environment(), stdout=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"])
def test_a_signal_is_passed_on(name: str, project: Path, runs_dir: Path) -> None:
    """X-04: the command gets it once, and its own answer, an exit code, is what counts."""
    with started(project, sys.executable, "-S", "-c", TELLS) as process:
        process.send_signal(getattr(signal, name))
        out = process.stdout.read() if process.stdout else b""
        assert (process.wait(60), out) == (9, f"{name}\n".encode())
    assert document(only_run(runs_dir))["exit"] == {"code": 9}


def test_ctrl_c_reaches_the_command_once(project: Path, runs_dir: Path) -> None:
    """The terminal sends it to the whole group: the command gets it from there, and we outlive it."""
    with started(project, sys.executable, "-S", "-c", TELLS) as process:
        os.killpg(process.pid, signal.SIGINT)
        out = process.stdout.read() if process.stdout else b""
        assert (process.wait(60), out) == (9, b"SIGINT\n")
    assert document(only_run(runs_dir))["status"] == "failed"


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
        os.killpg(process.pid, signal.SIGKILL)  # the command, which has outlived its wrapper
    found = runs.look(folder, now=NOON, asking=runs.here())
    assert (found.state, found.status) == ("interrupted", None)
    assert found.document is not None
    assert found.document.data["command"] == ["sh", "-c", "echo ready; exec sleep 60"]
    assert run_ids(folder) == ["open.json", "run.log"]


def test_handlers_are_put_back(capfd: pytest.CaptureFixture[str]) -> None:
    """After the command our own handlers are what they were; a signal meanwhile reaches the command."""
    names = ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGINT")
    before = [signal.getsignal(getattr(signal, name)) for name in names]
    code = "import os, signal\nfor each in (signal.SIGINT, signal.SIGUSR1): os.kill(os.getppid(), each)\nsignal.pause()"
    copied: list[bytes] = []
    outcome = run_command([sys.executable, "-S", "-c", code], dict(os.environ), copied.append)
    assert outcome == Outcome(128 + signal.SIGUSR1, "SIGUSR1")
    assert [signal.getsignal(getattr(signal, name)) for name in names] == before
    assert (capfd.readouterr(), copied) == (("", ""), [])
    assert _outlive(signal.SIGINT, None) is None  # type: ignore[func-returns-value]  # that it returns is the point
