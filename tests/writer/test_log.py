"""The log: bytes as they come, lines of our own on lines of their own, and nothing lost in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runpact_core import files
from runpact_core.errors import EnvironmentFailed, Refused
from runpact_writer._log import RunLog

if TYPE_CHECKING:
    from pathlib import Path


def failing(*_: object) -> None:
    """A disk that refuses."""
    raise EnvironmentFailed("appending", OSError(28, "No space left on device"))


def test_bytes_and_lines(project: Path) -> None:
    """A line never continues what a command left open, and its number counts line feeds."""
    log = RunLog(project / "run.log")
    assert log.line("one") == 1
    log.write(b"\r50%\r100%")
    assert log.line("two") == 3
    log.write(b"a\nb\n\n")
    assert log.line("\udcff") == 7
    log.close()
    content = b"one\n\r50%\r100%\ntwo\na\nb\n\n\\udcff\n"
    assert (project / "run.log").read_bytes() == content
    assert log.counted() == {"lines": 7, "size_bytes": len(content)}
    assert log.failure is None


def test_what_could_not_be_written_is_counted(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the first failure nothing more is written, so that no gap looks like a whole log."""
    log = RunLog(project / "run.log")
    log.line("one")
    with monkeypatch.context() as patch:
        patch.setattr(files, "append", failing)
        log.write(b"12")
    log.write(b"345\n")
    log.close()
    assert (project / "run.log").read_bytes() == b"one\n"
    assert log.counted() == {"lines": 1, "size_bytes": 4, "omitted_bytes": 6}
    assert str(log.failure) == "appending: No space left on device"


def test_a_disk_that_takes_a_part(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in the file is counted as it is, to the byte, and the rest as missing."""
    log = RunLog(project / "run.log")
    log.line("one")
    real = files.append

    def half(fd: int, data: bytes) -> None:
        real(fd, data[:4])
        failing()

    monkeypatch.setattr(files, "append", half)
    log.write(b"a\nb\nc\nd\n")
    assert (project / "run.log").read_bytes() == b"one\na\nb\n"
    assert log.counted() == {"lines": 3, "size_bytes": 8, "omitted_bytes": 4}
    log.close()


def test_a_log_that_somebody_closed(project: Path) -> None:
    """A descriptor that is gone is a failure like any other: counted, and raised nowhere."""
    log = RunLog(project / "run.log")
    log.release()
    log.write(b"12")
    log.close()
    assert log.counted() == {"lines": 0, "size_bytes": 0, "omitted_bytes": 2}
    assert "Bad file descriptor" in str(log.failure)


@pytest.mark.parametrize("before", [False, True])
def test_a_failed_sync_is_kept(project: Path, monkeypatch: pytest.MonkeyPatch, *, before: bool) -> None:
    """Closing raises nothing; the first failure is the one that is told."""
    log = RunLog(project / "run.log")
    if before:
        log.failure = Refused("earlier")
    monkeypatch.setattr(files, "sync", failing)
    log.close()
    assert str(log.failure) == ("earlier" if before else "appending: No space left on device")


def test_a_name_that_is_taken(project: Path) -> None:
    """W-11: a link under the log's name is refused, and its target is not touched."""
    (project / "victim").write_text("mine")
    (project / "run.log").symlink_to(project / "victim")
    with pytest.raises(Refused):
        RunLog(project / "run.log")
    assert (project / "victim").read_text() == "mine"


@pytest.mark.parametrize(
    ("text", "wanted", "kept"),
    [
        (b"x" * 99 + b"\n", 1000, 9000),
        (b"x" * 99 + b"\n", 1001, 8900),
        (b"y" * 9900 + b"\n", 1000, 8901),
        (b"x" * 99 + b"\n", 9500, 10_000),
    ],
)
def test_room_for_something_else(text: bytes, wanted: int, kept: int, tmp_path: Path) -> None:
    """The end goes, whole lines where one ends nearby, and is counted; a log too short for that stays whole."""
    log = RunLog(tmp_path / "run.log")
    data = (text * 100)[:9901] if text[:1] == b"y" else text * 100
    log.write(data)
    cut = log.shorten(wanted)
    assert (cut, log.size_bytes, log.omitted_bytes) == (len(data) - kept, kept, cut)
    assert (tmp_path / "run.log").read_bytes() == data[:kept]
    assert log.lines == data[:kept].count(b"\n")
    assert log.settle() == []
    log.write(b"more\n")
    log.close()
    assert (tmp_path / "run.log").read_bytes() == data[:kept] + b"more\n"


def test_a_log_that_cannot_be_cut(tmp_path: Path) -> None:
    """It is as it was."""
    log = RunLog(tmp_path / "run.log")
    log.write(b"x" * 9999)
    log.release()
    assert (log.shorten(100), log.size_bytes, log.omitted_bytes) == (0, 9999, 0)
