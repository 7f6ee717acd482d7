"""Reports as values: CTRF, the common test report format, as a plain dict that is made, read and merged here.

* A summary counts the tests that are listed. What a producer declared beside them is kept under
  ``results.summary.extra.runpact``: ``expected``, ``collected``, ``reported``, ``notes``, ``incomplete``.
* ``retryAttempts`` has every attempt at a test, from the first to the last; ``retries`` is one less; ``flaky`` says
  that the last passed after another had failed. The test itself has the status of the last.
* `merge` is associative, and keeps the order of the reports and of the tests in them. Nothing is left out: what a
  report has beside its tests is an item of ``results.extra.runpact.sources``.
* ``start`` and ``stop`` of a summary are times only where they are after 1970, in order and before the year 10000
  (`times`); ``duration`` is what the tests took, as far as anybody said (`took_ms`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runpact_core import documents
from runpact_core.errors import InvalidArtifact
from runpact_reporter._counts import STATUSES, counts, facts

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping, Sequence

    Report = dict[str, Any]

__all__ = ["MAX_BYTES", "build", "dated", "empty", "follow", "merge", "read_ctrf", "times", "took_ms", "whole"]

MAX_BYTES = 256 * 1024 * 1024
"""The largest file that `read_ctrf` reads."""

_SPEC_VERSION = "0.0.0"
_LAST_MS = 253_402_300_799_999  # of the year 9999: no document of ours can name a later time
_MOST = 9_007_199_254_740_991
_UNDATED = "nothing says when these tests ran: stop is when they were reported, and start what they took before that"
_OF_A_TEST = ("message", "trace", "stdout", "stderr", "start", "stop")


def build(  # noqa: PLR0913 - one for each part of a report
    tool: str,
    tests: Sequence[dict[str, Any]],
    *,
    start: int,
    stop: int,
    known: Mapping[str, Any] | None = None,
    version: str | None = None,
    duration: int | None = None,
) -> Report:
    """A report of tests.

    Args:
        tool: The name of the tool that ran them.
        tests: The tests as CTRF has them; the list becomes the report's.
        start: When they started, in milliseconds since 1970.
        stop: When they ended, in milliseconds since 1970.
        known: What is known beside the tests: ``expected``, ``collected``, ``notes``, ``incomplete``, …
        version: The version of the tool.
        duration: How long they took, in milliseconds, where more is known than when they started and ended.
    """
    by_status = dict.fromkeys(STATUSES, 0)
    for test in tests:
        by_status[test["status"] if test["status"] in STATUSES else "other"] += 1
    flaky = sum(test.get("flaky") is True for test in tests)
    summary = {
        "tests": len(tests),
        **by_status,
        "flaky": flaky,
        "start": start,
        "stop": max(start, stop),
        **({} if duration is None else {"duration": duration}),
        "extra": {"runpact": {**(known or {}), "reported": len(tests)}},
    }
    named = {"name": tool, "version": version} if version else {"name": tool}
    return {
        "reportFormat": "CTRF",
        "specVersion": _SPEC_VERSION,
        "results": {"tool": named, "summary": summary, "tests": list(tests)},
    }


def empty(tool: str, *, start: int = 0, stop: int = 0) -> Report:
    """A report without a test: what there is when the tests could not be run; never green."""
    return build(tool, [], start=start, stop=stop)


def times(report: Mapping[str, Any]) -> tuple[int, int] | None:
    """When the tests of a report started and ended, in milliseconds since 1970; None where it states no such times."""
    summary = report["results"]["summary"]
    start, stop = whole(summary.get("start")), whole(summary.get("stop"))
    return (start, stop) if 0 < start <= stop <= _LAST_MS else None


def took_ms(report: Mapping[str, Any]) -> int:
    """How long the tests of a report took: as it declares, else from their start to their end, else all together."""
    summary, stated = report["results"]["summary"], times(report)
    declared = whole(summary.get("duration"))
    if declared or _is_merged(report):
        return declared
    between = stated[1] - stated[0] if stated else 0
    return between or min(sum(whole(test.get("duration")) for test in report["results"]["tests"]), _MOST)


def dated(report: Report, at_ms: int) -> Report:
    """A report that says when its tests ran, as far as it can be said: as it has it, else by when it was reported.

    Args:
        report: The report.
        at_ms: When it was reported, in milliseconds since 1970. Where the report has no times, they ended then, and
            a note says that this is not known.
    """
    if times(report) is not None:
        return report
    results, took = report["results"], took_ms(report)
    known = dict(facts(report))
    if results["tests"]:
        known["notes"] = [*(known.get("notes") or ()), _UNDATED]
    summary = {**results["summary"], "start": at_ms - took if took < at_ms else at_ms, "stop": at_ms}
    summary["extra"] = {**(summary.get("extra") or {}), "runpact": known}
    return {**report, "results": {**results, "summary": summary}}


def whole(value: object) -> int:
    """A number of milliseconds, whole; 0 where it is none."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return int(value) if is_number and 0 <= value <= _MOST else 0  # type: ignore[operator,call-overload]  # the line before says so


