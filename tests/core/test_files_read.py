"""`files.read_bytes`: regular files of bounded size, one state of them, never a wait (C-21)."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runpact_core import files
from runpact_core.errors import EnvironmentFailed, InvalidArtifact, MissingArtifact, UsageFailure

if TYPE_CHECKING:
    from collections.abc import Callable

posix = pytest.mark.skipif(os.name == "nt", reason="FIFOs, sockets, devices and links of POSIX")


@pytest.mark.parametrize("size", [0, 1, 100_000])
def test_the_whole_content(tmp_path: Path, size: int) -> None:
    """A file up to the limit, and exactly at it, is read whole."""
    (tmp_path / "f").write_bytes(b"x" * size)
    assert files.read_bytes(tmp_path / "f", limit=size) == b"x" * size


def test_a_file_over_the_limit_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One byte more than the limit is refused by its size, before a byte is read."""
    (tmp_path / "f").write_bytes(b"x" * 11)
    monkeypatch.setattr(os, "read", None)
    with pytest.raises(InvalidArtifact, match="11 bytes are more than the limit of 10") as caught:
        files.read_bytes(tmp_path / "f", limit=10)
    assert caught.value.path == str(tmp_path / "f")


def test_a_missing_file(tmp_path: Path) -> None:
    """No file, no folder above it, a dangling link: Missing artifact."""
    with pytest.raises(MissingArtifact) as caught:
        files.read_bytes(tmp_path / "no" / "run.json", limit=1)
    assert caught.value.what == f"Missing artifact: {tmp_path / 'no' / 'run.json'}"


def test_below_a_file(tmp_path: Path) -> None:
    """A folder that is a file is an error of the environment that says so."""
    (tmp_path / "f").write_bytes(b"")
    with pytest.raises((EnvironmentFailed, MissingArtifact)) as caught:
        files.read_bytes(tmp_path / "f" / "run.json", limit=1)
    assert os.name == "nt" or caught.value.hint == "a part of the path is a file, not a folder"


def test_a_name_with_nul(tmp_path: Path) -> None:
    """A name that no file can have is an error of usage."""
    with pytest.raises(UsageFailure):
        files.read_bytes(tmp_path / "a\0", limit=1)


@posix
def test_a_link_is_followed(tmp_path: Path) -> None:
    """Reading goes through links."""
    (tmp_path / "f").write_bytes(b"1")
    (tmp_path / "link").symlink_to("f")
    assert files.read_bytes(tmp_path / "link", limit=1) == b"1"


@posix
@pytest.mark.parametrize(("make", "kind"), [
    (os.mkdir, "a directory"),
    (getattr(os, "mkfifo", None), "a FIFO"),
    (lambda path: socket.socket(socket.AF_UNIX).bind(path), "a socket"),
    (lambda path: Path(path).symlink_to("/dev/zero"), "a device"),
])  # fmt: skip
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_what_is_no_regular_file_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[str], None], kind: str
) -> None:
    """C-21: a directory, a FIFO without a writer, a socket, an endless device: typed, and no hang."""
    monkeypatch.chdir(tmp_path)  # the name of a socket must be short
    make("run.json")
    with pytest.raises(InvalidArtifact, match=f"{kind} where a regular file should be"):
        files.read_bytes("run.json", limit=1000)


def during_the_read(monkeypatch: pytest.MonkeyPatch, change: Callable[[], object]) -> None:
    """Makes something happen after the first bytes were read."""
    read = os.read
    changes = [change]

    def reading(fd: int, size: int) -> bytes:
        data = read(fd, min(size, 4))
        while changes:
            changes.pop()()
        return data

    monkeypatch.setattr(os, "read", reading)


def test_a_file_that_is_read_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Short reads are put together."""
    (tmp_path / "f").write_bytes(b"0123456789")
    during_the_read(monkeypatch, lambda: None)
    assert files.read_bytes(tmp_path / "f", limit=10) == b"0123456789"


@pytest.mark.parametrize("content", [b"0123456789+", b"01234", b"", b"9876543210"])
def test_a_file_that_changes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """C-21: grown, shrunk, emptied, overwritten: an error that says so, never a mixture."""
    path = tmp_path / "f"
    path.write_bytes(b"0123456789")
    os.utime(path, ns=(1, 1))
    during_the_read(monkeypatch, lambda: path.write_bytes(content))
    with pytest.raises(InvalidArtifact, match="the file changed while it was read") as caught:
        files.read_bytes(path, limit=1000)
    assert caught.value.hint == "read it again"


@posix
@pytest.mark.parametrize("replaced", [True, False])
def test_a_file_that_is_replaced_or_removed_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, replaced: bool
) -> None:
    """C-21: the old content, whole."""
    path = tmp_path / "f"
    path.write_bytes(b"0123456789")
    during_the_read(monkeypatch, lambda: files.replace(path, b"new") if replaced else files.remove(path))
    assert files.read_bytes(path, limit=1000) == b"0123456789"
    assert path.exists() is replaced


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="/proc is Linux's")
def test_a_file_that_says_nothing_of_its_size() -> None:
    """A file of /proc has size 0 and content: an error, since its end cannot be told from a limit."""
    with pytest.raises(InvalidArtifact, match="changed while it was read"):
        files.read_bytes("/proc/self/status", limit=1000)


def test_an_error_of_the_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """EIO while reading is an error of the environment; the descriptor is closed."""

    def failing(_fd: int, _size: int) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    (tmp_path / "f").write_bytes(b"1")
    monkeypatch.setattr(os, "read", failing)
    with pytest.raises(EnvironmentFailed, match=os.strerror(errno.EIO)):
        files.read_bytes(tmp_path / "f", limit=1)


def test_a_file_that_cannot_be_looked_at_is_closed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failing `fstat` is an error of the environment, and leaves no descriptor open."""
    path = tmp_path / "run.json"
    path.write_bytes(b"{}")
    seen: list[int] = []

    def failing(fd: int) -> os.stat_result:
        seen.append(fd)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fstat", failing)
        with pytest.raises(EnvironmentFailed, match=r"reading .*run.json: Input/output error"):
            files.read_bytes(path, limit=10)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(seen[0])
