"""Reporting: reading a history, against nothing but parsing its lines; capturing a log, against nothing but hashing it.

The history has records of usual content, in the canonical lines that Runpact writes. The log is 1 GB of lines of
usual length; memory is measured once, in a process of its own, and held to a bound before anything is timed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from hashlib import file_digest
from typing import TYPE_CHECKING

import orjson

from bench.measure import repeated
from bench.row import Pair, Row, Unavailable, at_least, at_most
from runpact_core import jsonl
from runpact_reporter import capture_text_artifact, iter_report_history, write_report_history_jsonl

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ROWS"]

RECORDS = 20_000
LOG_BYTES = 1_000_000_000
MOST_RSS_KB = 64 * 1024
_LINE = b"2026-01-19T06:15:12Z step 17 of 42: 60 rows written to ours.blocks, 0 rows were late\n"
_CAPTURE = """
import sys
from pathlib import Path
from runpact_reporter import capture_text_artifact
assert capture_text_artifact(sys.argv[1]).artifact.sha256
print(*[line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")])
"""


def _record(number: int) -> dict[str, object]:
    minute, second = divmod(number % 3600, 60)
    run_id = f"20260119T06{minute:02}{second:02}Z__spec-kit__a1b2c3d"
    return {
        "schema_version": "1.0",
        "run_rel": f"spec-kit/{run_id}",
        "status": "success",
        "product_id": "spec-kit",
        "run_id": run_id,
        "started_at": f"2026-01-19T06:{minute:02}:{second:02}Z",
        "ended_at": f"2026-01-19T07:{minute:02}:{second:02}Z",
        "duration_ms": 3_600_000,
        "summary": "All tests passed (42 tests)",
        "tests": {"reported": 42, "passed": 42, "failed": 0, "skipped": 0, "pending": 0, "other": 0},
    }


def _history(folder: Path, *, validate: bool) -> Pair:
    path = folder / "report_history.jsonl"
    records = [_record(number) for number in range(RECORDS)]
    assert write_report_history_jsonl(path, records[:2]) == 2
    path.write_bytes(b"".join(map(jsonl.dumps, records)))
    assert list(iter_report_history(path)) == records

    def ours() -> None:
        for _ in iter_report_history(path, validate=validate):
            pass

    def peer() -> None:
        with path.open("rb") as file:
            for line in file:
                orjson.loads(line)

    return Pair(repeated(ours), repeated(peer))


def _capture(folder: Path) -> Pair:
    if shutil.disk_usage(folder).free < 2 * LOG_BYTES:
        raise Unavailable("there is no room for a log of 1 GB")
    path = folder / "run.log"
    with path.open("wb") as file:
        piece = _LINE * (10_000_000 // len(_LINE))
        while file.tell() < LOG_BYTES:
            file.write(piece)
    if sys.platform == "linux":
        used = subprocess.run([sys.executable, "-c", _CAPTURE, path], check=True, capture_output=True, text=True).stdout
        assert int(used) <= MOST_RSS_KB, f"capturing took {used.strip()} KB of memory"

    def peer() -> str:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()

    assert capture_text_artifact(path).artifact.sha256 == peer()
    return Pair(repeated(lambda: capture_text_artifact(path)), repeated(peer))


ROWS = (
    Row(
        "history-validated",
        "iterate over a history, each record validated",
        "iter_report_history",
        "bare orjson.loads loop",
        at_least(0.3),
        20,
        lambda folder: _history(folder, validate=True),
    ),
    Row(
        "history-plain",
        "iterate over a history, any JSON object a record",
        "iter_report_history(validate=False)",
        "bare orjson.loads loop",
        at_least(0.6),
        20,
        lambda folder: _history(folder, validate=False),
    ),
    Row(
        "capture-log",
        "capture a log of 1 GB in at most 64 MB of memory",
        "capture_text_artifact",
        "hashlib.file_digest, sha256",
        at_most(1.6),
        5,
        _capture,
    ),
)
