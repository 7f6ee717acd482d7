"""`files.make_dir`, `make_dirs`, `sync_dir`, `remove`: exclusive, durable, typed."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runpact_core import files, runs
from runpact_core.errors import EnvironmentFailed, MissingArtifact, UsageFailure

if TYPE_CHECKING:
    from collections.abc import Callable

posix = pytest.mark.skipif(os.name == "nt", reason="links and modes of POSIX")


def synced(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that are fsynced from now on, in order."""
    seen: list[Path] = []
    monkeypatch.setattr(os, "fsync", lambda fd: seen.append(Path(f"/proc/self/fd/{fd}").resolve()))
    return seen


def failing_fsync(_: int) -> None:
    """An fsync that fails."""
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_a_folder_is_made_once(tmp_path: Path) -> None:
    """The first gets True, all others False: a loop over ids needs no exception."""
    assert [files.make_dir(tmp_path / "run") for _ in range(3)] == [True, False, False]
    assert (tmp_path / "run").is_dir()


@posix
@pytest.mark.parametrize("make", [Path.touch, lambda path: path.symlink_to("nowhere"), os.mkfifo])
def test_any_thing_of_that_name_takes_it(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """W-11: a file, a dangling link or a FIFO is not followed and not replaced."""
    make(tmp_path / "run")
    before = (tmp_path / "run").lstat()
    assert files.make_dir(tmp_path / "run") is False
    assert (tmp_path / "run").lstat().st_ino == before.st_ino


@pytest.mark.skipif(sys.platform != "linux", reason="the path of a descriptor is read from /proc")
def test_each_new_name_is_synced_in_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """make_dirs syncs the folder above each folder that it makes; those that were there are left alone."""
    seen = synced(monkeypatch)
    files.make_dirs(tmp_path / "a" / "b" / "c")
    assert seen == [tmp_path, tmp_path / "a", tmp_path / "a" / "b"]
    files.make_dirs(tmp_path / "a" / "b" / "c")
    assert len(seen) == 3
    files.make_dirs(f"{tmp_path}/a//d/")
    assert seen[3:] == [tmp_path / "a"]
    assert (tmp_path / "a" / "d").is_dir()


@pytest.mark.skipif(sys.platform != "linux", reason="the path of a descriptor is read from /proc")
def test_a_folder_that_another_makes_first_is_synced_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who loses the race does not go on before the winner's folder is durable."""
    seen = synced(monkeypatch)
    mkdir = os.mkdir

    def late(name: str, mode: int, *, dir_fd: int) -> None:
        mkdir(name, mode, dir_fd=dir_fd)
        mkdir(name, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "mkdir", late)
    files.make_dirs(tmp_path / "runs")
    assert seen == [tmp_path]


def test_relative_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths without a folder above them belong to the current one."""
    monkeypatch.chdir(tmp_path)
    files.make_dirs("reports/runs")
    assert files.make_dir("dash/") is True
    files.sync_dir("")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dash", "reports"]


def test_a_file_in_the_way(tmp_path: Path) -> None:
    """A part of the path, or its end, that is a file: an error that says so, and nothing is made."""
    (tmp_path / "file").write_bytes(b"1")
    for path in (tmp_path / "file", tmp_path / "file" / "runs"):
        with pytest.raises(EnvironmentFailed) as caught:
            files.make_dirs(path)
        assert caught.value.hint == "a part of the path is a file, not a folder"
    assert (tmp_path / "file").read_bytes() == b"1"


def test_a_dangling_link_in_the_way(tmp_path: Path) -> None:
    """It is called what it is, and nothing is made where it leads."""
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(EnvironmentFailed, match=r"^making the folder .*link: it is a dangling link$"):
        files.make_dirs(tmp_path / "link")
    assert not (tmp_path / "nowhere").exists()
    with pytest.raises(MissingArtifact) as caught:
        runs.ids(tmp_path / "link")
    assert caught.value.hint == "it is a dangling link"


def test_a_name_that_no_folder_can_have(tmp_path: Path) -> None:
    """NUL in a path is an error of usage."""
    with pytest.raises(UsageFailure):
        files.make_dirs(tmp_path / "a\0")


def test_a_folder_that_is_not_durable_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed fsync of the parent is an error, and leaves no folder behind."""
    monkeypatch.setattr(os, "fsync", failing_fsync)
    with pytest.raises(EnvironmentFailed, match="making the folder"):
        files.make_dir(tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_remove(tmp_path: Path) -> None:
    """True the first time, False when there is nothing left to remove."""
    (tmp_path / "open.json").write_bytes(b"1")
    assert [files.remove(tmp_path / "open.json") for _ in range(2)] == [True, False]


@posix
def test_remove_takes_the_link_not_its_target(tmp_path: Path) -> None:
    """What a link leads to stays."""
    (tmp_path / "victim").write_bytes(b"1")
    (tmp_path / "link").symlink_to("victim")
    assert files.remove(tmp_path / "link") is True
    assert [path.name for path in tmp_path.iterdir()] == ["victim"]


def test_remove_does_not_remove_folders(tmp_path: Path) -> None:
    """A folder is an error and stays."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(EnvironmentFailed, match="removing "):
        files.remove(tmp_path / "folder")
    assert (tmp_path / "folder").is_dir()


def test_errors_of_a_sync_are_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """sync_dir of nothing, and of a folder that fails: EnvironmentFailed."""
    with pytest.raises(EnvironmentFailed, match="syncing the folder"):
        files.sync_dir(tmp_path / "absent")
    monkeypatch.setattr(os, "fsync", failing_fsync)
    with pytest.raises(EnvironmentFailed, match="syncing the folder"):
        files.sync_dir(tmp_path)


def test_a_failed_close_of_a_folder_is_no_loss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written through the handle of a folder: its close cannot fail an operation that was done."""
    close = os.close

    def failing(fd: int) -> None:
        close(fd)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, "close", failing)
        assert files.make_dir(tmp_path / "run") is True
    assert (tmp_path / "run").is_dir()


def test_importing_files_is_cheap() -> None:
    """No tempfile, no pathlib, no contextlib, no json: the wrapper starts with this module."""
    code = "import sys; import runpact_core.files; print(*sys.modules)"
    env = {**os.environ, "PYTHONPATH": str(Path(files.__file__).parent.parent)}
    command = [sys.executable, "-S", "-c", code]
    loaded = subprocess.run(command, env=env, capture_output=True, check=True, text=True).stdout.split()
    assert "runpact_core.files" in loaded
    assert not {"tempfile", "pathlib", "json", "random", "secrets", "subprocess"} & set(loaded)
