"""What undo, restore, verify and the list say of a trash that is not as it was left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runpact_core import edge
from runpact_gc import _report, _trash_text
from runpact_gc._settings import DEFAULTS
from runpact_gc._trash import Slot
from runpact_gc.cli import artifacts
from tests.gc.trash_samples import NOW_S, places, slot_of, trashed_store

if TYPE_CHECKING:
    from pathlib import Path


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command."""
    code = edge.run(artifacts, list(words), "runpact artifacts")
    return (code, *capsys.readouterr())


def test_undo_of_what_was_purged_fails(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It names the purge and how many entries it ended, and ends with 1: a script must not take them for back."""
    gc_id, _ = trashed_store(project)
    said(capsys, "trash", "purge", "--older-than", "0", "--apply", "--force")
    purge = _report.ids(places(project))[-1]
    assert said(capsys, "undo", gc_id) == (
        1,
        f"nothing came back: nothing of {gc_id} is in the trash any more\n",
        f"warning: 2 entries were purged by {purge}, and cannot come back\n",
    )


def test_undo_of_what_is_lost_in_part(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody removed a slot: the other comes back, and 1 says that something did not; the second time too."""
    gc_id, _ = trashed_store(project)
    slot = slot_of(project, "bench").slot
    (project / "artifacts/.trash" / slot).rename(project / "elsewhere")
    code, out, err = said(capsys, "undo", gc_id)
    assert (code, out.count("restored ")) == (1, 1)
    assert err == "warning: 1 entry is not in the trash any more, and no report says why\n"
    assert said(capsys, "undo", gc_id)[0] == 1


def test_what_is_left_of_a_slot_is_a_note(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A foreign file keeps a slot: its entry is back, verify holds and says what to do, and so do list and purge."""
    trashed_store(project)
    slot = slot_of(project, "bench").slot
    (project / "artifacts/.trash" / slot / "foreign.txt").write_text("extra")
    code, _, err = said(capsys, "restore", slot)
    assert code == 0
    assert "its entry is back: look at what is left, and remove it by hand" in err
    code, out, err = said(capsys, "verify")
    assert f"artifacts/.trash/{slot}: its entry is back where it was; look at what is left, and remove it by hand" in (
        out + err
    )
    assert "no report names it" not in out + err
    assert "wrong: emptied" not in out + err
    assert "its entry is back, other things are left" in said(capsys, "trash", "list")[1]
    out = said(capsys, "trash", "purge", "--older-than", "0")[1]
    assert "1 whose entry is back never end: remove by hand what was left in them" in out
    assert "without a report" not in out


@pytest.mark.parametrize(
    ("how", "hint"),
    [
        ("changed", "copy by hand what of it is still good"),
        ("gone", "copy by hand what of it is still good"),
        ("taken", "make way for it, then try again"),
    ],
)
def test_the_advice_of_a_refusal_fits(project: Path, capsys: pytest.CaptureFixture[str], how: str, hint: str) -> None:
    """Nothing is in the way of what is damaged in the trash."""
    trashed_store(project)
    slot = slot_of(project, "bench")
    held = project / "artifacts/.trash" / slot.moves[0].target
    if how == "changed":
        held.write_bytes(b"X" + held.read_bytes()[1:])
    elif how == "gone":
        held.unlink()
    else:
        (project / slot.moves[0].source).parent.mkdir(exist_ok=True)
        (project / slot.moves[0].source).write_bytes(b"newer")
    code, _, err = said(capsys, "restore", slot.slot)
    assert (code, err.partition(" — ")[2].startswith(hint)) == (4, True)


def test_the_list_is_newest_first() -> None:
    """The operation of a minute ago is on top, whatever the names of its slots."""
    slots = [
        Slot(name, "20260101_000000", name, "f", None, time_s, 1, 1) for name, time_s in (("a", 1), ("b", 3), ("c", 2))
    ]
    rows = _trash_text.table(slots, DEFAULTS, NOW_S).splitlines()[1:-1]
    assert [row.split()[0] for row in rows] == ["b", "c", "a"]
