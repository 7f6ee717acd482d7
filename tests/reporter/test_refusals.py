"""What the commands refuse, and what they then say: the next step that they name works."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runpact_core import documents
from runpact_core.errors import EnvironmentFailed
from runpact_reporter import _generate
from tests.reporter.support import call, last_run, product_dir, registered

GREEN = '<testsuite name="s" tests="1"><testcase name="a"/></testsuite>'


@pytest.fixture(autouse=True)
def product(project: Path) -> Path:
    """A product that is registered, results, and the folder of its reports."""
    registered(project)
    (project / "a.xml").write_text(GREEN)
    folder = product_dir(project)
    folder.mkdir(parents=True)
    return folder


def newest(folder: Path) -> dict[str, Any]:
    """The newest report."""
    return documents.read("last_run", folder / "last_run.json").data


@pytest.mark.parametrize(
    "broken", [b"{", b'{"schema_version": "9.9", "kill_switch": {"enabled": true, "reason": "r"}}']
)
def test_the_hint_of_a_switch_that_cannot_be_read_works(
    product: Path, capsys: pytest.CaptureFixture[str], broken: bytes
) -> None:
    """What it names sets the report aside, each under a name of its own; the next run starts afresh."""
    path = product / "last_run.json"
    for name in ("last_run.unreadable.json", "last_run.unreadable-2.json"):
        path.write_bytes(broken)
        assert call("report", "generate", "spec-kit", "--", "true") == 4
        assert "let it run again: runpact fleet kill-switch spec-kit off" in capsys.readouterr().err
        assert call("fleet", "kill-switch", "spec-kit", "on", "--reason", "why") == 1
        assert path.read_bytes() == broken
        capsys.readouterr()
        assert call("fleet", "kill-switch", "spec-kit", "off") == 0
        captured = capsys.readouterr()
        assert captured.out == "the kill switch of spec-kit is off\n"
        assert f"was set aside: dash/runs/spec-kit/{name}" in captured.err
        assert (product / name).read_bytes() == broken
    assert call("report", "generate", "spec-kit", "--", "true") == 0
    assert newest(product)["kill_switch"] == {"enabled": False, "reason": ""}


def test_setting_aside_that_fails(product: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 3, and the report stays."""

    def fail(_path: Path, _target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    (product / "last_run.json").write_bytes(b"{")
    monkeypatch.setattr(Path, "rename", fail)
    assert call("fleet", "kill-switch", "spec-kit", "off") == 3
    assert (product / "last_run.json").read_bytes() == b"{"


def test_imports_invent_no_switch(product: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Over a report that cannot be read they say that its switch is lost; one that can be read is carried on."""
    (product / "last_run.json").write_bytes(b"{")
    assert call("report", "generate", "spec-kit", "--junit", "a.xml") == 0
    assert "whether the kill switch was on is lost, and it is off now" in capsys.readouterr().err
    assert newest(product)["kill_switch"] == {"enabled": False, "reason": ""}
    on = {"enabled": True, "reason": "bad release"}
    documents.write(product / "last_run.json", last_run(kill_switch=on))
    assert call("report", "generate", "spec-kit", "--junit", "a.xml") == 0
    assert newest(product)["kill_switch"] == on
    capsys.readouterr()
    assert call("fleet", "list") == 0
    assert "stopped: bad release; 1 passed" in capsys.readouterr().out


def test_a_product_that_is_disabled(project: Path, product: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before its first report too nothing is started, as the hint of the kill switch says; imports are taken."""
    assert call("fleet", "kill-switch", "spec-kit", "on", "--reason", "why") == 1
    assert call("fleet", "register", "spec-kit", "--update", "--no-enabled") == 0
    captured = capsys.readouterr()
    assert "keep it from running: runpact fleet register spec-kit --update --no-enabled\n" in captured.err
    assert captured.out == "updated spec-kit\n"
    assert call("report", "generate", "spec-kit", "--kill-switch", "off", "--", "touch", "ran") == 4
    said = "error[disabled]: spec-kit is disabled in the register, so nothing was started"
    hint = "let it run again: runpact fleet register spec-kit --update --enabled"
    assert capsys.readouterr().err == f"{said} — {hint}\n"
    assert not (project / "ran").exists()
    assert call("report", "generate", "spec-kit", "--junit", "a.xml") == 0
    assert call("fleet", "list") == 0
    assert "disabled; 1 passed" in capsys.readouterr().out
    assert call("fleet", "register", "spec-kit", "--update", "--enabled") == 0
    assert call("report", "generate", "spec-kit", "--", "touch", "ran") == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--run", "empty"], "empty is no recorded run — name a run's folder"),
        (["--run", "."], "is no recorded run"),
        (["--junit", "a.xml", "--junit", "./a.xml"], "--junit a.xml was given more than once"),
        (["--ctrf", "x", "--ctrf", "x", "--", "true"], "--ctrf x was given more than once"),
        (["--junit", "a.xml", "--timeout", "3"], "--timeout ends a command, and none is started"),
    ],
)
def test_what_is_no_report(
    project: Path, product: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    """Exit code 2, and nothing is written."""
    (project / "empty").mkdir()
    assert call("report", "generate", "spec-kit", *words) == 2
    assert said in capsys.readouterr().err
    assert list(product.iterdir()) == []
    assert not (project / "reports").exists()


def test_a_second_screenshot_is_evidence(project: Path, product: Path) -> None:
    """None of them is dropped."""
    for name in ("a.png", "b.png"):
        (project / name).write_bytes(b"\x89PNG\r\n\x1a\n")
    words = ("--screenshot", "a.png", "--screenshot", "b.png", "--evidence", "a.xml")
    assert call("report", "generate", "spec-kit", "--junit", "a.xml", *words) == 0
    home = product / newest(product)["run_id"]
    assert (home / "screenshot.png").exists()
    assert sorted(path.name for path in (home / "evidence").iterdir()) == ["a.xml", "b.png"]


def test_evidence_of_before_does_not_stand_for_what_is_missing(project: Path, product: Path) -> None:
    """A run that is reported again without it loses it."""
    (project / "proof").write_text("x")
    assert call("report", "generate", "spec-kit", "--junit", "a.xml", "--evidence", "proof") == 0
    run = f"reports/runs/{newest(product)['run_id']}"
    (project / "proof").unlink()
    assert call("report", "generate", "spec-kit", "--run", run, "--evidence", "proof") == 1
    assert not (product / Path(run).name / "evidence" / "proof").exists()
    assert newest(product)["evidence"]["paths"][-1].endswith("/evidence/proof")


def test_an_error_names_its_file(project: Path, product: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Results, evidence, the newest report, the register: once each."""
    (project / "html.xml").write_text("<html/>")
    (project / "bad.json").write_text("[")
    (project / "d").mkdir()
    for words in (
        ["--junit", "html.xml"],
        ["--junit", "d"],
        ["--ctrf", "bad.json"],
        ["--junit", "a.xml", "--evidence", "d"],
    ):
        assert call("report", "generate", "spec-kit", *words) == 1
        (line,) = [each for each in capsys.readouterr().err.splitlines() if each.startswith("runpact: error[")]
        assert line.startswith(f"runpact: error[invalid-artifact]: Invalid artifact: {words[-1]}: ")
    (product / "last_run.json").write_text("{")
    assert call("report", "show", "spec-kit") == 1
    assert "Invalid artifact: dash/runs/spec-kit/last_run.json: the text ends" in capsys.readouterr().err
    (project / "dash" / "products.json").write_text("{")
    assert call("fleet", "list") == 1
    assert "Invalid artifact: dash/products.json: the text ends" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nope", "--update"], "error[unknown-product]: there is no product nope"),
        (["b", "--name", ""], "the display name is empty"),
        (["b", "--name", "a\nb"], "the display name has control characters"),
        (["b", "--owner", "team\u202ex"], "the owner has control characters, or some that cannot be seen"),
        (["b", "--name", "a\U000e0041"], "the display name has control characters, or some that cannot be seen"),
        (["b", "--owner", "x" * 5000], "the owner has 5000 characters"),
        (["x" * 300], "use at most 100 lower-case letters"),
        (["b", "--status", "foo"], "'bootstrap', 'active', 'pending', 'development'"),
    ],
)
def test_what_the_register_does_not_take(
    project: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    """Exit code 2, and the register keeps its bytes."""
    before = (project / "dash" / "products.json").read_bytes()
    assert call("fleet", "register", *words) == 2
    assert said in capsys.readouterr().err
    assert (project / "dash" / "products.json").read_bytes() == before
    assert call("fleet", "register", "nope", "--update", "--dash-dir", "elsewhere") == 2
    assert not (project / "elsewhere").exists()


def test_an_import_that_cannot_be_recorded(
    product: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 125, as for tests that were started, and a failed report where the disk takes one."""
    (product.parents[2] / "file").write_text("")
    assert call("report", "generate", "spec-kit", "--runs-dir", "file/runs", "--junit", "a.xml") == 125
    assert newest(product)["status"] == "failed"

    def fail(*_: object) -> None:
        raise EnvironmentFailed("writing", OSError(30, "Read-only file system"))

    monkeypatch.setattr(_generate, "publish", fail)
    assert call("report", "generate", "spec-kit", "--runs-dir", "file/runs", "--junit", "a.xml") == 125
    assert "writing: Read-only file system" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["sh", "-c", "kill -INT $$"], ["sh", "-c", "exit 130"]])
def test_ctrl_c_is_no_failure(product: Path, capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    """A command that somebody interrupted: cancelled, with its exit code."""
    assert call("report", "generate", "spec-kit", "--", *command) == 130
    data = newest(product)
    assert (data["status"], data["summary"]) == ("cancelled", "interrupted: the command ended with exit code 130")
    assert not (product / data["run_id"] / "error.json").exists()
    assert "runpact: spec-kit: cancelled: interrupted: " in capsys.readouterr().err


def test_the_status_is_said_once(product: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In the line for people; the report keeps its sentence."""
    assert call("report", "generate", "spec-kit", "--", "sh", "-c", "exit 3") == 3
    assert "runpact: spec-kit: failed: the command ended with exit code 3 (" in capsys.readouterr().err
    assert json.loads((product / "last_run.json").read_bytes())["summary"].startswith("failed: the command")
