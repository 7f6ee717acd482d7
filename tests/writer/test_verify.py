"""`verify`: a whole run has no finding; each way to damage it has one, which names the file."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import documents, files
from runpact_core.errors import EnvironmentFailed
from runpact_writer import _verify
from tests.writer.planted_runs import FINISHED, finished, left_open, look

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def run(runs_dir: Path) -> Path:
    """A whole run with a check that points to each kind of evidence."""
    evidence = ["run.json:$.outputs[0].rows_written", "run.log:line:2", "artifacts/rows.csv"]
    outputs = [{"type": "file", "ref": "rows.csv", "rows_written": 60}]
    folder = finished(runs_dir, FINISHED, ("rows_inserted", "pass", evidence), log="done\n", outputs=outputs)
    (folder / "artifacts").mkdir()
    (folder / "artifacts" / "rows.csv").write_text("a,b\n")
    return folder


def findings(run: Path) -> list[str]:
    """Each finding in one line."""
    return [f"{finding.kind}: {finding.file}: {finding.message}" for finding in _verify.verify(look(run))]


def change(path: Path, **fields: Any) -> None:
    """Write a document again with other values for some fields."""
    path.write_bytes(json.dumps({**json.loads(path.read_bytes()), **fields}).encode())


def test_a_whole_run(run: Path) -> None:
    """Nothing is found about it."""
    assert findings(run) == []


RUN_ID = FINISHED
COUNTED = "summary does not count the checks by their status"
CUT = "run.json: Invalid artifact: the text ends where a key in double quotes or '}' is expected"
OTHER = "20260119T120000Z__P2-Backfill__1111111"
LOGLESS = "evidence: checks.json: check rows_inserted: run.log:line:2: run.log has 0 lines"


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (
            lambda run: (run / "run.json").unlink(),
            ["not_finished: run.json: it ended before it had begun to record"],
        ),
        (lambda run: (run / "run.json").write_text("{"), [f"unreadable: {CUT} (line 1, column 2)"]),
        (lambda run: (run / "run.log").unlink(), ["missing: run.log: Missing artifact: {run}/run.log", LOGLESS]),
        (
            lambda run: (run / "run.log").write_text(f"RUN_ID={OTHER}\ndone\n"),
            [f"run_id: run.log: the first line is not RUN_ID={RUN_ID}"],
        ),
        (
            lambda run: (run / "run.log").write_text(f"RUN_ID={RUN_ID}"),
            [
                f"run_id: run.log: the first line is not RUN_ID={RUN_ID}",
                "log_count: run.log: it has 0 lines, run.json says 2",
                "log_count: run.log: it has 45 bytes, run.json says 51",
                LOGLESS,
            ],
        ),
        (
            lambda run: (run / "run.log").write_text("x" * 3_000_000),
            [
                f"run_id: run.log: the first line is not RUN_ID={RUN_ID}",
                "log_count: run.log: it has 0 lines, run.json says 2",
                "log_count: run.log: it has 3000000 bytes, run.json says 51",
                LOGLESS,
            ],
        ),
        (
            lambda run: (run / "artifacts" / "rows.csv").unlink(),
            ["evidence: checks.json: check rows_inserted: artifacts/rows.csv: there is no such file"],
        ),
        (
            lambda run: change(run / "run.json", outputs=[]),
            [
                (
                    "evidence: checks.json: check rows_inserted: run.json:$.outputs[0].rows_written: run.json has no"
                    " such field"
                )
            ],
        ),
        (
            lambda run: change(run / "run.json", finished_utc="2026-01-19T11:59:59Z"),
            ["rule: run.json: /finished_utc: finished_utc is earlier than started_utc [run-ends-after-it-starts]"],
        ),
        (
            lambda run: change(run / "run.json", run_id=OTHER, git={"sha": "1" * 40, "sha7": "1111111", "ref": ""}),
            [f"run_id: run.json: run_id is '{OTHER}', the folder is '{RUN_ID}'"],
        ),
        (
            lambda run: change(run / "checks.json", run_id=OTHER),
            [f"run_id: checks.json: run_id is '{OTHER}', the folder is '{RUN_ID}'"],
        ),
        (
            lambda run: change(run / "checks.json", summary={"pass": 2, "fail": 0, "skip": 0}),
            [f"rule: checks.json: /summary/pass: {COUNTED} [summary-counts-the-checks]"],
        ),
        (lambda run: (run / "checks.json").unlink(), ["missing: checks.json: Missing artifact: {run}/checks.json"]),
        (
            lambda run: (run / "checks.json").write_text("7"),
            ["unreadable: checks.json: Invalid artifact: it is a number, not an object"],
        ),
        (
            lambda run: change(run / "checks.json", schema_version="7.0", checks="odd"),
            ["version: checks.json: Unsupported schema version: 7.0"],
        ),
        (
            lambda run: change(run / "run.json", schema_version="0.9"),
            ["version: run.json: Unsupported schema version: 0.9"],
        ),
        (
            lambda run: change(run / "run.json", schema_version="7.0", log=7),
            ["version: run.json: Unsupported schema version: 7.0"],
        ),
    ],
)
def test_damage(damage: Callable[[Path], object], found: list[str], run: Path) -> None:
    """Each is found, once, and named with its kind and its file."""
    damage(run)
    assert findings(run) == [line.replace("{run}", str(run)) for line in found]


def test_a_log_that_was_not_counted(run: Path) -> None:
    """Where the run does not say how long its log is, any length holds."""
    data = json.loads((run / "run.json").read_bytes())
    del data["log"]
    (run / "run.json").write_text(json.dumps(data))
    assert findings(run) == []


def test_an_open_run_is_no_whole_run(runs_dir: Path) -> None:
    """What was interrupted does not hold; what is still recording is only not finished yet."""
    folder = left_open(runs_dir, FINISHED)
    assert findings(folder) == ["not_finished: run.json: the run is interrupted"]
    open_run = documents.read("open_run", folder / "open.json")
    descriptor = files.replace_locked(folder / "open.json", documents.dumps(open_run.data))
    assert findings(folder) == []
    (folder / "open.json").write_text("{")
    broken = CUT.replace("run.json", "open.json")
    assert findings(folder) == [f"unreadable: {broken} (line 1, column 2)"]
    os.close(descriptor)


@pytest.mark.parametrize(
    ("plant", "said"),
    [
        (lambda path: path.write_text("{"), f"unreadable: {CUT.replace('run.json', 'open.json')} (line 1, column 2)"),
        (os.mkfifo if hasattr(os, "mkfifo") else os.mkdir, "unreadable: open.json: Invalid artifact: a "),
        (
            lambda path: path.write_text('{"schema_version": "7.0"}'),
            "version: open.json: Unsupported schema version: 7.0",
        ),
    ],
)
def test_an_open_run_that_cannot_be_read(plant: Callable[[Path], object], said: str, runs_dir: Path) -> None:
    """What is wrong with `open.json` is said of it, not of a `run.json` that is not there; a FIFO is no hang."""
    folder = left_open(runs_dir, FINISHED)
    (folder / "open.json").unlink()
    plant(folder / "open.json")
    not_finished, about = findings(folder)
    assert not_finished == "not_finished: run.json: the run is interrupted"
    assert about.startswith(said)


def test_both_documents_present_means_sealed(run: Path) -> None:
    """A crash between the seal and the removal of the open mark leaves a finished run."""
    files.replace(run / "open.json", b"{}")
    assert findings(run) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
def test_a_log_that_is_no_file(run: Path) -> None:
    """A FIFO in the place of the log is a finding, not a hang; what points into it is not reported as well."""
    (run / "run.log").unlink()
    os.mkfifo(run / "run.log")
    (found,) = findings(run)
    assert found.startswith("unreadable: run.log: Invalid artifact: ")


def test_a_log_that_cannot_be_read(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system fails, that is a finding about this run, and the others are still verified."""

    def fail(path: str) -> int:
        raise EnvironmentFailed(f"opening {path}", OSError(13, "Permission denied"))

    monkeypatch.setattr(files, "open_read", fail)
    assert findings(run) == [f"unreadable: run.log: opening {run}/run.log: Permission denied"]
    folder = os.open(run, os.O_RDONLY)  # opens, and then cannot be read
    monkeypatch.setattr(files, "open_read", lambda _: folder)
    (found,) = findings(run)
    assert found.startswith("unreadable: run.log: ")


