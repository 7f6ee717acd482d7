"""`report generate` with results that were made elsewhere: by the command, of a recorded run, or alone."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from runpact_core import documents, runs
from runpact_reporter import _ctrf, _generate, _results
from runpact_writer import RunWriter
from tests.reporter.support import call, newest, product_dir

JUNIT = '<testsuite name="s" tests="2" failures="{0}"><testcase name="a"/><testcase name="b">{1}</testcase></testsuite>'
GREEN = JUNIT.format(0, "")
RED = JUNIT.format(1, '<failure message="AssertionError: no"/>')
FLEET = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "fleet"


@pytest.fixture(autouse=True)
def registered(project: Path) -> None:
    """A product that is registered."""
    assert call("fleet", "register", "spec-kit") == 0


def error_of(data: dict[str, Any], project: Path) -> dict[str, Any]:
    """Why a run failed."""
    return documents.read("failure", product_dir(project) / data["run_id"] / "error.json").data


def written(text: str) -> list[str]:
    """The command that writes a text to `out.xml`."""
    return ["--junit", "out.xml", "--", "sh", "-c", f"printf '%s' '{text}' > out.xml"]


def test_results_of_the_command(project: Path) -> None:
    """What the command writes counts; the file is kept in the run as it is."""
    assert call("report", "generate", "spec-kit", *written(GREEN)) == 0
    assert newest(project)["summary"] == "2 passed"
    (run,) = runs.find(project / "reports" / "runs")
    assert Path(run.path, "artifacts", "results", "out.xml").read_text() == GREEN
    outputs = {each["ref"] for each in run.document.data["outputs"]} if run.document else set()
    assert outputs == {"artifacts/test-report.json", "artifacts/results/out.xml"}


def test_failures_behind_an_exit_code_of_0(project: Path) -> None:
    """A command that hides its failures is not green: exit code 1."""
    assert call("report", "generate", "spec-kit", *written(RED)) == 1
    assert (newest(project)["status"], newest(project)["summary"]) == ("failed", "1 failed, 1 passed")
    assert error_of(newest(project), project)["kind"] == "assertion"


def test_results_of_another_run_are_refused(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A file that the command did not write is stale, whatever it says; so is one that it dates back."""
    (project / "out.xml").write_text(GREEN)
    assert call("report", "generate", "spec-kit", "--junit", "out.xml", "--", "true") == 1
    said = "out.xml is older than this run, so its results are those of another"
    assert f"error[stale-results]: {said}" in capfd.readouterr().err
    assert (newest(project)["status"], newest(project)["summary"]) == ("failed", f"failed: {said}")
    back = ["sh", "-c", "printf x > y.xml; touch -d 2020-01-01 y.xml"]
    assert call("report", "generate", "spec-kit", "--junit", "y.xml", "--", *back) == 1
    assert "y.xml is older than this run" in newest(project)["summary"]


def test_a_file_that_is_written_anew_is_fresh(project: Path) -> None:
    """The same name, the same bytes, written by this run."""
    (project / "out.xml").write_text(GREEN)
    os.utime(project / "out.xml", (time.time() - 60,) * 2)
    assert call("report", "generate", "spec-kit", *written(GREEN)) == 0


@pytest.mark.parametrize(
    ("text", "kind", "summary"),
    [
        (None, "missing_report", "failed: Missing artifact: out.xml"),
        ("<html/>", "validation", "failed: Invalid artifact: "),
        (JUNIT.format(0, "").replace('tests="2"', 'tests="5"'), "", "failed: 2 of 5 expected tests were reported"),
    ],
)
def test_results_that_are_none(project: Path, text: str | None, kind: str, summary: str) -> None:
    """A file that is missing or broken, or says that there should be more, is never green."""
    words = written(text) if text is not None else ["--junit", "out.xml", "--", "true"]
    assert call("report", "generate", "spec-kit", *words) == 1
    data = newest(project)
    assert data["status"] == "failed"
    assert data["summary"].startswith(summary)
    if kind:
        assert error_of(data, project)["kind"] == kind


