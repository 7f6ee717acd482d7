"""What the trash gives back: one entry (restore), or all that one operation took (undo).

Invariants:

* Nothing is overwritten. An entry goes back whole, every part to where it lay, or stays in the trash whole; the report
  names what stayed and why. The one exception is the original of a compacted file: it takes the place of what
  compaction made of it, in one rename, and only while that is still there byte for byte.
* The journal says what goes back before it does, so an interrupted operation is finished or rolled back by the next.
* What goes back is read once before. An entry whose content is not what was taken stays in the trash, and is named;
  other permissions or times are said, and go back as they are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from runpact_core.errors import EnvironmentFailed, Refused, RunpactError
from runpact_gc import _journal, _lock, _report, _trash
from runpact_gc._handles import Doing, Root
from runpact_gc._put_back import WayBack
from runpact_gc._report import Report
from runpact_gc.errors import UnknownEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runpact_gc._lock import StoreLock
    from runpact_gc._places import Places
    from runpact_gc._report import Operation
    from runpact_gc._settings import Settings
    from runpact_gc._trash import Slot

    Progress = Callable[[int, int], None]

__all__ = ["Restored", "find", "operation_id", "restore", "undo"]

_GIVEN = re.compile(r"(?:gc_report_|compaction_report_|gc_)?([0-9]{8}_[0-9]{6})(?:\.json|\.md)?")
_SHORTEST = 4
_BY_HAND = "copy by hand what of it is still good; see runpact artifacts verify --deep"
_HINTS = {"changed": _BY_HAND, "gone": _BY_HAND}  # by why it was left; nothing is in the way of these


class _Asked(NamedTuple):
    operation: Operation
    undone: str | None
    clock: Callable[[], float]


class Restored(NamedTuple):
    """What a restore or an undo did.

    Attributes:
        report: As it was written; None where nothing was done.
        recovered: What was first finished or rolled back of an interrupted operation.
        gone: Of undo a sentence for what the operation took, and that is lost: purged since, or not where it was put.
    """

    report: Report | None
    recovered: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def operation_id(given: str) -> str | None:
    """The id of an operation, with or without the prefix and the end of its report's name; None where it is none."""
    match = _GIVEN.fullmatch(given)
    return match[1] if match else None


def find(slots: Sequence[Slot], given: str) -> Slot:
    """The slot that a name means: the name of a slot, the id of an entry, its beginning, or a run id.

    Raises:
        UnknownEntry: There is none in the trash, or more than one.
        Refused: It is the name of a slot that no report names.
    """
    known = [slot for slot in slots if slot.gc_id is not None]
    for fits in (
        [slot for slot in known if slot.slot == given],
        [slot for slot in known if given in {slot.id, slot.run_id}],
        [slot for slot in known if len(given) >= _SHORTEST and slot.id.startswith(given)],
    ):
        if len(fits) == 1:
            return fits[0]
        if fits:
            raise UnknownEntry(given, [slot.slot for slot in fits])
    if any(slot.slot == given for slot in slots):
        what = f"no report that can be read names the slot {given}; nothing was moved"
        raise Refused(what, hint="see runpact artifacts verify")
    raise _unknown(given)


def restore(
    places: Places, settings: Settings, given: str, *, clock: Callable[[], float], progress: Progress | None = None
) -> Restored:
    """Put one entry back where it was.

    Raises:
        UnknownEntry: There is no such entry in the trash, or more than one.
        Refused: Something stands where it was, or its way back is not what it was; nothing was moved.
        StoreInUse, LockLost, BrokenJournal: As the lock and the journal have it.
    """
    from runpact_gc import _recover

    with _lock.hold(places) as lock:
        recovered = _recover.recover(places, lock)
        try:
            slot = find(_trash.look(places).slots, given)
        except UnknownEntry:
            if recovered:  # perhaps that was the restore that is asked for again
                return Restored(None, recovered)
            raise
        with Root(places.project) as root, Doing("putting back what lies in the trash"):
            way = WayBack(places, root, settings, progress)
            report = _operated(places, lock, way, _Asked("restore", slot.gc_id, clock), [slot])
    if report.skipped:
        hint = _HINTS.get(report.skipped[0].why, "make way for it, then try again")
        raise Refused(f"{report.skipped[0].message}; nothing was moved", hint=hint)
    return Restored(report, recovered)


