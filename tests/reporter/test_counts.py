"""Counts of a report, and the verdict: never green by absence."""

from __future__ import annotations

from typing import Any

import pytest

from runpact_reporter._counts import Counts, counts, verdict
from runpact_reporter._ctrf import build, empty

NONE = Counts(None, None, 0, 0, 0, 0, 0, 0, 0, 0)


def of(*, passed: int = 0, failed: int = 0, **more: Any) -> Counts:
    """Counts with as many reported tests as there are outcomes."""
    reported = passed + failed + sum(more.get(each, 0) for each in ("skipped", "pending", "other"))
    return NONE._replace(reported=reported, passed=passed, failed=failed, **more)


@pytest.mark.parametrize(
    ("found", "exit_code", "timed_out", "status", "summary"),
    [
        (of(passed=42), 0, False, "success", "42 passed"),
        (of(passed=42), None, False, "success", "42 passed"),
        (of(passed=42, collected=42, expected=42), 0, False, "success", "42 passed"),
        (of(passed=42, flaky=1), 0, False, "success", "42 passed (1 flaky)"),
        (of(passed=40, skipped=2), 0, False, "success", "40 passed, 2 skipped"),
        (of(passed=40, pending=2), 0, False, "success", "40 passed, 2 pending"),
        (of(passed=40, other=2), 0, False, "partial", "40 passed, 2 other"),
        (of(skipped=2), 0, False, "partial", "2 skipped"),
        (of(passed=39, failed=3, skipped=2), 1, False, "failed", "3 failed, 39 passed, 2 skipped"),
        (of(passed=39, failed=3), 0, False, "failed", "3 failed, 39 passed"),
        (of(passed=42), 3, False, "failed", "failed: the tests ended with exit code 3 (42 passed)"),
        (of(passed=42), -9, False, "failed", "failed: the tests ended with exit code -9, SIGKILL (42 passed)"),
        (of(passed=42), 139, False, "failed", "failed: the tests ended with exit code 139, SIGSEGV (42 passed)"),
        (of(passed=1, collected=2), 139, False, "failed",
         "failed: 1 of 2 collected tests was reported; the tests were ended by SIGSEGV"),
        (of(passed=3, failed=2, expected=6, incomplete=("x.xml ends early",)), 1, False, "failed",
         "2 failed, 3 passed; x.xml ends early; 5 of 6 expected tests were reported"),
        (of(passed=10, collected=42), 0, False, "failed", "failed: 10 of 42 collected tests were reported"),
        (of(passed=1, expected=2), 0, False, "failed", "failed: 1 of 2 expected tests was reported"),
        (of(passed=3, expected=2), 0, False, "success", "3 passed"),
        (of(passed=2, incomplete=("x.xml ends early",)), 0, False, "failed", "failed: x.xml ends early"),
        (NONE, 0, False, "failed", "no tests were reported"),
        (NONE, None, False, "failed", "no tests were reported"),
        (NONE._replace(collected=0, expected=0), 0, False, "failed", "no tests were reported"),
        (NONE._replace(collected=5), 0, False, "failed", "failed: 0 of 5 collected tests were reported"),
        (of(passed=42), 0, True, "failed", "failed: the tests timed out (42 passed)"),
        (of(passed=4, collected=9), 124, True, "failed",
         "failed: the tests timed out (4 of 9 collected tests were reported)"),
    ],
)  # fmt: skip
def test_verdict(found: Counts, exit_code: int | None, timed_out: bool, status: str, summary: str) -> None:  # noqa: FBT001 - a column
    """Each row of the table: success needs tests that were all reported, of which one passed and none failed."""
    assert verdict(found, exit_code, timed_out=timed_out) == (status, summary)


def test_counts_look_at_the_tests() -> None:
    """What a summary says of the tests beside it is not believed."""
    report = build("pytest", [_test("passed"), _test("failed"), _test("odd")], start=0, stop=0)
    report["results"]["summary"].update(tests=9, passed=9, failed=0)
    assert counts(report) == of(passed=1, failed=1, other=1)


def test_counts_have_what_is_known_beside_the_tests() -> None:
    """Expected and collected tests, attempts and reasons come from the report."""
    again = {**_test("passed"), "retries": 2, "flaky": True}
    known = {"expected": 5, "collected": 4, "incomplete": ["it was killed"]}
    found = counts(build("pytest", [again], start=0, stop=0, known=known))
    assert found == of(passed=1, expected=5, collected=4, flaky=1, retried=1, incomplete=("it was killed",))


@pytest.mark.parametrize("extra", [None, [], {"runpact": 3}, {"runpact": {"expected": "many", "collected": True}}])
def test_facts_of_others_are_not_believed(extra: object) -> None:
    """What stands where our facts are, and is none, counts as nothing known."""
    report = empty("x")
    report["results"]["summary"]["extra"] = extra
    assert counts(report) == NONE


def test_the_document_leaves_out_what_nobody_knows() -> None:
    """The counts as a report of a run has them: numbers only."""
    document = of(passed=2, collected=2).document()
    assert document["collected"] == 2
    assert "expected" not in document
    assert all(type(value) is int for value in document.values())


def _test(status: str) -> dict[str, Any]:
    return {"name": "a", "status": status, "duration": 1}
