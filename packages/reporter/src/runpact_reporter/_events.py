"""The events of a pytest session, as lines of JSON written before the next test starts, and their report.

`EventLog` appends them, `read_events` makes a report of whatever a file has: all of a session, or what was written
until it was killed. Each line is an object with ``event`` and with ``session``, to tell sessions in one file apart:

| ``event`` | further fields |
|---|---|
| ``session_start`` | ``at`` (ms since 1970), ``pytest`` (its version), ``format`` (1); ``lists`` where it runs none |
| ``collected`` | ``selected``, ``deselected``, ``each`` (whether every worker runs them all) |
| ``collect_report`` | ``nodeid``, ``outcome`` (``failed`` or ``skipped``), ``longrepr`` |
| ``begin`` | ``nodeid`` of a test that is about to run |
| ``report`` | ``nodeid``, ``when``, ``outcome``, ``duration``, ``start``, ``stop`` (ms), ``file``, ``line`` |
| | of a worker ``worker`` |
| | of a failure ``longrepr``, ``stdout``, ``stderr``; of a skip ``longrepr``; of an expected failure ``xfail`` |
| ``session_end`` | ``at``, ``exit_status``; after Ctrl-C ``interrupted`` |

A session without an end, a test that began and did not end, and fewer tests than were collected make a report
incomplete. A line that is no event is counted and told, and makes the report incomplete too. A session that only lists
tests (``--collect-only``) counts where no other of the file ran some: it reports none of what it collected.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from runpact_core import files, jsonl
from runpact_core.errors import EnvironmentFailed
from runpact_reporter import _ctrf
from runpact_reporter._bounded import bounded, sayable
from runpact_reporter._event_tests import tests_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MAX_TEXT", "EventLog", "read_events"]

MAX_TEXT = 65_536
"""The most characters of a text in an event; what is more is left out, and counted there."""

_MAX_LINE = 16 * 1024 * 1024
_SAID = 20
_WRONGLY_CALLED = 4  # pytest.ExitCode.USAGE_ERROR; whoever reads need not have pytest
_NAMED = 3
_NUMBERS = frozenset(("at", "deselected", "duration", "exit_status", "line", "selected", "start", "stop"))
_TEXTS = frozenset(("file", "longrepr", "nodeid", "outcome", "pytest", "when", "worker"))
_MOST = 10**13  # milliseconds, which are three centuries


class EventLog:
    """An open file of events. Only the process that made it writes: a forked child of it has nothing to say.

    Args:
        path: The file; it is made, and may hold the events of other sessions.
        session: What this session is told apart by.

    Raises:
        Refused: Something else than a regular file has this name.
        EnvironmentFailed: It could not be opened or made.
    """

    def __init__(self, path: str | os.PathLike[str], session: str) -> None:
        self.path = os.path.abspath(path)  # noqa: PTH100 - tests may change the folder
        self._session = session
        self._pid = os.getpid()
        self._system_write = os.write  # as it is now: tests may replace the system's functions by others
        self._fd = files.open_append(self.path)
        self._is_first = True

    def write(self, event: str, **fields: Any) -> None:
        """Append one event with a single write; fields that are None are left out, texts are bounded.

        Raises:
            EnvironmentFailed: It could not be written.
        """
        if self._fd < 0 or self._pid != os.getpid():
            return
        given = {key: _plain(value) for key, value in fields.items() if value is not None}
        line = _line({"event": event, "session": self._session, **given})
        if self._is_first:  # another session may have been killed in the middle of a line
            self._is_first = False
            files.append_line(self._fd, line)
        else:
            self._append(line)

    def _append(self, line: bytes) -> None:
        """As `files.append`, by the function of the system and not what a test has put into its place."""
        left = memoryview(line)
        try:
            while left:
                left = left[self._system_write(self._fd, left) :]
        except OSError as error:
            raise EnvironmentFailed(f"appending to {self.path}", error) from error

    def close(self) -> None:
        """Close the file; nothing is written from now on."""
        fd, self._fd = self._fd, -1
        if fd >= 0 and self._pid == os.getpid():
            files.close(fd)


def read_events(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The report of the sessions in a file of events, whole or torn.

    Returns:
        The report, CTRF as a plain dict; several sessions are merged in the order in which they began.

    Raises:
        MissingArtifact: There is no such file.
        InvalidArtifact: It is not a regular file.
        EnvironmentFailed: It could not be read.
    """
    sessions: dict[str, list[dict[str, Any]]] = {}
    faults: list[str] = []
    for line in jsonl.iterate(path, limit=_MAX_LINE):
        fault = line.error or _fault(line.value)
        if fault is None:
            sessions.setdefault(str(line.value.get("session")), []).append(line.value)
        else:
            faults.append(f"line {line.number} of the events is none: {fault}")
    ran = [events for events in sessions.values() if not _lists(events)]
    report = _ctrf.merge(map(_report, ran or sessions.values())) if sessions else _ctrf.empty("pytest")
    if faults:
        known = report["results"]["summary"]["extra"]["runpact"]
        known["incomplete"] = [*(known.get("incomplete") or ()), *faults[:_SAID]]
    return report


