"""The reports of a store: what an operation did, the seal that it is written last. Contract ``gc_report``.

Invariants: a report is written once, under a name that was free, and never changed; the Markdown for people first, then
the JSON, which is the seal. Paths are stored exactly; what is no UTF-8 in any other text is escaped. Each names the
digest of the one before it, so one that was changed or removed shows. Ids of operations grow, whatever the clock does.

    report = write(places, Report(stamp(places, now_s), "gc", now_s, later_s, entries))
"""

from __future__ import annotations

import hashlib
import os
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from runpact_core import documents, files
from runpact_core.errors import EnvironmentFailed, MissingArtifact, UnsupportedVersion
from runpact_gc import _reserve, _stored
from runpact_gc._model import Purge, Reason
from runpact_gc._shown import plain
from runpact_gc._times import utc
from runpact_gc._version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from runpact_gc._model import Layout
    from runpact_gc._places import Places

__all__ = [
    "MOST_BYTES",
    "Done",
    "Move",
    "MovedFile",
    "Operation",
    "Report",
    "Skipped",
    "compose",
    "done_from",
    "done_object",
    "from_object",
    "ids",
    "path_of",
    "purge_from",
    "purge_object",
    "read",
    "seconds",
    "stamp",
    "stamped_s",
    "write",
]

Operation = Literal["gc", "restore", "undo", "purge", "compact"]

MOST_BYTES = 1 << 30
"""The largest report that is read or written: a million files and more."""

_NAME = re.compile(r"(?:gc|compaction)_report_([0-9]{8}_[0-9]{6})\.(?:json|md)")
_ID_FORMAT = "%Y%m%d_%H%M%S"
_UTC_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


class MovedFile(NamedTuple):
    """One regular file of a move.

    Attributes:
        path: Below the move's path; empty where what was moved is the file itself.
        size_bytes: Its size.
        mode: Its permission bits.
        mtime_ns: Its modification time, nanoseconds since 1970.
        sha256: Digest of its content in hex.
    """

    path: str
    size_bytes: int
    mode: int
    mtime_ns: int
    sha256: str


class Move(NamedTuple):
    """One thing that was moved; operations gc and compact go from source to target, restore and undo back.

    Attributes:
        source: Where it lay, or lies again: project-relative.
        target: Where it lies, or lay, in the trash: relative to the trash; begins with the slot's name.
        kind: ``directory`` or ``file``.
        files: The regular files in it, by path.
    """

    source: str
    target: str
    kind: Literal["directory", "file"]
    files: tuple[MovedFile, ...]


class Done(NamedTuple):
    """One entry that was moved whole.

    Attributes:
        slot: Its folder's name below the trash.
        id: The entry's id.
        family: Its family.
        layout: Its layout.
        run_id: Its run id, if any.
        reasons: Why.
        moves: What was moved: one folder, or the files of a glob entry.
    """

    slot: str
    id: str
    family: str
    layout: Layout
    run_id: str | None
    reasons: tuple[Reason, ...]
    moves: tuple[Move, ...]

    @property
    def size_bytes(self) -> int:
        """Sum of the sizes of its files."""
        return sum(file.size_bytes for move in self.moves for file in move.files)

    @property
    def file_count(self) -> int:
        """Number of its files."""
        return sum(len(move.files) for move in self.moves)


class Skipped(NamedTuple):
    """One entry that the plan named and that was left where it is, whole.

    Attributes:
        id: The entry's id; of a purge the slot.
        family: Its family; empty where nobody knows.
        path: Project-relative.
        why: A stable slug: ``changed``, ``gone``, ``live``, ``link``, ``parent-changed``, ``mount-point``,
            ``other-file-system``, ``slot-taken``, ``target-exists``, ``special-file``, ``put-back``, ``refused``,
            ``in-use``, ``interrupted``.
        message: One sentence for people.
    """

    id: str
    family: str
    path: str
    why: str
    message: str


