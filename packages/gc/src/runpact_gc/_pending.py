"""An operation that is under way, or that was interrupted: who, and what it is about to move. Nothing is changed.

Invariants: whoever reads the store beside it is told in one line; what it moves is neither missing nor foreign.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from runpact_core import edge, files
from runpact_core.errors import RunpactError
from runpact_core.redact import sanitize
from runpact_gc import _journal, _report
from runpact_gc._model import Finding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from runpact_gc._places import Places

__all__ = ["Pending", "apart", "look", "tell"]

_LONGEST = 300


class Pending(NamedTuple):
    """An operation that has not ended.

    Attributes:
        line: What people are told.
        running: Whether its process is still there.
        paths: What it takes or puts, and its slots, from the project.
    """

    line: str
    running: bool
    paths: frozenset[str]


def look(places: Places) -> Pending | None:
    """The operation that the journal speaks of; None where there is none."""
    pending = _journal.pending(places)
    if pending is None:
        return None
    said = f"{pending.text} ({_holder(places)})" if pending.running else pending.text
    try:
        written = _journal.read(places)
    except RunpactError as error:
        return Pending(f"{said}; its journal cannot be read: {error.what}", pending.running, frozenset())
    if written is None:
        return None
    entries = [intent.entry for intent in written.intents]
    if written.undone is not None:
        entries += _entries_of(places, written.undone)
    trash = os.path.relpath(places.trash, places.project).replace(os.sep, "/")
    paths = {move.source for entry in entries for move in entry.moves}
    paths |= {f"{trash}/{slot}" for slot in (*(entry.slot for entry in entries), *(end.slot for end in written.purges))}
    return Pending(said, pending.running, frozenset(paths))


def tell(places: Places) -> None:
    """Say in one line on stderr that an operation has not ended, where one has not."""
    pending = _journal.pending(places)
    if pending is not None:
        edge.say(f"note: {pending.text}")


def apart(
    places: Places, seen: Collection[Pending | None], findings: Iterable[Finding]
) -> tuple[list[Finding], tuple[str, ...]]:
    """What of findings is not the work of operations that were under way before and after the look; and notes.

    One that was interrupted is a finding of its own; one that runs is a note.
    """
    pending = [each for each in seen if each is not None]
    if not pending:
        return list(findings), ()
    journal = os.path.relpath(_journal.path_of(places), places.project).replace(os.sep, "/")
    paths = frozenset[str]().union(*(each.paths for each in pending))
    left = [each for each in findings if each.path != journal and not _within(each.path, paths)]
    if not pending[-1].running:
        return [*left, Finding("broken-trash", journal, pending[-1].line)], ()
    return left, (pending[-1].line,)


def _within(path: str, paths: frozenset[str]) -> bool:
    while path:
        if path in paths:
            return True
        path = path.rpartition("/")[0]
    return False


def _entries_of(places: Places, gc_id: str) -> list[_report.Done]:
    """What an operation that is being undone took."""
    try:
        return list(_report.read(_report.path_of(places, gc_id)).entries)
    except RunpactError:
        return []


def _holder(places: Places) -> str:
    """Who holds the lock, as its file says: one line that is safe to show."""
    try:
        said = files.read_bytes(places.lock, limit=_LONGEST).decode(errors="replace")
    except RunpactError:
        said = ""
    return sanitize(said.partition("\n")[0]).text.strip() or "another process"
