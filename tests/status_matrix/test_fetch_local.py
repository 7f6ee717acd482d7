"""Reports on this machine: ``file:`` URLs and folders."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any

import pytest

from runpact_status_matrix import _source
from runpact_status_matrix._model import Failed, Fetched
from runpact_status_matrix._policy import Settings
from tests.status_matrix.fetching import REPORT, runner
from tests.status_matrix.hostile_server import ASSET

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = hashlib.sha256(REPORT).hexdigest()


@pytest.fixture
def folder(project: Path) -> Path:
    """A folder with a report."""
    made = project / "status" / "rust"
    made.mkdir(parents=True)
    (made / ASSET).write_bytes(REPORT)
    return made


def ask(project: Path, kind: str, url: str, asset: str = ASSET, **limits: Any) -> Fetched | Failed:
    """What a local source gives."""
    return _source.fetch(runner(url, kind, asset), Settings(root=str(project), **limits))


def places(project: Path, folder: Path) -> list[tuple[str, str]]:
    """Every way to say where the report is."""
    absolute = (folder / ASSET).as_uri()
    return [
        ("folder", "status/rust"),
        ("folder", str(folder)),
        ("file", absolute),
        ("file", absolute.replace("file://", "file://localhost")),
        ("file", f"file:status/rust/{ASSET}"),
        ("file", absolute.replace("rust", "%72ust")),
    ]


def test_a_report_is_read_from_where_it_lies(project: Path, folder: Path) -> None:
    """A folder or a URL, whole or from the project; without a digest beside, the log says that there was none."""
    for kind, url in places(project, folder):
        found = ask(project, kind, url)
        assert found == Fetched(REPORT, DIGEST, url, None, None, None, ("the source names no digest",))


def test_a_digest_can_be_required(project: Path, folder: Path) -> None:
    """A report whose source says no digest is refused then; one that has it is taken."""
    for kind, url in places(project, folder):
        found = ask(project, kind, url, require_digest=True)
        assert isinstance(found, Failed)
        assert (found.failure, found.details) == ("checksum-mismatch", {"sha256": DIGEST})
        assert found.message == "the source says no digest of the report, and one is required"
    (folder / f"{ASSET}.sha256").write_text(f"{DIGEST}  {ASSET}\n")
    for kind, url in places(project, folder):
        assert isinstance(ask(project, kind, url, require_digest=True), Fetched)


def test_a_checksum_beside_it_counts(project: Path, folder: Path) -> None:
    """The right one is said, any other is a mismatch with what was seen, and so is one that cannot be read."""
    beside = folder / f"{ASSET}.sha256"
    for kind, url in places(project, folder):
        beside.write_text(f"{DIGEST}  {ASSET}\n")
        assert ask(project, kind, url) == Fetched(REPORT, DIGEST, url, None, None, "checksum-asset")
        beside.write_text(f"{'0' * 64}  {ASSET}\n")
        found = ask(project, kind, url)
        assert isinstance(found, Failed)
        assert found.failure == "checksum-mismatch"
        assert found.details == {"expected": "0" * 64, "sha256": DIGEST, "digest_from": "checksum-asset"}
        for text in (f"{DIGEST}  other.json\n", DIGEST, "x" * 70_000):
            beside.write_text(text)
            assert getattr(ask(project, kind, url), "failure", None) == "checksum-mismatch"
    beside.unlink()
    beside.symlink_to("nothing")
    assert getattr(ask(project, "folder", "status/rust"), "failure", None) == "checksum-mismatch"


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_is_not_there_is_missing(project: Path, kind: str) -> None:
    """No folder, no file."""
    url = "status/go" if kind == "folder" else f"file:status/go/{ASSET}"
    found = ask(project, kind, url)
    assert found == Failed("missing-status-asset", "there is no such file", url)


def test_only_regular_files_are_read(project: Path, folder: Path) -> None:
    """A folder or a FIFO under the name is no report, and nobody waits for one."""
    for make in (os.mkdir, os.mkfifo):
        place = folder / make.__name__
        make(place)
        assert getattr(ask(project, "folder", "status/rust", place.name), "failure", None) == "missing-status-asset"
        assert getattr(ask(project, "file", place.as_uri()), "failure", None) == "missing-status-asset"


def test_a_link_out_of_a_folder_is_refused(project: Path, folder: Path) -> None:
    """Inside it, links are as good as files; the folder itself may be one."""
    (project / "secret.json").write_text("{}")
    (folder / "out.json").symlink_to(project / "secret.json")
    (folder / "in.json").symlink_to(ASSET)
    (folder / "loop.json").symlink_to("loop.json")
    (project / "linked").symlink_to(folder)
    found = ask(project, "folder", "status/rust", "out.json")
    assert found == Failed("missing-status-asset", "it is a link that leads out of its folder", "status/rust")
    assert getattr(ask(project, "folder", "linked", "in.json"), "data", None) == REPORT
    assert isinstance(ask(project, "folder", "status/rust", "loop.json"), Failed)


@pytest.mark.parametrize("asset", ["../secret.json", "/etc/passwd", "..", ".", "", "a/b"])
def test_the_name_of_a_report_leads_nowhere(project: Path, folder: Path, asset: str) -> None:
    """It is one name in the folder."""
    (folder.parent / "secret.json").write_text("{}")
    assert getattr(ask(project, "folder", "status/rust", asset), "failure", None) == "missing-status-asset"


@pytest.mark.parametrize(
    "url",
    ["file://other/x", "file:///x?y", "file:///x#y", "file:", "http://x/y", "x", "file://[::1/x", "file:///a%00b"],
)
def test_a_url_that_names_no_file_here_is_refused(project: Path, url: str) -> None:
    """Another host, a query, another scheme, a name that no file can have."""
    assert getattr(ask(project, "file", url), "failure", None) in {"missing-status-asset", "connection-failed"}


def test_a_report_that_is_too_large_is_not_read(project: Path, folder: Path) -> None:
    """The limit is the last size that is read."""
    for kind, url in places(project, folder):
        assert isinstance(ask(project, kind, url, max_bytes=len(REPORT)), Fetched)
        found = ask(project, kind, url, max_bytes=len(REPORT) - 1)
        assert getattr(found, "failure", None) == "too-large"


def test_a_file_that_cannot_be_read_says_why(project: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's reason, as a failure of the connection."""

    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    found = ask(project, "folder", "status/rust")
    assert (getattr(found, "failure", None), "Permission denied" in str(found)) == ("connection-failed", True)
