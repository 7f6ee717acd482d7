"""What a report carries: budget, kill switch, pull requests; and which of two reports is newer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runpact_core import documents
from runpact_core.errors import UsageFailure
from runpact_reporter import _economy, _last_run
from runpact_reporter._economy import Given, Switch
from runpact_reporter._last_run import Ended
from tests.reporter.support import last_run

NOW = "2026-01-20T00:00:00Z"
BEFORE = last_run(
    banana_economy={
        "budget_tokens": 50_000,
        "spent_tokens": 12_500,
        "budget_minutes": 90,
        "spent_minutes": 5.38,
        "max_ci_heal_attempts": 2,
        "ci_heal_attempts_used": 1,
    },
    kill_switch={"enabled": True, "reason": "why"},
    pr_wave={"state": "merging", "open_prs": 3, "last_update": "2025-12-20T14:05:23Z"},
)


def read(data: dict[str, Any]) -> documents.Document:
    """A report as it is read."""
    return documents.read("last_run", documents.dumps(data))


def test_budgets_are_carried_and_what_was_spent_is_not() -> None:
    """Minutes are measured, as numbers of the field: 5.38, and 2 rather than 2.0."""
    carried = _economy.economy(Given(), read(BEFORE), 323_000)
    assert carried == {
        "budget_tokens": 50_000,
        "spent_tokens": 0,
        "budget_minutes": 90,
        "spent_minutes": 5.38,
        "max_ci_heal_attempts": 2,
        "ci_heal_attempts_used": 0,
    }
    said = Given(budget_tokens=1, spent_tokens=2, budget_minutes=0, ci_heal_attempts_used=4)
    given_ = _economy.economy(said, read(BEFORE), 120_000)
    assert [given_[name] for name in ("budget_tokens", "spent_tokens", "budget_minutes")] == [1, 2, 0]
    assert (given_["max_ci_heal_attempts"], given_["ci_heal_attempts_used"]) == (2, 4)
    assert json.dumps(given_["spent_minutes"]) == "2"
    assert set(_economy.economy(Given(), None, 0).values()) == {0}


def test_the_environment_speaks_where_the_caller_does_not() -> None:
    """Each figure has a variable; the caller's word goes first."""
    environ = {
        "RUNPACT_BUDGET_TOKENS": " 5 ",
        "RUNPACT_SPENT_TOKENS": "6",
        "RUNPACT_BUDGET_MINUTES": "7",
        "RUNPACT_MAX_CI_HEAL_ATTEMPTS": "8",
        "RUNPACT_CI_HEAL_ATTEMPTS_USED": "9",
        "RUNPACT_KILL_SWITCH": "ON",
        "RUNPACT_KILL_SWITCH_REASON": "r",
        "RUNPACT_PR_WAVE": "blocked",
        "RUNPACT_OPEN_PRS": "",
    }
    assert _economy.given(Given(spent_tokens=1), environ) == Given(5, 1, 7, 8, 9, True, "r", "blocked", None)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("BUDGET_TOKENS", "-1"),
        ("BUDGET_TOKENS", "1e3"),
        ("OPEN_PRS", "9" * 16),
        ("OPEN_PRS", "²"),
        ("KILL_SWITCH", "true"),
        ("KILL_SWITCH", "on"),
        ("PR_WAVE", "tsunami"),
    ],
)
def test_a_variable_that_says_nothing_sensible(name: str, text: str) -> None:
    """It is a usage error, never taken for 0 or off."""
    with pytest.raises(UsageFailure):
        _economy.given(Given(), {f"RUNPACT_{name}": text})


def test_the_kill_switch_that_holds() -> None:
    """The caller's, else the previous report's; one of which nobody can tell counts as on."""
    assert _economy.kill_switch(Given(), None) == Switch(enabled=False, reason="")
    assert _economy.kill_switch(Given(), read(BEFORE)) == Switch(enabled=True, reason="why")
    assert _economy.kill_switch(Given(kill_switch=False, kill_switch_reason="x"), read(BEFORE)).reason == ""
    assert _economy.kill_switch(Given(), None, "broken").guessed
    for switch in (None, {"enabled": "no"}):
        assert _economy.kill_switch(Given(), read({"schema_version": "7.0", "kill_switch": switch})).enabled
    odd = read({"schema_version": "7.0", "kill_switch": {"enabled": False, "reason": 3}})
    assert _economy.kill_switch(Given(), odd) == Switch(enabled=False, reason="")


