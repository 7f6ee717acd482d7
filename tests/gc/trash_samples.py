"""A project with a recorded run and a glob entry of two files in the trash, and what a tree holds, to compare."""

from __future__ import annotations

import os
import shutil
import stat
from typing import TYPE_CHECKING, NamedTuple

from runpact_gc import _places, _restore, _settings, _trash
from tests.faults import trashed

if TYPE_CHECKING:
    from pathlib import Path

    from runpact_gc._places import Places

__all__ = [
    "DAY_S",
    "FILES",
    "GLOB",
    "NOW_S",
    "RUN",
    "Kept",
    "places",
    "restore",
    "slot_of",
    "tree",
    "trashed_store",
    "undo",
]

NOW_S = trashed.NOW_S
DAY_S = 86_400
RUN = f"reports/runs/{trashed.RUN}"
GLOB = "artifacts/bench/run_20250906_143022"
FILES = trashed.FILES


class Kept(NamedTuple):
    """What a round trip has to bring back of a file."""

    data: bytes
    mode: int
    mtime_ns: int


def places(root: Path) -> Places:
    """Where things lie in a project."""
    return _places.places(os.fspath(root))


def tree(root: Path) -> dict[str, Kept]:
    """Every file of a project, the store's own left out."""
    found = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)  # noqa: PTH118 - names may be any bytes
            inside = os.path.relpath(path, root)
            if inside.startswith("artifacts/."):
                continue
            status = os.lstat(path)
            data = os.fsencode(os.readlink(path)) if stat.S_ISLNK(status.st_mode) else _read(path)  # noqa: PTH115 - as above
            found[inside] = Kept(data, stat.S_IMODE(status.st_mode), status.st_mtime_ns)
    return found


def _read(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123 - as above
        return file.read()


def trashed_store(root: Path) -> tuple[str, dict[str, Kept]]:
    """Make the project and move all but one entry into the trash: the operation's id, and the tree as it was."""
    trashed.prepare(root)
    shutil.rmtree(root / "artifacts/.trash")  # what that operation is to purge
    before = tree(root)
    report = trashed.run(root).report
    assert len(report.entries) == 2
    return report.gc_id, before


def slot_of(root: Path, family: str) -> _trash.Slot:
    """The slot of a family."""
    (slot,) = (each for each in _trash.look(places(root)).slots if each.family == family)
    return slot


def undo(root: Path, gc_id: str, now_s: int = NOW_S + 60) -> _restore.Restored:
    """Undo, a minute later."""
    return _restore.undo(places(root), _settings.DEFAULTS, gc_id, clock=lambda: now_s)


def restore(root: Path, given: str, now_s: int = NOW_S + 60) -> _restore.Restored:
    """Restore, a minute later."""
    return _restore.restore(places(root), _settings.DEFAULTS, given, clock=lambda: now_s)
