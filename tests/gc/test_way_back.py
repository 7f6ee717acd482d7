"""G-12: out of a trash on another file system entries come back by verified copies, whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runpact_core.errors import EnvironmentFailed, Refused
from runpact_gc import _copied, _handles, _journal, _lock, _look, _move, _put_back, _recover
from tests.gc.trash_samples import GLOB, RUN, places, restore, slot_of, trashed_store, tree, undo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose trash lies on another file system, as far as the way back can see."""
    monkeypatch.setattr(_put_back.WayBack, "_is_near", lambda *_: False)
    return tmp_path


def die(*_: object, **__: object) -> None:
    """End the process, as far as a test can."""
    raise SystemExit


def left(root: Path) -> list[str]:
    """What an operation must not leave: hidden copies, slots and the journal."""
    hidden = [path.name for path in root.rglob(".gc-*")]
    trash = root / "artifacts/.trash"
    return hidden + [path.name for path in trash.iterdir() if path.is_dir() or path.name == ".journal.jsonl"]


def test_undo_brings_back_bytes_modes_and_times(store: Path) -> None:
    """The tree is what it was, the trash holds no slot, and the journal is gone."""
    gc_id, before = trashed_store(store)
    report = undo(store, gc_id).report
    assert report is not None
    assert (len(report.entries), report.skipped, report.notes) == (2, (), ())
    assert (tree(store), left(store)) == (before, [])


def test_an_entry_comes_back_alone(store: Path) -> None:
    """Restore makes the folder above its place again; the other entry stays in the trash."""
    _, before = trashed_store(store)
    (store / "artifacts/bench").rmdir()
    restore(store, slot_of(store, "bench").slot)
    expected = {name: kept for name, kept in before.items() if not name.startswith(RUN)}
    assert (tree(store), len(left(store))) == (expected, 1)


def test_a_copy_that_differs_is_not_kept(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bit flips on the way: the entry stays in the trash whole, nothing of the copy is in the project."""
    _, _ = trashed_store(store)
    before = tree(store)
    real = _move.copy

    def copy(root: _handles.Root, seen: _look.Sight, target: str) -> None:
        real(root, seen, target)
        if ".gc-" in target and target.endswith("-1"):
            (store / target).write_bytes(b"rot")

    monkeypatch.setattr(_move, "copy", copy)
    slot = slot_of(store, "bench").slot
    with pytest.raises(Refused, match="differs from what is in the trash"):
        restore(store, slot)
    assert (tree(store), list(store.rglob(".gc-*"))) == (before, [])
    monkeypatch.undo()
    restore(store, slot)
    assert (store / f"{GLOB}.md").read_bytes() == b"# bench\n"


def test_a_name_that_is_taken_meanwhile_is_not_replaced(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody takes the second name after the copies were made: that stays, the first copy goes again."""
    trashed_store(store)
    real = _copied.differing

    def differing(*args: object) -> str | None:
        (store / f"{GLOB}.md").write_bytes(b"new\n")
        return real(*args)  # type: ignore[arg-type]  # what it was called with

    monkeypatch.setattr(_copied, "differing", differing)
    with pytest.raises(Refused, match="nothing was moved"):
        restore(store, slot_of(store, "bench").slot)
    assert (store / f"{GLOB}.md").read_bytes() == b"new\n"
    assert not (store / f"{GLOB}.jsonl").exists()
    assert list(store.rglob(".gc-*")) == []


def named(number: int) -> Callable[[pytest.MonkeyPatch], None]:
    """Die before a copy gets its name."""

    def plant(monkeypatch: pytest.MonkeyPatch) -> None:
        calls: list[object] = []
        real = _copied._name

        def name(*args: object, **options: object) -> None:
            calls.append(args)
            if len(calls) == number:
                die()
            real(*args, **options)  # type: ignore[arg-type]  # what it was called with

        monkeypatch.setattr(_copied, "_name", name)
        monkeypatch.setattr(_copied, "_take_back", lambda *_: None)  # a killed process takes nothing back

    return plant


def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Die before the journal says that a copy counts."""
    monkeypatch.setattr(_journal.Journal, "copied", die)


def dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Die before the slot ends."""
    monkeypatch.setattr(_copied, "drop", die)


@pytest.mark.parametrize(
    ("plant", "said", "back"),
    [
        (named(1), "was rolled back", 0),
        (named(2), "was rolled back", 1),
        (named(3), "was rolled back", 1),
        (counted, "was finished", 1),
        (dropped, "was finished", 1),
    ],
)
def test_an_interrupted_way_back_is_finished_or_taken_back(
    plant: Callable[[pytest.MonkeyPatch], None], said: str, back: int, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it ends, each entry is whole on one side afterwards, and the same command finishes the rest."""
    gc_id, before = trashed_store(store)
    with monkeypatch.context() as patched:
        plant(patched)
        with pytest.raises(SystemExit):
            undo(store, gc_id)
    with _lock.hold(places(store)) as lock:
        told = _recover.recover(places(store), lock)
    assert said in " ".join(told)
    assert list(store.rglob(".gc-*")) == []
    assert len(left(store)) == 2 - back
    undo(store, gc_id)
    assert (tree(store), left(store)) == (before, [])


def test_what_changed_after_it_came_back_stays_with_its_copy(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed before the slot ended, and somebody wrote into the file since: both are kept, and it is said."""
    trashed_store(store)
    with monkeypatch.context() as patched:
        dropped(patched)
        with pytest.raises(SystemExit):
            restore(store, slot_of(store, "bench").slot)
    (store / f"{GLOB}.md").write_bytes(b"mine\n")
    with _lock.hold(places(store)) as lock:
        told = _recover.recover(places(store), lock)
    assert "it stays there as well" in " ".join(told)
    assert (store / f"{GLOB}.md").read_bytes() == b"mine\n"
    assert [path.read_bytes() for path in (store / "artifacts/.trash").rglob("*.md") if "bench" in str(path)] == [
        b"# bench\n"
    ]


def test_a_journal_that_cannot_say_that_it_counts_ends_it(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk refuses that line: both copies are kept, and the next command decides."""
    gc_id, before = trashed_store(store)

    def refuse(*_: object) -> None:
        raise EnvironmentFailed("writing", OSError(5, "Input/output error"))

    with monkeypatch.context() as patched:
        patched.setattr(_journal.Journal, "copied", refuse)
        with pytest.raises(EnvironmentFailed):
            undo(store, gc_id)
    undo(store, gc_id)
    assert (tree(store), left(store)) == (before, [])


@pytest.mark.parametrize("path", ["reports/runs/x", "new/folder/x", "x"])
def test_near_is_the_nearest_folder_that_is_there(path: str, tmp_path: Path) -> None:
    """Places in folders that are gone are asked of the one above them."""
    trashed_store(tmp_path)
    with _handles.Root(tmp_path) as root:
        assert _copied.is_near(root, "artifacts/.trash", path)
