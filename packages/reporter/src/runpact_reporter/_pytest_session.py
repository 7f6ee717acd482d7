"""A pytest session that is listened to, in the process that pytest was started as; workers relay what they see to it.

Whatever fails here is kept as the one line that the session ends with, and nothing is listened to from then on; pytest
itself never notices. A session that is not green ends with 1 where pytest would say 0. Programs that the tests start
do not inherit the wish to be listened to.
"""

from __future__ import annotations

import os
import time
from functools import wraps
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core.errors import RunpactError
from runpact_reporter._bounded import bounded
from runpact_reporter._events import EventLog
from runpact_reporter.pytest_plugin import EVENTS_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from runpact_reporter._pytest_run import SessionRun

__all__ = ["Session", "Worker"]

_CRASH = "???"
_TOLD = ("failed", "rerun")  # what a test printed is kept where it helps to see what went wrong


def _never_fails(hook: Callable[..., None]) -> Callable[..., None]:
    """A hook whose first failure turns listening off."""

    @wraps(hook)
    def guarded(self: Session, *arguments: Any, **named: Any) -> None:
        if self.failure:
            return
        try:
            hook(self, *arguments, **named)
        except Exception as error:  # noqa: BLE001 - a report must not become the end of what it reports
            self.failure = _line(error)

    return guarded


