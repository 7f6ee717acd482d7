"""G-25: on a full disk the trash can be emptied and given back, with the reserve that gc left and without one."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runpact_core import documents, edge, files
from runpact_core.errors import EnvironmentFailed
from runpact_gc import _report, _reserve, _trash
from runpact_gc.cli import artifacts
from tests.faults import trashed
from tests.gc.trash_samples import places, trashed_store, tree, undo

if TYPE_CHECKING:
    from collections.abc import Callable


def command(*words: str) -> int:
    """The exit code of ``runpact artifacts WORDS``."""
    return edge.run(artifacts, list(words), "runpact artifacts")


def fill(monkeypatch: pytest.MonkeyPatch, full: Callable[[], bool]) -> None:
    """A disk that takes nothing more while a condition holds; a line that is appended is torn first."""
    error = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    append, replace, write = files.append, files.replace, documents.write

    def appending(fd: int, data: bytes) -> None:
        if full():
            os.write(fd, data[: len(data) // 2])
            raise EnvironmentFailed("appending", error)
        append(fd, data)

    def replacing(*given: object, **named: object) -> object:
        if full():
            raise EnvironmentFailed("writing", error)
        return replace(*given, **named)  # type: ignore[arg-type]  # as it was called

    def writing(*given: object, **named: object) -> object:
        if full():
            raise EnvironmentFailed("writing", error)
        return write(*given, **named)  # type: ignore[arg-type]  # as above

    monkeypatch.setattr(files, "append", appending)
    monkeypatch.setattr(files, "replace", replacing)
    monkeypatch.setattr(documents, "write", writing)


def slots() -> list[str]:
    """What is in the trash."""
    return [each.slot for each in _trash.look(places(Path.cwd())).slots]


def test_a_purge_gives_up_the_reserve(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the reserve is there nothing can be written: the purge gives it up, frees all, and says so."""
    trashed_store(project)
    reserve = project / "artifacts/.trash" / _reserve.NAME
    assert reserve.stat().st_size == 256 * 1024
    given_up: list[bool] = []

    def full() -> bool:
        given_up.append(not reserve.exists())
        return reserve.exists()

    fill(monkeypatch, full)
    assert command("trash", "purge", "--older-than", "0", "--apply", "--force") == 0
    assert slots() == []
    report = _report.read(_report.path_of(places(project), _report.ids(places(project))[-1]))
    assert (report.operation, len(report.purged)) == ("purge", 2)
    assert True in given_up
    monkeypatch.undo()
    assert not (project / "artifacts/.trash/.journal.jsonl").exists()


def test_a_purge_without_a_reserve_frees_before_it_writes(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be written while two slots are there: one ends first, and the report names both."""
    trashed_store(project)
    (project / "artifacts/.trash" / _reserve.NAME).unlink()
    there = slots()
    assert len(there) == 2
    fill(monkeypatch, lambda: len(slots()) == 2)
    assert command("trash", "purge", "--older-than", "0", "--apply", "--force") == 0
    report = _report.read(_report.path_of(places(project), _report.ids(places(project))[-1]))
    assert sorted(each.slot for each in report.purged) == sorted(there)
    assert slots() == []
    assert _trash.look(places(project), whole=True) == _trash.Trash((), (), ())


def test_a_disk_that_stays_full_is_said(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing helps: the command names what it could not write, ends with 3, and leaves no half journal."""
    trashed_store(project)
    fill(monkeypatch, lambda: True)
    capsys.readouterr()
    assert command("trash", "purge", "--older-than", "0", "--apply", "--force") == 3
    assert "writing .journal.jsonl in the trash" in capsys.readouterr().err
    assert not (project / "artifacts/.trash/.journal.jsonl").exists()


def test_undo_gives_up_the_reserve(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is back where it was, although nothing could be written at first."""
    gc_id, before = trashed_store(project)
    reserve = project / "artifacts/.trash" / _reserve.NAME
    fill(monkeypatch, reserve.exists)
    restored = undo(project, gc_id)
    assert restored.report is not None
    assert len(restored.report.entries) == 2
    assert tree(project) == before


def test_a_line_that_was_torn_by_a_full_disk_is_written_whole(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk becomes full after the first line: the half line goes, and the journal reads as it should."""
    trashed.prepare(project)
    trash = project / "artifacts/.trash"
    (trash / _reserve.NAME).write_bytes(b"room")
    journal = trash / ".journal.jsonl"
    fill(monkeypatch, lambda: journal.exists() and journal.stat().st_size > 0 and (trash / _reserve.NAME).exists())
    seen: list[bytes] = []
    write = _report.write

    def looking(*given: object) -> object:
        seen.append(journal.read_bytes())
        return write(*given)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(_report, "write", looking)
    report = trashed.run(project).report
    assert len(report.entries) == 2
    lines = seen[0].splitlines()
    assert all(documents.read("gc_journal", line) for line in lines)
    assert seen[0].endswith(b"\n")
    assert len(lines) == 3


def test_what_is_not_a_full_disk_is_not_tried_again(tmp_path: Path) -> None:
    """Another refusal is the caller's, and the reserve stays."""
    (tmp_path / _reserve.NAME).write_bytes(b"room")
    calls: list[int] = []

    def write() -> None:
        calls.append(1)
        raise EnvironmentFailed("writing", OSError(errno.EIO, "broken"))

    with pytest.raises(EnvironmentFailed, match="broken"):
        _reserve.or_without(tmp_path, write)
    assert calls == [1]
    assert (tmp_path / _reserve.NAME).exists()
