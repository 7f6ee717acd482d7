"""What ``--json`` prints: documents of the contracts `run_list`, `run_view`, `run_diff` and `run_findings`.

Pure. A value that a run's document states is handed on only where its contract vouches for it; the rest is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runpact_core import runs
from runpact_writer import _select

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runpact_core.documents import Document
    from runpact_writer._diff import Change
    from runpact_writer._verify import Finding

_VERSION = {"schema_version": "1.0"}


def run_list(found: Iterable[runs.Run], omitted: int, now: float) -> dict[str, Any]:
    """The document of ``runs list``."""
    listed = [
        {
            **_named(run),
            **_stated(run, "pipeline_version", "product", "started_utc", "duration_ms"),
            **_told(run, now),
            **_present(pipeline_id=_select.pipeline(run)),
        }
        for run in found
    ]
    return {**_VERSION, "runs": listed, "omitted": omitted}


def run_view(run: runs.Run, checks: Document | None, now: float) -> dict[str, Any]:
    """The document of ``runs show``."""
    view = {**_VERSION, **_named(run), **_told(run, now)}
    if run.document is not None:
        view[run.document.contract] = run.document.data
    if checks is not None:
        view["checks"] = checks.data
    return view


def run_diff(before: runs.Run, after: runs.Run, changes: Iterable[Change]) -> dict[str, Any]:
    """The document of ``runs diff``."""
    before_after = [{**_named(run), **_stated(run, "started_utc", "duration_ms")} for run in (before, after)]
    listed = [
        {"kind": change.kind, **{key: value for key, value in change._asdict().items() if value is not None}}
        for change in changes
    ]
    return {**_VERSION, "before": before_after[0], "after": before_after[1], "changes": listed}


def run_findings(verified: Sequence[tuple[runs.Run, Sequence[Finding]]]) -> dict[str, Any]:
    """The document of ``runs verify``."""
    listed = []
    for run, findings in verified:
        named = _named(run)
        named.pop("status", None)
        listed.append({**named, "findings": [finding._asdict() for finding in findings]})
    return {**_VERSION, "runs": listed, "wrong": sum(bool(findings) for _, findings in verified)}


def age(run: runs.Run, now: float) -> int | None:
    """Seconds since the start of a run, where that is known."""
    started = runs.started_s(run)
    return None if started is None else int(now) - started


def note(run: runs.Run) -> str | None:
    """What people are to be told about a run beyond its state and status, or None."""
    told = [run.message] if run.message else []
    if (stated := _select.stated_id(run)) != run.run_id:
        told.append(f"its run_id is {stated}")
    data = run.document.data if run.document and run.document.read_as else {}
    if data.get("exit", {}).get("timed_out"):
        told.append("timed out")
    if "interruption" in data:
        told.append(f"was interrupted ({data['interruption']['reason']})")
    return "; ".join(told) or None


def _named(run: runs.Run) -> dict[str, Any]:
    facts = {"run_id": _said(run.run_id), "folder": _said(run.path), "state": run.state}
    return facts | ({"status": run.status} if run.status in {"success", "failed", "partial"} else {})


def _said(path: str) -> str:
    """A path as text; bytes that are no UTF-8 escaped."""
    return path.encode("utf-8", "backslashreplace").decode()


def _stated(run: runs.Run, *keys: str) -> dict[str, Any]:
    data = run.document.data if run.document and run.document.read_as else {}
    return {key: data[key] for key in keys if key in data}


def _told(run: runs.Run, now: float) -> dict[str, Any]:
    return _present(age_s=age(run, now), note=note(run))


def _present(**facts: object) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}
