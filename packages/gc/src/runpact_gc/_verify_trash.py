"""The trash against its reports: is what they name there, as it was taken, and nothing else; and are they whole?

Invariants: those of `_verify`. The reports form a chain, each with the digest of the one before it.
"""

from __future__ import annotations

import hashlib
import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from runpact_core import files
from runpact_core.errors import EnvironmentFailed, RunpactError
from runpact_gc import _checksums, _journal, _purge, _report, _trash
from runpact_gc._checksums import out_of
from runpact_gc._handles import relative
from runpact_gc._model import File, Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from runpact_core.files import Handle
    from runpact_gc._checksums import Digest
    from runpact_gc._places import Places
    from runpact_gc._settings import Settings
    from runpact_gc._trash import Slot

    Progress = Callable[[int, int], None]

__all__ = ["Counts", "Found", "Held", "verify"]


class Counts(NamedTuple):
    """How much was looked at: entries of the manifest, files, slots; files that were read, and their bytes."""

    entries: int = 0
    files: int = 0
    slots: int = 0
    digests: int = 0
    size_bytes: int = 0

    def plus(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(*map(sum, zip(self, other, strict=True)))


class Found:
    """What a look has found so far.

    Attributes:
        findings: What is wrong, or worth saying.
        counts: How much was looked at.
    """

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.counts = Counts()

    def add(self, kind: str, path: str, message: str) -> None:
        """Note a finding."""
        self.findings.append(Finding(kind, path, message))

    def judge(self, file: File, now: Digest) -> None:
        """Compare a file that was read with what was recorded of it."""
        self.counts = self.counts.plus(Counts(files=1))
        if now.problem:
            kind = {"missing": "missing", "unreadable": "unreadable"}.get(now.problem, "changed")
            self.add(kind, file.path, now.message if kind != "missing" else "it was recorded, and is not there")
            return
        self.counts = self.counts.plus(Counts(digests=1, size_bytes=now.size_bytes))
        if (now.size_bytes, now.mtime_ns) != (file.size_bytes, file.mtime_ns):
            self.add("changed", file.path, "it has another size or time than was recorded")
        elif now.sha256 != file.sha256:
            self.add("bit-rot", file.path, "its size and time are as recorded, its content is not")


class Held(NamedTuple):
    """What was found in the trash.

    Attributes:
        findings: What is wrong.
        counts: How much was looked at.
        notes: What could not be judged.
        families: Those of its slots.
    """

    findings: tuple[Finding, ...]
    counts: Counts
    notes: tuple[str, ...]
    families: frozenset[str]


def verify(  # noqa: PLR0913 - as `_verify.verify`, with the open project
    root: Handle,
    places: Places,
    settings: Settings,
    *,
    deep: bool,
    families: Collection[str],
    progress: Progress | None,
) -> Held:
    """Compare the trash with its reports; see `_verify.verify`."""
    known = _trash.look(places, whole=True)
    there = [slot for slot in known.slots if not families or slot.family in families]
    found = _Slots(root, relative(places.project, places.trash))
    for slot in there:
        found.slot(slot)
    for slot in known.lost:
        ending = _trash.PURGING + slot.slot in _purge.leftovers(places)
        if not ending and (not families or slot.family in families):
            found.add("broken-trash", f"{found.trash}/{slot.slot}", f"{slot.gc_id} put it there, and it is gone")
    if deep:
        found.read(settings, progress)
    if not families:
        found.findings += [*known.findings, *_left(places, found.trash), *_chain(places, found.trash)]
    unread = len(found.wanted) if not deep else 0
    notes = (f"files in the trash that were not read: {unread}; verify --deep reads them",) if unread else ()
    named = frozenset(slot.family for slot in (*known.slots, *known.lost))
    return Held(tuple(found.findings), found.counts, notes, named)


class _Slots(Found):
    """The slots.

    Attributes:
        trash: The trash, project-relative.
        wanted: Files that are as they were taken by all but their content.
    """

    def __init__(self, root: Handle, trash: str) -> None:
        super().__init__()
        self.trash = trash
        self.wanted: list[File] = []
        self._root = root

    def slot(self, slot: Slot) -> None:
        """Compare the names, sizes, permissions and times in one slot."""
        self.counts = self.counts.plus(Counts(slots=1))
        path = f"{self.trash}/{slot.slot}"
        if slot.operation in {"restore", "undo"}:
            self.add("emptied", path, "its entry is back where it was; look at what is left, and remove it by hand")
            return
        if slot.gc_id is None:
            self.add("broken-trash", path, "no report names it, so it is neither restored nor purged")
            return
        try:
            there = dict(self._members(path))
        except RunpactError as error:
            self.add("unreadable", path, error.what)
            return
        for move in slot.moves:
            base = f"{self.trash}/{move.target}"
            for file in move.files:
                name = f"{base}/{file.path}" if file.path else base
                self._file(File(name, file.size_bytes, file.mtime_ns, file.sha256), file.mode, there.pop(name, None))
        for name, status in there.items():
            if stat.S_ISREG(status.st_mode):
                self.add("foreign", name, f"{slot.gc_id} did not put it there")

    def _members(self, path: str) -> Iterator[tuple[str, os.stat_result]]:
        handle = files.open_folder(self._root, path)
        if handle is None:
            return
        try:
            for folder in files.walk(handle, path):
                for name, status in folder.members:
                    if not stat.S_ISDIR(status.st_mode):
                        yield f"{folder.path}/{name}", status
        finally:
            files.close_folder(handle)

    def _file(self, file: File, mode: int, now: os.stat_result | None) -> None:
        self.counts = self.counts.plus(Counts(files=1))
        if now is None:
            self.add("broken-trash", file.path, "it was taken, and is not in the trash")
            return
        if now.st_nlink > 1:
            self.add("hard-link", file.path, f"it has {now.st_nlink} names, so its end frees nothing")
        facts = (now.st_size, now.st_mtime_ns, stat.S_IMODE(now.st_mode), stat.S_ISREG(now.st_mode))
        if facts != (file.size_bytes, file.mtime_ns, mode, True):
            self.add("changed", file.path, "it has another size, time or permissions than when it was taken")
        else:
            self.wanted.append(file)

    def read(self, settings: Settings, progress: Progress | None) -> None:
        """Compare the content of files too."""
        read = _checksums.digests(
            self._root,
            [(file.path, file.size_bytes) for file in self.wanted],
            workers=settings.parallel_workers,
            buffer_bytes=settings.checksum_buffer_size_kb << 10,
            progress=out_of(progress, len(self.wanted)),
        )
        before = self.counts.files
        for file, now in zip(self.wanted, read, strict=True):
            self.judge(file, now)
        self.counts = self.counts._replace(files=before)  # they were counted when they were looked at


def _left(places: Places, trash: str) -> Iterator[Finding]:
    """What operations left that did not end."""
    if os.path.lexists(_journal.path_of(places)):
        message = "an operation is under way or was interrupted; the next command that changes the store finishes it"
        yield Finding("broken-trash", f"{trash}/{_journal.path_of(places).name}", message)
    for name in _purge.leftovers(places):
        yield Finding(
            "broken-trash", f"{trash}/{name}", "its removal began and did not end: trash purge --apply ends it"
        )


def _chain(places: Places, trash: str) -> Iterator[Finding]:
    """Reports after which the one before them was changed or removed."""
    before = None
    for gc_id in _report.ids(places):
        path = _report.path_of(places, gc_id)
        try:
            stated = _report.read(path).previous_sha256
            if stated != before:
                message = "the report before it is not the one that it followed: that was changed or removed"
                yield Finding("broken-trash", f"{trash}/{path.name}", message)
            before = hashlib.sha256(files.read_bytes(path, limit=_report.MOST_BYTES)).hexdigest()
        except EnvironmentFailed:
            raise
        except RunpactError:  # it is a finding already
            before = None
