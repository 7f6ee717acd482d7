"""What the tests of the reporter share: its command, in this process and in one of its own, and a report to read.

Invariants: no test depends on where it runs: CI's own variables are taken out of every environment that is handed on.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runpact_core import documents, edge
from runpact_reporter.cli import app

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PYTEST", "call", "environment", "last_run", "newest", "outside", "product_dir", "registered"]

_OURS = ("runpact_core", "runpact_writer", "runpact_reporter")
_IS_INSTALLED = any(point.name == "runpact" for point in entry_points(group="pytest11"))
PYTEST = (
    *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
    *(() if _IS_INSTALLED else ("-p", "runpact_reporter.pytest_plugin")),
)
"""The words of a pytest that has our plugin."""

_SOURCES = [str(Path(str(import_module(name).__file__)).parents[1]) for name in _OURS]


def call(*words: str) -> int:
    """`runpact-reporter WORDS` in this process; the exit code."""
    return edge.run(app, words, "runpact-reporter")


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """An environment for a process of its own: ours, without CI and without pytest's words, with our sources."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("GITHUB_", "RUNPACT_", "PYTEST_"))}
    return {**kept, "PYTHONPATH": os.pathsep.join(_SOURCES), **(more or {})}


def outside(*words: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """`runpact-reporter WORDS` in a process of its own."""
    command = [sys.executable, "-m", "runpact_reporter", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment(env), timeout=120)


def last_run(product_id: str = "spec-kit", **changes: Any) -> dict[str, Any]:
    """A valid report of a run, version 0.1."""
    budget = ("budget_tokens", "spent_tokens", "budget_minutes", "spent_minutes", "max_ci_heal_attempts")
    return {
        "schema_version": "0.1",
        "product_id": product_id,
        "run_id": f"20260119T120000Z__{product_id}__0000000",
        "started_at": "2026-01-19T12:00:00Z",
        "ended_at": "2026-01-19T12:00:05Z",
        "status": "success",
        "summary": "42 passed",
        "evidence": {"paths": []},
        "banana_economy": {**dict.fromkeys(budget, 0), "ci_heal_attempts_used": 0},
        "kill_switch": {"enabled": False, "reason": ""},
        "pr_wave": {"state": "none", "open_prs": 0, "last_update": "2026-01-19T12:00:05Z"},
        **changes,
    }


def registered(project: Path, product_id: str = "spec-kit", **changes: Any) -> None:
    """Make a register with one product."""
    entry = {"product_id": product_id, "display_name": product_id, "owner": "mia", "status": "active", **changes}
    (project / "dash").mkdir(exist_ok=True)
    text = json.dumps({"schema_version": "0.1", "products": [entry]})
    (project / "dash" / "products.json").write_text(text, encoding="utf-8")


def product_dir(project: Path, product_id: str = "spec-kit") -> Path:
    """The folder of a product's reports."""
    return project / "dash" / "runs" / product_id


def newest(project: Path) -> dict[str, Any]:
    """The newest report, strictly valid."""
    path = product_dir(project) / "last_run.json"
    assert documents.validate("last_run", path, strict=True) == []
    data: dict[str, Any] = json.loads(path.read_bytes())
    return data
