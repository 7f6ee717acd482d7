"""The end of slots of the trash: what was in them is gone for good.

Invariants: only slots that a report names end, and only after the journal says which. Each gets a name that no command
takes for a slot in one rename, and is then removed through directory handles. From the journal's line on, an
interrupted purge is only ever finished. What cannot be removed keeps its new name, is reported, and is tried again by
the next purge.

On a disk so full that not even the journal can be written, and that has no reserve (`_reserve`) any more, single slots
that were to end do so before the journal says it, until there is room for it. The report names them as well; a kill in
between leaves a slot that `verify` misses and that no report says the end of.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from runpact_core import files
from runpact_core.errors import EnvironmentFailed, Refused
from runpact_gc import _journal, _lock, _report, _reserve, _trash
from runpact_gc._handles import relative
from runpact_gc._remove import NotOurs, remove_tree
from runpact_gc._report import Report, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from runpact_gc._journal import Journal
    from runpact_gc._lock import StoreLock
    from runpact_gc._model import Purge
    from runpact_gc._places import Places
    from runpact_gc._settings import Settings
    from runpact_gc._trash import Slot

    Progress = Callable[[int, int], None]

__all__ = ["Ended", "candidates", "finish", "leftovers", "purge", "purge_now"]

_DAY_S = 86_400


class Ended(NamedTuple):
    """What became of the slots that were to end: those that are gone, and those of which something is left."""

    purged: tuple[Purge, ...]
    skipped: tuple[Skipped, ...]


def candidates(
    slots: Iterable[Slot], settings: Settings, now_s: int, *, older_than_days: int | None = None
) -> tuple[Purge, ...]:
    """The slots whose time is over, by name, or those older than so many days; never one that no report names."""
    if older_than_days is None:
        chosen = [slot for slot in slots if _trash.due(slot, settings, now_s)]
    else:
        bound = now_s - older_than_days * _DAY_S
        chosen = [slot for slot in slots if slot.gc_id is not None and slot.trashed_s <= bound]
    return tuple(sorted(_trash.purge_of(slot) for slot in chosen))


def leftovers(places: Places) -> tuple[str, ...]:
    """What an earlier purge could not remove whole, by name."""
    try:
        names = os.listdir(places.trash)  # noqa: PTH208 - names are what is wanted
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise EnvironmentFailed(f"listing {places.trash}", error) from error
    return tuple(sorted(each for each in names if each.startswith(_trash.PURGING)))


def purge(
    places: Places, lock: StoreLock, journal: Journal, purges: Sequence[Purge], progress: Progress | None = None
) -> Ended:
    """End slots as a part of an operation whose journal is open; the caller writes the report.

    Raises:
        LockLost: The lock is not ours any more.
        EnvironmentFailed: The journal could not be written, or the trash not be opened.
    """
    lock.check()
    if purges:
        journal.purging(purges)
    elif not leftovers(places):
        return Ended((), ())
    return finish(places, lock, purges, progress)


def finish(places: Places, lock: StoreLock, purges: Sequence[Purge], progress: Progress | None = None) -> Ended:
    """End slots that a journal names; the same again where that was interrupted, at any point."""
    purged, skipped = [], []
    trash = files.open_folder(places.project, relative(places.project, places.trash))
    if not isinstance(trash, int):  # there is none, or this platform has no handles
        raise Refused(f"{places.trash} is no folder that can be held open", hint="look what is there")
    try:
        for number, each in enumerate(purges, 1):
            lock.check()
            left = _ended(trash, each.slot)
            if left is None:
                purged.append(each)
            else:
                why = "mount-point" if isinstance(left, NotOurs) else "refused"
                where = os.path.relpath(places.trash / (_trash.PURGING + each.slot), places.project)
                skipped.append(Skipped(each.slot, "", where, why, f"not all of it could be removed: {left.strerror}"))
            if progress is not None:
                progress(number, len(purges))
        for name in leftovers(places):
            with contextlib.suppress(OSError):  # it was reported when its turn was
                remove_tree(trash, name)
        _synced(trash)
    finally:
        files.close_folder(trash)
    return Ended(tuple(purged), tuple(skipped))


def purge_now(
    places: Places, shown: Sequence[Purge], *, clock: Callable[[], float], progress: Progress | None = None
) -> Report:
    """The command: end the slots that were shown, as far as they still are what was shown.

    Raises:
        StoreInUse, LockLost, BrokenJournal: As the lock and the journal have it; nothing is gone.
        EnvironmentFailed: The report could not be written; the next command writes it.
    """
    from runpact_gc._recover import recover  # which itself finishes purges

    with _lock.hold(places) as lock:
        recover(places, lock)
        started_s = int(clock())
        there = {_trash.purge_of(slot) for slot in _trash.look(places).slots}
        gone = [each for each in shown if each not in there]
        gc_id = _report.stamp(places, started_s)
        ending = [each for each in shown if each in there]
        journal = _begun(places, lock, gc_id, started_s, ending)
        ended = purge(places, lock, journal, ending, progress)
        changed = (Skipped(each.slot, "", each.slot, "gone", "it is not what was shown any more") for each in gone)
        report = Report(
            gc_id, "purge", started_s, int(clock()), skipped=(*ended.skipped, *changed), purged=ended.purged
        )
        written = _report.write(places, report)
        journal.end()
        _reserve.keep(places.trash)
    return written


def _begun(places: Places, lock: StoreLock, gc_id: str, started_s: int, ending: Sequence[Purge]) -> Journal:
    """The journal; where a full disk has no room for it, that of a first slot, or of some."""
    for each in (*ending, None):
        try:
            return _journal.begin(places, lock, operation="purge", gc_id=gc_id, started_s=started_s)
        except EnvironmentFailed as error:
            if each is None or not _reserve.is_full(error):
                raise
        finish(places, lock, [each])
    raise AssertionError  # the last time either returns or raises


def _ended(trash: int, slot: str) -> OSError | None:
    """Rename and remove one slot; what stood in the way, if anything."""
    doomed = _trash.PURGING + slot
    try:
        if _is_there(trash, slot):
            if _is_there(trash, doomed):  # left of an earlier one of this name
                remove_tree(trash, doomed)
            os.rename(slot, doomed, src_dir_fd=trash, dst_dir_fd=trash)
        remove_tree(trash, doomed)
    except OSError as error:
        return error
    return None


def _is_there(trash: int, name: str) -> bool:
    try:
        return stat.S_ISDIR(os.stat(name, dir_fd=trash, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False


def _synced(trash: int) -> None:
    try:
        os.fsync(trash)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise EnvironmentFailed("syncing the trash", error) from error
