"""`report show` and `report summary`: for people, for programs, for a job's page."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import documents
from runpact_reporter import _ctrf, _summary
from tests.reporter.support import call, last_run, product_dir

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "\x1b[2J\n::error::x\u202e|<script>`@all` #1 [x](javascript:1)"


def failing(number: int, name: str = "test_{}", message: str = "assert 1 == 2") -> dict[str, Any]:
    """A report with failed tests, the last one first."""
    tests = [
        {
            "name": name.format(index),
            "status": "failed",
            "duration": 1,
            "message": message,
            "filePath": "tests/a.py",
            "line": index + 1,
            "suite": ["tests/a.py", "TestA"],
        }
        for index in reversed(range(number))
    ]
    flaky = {"name": "shaky", "status": "passed", "duration": 1, "flaky": True, "retries": 1}
    return _ctrf.build("pytest", [*tests, flaky], start=1, stop=2)


@pytest.fixture(autouse=True)
def reported(project: Path) -> Path:
    """A product with a report of 12 failed tests and a flaky one; the folder of the run."""
    assert call("fleet", "register", "spec-kit") == 0
    (project / "r.json").write_bytes(documents.dumps(failing(12, message="boom\nmore")))
    assert call("report", "generate", "spec-kit", "--ctrf", "r.json", "--schema-version", "0.2") == 1
    data = json.loads((product_dir(project) / "last_run.json").read_bytes())
    return product_dir(project) / str(data["run_id"])


def test_a_report_is_shown(reported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Outcome, age, figures, failed tests in order of file and line, evidence; as JSON the document itself."""
    capsys.readouterr()
    assert call("report", "show", "spec-kit") == 0
    text = capsys.readouterr().out
    assert re.search(r"^status +failed$", text, re.MULTILINE)
    assert re.search(r"^duration +0\.001 s$", text, re.MULTILINE)
    assert "tests: reported 13, passed 1, failed 12" in text
    assert "failed:\n  TestA > test_0 (tests/a.py:1): boom\n  TestA > test_1 (tests/a.py:2): boom\n" in text
    assert re.search(r"^spent +[0-9.]+ minutes \(no budget\)$", text, re.MULTILINE)
    assert re.search(r"^kill switch +off$", text, re.MULTILINE)
    assert re.search(r"^PR wave +none, 0 open, since 20", text, re.MULTILINE)
    assert f"evidence:\n  runs/spec-kit/{reported.name}/pytest_output.log\n" in text
    assert call("report", "show", "spec-kit", "--json") == 0
    assert capsys.readouterr().out.encode() == (reported / "last_run.json").read_bytes()


def test_one_run_is_shown(project: Path, reported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By its id or how it begins; a name that fits none or several is an error; the field keeps the newest alone."""
    (product_dir(project) / "run_1").mkdir()
    (product_dir(project) / "run_2").mkdir()
    documents.write(product_dir(project) / "last_run.json", last_run(run_id="run_2", summary="kept alone"))
    capsys.readouterr()
    assert call("report", "show", "spec-kit", "--run", reported.name[:6], "--json") == 0
    assert json.loads(capsys.readouterr().out)["run_id"] == reported.name
    assert call("report", "show", "spec-kit", "--run", "run_2") == 0
    assert "kept alone" in capsys.readouterr().out
    capsys.readouterr()
    assert call("report", "show", "spec-kit", "--run", f"reports/runs/{reported.name}", "--json") == 0
    assert json.loads(capsys.readouterr().out)["run_id"] == reported.name
    assert call("report", "show", "spec-kit", "--run", "last", "--json") == 0
    assert json.loads(capsys.readouterr().out)["run_id"] == "run_2"
    assert call("report", "show", "spec-kit", "--run", "run_1") == 1
    assert call("report", "show", "spec-kit", "--run", "run") == 2
    assert call("report", "show", "spec-kit", "--run", "zzz") == 1
    assert call("fleet", "register", "other") == 0
    assert call("report", "show", "other", "--run", "zzz") == 1


def test_a_report_of_an_unknown_version_is_shown_as_far_as_it_goes(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The badge of the source document, and the fields that are there; nothing says that all is well."""
    path = product_dir(project) / "last_run.json"
    path.write_text('{"schema_version": "7.0", "status": "odd\\u001b[2J", "evidence": 3}')
    capsys.readouterr()
    assert call("report", "show", "spec-kit") == 1
    assert capsys.readouterr().out == (
        "Unsupported schema version: 7.0\nstatus  unknown (the document says: odd\\x1b[2J)\n"
    )
    path.write_text('{"schema_version": "7.0"}')
    assert call("report", "show", "spec-kit") == 1
    assert "it has no fields that are known" in capsys.readouterr().out
    path.write_text('{"schema_version": "9.9", "status": "success", "summary": "42 passed"}')
    assert call("report", "show", "spec-kit", "--json") == 1
    assert json.loads(capsys.readouterr().out)["status"] == "success"
    assert call("report", "summary", "spec-kit", "--github") == 1
    page = capsys.readouterr().out
    assert "## ❔" in page
    assert "Unsupported schema version: 9.9" in page
    assert "::error title=Runpact" in page
    assert call("fleet", "list") == 0
    line = capsys.readouterr().out.splitlines()[1]
    assert line.split() == [
        "spec-kit",
        "spec-kit",
        "active",
        "unknown",
        "unknown",
        "Unsupported",
        "schema",
        "version:",
        "9.9",
    ]


def test_the_page_of_a_job(
    project: Path, reported: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Markdown is appended to the step's file; at most ten annotations of a level, the last says how many are left."""
    (project / "page.md").write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project / "page.md"))
    capsys.readouterr()
    assert call("report", "summary", "spec-kit", "--github") == 0
    page = (project / "page.md").read_text()
    assert page.startswith("before\n## ❌ spec-kit: failed\n")
    assert "| Tests failed | 12 |" in page
    assert "| TestA \\> test\\_0 | tests/a.py:1 | boom (and 1 more line) |" in page
    lines = capsys.readouterr().out.splitlines()
    errors = [line for line in lines if line.startswith("::error ")]
    assert len(errors) == 10
    assert errors[0] == "::error file=tests/a.py,line=1,title=TestA > test_0::boom (and 1 more line)"
    assert (
        errors[9]
        == f"::error title=Runpact::3 more failed tests in dash/runs/spec-kit/{reported.name}/test-report.json"
    )
    assert lines[10] == "::warning title=shaky::it passed after an attempt that failed"
    assert lines[11].startswith("::notice title=Runpact::spec-kit: failed: 12 failed")
    assert len(lines) == 12