def twins(runs_dir: Path) -> tuple[Path, Path]:
    """The same run in two folders of runs."""
    both = [finished(place, FINISHED, log="done\n") for place in (runs_dir / "a", runs_dir / "b")]
    for folder in both:
        (folder / "artifacts").mkdir()
        (folder / "artifacts" / "rows.csv").write_text("a,b\n")
    return both[0], both[1]


@pytest.mark.parametrize(
    ("damage", "file"),
    [
        (lambda run: (run / "run.log").write_text("x"), "run.log"),
        (lambda run: (run / "run.log").write_text(f"RUN_ID={FINISHED}\ndone\nmore\n"), "run.log"),
        (lambda run: (run / "artifacts" / "rows.csv").unlink(), "artifacts/rows.csv"),
        (lambda run: (run / "artifacts" / "more.csv").write_text(""), "artifacts/more.csv"),
        (
            lambda run: [
                (run / "artifacts" / "rows.csv").unlink(),
                (run / "artifacts" / "rows.csv").symlink_to("none"),
            ],
            "artifacts/rows.csv",
        ),
    ],
)
def test_one_id_with_two_contents(damage: Callable[[Path], object], file: str, runs_dir: Path) -> None:
    """A copy is none; the first file that differs is named, in whichever of the two it is."""
    first, second = twins(runs_dir)
    assert _verify.duplicate(look(second), str(first)) == []
    damage(second)
    message = "{} has the same run_id, and differs in {}"
    for one, other in ((first, second), (second, first)):
        expected = _verify.Finding(file, "duplicate", message.format(one, file))
        assert _verify.duplicate(look(other), str(one)) == [expected]


