"""Whatever ends an upgrade of a tree, each file is as before or as after, and the next upgrade does the rest."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from runpact_core import _upgrade_tree, runs
from runpact_core._upgrade_one import Wanted
from runpact_core.errors import RunpactError
from tests.faults import crashstates, failsweep, killsweep, upgraded
from tests.faults.strace import needs_strace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Record = Callable[[str, object], None]

MOST = 20
"""Points of the kill sweep, each kind of call among them; all with ``RUNPACT_EVERY_POINT=1``."""


def explore(tmp_path: Path, way: str) -> crashstates.Report:
    """Every crash state of an upgrade."""
    root, scratch = tmp_path / "root", tmp_path / "scratch"
    root.mkdir()
    scratch.mkdir()
    upgraded.prepare(root)
    words = upgraded.command(root, way)
    return crashstates.enumerate_states(words, root, upgraded.complaints, scratch, env=upgraded.environment())


@needs_strace
def test_no_crash_of_an_upgrade_leaves_a_bad_state(tmp_path: Path, record_testsuite_property: Record) -> None:
    """After a loss of power at any moment each file is old or new and whole, and what was reported is there."""
    report = explore(tmp_path, "whole")
    record_testsuite_property("crash states, upgrade of a tree", str(report))
    assert (report.bad, report.complaints) == (0, ())
    assert report.ops >= 12
    assert report.states > 15


@needs_strace
@pytest.mark.parametrize(
    ("bug", "complaint"),
    [
        ("no-folder-sync", "finished was printed, and "),
        ("references-ignored", "evidence/run.json is neither old nor new"),
        ("lines-lost", "all.jsonl is neither old nor new"),
    ],
)
def test_a_planted_bug_is_found(bug: str, complaint: str, tmp_path: Path, record_testsuite_property: Record) -> None:
    """An upgrade with a known bug has bad states, and the oracle names what is wrong."""
    report = explore(tmp_path, bug)
    record_testsuite_property(f"crash states, planted into the upgrade: {bug}", str(report))
    assert report.bad > 0
    assert complaint in str(report)


def test_every_bug_is_tried() -> None:
    """The list of bugs and the table above name the same."""
    marks = test_a_planted_bug_is_found.pytestmark  # type: ignore[attr-defined]  # set by pytest
    (mark,) = (each for each in marks if each.name == "parametrize")
    assert tuple(bug for bug, _ in mark.args[1]) == upgraded.BUGS


@needs_strace
def test_a_kill_at_any_call_leaves_old_or_new(tmp_path: Path, record_testsuite_property: Record) -> None:
    """Killed as it enters any file call; run again, everything is new, with its mode, and no digest is untrue."""
    report = killsweep.sweep(
        upgraded.command,
        upgraded.complaints,
        tmp_path,
        again=upgraded.finished,
        prepare=upgraded.prepare,
        env=upgraded.environment(),
        most=MOST,
    )
    record_testsuite_property("kill points, upgrade of a tree", str(report))
    assert (report.complaints, report.missed) == ((), ())
    assert report.points == report.killed > MOST // 2
    assert report.of > 40


def test_a_refusal_at_any_event_leaves_old_or_new(tmp_path: Path, record_testsuite_property: Record) -> None:
    """A full disk, a lost right, at any moment: an error of ours or a failed entry, and no file is torn."""
    root = tmp_path / "root"

    def prepare() -> None:
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir()
        upgraded.prepare(root)

    codes: set[int] = set()

    def operation() -> None:
        codes.clear()
        planned = _upgrade_tree.plan([str(root)], Wanted(), now=0, asking=runs.Here("here", None))
        codes.update(entry.exit_code for entry in _upgrade_tree.apply(planned, Wanted()))

    def judge(raised: BaseException | None, point: failsweep.Point) -> list[str]:
        if raised is not None and not isinstance(raised, RunpactError):
            return [f"raised {raised!r}"]
        whole = raised is None and codes == {0}
        found = upgraded.complaints(root, upgraded.FINISHED if whole else b"")
        left = [path.name for path in root.rglob(".*.tmp")]
        return found + [f"{name} was left" for name in left if not point.for_ever]

    prepare()
    operation()  # loads what is loaded late
    report = failsweep.sweep(operation, judge, prepare=prepare, errors=failsweep.ERRORS[:1])
    record_testsuite_property("fail points, upgrade of a tree", str(report))
    assert report.complaints == ()
    assert report.points > 40
