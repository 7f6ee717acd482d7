"""The journal of an operation under way: what it is about to do, durable before it does it. Contract ``gc_journal``.

Invariants: the file is there only while an operation is under way, or was interrupted; one line each: ``begin``, then
``intent`` (entries that are about to be moved), ``copied`` (copies into another file system that are whole, durably),
``purge`` (slots that are about to end). A line is durable when its call returns. Whoever holds the store's lock and
finds a journal finishes it or rolls it back first: see `_recover`.

    with _lock.hold(places) as lock:
        _recover.recover(places, lock)
        journal = begin(places, lock, operation="restore", gc_id=stamp(places, now_s), started_s=now_s)
        journal.intend(entries)      # before the first of them is moved
        ...                          # the moves, then _report.write
        journal.end()
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from runpact_core import documents, files, jsonl
from runpact_core.errors import EnvironmentFailed, InvalidArtifact, MissingArtifact, RunpactError
from runpact_gc import _report, _reserve
from runpact_gc._times import utc
from runpact_gc._version import __version__
from runpact_gc.errors import BrokenJournal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from runpact_gc._lock import StoreLock
    from runpact_gc._model import Purge
    from runpact_gc._places import Places
    from runpact_gc._report import Done, MovedFile, Operation

__all__ = ["Intent", "Journal", "Pending", "Way", "Written", "begin", "fingerprint", "path_of", "pending", "read"]

Way = Literal["rename", "copy", "deposit"]
"""How entries move: one rename each; a verified copy, then the end of the original (another file system); or a second
name or copy in the trash of a file whose content is about to be replaced (compaction)."""

_NAME = ".journal.jsonl"
_LIMIT = 1 << 30  # bytes; a million entries and more
_FIRST = 1 << 16  # bytes; more than the first line has
_FULL = "free some space, or end what lies in the trash: runpact artifacts trash purge --older-than DAYS --apply"


class Intent(NamedTuple):
    """One entry that was about to be moved, and how.

    Attributes:
        way: How.
        entry: The entry; its moves have no files.
        fingerprints: Of each move that of its files, see `fingerprint`.
    """

    way: Way
    entry: Done
    fingerprints: tuple[str, ...]


class Written(NamedTuple):
    """What a journal says.

    Attributes:
        operation: Which operation was under way.
        gc_id: Its id.
        started_s: When it started.
        plan_digest: Of the plan that it applied, if any.
        undone: Of undo the operation whose moves go back.
        intents: One for each entry, in order.
        copied: Slots whose copies are whole.
        purges: Slots that were about to end.
        torn: Whether the last line is torn: what it would have said was not begun.
        damaged: Why the journal cannot be read from some line on; empty where it can. What is said here stood before.
    """

    operation: Operation
    gc_id: str
    started_s: int
    plan_digest: str | None
    undone: str | None
    intents: tuple[Intent, ...]
    copied: frozenset[str]
    purges: tuple[Purge, ...]
    torn: bool
    damaged: str = ""


class Pending(NamedTuple):
    """An operation that is under way, or was interrupted; see `pending`.

    Attributes:
        operation: Which one; empty where its journal does not say.
        gc_id: Its id; empty where its journal does not say.
        running: Whether somebody holds the store's lock at this moment.
    """

    operation: str
    gc_id: str
    running: bool

    @property
    def text(self) -> str:
        """One sentence for people."""
        name = f"{self.operation} {self.gc_id}".strip() or "an operation"
        if self.running:
            return f"{name} is under way: what is shown may be half of it"
        return f"{name} was interrupted; the next command that changes the store finishes it"


class Journal:
    """A journal that is being written."""

    def __init__(self, path: Path, fd: int) -> None:
        self.path = path
        self._fd = fd

    def intend(self, entries: Sequence[Done], *, way: Way = "rename") -> None:
        """Say what is about to be moved; durable when this returns.

        Raises:
            EnvironmentFailed: It could not be written: do not move.
        """
        self._add({"event": "intent", "way": way, "entries": [_intended(each) for each in entries]})

    def copied(self, slots: Sequence[str]) -> None:
        """Say that the copies of these slots are whole and durable: from here on their originals go."""
        self._add({"event": "copied", "slots": list(slots)})

    def purging(self, purges: Sequence[Purge]) -> None:
        """Say which slots are about to end: from here on their end is only ever finished."""
        self._add({"event": "purge", "purged": [_report.purge_object(each) for each in purges]})

    def end(self) -> None:
        """Remove the journal, durably: the operation is sealed."""
        files.close(self._fd)
        files.remove(self.path)

    def _add(self, members: dict[str, Any]) -> None:
        line = jsonl.dumps({"schema_version": "1.0", **members})
        stood = os.fstat(self._fd).st_size
        _reserve.or_without(self.path.parent, lambda: self._append(line, stood))

    def _append(self, line: bytes, stood: int) -> None:
        """Write a line durably; on a full disk nothing of it stays, so that it can be written again."""
        try:
            files.append(self._fd, line)
            files.sync(self._fd)
        except EnvironmentFailed as error:
            if not _reserve.is_full(error):
                raise
            with contextlib.suppress(OSError):
                os.ftruncate(self._fd, stood)
            doing = f"writing {self.path.name} in the trash, where what is about to be done has to stand first"
            raise EnvironmentFailed(doing, error.cause, hint=_FULL) from error


def path_of(places: Places) -> Path:
    """The journal of a store."""
    return places.trash / _NAME


def begin(  # noqa: PLR0913 - what a journal begins with
    places: Places,
    lock: StoreLock,
    *,
    operation: Operation,
    gc_id: str,
    started_s: int,
    plan_digest: str | None = None,
    undone: str | None = None,
) -> Journal:
    """Begin the journal of an operation, durably; the trash is made where it is not there.

    Raises:
        LockLost: The lock is not ours any more.
        BrokenJournal: One is there already: recover first.
        EnvironmentFailed: It could not be written: do nothing.
    """
    lock.check()
    files.make_dirs(places.trash)
    path = path_of(places)
    if os.path.lexists(path):
        raise BrokenJournal(os.fspath(path), "it is still there")
    first: dict[str, Any] = {"event": "begin", "operation": operation, "gc_id": gc_id}
    first |= {"started_utc": utc(started_s), "tool_version": __version__}
    first |= {} if plan_digest is None else {"plan_digest": plan_digest}
    first |= {} if undone is None else {"undone": undone}
    return _reserve.or_without(places.trash, lambda: _begun(path, first))


def _begun(path: Path, first: dict[str, Any]) -> Journal:
    """The journal with its first line, or none."""
    journal = Journal(path, files.open_append(path))
    try:
        journal._add(first)  # noqa: SLF001 - the same module
    except BaseException:
        with contextlib.suppress(RunpactError):
            journal.end()
        raise
    return journal


def pending(places: Places) -> Pending | None:
    """What is under way in a store, or was interrupted there, for readers; None where its journal is not there.

    Reads one line, changes nothing, waits for nobody, and never fails.
    """
    path = path_of(places)
    if not os.path.lexists(path):
        return None
    first: dict[str, Any] = {}
    with contextlib.suppress(RunpactError, OSError, ValueError, KeyError):
        fd = files.open_read(path)
        try:
            first = _line(os.read(fd, _FIRST).partition(b"\n")[0], 1)
        finally:
            files.close(fd)
    running = False
    with contextlib.suppress(RunpactError):
        running = files.is_locked(places.lock) is True
    return Pending(str(first.get("operation", "")), str(first.get("gc_id", "")), running)


def fingerprint(files_: Iterable[MovedFile]) -> str:
    """The digest, in hex, over the regular files of a move: path, size, mode, modification time, digest of each."""
    lines = sorted(f"{file.sha256} {file.mode} {file.size_bytes} {file.mtime_ns} {file.path}\0" for file in files_)
    return hashlib.sha256("".join(lines).encode(errors="surrogateescape")).hexdigest()


def read(places: Places) -> Written | None:
    """What the journal of an interrupted operation says; None where there is none.

    A torn last line says nothing: what it would have announced was not begun. Where a line before it is not to be read,
    the disk was damaged: the lines before that one are given, and ``damaged`` says so.

    Raises:
        BrokenJournal: Its first line cannot be read, or a line says what no operation writes: none is believed.
        EnvironmentFailed: It could not be read.
    """
    path = path_of(places)
    if not os.path.lexists(path):
        return None
    try:
        if os.path.islink(path):  # noqa: PTH114 - as above
            raise _broken(path, "it is a symbolic link")
        lines = files.read_bytes(path, limit=_LIMIT).split(b"\n")
    except (MissingArtifact, InvalidArtifact) as error:
        raise _broken(path, error.what) from error
    torn = lines.pop() != b""
    if not lines:  # not even the first line was whole: nothing was begun
        return Written("gc", "", 0, None, None, (), frozenset(), (), torn)
    data: list[dict[str, Any]] = []
    damaged = ""
    try:
        for number, each in enumerate(lines, 1):
            try:
                data.append(_line(each, number))
            except InvalidArtifact as error:
                if not data or _is_json(each):
                    raise
                damaged = f"line {number} of {len(lines)} cannot be read: {error.what}"
                break
        return _written(data, torn=torn)._replace(damaged=damaged)
    except (RunpactError, KeyError, ValueError) as error:
        reason = error.what if isinstance(error, RunpactError) else f"{type(error).__name__}: {error}"
        raise _broken(path, reason) from error


def _written(data: Sequence[dict[str, Any]], *, torn: bool) -> Written:
    first, rest = data[0], data[1:]
    if first["event"] != "begin" or any(each["event"] == "begin" for each in rest):
        reason = "it does not begin once, at its beginning"
        raise ValueError(reason)
    if _report.stamped_s(first["gc_id"]) is None:
        reason = f"no operation has the id {first['gc_id']}"
        raise ValueError(reason)
    return Written(
        first["operation"],
        first["gc_id"],
        _report.seconds(first["started_utc"]),
        first.get("plan_digest"),
        first.get("undone"),
        tuple(_intents(rest)),
        frozenset(slot for each in rest if each["event"] == "copied" for slot in each["slots"]),
        tuple(_report.purge_from(end) for each in rest if each["event"] == "purge" for end in each["purged"]),
        torn,
    )


def _intents(lines: Iterable[dict[str, Any]]) -> Iterator[Intent]:
    for line in lines:
        if line["event"] != "intent":
            continue
        for each in line["entries"]:
            entry = _report.done_from(each)
            yield Intent(line["way"], entry, tuple(move["files_sha256"] for move in each["moves"]))


def _line(raw: bytes, number: int) -> dict[str, Any]:
    document = documents.read("gc_journal", raw, limit=_LIMIT)
    if document.reading != "exact":
        reason = f"line {number} was written by a later release ({document.version})"
        raise ValueError(reason)
    return document.data


def _is_json(raw: bytes) -> bool:
    """Whether a line is JSON at all: what a damaged disk gives is none, what somebody wrote is."""
    try:
        json.loads(raw)
    except (ValueError, RecursionError):
        return False
    return True


def _intended(entry: Done) -> dict[str, Any]:
    return _report.done_object(entry, files_of=lambda move: {"files_sha256": fingerprint(move.files)})


def _broken(path: Path, reason: str) -> BrokenJournal:
    return BrokenJournal(os.fspath(path), reason)
