"""A report that somebody changed: what names a place outside of the project, or of its slot, moves nothing."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import edge
from runpact_core.errors import Refused
from runpact_gc import _journal, _report, _restore, _settings, _trash
from runpact_gc.cli import artifacts
from tests.gc.trash_samples import NOW_S, places, restore, slot_of, trashed_store, tree, undo

if TYPE_CHECKING:
    from pathlib import Path


def forge(project: Path, gc_id: str, **members: str) -> None:
    """Change members of the first move of every entry of a report."""
    path = _report.path_of(places(project), gc_id)
    data: dict[str, Any] = json.loads(path.read_bytes())
    for entry in data["entries"]:
        entry["moves"][0].update({name: value.format(slot=entry["slot"]) for name, value in members.items()})
    path.write_text(json.dumps(data))


@pytest.mark.parametrize(
    "members",
    [
        {"source": "../outside/file"},
        {"source": "/tmp/outside/file"},  # noqa: S108 - a name in a document; nothing is written there
        {"source": "artifacts/../../outside"},
        {"source": ".."},
        {"source": "artifacts//b"},
        {"source": "artifacts/./b"},
        {"source": "artifacts/b/"},
        {"source": "shown", "source_b64": base64.b64encode(b"../outside").decode()},
        {"source": "a\0b"},
        {"target": "{slot}/../../../../outside"},
        {"target": "/etc/passwd"},
        {"target": "elsewhere/b"},
        {"target": "{slot}"},
        {"target": "{slot}x/b"},
    ],
)
def test_a_place_that_no_operation_writes(members: dict[str, str], project: Path) -> None:
    """Undo and restore refuse and move nothing; verify calls the report and its slots broken."""
    gc_id, _ = trashed_store(project)
    slot = slot_of(project, "bench").slot
    forge(project, gc_id, **members)
    before, above = tree(project), sorted(project.parent.iterdir())
    with pytest.raises(Refused, match=r"gc_report_.*\.json cannot be believed: .*; nothing was moved"):
        undo(project, gc_id)
    with pytest.raises(Refused, match="no report that can be read names the slot"):
        restore(project, slot)
    assert (tree(project), sorted(project.parent.iterdir())) == (before, above)
    assert {each.gc_id for each in _trash.look(places(project)).slots} == {None}
    assert [each.kind for each in _trash.look(places(project)).findings] == ["broken-trash"]
    assert edge.run(artifacts, ["verify"], "runpact artifacts") == 1


def test_a_file_below_a_move_is_a_place_too(project: Path) -> None:
    """The paths of the files in a folder stay in it."""
    gc_id, _ = trashed_store(project)
    path = _report.path_of(places(project), gc_id)
    data = json.loads(path.read_bytes())
    data["entries"][0]["moves"][0]["files"][0]["path"] = "../../x"
    path.write_text(json.dumps(data))
    with pytest.raises(Refused, match="cannot be believed"):
        undo(project, gc_id)


@pytest.mark.parametrize("source", [".git/hooks/post-checkout", "artifacts/sub/.GIT/config"])
def test_nothing_is_put_into_a_folder_of_git(source: str, project: Path) -> None:
    """What git would run stays what it is: such an entry stays in the trash."""
    gc_id, _ = trashed_store(project)
    forge(project, gc_id, source=source)
    report = undo(project, gc_id).report
    assert report is not None
    assert {(each.path, each.why) for each in report.skipped} == {(source, "refused")}
    assert not (project / source).exists()


def test_what_is_under_way_is_told_to_readers(project: Path) -> None:
    """No journal: nothing. One: its operation and whether somebody works; a torn or foreign one: that there is one."""
    from runpact_gc import _lock

    where = places(project)
    assert _journal.pending(where) is None
    gc_id, _ = trashed_store(project)
    with _lock.hold(where) as lock:
        _journal.begin(where, lock, operation="undo", gc_id="20260101_000000", started_s=NOW_S, undone=gc_id)
        pending = _journal.pending(where)
        assert pending == ("undo", "20260101_000000", True)
        assert pending is not None
        assert pending.text == "undo 20260101_000000 is under way: what is shown may be half of it"
    pending = _journal.pending(where)
    assert pending is not None
    assert pending.text.startswith("undo 20260101_000000 was interrupted; ")
    _journal.path_of(where).write_bytes(b"{")
    assert _journal.pending(where) == ("", "", False)


def test_what_is_not_in_the_trash_is_looked_for_there(project: Path) -> None:
    """The hint of an unknown name leads to the list of the trash."""
    trashed_store(project)
    for ask in (_restore.restore, _restore.undo):
        with pytest.raises(Exception, match="there is no zzzz in the trash") as caught:
            ask(places(project), _settings.DEFAULTS, "zzzz", clock=lambda: NOW_S)
        assert getattr(caught.value, "hint", "") == "see runpact artifacts trash list"
