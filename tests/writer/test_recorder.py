"""`RunWriter` from start to seal: what it accepts in the published forms, and what lies in the folder afterwards."""

from __future__ import annotations

import io
import os
import shutil
from typing import TYPE_CHECKING

import pytest

from runpact_core import runs
from runpact_core.errors import EnvironmentFailed, InvalidArtifact, UsageFailure
from runpact_writer import RunWriter, _verify, detect_trigger
from runpact_writer.errors import WrongMoment
from tests.writer.support import NOON, START, around, document, only_run, writer

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

REQUIRED_ENV_VARS = ["NEON_DSN"]


def verified(run: Path) -> list[str]:
    """What does not hold about a recorded run."""
    found = runs.look(run, now=NOON, asking=runs.here())
    return [f"{finding.file}: {finding.message}" for finding in _verify.verify(found)]


def test_the_sample_of_the_source_document(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The published instrumentation runs as it stands: keywords, a check by name, evidence as a plain string."""
    monkeypatch.setenv("NEON_DSN", "postgres-s3cret")
    trigger_type, trigger_source, actor = detect_trigger()
    recorder = RunWriter("P2-Backfill", "0.1.0", REQUIRED_ENV_VARS)
    recorder.start(trigger_type=trigger_type, trigger_source=trigger_source, actor=actor)
    recorder.add_input(type="neon_table", ref="ovc.ovc_blocks_v01_1_min")
    recorder.add_output(type="file", ref=str(runs_dir / "out.csv"))
    recorder.check(name="row_count", status="pass", evidence=f"rows={60}")
    recorder.finish(status="success")
    run = only_run(runs_dir)
    assert verified(run) == []
    first, second = document(run, "checks.json")["checks"]
    assert first["id"] == "required_env_present"
    assert second == {"id": "row_count", "name": "row_count", "status": "pass", "evidence": ["run.log:line:2"]}
    assert (run / "run.log").read_text().splitlines()[1].endswith("Z rows=60")
    assert not [path for path in run.iterdir() if b"s3cret" in path.read_bytes()]


def test_the_form_of_the_field(runs_dir: Path) -> None:
    """The four arguments in order, with pointers: they are recorded as they are, and resolve."""
    recorder = writer(runs_dir)
    recorder.start(*START)
    recorder.add_output(type="neon_table", ref="ovc.blocks", rows_written=60)
    evidence = ["run.json:$.outputs[0].rows_written", "run.log:line:1"]
    recorder.check("rows_inserted", "Rows inserted", "pass", evidence)
    assert recorder.finish() == "success"
    run = only_run(runs_dir)
    assert document(run, "checks.json")["checks"] == [
        {"id": "rows_inserted", "name": "Rows inserted", "status": "pass", "evidence": evidence}
    ]
    assert verified(run) == []


def test_evidence_that_is_no_pointer_becomes_a_line(runs_dir: Path) -> None:
    """Every item gets a line of its own, on one line whatever it holds, and the pointer resolves."""
    recorder = writer(runs_dir)
    recorder.start(*START)
    recorder.record_output(b"half a line")
    recorder.check(name="Odd", status="pass", evidence=["a\nb", "artifacts/\udcff", "run.json:$.status", ""])
    recorder.finish()
    run = only_run(runs_dir)
    (check,) = document(run, "checks.json")["checks"]
    assert check["evidence"] == ["run.log:line:3", "run.log:line:4", "run.json:$.status", "run.log:line:5"]
    assert (run / "run.log").read_text().splitlines() == [
        f"RUN_ID={run.name}",
        "half a line",
        r"2026-01-19T12:00:00Z a\x0ab",
        r"2026-01-19T12:00:00Z artifacts/\xff",
        "2026-01-19T12:00:00Z ",
    ]
    assert verified(run) == []


def test_the_files_of_a_run(runs_dir: Path, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a fixed world the files are the same to the byte, while it is open and when it is sealed."""
    facts = {"name": "build-7", "system": "Linux", "machine": "x86_64", "pid": 4711, "boot_id": "b00t"}
    monkeypatch.setattr("runpact_writer._surroundings.host", lambda _here: facts)
    recorder = writer(runs_dir, "NEON_DSN", environ={"NEON_DSN": "x"}, command=["make"], product="spec-kit")
    identifier = recorder.start(*START)
    run = only_run(runs_dir)
    assert identifier == run.name == "20260119T120000Z__P2-Backfill__0000000"
    assert {path.name: path.read_text() for path in sorted(run.iterdir())} == snapshot(name="open")
    recorder.log("done")
    recorder.finish(exit={"code": 0})
    assert {path.name: path.read_text() for path in sorted(run.iterdir())} == snapshot(name="sealed")


def test_a_missing_variable_is_recorded(runs_dir: Path) -> None:
    """`start` gives the id, `ok` is False, and the failed check points to the names."""
    recorder = writer(runs_dir, "NEON_DSN", "OANDA_KEY", environ={"OANDA_KEY": "x"})
    assert recorder.start(*START) == only_run(runs_dir).name
    assert recorder.ok is False
    assert recorder.finish() == "failed"
    run = only_run(runs_dir)
    assert document(run)["env"] == {"present": ["OANDA_KEY"], "missing": ["NEON_DSN"]}
    (check,) = document(run, "checks.json")["checks"]
    assert (check["status"], check["evidence"]) == ("fail", ["run.json:$.env.missing"])
    assert verified(run) == []
    assert writer(runs_dir, "A", environ={"A": "x"}).ok is True


def test_a_clock_that_is_set_back(runs_dir: Path) -> None:
    """I-03: the end is never before the start, and the duration comes from the clock that only goes forward."""
    recorder = writer(runs_dir, around=around(clock=[NOON, NOON - 3600]))
    recorder.start(*START)
    recorder.finish()
    run = document(only_run(runs_dir))
    assert (run["started_utc"], run["finished_utc"]) == ("2026-01-19T12:00:00Z", "2026-01-19T12:00:00Z")
    assert run["duration_ms"] == 5921


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda recorder: recorder.run_dir, "a run that has not started has no folder"),
        (lambda recorder: recorder.log("x"), "a run that is created cannot be logged to"),
        (lambda recorder: recorder.record_output(b"x"), "a run that is created cannot be logged to"),
        (lambda recorder: recorder.check(name="x", status="pass"), "a run that is created cannot be checked"),
        (lambda recorder: recorder.finish(), "a run that is created cannot be finished"),
    ],
)
def test_before_the_start(act: object, message: str, runs_dir: Path) -> None:
    """Nothing can be recorded before there is a run, and nothing is made by trying."""
    assert callable(act)
    with pytest.raises(WrongMoment, match=rf"^{message}(\nhint: |$)"):
        act(writer(runs_dir))
    assert not runs_dir.exists()


