"""Lists of checksums that are compressed, in another encoding, or links: they are read, or nothing is written."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import json
import os
from typing import TYPE_CHECKING

import pytest
from backports import zstd

from runpact_core import _upgrade_refs
from tests.core.upgrading import OLD, outcomes, plan, put

if TYPE_CHECKING:
    from pathlib import Path

RAW = json.dumps(OLD).encode()
MD5, SHA512 = (hashlib.new(name, RAW).hexdigest() for name in ("md5", "sha512"))
LINE = f"{MD5}  size/run.json\n"
posix = pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bag with one outdated document, in the current folder."""
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "bag/size/run.json", RAW)
    return tmp_path


def held_by(name: str, *paths: str) -> None:
    """The document is left, since that file holds its digest."""
    (entry,) = plan(*(paths or ("bag",))).entries
    assert (entry.outcome, entry.message, entry.exit_code) == ("left", f"{name} holds its digest", 0)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bag/MD5SUMS.gz", gzip.compress(LINE.encode())),
        ("bag/size/run.json.md5.zst", zstd.compress(f"{MD5} *run.json\n".encode())),
        ("bag/manifest-md5.txt.gz", gzip.compress(LINE.encode("utf-16"))),
        ("bag/md5sums.GZ", f"{MD5}\n".encode()),
    ],
)
def test_a_compressed_list_is_read(name: str, content: bytes, folder: Path) -> None:
    """By what is in it, not by its name."""
    put(folder / name, content)
    held_by(name)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-16-le", "utf-32", "utf-32-be"])
@pytest.mark.parametrize("name", ["bag/MD5SUMS", "bag/notes.json"])
def test_a_text_of_another_encoding_is_read(name: str, encoding: str, folder: Path) -> None:
    """As some shells write what a command prints; where no mark says which, a list and what should be a document."""
    put(folder / name, f"{SHA512}  elsewhere/run.json\n".encode(encoding))
    (entry,) = [one for one in plan("bag").entries if one.path == "bag/size/run.json"]
    assert (entry.outcome, entry.message) == ("left", f"{name} holds its digest")


@pytest.mark.parametrize(("encoding", "width"), [("utf-16", 2), ("utf-32", 4)])
def test_so_is_any_other_text_that_says_which(encoding: str, width: int, folder: Path) -> None:
    """Also where its digest lies across two pieces of it, of a MiB each."""
    put(folder / "bag/log.txt", f"{' ' * ((1 << 20) // width - 127)}{SHA512}".encode(encoding))
    held_by("bag/log.txt")


def test_names_in_it_are_read(folder: Path) -> None:
    """A line of a list in UTF-16 keeps what it names, whatever its digest, and nothing else."""
    put(folder / "bag/größe/run.json", RAW)
    put(folder / "bag/SHA1SUMS", f"{'0' * 40}  größe/run.json\r\n".encode("utf-16"))
    assert outcomes(plan("bag")) == {"bag/größe/run.json": "left", "bag/size/run.json": "planned"}


@posix
@pytest.mark.parametrize("path", ["bag", "bag/size", "bag/size/run.json"])
def test_a_list_that_is_a_link_is_read(path: str, folder: Path) -> None:
    """From wherever the upgrade begins; names in it are those beside the link."""
    put(folder / "lists/of-the-bag", f"{'0' * 32}  size/run.json\n".encode())
    (folder / "bag/MD5SUMS").symlink_to(folder / "lists/of-the-bag")
    held_by("bag/MD5SUMS", path)
    assert plan(path).notes == ()


@posix
@pytest.mark.parametrize("path", ["bag", "bag/size"])
def test_a_link_to_nothing_may_hold_anything(path: str, folder: Path) -> None:
    """Such as one to a share that is not mounted: nothing is written, and the command ends with 4."""
    (folder / "bag/MD5SUMS").symlink_to(folder / "share/MD5SUMS")
    planned = plan(path)
    (entry,) = planned.entries
    assert (entry.outcome, entry.exit_code) == ("left", 4)
    assert entry.message == "bag/MD5SUMS may hold its digest, and cannot be read"
    (note,) = planned.notes
    assert note.startswith("it is not known which digests bag/MD5SUMS holds: Missing artifact: ")


@posix
def test_a_link_to_a_folder_is_no_list(folder: Path) -> None:
    """As a folder of such a name is none."""
    (folder / "bag/MD5SUMS").symlink_to(folder / "bag/size")
    assert outcomes(plan("bag")) == {"bag/size/run.json": "planned"}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (bz2.compress(LINE.encode()), "it is compressed in a way that is not read here: expand it"),
        (gzip.compress(LINE.encode())[:-9], "is compressed, and broken after"),
        (gzip.compress(b"\n" * 4097), "it unpacks to more than the limit of 4096 bytes"),
    ],
)
def test_a_list_that_cannot_be_unpacked_may_hold_anything(
    content: bytes, why: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compressed in another way, broken, too large: nothing is written, and the note says why."""
    monkeypatch.setattr(_upgrade_refs, "_LARGEST", 4096)
    put(folder / "bag/MD5SUMS.x", b"")
    put(folder / "bag/MD5SUMS.gz", content)
    planned = plan("bag")
    assert [(one.outcome, one.exit_code) for one in planned.entries] == [("left", 4)]
    (note,) = planned.notes
    assert note.startswith("it is not known which digests bag/MD5SUMS.gz holds: ")
    assert why in note
