"""What the tests of the dashboard share: a dash folder with everything in it, written as its producers write it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from runpact_reporter._dash import Project

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["NOW", "PNG", "fleet", "project", "report", "run_folder", "write"]

NOW = 1_768_824_000
"""2026-01-19T12:00:00Z."""

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6360000000020001e221bc33"
    "0000000049454e44ae426082"
)


def write(path: Path, document: object) -> None:
    """Put a JSON document under a path; its folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))


def project(root: Path, name: str = "here") -> Project:
    """The project in a folder."""
    return Project(name, str(root), str(root / "dash"))


def run_folder(root: Path, product: str, run_id: str) -> Path:
    """The folder of a reported run, made."""
    folder = root / "dash/runs" / product / run_id
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def report(product: str, run_id: str, **changes: Any) -> dict[str, Any]:
    """A valid report with figures that differ from one another."""
    economy = {"budget_tokens": 75000, "spent_tokens": 22000, "budget_minutes": 120, "spent_minutes": 8.75}
    return {
        "schema_version": "0.1",
        "product_id": product,
        "run_id": run_id,
        "started_at": "2026-01-19T06:00:00Z",
        "ended_at": "2026-01-19T06:08:45Z",
        "status": "success",
        "summary": "All tests passed (18 tests)",
        "evidence": {"paths": [f"runs/{product}/{run_id}/pytest_output.log"]},
        "banana_economy": {**economy, "max_ci_heal_attempts": 3, "ci_heal_attempts_used": 1},
        "kill_switch": {"enabled": True, "reason": "writes to the wrong table"},
        "pr_wave": {"state": "merging", "open_prs": 2, "last_update": "2026-01-19T10:00:00Z"},
        **changes,
    }


def fleet(root: Path) -> Project:
    """A project with one whole product, and one product for each state of error."""
    names = {"kit": "Spec Kit", "gone": "Gone", "bad": "Bad", "next": "Next"}
    entries = [
        {"product_id": key, "display_name": name, "owner": "nexus", "status": "active"} for key, name in names.items()
    ]
    write(root / "dash/products.json", {"schema_version": "0.1", "products": entries})
    run_id = "20260119T060000Z__kit__a1b2c3d"
    folder = run_folder(root, "kit", run_id)
    whole = report("kit", run_id)
    write(folder / "last_run.json", whole)
    write(folder.parent / "last_run.json", whole)
    (folder / "pytest_output.log").write_text("one\ntwo\n")
    (folder / "screenshot.png").write_bytes(PNG)
    (folder / "evidence").mkdir()
    (folder / "evidence/page.html").write_text("<script>alert(1)</script>")
    write(
        folder / "error.json",
        {
            "schema_version": "1.0",
            "kind": "assertion",
            "rule": "r",
            "message": "boom <b>",
            "fingerprint": "5f1d0c9ab27e4436",
            "removed": {},
        },
    )
    tests = [
        {"name": "test_a", "status": "passed", "duration": 3},
        {"name": "test_b", "status": "failed", "duration": 4, "message": "no\nway"},
    ]
    counts = {"tests": 2, "passed": 1, "failed": 1, "pending": 0, "skipped": 0, "other": 0, "start": 1, "stop": 2}
    results = {"tool": {"name": "pytest"}, "summary": counts, "tests": tests}
    write(folder / "test-report.json", {"reportFormat": "CTRF", "specVersion": "0.0.0", "results": results})
    lines = []
    for day in range(11, 19):
        old = f"202601{day}T060000Z__kit__a1b2c3d"
        counted = {"reported": 10, "passed": day - 9, "failed": 19 - day, "skipped": 0, "pending": 0, "other": 0}
        times = {"started_at": f"2026-01-{day}T06:00:00Z", "ended_at": f"2026-01-{day}T06:05:00Z"}
        status = "failed" if day % 2 else "success"
        lines.append(
            {
                "run_rel": f"kit/{old}",
                "status": status,
                "run_id": old,
                "product_id": "kit",
                "duration_ms": 300000,
                "summary": f"day {day}",
                "tests": counted,
                **times,
            }
        )
    (root / "dash/runs/report_history.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (root / "dash/runs/bad").mkdir()
    (root / "dash/runs/bad/last_run.json").write_text('{"schema_version": "0.1", "status": "success"}')
    write(root / "dash/runs/next/last_run.json", report("next", "n1", schema_version="7.0", summary="from the future"))
    (root / "dash/runs/stranger").mkdir()
    _recorded(root, run_id)
    return project(root)


def _recorded(root: Path, run_id: str) -> None:
    folder = root / "reports/runs" / run_id
    times = {"started_utc": "2026-01-19T06:00:00Z", "finished_utc": "2026-01-19T06:08:45Z", "duration_ms": 525000}
    run = {
        "schema_version": "0.2",
        "run_id": run_id,
        "pipeline_id": "kit",
        "pipeline_version": "1.2.3",
        "status": "success",
        "trigger": {"type": "local_cli", "source": "shell", "actor": "ana"},
        "git": {"sha": "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678", "sha7": "a1b2c3d", "ref": "main"},
        "env": {"present": [], "missing": []},
        "inputs": [{"type": "oanda", "ref": "GBP_USD", "range": "a week"}],
        "outputs": [{"type": "neon_table", "ref": "ovc.blocks", "rows_written": 60}],
        **times,
    }
    write(folder / "run.json", run)
    check = {
        "id": "rows",
        "name": "Rows inserted",
        "status": "pass",
        "evidence": ["run.json:$.outputs[0].rows_written", "run.log:line:9"],
    }
    summary = {"pass": 1, "fail": 0, "skip": 0}
    write(folder / "checks.json", {"schema_version": "0.2", "run_id": run_id, "checks": [check], "summary": summary})
    (folder / "run.log").write_text(f"RUN_ID={run_id}\n")
