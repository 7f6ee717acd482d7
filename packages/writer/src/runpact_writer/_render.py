"""Runs as text for people: a table, a card. Pure; whatever was recorded is made safe for a terminal."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from runpact_core.redact import for_terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runpact_core.runs import Run

_MINUTE = 60
_HOUR = 3600
_DAY = 86400


def table(found: Sequence[Run]) -> str:
    """One line for each run: id, state or status, duration, what to know."""
    rows = [["RUN", "STATE", "DURATION", "NOTE"]]
    for run in found:
        cells = (run.run_id, run.status or run.state, _duration(run), run.message or "")
        rows.append([for_terminal(cell) for cell in cells])
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = (
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]) for row in rows
    )
    return "".join(f"{line.rstrip()}\n" for line in lines)


def card(run: Run, checks: Sequence[dict[str, Any]]) -> str:
    """One run: its facts, then its checks."""
    data = run.document.data if run.document else {}
    trigger, git, ended = _object(data, "trigger"), _object(data, "git"), _object(data, "exit")
    facts = [
        ("run", run.run_id),
        ("state", run.state),
        ("status", run.status),
        ("note", run.message),
        ("pipeline", _joined(data.get("pipeline_id"), data.get("pipeline_version"))),
        ("trigger", _joined(trigger.get("type"), trigger.get("source"), trigger.get("actor"))),
        ("commit", _joined(git.get("sha7"), git.get("ref"))),
        ("started", data.get("started_utc")),
        ("duration", _duration(run)),
        ("command", _command(data.get("command"))),
        ("exit", _joined(str(ended["code"]), ended.get("signal")) if "code" in ended else None),
        ("folder", run.path),
    ]
    lines = [f"{label:9} {value}" for label, value in facts if value]
    lines += [f"{check['status']:9} {check['name']}" for check in checks]
    return "".join(f"{for_terminal(line)}\n" for line in lines)


def _joined(*parts: object) -> str:
    return " ".join(str(part) for part in parts if part)


def _object(data: dict[str, Any], name: str) -> dict[str, Any]:
    """A part of a document; empty where it is absent or, in a version we do not know, something else."""
    part = data.get(name)
    return part if isinstance(part, dict) else {}


def _command(words: object) -> str | None:
    return shlex.join(map(str, words)) if isinstance(words, list) else None


def _duration(run: Run) -> str:
    """How long a finished run took, or for how long an open one has been."""
    taken = run.document.data.get("duration_ms") if run.document and run.state == "finished" else None
    if isinstance(taken, int):
        return f"{taken} ms" if taken < 1000 else span(taken // 1000)
    return f"since {span(run.age_s)}" if run.age_s is not None else ""


def span(seconds: int) -> str:
    """A length of time in its two largest units: ``2 h 5 min``."""
    if seconds < _MINUTE:
        return f"{seconds} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min {seconds % _MINUTE} s"
    if seconds < _DAY:
        return f"{seconds // _HOUR} h {seconds % _HOUR // _MINUTE} min"
    return f"{seconds // _DAY} d {seconds % _DAY // _HOUR} h"
