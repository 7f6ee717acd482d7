"""M-23: whatever ends an ingest, its files are the old ones or the new ones, and its memory never runs ahead."""

from __future__ import annotations

import shutil
from functools import cache
from typing import TYPE_CHECKING

from runpact_core import documents
from runpact_core.errors import RunpactError
from runpact_status_matrix import _ingest, _state
from tests.faults import failsweep, ingested, killsweep
from tests.faults.strace import needs_strace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    Record = Callable[[str, object], None]


@needs_strace
def test_a_kill_at_any_call_leaves_whole_files(tmp_path: Path, record_testsuite_property: Record) -> None:
    """Killed as it enters any file call: nothing torn, matrix first and memory last; run again, all is new."""
    report = killsweep.sweep(
        ingested.command, ingested.complaints, tmp_path, again=ingested.ended, prepare=ingested.prepare
    )
    record_testsuite_property("kill points, ingest", str(report))
    assert report.complaints == ()
    assert report.points == report.killed > 20


def test_a_memory_that_is_newer_than_its_matrix_is_caught(tmp_path: Path) -> None:
    """What the sweep asks sees an ingest that wrote its memory first."""
    ingested.prepare(tmp_path)
    old = (tmp_path / _ingest.OUT / _ingest.MATRIX).read_bytes()
    ingested.run(tmp_path)
    assert ingested.complaints(tmp_path) == []
    (tmp_path / _ingest.OUT / _ingest.MATRIX).write_bytes(old)
    (complaint,) = ingested.complaints(tmp_path)
    assert complaint.startswith("written in another order")


def test_a_refusal_at_any_event_leaves_what_could_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_testsuite_property: Record
) -> None:
    """A full disk, a lost right, at any moment: no file is torn, each that was not refused is new, the memory waits."""
    root, template = tmp_path / "root", tmp_path / "template"
    template.mkdir()
    ingested.prepare(template)
    ended: list[_ingest.Done] = []

    def prepare() -> None:
        ended.clear()
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(template, root)

    def judge(raised: BaseException | None, _point: failsweep.Point) -> list[str]:
        moments, found = ingested.read(root)
        if not ended:
            return found if isinstance(raised, RunpactError) else [*found, f"raised {raised!r}"]
        late = {name for name, moment in moments.items() if moment != ingested.NEW}
        refused = set(ended[0].faults)
        if _ingest.MATRIX in refused:
            refused.add(_state.MEMORY)
        found += [f"{name} is old" for name in late - refused if _accepts(ended[0])]
        code = 3 if ended[0].faults else 0
        return found if ended[0].exit_code == code else [*found, f"ended with {ended[0].exit_code}"]

    monkeypatch.setattr(documents, "schema", cache(documents.schema))  # the package's own files are not what fails
    prepare()
    ingested.run(root)  # loads what is loaded late
    report = failsweep.sweep(
        lambda: ended.append(ingested.run(root)), judge, prepare=prepare, errors=failsweep.ERRORS[:2]
    )
    record_testsuite_property("fail points, ingest", str(report))
    assert report.complaints == ()
    assert report.points > 30


def _accepts(done: _ingest.Done) -> bool:
    """Whether the new report could be read; what nobody could read is not remembered."""
    return bool(done.log["summary"]["accepted"])