def test_without_a_page_it_is_printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """To stdout where there is no such variable, or where nobody asks for GitHub's."""
    capsys.readouterr()
    assert call("report", "summary", "spec-kit", "--github") == 0
    assert capsys.readouterr().out.startswith("## ❌ spec-kit: failed\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "/no/such/folder/page.md")
    assert call("report", "summary", "spec-kit") == 0
    assert "::error" not in capsys.readouterr().out


def test_a_summary_stays_below_the_limit() -> None:
    """However many tests failed; what is left out is counted, with its place; the choice is the same each time."""
    report = failing(5_000, message="x" * 3_000)
    text = _summary.markdown(last_run(evidence={"paths": ["p" * 900] * 50}), report, "{where}")
    assert len(text.encode()) < _summary.MOST_BYTES < 1 << 20
    shown = text.count("| tests/a.py:")
    assert f"\n{5_000 - shown} more in {{where}}\n" in text
    assert f"| TestA \\> test\\_{shown - 1} |" in text
    report["results"]["tests"].reverse()
    assert _summary.markdown(last_run(evidence={"paths": ["p" * 900] * 50}), report, "{where}") == text
    assert len(_summary.markdown(last_run(), report, "w", limit=0)) < 2_000


def test_nothing_of_a_report_acts() -> None:
    """Escapes, commands, Markdown and HTML of names and messages show as text, in the page and in the log."""
    report = failing(2, name=HOSTILE, message=HOSTILE)
    data = last_run(summary=HOSTILE, kill_switch={"enabled": True, "reason": HOSTILE})
    text = _summary.markdown(data, report, HOSTILE)
    assert not set(text) & set("\x1b\u202e")
    assert "<script>" not in text
    assert not re.search(r"(?<!\\)`|(?<!\\)\[|[@#](?=all|1)", text)
    for line in text.splitlines():
        assert not line.startswith("::")
        if line.startswith("| "):
            assert len(re.findall(r"(?<!\\)\|", line)) in {3, 4}
    lines = _summary.annotated(data, report, HOSTILE)
    assert [line.partition("::")[0] for line in lines] == [""] * 4
    for line in lines:
        _, command, message = line.split("::", 2)
        assert re.fullmatch(
            r"error file=tests/a\.py,line=[12],title=.*|warning title=shaky|notice title=Runpact", command
        )
        assert message.isprintable()
        assert not set(line) & set("\x1b\n\u202e")


def test_a_failure_without_failed_tests_is_an_error() -> None:
    """There is always one annotation that says how it ended."""
    assert _summary.annotated(last_run(status="failed", summary="no"), None, "w") == [
        "::error title=Runpact::spec-kit: failed: no"
    ]
    assert _summary.annotated(last_run(), None, "w") == ["::notice title=Runpact::spec-kit: success: 42 passed"]
    odd = {"status": "odd", "evidence": [], "duration_ms": 61_000}
    assert "❔" in _summary.markdown(odd, None, "w")
    assert "1 min 1 s" in _summary.markdown(odd, None, "w")


def test_secrets_in_tests_are_not_shown(
    project: Path, reported: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-07: neither on the terminal, nor in the summary, nor in an annotation; test-report.json keeps them."""
    token = "ghp_" + "aB3d" * 9
    (project / "r.json").write_bytes(documents.dumps(failing(1, "test[" + token + "]", f"token={token} is no good")))
    assert call("report", "generate", "spec-kit", "--ctrf", "r.json") == 1
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    capsys.readouterr()
    assert call("report", "show", "spec-kit") == 0
    assert call("report", "summary", "spec-kit", "--github") == 0
    text = capsys.readouterr().out
    assert token not in text
    assert text.count("is no good") == 3
    newest = max(path for path in reported.parent.iterdir() if path.is_dir())
    assert token in (newest / "test-report.json").read_text()
