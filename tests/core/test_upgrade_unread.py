"""Upgrades where something cannot be read: nothing is written that it might refer to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import _upgrade_tree, files
from runpact_core.errors import EnvironmentFailed, MissingArtifact
from tests.core.upgrading import SMALL, outcomes, plan, put

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as the current one."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def test_what_is_unreadable_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which digests it holds is not known, so what it may refer to is left; that is refused for safety."""
    put(folder / "a.json")
    put(folder / "b/run.json", b"{")
    put(folder / "c.txt", {"a": 1})
    put(folder / "d/run.json")
    real = files.open_read

    def read(path: str, **more: Any) -> int:
        if os.fspath(path).endswith(("a.json", "SUMS")):
            raise EnvironmentFailed(f"reading {path}", PermissionError(13, "Permission denied"))
        return real(path, **more)

    def whole(path: str, *, limit: int, at: Any = None) -> bytes:
        with os.fdopen(read(path, at=at), "rb") as file:
            return file.read(limit)

    monkeypatch.setattr(files, "open_read", read)
    monkeypatch.setattr(files, "read_bytes", whole)
    put(folder / "SUMS", b"")
    planned = plan()
    assert [(each.path, each.outcome, each.exit_code) for each in planned.entries] == [
        ("a.json", "unreadable", 3),
        ("b/run.json", "unreadable", 1),
        ("d/run.json", "left", 4),
    ]
    assert planned.entries[2].message == "SUMS may hold its digest, and cannot be read"
    assert outcomes(plan("d")) == {"d/run.json": "left"}
    unknown = "it is not known which digests {} holds: reading {}: Permission denied"
    assert planned.notes == (unknown.format("SUMS", "SUMS"), unknown.format("a.json", "a.json"))
    (entry,) = plan("c.txt").entries
    assert (entry.outcome, entry.message) == ("unreadable", "no contract fits it: name one, with --contract")


def test_a_disk_that_fails_while_a_large_file_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error of the system is ours, and said."""
    monkeypatch.setattr(_upgrade_tree, "LARGEST", SMALL)
    put(folder / "run.json")
    put(folder / "big.json", b" " * (SMALL + 1))
    real = files.open_read
    writing = os.open(folder / "out", os.O_WRONLY | os.O_CREAT)  # a descriptor that nothing can be read from
    monkeypatch.setattr(
        files, "open_read", lambda name, **at: os.dup(writing) if name == "big.json" else real(name, **at)
    )
    planned = plan("big.json", ".")
    os.close(writing)
    assert planned.notes == ("it is not known which digests big.json holds: reading big.json: Bad file descriptor",)


def test_folders_around_that_cannot_be_listed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep nothing, and are named: of the folders above, much may be none of our business."""
    put(folder / "a/run.json")
    real = files.open_folder

    def opened(root: Any, path: str = "") -> Any:
        if str(root).endswith(".."):
            raise EnvironmentFailed(f"opening the folder {root}", PermissionError(13, "Permission denied"))
        return real(root, path)

    monkeypatch.setattr(files, "open_folder", opened)
    planned = plan("a")
    assert outcomes(planned) == {"a/run.json": "planned"}
    assert planned.notes == tuple(
        f"what files there refer to is not known: opening the folder a/{up}: Permission denied"
        for up in ("..", "../..")
    )


def test_folders_that_go_while_they_are_walked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold nothing any more; a file that was named is missing then."""
    put(folder / "a/run.json")
    real = files.open_folder
    monkeypatch.setattr(files, "open_folder", lambda root, path="": None if path == "a" else real(root, path))
    assert plan().entries == ()
    monkeypatch.setattr(files, "open_folder", lambda *_: None)
    with pytest.raises(MissingArtifact):
        plan("a/run.json")
