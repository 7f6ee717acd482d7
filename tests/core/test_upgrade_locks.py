"""An upgrade and those who change the same folders keep out of each other's way, by the locks that these have."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import _locks, files
from runpact_core._upgrade_locks import Locks
from runpact_core._upgrade_tree import apply as carried_out
from runpact_core.errors import EnvironmentFailed, Refused
from tests.core.upgrading import ANY, OLD, apply, plan, put

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there are no locks: nobody is kept out")

RUN = "reports/runs/20260119T061512Z__a__0000000/run.json"
REPORT = "dash/runs/shop/20260119T061512Z__shop__0000000/run.json"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two outdated documents and a store, in the current folder."""
    root = tmp_path / "project"
    for path in (RUN, REPORT):
        put(root / path)
    put(root / "artifacts/.lock", b"elsewhere, process 7, long ago\n")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def busy(project: Path) -> Iterator[int]:
    """The store while gc changes it."""
    fd = files.hold(project / "artifacts/.lock")
    yield fd
    files.close(fd)


@pytest.mark.parametrize("path", [".", RUN, REPORT, "dash/runs/shop", "reports/runs"])
def test_a_store_that_changes_is_not_upgraded(path: str, project: Path, busy: int) -> None:
    """Nothing is written from wherever the upgrade began; when gc has ended, it goes on."""
    planned = plan(path)
    with pytest.raises(Refused, match="artifacts is in use by another process"):
        list(carried_out(planned, ANY, wait_s=0))
    for each in (RUN, REPORT):
        assert (project / each).read_bytes() == put(project / "same.json", OLD)
    _locks.unlock(busy)
    assert {outcome for outcome, _ in apply(planned).values()} == {"upgraded"}


def test_the_store_is_held_until_the_last_file(project: Path) -> None:
    """Who asks is told by whom; it is free afterwards, also where the upgrade was given up."""
    done = carried_out(plan("dash", "reports"), ANY)
    next(done)
    assert files.is_locked("artifacts/.lock") is True
    assert (project / "artifacts/.lock").read_text(encoding="utf-8").endswith(f", process {os.getpid()}\n")
    done.close()
    assert files.is_locked("artifacts/.lock") is False
    assert len(list(carried_out(plan("."), ANY))) == 1
    assert files.is_locked("artifacts/.lock") is False


@pytest.mark.parametrize("sign", [".manifest.json", ".pins.json", ".trash"])
def test_a_store_of_another_name(sign: str, project: Path) -> None:
    """A folder in which gc has kept its files is one, whatever it is called; another folder's lock is not gc's."""
    put(project / "old/runs/a/run.json")
    put(project / "old/.lock", b"")
    with Locks(["old/runs/a/run.json"], 0):
        assert files.is_locked("old/.lock") is False
    put(project / "old" / sign, b"")
    with Locks(["old/runs/a/run.json"], 0):
        assert files.is_locked("old/.lock") is True
        assert files.is_locked("artifacts/.lock") is True


def test_a_product_is_held_while_its_file_is_written(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of the file and the one above; those who publish reports wait that long."""
    put(project / "dash/runs/shop/.lock", b"")
    put(project / "dash/runs/shop/run.json")
    put(project / "dash/.lock", b"")
    real, held = files.replace, []

    def replace(path: str, *words: Any, **more: Any) -> None:
        held.append((path, files.is_locked("dash/runs/shop/.lock"), files.is_locked("dash/.lock")))
        real(path, *words, **more)

    monkeypatch.setattr(files, "replace", replace)
    assert {outcome for outcome, _ in apply(plan("dash")).values()} == {"upgraded"}
    assert held == [(REPORT, True, False), ("dash/runs/shop/run.json", True, False)]
    assert files.is_locked("dash/runs/shop/.lock") is False


def test_a_file_whose_folder_is_held_for_long_is_left(project: Path) -> None:
    """It fails alone, and ends the command with 4; the others are upgraded."""
    put(project / "dash/runs/shop/.lock", b"")
    fd = files.hold(project / "dash/runs/shop/.lock")
    try:
        done = {each.path: each for each in carried_out(plan("."), ANY, wait_s=0)}
    finally:
        files.close(fd)
    assert (done[REPORT].outcome, done[REPORT].exit_code) == ("failed", 4)
    assert done[REPORT].message.startswith(f"{project.resolve()}/dash/runs/shop is in use by another process")
    assert done[RUN].outcome == "upgraded"


def test_a_lock_is_taken_once(project: Path) -> None:
    """A file right in a store does not wait for the upgrade itself."""
    put(project / "artifacts/run.json")
    put(project / "artifacts/x/run.json")
    done = list(carried_out(plan("artifacts"), ANY, wait_s=0))
    assert [each.outcome for each in done] == ["upgraded", "upgraded"]


def test_no_lock_is_made(project: Path) -> None:
    """Where nobody has locked a folder, it gets no file more; a folder called so is no lock."""
    (project / "artifacts/.lock").unlink()
    (project / "reports/runs/.lock").mkdir()
    assert {outcome for outcome, _ in apply(plan(".")).values()} == {"upgraded"}
    assert [path.name for path in project.rglob(".lock")] == [".lock"]


def test_a_lock_that_cannot_be_opened(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether gc changes the store cannot be known: nothing is written, and what was held is let go."""
    put(project / "reports/.manifest.json", b"{}")
    put(project / "reports/.lock", b"")
    real = files.hold

    def hold(path: str, *, wait_s: float) -> int:
        if path.endswith("reports/.lock"):
            raise EnvironmentFailed(f"opening {path}", PermissionError(13, "Permission denied"))
        return real(path, wait_s=wait_s)

    monkeypatch.setattr(files, "hold", hold)
    with pytest.raises(EnvironmentFailed, match="Permission denied"):
        list(carried_out(plan("."), ANY))
    assert files.is_locked("artifacts/.lock") is False
    assert (project / RUN).read_bytes() == put(project / "same.json", OLD)
