"""Whether artifacts are what was recorded of them: the store against the manifest, the trash against its reports.

Invariants: nothing is changed, no lock is taken, no link is followed. A file is judged by what was recorded of it and
by nothing else; where nothing was, a note says so. Files whose digest a scan took, or that a SHA256SUMS of their run
names, are read; those in the trash are with ``deep``. What is being written is left out. What recorded runs say of
themselves is `runs verify`'s business.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from runpact_core import files
from runpact_core.errors import InvalidArtifact, RunpactError, UsageFailure
from runpact_gc import _checksums, _content, _globs, _manifest, _pending, _scan, _sums, _verify_trash, _writers
from runpact_gc._checksums import out_of
from runpact_gc._handles import relative
from runpact_gc._verify_trash import Counts, Found

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from runpact_core.files import Handle
    from runpact_gc._model import Entry, File, Finding
    from runpact_gc._places import Places
    from runpact_gc._settings import Settings

    Progress = Callable[[int, int], None]

__all__ = ["ONLY_SAID", "Verified", "verify"]

ONLY_SAID = frozenset({"emptied", "link", "hard-link"})
"""Kinds of findings that are said and not wrong."""

_NOT_READ = frozenset({"missing", "unreadable"})
_NO_ARTIFACTS = frozenset({".gitignore", ".gitkeep"})


class Verified(NamedTuple):
    """What a verification found.

    Attributes:
        findings: By path.
        counts: How much was looked at.
        notes: What could not be judged, and what would make it so.
        trash: How much of ``counts`` is in the trash.
    """

    findings: tuple[Finding, ...]
    counts: Counts
    notes: tuple[str, ...]
    trash: Counts = Counts()

    @property
    def wrong(self) -> int:
        """Number of findings that are wrong."""
        return sum(each.kind not in ONLY_SAID for each in self.findings)


def verify(  # noqa: PLR0913 - what is looked at, and how
    places: Places,
    settings: Settings,
    *,
    now: float,
    deep: bool = False,
    families: Collection[str] = (),
    progress: Progress | None = None,
) -> Verified:
    """Compare what is there with what was recorded.

    Args:
        places: Where things lie.
        settings: The configuration.
        now: The time, seconds since 1970.
        deep: Read what lies in the trash too, and what has a checksum of its own in the store: what was compacted or
            compressed.
        families: These alone; all where empty.
        progress: Told how many files of how many were read, of the store and then of the trash.

    Raises:
        UsageFailure: A family has neither an entry nor a slot.
        EnvironmentFailed: The project or the trash cannot be read.
    """
    root = files.open_folder(places.project)
    if root is None:
        raise UsageFailure(f"{places.project} is no folder", hint="name the project")
    try:
        under_way = _pending.look(places)
        memory, note = _manifest.load(places, settings)
        every = [entry for folder in memory.folders.values() for entry in folder.entries] if memory else []
        every += memory.groups if memory else ()
        chosen = [entry for entry in every if not families or entry.family in families]
        held = _verify_trash.verify(root, places, settings, deep=deep, families=families, progress=progress)
        _known(families, {entry.family for entry in every} | held.families)
        found = _Store(root, places, settings, now, progress, deep=deep)
        found.entries(chosen)
        if not families:
            found.walk({file.path for entry in every for file in entry.files} if memory else None)
    finally:
        files.close_folder(root)
    every_finding, said = _pending.apart(places, (under_way, _pending.look(places)), {*found.findings, *held.findings})
    findings = sorted(every_finding, key=lambda each: (each.path, each.kind))
    notes = [note or "there is no manifest: artifacts scan makes one"] if memory is None else []
    noted = (*said, *notes, *found.notes(), *held.notes)
    return Verified(tuple(findings), found.counts.plus(held.counts), noted, held.counts)


def _known(families: Iterable[str], known: set[str]) -> None:
    hint = f"the families are {', '.join(sorted(known))}" if known else "there are none"
    for each in families:
        if each not in known:
            raise UsageFailure(f"--family {each} has no entries", hint=hint)


class _Store(Found):
    """The part outside of the trash.

    Attributes:
        unread: Files of which no digest is known.
        newer: Files that a scan would find and the newest did not.
        growing: Files that changed, and that a program has open for writing.
    """

    def __init__(  # noqa: PLR0913 - as `verify`, with the open project
        self,
        root: Handle,
        places: Places,
        settings: Settings,
        now: float,
        progress: Progress | None,
        *,
        deep: bool,
    ) -> None:
        super().__init__()
        self.unread = self.newer = self.growing = 0
        self._deep = deep
        self._root, self._places, self._settings, self._now, self._progress = root, places, settings, now, progress

    def notes(self) -> Iterator[str]:
        """What could not be judged."""
        how = "add checksum_sha256 to indexing.extract_fields, then artifacts scan --force"
        if self.unread and not self.counts.digests:
            yield f"no content in the store could be compared, only sizes and times: no digest is known ({how})"
        elif self.unread:
            yield f"files without a known digest: {self.unread}; only sizes and times were compared ({how})"
        if self.newer:
            yield f"files that came after the newest scan: {self.newer}; artifacts scan takes them up"
        if self.growing:
            yield f"files that a program has open for writing: {self.growing}; they are left out"

    def entries(self, entries: Iterable[Entry]) -> None:
        """Compare entries with what the manifest says of them."""
        wanted: list[File] = []
        summed: list[tuple[File, bool]] = []
        for entry in entries:
            self.counts = self.counts.plus(Counts(entries=1))
            if entry.live:
                continue
            wanted += entry.files
            same = self._folder(entry) if entry.layout != "glob" else True
            if entry.layout == "dash" and same is not None:
                listed, problem = _sums.listed(self._root, entry.path)
                summed += [(each, same) for each in listed]
                if problem:
                    self.add("unreadable", f"{entry.path}/{_sums.NAME}", problem)
            if not entry.files:
                self.unread += entry.file_count
                if self._deep and same:
                    self._own_sums_below(entry.path)
        self._read([file for file in wanted if file.sha256])
        self._stat([file for file in wanted if not file.sha256])
        self._summed(summed)

    def _folder(self, entry: Entry) -> bool | None:
        """Whether a run's folder is as it was; None where it is not there."""
        try:
            now = _scan.look_again(self._places, self._settings, entry, self._now)
        except RunpactError as error:
            self.add("unreadable", entry.path, error.what)
            return False
        if now is None:
            self.add("missing", entry.path, "the run was there when it was scanned")
            return None
        self.counts = self.counts.plus(Counts(files=now.file_count))
        facts = ((each.size_bytes, each.file_count, each.newest_ns) for each in (entry, now))
        if len(set(facts)) > 1 and entry.complete and not now.live:
            self.add("changed", entry.path, "the run is not as it was when it was scanned: size, number or time differ")
            return False
        return True

    def _read(self, wanted: list[File]) -> None:
        for file, now in zip(wanted, self._digests(wanted), strict=True):
            same = (now.size_bytes, now.mtime_ns) == (file.size_bytes, file.mtime_ns)
            if (now.problem not in _NOT_READ and not same) and self._grows(file.path):
                self.counts = self.counts.plus(Counts(files=1))
            else:
                self.judge(file, now)

    def _grows(self, path: str) -> bool:
        """Whether a program is writing a file at this moment; it is counted then, and not judged."""
        grows = _writers.is_written(self._root, path)
        self.growing += grows
        return grows

    def _digests(self, wanted: list[File]) -> Iterator[_checksums.Digest]:
        return _checksums.digests(
            self._root,
            [(file.path, file.size_bytes) for file in wanted],
            workers=self._settings.parallel_workers,
            buffer_bytes=self._settings.checksum_buffer_size_kb << 10,
            progress=out_of(self._progress, len(wanted)),
        )

    def _summed(self, listed: list[tuple[File, bool]]) -> None:
        for (file, same), now in zip(listed, self._digests([each for each, _ in listed]), strict=True):
            if now.problem:
                self.judge(file, now)
                continue
            self.counts = self.counts.plus(Counts(digests=1, size_bytes=now.size_bytes))
            if now.sha256 != file.sha256:
                message = f"its content is not what {_sums.NAME} says"
                self.add("bit-rot" if same else "changed", file.path, message)

    def _stat(self, wanted: list[File]) -> None:
        """Compare size and time of files whose digest is not known."""
        at, folder = None, None
        self.unread += len(wanted)
        try:
            for file in sorted(wanted):
                parent, _, name = file.path.rpartition("/")
                if parent != at:
                    if folder is not None:
                        files.close_folder(folder)
                    at, folder = parent, files.open_folder(self._root, parent)
                self._compare(file, folder, name)
        finally:
            if folder is not None:
                files.close_folder(folder)

    def _compare(self, file: File, folder: Handle | None, name: str) -> None:
        self.counts = self.counts.plus(Counts(files=1))
        try:
            if isinstance(folder, int):
                now = os.stat(name, dir_fd=folder, follow_symlinks=False)
            elif folder is not None:
                now = os.lstat(os.path.join(folder, name))  # noqa: PTH118 - no handles here
            else:
                raise FileNotFoundError  # noqa: TRY301 - as if it had just gone
        except FileNotFoundError:
            self.add("missing", file.path, "it was there when it was scanned")
            return
        if not stat.S_ISREG(now.st_mode) or (now.st_size, now.st_mtime_ns) != (file.size_bytes, file.mtime_ns):
            if not self._grows(file.path):
                self.add("changed", file.path, "it has another size or time than when it was scanned")
        elif self._deep:
            self._own_sum(folder, name, file.path, now.st_size)

    def _own_sums_below(self, path: str) -> None:
        """Compare the files of a run folder with the checksums that they hold themselves."""
        handle = files.open_folder(self._root, path)
        if handle is None:
            return
        try:
            for folder in files.walk(handle, path):
                regular = [(name, status) for name, status in folder.members if stat.S_ISREG(status.st_mode)]
                at = files.open_folder(self._root, folder.path) if regular else None
                if at is None:
                    continue
                try:
                    for name, status in regular:
                        self._own_sum(at, name, f"{folder.path}/{name}", status.st_size)
                finally:
                    files.close_folder(at)
        finally:
            files.close_folder(handle)

    def _own_sum(self, folder: Handle, name: str, path: str, size_bytes: int) -> None:
        """Compare a file with the checksum that it holds itself, where it was compacted or compressed."""
        try:
            if _content.drain(folder, name) is None:
                return
        except InvalidArtifact as error:  # one with advice is whole, as far as anybody knows, and not for us to unpack
            self.add("unreadable" if error.hint else "bit-rot", path, error.reason)
        except RunpactError as error:
            self.add("unreadable", path, error.what)
            return
        self.unread -= 1
        self.counts = self.counts.plus(Counts(digests=1, size_bytes=size_bytes))

    def walk(self, known: set[str] | None) -> None:
        """Look below the store for what is in no family, and for files with further names.

        Args:
            known: Files of the manifest; None where there is none.
        """
        places = self._places
        store, handle = relative(places.project, places.store), None
        own = {places.trash, places.manifest, places.backup, places.pins, places.lock, places.runs, places.dash}
        apart = {os.path.relpath(each, places.project).replace(os.sep, "/") for each in own}
        globs = _globs.compile_globs(dict(self._settings.patterns))
        handle = files.open_folder(self._root, store)
        if handle is None:
            return
        try:
            for folder in files.walk(handle, store):
                folder.folders[:] = [name for name in folder.folders if f"{folder.path}/{name}" not in apart]
                for name, status in folder.members:
                    path = f"{folder.path}/{name}"
                    if not stat.S_ISDIR(status.st_mode) and path not in apart:
                        self._member(path, name, status, globs, known)
        finally:
            files.close_folder(handle)

    def _member(
        self, path: str, name: str, status: os.stat_result, globs: _globs.Globs, known: set[str] | None
    ) -> None:
        if stat.S_ISLNK(status.st_mode):
            self.add("link", path, "it is a symbolic link, which nothing follows")
        elif globs.parts and name not in _NO_ARTIFACTS and not _globs.matches(globs, path):
            self.add("foreign", path, "it is in no family")
        elif known is not None and globs.parts and path not in known:
            self.newer += name not in _NO_ARTIFACTS
        if stat.S_ISREG(status.st_mode) and status.st_nlink > 1:
            self.add("hard-link", path, f"it has {status.st_nlink} names, so taking this one frees nothing")
