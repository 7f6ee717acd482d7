"""The manifest is a cache: used only where it is exactly what a scan wrote, it changes nothing but the time taken."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runpact_core import documents
from runpact_gc import _columns, _folders, _manifest, _parallel
from runpact_gc._places import places
from runpact_gc._scan import inventory
from runpact_gc._settings import DEFAULTS
from tests.gc.scan_samples import NOW, dash_run, kinds, later, put, run, run_id, scanned

if TYPE_CHECKING:
    from collections.abc import Iterator

MANIFEST, BACKUP = Path("artifacts/.manifest.json"), Path("artifacts/.manifest.backup.json")
SETTINGS = DEFAULTS._replace(patterns={"proofs": ("**/proofs/*.md",)})
DIGESTS = SETTINGS._replace(extract_fields=("checksum_sha256",))


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the run folders that scans look at."""
    later(monkeypatch)
    found: list[str] = []
    real = _folders.look_at

    def look_at(handle, holder, name, asked, product):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - as the original
        found.append(name)
        return real(handle, holder, name, asked, product)

    monkeypatch.setattr(_folders, "look_at", look_at)
    return found


def _store() -> None:
    run(run_id())
    put(f"reports/runs/{run_id()}/artifacts/x")
    run(run_id(1), "failed")
    dash_run("kit", "r1", {"status": "success"})
    put("artifacts/proofs/run_20250906_143022.md")


def test_it_is_canonical_and_admitted() -> None:
    """What is written passes the strict gate, in canonical bytes, with a checksum over itself."""
    _store()
    scanned(SETTINGS)
    data = MANIFEST.read_bytes()
    document = json.loads(data)
    assert documents.validate("manifest", data, strict=True) == []
    assert documents.dumps(document) == data
    blanked = data.replace(document["checksum"].encode(), b"0" * 64)
    assert hashlib.sha256(blanked).hexdigest() == document["checksum"]


def test_a_rescan_looks_at_what_changed(looked: list[str]) -> None:
    """Runs in folders that did not change are not looked at; nested folders count, and so does a new name."""
    _store()
    first = scanned(SETTINGS)
    assert sorted(looked) == sorted([run_id(), run_id(1), "r1"])
    looked.clear()
    before = MANIFEST.stat()
    assert scanned(SETTINGS) == first
    assert looked == []
    assert MANIFEST.stat() == before
    put(f"reports/runs/{run_id()}/artifacts/y")
    run(run_id(2))
    assert len(scanned(SETTINGS).entries) == len(first.entries) + 1
    assert looked == [run_id(), run_id(2)]
    looked.clear()
    scanned(SETTINGS, force=True)
    assert len(looked) == 4


