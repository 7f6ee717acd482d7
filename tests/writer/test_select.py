"""Which runs a call means: names as people type them, and what a shell offers to complete them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import typer

from runpact_core.errors import MissingArtifact, UsageFailure
from runpact_writer import _select, cli
from tests.writer.planted_runs import FAILED, FINISHED, HERE, NOW, finished, left_open, look

if TYPE_CHECKING:
    from pathlib import Path

OTHER = "20260120T120000Z__nightly__a1b2c3d"


@pytest.fixture
def fleet(runs_dir: Path) -> Path:
    """Three runs; the newest by its document is not the last by its id."""
    finished(runs_dir, FINISHED, started_utc="2026-01-19T13:30:00Z")
    finished(runs_dir, FAILED)
    left_open(runs_dir, OTHER, started_utc="2026-01-19T13:00:00Z", git={"sha": "a" * 40, "sha7": "a1b2c3d", "ref": ""})
    return runs_dir


def named(name: str, folder: Path) -> str:
    """The path of the run that a name means."""
    return _select.named(name, str(folder), now=NOW, asking=HERE).path


@pytest.mark.parametrize(
    ("name", "run_id"),
    [(FINISHED, FINISHED), ("20260120", OTHER), ("20260119T120001", FAILED), ("last", FINISHED), ("2026012", OTHER)],
)
def test_names(name: str, run_id: str, fleet: Path) -> None:
    """An id, the beginning of exactly one, the newest by its start."""
    assert named(name, fleet) == str(fleet / run_id)


def test_folders(fleet: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder anywhere, by its path, even one that was renamed; inside the folder of runs its name will do."""
    copied = finished(project / "elsewhere", FINISHED).rename(project / "copied")
    assert named("copied", fleet) == "copied"
    assert named(str(copied), fleet) == str(copied)
    assert named(f"reports/runs/{FAILED}/", fleet) == f"reports/runs/{FAILED}/"
    renamed = (fleet / FAILED).rename(fleet / "kept")
    assert named("kept", fleet) == str(renamed)
    monkeypatch.chdir(fleet)
    assert named(FINISHED, project / "none") == FINISHED
    monkeypatch.chdir(FINISHED)
    assert named("../kept", fleet) == "../kept"


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("2026011", f"2 runs begin with 2026011: {FINISHED}, {FAILED}", "write more of the id"),
        ("", "the name of a run is empty", "runpact runs list shows what there is"),
    ],
)
def test_names_that_mean_nothing_or_too_much(name: str, message: str, hint: str, fleet: Path) -> None:
    """More than one beginning so, and no name at all, are errors of usage."""
    with pytest.raises(UsageFailure) as caught:
        named(name, fleet)
    assert (caught.value.what, caught.value.hint) == (message, hint)


def test_many_that_begin_so(fleet: Path) -> None:
    """Three of them are shown, and that there are more."""
    finished(fleet, "20260119T120002Z__P2-Backfill__0000000")
    with pytest.raises(UsageFailure, match=r"^4 runs begin with 2026: .*, .*, .*, …$"):
        named("2026", fleet)


@pytest.mark.parametrize("name", ["nothing", ".", "no/thing", FINISHED[:-1] + "1", "2027"])
def test_names_of_no_run(name: str, fleet: Path) -> None:
    """What there is not is named, with its place where it is an id."""
    with pytest.raises(MissingArtifact) as caught:
        named(name, fleet)
    places = {".": "./run.json", FINISHED[:-1] + "1": str(fleet / name)}
    assert caught.value.path == places.get(name, name)


def test_the_last_of_one_second(runs_dir: Path) -> None:
    """Of runs that started in one second the last is the one that was recorded last, whatever their ids."""
    for age, run_id in enumerate([FINISHED, FINISHED.replace("P2", "P1"), FINISHED.replace("P2", "P3")]):
        os.utime(finished(runs_dir, run_id), (NOW - age, NOW - age))
    assert named("last", runs_dir) == str(runs_dir / FINISHED)