def test_after_the_end(runs_dir: Path) -> None:
    """W-14: a second start or finish, a late check or line are typed errors; the sealed run stays as it is."""
    recorder = writer(runs_dir)
    recorder.start(*START)
    with pytest.raises(WrongMoment, match="a run that is open cannot be started"):
        recorder.start(*START)
    recorder.finish("success")
    run = only_run(runs_dir)
    before = {path.name: path.read_bytes() for path in run.iterdir()}
    assert sorted(before) == ["checks.json", "run.json", "run.log"]
    for act in (
        lambda: recorder.finish("failed"),
        lambda: recorder.log("late"),
        lambda: recorder.check(name="late", status="fail"),
        lambda: recorder.add_input(type="late", ref="x"),
        lambda: recorder.start(*START),
    ):
        with pytest.raises(WrongMoment):
            act()
    assert {path.name: path.read_bytes() for path in run.iterdir()} == before
    assert recorder.run_dir == str(run)


def test_a_program_may_change_its_folder(runs_dir: Path, project: Path) -> None:
    """The run stays where it was started, though the folder of runs was given as a relative path."""
    recorder = writer(runs_dir.relative_to(project))
    recorder.start(*START)
    os.chdir("/")
    recorder.finish()
    os.chdir(project)
    assert verified(only_run(runs_dir)) == []