def test_times_set_back_hide_nothing(looked: list[str]) -> None:
    """A folder whose modification time was set back after a change is looked at again."""
    import os

    folder = run(run_id())
    scanned()
    looked.clear()
    before = folder.stat()
    put(folder / "more.txt")
    os.utime(folder, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert scanned().entries[0].file_count == 3
    assert looked == [run_id()]


def test_a_change_too_young_to_tell_is_looked_at_again(looked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What changed within two seconds of a scan may change again in the same tick of the clock: it is not trusted."""
    run(run_id())
    later(monkeypatch, 0)
    scanned()
    looked.clear()
    scanned()
    assert looked == [run_id()]


def test_the_backup_is_the_manifest_before() -> None:
    """The manifest before the newest change stays beside it."""
    run(run_id())
    scanned()
    before = MANIFEST.read_bytes()
    assert not BACKUP.exists()
    run(run_id(1))
    scanned()
    assert BACKUP.read_bytes() == before


def test_a_young_manifest_is_used_as_it_is() -> None:
    """Readers take a manifest younger than the interval; others, and who wants it fresh, look."""
    run(run_id())
    scanned()
    run(run_id(1))
    assert len(inventory(places(), DEFAULTS, now=NOW + 6 * 3600 - 1).entries) == 1
    assert inventory(places(), DEFAULTS, now=NOW + 100).scanned_s == NOW
    zero = DEFAULTS._replace(scan_interval_hours=0)
    assert len(inventory(places(), zero, now=NOW).entries) == 2
    run(run_id(2))
    assert len(inventory(places(), DEFAULTS, now=NOW, fresh=True).entries) == 3
    run(run_id(3))
    late = inventory(places(), DEFAULTS, now=NOW + 6 * 3600)
    assert (len(late.entries), late.scanned_s) == (4, NOW + 6 * 3600)
    assert len(inventory(places(), DEFAULTS, now=NOW - 1).entries) == 4


def test_a_scan_may_leave_no_trace(project: Path) -> None:
    """Nothing is written where that is not wanted, nor by a reader where there is no store."""
    run(run_id())
    assert len(scanned(save=False).entries) == 1
    assert len(inventory(places(), DEFAULTS, now=NOW).entries) == 1
    assert [path.name for path in project.iterdir()] == ["reports"]


def _flipped(data: bytes) -> Iterator[bytes]:
    for at in range(0, len(data), 97):
        yield data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_a_flipped_bit_or_a_torn_manifest_is_not_used(looked: list[str]) -> None:
    """Whatever bit is flipped, wherever it is torn: the scan finds what is there, and says that it looked anew."""
    _store()
    first = scanned(SETTINGS)
    data = MANIFEST.read_bytes()
    for broken in (*_flipped(data), data[:-1], data[: len(data) // 2], b"", b"null", data + b" "):
        MANIFEST.write_bytes(broken)
        looked.clear()
        found = scanned(SETTINGS, save=False)
        assert (found.entries, found.pointers) == (first.entries, first.pointers)
        assert kinds(found)[0] == ("manifest", "artifacts/.manifest.json", False)
        assert len(looked) == 3


def _signed(document: dict[str, object]) -> bytes:
    text = documents.dumps({**document, "checksum": "0" * 64})
    return text.replace(b"0" * 64, hashlib.sha256(text).hexdigest().encode(), 1)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"tool_version": "0.0.9"}, "another release wrote it"),
        ({"settings": "0" * 64}, "it was made with another configuration"),
        ({"schema_version": "2.0"}, "another release wrote it"),
        ({"folders": [{}]}, "it is not what a scan writes"),
        ({"folders": 1}, "it is not what a scan writes"),
        ({"scanned_utc": "never"}, "it is not what a scan writes"),
    ],
)
def test_a_manifest_of_others_is_not_used(change: dict[str, object], why: str) -> None:
    """A manifest of another release, another configuration or another form is ignored, with a note."""
    _store()
    first = scanned()
    MANIFEST.write_bytes(_signed({**json.loads(MANIFEST.read_bytes()), **change}))
    found = scanned()
    assert [finding.message for finding in found.findings if finding.kind == "manifest"] == [
        f"the manifest is not used: {why}; everything was looked at anew"
    ]
    assert found.entries == first.entries
    assert [finding for finding in scanned().findings if finding.kind == "manifest"] == []


@pytest.mark.parametrize("column", ["statuses", "ids", "inodes", "sizes_bytes", "live"])
def test_columns_of_different_lengths_are_refused(column: str) -> None:
    """A column that lacks a value makes the whole manifest useless, never a run somebody else's."""
    run(run_id())
    run(run_id(1))
    scanned()
    document = json.loads(MANIFEST.read_bytes())
    said = document["folders"][0][column]
    document["folders"][0][column] = said.split(" ")[0] if " " in said else said[: len(said) // 2]
    MANIFEST.write_bytes(_signed(document))
    memory, note = _manifest.load(places(), DEFAULTS)
    assert (memory, note) == (None, "the manifest is not used: it is not what a scan writes")


def test_a_manifest_that_is_no_file_is_not_used() -> None:
    """A folder in its place costs a scan, for readers."""
    run(run_id())
    MANIFEST.mkdir(parents=True)
    found = inventory(places(), DEFAULTS, now=NOW)
    assert len(found.entries) == 1
    assert kinds(found)[0][:2] == ("manifest", "artifacts/.manifest.json")


def test_who_wrote_meanwhile_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scan that another overtook does not put its older view in place."""
    run(run_id())
    scanned()
    real = _parallel.Looker.__call__

    def meanwhile(self, holder, handle, names, product):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - as the original
        MANIFEST.write_text("newer", encoding="utf-8")
        return real(self, holder, handle, names, product)

    monkeypatch.setattr(_parallel.Looker, "__call__", meanwhile)
    scanned()
    assert MANIFEST.read_text(encoding="utf-8") == "newer"


def test_digests_are_taken_once(monkeypatch: pytest.MonkeyPatch, looked: list[str]) -> None:
    """With digests asked for, every file has one, and keeps it as long as size and time stay."""
    from runpact_gc import _checksums

    _store()
    asked: list[str] = []
    real = _checksums.digests

    def digests(root, files, **more):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN003, ANN202 - as the original
        listed = list(files)
        asked.extend(path for path, _ in listed)
        return real(root, listed, **more)

    monkeypatch.setattr(_checksums, "digests", digests)
    first = scanned(DIGESTS)
    for entry in first.entries:
        assert len(entry.files) == entry.file_count
        for file in entry.files:
            assert file.sha256 == hashlib.sha256(Path(file.path).read_bytes()).hexdigest()
    assert len(asked) == sum(entry.file_count for entry in first.entries)
    asked.clear()
    assert scanned(DIGESTS) == first
    assert asked == []
    put("artifacts/proofs/run_20250906_143022.md", "other")
    put(f"reports/runs/{run_id()}/new.txt")
    scanned(DIGESTS)
    assert asked == [f"reports/runs/{run_id()}/new.txt", "artifacts/proofs/run_20250906_143022.md"]
    assert looked


def test_odd_texts_come_back() -> None:
    """Names with half characters and backslashes are said in a document, and come back as they were."""
    for text in ("", "a\\b", "\udcff", "\\udcff", "x\\\\\ud800y", "\u00e9\n"):
        assert _columns.plain(_columns.written(text)) == text
        _columns.written(text).encode()
