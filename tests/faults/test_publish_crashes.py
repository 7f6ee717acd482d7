"""R-21 and the order of publication: whatever ends it, readers find the old report or the new one, whole."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from typing import TYPE_CHECKING

import pytest

from runpact_core import documents
from runpact_core.errors import RunpactError
from runpact_reporter import _publish
from tests.faults import crashstates, failsweep, killsweep, published
from tests.faults.strace import needs_strace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Record = Callable[[str, object], None]


def explore(tmp_path: Path, way: str) -> crashstates.Report:
    """Every crash state of a publication."""
    root, scratch = tmp_path / "root", tmp_path / "scratch"
    root.mkdir()
    scratch.mkdir()
    published.prepare(root)
    words = published.command(root, way)
    return crashstates.enumerate_states(words, root, published.complaints, scratch, env=published.environment())


@needs_strace
def test_no_crash_of_a_publication_leaves_a_bad_state(tmp_path: Path, record_testsuite_property: Record) -> None:
    """The newest report is the old or the new, and all that it points to is there, unchanged."""
    report = explore(tmp_path, "whole")
    record_testsuite_property("crash states, publication of a report", str(report))
    assert (report.bad, report.complaints) == (0, ())
    assert report.states > 20
    assert report.ops > 20


@needs_strace
@pytest.mark.parametrize(
    ("bug", "complaint"),
    [
        ("pointer-before-evidence", "the run's own report is another"),
        ("no-copy-sync", "pytest_output.log is "),
        ("pointer-in-place", "last_run.json: Invalid artifact"),
    ],
)
def test_a_planted_bug_is_found(bug: str, complaint: str, tmp_path: Path, record_testsuite_property: Record) -> None:
    """A publication that forgets one step of the order has bad states, and the oracle names what is wrong."""
    report = explore(tmp_path, bug)
    record_testsuite_property(f"crash states, planted into the publication: {bug}", str(report))
    assert report.bad > 0
    assert complaint in str(report)


def test_every_bug_is_tried() -> None:
    """The list of bugs and the table above name the same."""
    marks = test_a_planted_bug_is_found.pytestmark  # type: ignore[attr-defined]  # set by pytest
    (mark,) = (each for each in marks if each.name == "parametrize")
    assert tuple(bug for bug, _ in mark.args[1]) == published.BUGS


@needs_strace
def test_a_kill_at_any_call_leaves_a_whole_report(tmp_path: Path, record_testsuite_property: Record) -> None:
    """Killed as it enters a file call: the old report or the new one; published again, it is the new one, once.

    Forty of the calls, the first and last of each kind among them; with RUNPACT_EVERY_POINT all of them, in a minute.
    """
    report = killsweep.sweep(
        published.command,
        published.complaints,
        tmp_path,
        again=published.complaints,
        prepare=published.prepare,
        env=published.environment(),
        most=40,
    )
    record_testsuite_property("kill points, publication of a report", str(report))
    assert report.complaints == ()
    assert report.points == report.killed > 30


def test_a_refusal_at_any_event_leaves_a_whole_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_testsuite_property: Record
) -> None:
    """A full disk, a lost right, at any moment: an error of ours, and the old report or the new one."""
    root = tmp_path / "root"

    def prepare() -> None:
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir()
        published.prepare(root)

    def judge(raised: BaseException | None, _point: failsweep.Point) -> list[str]:
        found = published.complaints(root, b"" if raised else published.FINISHED)
        leftovers = [path.name for path in root.rglob(".*.tmp")]
        if raised is None or isinstance(raised, RunpactError):
            return found + [f"{name} was left" for name in leftovers if raised is None]
        return [*found, f"raised {raised!r}"]

    def operation() -> None:
        done = _publish.publish(root / "dash", published.publication(root), 2e9)
        if done.late is not None:
            raise done.late

    monkeypatch.setattr(documents, "schema", cache(documents.schema))  # the package's own files are not what fails
    prepare()
    operation()  # loads what is loaded late
    report = failsweep.sweep(operation, judge, prepare=prepare, errors=failsweep.ERRORS[:2])
    record_testsuite_property("fail points, publication of a report", str(report))
    assert report.complaints == ()
    assert report.points > 60


def test_a_reader_never_sees_half_a_report(tmp_path: Path) -> None:
    """R-21: while one process publishes again and again and is killed in the end, every read gives a whole report."""
    published.prepare(tmp_path)
    path = tmp_path / "dash" / "runs" / published.PRODUCT / "last_run.json"
    process = subprocess.Popen(
        published.command(tmp_path, "again"), env=published.environment(), stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.read(len(published.FINISHED))  # it is at work
    seen = {documents.read("last_run", path).data["run_id"] for _ in range(2_000)}
    process.kill()
    process.wait()
    process.stdout.close()
    assert seen == {published.NEW}
    assert published.complaints(tmp_path, published.FINISHED) == []
