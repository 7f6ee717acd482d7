"""Whatever ends a restore, an undo or a purge, nothing is lost, and the next command finishes it or takes it back."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.faults import crashstates, killsweep, returned
from tests.faults.strace import needs_strace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Record = Callable[[str, object], None]

costly = pytest.mark.skipif(killsweep.EVERY not in os.environ, reason=f"20 s; with {killsweep.EVERY}=1")
MOST = 16
"""Points of each sweep; every one costs about 0.3 s of a processor."""


def explore(tmp_path: Path, way: str, oracle: str) -> crashstates.Report:
    """Every crash state of a command."""
    root, scratch = tmp_path / "root", tmp_path / "scratch"
    root.mkdir()
    scratch.mkdir()
    returned.prepare(root)
    words = returned.command(way)(root)
    return crashstates.enumerate_states(words, root, returned.recovered(oracle), scratch, env=returned.environment())


@needs_strace
@pytest.mark.parametrize("way", ["undo", "restore", "purge", "copy"])
def test_no_crash_loses_anything(way: str, tmp_path: Path, record_testsuite_property: Record) -> None:
    """0 bad states, before and after recovery; recovering twice is as once."""
    report = explore(tmp_path, way, way)
    record_testsuite_property(f"crash states, {way}", str(report))
    assert (report.bad, report.complaints) == (0, ())
    assert report.states > 30


@needs_strace
@pytest.mark.parametrize(
    ("bug", "oracle", "complaint"),
    [
        ("no-journal", "undo", "is not whole on one side"),
        ("moves-not-settled", "undo", "is not whole on one side"),
        pytest.param("copies-not-synced", "copy", "no report knows", marks=costly),
    ],
)
def test_a_planted_bug_is_found(
    bug: str, oracle: str, complaint: str, tmp_path: Path, record_testsuite_property: Record
) -> None:
    """An undo that forgets one step has bad states, and the oracle names what is wrong."""
    report = explore(tmp_path, bug, oracle)
    record_testsuite_property(f"crash states, planted into undo: {bug}", str(report))
    assert report.bad > 0
    assert complaint in str(report)


@needs_strace
@pytest.mark.parametrize("way", ["undo", "restore", "purge", "copy"])
def test_a_kill_at_any_call_loses_nothing(way: str, tmp_path: Path, record_testsuite_property: Record) -> None:
    """Killed as it enters any file call: before or after per entry; run again, it is done.

    A choice of the calls, with each kind of them; all with ``RUNPACT_EVERY_POINT=1``.
    """
    report = killsweep.sweep(
        returned.command(way),
        returned.unharmed(way),
        tmp_path,
        again=returned.settled(way),
        prepare=returned.prepare,
        env=returned.environment(),
        most=MOST,
    )
    record_testsuite_property(f"kill points, {way}", str(report))
    assert (report.complaints, report.missed) == ((), ())
    assert report.points == report.killed > MOST // 2
    assert report.of > 50
