"""`report generate` that runs tests: what is recorded and published, whatever ends them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from runpact_core import documents, runs
from runpact_reporter import _publish, _results, _testing
from tests.reporter.support import call, environment, last_run, outside
from tests.reporter.support import product_dir as product_folder

PASSING = "def test_one(): pass\n"
KILLED = "the session has no end, and 1 test began and did not end: test_a.py::test_two"
FAILING = "def test_one(): pass\ndef test_two(): assert 1 == 2\n"


@pytest.fixture(autouse=True)
def registered(project: Path) -> None:
    """A product that is registered."""
    assert call("fleet", "register", "spec-kit") == 0


def newest(project: Path) -> dict[str, Any]:
    """The newest report, which is strictly valid, whose evidence is there, and whose run is on record."""
    path = product_folder(project) / "last_run.json"
    assert documents.validate("last_run", path, strict=True) == []
    data: dict[str, Any] = json.loads(path.read_bytes())
    for listed in data["evidence"]["paths"]:
        assert (project / "dash" / listed).stat().st_size > 0
    assert (product_folder(project) / data["run_id"] / "last_run.json").read_bytes() == path.read_bytes()
    return data


def history(project: Path) -> list[dict[str, Any]]:
    """The lines of the history."""
    lines = (project / "dash" / "runs" / "report_history.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def recorded(project: Path) -> runs.Run:
    """The one recorded run."""
    (run,) = runs.find(project / "reports" / "runs")
    return run


def test_a_passing_suite(project: Path) -> None:
    """Exit code 0; run, report, log and history agree; the report is that of version 0.1."""
    (project / "test_a.py").write_text(PASSING)
    assert outside("report", "generate", "spec-kit", "--test-path", "test_a.py").returncode == 0
    data = newest(project)
    assert (data["schema_version"], data["status"], data["summary"]) == ("0.1", "success", "1 passed")
    run = recorded(project)
    assert (run.run_id, run.status) == (data["run_id"], "success")
    assert data["run_id"].split("__")[1] == "spec-kit"
    folder = product_folder(project) / data["run_id"]
    assert (folder / "pytest_output.log").read_bytes() == Path(run.path, "run.log").read_bytes()
    assert b"1 passed" in (folder / "pytest_output.log").read_bytes()
    assert documents.validate("test_report", folder / "test-report.json", strict=True) == []
    assert not (folder / "error.json").exists()
    assert [record["run_rel"] for record in history(project)] == [f"spec-kit/{data['run_id']}"]
    checks = json.loads(Path(run.path, "checks.json").read_bytes())["checks"]
    assert {check["id"]: check["status"] for check in checks} == {
        "command_succeeded": "pass",
        "tests_reported": "pass",
        "tests_passed": "pass",
    }
    for check in checks:
        for pointer in check["evidence"]:
            assert runs.resolve_evidence(run.path, pointer, run.document.data if run.document else {}) is None


def test_a_failing_suite(project: Path) -> None:
    """The exit code is pytest's; the failure is classified, and 0.2 has the counts."""
    (project / "test_a.py").write_text(FAILING)
    done = outside("report", "generate", "spec-kit", "--test-path", "test_a.py", "--schema-version", "0.2")
    assert done.returncode == 1
    data = newest(project)
    assert (data["schema_version"], data["status"], data["summary"]) == ("0.2", "failed", "1 failed, 1 passed")
    tests = data["metrics"]["tests"]
    assert (tests["collected"], tests["reported"], tests["passed"], tests["failed"]) == (2, 2, 1, 1)
    event = documents.read("failure", product_folder(project) / data["run_id"] / "error.json")
    assert (event.data["kind"], event.data["exit_code"]) == ("assertion", 1)
    assert event.data["message"] == "test_two: assert 1 == 2"
    assert event.data["artifacts"][0]["artifact"]["exists"] is True
    assert history(project)[0]["tests"]["failed"] == 1