def undo(
    places: Places, settings: Settings, given: str, *, clock: Callable[[], float], progress: Progress | None = None
) -> Restored:
    """Put everything back that an operation took and that is still in the trash.

    What cannot go back stays in the trash and is one of ``report.skipped``; where nothing can, the report is not
    written. Where nothing of it is in the trash any more, there is no report. What was purged since or is lost is said.

    Raises:
        UnknownEntry: There is no such operation.
        Refused: The operation took nothing: it is itself a restore, an undo or a purge.
        StoreInUse, LockLost, BrokenJournal: As the lock and the journal have it.
    """
    from runpact_gc import _recover

    with _lock.hold(places) as lock:
        recovered = _recover.recover(places, lock)
        gc_id = _known(places, given)
        held = _trash.look(places, whole=True)
        slots = [slot for slot in held.slots if slot.gc_id == gc_id]
        gone = _gone(places, gc_id, sum(slot.gc_id == gc_id for slot in held.lost))
        if not slots:
            return Restored(None, recovered, gone)
        with Root(places.project) as root, Doing("putting back what lies in the trash"):
            way = WayBack(places, root, settings, progress)
            report = _operated(places, lock, way, _Asked("undo", gc_id, clock), slots)
    return Restored(report, recovered, gone)


def _gone(places: Places, gc_id: str, lost: int) -> tuple[str, ...]:
    """A sentence for each purge that ended slots of an operation, and one for slots that nobody knows the end of."""
    said = []
    for later in _report.ids(places):
        try:
            ended = [each for each in _report.read(_report.path_of(places, later)).purged if each.gc_id == gc_id]
        except RunpactError:  # `verify` says so
            continue
        if ended:
            were = "entry was" if len(ended) == 1 else "entries were"
            said.append(f"{len(ended)} {were} purged by {later}, and cannot come back")
    if lost:
        are = "entry is" if lost == 1 else "entries are"
        said.append(f"{lost} {are} not in the trash any more, and no report says why")
    return tuple(said)


def _known(places: Places, given: str) -> str:
    gc_id = operation_id(given)
    if gc_id is None or gc_id not in _report.ids(places):
        raise _unknown(given)
    path = _report.path_of(places, gc_id)
    try:
        operation = _report.read(path).operation
    except EnvironmentFailed:
        raise
    except RunpactError as error:
        what = f"{path.name} cannot be believed: {error.what}; nothing was moved"
        raise Refused(what, hint="see runpact artifacts verify") from error
    if operation not in _trash.FILLS:
        what = f"the {operation} {gc_id} put nothing into the trash"
        raise Refused(what, hint="name the operation that took the entries; see runpact artifacts trash list")
    return gc_id


def _unknown(given: str) -> UnknownEntry:
    error = UnknownEntry(given)
    error.what, error.hint = f"there is no {given} in the trash", "see runpact artifacts trash list"
    return error


def _operated(places: Places, lock: StoreLock, way: WayBack, asked: _Asked, slots: Sequence[Slot]) -> Report:
    """Put slots back as one operation: journal, moves, report."""
    operation, undone, clock = asked
    started_s = int(clock())
    returning, skipped, notes = way.found(slots)
    gc_id = _report.stamp(places, started_s)
    if not returning:
        return Report(gc_id, operation, started_s, started_s, skipped=skipped, undone=undone)
    journal = _journal.begin(places, lock, operation=operation, gc_id=gc_id, started_s=started_s, undone=undone)
    done, failed = way.take(lock, journal, returning)
    lock.check()
    report = Report(
        gc_id, operation, started_s, int(clock()), done, (*skipped, *failed), notes=(*notes, *way.notes), undone=undone
    )
    written = _report.write(places, report)
    journal.end()
    return written
