"""The end of what is in the trash: never early, never what no report names, never outside of it (G-11, G-22)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from runpact_gc import _purge, _report, _settings, _trash
from runpact_gc._remove import remove_tree
from tests.gc.trash_samples import DAY_S, NOW_S, places, restore, slot_of, trashed_store, tree, undo

if TYPE_CHECKING:
    from pathlib import Path

    from runpact_gc._model import Purge
    from runpact_gc._trash import Slot

SETTINGS = _settings.DEFAULTS
OVER = NOW_S + 31 * DAY_S


def slot(trashed_s: int, seen_s: int, gc_id: str | None = "20260101_000000") -> Slot:
    """A slot with these times."""
    return _trash.Slot("0123456789ab", gc_id, "0123456789ab", "bench", None, trashed_s, 4, 1, seen_s=seen_s)


def purged(project: Path, shown: tuple[Purge, ...], now_s: int = OVER) -> _report.Report:
    """End what was shown."""
    return _purge.purge_now(places(project), shown, clock=lambda: now_s)


@pytest.mark.parametrize(
    ("now_s", "seen_s", "due"),
    [
        (30 * DAY_S, 30 * DAY_S, True),
        (30 * DAY_S - 1, 40 * DAY_S, False),
        (60 * DAY_S, 1, False),
        (60 * DAY_S, 30 * DAY_S - 1, False),
        (-DAY_S, 0, False),
    ],
)
def test_time_is_over_only_by_two_clocks(now_s: int, seen_s: int, due: bool) -> None:  # noqa: FBT001 - of the table
    """G-22: the present clock and the newest recorded time must both have passed the retention."""
    assert _trash.due(slot(0, seen_s), SETTINGS, now_s) is due


def test_a_clock_set_back_makes_nothing_older(project: Path) -> None:
    """G-22: what is taken while the clock is a day behind counts from the newest operation, not from that clock."""
    gc_id, _ = trashed_store(project)
    undo(project, gc_id, NOW_S + 9 * DAY_S)
    from tests.faults import trashed

    report = trashed.run(project).report  # its clock says NOW_S
    assert report.finished_s == NOW_S
    assert slot_of(project, "bench").trashed_s > NOW_S + 9 * DAY_S


def test_what_no_report_names_is_never_a_candidate(project: Path) -> None:
    """A folder that somebody put into the trash is listed, and ends neither by time nor by --older-than."""
    trashed_store(project)
    (project / "artifacts/.trash/mine").mkdir()
    slots = _trash.look(places(project)).slots
    assert [each.slot for each in slots if each.gc_id is None] == ["mine"]
    assert "mine" not in {each.slot for each in _purge.candidates(slots, SETTINGS, OVER, older_than_days=0)}
    assert _purge.candidates(slots, SETTINGS, OVER) == ()  # the trash has seen no time after the retention


def test_purged_slots_are_gone_and_reported(project: Path) -> None:
    """The slot is gone, the report says what it freed, and nothing can be restored from it any more."""
    gc_id, _ = trashed_store(project)
    before = tree(project)
    ending = _purge.candidates(_trash.look(places(project)).slots, SETTINGS, OVER, older_than_days=30)
    report = purged(project, ending)
    assert (report.operation, report.purged, report.skipped) == ("purge", ending, ())
    assert report.freed_bytes == sum(each.size_bytes for each in ending) > 0
    assert tree(project) == before
    assert _trash.look(places(project), whole=True) == _trash.Trash((), (), ())
    assert undo(project, gc_id).report is None


def test_only_what_was_shown_ends(project: Path) -> None:
    """What came back, or is another slot of that name by now, stays and is reported as not purged."""
    trashed_store(project)
    ending = _purge.candidates(_trash.look(places(project)).slots, SETTINGS, OVER, older_than_days=0)
    restore(project, slot_of(project, "bench").slot)
    report = purged(project, ending)
    assert [each.why for each in report.skipped] == ["gone"]
    assert len(report.purged) == len(ending) - 1
    assert (project / "artifacts/bench/run_20250906_143022.md").exists()


def test_links_are_removed_and_not_followed(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A link in the trash goes; what it leads to stays."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "file").write_text("x")
    top = project / "top"
    top.mkdir()
    (top / "to-folder").symlink_to(outside)
    (top / "to-file").symlink_to(outside / "file")
    handle = os.open(project, os.O_RDONLY)
    try:
        remove_tree(handle, "top")
        remove_tree(handle, "top")  # what is gone already is no error
    finally:
        os.close(handle)
    assert not top.exists()
    assert (outside / "file").read_text() == "x"


def test_a_tree_of_3000_folders_goes_with_few_descriptors(project: Path) -> None:
    """P-03: depth has no limit, and no more than a few descriptors are open at a time."""
    at = os.open(project, os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("d", dir_fd=at)
        below = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)
    handle = os.open(project, os.O_RDONLY)
    try:
        remove_tree(handle, "d")
    finally:
        os.close(handle)
    assert list(project.iterdir()) == []


def test_a_folder_without_permissions_goes(project: Path) -> None:
    """A folder that nobody may write into is made writable first."""
    (project / "top" / "in").mkdir(parents=True)
    (project / "top" / "in" / "file").write_text("x")
    (project / "top" / "in").chmod(0o500)
    handle = os.open(project, os.O_RDONLY)
    try:
        remove_tree(handle, "top")
    finally:
        os.close(handle)
    assert list(project.iterdir()) == []


def test_what_cannot_be_removed_is_said_and_tried_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal leaves the rest under a name of its own, in the report; the next purge removes it."""
    trashed_store(project)
    ending = _purge.candidates(_trash.look(places(project)).slots, SETTINGS, OVER, older_than_days=0)

    def refuse(parent: int, name: str) -> None:
        raise PermissionError(1, "Operation not permitted", name, parent)

    with monkeypatch.context() as patch:
        patch.setattr(_purge, "remove_tree", refuse)
        report = purged(project, ending)
    assert (report.purged, [each.why for each in report.skipped]) == ((), ["refused"] * 2)
    assert len(_purge.leftovers(places(project))) == 2
    purged(project, ())
    assert _purge.leftovers(places(project)) == ()
