"""Recording: a whole run within this process, against writing its two documents the plain way into a new folder.

Ours adds the open run that a crash leaves visible, its lock, and the log. Every run has a pipeline id of its own, so
that none looks for a second that another has not taken.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path

from bench.measure import repeated
from bench.row import Pair, Row
from bench.writing import plain_write
from runpact_writer import RunWriter

__all__ = ["ROWS"]


def _record(runs_dir: str, number: int) -> str:
    """Record one run of usual content; its folder."""
    writer = RunWriter(f"Bench-{number}", "0.1.0", ["PATH"], runs_dir=runs_dir, announce=False)
    writer.start("local_cli", "bench", "bench")
    writer.add_input(type="oanda", ref="GBP_USD", range="2026-01-13 to 2026-01-17")
    writer.add_output(type="neon_table", ref="ovc.blocks", rows_written=60)
    writer.check("rows_inserted", "Rows inserted", "pass", ["run.json:$.outputs[0].rows_written"])
    writer.log("done")
    writer.finish("success")
    return writer.run_dir


def _prepare(folder: Path) -> Pair:
    runs_dir, numbers = str(folder / "runs"), itertools.count()
    first = Path(_record(runs_dir, next(numbers)))
    recorded = {name: json.loads((first / name).read_bytes()) for name in ("checks.json", "run.json")}
    assert recorded["run.json"]["status"] == "success"
    plain = folder / "plain"
    plain.mkdir()

    def peer() -> None:
        target = plain / str(next(numbers))
        target.mkdir()
        for name, document in recorded.items():
            plain_write(str(target / name), document)

    return Pair(repeated(lambda: _record(runs_dir, next(numbers))), repeated(peer))


ROWS = (
    Row(
        "record-plain",
        "a whole run, recorded within the process",
        "RunWriter, start to finish",
        "mkdir, twice json.dump + fsync",
        None,
        40,
        _prepare,
    ),
)
