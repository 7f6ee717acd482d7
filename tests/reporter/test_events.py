"""The events of a pytest session, written and put together to a report: attempts, crashes, torn files."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import documents
from runpact_core.errors import MissingArtifact, Refused
from runpact_reporter._counts import counts, facts, verdict
from runpact_reporter._ctrf import merge
from runpact_reporter._events import MAX_TEXT, EventLog, read_events

if TYPE_CHECKING:
    from pathlib import Path

START = {"event": "session_start", "at": 1_000, "pytest": "9.2.0"}
END = {"event": "session_end", "at": 9_000, "exit_status": 0}


def collected(selected: int, **more: Any) -> dict[str, Any]:
    """The event that tells how many tests there are."""
    return {"event": "collected", "selected": selected, "deselected": 0, **more}


def phases(nodeid: str, *outcomes: str, **more: Any) -> list[dict[str, Any]]:
    """The reports of an attempt's phases, from its setup on."""
    named = zip(("setup", "call", "teardown"), outcomes, strict=False)
    return [{"event": "report", "nodeid": nodeid, "when": when, "outcome": each, **more} for when, each in named]


def report_of(path: Path, *events: dict[str, Any], tail: str = "") -> dict[str, Any]:
    """The report of a file with these events, of one session unless they say otherwise."""
    lines = [json.dumps({"session": "s", **event}) + "\n" for event in events]
    (path / "events.jsonl").write_text("".join(lines) + tail, encoding="utf-8")
    report = read_events(path / "events.jsonl")
    assert documents.validate("test_report", report, strict=True) == []
    return report