def test_results_alone(project: Path) -> None:
    """No run: one is recorded for the import; several files are merged; 0 or 1 after the result."""
    (project / "a.xml").write_text(GREEN)
    (project / "b").mkdir()
    (project / "b" / "a.xml").write_text(GREEN)
    assert call("report", "generate", "spec-kit", "--junit", "a.xml", "--junit", "b/a.xml") == 0
    data = newest(project)
    assert data["summary"] == "4 passed"
    (run,) = runs.find(project / "reports" / "runs")
    assert (run.run_id, run.status) == (data["run_id"], "success")
    assert sorted(path.name for path in Path(run.path, "artifacts", "results").iterdir()) == ["a-2.xml", "a.xml"]
    (project / "a.xml").write_text(RED)
    assert call("report", "generate", "spec-kit", "--junit", "a.xml") == 1
    assert newest(project)["status"] == "failed"


def test_ctrf_alone(project: Path) -> None:
    """It starts when it is reported, and took what the results say; what a producer counted wrongly is set right."""
    tests = [{"name": "a", "status": "passed", "duration": 5}, {"name": "b", "status": "passed", "duration": 5}]
    report = _ctrf.build("jest", tests, start=1_700_000_000_250, stop=1_700_000_060_000)
    report["results"]["summary"]["passed"] = 7
    (project / "r.json").write_text(json.dumps(report))
    assert call("report", "generate", "spec-kit", "--ctrf", "r.json", "--schema-version", "0.2") == 0
    data = newest(project)
    assert data["started_at"][:16].translate({ord(sign): None for sign in "-:"}) == data["run_id"][:13]
    assert data["duration_ms"] == 59_750
    kept = product_dir(project) / data["run_id"] / "test-report.json"
    assert documents.validate("test_report", kept, strict=True) == []
    assert json.loads(kept.read_bytes())["results"]["summary"]["passed"] == 2


def test_an_older_run_does_not_replace_a_newer(project: Path) -> None:
    """W-09: newer is who started later, not who is reported later; the history has both."""
    writer = sealed(project)
    (project / "a.xml").write_text(GREEN)
    assert call("report", "generate", "spec-kit", "--junit", "a.xml") == 0
    before = newest(project)
    assert call("report", "generate", "spec-kit", "--run", writer.run_dir) == 0
    assert newest(project) == before
    assert len((project / "dash" / "runs" / "report_history.jsonl").read_text().splitlines()) == 2


def sealed(project: Path, status: str | None = None, product: str | None = None) -> RunWriter:
    """A finished run of a pipeline."""
    writer = RunWriter("P2", "1", runs_dir=project / "reports" / "runs", product=product, announce=False)
    writer.start("local_cli", "test", "mia")
    if status == "partial":
        writer.warn("slow")
    writer.check("rows", "Rows", "fail" if status == "failed" else "pass", [])
    writer.finish(status)
    return writer


@pytest.mark.parametrize(
    ("status", "expected", "code", "summary"),
    [
        ("success", "success", 0, "the run succeeded; there are no test results"),
        ("failed", "failed", 1, "failed: check failed: rows (the run succeeded; there are no test results)"),
        ("partial", "success", 0, "partial: the run succeeded; there are no test results; slow"),
    ],
)
def test_a_recorded_run(project: Path, status: str, expected: str, code: int, summary: str) -> None:
    """Its status is mapped; its id, times and log are its own."""
    writer = sealed(project, status)
    assert call("report", "generate", "spec-kit", "--run", writer.run_dir) == code
    data = newest(project)
    assert (data["run_id"], data["status"]) == (writer.run_id, expected)
    if status != "failed":
        assert data["summary"] == summary
    else:
        assert data["summary"].startswith("failed: check failed: rows")
    log = product_dir(project) / writer.run_id / "pytest_output.log"
    assert log.read_bytes() == Path(writer.run_dir, "run.log").read_bytes()


def test_an_open_run(project: Path) -> None:
    """It is in progress, which is not green; reported again when it has ended, it is what it became, told once more."""
    writer = RunWriter("P2", "1", runs_dir=project / "reports" / "runs", announce=False)
    writer.start("local_cli", "test", "mia")
    assert call("report", "generate", "spec-kit", "--run", writer.run_dir) == 1
    assert (newest(project)["status"], newest(project)["summary"]) == ("in_progress", "the run is not over")
    writer.finish()
    for _ in range(2):
        assert call("report", "generate", "spec-kit", "--run", writer.run_dir) == 0
    assert newest(project)["status"] == "success"
    lines = (project / "dash" / "runs" / "report_history.jsonl").read_text().splitlines()
    assert [json.loads(line)["status"] for line in lines] == ["in_progress", "success"]


