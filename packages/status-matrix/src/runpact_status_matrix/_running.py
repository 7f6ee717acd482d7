"""Commands run for a certificate: each in the project's folder, recorded as a run of its own, with its output.

The words are handed to the system as they are; no shell reads them. A command reads nothing (its stdin is empty) and
what it prints goes to stderr, since stdout is for what we have to say, and to its run's log. It ends with its time, and
with a signal that would end us: the whole group of processes that it began does.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from runpact_status_matrix._checks import Ran
from runpact_writer import run_recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from runpact_writer import Recorded, RunWriter

__all__ = ["Runner", "within"]

_NOT_OF_PIPELINES = re.compile(r"[^A-Za-z0-9-]+")
_LONGEST_ID = 100
_STOPS = {128 + getattr(signal, name, 0) for name in ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM")}


class Runner(NamedTuple):
    """Runs the commands of one certificate.

    Attributes:
        project: The project's folder, absolute.
        runs_dir: The folder of runs, absolute.
        runner_id: The runner that is certified.
        timeout_s: Seconds that each command gets where nothing else is said.
        monotonic: Nanoseconds on a clock that is never set back.
    """

    project: Path
    runs_dir: Path
    runner_id: str
    timeout_s: float
    monotonic: Callable[[], int] = time.monotonic_ns

    def run(self, words: Sequence[str], timeout_s: float | None = None, *, expected: Sequence[int] = (0,)) -> Ran:
        """Run and record a command.

        Args:
            words: The command, word by word.
            timeout_s: Seconds after which it is ended; None for the time that every command gets.
            expected: The exit codes that are meant; for the record alone, and to know an interruption.
        """
        limit = self.timeout_s if timeout_s is None else timeout_s
        with contextlib.chdir(self.project):
            if shutil.which(words[0]) is None:
                return Ran(127, _unrunnable(words[0]), None, 0, ended_itself=False)
        began = self.monotonic()

        def conclude(writer: RunWriter, code: int) -> None:
            status = "pass" if code in expected else "fail"
            writer.check(
                "exit_expected", "The command ends as the runner's contract says", status, ["run.json:$.exit.code"]
            )
            writer.set("certified_runner", self.runner_id)

        with within(self.project):
            recorded = run_recorded(
                list(words),
                pipeline_id=_pipeline_id(self.runner_id),
                runs_dir=self.runs_dir,
                timeout_s=limit,
                pty=False,
                conclude=conclude,
                ends=True,
            )
        took_ms = max(0, self.monotonic() - began) // 1_000_000
        return self._ended(recorded, limit, took_ms, expected)

    def _ended(self, recorded: Recorded, limit: float, took_ms: int, expected: Sequence[int]) -> Ran:
        code, evidence = recorded.code, self._evidence(recorded)
        dead_by = code - 128 if code in _STOPS and code not in expected and not recorded.timed_out else None
        stopped_by = recorded.stopped_by or (dead_by if evidence is not None else None)
        if stopped_by is not None:
            said = f"interrupted by {signal.Signals(stopped_by).name}"
            return Ran(code, said, evidence, took_ms, ended_itself=False, stopped_by=stopped_by)
        if recorded.timed_out:
            return Ran(code, f"ended after its {limit:g} s", evidence, took_ms, ended_itself=False)
        if evidence is None:
            return Ran(code, "it could not be recorded, so it was not run", None, took_ms, ended_itself=False)
        return Ran(code, f"exit code {code}", evidence, took_ms)

    def _evidence(self, recorded: Recorded) -> str | None:
        """The run's log: from the project where it lies below, else by the run's id alone, which no machine changes."""
        if recorded.run_dir is None or recorded.run_id is None:
            return None
        log = Path(recorded.run_dir, "run.log")
        if log.is_relative_to(self.project):
            return f"/{log.relative_to(self.project).as_posix()}"
        return f"{recorded.run_id}/run.log"


def _unrunnable(program: str) -> str:
    """Why a program cannot be run, seen from the folder that it is run in."""
    path = Path(program)
    if path.is_dir():
        return f"{program} is a folder"
    if path.is_file():
        return f"{program} may not be run: it is not executable"
    if path.name == program:
        return f"no program {program} is on the PATH"
    return f"{program} is not there"


@contextlib.contextmanager
def within(folder: Path) -> Iterator[None]:
    """Be in a folder, with an empty stdin, and with stdout turned to stderr; then all is as before."""
    if sys.stdout is not None:
        sys.stdout.flush()
    with contextlib.ExitStack() as stack:
        nothing = os.open(os.devnull, os.O_RDWR)
        stack.callback(os.close, nothing)
        stack.enter_context(_turned(0, nothing))
        stack.enter_context(_turned(1, 2 if _is_open(2) else nothing))
        stack.enter_context(contextlib.chdir(folder))
        yield


@contextlib.contextmanager
def _turned(fd: int, to: int) -> Iterator[None]:
    """Have a descriptor be another; where it was closed it is closed again afterwards."""
    kept = os.dup(fd) if _is_open(fd) else None
    try:
        os.dup2(to, fd)
        yield
    finally:
        if kept is None:
            os.close(fd)
        else:
            os.dup2(kept, fd)
            os.close(kept)


def _is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def _pipeline_id(runner_id: str) -> str:
    return f"certify-{_NOT_OF_PIPELINES.sub('-', runner_id)}"[:_LONGEST_ID]
