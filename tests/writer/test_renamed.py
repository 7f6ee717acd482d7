"""Folders with another name than a run's whose documents cannot be read: every command names them, none breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runpact_writer import _render
from tests.writer.planted_runs import FAILED, FINISHED, NOW, call, finished, left_open, look, printed, set_the_clock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILES = [("run.json", "{"), ("run.json", '{"schema_version": "7.0"}'), ("open.json", "{")]


@pytest.fixture
def kept(request: pytest.FixtureRequest, runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A whole run, and a renamed one with one file in it."""
    set_the_clock(monkeypatch)
    finished(runs_dir, FINISHED)
    (runs_dir / "kept").mkdir()
    name, text = request.param
    (runs_dir / "kept" / name).write_text(text)
    return runs_dir / "kept"


@pytest.mark.parametrize("kept", FILES, indirect=True)
def test_it_is_listed(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Beside the others, in the table and the document, without a pipeline, which nobody knows; filters pass by."""
    assert call("runs", "list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == [FINISHED, kept.name]
    assert lines[1].split()[1] == "P2-Backfill"
    assert "unknown" not in lines[2].partition("Invalid")[0].partition("Unsupported")[0]
    assert call("runs", "list", "--json") == 0
    listed = printed(capsys, "run_list")["runs"]
    assert [(run["run_id"], run.get("pipeline_id")) for run in listed] == [(FINISHED, "P2-Backfill"), ("kept", None)]
    assert call("runs", "list", "--pipeline", "P2-*") == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


@pytest.mark.parametrize("kept", FILES, indirect=True)
def test_it_can_be_named(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What `list` names, `show`, `verify` and `diff` take."""
    assert call("runs", "show", "kept") == 0
    assert capsys.readouterr().out.splitlines()[0].split() == ["run", "kept"]
    assert call("runs", "verify", str(kept)) == 1
    assert call("runs", "diff", "kept", FINISHED) == 0


@pytest.mark.parametrize(
    ("break_it", "hint"),
    [
        (lambda run: (run / "open.json").write_text("{"), "its run_id"),
        (lambda run: None, FAILED),
    ],
)
def test_it_is_not_sealed(
    break_it: Callable[[Path], object],
    hint: str,
    runs_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An interrupted run under another name is refused and stays as it is; those after it are sealed all the same."""
    set_the_clock(monkeypatch)
    left_open(runs_dir, FAILED).rename(runs_dir / "0-renamed")
    break_it(runs_dir / "0-renamed")
    left_open(runs_dir, FINISHED)
    assert call("runs", "recover") == 4
    out, err = capsys.readouterr()
    assert out == f"{FINISHED}: sealed\n"
    what = "error[refused]: 0-renamed was not sealed: its folder has not the name of a run"
    assert err == f"0-renamed: {what} — rename it back to {hint}, the first line of its run.log\n"
    assert sorted(path.name for path in (runs_dir / "0-renamed").iterdir()) == ["open.json", "run.log"]


@pytest.mark.parametrize(("name", "columns"), [("kept", 4), ("日本", 4), ("cafe\u0301", 4), ("\uff52\uff11", 4)])
def test_columns_stand_below_each_other(name: str, columns: int, runs_dir: Path) -> None:
    """A wide character takes two columns of a terminal, a mark none: the next column begins at the same place."""
    finished(runs_dir, FINISHED).rename(runs_dir / name)
    header, line = _render.table([look(runs_dir / name)], NOW).splitlines()
    assert header.index("PIPELINE") == columns + 2
    assert line.startswith(f"{name}  P2-Backfill  success  2026-01-19 12:00:00  5 s       3 h 1 min  its run_id is ")
