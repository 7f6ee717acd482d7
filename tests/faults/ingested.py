"""An ingest as a command for kills and refusals, and what must hold of its folder after any.

Run as ``ingested.py FOLDER``: ingests the registry in FOLDER at `NEW`, where `prepare` has left the outcome of one at
`OLD`, and a newer report. It warms up in another folder first, so that what is swept is the ingest and not imports.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from runpact_core import documents, files
from runpact_core.errors import RunpactError
from runpact_status_matrix import _ingest, _source, _state
from runpact_status_matrix._freshness import moment_of
from runpact_status_matrix._model import Runner, Source
from runpact_status_matrix._policy import Settings

__all__ = ["FILES", "NEW", "OLD", "command", "complaints", "ended", "prepare", "read", "run"]

OLD, NEW = "2026-03-01T12:00:00Z", "2026-03-01T13:00:00Z"
REPORT = "runner-status-report-v1.json"
FILES = (_ingest.MATRIX, _ingest.MARKDOWN, _ingest.LOG, _state.MEMORY)
"""What an ingest writes, in its order."""

_LATER = {OLD: 0, NEW: 1}


def command(root: Path) -> list[str]:
    """The ingest in a process of its own."""
    return [sys.executable, __file__, str(root)]


def prepare(root: Path) -> None:
    """A registry of one runner, what an ingest of its first report left, and its second report."""
    runner = {
        "runner_id": "rust",
        "class": "required",
        "status": "active",
        "entrypoints": {"implementation_repo": "runner-rust"},
        "status_exchange": {"source_kind": "folder", "folder": "status"},
    }
    (root / "registry.json").write_text(json.dumps({"version": 2, "runners": [runner]}), encoding="utf-8")
    (root / "status").mkdir()
    _publish(root, "v1.0", OLD)
    run(root, OLD)
    _publish(root, "v1.1", NEW)


def run(root: Path, now: str = NEW) -> _ingest.Done:
    """The ingest."""
    asked = _ingest.Asked(str(root / "registry.json"), project=str(root), jobs=1)
    source = Source("folder", "status", REPORT)
    answer = _source.fetch(Runner("rust", "", "required", "active", source, None), Settings(root=str(root)))
    return _ingest.ingest(asked, moment_of(now), fetch=lambda _: answer)  # read here: calls are counted by thread


def complaints(root: Path, _printed: bytes = b"") -> list[str]:
    """What does not hold: each file is the old one or the new one, whole, and none is newer than the one before it."""
    moments, found = read(root)
    order = [moments.get(name, "torn") for name in FILES]
    if any(moment not in _LATER for moment in order):
        found.append(f"torn: {order}")
    elif sorted(order, key=_LATER.__getitem__, reverse=True) != order:
        found.append(f"written in another order: {order}")
    return found


def read(root: Path) -> tuple[dict[str, str], list[str]]:
    """The moment that each file is of, and what is wrong with any."""
    out, found, moments = root / _ingest.OUT, [], {}
    for contract, name, field in (
        ("runner_status_matrix", _ingest.MATRIX, "updated_at"),
        ("runner_status_ingest_log", _ingest.LOG, "now"),
    ):
        try:
            moments[name] = documents.read(contract, out / name).data[field]
        except RunpactError as error:
            found.append(f"{name}: {error}")
    page = (out / _ingest.MARKDOWN).read_bytes()
    moments[_ingest.MARKDOWN] = next((moment for moment in _LATER if moment.encode() in page[:100]), "torn")
    memory, warnings = _state.load(out / _ingest.CACHE / _state.MEMORY)
    known = memory.accepted.get("rust")
    moments[_state.MEMORY] = "torn" if known is None else known.generated_at
    return moments, [*found, *warnings]


def ended(root: Path, printed: bytes = b"") -> list[str]:
    """What does not hold after an ingest that ran to its end: everything is new."""
    done = documents.read("runner_status_matrix", root / _ingest.OUT / _ingest.MATRIX).data
    row = done["matrix_rows"][0]
    found = complaints(root, printed)
    if (done["updated_at"], row["verdict"], row["status_report"]["release_version"]) != (NEW, "ok", "v1.1"):
        found.append(f"not the new matrix: {done}")
    memory = _state.load(root / _ingest.OUT / _ingest.CACHE / _state.MEMORY)[0]
    return found if memory.accepted["rust"].release_version == "v1.1" else [*found, "the memory is old"]


def _publish(root: Path, release: str, made: str) -> None:
    report = {
        "version": 1,
        "runner_id": "rust",
        "implementation_repo": "runner-rust",
        "release_version": release,
        "commit_sha": "a" * 40,
        "generated_at": made,
        "lane_class": "required",
        "overall_status": "pass",
        "fresh_until": "2026-03-04T00:00:00Z",
        "command_results": [{"command": "lint", "status": "pass", "exit_code": 0, "duration_ms": 5}],
        "artifact_refs": [],
    }
    files.replace(root / "status" / REPORT, json.dumps(report).encode())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as warm:
        prepare(Path(warm))
        run(Path(warm))
    sys.exit(run(Path(sys.argv[1])).exit_code)
