"""Reports as values: made, followed by attempts, merged; and those of others, read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runpact_core.errors import InvalidArtifact, MissingArtifact
from runpact_reporter._counts import STATUSES, counts, verdict
from runpact_reporter._ctrf import build, empty, follow, merge, read_ctrf

if TYPE_CHECKING:
    from pathlib import Path

PUBLISHED: dict[str, Any] = {
    "reportFormat": "CTRF",
    "specVersion": "1.0.0",
    "results": {
        "tool": {"name": "example"},
        "summary": {
            "tests": 1,
            "passed": 1,
            "failed": 0,
            "pending": 0,
            "skipped": 0,
            "other": 0,
            "start": 5,
            "stop": 9,
        },
        "tests": [{"name": "should pass", "status": "passed", "duration": 100}],
    },
}

TESTS = st.lists(
    st.builds(
        lambda name, status: {"name": name, "status": status, "duration": 1}, st.sampled_from("abc"),
        st.sampled_from(STATUSES),
    ),
    max_size=3,
)  # fmt: skip
KNOWN = st.fixed_dictionaries(
    {},
    optional={
        "expected": st.integers(0, 9),
        "collected": st.integers(0, 9),
        "incomplete": st.lists(st.sampled_from(["killed", "cut"]), min_size=1, max_size=2),
    },
)
REPORTS = st.builds(
    lambda tool, version, tests, times, known, duration: build(
        tool, tests, start=min(times), stop=max(times), known=known, version=version, duration=duration
    ),
    st.sampled_from(["pytest", "jest", "go"]),
    st.sampled_from([None, "1", "2"]),
    TESTS,
    st.tuples(*[st.one_of(st.integers(0, 99), st.integers(253_402_300_799_999, 2**53))] * 2),
    KNOWN,
    st.one_of(st.none(), st.integers(0, 9)),
)


def write(path: Path, document: object) -> Path:
    """A file with a document."""
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@given(st.lists(REPORTS, min_size=3, max_size=3))
def test_merge_is_associative(reports: list[dict[str, Any]]) -> None:
    """Shards may be merged in any grouping: the same report comes out."""
    first, second, third = reports
    whole = merge(reports)
    assert merge([merge([first, second]), third]) == whole
    assert merge([first, merge([second, third])]) == whole


@given(st.lists(REPORTS, min_size=1, max_size=4))
def test_merge_adds_up(reports: list[dict[str, Any]]) -> None:
    """Each count of the whole is the sum of the parts', the tests are in their order, and the summary says the same."""
    whole = merge(reports)
    found, parts = counts(whole), [counts(each) for each in reports]
    for name in ("reported", *STATUSES):
        assert getattr(found, name) == sum(getattr(part, name) for part in parts)
    assert whole["results"]["tests"] == [test for each in reports for test in each["results"]["tests"]]
    assert {name: whole["results"]["summary"][name] for name in STATUSES} == {
        name: getattr(found, name) for name in STATUSES
    }


def test_merge_of_two_shards() -> None:
    """Times span both, tools are named once each, and what a part had beside its tests is kept."""
    unit = build("pytest", [_test("passed")], start=1_000, stop=2_000, known={"collected": 2}, version="9")
    unit["results"]["environment"] = {"branchName": "main"}
    web = build("jest", [_test("failed")], start=500, stop=1_500)
    whole = merge([unit, web, unit])
    summary = whole["results"]["summary"]
    assert (summary["start"], summary["stop"]) == (500, 2_000)
    assert whole["results"]["tool"] == {"name": "pytest, jest"}
    assert summary["extra"]["runpact"] == {"collected": 5, "reported": 3}
    sources = whole["results"]["extra"]["runpact"]["sources"]
    assert [source["results"]["tool"]["name"] for source in sources] == ["pytest", "jest", "pytest"]
    assert sources[0]["results"]["environment"] == {"branchName": "main"}
    assert merge([unit, unit])["results"]["tool"] == {"name": "pytest", "version": "9"}


def test_merge_of_one_or_none() -> None:
    """A single report is given back, none makes one that is not green."""
    report = build("pytest", [_test("passed")], start=0, stop=0)
    assert merge([report]) is report
    assert verdict(counts(merge([]))) == ("failed", "no tests were reported")


def test_an_empty_shard_is_not_hidden() -> None:
    """A part that ran nothing makes the whole incomplete, however many tests the others ran."""
    whole = merge([build("pytest", [_test("passed")], start=0, stop=0), empty("pytest")])
    assert verdict(counts(whole), 0) == ("failed", "failed: one of the merged reports has no tests")


