"""T-14: a run's folder that the command removes, moves or blocks: made again, told, sealed; or said to be lost."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import documents, files, runs
from runpact_core.errors import EnvironmentFailed, UsageFailure
from runpact_writer import RunWriter, _exec, _salvage
from tests.writer.support import NOON, document, only_run, outside, run_ids, writer

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="an open file keeps its name there")

SEEN = 'echo before; until grep -q before "$RUNPACT_RUN_DIR/run.log"; do :; done; '
"""The start of a command whose first line is in the log."""


def told(run: Path, capfd: pytest.CaptureFixture[str]) -> list[str]:
    """The warnings of a run, each of which was a line on stderr as well."""
    warnings = [warning.removeprefix("Runpact: ") for warning in document(run)["warnings"]]
    assert capfd.readouterr().err == "".join(f"runpact: {warning}\n" for warning in warnings)
    return warnings


@pytest.mark.parametrize("gone", ["reports", "reports/runs", '"$RUNPACT_RUN_DIR"'])
def test_a_folder_that_is_removed(gone: str, project: Path, runs_dir: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """However much of the path goes: the run is there with its whole log and exit code, sealed, and verifies."""
    assert _exec.main(["--", "sh", "-c", f"{SEEN} rm -r {gone}; echo after; exit 3"]) == 3
    run = only_run(runs_dir)
    content = f"RUN_ID={run.name}\nbefore\nafter\n"
    again = "it was made again, and what else was in it is lost"
    assert told(run, capfd) == [
        f"the folder of the run was removed while the run went on; {again}",
        f"run.log was deleted while the run went on; it was put back with all of its {len(content)} bytes",
    ]
    assert (run / "run.log").read_text() == content
    assert (document(run)["exit"], run_ids(run)) == ({"code": 3}, ["checks.json", "run.json", "run.log"])
    assert outside("runs", "verify", cwd=project).stdout.decode() == f"{run.name}: ok\n"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc tells where it is")
def test_a_folder_that_is_moved(project: Path, runs_dir: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The run is sealed where it was; what was moved is nobody's any more, so readers show it as interrupted."""
    assert _exec.main(["--", "sh", "-c", f"{SEEN} mv reports r2; exit 3"]) == 3
    run = only_run(runs_dir)
    moved = only_run(project / "r2" / "runs")
    rest = "it was made again, and what was moved stays there, as an interrupted run"
    assert told(run, capfd)[0] == f"the folder of the run was moved to {moved} while the run went on; {rest}"
    assert document(run)["exit"] == {"code": 3}
    assert runs.look(moved, now=NOON, asking=runs.here()).state == "interrupted"


