"""T-14: a log that the command itself deletes, renames, cuts or replaces: told, put back, nothing else is written."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING

import pytest

from runpact_core import files
from runpact_core.errors import EnvironmentFailed
from runpact_writer import _exec
from runpact_writer._log import RunLog
from tests.writer.support import document, only_run, outside

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="an open file keeps its name there")

SEEN = 'log=$RUNPACT_RUN_DIR/run.log; echo before; until grep -q before "$log"; do :; done; '
"""The start of a command whose first line is in the log."""

PUT_BACK = "while the run went on{}; it was put back with all of its {} bytes"


def touched(runs_dir: Path, script: str, capfd: pytest.CaptureFixture[str]) -> tuple[Path, str]:
    """A run whose command does something to its log and ends with 3; its folder and the one warning."""
    assert _exec.main(["--", "sh", "-c", f"{SEEN}{script}; echo after; exit 3"]) == 3
    run = only_run(runs_dir)
    (warning,) = document(run)["warnings"]
    warning = warning.removeprefix("Runpact: ")
    assert capfd.readouterr() == ("before\nafter\n", f"runpact: {warning}\n")
    assert document(run)["exit"] == {"code": 3}
    return run, warning


@pytest.mark.parametrize(
    ("script", "done", "kept", "kind"),
    [
        ('rm "$log"', "deleted", "", 0),
        ('mv "$log" "$log.1"', "given another name", "", 0),
        ('ln -sf "$VICTIM" "$log"', "deleted", "a symbolic link", stat.S_IFLNK),
        ('mv "$log" "$log.1"; ln -s "$VICTIM" "$log"', "given another name", "a symbolic link", stat.S_IFLNK),
        ('ln -f "$VICTIM" "$log"', "deleted", "another file", stat.S_IFREG),
        ('rm "$log"; mkdir "$log"', "deleted", "a folder", stat.S_IFDIR),
        ('rm "$log"; mkfifo "$log"', "deleted", "something that is no file", stat.S_IFIFO),
    ],
)
def test_a_log_without_its_name(  # noqa: PLR0917 - a parametrised test takes a column per argument
    script: str, done: str, kept: str, kind: int, project: Path, runs_dir: Path,
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Every byte has its name again, what the command made is kept, the record verifies, the victim is as it was."""
    victim = project / "victim"
    victim.write_text("mine")
    monkeypatch.setenv("VICTIM", str(victim))
    run, warning = touched(runs_dir, script, capfd)
    content = f"RUN_ID={run.name}\nbefore\nafter\n".encode()
    told = f" and replaced by {kept}, which is kept as run.log.replaced" if kept else ""
    assert warning == f"run.log was {done} " + PUT_BACK.format(told, len(content))
    assert not (run / "run.log").is_symlink()
    assert (run / "run.log").read_bytes() == content
    assert document(run)["log"] == {"lines": 3, "size_bytes": len(content)}
    assert victim.read_text() == "mine"
    names = {"checks.json", "run.json", "run.log"} | ({"run.log.1"} if "log.1" in script else set())
    assert {path.name for path in run.iterdir()} == names | ({"run.log.replaced"} if kept else set())
    if kept:
        aside = run / "run.log.replaced"
        assert stat.S_IFMT(aside.lstat().st_mode) == kind
        assert not aside.is_symlink() or aside.readlink() == victim
    assert outside("runs", "verify", cwd=project).stdout.decode() == f"{run.name}: ok\n"


