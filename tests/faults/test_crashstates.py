"""The crash-state enumerator finds planted bugs and nothing else; then it judges the durable write (W-01)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.faults import crashstates, disk, planted, sequence
from tests.faults.recorder import record
from tests.faults.strace import needs_strace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = needs_strace


def planted_oracle(root: Path, printed: bytes) -> list[str]:
    """Each document is absent, as before or whole; the seal has its checks; what was printed is there."""
    found = []
    for name, whole in planted.DOCUMENTS.items():
        path = root / name
        allowed = {whole, b"old"} if name == "last_run.json" else {whole}
        if path.exists() and path.read_bytes() not in allowed:
            found.append(f"{name} is torn")
        if planted.FINISHED in printed and not (path.exists() and path.read_bytes() == whole):
            found.append(f"finished was printed, and {name} is not there")
    if (root / "run/run.json").exists() and not (root / "run/checks.json").exists():
        found.append("sealed without its checks")
    if (root / "last_run.json").read_bytes() != b"old" and not (root / "run/run.json").exists():
        found.append("last_run.json tells of a run that is not there")
    return found


def explore_planted(way: str, tmp_path: Path) -> crashstates.Report:
    """The report on one way, with an older last_run.json in place."""
    root, scratch = tmp_path / "root", tmp_path / "scratch"
    root.mkdir()
    scratch.mkdir()
    (root / "last_run.json").write_bytes(b"old")
    command = [sys.executable, "-S", planted.__file__, way, str(root)]
    return crashstates.enumerate_states(command, root, planted_oracle, scratch)


@pytest.mark.parametrize("way", [way for way in planted.WAYS if way != "recipe"])
def test_a_planted_bug_is_found(
    way: str, tmp_path: Path, record_testsuite_property: Callable[[str, object], None]
) -> None:
    """Each way that leaves out a step of the recipe has crash states that the oracle calls bad."""
    report = explore_planted(way, tmp_path)
    record_testsuite_property(f"crash states, planted: {way}", str(report))
    assert report.bad > 0, report
    assert report.states > report.bad


def test_the_missing_fsync_of_the_parent_loses_the_whole_folder(tmp_path: Path) -> None:
    """With only that step left out, every complaint is that the run is not there, with all that it held."""
    report = explore_planted("fsync-folder", tmp_path)
    assert report.complaints
    assert all("of a run that is not there" in complaint for complaint in report.complaints)
    assert all("with [last_run.json]" in complaint for complaint in report.complaints)


def test_the_recipe_has_no_bad_state(tmp_path: Path, record_testsuite_property: Callable[[str, object], None]) -> None:
    """The same documents, published by the whole recipe, survive a crash at any point."""
    report = explore_planted("recipe", tmp_path)
    record_testsuite_property("crash states, planted: none", str(report))
    assert (report.bad, report.complaints) == (0, ())
    assert report.states > 12
    assert report.ops == 10


def test_the_files_of_a_run_survive_any_crash(
    tmp_path: Path, record_testsuite_property: Callable[[str, object], None]
) -> None:
    """W-01: make_dir, open.json, checks.json, run.json, remove: 0 bad states."""
    root, scratch = tmp_path / "root", tmp_path / "scratch"
    root.mkdir()
    scratch.mkdir()
    report = crashstates.enumerate_states(
        sequence.command(root), root, sequence.complaints, scratch, env=sequence.environment()
    )
    record_testsuite_property("crash states, W-01", str(report))
    assert (report.bad, report.complaints) == (0, ())
    assert report.ops == 12
    assert report.states > 12


RECORDED = """
import os, sys
root = sys.argv[1]
os.chdir(root)
fd = os.open("log", os.O_RDWR | os.O_CREAT | os.O_APPEND)
os.write(fd, b"one")
os.pwrite(fd, b"O", 0)  # at the end all the same: Linux appends
os.fsync(fd)
os.ftruncate(fd, 2)
os.link("log", "twin")
os.unlink("log")
os.write(fd, b"x")
os.write(1, b"said")
os.close(fd)
os.rename("twin", "new name")
with open("new name", "r+b") as file:
    file.seek(1)
    file.write(b"!")
os.mkdir("folder")
os.rmdir("folder")
"""


def test_the_recorder_follows_offsets_links_and_renames(tmp_path: Path) -> None:
    """Applying all that was recorded gives what the command left on the real disk."""
    tmp_path.joinpath("old").write_bytes(b"kept")
    recording = record([sys.executable, "-S", "-c", RECORDED, str(tmp_path)], tmp_path)
    final = recording.start.copy()
    for event in recording.events:
        if isinstance(event, disk.Operation):
            event.apply(final)
    real = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert {path.decode(): content for path, content in final.walk()} == real
    assert real["new name"][1:2] == b"!"
    assert disk.Printed(b"said") in recording.events


def test_what_is_not_modelled_is_an_error(tmp_path: Path) -> None:
    """A call that changes the folder in a way without a model ends the recording, it is not left out."""
    code = "import os, sys; os.symlink('a', sys.argv[1] + '/link')"
    with pytest.raises(NotImplementedError, match="symlink"):
        record([sys.executable, "-S", "-c", code, str(tmp_path)], tmp_path)


def test_many_pending_operations_are_sampled_not_enumerated(tmp_path: Path) -> None:
    """Beyond the exhaustive bound the number of states grows as the square, not as a power of two."""
    creations = tuple[disk.Operation, ...](disk.Names(((0, b"%d" % number, number + 1),)) for number in range(20))
    recording = disk.Recording(disk.Disk({}, {0: {}}), creations)
    report = crashstates.explore(recording, lambda _root, _printed: [], tmp_path)
    assert (report.ops, report.bad) == (20, 0)
    assert 256 < report.states < 1000


def test_a_rename_between_folders_waits_for_both(tmp_path: Path) -> None:
    """A name that moves is durable only when the old and the new folder are synced."""
    start = disk.Disk({3: b""}, {0: {b"a": 1, b"b": 2}, 1: {b"x": 3}, 2: {}})
    move = disk.Names(((1, b"x", None), (2, b"x", 3)), gone=3)

    def lost(*synced: int) -> int:
        syncs = (disk.Barrier(node) for node in synced)
        recording = disk.Recording(start, (move, *syncs, disk.Printed(b"moved")))
        return crashstates.explore(
            recording, lambda root, said: ["lost"] if said and not (root / "b/x").exists() else [], tmp_path
        ).bad

    assert (lost(), lost(1), lost(2), lost(1, 2)) == (1, 1, 1, 0)
