"""A report in words for a terminal: its fields as rows, a test as a line. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runpact_core import tables
from runpact_reporter import _last_run, _summary
from runpact_reporter._sanitize import cleaned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runpact_reporter._recorded_runs import Newer

__all__ = ["line", "rows", "said", "test"]

_BUDGETS = (
    ("tokens", "spent_tokens", "budget_tokens"),
    ("minutes", "spent_minutes", "budget_minutes"),
    ("attempts of CI to heal", "ci_heal_attempts_used", "max_ci_heal_attempts"),
)


def rows(data: Mapping[str, Any], now: float, *, is_known: bool, newer: Newer | None = None) -> list[list[str]]:
    """The fields of a report.

    Args:
        data: The report.
        now: The time in seconds since 1970.
        is_known: Whether its version is one that we know; of another nothing is said to be well.
        newer: A newer run that ended badly without a report.
    """
    stated = {name: said(data[name]) for name in ("product_id", "run_id", "status", "summary") if name in data}
    if not is_known and stated:
        stated["status"] = "unknown" + (f" (the document says: {stated['status']})" if "status" in stated else "")
    found = [[name, text] for name, text in stated.items()]
    found += [["newer run", str(newer)]] if newer is not None else []
    found += [[name, said(data[name])] for name in ("started_at", "ended_at") if name in data]
    age = _last_run.age_s(data, now)
    found += [["age", tables.age(age)]] if age is not None else []
    found += [["duration", f"{data['duration_ms'] / 1000:g} s"]] if isinstance(data.get("duration_ms"), int) else []
    parts = (
        ("spent", "banana_economy", _spent),
        ("kill switch", "kill_switch", _switch),
        ("PR wave", "pr_wave", _wave),
    )
    found += [[name, told(data[field])] for name, field, told in parts if isinstance(data.get(field), dict)]
    return found or [["report", "it has no fields that are known"]]


def said(value: object) -> str:
    """A value of a document as people say it."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def line(text: str) -> str:
    """A text of a report in one line, without what looks like a secret."""
    return cleaned(" ".join(text.split()))


def test(test: Mapping[str, Any]) -> str:
    """A test: its suites and name, where it is, what it said first."""
    file, message = test.get("filePath", ""), str(test.get("message", "")).partition("\n")[0]
    place = f" ({file}{':' + str(test['line']) if 'line' in test else ''})" if file else ""
    return cleaned(f"{_summary.name_of(test)}{place}{': ' if message else ''}{message}")


def _spent(economy: Mapping[str, Any]) -> str:
    """What was spent, of what may be spent where somebody said how much."""
    told = []
    for what, spent, budget in _BUDGETS:
        number, most = economy.get(spent, 0), economy.get(budget, 0)
        if number or most:
            told.append(
                f"{_number(number)} {f'of {_number(most)} ' if most else ''}{what}{'' if most else ' (no budget)'}"
            )
    return ", ".join(told) or "nothing (no budget)"


def _number(value: object) -> str:
    """A number with at most two decimals, as nobody needs more of a minute."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _switch(switch: Mapping[str, Any]) -> str:
    """Whether it is on, and why."""
    enabled, reason = switch.get("enabled"), switch.get("reason")
    state = {True: "on", False: "off"}.get(enabled, "unknown") if isinstance(enabled, bool) else "unknown"
    return f"{state}: {reason}" if reason else state


def _wave(wave: Mapping[str, Any]) -> str:
    """How far the pull requests are."""
    number = wave.get("open_prs", 0)
    since = f", since {wave['last_update']}" if wave.get("last_update") else ""
    return f"{wave.get('state', 'unknown')}, {number} open{since}"


_PARTS = (("spent", "banana_economy", _spent), ("kill switch", "kill_switch", _switch), ("PR wave", "pr_wave", _wave))
