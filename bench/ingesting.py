"""Ingesting the status of many runners, from a release API and from folders.

The API is another process that takes 50 ms for each answer. It has two peers: the clock, which says what the waiting
alone takes at the concurrency of the ingest, and the same ingest that asks one source after another. The folders have
one: a loop that reads the same files. Each ingest starts without a cache, writes all that it writes, and must accept
every report.
"""

from __future__ import annotations

import hashlib
import json
import math
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp
from time import perf_counter
from typing import TYPE_CHECKING

from bench.releasing import ASSET, report
from bench.row import Pair, Row, at_least, at_most
from runpact_status_matrix import _ingest
from runpact_status_matrix._policy import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.row import Scale

__all__ = ["rows"]

LATENCY_S = 0.05
ANSWERS = 2  # of each source: the release's metadata, the report
NOW = 1768809600 * 10**9  # nanoseconds; within the hours in which the reports are fresh
_PART = 10  # one after another is measured with a part of the runners


class _Api:
    """The release API, until it is forgotten."""

    def __init__(self, count: int) -> None:
        words = [sys.executable, "-m", "bench.releasing", str(count), str(LATENCY_S)]
        root = Path(__file__).parents[1]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def __del__(self) -> None:
        """End it, and wait until it is gone."""
        self._process.communicate()


def _registry(folder: Path, count: int, exchange: Callable[[int], dict[str, str]]) -> Path:
    """A registry of so many runners that publish as that says."""
    runners = [
        {
            "runner_id": f"runner-{number}",
            "class": "required",
            "status": "active",
            "entrypoints": {"implementation_repo": f"runner-{number}"},
            "status_exchange": exchange(number),
        }
        for number in range(count)
    ]
    path = folder / "registry.yaml"
    path.write_text(json.dumps({"version": 1, "runners": runners}))
    return path


def _served(api: _Api) -> Callable[[int], dict[str, str]]:
    base = f"http://127.0.0.1:{api.port}"
    return lambda number: {"source_kind": "release_asset", "release_api_url": f"{base}/{number}/latest"}


def _ingested(registry: Path, count: int, jobs: int) -> float:
    """Seconds of one ingest into a new folder."""
    asked = _ingest.Asked(
        registry=str(registry),
        project=str(registry.parent),
        out=mkdtemp(dir=registry.parent, prefix="out-"),
        jobs=jobs,
        settings=Settings(allow_private=True),
    )
    start = perf_counter()
    done = _ingest.ingest(asked, NOW)
    took = perf_counter() - start
    assert done.log["summary"]["accepted"] == count, done.log["entries"][0]
    return took


def ideal_s(count: int, jobs: int) -> float:
    """Seconds that the waiting alone takes, where each of so many sources is asked by one of so many jobs."""
    return math.ceil(count / jobs) * ANSWERS * LATENCY_S


def _against_the_clock(count: int) -> Callable[[Path], Pair]:
    def prepare(folder: Path) -> Pair:
        api = _Api(count)
        ideal = ideal_s(count, _ingest.JOBS)
        return Pair(_with_jobs(_ingest.JOBS, api, folder, count), lambda times: ideal * times)

    return prepare


def _against_one_by_one(count: int) -> Callable[[Path], Pair]:
    def prepare(folder: Path) -> Pair:
        api = _Api(count)
        return Pair(_with_jobs(_ingest.JOBS, api, folder, count), _with_jobs(1, api, folder, count))

    return prepare


def _with_jobs(jobs: int, api: _Api, folder: Path, count: int) -> Callable[[int], float]:
    registry = _registry(folder, count, _served(api))

    def ours(times: int) -> float:
        assert api.port  # it is there as long as it is asked
        return sum(_ingested(registry, count, jobs) for _ in range(times))

    return ours


def _from_folders(count: int) -> Callable[[Path], Pair]:
    def prepare(folder: Path) -> Pair:
        for number in range(count):
            (folder / "status" / str(number)).mkdir(parents=True)
            (folder / "status" / str(number) / ASSET).write_text(json.dumps(report(number)))
        registry = _registry(folder, count, lambda number: {"source_kind": "folder", "folder": f"status/{number}"})
        paths = [folder / "status" / str(number) / ASSET for number in range(count)]
        return Pair(
            lambda times: sum(_ingested(registry, count, _ingest.JOBS) for _ in range(times)),
            lambda times: sum(_read(paths) for _ in range(times)),
        )

    return prepare


def _read(paths: list[Path]) -> float:
    """Seconds of reading all reports, with their digests, and of nothing else."""
    start = perf_counter()
    for path in paths:
        data = path.read_bytes()
        hashlib.sha256(data).hexdigest()
        json.loads(data)
    return perf_counter() - start


def rows(scale: Scale) -> tuple[Row, ...]:
    """The rows, for so many runners."""
    part = max(1, scale.runners // _PART)
    what = f"runners at {LATENCY_S * 1000:g} ms an answer"
    return (
        Row(
            "ingest-wait",
            f"status of {scale.runners:,} {what}",
            f"matrix ingest, {_ingest.JOBS} at once",
            "the waiting alone",
            at_most(2),
            3,
            _against_the_clock(scale.runners),
        ),
        Row(
            "ingest-serial",
            f"status of {part:,} {what}",
            f"matrix ingest, {_ingest.JOBS} at once",
            "the same, one after another",
            at_least(5) if part >= _ingest.JOBS else None,
            3,
            _against_one_by_one(part),
        ),
        Row(
            "ingest-folder",
            f"status of {scale.runs:,} runners from folders",
            f"matrix ingest, {_ingest.JOBS} at once",
            "Python, read and json.loads",
            None,
            3,
            _from_folders(scale.runs),
        ),
    )
