"""`runpact runs list` and `show`: exact output, the errors of each command, and nothing that acts on a terminal."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core.errors import EnvironmentFailed
from runpact_writer import __main__, cli
from runpact_writer._version import __version__
from tests.writer.planted_runs import FAILED, FINISHED, call, finished, left_open, printed, set_the_clock
from tests.writer.support import outside, run_ids

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

OPEN = "20260119T120002Z__P2-Backfill__0000000"
EMPTY = "20260119T120003Z__nightly__0000000"
STRANGE = "20260119T120004Z__P2-Backfill__0000000"
CUT = "20260119T120005Z__P2-Backfill__0000000"
EVERY = [CUT, STRANGE, EMPTY, OPEN, FAILED, FINISHED]


@pytest.fixture
def fleet(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run of each kind, at a fixed time, seen from the machine that recorded them."""
    set_the_clock(monkeypatch)
    finished(
        runs_dir,
        FINISHED,
        ("rows_inserted", "pass", ["run.log:line:1", "run.json:$.outputs[0].rows_written"]),
        product="spec-kit",
        env={"present": ["NEON_DSN"], "missing": ["TOKEN"]},
        inputs=[{"type": "oanda", "ref": "GBP_USD", "range": "2026-01-13 to 2026-01-17"}],
        outputs=[{"type": "neon_table", "ref": "ovc.blocks", "rows_written": 60, "extra": {"b": 1, "a": [2]}}],
        metadata={"note": "x" * 300, "retries": 2},
        metrics={"load_s": 1.5},
        warnings=["slow"],
        interruption={"reason": "killed", "sealed_utc": "2026-01-19T14:30:00Z"},
    )
    command: dict[str, Any] = {"command": ["make", "a b"], "exit": {"code": 143, "signal": "SIGTERM"}}
    finished(runs_dir, FAILED, ("tests_pass", "fail", ["run.json:$.exit.code"]), status="failed", **command)
    left_open(runs_dir, OPEN)
    (runs_dir / EMPTY).mkdir()
    (runs_dir / "README").write_text("no run")
    strange = {"schema_version": "7.0", "status": "\x1b[31m", "trigger": "x", "git": [], "command": 5, "exit": "y"}
    (runs_dir / STRANGE).mkdir()
    (runs_dir / STRANGE / "run.json").write_text(json.dumps({**strange, "inputs": [1], "outputs": 2}))
    (runs_dir / STRANGE / "checks.json").write_text('{"schema_version": "7.0", "checks": [1]}')
    (runs_dir / CUT).mkdir()
    (runs_dir / CUT / "run.json").write_text("{")
    return runs_dir


def test_list(fleet: Path, capsys: pytest.CaptureFixture[str], snapshot: SnapshotAssertion) -> None:
    """One line for each run, newest first; what is no run is passed over."""
    assert call("runs", "list") == 0
    out, err = capsys.readouterr()
    assert out == snapshot
    assert err == ""


