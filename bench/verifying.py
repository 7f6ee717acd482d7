"""Digests of large files against hashlib on all cores, and an undo of many runs against sha256sum of the same files."""

from __future__ import annotations

import hashlib
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import mkdtemp
from time import perf_counter
from typing import TYPE_CHECKING

from bench.measure import repeated
from bench.row import Pair, Row, Unavailable, at_least
from bench.storing import FILES, made
from runpact_gc import _apply, _places, _plan, _restore, _scan, _verify
from runpact_gc._settings import DEFAULTS, Rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.row import Scale
    from runpact_gc._model import Plan

__all__ = ["rows"]

_LARGE = 16  # files
_TAKES = DEFAULTS._replace(
    patterns={"large": ("artifacts/*.bin",)}, extract_fields=(*DEFAULTS.extract_fields, "checksum_sha256")
)
_KEEP = DEFAULTS._replace(layouts={"runs": Rule(keep=1)})
_SHORT = 5  # an undo of so many times fewer runs than the store of scans has
_FEWEST = 200  # the last of each pipeline stays


def _verified(megabytes: int) -> Callable[[Path], Pair]:
    def prepare(folder: Path) -> Pair:
        (folder / "artifacts").mkdir()
        paths = [folder / "artifacts" / f"{number}.bin" for number in range(_LARGE)]
        for path in paths:
            path.write_bytes(os.urandom(megabytes * (1 << 20) // _LARGE))
        where = _places.places(str(folder))
        _scan.scan(where, _TAKES, now=time.time(), force=True)

        def ours() -> None:
            found = _verify.verify(where, _TAKES, now=time.time())
            assert (found.wrong, found.counts.digests) == (0, _LARGE)

        return Pair(repeated(ours), repeated(lambda: _hashed(paths)))

    return prepare


def _hashed(paths: list[Path]) -> None:
    """All of them by hashlib, as many at a time as there are cores."""

    def one(path: Path) -> str:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        assert len(set(pool.map(one, paths))) == len(paths)


def _undone(runs: int) -> Callable[[Path], Pair]:
    def prepare(folder: Path) -> Pair:
        project = made(Path(mkdtemp(dir=folder)), runs)
        where = _places.places(str(project))
        names = sorted(str(path) for path in project.rglob("*") if path.is_file())
        assert len(names) == runs * FILES

        def plan() -> Plan:
            now = time.time()
            return _plan.plan(_scan.scan(where, _KEEP, now=now), _KEEP, (), (), int(now))

        def ours(times: int) -> float:
            taken = 0.0
            for _ in range(times):
                report = _apply.apply(where, _KEEP, plan(), replan=plan).report
                start = perf_counter()
                back = _restore.undo(where, _KEEP, report.gc_id, clock=time.time).report
                taken += perf_counter() - start
                assert back is not None
                assert (len(back.entries), back.skipped) == (len(report.entries), ())
            return taken

        return Pair(ours, repeated(lambda: _summed(names)))

    return prepare


def _summed(names: list[str]) -> None:
    try:
        subprocess.run(
            ["xargs", "-0", "sha256sum"], input="\0".join(names).encode(), check=True, stdout=subprocess.DEVNULL
        )
    except OSError as error:
        raise Unavailable("there is no sha256sum") from error


def rows(scale: Scale) -> tuple[Row, ...]:
    """The rows, of this size."""
    runs = max(scale.stored // _SHORT, _FEWEST)
    return (
        Row(
            "verify-large",
            f"digests of {_LARGE} files, {scale.log_mb:,} MiB",
            "artifacts verify",
            "hashlib on all cores",
            at_least(0.9),
            5,
            _verified(scale.log_mb),
        ),
        Row(
            "undo-runs",
            f"undo of {runs:,} runs, {runs * FILES:,} files",
            "artifacts undo",
            "sha256sum of the same files",
            None,
            3,
            _undone(runs),
        ),
    )
