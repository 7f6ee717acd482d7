"""A plan carried out: what moves, what stays and why, and what is said about it."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import signal
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runpact_core import documents, files
from runpact_core.errors import EnvironmentFailed
from runpact_gc import _apply, _batch, _journal, _look, _move, _places, _report, _settings
from runpact_gc._handles import Root
from runpact_gc.errors import PlanChanged
from tests.faults import trashed

if TYPE_CHECKING:
    from collections.abc import Callable

    from runpact_gc._apply import Applied

RUN = f"reports/runs/{trashed.RUN}"
BENCH = [name for name in trashed.FILES if name.startswith("artifacts/bench/")]


def trash(project: Path) -> Path:
    """The trash."""
    return project / "artifacts" / ".trash"


def snapshot(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Every file below a folder: bytes, mode and time."""
    return {
        os.fspath(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mode, path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def skipped(applied: Applied) -> list[tuple[str, str]]:
    """What stayed, and why."""
    return [(each.path, each.why) for each in applied.report.skipped]


@pytest.fixture
def store(project: Path) -> Path:
    """The project of `trashed`."""
    trashed.prepare(project)
    return project


def test_what_the_plan_names_lies_in_the_trash_unchanged(store: Path) -> None:
    """Each entry in a slot of its id, by its path; bytes, modes and times as they were; what ends is gone."""
    before = snapshot(store)
    report = trashed.run(store).report
    run, bench = trashed.entry_ids()
    lying = snapshot(trash(store))
    for name in trashed.FILES:
        if "kept" not in name:
            inner = f"{bench}/{name[10:]}" if name in BENCH else f"{run}/{trashed.inside(name)}"
            assert lying[inner] == before[name]
            assert not (store / name).exists()
    assert (store / "artifacts/proofs/kept.jsonl").exists()
    assert not (trash(store) / trashed.PURGE.slot).exists()
    assert [each.slot for each in report.entries] == [run, bench]
    assert report.purged == (trashed.PURGE,)
    assert report.freed_bytes == 4
    assert (_apply.exit_code(report), report.skipped) == (0, ())


def test_the_report_says_it_and_the_journal_is_gone(store: Path) -> None:
    """The JSON passes its contract and is what was returned; the Markdown has a line for each action."""
    report = trashed.run(store).report
    path = _report.path_of(_places.places(os.fspath(store)), report.gc_id)
    assert documents.validate("gc_report", path, strict=True) == []
    assert _report.read(path) == report
    lines = path.with_suffix(".md").read_text().splitlines()
    assert sum(line.startswith(f"| {report.entries[0].slot} |") for line in lines) == 1
    assert sum(line.startswith(f"| {trashed.PURGE.slot} |") for line in lines) == 1
    assert not (trash(store) / ".journal.jsonl").exists()
    assert (store / "artifacts/.manifest.backup.json").read_bytes() == b"{}\n"


def test_reports_are_a_chain(store: Path) -> None:
    """G-26: each report names the digest of the one before it, and ids grow although the clock stands still."""
    first = trashed.run(store).report
    trashed.prepare(store)
    second = trashed.run(store).report
    raw = _report.path_of(_places.places(os.fspath(store)), first.gc_id).read_bytes()
    assert first.previous_sha256 is None
    assert second.previous_sha256 == hashlib.sha256(raw).hexdigest()
    assert second.gc_id > first.gc_id


def test_a_store_that_changed_is_not_touched(store: Path) -> None:
    """Another digest under the lock: error, exit code 4, and not a byte differs."""
    before = snapshot(store)
    shown = trashed.planned(store)._replace(digest="2" * 64)
    with pytest.raises(PlanChanged) as caught:
        _apply.apply(_places.places(os.fspath(store)), _settings.DEFAULTS, shown, replan=lambda: trashed.planned(store))
    assert caught.value.exit_code == 4
    after = snapshot(store)
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {"artifacts/.lock"}


def edit(store: Path) -> None:
    """Write into a run."""
    (store / RUN / "run.json").write_bytes(b"{}\n")


def grow(store: Path) -> None:
    """Add a file to a run, and set the times back."""
    info = (store / RUN).stat()
    (store / RUN / "new").write_bytes(b"")
    os.utime(store / RUN / "new", ns=(0, 0))
    os.utime(store / RUN, ns=(info.st_atime_ns, info.st_mtime_ns))


def vanish(store: Path) -> None:
    """Take a run away."""
    (store / RUN).rename(store / "elsewhere")


def link(store: Path) -> None:
    """Put a link in the place of a run."""
    vanish(store)
    (store / RUN).symlink_to(store / "elsewhere")


def link_above(store: Path) -> None:
    """Put a link in the place of the folder of runs."""
    (store / "reports/runs").rename(store / "elsewhere")
    (store / "reports/runs").symlink_to(store / "elsewhere")


@pytest.mark.parametrize(
    ("change", "why"), [(edit, "changed"), (grow, "changed"), (vanish, "gone"), (link, "link"), (link_above, "link")]
)
def test_what_changed_since_the_plan_stays_whole(change: Callable[[Path], None], why: str, store: Path) -> None:
    """G-04, G-05, G-09, G-10: skipped with its cause; nothing of it moved, nothing behind a link; the others go on."""
    applied = trashed.run(store, between=lambda: change(store))
    assert skipped(applied) == [(RUN, why)]
    assert [each.family for each in applied.report.entries] == ["bench"]
    assert [each.name for each in (trash(store) / trashed.entry_ids()[1]).iterdir()] == ["bench"]
    assert not (trash(store) / trashed.entry_ids()[0]).exists()
    kept = [path for path in store.rglob("rows.csv") if ".trash" not in path.parts]
    assert [path.read_bytes() for path in kept][:1] == [b"a,b\n1,2\n"]


def test_a_run_that_is_being_written_stays(store: Path) -> None:
    """A recorder holds the lock of its open.json: nothing is taken, whatever the plan says."""
    (store / RUN / "open.json").write_bytes(b"{}\n")
    held = files.hold(store / RUN / "open.json")
    applied = trashed.run(store)
    files.close(held)
    assert skipped(applied) == [(RUN, "live")]
    assert trashed.run(store).report.entries[0].family == "backfill"


def test_a_slot_that_is_taken_is_left_alone(store: Path) -> None:
    """G-14: the next free number; what lay there lies there."""
    run, _ = trashed.entry_ids()
    (trash(store) / run).mkdir()
    (trash(store) / run / "mine").write_bytes(b"x")
    report = trashed.run(store).report
    assert report.entries[0].slot == f"{run}-2"
    assert (trash(store) / run / "mine").read_bytes() == b"x"


@pytest.mark.parametrize("call", [True, False])
def test_a_rename_never_overwrites(*, call: bool, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the system call that refuses, and without it: an error, and both files as they were."""
    if not call:
        monkeypatch.setattr(_move, "_renameat2", lambda: None)
    before = snapshot(store)
    with Root(store) as root, pytest.raises(FileExistsError):
        _move.rename(root, BENCH[0], "artifacts/proofs/kept.jsonl")
    assert snapshot(store) == before


def wrapped(monkeypatch: pytest.MonkeyPatch, change: Callable[[str, str], None]) -> None:
    """Do something after each rename."""
    real = _move.rename

    def rename(root: Root, source: str, target: str) -> None:
        real(root, source, target)
        change(source, target)

    monkeypatch.setattr(_move, "rename", rename)


def test_what_changes_while_it_moves_goes_back(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """G-16: a file that is written while its folder moves: all of it is where it was, with what was written."""

    def write(_: str, target: str) -> None:
        if target.endswith(".run"):
            (store / target / "run.json").write_bytes(b"written meanwhile\n")

    wrapped(monkeypatch, write)
    applied = trashed.run(store)
    assert skipped(applied) == [(RUN, "put-back")]
    assert (store / RUN / "run.json").read_bytes() == b"written meanwhile\n"
    assert _apply.exit_code(applied.report) == 4
    assert not (trash(store) / trashed.entry_ids()[0]).exists()


@pytest.mark.parametrize("name", ["EPERM", "EACCES", "EBUSY", "EROFS", "EIO"])
def test_an_entry_that_cannot_move_stays_whole(name: str, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """G-15: the second file of an entry is refused: the first goes back, the other entries move, exit code 3."""
    number = getattr(errno, name)
    real = _move.rename

    def rename(root: Root, source: str, target: str) -> None:
        if source == BENCH[1]:
            raise OSError(number, os.strerror(number))
        real(root, source, target)

    monkeypatch.setattr(_move, "rename", rename)
    applied = trashed.run(store)
    assert skipped(applied) == [(BENCH[0], "refused")]
    assert [(store / each).read_bytes() for each in BENCH] == [trashed.FILES[each] for each in BENCH]
    assert [each.family for each in applied.report.entries] == ["backfill"]
    assert _apply.exit_code(applied.report) == 3


def test_a_mount_point_inside_is_left_alone(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """G-11: where the system says that something is mounted below an entry, the entry stays."""
    monkeypatch.setattr(_apply, "mounts", lambda _: frozenset({f"{RUN}/artifacts"}))
    assert skipped(trashed.run(store)) == [(RUN, "mount-point")]


def test_mounts_are_read_from_the_system() -> None:
    """The table of mounts names what is below a root, with escapes undone."""
    with Root(Path("/")) as root:
        assert "proc" in _look.mounts(root)


def test_another_file_system_gets_verified_copies(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """G-12: copied with modes and times, compared, then the originals end; links are copied as links."""
    (store / RUN / "artifacts" / "here").symlink_to("rows.csv")
    monkeypatch.setattr(_batch.Batch, "_is_near", lambda *_: False)
    before = snapshot(store / RUN)
    report = trashed.run(store).report
    there = trash(store) / report.entries[0].moves[0].target
    assert snapshot(there) == before
    assert (there / "artifacts" / "here").readlink().name == "rows.csv"
    assert not (store / RUN).exists()
    assert list((store / "reports/runs").iterdir()) == []
    assert list((store / "artifacts/bench").iterdir()) == []


def test_a_copy_that_differs_ends_and_the_original_stays(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bit flips on the way to another file system: nothing of the copy is left, and nothing of the original gone."""
    monkeypatch.setattr(_batch.Batch, "_is_near", lambda *_: False)
    real = _move.copy

    def copy(root: Root, seen: _look.Sight, target: str) -> None:
        real(root, seen, target)
        if seen.source == RUN:
            (store / target / "run.json").write_bytes(b'{"status": "succesS"}\n')

    monkeypatch.setattr(_move, "copy", copy)
    applied = trashed.run(store)
    assert skipped(applied) == [(RUN, "put-back")]
    assert (store / RUN / "run.json").read_bytes() == trashed.FILES[f"{RUN}/run.json"]
    assert not (trash(store) / trashed.entry_ids()[0]).exists()


def test_a_fifo_is_not_copied(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be copied keeps its entry where it is; a rename takes it along."""
    os.mkfifo(store / RUN / "fifo")
    monkeypatch.setattr(_batch.Batch, "_is_near", lambda *_: False)
    assert skipped(trashed.run(store)) == [(RUN, "special-file")]
    monkeypatch.undo()
    report = trashed.run(store).report
    assert stat.S_ISFIFO((trash(store) / report.entries[0].moves[0].target / "fifo").lstat().st_mode)


def test_ctrl_c_finishes_the_entry_and_seals(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The entry that is moving arrives, the others stay, the report says both, and the handler is back."""
    wrapped(monkeypatch, lambda *_: os.kill(os.getpid(), signal.SIGINT))
    before = signal.getsignal(signal.SIGINT)
    applied = trashed.run(store)
    assert applied.interrupted
    assert [each.family for each in applied.report.entries] == ["backfill"]
    assert skipped(applied) == [(BENCH[0], "interrupted")]
    assert signal.getsignal(signal.SIGINT) is before
    assert trashed.complaints(store, b"") == []


def test_a_full_disk_uses_the_reserve(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """G-25: the journal fits where nothing else does, since the room of the reserve is given up for it."""
    trashed.run(store)
    assert (trash(store) / ".reserve").stat().st_size == 256 * 1024
    trashed.prepare(store)
    real = _journal._begun

    def begin(*args: object, **options: object) -> _journal.Journal:
        if (trash(store) / ".reserve").exists():
            raise EnvironmentFailed("writing", OSError(errno.ENOSPC, "full"))
        return real(*args, **options)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(_journal, "_begun", begin)
    assert trashed.run(store).report.freed_bytes == 4


def test_names_that_are_no_utf8_come_through(store: Path) -> None:
    """A name of any bytes moves, and the report has it exactly, in base64."""
    name = os.fsdecode(b"caf\xe9\n|.txt")
    (store / RUN / name).write_bytes(b"x")
    report = trashed.run(store).report
    path = _report.path_of(_places.places(os.fspath(store)), report.gc_id)
    assert name in {file.path for file in _report.read(path).entries[0].moves[0].files}
    (shown,) = (file for file in json.loads(path.read_bytes())["entries"][0]["moves"][0]["files"] if "path_b64" in file)
    assert shown["path"] == "caf\\xe9\n|.txt"
