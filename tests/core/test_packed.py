"""Compressed lines: what was stored comes back, and a file that was cut or damaged is never taken for a whole one."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import os
import sys
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from runpact_core import _packed, jsonl
from runpact_core.errors import EnvironmentFailed, InvalidArtifact, MissingArtifact

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LINES = [b'{"n":%d}\n' % n for n in range(40)]
TEXT = b"".join(LINES)
CHECKED: dict[int, int] = {zstd.CompressionParameter.checksum_flag: 1}
SKIPPED = b"\x5f\x2a\x4d\x18\x05\0\0\0aside"
EMPTY = zstd.compress(b"")
ZIPPED = gzip.compress(TEXT, mtime=0)  # the time would make the name of a test another in each process
PACKED = zstd.compress(TEXT, options=CHECKED)
BROKEN = "is compressed, and broken after"


def found(path: Path, data: bytes) -> tuple[list[bytes], str | None]:
    """The lines of a file with these bytes, and what ended their reading, if anything did."""
    path.write_bytes(data)
    lines: list[bytes] = []
    try:
        with jsonl.opened(path) as file:
            while line := file.readline():
                lines.append(line)
    except InvalidArtifact as error:
        return lines, error.reason
    return lines, None


@pytest.mark.parametrize(
    ("data", "times"),
    [
        (TEXT, 1),
        (ZIPPED, 1),
        (gzip.compress(TEXT[:99], mtime=0) + gzip.compress(b"", mtime=0) + gzip.compress(TEXT[99:], mtime=0), 1),
        (PACKED, 1),
        (zstd.compress(TEXT[:99]) + zstd.compress(TEXT[99:]), 1),
        (EMPTY + PACKED + EMPTY + EMPTY + PACKED + EMPTY, 2),
        (SKIPPED + PACKED, 1),
        (PACKED + SKIPPED + SKIPPED + PACKED + SKIPPED, 2),
        (EMPTY, 0),
        (SKIPPED, 0),
        (gzip.compress(b"", mtime=0), 0),
        (b"", 0),
    ],
)
def test_what_was_stored_comes_back(data: bytes, times: int, tmp_path: Path) -> None:
    """Plain, gzip, Zstandard; members and frames in a row, empty ones, and those to be skipped, whatever the name."""
    assert found(tmp_path / "x", data) == (LINES * times, None)


@pytest.mark.parametrize("data", [ZIPPED, PACKED, SKIPPED + PACKED])
def test_a_cut_is_told_wherever_it_is(data: bytes, tmp_path: Path) -> None:
    """Every beginning of a file is an error, or a line that is no record: never a file of fewer lines."""
    boundary = len(SKIPPED) if data.startswith(SKIPPED) else 0
    for cut in range(1, len(data)):
        lines, error = found(tmp_path / "x", data[:cut])
        if cut == boundary:  # the frame before it is whole: nobody can see that there was another
            assert (lines, error) == ([], None)
        elif error is None:
            assert cut < 4
            assert [line.value for line in jsonl.iterate(tmp_path / "x")] == [None]
        else:
            assert lines == LINES[: len(lines)]
            assert BROKEN in error


@pytest.mark.parametrize("packed", [gzip.compress, zstd.compress])
def test_what_was_read_before_a_cut_is_given(packed: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """Of a long file that ends early most lines are read, then the error tells how much that was."""
    lines = [hashlib.sha512(b"%d" % n).hexdigest().encode() + b"\n" for n in range(10_000)]
    data = packed(b"".join(lines))
    got, error = found(tmp_path / "x", data[: len(data) * 3 // 4])
    assert got == lines[: len(got)]
    assert len(got) > 6000
    assert error is not None
    size = int(error.rpartition("broken after ")[2].split()[0])
    assert 0 <= size - sum(map(len, got)) < len(lines[0])


@pytest.mark.parametrize("data", [ZIPPED, PACKED])
def test_a_flipped_bit_never_changes_a_line(data: bytes, tmp_path: Path) -> None:
    """Each bit after the magic number: the same lines, or an error; gzip's time stamp and name are no content."""
    for place in range(4, len(data)):
        for bit in range(8):
            changed = bytearray(data)
            changed[place] ^= 1 << bit
            lines, error = found(tmp_path / "x", bytes(changed))
            assert error is not None or lines == LINES, (place, bit)


