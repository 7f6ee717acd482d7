"""A ``testsuite`` element: what it declares, what was found in it, and which tool wrote it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from runpact_reporter._ctrf import follow
from runpact_reporter._junit_case import milliseconds

if TYPE_CHECKING:
    from runpact_reporter._junit_case import Case

__all__ = ["Suite", "started_ms"]

_GRADLE = {"name", "tests", "skipped", "failures", "errors", "timestamp", "hostname", "time"}
_FAILED = {"failure", "error"}
_SAID = 20
_COUNTED = ("tests", "failures", "errors")
_LONGEST_NUMBER = 12  # digits; the sums of many stay exact in every reader of JSON


class Suite:
    """A suite on its way in; also the whole file, as the suite around the outermost one.

    Attributes:
        kind: ``testsuite`` or ``testsuites``; empty for the whole file.
        name: Its name, or an empty text.
        file: The file it was written in, where it says so.
        line_base: What is added to a line so that lines count from 1.
        tool: The tool that wrote it, where that can be told.
        tool_version: Its version.
        times: When it started and ended, in milliseconds since 1970; None where it does not say.
    """

    def __init__(self, kind: str, attributes: dict[str, str], *, is_outermost: bool = False) -> None:
        self.kind = kind
        self.name = attributes.get("name", "")
        self.file = attributes.get("file") or attributes.get("filepath") or ""
        self.tool = _tool(kind, attributes, is_outermost=is_outermost)
        self.tool_version: str | None = None
        self.line_base = 1 if self.tool == "pytest" else 0
        start = started_ms(attributes.get("timestamp"))
        self._duration = milliseconds(attributes.get("time")) or 0
        self.times = (start, None if start is None else start + self._duration)
        self._summed = 0
        self._declared = _number(attributes.get("tests"))
        bad = [number for key in _COUNTED if key != "tests" and (number := _number(attributes.get(key))) is not None]
        self._declared_bad = sum(bad) if bad else None
        self._expected_below: int | None = None
        self._direct = self._below = self._repeated = self._bad = 0
        self._notes: list[str] = []
        self._incomplete = [
            f"{self._called()} declares {key}={text[:40]!r}, which cannot be read as a number"
            for key in _COUNTED
            if (text := attributes.get(key, "").strip()) and _number(text) is None
        ]
        self._failed: dict[tuple[str, str], int] = {}

    @property
    def took(self) -> int:
        """How long it took, in milliseconds: as it declares, else what is in it together."""
        return self._duration or self._summed

    def note_property(self, attributes: dict[str, str]) -> None:
        """Take a property; the converters of Go tell by one that names are unique."""
        if attributes.get("name") == "go.version":
            self.tool = "go"
            self.tool_version = attributes.get("value", "").split(" ")[0].removeprefix("go") or None

    def take(self, case: Case, test: dict[str, Any], tests: list[dict[str, Any]]) -> bool:
        """Count a case; False where it is a further attempt at a test that is in the list, which then has it."""
        if case.is_of_suite:
            self._bad += 1
            return True
        self._summed += test["duration"]
        self._direct += 1
        self._bad += any(problem.kind in _FAILED for problem in case.problems)
        key = case.attributes.get("classname", ""), case.attributes.get("name", "")
        if self.tool != "go" and not (self.tool == "gradle" and key[0] == self.name):
            return True
        before = self._failed.pop(key, None)
        if test["status"] == "failed":
            self._failed[key] = len(tests) if before is None else before
        if before is None:
            return True
        tests[before] = follow(tests[before], test)
        self._repeated += 1
        return False

    def add(self, suite: Suite) -> None:
        """Take in a suite that ends, with what it declares held against what was found in it."""
        expected = suite._expected()
        if expected is not None or self._expected_below is not None:
            ours = self._below - self._repeated if self._expected_below is None else self._expected_below
            theirs = suite._found() - suite._repeated if expected is None else expected
            self._expected_below = ours + theirs
        self._summed += suite.took
        self._below += suite._found()
        self._repeated += suite._repeated
        self._bad += suite._bad
        for mine, its in zip((self._notes, self._incomplete), suite._disagreements(), strict=True):
            mine.extend(its)
        self.tool, self.tool_version = self.tool or suite.tool, self.tool_version or suite.tool_version
        starts = [time for time in (self.times[0], suite.times[0]) if time is not None]
        stops = [time for time in (self.times[1], suite.times[1]) if time is not None]
        self.times = (min(starts, default=None), max(stops, default=None))

    def facts(self, file_name: str) -> dict[str, Any]:
        """What the whole file declares: ``expected``, ``notes``, ``incomplete``."""
        notes, incomplete = self._disagreements()
        return {
            "expected": self._expected(),
            "notes": [f"{file_name}: {note}" for note in notes[:_SAID]],
            "incomplete": [f"{file_name}: {each}" for each in incomplete[:_SAID]],
        }

    def _found(self) -> int:
        return self._direct + self._below

    def _expected(self) -> int | None:
        """How many tests are declared; a suite that declares only its own has those of the suites in it beside them."""
        below = None if self._expected_below is None else self._expected_below + self._direct
        if self._declared is None:
            return below
        own = self._declared - self._repeated if self._declared >= self._found() else self._declared
        return own if below is None else max(own, below)

    def _disagreements(self) -> tuple[list[str], list[str]]:
        name = self._called()
        notes, incomplete = list(self._notes), list(self._incomplete)
        found = self._found()
        if self._declared is not None and self._declared not in {found, found - self._repeated, self._direct}:
            notes.append(f"{name} declares {self._declared} tests, and {found} were found")
        if self._declared_bad is not None and self._declared_bad > self._bad:
            one = self._declared_bad == 1
            declared = "1 failure or error" if one else f"{self._declared_bad} failures and errors"
            incomplete.append(f"{name} declares {declared}, and {self._bad} were found")
        return notes, incomplete

    def _called(self) -> str:
        return f"suite {self.name[:100]!r}" if self.name else f"the {self.kind} element"


def started_ms(timestamp: str | None) -> int | None:
    """A time as producers write it, in milliseconds since 1970; without an offset it is taken as UTC.

    Several producers write the local time without an offset, so it may be hours off: nothing is ordered by it.
    """
    try:
        time = datetime.fromisoformat((timestamp or "").strip())
        return round((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def _tool(kind: str, attributes: dict[str, str], *, is_outermost: bool) -> str:
    """The tool that writes suites like this; empty where that cannot be told."""
    name = attributes.get("name", "")
    if name == "pytest" or (kind == "testsuites" and name == "pytest tests"):
        return "pytest"
    if kind == "testsuites" and name == "jest tests":
        return "jest"
    if "surefire" in " ".join(attributes.values()):
        return "surefire"
    return "gradle" if is_outermost and kind == "testsuite" and attributes.keys() == _GRADLE else ""


def _number(text: str | None) -> int | None:
    plain = (text or "").strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= _LONGEST_NUMBER else None
