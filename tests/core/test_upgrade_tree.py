"""Upgrades of trees: planned first, written one by one, safe for what refers to a file and for who writes one."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import _upgrade_tree, documents, files, jsonl
from runpact_core._upgrade_one import Wanted
from runpact_core.errors import MissingArtifact, Refused
from tests.core.samples import sample
from tests.core.upgrading import ANY, HERE, NEW, OLD, SMALL, apply, outcomes, plan, put, sums

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

posix = pytest.mark.skipif(os.name == "nt", reason="links, modes and FIFOs of POSIX")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as the current one."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def test_a_tree_is_planned_then_upgraded(folder: Path) -> None:
    """Planning writes nothing; applying writes what was planned and nothing else; then all is newest."""
    put(folder / "reports/runs/a/run.json")
    put(folder / "reports/runs/a/checks.json", sample("checks/0.1/none"))
    put(folder / "reports/runs/b/run.json", NEW)
    put(folder / "dash/runs/p/last_run.json", sample("last_run/0.1/tests-passed"))
    put(folder / "package.json", {"name": "x"})
    put(folder / "run.log", b"words\n")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    planned = plan()
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert [each[:5] for each in planned.entries] == [
        ("dash/runs/p/last_run.json", "planned", "last_run", "0.1", "0.2"),
        ("reports/runs/a/checks.json", "planned", "checks", "0.1", "0.2"),
        ("reports/runs/a/run.json", "planned", "run", "0.1", "0.2"),
    ]
    assert (planned.files, planned.newest, planned.other, planned.is_outdated()) == (6, 1, 2, True)
    assert set(apply(planned).values()) == {("upgraded", "")}
    assert documents.read("last_run", folder / "dash/runs/p/last_run.json").data["duration_ms"] == 323000
    assert (folder / "reports/runs/a/run.json").read_bytes() == documents.dumps(NEW)
    changed = {each.path for each in planned.entries}
    assert {path: raw for path, raw in before.items() if str(path.relative_to(folder)) not in changed} == {
        path: path.read_bytes() for path in before if str(path.relative_to(folder)) not in changed
    }
    again = plan()
    assert (again.entries, again.newest, again.is_outdated()) == ((), 4, False)


@pytest.mark.parametrize("path", [".", "./", "reports", "reports/", "reports/run.json", "/"])
def test_paths_are_told_as_they_were_reached(path: str, folder: Path) -> None:
    """Relative or absolute, with a slash or without."""
    put(folder / "reports/run.json")
    given = str(folder) if path == "/" else path
    expected = f"{folder}/reports/run.json" if path == "/" else "reports/run.json"
    assert outcomes(plan(given, given)) == {expected: "planned"}


@posix
@pytest.mark.parametrize("mode", [0o600, 0o664, 0o444, 0o755])
def test_the_mode_is_kept(mode: int, folder: Path) -> None:
    """W-11: whatever the umask is."""
    put(folder / "run.json")
    (folder / "run.json").chmod(mode)
    old = os.umask(0o077)
    try:
        assert apply(plan()) == {"run.json": ("upgraded", "")}
    finally:
        os.umask(old)
    assert stat.S_IMODE((folder / "run.json").stat().st_mode) == mode


def test_what_refers_to_a_file_keeps_it(folder: Path) -> None:
    """By a list of checksums in the folder above, or by a digest in any document; the same bytes elsewhere go up."""
    raw = put(folder / "dash/runs/p/r/evidence/run.json")
    sums(folder / "dash/runs/p/r", **{"evidence/run.json": raw})
    put(folder / "reports/runs/a/run.json")
    other = put(folder / "reports/runs/b/run.json", {**OLD, "zz": 1})
    put(folder / "notes/seen.json", {"what": {"we": ["saw", hashlib.sha256(other).hexdigest().upper()]}})
    done = apply(plan())
    assert done == {
        "dash/runs/p/r/evidence/run.json": ("left", "dash/runs/p/r/SHA256SUMS holds its digest"),
        "reports/runs/a/run.json": ("upgraded", ""),
        "reports/runs/b/run.json": ("left", "notes/seen.json holds its digest"),
    }
    assert (folder / "dash/runs/p/r/evidence/run.json").read_bytes() == raw
    assert plan().is_outdated()


@pytest.mark.parametrize("path", ["r/evidence/run.json", "r/evidence", "r/evidence/"])
def test_what_refers_to_it_from_outside_of_what_was_named(path: str, folder: Path) -> None:
    """The folders around a file or folder that is named are looked into; so is a digest without a name beside it."""
    raw = put(folder / "r/evidence/run.json")
    sums(folder / "r", **{"evidence/run.json": raw})
    assert outcomes(plan(path)) == {"r/evidence/run.json": "left"}
    assert plan(path).entries[0].message == "r/SHA256SUMS holds its digest"
    (folder / "r/SHA256SUMS").unlink()
    assert outcomes(plan(path)) == {"r/evidence/run.json": "planned"}
    put(folder / "r/evidence/run.json.sha256", hashlib.sha256(raw).hexdigest().encode())
    assert outcomes(plan(path)) == {"r/evidence/run.json": "left"}
    (folder / "r/evidence/run.json.sha256").unlink()
    put(folder / "seen.json", {"sha256": hashlib.sha256(raw).hexdigest()})  # two folders above: anybody's
    assert outcomes(plan(path)) == {"r/evidence/run.json": "planned"}
    put(folder / "r/seen.json", {"sha256": hashlib.sha256(raw).hexdigest()})
    assert outcomes(plan(path)) == {"r/evidence/run.json": "left"}


def test_a_reference_in_a_large_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too large for a document is searched piece by piece; a digest across two pieces is found."""
    monkeypatch.setattr(_upgrade_tree, "LARGEST", SMALL)
    raw = put(folder / "run.json")
    digest = hashlib.sha256(raw).hexdigest().encode()
    put(folder / "big.json", b" " * ((1 << 20) - 30) + digest + b" " * 99)
    planned = plan()
    assert outcomes(planned) == {"run.json": "left"}
    assert planned.other == 1
    put(folder / "big.json", b" " * (1 << 20) + b"f" + digest + b" " * 99)
    assert outcomes(plan()) == {"run.json": "planned"}  # 65 digits are no digest
    assert outcomes(plan("big.json")) == {"big.json": "unreadable"}


