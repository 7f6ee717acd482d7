"""What follows from a runner's lane, state, status and freshness: one table, which the documentation shows too. Pure.

Exactly one rule holds for every combination, so their order says nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from runpact_status_matrix._model import LaneClass, RunnerState

__all__ = ["RULES", "Effect", "Freshness", "Rule", "Status", "Verdict", "effect_of", "table", "who_acts"]

Status = Literal["pass", "fail", "degraded", "unknown"]
Freshness = Literal["fresh", "stale", "missing"]
Effect = Literal["blocking_fail", "non_blocking_warn", "non_blocking_fail"]
Verdict = Literal["ok", "warn", "governance_fail", "blocked"]
WhoActs = Literal["nobody", "runner_owners", "registry_owners"]

_LANES: tuple[LaneClass, ...] = ("required", "compatibility_non_blocking")
_ANY: tuple[Status, ...] = ("pass", "fail", "degraded", "unknown")
_NOT_PASS: tuple[Status, ...] = ("fail", "degraded", "unknown")
_ALWAYS: tuple[Freshness, ...] = ("fresh", "stale", "missing")


class Rule(NamedTuple):
    """One line of the table.

    Attributes:
        lanes: For which lanes it holds.
        states: For which states of the runner in the registry.
        statuses: For which statuses of the runner.
        freshness: For which ages of its report.
        effect: What follows for those who merge.
        verdict: What people see.
        governance: Whether ``--enforce-freshness`` fails.
    """

    lanes: tuple[LaneClass, ...]
    states: tuple[RunnerState, ...]
    statuses: tuple[Status, ...]
    freshness: tuple[Freshness, ...]
    effect: Effect
    verdict: Verdict
    governance: bool


_ACTIVE: tuple[RunnerState, ...] = ("active",)
_REQUIRED, _COMPATIBILITY = _LANES[:1], _LANES[1:]

RULES = (
    Rule(_LANES, ("planned", "disabled"), _ANY, _ALWAYS, "non_blocking_warn", "warn", governance=False),
    Rule(_REQUIRED, _ACTIVE, _ANY, ("missing",), "blocking_fail", "blocked", governance=True),
    Rule(_REQUIRED, _ACTIVE, _NOT_PASS, ("stale",), "blocking_fail", "blocked", governance=True),
    Rule(_REQUIRED, _ACTIVE, _NOT_PASS, ("fresh",), "blocking_fail", "blocked", governance=False),
    Rule(_REQUIRED, _ACTIVE, ("pass",), ("stale",), "non_blocking_warn", "governance_fail", governance=True),
    Rule(_REQUIRED, _ACTIVE, ("pass",), ("fresh",), "non_blocking_warn", "ok", governance=False),
    Rule(_COMPATIBILITY, _ACTIVE, _ANY, ("stale", "missing"), "non_blocking_fail", "governance_fail", governance=True),
    Rule(_COMPATIBILITY, _ACTIVE, _NOT_PASS, ("fresh",), "non_blocking_warn", "warn", governance=False),
    Rule(_COMPATIBILITY, _ACTIVE, ("pass",), ("fresh",), "non_blocking_warn", "ok", governance=False),
)
"""The whole policy. A runner without an acceptable report is ``missing``, and its status is then ``unknown``."""

_REGISTRY_ACTS = frozenset(
    {
        "timeout",
        "connection-failed",
        "tls-failed",
        "http-error",
        "rate-limited",
        "too-many-redirects",
        "redirect-refused",
        "address-refused",
        "unexpected",
    }
)
"""Failures that those look at first who run the ingest: address, token, network. All others are the runner's."""


def effect_of(lane: LaneClass, state: RunnerState, status: Status, freshness: Freshness) -> Rule:
    """The rule that holds."""
    return next(
        rule
        for rule in RULES
        if lane in rule.lanes and state in rule.states and status in rule.statuses and freshness in rule.freshness
    )


def who_acts(rule: Rule, verdict: Verdict, failure: str | None, *, has_source: bool) -> WhoActs:
    """Who has to do something, given the rule, what people see, and what went wrong."""
    if verdict == "ok" or "active" not in rule.states:
        return "nobody"
    return "registry_owners" if not has_source or failure in _REGISTRY_ACTS else "runner_owners"


def table() -> str:
    """The table in Markdown."""
    head = ("Lane", "State", "Status", "Report", "`policy_effect`", "`verdict`", "Fails `--enforce-freshness`")
    lines = [head, tuple("---" for _ in head)]
    for rule in RULES:
        cells = (
            "any" if rule.lanes == _LANES else rule.lanes[0],
            " or ".join(rule.states),
            _either(rule.statuses, _ANY),
            _either(rule.freshness, _ALWAYS),
            f"`{rule.effect}`",
            f"`{rule.verdict}`",
            "yes" if rule.governance else "no",
        )
        lines.append(cells)
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _either(words: tuple[str, ...], every: tuple[str, ...]) -> str:
    return "any" if words == every else ", ".join(words)
