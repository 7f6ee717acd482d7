"""`runpact runs verify`, `diff` and `recover`: exact output, documents, exit codes."""

from __future__ import annotations

import json
import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

import runpact_writer
from runpact_core import files
from runpact_core.errors import EnvironmentFailed, Refused
from tests.writer.planted_runs import FAILED, FINISHED, HERE, NOW, call, finished, left_open, printed, set_the_clock

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

    from runpact_core.runs import Here, Run

OPEN = "20260119T120002Z__P2-Backfill__0000000"
EMPTY = "20260119T120003Z__nightly__0000000"
STRANGE = "20260119T120004Z__P2-Backfill__0000000"


@pytest.fixture
def fleet(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two runs that differ in much, two that were interrupted, one of a version nobody knows."""
    set_the_clock(monkeypatch)
    finished(
        runs_dir,
        FINISHED,
        ("rows_inserted", "pass", ["run.log:line:1"]),
        env={"present": ["NEON_DSN"], "missing": []},
        outputs=[{"type": "neon_table", "ref": "ovc.blocks", "rows_written": 60}],
        metrics={"load_s": 1.5},
    )
    finished(
        runs_dir,
        FAILED,
        ("rows_inserted", "fail", ["run.json:$.exit.code"]),
        ("no_gaps", "skip", []),
        status="failed",
        env={"present": [], "missing": ["NEON_DSN"]},
        outputs=[{"type": "neon_table", "ref": "ovc.blocks", "rows_written": 0}],
        metadata={"retries": 2},
        command=["make", "a b"],
        exit={"code": 143, "signal": "SIGTERM"},
        duration_ms=999,
    )
    left_open(runs_dir, OPEN)
    (runs_dir / EMPTY).mkdir()
    (runs_dir / STRANGE).mkdir()
    (runs_dir / STRANGE / "run.json").write_text('{"schema_version": "7.0"}')
    (runs_dir / STRANGE / "checks.json").write_text('{"schema_version": "7.0", "checks": [1]}')
    return runs_dir


def test_verify(fleet: Path, capsys: pytest.CaptureFixture[str], snapshot: SnapshotAssertion) -> None:
    """Every finding of every run, ok for the rest; exit code 1 where there is a finding, 0 where there is none."""
    assert call("runs", "verify") == 1
    assert capsys.readouterr().out == snapshot
    assert call("runs", "verify", FINISHED, FAILED) == 0
    assert capsys.readouterr().out == f"{FINISHED}: ok\n{FAILED}: ok\n"


def test_verify_as_a_document(fleet: Path, capsys: pytest.CaptureFixture[str], snapshot: SnapshotAssertion) -> None:
    """The same as one document of `run_findings`, with the same exit codes."""
    assert call("runs", "verify", "--json") == 1
    assert printed(capsys, "run_findings") == snapshot
    assert call("runs", "verify", "--json", FINISHED) == 0
    assert printed(capsys, "run_findings")["wrong"] == 0


def test_verify_of_what_is_running(runs_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run that is not finished yet is nothing wrong, be it the one that verifies."""
    folder = left_open(runs_dir, OPEN)
    finished(runs_dir, FINISHED)
    descriptor = files.replace_locked(folder / "open.json", (folder / "open.json").read_bytes())
    assert call("runs", "verify") == 0
    assert capsys.readouterr().out == f"{FINISHED}: ok\n{OPEN}: running\n"
    assert call("runs", "verify", OPEN, "--json") == 0
    document = printed(capsys, "run_findings")
    assert (document["wrong"], document["runs"][0]["state"], document["runs"][0]["findings"]) == (0, "running", [])
    os.close(descriptor)


def test_verify_of_an_empty_folder_says_so(runs_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing to verify is no silence."""
    runs_dir.mkdir(parents=True)
    assert call("runs", "verify", "--runs-dir", str(runs_dir)) == 0
    assert capsys.readouterr() == (f"there are no runs in {runs_dir}\n", "")
    assert call("runs", "verify", "--json") == 0
    assert printed(capsys, "run_findings") == {"runs": [], "schema_version": "1.0", "wrong": 0}


def test_verify_of_two_runs_with_one_id(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two hosts can mint one id; a copy holds, another content does not; one folder named twice is one run."""
    one, other = finished(project / "a", FINISHED), finished(project / "b", FINISHED)
    assert call("runs", "verify", "a/" + FINISHED, "b/" + FINISHED) == 0
    assert capsys.readouterr().out == f"{FINISHED}: ok\n" * 2
    finished(project / "c", FINISHED, log="another\n")
    assert call("runs", "verify", str(one), str(other), str(one), str(project / "c" / FINISHED)) == 1
    differs = f"{FINISHED}: checks.json: {one} has the same run_id, and differs in run.json\n"
    out = capsys.readouterr().out
    assert out == f"{FINISHED}: ok\n" * 2 + differs.replace("checks.json", "run.json")


def test_verify_finds_two_ids_in_one_folder(runs_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A renamed folder that states the id of its neighbour is found beside it."""
    finished(runs_dir, FINISHED, log="another\n").rename(runs_dir / FAILED)
    finished(runs_dir, FINISHED)
    assert call("runs", "verify") == 1
    out = capsys.readouterr().out
    assert out.startswith(f"{FINISHED}: ok\n{FAILED}: run.json: run_id is '{FINISHED}', the folder is '{FAILED}'\n")
    assert f"{FAILED}: run.json: ./reports/runs/{FINISHED} has the same run_id, and differs in run.json\n" in out


def test_diff(fleet: Path, capsys: pytest.CaptureFixture[str], snapshot: SnapshotAssertion) -> None:
    """Both runs with their durations, then what differs; exit code 1 only where it was asked for."""
    assert call("runs", "diff", FINISHED, FAILED) == 0
    out, err = capsys.readouterr()
    assert out == snapshot
    assert err == ""
    assert call("runs", "diff", "--exit-code", FINISHED, FAILED) == 1


def test_diff_as_a_document(fleet: Path, capsys: pytest.CaptureFixture[str], snapshot: SnapshotAssertion) -> None:
    """The same as one document of `run_diff`; values come back from their JSON text."""
    assert call("runs", "diff", FINISHED, FAILED, "--json") == 0
    document = printed(capsys, "run_diff")
    assert document == snapshot
    status = document["changes"][0]
    assert [json.loads(status[key]) for key in ("before", "after")] == ["success", "failed"]


def test_diff_of_no_differences(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run and itself: said in words, an empty list, exit code 0."""
    assert call("runs", "diff", FINISHED, FINISHED, "--exit-code") == 0
    assert capsys.readouterr().out.endswith("\nno differences\n")
    assert call("runs", "diff", FINISHED, FINISHED, "--json") == 0
    assert printed(capsys, "run_diff")["changes"] == []


def test_an_interruption_that_came(runs_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """That one of them was interrupted differs; when it was sealed does not."""
    finished(runs_dir, FINISHED)
    finished(runs_dir, FAILED, interruption={"reason": "killed", "sealed_utc": "2026-01-19T14:30:00Z"})
    assert call("runs", "diff", FINISHED, FAILED) == 0
    assert capsys.readouterr().out.splitlines()[-1].split(maxsplit=2) == ["+", "interruption", "reason  killed"]
    assert call("runs", "diff", FINISHED, FAILED, "--json") == 0
    assert [change["section"] for change in printed(capsys, "run_diff")["changes"]] == ["interruption"]


def test_a_warning_that_came_is_said_once(runs_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What has no name but its own words stands once on its line."""
    finished(runs_dir, FINISHED)
    finished(runs_dir, FAILED, warnings=["the disk is slow"])
    assert call("runs", "diff", FINISHED, FAILED) == 0
    assert capsys.readouterr().out.splitlines()[-1].split(maxsplit=2) == ["+", "warnings", "the disk is slow"]


def test_diff_with_what_was_interrupted(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run without a document, or of an unknown version, differs in what the other has."""
    for left, right in ((FINISHED, EMPTY), (EMPTY, STRANGE), (OPEN, FINISHED)):
        assert call("runs", "diff", left, right, "--json") == 0
        document = printed(capsys, "run_diff")
        assert (document["before"]["run_id"], document["after"]["run_id"]) == (left, right)
        first = document["changes"][0]
        assert first["section"] == "state"
        assert "finished" in {json.loads(first["before"]), json.loads(first["after"])}


class Recovery:
    """Stands in for what seals a run: remembers what it was asked, refuses what it is told to refuse."""

    def __init__(self, refuses: str = "") -> None:
        self.asked: list[str] = []
        self._refuses = refuses

    def recover(self, run: Run, *, now: float, asking: Here) -> str:
        """Pretend to seal."""
        assert (now, asking) == (NOW, HERE)
        self.asked.append(run.run_id)
        if run.run_id == self._refuses:
            raise Refused("the run is running", hint="wait")
        if run.run_id == FAILED:
            raise EnvironmentFailed("writing run.json", OSError(28, "No space left on device"))
        return "sealed as failed \x1b"


def stand_in(monkeypatch: pytest.MonkeyPatch, recovery: Recovery) -> None:
    """Put it in the place of the module."""
    module = ModuleType("runpact_writer._recover")
    module.recover = recovery.recover  # type: ignore[attr-defined]  # a module made by hand
    monkeypatch.setitem(sys.modules, "runpact_writer._recover", module)
    monkeypatch.setattr(runpact_writer, "_recover", module, raising=False)


def test_recover(fleet: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without names every interrupted run is sealed, and no other; what came of it is said."""
    recovery = Recovery()
    stand_in(monkeypatch, recovery)
    assert call("runs", "recover") == 0
    assert recovery.asked == [OPEN, EMPTY]
    assert capsys.readouterr() == (f"{OPEN}: sealed as failed \\x1b\n{EMPTY}: sealed as failed \\x1b\n", "")


def test_recover_goes_on(fleet: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that cannot be sealed does not keep the next one from it; the worst exit code counts."""
    recovery = Recovery(refuses=OPEN)
    stand_in(monkeypatch, recovery)
    assert call("runs", "recover", OPEN, FAILED, EMPTY) == 4
    assert recovery.asked == [OPEN, FAILED, EMPTY]
    out, err = capsys.readouterr()
    assert out == f"{EMPTY}: sealed as failed \\x1b\n"
    refused = f"{OPEN}: error[refused]: the run is running — wait\n"
    assert err == f"{refused}{FAILED}: error[environment]: writing run.json: No space left on device\n"


def test_recover_leaves_runs_that_verify(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was interrupted holds once it is sealed, and is listed as failed."""
    assert call("runs", "recover", OPEN) == 0
    assert capsys.readouterr() == (f"{OPEN}: sealed\n", "")
    assert call("runs", "verify", OPEN) == 0
    assert call("runs", "list", "--json", "--status", "failed") == 0
    out = capsys.readouterr().out.removeprefix(f"{OPEN}: ok\n")
    assert [run["run_id"] for run in json.loads(out)["runs"]] == [OPEN, FAILED]


def test_recover_of_nothing(
    runs_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where every run is sealed that is said."""
    recovery = Recovery()
    stand_in(monkeypatch, recovery)
    finished(runs_dir, FINISHED)
    assert call("runs", "recover") == 0
    assert recovery.asked == []
    assert capsys.readouterr() == ("there are no interrupted runs in ./reports/runs\n", "")
