"""The pytest plugin in real sessions: off it costs nothing, on it sees all, and it never decides how a session ends."""

from __future__ import annotations

import signal
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import runs
from runpact_reporter._counts import counts, verdict
from runpact_reporter._events import read_events
from runpact_reporter._pytest_run import EVENTS
from tests.reporter.support import environment, registered

if TYPE_CHECKING:
    from pathlib import Path

needs_workers = pytest.mark.skipif(find_spec("xdist") is None, reason="pytest-xdist is not installed")

TESTS = """
import pytest

@pytest.fixture
def bad_end():
    yield
    raise RuntimeError("end")

@pytest.mark.parametrize("number", range(4))
def test_passes(number): pass

def test_fails():
    print("printed")
    assert 1 == 2

def test_ends_badly(bad_end): pass

@pytest.mark.skip(reason="not here")
def test_skipped(): pass

@pytest.mark.xfail(reason="known")
def test_known(): assert 0
"""
CRASH = "import os\ndef test_a(): pass\ndef test_b(): os._exit(3)\ndef test_c(): pass\n"
KILL = "import os, signal\ndef test_a(): pass\ndef test_b(): os.kill(os.getpid(), signal.SIGKILL)\ndef test_c(): pass\n"
INTERRUPT = "def test_a(): pass\ndef test_b(): raise KeyboardInterrupt\ndef test_c(): pass\n"
FIRST = "def test_a(): pass\ndef test_b(): assert 0\ndef test_c(): pass\n"
NESTED = """
import subprocess, sys
def test_inner():
    pass
def test_outer():
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__ + "::test_inner"]
    assert subprocess.run(command, check=False).returncode == 0
"""


def session(
    project: Path, text: str, *words: str, events: str | None = "events.jsonl"
) -> subprocess.CompletedProcess[str]:
    """A real session over one file of tests, to its end."""
    (project / "test_it.py").write_text(text, encoding="utf-8")
    ini = project / "pytest.ini"
    if not ini.exists():
        ini.write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *_plugin(), *words]
    env = environment({"RUNPACT_TEST_EVENTS": events} if events else {})
    return subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, check=False, timeout=120)


def _plugin() -> list[str]:
    """The words that load the plugin; none where the distribution is installed, whose entry point does."""
    from importlib.metadata import entry_points

    installed = any(point.name == "runpact" for point in entry_points(group="pytest11"))
    return [] if installed else ["-p", "runpact_reporter.pytest_plugin"]


def report_of(project: Path) -> dict[str, Any]:
    """The report of the session's events."""
    return read_events(project / "events.jsonl")


@pytest.mark.parametrize("words", [[], pytest.param(["-n2"], marks=needs_workers)])
def test_a_session(project: Path, words: list[str]) -> None:
    """With and without workers: every test once, what was left out counted, warnings as errors no problem."""
    done = session(project, TESTS, *words, "-k", "not passes or 0 or 1 or 2")
    assert done.returncode == 1
    report = report_of(project)
    assert report["results"]["tool"] == {"name": "pytest", "version": pytest.__version__}
    assert report["results"]["summary"]["extra"]["runpact"] == {
        "collected": 7, "reported": 7, "deselected": 1, "exit_status": 1,
    }  # fmt: skip
    assert verdict(counts(report), 1) == ("failed", "2 failed, 3 passed, 2 skipped")
    tests = {test["name"]: test for test in report["results"]["tests"]}
    assert tests["test_ends_badly"]["rawStatus"] == "error in teardown"
    assert (tests["test_known"]["rawStatus"], tests["test_known"]["message"]) == ("xfailed", "known")
    assert tests["test_skipped"]["message"] == "Skipped: not here"
    assert (tests["test_fails"]["stdout"], tests["test_fails"]["line"]) == (["printed\n"], 12)
    assert ("threadId" in tests["test_fails"]) == bool(words)


@needs_workers
def test_a_worker_crash(project: Path) -> None:
    """A test that takes its worker with it has failed; the others are there."""
    done = session(project, CRASH, "-n2")
    report = report_of(project)
    tests = {test["name"]: test for test in report["results"]["tests"]}
    assert done.returncode == 1
    assert {name: test["status"] for name, test in tests.items()} == {
        "test_a": "passed", "test_b": "failed", "test_c": "passed",
    }  # fmt: skip
    assert tests["test_b"]["rawStatus"] == "crashed"
    assert "crashed while running" in tests["test_b"]["message"]


@pytest.mark.parametrize(
    ("text", "words", "code", "seen"),
    [(KILL, [], -signal.SIGKILL, 1), (CRASH, [], 3, 1), (INTERRUPT, [], 2, 1), (FIRST, ["-x"], 1, 2)],
)
def test_an_aborted_session(project: Path, text: str, words: list[str], code: int, seen: int) -> None:
    """Killed, gone, interrupted or stopped: what was seen is there, and it is not green whatever the exit code."""
    assert session(project, text, *words).returncode == code
    found = counts(report_of(project))
    assert (found.collected, found.reported) == (3, seen)
    assert verdict(found, 0)[0] == "failed"


