"""The reports of a pytest session's phases, put together to tests and their attempts; pure.

An attempt at a test ends with its teardown or the crash of its worker; one with an outcome ``rerun`` may also end with
the next setup, since some versions of the plugin that reruns tell of no teardown then. A test has failed where any of
its phases has; else it is what its last call was; else, skipped before the call, it is skipped.
Reports of a test that has ended start another test of that name, unless it ended to be run again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_reporter._ctrf import follow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["Found", "tests_of"]

_PHASES = ("setup", "call")
_Key = tuple[str, str]  # of a test and its worker


class Found(NamedTuple):
    """What the events of a session tell.

    Attributes:
        tests: The tests that ended, in the order in which they did; files that could not be collected among them.
        collectors: How many of them are such files.
        unfinished: The names of tests that began and did not end.
    """

    tests: list[dict[str, Any]]
    collectors: int
    unfinished: list[str]


def tests_of(events: Iterable[Mapping[str, Any]]) -> Found:
    """The tests of one session's events."""
    reading = _Reading()
    for event in events:
        if event["event"] == "collect_report":
            reading.collected(event)
        elif event["event"] == "begin":
            reading.begun(event)
        elif event["event"] == "report":
            reading.reported(event)
    return reading.found()


class _Reading:
    """One session on its way in."""

    def __init__(self) -> None:
        self._tests: list[dict[str, Any]] = []
        self._collectors: set[str] = set()
        self._begun: set[str] = set()
        self._open: dict[_Key, list[Mapping[str, Any]]] = {}
        self._again: dict[_Key, dict[str, Any]] = {}

    def collected(self, event: Mapping[str, Any]) -> None:
        """Take a file that could not be collected; every worker tells of it."""
        nodeid = str(event.get("nodeid", ""))
        if nodeid not in self._collectors:
            self._collectors.add(nodeid)
            self._tests.append(_test(nodeid, [event]))

    def begun(self, event: Mapping[str, Any]) -> None:
        """Take that a test is about to run."""
        self._begun.add(str(event.get("nodeid", "")))

    def reported(self, event: Mapping[str, Any]) -> None:
        """Take a phase."""
        key = str(event.get("nodeid", "")), str(event.get("worker") or "")
        if event.get("when") == "setup":
            for other in [each for each in self._open if each[0] == key[0] and _is_to_be_rerun(self._open[each])]:
                self._end(other)
        self._open.setdefault(key, []).append(event)
        if event.get("when") not in _PHASES:
            self._end(key)

    def found(self) -> Found:
        """All of it."""
        unfinished = sorted(self._begun.union(nodeid for nodeid, _ in (*self._open, *self._again)))
        return Found(self._tests, len(self._collectors), unfinished)

    def _end(self, key: _Key) -> None:
        """End an attempt: as a test, or as one that another attempt follows."""
        phases = self._open.pop(key)
        self._begun.discard(key[0])
        test = _test(key[0], phases)
        before = self._before(key)
        test = follow(before, test) if before else test
        if _is_to_be_rerun(phases):
            self._again[key] = test
        else:
            self._tests.append(test)

    def _before(self, key: _Key) -> dict[str, Any] | None:
        """The attempt that this one follows; after a crash another worker may have had it."""
        other = key if key in self._again else next((each for each in self._again if each[0] == key[0]), None)
        return None if other is None else self._again.pop(other)


def _is_to_be_rerun(phases: Sequence[Mapping[str, Any]]) -> bool:
    return any(phase.get("outcome") == "rerun" for phase in phases)


def _test(nodeid: str, phases: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One attempt as a test."""
    status, raw, telling = _status(phases)
    file, *inner = _parts(nodeid)
    starts = [phase["start"] for phase in phases if isinstance(phase.get("start"), int)]
    stops = [phase["stop"] for phase in phases if isinstance(phase.get("stop"), int)]
    durations = [phase["duration"] for phase in phases if isinstance(phase.get("duration"), int)]
    text = str(telling.get("longrepr") or "")
    optional = {
        "testId": nodeid,
        "suite": [file, *inner[:-1]] if file else [],
        "filePath": telling.get("file") or file,
        "line": next((phase["line"] for phase in phases if phase.get("line")), None),
        "rawStatus": raw,
        "message": str(telling.get("xfail") or "") or _message(text),
        "trace": text if status in {"failed", "other"} or raw == "xfailed" else "",
        "start": min(starts, default=None),
        "stop": max(stops, default=None),
        "threadId": telling.get("worker"),
        **_outputs(phases),
    }
    test = {"name": (inner or [file])[-1] or "(no name)", "status": status, "duration": sum(durations)}
    return {**test, **{key: value for key, value in optional.items() if value}}


def _status(phases: Sequence[Mapping[str, Any]]) -> tuple[str, str, Mapping[str, Any]]:
    """Status, pytest's own word where it says more, and the phase that tells."""
    for phase in phases:
        outcome = phase.get("outcome")
        if outcome not in {"passed", "skipped"}:
            return "failed", "" if phase.get("when") == "call" else _where(phase), phase
    calls = [phase for phase in phases if phase.get("when") == "call"]
    last = (calls or list(phases))[-1]
    skipped = [phase for phase in phases if phase.get("outcome") == "skipped"]
    if not calls and skipped:
        last = skipped[0]
    is_expected = "xfail" in last
    if last.get("outcome") == "skipped":
        return "skipped", "xfailed" if is_expected else "", last
    if not calls:
        return "other", "not called", last
    return "passed", "xpassed" if is_expected else "", last


def _where(phase: Mapping[str, Any]) -> str:
    when = phase.get("when")
    if phase.get("event") == "collect_report":
        return "error in collection"
    return f"error in {when}" if when in {"setup", "teardown"} else "crashed"


def _parts(nodeid: str) -> list[str]:
    """File, classes, and name with parameters, of which the last may hold anything."""
    base, bracket, parameters = nodeid.partition("[")
    parts = base.split("::")
    parts[-1] += bracket + parameters
    return parts


def _message(text: str) -> str:
    """The line that says what is wrong: the last that pytest marks as an error, else the last of all."""
    lines = [line for line in text.splitlines() if line.strip()]
    marked = [line[1:].strip() for line in lines if line.startswith("E ")]
    return (marked[0] if marked else lines[-1] if lines else "")[:1000]


def _outputs(phases: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """What was printed, as the last phase that has it: each has what those before it printed too."""
    return {
        stream: [phase[stream] for phase in phases if isinstance(phase.get(stream), str) and phase[stream]][-1:]
        for stream in ("stdout", "stderr")
    }
