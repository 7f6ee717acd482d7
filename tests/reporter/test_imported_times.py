"""Results that others made start when they are reported: no time in a file decides which report is the newest."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runpact_core import documents
from runpact_reporter import _ctrf, _last_run
from runpact_reporter._dash._values import report_of
from runpact_reporter._history_record import length_ms, record_of
from tests.reporter.support import call, last_run, newest, product_dir

if TYPE_CHECKING:
    from pathlib import Path

STAMPS = (
    "",
    "timestamp='2020-02-03T04:05:06'",
    "timestamp='2099-01-01T00:00:00Z'",
    "timestamp='9999-12-31T23:59:59Z' time='3'",
    "timestamp='0001-01-01T00:00:00'",
    "timestamp='soon'",
)
NEVER_MS = (0, 1_768_824_000_000_000, 2**53 - 1)
RED = "<testcase name='pay'><failure message='no'/></testcase>"


@pytest.fixture(autouse=True)
def registered(project: Path) -> None:
    """A product that is registered."""
    assert call("fleet", "register", "spec-kit") == 0


def take(project: Path, text: str, *words: str) -> int:
    """Report a file of results; the exit code."""
    (project / "results").write_text(text)
    kind = "--junit" if text.startswith("<") else "--ctrf"
    return call("report", "generate", "spec-kit", kind, "results", *words)


def ctrf(start: int, stop: int, **more: object) -> str:
    """A report of one test that took 3 ms."""
    test = {"name": "a", "status": "passed", "duration": 3}
    report = _ctrf.build("x", [test], start=start, stop=stop)
    report["results"]["summary"].update({"start": start, "stop": stop}, **more)
    return json.dumps(report)


def suite(attributes: str = "", inner: str = "<testcase name='a'/>") -> str:
    """A JUnit file."""
    return f"<testsuite name='unit' {attributes}>{inner}</testsuite>"


def summary_of(project: Path) -> Any:
    """What `test-report.json` of the newest report says beside its tests."""
    path = product_dir(project) / newest(project)["run_id"] / "test-report.json"
    assert documents.validate("test_report", path, strict=True) == []
    return json.loads(path.read_bytes())["results"]["summary"]


@pytest.mark.parametrize("stamp", STAMPS)
@pytest.mark.parametrize("before", [STAMPS[0], STAMPS[2]])
def test_what_is_reported_last_is_newest(project: Path, before: str, stamp: str) -> None:
    """Green, then red: the red one is what everybody sees, whatever times the two files have."""
    began = int(time.time())
    assert take(project, suite(before)) == 0
    assert take(project, suite(stamp, RED)) == 1
    data = newest(project)
    assert (data["status"], data["summary"]) == ("failed", "1 failed")
    started, ended = (_last_run.moment(data[name]) for name in ("started_at", "ended_at"))
    assert started is not None
    assert ended is not None
    assert began <= started <= ended <= time.time() + 1
    lines = (project / "dash" / "runs" / "report_history.jsonl").read_text().splitlines()
    assert [json.loads(line)["status"] for line in lines] == ["success", "failed"]


@pytest.mark.parametrize("start", NEVER_MS)
def test_a_report_of_no_time_hides_nothing(project: Path, start: int) -> None:
    """CTRF in microseconds or without times is taken; tests that fail after it are the newest."""
    assert take(project, ctrf(start, start)) == 0
    assert newest(project)["status"] == "success"
    assert call("report", "generate", "spec-kit", "--", "sh", "-c", "exit 3") == 3
    assert newest(project)["status"] == "failed"


@pytest.mark.parametrize(
    ("text", "took"),
    [
        (suite("", "<testcase name='a' time='1235'/>"), 1_235_000),
        (suite("time='900.25'", "<testcase name='a' time='1235'/>"), 900_250),
        (suite("time='60' timestamp='2020-02-03T04:05:06'"), 60_000),
        (suite("timestamp='2020-02-03T04:05:06'", "<testcase name='a' time='1235'/>"), 1_235_000),
        (suite("", suite("", "<testcase name='a' time='2'/>") + suite("time='0.5'")), 2_500),
        (ctrf(1_700_000_000_000, 1_700_000_123_456), 123_456),
        (ctrf(1_768_824_000_000_000, 1_768_824_005_000_000, duration=77_000), 77_000),
    ],
)
@pytest.mark.parametrize("version", ["0.1", "0.2"])
def test_what_the_tests_took(project: Path, text: str, took: int, version: str) -> None:
    """Declared, from start to stop, or summed: in the report, the history and the dashboard, whatever the version."""
    assert take(project, text, "--schema-version", version) == 0
    data = newest(project)
    assert data.get("duration_ms", took) == took
    assert data["banana_economy"]["spent_minutes"] == round(took / 60_000, 5)
    (line,) = (project / "dash" / "runs" / "report_history.jsonl").read_text().splitlines()
    assert json.loads(line)["duration_ms"] == took
    assert report_of(data, version).duration_ms == took
    summary = summary_of(project)
    assert summary.get("duration", summary["stop"] - summary["start"]) == took
    assert call("history", "rebuild", "--check") == 0


def test_several_files_take_what_each_takes(project: Path) -> None:
    """A file of months ago beside one of now: their times are added up, not what lies between them."""
    (project / "old").write_text(suite("timestamp='2020-02-03T04:05:06' time='30'"))
    (project / "new").write_text(suite("timestamp='2026-01-19T12:00:00' time='31'"))
    words = ("--junit", "old", "--junit", "new", "--schema-version", "0.2")
    assert call("report", "generate", "spec-kit", *words) == 0
    assert newest(project)["duration_ms"] == 61_000


def test_times_of_the_tests_are_kept(project: Path) -> None:
    """They stand in `test-report.json`, without a note."""
    assert take(project, ctrf(1_700_000_000_250, 1_700_000_060_000)) == 0
    summary = summary_of(project)
    assert (summary["start"], summary["stop"]) == (1_700_000_000_250, 1_700_000_060_000)
    assert "notes" not in summary["extra"]["runpact"]


@pytest.mark.parametrize("text", [suite("", "<testcase name='a' time='1235'/>"), *(ctrf(ms, ms) for ms in NEVER_MS)])
def test_times_that_nobody_states(project: Path, text: str) -> None:
    """The tests ended when they were reported, as far as anybody knows; a note says so, and 1970 is not named."""
    before = time.time_ns() // 1_000_000
    assert take(project, text) == 0
    summary = summary_of(project)
    assert before <= summary["stop"] <= time.time_ns() // 1_000_000
    assert summary["stop"] - summary["start"] == (1_235_000 if text.startswith("<") else 3)
    (note,) = summary["extra"]["runpact"]["notes"]
    assert note.startswith("nothing says when these tests ran")


@given(
    st.integers(-(2**53), 2**53), st.integers(-(2**53), 2**53), st.lists(st.integers(0, 2**53), max_size=3),
    st.integers(1, 253_402_300_799_999),
)  # fmt: skip
def test_every_report_gets_times_of_the_calendar(start: int, stop: int, durations: list[int], at_ms: int) -> None:
    """Whatever a file states: afterwards start and stop are in order and can be written, and what it took stays."""
    tests = [{"name": "a", "status": "passed", "duration": each} for each in durations]
    report = _ctrf.build("x", tests, start=0, stop=0)
    report["results"]["summary"].update(start=start, stop=stop)
    dated = _ctrf.dated(report, at_ms)
    first, last = _ctrf.times(dated) or (-1, -1)
    assert 0 < first <= last
    assert (first, last) == (start, stop) or last == at_ms
    for ms in (first, last):
        assert _last_run.moment(_last_run.rfc3339(ms)) == pytest.approx(ms / 1000)
    assert dated["results"]["tests"] == tests


@pytest.mark.parametrize(
    ("ms", "written"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1, "1970-01-01T00:00:00.001Z"),
        (10**15, "9999-12-31T23:59:59.999Z"),
        (-(10**15), "0001-01-01T00:00:00Z"),
    ],
)
def test_a_time_outside_the_calendar(ms: int, written: str) -> None:
    """It is the first or the last one that can be written; a report of it is valid."""
    assert _last_run.rfc3339(ms) == written
    assert documents.validate("last_run", last_run(started_at=written, ended_at=written), strict=True) == []


@pytest.mark.parametrize(
    ("spent", "span_ms", "expected"),
    [
        (5.38, 323_000, 323_000),
        (0, 5_000, 5_000),
        (0.0075, 40, 450),
        (20.58333, 40, 1_235_000),
        (float("nan"), 7, 7),
        (1e12, 7, 7),
        (True, 7, 7),
        ("9", 7, 7),
    ],
)
def test_how_long_a_report_of_0_1_took(spent: Any, span_ms: int, expected: int) -> None:
    """From start to end, unless its minutes say more than that; what is no number says nothing."""
    assert length_ms({"banana_economy": {"spent_minutes": spent}}, span_ms) == expected
    assert length_ms({"banana_economy": [spent]}, span_ms) == span_ms


def test_a_report_with_its_own_duration_keeps_it() -> None:
    """Version 0.2 states it, whatever its minutes are."""
    assert record_of(last_run(duration_ms=9, banana_economy={"spent_minutes": 70}), "a/b")["duration_ms"] == 9
