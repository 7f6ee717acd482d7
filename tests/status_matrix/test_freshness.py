"""Freshness to the nanosecond: exactly at the limit is fresh, the least bit after it is stale."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runpact_core.errors import InvalidArtifact
from runpact_status_matrix._classify import Context, classify
from runpact_status_matrix._freshness import age_of, is_future, moment_of, shown
from tests.status_matrix.ingesting import fetched, report, runner

FAR = "2126-01-01T00:00:00Z"

BOUNDARIES = [
    ("one second before 72 h", "2026-03-01T12:00:00Z", FAR, "2026-03-04T11:59:59Z", "fresh"),
    ("exactly 72 h", "2026-03-01T12:00:00Z", FAR, "2026-03-04T12:00:00Z", "fresh"),
    ("one second after 72 h", "2026-03-01T12:00:00Z", FAR, "2026-03-04T12:00:01Z", "stale"),
    ("a nanosecond after 72 h", "2026-03-01T12:00:00Z", FAR, "2026-03-04T12:00:00.000000001Z", "stale"),
    ("a fraction of the report counts", "2026-03-01T12:00:00.5Z", FAR, "2026-03-04T12:00:00.5Z", "fresh"),
    ("a fraction of now counts", "2026-03-01T12:00:00.5Z", FAR, "2026-03-04T12:00:00.6Z", "stale"),
    ("another time zone, at", "2026-03-01T17:45:00+05:45", FAR, "2026-03-04T12:00:00Z", "fresh"),
    ("another time zone, after", "2026-03-01T17:45:00+05:45", FAR, "2026-03-04T12:00:01Z", "stale"),
    ("west, at", "2026-03-01T04:00:00-08:00", FAR, "2026-03-04T12:00:00Z", "fresh"),
    ("over a leap day, at", "2028-02-27T12:00:00Z", FAR, "2028-03-01T12:00:00Z", "fresh"),
    ("over a leap day, after", "2028-02-27T12:00:00Z", FAR, "2028-03-01T12:00:01Z", "stale"),
    ("over no leap day, at", "2026-02-27T12:00:00Z", FAR, "2026-03-02T12:00:00Z", "fresh"),
    ("a leap second", "2016-12-31T23:59:60Z", FAR, "2017-01-04T00:00:00Z", "fresh"),
    ("after a leap second", "2016-12-31T23:59:60Z", FAR, "2017-01-04T00:00:01Z", "stale"),
    ("at fresh_until", "2026-03-01T12:00:00Z", "2026-03-01T13:00:00Z", "2026-03-01T13:00:00Z", "fresh"),
    ("after fresh_until", "2026-03-01T12:00:00Z", "2026-03-01T13:00:00Z", "2026-03-01T13:00:01Z", "stale"),
    ("in 2038", "2038-01-18T12:00:00Z", FAR, "2038-01-21T12:00:01Z", "stale"),
    ("5 minutes ahead", "2026-03-01T12:05:00Z", FAR, "2026-03-01T12:00:00Z", "fresh"),
]


def _judged(made: str, until: str, now: str, **words: Any) -> dict[str, Any]:
    answer = fetched(report(generated_at=made, fresh_until=until))
    context = Context(moment_of(now), words.pop("hours", 72), "built_in", frozenset({"1"}))
    return classify(runner(**words), answer, None, None, context).row


@pytest.mark.parametrize(("made", "until", "now", "state"), [case[1:] for case in BOUNDARIES], ids=lambda _: "")
def test_a_report_is_stale_after_its_limit_and_not_at_it(made: str, until: str, now: str, state: str) -> None:
    """The boundary table, 72 hours being the registry's limit."""
    found = _judged(made, until, now)
    assert found["freshness_state"] == state
    assert found.get("failure") == ("stale-report" if state == "stale" else None)


def test_the_registry_s_hours_count_before_those_of_the_call() -> None:
    """The registry says 72, the call 1; without the registry's, the call's count."""
    made, now = "2026-03-01T12:00:00Z", "2026-03-02T12:00:00Z"
    assert _judged(made, FAR, now, hours=1)["freshness_state"] == "fresh"
    assert _judged(made, FAR, now, hours=1, slo=None)["freshness_state"] == "stale"


def test_a_source_that_freezes_turns_stale_by_itself() -> None:
    """The same old report for ever: fresh, then stale, by the clock alone (M-04)."""
    states = [
        _judged("2026-03-01T00:00:00Z", FAR, f"2026-03-{day:02}T00:00:01Z")["freshness_state"] for day in range(1, 7)
    ]
    assert states == ["fresh", "fresh", "fresh", "stale", "stale", "stale"]


def test_more_than_five_minutes_ahead_is_the_future() -> None:
    """At five minutes a clock may be wrong, a nanosecond later it is not."""
    now = moment_of("2026-03-01T12:00:00Z")
    assert not is_future(moment_of("2026-03-01T12:05:00Z"), now)
    assert is_future(moment_of("2026-03-01T12:05:00.000000001Z"), now)
    found = _judged("2026-03-01T12:05:01Z", FAR, "2026-03-01T12:00:00Z")
    assert (found["freshness_state"], found["failure"]) == ("missing", "from-the-future")


@pytest.mark.parametrize(
    "wrong",
    [
        {"fresh_until": "2026-02-28T00:00:00Z"},
        {"generated_at": "2026-02-30T00:00:00Z", "fresh_until": FAR},
        {"generated_at": "2026-03-01 00:00:00"},
        {"generated_at": "2026-03-01T00:00:00"},
        {"fresh_until": None},
        {"generated_at": 1772323200},
    ],
    ids=["fresh_until before generated_at", "no such day", "no T", "no zone", "null", "a number"],
)
def test_times_that_are_none_make_the_report_invalid(wrong: dict[str, Any]) -> None:
    """Such a report is not accepted, whatever else it says."""
    context = Context(moment_of("2026-03-01T12:00:00Z"), 72, "built_in", frozenset({"1"}))
    judged = classify(runner(), fetched(report(**wrong)), None, None, context)
    assert (judged.row["freshness_state"], judged.row["failure"]) == ("missing", "invalid-report-shape")
    assert judged.entry["outcome"] == "refused"
    assert judged.entry["problems"]


@given(st.integers(-(10**19), 10**19), st.integers(0, 10**18), st.integers(0, 87600), st.integers(-(10**19), 10**19))
def test_stale_means_after_the_earlier_limit(made: int, more: int, hours: int, now: int) -> None:
    """The law, for any moments."""
    age = age_of(made, made + more, hours, now)
    assert age.is_stale == (now > made + more or now > made + hours * 3600 * 10**9)
    assert age.is_stale == (now > age.stale_after)


@given(st.datetimes().map(lambda date: f"{date.isoformat()}Z"))
def test_a_moment_is_shown_as_it_was_read(text: str) -> None:
    """Reading what is shown gives the same moment, in every year."""
    assert moment_of(shown(moment_of(text))) == moment_of(text)


def test_moments_outside_the_calendar_are_drawn_to_its_ends() -> None:
    """What no document can say is the last, or first, moment that one can."""
    assert shown(10**21) == "9999-12-31T23:59:59Z"
    assert shown(-(10**21)) == "0001-01-01T00:00:00Z"
    with pytest.raises(InvalidArtifact):
        moment_of("yesterday")