def test_a_log_that_is_cut(project: Path, runs_dir: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What is gone is counted, and `verify` has something to say of such a log."""
    run, warning = touched(runs_dir, ': > "$log"', capfd)
    gone = len(f"RUN_ID={run.name}\nbefore\n")
    assert warning == f"run.log was cut short while the run went on: at least {gone} of {gone + 6} bytes are gone"
    assert (run / "run.log").read_bytes() == b"after\n"
    assert document(run)["log"] == {"lines": 1, "size_bytes": 6, "omitted_bytes": gone}
    done = outside("runs", "verify", cwd=project)
    assert (done.returncode, f"the first line is not RUN_ID={run.name}" in done.stdout.decode()) == (1, True)


def test_a_log_that_others_write_to(project: Path, runs_dir: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What the command itself appends stays, is counted, and told."""
    run, warning = touched(runs_dir, 'echo mine >> "$log"', capfd)
    assert warning == "run.log was written to by others while the run went on: 5 bytes of it are not ours"
    content = (run / "run.log").read_bytes()
    assert sorted(content.split(b"\n")[1:]) == [b"", b"after", b"before", b"mine"]
    assert document(run)["log"] == {"lines": 4, "size_bytes": len(content)}
    assert outside("runs", "verify", cwd=project).stdout.decode() == f"{run.name}: ok\n"


def test_a_success_is_partial(runs_dir: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The exit code is the command's; the record is no green one."""
    assert _exec.main(["--", "sh", "-c", 'rm "$RUNPACT_RUN_DIR/run.log"']) == 0
    assert (document(only_run(runs_dir))["status"], capfd.readouterr().err.count("\n")) == ("partial", 1)


def refuse(*_: object) -> None:
    """A disk that takes nothing."""
    raise EnvironmentFailed("appending", OSError(28, "No space left on device"))


@pytest.mark.parametrize("renamed", [False, True])
def test_no_room_to_put_it_back(project: Path, monkeypatch: pytest.MonkeyPatch, *, renamed: bool) -> None:
    """What is lost is said and counted; nothing unfinished is left."""
    log = RunLog(project / "run.log")
    log.line("one")
    if renamed:
        (project / "run.log").rename(project / "other")
    else:
        (project / "run.log").unlink()
    with monkeypatch.context() as patch:
        patch.setattr(files, "append", refuse)
        (told,) = log.settle()
    done = "given another name" if renamed else "deleted"
    where = "it is under that other name" if renamed else "its 4 bytes are lost"
    said = f"run.log was {done} while the run went on, and could not be put back: {where}: appending: "
    assert told == f"{said}No space left on device"
    assert log.counted() == {"lines": 0, "size_bytes": 0, "omitted_bytes": 4}
    assert [path.name for path in project.iterdir()] == (["other"] if renamed else [])
    log.close()


def test_a_name_that_cannot_be_given(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal of the system is told in its own words; what stood in the place has its name still."""
    log = RunLog(project / "run.log")
    log.line("one")
    (project / "run.log").unlink()
    (project / "run.log").write_text("mine")

    def deny(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", deny)
        (told,) = log.settle()
    assert told.endswith("could not be put back: its 4 bytes are lost: Permission denied")
    assert (project / "run.log").read_text() == "mine"
    log.close()


def test_a_name_that_may_not_last(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log is whole and there, and what is not certain is told."""
    log = RunLog(project / "run.log")
    log.line("one")
    (project / "run.log").unlink()
    monkeypatch.setattr(files, "sync_dir", refuse)
    told = log.settle()
    assert told == [
        "run.log was deleted " + PUT_BACK.format("", 4),
        "the name of run.log may not outlast a loss of power: appending: No space left on device",
    ]
    assert ((project / "run.log").read_text(), log.counted()) == ("one\n", {"lines": 1, "size_bytes": 4})
    log.close()


def test_a_second_look(project: Path) -> None:
    """A log that was put back is whole, is written on, and keeps what was set aside before; nothing is told twice."""
    log = RunLog(project / "run.log")
    for text, aside in (("one", "run.log.replaced"), ("two", "run.log.replaced-2")):
        log.line(text)
        (project / "run.log").unlink()
        (project / "run.log").write_text(f"mine {text}")
        (told,) = log.settle()
        kept = f" and replaced by another file, which is kept as {aside}"
        assert told.endswith(PUT_BACK.format(kept, log.size_bytes))
        assert (project / aside).read_text() == f"mine {text}"
        assert log.settle() == []
    log.line("three")
    assert log.settle() == []
    log.close()
    assert (project / "run.log").read_text() == "one\ntwo\nthree\n"


def test_a_log_that_cannot_be_looked_at(project: Path) -> None:
    """A descriptor that somebody closed is told; a folder that is gone is for the seal to tell."""
    log = RunLog(project / "run.log")
    log.release()
    assert log.settle() == ["run.log could not be looked at: Bad file descriptor"]
    (project / "gone").mkdir()
    log = RunLog(project / "gone" / "run.log")
    (project / "gone" / "run.log").unlink()
    (project / "gone").rmdir()
    assert log.settle() == []
    log.close()
