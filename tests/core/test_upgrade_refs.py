"""What holds the digest of a file keeps it as it is, in whatever form the digest is written."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from typing import TYPE_CHECKING

import pytest

from runpact_core import _upgrade_refs
from runpact_core._upgrade_refs import is_checksums, marks
from tests.core.upgrading import OLD, apply, outcomes, plan, put

if TYPE_CHECKING:
    from pathlib import Path

RAW = json.dumps(OLD).encode()


def hexed(name: str) -> str:
    """A digest of the document."""
    return hashlib.new(name, RAW).hexdigest()


def based(name: str) -> str:
    """The same in base64."""
    return base64.b64encode(hashlib.new(name, RAW).digest()).decode()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bag with one outdated document, in the current folder."""
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "bag/size/run.json", RAW)
    return tmp_path


LISTS = {
    "bag/size/SHA512SUMS": f"{hexed('sha512')}  run.json\n",
    "bag/size/MD5SUMS": f"{hexed('md5')} *run.json\r\n",
    "bag/size/SHA1SUMS": f"{hexed('sha1')}  ./run.json\n",
    "bag/size/B2SUMS": f"{hexed('blake2b')}  run.json\n",
    "bag/size/b256.b2": f"{hashlib.blake2b(RAW, digest_size=32).hexdigest()}\n",
    "bag/size/CHECKSUM": f"# run.json: 9 bytes\nSHA256 (run.json) = {hexed('sha256')}\n",
    "bag/size/x-1-x86_64-CHECKSUM": f"SHA512 (run.json) = {hexed('sha512')}\n",
    "bag/manifest-sha256.txt": f"{hexed('sha256')} size/run.json\n",
    "bag/tagmanifest-md5.txt": f"{'0' * 32}  size/run.json\n",
    "bag/x/all.sha256": f"{hexed('sha256')}  size/run.json\n",
    "bag/size/all.sha224": f"{hexed('sha224')}  ../../bag/size/run.json\n",
    "bag/size/run.json.sha384": hexed("sha384").upper(),
    "bag/package-lock.json": f'{{"integrity": "sha256-{based("sha256")}"}}',
    "bag/escaped.json": json.dumps({"sha512": based("sha512")}).replace("/", "\\/"),
    "bag/pinned.toml": f'hash = "{hexed("sha256")}"\n',
    "bag/notes.md": f"It was `{hexed('sha3_256')}`.\n",
    "bag/seen.py": f'MD5 = "{based("md5")}"\n',
    "bag/LICENSE": f"sha1:{based('sha1').rstrip('=')}",
    "bag/url.txt": f"?d=sha512-{based('sha512').replace('+', '-').replace('/', '_').rstrip('=')}&x",
    "bag/log": f"path/{hexed('sha1')}/x",
}


@pytest.mark.parametrize("name", LISTS)
def test_a_digest_in_any_form_keeps_the_file(name: str, folder: Path) -> None:
    """Lists of checksums of all kinds, lock files, prose, code: the line names who holds it."""
    put(folder / name, LISTS[name].encode())
    assert apply(plan("bag")) == {"bag/size/run.json": ("left", f"{name} holds its digest")}
    assert (folder / "bag/size/run.json").read_bytes() == RAW
    (folder / name).unlink()
    assert outcomes(plan("bag")) == {"bag/size/run.json": "planned"}


def test_every_algorithm_in_every_form(folder: Path) -> None:
    """Each digest that is made of a file is found as digits and in base64."""
    for digest in marks(RAW):
        for shown in (digest.hex(), base64.b64encode(digest).decode(), base64.urlsafe_b64encode(digest).decode()):
            put(folder / "bag/held.txt", f"<{shown}>".encode())
            assert outcomes(plan("bag")) == {"bag/size/run.json": "left"}, shown


@pytest.mark.parametrize(
    "text",
    [
        hexed("sha256") + "0",
        hexed("sha256")[:-1],
        f"{hexed('sha256')[:32]} {hexed('sha256')[32:]}",
        "a" * 300,
        based("sha256")[:-3],
    ],
)
def test_what_is_no_digest_of_it(text: str, folder: Path) -> None:
    """Other digits keep nothing."""
    put(folder / "bag/notes.txt", text.encode())
    assert outcomes(plan("bag")) == {"bag/size/run.json": "planned"}


