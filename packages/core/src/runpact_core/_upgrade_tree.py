"""Upgrades of files and of whole trees: first a plan, which changes nothing, then one durable write after another.

Invariants:

* A plan reads everything before anything is written: a folder that cannot be listed ends it, since what is in there may
  refer to what would change.
* Each file is replaced whole (`files.replace`) with the mode that it had. So after any crash each file is as before or
  as after, and the next call does what is left.
* A file is written only if it still is what was planned, and no text that was looked at holds a digest of it, which
  would become untrue. Where a text that may hold one cannot be read, nothing is written at all.
* Each file is looked at once, by however many ways it is reached.
* No link is followed but that to a list of checksums, which is read; no other file system is entered. A folder that a
  run is being recorded in is left alone with all that is in it; so are ``.git`` and ``.trash``, whose files are what
  was put there.
* Lines may be appended to JSON Lines meanwhile: their lock is held while they are replaced, as `jsonl.append` expects.
* The tools of this project are kept out by their own locks (`_upgrade_locks`).

Between the last look at a document and its replacement a program that knows of no lock may replace it; that one's is
lost then. So upgrade what nobody is writing.
"""

from __future__ import annotations

import os
import stat
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from runpact_core import _upgrade_one, files, runs
from runpact_core._upgrade_locks import Locks
from runpact_core._upgrade_one import LARGEST, Wanted
from runpact_core._upgrade_refs import Digests, is_checksums, is_document_name, is_manifest, marks
from runpact_core.errors import EnvironmentFailed, MissingArtifact, Refused, RunpactError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from runpact_core._upgrade_one import Found
    from runpact_core.files import Handle, Listing
    from runpact_core.runs import Here

    Outcome = Literal["planned", "upgraded", "left", "live", "newer", "unreadable", "failed"]

__all__ = ["Entry", "Plan", "apply", "plan"]

_APART = frozenset({".git", ".trash"})
_WAIT_S = 10.0
_LEVELS = 3  # folders above what was named in which lists of checksums are looked for: a report has two below its own
_NOT_NEWEST = frozenset({"planned", "unreadable", "failed"})
_KILLED = "it was left by a write that was killed, or that goes on: remove it where nothing is being written"
_PACKED = "compressed and compacted files that were not looked into: {}"


class Entry(NamedTuple):
    """One file or folder of which something is to be told.

    Attributes:
        path: Where it is, as it was reached.
        outcome: What becomes of it, in the words of the contract ``upgrade_report``.
        contract, old, new, lines, message: As `_upgrade_one.Found` has them.
        digest: sha256 of its bytes when it was looked at; empty where they were not read.
        named: It was given by name.
        exit_code: What the command ends with because of it.
    """

    path: str
    outcome: Outcome
    contract: str | None = None
    old: str | None = None
    new: str | None = None
    lines: int | None = None
    message: str = ""
    digest: bytes = b""
    named: bool = False
    exit_code: int = 0


class Plan(NamedTuple):
    """What was found in files and folders, or what became of it.

    Attributes:
        entries: Everything that is to be told, by path.
        files: How many regular files were looked at.
        newest: How many of them hold a document of the wanted version or a later one.
        others: The path of each that holds no document that was asked for, and why where that is known.
        notes: What was not looked at, and what is to be done besides.
        applied: Whether it was carried out.
    """

    entries: tuple[Entry, ...]
    files: int
    newest: int
    others: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    applied: bool = False

    @property
    def other(self) -> int:
        """How many files hold no document that was asked for."""
        return len(self.others)

    def is_outdated(self, *, allow_left: bool = False) -> bool:
        """Whether a document is not, or not known to be, of the wanted version.

        Args:
            allow_left: Those that are left as they are do not count.
        """
        outcomes = {each.outcome for each in self.entries}
        return not outcomes.isdisjoint(_NOT_NEWEST) or ("left" in outcomes and not allow_left)


def plan(paths: Iterable[str], wanted: Wanted, *, now: float, asking: Here) -> Plan:
    """Look at files and folders, and say what an upgrade would do.

    Args:
        paths: Files and folders; a folder may be reached through a link, a file may not be one.
        wanted: What is asked for.
        now: The time in seconds since 1970.
        asking: The machine that asks, see `runs.here`.

    Raises:
        MissingArtifact: There is no such file or folder.
        EnvironmentFailed: A folder cannot be listed, or is moved away meanwhile.
    """
    found = _Looking(wanted, now, asking)
    for path in sorted(dict.fromkeys(paths), key=os.path.isdir):  # what is named is so also where its folder is
        found.take(path)
    return found.plan()


def apply(planned: Plan, wanted: Wanted, *, wait_s: float = _WAIT_S) -> Generator[Entry, None, None]:
    """Carry a plan out, and give every entry of it as it then is; an entry that fails does not stop the others.

    Args:
        planned: The plan.
        wanted: What was asked for.
        wait_s: Seconds to wait for those who change the same folders.

    Raises:
        Refused: gc, say, is changing a store that has one of the files; nothing was written.
    """
    with Locks([each.path for each in planned.entries if each.outcome == "planned"], wait_s) as locks:
        for entry in planned.entries:
            if entry.outcome != "planned":
                yield entry
                continue
            try:
                with locks.around(entry.path):
                    _carry_out(entry, wanted._replace(named=entry.named))
            except RunpactError as error:
                yield entry._replace(outcome="failed", message=str(error), exit_code=error.exit_code)
            else:
                yield entry._replace(outcome="upgraded")


