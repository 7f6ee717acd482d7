"""`status report --from-runs`: recorded runs become results, and none of them is green by absence."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import documents, edge
from runpact_status_matrix.cli import app
from runpact_writer import RunWriter

if TYPE_CHECKING:
    from collections.abc import Iterator

WHO = ("--runner", "rust", "--implementation-repo", "dc-runner-rust", "--lane-class", "required")
RUN: dict[str, Any] = {
    "schema_version": "0.2",
    "pipeline_version": "1",
    "started_utc": "2026-01-19T06:15:12Z",
    "finished_utc": "2026-01-19T06:15:17Z",
    "duration_ms": 5921,
    "status": "success",
    "trigger": {"type": "local_cli", "source": "x", "actor": "y"},
    "git": {"sha": "0" * 40, "sha7": "0" * 7, "ref": ""},
    "env": {"present": [], "missing": []},
    "inputs": [],
    "outputs": [],
}


def recorded(pipeline: str, *, second: int = 12, **fields: Any) -> Path:
    """A run's folder with a `run.json` of that content."""
    sha7 = fields.get("git", RUN["git"])["sha7"]
    run_id = f"20260119T0615{second:02}Z__{pipeline}__{sha7}"
    folder = Path("reports", "runs", run_id)
    folder.mkdir(parents=True)
    started = f"2026-01-19T06:15:{second:02}Z"
    data = {**RUN, "run_id": run_id, "pipeline_id": pipeline, "started_utc": started, **fields}
    documents.write(folder / "run.json", data, contract="run")
    return folder


def report(*words: str, now: str = "2026-01-20T00:00:00Z") -> dict[str, Any]:
    """The report that is made of the runs."""
    call = ["status", "report", *WHO, "--release-version", "v1", "--from-runs", "reports/runs", "--now-utc", now]
    assert edge.run(app, [*call, *words], "runpact-status-matrix") == 0
    path = Path(".artifacts", "runner-status-report-v1.json")
    assert documents.validate("runner_status_report", path, strict=True) == []
    value: dict[str, Any] = json.loads(path.read_bytes())
    return value


def told(made: dict[str, Any]) -> list[tuple[str, str, int, int]]:
    """The results of a report, shortly."""
    return [
        (each["command"], each["status"], each["exit_code"], each["duration_ms"]) for each in made["command_results"]
    ]


def test_the_newest_run_of_every_pipeline_counts() -> None:
    """In the order in which they began; exit codes are the commands' own, a partial success passes."""
    recorded("lint", second=10, status="failed", exit={"code": 2})
    recorded("tests", second=11, status="failed", exit={"code": 3}, duration_ms=7)
    recorded("lint", second=12, exit={"code": 0})
    recorded("docs", second=1, status="partial")
    made = report()
    assert told(made) == [("docs", "pass", 0, 5921), ("tests", "fail", 3, 7), ("lint", "pass", 0, 5921)]
    assert made["overall_status"] == "fail"
    assert made["command_results"][2]["run_id"] == "20260119T061512Z__lint__0000000"
    assert report("--optional", "tests")["overall_status"] == "degraded"


def test_a_run_of_the_first_version_counts() -> None:
    """A document of 0.1 states no version and no command; of a failure the exit code is then 1."""
    fields = {name: value for name, value in RUN.items() if name != "schema_version"}
    folder = Path("reports", "runs", "20260119T061512Z__old__0000000")
    folder.mkdir(parents=True)
    data = {**fields, "run_id": folder.name, "pipeline_id": "old", "status": "failed"}
    (folder / "run.json").write_bytes(documents.dumps(data))
    assert told(report()) == [("old", "fail", 1, 5921)]


@contextlib.contextmanager
def running() -> Iterator[RunWriter]:
    """A run that goes on, recorded by this process."""
    writer = RunWriter("live", "1", runs_dir="reports/runs")
    writer.start("local_cli", "x", "y")
    try:
        yield writer
    finally:
        writer.finish("success")


def test_a_run_that_goes_on_has_no_result_yet(capsys: pytest.CaptureFixture[str]) -> None:
    """There is no report to make until it has ended; then there is."""
    call = ["status", "report", *WHO, "--release-version", "v1", "--from-runs", "reports/runs"]
    with running():
        assert edge.run(app, call, "runpact-status-matrix") == 2
        assert "is still running — wait until it has ended" in capsys.readouterr().err
    assert edge.run(app, call, "runpact-status-matrix") == 0