class Session:
    """Listens to a session and appends its events.

    Args:
        config: The configuration of pytest.
        events: The file that events go to; None where that is a file of the recorded run.
        product: The product that the session is recorded as a run of; None where nothing is recorded here.
    """

    def __init__(self, config: pytest.Config, events: str | None, product: str | None) -> None:
        self.failure = ""
        self._config = config
        self._log: EventLog | None = None
        self._run: SessionRun | None = None
        self._deselected = 0
        self._collected: tuple[int, int, bool] | None = None
        self._interrupted: bool | None = None
        self._is_green = True
        self._lists = config.getoption("collectonly", default=False) or None
        self._begin(events, product)

    @_never_fails
    def _begin(self, events: str | None, product: str | None) -> None:
        session = f"{os.getpid()}-{time.time_ns():x}"
        if events is None and product is not None:
            from runpact_reporter._pytest_run import SessionRun, project_of

            self._run = SessionRun(product, project_of(self._config))
            events = self._run.events
        self._log = EventLog(str(events), session)
        os.environ.pop(EVENTS_VARIABLE, None)
        self._write("session_start", at=_now(), pytest=pytest.__version__, format=1, lists=self._lists)

    @pytest.hookimpl(tryfirst=True)
    @_never_fails
    def pytest_sessionstart(self) -> None:
        """Listen to the terminal, before the first line of a session is shown."""
        terminal = self._config.pluginmanager.getplugin("terminalreporter")
        if self._run is not None and terminal is not None:
            self._run.listen_to(terminal)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of pytest-xdist that the session is listened to."""
        node.workerinput["runpact"] = True

    @_never_fails
    def pytest_deselected(self, items: list[Any]) -> None:
        """Count what was left out."""
        self._deselected += len(items)

    @_never_fails
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Tell how many tests there are; a controller of workers has none itself, and hears it from them."""
        if not self._has_workers():
            self._write("collected", selected=len(session.items), deselected=self._deselected)

    @pytest.hookimpl(optionalhook=True)
    @_never_fails
    def pytest_xdist_node_collection_finished(self, node: Any, ids: list[str]) -> None:
        """Tell how many tests a worker found; all find the same."""
        del node
        is_each = self._config.getoption("dist", default="no") == "each"
        found = (len(ids), self._deselected, is_each)
        if is_each or found != self._collected:
            self._collected = found
            self._write("collected", selected=len(ids), deselected=self._deselected, each=is_each)

    @pytest.hookimpl(optionalhook=True)
    @_never_fails
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Hear from a worker that ends how many tests it left out."""
        del error
        left_out = (getattr(node, "workeroutput", None) or {}).get("runpact_deselected", 0)
        if left_out > self._deselected and self._collected is not None:
            self._deselected = left_out
            self._write("collected", selected=0, deselected=left_out, each=self._collected[2])

    @_never_fails
    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Tell of a file that could not be collected, or was skipped as a whole."""
        if report.outcome != "passed":
            self._write("collect_report", nodeid=report.nodeid, outcome=report.outcome, longrepr=_longrepr(report))

    @_never_fails
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Tell that a test is about to run, so that one that takes the session with it is known."""
        self._write("begin", nodeid=nodeid)

    @_never_fails
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tell of a phase of a test."""
        file, line, _domain = report.location
        self._write(
            "report",
            nodeid=report.nodeid,
            when=report.when,
            outcome=report.outcome,
            duration=_ms(report.duration),
            start=_ms(getattr(report, "start", 0)),
            stop=_ms(getattr(report, "stop", 0)),
            longrepr=_longrepr(report) if report.outcome != "passed" else None,
            file=file,
            line=None if line is None else line + 1,
            worker=_worker(report),
            xfail=getattr(report, "wasxfail", None),
            stdout=report.capstdout if report.outcome in _TOLD else None,
            stderr=report.capstderr if report.outcome in _TOLD else None,
        )

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Note that somebody pressed Ctrl-C; pytest tells of its own ways to stop by the same hook."""
        self._interrupted = excinfo.type is KeyboardInterrupt or None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        """After everything else was printed, tell of the end, and conclude the run."""
        try:
            return (yield)
        finally:
            self._conclude(int(session.exitstatus))
            if not self._is_green and session.exitstatus == 0:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED
            if self._run is not None:
                self._run.let_go()
            terminal = self._config.pluginmanager.getplugin("terminalreporter")
            if self.failure and terminal is not None:
                terminal.write_line(self.failure, yellow=True)

    @_never_fails
    def _conclude(self, exit_status: int) -> None:
        self._write("session_end", at=_now(), exit_status=exit_status, interrupted=self._interrupted)
        if self._log is not None:
            self._log.close()
        if self._run is not None:
            said, self._is_green = self._run.conclude(exit_status)
            terminal = self._config.pluginmanager.getplugin("terminalreporter")
            if terminal is not None:
                terminal.write_line(f"runpact: {said}")

    def _write(self, event: str, **fields: Any) -> None:
        if self._log is not None:
            self._log.write(event, **fields)

    def _has_workers(self) -> bool:
        return self._config.pluginmanager.hasplugin("dsession")


class Worker:
    """Counts in a worker what only a worker knows, and hands it over at its end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        os.environ.pop(EVENTS_VARIABLE, None)

    def pytest_deselected(self, items: list[Any]) -> None:
        """Count what was left out."""
        output: dict[str, Any] = getattr(self._config, "workeroutput", {})
        output["runpact_deselected"] = output.get("runpact_deselected", 0) + len(items)


def _line(error: Exception) -> str:
    """Why there is no report, as every command says what is wrong."""
    ours = error if isinstance(error, RunpactError) else RunpactError(f"{type(error).__name__}: {error}")
    told = RunpactError(f"this session is not reported: {ours}", hint=ours.hint)
    return bounded(told.line().replace(told.code, ours.code, 1), 500)


def _longrepr(report: pytest.TestReport | pytest.CollectReport) -> str:
    """The text of a failure, or the reason of a skip."""
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[-1])
    return report.longreprtext


def _worker(report: pytest.TestReport) -> str | None:
    name = getattr(report, "worker_id", None)
    if name is None and report.when == _CRASH:
        name = getattr(getattr(getattr(report, "node", None), "gateway", None), "id", None)
    return None if name is None or name == "master" else str(name)


def _ms(seconds: float) -> int | None:
    return round(seconds * 1000) if seconds > 0 else None


def _now() -> int:
    return time.time_ns() // 1_000_000
