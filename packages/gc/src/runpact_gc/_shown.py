"""Entries and reasons as the printed documents have them. Pure.

What is printed is no exact path: bytes that are no UTF-8 are shown escaped, as they are to people.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from runpact_gc._times import utc

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runpact_gc._model import Decision, Entry, Reason

__all__ = ["by_family", "members", "paths_of", "plain", "reasons_of", "where"]


def plain(text: str) -> str:
    r"""A text that JSON can say: a byte that is no UTF-8 is ``\xff``."""
    return text if text.isascii() else os.fsencode(text).decode(errors="backslashreplace")


def members(entry: Entry) -> dict[str, Any]:
    """What every document says of an entry."""
    said = {
        "entry_id": entry.id,
        "family": plain(entry.family),
        "layout": entry.layout,
        "path": plain(where(entry)),
        "status": entry.status,
        "time_utc": utc(entry.time_s),
        "size_bytes": entry.size_bytes,
        "file_count": entry.file_count,
    }
    return said if entry.run_id is None else {**said, "run_id": plain(entry.run_id)}


def where(entry: Entry) -> str:
    """Where an entry lies: its folder or file; of several files the first, and how many more there are."""
    if entry.layout != "glob" or len(entry.files) < 2:
        return entry.path
    return f"{entry.files[0].path} and {len(entry.files) - 1} more"


def by_family(decisions: Iterable[Decision]) -> list[Decision]:
    """Decisions by layout and family, then the newest first, so that one sees where the rule cuts."""
    newest = sorted(
        decisions, key=lambda each: (each.entry.time_s, each.entry.run_id or "", each.entry.path), reverse=True
    )
    return sorted(newest, key=lambda each: (each.entry.layout, each.entry.family))


def reasons_of(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Reasons, in their order."""
    return [{"rule": each.rule, "text": plain(each.text), "protects": each.protects} for each in reasons]


def paths_of(entry: Entry) -> list[str]:
    """The folder of an entry, or the files of a glob entry."""
    return [file.path for file in entry.files] if entry.layout == "glob" and entry.files else [entry.path]
