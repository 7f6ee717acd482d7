"""A fleet that never was, for screenshots and measurements: the same files for the same numbers, on every machine."""

from __future__ import annotations

import json
import struct
import zlib
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["NOW", "make"]

NOW = 1_768_824_000
"""The clock of the fleet: 2026-01-19T12:00:00Z."""

_NAMES = ("spec-kit", "harvest", "ledger-sync", "night-batch", "report-mill", "schema-lint", "tile-server", "mail-gate")
_AREAS = ("parser", "export", "login", "search", "billing", "import")
_WAVES = ("none", "active", "merging", "idle", "blocked")


def make(root: Path, products: int = len(_NAMES), runs: int = 40, *, seed: int = 7) -> None:
    """Write the dash folder and some recorded runs of a fleet below ``root``, which must not have any."""
    random = Random(seed)  # noqa: S311 - nothing secret: the same figures each time
    entries, lines = [], []
    for number in range(products):
        name = _NAMES[number] if number < len(_NAMES) else f"service-{number:04d}"
        status = ("active", "active", "active", "development", "bootstrap")[number % 5]
        entries.append(
            {
                "product_id": name,
                "display_name": name.replace("-", " ").capitalize(),
                "owner": "platform",
                "status": status,
            }
        )
        if number == 6 and products == len(_NAMES):
            continue  # one is registered and never ran
        lines += _product(root, name, runs, random, broken=number % 4 == 1)
    _write(root / "dash/products.json", {"schema_version": "0.1", "products": entries})
    history = root / "dash/runs/report_history.jsonl"
    history.write_text("".join(json.dumps(line, sort_keys=True, separators=(",", ":")) + "\n" for line in lines))


def _product(root: Path, name: str, runs: int, random: Random, *, broken: bool) -> list[dict[str, Any]]:
    tests, pace, lines = random.randint(18, 60), random.randint(20_000, 90_000), []
    started = NOW - random.randint(600, 40_000) - runs * 27_000
    for index in range(runs):
        started += random.randint(24_000, 30_000) if index < runs - 1 else 3600
        failed = random.randint(1, 3) if random.random() < 0.1 or (broken and index == runs - 1) else 0
        took = round(pace * random.uniform(0.85, 1.25))
        lines.append(
            _run(root, name, started, took, tests, failed, random, full=index >= runs - 6, last=index == runs - 1)
        )
    return lines


