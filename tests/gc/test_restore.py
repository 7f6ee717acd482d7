"""What the trash gives back: whole, as it was, and never over something else (G-23, G-24)."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from runpact_core.errors import Refused
from runpact_gc import _report, _trash
from runpact_gc.errors import UnknownEntry
from tests.gc.trash_samples import GLOB, RUN, places, restore, slot_of, trashed_store, tree, undo

if TYPE_CHECKING:
    from pathlib import Path


def test_undo_brings_everything_back(project: Path) -> None:
    """G-24: bytes, permissions and times of every file are those from before, and the trash holds no slot."""
    gc_id, before = trashed_store(project)
    assert tree(project) != before
    report = undo(project, gc_id).report
    assert report is not None
    assert (len(report.entries), report.skipped, report.notes, report.undone) == (2, (), (), gc_id)
    assert tree(project) == before
    assert _trash.look(places(project), whole=True) == _trash.Trash((), (), ())


def test_undo_twice_does_nothing(project: Path) -> None:
    """G-23: the second time there is nothing to do, and no report of it."""
    gc_id, before = trashed_store(project)
    undo(project, gc_id)
    assert undo(project, gc_id).report is None
    assert tree(project) == before
    assert len(_report.ids(places(project))) == 2


@pytest.mark.parametrize("form", ["{}", "gc_{}", "gc_report_{}", "gc_report_{}.json", "gc_report_{}.md"])
def test_an_operation_has_several_names(form: str, project: Path) -> None:
    """The id, with the prefixes and the ends that file names have."""
    gc_id, before = trashed_store(project)
    undo(project, form.format(gc_id))
    assert tree(project) == before


def test_an_undo_cannot_be_undone(project: Path) -> None:
    """What put nothing into the trash has nothing to give back."""
    gc_id, _ = trashed_store(project)
    report = undo(project, gc_id).report
    assert report is not None
    with pytest.raises(Refused, match="put nothing into the trash"):
        undo(project, report.gc_id)
    with pytest.raises(UnknownEntry):
        undo(project, "20010101_000000")


@pytest.mark.parametrize("which", ["slot", "prefix", "run_id"])
def test_restore_gives_one_entry_back(which: str, project: Path) -> None:
    """G-23: by slot, by the beginning of the id: that entry alone comes back."""
    _, before = trashed_store(project)
    slot = slot_of(project, "bench")
    names = {"slot": slot.slot, "prefix": slot.id[:5], "run_id": slot.run_id or slot.id}
    report = restore(project, names[which]).report
    assert report is not None
    assert [done.id for done in report.entries] == [slot.id]
    after = tree(project)
    assert {name: kept for name, kept in before.items() if name.startswith(GLOB)}.items() <= after.items()
    assert not any(name.startswith(RUN) for name in after)
    assert [each.family for each in _trash.look(places(project)).slots] == ["backfill"]


def test_a_taken_place_is_never_overwritten(project: Path) -> None:
    """G-23: restore is refused with exit code 4, nothing is moved, and nothing says that something was."""
    trashed_store(project)
    (project / f"{GLOB}.md").write_text("newer")
    before, reports = tree(project), _report.ids(places(project))
    with pytest.raises(Refused, match=r"run_20250906_143022\.md is there again; nothing was moved") as caught:
        restore(project, slot_of(project, "bench").slot)
    assert caught.value.exit_code == 4
    assert (tree(project), _report.ids(places(project))) == (before, reports)


def test_undo_gives_back_what_it_can(project: Path) -> None:
    """An entry whose place is taken stays in the trash whole and is reported; the other comes back."""
    gc_id, before = trashed_store(project)
    (project / f"{GLOB}.md").write_text("newer")
    report = undo(project, gc_id).report
    assert report is not None
    assert [done.family for done in report.entries] == ["backfill"]
    assert [(each.family, each.why) for each in report.skipped] == [("bench", "target-exists")]
    after = tree(project)
    assert after[f"{GLOB}.md"].data == b"newer"
    assert f"{GLOB}.jsonl" not in after
    (project / f"{GLOB}.md").unlink()
    again = undo(project, gc_id).report
    assert again is not None
    assert tree(project) == before


def test_missing_folders_are_made(project: Path) -> None:
    """G-23: where the folders that something lay in are gone they are made again."""
    gc_id, before = trashed_store(project)
    shutil.rmtree(project / "reports")
    shutil.rmtree(project / "artifacts" / "bench")
    undo(project, gc_id)
    assert tree(project) == before


def test_what_differs_is_said(project: Path) -> None:
    """G-23: an entry of which something was damaged or removed in the trash stays there; the other comes back."""
    gc_id, _ = trashed_store(project)
    trash = project / "artifacts" / ".trash"
    slot = slot_of(project, "backfill")
    (move,) = slot.moves
    status = (trash / move.target / "run.json").stat()
    (trash / move.target / "run.json").write_bytes(b'{"status": "failure"}\n')
    os.utime(trash / move.target / "run.json", ns=(status.st_atime_ns, status.st_mtime_ns))
    (trash / move.target / "artifacts" / "rows.csv").unlink()
    report = undo(project, gc_id).report
    assert report is not None
    (left,) = report.skipped
    assert (left.family, left.why, report.notes) == ("backfill", "changed", ())
    first = f"{RUN}/artifacts/rows.csv was taken, and is not in the trash any more"
    assert left.message == f"{first} (and 1 more); what there is lies in artifacts/.trash/{slot.slot}"
    assert [done.family for done in report.entries] == ["bench"]
    assert not any(name.startswith(RUN) for name in tree(project))


def test_other_times_are_said_and_come_back(project: Path) -> None:
    """G-23: content that is as it was taken comes back, and that its time is another one is said."""
    gc_id, before = trashed_store(project)
    (move,) = slot_of(project, "backfill").moves
    os.utime(project / "artifacts/.trash" / move.target / "run.json", ns=(1, 1))
    report = undo(project, gc_id).report
    assert report is not None
    assert report.notes == (f"{RUN}/run.json is not as it was taken: its permissions or its time differ",)
    assert {name: kept.data for name, kept in tree(project).items()} == {
        name: kept.data for name, kept in before.items()
    }


def test_a_link_on_the_way_back_is_refused(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """G-10: where a folder of the way is a link by now nothing goes through it."""
    gc_id, _ = trashed_store(project)
    outside = tmp_path_factory.mktemp("outside")
    shutil.rmtree(project / "reports")
    (project / "reports").symlink_to(outside)
    report = undo(project, gc_id).report
    assert report is not None
    assert [(each.family, each.why) for each in report.skipped] == [("backfill", "link")]
    assert list(outside.iterdir()) == []


def test_the_recipe_by_hand_restores(project: Path) -> None:
    """The recovery recipe of the source document: list the slot, copy what is in it into the store."""
    _, before = trashed_store(project)
    slot = slot_of(project, "bench").slot
    listed = subprocess.run(["sh", "-c", f"ls ./artifacts/.trash/{slot}/"], capture_output=True, text=True, check=True)
    assert listed.stdout == "bench\n"
    subprocess.run(["sh", "-c", f"cp -r ./artifacts/.trash/{slot}/* ./artifacts/"], check=True)
    for name in (f"{GLOB}.jsonl", f"{GLOB}.md"):
        assert (project / name).read_bytes() == before[name].data


def test_names_that_mean_nothing_or_too_much(project: Path) -> None:
    """An id that is not in the trash is unknown; the beginning of two is not one."""
    gc_id, _ = trashed_store(project)
    for given in ("ffff", "0", "no-such-run"):
        with pytest.raises(UnknownEntry):
            restore(project, given)
    slots = _trash.look(places(project)).slots
    twins = [slot._replace(slot=f"abcd{number:08d}", id=f"abcd{number:08d}") for number, slot in enumerate(slots)]
    from runpact_gc import _restore

    with pytest.raises(UnknownEntry) as caught:
        _restore.find(twins, "abcd")
    assert len(caught.value.candidates) == 2
    assert gc_id == twins[0].gc_id
