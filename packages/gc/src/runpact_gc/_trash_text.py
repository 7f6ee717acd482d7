"""The trash for people and programs: a table, a document of the contract ``trash_list``, the lines of a purge. Pure."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from runpact_core import documents, tables
from runpact_gc import _trash
from runpact_gc._shown import plain
from runpact_gc._sizes import count, short
from runpact_gc._times import shown, utc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runpact_gc._model import Purge
    from runpact_gc._places import Places
    from runpact_gc._settings import Settings
    from runpact_gc._trash import Slot

__all__ = ["document", "ending", "table"]


def document(places: Places, settings: Settings, slots: Sequence[Slot], now_s: int) -> bytes:
    """The trash as a document of the contract ``trash_list``."""
    return documents.dumps(
        {
            "schema_version": "1.0",
            "listed_utc": utc(now_s),
            "trash": plain(os.path.relpath(places.trash, places.project).replace(os.sep, "/")),
            "retention_days": settings.trash_retention_days,
            "slots": [_slot(slot, settings, now_s) for slot in slots],
            "size_bytes": sum(slot.size_bytes for slot in slots),
            "file_count": sum(slot.file_count for slot in slots),
        }
    )


def _slot(slot: Slot, settings: Settings, now_s: int) -> dict[str, Any]:
    told: dict[str, Any] = {
        "slot": plain(slot.slot),
        "trashed_utc": utc(slot.trashed_s),
        "due": _trash.due(slot, settings, now_s),
        "size_bytes": slot.size_bytes,
        "file_count": slot.file_count,
        "paths": [plain(move.source) for move in slot.moves],
    }
    if slot.gc_id is not None:
        told |= {"entry_id": slot.id, "family": slot.family, "gc_id": slot.gc_id}
        told |= {"due_utc": utc(_trash.due_s(slot, settings))}
    return told if slot.run_id is None else told | {"run_id": slot.run_id}


def table(slots: Sequence[Slot], settings: Settings, now_s: int) -> str:
    """The trash for people, the newest first, with a line of totals."""
    if not slots:
        return "the trash is empty\n"
    rows = [["SLOT", "FAMILY", "TRASHED", "SIZE", "FILES", "PURGED", "GC_ID", "WHERE IT WAS"]]
    for slot in sorted(slots, key=lambda each: (-each.trashed_s, each.slot)):
        facts = [slot.slot, slot.family, shown(slot.trashed_s)]
        if slot.gc_id is None:
            what = "its entry is back, other things are left" if slot.operation else "no report names it"
            rows.append([*facts, "", "", "never", "", f"{what}: see runpact artifacts verify"])
            continue
        size, number = short(slot.size_bytes), str(slot.file_count)
        rows.append([*facts, size, number, _when(slot, settings, now_s), slot.gc_id, _where(slot)])
    total, files = sum(slot.size_bytes for slot in slots), sum(slot.file_count for slot in slots)
    return tables.aligned(rows) + f"Total: {len(slots)} in the trash, {short(total)}, {count(files, 'file', 'files')}\n"


def ending(purges: Sequence[Purge], slots: Sequence[Slot], left: Sequence[str], now_s: int, *, applied: bool) -> str:
    """What a purge ends, and what it leaves alone."""
    kept = [slot for slot in slots if slot.slot not in {each.slot for each in purges}]
    unknown = [slot for slot in kept if slot.gc_id is None and not slot.operation]
    emptied = len(kept) - len(unknown) - sum(slot.gc_id is not None for slot in kept)
    lines = []
    if purges:
        known = {slot.slot: slot for slot in slots}
        rows = [["SLOT", "FAMILY", "TRASHED", "AGE", "SIZE", "FILES", "WHERE IT WAS"]]
        rows += [
            [each.slot, known[each.slot].family, shown(each.trashed_s), tables.span(max(now_s - each.trashed_s, 0)),
             short(each.size_bytes), str(each.file_count), _where(known[each.slot])]
            for each in purges
        ]  # fmt: skip
        total = short(sum(each.size_bytes for each in purges))
        lines.append(tables.aligned(rows) + f"Total: {len(purges)} of the trash, {total}\n")
    else:
        lines.append("nothing in the trash is due\n")
    if left:
        lines.append(f"{len(left)} of an earlier purge {'are' if len(left) > 1 else 'is'} left, and will be removed\n")
    if unknown:
        end = "ends by itself" if len(unknown) == 1 else "end by themselves"
        lines.append(f"{len(unknown)} without a report never {end}: see runpact artifacts verify\n")
    if emptied:
        lines.append(f"{emptied} whose entry is back never end: remove by hand what was left in them\n")
    if (purges or left) and not applied:
        lines.append("nothing was purged: add --apply\n")
    return "".join(lines)


def _where(slot: Slot) -> str:
    first = slot.moves[0].source if slot.moves else ""
    return f"{first} and {len(slot.moves) - 1} more" if len(slot.moves) > 1 else first


def _when(slot: Slot, settings: Settings, now_s: int) -> str:
    if _trash.due(slot, settings, now_s):
        return "by the next gc"
    ahead = _trash.due_s(slot, settings) - now_s
    return f"in {tables.span(ahead)}" if ahead > 0 else "by the gc after the next"