def outcomes(report: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    """Name, status and pytest's own word of each test."""
    return [(test["name"], test["status"], test.get("rawStatus")) for test in report["results"]["tests"]]


@pytest.mark.parametrize(
    ("events", "status", "raw"),
    [
        (phases("a.py::t", "passed", "passed", "passed"), "passed", None),
        (phases("a.py::t", "passed", "failed", "passed"), "failed", None),
        (phases("a.py::t", "failed", "passed")[:1] + phases("a.py::t", "", "", "passed")[2:], "failed",
         "error in setup"),
        (phases("a.py::t", "passed", "passed", "failed"), "failed", "error in teardown"),
        (phases("a.py::t", "skipped")[:1] + phases("a.py::t", "", "", "passed")[2:], "skipped", None),
        (phases("a.py::t", "passed", "skipped", "passed"), "skipped", None),
        (phases("a.py::t", "passed", "skipped", "passed", xfail="known"), "skipped", "xfailed"),
        (phases("a.py::t", "passed", "passed", "passed", xfail="known"), "passed", "xpassed"),
        ([*phases("a.py::t", "passed"), {"event": "report", "nodeid": "a.py::t", "when": "???", "outcome": "failed"}],
         "failed", "crashed"),
        (phases("a.py::t", "passed") + phases("a.py::t", "", "", "passed")[2:], "other", "not called"),
    ],
)  # fmt: skip
def test_status(tmp_path: Path, events: list[dict[str, Any]], status: str, raw: str | None) -> None:
    """Each way a test of pytest ends."""
    assert outcomes(report_of(tmp_path, START, collected(1), *events, END)) == [("t", status, raw)]


def test_a_test_says_where_it_is_and_what_was_wrong(tmp_path: Path) -> None:
    """File, classes, name with parameters, line, times, worker, message, trace and output come from the events."""
    wrong = {"longrepr": "x = 1\nE   assert 1 == 2\na.py:3: AssertionError", "stdout": "printed"}
    more = {"start": 2_000, "stop": 2_005, "duration": 5, "worker": "gw1", "file": "src/a.py", "line": 3}
    setup, call, teardown = phases("a.py::C::t[x::y]", "passed", "failed", "passed", **more)
    (test,) = report_of(tmp_path, START, setup, {**call, **wrong}, teardown, END)["results"]["tests"]
    assert test == {
        "name": "t[x::y]", "status": "failed", "duration": 15, "testId": "a.py::C::t[x::y]", "suite": ["a.py", "C"],
        "filePath": "src/a.py", "line": 3, "message": "assert 1 == 2", "trace": wrong["longrepr"], "start": 2_000,
        "stop": 2_005, "threadId": "gw1", "stdout": ["printed"],
    }  # fmt: skip


@pytest.mark.parametrize("teardown", [[], ["passed"], ["rerun"]])
def test_reruns_are_attempts(tmp_path: Path, teardown: list[str]) -> None:
    """What a rerun plugin reports as ``rerun``, with or without a teardown, is an attempt at the test that follows."""
    again = phases("a.py::t", "passed", "rerun", *teardown, longrepr="E   flaked")
    report = report_of(
        tmp_path, START, collected(1), *again, *again, *phases("a.py::t", "passed", "passed", "passed"), END
    )
    (test,) = report["results"]["tests"]
    assert (test["status"], test["flaky"], test["retries"]) == ("passed", True, 2)
    assert [(each["attempt"], each["status"]) for each in test["retryAttempts"]] == [
        (1, "failed"), (2, "failed"), (3, "passed"),
    ]  # fmt: skip
    assert test["retryAttempts"][0]["message"] == "flaked"
    assert verdict(counts(report), 0) == ("success", "1 passed (1 flaky)")


def test_a_rerun_on_another_worker(tmp_path: Path) -> None:
    """After a crash another worker takes the test over: one test with two attempts."""
    first = phases("a.py::t", "passed", "rerun", worker="gw0")
    then = phases("a.py::t", "passed", "failed", "passed", worker="gw1")
    (test,) = report_of(tmp_path, START, *first, *then, END)["results"]["tests"]
    assert (test["status"], test["retries"], "flaky" in test) == ("failed", 1, False)


def test_a_rerun_that_did_not_come(tmp_path: Path) -> None:
    """A test that ended to be run again, and was not, is unfinished."""
    report = report_of(tmp_path, START, collected(1), *phases("a.py::t", "passed", "rerun"), END)
    assert counts(report).incomplete == ("1 test began and did not end: a.py::t",)


def test_one_test_twice(tmp_path: Path) -> None:
    """A test that ended and is run once more by itself is another test."""
    twice = phases("a.py::t", "passed", "failed", "passed") + phases("a.py::t", "passed", "passed", "passed")
    report = report_of(tmp_path, START, collected(2), *twice, END)
    assert outcomes(report) == [("t", "failed", None), ("t", "passed", None)]


def test_files_that_could_not_be_collected(tmp_path: Path) -> None:
    """Each is a test once, told by however many workers, and is no substitute for a test that is missing."""
    broken = {"event": "collect_report", "nodeid": "b.py", "outcome": "failed", "longrepr": "E   ImportError: no x"}
    left_out = {"event": "collect_report", "nodeid": "c.py", "outcome": "skipped", "longrepr": "Skipped: no y"}
    ran = phases("a.py::t", "passed", "passed", "passed")
    report = report_of(tmp_path, START, broken, broken, left_out, collected(2), *ran, END)
    assert outcomes(report) == [("b.py", "failed", "error in collection"), ("c.py", "skipped", None),
                                ("t", "passed", None)]  # fmt: skip
    assert report["results"]["tests"][0]["message"] == "ImportError: no x"
    assert verdict(counts(report), 0) == (
        "failed",
        "1 failed, 1 passed, 1 skipped; 1 collection error: b.py; 3 of 4 collected tests were reported",
    )


def test_a_killed_session(tmp_path: Path) -> None:
    """What was seen before a kill is there; the test that ran is named, and nothing is green."""
    ended, running = phases("a.py::t", "passed", "passed", "passed"), phases("a.py::u", "passed")
    report = report_of(tmp_path, START, collected(3), *ended, *running, tail='{"event": "report", "nod')
    found = counts(report)
    assert (found.collected, found.reported, found.passed) == (3, 1, 1)
    assert found.incomplete[0] == "the session has no end, and 1 test began and did not end: a.py::u"
    assert found.incomplete[1].startswith("line 7 of the events is none")
    assert verdict(found, 0) == ("failed", f"failed: {found.incomplete[0]}; 1 of 3 collected tests was reported")
    complete = report_of(tmp_path, START, collected(1), *ended)
    assert verdict(counts(complete), 0)[0] == "failed"


def test_every_worker_runs_every_test(tmp_path: Path) -> None:
    """Where each worker runs all the tests, all of them are expected, and kept apart."""
    both = [
        *phases("a.py::t", "passed", worker="gw0"),
        *phases("a.py::t", "passed", "passed", "passed", worker="gw1"),
        *phases("a.py::t", "", "failed", "passed", worker="gw0")[1:],
    ]
    report = report_of(tmp_path, START, collected(1, each=True), collected(1, each=True), *both, END)
    assert verdict(counts(report), 1) == ("failed", "1 failed, 1 passed")
    assert counts(report).collected == 2


def test_sessions_that_share_a_file(tmp_path: Path) -> None:
    """Events of two sessions, mixed, are two reports merged; one that was killed makes the whole incomplete."""
    one = [START, collected(1), *phases("a.py::t", "passed", "passed", "passed"), END]
    two = [{**event, "session": "z"} for event in one]
    mixed = [event for pair in zip(one, two, strict=True) for event in pair]
    assert verdict(counts(report_of(tmp_path, *mixed)), 0) == ("success", "2 passed")
    assert verdict(counts(report_of(tmp_path, *mixed[:-1])), 0)[0] == "failed"


def test_no_events(tmp_path: Path) -> None:
    """An empty file has no tests and no green; a missing one is named."""
    assert verdict(counts(report_of(tmp_path)), 0) == ("failed", "no tests were reported")
    assert counts(report_of(tmp_path, tail="[1]\n")).incomplete == ("line 1 of the events is none: it names no event",)
    with pytest.raises(MissingArtifact):
        read_events(tmp_path / "none.jsonl")


def test_the_log_appends_whole_lines(tmp_path: Path) -> None:
    """Each event is a line of its own, after a torn one too; long and unsayable texts are cut and escaped."""
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"torn')
    log = EventLog(path, "s")
    log.write("report", nodeid="a\udc80", longrepr="x" * (MAX_TEXT + 5), line=None)
    log.write("session_end", at=5, exit_status=0)
    log.close()
    log.write("report", nodeid="late")
    torn, first, second = path.read_bytes().splitlines()
    assert torn == b'{"torn'
    assert "5 characters left out" in json.loads(first).pop("longrepr")
    assert json.loads(first)["nodeid"] == "a\\udc80"
    assert "line" not in json.loads(first)
    assert json.loads(second) == {"event": "session_end", "session": "s", "at": 5, "exit_status": 0}


def test_a_forked_child_has_nothing_to_say(tmp_path: Path) -> None:
    """Only the process that opened the log writes to it."""
    log = EventLog(tmp_path / "events.jsonl", "s")
    pid = os.fork()
    if pid == 0:
        log.write("report", nodeid="of the child")
        log.close()
        os._exit(0)
    os.waitpid(pid, 0)
    log.write("session_end", at=5)
    log.close()
    assert [json.loads(line)["event"] for line in (tmp_path / "events.jsonl").read_bytes().splitlines()] == [
        "session_end"
    ]


def test_the_log_takes_a_regular_file_alone(tmp_path: Path) -> None:
    """A folder or a link under the name is refused."""
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused):
        EventLog(tmp_path / "link", "s")
    assert not (tmp_path / "elsewhere").exists()