def test_the_wave_of_pull_requests() -> None:
    """It keeps its time while nobody says anything of it; a state that no release of ours has is not written."""
    assert _economy.pr_wave(Given(), read(BEFORE), NOW) == BEFORE["pr_wave"]
    assert _economy.pr_wave(Given(open_prs=0), read(BEFORE), NOW) == {
        "state": "merging",
        "open_prs": 0,
        "last_update": NOW,
    }
    assert _economy.pr_wave(Given(pr_wave="active"), None, NOW) == {
        "state": "active",
        "open_prs": 0,
        "last_update": NOW,
    }
    odd = last_run(pr_wave={"state": "surfing", "open_prs": 1, "last_update": NOW})
    assert _economy.pr_wave(Given(), read(odd), NOW)["state"] == "none"
    assert _economy.pr_wave(Given(), read({"schema_version": "7.0", "pr_wave": 3}), NOW)["open_prs"] == 0


def test_the_states_are_those_of_the_contract() -> None:
    """The list that options and variables are held to is the contract's."""
    for version in documents.find_contract("last_run"):
        schema = json.loads(documents.schema(version))
        assert tuple(schema["$defs"]["pr_wave_state"]["enum"]) == _economy.WAVES


@pytest.mark.parametrize(
    ("mine", "other", "wins"),
    [
        (("2026-01-19T12:00:01Z", "a"), ("2026-01-19T12:00:00Z", "b"), True),
        (("2026-01-19T12:00:00Z", "b"), ("2026-01-19T12:00:01Z", "a"), False),
        (("2026-01-19T13:00:00+01:00", "b"), ("2026-01-19T12:00:00Z", "a"), True),
        (("2026-01-19T12:00:00Z", "a"), ("2026-01-19T12:00:00Z", "b"), False),
        (("2026-01-19T12:00:00Z", "a"), ("2026-01-19T12:00:00Z", "a"), True),
        (("2026-01-19T12:00:00Z", "a"), ("2026-01-19T12:05:01Z", "b"), True),
        (("2026-01-19T12:00:00Z", "a"), ("2026-01-19T12:05:00Z", "b"), False),
        (("2026-01-19T12:00:00Z", "a"), ("yesterday", "b"), True),
    ],
)
def test_which_report_is_newer(mine: tuple[str, str], other: tuple[str, str], wins: bool) -> None:  # noqa: FBT001 - the expected value
    """Who started later; a report dated more than five minutes ahead keeps nobody out."""
    now = _last_run.moment("2026-01-19T12:00:00Z")
    assert now is not None
    reports = [{"started_at": started, "run_id": run_id} for started, run_id in (mine, other)]
    assert _last_run.supersedes(reports[0], reports[1], now) is wins


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [
        ("2026-01-19T06:15:12.25Z", 1768803312.25),
        ("2026-01-19T07:15:12+01:00", 1768803312),
        ("2016-12-31T23:59:60Z", 1483228800),  # a leap second
        ("2026-01-19 06:15:12", 1768803312),  # not RFC 3339; documents of unknown versions may have it
        ("2026-01-19T06:15:61Z", None),
        ("yesterday", None),
        (None, None),
        (7, None),
    ],
)
def test_times_of_documents_are_read(stated: object, seconds: float | None) -> None:
    """What a document states, in every form of RFC 3339 and some more; else nothing."""
    assert _last_run.moment(stated) == seconds


@given(st.integers(min_value=0, max_value=253_402_300_799_999))
def test_times_are_written_and_read(ms: int) -> None:
    """Any millisecond of the years 1970 to 9999 is written as the contract has it, and read as what it was."""
    read_back = _last_run.moment(_last_run.rfc3339(ms))
    assert read_back is not None
    assert round(read_back * 1000) == ms


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (Ended("running?"), ("in_progress", "the run is not over")),
        (Ended("interrupted", why="w"), ("cancelled", "interrupted: w")),
        (Ended("unreadable"), ("failed", "failed: the run cannot be read")),
        (Ended("finished", "failed", timed_out=True), ("failed", "failed: the command took too long")),
        (
            Ended("finished", "unknown", code=0),
            ("success", "the command ended with exit code 0; there are no test results"),
        ),
    ],
)
def test_the_outcome_of_a_run(run: Ended, expected: tuple[str, str]) -> None:
    """The rows of the table that no command reaches easily."""
    assert _last_run.outcome(run, None) == expected


def test_a_summary_is_bounded() -> None:
    """A message of any length is one line, and says how long it was."""
    status, summary = _last_run.outcome(Ended("unreadable", why="x\n" * 5_000), None)
    assert (status, len(summary) < 1_100) == ("failed", True)
    assert summary.endswith("… (10007 characters)")
