"""`report check`: the evidence policy rule by rule, and what counts as evidence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import documents
from runpact_reporter import _policy
from runpact_reporter._policy import Found, Item
from tests.reporter.support import call, last_run, product_dir

if TYPE_CHECKING:
    from pathlib import Path

GREEN = '<testsuite name="s" tests="2"><testcase name="a"/><testcase name="b"/></testsuite>'
RED = '<testsuite name="s" tests="1"><testcase name="a"><failure message="no"/></testcase></testsuite>'
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 8


@pytest.fixture(autouse=True)
def registered(project: Path) -> None:
    """A product that is registered, and a picture."""
    assert call("fleet", "register", "spec-kit") == 0
    (project / "shot.png").write_bytes(PNG)
    (project / "a.xml").write_text(GREEN)


def generated(project: Path, *words: str) -> Path:
    """The folder of a report that was made."""
    assert call("report", "generate", "spec-kit", "--junit", "a.xml", *words) == 0
    data = json.loads((product_dir(project) / "last_run.json").read_bytes())
    return product_dir(project) / str(data["run_id"])


def checked(capsys: pytest.CaptureFixture[str], mode: str, *words: str) -> tuple[int, dict[str, tuple[bool, str]]]:
    """The exit code, and what came of each rule; the document is strictly valid."""
    capsys.readouterr()
    code = call("report", "check", "spec-kit", "--mode", mode, "--json", *words)
    text = capsys.readouterr().out.encode()
    assert documents.validate("report_check", text, strict=True) == []
    data: dict[str, Any] = json.loads(text)
    assert data["ok"] is (code == 0)
    return code, {rule["rule"]: (rule["passed"], rule["what"]) for rule in data["rules"]}


def test_all_that_is_asked_for(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a screenshot every rule holds in both modes, and passed rules are listed too."""
    generated(project, "--screenshot", "shot.png")
    for mode in _policy.MODES:
        code, rules = checked(capsys, mode, "--max-failures", "0", "--min-passed", "2")
        assert code == 0
        assert rules == {
            "last-run": (True, "dash/runs/spec-kit/last_run.json can be read"),
            "tests-output": (
                True,
                f"pytest_output.log{' or an equivalent' if mode == 'bootstrap' else ''} is there",
            ),
            "screenshot": (True, "a picture of the rendered pages is there"),
            "test-report": (True, "test-report.json is there"),
            "evidence-sound": (True, "3 paths are listed, and sound"),
            "newer-run": (True, "no newer run ended badly without a report"),
            "report-whole": (True, "nothing but failed tests speaks against it"),
            "max-failures": (True, "0 failed; at most 0 is asked for"),
            "min-passed": (True, "2 passed; at least 2 is asked for"),
        }