def test_the_last_is_no_copy(runs_dir: Path) -> None:
    """A folder that is not called as its run is a copy, or was renamed: no run of its own."""
    kept = finished(runs_dir, FAILED)
    finished(runs_dir, OTHER).rename(runs_dir / "copied")
    assert named("last", runs_dir) == str(kept)
    kept.rename(runs_dir / "kept")
    with pytest.raises(MissingArtifact) as caught:
        named("last", runs_dir)
    assert caught.value.hint == "no folder there has the name of its run"


def test_states_that_a_filter_admits(fleet: Path) -> None:
    """A run that may be running is one of those that run, and can be asked for alone."""
    run = look(fleet / FINISHED)
    states = ("running", "running?", "finished")
    admitted = {
        asked: [state for state in states if _select.Filter(states=(asked,)).admits(run._replace(state=state))]
        for asked in states
    }
    assert admitted == {"running": ["running", "running?"], "running?": ["running?"], "finished": ["finished"]}


def test_the_id_that_a_document_states(runs_dir: Path) -> None:
    """A run is the one that its document names, where there is a document."""
    folder = finished(runs_dir, FINISHED)
    assert _select.stated_id(look(folder.rename(runs_dir / FAILED))) == FINISHED
    (runs_dir / FAILED / "run.json").unlink()
    assert _select.stated_id(look(runs_dir / FAILED)) == FAILED


def test_the_last_that_goes(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is removed at this moment is no error of its own."""
    found = look(finished(runs_dir, FINISHED))
    monkeypatch.setattr("runpact_core.runs.find", lambda *_args, **_more: iter([found]))
    monkeypatch.setattr("os.stat", lambda _path: (_ for _ in ()).throw(FileNotFoundError))
    assert _select._last(str(runs_dir), NOW, HERE) == found


def test_the_last_of_none(runs_dir: Path) -> None:
    """A folder without a run has no last one; no folder has none either."""
    with pytest.raises(MissingArtifact):
        named("last", runs_dir)
    runs_dir.mkdir(parents=True)
    with pytest.raises(MissingArtifact) as caught:
        named("last", runs_dir)
    assert caught.value.path == f"a run in {runs_dir}"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-02", 86_400), ("1970-01-01T00:01:00Z", 60), ("1970-01-01T01:01:00+01:00", 60), ("90s", NOW - 90),
        ("1970-01-01T00:01:00", 60), ("2min", NOW - 120), ("3h", NOW - 10_800), ("7d", NOW - 604_800),
        ("2w", NOW - 1_209_600),
    ],
)  # fmt: skip
def test_moments(text: str, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """A date is midnight in UTC whatever the time zone here; a length of time counts back from now."""
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    assert _select.moment(text, NOW) == seconds


@pytest.mark.parametrize(
    "text", ["", "7", "d", "-7d", "7 d", "2026-02-30", "2026-1-1", "20260119", "2026-01-19Tx", "7m"]
)
def test_what_is_no_moment(text: str) -> None:
    """Anything else is refused, with the forms there are."""
    with pytest.raises(UsageFailure, match="is no date and no length of time") as caught:
        _select.moment(text, NOW)
    assert "12h" in str(caught.value.hint)


def test_completion_in_this_process(fleet: Path) -> None:
    """The ids of the folder that the call names so far, or of the usual one."""
    context = typer.Context(typer.main.get_command(cli.app))
    context.params = {"runs_dir": None, "project": None}
    assert cli._ids(context, "2026011") == [FINISHED, FAILED]
    context.params = {"runs_dir": str(fleet), "project": "elsewhere"}
    assert cli._ids(context, "") == ["last", FINISHED, FAILED, OTHER]
    context.params = {"project": "elsewhere"}
    assert cli._ids(context, "") == ["last"]