def test_a_failed_check_under_a_green_status(runs_dir: Path) -> None:
    """No failure is shown as green: a run that says success beside a check that failed does not hold."""
    folder = finished(runs_dir, FINISHED, ("rows_inserted", "fail", []), status="success")
    assert findings(folder) == ["rule: run.json: the status is success, but rows_inserted failed"]


@pytest.mark.parametrize(
    ("ended", "status", "check", "found"),
    [
        ({"code": 0}, "success", "pass", []),
        ({"code": 9}, "failed", "fail", []),
        ({"code": 124, "signal": "SIGKILL", "timed_out": True}, "failed", "fail", []),
        ({"code": 9}, "success", "skip", ["run.json: the status is success, but the command ended with exit code 9"]),
        (
            {"code": 137, "signal": "SIGKILL"},
            "failed",
            "pass",
            ["checks.json: check command_succeeded passed, but the command was ended by SIGKILL"],
        ),
        (
            {"code": 0, "signal": "SIGKILL", "timed_out": True},
            "success",
            "pass",
            [
                "run.json: exit.code is 0, but the command timed out",
                "run.json: the status is success, but the command timed out",
                "checks.json: check command_succeeded passed, but the command timed out",
            ],
        ),
    ],
)
def test_an_end_that_is_no_success(
    ended: dict[str, Any], status: str, check: str, found: list[str], runs_dir: Path
) -> None:
    """No failed command is shown as green: status and check say what the command's end says."""
    folder = finished(runs_dir, FINISHED, ("command_succeeded", check, []), exit=ended, status=status)
    assert findings(folder) == [f"rule: {line}" for line in found]