def test_a_screenshot_is_required_in_bootstrap_alone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Section 6 of the source document: a breach there, a recommendation in production."""
    generated(project)
    code, rules = checked(capsys, "bootstrap")
    assert (code, rules["screenshot"]) == (1, (False, "a picture of the rendered pages is not listed"))
    code, rules = checked(capsys, "production")
    assert (code, rules["screenshot"][0]) == (0, False)
    assert call("report", "check", "spec-kit", "--mode", "production") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].split()[:3] == ["FAIL", "recommended", "screenshot"]
    assert lines[-1] == "spec-kit: the evidence holds in production mode"


def test_gates(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Too many failures, too few passes, and numbers that nobody counted are breaches."""
    generated(project)
    assert checked(capsys, "production", "--min-passed", "3")[1]["min-passed"][0] is False
    (project / "a.xml").write_text(RED)
    assert call("report", "generate", "spec-kit", "--junit", "a.xml") == 1
    code, rules = checked(capsys, "production", "--max-failures", "0")
    assert (code, rules["max-failures"]) == (1, (False, "1 failed; at most 0 is asked for"))
    assert call("report", "generate", "spec-kit", "--", "true") == 0
    unknown = (False, "at most 0 failed is asked for, and nobody counted")
    assert checked(capsys, "production", "--max-failures", "0")[1]["max-failures"] == unknown


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda path: path.unlink(), "it is missing"),
        (lambda path: path.write_bytes(b""), "it is empty"),
        (lambda path: path.write_bytes(b"other"), "it was changed since it was reported (see SHA256SUMS)"),
        (lambda path: (path.unlink(), path.mkdir()), "it is not a file"),
        (lambda path: (path.unlink(), path.symlink_to("/etc/hostname")), "a link leads out of the dash folder"),
        (lambda path: (path.unlink(), path.symlink_to("../../../products.json")), "it is of another run"),
        (lambda path: (path.unlink(), path.symlink_to(path.name)), "Too many levels of symbolic links"),
    ],
)
def test_evidence_that_is_none(project: Path, capsys: pytest.CaptureFixture[str], damage: Any, said: str) -> None:
    """Whatever was done to it since, the breach says what."""
    folder = generated(project, "--screenshot", "shot.png")
    path = folder / "pytest_output.log"
    damage(path)
    code, rules = checked(capsys, "production")
    listed = f"runs/spec-kit/{folder.name}/pytest_output.log"
    assert (code, rules["evidence-sound"]) == (1, (False, f"{listed}: {said}"))
    assert rules["tests-output"] == (False, f"pytest_output.log is not sound: {listed}: {said}")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("../secret", "the path leads out of the dash folder"),
        ("/etc/passwd", "the path leads out of the dash folder"),
        ("C:/x.log", "the path leads out of the dash folder"),
        ("", "the path leads out of the dash folder"),
        ("runs/spec-kit/other/pytest_output.log", "it is of another run"),
    ],
)
def test_paths_that_lead_elsewhere(project: Path, capsys: pytest.CaptureFixture[str], path: str, said: str) -> None:
    """A report points into the folder of its own run, and nowhere else."""
    other = product_dir(project) / "other" / "pytest_output.log"
    other.parent.mkdir(parents=True)
    other.write_text("x")
    documents.write(product_dir(project) / "last_run.json", last_run(evidence={"paths": [path]}))
    code, rules = checked(capsys, "production")
    assert (code, rules["evidence-sound"]) == (1, (False, f"{path}: {said}"))


def test_a_picture_and_a_report_are_what_their_names_say(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Text that is called a picture, and a report of tests that is none, are breaches."""
    folder = product_dir(project) / last_run()["run_id"]
    folder.mkdir(parents=True)
    for name in ("screenshot.png", "test-report.json", "notes.txt"):
        (folder / name).write_text("text")
    paths = [f"runs/spec-kit/{folder.name}/{name}" for name in ("screenshot.png", "test-report.json", "notes.txt")]
    documents.write(product_dir(project) / "last_run.json", last_run(evidence={"paths": paths}))
    code, rules = checked(capsys, "bootstrap")
    assert code == 1
    assert rules["screenshot"][1].endswith("screenshot.png: it is no such picture")
    assert "Invalid artifact" in rules["test-report"][1]
    assert rules["tests-output"] == (True, "pytest_output.log or an equivalent is there")
    assert checked(capsys, "production")[1]["tests-output"] == (False, "pytest_output.log is not listed")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "Missing artifact: dash/runs/spec-kit/last_run.json"),
        (b"{", "Invalid artifact: "),
        (documents.dumps(last_run(schema_version="7.0")), "Unsupported schema version: 7.0"),
    ],
)
def test_no_report(project: Path, capsys: pytest.CaptureFixture[str], text: bytes | None, said: str) -> None:
    """A report that is missing, broken or of an unknown version fails every rule that needs it."""
    if text is not None:
        product_dir(project).mkdir(parents=True)
        (product_dir(project) / "last_run.json").write_bytes(text)
    code, rules = checked(capsys, "production")
    assert code == 1
    assert rules["last-run"][1].startswith(said)
    assert not any(passed for passed, _ in rules.values())


def test_many_faults_are_bounded() -> None:
    """Five are said, the others counted; all are in the list of paths."""
    items = tuple(Item(f"p{number}", "it is missing") for number in range(8))
    (rule,) = (each for each in _policy.check(Found(items=items), "production") if each.rule == "evidence-sound")
    assert rule.what.endswith("p4: it is missing; and 3 more")
    assert len(rule.evidence) == 8
    (empty,) = (each for each in _policy.check(Found(), "production") if each.rule == "evidence-sound")
    assert (empty.passed, empty.what) == (False, "no evidence is listed")


def test_an_unknown_product(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 for every word, before anything is read."""
    for words in (["check", "x", "--mode", "production"], ["show", "x"], ["summary", "x"]):
        assert call("report", *words) == 2
        assert "error[unknown-product]: there is no product x" in capsys.readouterr().err
