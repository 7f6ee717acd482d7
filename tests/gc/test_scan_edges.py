"""Rare things under a scan: other file systems, odd documents, files that cannot be read, a project that is gone."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from runpact_core import files
from runpact_core.errors import EnvironmentFailed
from runpact_gc import _checksums, _grouping
from runpact_gc._places import places
from runpact_gc._scan import look_again, scan
from runpact_gc._settings import DEFAULTS, StatusRule
from tests.gc.scan_samples import NOW, by_path, dash_run, kinds, later, old, put, run, run_id, scanned

GLOB = DEFAULTS._replace(patterns={"md": ("**/*.jsonl",)})


def _mounted(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Let listings say that these names lie on another file system."""
    real = files.listing

    def listing(handle: files.Handle, path: str = "") -> files.Listing:
        found = real(handle, path)
        other = os.stat_result([*found.status[:2], found.status.st_dev + 1, *found.status[3:]])
        return files.Listing(path, found.status, [(name, other if name in names else s) for name, s in found.members])

    monkeypatch.setattr(files, "listing", listing)
    monkeypatch.setattr("runpact_core._walk.listing", listing)


def test_another_file_system_in_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that something is mounted in is said and left alone; so is what is mounted beside runs."""
    run(run_id())
    put(f"reports/runs/{run_id()}/mount/x")
    run(run_id(1))
    run(run_id(2))
    put("a/x.jsonl")
    put("mount/x.jsonl")
    _mounted(monkeypatch, "mount", run_id(2))
    found = scanned(GLOB)
    old("a")
    assert [entry.path for entry in found.entries] == ["a/x.jsonl", f"reports/runs/{run_id(1)}"]
    assert [each for each in kinds(found) if each[0] == "other-file-system"] == [
        ("other-file-system", "mount", False),
        ("other-file-system", f"reports/runs/{run_id()}/mount", False),
        ("other-file-system", f"reports/runs/{run_id(2)}", False),
    ]


def test_family_and_id_of_documents_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What only a document says comes back from the manifest, and so does that it says nothing."""
    run("renamed", "success", run_id=run_id(), pipeline_id="nightly")
    put("reports/runs/nameless/run.json", {"status": "success"})
    dash_run("kit", "back\\slash", {"status": "success"})
    later(monkeypatch)
    first = scanned()
    assert {(entry.family, entry.run_id) for entry in first.entries} == {
        ("nightly", run_id()), ("unknown", None), ("kit", "back\\slash"),
    }  # fmt: skip
    assert scanned() == first


def test_a_run_of_thousands_of_folders_is_looked_at_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where remembering the folders of a run costs more than looking, it is not done."""
    folder = run(run_id())
    for number in range(400):
        put(folder / ("n" * 200 + str(number)) / "x")
    later(monkeypatch)
    assert scanned().entries[0].file_count == 402
    assert Path("artifacts/.manifest.json").stat().st_size < 10_000
    put(folder / ("n" * 200 + "7") / "y")
    assert scanned().entries[0].file_count == 403


@pytest.mark.parametrize(
    ("content", "source", "status"),
    [
        ('{"a": "ok"}', "document", "pass"), ("{", "document", "unknown"), ("", "first_line", "unknown"),
        ('\n{"a": "failed"}\n{"a": "ok"}\n', "first_line", "fail"), ('{"a": "odd"}', "document", "unknown"),
    ],
)  # fmt: skip
def test_status_of_contents(content: str, source: str, status: str) -> None:
    """What the content does not say stays unknown, and never breaks a scan."""
    put("a/x.jsonl", content)
    rule = StatusRule(files=("**/*.jsonl",), field="/a", source=source)  # type: ignore[arg-type]  # one of the three words
    assert [entry.status for entry in scanned(GLOB._replace(status={"md": rule})).entries] == [status]


def test_what_says_the_status_vanishes_or_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is gone says nothing; one that cannot be read blocks."""
    put("a/x.jsonl", '{"a": "ok"}')
    settings = GLOB._replace(status={"md": StatusRule(files=("a/*",), field="/a")})
    (entry,) = scanned(settings).entries
    root = files.open_folder(".")
    assert isinstance(root, int)
    shutil.rmtree("a")
    assert _grouping.entry_of(root, settings, "md", "a/x.jsonl", list(entry.files)).status == "unknown"
    assert look_again(places(), settings, entry, NOW) is None
    files.close_folder(root)
    put("a/x.jsonl", '{"a": "ok"}')

    def refusing(*_: object, **__: object) -> bytes:
        raise EnvironmentFailed("reading", PermissionError(13, "no"))

    monkeypatch.setattr(files, "open_read", refusing)
    found = scan(places(), settings, now=NOW, force=True, save=False)
    assert kinds(found) == [("unreadable", "a/x.jsonl", True)]


def test_links_that_patterns_match() -> None:
    """A link or a FIFO that a pattern matches is said, and belongs to no entry."""
    put("a/x.jsonl")
    Path("a/y.jsonl").symlink_to("x.jsonl")
    os.mkfifo("a/z.jsonl")
    old("a")
    found = scanned(GLOB)
    assert list(by_path(found)) == ["a/x.jsonl"]
    assert kinds(found) == [("link", "a/y.jsonl", False), ("special", "a/z.jsonl", False)]


def test_digests_that_cannot_be_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be read blocks; one that changes meanwhile has no digest yet."""
    put("a/x.jsonl")
    put("a/y.jsonl")
    real = _checksums.digests

    def digests(root, listed, **more):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN003, ANN202 - as the original
        for each in real(root, listed, **more):
            yield each._replace(problem="unreadable" if each.path.endswith("x.jsonl") else "changed", message="no")

    monkeypatch.setattr(_checksums, "digests", digests)
    found = scanned(GLOB._replace(extract_fields=("checksum_sha256",)))
    assert [finding.path for finding in found.findings if finding.blocks] == ["a/x.jsonl"]
    assert [file.sha256 for entry in found.entries for file in entry.files] == [None, None]


def test_a_project_that_is_gone() -> None:
    """Where the project went meanwhile, there is nothing."""
    Path("p").mkdir()
    where = places("p")
    run(run_id())
    (entry,) = scanned().entries
    Path("p").rmdir()
    assert scan(where, DEFAULTS, now=NOW, save=False).entries == ()
    assert look_again(where, DEFAULTS, entry, NOW) is None
    assert look_again(places(store="x"), DEFAULTS, entry._replace(path="gone/x"), NOW) is None
