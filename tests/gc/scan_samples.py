"""Projects for the tests of scans, made of plain files."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from tempfile import TemporaryFile
from types import SimpleNamespace
from typing import TYPE_CHECKING

from runpact_gc import _scan
from runpact_gc._places import places
from runpact_gc._settings import DEFAULTS, Settings

if TYPE_CHECKING:
    import pytest

    from runpact_gc._model import Entry, Inventory

__all__ = ["NOW", "by_path", "dash_run", "kinds", "later", "old", "put", "run", "run_id", "scanned"]

NOW = 1_768_903_312  # 2026-01-20T10:01:52Z


def run_id(number: int = 0, pipeline: str = "P2-Backfill") -> str:
    """An id of a run of 2026-01-19."""
    return f"20260119T{number // 3600:02d}{number // 60 % 60:02d}{number % 60:02d}Z__{pipeline}__a1b2c3d"


def put(path: str | Path, content: str | dict[str, object] = "x") -> Path:
    """A file with its folders."""
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return file


def run(name: str, status: str | None = "success", **more: object) -> Path:
    """A recorded run, finished unless the status is None."""
    folder = Path("reports/runs", name)
    put(folder / "run.log", f"RUN_ID={name}\n")
    if status is not None:
        put(folder / "run.json", {"run_id": name, "status": status, "started_utc": "2026-01-19T06:15:12Z", **more})
    return folder


def dash_run(product: str, name: str, own: dict[str, object] | None = None) -> Path:
    """A reported run, with its own `last_run.json` where there is something to say."""
    folder = Path("dash/runs", product, name)
    put(folder / "pytest_output.log", "1 passed\n")
    if own is not None:
        put(folder / "last_run.json", {"run_id": name, "started_at": "2026-01-19T06:15:12Z", **own})
    return folder


def old(path: str | Path, seconds: int = 10) -> None:
    """Make a tree old, so that a later change of it can be told from its making."""
    for at, _, names in os.walk(path, topdown=False):
        for name in names:
            os.utime(os.path.join(at, name), (NOW - seconds, NOW - seconds), follow_symlinks=False)  # noqa: PTH118 - bytes too
        os.utime(at, (NOW - seconds, NOW - seconds))


def later(monkeypatch: pytest.MonkeyPatch, seconds: int = 10) -> None:
    """Let scans begin later by the machine's clock: then what changed just now can be told from later changes."""
    monkeypatch.setattr(_scan, "time", SimpleNamespace(time_ns=lambda: time.time_ns() + seconds * 10**9))


def scanned(settings: Settings = DEFAULTS, *, now: float = NOW, force: bool = False, save: bool = True) -> Inventory:
    """A scan of the current folder; what changes afterwards has another time than what changed before."""
    found = _scan.scan(places(), settings, now=now, force=force, save=save)
    with TemporaryFile() as file:
        first = os.fstat(file.fileno()).st_ctime_ns
        while os.fstat(file.fileno()).st_ctime_ns == first:
            os.fchmod(file.fileno(), 0o600)
    return found


def by_path(found: Inventory) -> dict[str, Entry]:
    """Entries by their paths."""
    return {entry.path: entry for entry in found.entries}


def kinds(found: Inventory) -> list[tuple[str, str, bool]]:
    """Findings without their sentences."""
    return [(finding.kind, finding.path, finding.blocks) for finding in found.findings]
