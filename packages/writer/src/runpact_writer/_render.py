"""Runs as text for people: a table, a card, differences. Pure; whatever was recorded is made safe for a terminal."""

from __future__ import annotations

import json
import os
import shlex
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from runpact_core import runs, tables
from runpact_core.redact import for_terminal
from runpact_writer import _select, _shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runpact_writer._diff import Change

_HEADER = ("RUN", "PIPELINE", "STATE", "STARTED (UTC)", "DURATION", "AGE", "NOTE")
_SPARED = (_HEADER.index("PIPELINE"), _HEADER.index("STARTED (UTC)"))
_SIGNS = {"added": "+", "removed": "-", "changed": "~"}
_LONG = 200


def table(found: Sequence[runs.Run], now: float, width: int | None = None) -> str:
    """One line for each run: id, pipeline, state or status, start, duration, age, what to know.

    On a terminal of ``width`` columns that this does not fit, what the id says too is left out.
    """
    rows = [list(_HEADER)]
    for run in found:
        cells = (
            run.run_id,
            _select.pipeline(run) or "",
            run.status or run.state,
            _started(run),
            _duration(run),
            _age(run, now),
            _shown.note(run) or "",
        )
        rows.append([for_terminal(cell) for cell in cells])
    return tables.aligned(_fitted(rows, width))


def _fitted(rows: list[list[str]], width: int | None) -> list[list[str]]:
    """The rows without as many of the columns that can be spared as it takes; notes may go on in the next line."""
    widths = [max(tables.width(row[column]) for row in rows) + tables.GAP for column in range(len(_HEADER) - 1)]
    kept = list(range(len(_HEADER)))
    for column in _SPARED:
        if width is None or sum(widths[each] for each in kept[:-1]) + len(_HEADER[-1]) <= width:
            break
        kept.remove(column)
    return [[row[column] for column in kept] for row in rows]


def card(run: runs.Run, checks: Mapping[str, Any], now: float) -> str:
    """One run: its facts, what it read and wrote, what it measured, its checks with their evidence."""
    data = run.document.data if run.document else {}
    lines = [f"{label:9} {value}" for label, value in _facts(run, data, now) if value]
    for name in ("inputs", "outputs"):
        lines += [f"{name[:-1]:9} {_thing(item)}" for item in _list(data, name)]
    for name in ("metadata", "metrics"):
        label = "metric" if name == "metrics" else name
        lines += [f"{label:9} {key} = {_plain(value)}" for key, value in _object(data, name).items()]
    lines += [f"warning   {warning}" for warning in _list(data, "warnings")]
    for check in _list(checks, "checks"):
        lines.append(f"{check['status']:9} {check['name']}")
        lines += [f"{'':9}   {evidence}" for evidence in check["evidence"]]
    return "".join(f"{for_terminal(line)}\n" for line in lines)


def _facts(run: runs.Run, data: dict[str, Any], now: float) -> list[tuple[str, str | None]]:
    trigger, git, env = _object(data, "trigger"), _object(data, "git"), _object(data, "env")
    sealed = _object(data, "interruption")
    return [
        ("run", run.run_id),
        ("state", run.state),
        ("status", run.status),
        ("note", _shown.note(run)),
        ("pipeline", _joined(data.get("pipeline_id"), data.get("pipeline_version"))),
        ("product", _joined(data.get("product"))),
        ("trigger", _joined(trigger.get("type"), trigger.get("source"), trigger.get("actor"))),
        ("commit", _joined(git.get("sha7"), git.get("ref"))),
        ("started", _joined(data.get("started_utc"))),
        ("finished", _joined(data.get("finished_utc"))),
        ("sealed", _joined(sealed.get("sealed_utc"), sealed.get("reason"))),
        ("duration", _joined(_duration(run), "up to the last write that is known" if sealed else "")),
        ("age", _age(run, now)),
        ("command", _command(data.get("command"))),
        ("exit", _exit(_object(data, "exit"))),
        ("env", _joined(*_list(env, "present"), *(f"{name} (missing)" for name in _list(env, "missing")))),
        ("unmasked", _joined(*_list(_object(data, "masking"), "not_masked"))),
        ("folder", run.path),
        ("log", _log(run, _object(data, "log")) if data else None),
    ]