@pytest.mark.parametrize("more", [b"garbage", b"\x28", b"\0\0\0\0", b"\n", SKIPPED[:6], b"\x28\xb5\x2f\xfd"])
def test_what_follows_a_frame_and_is_none_is_told(more: bytes, tmp_path: Path) -> None:
    """The lines of the whole frame are given, then the error."""
    lines, error = found(tmp_path / "x", PACKED + more)
    assert lines == LINES
    assert error is not None
    assert f"{BROKEN} {len(TEXT)} bytes of content: " in error


def test_what_follows_a_member_of_gzip_is_told(tmp_path: Path) -> None:
    """Zeros are padding, as gzip itself has it; anything else is an error."""
    assert found(tmp_path / "x", ZIPPED + bytes(9)) == (LINES, None)
    lines, error = found(tmp_path / "x", ZIPPED + b"garbage")
    assert lines == LINES
    assert error == f"{tmp_path / 'x'} {BROKEN} {len(TEXT)} bytes of content: Not a gzipped file (b'ga')"


def test_a_frame_that_asks_for_too_much_memory_is_refused(tmp_path: Path) -> None:
    """A window of 256 MB is not made; one of 128 MB is read."""
    frame = b"\x28\xb5\x2f\xfd\0%c\x09\0\0a"  # its window, and one block of one byte
    assert found(tmp_path / "x", frame % 0x88) == ([b"a"], None)
    lines, error = found(tmp_path / "x", frame % 0x90)
    assert lines == []
    assert error is not None
    assert BROKEN in error


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What unpacks to a thousand times its size ends there, in little memory; below the free size nobody asks."""
    monkeypatch.setattr(_packed, "FREE", 1 << 20)
    bomb = zstd.compress(bytes(1 << 23))
    (tmp_path / "x").write_bytes(bomb)
    tracemalloc.start()
    try:
        with jsonl.opened(tmp_path / "x") as file, pytest.raises(InvalidArtifact) as caught:
            jsonl.pass_line(file, 1000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.reason == (
        f"{tmp_path / 'x'} is compressed, and broken after {(1 << 20) + _packed.PIECE} bytes of content: "
        "it unpacks to more than 1000 times its size"
    )
    assert caught.value.hint == "unpack it first, if you trust it"
    assert peak < 1_000_000
    (tmp_path / "x").write_bytes(zstd.compress(bytes(1 << 20)))
    with jsonl.opened(tmp_path / "x") as file:
        assert jsonl.pass_line(file) is False


def test_records_are_iterated_compressed(tmp_path: Path) -> None:
    """`iterate` numbers lines as in a plain file, and raises where what is compressed breaks off."""
    (tmp_path / "x").write_bytes(zstd.compress(b'{"n":1}\n\nx\n{"n":4}'))
    assert [(line.number, line.value) for line in jsonl.iterate(tmp_path / "x")] == [
        (1, {"n": 1}),
        (3, None),
        (4, {"n": 4}),
    ]
    (tmp_path / "x").write_bytes(gzip.compress(b'{"n":1}\n')[:-1])
    reading = jsonl.iterate(tmp_path / "x")
    assert next(reading).value == {"n": 1}
    with pytest.raises(InvalidArtifact, match=BROKEN):
        next(reading)


def test_whether_a_file_is_compressed_shows_in_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gzip and Zstandard are known; plain text, other forms, a short file and no file are not compressed."""
    path = tmp_path / "x.gz"
    said = []
    for data in (gzip.compress(b"", mtime=0), PACKED, SKIPPED, TEXT, bz2.compress(TEXT), b"\x28\xb5", b""):
        path.write_bytes(data)
        said.append(jsonl.is_compressed(path))
    assert said == [True, True, True, False, False, False, False]
    assert jsonl.is_compressed(tmp_path / "none") is False
    with pytest.raises(InvalidArtifact, match="a directory"):
        jsonl.is_compressed(tmp_path)
    fd = os.open(path, os.O_WRONLY)
    monkeypatch.setattr("runpact_core.files.open_read", lambda _: fd)
    with pytest.raises(EnvironmentFailed, match=r"^reading .*x\.gz: "):
        jsonl.is_compressed(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this platform has no FIFO")
def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    """Nothing there and a FIFO are errors at once; a descriptor is read in place of a path, and closed."""
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(InvalidArtifact, match="a FIFO"), jsonl.opened(tmp_path / "fifo"):
        pass
    with pytest.raises(MissingArtifact), jsonl.opened(tmp_path / "none"):
        pass
    (tmp_path / "x").write_bytes(PACKED)
    fd = os.open(tmp_path / "x", os.O_RDONLY)
    with jsonl.opened("shown", descriptor=fd) as file:
        assert file.readline() == LINES[0]
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(fd)
