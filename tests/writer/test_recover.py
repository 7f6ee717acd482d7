"""Recovery: an interrupted run is sealed as failed, from what it left; a run that may live is not touched."""

from __future__ import annotations

import errno
import os
import shutil
from typing import TYPE_CHECKING

import pytest

from runpact_core import documents, files, runs
from runpact_core.errors import EnvironmentFailed, Refused
from runpact_writer import _recover, _verify
from tests.faults import failsweep
from tests.writer.support import NOON, START, document, only_run, run_ids, writer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.failsweep import Point

HERE = runs.Here("build-7", "b00t")
LATER = NOON + 3600
NAME = "20260119T120000Z__P2-Backfill__0000000"


def interrupted(runs_dir: Path) -> Path:
    """A run whose recorder is gone; its files are of fixed times, the newest a minute after its start."""
    recorder = writer(runs_dir)
    recorder.start(*START)
    recorder.log("working")
    recorder.check("rows", "Rows", "pass", ["text"])
    del recorder
    run = only_run(runs_dir)
    (run / "artifacts").mkdir()
    (run / "artifacts" / "rows.csv").write_text("1\n")
    dated(run, NOON + 60.5)
    return run


def dated(run: Path, at: float) -> None:
    """Give every file of a run, and its folder, a time."""
    for path in [*run.rglob("*"), run]:
        os.utime(path, (at, at))


def look(run: Path, asking: runs.Here = HERE, now: float = LATER) -> runs.Run:
    """A run as a reader sees it."""
    return runs.look(run, now=now, asking=asking)


def recover(run: Path, asking: runs.Here = HERE, now: float = LATER) -> str:
    """Recover a run at a fixed time."""
    return _recover.recover(look(run, asking, now), now=now, asking=asking)


def content(run: Path) -> dict[str, bytes]:
    """Every file of a run."""
    return {str(path.relative_to(run)): path.read_bytes() for path in sorted(run.rglob("*")) if path.is_file()}


def test_what_a_sealed_run_says(runs_dir: Path) -> None:
    """Failed, with the check that says why; its end is the newest time in the folder; twice is the same as once."""
    run = interrupted(runs_dir)
    log = (run / "run.log").read_bytes()
    assert recover(run) == "sealed"
    found = document(run)
    assert {name: found[name] for name in ("status", "started_utc", "finished_utc", "duration_ms", "interruption")} == {
        "status": "failed",
        "started_utc": "2026-01-19T12:00:00Z",
        "finished_utc": "2026-01-19T12:01:00Z",
        "duration_ms": 60_500,
        "interruption": {"reason": "killed", "sealed_utc": "2026-01-19T13:00:00Z"},
    }
    assert found["trigger"] == {"type": START[0], "source": START[1], "actor": START[2]}
    assert found["log"] == {"lines": 3, "size_bytes": len(log)}
    (check,) = document(run, "checks.json")["checks"]
    assert (check["id"], check["status"], check["evidence"]) == ("run_completed", "fail", ["run.json:$.interruption"])
    before = content(run)
    assert sorted(before) == ["artifacts/rows.csv", "checks.json", "run.json", "run.log"]
    assert before["run.log"] == log
    assert _verify.verify(look(run)) == []
    assert recover(run, now=LATER + 60) == "finished"
    assert content(run) == before


@pytest.mark.parametrize(
    ("asking", "reason"),
    [
        (HERE, "killed"),
        (runs.Here("build-7", "other"), "host_lost"),
        (runs.Here("build-7", None), "unknown"),
    ],
)
def test_why_it_was_interrupted(asking: runs.Here, reason: str, runs_dir: Path) -> None:
    """The same boot: killed; another boot of the machine: lost; else there is no telling."""
    run = interrupted(runs_dir)
    recover(run, asking)
    assert document(run)["interruption"]["reason"] == reason


def test_another_machine_a_day_later(runs_dir: Path) -> None:
    """Where the lock cannot be asked the run is refused for a day, and then sealed with an unknown reason."""
    run = interrupted(runs_dir)
    elsewhere = runs.Here("build-8", "other")
    with pytest.raises(Refused, match=r"it is running\?$"):
        recover(run, elsewhere)
    assert recover(run, elsewhere, NOON + 25 * 3600) == "sealed"
    assert document(run)["interruption"]["reason"] == "unknown"