def follow(first: Mapping[str, Any], then: Mapping[str, Any]) -> dict[str, Any]:
    """One test of a test and the further attempt at it: the outcome of the last, and all the attempts."""
    attempts = [dict(each) for each in first.get("retryAttempts") or [_attempt(first)]]
    attempts += then.get("retryAttempts") or [_attempt(then)]
    for number, attempt in enumerate(attempts, 1):
        attempt["attempt"] = number
    test = {**then, "retries": len(attempts) - 1, "retryAttempts": attempts}
    if then["status"] == "passed" and any(attempt["status"] == "failed" for attempt in attempts):
        test["flaky"] = True
    return test


def read_ctrf(path: str | os.PathLike[str], *, max_bytes: int = MAX_BYTES) -> Report:
    """Read a report that another tool wrote, of any published version; fields that nobody knows are kept.

    Returns:
        The report. Where its summary declares other numbers than its tests have, that is told as for JUnit files:
        ``expected``, ``notes``, ``incomplete``.

    Raises:
        MissingArtifact: There is no such file.
        InvalidArtifact: It is no such report, or too large.
        EnvironmentFailed: It could not be read.
    """
    name = str(path).replace("\\", "/").rpartition("/")[2]
    try:
        data = dict(documents.read("test_report", path, limit=max_bytes).data)
    except InvalidArtifact as error:
        if error.reason == "schema_version is missing":  # that is how other contracts state what they are
            reason = "no CTRF: reportFormat is missing"
            raise InvalidArtifact(reason, path=str(path), hint='it is "CTRF" in each such report') from error
        raise
    results = data["results"]
    summary, tests = results["summary"], results["tests"]
    extra = dict(summary.get("extra") or {})
    extra["runpact"] = {**facts(data), **_declared(name, summary, tests), "reported": len(tests)}
    return {**data, "results": {**results, "summary": {**summary, "extra": extra}}}


def merge(reports: Iterable[Report]) -> Report:
    """One report of several; a single one is given back as it is, none gives a report without a test.

    Two tests of one name stay two tests: which of them is the other's repetition is for nobody to guess. A report
    without a test makes the whole incomplete, so that a part that ran nothing is not hidden by the others. The whole
    starts and ends with those that state times, and took what its parts took together.
    """
    parts = list(reports)
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return empty("none")
    stated = [each for part in parts if (each := times(part)) is not None]
    merged = build(
        _tools(parts),
        [test for part in parts for test in part["results"]["tests"]],
        start=min((start for start, _ in stated), default=0),
        stop=max((stop for _, stop in stated), default=0),
        known=_merged_facts(parts),
        version=_version(parts),
        duration=min(sum(took_ms(part) for part in parts), _MOST),
    )
    sources = [source for part in parts for source in _sources(part)]
    merged["results"]["extra"] = {"runpact": {"sources": sources}}
    return merged


def _attempt(test: Mapping[str, Any]) -> dict[str, Any]:
    """A test as an attempt at itself."""
    kept = {key: test[key] for key in ("duration", *_OF_A_TEST) if key in test}
    return {"attempt": 1, "status": test["status"], **kept}


def _declared(name: str, summary: Mapping[str, Any], tests: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How a summary disagrees with the tests beside it."""
    found: dict[str, Any] = {}
    declared = summary.get("tests")
    failed = sum(test["status"] == "failed" for test in tests)
    if isinstance(declared, int) and declared != len(tests):
        found["expected"] = declared
        found["notes"] = [f"{name}: the summary declares {declared} tests, and {len(tests)} were found"]
    if isinstance(summary.get("failed"), int) and summary["failed"] > failed:
        said = f"{name}: the summary declares {summary['failed']} failed tests, and {failed} were found"
        found["incomplete"] = [said]
    return found


def _merged_facts(parts: Sequence[Report]) -> dict[str, Any]:
    """The sums of what is known; a part that knows nothing counts with what it reported."""
    merged: dict[str, Any] = {}
    for key in ("expected", "collected"):
        known = [getattr(counts(part), key) for part in parts]
        if any(number is not None for number in known):
            reported = [len(part["results"]["tests"]) for part in parts]
            merged[key] = sum(
                there if number is None else number for number, there in zip(known, reported, strict=True)
            )
    if any(counts(part).interrupted for part in parts):
        merged["interrupted"] = True
    for key in ("notes", "incomplete"):
        said = [each for part in parts for each in (*(facts(part).get(key) or ()), *_lacking(part, key))]
        if said:
            merged[key] = said
    return merged


def _lacking(part: Report, key: str) -> list[str]:
    is_empty = key == "incomplete" and not part["results"]["tests"] and not _is_merged(part)
    return ["one of the merged reports has no tests"] if is_empty else []


def _is_merged(part: Mapping[str, Any]) -> bool:
    return "sources" in ((part["results"].get("extra") or {}).get("runpact") or {})


def _sources(part: Report) -> list[Any]:
    if _is_merged(part):
        return list(part["results"]["extra"]["runpact"]["sources"])
    return [{**part, "results": {key: value for key, value in part["results"].items() if key != "tests"}}]


def _tools(parts: Sequence[Report]) -> str:
    names = [name for part in parts for name in str(part["results"]["tool"]["name"]).split(", ")]
    return ", ".join(dict.fromkeys(names))


def _version(parts: Sequence[Report]) -> str | None:
    tools = {(str(part["results"]["tool"]["name"]), part["results"]["tool"].get("version")) for part in parts}
    return tools.pop()[1] if len(tools) == 1 else None
