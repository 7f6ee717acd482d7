"""What a report carries beside its run: the budget, the kill switch, the wave of pull requests. Pure.

Each figure comes from the first of these that has it: what the caller gives, the environment, the previous report,
a default. Budgets (tokens, minutes, attempts to heal) are carried from report to report; what a run spent is its own,
so it never is. The variables of the environment:

| variable | figure |
|---|---|
| ``RUNPACT_BUDGET_TOKENS``, ``RUNPACT_SPENT_TOKENS`` | ``budget_tokens``, ``spent_tokens`` |
| ``RUNPACT_BUDGET_MINUTES`` | ``budget_minutes``; ``spent_minutes`` is measured, or what the results say |
| ``RUNPACT_MAX_CI_HEAL_ATTEMPTS``, ``RUNPACT_CI_HEAL_ATTEMPTS_USED`` | the same in small letters |
| ``RUNPACT_KILL_SWITCH`` (``on`` or ``off``), ``RUNPACT_KILL_SWITCH_REASON`` | ``kill_switch`` |
| ``RUNPACT_PR_WAVE``, ``RUNPACT_OPEN_PRS`` | ``pr_wave.state``, ``pr_wave.open_prs`` |

A kill switch of which nobody can tell whether it is on counts as on.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core.errors import UsageFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runpact_core.documents import Document

__all__ = ["WAVES", "Given", "Switch", "economy", "given", "kill_switch", "pr_wave"]

WAVES = ("none", "pending", "active", "completed", "idle", "blocked", "merging")
"""The states of a wave of pull requests."""

_MOST = 9_007_199_254_740_991
_CARRIED = ("budget_tokens", "budget_minutes", "max_ci_heal_attempts")
_OWN = ("spent_tokens", "ci_heal_attempts_used")


@dataclasses.dataclass(frozen=True, slots=True)
class Given:
    """What the caller says; None where he says nothing.

    Attributes:
        budget_tokens: Tokens that a run may spend.
        spent_tokens: Tokens that this run spent.
        budget_minutes: Minutes that a run may take.
        max_ci_heal_attempts: How often CI may try to mend itself.
        ci_heal_attempts_used: How often it tried.
        kill_switch: Whether nothing may run.
        kill_switch_reason: Why.
        pr_wave: How far the wave of pull requests is.
        open_prs: Number of open pull requests.
    """

    budget_tokens: int | None = None
    spent_tokens: int | None = None
    budget_minutes: int | None = None
    max_ci_heal_attempts: int | None = None
    ci_heal_attempts_used: int | None = None
    kill_switch: bool | None = None
    kill_switch_reason: str | None = None
    pr_wave: str | None = None
    open_prs: int | None = None


class Switch(NamedTuple):
    """A kill switch: whether it is on, why, and whether that was a guess because nobody can tell."""

    enabled: bool
    reason: str
    guessed: bool = False

    def document(self) -> dict[str, Any]:
        """The switch as a report has it."""
        return {"enabled": self.enabled, "reason": self.reason}


def given(options: Given, environ: Mapping[str, str]) -> Given:
    """What the caller and, where he says nothing, the environment say.

    Raises:
        UsageFailure: A variable, or an option, is none that a report can hold; a switch is on without a reason.
    """
    from_environ: dict[str, Any] = {}
    for field in dataclasses.fields(Given):
        name = f"RUNPACT_{field.name.upper()}"
        text = environ.get(name, "").strip()
        if text and getattr(options, field.name) is None:
            from_environ[field.name] = _READERS.get(field.name, _number)(name, text)
    both = dataclasses.replace(options, **from_environ)
    for field in dataclasses.fields(Given):
        value = getattr(both, field.name)
        if isinstance(value, int) and not 0 <= value <= _MOST:
            raise UsageFailure(f"{field.name} is {value}", hint=f"it is a number from 0 to {_MOST}")
    if both.kill_switch and not (both.kill_switch_reason or "").strip():
        raise UsageFailure("a kill switch needs a reason", hint="say it with --kill-switch-reason")
    return both


def kill_switch(said: Given, previous: Document | None, fault: str | None = None) -> Switch:
    """The kill switch that holds.

    Args:
        said: What `given` returned.
        previous: The previous report; None where there is none.
        fault: Why the previous report, which is there, cannot be read.
    """
    if said.kill_switch is not None:
        return Switch(said.kill_switch, (said.kill_switch_reason or "") if said.kill_switch else "")
    if fault is not None:
        return Switch(enabled=True, reason=f"nobody can tell whether it is on: {fault}", guessed=True)
    if previous is None:
        return Switch(enabled=False, reason="")
    stated = previous.data.get("kill_switch")
    if not isinstance(stated, dict) or not isinstance(stated.get("enabled"), bool):
        unknown = "nobody can tell whether it is on: the previous report does not say"
        return Switch(enabled=True, reason=unknown, guessed=True)
    reason = stated.get("reason")
    return Switch(stated["enabled"], reason if isinstance(reason, str) else "")


def economy(said: Given, previous: Document | None, duration_ms: int, *, is_told: bool = False) -> dict[str, Any]:
    """What the run was allowed to spend, and what it spent.

    Args:
        said: What `given` returned.
        previous: The previous report; None where there is none.
        duration_ms: How long the run took, in milliseconds.
        is_told: Whether that is told by nothing else than ``spent_minutes``, which are exact to the millisecond then.
    """
    before = previous.data.get("banana_economy") if previous is not None else None
    carried = before if isinstance(before, dict) else {}
    budget = {name: _first(getattr(said, name), carried.get(name)) for name in _CARRIED}
    own = {name: _first(getattr(said, name)) for name in _OWN}
    minutes = min(round(duration_ms / 60_000, 5 if is_told else 2), 1_000_000_000)
    return {**budget, **own, "spent_minutes": int(minutes) if minutes == int(minutes) else minutes}


def pr_wave(said: Given, previous: Document | None, now: str) -> dict[str, Any]:
    """The wave of pull requests, as of now where something was said of it, else as it was.

    A state that this release does not know cannot be written, and becomes ``none``.
    """
    before = previous.data.get("pr_wave") if previous is not None and previous.read_as else None
    carried = before if isinstance(before, dict) else {"state": "none", "open_prs": 0, "last_update": now}
    state = said.pr_wave or carried["state"]
    return {
        "state": state if state in WAVES else "none",
        "open_prs": _first(said.open_prs, carried["open_prs"]),
        "last_update": carried["last_update"] if said.pr_wave is None and said.open_prs is None else now,
    }


def _first(*values: object) -> int:
    """The first that is a number a report can hold; 0 where none is."""
    fitting = (value for value in values if isinstance(value, int) and not isinstance(value, bool))
    return next((value for value in fitting if 0 <= value <= _MOST), 0)


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 16):
        raise UsageFailure(f"{name} is {text[:40]!r}, no number", hint="write digits alone")
    return int(text)


def _switch(name: str, text: str) -> bool:
    if text.lower() not in {"on", "off"}:
        raise UsageFailure(f"{name} is {text[:40]!r}", hint="write on or off")
    return text.lower() == "on"


def _wave(name: str, text: str) -> str:
    if text not in WAVES:
        raise UsageFailure(f"{name} is {text[:40]!r}", hint=f"it is one of {', '.join(WAVES)}")
    return text


def _text(_name: str, text: str) -> str:
    return text


_READERS: dict[str, Callable[[str, str], Any]] = {
    "kill_switch": _switch,
    "kill_switch_reason": _text,
    "pr_wave": _wave,
}
