"""A plan carried out: what no rule keeps goes into the trash, entry by entry, journalled, and the report seals it.

Invariants:

* Nothing is moved that the shown plan does not name: under the lock the plan is made again, and another digest ends it;
  or, where nobody looked at it, only what both plans name is done.
* Nothing is moved on the word of an inventory: every entry is looked at again through directory handles, hashed, and
  looked at once more where it lies then; one that is not what the plan was made for stays, or goes back, whole.
* The journal says what is about to be moved, durably, before slots are made and before the first of a batch is moved.
  At no moment, whatever ends the process or the machine, has a file neither its old place nor the one in the journal.
* One entry that cannot be moved does not keep the others from moving. A lost lock ends everything at once.
* The report is written when everything is durable, and the journal goes after it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from runpact_core import files
from runpact_core.errors import MissingArtifact, RunpactError
from runpact_gc import _journal, _lock, _purge, _recover, _report, _reserve, _trash
from runpact_gc._batch import Batch
from runpact_gc._handles import Doing, Root, relative
from runpact_gc._interrupt import Interruptible
from runpact_gc._look import mounts
from runpact_gc._report import MOST_BYTES, Report, Skipped
from runpact_gc._sizes import count
from runpact_gc.errors import PlanChanged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from runpact_gc._lock import StoreLock
    from runpact_gc._model import Decision, Plan
    from runpact_gc._places import Places
    from runpact_gc._settings import Settings

    Progress = Callable[[int, int], None]

__all__ = ["Applied", "apply", "exit_code"]

_BATCH, _BATCH_BYTES = 2048, 256 << 20  # entries at a time; fewer where they are large, so that progress shows
_LEFT = "the store changed since the plan was made; left for the next gc: {} that only one of the two plans names"


class Applied(NamedTuple):
    """What came of it.

    Attributes:
        report: The seal; it is not written where there was nothing to do and nothing waits for its time.
        recovered: What was finished or rolled back of an interrupted operation before, one sentence each.
        interrupted: Whether Ctrl-C ended it early; the report says what was done until then.
    """

    report: Report
    recovered: tuple[str, ...]
    interrupted: bool


def apply(  # noqa: PLR0913 - what a plan is carried out with
    places: Places,
    settings: Settings,
    shown: Plan,
    *,
    replan: Callable[[], Plan],
    unseen: bool = False,
    clock: Callable[[], float] = time.time,
    progress: Progress | None = None,
) -> Applied:
    """Carry out a plan.

    Args:
        places: Where things lie.
        settings: The configuration: workers and buffer of the checksums.
        shown: The plan that was confirmed.
        replan: Makes it again, from the disk as it is; called under the lock.
        unseen: Whether nobody looked at the plan: where the store changed, what both plans name is done.
        clock: Seconds since 1970.
        progress: Told how many entries of how many are done.

    Raises:
        StoreInUse: Another process is changing the store; ``holder`` says which.
        PlanChanged: The store is not what it was when the plan was shown. Nothing was done.
        LockLost: The lock file was removed or replaced; what was done until then is in the journal.
        BrokenJournal: An interrupted operation left a journal that cannot be believed. Nothing was done.
        Refused: This platform has no directory handles, or this file system no locks. Nothing was done.
        EnvironmentFailed: The journal or the report could not be written; the next command finishes.
    """
    with Root(places.project) as root, _lock.hold(places) as lock, Doing("carrying out the plan"):
        recovered = _recover.recover(places, lock)
        plan = replan()
        if plan.digest != shown.digest:
            if not unseen:
                raise PlanChanged(shown.digest, plan.digest)
            plan = _common(shown, plan)
        with Interruptible() as stop:
            notes = plan.notes if plan.digest != shown.digest else ()
            report = _carried_out(places, settings, plan._replace(notes=notes), root, lock, clock, progress, stop)
    return Applied(report, recovered, stop.asked)


def _common(shown: Plan, now: Plan) -> Plan:
    """The plan of this moment, without what the earlier one did not name; a note says how much either named alone."""
    then = {each.entry.id for each in shown.decisions if not each.keep}
    going = {each.entry.id for each in now.decisions if not each.keep}
    ends = tuple(each for each in now.purges if each in shown.purges)
    alone = len(then ^ going) + len({*shown.purges} ^ {*now.purges})
    decisions = tuple(each for each in now.decisions if each.keep or each.entry.id in then)
    left = (_LEFT.format(count(alone, "item", "items")),) if alone else ()
    return now._replace(decisions=decisions, purges=ends, notes=left)


def exit_code(report: Report) -> int:
    """0; 3 where the system refused to move or remove something; 4 where something was in the way that looks unsafe."""
    causes = {each.why for each in report.skipped}
    if "refused" in causes:
        return 3
    return 4 if causes - {"changed", "gone", "live", "in-use", "interrupted"} else 0


def _carried_out(  # noqa: PLR0913, PLR0917 - the parts of one operation
    places: Places,
    settings: Settings,
    plan: Plan,
    root: Root,
    lock: StoreLock,
    clock: Callable[[], float],
    progress: Progress | None,
    stop: Interruptible,
) -> Report:
    started_s = int(clock())
    leaving = [each for each in plan.decisions if not each.keep]
    gc_id = _report.stamp(places, started_s)
    trash = relative(places.project, places.trash)
    files.make_dirs(places.trash)
    root.folder(trash)  # from here on it is this folder, or nothing
    journal = _journal.begin(places, lock, operation="gc", gc_id=gc_id, started_s=started_s, plan_digest=plan.digest)
    ended = _purge.purge(places, lock, journal, plan.purges)  # first: on a full disk it makes room for the rest
    notes = (*plan.notes, *_backed_up(places))
    batch = Batch(places, settings, root, lock, journal, mounts(root))
    begun = 0
    for some in _batches(leaving):
        if stop.asked:
            batch.skipped += [_not_begun(each) for each in leaving[begun:]]
            break
        batch.take(some, stop)
        begun += len(some)
        if progress is not None:
            progress(begun, len(leaving))
    batch.settle()
    report = Report(
        gc_id, "gc", started_s, int(clock()), tuple(batch.done), (*batch.skipped, *ended.skipped), ended.purged,
        notes, plan.digest,
    )  # fmt: skip
    lock.check()
    root.still(trash)
    if not (report.entries or report.skipped or report.purged or _is_awaited(places, settings, report)):
        journal.end()
        return report
    written = _report.write(places, report)
    journal.end()
    _reserve.keep(places.trash)
    return written


def _batches(leaving: Sequence[Decision]) -> Iterator[list[Decision]]:
    """What is moved between two syncs: so many entries, or fewer where they are large."""
    some: list[Decision] = []
    held = 0
    for each in leaving:
        if some and (len(some) >= _BATCH or held + each.entry.size_bytes > _BATCH_BYTES):
            yield some
            some, held = [], 0
        some.append(each)
        held += each.entry.size_bytes
    if some:
        yield some


def _is_awaited(places: Places, settings: Settings, report: Report) -> bool:
    """Whether a slot waits for an operation that saw this moment: its time is over by the clock alone."""
    slots = _trash.look(places).slots
    return any(slot.gc_id and slot.seen_s < _trash.due_s(slot, settings) <= report.finished_s for slot in slots)


def _backed_up(places: Places) -> tuple[str, ...]:
    """Keep the manifest as it is; a cache, so a failure is only noted."""
    try:
        files.replace(places.backup, files.read_bytes(places.manifest, limit=MOST_BYTES))
    except MissingArtifact:
        return ()
    except RunpactError as error:
        return (f"the manifest was not backed up: {error.what}",)
    return ()


def _not_begun(decision: Decision) -> Skipped:
    entry = decision.entry
    return Skipped(entry.id, entry.family, entry.path, "interrupted", "the operation was interrupted before it")
