"""W-01 and W-02 with the real recorder and `exec`: every crash and kill leaves a run that readers can name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults import crashstates, killsweep, recorded
from tests.faults.strace import needs_strace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    Record = Callable[[str, object], None]

pytestmark = needs_strace


def explore(tmp_path: Path, command: Callable[[Path], Sequence[str]]) -> crashstates.Report:
    """Every crash state of a command that records one run."""
    root, scratch = tmp_path / "root", tmp_path / "scratch"
    root.mkdir()
    scratch.mkdir()
    return crashstates.enumerate_states(command(root), root, recorded.complaints, scratch, env=recorded.environment())


def test_no_crash_of_the_recorder_leaves_a_bad_state(tmp_path: Path, record_testsuite_property: Record) -> None:
    """W-01: absent, interrupted, or finished and verified; once finish has returned, the run is there for good."""
    report = explore(tmp_path, recorded.command)
    record_testsuite_property("crash states, W-01 with the recorder", str(report))
    assert (report.bad, report.complaints) == (0, ())
    assert report.states > 20
    assert report.ops > 12


def test_no_crash_of_exec_leaves_a_bad_state(tmp_path: Path, record_testsuite_property: Record) -> None:
    """W-01: the same for a wrapped command; once `exec` has exited, the run is there for good."""
    report = explore(tmp_path, recorded.exec_command)
    record_testsuite_property("crash states, W-01 with exec", str(report))
    assert (report.bad, report.complaints) == (0, ())
    assert report.states > 20
    assert report.ops > 12


@pytest.mark.parametrize(
    ("bug", "complaint"),
    [
        ("seal-before-checks", "checks.json: Missing artifact"),
        ("no-folder-sync", "started was printed, and no reader can tell which run"),
        ("no-log-sync", "run.log"),
        ("mark-removed-first", "started was printed, and no reader can tell which run"),
    ],
)
def test_a_planted_bug_is_found(bug: str, complaint: str, tmp_path: Path, record_testsuite_property: Record) -> None:
    """L-09: a recorder that forgets one step of the order has bad states, and the oracle names what is wrong."""
    report = explore(tmp_path, lambda root: recorded.command(root, bug))
    record_testsuite_property(f"crash states, planted into the recorder: {bug}", str(report))
    assert report.bad > 0
    assert complaint in str(report)


def test_every_bug_is_tried() -> None:
    """The list of bugs and the table above name the same."""
    (mark,) = (each for each in test_a_planted_bug_is_found.pytestmark if each.name == "parametrize")  # type: ignore[attr-defined]  # set by pytest
    assert tuple(bug for bug, _ in mark.args[1]) == recorded.BUGS


def test_a_kill_at_any_call_leaves_a_run_that_readers_name(tmp_path: Path, record_testsuite_property: Record) -> None:
    """W-02: killed as it enters any file call: absent, interrupted or finished, never half."""
    report = killsweep.sweep(recorded.command, recorded.complaints, tmp_path, env=recorded.environment())
    record_testsuite_property("kill points, W-02 with the recorder", str(report))
    assert report.complaints == ()
    assert report.points == report.killed > 30
