"""A matrix with a row of each kind, and one whose every text is hostile; both hold to the contract."""

from __future__ import annotations

from typing import Any

__all__ = ["HOSTILE", "NOW", "hostile", "matrix"]

NOW = 1_769_169_600
"""2026-01-23T12:00:00Z."""

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'-alert(1)-'",
    "</style></script><script>alert(1)</script>",
    "<!--",
    "]]>",
    "{{ 7*7 }} {% raw %} ${7*7}",
    "&lt;b&gt; &amp; &#x3c;",
    "javascript:alert(1)",
    "\u202egnp.exe \u2066x\u2069 \u200f",
    "\x9b31m [31m",
    "line\u2028separator\u2029",
    "\u0645\u0631\u062d\u0628\u0627 hello",
    "e\u0301\U0001f600",
    "<a href=//evil.example>x</a>",
)

_SHA256 = "d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35"
_REQUIRED = {"lane_class": "required"}


def matrix() -> dict[str, Any]:
    """One runner that is well, one that blocks, one that is stale, one that is planned, one whose source is refused."""
    rows = [
        _row("go", "fail, fresh", "blocking_fail", "blocked", _REQUIRED | {"who_acts": "runner_owners"})
        | {"status_report": _report("v2.0.0", "2026-01-23T11:00:00Z", failed=["lint", "types"])}
        | {"why": "2 of 3 commands failed: lint, types", "stale_after": "2026-01-26T11:00:00Z"},
        _row("node", "unknown, missing", "non_blocking_warn", "warn", {"state": "planned", "who_acts": "nobody"})
        | {"why": "the runner is planned, so nothing is expected of it"},
        _row("php", "pass, stale", "non_blocking_fail", "governance_fail", {"failure": "stale-report"})
        | {"status_report": _report("v0.9.1", "2026-01-19T06:15:12Z"), "stale_after": "2026-01-22T06:15:12Z"}
        | {"since": "2026-01-22T06:15:12Z", "owner": "Web team", "who_acts": "runner_owners"}
        | {"why": "the report is 101 h old and may be 72 h old"},
        _row("rust", "pass, fresh", "non_blocking_warn", "ok", _REQUIRED | {"who_acts": "nobody"})
        | {"status_report": _report("v1.4.0", "2026-01-23T06:00:00Z"), "stale_after": "2026-01-26T06:00:00Z"},
        _row("zig", "pass, fresh", "non_blocking_warn", "warn", {"failure": "rollback", "keeps_older_report": True})
        | {"status_report": _report("v3.1.0", "2026-01-22T18:00:00Z"), "who_acts": "runner_owners"}
        | {"why": "v3.0.9 was given, and v3.1.0 was accepted before", "stale_after": "2026-01-25T18:00:00Z"},
    ]
    for row in rows:
        if row["runner_id"] != "node":
            row["status_source"] = _source(row["runner_id"])
    summary = {"ok": 1, "warn": 2, "governance_fail": 1, "blocked": 1}
    return {"version": 1, "updated_at": "2026-01-23T12:00:00Z", "matrix_rows": rows, "summary": summary}


def hostile(text: str) -> dict[str, Any]:
    """One row whose every text is this one."""
    report = _report(text, "2026-01-23T06:00:00Z", failed=[text])
    more = {"implementation_repo": text, "why": text, "owner": text, "who_acts": text, "status_report": report}
    more["status_source"] = _source("zig") | {"url": text, "release": text, "asset_name": text}
    row = _row("zig", "fail, fresh", "non_blocking_warn", "warn", more)
    return {"version": 1, "updated_at": "2026-01-23T12:00:00Z", "matrix_rows": [row]}


def _row(runner: str, stands: str, effect: str, verdict: str, more: dict[str, Any]) -> dict[str, Any]:
    status, freshness = stands.split(", ")
    return {
        "runner_id": runner,
        "implementation_repo": f"dc-runner-{runner}",
        "lane_class": "compatibility_non_blocking",
        "runner_status": status,
        "freshness_state": freshness,
        "policy_effect": effect,
        "state": "active",
        "verdict": verdict,
        **more,
    }


def _report(release: str, made: str, failed: list[str] | None = None) -> dict[str, Any]:
    counts = {"passed": 3 - len(failed or []), "failed": len(failed or []), "skipped": 0}
    return {
        "release_version": release,
        "commit_sha": "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678",
        "generated_at": made,
        "fresh_until": "2026-02-01T00:00:00Z",
        "overall_status": "fail" if failed else "pass",
        **counts,
        **({"failed_commands": failed} if failed else {}),
    }


def _source(runner: str) -> dict[str, Any]:
    url = f"https://api.github.com/repos/example/{runner}/releases/latest"
    digest = {} if runner == "zig" else {"digest_from": "metadata"}
    return {"kind": "release_asset", "url": url, "sha256": _SHA256, **digest}