def test_a_run_reported_again_loses_what_no_longer_holds(project: Path) -> None:
    """With results that say otherwise, `error.json` of before is gone."""
    writer = sealed(project)
    (project / "a.xml").write_text(RED)
    assert call("report", "generate", "spec-kit", "--run", writer.run_dir, "--junit", "a.xml") == 1
    folder = product_dir(project) / writer.run_id
    assert (folder / "error.json").exists()
    (project / "a.xml").write_text(GREEN)
    assert call("report", "generate", "spec-kit", "--run", writer.run_dir, "--junit", "a.xml") == 0
    assert not (folder / "error.json").exists()
    assert newest(project)["summary"] == "2 passed"


def test_a_run_of_another_product(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, and nothing is written; a folder that is none is missing."""
    writer = sealed(project, product="other")
    assert call("report", "generate", "spec-kit", "--run", writer.run_dir) == 2
    assert f"{writer.run_id} is a run of other, not of spec-kit" in capsys.readouterr().err
    assert call("report", "generate", "spec-kit", "--run", "nowhere") == 1
    assert not product_dir(project).exists()


def test_a_session_that_recorded_itself(project: Path) -> None:
    """What the pytest plugin calls: the run is reported with its events and pytest's exit code."""
    writer = sealed(project, product="spec-kit")
    events = Path(writer.run_dir, "artifacts", "pytest-events.jsonl")
    events.parent.mkdir()
    events.write_text(
        '{"event":"session_start","session":"1","at":1}\n'
        '{"event":"collected","session":"1","selected":2}\n'
        '{"event":"report","session":"1","nodeid":"t.py::a","when":"teardown","outcome":"passed","duration":1}\n'
    )
    done = _generate.report_session(
        product="spec-kit", project=project, run_dir=Path(writer.run_dir), events_path=events, exit_code=2
    )
    assert done.code == 2
    killed = "the session has no end"
    assert newest(project)["summary"] == f"failed: {killed}; 1 of 2 collected tests was reported"


def test_a_foreign_report_is_written_as_the_contract_has_it(project: Path) -> None:
    """Fields that no version of CTRF has, and values of the wrong type, are left out; the tests are all there."""
    odd = {"name": "a", "status": "passed", "duration": 5.5, "x": 1, "message": 3, "line": -1, "flaky": True}
    sound = {"name": "b", "status": "failed", "duration": 1, "message": "m", "suite": ["s"], "stdout": ["out"]}
    report = _ctrf.build("x", [sound], start=1, stop=2)
    report["results"]["tests"].append(odd)
    report["results"]["environment"] = {"branchName": "main"}
    report["results"]["tool"] = "x"
    kept = _results.put(project, "test-report.json", report)["results"]
    assert (kept["tests"][0], kept["environment"]) == (sound, {"branchName": "main"})
    assert kept["tests"][1] == {"name": "a", "status": "passed", "duration": 5, "flaky": True}
    assert documents.validate("test_report", project / "test-report.json", strict=True) == []


@pytest.mark.skipif(not FLEET.is_dir(), reason="the folder of published documents is not here")
@pytest.mark.parametrize("product", ["codemonkeys-cli", "spec-kit", "banana-economy", "silverback-agent"])
def test_reports_of_the_field_are_carried_on(project: Path, product: str) -> None:
    """The budget, the switch and the wave of a real report stand in the next; what was spent is the new run's."""
    before = json.loads((FLEET / f"last_run.{product}.json").read_bytes())
    (project / "dash" / "products.json").write_bytes((FLEET / "products.json").read_bytes())
    folder = product_dir(project, product)
    folder.mkdir(parents=True)
    (folder / "last_run.json").write_bytes((FLEET / f"last_run.{product}.json").read_bytes())
    (project / "a.xml").write_text(GREEN)
    assert call("report", "generate", product, "--junit", "a.xml", "--spent-tokens", "7") == 0
    after = json.loads((folder / "last_run.json").read_bytes())
    for field in ("budget_tokens", "budget_minutes", "max_ci_heal_attempts"):
        assert after["banana_economy"][field] == before["banana_economy"][field]
    assert after["banana_economy"]["spent_tokens"] == 7
    assert (after["kill_switch"], after["pr_wave"]) == (before["kill_switch"], before["pr_wave"])