def test_a_list_keeps_what_it_names_alone(folder: Path) -> None:
    """A line of a list whose file is there keeps that file; the same bytes elsewhere go up."""
    put(folder / "bag/copy/run.json", RAW)
    put(folder / "bag/MD5SUMS", f"{hexed('md5')}  copy/run.json\n".encode())
    assert outcomes(plan("bag")) == {"bag/copy/run.json": "left", "bag/size/run.json": "planned"}


@pytest.mark.skipif(os.name == "nt", reason="such names are POSIX's")
def test_a_name_that_a_list_escapes(folder: Path) -> None:
    """As `sha256sum` writes a name with a newline or a backslash in it."""
    put(folder / "bag/size/a\nb\\c.json", RAW)
    put(folder / "bag/size/SHA1SUMS", f"\\{'0' * 40}  a\\nb\\\\c.json\n".encode())
    assert outcomes(plan("bag")) == {"bag/size/a\nb\\c.json": "left", "bag/size/run.json": "planned"}


def test_a_list_of_a_form_that_is_not_known(folder: Path) -> None:
    """It is said, where something would be written; comments and signatures are no lines."""
    put(folder / "bag/size/all.sfv", b"; made by hand\nrun.json 1a2b3c4d\n")
    put(folder / "bag/size/SUMS", b"# nothing\n\n")
    said = "bag/size/all.sfv is a list of checksums of a form that is not known: look whether it names what changes"
    planned = plan("bag")
    assert (outcomes(planned), planned.notes) == ({"bag/size/run.json": "planned"}, (said,))
    (folder / "bag/size/run.json").unlink()
    assert plan("bag").notes == ()


@pytest.mark.parametrize("path", ["bag/size", "bag/size/run.json"])
def test_a_folder_that_is_called_like_a_list(path: str, folder: Path) -> None:
    """It is none: around what was named it holds nothing back."""
    (folder / "bag/SHA256SUMS").mkdir()
    (folder / "MD5SUMS").mkdir()
    planned = plan(path)
    assert (outcomes(planned), planned.notes) == ({"bag/size/run.json": "planned"}, ())


def test_what_is_no_text_is_not_looked_into(folder: Path) -> None:
    """Bytes with a zero are none; what is compressed is counted, once."""
    put(folder / "bag/picture", b"\0" + hexed("sha256").encode())
    put(folder / "bag/size/old.json.gz", b"\x1f\x8b\x08\x00" + hexed("sha256").encode())
    put(folder / "bag/size/all.jsonl", b"\x28\xb5\x2f\xfd\x00")
    planned = plan("bag/size/run.json", "bag")
    assert outcomes(planned) == {"bag/size/run.json": "planned"}
    assert planned.notes == ("compressed and compacted files that were not looked into: 2",)


def test_large_texts_around_are_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside of what was named, a text that is larger than the limit is not looked into; within, all are."""
    monkeypatch.setattr(_upgrade_refs, "_LARGEST", 1 << 10)
    put(folder / "bag/notes.txt", b" " * (1 << 10) + hexed("sha256").encode())
    planned = plan("bag/size")
    assert outcomes(planned) == {"bag/size/run.json": "planned"}
    assert planned.notes == ("bag/notes.txt is too large to be looked into for digests",)
    assert outcomes(plan("bag")) == {"bag/size/run.json": "left"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SHA256SUMS.asc", True),
        ("checksums.txt", True),
        ("a.json.SHA512", True),
        ("run.json.md5sum", True),
        ("manifest-blake2b.txt", True),
        ("x-1-x86_64-CHECKSUM", True),
        ("SHA256SUMS-1.0.old", False),
        ("checksum.py", False),
        ("manifest.json", False),
        ("summary.txt", False),
        ("sha256.py", False),
    ],
)
def test_names_of_lists(name: str, *, expected: bool) -> None:
    """As the common tools call them."""
    assert is_checksums(name) is expected
