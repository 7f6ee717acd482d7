"""The report of a compaction: the document, the page for people, and the lines on a terminal. Pure, but for `write`.

Invariants: sums are over what was, or would be, compacted or expanded; whatever paths hold, each stays in its cell.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core import documents, files
from runpact_core.redact import for_markdown, for_terminal
from runpact_gc import _report, _stored
from runpact_gc._shown import plain
from runpact_gc._sizes import count, short
from runpact_gc._times import utc
from runpact_gc._version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runpact_gc._compact import Result
    from runpact_gc._forms import Codec
    from runpact_gc._places import Places

__all__ = ["FAILURES", "Compaction", "compose", "lines", "markdown", "note", "write"]

FAILURES = frozenset({"failed", "damaged"})
"""Why a file was skipped where that is an error of the command."""

_DONE = ("compacted", "expanded")


class Compaction(NamedTuple):
    """What was done, or would be, to every file.

    Attributes:
        operation: ``compact`` or ``expand``.
        applied: Whether files were changed.
        codec: What JSONL is turned into.
        started_s: When it started.
        finished_s: When it ended.
        results: One for each file.
        notes: Sentences for people.
        gc_id: The operation whose slots have the originals, if there are any.
    """

    operation: str
    applied: bool
    codec: Codec
    started_s: int
    finished_s: int
    results: tuple[Result, ...]
    notes: tuple[str, ...] = ()
    gc_id: str | None = None

    @property
    def sums(self) -> dict[str, tuple[int, int, int]]:
        """Of each family: files, bytes before, bytes after."""
        found: dict[str, tuple[int, int, int]] = {}
        for each in self.results:
            if each.outcome in _DONE and each.made is not None:
                number, before, after = found.get(each.candidate.family, (0, 0, 0))
                sizes = (before + each.made.before_bytes, after + each.made.after_bytes)
                found[each.candidate.family] = (number + 1, *sizes)
        return dict(sorted(found.items()))


def compose(done: Compaction) -> dict[str, Any]:
    """The document of the contract."""
    sums = done.sums
    data: dict[str, Any] = {
        "schema_version": "1.0",
        "operation": done.operation,
        "applied": done.applied,
        "codec": done.codec,
        "started_utc": utc(done.started_s),
        "finished_utc": utc(done.finished_s),
        "tool_version": __version__,
        "files": [_file(each) for each in done.results],
        "families": [
            {"family": family, "file_count": number, "before_bytes": before, "after_bytes": after}
            for family, (number, before, after) in sums.items()
        ],
        "before_bytes": sum(before for _, before, _ in sums.values()),
        "after_bytes": sum(after for _, _, after in sums.values()),
        "notes": [plain(each) for each in done.notes],
    }
    return data if done.gc_id is None else data | {"gc_id": done.gc_id}


def write(places: Places, stamp: str, done: Compaction) -> None:
    """Write the report into the trash, the page first and then the document.

    Raises:
        EnvironmentFailed: It could not be written.
    """
    files.make_dirs(places.trash)
    files.replace(places.trash / f"compaction_report_{stamp}.md", markdown(done, stamp).encode())
    note(places, stamp, done)


def note(places: Places, stamp: str, done: Compaction) -> None:
    """Write the document alone: what an interrupted compaction did so far, for undo."""
    path = places.trash / f"compaction_report_{stamp}.json"
    documents.write(path, compose(done), contract="compaction_report", limit=_report.MOST_BYTES)


def markdown(done: Compaction, stamp: str) -> str:
    """The page for people."""
    return "\n".join(_page(done, stamp)) + "\n"


def lines(done: Compaction, *, verbose: bool) -> Iterator[str]:
    """What a terminal shows: a line for each file that changes or failed, for each reason to skip others, and sums.

    With ``verbose`` every file has a line.
    """
    for each in done.results:
        if each.outcome in _DONE or each.why in FAILURES or verbose:
            outcome = f"would be {each.outcome}" if each.outcome in _DONE and not done.applied else each.outcome
            yield for_terminal(f"{outcome:<9}  {_sizes(each):>24}  {each.candidate.path}{_why(each)}")
            if verbose and each.made and each.made.removed:
                yield f"{'':11}{len(each.made.removed)} empty sections removed"
    if not verbose:
        yield from _skipped(done)
    past = f"{done.operation}ed" if done.operation == "compact" else "expanded"
    for family, (number, before, after) in done.sums.items():
        yield for_terminal(f"{family or '(named)'}: {_files(number)}, {_change(before, after)}")
    counts = {name: sum(each.outcome == name for each in done.results) for name in ("left", "skipped")}
    total = sum(number for number, _, _ in done.sums.values())
    if done.codec == "zstd" and total and done.operation == "compact":
        yield "Files of zstd keep their names, and only zstd and runpact artifacts expand read them"
    if done.applied and done.gc_id is not None:
        yield f"Originals of Markdown: runpact artifacts undo {done.gc_id} gives them back"
    verb = "would be" if not done.applied else "was" if total == 1 else "were"
    before, after = (sum(each[at] for each in done.sums.values()) for at in (1, 2))
    yield (
        f"Total: {_files(total)} {verb} {past}, {_change(before, after)};"
        f" {counts['left']} left, {counts['skipped']} skipped"
    )
    yield from map(for_terminal, done.notes)


def _page(done: Compaction, stamp: str) -> Iterator[str]:
    yield from (f"# Compaction {stamp}" if done.operation == "compact" else f"# Expansion {stamp}", "")
    yield f"- Started: {utc(done.started_s)}"
    yield f"- Finished: {utc(done.finished_s)}"
    yield f"- Form of JSONL: {done.codec}"
    if done.gc_id is not None:
        yield f"- Originals of Markdown: `runpact artifacts undo {done.gc_id}` gives them back"
    yield from (f"- {for_markdown(note)}" for note in done.notes)
    yield from ("", "| Family | Files | Before | After | Ratio |", "| --- | --- | --- | --- | --- |")
    for family, (number, before, after) in done.sums.items():
        yield f"| {for_markdown(family)} | {number} | {short(before)} | {short(after)} |{_ratio(before, after)[1:-1]} |"
    yield from ("", "| File | Outcome | Before | After | Ratio | Why |", "| --- | --- | --- | --- | --- | --- |")
    for each in done.results:
        made = each.made
        sizes = (
            f"{short(made.before_bytes)} | {short(made.after_bytes)} | {_ratio(*_both(each))[2:-1]}"
            if made
            else " | | "
        )
        yield f"| {for_markdown(each.candidate.path)} | {each.outcome} | {sizes} | {for_markdown(each.message)} |"


def _file(each: Result) -> dict[str, Any]:
    made, entry = each.made, each.candidate.entry
    data: dict[str, Any] = {
        **_stored.put("path", each.candidate.path),
        "kind": each.candidate.kind,
        "outcome": each.outcome,
    }
    if entry is not None:
        data |= {"family": entry.family, "entry_id": entry.id}
    if made is not None:
        data |= {"before_bytes": made.before_bytes, "before_sha256": made.before_sha256}
        data |= {"after_bytes": made.after_bytes, "after_sha256": made.after_sha256}
        data |= {"removed_headings": list(made.removed)} if made.removed else {}
    if each.slot is not None:
        data["slot"] = each.slot
    return data | ({"why": each.why, "message": plain(each.message)} if each.why else {})


def _both(each: Result) -> tuple[int, int]:
    return (each.made.before_bytes, each.made.after_bytes) if each.made else (0, 0)


def _sizes(each: Result) -> str:
    return "" if each.made is None else _change(*_both(each))


def _change(before: int, after: int) -> str:
    return f"{short(before)} -> {short(after)}{_ratio(before, after)}"


def _files(number: int) -> str:
    return count(number, "file", "files")


def _skipped(done: Compaction) -> Iterator[str]:
    """A line for each reason, with how many files it has."""
    others = [each for each in done.results if each.outcome == "skipped" and each.why not in FAILURES]
    for message, number in sorted(Counter(each.message for each in others).items()):
        yield for_terminal(
            f"{'skipped':<9}  {_files(number)}: {message} (--verbose names {'it' if number == 1 else 'them'})"
        )


def _why(each: Result) -> str:
    return f": {each.message}" if each.why else ""


def _ratio(before: int, after: int) -> str:
    return f" ({before / after:.2f})" if after else ""