def test_json_is_one_document(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """With `--json` what the tests print goes to stderr, and stdout has the report alone."""
    (project / "test_a.py").write_text(PASSING)
    capfd.readouterr()
    assert call("report", "generate", "spec-kit", "--test-path", "test_a.py", "--json") == 0
    captured = capfd.readouterr()
    assert json.loads(captured.out) == newest(project)
    assert "1 passed" in captured.err


def test_no_test_is_not_green(project: Path) -> None:
    """Nothing collected: pytest's own exit code, and a failed report that says so."""
    (project / "empty").mkdir()
    assert outside("report", "generate", "spec-kit", "--test-path", "empty").returncode == 5
    data = newest(project)
    assert (data["status"], data["summary"]) == ("failed", "no tests were reported")
    error = json.loads((product_folder(project) / data["run_id"] / "error.json").read_bytes())
    assert error["kind"] == "missing_report"


def test_fewer_reported_than_collected_is_not_green(project: Path) -> None:
    """A suite that ends itself with 0 before its last test: exit code 1, and a failed report that says so."""
    (project / "test_a.py").write_text("import os\ndef test_one(): pass\ndef test_two(): os._exit(0)\n")
    assert outside("report", "generate", "spec-kit", "--test-path", "test_a.py").returncode == 1
    data = newest(project)
    assert (data["status"], data["summary"]) == ("failed", f"failed: {KILLED}; 1 of 2 collected tests was reported")


def test_a_command_without_results(project: Path) -> None:
    """Its exit code is all there is: it decides, and the summary says that there are no test results."""
    assert outside("report", "generate", "spec-kit", "--", "sh", "-c", "echo out; exit 0").returncode == 0
    ended = "the command ended with exit code 0; there are no test results"
    assert (newest(project)["status"], newest(project)["summary"]) == ("success", ended)


@pytest.mark.parametrize(
    ("words", "code", "summary", "kind"),
    [
        (["sh", "-c", "exit 7"], 7, "failed: the command ended with exit code 7", "unknown"),
        (["sh", "-c", "kill -9 $$"], 137, "failed: the command ended with exit code 137", "signal"),
        (
            ["no-such-command-here"],
            127,
            "failed: the command ended with exit code 127, as one that is not found",
            "unknown",
        ),
    ],
)
def test_a_command_that_fails(project: Path, words: list[str], code: int, summary: str, kind: str) -> None:
    """The exit code is handed on; the log and the report are there."""
    assert outside("report", "generate", "spec-kit", "--", *words).returncode == code
    data = newest(project)
    assert (data["status"], data["summary"]) == ("failed", summary)
    error = json.loads((product_folder(project) / data["run_id"] / "error.json").read_bytes())
    assert (error["kind"], error["exit_code"]) == (kind, code)


def test_a_timeout(project: Path) -> None:
    """Exit code 124; what was printed and reported until then is there."""
    (project / "test_a.py").write_text("import time\ndef test_one(): pass\ndef test_two(): time.sleep(600)\n")

    def within(limit: str) -> dict[str, Any]:
        done = outside("report", "generate", "spec-kit", "--test-path", "test_a.py", "--timeout", limit)
        assert done.returncode == 124
        return newest(project)

    limits = ("4", "20", "100")  # a busy machine takes its time until the first test
    data = next(data for limit in limits if "1 of 2" in (data := within(limit))["summary"])
    assert data["status"] == "failed"
    assert data["summary"] == f"failed: the tests timed out ({KILLED}; 1 of 2 collected tests was reported)"
    error = json.loads((product_folder(project) / data["run_id"] / "error.json").read_bytes())
    assert error["kind"] == "timeout"


def test_a_command_that_takes_too_long(project: Path) -> None:
    """Without results too: exit code 124, and the failure is a timeout."""
    assert call("report", "generate", "spec-kit", "--timeout", "0.2", "--", "sleep", "30") == 124
    data = newest(project)
    assert (data["status"], data["summary"]) == ("failed", "failed: the command took too long")


def test_a_kill_of_the_reporter(project: Path) -> None:
    """Killed while the tests run: the run is interrupted, and `--run` reports it as cancelled."""
    script = "import os, signal; os.kill(os.getppid(), signal.SIGKILL)"
    words = ["report", "generate", "spec-kit", "--", sys.executable, "-c", script]
    assert outside(*words).returncode == -signal.SIGKILL
    run = recorded(project)
    assert run.state == "interrupted"
    assert call("report", "generate", "spec-kit", "--run", run.path) == 1
    data = newest(project)
    assert (data["run_id"], data["status"]) == (run.run_id, "cancelled")
    assert data["summary"].startswith("interrupted")


def test_an_unknown_product(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 before anything runs, with a register and without."""
    marker = project / "ran"
    words = ("report", "generate", "spek-kit", "--", "touch", str(marker))
    assert call(*words) == 2
    assert call(*words, "--dash-dir", "x") == 2
    assert call("report", "generate", "spek-kit", "--dash-dir", "elsewhere", "--", "touch", str(marker)) == 2
    first = "error[unknown-product]: there is no product spek-kit — did you mean spec-kit?"
    assert capsys.readouterr().err.splitlines()[0] == first
    assert not marker.exists()
    assert not (project / "reports").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "there is nothing to make a report of"),
        (["--test-path", "a", "--run", "b"], "exclude each other"),
        (["--test-path", "a", "--", "true"], "exclude each other"),
        (["--junit", "a", "--kill-switch", "on"], "a kill switch needs a reason"),
    ],
)
def test_words_that_make_no_sense(capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    """Exit code 2, and what to write instead."""
    assert call("report", "generate", "spec-kit", *words) == 2
    assert said in capsys.readouterr().err


def test_a_kill_switch_that_is_on(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is started, exit code 4; it may be the option's, the environment's or the previous report's."""
    marker = project / "ran"
    command = ("--", "touch", str(marker))
    assert call("report", "generate", "spec-kit", "--kill-switch", "on", "--kill-switch-reason", "why", *command) == 4
    product_folder(project).mkdir(parents=True)
    switched = last_run(kill_switch={"enabled": True, "reason": "bad release"})
    documents.write(product_folder(project) / "last_run.json", switched)
    capsys.readouterr()
    assert call("report", "generate", "spec-kit", *command) == 4
    hint = "let it run again: runpact fleet kill-switch spec-kit off"
    said = "error[kill-switch]: the kill switch of spec-kit is on, so nothing was started: bad release"
    assert capsys.readouterr().err == f"{said} — {hint}\n"
    (product_folder(project) / "last_run.json").write_bytes(b"{")
    assert call("report", "generate", "spec-kit", *command) == 4
    assert "nobody can tell whether it is on" in capsys.readouterr().err
    assert not marker.exists()
    assert call("report", "generate", "spec-kit", "--kill-switch", "off", *command) == 0
    assert marker.exists()
    assert newest(project)["kill_switch"] == {"enabled": False, "reason": ""}


def test_a_switch_that_is_turned_while_the_tests_run(project: Path) -> None:
    """The report that takes the place of the one that was switched carries the switch on."""
    assert outside("report", "generate", "spec-kit", "--", "true").returncode == 0
    turn = [sys.executable, "-m", "runpact_reporter", "fleet", "kill-switch", "spec-kit", "on", "--reason", "stop"]
    assert outside("report", "generate", "spec-kit", "--", *turn).returncode == 0
    assert newest(project)["kill_switch"] == {"enabled": True, "reason": "stop"}


def test_two_at_once(project: Path) -> None:
    """W-09: each report is whole, one of them is the newest, the history has both once."""
    words = [sys.executable, "-m", "runpact_reporter", "report", "generate", "spec-kit", "--", "true"]
    started = [subprocess.Popen(words, env=environment(), stderr=subprocess.DEVNULL) for _ in range(4)]
    assert [process.wait(120) for process in started] == [0] * 4
    told = sorted(record["run_id"] for record in history(project))
    assert told == sorted(run.run_id for run in runs.find(project / "reports" / "runs"))
    assert len(set(told)) == 4
    assert newest(project)["run_id"] in told


def test_a_run_that_cannot_be_recorded(project: Path) -> None:
    """Nothing is started, exit code 125, and a failed report says so."""
    (project / "file").write_text("")
    assert call("report", "generate", "spec-kit", "--runs-dir", "file/runs", "--", "touch", "ran") == 125
    data = newest(project)
    assert data["status"] == "failed"
    assert data["summary"] == "failed: the run could not be recorded"
    assert not (project / "ran").exists()


def test_a_fault_while_publishing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 125; a log and a failed report are there all the same."""
    real = _publish._asked_for
    calls: list[int] = []

    def fail_once(*words: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise OSError(28, "No space left on device")
        return real(*words)

    monkeypatch.setattr(_publish, "_asked_for", fail_once)
    assert call("report", "generate", "spec-kit", "--", "true") == 125
    data = newest(project)
    assert data["status"] == "failed"
    assert data["summary"] == "failed: OSError: [Errno 28] No space left on device"


def test_a_disk_that_takes_nothing(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Exit code 125 and one line that says why; the run itself is on record."""
    (project / "dash" / "runs").write_text("in the way")
    assert call("report", "generate", "spec-kit", "--kill-switch", "off", "--", "true") == 125
    assert "error[environment]: " in capfd.readouterr().err
    assert recorded(project).status == "success"


@pytest.mark.parametrize("words", [["--", "true"], ["--junit", "a.xml"]])
def test_a_fault_while_results_are_taken(project: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    """Exit code 125 though the command succeeded: what the results say is not known."""

    def broken(*_: Any) -> None:
        raise RuntimeError("broken")

    (project / "a.xml").write_text('<testsuite name="s" tests="1"><testcase name="a"/></testsuite>')
    monkeypatch.setattr(_results, "tell", broken)
    assert call("report", "generate", "spec-kit", *words) == 125
    assert newest(project)["summary"] == "failed: RuntimeError: broken"


def test_a_run_that_is_gone(project: Path) -> None:
    """The command removed it, and took its place: its exit code is no proof, and the report says what is missing."""
    assert call("report", "generate", "spec-kit", "--", "sh", "-c", "rm -rf reports; touch reports") != 0
    data = newest(project)
    words = "failed: the folder of the run was removed while it went on"
    assert (data["status"], data["summary"]) == ("failed", words)


def test_a_run_that_cannot_be_sealed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit code is no proof without the seal: the report says that it is missing."""
    real = runs.look
    monkeypatch.setattr(runs, "look", lambda *words, **named: real(*words, **named)._replace(state="interrupted"))
    assert call("report", "generate", "spec-kit", "--", "true") == 1
    data = newest(project)
    assert (data["status"], data["summary"]) == ("failed", "failed: the run could not be sealed")


def test_cleaning_before_the_run(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """`--keep N` calls `runpact-gc` with the words of the source document; where there is none, that is a note."""
    monkeypatch.setenv("PATH", f"{project}/bin{os.pathsep}/usr/bin{os.pathsep}/bin")
    words = ("report", "generate", "spec-kit", "--keep", "3", "--")
    assert call(*words, "true") == 0
    assert "old runs are not cleaned away: runpact-gc is not installed" in capfd.readouterr().err
    (project / "bin").mkdir()
    tool = project / "bin" / "runpact-gc"
    tool.write_text('#!/bin/sh\necho "$@" >> gc.txt\nexit $CODE\n')
    tool.chmod(0o755)
    monkeypatch.setenv("CODE", "3")
    assert call(*words, "test", "-s", "gc.txt") == 0
    assert "runpact-gc ended with exit code 3; the tests run all the same" in capfd.readouterr().err
    assert (project / "gc.txt").read_text() == "--keep 3 --product spec-kit --project .\n"
    monkeypatch.setenv("CODE", "0")
    assert _testing.clean("x", 1, "p", "d") is None
    assert (project / "gc.txt").read_text().endswith("--keep 1 --product x --project p --dash-dir d\n")
    tool.write_text("no program")
    assert "Exec format error" in str(_testing.clean("x", 1, "p", None))


def test_the_command_for_pytest(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By this interpreter where it has pytest, listened to where it has the plugin, else through a file of results."""
    answers = {sys.executable: "nothing"}
    monkeypatch.setattr(_testing, "_probe", lambda python: answers.get(python, "alone"))
    monkeypatch.setattr("shutil.which", lambda _: "/x/python3")
    words = ("/x/python3", "-m", "pytest", f"--junit-xml={project / 'junit.xml'}", "t")
    assert _testing.pytest_command(["t"], project) == (words, project / "junit.xml")
    answers["/x/python3"] = "module"
    expected = ("/x/python3", "-m", "pytest", "-p", "runpact_reporter.pytest_plugin", "t")
    assert _testing.pytest_command(["t"], project) == (expected, None)
    answers[sys.executable] = "installed"
    assert _testing.pytest_command(["t"], project).command == (sys.executable, "-m", "pytest", "-p", "runpact", "t")
    answers |= {sys.executable: "nothing", "/x/python3": "nothing"}
    assert call("report", "generate", "spec-kit", "--test-path", "t") == 2


def test_an_interpreter_is_asked(project: Path) -> None:
    """This one has pytest and the plugin; what is none has nothing."""
    assert _testing._probe(sys.executable) in {"installed", "module"}
    assert _testing._probe("/no/such/python") == "nothing"
    assert _testing._probe("/bin/false") == "nothing"