def test_a_moved_folder_of_which_nobody_knows_the_place(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system does not say it, it is not said."""

    def refuse(_: str) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(os, "readlink", refuse)
    lock = files.replace_locked(project / "open.json", b"{}")
    (again, said) = _salvage.folder_again(str(project / "x"), b"{}", lock)
    os.close(again)
    assert said.startswith("the folder of the run was moved while the run went on; it was made again")


def test_a_folder_that_cannot_be_made_again(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """It is said that there is no record, and why; the exit code stands."""
    assert _exec.main(["--", "sh", "-c", "rm -r reports; echo mine > reports; exit 3"]) == 3
    lost = "this run is not recorded: its folder was removed while it went on, and making it again failed"
    why = f"making the folder {project / 'reports'}: Not a directory"
    assert capfd.readouterr().err == f"runpact: {lost}: {why}\n"
    assert (project / "reports").read_text() == "mine\n"


def test_documents_that_the_command_makes(project: Path, runs_dir: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What is in their place is kept under another name, and told."""
    script = 'cd "$RUNPACT_RUN_DIR"; echo "{}" > run.json; mkdir checks.json; touch checks.json/mine; rm open.json'
    assert _exec.main(["--", "sh", "-c", script]) == 0
    run = only_run(runs_dir)
    made = "was made by another while the run went on:"
    assert told(run, capfd) == [
        f"checks.json {made} a folder, which is kept as checks.json.replaced",
        f"run.json {made} another file, which is kept as run.json.replaced",
    ]
    assert run_ids(run / "checks.json.replaced") == ["mine"]
    assert (run / "run.json.replaced").read_text() == "{}\n"
    assert outside("runs", "verify", cwd=project).stdout.decode() == f"{run.name}: ok\n"


def test_a_document_that_cannot_be_set_aside(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is told, and the seal then fails with its own words."""
    recorder = writer(runs_dir, strict=False)
    recorder.start("local_cli", "command line", "mia")
    (only_run(runs_dir) / "run.json").mkdir()

    def deny(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", deny)
        recorder.finish()
    assert recorder.finish() == "partial"
    said = "run.json was made by another while the run went on, and cannot be set aside: Permission denied"
    assert document(only_run(runs_dir))["warnings"][0] == f"Runpact: {said}"


@pytest.mark.parametrize(("given", "status"), [("pass", "partial"), ("fail", "failed")])
def test_a_disk_that_is_full_at_the_end(  # noqa: PLR0917 - a parametrised test takes a column per argument
    given: str, status: str, project: Path, runs_dir: Path, capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The log gives its end for the documents: counted, told, no success."""
    recorder = writer(runs_dir, strict=False)
    recorder.start("local_cli", "command line", "mia")
    recorder.check("c", "C", given, [])
    recorder.record_output((b"x" * 99 + b"\n") * 1000)
    real = documents.write
    failed: list[str] = []

    def write(path: str, *args: Any, **more: Any) -> bytes:
        if path.endswith("run.json") and not failed:
            failed.append(path)
            raise EnvironmentFailed(f"writing {path}", OSError(28, "No space left on device"))
        return real(path, *args, **more)

    monkeypatch.setattr(documents, "write", write)
    assert (recorder.finish(), len(failed)) == (status, 1)
    run = only_run(runs_dir)
    log, first = document(run)["log"], len(f"RUN_ID={run.name}\n")
    assert told(run, capfd) == [
        f"the last {log['omitted_bytes']} bytes of run.log were cut off, to make room for run.json on a full disk"
    ]
    assert log["size_bytes"] + log["omitted_bytes"] == first + 100_000
    assert 16_384 < log["omitted_bytes"] < 20_000
    assert log["size_bytes"] == (run / "run.log").stat().st_size == first + 100 * (log["lines"] - 1)
    assert document(run)["status"] == status
    assert outside("runs", "verify", cwd=project).stdout.decode() == f"{run.name}: ok\n"


def full(*_: object, **__: object) -> None:
    """A disk that takes nothing."""
    raise EnvironmentFailed("writing", OSError(28, "No space left on device"))


def test_another_failure_costs_the_log_nothing(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only where the disk is full would its room help."""
    recorder = writer(runs_dir)
    recorder.start("local_cli", "command line", "mia")
    recorder.record_output(b"x" * 100_000)
    size = (only_run(runs_dir) / "run.log").stat().st_size

    def deny(*_: object, **__: object) -> None:
        raise EnvironmentFailed("writing", PermissionError(13, "Permission denied"))

    monkeypatch.setattr(documents, "write", deny)
    with pytest.raises(EnvironmentFailed, match=r"^writing: Permission denied$"):
        recorder.finish()
    assert (only_run(runs_dir) / "run.log").stat().st_size == size


def test_a_seal_that_fails_again_and_again(
    runs_dir: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is missing from the log, and evidence that points to nothing, is told once, however often it is tried."""
    recorder = writer(runs_dir, strict=False)
    recorder.start("local_cli", "command line", "mia")
    recorder.check("c", "C", "pass", ["artifacts/none"])
    with monkeypatch.context() as patch:
        patch.setattr(files, "append", full)
        recorder.record_output(b"x" * 10)
    with monkeypatch.context() as patch:
        patch.setattr(documents, "write", full)
        recorder.finish()
    assert recorder.finish() == "partial"
    failed, hint = "No space left on device", "(free some room, then seal the run: runpact runs recover)"
    missing = f"10 bytes are missing from run.log: writing: {failed}"
    (nothing,) = [each for each in document(only_run(runs_dir))["warnings"] if each.startswith("check c: ")]
    assert document(only_run(runs_dir))["warnings"] == [missing, nothing, f"Runpact: writing {hint}: {failed}"]
    assert capfd.readouterr().err == f"runpact: {missing}\nrunpact: writing {hint}: {failed}\n"


def test_a_seal_that_raises(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the end of the recording raises is a line, and the exit code stands."""

    def misuse(*_: object, **__: object) -> None:
        raise UsageFailure("no such end")

    monkeypatch.setattr(RunWriter, "finish", misuse)
    assert _exec.main(["--", "sh", "-c", "exit 3"]) == 3
    assert capfd.readouterr().err == "error[usage]: no such end\n"
