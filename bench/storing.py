"""Scans of a store of runs, against ``find`` over the same files; four files in each run, all finished.

The store is made once for all rows that use it, and is then left alone for two seconds: what is younger is looked at
again, which is not what is measured.
"""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from bench.measure import constant, peak_bytes, process, repeated
from bench.row import Pair, Row, Unavailable, at_most
from bench.starting import environment
from runpact_core import documents
from runpact_gc import _places, _plan, _scan
from runpact_gc._pins import read
from runpact_gc._settings import DEFAULTS, Rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.row import Scale

__all__ = ["FILES", "rows"]

FILES = 4
FEW = 2_500
"""Runs of the smaller store that growth is measured from: ten thousand files."""

_KEEP = DEFAULTS._replace(layouts={"runs": Rule(keep=10)})
_FIRST = datetime(2026, 1, 1, tzinfo=UTC)
_PIPELINES = 50
_MIB, _KIB = 1 << 20, 1 << 10
_RSS_FLOOR, _RSS_A_RUN = 64 * _MIB, 1.5 * _KIB
_PLANNED = """
import sys
from bench.storing import planned
planned(sys.argv[1], force=sys.argv[2] == "first")
"""


def made(folder: Path, runs: int) -> Path:
    """A project with so many finished runs of fifty pipelines, one a minute; made where it is not there yet."""
    project = folder / f"store-{runs}"
    if project.exists():
        return project
    below = Path(mkdtemp(dir=folder)) / "reports" / "runs"
    for number in range(runs):
        at = _FIRST + timedelta(minutes=number)
        run_id = f"{at:%Y%m%dT%H%M%SZ}__p{number % _PIPELINES}__{number:07x}"
        status = "failed" if number % 3 else "success"
        run = {"run_id": run_id, "started_utc": f"{at:%Y-%m-%dT%H:%M:%SZ}", "status": status, "outputs": ["x" * 400]}
        (below / run_id).mkdir(parents=True)
        (below / run_id / "run.json").write_bytes(documents.dumps(run))
        for name in ("checks.json", "run.log", "out.txt"):
            (below / run_id / name).write_text("x\n" * 50)
    time.sleep(2.1)  # older than what a scan looks at again
    below.parents[1].rename(project)
    return project


def planned(project: str | Path, *, force: bool = False) -> int:
    """A scan and a plan; how many entries it decides on."""
    where = _places.places(str(project))
    now = time.time()
    found = _scan.scan(where, _KEEP, now=now, force=force)
    return len(_plan.plan(found, _KEEP, read(where), (), int(now)).decisions)


def _find(project: Path) -> Callable[[int], float]:
    command = ["find", str(project), "-type", "f", "-printf", "%s %T@ %p\\n"]
    try:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Unavailable("there is no find that prints") from error
    return process(command, env=environment(), cwd=project)


def _scans(runs: int, *, first: bool) -> Callable[[Path], Pair]:
    def prepare(folder: Path) -> Pair:
        project = made(folder.parent, runs)
        where = _places.places(str(project))
        assert len(_scan.scan(where, _KEEP, now=time.time(), force=True).entries) == runs
        if first:
            return Pair(repeated(lambda: _scan.scan(where, _KEEP, now=time.time(), force=True)), _find(project))
        return Pair(repeated(lambda: planned(project)), _find(project))

    return prepare


def _memory(runs: int, word: str) -> Callable[[Path], Pair]:
    def prepare(folder: Path) -> Pair:
        project = made(folder.parent, runs)
        command = [sys.executable, "-c", _PLANNED, str(project), word]
        root = Path(__file__).parents[1]
        return Pair(
            lambda times: times * peak_bytes(command, env=environment(), cwd=root),
            constant(_RSS_FLOOR + _RSS_A_RUN * runs),
        )

    return prepare


def _growth(runs: int) -> Callable[[Path], Pair]:
    def prepare(folder: Path) -> Pair:
        few = min(FEW, runs)
        stores = [made(folder.parent, few), made(folder.parent, runs)]
        for store in stores:
            planned(store)
        small = repeated(lambda: planned(stores[0]))
        return Pair(repeated(lambda: planned(stores[1])), lambda times: small(times) * runs / few)

    return prepare


def rows(scale: Scale) -> tuple[Row, ...]:
    """The rows, for a store of that many runs."""
    runs = scale.stored
    what = f"{runs:,} runs, {runs * FILES:,} files"
    find, limit, both = "find -type f -printf", "64 MiB + 1.5 KiB a run", "scan, plan"
    linear = f"the same of {FEW * FILES:,} files, times {runs / FEW:g}"
    again = f"rescan of {what}, and plan"
    first, later = _memory(runs, "first"), _memory(runs, "again")
    return (
        Row("store-scan", f"first scan of {what}", "scan", find, at_most(3), 5, _scans(runs, first=True)),
        Row("store-rescan", again, both, find, at_most(0.4), 9, _scans(runs, first=False)),
        Row("store-rss-first", "memory of first scan and plan", both, limit, at_most(1), 2, first, "bytes"),
        Row("store-rss", "memory of rescan and plan", both, limit, at_most(1), 2, later, "bytes"),
        Row("store-growth", again, both, linear, at_most(1.3), 5, _growth(runs)),
    )
