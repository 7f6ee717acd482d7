"""Values taken out of documents that may be of a version nobody knows: never an error, None for what is not there.

Pure. A text that should be one and is another JSON value is shown as its JSON, so that nothing is hidden.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from runpact_reporter import _last_run
from runpact_reporter._dash._model import Economy, Kill, Report, Wave
from runpact_reporter._history_record import length_ms

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["mapping", "mappings", "number", "report_of", "text", "texts"]

_MOST = 1e15


def text(value: object) -> str | None:
    """A text; any other value as JSON."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True)


def number(value: object) -> float | None:
    """A number that can be shown and counted with."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value if abs(value) <= _MOST else None


def mapping(value: object) -> dict[str, Any]:
    """An object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> list[dict[str, Any]]:
    """The objects of a list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def texts(value: object) -> tuple[str, ...]:
    """The items of a list as texts."""
    return tuple(text(each) or "" for each in value) if isinstance(value, list) else ()


def report_of(data: Mapping[str, Any], version: str) -> Report:
    """What a ``last_run`` document says, whatever its version."""
    started, ended = _last_run.moment(data.get("started_at")), _last_run.moment(data.get("ended_at"))
    duration = number(data.get("duration_ms"))
    if duration is None and started is not None and ended is not None and ended >= started:
        duration = length_ms(data, round((ended - started) * 1000))
    metrics = mapping(data.get("metrics"))
    return Report(
        run_id=text(data.get("run_id")),
        status=text(data.get("status")),
        summary=text(data.get("summary")),
        started_s=started,
        ended_s=ended,
        duration_ms=duration,
        evidence=texts(mapping(data.get("evidence")).get("paths")),
        economy=_economy(data.get("banana_economy")),
        kill=_kill(data.get("kill_switch")),
        wave=_wave(data.get("pr_wave")),
        tests=mapping(metrics.get("tests")),
        line_percent=number(mapping(metrics.get("coverage")).get("line_percent")),
        version=version,
    )


def _economy(value: object) -> Economy | None:
    of = mapping(value)
    if not of:
        return None
    return Economy(
        tokens=(number(of.get("spent_tokens")), number(of.get("budget_tokens"))),
        minutes=(number(of.get("spent_minutes")), number(of.get("budget_minutes"))),
        heals=(number(of.get("ci_heal_attempts_used")), number(of.get("max_ci_heal_attempts"))),
    )


def _kill(value: object) -> Kill | None:
    of = mapping(value)
    enabled = of.get("enabled")
    return Kill(enabled if isinstance(enabled, bool) else None, text(of.get("reason"))) if of else None


def _wave(value: object) -> Wave | None:
    of = mapping(value)
    if not of:
        return None
    return Wave(text(of.get("state")), number(of.get("open_prs")), _last_run.moment(of.get("last_update")))