def test_what_stopped_a_session_is_said(tmp_path: Path) -> None:
    """Files that could not be collected, at most three by name; Ctrl-C, in one of several sessions too."""
    broken = [{"event": "collect_report", "nodeid": f"{name}.py", "outcome": "failed"} for name in "abcde"]
    said = "5 collection errors: a.py, b.py, c.py and 2 more"
    assert verdict(counts(report_of(tmp_path, START, *broken, END)), 2) == ("failed", f"5 failed; {said}")
    ran = phases("a.py::t", "passed", "passed", "passed")
    report = report_of(tmp_path, START, collected(1), *ran, {**END, "interrupted": True})
    assert verdict(counts(report), 2) == ("failed", "interrupted: 1 passed")
    both = merge([report, report_of(tmp_path, START, collected(1), *phases("b.py::t", "passed", "failed"), END)])
    assert verdict(counts(both), 2)[1].startswith("interrupted: ")


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ({"event": "collected", "selected": "x"}, "selected is no number of that kind"),
        ({"event": "session_end", "at": True}, "at is no number of that kind"),
        ({"event": "session_start", "at": 10**100}, "at is no number of that kind"),
        ({"event": "session_start", "pytest": [1]}, "pytest is no text"),
        ({"event": "report", "nodeid": "a", "when": "teardown", "outcome": {}}, "outcome is no text"),
        (["event"], "it names no event"),
    ],
)
def test_a_line_of_other_types_is_no_event(tmp_path: Path, event: Any, why: str) -> None:
    """A field that `EventLog` never writes so makes the line none: it is told, and the report follows its contract."""
    (tmp_path / "events.jsonl").write_text(json.dumps(event) + "\n", encoding="utf-8")
    report = read_events(tmp_path / "events.jsonl")
    assert facts(report)["incomplete"] == [f"line 1 of the events is none: {why}"]
    assert documents.validate("test_report", report, strict=True) == []


def test_a_test_that_took_the_session_with_it_is_named(tmp_path: Path) -> None:
    """It began, and no phase of it ended: its own name is there, in the first sentence; four are three and a number."""
    begins = [{"event": "begin", "nodeid": f"a.py::{name}"} for name in "tuvw"]
    whole = phases("a.py::t", "passed", "passed", "passed")
    report = report_of(tmp_path, START, collected(2), begins[0], *whole, begins[1])
    said = "the session has no end, and 1 test began and did not end: a.py::u"
    assert counts(report).incomplete == (said,)
    assert verdict(counts(report), 139)[1] == (
        f"failed: {said}; 1 of 2 collected tests was reported; the tests were ended by SIGSEGV"
    )
    assert counts(report_of(tmp_path, START, collected(1), begins[0], *whole, END)).incomplete == ()
    (many,) = counts(report_of(tmp_path, START, *begins, END)).incomplete
    assert many == "4 tests began and did not end: a.py::t, a.py::u, a.py::v and 1 more"


def test_a_session_that_only_lists(tmp_path: Path) -> None:
    """Alone it ran none of its tests; beside one that ran them it counts for nothing."""
    listing = [{**START, "lists": True}, collected(42), END]
    assert verdict(counts(report_of(tmp_path, *listing)), 0) == (
        "failed",
        "failed: the tests were only listed, and not run; 0 of 42 collected tests were reported",
    )
    ran = [START, collected(1), *phases("a.py::t", "passed", "passed", "passed"), END]
    both = [*({**event, "session": "z"} for event in listing), *ran]
    assert verdict(counts(report_of(tmp_path, *both)), 0) == ("success", "1 passed")