def _run(  # noqa: PLR0913, PLR0917 - the figures of a run
    root: Path, name: str, started: int, took: int, tests: int, failed: int, random: Random, *, full: bool, last: bool
) -> dict[str, Any]:
    run_id = f"{datetime.fromtimestamp(started, UTC):%Y%m%dT%H%M%SZ}__{name}__a1b2c3d"
    counts = {"reported": tests, "passed": tests - failed, "failed": failed} | dict.fromkeys(
        ("skipped", "pending", "other"), 0
    )
    status = "failed" if failed else "success"
    times = {"started_at": _time(started), "ended_at": _time(started + took // 1000)}
    facts = {"product_id": name, "run_id": run_id, "status": status, **times, "duration_ms": took}
    facts["summary"] = f"{failed} of {tests} tests failed" if failed else f"All tests passed ({tests} tests)"
    folder = root / "dash/runs" / name / run_id
    folder.mkdir(parents=True)
    if full:
        _full(root, folder, facts, counts, random, last=last)
    return {"schema_version": "1.0", "run_rel": f"{name}/{run_id}", **facts, "tests": counts}


def _full(  # noqa: PLR0913 - as above
    root: Path, folder: Path, facts: dict[str, Any], counts: dict[str, int], random: Random, *, last: bool
) -> None:
    name, place = facts["product_id"], f"runs/{facts['product_id']}/{facts['run_id']}"
    spent = random.randint(8_000, 70_000)
    stopped = name == "night-batch"
    economy = {"budget_tokens": 60_000, "spent_tokens": spent, "budget_minutes": 90}
    economy |= {"spent_minutes": round(facts["duration_ms"] / 60_000, 2), "max_ci_heal_attempts": 2}
    report = {
        "schema_version": "0.2",
        **facts,
        "evidence": {"paths": [f"{place}/pytest_output.log", f"{place}/test-report.json"]},
        "banana_economy": economy | {"ci_heal_attempts_used": int(spent > 60_000)},
        "kill_switch": {"enabled": stopped, "reason": "writes to the wrong bucket" if stopped else ""},
        "pr_wave": {"state": random.choice(_WAVES), "open_prs": random.randint(0, 5), "last_update": facts["ended_at"]},
        "metrics": {"tests": {**counts, "collected": counts["reported"], "flaky": 0, "retried": 0}},
    }
    if name == "spec-kit":
        report["evidence"]["paths"].append(f"{place}/screenshot.png")
        (folder / "screenshot.png").write_bytes(_picture())
    _write(folder / "last_run.json", report)
    cases = [_case(index, index < counts["failed"], random) for index in range(counts["reported"])]
    summary = {
        "tests": counts["reported"],
        **{key: counts[key] for key in ("passed", "failed", "skipped", "pending", "other")},
    }
    results = {"tool": {"name": "pytest"}, "summary": {**summary, "start": 1, "stop": 2}, "tests": cases}
    _write(folder / "test-report.json", {"reportFormat": "CTRF", "specVersion": "0.0.0", "results": results})
    log = [f"tests/test_{case['suite'][0]}.py::{case['name']} {case['status'].upper()}" for case in cases]
    (folder / "pytest_output.log").write_text("\n".join(["collected " + str(len(cases)) + " items", "", *log, ""]))
    if counts["failed"]:
        said = {"kind": "assertion", "rule": "assertion-in-text", "message": cases[0]["message"], "removed": {}}
        _write(
            folder / "error.json", {"schema_version": "1.0", "fingerprint": "5f1d0c9ab27e4436", "exit_code": 1, **said}
        )
    if last:
        _write(folder.parent / "last_run.json", report)
        _recorded(root / "reports/runs" / facts["run_id"], facts, counts)


def _case(index: int, failed: bool, random: Random) -> dict[str, Any]:  # noqa: FBT001 - a figure of a test
    area = _AREAS[index % len(_AREAS)]
    case = {"name": f"test_{area}_{index:02d}", "suite": [area], "status": "failed" if failed else "passed"}
    more = {"message": f"AssertionError: expected 200 rows, found {random.randint(3, 190)}"} if failed else {}
    return {**case, "duration": random.randint(4, 900), **more}


def _recorded(folder: Path, facts: dict[str, Any], counts: dict[str, int]) -> None:
    folder.mkdir(parents=True)
    run_id, failed = facts["run_id"], counts["failed"]
    run = {
        "schema_version": "0.2",
        "run_id": run_id,
        "pipeline_id": facts["product_id"],
        "pipeline_version": "1.4.0",
        "started_utc": facts["started_at"],
        "finished_utc": facts["ended_at"],
        "duration_ms": facts["duration_ms"],
        "status": facts["status"],
        "trigger": {"type": "schedule", "source": "nightly", "actor": "scheduler"},
        "git": {"sha": "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678", "sha7": "a1b2c3d", "ref": "main"},
        "env": {"present": [], "missing": []},
        "command": ["python", "-m", "pytest", "tests"],
        "inputs": [{"type": "git", "ref": "main"}],
        "outputs": [{"type": "table", "ref": "build.rows", "rows_written": 60}],
    }
    _write(folder / "run.json", run)
    checks = [
        {"id": "tests", "name": "Tests pass", "status": "fail" if failed else "pass", "evidence": ["run.log:line:1"]},
        {"id": "rows", "name": "Rows written", "status": "pass", "evidence": ["run.json:$.outputs[0].rows_written"]},
    ]
    totals = {"pass": 2 - bool(failed), "fail": int(bool(failed)), "skip": 0}
    _write(folder / "checks.json", {"schema_version": "0.2", "run_id": run_id, "checks": checks, "summary": totals})
    (folder / "run.log").write_text(f"RUN_ID={run_id}\n")


def _time(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _write(path: Path, document: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n")


def _picture(width: int = 320, height: int = 120) -> bytes:
    """A picture of a page: a bar and lines of grey."""
    rows = bytearray()
    for y in range(height):
        shade = 60 if y < 22 else 205 if y % 16 < 6 and 34 < y < 106 else 246
        rows += b"\0" + bytes([246] * 14 + [shade] * (width - 14 - (y // 16) * 20) + [246] * ((y // 16) * 20))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(bytes(rows), 9)),
        (b"IEND", b""),
    )
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