def test_what_was_interrupted_or_torn_failed(capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without a seal, a seal that is no JSON, and one of an unknown version are failures, and said."""
    Path("reports", "runs", "20260119T061512Z__killed__0000000").mkdir(parents=True)
    (recorded("torn") / "run.json").write_bytes(b"{")
    folder = recorded("later")
    text = (folder / "run.json").read_text(encoding="ascii").replace('"0.2"', '"9.0"')
    (folder / "run.json").write_text(text, encoding="ascii")
    made = report()
    assert told(made) == [("killed", "fail", 1, 0), ("later", "fail", 1, 0), ("torn", "fail", 1, 0)]
    assert made["overall_status"] == "fail"
    assert capsys.readouterr().err.splitlines() == [
        "runpact: 20260119T061512Z__killed__0000000 is interrupted, so killed failed",
        "runpact: 20260119T061512Z__later__0000000 is finished, so later failed",
        "runpact: 20260119T061512Z__torn__0000000 is unreadable, so torn failed",
    ]


def test_a_run_from_the_future_does_not_hide_an_older_one(capsys: pytest.CaptureFixture[str]) -> None:
    """Beyond five minutes of skew it does not count; within, it does."""
    recorded("lint", second=10, status="failed", exit={"code": 2})
    recorded("lint", second=12)
    assert told(report(now="2026-01-19T06:10:11Z")) == [("lint", "fail", 2, 5921)]
    assert "20260119T061512Z__lint__0000000 is dated later than now" in capsys.readouterr().err
    assert told(report(now="2026-01-19T06:10:12Z")) == [("lint", "pass", 0, 5921)]


def test_a_run_of_another_commit_does_not_count(capsys: pytest.CaptureFixture[str]) -> None:
    """It is told, also where only its id tells; what ran outside a repository counts; with no other it is unknown."""
    recorded("lint", git={"sha": "b" * 40, "sha7": "b" * 7, "ref": ""})
    recorded("docs")
    Path("reports", "runs", "20260119T061512Z__killed__ccccccc").mkdir()
    of_a = ("--commit-sha", "a" * 40)
    assert told(report(*of_a)) == [("docs", "pass", 0, 5921)]
    said = "runpact: runs of other commits than aaaaaaa do not count: 2 (--any-commit counts them)\n"
    assert capsys.readouterr().err == said
    every = [("docs", "pass", 0, 5921), ("killed", "fail", 1, 0), ("lint", "pass", 0, 5921)]
    assert told(report(*of_a, "--any-commit")) == every
    assert [each[0] for each in told(report("--commit-sha", "c" * 40))] == ["docs", "killed"]


def test_with_runs_of_other_commits_alone_nothing_is_known() -> None:
    """An older run of this commit counts beside a newer one of another; with none of it the status is unknown."""
    recorded("lint", git={"sha": "b" * 40, "sha7": "b" * 7, "ref": ""})
    made = report("--commit-sha", "a" * 40)
    assert (made["overall_status"], made["command_results"]) == ("unknown", [])
    recorded("lint", second=1, status="failed", exit={"code": 2}, git={"sha": "a" * 40, "sha7": "a" * 7, "ref": ""})
    assert told(report("--commit-sha", "a" * 40)) == [("lint", "fail", 2, 5921)]


def test_a_folder_that_was_renamed_is_named_by_its_document() -> None:
    """The command is the pipeline that the document states, and no id is made up."""
    recorded("lint").rename(Path("reports", "runs", "kept"))
    (result,) = report()["command_results"]
    assert (result["command"], result["status"], "run_id" in result) == ("lint", "pass", False)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="rights do not bind this user")
def test_a_folder_that_cannot_be_listed_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and the folder's name, not an empty report."""
    recorded("lint")
    folder = Path("reports", "runs")
    folder.chmod(0)
    try:
        call = ["status", "report", *WHO, "--release-version", "v1", "--from-runs", str(folder)]
        assert edge.run(app, call, "runpact-status-matrix") == 2
    finally:
        folder.chmod(0o755)
    assert "--from-runs: listing reports/runs: Permission denied" in capsys.readouterr().err
