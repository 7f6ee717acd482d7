"""A report for people, as Markdown: one line for each thing that was done. Pure.

Invariants: whatever ids, paths and messages hold, each stays on the line and in the cell that it belongs to.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from runpact_core.redact import for_markdown
from runpact_gc._sizes import count, short
from runpact_gc._times import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runpact_gc._report import Report, Skipped

__all__ = ["left", "markdown"]

_TITLES = {
    "gc": "Garbage collection",
    "restore": "Restore",
    "undo": "Undo",
    "purge": "Purge of the trash",
    "compact": "Compaction",
}


def markdown(report: Report) -> str:
    """The whole page."""
    return "\n".join(_lines(report)) + "\n"


def left(skipped: Sequence[Skipped]) -> Iterator[str]:
    """A line for each entry that was left where it is; one for all that an interruption left."""
    before = [each for each in skipped if each.why == "interrupted"]
    for each in skipped:
        if each.why != "interrupted":
            yield each.message if each.message.startswith(f"{each.path}: ") else f"{each.path}: {each.message}"
    if before:
        yield f"{count(len(before), 'entry', 'entries')} left: the operation was interrupted before"


def _lines(report: Report) -> Iterator[str]:
    yield f"# {_TITLES[report.operation]} {report.gc_id}"
    yield ""
    yield f"- Started: {shown(report.started_s)} UTC"
    yield f"- Finished: {shown(report.finished_s)} UTC"
    if report.recovered:
        yield "- It was interrupted; the command after it finished it"
    if report.undone is not None:
        yield f"- Takes back: {report.undone}"
    moved = sum(each.file_count for each in report.entries)
    entries, inside = count(len(report.entries), "entry", "entries"), count(moved, "file", "files")
    yield f"- Moved: {entries}, {inside}, {short(report.moved_bytes)}"
    yield f"- Left where they are: {count(len(report.skipped), 'entry', 'entries')}"
    yield f"- Ended: {count(len(report.purged), 'slot', 'slots')}, {short(report.freed_bytes)} freed"
    for name, value in (("Plan", report.plan_digest), ("Report before this one", report.previous_sha256)):
        if value is not None:
            yield f"- {name}: sha256 `{value}`"
    yield from (f"- {for_markdown(note)}" for note in report.notes)
    yield from _table("Moved", ("Slot", "Family", "Place", "Files", "Size", "Why"), _moved(report))
    skipped = ((each.id, each.family, each.path, each.why, each.message) for each in report.skipped)
    yield from _table("Left where they are", ("Entry", "Family", "Place", "Cause", "Message"), skipped)
    ended = ((each.slot, each.gc_id, str(each.file_count), short(each.size_bytes)) for each in report.purged)
    yield from _table("Ended", ("Slot", "Operation", "Files", "Size"), ended)


def _moved(report: Report) -> Iterator[Sequence[str]]:
    for entry in report.entries:
        first = entry.moves[0].source if entry.moves else ""
        place = first if len(entry.moves) < 2 else f"{first} and {len(entry.moves) - 1} more"
        why = "; ".join(reason.text for reason in entry.reasons)
        yield entry.slot, entry.family, place, str(entry.file_count), short(entry.size_bytes), why


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    safe = cache(_cell)  # most cells are those of another row
    lines = [" | ".join(safe(cell) for cell in row) for row in rows]
    if not lines:
        return
    yield from ("", f"## {title}", "", f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}")
    yield from (f"| {line} |" for line in lines)


def _cell(text: str) -> str:
    """As `for_markdown`, which leaves plain words and numbers as they are, and takes its time for that."""
    return text if text.isascii() and text.isalnum() else for_markdown(text)
