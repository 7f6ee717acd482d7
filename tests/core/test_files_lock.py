"""Locks of files: alive means that the lock of open.json is held."""

from __future__ import annotations

import errno
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runpact_core import _locks, files
from runpact_core.errors import EnvironmentFailed, InvalidArtifact, MissingArtifact, Refused

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]  # the stubs of this platform always have the module

if TYPE_CHECKING:
    from types import ModuleType

locks = pytest.mark.skipif(fcntl is None, reason="this platform has no locks")


def no_locks() -> ModuleType:
    """The module of locks as it is imported on a platform without `fcntl`."""
    spec = importlib.util.spec_from_file_location("locks_without_fcntl", _locks.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    kept = sys.modules.get("fcntl")
    sys.modules["fcntl"] = None  # type: ignore[assignment]  # this is how Python marks a module as absent
    try:
        spec.loader.exec_module(module)
    finally:
        if kept is None:
            del sys.modules["fcntl"]
        else:
            sys.modules["fcntl"] = kept
    return module


@locks
def test_the_file_is_locked_until_its_descriptor_is_closed(tmp_path: Path) -> None:
    """Held from the first moment that the name exists; free when the descriptor is closed."""
    path = tmp_path / "open.json"
    fd = files.replace_locked(path, b"{}")
    assert path.read_bytes() == b"{}"
    assert files.is_locked(path) is True
    files.close(fd)
    assert files.is_locked(path) is False


@locks
def test_a_second_holder_is_turned_away(tmp_path: Path) -> None:
    """try_lock gives True once, then False, without waiting."""
    path = tmp_path / "lock"
    one, two = files.open_append(path), files.open_append(path)
    assert files.try_lock(one) is True
    assert files.try_lock(two) is False
    files.close(one)
    assert files.try_lock(two) is True
    files.close(two)


@locks
def test_who_looks_does_not_count_as_holder(tmp_path: Path) -> None:
    """Two readers who look at the same moment both see a free lock."""
    path = tmp_path / "lock"
    fd = files.open_append(path)
    fcntl.flock(fd, fcntl.LOCK_SH)
    assert files.is_locked(path) is False
    files.close(fd)


@locks
def test_replacing_the_file_hands_over_to_the_new_descriptor(tmp_path: Path) -> None:
    """The lock is of the file, not of the name: after a second writing the first descriptor means nothing."""
    path = tmp_path / "open.json"
    first = files.replace_locked(path, b"1")
    second = files.replace_locked(path, b"2")
    files.close(first)
    assert files.is_locked(path) is True
    files.close(second)
    assert files.is_locked(path) is False


HOLD = """
import os, sys
from runpact_core import files
fd = files.replace_locked(sys.argv[1], b"{}")
code = "import os, sys; print(os.getpid(), flush=True); sys.stdin.read()"
os.spawnv(os.P_NOWAIT, sys.executable, [sys.executable, "-S", "-c", code])
os.wait()
"""


@locks
def test_a_killed_holder_is_not_alive_though_its_child_lives(tmp_path: Path) -> None:
    """The descriptor is closed on exec: a program started by the holder does not keep the lock."""
    path = tmp_path / "open.json"
    env = {**os.environ, "PYTHONPATH": str(Path(files.__file__).parent.parent)}
    with subprocess.Popen(
        [sys.executable, "-S", "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        child = int(holder.stdout.readline())  # the child has begun: its exec is done
        assert files.is_locked(path) is True
        holder.kill()
        assert holder.wait(60) == -9
        os.kill(child, 0)  # it lives, and waits for the end of its input
        assert files.is_locked(path) is False
        holder.stdin.close()


def test_looking_at_what_is_not_there(tmp_path: Path) -> None:
    """A file that is gone is missing, a folder is no artifact."""
    with pytest.raises(MissingArtifact):
        files.is_locked(tmp_path / "open.json")
    if os.name != "nt":
        with pytest.raises(InvalidArtifact, match="a directory"):
            files.is_locked(tmp_path)


def test_a_platform_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is written as elsewhere; every question about locks has the answer None, and nobody is waited for."""
    monkeypatch.setattr(files, "_locks", no_locks())
    fd = files.replace_locked(tmp_path / "open.json", b"{}")
    assert files.try_lock(fd) is None
    assert files.is_locked(tmp_path / "open.json") is None
    files.close(fd)
    log = files.open_append(tmp_path / "log")
    assert files.append_line(log, b"1\n") is False
    files.close(log)
    assert (tmp_path / "log").read_bytes() == b"1\n"
    assert (tmp_path / "open.json").read_bytes() == b"{}"
    one, two = files.hold(tmp_path / "lock"), files.hold(tmp_path / "lock")
    files.close(one)
    files.close(two)


@locks
def test_who_holds_is_waited_for_and_then_refused(tmp_path: Path) -> None:
    """A second holder gets the lock once the first lets go; one who waits in vain is told so, with exit code 4."""
    first = files.hold(tmp_path / "lock")
    with pytest.raises(Refused, match="in use by another process") as caught:
        files.hold(tmp_path / "lock", wait_s=0)
    assert caught.value.exit_code == 4
    second = files.open_append(tmp_path / "lock")
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        files.close(first)

    assert _locks.acquire(second, "it", 5, pause, iter(range(10)).__next__) is True
    assert pauses == [0.01]
    files.close(second)
    files.close(files.hold(tmp_path / "lock", wait_s=0))


@locks
@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS])
def test_a_file_system_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """None means "cannot be told", not "free"; the file is written all the same."""

    def failing(_fd: int, _flags: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", failing)
    fd = files.replace_locked(tmp_path / "open.json", b"{}")
    assert files.try_lock(fd) is None
    assert files.is_locked(tmp_path / "open.json") is None
    assert files.append_line(files.open_append(tmp_path / "log"), b"1\n") is False
    files.close(fd)


@locks
def test_other_errors_of_a_lock_are_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """EIO from the lock is no answer."""

    def failing(_fd: int, _flags: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    path = tmp_path / "open.json"
    path.write_bytes(b"old")
    monkeypatch.setattr(fcntl, "flock", failing)
    with pytest.raises(EnvironmentFailed, match="looking at the lock of"):
        files.is_locked(path)
    with pytest.raises(EnvironmentFailed, match="writing"):
        files.replace_locked(path, b"new")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("open.json", b"old")]


@locks
def test_an_unfinished_file_that_another_has_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who locks our temporary file stops the write; no file comes that somebody else keeps alive."""

    def taken(_fd: int, _flags: int) -> None:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(fcntl, "flock", taken)
    with pytest.raises(EnvironmentFailed, match="locked by another"):
        files.replace_locked(tmp_path / "open.json", b"new")
    assert list(tmp_path.iterdir()) == []
