"""Looking at many runs: the whole command, against one Python that parses the same files and does nothing else.

The folder is made once for all rows that use it: one run is recorded, and copied under other ids and times, each a run
that verifies.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import process
from bench.recording import record
from bench.row import Pair, Row
from bench.starting import environment, runpact

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.row import Scale

__all__ = ["rows"]

_FLOOR = """
import json, os, sys
folder, *names = sys.argv[1:]
for run in sorted(os.listdir(folder)):
    for name in names:
        with open(os.path.join(folder, run, name), "rb") as file:
            data = file.read()
        if name.endswith(".json"):
            json.loads(data)
"""
_FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def _runs(folder: Path, count: int) -> Path:
    """A folder of so many finished runs, one each minute; made where it is not there yet."""
    made = folder / f"runs-{count}"
    if made.exists():
        return made
    first = Path(record(str(folder / "runs-first"), 0))
    files = {name: (first / name).read_text() for name in ("run.json", "checks.json", "run.log")}
    named = first.name.partition("__")[2]
    made.mkdir()
    for number in range(count):
        run_id = f"{_FIRST + timedelta(minutes=number):%Y%m%dT%H%M%SZ}__{named}"
        (made / run_id).mkdir()
        for name, text in files.items():
            (made / run_id / name).write_text(text.replace(first.name, run_id))
    return made


def _prepare(verb: str, names: Sequence[str], count: int) -> Callable[[Path], Pair]:
    def prepare(folder: Path) -> Pair:
        made, env = str(_runs(folder.parent, count)), environment()
        ours = [*runpact(), "runs", verb, "--runs-dir", made]
        said = subprocess.run(ours, env=env, cwd=folder, check=True, stdout=subprocess.PIPE).stdout
        assert said.count(b"Bench-0__") == count
        floor = [sys.executable, "-c", _FLOOR, made, *names]
        return Pair(process(ours, env=env, cwd=folder), process(floor, env=env, cwd=folder))

    return prepare


def rows(scale: Scale) -> tuple[Row, ...]:
    """The rows, with a folder of this size."""
    every = ("run.json", "checks.json", "run.log")
    return (
        Row(
            "runs-list",
            f"list {scale.runs:,} runs",
            "runpact runs list",
            "Python, json.loads of each run.json",
            None,
            5,
            _prepare("list", every[:1], scale.runs),
        ),
        Row(
            "runs-verify",
            f"verify {scale.runs:,} runs",
            "runpact runs verify",
            "Python, json.loads of both, read the log",
            None,
            5,
            _prepare("verify", every, scale.runs),
        ),
    )
