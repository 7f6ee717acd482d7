"""How many tests a report has, and what follows: a verdict that is never green by absence.

Counts are taken from the tests that are listed, never from what a summary says of them. What a producer declared, or a
session collected, is only what the list is measured by. `verdict` is this table, and the first row that fits decides:

| found | status |
|---|---|
| the tests timed out | failed |
| somebody pressed Ctrl-C: told, or exit code 130 | failed; summary "interrupted: …" |
| no test was reported | failed |
| fewer reported than collected, or than declared | failed |
| the report says that it is incomplete | failed |
| a failed test | failed |
| an exit code that is not 0 | failed |
| an outcome that nobody knows, or none passed | partial |
| anything else | success |
"""

from __future__ import annotations

import signal
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["INTERRUPTED", "STATUSES", "Counts", "counts", "facts", "lacking", "signal_name", "verdict"]

STATUSES = ("passed", "failed", "skipped", "pending", "other")
"""The outcomes of a test."""

INTERRUPTED = 130
"""Exit code of what Ctrl-C ended, as shells have it."""

_SHELLS_ADD = 128  # a shell's exit code of a command that a signal ended is this and the signal's number

_SHOWN = ("failed", "passed", "skipped", "pending", "other")


class Counts(NamedTuple):
    """Tests by outcome.

    Attributes:
        expected: How many tests the producer declared; None where it did not.
        collected: How many tests the session was about to run; None where nobody knows.
        reported: How many tests the report lists.
        passed: How many of them passed.
        failed: How many of them failed.
        skipped: How many of them were skipped.
        pending: How many of them are not written yet, or were not run.
        other: How many of them ended in another or an unknown way.
        flaky: How many of them passed after a failed attempt.
        retried: How many of them were tried more than once.
        incomplete: Why the report cannot be the whole of what was run, in sentences; empty where nothing says so.
        interrupted: Whether somebody ended the session by Ctrl-C.
    """

    expected: int | None
    collected: int | None
    reported: int
    passed: int
    failed: int
    skipped: int
    pending: int
    other: int
    flaky: int
    retried: int
    incomplete: tuple[str, ...] = ()
    interrupted: bool = False

    def document(self) -> dict[str, int]:
        """The counts as ``metrics.tests`` of a ``last_run`` has them: without what nobody knows."""
        values = self._asdict()
        del values["incomplete"], values["interrupted"]
        return {name: value for name, value in values.items() if value is not None}


def counts(report: Mapping[str, Any]) -> Counts:
    """Count the tests of a report (CTRF as a plain dict); those that it lists, whatever its summary says."""
    tests = report["results"]["tests"]
    by_status = Counter(test["status"] if test["status"] in STATUSES else "other" for test in tests)
    known = facts(report)
    return Counts(
        expected=_number(known.get("expected")),
        collected=_number(known.get("collected")),
        reported=len(tests),
        **{status: by_status[status] for status in STATUSES},
        flaky=sum(test.get("flaky") is True for test in tests),
        retried=sum((_number(test.get("retries")) or 0) > 0 for test in tests),
        incomplete=tuple(map(str, known.get("incomplete") or ())),
        interrupted=known.get("interrupted") is True,
    )


def facts(report: Mapping[str, Any]) -> Mapping[str, Any]:
    """What Runpact knows of a report beside its tests: ``results.summary.extra.runpact``; empty where it is none."""
    extra = report["results"]["summary"].get("extra")
    known = extra.get("runpact") if isinstance(extra, dict) else None
    return known if isinstance(known, dict) else {}


def verdict(counts: Counts, exit_code: int | None = None, *, timed_out: bool = False) -> tuple[str, str]:
    """What the tests say of the product: a status, and one sentence for people.

    Args:
        counts: The counts of the report.
        exit_code: What the tests' process ended with; None where nobody knows.
        timed_out: Whether it was ended for taking too long.

    Returns:
        ``success``, ``failed`` or ``partial``, and a sentence such as "3 failed, 39 passed, 2 skipped".
    """
    outcomes = _outcomes(counts)
    missing = lacking(counts)
    if timed_out:
        return "failed", f"failed: the tests timed out ({missing or outcomes})"
    if counts.interrupted or exit_code == INTERRUPTED:
        return "failed", f"interrupted: {missing or outcomes}{f'; {outcomes}' if missing and counts.failed else ''}"
    name = signal_name(exit_code)
    missing += f"; the tests were ended by {name}" if missing and name else ""
    if missing:
        said = f"{outcomes}; {missing}" if counts.failed else f"failed: {missing}"
        return "failed", missing if counts.reported == 0 and missing.startswith("no") else said
    if counts.failed:
        return "failed", outcomes
    if exit_code:
        return "failed", f"failed: the tests ended with exit code {exit_code}{f', {name}' if name else ''} ({outcomes})"
    return "partial" if counts.other or not counts.passed else "success", outcomes


def lacking(counts: Counts) -> str:
    """Why the report cannot stand for all the tests, in one sentence; empty where nothing says so."""
    for what, number in (("collected", counts.collected), ("expected", counts.expected)):
        if number is not None and counts.reported < number:
            said = f"{counts.reported} of {number} {what} tests {'was' if counts.reported == 1 else 'were'} reported"
            return "; ".join((*counts.incomplete[:1], said))
    if counts.incomplete:
        return counts.incomplete[0]
    return "" if counts.reported else "no tests were reported"


def signal_name(exit_code: int | None) -> str:
    """The signal that ended a process, by its exit code as shells or as Python have it; empty where none did."""
    number = -exit_code if exit_code and exit_code < 0 else (exit_code or 0) - _SHELLS_ADD
    try:
        return signal.Signals(number).name
    except ValueError:
        return ""


def _outcomes(counts: Counts) -> str:
    said = [f"{number} {status}" for status in _SHOWN if (number := getattr(counts, status))]
    flaky = f" ({counts.flaky} flaky)" if counts.flaky else ""
    return (", ".join(said) or "no tests were reported") + flaky


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