class _Looking:
    """A plan in the making."""

    def __init__(self, wanted: Wanted, now: float, asking: Here) -> None:
        self._wanted, self._now, self._asking = wanted, now, asking
        self._entries: dict[str, Entry] = {}
        self._digests = Digests()
        self._files = self._newest = self._links = 0
        self._seen: set[str] = set()
        self._marks: dict[str, tuple[bytes, ...]] = {}
        self._others: list[tuple[str, str]] = []
        self._manifests: list[str] = []
        self._unknown: list[str] = []
        self._notes: list[str] = []

    def take(self, path: str) -> None:
        """Look at a file, or at a folder with all that is below it."""
        try:
            status, parts = os.lstat(path), Path(path).resolve().parts
        except (OSError, ValueError) as error:
            raise MissingArtifact(path) from error
        if ".trash" in parts:
            raise Refused(f"{path} lies in a trash, which holds what was put there", hint="restore it first")
        at = files.open_folder(path)
        if at is None:
            self._take_named(path, status)
            return
        label = "" if os.path.normpath(path) == os.curdir else path.rstrip("/") or "/"
        try:
            if not self._around(_above(path), near=1):
                for folder in files.walk(at, label):
                    self._folder(folder.path[len(label) :].strip("/"), at, folder)
        finally:
            files.close_folder(at)

    def _take_named(self, path: str, status: os.stat_result) -> None:
        folder, name = os.path.split(path)
        folder = folder or os.curdir
        if not stat.S_ISREG(status.st_mode):
            what = "it is no regular file, and links are not followed"
            self._say(Entry(path, "unreadable", message=what, exit_code=1))
            return
        if self._around([folder, *_above(folder)], near=2):
            return
        at = files.open_folder(folder)
        if at is None:  # it went just now
            raise MissingArtifact(path)
        try:
            real = os.path.join(os.path.realpath(folder), name)  # noqa: PTH118 - pathlib is slow
            if real not in self._seen:
                self._seen.add(real)
                self._file(path, name, status, at, named=True)
        finally:
            files.close_folder(at)

    def _around(self, folders: Iterable[str], *, near: int) -> bool:
        """Take up what lists in folders refer to, and documents in the ``near`` first; whether one has a live run."""
        live = False
        for level, folder in enumerate(folders):
            at = None
            try:
                if (at := files.open_folder(folder)) is not None:
                    members = files.listing(at, folder).members
                    for path, fault in self._digests.add_folder(folder, members, at, texts=level < near):
                        self._not_known(path, fault)
                    live = self._is_live(folder, [name for name, _ in members], at) or live
            except EnvironmentFailed as error:  # of the folders above, much may be none of our business
                self._notes.append(f"what files there refer to is not known: {error}")
            finally:
                if at is not None:
                    files.close_folder(at)
        return live

    def _folder(self, below: str, handle: Handle, folder: Listing) -> None:
        at = files.open_folder(handle, below)
        if at is None:
            return  # it went while it was walked
        start = f"{folder.path}/" if folder.path else ""
        try:
            real = os.path.realpath(folder.path or os.curdir)
            live = self._is_live(folder.path or os.curdir, [name for name, _ in folder.members], at)
            if live or real in self._seen:
                folder.folders.clear()
                return
            self._seen.add(real)
            self._notes += [f"{start}{name} was not entered" for name in folder.folders if name in _APART]
            self._notes += [f"{start}{name} is on another file system" for name in folder.elsewhere]
            folder.folders[:] = [name for name in folder.folders if name not in _APART]
            for name, status in folder.members:
                if os.path.join(real, name) not in self._seen:  # noqa: PTH118 - pathlib is slow
                    self._member(f"{start}{name}", name, status, at)
        finally:
            files.close_folder(at)

    def _member(self, path: str, name: str, status: os.stat_result, at: Handle) -> None:
        if stat.S_ISLNK(status.st_mode) and is_checksums(name):
            if fault := self._digests.add_link(path):
                self._not_known(path, fault)
        elif stat.S_ISLNK(status.st_mode):
            self._links += 1
        elif stat.S_ISREG(status.st_mode) and is_document_name(name) and status.st_size <= LARGEST:
            self._file(path, name, status, at, named=False)
        elif stat.S_ISREG(status.st_mode):
            self._files += 1
            large = f"it has more than {LARGEST} bytes" if is_document_name(name) else ""
            self._others.append((path, large))
            if files.is_temporary(name):
                self._notes.append(f"{path}: {_KILLED}")
            else:
                self._refers(path, at)

    def _refers(self, path: str, at: Handle) -> None:
        """Take up the digests of a file that is no document, or cannot be read as one."""
        if fault := self._digests.add_file(path, at):
            self._not_known(path, fault)

    def _not_known(self, path: str, fault: str) -> None:
        self._unknown.append(path)
        self._notes.append(f"it is not known which digests {path} holds: {fault}")

    def _file(self, path: str, name: str, status: os.stat_result, at: Handle, *, named: bool) -> None:
        self._files += 1
        if is_manifest(name):
            self._manifests.append(path)
            self._newest += 1
            return
        try:
            raw = files.read_bytes(name, limit=LARGEST, at=at)
        except RunpactError as error:
            self._refers(path, at)
            self._say(Entry(path, "unreadable", message=str(error), exit_code=error.exit_code))
            return
        self._digests.add(raw, path)
        found = _upgrade_one.look(raw, name, self._wanted._replace(named=named))
        if found.state == "outdated":
            self._marks[path] = marks(raw)
            if status.st_nlink > 1:
                self._notes.append(f"{path} has other names (hard links): they keep what it is now")
        self._count(path, found, sha256(raw).digest(), named=named)

    def _count(self, path: str, found: Found, digest: bytes, *, named: bool) -> None:
        if found.state == "newest":
            self._newest += 1
        elif found.state == "other" and not named:
            self._others.append((path, found.message))
        elif found.state == "other":
            what = found.message or "no contract fits it: name one, with --contract"
            self._say(Entry(path, "unreadable", message=what, exit_code=1))
        else:
            outcome: Outcome = "planned" if found.state == "outdated" else found.state
            code = 1 if outcome == "unreadable" else 0
            self._say(
                Entry(path, outcome, *found[1:5], message=found.message, digest=digest, named=named, exit_code=code)
            )

    def _is_live(self, path: str, names: list[str], at: Handle) -> bool:
        """Whether a run is being recorded in a folder, which is said; also where that cannot be seen from here."""
        if "open.json" not in names:
            return False
        try:
            live = files.is_locked("open.json", at=at) is True
            if not live and "run.json" not in names:
                live = runs.look(path, now=self._now, asking=self._asking).state in {"running", "running?"}
        except MissingArtifact:  # it was sealed, or went, just now
            return False
        except RunpactError as error:
            unknown = f"whether a run is being recorded in it is not known: {error}"
            self._say(Entry(os.path.normpath(path), "live", message=unknown))
            return True
        if live:
            self._say(Entry(os.path.normpath(path), "live", message="a run is being recorded in it"))
        return live

    def _say(self, entry: Entry) -> None:
        self._entries[entry.path] = entry

    def plan(self) -> Plan:
        """The plan, once everything was looked at: only now it is known what holds a digest of what."""
        found = (self._entries[path] for path in sorted(self._entries))
        entries = [self._kept(entry) if entry.outcome == "planned" else entry for entry in found]
        notes = list(dict.fromkeys(self._notes))
        if self._links:
            notes.append(f"symbolic links that were not followed: {self._links}")
        if self._digests.packed:
            notes.append(_PACKED.format(len(self._digests.packed)))
        if any(entry.outcome == "planned" for entry in entries):
            notes += self._warnings()
        return Plan(tuple(entries), self._files, self._newest, tuple(sorted(self._others)), tuple(notes))

    def _warnings(self) -> Iterator[str]:
        """What is to be known before anything is written."""
        for path in dict.fromkeys(self._digests.strange):
            yield f"{path} is a list of checksums of a form that is not known: look whether it names what changes"
        for path in dict.fromkeys(self._digests.skipped):
            yield f"{path} is too large to be looked into for digests"
        for path in self._manifests:
            yield f"{path} is a cache: artifacts scan takes up what changes"

    def _kept(self, entry: Entry) -> Entry:
        """What would be upgraded, unless something refers to it, or may."""
        if holder := self._digests.holder(entry.path, self._marks[entry.path]):
            return entry._replace(outcome="left", message=f"{holder} holds its digest")
        if self._unknown:
            why = f"{self._unknown[0]} may hold its digest, and cannot be read"
            return entry._replace(outcome="left", message=why, exit_code=Refused.exit_code)
        return entry


def _above(path: str) -> Iterator[str]:
    """The folders above one, as far as a digest of what is in it is looked for."""
    for level in range(1, _LEVELS):
        yield f"{path.rstrip('/') or '/'}/{'/'.join(['..'] * level)}"


def _carry_out(entry: Entry, wanted: Wanted) -> None:
    """Write one file of a plan, if it still is what was planned.

    Raises:
        Refused: It is not.
        EnvironmentFailed: It cannot be read or written; it is as it was.
    """
    files.close(files.open_read(entry.path))  # `hold` would make what is gone
    lines = files.hold(entry.path) if entry.path.endswith(".jsonl") else None
    try:
        raw = files.read_bytes(entry.path, limit=LARGEST)
        if sha256(raw).digest() != entry.digest:
            raise Refused("it changed since it was looked at", hint="look again")
        found = _upgrade_one.look(raw, os.path.basename(entry.path), wanted)  # noqa: PTH119 - pathlib is slow
        files.replace(entry.path, found.data or raw, mode=None)
    finally:
        if lines is not None:
            files.close(lines)