def _fault(event: object) -> str | None:
    """Why a value is no event that `EventLog` wrote; None where it may be one."""
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        return "it names no event"
    for name in sorted(_NUMBERS & event.keys()):
        if type(event[name]) is not int or abs(event[name]) > _MOST:  # a bool is an int, and no number
            return f"{name} is no number of that kind"
    for name in sorted(_TEXTS & event.keys()):
        if not isinstance(event[name], str):
            return f"{name} is no text"
    return None


def _lists(events: list[dict[str, Any]]) -> bool:
    """Whether a session was asked to list its tests, and to run none."""
    return any(event["event"] == "session_start" and event.get("lists") is True for event in events)


def _report(events: list[dict[str, Any]]) -> dict[str, Any]:
    """The report of one session."""
    named = {name: [event for event in events if event["event"] == name] for name in ("collected", "session_end")}
    start = next((event for event in events if event["event"] == "session_start"), {})
    found = tests_of(events)
    facts: dict[str, Any] = {}
    selected = [int(event.get("selected", 0)) for event in named["collected"]]
    if selected:
        is_each = any(event.get("each") for event in named["collected"])
        facts["collected"] = (sum(selected) if is_each else max(selected)) + found.collectors
        facts["deselected"] = max(int(event.get("deselected", 0)) for event in named["collected"])
    if named["session_end"]:
        facts["exit_status"] = named["session_end"][-1].get("exit_status")
        if named["session_end"][-1].get("interrupted") is True:
            facts["interrupted"] = True
    incomplete = ["the tests were only listed, and not run"] if _lists(events) else []
    incomplete += _broken(found.tests, facts.get("exit_status"))
    unfinished = _unfinished(found.unfinished)
    if not named["session_end"]:
        incomplete.append(f"the session has no end{', and ' if unfinished else ''}{unfinished}")
    elif unfinished:
        incomplete.append(unfinished)
    if incomplete:
        facts["incomplete"] = incomplete
    times = [time for event in events for time in (event.get("at"), event.get("start"), event.get("stop"))]
    known = [time for time in times if isinstance(time, int) and time > 0]
    return _ctrf.build(
        "pytest",
        found.tests,
        start=min(known, default=0),
        stop=max(known, default=0),
        known=facts,
        version=start.get("pytest"),
    )


def _unfinished(nodeids: list[str]) -> str:
    """Which tests began and did not end; empty where all did."""
    if not nodeids:
        return ""
    more = f" and {len(nodeids) - _NAMED} more" if len(nodeids) > _NAMED else ""
    number = f"{len(nodeids)} test{'' if len(nodeids) == 1 else 's'}"
    return f"{number} began and did not end: {', '.join(nodeids[:_NAMED])}{more}"


def _broken(tests: list[dict[str, Any]], exit_status: object) -> list[str]:
    """Why a session could not run all the tests that there are, as far as it told."""
    if exit_status == _WRONGLY_CALLED and not tests:
        return ["pytest was called wrongly, such as with a path that does not exist: see the log"]
    broken = [str(test["name"]) for test in tests if test.get("rawStatus") == "error in collection"]
    if not broken:
        return []
    more = f" and {len(broken) - _NAMED} more" if len(broken) > _NAMED else ""
    return [f"{len(broken)} collection error{'' if len(broken) == 1 else 's'}: {', '.join(broken[:_NAMED])}{more}"]


def _plain(value: Any) -> Any:
    return bounded(sayable(value), MAX_TEXT) if isinstance(value, str) else value


def _line(event: Mapping[str, Any]) -> bytes:
    import json

    return json.dumps(event, sort_keys=True, separators=(",", ":")).encode() + b"\n"
