"""JUnit XML of any producer as a report: what the file says, no more, and never a pass that it does not say.

There is no schema that all producers follow, so this is read: ``testcase`` elements at any depth of ``testsuite`` and
``testsuites``, with any attribute missing.

| in the case | status |
|---|---|
| ``failure``, ``error``; ``rerunFailure``, ``rerunError`` | failed |
| an element that nobody knows, a ``status`` attribute that nobody knows | other, with it as ``rawStatus`` |
| ``skipped``; a ``status`` such as ``notrun`` | skipped |
| none of these | passed |

Attempts are kept: Surefire's reruns and flakes, and a case that is written again after it failed, by producers whose
names are unique (Gradle, the converters of Go). Everywhere else two cases of one name are two tests. What a suite
declares is held against what was found: ``results.summary.extra.runpact`` has ``expected`` (as declared), ``reported``,
``notes`` where they disagree, and ``incomplete`` where tests or failures are missing or the file ends early.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from runpact_core.errors import InvalidArtifact
from runpact_reporter import _ctrf
from runpact_reporter._bounded import Gathered, bounded
from runpact_reporter._junit_case import Case, Problem, as_test
from runpact_reporter._junit_suite import Suite
from runpact_reporter._junit_xml import Limits, feed

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

__all__ = ["Limits", "read_junit"]

_SUITES = {"testsuite", "testsuites"}
_OUTPUTS = {"system-out", "system-err"}
_PROBLEMS = {"failure", "error", "skipped", "rerunfailure", "rerunerror", "flakyfailure", "flakyerror"}
_SILENT = {"properties", "property", "attachments", "attachment"}
_NOTHING = (None, None)


def read_junit(path: str | os.PathLike[str], *, limits: Limits | None = None) -> dict[str, Any]:
    """Read the results that a test tool wrote as JUnit XML.

    Args:
        path: The file.
        limits: How much of it is read; see `Limits` for what holds where None.

    Returns:
        The report, CTRF as a plain dict. Times without an offset are taken as UTC; where the file has none, ``start``
        is 0 and ``stop`` how long they took: as declared, else the sum of the durations. Durations are in milliseconds.

    Raises:
        MissingArtifact: There is no such file.
        InvalidArtifact: It is no JUnit XML, has a document type, or is beyond a limit.
        EnvironmentFailed: It could not be read.
    """
    name = str(path).replace("\\", "/").rpartition("/")[2]
    reading = _Reading(limits or Limits())
    try:
        fault = feed(path, reading.parser, reading.limits)
        if not reading.rooted:
            reason = f"no JUnit XML: it {fault}" if fault else "no JUnit XML: it has no element"
            raise InvalidArtifact(reason, hint="the first element is testsuites or testsuite")  # noqa: TRY301 - gets its path below
    except InvalidArtifact as error:
        error.path = str(path)
        raise
    return reading.report(name, fault)


class _Reading:
    """One file on its way in: a stack of open elements, each with where its text goes and what its end does."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.rooted = False
        self.parser = expat.ParserCreate("utf-8")  # whatever the file declares: it is decoded by us
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._stack: list[tuple[Gathered | None, Callable[[str], None] | None]] = []
        self._suites: list[Suite] = []
        self._root = Suite("", {})
        self._case: Case | None = None
        self._problem: Problem | None = None
        self._tests: list[dict[str, Any]] = []
        self._outputs: list[dict[str, str]] = []

    def report(self, name: str, fault: str | None) -> dict[str, Any]:
        """The report of what was read; ``fault`` says why that is not all."""
        while self._suites:
            self._close_suite()
        facts = self._root.facts(name)
        if fault:
            seen = len(self._tests)
            facts["incomplete"] = [f"{name} {fault}, after {seen} test{'' if seen == 1 else 's'}", *facts["incomplete"]]
        start, stop = self._root.times
        took = self._root.took
        report = _ctrf.build(
            self._root.tool or "junit",
            self._tests,
            start=start or 0,
            stop=stop if start and stop and stop > start else (start or 0) + took,
            known={key: value for key, value in facts.items() if value not in ([], None)},
            version=self._root.tool_version,
            duration=took or None,
        )
        if self._outputs:
            report["results"]["extra"] = {"runpact": {"suites": self._outputs}}
        return report

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self._stack) >= self.limits.max_depth:
            raise InvalidArtifact(f"its elements are more than {self.limits.max_depth} deep")
        name = tag.rpartition(":")[2].lower()
        if not self.rooted and name not in _SUITES:
            raise InvalidArtifact(f"no JUnit XML: its first element is {bounded(tag, 60)!r}")
        self.rooted = True
        if self._problem is not None:
            opened = self._in_problem(self._problem, name)
        elif self._case is not None:
            opened = self._in_case(self._case, name, attributes)
        else:
            opened = self._in_suite(name, attributes)
        self._stack.append(opened)
        self._listen()

    def _end(self, _tag: str) -> None:
        gathered, close = self._stack.pop()
        if close is not None:
            close(gathered.value() if gathered is not None else "")
        self._listen()

    def _listen(self) -> None:
        """Take text only where it goes somewhere: white space between elements costs no call."""
        gathered = self._stack[-1][0] if self._stack else None
        self.parser.CharacterDataHandler = gathered.add if gathered is not None else None

    def _text(self) -> Gathered:
        return Gathered(self.limits.max_text)

    def _in_suite(self, name: str, attributes: dict[str, str]) -> tuple[Gathered | None, Callable[[str], None] | None]:
        if name in _SUITES:
            self._suites.append(Suite(name, attributes, is_outermost=not self._suites))
            return None, lambda _text: self._close_suite()
        suite = self._suites[-1]
        if name == "testcase":
            if len(self._tests) >= self.limits.max_tests:
                raise InvalidArtifact(f"it has more than {self.limits.max_tests} tests")
            self._case = Case(attributes)
            return None, lambda _text: self._close_case()
        if name in {"failure", "error"}:  # of the suite itself: it could not be set up, or its process died
            self._case = Case({"name": f"({name} of the suite)"})
            self._case.is_of_suite = True
            gathered, close = self._open_problem(self._case, name, attributes)
            return gathered, lambda text: self._close_suite_problem(close, text)
        if name == "property":
            suite.note_property(attributes)
        if name in _OUTPUTS:
            stream = "stdout" if name == "system-out" else "stderr"
            return self._text(), lambda text: self._keep_output(suite, stream, text)
        return _NOTHING

    def _in_case(
        self, case: Case, name: str, attributes: dict[str, str]
    ) -> tuple[Gathered | None, Callable[[str], None] | None]:
        if name in _PROBLEMS:
            return self._open_problem(case, name, attributes)
        if name in _OUTPUTS:
            return self._text(), (case.stdout if name == "system-out" else case.stderr).append
        if name not in _SILENT:
            case.unknown = case.unknown or name
        return _NOTHING

    def _in_problem(self, problem: Problem, name: str) -> tuple[Gathered | None, Callable[[str], None] | None]:
        if name == "stacktrace":
            return self._text(), lambda text: setattr(problem, "trace", text)
        if name in _OUTPUTS:
            return self._text(), (problem.stdout if name == "system-out" else problem.stderr).append
        return _NOTHING

    def _open_problem(
        self, case: Case, name: str, attributes: dict[str, str]
    ) -> tuple[Gathered, Callable[[str], None]]:
        limit = self.limits.max_text
        self._problem = Problem(name, bounded(attributes.get("message", ""), limit), attributes.get("type", "")[:200])
        case.problems.append(self._problem)
        return self._text(), self._close_problem

    def _close_problem(self, text: str) -> None:
        if self._problem is not None and not self._problem.trace:
            self._problem.trace = text.strip("\r\n")
        self._problem = None

    def _close_suite_problem(self, close: Callable[[str], None], text: str) -> None:
        close(text)
        self._close_case()

    def _close_case(self) -> None:
        suite, case, self._case = self._suites[-1], self._case, None
        if case is None:
            return
        names = [each.name for each in self._suites if each.kind == "testsuite"]
        test = as_test(case, names, suite, self.limits.max_text)
        if suite.take(case, test, self._tests):
            self._tests.append(test)

    def _close_suite(self) -> None:
        suite = self._suites.pop()
        (self._suites[-1] if self._suites else self._root).add(suite)

    def _keep_output(self, suite: Suite, stream: str, text: str) -> None:
        if text.strip():
            self._outputs.append({"name": suite.name, stream: text})
