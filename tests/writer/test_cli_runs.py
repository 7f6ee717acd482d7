"""`runpact runs`: exact output, the errors of each command, and nothing that acts on a terminal."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import edge, runs
from runpact_writer import _render, cli
from runpact_writer._version import __version__
from tests.writer.support import NOON, START, around, only_run, outside, run_ids, writer

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

FINISHED = "20260119T120000Z__P2-Backfill__0000000"
FAILED = "20260119T120001Z__P2-Backfill__0000000"
OPEN = "20260119T120002Z__P2-Backfill__0000000"
EMPTY = "20260119T120003Z__P2-Backfill__0000000"
STRANGE = "20260119T120004Z__P2-Backfill__0000000"


@pytest.fixture
def fleet(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run of each kind, at a fixed time, seen from the machine that recorded them."""
    monkeypatch.setattr("time.time", lambda: NOON + 3 * 3600 + 65)
    monkeypatch.setattr(runs, "here", lambda: around().here)
    finished = writer(runs_dir, product="spec-kit")
    finished.start(*START)
    finished.check("rows_inserted", "Rows inserted", "pass", ["run.log:line:1"])
    finished.finish()
    failed = writer(runs_dir, command=["make", "a b"])
    failed.start(*START)
    failed.check(name="Tests pass", status="fail", evidence=["run.json:$.exit.code"])
    failed.finish(exit={"code": 143, "signal": "SIGTERM"})
    left = writer(runs_dir)
    left.start(*START)
    left._release()
    (runs_dir / EMPTY).mkdir()
    (runs_dir / "README").write_text("no run")
    strange = {"schema_version": "7.0", "status": "\x1b[31m", "trigger": "x", "git": [], "command": 5, "exit": "y"}
    (runs_dir / STRANGE).mkdir()
    (runs_dir / STRANGE / "run.json").write_text(json.dumps(strange))
    (runs_dir / STRANGE / "checks.json").write_text('{"schema_version": "7.0", "checks": [1]}')
    return runs_dir


def call(*words: str) -> int:
    """The command in this process."""
    return edge.run(cli.app, words, "runpact-writer")


def test_list(fleet: Path, capsys: pytest.CaptureFixture[str], snapshot: SnapshotAssertion) -> None:
    """One line for each run, oldest first; what is no run is passed over."""
    assert call("runs", "list") == 0
    assert capsys.readouterr().out == snapshot


@pytest.mark.parametrize("name", [FINISHED, FAILED, OPEN, EMPTY, STRANGE])
def test_show(name: str, fleet: Path, capsys: pytest.CaptureFixture[str], snapshot: SnapshotAssertion) -> None:
    """Facts, then checks, of whatever is there; by id or by folder."""
    assert call("runs", "show", name) == 0
    by_id = capsys.readouterr().out
    assert by_id == snapshot
    assert call("runs", "show", f"./reports/runs/{name}") == 0
    assert capsys.readouterr().out == by_id


def test_verify(fleet: Path, capsys: pytest.CaptureFixture[str], snapshot: SnapshotAssertion) -> None:
    """Every finding of every run, ok for the rest; exit code 1 where there is a finding, 0 where there is none."""
    assert call("runs", "verify") == 1
    assert capsys.readouterr().out == snapshot
    assert call("runs", "verify", FINISHED, FAILED) == 0
    assert capsys.readouterr().out == f"{FINISHED}: ok\n{FAILED}: ok\n"


