"""What the tests of the recorder share: a fixed world to record in, the command in a process of its own, a run's files.

Invariants: no test depends on where it runs: CI's own variables are taken out of every environment that is handed on.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runpact_core.runs import Here
from runpact_writer import RunWriter
from runpact_writer._surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "LIMITS",
    "NOON",
    "START",
    "around",
    "document",
    "environment",
    "only_run",
    "outside",
    "run_ids",
    "runpact_command",
    "writer",
]

NOON = 1_768_824_000.0
"""2026-01-19T12:00:00Z."""

LIMITS = ("0.3", "3", "30")
"""Time limits in seconds for a command that must have begun when its time is over: the first that suffices here."""

START = ("local_cli", "command line", "mia")
"""Arguments of `RunWriter.start` where they do not matter."""

_COMMAND = "runpact" if find_spec("runpact") else "runpact_writer"
_OURS = ("runpact_core", "runpact_writer", _COMMAND)
_SOURCES = [str(Path(str(import_module(name).__file__)).parents[1]) for name in _OURS]


def around(environ: Mapping[str, str] | None = None, *, clock: Sequence[float] = (NOON,)) -> Surroundings:
    """A fixed world: each reading of the clock gives the next of its values, then the last for ever."""
    times = list(clock)
    return Surroundings(
        clock=lambda: times.pop(0) if len(times) > 1 else times[0],
        monotonic=iter(range(0, 10**12, 5_921_000_000)).__next__,
        environ=environ or {},
        here=Here("build-7", "b00t"),
        out=io.StringIO(),
    )


def writer(runs_dir: Path, *required: str, environ: Mapping[str, str] | None = None, **more: Any) -> RunWriter:
    """A recorder in a fixed world that prints nothing, and raises what fails."""
    options = {"announce": False, "around": around(environ), "strict": True, **more}
    return RunWriter("P2-Backfill", "0.1.0", required, runs_dir=runs_dir, **options)


def run_ids(runs_dir: Path) -> list[str]:
    """The names in a folder of runs, hidden ones too; empty where there is no folder."""
    return sorted(path.name for path in runs_dir.iterdir()) if runs_dir.exists() else []


def only_run(runs_dir: Path) -> Path:
    """The folder of the one run that there is."""
    (name,) = run_ids(runs_dir)
    return runs_dir / name


def document(run: Path, name: str = "run.json") -> Any:
    """A document of a run, parsed."""
    return json.loads((run / name).read_bytes())


def environment(**more: str) -> dict[str, str]:
    """This process's environment without CI's variables, with the packages under test in reach."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "RUNPACT_"))}
    path = os.pathsep.join([*_SOURCES, *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**ours, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", **more}


def runpact_command(*words: str) -> list[str]:
    """The command line of `runpact` for a process of its own; of the writer's own command where it stands alone."""
    return [sys.executable, "-m", _COMMAND, *words]


def outside(*words: str, cwd: Path, stdin: bytes = b"", **environ: str) -> subprocess.CompletedProcess[bytes]:
    """`runpact` in a process of its own, to its end."""
    return subprocess.run(
        runpact_command(*words), cwd=cwd, input=stdin, capture_output=True, check=False, timeout=60,
        env=environment(**environ),
    )  # fmt: skip
