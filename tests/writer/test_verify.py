"""`verify`: a whole run has no finding; each way to damage it has one, which names the file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import files, runs
from runpact_core.errors import EnvironmentFailed
from runpact_writer import _verify
from tests.writer.support import NOON, START, document, only_run, writer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def run(runs_dir: Path) -> Path:
    """A whole run with a check that points to each kind of evidence."""
    recorder = writer(runs_dir)
    recorder.start(*START)
    recorder.add_output(type="file", ref="rows.csv", rows_written=60)
    artifacts = only_run(runs_dir) / "artifacts"
    artifacts.mkdir()
    (artifacts / "rows.csv").write_text("a,b\n")
    evidence = ["run.json:$.outputs[0].rows_written", "run.log:line:1", "artifacts/rows.csv"]
    recorder.check("rows_inserted", "Rows inserted", "pass", evidence)
    recorder.finish()
    return only_run(runs_dir)


def findings(run: Path) -> list[str]:
    """Each finding in one line."""
    found = _verify.verify(runs.look(run, now=NOON, asking=runs.here()))
    return [f"{finding.file}: {finding.message}" for finding in found]


def change(path: Path, **fields: Any) -> None:
    """Write a document again with other values for some fields."""
    path.write_bytes(json.dumps({**json.loads(path.read_bytes()), **fields}).encode())


def test_a_whole_run(run: Path) -> None:
    """Nothing is found about it."""
    assert findings(run) == []


RUN_ID = "20260119T120000Z__P2-Backfill__0000000"
COUNTED = "summary does not count the checks by their status"
CUT = "run.json: Invalid artifact: the text ends where a key in double quotes or '}' is expected"
OTHER = "20260119T120000Z__P2-Backfill__1111111"


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (lambda run: (run / "run.json").unlink(), ["run.json: it ended before it had begun to record"]),
        (
            lambda run: (run / "run.json").write_text("{"),
            [f"{CUT} (line 1, column 2)"],
        ),
        (
            lambda run: (run / "run.log").unlink(),
            [
                "run.log: No such file or directory",
                "checks.json: check rows_inserted: run.log:line:1: run.log has 0 lines",
            ],
        ),
        (
            lambda run: (run / "run.log").write_text(f"RUN_ID={OTHER}\nx\n"),
            [f"run.log: the first line is not RUN_ID={RUN_ID}"],
        ),
        (
            lambda run: (run / "run.log").write_text(f"RUN_ID={RUN_ID}"),
            [
                f"run.log: the first line is not RUN_ID={RUN_ID}",
                "checks.json: check rows_inserted: run.log:line:1: run.log has 0 lines",
            ],
        ),
        (
            lambda run: (run / "artifacts" / "rows.csv").unlink(),
            ["checks.json: check rows_inserted: artifacts/rows.csv: there is no such file"],
        ),
        (
            lambda run: change(run / "run.json", outputs=[]),
            ["checks.json: check rows_inserted: run.json:$.outputs[0].rows_written: run.json has no such field"],
        ),
        (
            lambda run: change(run / "run.json", finished_utc="2026-01-19T11:59:59Z"),
            ["run.json: /finished_utc: finished_utc is earlier than started_utc [run-ends-after-it-starts]"],
        ),
        (
            lambda run: change(run / "run.json", run_id=OTHER, git={"sha": "1" * 40, "sha7": "1111111", "ref": ""}),
            [f"run.json: run_id is '{OTHER}', the folder is '{RUN_ID}'"],
        ),
        (
            lambda run: change(run / "checks.json", run_id=OTHER),
            [f"checks.json: run_id is '{OTHER}', the folder is '{RUN_ID}'"],
        ),
        (
            lambda run: change(run / "checks.json", summary={"pass": 2, "fail": 0, "skip": 0}),
            [f"checks.json: /summary/pass: {COUNTED} [summary-counts-the-checks]"],
        ),
        (
            lambda run: (run / "checks.json").unlink(),
            ["checks.json: Missing artifact: {run}/checks.json"],
        ),
        (
            lambda run: change(run / "checks.json", schema_version="7.0", checks="odd"),
            ["checks.json: Unsupported schema version: 7.0"],
        ),
        (
            lambda run: change(run / "run.json", schema_version="0.9"),
            ["run.json: Unsupported schema version: 0.9"],
        ),
    ],
)
def test_damage(damage: Callable[[Path], object], found: list[str], run: Path) -> None:
    """Each is found, once, and named with its file."""
    damage(run)
    assert findings(run) == [line.replace("{run}", str(run)) for line in found]


def test_an_open_run_is_no_whole_run(runs_dir: Path) -> None:
    """What is not sealed does not hold, whether it is still recording or not."""
    recorder = writer(runs_dir)
    recorder.start(*START)
    assert findings(only_run(runs_dir)) == ["run.json: the run is running"]
    recorder._release()
    assert findings(only_run(runs_dir)) in (["run.json: the run is interrupted"], ["run.json: the run is running?"])


def test_both_documents_present_means_sealed(run: Path) -> None:
    """A crash between the seal and the removal of the open mark leaves a finished run."""
    facts = {key: value for key, value in document(run).items() if key in {"run_id", "pipeline_id"}}
    files.replace(run / "open.json", json.dumps(facts).encode())
    assert findings(run) == []


def test_a_log_that_cannot_be_read_stops_the_resolving(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system fails, that is an error of the environment, not a finding about the run."""

    def fail(*_: object) -> None:
        raise EnvironmentFailed("reading run.log", OSError(5, "Input/output error"))

    monkeypatch.setattr(runs, "resolve_evidence", fail)
    with pytest.raises(EnvironmentFailed):
        findings(run)