def test_list_as_a_document(fleet: Path, capsys: pytest.CaptureFixture[str], snapshot: SnapshotAssertion) -> None:
    """The same runs as one document of `run_list`."""
    assert call("runs", "list", "--json") == 0
    document = printed(capsys, "run_list")
    assert [run["run_id"] for run in document["runs"]] == EVERY
    assert document == snapshot


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--reverse"], EVERY[::-1]),
        (["--limit", "2"], EVERY[:2]),
        (["--limit", "2", "--reverse"], EVERY[1::-1]),
        (["--pipeline", "nightly"], [EMPTY]),
        (["--pipeline", "P2-*", "--pipeline", "night?y", "--limit", "9"], EVERY),
        (["--pipeline", "p2-backfill"], []),
        (["--status", "failed"], [FAILED]),
        (["--status", "failed", "--status", "success"], [FAILED, FINISHED]),
        (["--status", "partial"], []),
        (["--state", "finished"], [STRANGE, FAILED, FINISHED]),
        (["--state", "interrupted", "--state", "unreadable"], [CUT, EMPTY, OPEN]),
        (["--state", "running"], []),
        (["--state", "running?"], []),
        (["--since", "2026-01-19"], EVERY),
        (["--since", "2026-01-20"], []),
        (["--since", "2026-01-19T12:00:04Z"], EVERY[:2]),
        (["--since", "2026-01-19T13:00:04+01:00"], EVERY[:2]),
        (["--since", "180min"], []),
        (["--since", "10862s"], EVERY[:3]),
        (["--since", "1d"], EVERY),
    ],
)
def test_filters(words: list[str], expected: list[str], fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Values of one filter add up, filters narrow each other; order and limit come after them."""
    assert call("runs", "list", "--json", *words) == 0
    document = printed(capsys, "run_list")
    assert [run["run_id"] for run in document["runs"]] == expected
    assert document["omitted"] == (4 if "2" in words else 0)


def test_what_a_limit_leaves_out_is_said(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A list that was cut says so, beside the table."""
    assert call("runs", "list", "--limit", "5") == 0
    out, err = capsys.readouterr()
    assert (len(out.splitlines()), err) == (6, "1 older run is left out by --limit 5\n")
    assert call("runs", "list", "--limit", "1") == 0
    assert capsys.readouterr().err == "5 older runs are left out by --limit 1\n"


@pytest.mark.parametrize(
    ("short_by", "shown"),
    [(0, "PIPELINE STATE STARTED"), (1, "STATE STARTED"), (13, "STATE STARTED"), (14, "STATE"), (90, "STATE")],
)
def test_a_narrow_terminal(
    short_by: int, shown: str, fleet: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a line does not fit, what the id says as well is left out, no more than it takes; a pipe gets all of it."""
    monkeypatch.setenv("COLUMNS", "9")
    assert call("runs", "list") == 0
    whole = capsys.readouterr().out.splitlines()[0]
    monkeypatch.setenv("COLUMNS", str(len(whole) - short_by))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert call("runs", "list") == 0
    header, *lines = capsys.readouterr().out.splitlines()
    assert header.replace(" (UTC)", "").split() == ["RUN", *shown.split(), "DURATION", "AGE", "NOTE"]
    assert [line.split()[0] for line in lines] == EVERY


@pytest.mark.parametrize(
    ("words", "code"),
    [(["list"], 0), (["list", "--json"], 0), (["show", FINISHED], 0), (["verify"], 1), (["recover"], 0)],
)
def test_a_closed_stdout(words: list[str], code: int, fleet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be printed the command does what it does all the same."""
    monkeypatch.setattr(sys, "stdout", None)
    assert call("runs", *words) == code


def test_a_list_of_nothing(runs_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No run, and no run that fits, are no silence."""
    runs_dir.mkdir(parents=True)
    assert call("runs", "list", "--runs-dir", str(runs_dir)) == 0
    assert call("runs", "list", "--status", "failed") == 0
    assert capsys.readouterr() == (f"there are no runs in {runs_dir}\nthere are no such runs in ./reports/runs\n", "")


@pytest.mark.parametrize("word", ["list", "verify"])
def test_no_folder_yet_is_no_runs(word: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before its first run a project has none, as one with an empty folder; nothing is made."""
    assert call("runs", word) == 0
    assert capsys.readouterr() == ("there are no runs in ./reports/runs\n", "")
    assert call("runs", word, "--json") == 0
    assert printed(capsys, {"list": "run_list", "verify": "run_findings"}[word])["runs"] == []
    assert run_ids(project) == []


@pytest.mark.skipif(sys.platform == "win32", reason="a folder that somebody is in cannot be removed there")
def test_a_current_folder_that_was_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is said, since what is below it is not there for anybody."""
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(EnvironmentFailed) as caught:
        cli._folder(".", None)
    assert caught.value.what == "looking for the current folder: No such file or directory"
    assert caught.value.hint == "it was removed; go to another, or name one with --project"


@pytest.mark.parametrize("name", EVERY)
def test_show(name: str, fleet: Path, capsys: pytest.CaptureFixture[str], snapshot: SnapshotAssertion) -> None:
    """Facts, then what was read and written, then checks, of whatever is there; by id or by folder."""
    assert call("runs", "show", name) == 0
    by_id = capsys.readouterr().out
    assert by_id == snapshot
    assert call("runs", "show", f"./reports/runs/{name}") == 0
    assert capsys.readouterr().out == by_id


@pytest.mark.parametrize("name", EVERY)
def test_show_as_a_document(name: str, fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """State and notes, and the run's own documents as they are."""
    assert call("runs", "show", name, "--json") == 0
    document = printed(capsys, "run_view")
    assert document["run_id"] == name
    for key, file in (("run", "run.json"), ("open_run", "open.json"), ("checks", "checks.json")):
        path = fleet / name / file
        assert document.get(key) == (json.loads(path.read_bytes()) if path.exists() and name != CUT else None)


def test_a_folder_that_is_no_run_is_not_taken_for_an_interrupted_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistyped folder is one of no run, with the exit code of every name that means none."""
    assert call("runs", "show", str(tmp_path)) == 1
    missing = f"error[missing-artifact]: Missing artifact: {tmp_path}/run.json"
    line = f"{missing} — {tmp_path} is no folder of a run\n"
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
        (
            ["show", "last"],
            1,
            "error[missing-artifact]: Missing artifact: ./reports/runs — nothing was recorded there yet",
        ),
        (["show", ""], 2, "error[usage]: the name of a run is empty — runpact runs list shows what there is"),
        (["verify", "--runs-dir", "runz"], 2, "error[usage]: --runs-dir runz does not exist — name a folder"),
        (["list", "--runs-dir", ""], 2, "error[usage]: --runs-dir is empty — name a folder"),
        (["list", "--project", ""], 2, "error[usage]: --project is empty — name a folder"),
        (["list", "--project", "nowhere"], 2, "error[usage]: --project nowhere does not exist — name a folder"),
        (["list", "--project", "file"], 2, "error[usage]: --project file is a file — name a folder"),
        (
            ["list", "--since", "yesterday"],
            2,
            (
                "error[usage]: 'yesterday' is no date and no length of time — write 2026-01-19, 2026-01-19T06:00:00Z,"
                " or how long ago: 90s, 30min, 12h, 7d, 2w"
            ),
        ),
        (["list", "--runs-dir", "file"], 3, "error[environment]: listing file: Not a directory"),
        (["show"], 2, "error[usage]: Missing argument 'RUN' — see runpact-writer runs show --help"),
        (["xyz"], 2, "error[usage]: No such command 'xyz' — see runpact-writer runs --help"),
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
    """Whatever a run recorded, list, show, diff and verify print it as what it is."""
    run = finished(
        runs_dir,
        FINISHED,
        ("odd", "pass", []),
        command=[HOSTILE],
        trigger={"type": "local_cli", "source": HOSTILE, "actor": HOSTILE},
        metadata={HOSTILE: HOSTILE},
        inputs=[{"type": HOSTILE, "ref": "x", HOSTILE: 1}],
        warnings=[HOSTILE],
    )
    sealed: dict[str, Any] = json.loads((run / "run.json").read_bytes())
    assert call("runs", "show", run.name) == 0
    shown = capsys.readouterr().out
    assert shown.count(SHOWN) == 8
    other = finished(runs_dir, FAILED, ("odd", "pass", []))
    assert call("runs", "diff", FINISHED, FAILED) == 0
    (run / "run.json").write_text(json.dumps({**sealed, "run_id": HOSTILE, "schema_version": HOSTILE}))
    assert [call("runs", word) for word in ("list", "verify")] == [0, 1]
    assert [call("runs", word, other.name, "--json") for word in ("show", "verify")] == [0, 0]
    out, err = capsys.readouterr()
    everything = shown + out + err
    assert not [character for character in everything if not (character.isprintable() or character == "\n")]


def test_a_name_of_other_bytes_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """An argument that is not UTF-8 comes back as escapes, in the error's one line."""
    assert call("runs", "show", "\udcff") == 1
    assert capsys.readouterr().err.startswith(r"error[missing-artifact]: Missing artifact: \xff — ")


def test_output_that_the_locale_cannot_say(fleet: Path, project: Path) -> None:
    """On an ASCII stdout, what cannot be said is escaped; no traceback."""
    path = fleet / FINISHED / "run.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "pipeline_version": "1 日 final"}))
    done = outside("runs", "show", FINISHED, cwd=project, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"pipeline  P2-Backfill 1 \u65e5 final" in done.stdout


def test_short_durations_are_in_milliseconds(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Below a second the milliseconds are what counts."""
    path = fleet / FINISHED / "run.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "duration_ms": 999}))
    assert call("runs", "show", FINISHED) == 0
    assert "\nduration  999 ms up to the last write that is known\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("started", "shown", "age"),
    [
        ("9999-12-31T23:59:60Z", "9999-12-31T23:59:60Z", "2912424 d 8 h ahead"),
        ("0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00+23:59", "739635 d 15 h"),
        ("2026-01-19T16:00:00Z", "2026-01-19 16:00:00", "58 min 55 s ahead"),
    ],
)
def test_times_that_nobody_expects(
    started: str, shown: str, age: str, fleet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A moment of no calendar is shown as it is written, one in the future as ahead; the other runs are listed."""
    shutil.rmtree(fleet / FINISHED)
    finished(fleet, FINISHED, schema_version="7.0", started_utc=started)
    assert call("runs", "list") == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith(FINISHED))
    assert shown in line
    assert f"  {age}  " in line
    assert call("runs", "diff", FINISHED, FAILED) == 0
    assert shown in capsys.readouterr().out


def test_what_to_know_of_a_run(runs_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A time limit, a copied folder, a log that is not whole, what was not masked: nobody has to read the documents."""
    late = {"code": 124, "signal": "SIGKILL", "timed_out": True}
    masking = {"masked": ["DSN"], "not_masked": ["PIN", "KEY"]}
    finished(runs_dir, FAILED, status="failed", exit=late, masking=masking)
    path = runs_dir / FAILED / "run.json"
    log = {"lines": 2, "size_bytes": 1, "omitted_bytes": 9}
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "log": log}))
    finished(runs_dir, FINISHED, exit={"code": 124}).rename(runs_dir / "copied")
    assert call("runs", "list") == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.rpartition("  ")[2] for line in listed] == ["NOTE", "timed out", f"its run_id is {FINISHED}"]
    assert call("runs", "show", FAILED) == 0
    shown = capsys.readouterr().out
    assert "\nexit      124 timed out SIGKILL\n" in shown
    assert "\nunmasked  PIN KEY\n" in shown
    assert (f"\nlog       ./reports/runs/{FAILED}/run.log (2 lines, 1 byte, 9 bytes left out)\n") in shown
    assert call("runs", "show", "copied") == 0
    assert "\nexit      124\n" in capsys.readouterr().out


def test_ctrl_c_while_all_is_loaded(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """130, quietly, wherever it comes; else the exit code is the command's."""
    monkeypatch.setattr(cli, "main", lambda: 7)
    assert __main__.main() == 7

    def interrupted() -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "main", interrupted)
    assert __main__.main() == 130
    assert capsys.readouterr() == ("", "")


def test_version_and_console_script(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The package's own command has its version, its list of commands, and `exec` without the library."""
    monkeypatch.setattr(sys, "argv", ["runpact-writer", "--version"])
    assert cli.main() == 0
    assert capsys.readouterr().out == f"runpact-writer {__version__}\n"
    monkeypatch.setattr(sys, "argv", ["runpact-writer", "exec"])
    assert cli.main() == 2
    assert "there is no command to run" in capsys.readouterr().err
    assert call("exec") == 2
    assert "there is no command to run" in capsys.readouterr().err
    assert call() == 2
    assert "Record runs, and look at them." in "".join(capsys.readouterr())
