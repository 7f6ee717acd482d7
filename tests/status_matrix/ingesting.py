"""What the tests of the ingest share: reports, runners, registries of folders, and an ingest with a fixed clock."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from runpact_status_matrix import _ingest
from runpact_status_matrix._freshness import moment_of
from runpact_status_matrix._model import Fetched, Runner, Source

__all__ = [
    "NOW",
    "REGISTRY",
    "Answers",
    "entry",
    "fetched",
    "ingest",
    "publish",
    "report",
    "row",
    "runner",
    "write_registry",
]

NOW = "2026-03-01T12:00:00Z"
REGISTRY = "registry.json"


def report(runner_id: str = "rust", **changes: Any) -> dict[str, Any]:
    """A report that is fresh at `NOW` and passes."""
    return {
        "version": 1,
        "runner_id": runner_id,
        "implementation_repo": f"runner-{runner_id}",
        "release_version": "v1.4.0",
        "commit_sha": "a" * 40,
        "generated_at": "2026-03-01T00:00:00Z",
        "lane_class": "required",
        "overall_status": "pass",
        "fresh_until": "2026-03-04T00:00:00Z",
        "command_results": [{"command": "lint", "status": "pass", "exit_code": 0, "duration_ms": 5}],
        "artifact_refs": [],
        **changes,
    }


def fetched(data: dict[str, Any] | bytes, **changes: Any) -> Fetched:
    """A report as a source gives it."""
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    whole = Fetched(raw, hashlib.sha256(raw).hexdigest(), "https://example.org/report.json", None, None, "metadata")
    return whole._replace(**changes)


def runner(runner_id: str = "rust", lane: Any = "required", state: Any = "active", slo: int | None = 72) -> Runner:
    """A runner of a registry."""
    source = Source("folder", f"status/{runner_id}", "runner-status-report-v1.json")
    return Runner(runner_id, f"runner-{runner_id}", lane, state, source, slo)


def entry(runner_id: str, lane: str = "required", state: str = "active", **exchange: Any) -> dict[str, Any]:
    """A runner as a registry has it, with a folder of its own."""
    return {
        "runner_id": runner_id,
        "class": lane,
        "status": state,
        "entrypoints": {"implementation_repo": f"runner-{runner_id}"},
        "status_exchange": {"source_kind": "folder", "folder": "status/{runner}", **exchange},
    }


def write_registry(*entries: dict[str, Any], path: str = REGISTRY) -> str:
    """A registry in the current folder; its name."""
    Path(path).write_text(json.dumps({"version": 2, "runners": list(entries)}), encoding="utf-8")
    return path


def publish(runner_id: str, data: dict[str, Any] | bytes | None = None, **changes: Any) -> Path:
    """Put a report into its runner's folder."""
    path = Path("status", runner_id, "runner-status-report-v1.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = report(runner_id, **changes) if data is None else data
    path.write_bytes(whole if isinstance(whole, bytes) else json.dumps(whole).encode())
    return path


class Answers(dict[str, Any]):
    """What each source gives, or raises; counts nothing, waits for nobody."""

    def __call__(self, asked: Runner) -> Any:
        """The answer of one."""
        answer = self[asked.runner_id]
        if isinstance(answer, BaseException):
            raise answer
        return answer() if callable(answer) else answer


def ingest(now: str = NOW, fetch: Any = None, registry: str = REGISTRY, **words: Any) -> _ingest.Done:
    """An ingest at a moment."""
    return _ingest.ingest(_ingest.Asked(registry, **words), moment_of(now), fetch=fetch)


def row(done: _ingest.Done, runner_id: str = "rust") -> dict[str, Any]:
    """One row of what came of it."""
    found: dict[str, Any] = next(each for each in done.matrix["matrix_rows"] if each["runner_id"] == runner_id)
    return found
