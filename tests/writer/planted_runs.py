"""Folders of runs written by hand: what readers of runs are tested on, whatever the recorder of the day writes.

Invariants: what `finished` makes holds in every respect, unless a test asks for something else; times are fixed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from runpact_core import documents, edge, runs
from runpact_core.runs import Here
from runpact_writer import cli
from tests.writer.support import NOON

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

__all__ = ["FAILED", "FINISHED", "HERE", "NOW", "call", "finished", "left_open", "look", "printed", "set_the_clock"]

FINISHED = "20260119T120000Z__P2-Backfill__0000000"
FAILED = "20260119T120001Z__P2-Backfill__0000000"
NOW = NOON + 3 * 3600 + 65
HERE = Here("build-7", "b00t")
_COMMON = {
    "pipeline_version": "0.1.0",
    "trigger": {"type": "local_cli", "source": "command line", "actor": "mia"},
    "git": {"sha": "0" * 40, "sha7": "0000000", "ref": ""},
    "env": {"present": [], "missing": []},
}


def finished(runs_dir: Path, run_id: str, *checks: tuple[str, str, list[str]], log: str = "", **fields: Any) -> Path:
    """A sealed run with checks of these ids, statuses and evidence."""
    folder = runs_dir / run_id
    folder.mkdir(parents=True)
    text = f"RUN_ID={run_id}\n{log}".encode()
    (folder / "run.log").write_bytes(text)
    listed = [
        {"id": name, "name": name.replace("_", " ").capitalize(), "status": status, "evidence": evidence}
        for name, status, evidence in checks
    ]
    summary = {status: [each[1] for each in checks].count(status) for status in ("pass", "fail", "skip")}
    facts = {"schema_version": "0.2", "run_id": run_id}
    documents.write(folder / "checks.json", {**facts, "checks": listed, "summary": summary})
    started = {"started_utc": _stamp(run_id), "finished_utc": "2026-01-19T14:00:00Z", "duration_ms": 5921}
    rest = {
        "status": "success",
        "inputs": [],
        "outputs": [],
        "log": {"lines": text.count(b"\n"), "size_bytes": len(text)},
    }
    data = {**facts, **_COMMON, "pipeline_id": run_id.split("__")[1], **started, **rest, **fields}
    (folder / "run.json").write_text(json.dumps(data))
    return folder


def left_open(runs_dir: Path, run_id: str, **fields: Any) -> Path:
    """A run whose recorder is gone."""
    folder = runs_dir / run_id
    folder.mkdir(parents=True)
    (folder / "run.log").write_text(f"RUN_ID={run_id}\n")
    host = {"name": HERE.name, "boot_id": HERE.boot_id, "system": "Linux", "machine": "x86_64", "pid": 4711}
    facts = {"schema_version": "1.0", "run_id": run_id, "pipeline_id": run_id.split("__")[1], "host": host}
    documents.write(folder / "open.json", {**facts, **_COMMON, "started_utc": _stamp(run_id), **fields})
    return folder


def look(folder: Path) -> runs.Run:
    """One run at the fixed time."""
    return runs.look(folder, now=NOW, asking=HERE)


def call(*words: str) -> int:
    """The command in this process."""
    return edge.run(cli.app, words, "runpact-writer")


def printed(capsys: pytest.CaptureFixture[str], contract: str) -> Any:
    """The one document on stdout, which is what its contract says a producer may write; nothing on stderr."""
    out, err = capsys.readouterr()
    assert err == ""
    assert documents.validate(contract, out.encode(), strict=True) == []
    return json.loads(out)


def set_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three hours after the first run, on the machine that recorded them."""
    monkeypatch.setattr("time.time", lambda: NOW)
    monkeypatch.setattr(runs, "here", lambda: HERE)


def _stamp(run_id: str) -> str:
    return f"{run_id[:4]}-{run_id[4:6]}-{run_id[6:11]}:{run_id[11:13]}:{run_id[13:16]}"
