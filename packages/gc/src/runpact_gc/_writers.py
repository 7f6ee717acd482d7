"""Which files that a plan would take are being written at this moment: asked of the system, as `_apply` asks it.

Invariants: only files of glob families are asked about (recorded runs say it by a lock of their own), only those of
entries that would go, and only where one changed within the last hour; anything else `_apply` sees when its turn comes.
Nothing is changed, no link is followed, and what cannot be known is not said.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from runpact_core import files
from runpact_core.errors import RunpactError
from runpact_gc import _lease

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runpact_core.files import Handle
    from runpact_gc._model import Entry, Inventory, Plan

__all__ = ["is_written", "planned"]

_YOUNG_NS = 3600 * 10**9


def planned(project: Path, found: Inventory, now_ns: int, make: Callable[[Inventory], Plan]) -> Plan:
    """A plan in which what a program has open for writing is live.

    Args:
        project: The project.
        found: What a scan found.
        now_ns: The moment, nanoseconds since 1970.
        make: Makes the plan of an inventory.
    """
    plan = make(found)
    young = [
        entry
        for entry, keep, _ in plan.decisions
        if not keep and entry.layout == "glob" and entry.newest_ns > now_ns - _YOUNG_NS
    ]
    busy = _busy(project, young) if young else frozenset()
    if not busy:
        return plan
    live = (each._replace(live=True) if each.layout == "glob" and each.id in busy else each for each in found.entries)
    return make(found._replace(entries=tuple(live)))


def is_written(root: Handle, path: str) -> bool:
    """Whether a program has a file below a folder open for writing, as far as that can be known."""
    above, _, name = path.rpartition("/")
    with suppress(RunpactError):
        folder = files.open_folder(root, above)
        if folder is None:
            return False
        try:
            fd = files.open_read(name, at=folder)
            try:
                return _lease.free(fd) is False
            finally:
                files.close(fd)
        finally:
            files.close_folder(folder)
    return False


def _busy(project: Path, entries: list[Entry]) -> frozenset[str]:
    """The ids of those of which a file is being written."""
    root = files.open_folder(project)
    if root is None:
        return frozenset()
    try:
        return frozenset(entry.id for entry in entries if any(is_written(root, file.path) for file in entry.files))
    finally:
        files.close_folder(root)
