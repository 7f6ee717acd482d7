"""The listing of artifacts, as people read it, and as a document. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core.redact import for_terminal
from runpact_core.tables import width
from runpact_gc._groups import newest_first, ranked
from runpact_gc._protect import by_being_newest, by_pins
from runpact_gc._shown import members, paths_of, plain
from runpact_gc._sizes import count, short
from runpact_gc._times import shown, utc

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from runpact_gc._model import Entry, Finding, Inventory, Reason
    from runpact_gc._settings import Settings

__all__ = ["Listed", "document", "listed", "text"]

_HEADER = ("ID", "FAMILY", "TIMESTAMP", "SIZE", "STATUS", "PINNED", "FILES")
_WIDTHS = (12, 10, 19, 8, 6, 6)  # the least of each column but the last
_PIN = "📌"
_LEGEND = f"Legend: * = last run, + = last pass, {_PIN} = pinned"


class Listed(NamedTuple):
    """One line: an entry, and the protections that it shows."""

    entry: Entry
    pinned: bool
    last_run: bool
    last_pass: bool


def listed(
    inventory: Inventory, settings: Settings, pins: Collection[str], now_s: int, families: Collection[str] = ()
) -> list[Listed]:
    """The entries, or those of some families, newest first."""
    entries = inventory.entries
    reasons: dict[int, list[Reason]] = {}
    for of_group in ranked(entries, now_s).values():
        by_being_newest(entries, of_group, now_s, reasons)
    by_pins(entries, settings, pins, reasons)
    lines = []
    for place in newest_first(entries, range(len(entries))):
        if not families or entries[place].family in families:
            rules = {reason.rule for reason in reasons.get(place, ())}
            lines.append(Listed(entries[place], *(slug in rules for slug in ("pinned", "last-run", "last-pass"))))
    return lines


def text(lines: Sequence[Listed], *, verbose: bool = False) -> str:
    """The table, the legend and the total; with ``verbose`` the paths under each line. Made safe for a terminal."""
    rows = [_HEADER, *(_cells(line) for line in lines)]
    widths = [max(least, *(width(row[at]) for row in rows)) for at, least in enumerate(_WIDTHS)]
    shown_lines = [_aligned(rows[0], widths)]
    for line, row in zip(lines, rows[1:], strict=True):
        shown_lines.append(_aligned(row, widths))
        if verbose:
            shown_lines += [f"  {for_terminal(path)}" for path in paths_of(line.entry)]
    total = _total(lines)
    entries, files = count(total["entries"], "entry", "entries"), count(total["file_count"], "file", "files")
    shown_lines += ["", _LEGEND, f"Total: {entries}, {short(total['size_bytes'])}, {files}", ""]
    return "\n".join(shown_lines)


def document(lines: Sequence[Listed], inventory: Inventory, now_s: int) -> dict[str, Any]:
    """The listing as a document of ``artifact_list``."""
    return {
        "schema_version": "1.0",
        "listed_utc": utc(now_s),
        "scanned_utc": utc(inventory.scanned_s),
        "entries": [_members(line) for line in lines],
        "total": _total(lines),
        "findings": [_finding(finding) for finding in inventory.findings],
    }


def _members(line: Listed) -> dict[str, Any]:
    return members(line.entry) | {
        "complete": line.entry.complete,
        "live": line.entry.live,
        "pinned": line.pinned,
        "last_run": line.last_run,
        "last_pass": line.last_pass,
        "paths": [plain(path) for path in paths_of(line.entry)],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    said = {"kind": finding.kind, "path": plain(finding.path), "message": plain(finding.message)}
    return {**said, "blocks": finding.blocks}


def _total(lines: Sequence[Listed]) -> dict[str, int]:
    entries = [line.entry for line in lines]
    return {
        "entries": len(entries),
        "file_count": sum(entry.file_count for entry in entries),
        "size_bytes": sum(entry.size_bytes for entry in entries),
    }


def _cells(line: Listed) -> tuple[str, ...]:
    entry = line.entry
    marks = f"{'*' if line.last_run else ''}{'+' if line.last_pass else ''}"
    cells = (entry.id, entry.family, shown(entry.time_s), short(entry.size_bytes), f"{entry.status}{marks}")
    return *(for_terminal(cell) for cell in cells), _PIN if line.pinned else "", str(entry.file_count)


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=False)]
    return " ".join([*padded, row[-1]])
