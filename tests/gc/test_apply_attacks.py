"""Somebody who exchanges folders for links while a plan is carried out, and a system that fails at every call."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import threading
import time
from typing import TYPE_CHECKING

import pytest

from runpact_core.errors import RunpactError
from runpact_gc import _move, _places, _recover
from runpact_gc._handles import Root, Swapped, remove_empty, sync_all
from runpact_gc._lock import hold
from runpact_gc.errors import StoreInUse
from tests.faults import failsweep, trashed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runpact_gc._model import Plan

    Record = Callable[[str, object], None]

RUN = f"reports/runs/{trashed.RUN}"
FEWEST, ROUNDS, SECONDS = 5, 200, 4.0


@pytest.fixture
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that looks like the run, outside of the project."""
    folder = tmp_path_factory.mktemp("outside")
    for name, data in trashed.FILES.items():
        if name.startswith(RUN):
            target = folder / "runs" / name.removeprefix("reports/runs/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            os.utime(target, ns=(0, trashed.MTIME_NS))
    return folder


def state(folder: Path) -> list[tuple[str, bytes | None]]:
    """Everything in a folder."""
    return [
        (os.fspath(path.relative_to(folder)), path.read_bytes() if path.is_file() else None)
        for path in sorted(folder.rglob("*"))
    ]


@pytest.mark.parametrize("part", ["reports", "reports/runs", RUN, "artifacts/.trash"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_swap_right_at_the_move_touches_nothing_outside(
    part: str, when: str, project: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G-09, G-10: a folder becomes a link out of the project just before or just after the rename."""
    trashed.prepare(project)
    before = state(outside)
    real = _move.rename
    swapped: list[str] = []

    def swap() -> None:
        if not swapped:
            swapped.append(part)
            (project / part).rename(project / "hidden")
            (project / part).symlink_to(outside if part != "reports/runs" else outside / "runs")

    def rename(root: Root, source: str, target: str) -> None:
        if when == "before":
            swap()
        real(root, source, target)
        if when == "after":
            swap()

    monkeypatch.setattr(_move, "rename", rename)
    with contextlib.suppress(RunpactError):
        trashed.run(project)
    assert swapped == [part]
    assert state(outside) == before
    rows = [path for path in project.rglob("rows.csv") if "hidden" in path.parts or not path.is_symlink()]
    assert [path.read_bytes() for path in rows] == [b"a,b\n1,2\n"]


@pytest.mark.parametrize("what", ["run", "parent"])
def test_an_attacker_never_wins(what: str, project: Path, outside: Path, record_testsuite_property: Record) -> None:
    """G-09: a thread exchanges the run, or the folder of runs, for a link as fast as it can: nothing outside changes.

    As many rounds as fit into a few seconds, `FEWEST` to `ROUNDS`: an attacker cannot hold the move up either.
    """
    before = state(outside)
    end = threading.Event()
    own = project / "reports/runs" if what == "parent" else project / "reports/runs" / trashed.RUN
    there = outside / "runs" if what == "parent" else outside / "runs" / trashed.RUN
    hidden = project / "reports/hidden"

    def attack() -> None:
        while not end.is_set():
            with contextlib.suppress(OSError):
                own.rename(hidden)
                own.symlink_to(there)
                own.unlink()
            with contextlib.suppress(OSError):
                hidden.rename(own)

    lost = moved = rounds = 0
    longest = 0.0
    stop = time.monotonic() + SECONDS
    while rounds < FEWEST or (rounds < ROUNDS and time.monotonic() < stop):
        rounds += 1
        shutil.rmtree(project / "reports", ignore_errors=True)
        shutil.rmtree(project / "artifacts", ignore_errors=True)
        trashed.prepare(project)
        end.clear()
        attacker = threading.Thread(target=attack)
        attacker.start()
        began = time.monotonic()
        try:
            with contextlib.suppress(RunpactError, OSError):
                moved += len(trashed.run(project).report.entries)
        finally:
            longest = max(longest, time.monotonic() - began)
            end.set()
            attacker.join()
        lost += len([path for path in project.rglob("rows.csv") if path.read_bytes() == b"a,b\n1,2\n"]) != 1
    told = f"rounds {rounds}, moved {moved}, lost {lost}, wins 0, longest {longest:.2f} s"
    record_testsuite_property(f"swaps of the {what} for links while moving", told)
    assert state(outside) == before
    assert lost == 0


def test_two_at_once_one_is_told(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """G-18: a second plan in the middle of the first: refused, exit code 4, and the first goes on."""
    trashed.prepare(project)
    real = _move.rename
    told: list[str] = []

    def rename(root: Root, source: str, target: str) -> None:
        monkeypatch.setattr(_move, "rename", real)
        with pytest.raises(StoreInUse) as caught:
            trashed.run(project)
        told.append(caught.value.holder)
        real(root, source, target)

    monkeypatch.setattr(_move, "rename", rename)
    assert len(trashed.run(project).report.entries) == 2
    assert told[0].endswith(f"process {os.getpid()}")


def test_a_failure_at_any_call_loses_nothing(tmp_path: Path, record_testsuite_property: Record) -> None:
    """G-07: each error at each event, once and for ever: every file in one place, and the next command settles it."""
    root = tmp_path / "swept"
    plans: list[Plan] = []

    def prepare() -> None:
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir()
        trashed.prepare(root)
        plans[:] = [trashed.planned(root)]

    def judge(raised: BaseException | None, point: failsweep.Point) -> list[str]:
        found = trashed.unharmed(root, b"")
        if raised is not None and not isinstance(raised, RunpactError):
            found.append(f"{type(raised).__name__} came out: {raised}")
        with hold(_places.places(os.fspath(root))) as lock:
            _recover.recover(_places.places(os.fspath(root)), lock, clock=lambda: trashed.NOW_S)
        del point
        return found + [f"recovered: {each}" for each in trashed.settled_again(root, b"")]

    errors = [errno.EIO, errno.ENOSPC, errno.EXDEV]
    report = failsweep.sweep(lambda: trashed.run(root, shown=plans[0]), judge, prepare=prepare, errors=errors)
    record_testsuite_property("fail points, moves into the trash", str(report))
    assert report.complaints == ()
    assert report.points > 300


def test_folders_are_pinned(project: Path) -> None:
    """Another folder of the name, a link, a file and a missing one are told apart; a root outlives many folders."""
    (project / "a/b").mkdir(parents=True)
    (project / "file").write_bytes(b"")
    with Root(project) as root:
        root.folder("a/b")
        (project / "a/b").rename(project / "a/old")
        (project / "a/b").mkdir()
        with pytest.raises(Swapped, match="another folder than before"):
            root.still("a/b")
        for path, why in (("file", "link"), ("missing", "gone"), ("a/missing/b", "gone")):
            with pytest.raises(Swapped) as caught:
                root.folder(path)
            assert caught.value.why == why
        for number in range(300):
            root.make(f"many/{number}/x")
        assert os.listdir(root.still("many/7")) == ["x"]  # noqa: PTH208 - a handle is no path
        (project / "many/8/x/file").write_bytes(b"")
        remove_empty(root, "many/8")
        remove_empty(root, "many/9")
        assert ((project / "many/8/x/file").exists(), (project / "many/9").exists()) == (True, False)
        assert sync_all(root.folder(""))
