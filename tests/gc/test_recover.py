"""What the next command makes of an interrupted operation, and of journals that nobody wrote."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from runpact_gc import _journal, _lock, _places, _recover, _report
from runpact_gc.errors import BrokenJournal, LockLost
from tests.faults import trashed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runpact_gc._places import Places

RUN = f"reports/runs/{trashed.RUN}"
BENCH = [name for name in trashed.FILES if name.startswith("artifacts/bench/")]


@pytest.fixture
def store(project: Path) -> Path:
    """The project of `trashed`, with an operation that died when one entry had arrived and half of another."""
    trashed.interrupted(project)
    return project


def recovered(store: Path) -> tuple[str, ...]:
    """Take the lock and recover."""
    places = _places.places(os.fspath(store))
    with _lock.hold(places) as lock:
        return _recover.recover(places, lock, clock=lambda: trashed.NOW_S + 60)


def journal(store: Path) -> Path:
    """The journal."""
    return store / "artifacts/.trash/.journal.jsonl"


def test_whole_entries_are_finished_and_halves_go_back(store: Path) -> None:
    """The run is in the trash and in a report, the files of the glob entry are where they were, and both are said."""
    run, bench = trashed.entry_ids()
    stamped = json.loads(journal(store).read_bytes().splitlines()[0])["gc_id"]
    assert recovered(store) == (
        f"{RUN} ({run}) was finished",
        f"{BENCH[0]} ({bench}) was rolled back: it is where it was",
        f"the end of {trashed.PURGE.slot} in the trash was finished",
        f"gc {stamped} was interrupted; runpact artifacts undo {stamped} takes back what was finished",
    )
    assert [(store / each).read_bytes() for each in BENCH] == [trashed.FILES[each] for each in BENCH]
    places = _places.places(os.fspath(store))
    (id_,) = _report.ids(places)
    report = _report.read(_report.path_of(places, id_))
    assert (report.recovered, report.plan_digest) == (True, "1" * 64)
    assert [each.slot for each in report.entries] == [run]
    assert {file.path for file in report.entries[0].moves[0].files} == {"run.json", "artifacts/rows.csv"}
    assert trashed.settled_again(store, b"") == []
    assert recovered(store) == ()


def test_what_was_made_anew_is_never_overwritten(store: Path) -> None:
    """The place of a half entry is taken by new files: they stay, and the old ones stay in the trash, in a report."""
    for each in BENCH:
        (store / each).write_bytes(b"new\n")
    said = recovered(store)
    assert f"{BENCH[0]} ({trashed.entry_ids()[1]}) was finished" not in said
    assert "could not go back whole" in said[1]
    assert [(store / each).read_bytes() for each in BENCH] == [b"new\n", b"new\n"]
    slot = store / "artifacts/.trash" / trashed.entry_ids()[1]
    assert (slot / BENCH[0].removeprefix("artifacts/")).read_bytes() == trashed.FILES[BENCH[0]]
    places = _places.places(os.fspath(store))
    report = _report.read(_report.path_of(places, _report.ids(places)[0]))
    assert [each.moves[0].source for each in report.entries] == [RUN, BENCH[0]]


def test_a_sealed_operation_only_loses_its_journal(project: Path) -> None:
    """The report is there, the journal was left: nothing moves."""
    trashed.prepare(project)
    report = trashed.run(project).report
    line = {"schema_version": "1.0", "event": "begin", "operation": "gc", "gc_id": report.gc_id}
    line |= {"started_utc": "2026-01-01T00:00:00Z", "tool_version": "0"}
    journal(project).write_text(json.dumps(line) + "\n")
    assert recovered(project) == (f"gc {report.gc_id} was done; only its journal was left",)
    assert trashed.settled_unharmed(project, b"") == []


@pytest.mark.parametrize("cut", [1, 40])
def test_a_torn_last_line_was_not_begun(store: Path, cut: int) -> None:
    """What a torn line would have said is not done; the lines before it count."""
    whole = journal(store).read_bytes()
    journal(store).write_bytes(whole + whole.splitlines(keepends=True)[-1][:-cut])
    recovered(store)
    assert trashed.settled_again(store, b"") == []


def test_a_journal_with_nothing_whole_in_it_goes(project: Path) -> None:
    """Killed in the very first line: nothing was begun, nothing is said."""
    trashed.prepare(project)
    journal(project).write_bytes(b'{"schema_ver')
    assert recovered(project) == ()
    assert not journal(project).exists()


def edited(key: str, value: str) -> Callable[[list[dict[str, Any]]], None]:
    """Put a value into the first move of the first intent."""

    def edit(lines: list[dict[str, Any]]) -> None:
        move = next(line for line in lines if line["event"] == "intent")["entries"][0]["moves"][0]
        move[key] = value

    return edit


def slot(lines: list[dict[str, Any]]) -> None:
    """Let an entry's slot be another than its target's."""
    next(line for line in lines if line["event"] == "intent")["entries"][0]["slot"] = "f" * 12


def twice(lines: list[dict[str, Any]]) -> None:
    """Begin twice."""
    lines.append(lines[0])


def later(lines: list[dict[str, Any]]) -> None:
    """Come from a later release."""
    lines[1]["schema_version"] = "7.0"


def no_time(lines: list[dict[str, Any]]) -> None:
    """Have an id that no clock gives."""
    lines[0]["gc_id"] = "99999999_999999"


@pytest.mark.parametrize(
    ("forge", "reason"),
    [
        (edited("source", "../outside"), "is no place in the project"),
        (edited("source", "/etc/passwd"), "is no place in the project"),
        (edited("source", "a//b"), "is no place in the project"),
        (edited("target", "62cea58c0b0b/../../../outside"), "is no place in the project"),
        (edited("target", "ffffffffffff/x"), "is not in the slot"),
        (edited("source_b64", "!"), "/entries/0/moves/0/source_b64"),
        (slot, "is not in the slot"),
        (twice, "it does not begin once"),
        (later, "was written by a later release"),
        (no_time, "no operation has the id"),
    ],
)
def test_a_forged_journal_is_refused(forge: Callable[[list[dict[str, Any]]], None], reason: str, store: Path) -> None:
    """G-05: nothing is done on its word, it is kept aside, exit code 4, and the next command works."""
    lines = [json.loads(line) for line in journal(store).read_text().splitlines()]
    forge(lines)
    journal(store).write_text("".join(json.dumps(line) + "\n" for line in lines))
    before = {path for path in store.rglob("*") if path.is_file()} - {journal(store)}
    with pytest.raises(BrokenJournal, match=reason) as caught:
        recovered(store)
    assert caught.value.exit_code == 4
    aside = store / "artifacts/.trash/.journal.broken-1.jsonl"
    assert caught.value.path == os.fspath(aside)
    assert {path for path in store.rglob("*") if path.is_file()} == before | {aside}
    assert recovered(store) == ()


def test_garbage_in_the_middle_leaves_what_stands_before_it(store: Path) -> None:
    """A damaged line: what stands before it is done, the journal is kept aside, the command fails, the next works."""
    whole = journal(store).read_bytes()
    journal(store).write_bytes(whole + b"\0\0\xff garbage\n" + whole.splitlines(keepends=True)[-1])
    with pytest.raises(BrokenJournal, match=r"line 4 of 5 cannot be read.*was finished.*was rolled back") as caught:
        recovered(store)
    aside = store / "artifacts/.trash/.journal.broken-1.jsonl"
    assert (caught.value.exit_code, aside.read_bytes().startswith(whole)) == (4, True)
    assert trashed.complaints(store, b"") == []
    assert recovered(store) == ()


def test_garbage_before_the_first_entry_moves_nothing(store: Path) -> None:
    """The line with the entries is damaged: nothing is moved, both halves are where they were, and it is said."""
    first = journal(store).read_bytes().splitlines(keepends=True)[0]
    journal(store).write_bytes(first + b"\xff\n")
    before = {path for path in store.rglob("*") if path.is_file()} - {journal(store)}
    with pytest.raises(BrokenJournal, match="line 2 of 2 cannot be read"):
        recovered(store)
    assert before <= {path for path in store.rglob("*") if path.is_file()}


def test_a_journal_that_leads_through_a_link_touches_nothing_there(store: Path, tmp_path_factory: Any) -> None:
    """The folder of the half entry became a link out of the project: nothing is put behind it, and it is said."""
    outside = tmp_path_factory.mktemp("outside")
    (store / "artifacts/bench").rename(store / "artifacts/bench-before")
    (store / "artifacts/bench").symlink_to(outside)
    said = recovered(store)
    assert list(outside.iterdir()) == []
    assert "was left as it is: artifacts/bench is a link or a file, not a folder" in said[1]
    slot_ = store / "artifacts/.trash" / trashed.entry_ids()[1]
    assert (slot_ / BENCH[0].removeprefix("artifacts/")).read_bytes() == trashed.FILES[BENCH[0]]


def test_a_journal_that_is_a_link_is_refused(project: Path) -> None:
    """A link in its place is put aside unread."""
    trashed.prepare(project)
    (project / "elsewhere").write_bytes(b"x\n")
    journal(project).symlink_to(project / "elsewhere")
    with pytest.raises(BrokenJournal, match="symbolic link"):
        recovered(project)
    assert (project / "elsewhere").read_bytes() == b"x\n"


def planned_restore(store: Path, *, moved: int) -> tuple[Places, _journal.Journal]:
    """A store in which a restore died after so many of the two moves of the glob entry."""
    trashed.prepare(store)
    places = _places.places(os.fspath(store))
    done = trashed.run(store).report.entries[1]
    with _lock.hold(places) as lock:
        written = _journal.begin(
            places, lock, operation="undo", gc_id="20990101_000000", started_s=5, undone="1" * 8 + "_111111"
        )
        written.intend([done])
    for move in done.moves[:moved]:
        (store / move.source).parent.mkdir(exist_ok=True)
        (store / "artifacts/.trash" / move.target).rename(store / move.source)
    return places, written


@pytest.mark.parametrize(
    ("moved", "verdict", "live"), [(0, "rolled back", 0), (1, "rolled back", 0), (2, "finished", 2)]
)
def test_the_way_back_is_all_or_nothing_as_well(project: Path, moved: int, verdict: str, live: int) -> None:
    """An interrupted undo: entries that are back are finished, others are in the trash again."""
    planned_restore(project, moved=moved)
    said, ends = recovered(project)
    assert verdict in said
    assert ends == "undo 20990101_000000 was interrupted"
    assert sum((project / each).exists() for each in BENCH) == live
    places = _places.places(os.fspath(project))
    report = _report.read(_report.path_of(places, "20990101_000000"))
    assert (report.operation, len(report.entries)) == ("undo", live // 2)
    assert trashed._misplaced(project) == []


@pytest.mark.parametrize("replaced", [True, False])
def test_a_deposit_counts_where_its_file_was_replaced(project: Path, *, replaced: bool) -> None:
    """An interrupted compaction: the original stays in the trash only where its file has other content by now."""
    trashed.prepare(project)
    places = _places.places(os.fspath(project))
    done = trashed.run(project).report.entries[1]
    move = done.moves[0]
    done = done._replace(slot="a" * 12, moves=(move._replace(target="a" * 12 + "/x"),))
    held = project / "artifacts/.trash" / move.target
    with _lock.hold(places) as lock:
        written = _journal.begin(places, lock, operation="compact", gc_id="20990101_000000", started_s=5)
        written.intend([done], way="deposit")
    (project / "artifacts/.trash" / ("a" * 12)).mkdir()
    (project / move.source).parent.mkdir(exist_ok=True)
    os.link(held, project / "artifacts/.trash" / ("a" * 12) / "x")
    if replaced:
        (project / move.source).write_bytes(b"less\n")
    else:
        os.link(held, project / move.source)
    said, ends = recovered(project)
    assert ends.endswith("takes back what was finished") is replaced
    assert ("was finished" in said, (project / "artifacts/.trash" / ("a" * 12)).exists()) == (replaced, replaced)


def test_a_lost_lock_ends_before_the_next_move(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """G-20: the lock file goes after the first move: no second one, and the next command finishes."""
    from runpact_gc import _move

    trashed.prepare(project)
    real, moves = _move.rename, []

    def rename(root: Any, source: str, target: str) -> None:
        real(root, source, target)
        moves.append(source)
        (project / "artifacts/.lock").unlink()

    monkeypatch.setattr(_move, "rename", rename)
    with pytest.raises(LockLost):
        trashed.run(project)
    assert moves == [RUN]
    monkeypatch.undo()
    assert f"{RUN} ({trashed.entry_ids()[0]}) was finished" in recovered(project)
    assert trashed.settled_again(project, b"") == []
