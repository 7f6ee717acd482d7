"""The documents that rows read and write: made by code from the contract's own examples, the same bytes every time.

The small one is an example as it stands. The large one is what a pipeline of some size leaves: a run with as many
inputs, outputs, metrics, warnings, words of the command and metadata as make it ten times the size, with some 29 bytes
per value, as documents of the field have; some of its metrics are whole numbers written as floats.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from runpact_core import documents

__all__ = ["LARGE_BYTES", "ROOT", "large_run", "small_run"]

ROOT = Path(__file__).resolve().parent.parent
LARGE_BYTES = 8000
_EXAMPLES = ROOT / "contracts" / "examples" / "run" / "0.2" / "valid"
_PARTITIONS = 12


def small_run() -> dict[str, Any]:
    """A run of 0.8 KB: the example with an input, an output, and no more than most pipelines record."""
    return _example("full.json")


def large_run() -> dict[str, Any]:
    """A run of 8 KB, every field of the contract in use; as many partitions as fill it."""
    partitions = _PARTITIONS
    while len(documents.dumps(run := _with_partitions(partitions))) < LARGE_BYTES:
        partitions += 1
    return run


def _with_partitions(count: int) -> dict[str, Any]:
    run = _example("everything.json")
    days = [f"2026-01-{day + 1:02}" for day in range(count)]
    run["command"] = ["bash", "scripts/backfill.sh", "--token", "***", *(f"--partition=GBP_USD/{day}" for day in days)]
    run["inputs"] = [
        {"type": "oanda", "ref": f"candles/GBP_USD/M1/{day}.parquet", "range": f"{day}T00:00:00Z to {day}T23:59:59Z"}
        for day in days
    ]
    run["outputs"] = [
        {
            "type": "neon_table",
            "ref": f"ovc.blocks_{day.replace('-', '_')}",
            "rows_written": 60 * number,
            "rows_updated": 2,
        }
        for number, day in enumerate(days)
    ]
    run["metrics"] = {f"partition_{number:02}.rows_per_s": 10.5 + number / 8 for number in range(count)} | {
        "retries": 0
    }
    run["metadata"] = {
        "region": "eu",
        "shards": list(range(count // 2)),
        "plan": {day: {"enabled": True, "reason": "gap in the nightly scan"} for day in days[::2]},
    }
    run["warnings"] = [f"partition {day}: 2 rows were late" for day in days[::2]]
    run["env"]["present"] = ["NEON_DSN", "OANDA_TOKEN", "PIPELINE_REGION"]
    return run


def _example(name: str) -> dict[str, Any]:
    run: dict[str, Any] = json.loads((_EXAMPLES / name).read_bytes())
    return run