class Report(NamedTuple):
    """What an operation did.

    Attributes:
        gc_id: The operation: stamp of its start in UTC, unique in its store.
        operation: Which one.
        started_s: When it started.
        finished_s: When its last change was done.
        entries: What was moved, in order.
        skipped: What was left where it is although the plan named it.
        purged: Slots whose time was over and that are gone.
        notes: Sentences for people.
        plan_digest: Of the plan that was applied; None where there was none.
        previous_sha256: Digest of the bytes of the report before it; None for the first. `write` fills it in.
        recovered: Whether an interrupted operation was finished by the command after it.
        undone: Of restore and undo the operation whose moves went back, if it was one.
    """

    gc_id: str
    operation: Operation
    started_s: int
    finished_s: int
    entries: tuple[Done, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    purged: tuple[Purge, ...] = ()
    notes: tuple[str, ...] = ()
    plan_digest: str | None = None
    previous_sha256: str | None = None
    recovered: bool = False
    undone: str | None = None

    @property
    def freed_bytes(self) -> int:
        """What the end of slots has freed on the disk; a move into the trash frees nothing yet."""
        return sum(each.size_bytes for each in self.purged)

    @property
    def moved_bytes(self) -> int:
        """Sum of the sizes of the files that were moved."""
        return sum(each.size_bytes for each in self.entries)


def seconds(text: str) -> int:
    """A time of a document, seconds since 1970."""
    return int(datetime.strptime(text, _UTC_FORMAT).replace(tzinfo=UTC).timestamp())


def ids(places: Places) -> tuple[str, ...]:
    """The ids of all operations that left a ``gc_report``, oldest first.

    Raises:
        EnvironmentFailed: The trash cannot be listed.
    """
    found = (_NAME.fullmatch(name) for name in _names(places.trash))
    return tuple(sorted(each[1] for each in found if each and each[0] == f"gc_report_{each[1]}.json"))


def stamp(places: Places, now_s: int) -> str:
    """The id of a new operation: its second in UTC, or the first one after all that the trash has reports of."""
    taken = (each[1] for each in map(_NAME.fullmatch, _names(places.trash)) if each)
    newest = max((time for time in map(stamped_s, taken) if time is not None), default=now_s - 1)
    return datetime.fromtimestamp(max(now_s, newest + 1), UTC).strftime(_ID_FORMAT)


def stamped_s(gc_id: str) -> int | None:
    """The second that an operation's id says; None where no calendar has it."""
    try:
        return int(datetime.strptime(gc_id, _ID_FORMAT).replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None


def path_of(places: Places, gc_id: str) -> Path:
    """The JSON of an operation's report."""
    return places.trash / f"gc_report_{gc_id}.json"


def read(path: Path) -> Report:
    """One report.

    Raises:
        MissingArtifact: There is none.
        InvalidArtifact: It is not what the contract says.
        Refused: It names a place that no operation writes.
        UnsupportedVersion: A later release wrote it.
        EnvironmentFailed: It could not be read.
    """
    document = documents.read("gc_report", path, limit=MOST_BYTES)
    if document.reading == "best-effort":
        raise UnsupportedVersion(document.version, hint="a later release wrote this report")
    return from_object(document.data)


def write(places: Places, report: Report) -> Report:
    """Write a report, Markdown first and then the JSON that seals the operation, both durably.

    Returns:
        The report with the digest of the one before it.

    Raises:
        EnvironmentFailed: It could not be written.
    """
    from runpact_gc._report_text import markdown  # a dry run writes none

    earlier = [each for each in ids(places) if each < report.gc_id]
    whole = report._replace(previous_sha256=_digest(path_of(places, earlier[-1])) if earlier else None)
    page, document, seal = markdown(whole).encode(), compose(whole), path_of(places, whole.gc_id)
    _reserve.or_without(places.trash, lambda: files.replace(seal.with_suffix(".md"), page))
    _reserve.or_without(places.trash, lambda: documents.write(seal, document, contract="gc_report", limit=MOST_BYTES))
    return whole


def compose(report: Report) -> dict[str, Any]:
    """The report as a document of the contract."""
    data: dict[str, Any] = {
        "schema_version": "1.0",
        "gc_id": report.gc_id,
        "operation": report.operation,
        "started_utc": utc(report.started_s),
        "finished_utc": utc(report.finished_s),
        "tool_version": __version__,
        "recovered": report.recovered,
        "entries": [done_object(each) for each in report.entries],
        "skipped": [
            {"entry_id": each.id, "family": plain(each.family), **_stored.put("path", each.path), "why": each.why}
            | {"message": plain(each.message)}
            for each in report.skipped
        ],
        "purged": [purge_object(each) for each in report.purged],
        "moved_bytes": report.moved_bytes,
        "freed_bytes": report.freed_bytes,
        "notes": [plain(each) for each in report.notes],
    }
    optional = {name: getattr(report, name) for name in ("plan_digest", "previous_sha256", "undone")}
    return data | {name: value for name, value in optional.items() if value is not None}


def from_object(data: Mapping[str, Any]) -> Report:
    """The values of a document of the contract."""
    return Report(
        data["gc_id"],
        data["operation"],
        seconds(data["started_utc"]),
        seconds(data["finished_utc"]),
        tuple(done_from(each) for each in data["entries"]),
        tuple(
            Skipped(each["entry_id"], each["family"], _stored.take(each, "path"), each["why"], each["message"])
            for each in data["skipped"]
        ),
        tuple(purge_from(each) for each in data["purged"]),
        tuple(data["notes"]),
        data.get("plan_digest"),
        data.get("previous_sha256"),
        data["recovered"],
        data.get("undone"),
    )


def done_object(done: Done, *, files_of: Callable[[Move], dict[str, Any]] | None = None) -> dict[str, Any]:
    """One entry as it stands in a report; with ``files_of`` what a journal says instead of the files of a move."""
    told = files_of or _files_object
    data: dict[str, Any] = {
        "slot": done.slot,
        "entry_id": done.id,
        "family": plain(done.family),
        "layout": done.layout,
        "reasons": [{"rule": each.rule, "text": plain(each.text)} for each in done.reasons],
        "moves": [
            {
                **_stored.put("source", move.source),
                **_stored.put("target", move.target),
                "kind": move.kind,
                **told(move),
            }
            for move in done.moves
        ],
    }
    return data if done.run_id is None else data | {"run_id": plain(done.run_id)}


def done_from(data: Mapping[str, Any]) -> Done:
    """The values of one entry of a report or a journal, where moves have no files; `Refused` where no gc wrote them."""
    return Done(
        data["slot"],
        data["entry_id"],
        data["family"],
        data["layout"],
        data.get("run_id"),
        tuple(Reason(each["rule"], each["text"]) for each in data["reasons"]),
        tuple(
            Move(
                _stored.place(move, "source"),
                _stored.place(move, "target", below=data["slot"]),
                move["kind"],
                tuple(_file_from(file) for file in move.get("files", ())),
            )
            for move in data["moves"]
        ),
    )


def _files_object(move: Move) -> dict[str, Any]:
    return {
        "files": [
            {**_stored.put("path", file.path), "size_bytes": file.size_bytes, "mode": file.mode}
            | {"mtime_ns": file.mtime_ns, "sha256": file.sha256}
            for file in move.files
        ]
    }


def _file_from(file: Mapping[str, Any]) -> MovedFile:
    path = _stored.place(file, "path") if file["path"] else ""
    return MovedFile(path, file["size_bytes"], file["mode"], file["mtime_ns"], file["sha256"])


def purge_object(purge: Purge) -> dict[str, Any]:
    """One slot that ended as it stands in a report and in a journal."""
    return {
        "slot": purge.slot,
        "gc_id": purge.gc_id,
        "trashed_utc": utc(purge.trashed_s),
        "size_bytes": purge.size_bytes,
        "file_count": purge.file_count,
    }


def purge_from(data: Mapping[str, Any]) -> Purge:
    """The values of one slot of a report or a journal."""
    return Purge(data["slot"], data["gc_id"], seconds(data["trashed_utc"]), data["size_bytes"], data["file_count"])


def _names(trash: Path) -> list[str]:
    try:
        return os.listdir(trash)  # noqa: PTH208 - names are what is wanted
    except FileNotFoundError:
        return []
    except OSError as error:
        raise EnvironmentFailed(f"listing {trash}", error) from error


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(files.read_bytes(path, limit=MOST_BYTES)).hexdigest()
    except MissingArtifact:  # removed since it was listed; the digest of nothing says so
        return hashlib.sha256().hexdigest()
