"""`certify` on the command line, and around the commands that it runs."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from runpact_core import documents
from runpact_status_matrix import __main__, _running, certify, cli
from tests.status_matrix.certifying import adapter, call, registry, request

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="commands are wrapped on POSIX systems alone")

WORDS = ("--registry", "registry.json", "--runner", "rust")


@pytest.fixture(autouse=True)
def runner() -> None:
    """A runner of whom two commands are asked, and which does both."""
    adapter()
    registry(required_core_checks=None, required_core_cases=None)


def certificate() -> dict[str, Any]:
    """What was written."""
    return documents.read("runner_execution_certificate", ".artifacts/runner-certification-rust.json").data


def test_the_outcome_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """0 and one line where all passed."""
    assert call(*WORDS, "--now-utc", "2026-01-19T07:15:12.9+01:00", "--commit", "abc123") == 0
    path = Path(".artifacts/runner-certification-rust.json")
    assert capsys.readouterr().out == f"{path}: rust: pass: 2 passed, 0 failed, 0 skipped\n"
    assert certificate()["runner"]["certified_at"] == "2026-01-19T06:15:12Z"
    assert certificate()["runner"]["commit_sha"] == "abc123"


def test_what_failed_is_told_with_its_log(capsys: pytest.CaptureFixture[str]) -> None:
    """1, and a line for each check that did not pass."""
    adapter("#!/bin/sh\nexit 5\n")
    assert call(*WORDS) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(
        "fail: governance of command_contract_subset: exit code 5 instead of 0 or 1 (/reports/runs/"
    )
    assert len(lines) == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Usage: runner-certify"),
        (("--runner", "rust"), "error[usage]: --registry is missing — see runner-certify --help"),
        (("--registry", "registry.json"), "error[usage]: --runner is missing — see runner-certify --help"),
        ((*WORDS[:2], "--runner", "rost"), "error[unknown-runner]: there is no runner rost — did you mean rust?"),
        ((*WORDS, "verify", "c.json"), "error[usage]: options before verify are those of certify alone"),
        (("--json", "verify", "c.json"), "error[usage]: options before verify are those of certify alone"),
        ((*WORDS, "--now-utc", "yesterday"), "error[usage]: --now-utc: 'yesterday' is not a time"),
        ((*WORDS, "--commit", "a b"), "error[usage]: --commit a b is no id of a commit"),
        ((*WORDS, "--check-command", ""), "error[usage]: --check-command is empty"),
        ((*WORDS, "--check-command", "a 'b"), "error[usage]: --check-command: No closing quotation"),
        ((*WORDS, "--root", "nowhere"), "error[usage]: --project nowhere does not exist"),
        ((*WORDS, "--timeout", "0"), "error[usage]: Invalid value for '--timeout'"),
        (("--registry", "none.json", "--runner", "rust"), "error[usage]: there is no registry none.json"),
    ],
)
def test_a_call_that_makes_no_sense(words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """2, one line, and nothing is run or written."""
    assert call(*words) == 2
    out, err = capsys.readouterr()
    assert out + err[: len(said)] == said
    assert not Path(".artifacts").exists()


def test_the_words_of_a_check_command() -> None:
    """Quotation marks hold words together; nothing else of a shell is read."""
    adapter('#!/bin/sh\nfor word in "$@"; do echo "[$word]"; done\n')
    registry(command_contract_subset=None, required_core_checks=["a.b"], required_core_cases=None)
    assert call(*WORDS, "--check-command", "./adapter 'one word' $HOME") == 0
    log = Path(certificate()["checks"][0]["evidence_ref"].lstrip("/")).read_text(encoding="utf-8")
    assert log.splitlines()[1:] == ["[one word]", "[$HOME]", "[a.b]"]


def test_the_environment_fails() -> None:
    """3 where the certificate cannot be written, before anything is run."""
    Path(".artifacts").write_text("in the way", encoding="utf-8")
    assert call(*WORDS) == 3
    assert not Path("reports").exists()


def test_what_cannot_be_recorded_has_failed(capfd: pytest.CaptureFixture[str]) -> None:
    """No evidence, no pass: where the folder of runs is none, every command fails."""
    Path("runs").write_text("in the way", encoding="utf-8")
    assert call(*WORDS, "--runs-dir", "runs") == 1
    assert {check["detail"] for check in certificate()["checks"]} == {"it could not be recorded, so it was not run"}
    assert "error[" in capfd.readouterr().err


def test_a_long_id_of_a_runner_is_a_pipeline() -> None:
    """Characters that the recorder does not take are replaced, and the length is bounded."""
    name = "a.b_c-" + "d" * 94
    registry(runner_id=name, required_core_checks=None, required_core_cases=None)
    done = certify(request(runner_id=name))
    assert done.document["summary"]["status"] == "pass"
    assert f"__certify-a-b-c-{'d' * 86}__" in done.document["checks"][0]["evidence_ref"]


def test_descriptors_are_as_before() -> None:
    """Stdin and stdout come back, and one that was closed is closed again."""
    spare = os.open(os.devnull, os.O_RDONLY)
    os.close(spare)
    before = [os.fstat(fd).st_ino for fd in (0, 1)]
    with _running.within(Path()), _running._turned(spare, 2):
        assert os.fstat(0).st_rdev == Path(os.devnull).stat().st_rdev
        assert os.fstat(spare).st_ino == os.fstat(1).st_ino == os.fstat(2).st_ino
    assert [os.fstat(fd).st_ino for fd in (0, 1)] == before
    assert not _running._is_open(spare)


def test_without_a_stdout(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that was started with its stdout closed has none."""
    monkeypatch.setattr(sys, "stdout", None)
    assert certify(request()).document["summary"]["status"] == "pass"


def test_the_script_of_the_source_document(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """``runner-certify`` and ``certify`` of the package's own script are one command."""
    monkeypatch.setattr(sys, "argv", ["runner-certify", *WORDS, "--json"])
    assert __main__.runner_certify() == 0
    first = json.loads(capsys.readouterr().out)
    monkeypatch.setattr(sys, "argv", ["runpact-status-matrix", "certify", *WORDS, "--json"])
    assert cli.main() == 0
    assert json.loads(capsys.readouterr().out)["equivalence"] == first["equivalence"]
