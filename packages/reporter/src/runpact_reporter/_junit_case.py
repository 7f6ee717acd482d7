"""One ``testcase`` element as one test of a report; pure."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from runpact_reporter._bounded import bounded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runpact_reporter._junit_suite import Suite

__all__ = ["Case", "Problem", "as_test", "milliseconds"]

_FAILING = {"failure", "error", "rerunfailure", "rerunerror"}
_AGAIN = {"rerunfailure", "rerunerror"}
_FLAKY = {"flakyfailure", "flakyerror"}
_STATUS_WORDS = {
    **dict.fromkeys(("run", "passed", "pass", "ok", "success", "successful", "completed", "executed"), "passed"),
    **dict.fromkeys(("notrun", "disabled", "skipped", "skip", "ignored", "pending", "suppressed"), "skipped"),
    **dict.fromkeys(("fail", "failed", "failure", "error", "broken"), "failed"),
}
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_LONGEST_TIME = 10**9


class Problem:
    """A child of a case that tells of a failure, a skip or an attempt; ``kind`` is its name in small letters."""

    __slots__ = ("kind", "message", "stderr", "stdout", "trace", "type")

    def __init__(self, kind: str, message: str, type_: str) -> None:
        self.kind = kind
        self.message = message
        self.type = type_
        self.trace = ""
        self.stdout: list[str] = []
        self.stderr: list[str] = []


class Case:
    """A case as the file has it, its own attributes and its children."""

    __slots__ = ("attributes", "is_of_suite", "problems", "stderr", "stdout", "unknown")

    def __init__(self, attributes: dict[str, str]) -> None:
        self.attributes = attributes
        self.problems: list[Problem] = []
        self.stdout: list[str] = []
        self.stderr: list[str] = []
        self.unknown = ""
        self.is_of_suite = False


def milliseconds(text: str | None) -> int | None:
    """Seconds as producers write them, such as ``0.012``, ``1,234.5`` or ``0,012``; None where they are no duration.

    One comma before three digits is a mark of thousands, as Surefire writes it, unless nothing but a zero is before it.
    """
    if text is None:
        return None
    plain = text.strip()
    if "," in plain:
        plain = plain.replace(",", "") if _THOUSANDS.fullmatch(plain) else plain.replace(",", ".")
    try:
        seconds = float(plain)
    except ValueError:
        return None
    return round(seconds * 1000) if math.isfinite(seconds) and 0 <= seconds < _LONGEST_TIME else None


def as_test(case: Case, suites: Sequence[str], suite: Suite, max_text: int) -> dict[str, Any]:
    """The test of a case; ``suites`` are the names of the suites around it, from the outermost."""
    given = case.attributes
    status, raw = _status(case)
    duration = milliseconds(given.get("time"))
    classname = given.get("classname", "")
    path = [_short(name, max_text) for name in (*suites, classname) if name]
    if len(path) > 1 and path[-1] == path[-2]:
        path.pop()
    test: dict[str, Any] = {
        "name": _short(given.get("name", ""), max_text) or "(no name)",
        "status": status,
        "duration": duration or 0,
    }
    line = given.get("line", "")
    optional = {
        "suite": path,
        "rawStatus": raw,
        "filePath": given.get("file") or suite.file,
        "line": int(line) + suite.line_base if line.isascii() and line.isdigit() and len(line) < 10 else None,
        "stdout": case.stdout,
        "stderr": case.stderr,
    }
    if case.problems:  # most tests pass, and have none
        optional.update(_words(case, status))
        optional.update(_attempts(case, status))
    test.update({key: value for key, value in optional.items() if value or value == 0})
    if duration is None and "time" in given:
        test["extra"] = {"time": given["time"][:100]}
    return test


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else bounded(text, limit)


def _status(case: Case) -> tuple[str, str]:
    """The status, and what the file called it where that says more."""
    given = case.attributes
    if not case.problems and not case.unknown and "status" not in given and "result" not in given:
        return "passed", ""
    kinds = [problem.kind for problem in case.problems]
    if not _FAILING.isdisjoint(kinds):
        return "failed", "error" if "error" in kinds and "failure" not in kinds else ""
    if case.unknown:
        return "other", case.unknown
    if "skipped" in kinds:
        is_expected = any(problem.type == "pytest.xfail" for problem in case.problems)
        return "skipped", "xfailed" if is_expected else ""
    words = [given.get(key, "") for key in ("status", "result")]
    found = [(_STATUS_WORDS.get(word.lower(), "other"), word[:100]) for word in words if word]
    for status in ("failed", "other", "skipped"):
        for each, word in found:
            if each == status:
                return status, word
    return "passed", ""


def _words(case: Case, status: str) -> dict[str, Any]:
    """Message and trace of what made the test what it is: those of its first attempt."""
    telling = [each for each in case.problems if each.kind in {"failure", "error"}]
    if not telling and status == "failed":
        telling = [each for each in case.problems if each.kind in _AGAIN][:1]
    if not telling and status == "skipped":
        telling = [each for each in case.problems if each.kind == "skipped"][:1]
    traces = [each.trace for each in telling if each.trace]
    message = next((each.message for each in telling if each.message), "")
    return {"message": message or next((each.type for each in telling), ""), "trace": "\n\n".join(traces)}


def _attempts(case: Case, status: str) -> dict[str, Any]:
    """Every attempt from the first to the last, where there was more than one; the last has the test's status."""
    flaky = [each for each in case.problems if each.kind in _FLAKY]
    again = [each for each in case.problems if each.kind in _AGAIN]
    if not flaky and not again:
        return {}
    first = [each for each in case.problems if each.kind in {"failure", "error"}][:1]
    failed = [*first, *again] if status == "failed" else flaky
    attempts = [_attempt(number, problem) for number, problem in enumerate(failed, 1)]
    if status != "failed":
        attempts.append({"attempt": len(attempts) + 1, "status": status})
    return {"retries": len(attempts) - 1, "retryAttempts": attempts, "flaky": status == "passed" or None}


def _attempt(number: int, problem: Problem) -> dict[str, Any]:
    words = {
        "message": problem.message or problem.type,
        "trace": problem.trace,
        "stdout": problem.stdout,
        "stderr": problem.stderr,
    }
    return {"attempt": number, "status": "failed", **{key: value for key, value in words.items() if value}}