def differences(before: runs.Run, after: runs.Run, changes: Sequence[Change]) -> str:
    """The two runs, then one line for each thing that differs: ``+`` added, ``-`` removed, ``~`` changed."""
    sides = [
        [label, run.run_id, run.status or run.state, _started(run), _duration(run)]
        for label, run in (("before", before), ("after", after))
    ]
    shown = tables.aligned([[for_terminal(cell) for cell in row] for row in sides])
    if not changes:
        return f"{shown}no differences\n"
    rows = [[for_terminal(cell) for cell in _change(change)] for change in changes]
    return f"{shown}\n{tables.aligned(rows)}"


def _change(change: Change) -> tuple[str, str, str, str]:
    values = [json.loads(text) for text in (change.before, change.after) if text is not None]
    if values == [change.name]:  # what is named by its own words, as a warning is, is said once
        return _SIGNS[change.kind], change.section, "", _plain(change.name)
    name = " ".join(part for part in (change.name, change.field) if part is not None)
    return _SIGNS[change.kind], change.section, name, " -> ".join(map(_plain, values))


def _plain(value: object) -> str:
    """A value of a document in few characters: text as it is, everything else as JSON."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return text if len(text) <= _LONG else f"{text[:_LONG]}… ({len(text)} characters)"


def _thing(item: object) -> str:
    """An input or output: type and ref, then what else was said."""
    if not isinstance(item, dict):
        return _plain(item)
    more = (f"{key}={_plain(item[key])}" for key in item if key not in {"type", "ref"})
    return _joined(item.get("type"), item.get("ref"), *more)


def _joined(*parts: object) -> str:
    return " ".join(str(part) for part in parts if part)


def _object(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A part of a document; empty where it is absent or, in a version we do not know, something else."""
    part = data.get(name)
    return part if isinstance(part, dict) else {}


def _list(data: Mapping[str, Any], name: str) -> Iterator[Any]:
    part = data.get(name)
    return iter(part if isinstance(part, list) else [])


def _exit(ended: Mapping[str, Any]) -> str | None:
    """How the command ended: its code, and whether that is ours or a signal's."""
    timed_out = "timed out" if ended.get("timed_out") else None
    return _joined(str(ended["code"]), timed_out, ended.get("signal")) if "code" in ended else None


def _log(run: runs.Run, counted: Mapping[str, Any]) -> str:
    """Where the log is, and what was counted of it."""
    units = (("lines", "line", ""), ("size_bytes", "byte", ""), ("omitted_bytes", "byte", " left out"))
    known = [(counted[key], unit, more) for key, unit, more in units if key in counted]
    told = ", ".join(f"{count} {unit}{'' if count == 1 else 's'}{more}" for count, unit, more in known)
    return _joined(os.path.join(run.path, "run.log"), told and f"({told})")  # noqa: PTH118 - pathlib is slow


def _command(words: object) -> str | None:
    return shlex.join(map(str, words)) if isinstance(words, list) else None


def _started(run: runs.Run) -> str:
    started = runs.started_s(run)
    if started is None:
        return ""
    try:
        return f"{datetime.fromtimestamp(started, UTC):%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError, OSError):  # in UTC it is of a year that no calendar here has
        return str(run.document.data.get("started_utc", "")) if run.document else ""


def _duration(run: runs.Run) -> str:
    """How long a finished run took; of an open one the age says it."""
    taken = run.document.data.get("duration_ms") if run.document and run.state == "finished" else None
    if not isinstance(taken, int):
        return ""
    return f"{taken} ms" if taken < 1000 else tables.span(taken // 1000)


def _age(run: runs.Run, now: float) -> str:
    return tables.age(_shown.age(run, now))
