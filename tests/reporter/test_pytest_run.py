"""A pytest session as a recorded run: its checks, its log, its report, and what happens when any of it fails."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from runpact_core.errors import EnvironmentFailed
from runpact_reporter import _pytest_session, pytest_plugin
from runpact_reporter._counts import counts
from runpact_reporter._ctrf import build, empty
from runpact_reporter._events import EventLog, read_events
from runpact_reporter._pytest_run import EVENTS, conclude_run
from runpact_writer import RunWriter
from tests.reporter.support import registered

GOOD = "def test_a(): pass\ndef test_b(): pass\n"
BAD = "def test_a(): pass\ndef test_b(): assert 0, 'wrong'\n"


class Generator(ModuleType):
    """Stands for the module that makes reports: remembers what it is asked for, or fails."""

    def __init__(self, failure: Exception | None = None) -> None:
        super().__init__("runpact_reporter._generate")
        self.asked: list[dict[str, Any]] = []
        self.failure = failure

    def report_session(self, **words: Any) -> None:
        """Take the words; the run is sealed by then."""
        assert (words["run_dir"] / "run.json").exists()
        self.asked.append(words)
        if self.failure:
            raise self.failure


@pytest.fixture
def generator(monkeypatch: pytest.MonkeyPatch) -> Generator:
    """The stand-in, in its place."""
    registered(Path.cwd(), "shop")
    fake = Generator()
    monkeypatch.setitem(sys.modules, "runpact_reporter._generate", fake)
    return fake


def session(project: Path, text: str, *words: str) -> int:
    """A session within this process; its exit code."""
    file = project / f"test_{project.name}_{len(list(project.glob('test_*.py')))}.py"  # no module is imported twice
    file.write_text(text, encoding="utf-8")
    (project / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
    load = () if any(name == "runpact" for name in _entry_points()) else ("-p", "runpact_reporter.pytest_plugin")
    chosen = ["-p", "no:cacheprovider", "--import-mode=importlib", *load, *words, str(file)]
    return int(pytest.main(chosen))


def _entry_points() -> list[str]:
    from importlib.metadata import entry_points

    return [point.name for point in entry_points(group="pytest11")]


def document(project: Path, name: str) -> Any:
    """A document of the one run that there is."""
    (run,) = (project / "reports" / "runs").iterdir()
    return json.loads((run / name).read_bytes())


@pytest.mark.parametrize(("text", "code", "status"), [(GOOD, 0, "success"), (BAD, 1, "failed")])
def test_a_session_is_a_run(project: Path, generator: Generator, text: str, code: int, status: str) -> None:
    """The run has the session's status, checks with evidence, counts, and all that the terminal showed."""
    assert session(project, text, "--runpact", "shop") == code
    run = document(project, "run.json")
    assert (run["status"], run["pipeline_id"], run["product"]) == (status, "shop", "shop")
    assert run["metadata"]["pytest_exit_status"] == code
    assert run["metrics"]["tests.passed"] == 2 - code
    checks = {each["id"]: (each["status"], each["evidence"]) for each in document(project, "checks.json")["checks"]}
    assert checks == {
        "tests_passed": ("fail" if code else "pass", [EVENTS]),
        "tests_complete": ("pass", [EVENTS]),
    }
    (folder,) = (project / "reports" / "runs").iterdir()
    log = (folder / "run.log").read_text(encoding="utf-8")
    assert "test session starts" in log
    assert ("1 failed, 1 passed" if code else "2 passed") in log
    assert generator.asked == [
        {"product": "shop", "project": project, "run_dir": folder, "events_path": folder / EVENTS, "exit_code": code}
    ]


def test_the_last_line_says_where_it_is(
    project: Path, generator: Generator, capsys: pytest.CaptureFixture[str]
) -> None:
    """A session ends with its run's id and the verdict."""
    session(project, BAD, "--runpact", "shop")
    run_id = document(project, "run.json")["run_id"]
    assert capsys.readouterr().out.splitlines()[-1] == f"runpact: {run_id}: 1 failed, 1 passed"


def test_a_report_that_fails_is_a_line(project: Path, generator: Generator, capsys: pytest.CaptureFixture[str]) -> None:
    """A failure of the report leaves the run sealed and the exit code as it is."""
    generator.failure = OSError("disk full")
    assert session(project, GOOD, "--runpact", "shop") == 0
    assert (
        capsys.readouterr().out.splitlines()[-1] == "error[internal]: this session is not reported: OSError: disk full"
    )
    generator.failure = EnvironmentFailed("writing", OSError(28, "disk full"), hint="make room")
    assert session(project, BAD, "--runpact", "shop") == 1
    said = "error[environment]: this session is not reported: writing: disk full — make room"
    assert capsys.readouterr().out.splitlines()[-1] == said
    for run in (project / "reports" / "runs").iterdir():
        assert (run / "run.json").exists()


