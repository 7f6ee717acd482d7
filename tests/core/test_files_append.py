"""`files.open_append`, `append`, `append_line`: one write each; a torn line swallows none (W-16, W-17)."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from runpact_core import files
from runpact_core.errors import EnvironmentFailed, Refused

posix = pytest.mark.skipif(os.name == "nt", reason="links and FIFOs of POSIX")


def test_bytes_go_to_the_end(tmp_path: Path) -> None:
    """A new file is made, an old one kept, and two who append see each other's bytes kept."""
    path = tmp_path / "run.log"
    one, two = files.open_append(path), files.open_append(path)
    files.append(one, b"a")
    files.append(two, b"b")
    files.append(one, b"")
    files.append(one, b"c")
    files.sync(one)
    files.close(one)
    files.close(two)
    assert path.read_bytes() == b"abc"


def test_one_record_is_one_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """W-17: line end of a torn line and the new line go out together."""
    path = tmp_path / "history.jsonl"
    path.write_bytes(b'{"a":3')
    fd = files.open_append(path)
    sizes = []
    write = os.write

    def counting(to: int, data: bytes) -> int:
        sizes.append(len(data))
        return write(to, data)

    monkeypatch.setattr(os, "write", counting)
    assert files.append_line(fd, b'{"b":1}\n') is True
    assert files.append_line(fd, b'{"c":1}\n') is False
    files.close(fd)
    assert sizes == [9, 8]
    assert path.read_bytes() == b'{"a":3\n{"b":1}\n{"c":1}\n'


@pytest.mark.skipif(os.name == "nt", reason="Windows has no locks")
def test_appenders_of_lines_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock is held from the look at the last byte to the end of the write: no half line seems torn."""
    path = tmp_path / "history.jsonl"
    fd, other = files.open_append(path), files.open_append(path)
    free = []
    write = os.write

    def watching(to: int, data: bytes) -> int:
        free.append(files.try_lock(other))
        return write(to, data)

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", watching)
        files.append_line(fd, b"1\n")
    assert free == [False]
    assert files.try_lock(other) is True
    files.close(fd)
    files.close(other)


def test_the_first_line_of_an_empty_file(tmp_path: Path) -> None:
    """Nothing is torn in a file that is empty."""
    fd = files.open_append(tmp_path / "history.jsonl")
    assert files.append_line(fd, b"1\n") is False
    files.close(fd)
    assert (tmp_path / "history.jsonl").read_bytes() == b"1\n"


def test_a_short_write_is_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system did not take at first is written after it."""
    fd = files.open_append(tmp_path / "log")
    write = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda to, data: write(to, data[:2]))
        files.append(fd, b"abcdefg")
    files.close(fd)
    assert (tmp_path / "log").read_bytes() == b"abcdefg"


APPEND = """
import sys
from runpact_core import files
path, who = sys.argv[1:]
fd = files.open_append(path)
for number in range(200):
    text = b"x" * 40 * number
    files.append_line(fd, b'{"who": %s, "number": %d, "text": "%s"}\\n' % (who.encode(), number, text))
"""


def test_many_appenders_lose_no_line(tmp_path: Path) -> None:
    """W-17: four processes, lines up to 8 KB: every line once, whole, in each one's order, no empty ones."""
    path = tmp_path / "history.jsonl"
    env = {**os.environ, "PYTHONPATH": str(Path(files.__file__).parent.parent)}
    running = [subprocess.Popen([sys.executable, "-S", "-c", APPEND, str(path), str(who)], env=env) for who in range(4)]
    assert [each.wait(60) for each in running] == [0] * 4
    records = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert len(records) == 800
    for who in range(4):
        assert [record["number"] for record in records if record["who"] == who] == list(range(200))


@posix
def test_a_link_or_a_fifo_is_refused(tmp_path: Path) -> None:
    """Only regular files are appended to; the victim of a link stays as it is."""
    victim = tmp_path / "victim"
    victim.write_bytes(b"1")
    (tmp_path / "link").symlink_to(victim)
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(Refused, match="a symbolic link"):
        files.open_append(tmp_path / "link")
    with pytest.raises(Refused, match="a FIFO"):
        files.open_append(tmp_path / "fifo")
    assert victim.read_bytes() == b"1"


def test_a_new_file_whose_folder_cannot_be_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of which the name is not durable is not handed out."""

    def failing(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(EnvironmentFailed, match="opening "):
        files.open_append(tmp_path / "log")


def test_errors_of_a_descriptor_are_ours() -> None:
    """sync, close, append and append_line of a descriptor that is none: EnvironmentFailed."""
    for call in (
        files.sync,
        files.close,
        lambda fd: files.append(fd, b"1"),
        lambda fd: files.append_line(fd, b"\n"),
    ):
        with pytest.raises(EnvironmentFailed) as caught:
            call(1_000_000)
        assert caught.value.cause.errno == errno.EBADF
