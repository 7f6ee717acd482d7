"""Plans that end early, or on the way into another file system, and what is left then."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from runpact_core.errors import EnvironmentFailed, InvalidArtifact, Refused, UsageFailure
from runpact_gc import _apply, _batch, _handles, _journal, _lock, _move, _places, _recover, _report, _stored
from runpact_gc.errors import BrokenJournal
from tests.faults import trashed

if TYPE_CHECKING:
    from pathlib import Path

    from runpact_gc._handles import Root

RUN = f"reports/runs/{trashed.RUN}"


@pytest.fixture
def store(project: Path) -> Path:
    """The project of `trashed`."""
    trashed.prepare(project)
    return project


def die(*_: object, **__: object) -> None:
    """Be killed, as far as a process can do that to itself and go on."""
    raise SystemExit


def recovered(store: Path) -> tuple[str, ...]:
    """Take the lock and recover."""
    places = _places.places(os.fspath(store))
    with _lock.hold(places) as lock:
        return _recover.recover(places, lock, clock=lambda: trashed.NOW_S)


@pytest.mark.parametrize(
    ("counts", "verdict"), [(True, "was finished"), (False, "was rolled back: it is where it was")]
)
def test_a_copy_counts_from_the_journal_s_word(
    store: Path, monkeypatch: pytest.MonkeyPatch, *, counts: bool, verdict: str
) -> None:
    """Killed right before or right after the journal says that a copy counts: the copy ends, or the original."""
    monkeypatch.setattr(_batch.Batch, "_is_near", lambda *_: False)
    monkeypatch.setattr(_move, "discard", die)
    if not counts:
        monkeypatch.setattr(_journal.Journal, "copied", die)
    with pytest.raises(SystemExit):
        trashed.run(store)
    assert (store / f"reports/runs/.gc-{trashed.entry_ids()[0]}-0/run.json").exists()
    monkeypatch.undo()
    assert f"{RUN} ({trashed.entry_ids()[0]}) {verdict}" in recovered(store)[0]
    assert (store / RUN).exists() is not counts
    assert trashed.settled_again(store, b"") == []


def test_a_copy_whose_original_is_gone_stays(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody removed the original of a copy that did not count yet: the copy is all there is, and is kept."""
    monkeypatch.setattr(_batch.Batch, "_is_near", lambda *_: False)
    monkeypatch.setattr(_move, "discard", die)
    monkeypatch.setattr(_move, "hide", die)
    with pytest.raises(SystemExit):
        trashed.run(store)
    (store / RUN).rename(store / "elsewhere")
    monkeypatch.undo()
    said = recovered(store)
    assert "is not where it was any more; what was copied of it stays in the trash" in said[0]
    assert (store / "artifacts/.trash" / trashed.entry_ids()[0] / ".run/run.json").exists()