def test_the_manifest_is_a_cache(folder: Path) -> None:
    """Its digests keep nothing; a note says who makes it anew."""
    raw = put(folder / "artifacts/run.json")
    put(folder / "artifacts/.manifest.json", {"files": [hashlib.sha256(raw).hexdigest()]})
    planned = plan()
    assert outcomes(planned) == {"artifacts/run.json": "planned"}
    assert planned.notes == ("artifacts/.manifest.json is a cache: artifacts scan takes up what changes",)
    assert outcomes(plan("artifacts/run.json")) == {"artifacts/run.json": "planned"}


@posix
def test_a_live_run_is_left_alone(folder: Path) -> None:
    """With all that is in its folder, whatever was named, as long as its lock is held."""
    put(folder / "runs/a/artifacts/run.json")
    put(folder / "runs/a/checks.json", sample("checks/0.1/none"))
    put(folder / "runs/b/run.json")
    lock = files.replace_locked(folder / "runs/a/open.json", json.dumps(sample("open_run/1.0/minimal")).encode())
    try:
        for path in (".", "runs", "runs/a", "runs/a/artifacts", "runs/a/checks.json", "runs/a/artifacts/run.json"):
            planned = plan(path)
            live = [each for each in planned.entries if each.outcome == "live"]
            assert [(each.path, each.message) for each in live] == [("runs/a", "a run is being recorded in it")]
            assert not any(each.path.startswith("runs/a/") for each in planned.entries)
        assert outcomes(plan()) == {"runs/a": "live", "runs/b/run.json": "planned"}
        put(folder / "runs/a/run.json")  # sealed, and its recorder not yet gone
        assert outcomes(plan())["runs/a"] == "live"
    finally:
        files.close(lock)
    assert outcomes(plan("runs/a")) == dict.fromkeys(
        ("runs/a/artifacts/run.json", "runs/a/checks.json", "runs/a/run.json"), "planned"
    )


