"""The lock of a store: one at a time, never stolen, and refused where it would mean nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from runpact_core import files, runs
from runpact_core.errors import RunpactError
from runpact_gc import _lock, _places
from runpact_gc.errors import LockLost, StoreInUse

if TYPE_CHECKING:
    from pathlib import Path

    from runpact_gc._places import Places


@pytest.fixture
def places(project: Path) -> Places:
    """The places of an empty project."""
    return _places.places(os.fspath(project))


def test_the_second_is_told_who_holds_it(places: Places) -> None:
    """G-18: no waiting; exit code 4 and the holder's host and process."""
    with _lock.hold(places), pytest.raises(StoreInUse) as caught, _lock.hold(places):
        pass
    assert caught.value.holder == f"{runs.here().name}, process {os.getpid()}"
    assert caught.value.exit_code == 4


def test_the_death_of_the_holder_frees_it(places: Places) -> None:
    """G-19: what a dead process left in the file holds nobody up."""
    program = "import sys,os; from runpact_gc import _lock,_places; "
    program += "_lock.hold(_places.places(sys.argv[1])).__enter__(); os._exit(0)"
    subprocess.run([sys.executable, "-c", program, os.fspath(places.project)], check=True)
    assert "process" in places.lock.read_text()
    with _lock.hold(places) as lock:
        lock.check()
    assert places.lock.read_text() == f"{runs.here().name}, process {os.getpid()}\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [(b"", "another process"), (b"\xff\x1b[31mred\nmore", "\N{REPLACEMENT CHARACTER}"), (b"\n", "another process")],
)
def test_what_the_file_says_is_only_shown(places: Places, text: bytes, shown: str) -> None:
    """Torn, empty or hostile text in the file changes nothing but the sentence, of which it is one line."""
    with _lock.hold(places):
        places.lock.write_bytes(text)
        with pytest.raises(StoreInUse) as caught, _lock.hold(places):
            pass
    assert caught.value.holder.startswith(shown)
    assert "\n" not in caught.value.holder


@pytest.mark.parametrize("kind", ["fifo", "folder", "link"])
def test_what_is_no_file_is_refused(places: Places, kind: str) -> None:
    """Something else under the name is an error at once, and stays."""
    places.store.mkdir()
    if kind == "fifo":
        os.mkfifo(places.lock)
    elif kind == "folder":
        places.lock.mkdir()
    else:
        places.lock.symlink_to(places.project / "elsewhere")
    with pytest.raises(RunpactError), _lock.hold(places):
        pass
    assert not (places.project / "elsewhere").exists()


def test_without_locks_nothing_is_changed(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that has none: refused, rather than guessed."""
    monkeypatch.setattr(files, "try_lock", lambda _: None)
    with pytest.raises(RunpactError, match="has no locks"), _lock.hold(places):
        pass


@pytest.mark.parametrize("replaced", [True, False])
def test_a_lost_lock_is_noticed(places: Places, *, replaced: bool) -> None:
    """G-20: removed or replaced, the check fails; before, it does not."""
    with _lock.hold(places) as lock:
        lock.check()
        places.lock.unlink()
        if replaced:
            places.lock.write_bytes(b"")
        with pytest.raises(LockLost):
            lock.check()


def test_a_lock_that_is_replaced_all_the_time_is_given_up(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between open and lock another file gets the name, each time: an error, not two holders."""
    real = files.try_lock

    def replaced(fd: int) -> bool | None:
        places.lock.unlink()
        return real(fd)

    monkeypatch.setattr(files, "try_lock", replaced)
    with pytest.raises(LockLost), _lock.hold(places):
        pass
