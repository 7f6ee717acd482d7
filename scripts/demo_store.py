"""A store of a few hundred runs for the demo: recorded by the real writer over two months, and families of JSONL.

The same names, times and bytes for the same clock; the recorder's clock is set, so that runs are spread over days.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING

from runpact_core.runs import Here
from runpact_writer import RunWriter
from runpact_writer._surroundings import Surroundings

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CONFIG", "make", "tree_digest"]

CONFIG = """\
layouts:
  runs: {keep: 10, keep_weekly: 4}
retention:
  bench: {keep: 10, pin: []}
  proofs: {keep: 10, pin: []}
  smoke90: {keep: 8, pin: []}
patterns:
  bench: ["**/bench/*.jsonl"]
  proofs: ["**/microstructure/proofs/*.jsonl"]
  smoke90: ["**/smoke90/*.jsonl"]
"""

_DAY_S = 86_400
_FOLDERS = {"bench": "bench", "proofs": "microstructure/proofs", "smoke90": "smoke90"}
_PAIRS = ("GBP_USD", "EUR_USD", "USD_JPY", "AUD_NZD")


def make(project: Path, now_s: int, *, recorded: int = 60, files: int = 60) -> int:
    """Fill a project that has no runs.

    Args:
        project: Its folder.
        now_s: The clock, seconds since 1970.
        recorded: How many runs each of two pipelines has.
        files: How many runs each of three families of JSONL has.

    Returns:
        The number of runs.
    """
    random = Random(7)  # noqa: S311 - nothing secret: the same figures each time
    (project / "config").mkdir(parents=True)
    (project / "config/artifacts.yaml").write_text(CONFIG, encoding="utf-8")
    for pipeline in ("P2-Backfill", "D-NotionSync"):
        for ago in range(recorded, 0, -1):
            _record(project / "reports/runs", pipeline, now_s - ago * _DAY_S, failed=random.random() < 0.1)
    for family, folder in _FOLDERS.items():
        (project / "artifacts" / folder).mkdir(parents=True)
        for ago in range(files, 0, -1):
            stamp = f"{datetime.fromtimestamp(now_s - ago * _DAY_S, UTC):%Y%m%d_%H%M%S}"
            word = "fail" if random.random() < 0.1 else "pass"
            path = project / "artifacts" / folder / f"{family}_run_{stamp}_{word}.jsonl"
            path.write_bytes(_jsonl(random, word))
            os.utime(path, (now_s - ago * _DAY_S,) * 2)
    return 2 * recorded + 3 * files


def tree_digest(project: Path) -> str:
    """A digest of every file of a project outside the trash and the caches: name, mode, modification time, content."""
    found = hashlib.sha256()
    for path in sorted(project.rglob("*")):
        relative = path.relative_to(project).as_posix()
        if path.is_file() and not relative.startswith("artifacts/."):
            about = path.stat()
            found.update(f"{relative}\0{about.st_mode}\0{about.st_mtime_ns}\0".encode() + path.read_bytes())
    return found.hexdigest()


def _record(runs_dir: Path, pipeline: str, when: float, *, failed: bool) -> None:
    around = Surroundings(
        lambda: when, iter(range(0, 10**12, 5_921_000_000)).__next__, {}, Here("build-7", "b00t"), io.StringIO()
    )
    writer = RunWriter(pipeline, "0.1.0", runs_dir=runs_dir, announce=False, around=around)
    writer.start("worker_cron", "nightly", "scheduler")
    writer.add_output(type="neon_table", ref="ovc.blocks", rows_written=60)
    writer.check("rows_inserted", "Rows inserted", "fail" if failed else "pass", ["run.json:$.outputs[0].rows_written"])
    writer.finish("failed" if failed else "success")


def _jsonl(random: Random, word: str) -> bytes:
    """Records as benchmarks write them: few values, often repeated, and some that are new each time."""
    lines = (
        {
            "venue": "primary",
            "pair": _PAIRS[number % len(_PAIRS)],
            "check": "spread within the limit that the venue publishes",
            "status": word,
            "depth_usd": round(random.uniform(80_000, 120_000), 2),
            "vadr": round(random.uniform(1.5, 2.5), 4),
        }
        for number in range(random.randint(350, 800))
    )
    return "".join(json.dumps(line, sort_keys=True) + "\n" for line in lines).encode()
