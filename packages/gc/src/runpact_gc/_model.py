"""The values that every part of gc speaks of: files, entries, what a scan found, what a policy decides. Pure.

Times are whole seconds since 1970 unless the name says ``_ns``; paths are relative to the project, with ``/``
(names that are not UTF-8 hold lone surrogates, as `os.fsdecode` gives them).
"""

from __future__ import annotations

import hashlib
from typing import Literal, NamedTuple

__all__ = [
    "ID_CHARS",
    "Decision",
    "Entry",
    "File",
    "Finding",
    "Group",
    "Inventory",
    "Layout",
    "Plan",
    "Pointer",
    "Purge",
    "Reason",
    "Status",
    "entry_id",
]

Layout = Literal["dash", "runs", "glob"]
Status = Literal["pass", "fail", "partial", "unknown"]

ID_CHARS = 12


def entry_id(family: str, key: str) -> str:
    """The id of an entry: the first 12 hex digits of sha256 over family, NUL and path (or shared run id)."""
    return hashlib.sha256(f"{family}\0{key}".encode(errors="surrogatepass")).hexdigest()[:ID_CHARS]


class File(NamedTuple):
    """One file of an entry.

    Attributes:
        path: Project-relative.
        size_bytes: Its size.
        mtime_ns: Its modification time, nanoseconds since 1970.
        sha256: Digest of its content in hex, or None where it was not taken.
    """

    path: str
    size_bytes: int
    mtime_ns: int
    sha256: str | None = None


class Entry(NamedTuple):
    """One run of one family: the unit of every decision.

    Attributes:
        id: First 12 hex digits, see `entry_id`.
        family: Family by glob patterns, product (layout ``dash``) or pipeline id (layout ``runs``).
        layout: Where it comes from. Families of one name in two layouts are two groups, see `Group`.
        path: The run's folder (layouts ``dash``, ``runs``); of a glob entry the one file, or the folder that all
            its files share.
        key: What its id is made of beside the family: the path, or the run id that the files of a glob entry share.
        run_id: The run's id, or None where nothing says one.
        status: As its documents, else its names say.
        time_s: When it ran, or ended: see ``time_from``.
        time_from: ``document``, ``name`` or ``mtime``: who says so.
        complete: Whether it counts towards keep N.
        live: Whether it is being written: its recorder's lock is held, or cannot be asked and may be.
        size_bytes: Sum of the sizes of its files.
        file_count: Number of its files (links and other special files counted, never followed).
        newest_ns: Newest modification time of anything in it, nanoseconds since 1970.
        files: The files of a glob entry; of a folder empty unless checksums were taken.
    """

    id: str
    family: str
    layout: Layout
    path: str
    key: str
    run_id: str | None
    status: Status
    time_s: int
    time_from: Literal["document", "name", "mtime"]
    complete: bool
    live: bool
    size_bytes: int
    file_count: int
    newest_ns: int
    files: tuple[File, ...] = ()


class Group(NamedTuple):
    """A family within a layout: what a retention rule counts in."""

    layout: Layout
    family: str


class Pointer(NamedTuple):
    """A document that is kept and points to a run: evidence of a `last_run.json`.

    Attributes:
        document: The document, project-relative.
        target: The path it points to, project-relative, or the run id it names.
    """

    document: str
    target: str


class Finding(NamedTuple):
    """Something a scan or a verification noticed.

    Attributes:
        kind: A stable slug: ``unreadable``, ``two-families``, ``suspicious-time``, ``link``, ``other-file-system``,
            ``case-twins``, ``missing``, ``foreign``, ``changed``, ``bit-rot``, ``broken-trash``, …
        path: Project-relative.
        message: One sentence for people.
        blocks: Whether no plan may be made while it stands.
    """

    kind: str
    path: str
    message: str
    blocks: bool = False


class Inventory(NamedTuple):
    """What a scan found.

    Attributes:
        entries: Sorted by layout, family, path.
        pointers: What kept documents point to.
        findings: What was noticed, by path.
        scanned_s: When the scan ended.
    """

    entries: tuple[Entry, ...]
    pointers: tuple[Pointer, ...]
    findings: tuple[Finding, ...]
    scanned_s: int


class Reason(NamedTuple):
    """Why an entry is kept or goes.

    Attributes:
        rule: A stable slug: ``keep-last``, ``keep-daily``, ``keep-weekly``, ``keep-monthly``, ``keep-within``,
            ``keep-status``, ``max-total-size``, ``pinned``, ``last-run``, ``last-pass``, ``live``, ``incomplete``,
            ``pointed-to``, ``no-policy``, ``suspicious``; of what goes ``not-kept``, ``incomplete-expired``.
        text: The rule with its data, for people: ``keep-last: 3rd newest of 10``.
        protects: Whether it is a protection, which no rule can take away.
    """

    rule: str
    text: str
    protects: bool = False


class Decision(NamedTuple):
    """What happens to one entry, with all reasons for it."""

    entry: Entry
    keep: bool
    reasons: tuple[Reason, ...]


class Purge(NamedTuple):
    """One slot of the trash whose time is over.

    Attributes:
        slot: Its folder's name below the trash.
        gc_id: The operation that filled it.
        trashed_s: When that was.
        size_bytes: What its end frees.
        file_count: Number of its files.
    """

    slot: str
    gc_id: str
    trashed_s: int
    size_bytes: int
    file_count: int


class Plan(NamedTuple):
    """What a policy makes of an inventory at a moment; a function of its input.

    Attributes:
        decisions: One for each entry, in the inventory's order.
        purges: Slots of the trash that end, by name.
        notes: Sentences for people: families without a policy, a budget that cannot be met and what protects what.
        digest: sha256 in hex over what would be moved and purged, each with what identifies it (id, paths, size,
            newest time); the same as long as applying does the same.
        now_s: The moment it was made for.
    """

    decisions: tuple[Decision, ...]
    purges: tuple[Purge, ...]
    notes: tuple[str, ...]
    digest: str
    now_s: int