def test_what_changes_while_it_is_copied_stays(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written to after it was copied: it has its name again, and no copy is left."""
    monkeypatch.setattr(_batch.Batch, "_is_near", lambda *_: False)
    real = _move.rename

    def rename(root: Root, source: str, target: str) -> None:
        real(root, source, target)
        if source == RUN:
            (store / target / "run.json").write_bytes(b"newer\n")

    monkeypatch.setattr(_move, "rename", rename)
    applied = trashed.run(store)
    assert [(each.path, each.why) for each in applied.report.skipped] == [(RUN, "put-back")]
    assert (store / RUN / "run.json").read_bytes() == b"newer\n"


def test_originals_are_hidden_all_or_none(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second original of an entry cannot be renamed: the first has its name again."""
    monkeypatch.setattr(_batch.Batch, "_is_near", lambda *_: False)
    real = _move.rename

    def rename(root: Root, source: str, target: str) -> None:
        if source.endswith(".md"):
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        real(root, source, target)

    monkeypatch.setattr(_move, "rename", rename)
    applied = trashed.run(store)
    assert [each.why for each in applied.report.skipped] == ["refused"]
    assert trashed.unharmed(store, b"") == []
    assert sorted(each.suffix for each in (store / "artifacts/bench").iterdir()) == [".jsonl", ".md"]


def test_ctrl_c_between_batches(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What no batch has begun is reported as interrupted; progress says how far it came."""
    import signal

    monkeypatch.setattr(_apply, "_BATCH", 1)
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        told.append((done, total))
        os.kill(os.getpid(), signal.SIGINT)

    plan = trashed.planned(store)
    places = _places.places(os.fspath(store))
    applied = _apply.apply(places, trashed.SETTINGS, plan, replan=lambda: plan, progress=progress)
    assert told == [(1, 2)]
    assert [each.why for each in applied.report.skipped] == ["interrupted"]
    assert applied.interrupted


@pytest.mark.parametrize("notes", [0, 1])
def test_a_manifest_that_cannot_be_backed_up_is_noted(store: Path, notes: int) -> None:
    """No manifest is nothing to say; one that is no file is a note of the report, and the plan is carried out."""
    (store / "artifacts/.manifest.json").unlink()
    if notes:
        (store / "artifacts/.manifest.json").mkdir()
    report = trashed.run(store).report
    assert (len(report.notes), len(report.entries)) == (notes, 2)


def test_a_full_disk_without_a_reserve_says_so(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be journalled, so nothing is done: the error of the system, and no journal."""

    def full(*_: object, **__: object) -> None:
        raise EnvironmentFailed("writing", OSError(errno.ENOSPC, "full"))

    monkeypatch.setattr(_journal.Journal, "_add", full)
    with pytest.raises(EnvironmentFailed, match="full"):
        trashed.run(store)
    assert trashed.unharmed(store, b"") == []
    assert not (store / "artifacts/.trash/.journal.jsonl").exists()


def test_a_second_journal_is_never_begun(store: Path) -> None:
    """One that is there was not recovered: refused."""
    places = _places.places(os.fspath(store))
    with _lock.hold(places) as lock:
        journal = _journal.begin(places, lock, operation="gc", gc_id="20260101_000000", started_s=0)
        with pytest.raises(BrokenJournal, match="still there"):
            _journal.begin(places, lock, operation="gc", gc_id="20260101_000001", started_s=0)
        journal.end()


def test_platforms_without_handles_change_nothing(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There a dry run is all there is, and the error says so, exit code 4."""
    monkeypatch.setattr(_handles, "supported", lambda: False)
    with pytest.raises(Refused, match="no directory handles") as caught:
        trashed.run(store)
    assert caught.value.exit_code == 4
    assert trashed.unharmed(store, b"") == []


@pytest.mark.parametrize("path", ["../x", "/x"])
def test_a_trash_outside_the_project_is_refused(store: Path, path: str) -> None:
    """Everything that is changed lies below the root."""
    with pytest.raises(UsageFailure, match="outside of the project"):
        _handles.relative(store, store / path)


def test_base64_that_is_none_is_an_error() -> None:
    """A path that a document says in broken base64 is refused."""
    with pytest.raises(InvalidArtifact, match="no base64"):
        _stored.take({"path": "x", "path_b64": "a"}, "path")


def test_a_report_that_vanished_breaks_the_chain_visibly(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report before was removed while this one was written: the digest is that of nothing."""
    import hashlib

    first = trashed.run(store).report
    monkeypatch.setattr(_report, "ids", lambda _: (first.gc_id,))
    _report.path_of(_places.places(os.fspath(store)), first.gc_id).unlink()
    trashed.prepare(store)
    (store / "artifacts/.trash/gc_report_99999999_999999.json").write_bytes(b"")
    assert trashed.run(store).report.previous_sha256 == hashlib.sha256().hexdigest()


@pytest.mark.parametrize("number", [0, errno.EXDEV, errno.EACCES])
def test_a_deposit_is_a_second_name_or_a_copy(store: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Where the file system gives no second name a copy has bytes, mode and time; any other error is one."""
    source = store / "artifacts/proofs/kept.jsonl"

    def link(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    if number:
        monkeypatch.setattr(os, "link", link)
    with _handles.Root(store) as root:
        if number == errno.EACCES:
            with pytest.raises(PermissionError):
                _move.deposit(root, "artifacts/proofs/kept.jsonl", "artifacts/.trash/x")
            return
        _move.deposit(root, "artifacts/proofs/kept.jsonl", "artifacts/.trash/x")
    made, kept = (store / "artifacts/.trash/x").stat(), source.stat()
    assert (made.st_ino == kept.st_ino) is (number == 0)
    assert (made.st_mode, made.st_mtime_ns, made.st_size) == (kept.st_mode, trashed.MTIME_NS, kept.st_size)
