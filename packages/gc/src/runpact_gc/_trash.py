"""What lies in the trash: its slots, as the reports of the operations that filled them say.

Invariants:

* A slot is a folder below the trash whose name does not begin with a dot. What is known of it stands in the newest
  report that names it; one that no report knows is given all the same, with ``gc_id`` None, and is never due.
* Reading changes nothing. A report that cannot be read is a finding, and its slots are unknown ones.
* A slot's time is over when two clocks say so: the present one, and the newest time that an operation of this trash
  recorded. A clock that is set forward for one command ends nothing; one that is set back only delays, since the ids of
  operations grow and a slot is as young as its operation's id.
"""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from runpact_core.errors import EnvironmentFailed, RunpactError
from runpact_gc import _report
from runpact_gc._model import Finding, Purge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runpact_gc._places import Places
    from runpact_gc._report import Done, Move, Report
    from runpact_gc._settings import Settings

__all__ = ["FILLS", "PURGING", "Slot", "Trash", "due", "due_s", "look", "purge_of", "slots"]

FILLS = frozenset({"gc", "compact"})
"""The operations whose entries lie in the trash; those of the others came out of it."""

_EMPTY = frozenset({"restore", "undo"})

PURGING = ".purging-"
"""How the name of a slot begins whose removal has begun: it cannot be restored any more."""

_DAY_S = 86_400


class Slot(NamedTuple):
    """One entry in the trash.

    Attributes:
        slot: Its folder's name below the trash.
        gc_id: The operation that filled it; None where no report says.
        id: The entry's id; the folder's name where no report says.
        family: The entry's family; empty where no report says.
        run_id: The entry's run id, if any.
        trashed_s: When that was, seconds since 1970; of an unknown slot when its folder last changed.
        size_bytes: What its end frees; 0 where no report says.
        file_count: Number of its files; 0 where no report says.
        moves: What was moved.
        seen_s: The newest time that any operation of this trash recorded.
        operation: The operation's word, ``gc`` or ``compact``; ``restore`` or ``undo`` where its entry is back, and
            only other things are left in it; empty where no report says.
        done: The entry as its report has it; None where no report says.
    """

    slot: str
    gc_id: str | None
    id: str
    family: str
    run_id: str | None
    trashed_s: int
    size_bytes: int
    file_count: int
    moves: tuple[Move, ...] = ()
    seen_s: int = 0
    operation: str = ""
    done: Done | None = None


class Trash(NamedTuple):
    """What a look at the trash gave.

    Attributes:
        slots: The slots that are there, by name.
        lost: Slots that should be there by the reports, and are not; empty unless all reports were read.
        findings: Reports that cannot be read, and what is no folder although it has a slot's name.
    """

    slots: tuple[Slot, ...]
    lost: tuple[Slot, ...]
    findings: tuple[Finding, ...]


def slots(places: Places, settings: Settings) -> tuple[Slot, ...]:
    """The slots of the trash, by name: those of `look`."""
    del settings  # where the trash lies stands in `places`; when a slot's time is over is asked of `due`
    return look(places).slots


def look(places: Places, *, whole: bool = False) -> Trash:
    """What the trash holds.

    Args:
        places: Where it lies.
        whole: Read every report; else only the newest ones, until each folder is known.

    Raises:
        EnvironmentFailed: Its folder is there and cannot be read.
    """
    folders, findings = _folders(places)
    named: dict[str, Slot | None] = {}  # None: the newest report that names it says that it came out
    emptied: dict[str, str] = {}  # by what these came out
    seen_s = 0
    for gc_id in reversed(_report.ids(places)):
        seen_s = seen_s or _stamp_s(gc_id)
        if not whole and folders.keys() <= named.keys():
            break
        try:
            report = _report.read(_report.path_of(places, gc_id))
        except RunpactError as error:
            findings.append(_finding(places, f"gc_report_{gc_id}.json", f"the report cannot be read: {error}"))
            continue
        seen_s = max(seen_s, report.finished_s)
        for name, slot in _told(report):
            if named.setdefault(name, slot) is None and report.operation in _EMPTY:
                emptied.setdefault(name, report.operation)
    here = [
        named.get(name) or _unknown(name, changed_s)._replace(operation=emptied.get(name, ""))
        for name, changed_s in sorted(folders.items())
    ]
    lost = [slot for name, slot in sorted(named.items()) if slot is not None and name not in folders] if whole else []
    return Trash(tuple(slot._replace(seen_s=seen_s) for slot in here), tuple(lost), tuple(findings))


def due_s(slot: Slot, settings: Settings) -> int:
    """When a slot's time is over, seconds since 1970."""
    return slot.trashed_s + settings.trash_retention_days * _DAY_S


def due(slot: Slot, settings: Settings, now_s: int) -> bool:
    """Whether a slot's time is over: it is known, and the clock and an operation have both seen that time."""
    return slot.gc_id is not None and min(now_s, slot.seen_s) >= due_s(slot, settings)


def purge_of(slot: Slot) -> Purge:
    """The slot as a line of a plan."""
    return Purge(slot.slot, slot.gc_id or "", slot.trashed_s, slot.size_bytes, slot.file_count)


def _told(report: Report) -> Iterator[tuple[str, Slot | None]]:
    """What a report says of slots, the last word first: an operation purges before it fills."""
    fills = report.operation in FILLS
    trashed_s = max(report.finished_s, _stamp_s(report.gc_id))
    for done in report.entries:
        yield done.slot, _slot(done, report, trashed_s) if fills else None
    for purge in report.purged:
        yield purge.slot, None


def _slot(done: Done, report: Report, trashed_s: int) -> Slot:
    return Slot(
        done.slot, report.gc_id, done.id, done.family, done.run_id, trashed_s, done.size_bytes, done.file_count,
        done.moves, operation=report.operation, done=done,
    )  # fmt: skip


def _unknown(name: str, changed_s: int) -> Slot:
    return Slot(name, None, name, "", None, changed_s, 0, 0)


def _folders(places: Places) -> tuple[dict[str, int], list[Finding]]:
    """The folders of the trash that may be slots, with when they last changed, and what only has such a name."""
    folders: dict[str, int] = {}
    findings = []
    try:
        with os.scandir(places.trash) as entries:
            for entry in entries:
                found = _looked_at(entry.stat)
                if entry.name.startswith(".") or found is None:
                    continue
                if stat.S_ISDIR(found.st_mode):
                    folders[entry.name] = int(found.st_mtime)
                elif not entry.name.endswith((".json", ".md")):
                    findings.append(_finding(places, entry.name, "no operation puts such a thing here"))
    except FileNotFoundError:
        return {}, []
    except OSError as error:
        raise EnvironmentFailed(f"listing {places.trash}", error) from error
    return folders, findings


def _looked_at(ask: Callable[..., os.stat_result]) -> os.stat_result | None:
    try:
        return ask(follow_symlinks=False)
    except FileNotFoundError:
        return None


def _finding(places: Places, name: str, message: str) -> Finding:
    return Finding("broken-trash", os.path.relpath(places.trash / name, places.project), message)


def _stamp_s(gc_id: str) -> int:
    return int(datetime.strptime(gc_id, "%Y%m%d_%H%M%S").replace(tzinfo=UTC).timestamp())