def test_a_run_that_another_machine_records(folder: Path) -> None:
    """Its lock cannot be asked from here, so it is left alone for a day; an interrupted run of ours is not live."""
    away = {"name": "elsewhere", "boot_id": "boot-2"}
    data = sample("open_run/1.0/minimal", started_utc="2026-01-19T06:15:12Z")
    put(folder / "a/checks.json", sample("checks/0.1/none"))
    put(folder / "a/open.json", {**data, "host": {**data["host"], **away}})
    assert outcomes(plan()) == {"a": "live"}
    put(folder / "a/open.json", {**data, "host": {**data["host"], "name": HERE.name, "boot_id": "boot-1"}})
    assert outcomes(plan()) == {"a/checks.json": "planned"}


def test_a_run_of_which_nothing_is_known(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the lock cannot be looked at, the folder is left alone; where it went just now, it is not live."""
    put(folder / "a/checks.json", sample("checks/0.1/none"))
    (folder / "a/open.json").mkdir()
    (entry,) = plan().entries
    assert (entry.path, entry.outcome) == ("a", "live")
    assert entry.message.startswith("whether a run is being recorded in it is not known: ")

    def gone(path: str, **_: object) -> bool:
        raise MissingArtifact(path)

    monkeypatch.setattr(files, "is_locked", gone)
    assert outcomes(plan()) == {"a/checks.json": "planned"}


@posix
def test_no_link_is_followed(folder: Path, tmp_path: Path) -> None:
    """Links in a tree are counted; a file that is one is not read; a folder may be reached through one."""
    put(tmp_path / "elsewhere/run.json")
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    (folder / "run.json").symlink_to(tmp_path / "elsewhere/run.json")
    planned = plan()
    assert (planned.entries, planned.notes) == ((), ("symbolic links that were not followed: 2",))
    (entry,) = plan("run.json").entries
    assert (entry.outcome, entry.message, entry.exit_code) == (
        "unreadable",
        "it is no regular file, and links are not followed",
        1,
    )
    assert apply(plan("linked")) == {"linked/run.json": ("upgraded", "")}


@posix
def test_a_fifo_is_not_waited_for(folder: Path) -> None:
    """What is no regular file is passed over in a tree."""
    os.mkfifo(folder / "run.json")
    assert (plan().entries, plan().files) == ((), 0)
    assert outcomes(plan("run.json")) == {"run.json": "unreadable"}


def test_what_is_put_away_stays(folder: Path) -> None:
    """The trash and what Git holds are not entered; a path in the trash is refused."""
    put(folder / "artifacts/.trash/x/run.json")
    put(folder / ".git/run.json")
    planned = plan()
    assert planned.entries == ()
    assert planned.notes == (".git was not entered", "artifacts/.trash was not entered")
    with pytest.raises(Refused, match=r"^artifacts/\.trash/x lies in a trash, which holds what was put there$"):
        plan("artifacts/.trash/x")


@pytest.mark.parametrize("path", ["", "nowhere", "run.json/", "a\0b", "run.json/x"])
def test_what_is_not_there(path: str, folder: Path) -> None:
    """Is an error, before anything is written."""
    put(folder / "run.json")
    with pytest.raises(MissingArtifact):
        plan(path)


def test_a_mount_is_not_entered(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies on another file system is named."""
    put(folder / "run.json")
    real = files.walk

    def walk(handle: Any, path: str = "") -> Iterator[files.Listing]:
        for each in real(handle, path):
            each.elsewhere = ["mnt"]
            yield each

    monkeypatch.setattr(files, "walk", walk)
    assert plan().notes == ("mnt is on another file system",)


def test_a_file_that_changed_or_went_is_not_written(folder: Path) -> None:
    """Between plan and write: it is left as it then is, and the others are upgraded."""
    for name in ("a.json", "b.json", "c.json", "d.jsonl"):
        put(folder / name, json.dumps(OLD).encode() + b"\n")
    planned = plan()
    put(folder / "a.json", {**OLD, "zz": 1})
    (folder / "b.json").unlink()
    (folder / "d.jsonl").unlink()
    entries = list(_upgrade_tree.apply(planned, ANY))
    assert [(each.path, each.outcome, each.message, each.exit_code) for each in entries] == [
        ("a.json", "failed", "it changed since it was looked at", 4),
        ("b.json", "failed", "Missing artifact: b.json", 1),
        ("c.json", "upgraded", "", 0),
        ("d.jsonl", "failed", "Missing artifact: d.jsonl", 1),
    ]
    assert sorted(path.name for path in folder.iterdir()) == ["a.json", "c.json"]
    assert json.loads((folder / "a.json").read_bytes()) == {**OLD, "zz": 1}


def test_lines_that_are_appended_meanwhile_stay(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock of the lines is held while they are replaced, and who appended to the old file appends again."""
    path = folder / "all.jsonl"
    put(path, json.dumps(OLD).encode() + b"\n")
    real = files.replace

    def replace(target: str, data: bytes, **more: Any) -> None:
        assert files.is_locked(target) is not False
        real(target, data, **more)

    monkeypatch.setattr(files, "replace", replace)
    waiting = files.open_append(path)  # an appender that had opened the file before
    assert apply(plan()) == {"all.jsonl": ("upgraded", "")}
    assert not os.path.samestat(os.fstat(waiting), path.stat())  # by which `jsonl.append` knows
    files.close(waiting)
    jsonl.append(path, {"a": 1})
    assert [line.value for line in jsonl.iterate(path)] == [NEW, {"a": 1}]


def test_the_contract_that_was_named_is_remembered(folder: Path) -> None:
    """A file that no contract would be found for is written as what it was said to be."""
    put(folder / "x.txt")
    wanted = Wanted("run", "0.2")
    assert apply(plan("x.txt", wanted=wanted), wanted) == {"x.txt": ("upgraded", "")}
    assert (folder / "x.txt").read_bytes() == documents.dumps(NEW)


def test_each_file_is_looked_at_once(folder: Path) -> None:
    """By however many ways it is reached; what is named is so also where its folder is."""
    put(folder / "a/run.json")
    put(folder / "a/b/checks.json", sample("checks/0.1/none"))
    put(folder / "a/x.json", {"a": 1})
    (folder / "a/.git").mkdir()
    planned = plan("a", "a/x.json", "a/../a", "a/b", "./a/b/", "a/./x.json")
    assert outcomes(planned) == {
        "a/b/checks.json": "planned",
        "a/run.json": "planned",
        "a/x.json": "unreadable",
    }
    assert (planned.files, planned.newest, planned.other, planned.notes) == (3, 0, 0, ("a/.git was not entered",))
    assert plan("a/b", "a").files == 3


@posix
def test_a_folder_that_is_reached_through_a_link_too(folder: Path) -> None:
    """It is told of as it was reached first."""
    put(folder / "a/b/run.json")
    (folder / "linked").symlink_to(folder / "a")
    assert outcomes(plan("linked", "a")) == {"linked/b/run.json": "planned"}


def test_files_that_hold_no_document_are_known(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the reason, where there is one."""
    monkeypatch.setattr(_upgrade_tree, "LARGEST", SMALL)
    put(folder / "torn.json", b"{")
    put(folder / "flow.yaml", b"{version: 1, runners: []} # c")
    put(folder / "big.json", b" " * (SMALL + 1))
    put(folder / "notes.txt", b"words")
    planned = plan()
    assert [path for path, _ in planned.others] == ["big.json", "flow.yaml", "notes.txt", "torn.json"]
    big, flow, notes, torn = (why for _, why in planned.others)
    assert (big, notes) == (f"it has more than {SMALL} bytes", "")
    assert (flow[:18], torn[:18]) == ("Invalid artifact: ", "Invalid artifact: ")


@posix
def test_other_names_of_a_file_keep_it(folder: Path) -> None:
    """A hard link is broken, which is said before: what else has the file keeps what it was."""
    raw = put(folder / "a/run.json")
    os.link(folder / "a/run.json", folder / "backup.json")
    planned = plan("a")
    assert planned.notes == ("a/run.json has other names (hard links): they keep what it is now",)
    assert apply(planned) == {"a/run.json": ("upgraded", "")}
    assert (folder / "backup.json").read_bytes() == raw
    assert plan("a").notes == ()


def test_what_a_killed_write_left_is_said(folder: Path) -> None:
    """It holds no document, and nothing refers to anything by it; nobody here knows whether a write goes on."""
    raw = put(folder / "run.json")
    put(folder / ".all.jsonl.3949c40f20f65046.tmp", hashlib.sha256(raw).hexdigest().encode())
    planned = plan()
    said = "it was left by a write that was killed, or that goes on: remove it where nothing is being written"
    assert planned.notes == (f".all.jsonl.3949c40f20f65046.tmp: {said}",)
    assert (planned.other, outcomes(planned)) == (1, {"run.json": "planned"})
