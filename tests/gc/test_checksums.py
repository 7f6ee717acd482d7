"""Digests of many files: each once, in order, by handles; what cannot be read is a result."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from runpact_core import files
from runpact_gc import _checksums

if TYPE_CHECKING:
    from pathlib import Path


def read(project: Path, *wanted: tuple[str, int], buffer: int = 4096, workers: int = 2) -> list[_checksums.Digest]:
    """The digests of some files of the project."""
    root = files.open_folder(project)
    assert root is not None
    try:
        return list(_checksums.digests(root, wanted, workers=workers, buffer_bytes=buffer))
    finally:
        files.close_folder(root)


@pytest.mark.parametrize("buffer", [1, 7, 4096, 1 << 20])
def test_digests_are_those_of_hashlib(buffer: int, project: Path) -> None:
    """For sizes around that of the buffer, in the order asked for, with any number of workers."""
    sizes = [0, 1, 6, 7, 8, 4095, 4096, 4097, 70_000]
    for number, size in enumerate(sizes):
        (project / f"d{number % 3}").mkdir(exist_ok=True)
        (project / f"d{number % 3}" / f"{number}").write_bytes(bytes([number]) * size)
    wanted = [(f"d{number % 3}/{number}", size) for number, size in enumerate(sizes)]
    for workers in (1, 4):
        found = read(project, *wanted, buffer=buffer, workers=workers)
        assert [each.path for each in found] == [path for path, _ in wanted]
        assert [each.sha256 for each in found] == [
            hashlib.sha256((project / path).read_bytes()).hexdigest() for path, _ in wanted
        ]
        assert [each.size_bytes for each in found] == sizes


def test_what_is_no_file_is_said(project: Path) -> None:
    """Missing files, links on any part of the way, FIFOs and folders give no digest and stop nothing."""
    (project / "real").mkdir()
    (project / "real" / "file").write_text("x")
    (project / "link").symlink_to("real")
    (project / "alias").symlink_to("real/file")
    os.mkfifo(project / "fifo")
    names = ["gone", "gone/too", "link/file", "alias", "fifo", "real", "real/file"]
    found = read(project, *((name, 1) for name in names))
    assert [each.problem for each in found] == [
        "missing", "missing", "missing", "not-a-file", "not-a-file", "not-a-file", "",
    ]  # fmt: skip


def test_a_file_that_grows_while_it_is_read_has_no_digest(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Size and times before and after are compared."""
    (project / "file").write_bytes(b"x" * 10_000)
    real = _checksums.of_descriptor

    def grows(fd: int, buffer: bytearray) -> str:
        with (project / "file").open("ab") as file:
            file.write(b"more")
        return real(fd, buffer)

    monkeypatch.setattr(_checksums, "of_descriptor", grows)
    (found,) = read(project, ("file", 10_000))
    assert (found.problem, found.sha256) == ("changed", "")


def test_progress_is_told_and_work_can_be_left(project: Path) -> None:
    """How many files and bytes are done; who stops early leaves no thread that goes on."""
    for number in range(200):
        (project / f"{number:03}").write_bytes(b"x" * 10)
    told: list[tuple[int, int]] = []
    root = files.open_folder(project)
    assert root is not None
    wanted = [(f"{number:03}", 10) for number in range(200)]
    many = _checksums.digests(root, wanted, workers=2, buffer_bytes=64, progress=lambda *done: told.append(done))
    assert len(list(many)) == 200
    assert told[-1] == (200, 2000)
    some = _checksums.digests(root, wanted, workers=2, buffer_bytes=64)
    assert next(some).path == "000"
    some.close()  # type: ignore[attr-defined]  # an iterator that is a generator
    files.close_folder(root)