def test_a_log_that_cannot_be_written(
    project: Path, generator: Generator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The terminal shows what it would have shown, and the run says that its log is not whole."""

    def fail(writer: RunWriter, data: bytes) -> None:
        raise EnvironmentFailed("appending", OSError(28, "disk full"))

    monkeypatch.setattr(RunWriter, "record_output", fail)
    assert session(project, GOOD, "--runpact", "shop") == 0
    assert "2 passed" in capsys.readouterr().out
    run = document(project, "run.json")
    assert run["warnings"] == ["what the terminal showed is not all in the log: appending: disk full"]


def test_a_failure_in_between_turns_listening_off(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """When an event cannot be written, no other is tried, and the session goes on."""
    real, written = EventLog.write, []

    def write(log: EventLog, event: str, **fields: Any) -> None:
        written.append(event)
        if event == "report":
            raise OSError("disk full")
        real(log, event, **fields)

    monkeypatch.setattr(EventLog, "write", write)
    monkeypatch.setenv(pytest_plugin.EVENTS_VARIABLE, "events.jsonl")
    assert session(project, GOOD) == 0
    assert written == ["session_start", "collected", "begin", "report"]
    assert "error[internal]: this session is not reported: OSError: disk full" in capsys.readouterr().out
    assert counts(read_events(project / "events.jsonl")).reported == 0


def test_deselected_tests_and_broken_files_within_this_process(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was left out is counted; what could not be collected is told."""
    monkeypatch.setenv(pytest_plugin.EVENTS_VARIABLE, "events.jsonl")
    assert session(project, GOOD, "-k", "test_a") == 0
    assert session(project, "import nothing_of_that_name\n") != 0
    assert read_events(project / "events.jsonl")["results"]["tests"][0]["name"] == "test_a"


def test_what_only_a_controller_hears() -> None:
    """Workers are told that the session is listened to; what they left out comes back when they end."""
    written: list[dict[str, Any]] = []
    listener = _listener(written, dist="load")
    node = SimpleNamespace(workerinput={}, workeroutput={"runpact_deselected": 3}, gateway=SimpleNamespace(id="gw7"),
                           _workerinfocache="[gw7]")  # fmt: skip
    listener.pytest_configure_node(node)
    assert node.workerinput == {"runpact": True}
    for _ in range(2):
        listener.pytest_xdist_node_collection_finished(node, ["a", "b"])
    for _ in range(2):
        listener.pytest_testnodedown(node, None)
    crashed = pytest.TestReport("a.py::t", ("a.py", None, "t"), {}, "failed", "gone", "call")
    crashed.when, crashed.node = "???", node  # type: ignore[assignment,attr-defined]  # as pytest-xdist makes it
    listener.pytest_runtest_logreport(crashed)
    assert [(each["event"], each.get("deselected")) for each in written] == [
        ("collected", 0), ("collected", 3), ("report", None),
    ]  # fmt: skip
    assert (written[2]["worker"], written[2]["longrepr"], written[2]["line"]) == ("gw7", "[gw7]\ngone", None)


def test_each_worker_tells_its_tests_where_each_runs_all() -> None:
    """With ``--dist each`` the tests of every worker are to be reported."""
    written: list[dict[str, Any]] = []
    listener = _listener(written, dist="each")
    for _ in range(2):
        listener.pytest_xdist_node_collection_finished(SimpleNamespace(), ["a", "b"])
    assert [(each["selected"], each["each"]) for each in written] == [(2, True), (2, True)]


def test_a_worker_counts_what_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number goes where pytest-xdist takes it to the controller; the variable goes to nobody."""
    monkeypatch.setenv(pytest_plugin.EVENTS_VARIABLE, "events.jsonl")
    registered: list[Any] = []
    manager = SimpleNamespace(register=lambda plugin, name: registered.append(plugin))
    config: Any = SimpleNamespace(workerinput={"runpact": True}, workeroutput={}, pluginmanager=manager)
    pytest_plugin.pytest_configure(config)
    (worker,) = registered
    worker.pytest_deselected([1, 2])
    worker.pytest_deselected([3])
    assert config.workeroutput == {"runpact_deselected": 3}
    assert pytest_plugin.EVENTS_VARIABLE not in os.environ


@pytest.mark.parametrize(
    ("known", "exit_status", "complete", "status"),
    [({"collected": 1}, 0, "pass", "success"), ({"collected": 2}, 0, "fail", "failed"),
     ({"incomplete": ["killed"]}, 0, "fail", "failed"), ({}, 5, "pass", "failed")],
)  # fmt: skip
def test_the_checks_follow_the_report(
    project: Path, known: dict[str, Any], exit_status: int, complete: str, status: str
) -> None:
    """A run is complete where all that was collected was reported and nothing says otherwise."""
    test = {"name": "a", "status": "passed", "duration": 1}
    writer = RunWriter("shop", "0.0.0", announce=False)
    writer.start("local_cli", "test", "mia")
    conclude_run(writer, build("pytest", [test], start=0, stop=0, known=known), exit_status)
    checks = {each["id"]: each["status"] for each in document(project, "checks.json")["checks"]}
    assert checks == {"tests_passed": "fail" if exit_status else "pass", "tests_complete": complete}
    assert document(project, "run.json")["status"] == status


def test_a_run_without_tests_is_not_green(project: Path) -> None:
    """No test reported fails both checks."""
    writer = RunWriter("shop", "0.0.0", announce=False)
    writer.start("local_cli", "test", "mia")
    assert conclude_run(writer, empty("pytest"), 0) == ("no tests were reported", False)
    assert [each["status"] for each in document(project, "checks.json")["checks"]] == ["fail", "fail"]


def _listener(written: list[dict[str, Any]], *, dist: str) -> _pytest_session.Session:
    """A listener of a controller whose events go to a list."""
    listener = object.__new__(_pytest_session.Session)
    vars(listener).update(
        failure="",
        _config=SimpleNamespace(getoption=lambda _name, default=None: dist),
        _log=SimpleNamespace(write=lambda event, **fields: written.append({"event": event, **fields})),
        _run=None,
        _deselected=0,
        _collected=None,
    )
    return listener


LEAVING = "import pytest\ndef test_a(): pytest.exit('done', returncode=0)\ndef test_b(): pass\n"


def test_a_session_that_is_not_green_does_not_end_with_0(project: Path, generator: Generator) -> None:
    """Tests that leave with 0 before they were run: 1, and the run has failed."""
    assert session(project, LEAVING, "--runpact", "shop") == 1
    assert document(project, "run.json")["status"] == "failed"
    assert [each["exit_code"] for each in generator.asked] == [0]


@pytest.mark.parametrize(
    ("changes", "switch", "code", "said"),
    [
        ({"product_id": "other"}, "", 2, "error[unknown-product]: there is no product shop — register it"),
        ({"enabled": False}, "", 4, "error[disabled]: shop is disabled in the register, so nothing was started — let"),
        ({}, "on", 4, "error[kill-switch]: the kill switch of shop is on, so nothing was started: why — let it run"),
        ({"status": 3}, "", 2, "error[configuration]: "),
        ({}, "perhaps", 2, "error[usage]: RUNPACT_KILL_SWITCH is 'perhaps' — write on or off"),
    ],
)
def test_a_session_that_must_not_be_started(  # noqa: PLR0917 - two fixtures and what each case is
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, Any],
    switch: str,
    code: int,
    said: str,
) -> None:
    """It ends as `report generate` would, before a test runs and without a run."""
    registered(project, **{"product_id": "shop", **changes})
    monkeypatch.setenv("RUNPACT_KILL_SWITCH", switch)
    monkeypatch.setenv("RUNPACT_KILL_SWITCH_REASON", "why")
    assert session(project, "open('ran', 'w').close()\n" + GOOD, "--runpact", "shop") == code
    assert capsys.readouterr().err.startswith(said)
    assert not (project / "ran").exists()
    assert not (project / "reports").exists()


def test_the_project_is_where_the_register_is(
    project: Path, generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Called in a folder below pytest's root directory, the session is a run of the project there."""
    (project / "sub").mkdir()
    monkeypatch.chdir(project / "sub")
    assert session(project, GOOD, "--runpact", "shop", f"--rootdir={project}") == 0
    assert [each["project"] for each in generator.asked] == [project]
    assert document(project, "run.json")["status"] == "success"
    assert not (project / "sub" / "reports").exists()
    registered(project / "sub", "shop")
    assert session(project, GOOD, "--runpact", "shop", f"--rootdir={project}") == 0
    assert generator.asked[1]["project"] == project / "sub"
