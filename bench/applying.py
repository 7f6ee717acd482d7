"""What moving runs into the trash costs, with the checksums of every file: against reading and against removing them.

Each time is taken on a store of its own, made just before and kept until the end, since file systems are slow to reuse
what was removed just now. The plan is given, so scan and rules are not in the figure; journal, checksums, moves, syncs
and report are.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from tempfile import mkdtemp
from time import perf_counter
from typing import TYPE_CHECKING

from bench.row import Pair, Row, at_most
from runpact_gc import _apply, _places, _settings
from runpact_gc._model import Decision, Entry, Plan, Reason, entry_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.row import Scale

__all__ = ["rows"]

FILES = ("run.json", "checks.json", "run.log", "open.txt")
BYTES = 800


def _made(folder: Path, runs: int) -> tuple[Path, Plan]:
    """A project with so many runs of four files, on the disk, and the plan by which they all leave."""
    root = Path(mkdtemp(dir=folder, prefix="store-"))
    decisions = []
    for number in range(runs):
        run_id = f"20260119T{number:06d}Z__bench__a1b2c3d"
        path = f"reports/runs/{run_id}"
        (root / path).mkdir(parents=True)
        for name in FILES:
            (root / path / name).write_bytes(b"x" * BYTES)
        newest = max((root / path / name).stat().st_mtime_ns for name in ("", *FILES))
        entry = Entry(
            entry_id("bench", path), "bench", "runs", path, path, run_id, "pass", 0, "document",
            complete=True, live=False, size_bytes=BYTES * len(FILES), file_count=len(FILES), newest_ns=newest,
        )  # fmt: skip
        decisions.append(Decision(entry, keep=False, reasons=(Reason("not-kept", "no rule keeps it"),)))
    os.sync()
    return root, Plan(tuple(decisions), (), (), "0" * 64, 0)


def _apply_once(folder: Path, runs: int) -> float:
    root, plan = _made(folder, runs)
    start = perf_counter()
    applied = _apply.apply(_places.places(os.fspath(root)), _settings.DEFAULTS, plan, replan=lambda: plan)
    took = perf_counter() - start
    assert (len(applied.report.entries), applied.report.skipped) == (runs, ())
    return took


def _peer_once(folder: Path, runs: int, script: str) -> float:
    root, _ = _made(folder, runs)
    start = perf_counter()
    subprocess.run(["sh", "-c", script], cwd=root, check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - start


def _against(script: str, runs: int) -> Callable[[Path], Pair]:
    def prepare(folder: Path) -> Pair:
        return Pair(
            lambda times: sum(_apply_once(folder, runs) for _ in range(times)),
            lambda times: sum(_peer_once(folder, runs, script) for _ in range(times)),
        )

    return prepare


def rows(scale: Scale) -> tuple[Row, ...]:
    """The rows, for a fifth of a store of that size."""
    runs = max(1, scale.stored // 5)
    what = f"{runs} runs / {runs * len(FILES)} small files into the trash, checksums included"
    read = "find reports -type f -print0 | xargs -0 sha256sum"
    return (
        Row("apply-hash", what, "gc apply", "sha256sum of the files", at_most(3), 3, _against(read, runs)),
        Row("apply-remove", what, "gc apply", "rm -rf of the runs", at_most(0.3), 3, _against("rm -rf reports", runs)),
    )
