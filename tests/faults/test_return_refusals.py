"""G-07: undo, restore and purge are refused at any event: an error of ours, nothing is lost, the next ends it."""

from __future__ import annotations

import errno
import os
import shutil
from typing import TYPE_CHECKING

import pytest

from runpact_core.errors import RunpactError
from runpact_gc import _lock, _places, _purge, _put_back, _recover, _report, _trash
from tests.faults import failsweep, killsweep, returned

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Record = Callable[[str, object], None]

ERRORS = failsweep.ERRORS if killsweep.EVERY in os.environ else (errno.EIO,)
"""One error by default, at every event, once and for ever; all with ``RUNPACT_EVERY_POINT=1``."""


def tidied(root: Path) -> list[str]:
    """Do what reports and the next purge do about slots that could not be removed; complaints about others."""
    places = _places.places(os.fspath(root))
    _purge.purge_now(places, (), clock=lambda: returned.LATER_S)
    notes = [note for gc_id in _report.ids(places) for note in _report.read(_report.path_of(places, gc_id)).notes]
    unknown = [each.slot for each in _trash.look(places).slots if each.gc_id is None]
    for slot in unknown:
        shutil.rmtree(places.trash / slot)
    return [f"no note names {slot}" for slot in unknown if not any(slot in note for note in notes)]


@pytest.mark.parametrize("way", ["undo", "restore", "purge", "copy"])
def test_a_refusal_at_any_event_loses_nothing(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_testsuite_property: Record
) -> None:
    """Every file is whole in its place or in the trash, recovery settles it, and the same command then succeeds."""
    root, whole = tmp_path / "root", tmp_path / "whole"
    whole.mkdir()
    returned.prepare(whole)
    if way == "copy":
        monkeypatch.setattr(_put_back.WayBack, "_is_near", lambda *_: False)

    def prepare() -> None:
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(whole, root)

    def judge(raised: BaseException | None, _point: failsweep.Point) -> list[str]:
        found = returned.unharmed(way)(root, b"")
        if raised is not None and not isinstance(raised, RunpactError):
            found.append(f"{type(raised).__name__} came out: {raised}")
        with _lock.hold(places := _places.places(os.fspath(root))) as lock:
            _recover.recover(places, lock, clock=lambda: returned.LATER_S)
        returned.run(root, way)
        found += tidied(root)
        return found + [f"run again: {each}" for each in returned.settled(way)(root, b"")]

    report = failsweep.sweep(lambda: returned.run(root, way), judge, prepare=prepare, errors=ERRORS)
    record_testsuite_property(f"fail points, {way}", str(report))
    assert report.complaints == ()
    assert report.points > 40 * len(ERRORS)