def test_a_disk_that_takes_no_more_of_the_log(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The run ends, says here and on stderr how many bytes are missing, and is partial; nothing is raised meanwhile."""
    recorder = writer(runs_dir)
    recorder.start(*START)

    def full(_fd: int, _data: bytes) -> None:
        raise EnvironmentFailed("appending", OSError(28, "No space left on device"))

    with monkeypatch.context() as patch:
        patch.setattr("runpact_core.files.append", full)
        recorder.record_output(b"12345")
    recorder.record_output(b"6789\n")
    assert recorder.finish() == "partial"
    run = document(only_run(runs_dir))
    assert run["warnings"] == ["10 bytes are missing from run.log: appending: No space left on device"]
    assert capsys.readouterr().err == f"runpact: {run['warnings'][0]}\n"
    assert run["log"] == {"lines": 1, "size_bytes": len(f"RUN_ID={run['run_id']}\n"), "omitted_bytes": 10}
    assert verified(only_run(runs_dir)) == []


def test_what_the_contract_does_not_admit_is_refused_where_strict(runs_dir: Path) -> None:
    """A typed error that says where, when it is given; nothing of it is recorded, and the run can be sealed."""
    recorder = writer(runs_dir)
    recorder.start(*START)
    with pytest.raises(InvalidArtifact, match=r"outputs\[0\]\.rows_written: -1 is no number of rows"):
        recorder.add_output(type="neon_table", ref="ovc.blocks", rows_written=-1)
    with pytest.raises(InvalidArtifact, match=r"^Invalid artifact: .*unknown"):
        recorder.finish(unknown=1)
    assert sorted(path.name for path in only_run(runs_dir).iterdir()) == ["checks.json", "open.json", "run.log"]
    recorder.finish()
    assert document(only_run(runs_dir))["outputs"] == []
    assert verified(only_run(runs_dir)) == []


def test_the_id_is_said_where_it_is_asked_for(runs_dir: Path, project: Path) -> None:
    """The line RUN_ID=… goes out, and the steps after ours on GitHub get run_id, after what is there."""
    world = around({"GITHUB_OUTPUT": str(project / "output")})
    (project / "output").write_text("before=1\n")
    recorder = RunWriter("x", "1", runs_dir=runs_dir, around=world)
    identifier = recorder.start(*START)
    assert isinstance(world.out, io.StringIO)
    assert world.out.getvalue() == f"RUN_ID={identifier}\n"
    assert (project / "output").read_text() == f"before=1\nrun_id={identifier}\n"


def test_nobody_to_hear_the_id(runs_dir: Path, project: Path) -> None:
    """A closed stdout and an output file that cannot be written end in the log, not in the pipeline."""
    world = around({"GITHUB_OUTPUT": str(project / "nowhere" / "output")})
    world.out.close()
    recorder = RunWriter("x", "1", runs_dir=runs_dir, around=world)
    recorder.start(*START)
    lines = (only_run(runs_dir) / "run.log").read_text().splitlines()
    assert lines[1:] == [
        "2026-01-19T12:00:00Z RUN_ID could not be printed: I/O operation on closed file",
        "2026-01-19T12:00:00Z run_id could not be written to GITHUB_OUTPUT: No such file or directory",
    ]


def test_a_folder_that_is_gone_at_the_end(runs_dir: Path) -> None:
    """A run like any other, that says so."""
    recorder = writer(runs_dir)
    recorder.start(*START)
    shutil.rmtree(recorder.run_dir)
    assert recorder.finish() == "partial"
    assert (recorder.run_dir, len(document(only_run(runs_dir))["warnings"])) == (str(only_run(runs_dir)), 2)


def test_words_are_judged_before_anything_is_made(runs_dir: Path) -> None:
    """A product or a trigger that the contract does not admit is refused while no folder is there."""
    with pytest.raises(UsageFailure, match="no product id"):
        writer(runs_dir, product="a/b")
    with pytest.raises(UsageFailure, match="'nightly' is no trigger type"):
        writer(runs_dir).start("nightly", "cron", "mia")
    assert not runs_dir.exists()


@pytest.mark.parametrize("given", [None, "success", "partial", "failed"])
def test_a_failed_check_fails_the_run(given: str | None, runs_dir: Path) -> None:
    """Whatever `finish` is told: a reader never sees green over a failure."""
    recorder = writer(runs_dir)
    recorder.start(*START)
    recorder.check(name="Rows inserted", status="fail")
    assert recorder.finish(given) == "failed"
    assert document(only_run(runs_dir))["status"] == "failed"


@pytest.mark.parametrize(
    ("evidence", "fault"),
    [
        (["run.json:$.outputs[0]", "run.json:$.log.lines", "run.log:line:1", "artifacts/a.txt"], None),
        (["run.json:$.outputs[7]"], "check c: run.json:$.outputs[7]: "),
        (["run.log:line:99"], "check c: run.log:line:99: "),
        (["artifacts/b.txt"], "check c: artifacts/b.txt: "),
    ],
)
def test_evidence_that_points_to_nothing(evidence: list[str], fault: str | None, runs_dir: Path) -> None:
    """It is a warning of the run, which is no success then; said once, however often the seal is tried."""
    recorder = writer(runs_dir)
    recorder.start(*START)
    recorder.add_output("file", "x")
    (only_run(runs_dir) / "artifacts").mkdir()
    (only_run(runs_dir) / "artifacts" / "a.txt").touch()
    recorder.check("c", "C", "pass", evidence)
    assert recorder.finish() == ("partial" if fault else "success")
    warnings = document(only_run(runs_dir)).get("warnings", [])
    assert [warning.startswith(fault) for warning in warnings] == ([True] if fault else [])
