"""What cannot be read blocks, and leaves the manifest as it was; what changes under a scan never breaks it."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runpact_core.errors import InvalidArtifact, RunpactError, UsageFailure
from runpact_gc import _parallel
from runpact_gc._places import places
from runpact_gc._scan import inventory, look_again, scan
from runpact_gc._settings import DEFAULTS
from runpact_gc.errors import PartialScan
from tests.gc.scan_samples import NOW, dash_run, kinds, later, put, run, run_id, scanned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runpact_gc._model import Inventory

MANIFEST = Path("artifacts/.manifest.json")


def _blocked(found: Inventory) -> list[str]:
    return [finding.path for finding in found.findings if finding.blocks]


@contextmanager
def _nobody() -> Iterator[None]:
    """Be somebody whom permissions hold, where we are not."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("mode", [0o000, 0o400, 0o100])
@pytest.mark.parametrize("where", ["reports/runs", "dash/runs/kit", f"reports/runs/{run_id()}/sub", "x"])
def test_an_unreadable_folder_blocks(project: Path, where: str, mode: int) -> None:
    """A folder that cannot be listed or entered is named, no plan can be made, and the manifest stays."""
    settings = DEFAULTS._replace(patterns={"x": ("x/*.md",)})
    run(run_id())
    dash_run("kit", "r1", {"status": "success"})
    for name in ("x/y.md", f"reports/runs/{run_id()}/sub/z"):
        put(name)
    scanned(settings)
    before = MANIFEST.read_bytes()
    for above in (project, *project.parents[:3]):
        above.chmod(above.stat().st_mode | 0o555)
    Path(where).chmod(mode)
    try:
        with _nobody():
            found = scanned(settings, force=True)
    finally:
        Path(where).chmod(0o755)
    assert len(_blocked(found)) >= 1
    assert MANIFEST.read_bytes() == before


@pytest.mark.parametrize("content", ["", "{", "[]", '{"status": "success"', '"x"', "[" * 100_000])
def test_a_broken_seal_blocks(content: str) -> None:
    """A run whose run.json is no JSON object cannot be judged, so it cannot be protected."""
    put(run(run_id()) / "run.json", content)
    found = scanned()
    assert kinds(found) == [("unreadable", f"reports/runs/{run_id()}", True)]
    assert found.findings[0].message == "Invalid artifact: run.json: it is no JSON object"
    assert not MANIFEST.exists()


@pytest.mark.parametrize("name", ["run.json", "last_run.json"])
def test_a_seal_that_is_no_file_blocks(name: str) -> None:
    """A link, a FIFO or a folder in place of a document is never opened, and blocks where it is no folder."""
    folder = dash_run("kit", "r1")
    put("outside.json", {"status": "success"})
    (folder / name).symlink_to("../../../../outside.json")
    assert _blocked(scanned()) == ["dash/runs/kit/r1"]
    (folder / name).unlink()
    os.mkfifo(folder / name)
    assert _blocked(scanned()) == ["dash/runs/kit/r1"]


def test_a_broken_product_blocks() -> None:
    """Where the newest report cannot be read, what it points to is not known."""
    dash_run("kit", "r1", {"status": "success"})
    put("dash/runs/kit/last_run.json", "{")
    found = scanned()
    assert _blocked(found) == ["dash/runs/kit/last_run.json"]
    with pytest.raises(InvalidArtifact, match="it is no JSON object"):
        look_again(places(), DEFAULTS, found.entries[0], NOW)


def test_an_error_while_listing_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that ends in an error is no shorter folder."""
    run(run_id())
    real = os.scandir

    class Failing:
        def __init__(self, at: int) -> None:
            self._found = real(at)

        def __enter__(self) -> Iterator[os.DirEntry[str]]:
            return iter(self)

        def __exit__(self, *_: object) -> None:
            self._found.close()

        def __iter__(self) -> Iterator[os.DirEntry[str]]:
            yield next(self._found)
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "scandir", Failing)
    found = scanned()
    assert _blocked(found) == ["reports/runs"]
    assert found.findings[0].message == "listing the folder reports/runs: Input/output error"


def test_looking_again_at_what_broke() -> None:
    """An entry that cannot be judged any more is an error, not an entry."""
    folder = run(run_id())
    (entry,) = scanned().entries
    put(folder / "run.json", "{")
    with pytest.raises(PartialScan):
        look_again(places(), DEFAULTS, entry, NOW)


def test_what_vanishes_while_it_is_scanned(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that goes, or becomes a file or a link, between listing and looking is not there."""
    for number in range(4):
        run(run_id(number))
    real = _parallel.Looker.__call__

    def meanwhile(self, holder, handle, names, product):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - as the original
        Path("reports/runs", run_id(0)).rename("gone")
        Path("reports/runs", run_id(1)).rename("gone1")
        put(f"reports/runs/{run_id(1)}", "a file")
        Path("reports/runs", run_id(2)).rename("gone2")
        Path("reports/runs", run_id(2)).symlink_to("../../gone2")
        return real(self, holder, handle, names, product)

    with monkeypatch.context() as patched:
        patched.setattr(_parallel.Looker, "__call__", meanwhile)
        assert [entry.run_id for entry in scanned().entries] == [run_id(3)]
    assert [entry.run_id for entry in scanned().entries] == [run_id(3)]


def test_places_outside_the_project() -> None:
    """What lies outside the project is not scanned."""
    with pytest.raises(UsageFailure, match="lies outside the project"):
        scan(places(runs="/"), DEFAULTS, now=NOW)


def test_an_empty_project() -> None:
    """Where there is nothing, nothing is found."""
    found = scanned()
    assert (found.entries, found.pointers, found.findings) == ((), (), ())


def test_a_manifest_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scan says that it could not be remembered; what was asked for by a reader comes all the same."""
    run(run_id())
    put("artifacts/x")
    MANIFEST.mkdir()
    later(monkeypatch)
    with pytest.raises(RunpactError, match="directory"):
        scanned()
    assert len(inventory(places(), DEFAULTS, now=NOW).entries) == 1
