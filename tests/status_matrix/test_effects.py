"""The table of effects: complete, without contradictions, as designed, and as the documentation shows it."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from runpact_status_matrix._effects import RULES, effect_of, table, who_acts
from runpact_status_matrix._model import FAILURES

ROOT = Path(__file__).parents[2]
LANES = ("required", "compatibility_non_blocking")
STATES = ("active", "planned", "disabled")
STATUSES = ("pass", "fail", "degraded", "unknown")
FRESHNESS = ("fresh", "stale", "missing")
EVERY = list(itertools.product(LANES, STATES, STATUSES, FRESHNESS))

DESIGNED = {
    ("required", "pass", "fresh"): ("non_blocking_warn", "ok", False),
    ("required", "pass", "stale"): ("non_blocking_warn", "governance_fail", True),
    ("required", "pass", "missing"): ("blocking_fail", "blocked", True),
    ("required", "fail", "fresh"): ("blocking_fail", "blocked", False),
    ("required", "fail", "stale"): ("blocking_fail", "blocked", True),
    ("required", "fail", "missing"): ("blocking_fail", "blocked", True),
    ("required", "degraded", "fresh"): ("blocking_fail", "blocked", False),
    ("required", "degraded", "stale"): ("blocking_fail", "blocked", True),
    ("required", "degraded", "missing"): ("blocking_fail", "blocked", True),
    ("required", "unknown", "fresh"): ("blocking_fail", "blocked", False),
    ("required", "unknown", "stale"): ("blocking_fail", "blocked", True),
    ("required", "unknown", "missing"): ("blocking_fail", "blocked", True),
    ("compatibility_non_blocking", "pass", "fresh"): ("non_blocking_warn", "ok", False),
    ("compatibility_non_blocking", "pass", "stale"): ("non_blocking_fail", "governance_fail", True),
    ("compatibility_non_blocking", "pass", "missing"): ("non_blocking_fail", "governance_fail", True),
    ("compatibility_non_blocking", "fail", "fresh"): ("non_blocking_warn", "warn", False),
    ("compatibility_non_blocking", "fail", "stale"): ("non_blocking_fail", "governance_fail", True),
    ("compatibility_non_blocking", "fail", "missing"): ("non_blocking_fail", "governance_fail", True),
    ("compatibility_non_blocking", "degraded", "fresh"): ("non_blocking_warn", "warn", False),
    ("compatibility_non_blocking", "degraded", "stale"): ("non_blocking_fail", "governance_fail", True),
    ("compatibility_non_blocking", "degraded", "missing"): ("non_blocking_fail", "governance_fail", True),
    ("compatibility_non_blocking", "unknown", "fresh"): ("non_blocking_warn", "warn", False),
    ("compatibility_non_blocking", "unknown", "stale"): ("non_blocking_fail", "governance_fail", True),
    ("compatibility_non_blocking", "unknown", "missing"): ("non_blocking_fail", "governance_fail", True),
}


@pytest.mark.parametrize(("lane", "state", "status", "freshness"), EVERY)
def test_every_combination_has_the_designed_effect(lane: Any, state: Any, status: Any, freshness: Any) -> None:
    """All 72: exactly one rule holds, and it says what the design says; who takes no part only warns."""
    holding = [
        rule
        for rule in RULES
        if lane in rule.lanes and state in rule.states and status in rule.statuses and freshness in rule.freshness
    ]
    assert len(holding) == 1
    rule = effect_of(lane, state, status, freshness)
    wanted = DESIGNED[lane, status, freshness] if state == "active" else ("non_blocking_warn", "warn", False)
    assert (rule.effect, rule.verdict, rule.governance) == wanted


def test_only_an_active_row_that_is_not_ok_asks_somebody_to_act() -> None:
    """Nobody acts on ok and on who takes no part; else the source's failure, or its absence, says who."""
    fine, bad = effect_of("required", "active", "pass", "fresh"), effect_of("required", "active", "fail", "fresh")
    planned = effect_of("required", "planned", "unknown", "missing")
    assert who_acts(fine, "ok", None, has_source=True) == "nobody"
    assert who_acts(fine, "warn", "rollback", has_source=True) == "runner_owners"
    assert who_acts(planned, "warn", None, has_source=True) == "nobody"
    assert who_acts(bad, "blocked", None, has_source=True) == "runner_owners"
    assert who_acts(bad, "blocked", "missing-release-metadata", has_source=False) == "registry_owners"
    ours = {slug for slug in FAILURES if who_acts(bad, "blocked", slug, has_source=True) == "registry_owners"}
    assert ours == {
        "timeout", "connection-failed", "tls-failed", "http-error", "rate-limited", "too-many-redirects",
        "redirect-refused", "address-refused", "unexpected",
    }  # fmt: skip


@pytest.mark.parametrize("page", ["adr/0036-status-exchange-and-its-matrix.md", "collect-the-matrix.md"])
def test_the_documentation_shows_the_table(page: str) -> None:
    """The decision record and the guide have the table that decides, line by line."""
    assert table() in (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert table().count("\n") == len(RULES) + 2