def test_two_tests_of_one_name_stay_two() -> None:
    """A test that failed in one shard and passed in another is no retry: the failure stands."""
    shards = [build("pytest", [_test(status)], start=0, stop=0) for status in ("failed", "passed")]
    assert verdict(counts(merge(shards)), 0) == ("failed", "1 failed, 1 passed")


def test_follow_keeps_each_attempt() -> None:
    """Attempts are numbered from the first, and the test has the outcome of the last."""
    first = {**_test("failed"), "message": "refused"}
    again = follow(follow(first, {**_test("failed"), "trace": "t"}), _test("passed"))
    assert again["status"] == "passed"
    assert again["flaky"] is True
    assert again["retries"] == 2
    assert again["retryAttempts"] == [
        {"attempt": 1, "status": "failed", "duration": 1, "message": "refused"},
        {"attempt": 2, "status": "failed", "duration": 1, "trace": "t"},
        {"attempt": 3, "status": "passed", "duration": 1},
    ]
    assert "flaky" not in follow(first, _test("failed"))


def test_read(tmp_path: Path) -> None:
    """A report of another tool is taken as it is; nothing is known beside its tests but their number."""
    report = read_ctrf(write(tmp_path / "ctrf.json", PUBLISHED))
    assert report["results"]["tests"] == PUBLISHED["results"]["tests"]
    assert report["results"]["summary"]["extra"] == {"runpact": {"reported": 1}}
    assert verdict(counts(report)) == ("success", "1 passed")


def test_read_keeps_unknown_fields(tmp_path: Path) -> None:
    """Fields of a newer version or of a tool's own stay, at every depth."""
    document = json.loads(json.dumps(PUBLISHED))
    document["mine"] = 1
    document["results"]["mine"] = 2
    document["results"]["tests"][0]["mine"] = {"deep": 3}
    report = read_ctrf(write(tmp_path / "ctrf.json", document))
    assert (report["mine"], report["results"]["mine"], report["results"]["tests"][0]["mine"]) == (1, 2, {"deep": 3})


def test_facts_of_others_are_no_facts(tmp_path: Path) -> None:
    """What another tool has where our facts stand, and is none, is not believed."""
    document = json.loads(json.dumps(PUBLISHED))
    document["results"]["summary"]["extra"] = {"runpact": 3, "mine": 4}
    report = read_ctrf(write(tmp_path / "ctrf.json", document))
    assert report["results"]["summary"]["extra"] == {"runpact": {"reported": 1}, "mine": 4}


def test_read_measures_the_tests_by_the_summary(tmp_path: Path) -> None:
    """A summary that declares more tests or failures than there are makes the report incomplete."""
    document = json.loads(json.dumps(PUBLISHED))
    document["results"]["summary"].update(tests=3, failed=2)
    report = read_ctrf(write(tmp_path / "ctrf.json", document))
    facts = report["results"]["summary"]["extra"]["runpact"]
    assert facts["notes"] == ["ctrf.json: the summary declares 3 tests, and 1 were found"]
    assert facts["incomplete"] == ["ctrf.json: the summary declares 2 failed tests, and 0 were found"]
    assert verdict(counts(report)) == (
        "failed",
        f"failed: {facts['incomplete'][0]}; 1 of 3 expected tests was reported",
    )


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {**PUBLISHED, "results": 1},
        {**PUBLISHED, "results": {"tool": {"name": "x"}, "summary": {}, "tests": {}}},
        {**PUBLISHED, "results": {**PUBLISHED["results"], "tests": [{"name": "a"}]}},
        {**PUBLISHED, "results": {**PUBLISHED["results"], "tests": [3]}},
    ],
)
def test_read_refuses_what_is_no_report(tmp_path: Path, document: object) -> None:
    """Anything else is an error that says so, never an empty report."""
    with pytest.raises(InvalidArtifact):
        read_ctrf(write(tmp_path / "ctrf.json", document))


def test_read_is_bounded(tmp_path: Path) -> None:
    """A file beyond the limit is refused before it is read; one that is not there is named."""
    with pytest.raises(InvalidArtifact, match="limit"):
        read_ctrf(write(tmp_path / "ctrf.json", PUBLISHED), max_bytes=100)
    with pytest.raises(MissingArtifact):
        read_ctrf(tmp_path / "none.json")


def _test(status: str) -> dict[str, Any]:
    return {"name": "a", "status": status, "duration": 1}


def test_what_states_no_format_is_no_ctrf(tmp_path: Path) -> None:
    """The message speaks of the field that is missing in such a report, and names no other."""
    nameless = {name: value for name, value in PUBLISHED.items() if name not in {"reportFormat", "specVersion"}}
    with pytest.raises(InvalidArtifact, match=r"^Invalid artifact: no CTRF: reportFormat is missing$"):
        read_ctrf(write(tmp_path / "ctrf.json", nameless))
