"""G-06, G-08: whatever ends a move into the trash, every file is in exactly one place, and the next command knows."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from runpact_core.errors import RunpactError
from runpact_gc import _lock, _places, _recover
from tests.faults import crashstates, killsweep, trashed
from tests.faults.strace import needs_strace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Record = Callable[[str, object], None]

MOST = 20
"""Points of each sweep of kills, each kind of call among them; all with ``RUNPACT_EVERY_POINT=1``."""


def recovered(root: Path, printed: bytes) -> list[str]:
    """What is wrong with a state, and with what the next command makes of it, and the one after it."""
    return trashed.complaints(root, printed) + made_of_it(root, printed)


def lost(root: Path, printed: bytes) -> list[str]:
    """What is gone of a state, in which a copy that does not count yet may lie beside its original."""
    return [each for each in trashed.complaints(root, printed) if "is in 0 places" in each]


def recovered_copy(root: Path, printed: bytes) -> list[str]:
    """As `recovered`, where copies are made."""
    return lost(root, printed) + made_of_it(root, printed)


def made_of_it(root: Path, printed: bytes) -> list[str]:
    """What is wrong with what the next command makes of a state, and the one after it."""
    found: list[str] = []
    places = _places.places(os.fspath(root))
    for time in ("first", "second"):
        try:
            with _lock.hold(places) as lock:
                said = _recover.recover(places, lock, clock=lambda: trashed.NOW_S)
        except RunpactError as error:
            return [*found, f"recovering, the {time} time: {error}"]
        found += [f"recovered, the {time} time: {each}" for each in trashed.settled(root, printed, finished=False)]
        if time == "second" and said:
            found.append(f"the second recovery found something to do: {said}")
    return found


def explore(tmp_path: Path, way: str, oracle: crashstates.Oracle = recovered) -> crashstates.Report:
    """Every crash state of the operation."""
    root, scratch = tmp_path / "root", tmp_path / "scratch"
    root.mkdir()
    scratch.mkdir()
    trashed.prepare(root)
    words = trashed.command(root, way)
    return crashstates.enumerate_states(words, root, oracle, scratch, env=trashed.environment())


@needs_strace
def test_no_crash_leaves_a_file_in_neither_place(tmp_path: Path, record_testsuite_property: Record) -> None:
    """Manifest, journal, moves and report: 0 bad states, before and after recovery; recovering twice is as once."""
    report = explore(tmp_path, "whole")
    record_testsuite_property("crash states, moves into the trash", str(report))
    assert (report.bad, report.complaints) == (0, ())
    assert report.states > 100
    assert report.ops > 25


@needs_strace
@pytest.mark.parametrize(
    ("bug", "complaint"),
    [
        ("no-journal", "no report names the slot"),
        ("no-slot-sync", "is in 0 places"),
        ("moves-not-settled", "the report says that"),
    ],
)
def test_a_planted_bug_is_found(bug: str, complaint: str, tmp_path: Path, record_testsuite_property: Record) -> None:
    """An operation that forgets one step has bad states, and the oracle names what is wrong."""
    report = explore(tmp_path, bug)
    record_testsuite_property(f"crash states, planted into the trash: {bug}", str(report))
    assert report.bad > 0
    assert complaint in str(report)


@needs_strace
def test_a_kill_at_any_call_loses_nothing(tmp_path: Path, record_testsuite_property: Record) -> None:
    """Killed as it enters any file call, every file is in one place, unchanged; run again, the plan is carried out."""
    report = killsweep.sweep(
        trashed.command,
        trashed.unharmed,
        tmp_path,
        again=trashed.settled_unharmed,
        prepare=trashed.prepare,
        env=trashed.environment(),
        most=MOST,
    )
    record_testsuite_property("kill points, moves into the trash", str(report))
    assert (report.complaints, report.missed) == ((), ())
    assert report.points == report.killed > MOST // 2
    assert report.of > 100


@needs_strace
def test_no_crash_of_copies_loses_a_file(tmp_path: Path, record_testsuite_property: Record) -> None:
    """G-12: into another file system nothing is unlinked before its copy is durable and the journal says so."""
    report = explore(tmp_path, "copy", recovered_copy)
    record_testsuite_property("crash states, copies into the trash", str(report))
    assert (report.bad, report.complaints) == (0, ())
    assert report.states > 100


@needs_strace
def test_a_kill_of_the_recovery_loses_nothing(tmp_path: Path, record_testsuite_property: Record) -> None:
    """Killed at any file call of the recovery of an operation that died half way, and recovered again."""
    trashed.interrupted(tmp_path / "died")
    report = killsweep.sweep(
        lambda root: trashed.command(root, "recover"),
        trashed.unharmed,
        tmp_path,
        again=trashed.settled_again,
        prepare=lambda root: shutil.copytree(tmp_path / "died", root, dirs_exist_ok=True),
        env=trashed.environment(),
        most=MOST,
    )
    record_testsuite_property("kill points, recovery of the trash", str(report))
    assert (report.complaints, report.missed) == ((), ())
    assert report.points == report.killed > MOST // 2
    assert report.of > 50
