"""`report check` with a gate: a report that is not the whole story never passes, however few tests failed."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import documents
from runpact_reporter import _ctrf
from tests.reporter.support import PYTEST, call, last_run, product_dir, registered

if TYPE_CHECKING:
    from pathlib import Path

GREEN = '<testsuite name="s" tests="1"><testcase name="a"/></testsuite>'
RED = '<testsuite name="s" tests="2"><testcase name="a"/><testcase name="b"><failure/></testcase></testsuite>'
CRASH = "import os\ndef test_ok(): pass\ndef test_boom(): os._exit(0)\ndef test_after(): pass\n"
NONE_SPEAKS = "nothing but failed tests speaks against it"


@pytest.fixture(autouse=True)
def product(project: Path) -> None:
    """A product that is registered, results of others, and tests."""
    registered(project)
    (project / "green.xml").write_text(GREEN)
    (project / "red.xml").write_text(RED)
    (project / "test_crash.py").write_text(CRASH)


def whole(capsys: pytest.CaptureFixture[str], *gate: str) -> tuple[int, bool, str]:
    """The exit code of `report check`, and what came of the rule."""
    capsys.readouterr()
    words = ("report", "check", "spec-kit", "--mode", "production", "--json", *(gate or ("--max-failures", "5")))
    code = call(*words)
    rules: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["rules"]
    (rule,) = (each for each in rules if each["rule"] == "report-whole")
    assert rule["level"] == "required"
    return code, rule["passed"], rule["what"]


def made(*words: str) -> int:
    """The exit code of a report that was made."""
    return call("report", "generate", "spec-kit", *words)


def test_a_session_that_died(capsys: pytest.CaptureFixture[str]) -> None:
    """No test failed, and the rest was never run."""
    assert made("--test-path", "test_crash.py") == 1
    said = "the session has no end, and 1 test began and did not end: test_crash.py::test_boom"
    expected = (1, False, f"failed: {said}; 1 of 3 collected tests was reported")
    assert whole(capsys, "--max-failures", "0", "--min-passed", "1") == expected
    assert call("report", "show", "spec-kit") == 0
    assert f"incomplete:\n  {said}\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--junit", "none.xml"), "failed: Missing artifact: none.xml"),
        (("--junit", "j.xml", "--", "sh", "-c", "cp green.xml j.xml; exit 3"),
         "failed: the tests ended with exit code 3 (1 passed)"),
        (("--junit", "j.xml", "--", "sh", "-c", "cp red.xml j.xml; kill -9 $$"), "failed: 1 failed, 1 passed"),
        (("--junit", "red.xml", "--junit", "none.xml"), "failed: 1 failed, 1 passed; Missing artifact: none.xml"),
        (("--", "true"), None),
        (("--", "false"), "failed: the command ended with exit code 1"),
    ],
)  # fmt: skip
def test_what_failed_tests_do_not_explain(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str | None
) -> None:
    """Results that are missing or cut, and an exit code that no failed test explains."""
    made(*words)
    assert whole(capsys) == (1, said is None, said or NONE_SPEAKS)


def test_time_that_was_over(capsys: pytest.CaptureFixture[str]) -> None:
    """All tests have results, one of them failed, and the command did not end: the limit ended it."""
    limit, code = 1.0, 0
    while code != 124 or not product_has_tests(capsys):  # until the command had the time to copy
        code, limit = made("--timeout", str(limit), "--junit", "j.xml", "--", "sh", "-c", LATE), limit * 4
    assert whole(capsys)[:2] == (1, False)


LATE = "cp red.xml j.xml; exec sleep 600"


def product_has_tests(capsys: pytest.CaptureFixture[str]) -> bool:
    """Whether the newest report has results."""
    capsys.readouterr()
    call("report", "show", "spec-kit")
    return "reported 2" in capsys.readouterr().out


def test_failed_tests_alone_are_for_the_gates(capsys: pytest.CaptureFixture[str]) -> None:
    """A report that is whole passes the rule, and as many failures as may be pass the gate."""
    assert made("--junit", "red.xml") == 1
    assert whole(capsys, "--max-failures", "1") == (0, True, NONE_SPEAKS)
    assert whole(capsys, "--max-failures", "0") == (1, True, NONE_SPEAKS)
    assert made("--junit", "j.xml", "--", "sh", "-c", "cp red.xml j.xml; exit 1") == 1
    assert whole(capsys, "--min-passed", "1") == (0, True, NONE_SPEAKS)


@pytest.mark.parametrize(
    ("changes", "passed"),
    [
        ({}, True),
        ({"status": "failed", "summary": "1 failed"}, True),
        ({"status": "failed", "summary": "no", "metrics": {"passed": 2, "failed": 0}}, False),
        ({"status": "cancelled", "summary": "interrupted: 1 failed"}, False),
        ({"status": "in_progress"}, False),
        ({"metrics": {"collected": 9}}, False),
    ],
)
def test_reports_of_others(
    project: Path,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, Any],
    passed: bool,  # noqa: FBT001 - a column
) -> None:
    """A report without tests one by one is judged by the counts that it states, and by its status."""
    numbers = {"reported": 2, "passed": 1, "failed": 1, **dict.fromkeys(("skipped", "pending", "other"), 0)}
    stated = {**numbers, "flaky": 0, "retried": 0, **changes.pop("metrics", {})}
    product_dir(project).mkdir(parents=True)
    report = last_run(schema_version="0.2", duration_ms=1, metrics={"tests": stated}, **changes)
    documents.write(product_dir(project) / "last_run.json", report)
    assert whole(capsys)[1] is passed


def test_without_a_gate_the_outcome_is_not_judged(capsys: pytest.CaptureFixture[str]) -> None:
    """The rule is asked for with the gates alone."""
    made("--junit", "none.xml")
    capsys.readouterr()
    assert call("report", "check", "spec-kit", "--mode", "production") == 0
    assert "report-whole" not in capsys.readouterr().out


@pytest.mark.parametrize("words", [("--co",), ("--version",), ("--help",)])
def test_a_pytest_that_runs_nothing_is_not_green(
    project: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    """Listing, or a word that was meant for another: pytest ends with 0, and the report is red."""
    assert made("--", *PYTEST, *words, "test_crash.py") == 1
    assert whole(capsys)[1] is False
    report = json.loads((product_dir(project) / "last_run.json").read_bytes())
    assert report["status"] == "failed"


def test_a_listing_before_the_tests(project: Path) -> None:
    """A script that lists tests and then runs them is judged by those that ran."""
    (project / "test_crash.py").write_text("def test_ok(): pass\n")
    command = f"{shlex.join(PYTEST)} --co && {shlex.join(PYTEST)}"
    assert made("--", "sh", "-c", command) == 0
    (report,) = product_dir(project).glob("*/test-report.json")
    assert len(_ctrf.read_ctrf(report)["results"]["tests"]) == 1


def test_words_without_an_option_start_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What a shell makes of a pattern is a usage error, and no file is executed; after -- is the command."""
    (project / "run.sh").write_text("#!/bin/sh\ntouch ran\n")
    (project / "run.sh").chmod(0o755)
    for words in (
        ("--junit", "green.xml", "./run.sh"),
        ("./run.sh", "--junit", "green.xml"),
        ("./run.sh", "--", "true"),
    ):
        assert made(*words) == 2
        assert "error[usage]: ./run.sh belongs to no option — an option takes one file" in capsys.readouterr().err
    assert not (project / "ran").exists()
    assert not (project / "reports").exists()
    assert made("--", "./run.sh") == 0
    assert (project / "ran").exists()


@pytest.mark.parametrize("path", ["-x", "--co", ""])
def test_a_test_path_is_no_option(project: Path, capsys: pytest.CaptureFixture[str], path: str) -> None:
    """A word that pytest would take for an option is refused, before anything is recorded."""
    assert made(f"--test-path={path}") == 2
    assert f"error[usage]: --test-path {path!r} is no path" in capsys.readouterr().err
    assert not (project / "reports").exists()


def test_a_broken_register_is_no_failed_test(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2: nothing was started."""
    (project / "dash" / "products.json").write_text("{")
    assert made("--junit", "green.xml") == 2
    assert "error[configuration]: Invalid artifact: " in capsys.readouterr().err
