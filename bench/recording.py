"""Recording: a whole run within this process, against writing its two documents and its log the plain way.

Ours adds the open run that a crash leaves visible, its lock, the gates and the renames. Every run has a pipeline id of
its own, so that none looks for a second that another has not taken. The content is one for all rows about recording.
"""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path
from typing import Any

from bench.measure import repeated, settled
from bench.row import Pair, Row
from bench.writing import plain_write
from runpact_writer import RunWriter

__all__ = ["CHECKS", "INPUT", "LOG", "METRICS", "OUTPUT", "ROWS", "record"]

INPUT: dict[str, Any] = {"type": "oanda", "ref": "GBP_USD", "range": "2026-01-13 to 2026-01-17"}
OUTPUT: dict[str, Any] = {"type": "neon_table", "ref": "ovc.blocks", "rows_written": 60}
CHECKS = {
    "rows_inserted": "run.json:$.outputs[0].rows_written",
    "range_covered": "run.json:$.inputs[0].range",
    "log_written": "run.log:line:1",
}
"""Ids with the evidence of each; all pass."""
METRICS = {"rows": 60.0, "rows_per_s": 118.5, "retries": 0.0, "lag_s": 2.25, "late_rows": 3.0}
LOG = tuple(f"block {number:02} of GBP_USD: 6 rows inserted, 0 updated" for number in range(10))


def record(runs_dir: str, number: int) -> str:
    """Record one run of usual content; its folder."""
    writer = RunWriter(f"Bench-{number}", "0.1.0", ["PATH"], runs_dir=runs_dir, announce=False)
    writer.start("local_cli", "bench", "bench")
    writer.add_input(**INPUT)
    for line in LOG:
        writer.log(line)
    writer.add_output(**OUTPUT)
    for name, value in METRICS.items():
        writer.metric(name, value)
    for name, evidence in CHECKS.items():
        writer.check(name, name, "pass", [evidence])
    writer.finish("success")
    return writer.run_dir


def _plain_log(path: str, data: bytes) -> None:
    with open(path, "wb") as file:  # noqa: PTH123 - as the peer would, without the cost of a Path
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _prepare(folder: Path) -> Pair:
    runs_dir, numbers = str(folder / "runs"), itertools.count()
    first = Path(record(runs_dir, next(numbers)))
    recorded = {name: json.loads((first / name).read_bytes()) for name in ("checks.json", "run.json")}
    assert recorded["run.json"]["status"] == "success"
    assert recorded["run.json"]["metrics"] == METRICS
    assert {check["id"] for check in recorded["checks.json"]["checks"]} == {"required_env_present", *CHECKS}
    log = (first / "run.log").read_bytes()
    plain = folder / "plain"
    plain.mkdir()

    def peer() -> None:
        target = plain / str(next(numbers))
        target.mkdir()
        _plain_log(str(target / "run.log"), log)
        for name, document in recorded.items():
            plain_write(str(target / name), document)

    return Pair(settled(repeated(lambda: record(runs_dir, next(numbers)))), settled(repeated(peer)))


ROWS = (
    Row(
        "record-plain",
        "a whole run, recorded within the process",
        "RunWriter, start to finish",
        "mkdir, run.log and twice json.dump, each fsync",
        None,
        40,
        _prepare,
    ),
)