def test_verify_of_an_empty_folder_says_so(runs_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing to verify is no silence."""
    runs_dir.mkdir(parents=True)
    assert call("runs", "verify", "--runs-dir", str(runs_dir)) == 0
    assert capsys.readouterr() == (f"there are no runs in {runs_dir}\n", "")


def test_a_folder_that_is_no_run_is_not_taken_for_an_interrupted_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistyped folder is an error of usage."""
    assert call("runs", "show", str(tmp_path)) == 2
    line = f"error[usage]: {tmp_path} is no folder of a run — runpact runs list shows what there is\n"
    assert capsys.readouterr() == ("", line)


def test_another_project(fleet: Path, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--project and --runs-dir lead to the same runs as the current folder does."""
    assert call("runs", "list") == 0
    here = capsys.readouterr().out
    assert call("runs", "list", "--project", str(project)) == 0
    assert capsys.readouterr().out == here
    assert call("runs", "list", "--runs-dir", str(fleet)) == 0
    assert capsys.readouterr().out == here


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (
            ["show", FINISHED],
            1,
            (
                f"error[missing-artifact]: Missing artifact: ./reports/runs/{FINISHED} — runpact runs list shows what"
                " there is"
            ),
        ),
        (
            ["verify", "nowhere"],
            1,
            "error[missing-artifact]: Missing artifact: nowhere — runpact runs list shows what there is",
        ),
        (["list"], 1, "error[missing-artifact]: Missing artifact: ./reports/runs — nothing was recorded there yet"),
        (["list", "--project", "nowhere"], 2, "error[usage]: --project nowhere does not exist — name a folder"),
        (["list", "--project", "file"], 2, "error[usage]: --project file is a file — name a folder"),
        (["list", "--runs-dir", "file"], 3, "error[environment]: listing file: Not a directory"),
        (["show"], 2, "error[usage]: Missing argument 'RUN' — see runpact-writer --help"),
        (["xyz"], 2, "error[usage]: No such command 'xyz' — see runpact-writer --help"),
    ],
)
def test_errors(words: list[str], code: int, line: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line on stderr with a hint, the right exit code, nothing on stdout, nothing made."""
    (project / "file").touch()
    assert call("runs", *words) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.rstrip("\n") == line
    assert run_ids(project) == ["file"]


HOSTILE = "\x1b[2J\x07\u202eevil\r\n\x9b"
SHOWN = r"\x1b[2J\x07\u202eevil\x0d\x0a\x9b"


def test_terminal_escapes_are_shown_not_sent(
    runs_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-oracle: whatever a run recorded, list, show and verify print it as what it is."""
    recorder = writer(runs_dir, command=[HOSTILE])
    recorder.start("local_cli", HOSTILE, HOSTILE)
    recorder.check("odd", HOSTILE, "pass", [])
    recorder.finish()
    run = only_run(runs_dir)
    sealed: dict[str, Any] = json.loads((run / "run.json").read_bytes())
    assert call("runs", "show", run.name) == 0
    shown = capsys.readouterr().out
    assert shown.count(SHOWN) == 4
    (run / "run.json").write_text(json.dumps({**sealed, "run_id": HOSTILE, "schema_version": HOSTILE}))
    assert [call("runs", word) for word in ("list", "verify")] == [0, 1]
    out, err = capsys.readouterr()
    everything = shown + out + err
    assert not [character for character in everything if not (character.isprintable() or character == "\n")]


def test_a_name_of_other_bytes_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """An argument that is not UTF-8 comes back as escapes, in the error's one line."""
    assert call("runs", "show", "\udcff") == 1
    assert capsys.readouterr().err.startswith(r"error[missing-artifact]: Missing artifact: \udcff — ")


def test_output_that_the_locale_cannot_say(fleet: Path, project: Path) -> None:
    """On an ASCII stdout, what cannot be said is escaped; no traceback."""
    path = fleet / FINISHED / "run.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "pipeline_version": "1 日 final"}))
    done = outside("runs", "show", FINISHED, cwd=project, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"pipeline  P2-Backfill 1 \u65e5 final" in done.stdout


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min 0 s"), (3599, "59 min 59 s"), (3600, "1 h 0 min"), (86400, "1 d 0 h"),
     (200_000, "2 d 7 h"), (-5, "-5 s")],
)  # fmt: skip
def test_spans(seconds: int, text: str) -> None:
    """A length of time in its two largest units."""
    assert _render.span(seconds) == text


def test_short_durations_are_in_milliseconds(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Below a second the milliseconds are what counts."""
    path = fleet / FINISHED / "run.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "duration_ms": 999}))
    assert call("runs", "show", FINISHED) == 0
    assert "\nduration  999 ms\n" in capsys.readouterr().out


def test_version_and_console_script(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The package's own command has its version, its list of commands, and `exec` without the library."""
    monkeypatch.setattr(sys, "argv", ["runpact-writer", "--version"])
    assert cli.main() == 0
    assert capsys.readouterr().out == f"runpact-writer {__version__}\n"
    monkeypatch.setattr(sys, "argv", ["runpact-writer", "exec"])
    assert cli.main() == 2
    assert "there is no command to run" in capsys.readouterr().err
    assert call() == 2
    assert "Record runs, and look at them." in "".join(capsys.readouterr())