def test_a_run_that_lives_is_refused(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While its lock is held nothing is changed, also where it was free when it was looked at."""
    recorder = writer(runs_dir)
    recorder.start(*START)
    run = only_run(runs_dir)
    before = content(run)
    with pytest.raises(Refused, match=r"it is running$") as caught:
        recover(run)
    assert caught.value.hint == "its recorder holds the lock; wait for its end"
    free = look(run)._replace(state="interrupted")
    with monkeypatch.context() as patch:
        patch.setattr(runs, "look", lambda *_, **__: free)
        with pytest.raises(Refused, match="its lock is held"):
            _recover.recover(free, now=LATER, asking=HERE)
    assert content(run) == before
    assert recorder.finish() == "success"


def test_a_run_that_starts_at_this_moment_is_refused(runs_dir: Path) -> None:
    """A folder with nothing in it may belong to a recorder between two calls; after a minute it does not."""
    run = runs_dir / "20260119T120000Z__x-1__a1b2c3d"
    run.mkdir(parents=True)
    dated(run, NOON)
    with pytest.raises(Refused, match="it may be starting at this moment"):
        recover(run, now=NOON + 5)
    assert recover(run) == "sealed"
    found = document(run)
    assert (found["started_utc"], found["finished_utc"]) == ("2026-01-19T12:00:00Z", "2026-01-19T12:00:00Z")
    assert (found["pipeline_id"], found["pipeline_version"], found["git"]["sha"]) == ("x-1", "unknown", "a1b2c3d")
    assert found["warnings"][1:] == ["open.json could not be used: what is not in the folder's name is unknown"]
    assert _verify.verify(look(run)) == []


def test_a_seal_that_cannot_be_read_is_refused(runs_dir: Path) -> None:
    """Somebody's `run.json` is not written over."""
    run = interrupted(runs_dir)
    (run / "run.json").write_text("{")
    with pytest.raises(Refused, match="was not sealed: Invalid artifact"):
        recover(run)
    assert (run / "run.json").read_text() == "{"


@pytest.mark.parametrize("mark", [b"", b"{", b'{"schema_version": "1.0", "run_id": 3}', b'{"schema_version": "7.0"}'])
def test_a_mark_that_cannot_be_used(mark: bytes, runs_dir: Path) -> None:
    """The folder's name says what it says; nothing else is made up, and the run verifies."""
    run = interrupted(runs_dir)
    (run / "open.json").write_bytes(mark)
    dated(run, NOON + 1)
    assert recover(run) == "sealed"
    assert document(run)["trigger"] == {"type": "local_cli", "source": "unknown", "actor": "unknown"}
    assert document(run)["git"] == {"sha": "0" * 40, "sha7": "0" * 7, "ref": ""}
    assert _verify.verify(look(run)) == []


@pytest.mark.parametrize("log", [None, b"", b"RUN_ID=2026"])
def test_a_log_that_was_not_begun(log: bytes | None, runs_dir: Path) -> None:
    """Its first line is completed, and the time of that is not the run's."""
    run = interrupted(runs_dir)
    (run / "run.log").unlink()
    if log is not None:
        (run / "run.log").write_bytes(log)
    dated(run, NOON + 9)
    recover(run)
    assert (run / "run.log").read_text() == f"RUN_ID={NAME}\n"
    assert document(run)["finished_utc"] == "2026-01-19T12:00:09Z"
    assert _verify.verify(look(run)) == []


@pytest.mark.parametrize("end", ["", "/"])
def test_nothing_is_written_through_a_link(end: str, runs_dir: Path, tmp_path: Path) -> None:
    """A folder of runs that is a link is refused, whatever it leads to: files of others, or an interrupted run."""
    others = tmp_path / "others"
    others.mkdir()
    (others / "checks.json").write_text('{"mine": 1}')
    dated(others, NOON)
    run = interrupted(runs_dir)
    for target in (others, run):
        before = content(target)
        link = runs_dir / NAME.replace("P2", "P3")
        link.symlink_to(target, target_is_directory=True)
        seen = look(link)._replace(path=f"{link}{end}")
        with pytest.raises(Refused, match="its folder is a symbolic link, so nothing was written"):
            _recover.recover(seen, now=LATER, asking=HERE)
        assert content(target) == before
        link.unlink()
    assert recover(run) == "sealed"


def test_a_name_with_a_time_that_does_not_exist(runs_dir: Path) -> None:
    """It says that the run was not sealed, and what to do; nothing is written."""
    run = runs_dir / "99999999T999999Z__x__0000000"
    run.mkdir(parents=True)
    dated(run, NOON)
    with pytest.raises(Refused, match="was not sealed: its name says a time that does not exist"):
        recover(run)
    assert content(run) == {}


def killed_before_the_seal(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run whose recorder was gone between `checks.json` and `run.json`, and left an unfinished file."""
    recorder = writer(runs_dir)
    recorder.start(*START)
    recorder.add_output("t", "r", rows_written=1)
    recorder.check("rows", "Rows", "pass", ["run.json:$.outputs[0].rows_written", "text"])
    real = documents.write

    def write(path: str, document: object, *, contract: str | None = None) -> bytes:
        if contract == "run":
            raise EnvironmentFailed("writing", OSError(errno.EIO, "Input/output error"))
        return real(path, document, contract=contract)  # type: ignore[arg-type]  # whatever the recorder gives

    with monkeypatch.context() as patch:
        patch.setattr(documents, "write", write)
        with pytest.raises(EnvironmentFailed):
            recorder.finish()
    del recorder
    run = only_run(runs_dir)
    (run / ".run.json.0123456789abcdef.tmp").write_text("half")
    dated(run, NOON + 1)
    return run


def test_checks_that_were_written_are_kept(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the evidence that still resolves; a second try of a recovery that was killed ends in the same files."""
    run = killed_before_the_seal(runs_dir, monkeypatch)
    shutil.copytree(run, second := runs_dir.parent / "second" / run.name)
    assert recover(run) == "sealed"
    rows, completed = document(run, "checks.json")["checks"]
    assert (rows["id"], rows["status"], rows["evidence"]) == ("rows", "pass", ["run.log:line:2"])
    assert completed["id"] == "run_completed"
    assert sorted(content(run)) == ["checks.json", "run.json", "run.log"]
    assert _verify.verify(look(run)) == []
    dated(second, NOON + 1)
    shutil.copy(run / "checks.json", second)  # as if killed after the first of its two files
    assert recover(second) == "sealed"
    assert content(second) == content(run)


@pytest.mark.parametrize("checks", ["{", '{"schema_version": "7.0"}', '{"schema_version": "0.9", "more": 1}'])
def test_checks_that_cannot_be_used(checks: str, runs_dir: Path) -> None:
    """They are named in a warning; the run gets its seal."""
    run = interrupted(runs_dir)
    (run / "checks.json").write_text(checks)
    assert recover(run) == "sealed"
    assert _verify.verify(look(run)) == []


def test_checks_of_a_newer_version_are_not_half_kept(runs_dir: Path) -> None:
    """What this version would have to leave out is not rewritten as if it were whole."""
    run = interrupted(runs_dir)
    check = {"id": "a", "name": "a", "status": "pass", "evidence": [], "weight": 3}
    summary = {"pass": 1, "fail": 0, "skip": 0}
    files.replace(
        run / "checks.json",
        documents.dumps({"schema_version": "0.9", "run_id": NAME, "checks": [check], "summary": summary}),
    )
    recover(run)
    assert [each["id"] for each in document(run, "checks.json")["checks"]] == ["run_completed"]
    assert document(run)["warnings"][1:] == ["checks.json could not be used: it holds what this version does not know"]


def test_a_body_that_failed_is_not_told_twice(runs_dir: Path) -> None:
    """Where the recorder had written that the run did not complete, its own check stands alone."""
    run = interrupted(runs_dir)
    check = {"id": "run_completed", "name": "x", "status": "fail", "evidence": ["run.log:line:2"]}
    summary = {"pass": 0, "fail": 1, "skip": 0}
    written = {"schema_version": "0.2", "run_id": NAME, "checks": [check], "summary": summary}
    documents.write(run / "checks.json", written, contract="checks")
    recover(run)
    assert document(run, "checks.json") == written


def test_what_lies_beside_a_seal_is_removed(runs_dir: Path) -> None:
    """A recorder that was killed after the seal leaves its mark: it goes, and nothing else."""
    run = interrupted(runs_dir)
    mark = (run / "open.json").read_bytes()
    recover(run)
    before = content(run)
    (run / "open.json").write_bytes(mark)
    assert recover(run) == "finished"
    assert content(run) == before


def test_without_locks(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are none the run is in doubt for a day, then it is sealed."""
    run = interrupted(runs_dir)
    monkeypatch.setattr("runpact_core._locks.fcntl", None)
    with pytest.raises(Refused, match=r"it is running\?"):
        recover(run)
    assert recover(run, now=NOON + 25 * 3600) == "sealed"
    assert _verify.verify(look(run)) == []


def test_every_refusal_of_the_system(runs_dir: Path) -> None:
    """Whatever call fails: a typed error, no half seal; a second try seals, with the same end."""
    run = interrupted(runs_dir)
    shutil.copytree(run, saved := runs_dir.parent / "saved")

    def prepare() -> None:
        shutil.rmtree(run)
        shutil.copytree(saved, run)

    def complaints(raised: BaseException | None, point: Point) -> list[str]:
        found = []
        if not isinstance(raised, EnvironmentFailed | Refused) and not (run / "run.json").exists():
            found.append(f"raised {raised!r}, and no seal")
        if raised is not None and not isinstance(raised, EnvironmentFailed | Refused):
            found.append(f"raised {raised!r}")
        recover(run)
        if _verify.verify(look(run)) or document(run)["finished_utc"] != "2026-01-19T12:01:00Z":
            found.append("the second try is not the first")
        return found + [f"left {name}" for name in run_ids(run) if name.startswith(".") or name == "open.json"]

    report = failsweep.sweep(lambda: recover(run), complaints, prepare=prepare, errors=[errno.EIO, errno.ENOSPC])
    assert report.complaints == ()
    assert report.points > 60