def test_programs_of_the_tests_are_not_listened_to(project: Path) -> None:
    """A session that a test starts has nothing to say in the events of ours."""
    assert session(project, NESTED).returncode == 0
    assert verdict(counts(report_of(project)), 0) == ("success", "2 passed")


def test_a_broken_file(project: Path) -> None:
    """A file that cannot be imported is a failed test."""
    done = session(project, "import nothing_of_that_name\n")
    (test,) = report_of(project)["results"]["tests"]
    assert done.returncode == 2
    assert (test["name"], test["status"], test["rawStatus"]) == ("test_it.py", "failed", "error in collection")
    assert "nothing_of_that_name" in test["message"]
    assert verdict(counts(report_of(project)), 2) == ("failed", "1 failed; 1 collection error: test_it.py")


def test_events_that_cannot_be_written(project: Path) -> None:
    """The session goes on and ends as it would have; one line at its end says why there is no report."""
    (project / "events.jsonl").mkdir()
    done = session(project, FIRST)
    assert done.returncode == 1
    assert "1 failed, 2 passed" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("error[refused]: this session is not reported: ")


def test_off_it_loads_nothing(project: Path) -> None:
    """Without the option and the variable, no module of ours but the plugin's own is loaded."""
    text = (
        "import sys\n"
        "def test_modules():\n"
        "    ours = {name for name in sys.modules if name.startswith('runpact')}\n"
        "    assert ours <= {'runpact_reporter', 'runpact_reporter._version', 'runpact_reporter.pytest_plugin'}, ours\n"
        "    assert 'pydantic' not in sys.modules and 'jsonschema_rs' not in sys.modules\n"
    )
    done = session(project, text, "-p", "no:syrupy", "-p", "no:hypothesispytest", events=None)
    assert done.returncode == 0, done.stdout
    assert sorted(path.name for path in project.iterdir() if path.name != "__pycache__") == ["pytest.ini", "test_it.py"]


def test_only_looking_is_no_session(project: Path) -> None:
    """Asked for a product nothing is recorded; where a report waits for results, there are none."""
    registered(project, "shop")
    assert session(project, FIRST, "--collect-only", "-q", "--runpact", "shop", events=None).returncode == 0
    assert not (project / "reports").exists()
    assert session(project, FIRST, "--collect-only", "-q").returncode == 0
    said = "failed: the tests were only listed, and not run; 0 of 3 collected tests were reported"
    assert verdict(counts(report_of(project)), 0) == ("failed", said)


def test_a_killed_session_is_an_interrupted_run(project: Path) -> None:
    """With a product the session is a run that is open while it lasts: a kill leaves it to be seen."""
    registered(project, "shop")
    done = session(project, KILL, "--runpact", "shop", events=None)
    assert done.returncode == -signal.SIGKILL
    (run,) = runs.find(project / "reports" / "runs")
    assert run.state == "interrupted"
    said = "the session has no end, and 1 test began and did not end: test_it.py::test_b"
    assert counts(read_events(project / "reports" / "runs" / run.run_id / EVENTS)).incomplete == (said,)
    assert counts(read_events(project / "reports" / "runs" / run.run_id / EVENTS)).reported == 1


def test_a_product_that_nobody_knows(project: Path) -> None:
    """Exit code 2 and one line, and no test ran."""
    done = session(project, "def test_a(): pass\n", "--runpact", "my shop", events=None)
    hint = "call it in the project's folder; where that is here, register it: runpact fleet register my shop"
    said = f"error[unknown-product]: there is no product my shop, and no {project}/dash/products.json — {hint}\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)
    assert not (project / "reports").exists()


def test_ctrl_c(project: Path) -> None:
    """A session that somebody ended is told from one that ended itself."""
    assert session(project, INTERRUPT).returncode == 2
    said = "1 test began and did not end: test_it.py::test_b; 1 of 3 collected tests was reported"
    assert verdict(counts(report_of(project)), 2) == ("failed", f"interrupted: {said}")
    (project / "events.jsonl").unlink()
    leaving = "import pytest\ndef test_a(): pass\ndef test_b(): pytest.exit('x')\n"
    assert session(project, leaving).returncode == 2
    assert not counts(report_of(project)).interrupted


def test_pytest_called_wrongly(project: Path) -> None:
    """A path that is not there: the summary says that it is the call."""
    assert session(project, FIRST, "nowhere.py").returncode == 4
    said = "pytest was called wrongly, such as with a path that does not exist: see the log"
    assert verdict(counts(report_of(project)), 4) == ("failed", f"failed: {said}")


@needs_workers
def test_workers_know_the_product_too(project: Path) -> None:
    """Under workers one process alone records: there is one run, with all the tests in its checks."""
    registered(project, "shop")
    done = session(project, "def test_a(): pass\ndef test_b(): pass\n", "-n2", "--runpact", "shop", events=None)
    assert done.returncode == 0
    (run,) = (project / "reports" / "runs").iterdir()
    assert (run / "run.json").exists()
    assert [path.name for path in (run / "artifacts").iterdir()] == ["pytest-events.jsonl"]
    assert counts(read_events(run / EVENTS)).passed == 2
