"""Slots on their way back to where their entries lay: what stands in the way, what differs, and the moves.

Invariants: a look changes nothing. An entry moves whole: where one of its parts cannot be moved, those that were moved
go back into the trash. A name that is taken is never replaced, but for the one of a compacted file (see `_restore`). A
slot that was emptied goes, with the folders in it; one that still holds something stays.
"""

from __future__ import annotations

import contextlib
import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from runpact_core import documents
from runpact_core.errors import RunpactError
from runpact_gc import _checksums, _copied, _move
from runpact_gc._handles import Doing, Swapped, relative, remove_empty, split
from runpact_gc._interrupt import Interruptible
from runpact_gc._look import mounts, sight
from runpact_gc._report import MOST_BYTES, Done, Move, MovedFile, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from runpact_gc._checksums import Digest
    from runpact_gc._handles import Root
    from runpact_gc._journal import Journal
    from runpact_gc._lock import StoreLock
    from runpact_gc._look import Seen
    from runpact_gc._places import Places
    from runpact_gc._settings import Settings
    from runpact_gc._trash import Slot

    Progress = Callable[[int, int], None]

__all__ = ["Returning", "WayBack"]

_BATCH = 64


class Returning(NamedTuple):
    """An entry as it lies in the trash now, on its way back.

    Attributes:
        entry: What will be said of it.
        replacing: Whether it takes the place of what compaction made of it.
    """

    entry: Done
    replacing: bool


class _Obstacle(Exception):  # never leaves the module: it becomes a skipped entry
    def __init__(self, skipped: Skipped) -> None:
        super().__init__(skipped.message)
        self.skipped = skipped


class WayBack:
    """The way from the trash of a store to where entries lay.

    Args:
        places: Where things lie.
        root: The project, open.
        settings: Workers and buffer of the checksums.
        progress: Told how many files of how many were read.

    Attributes:
        notes: A sentence for each slot of which something is left although its entry went back.
    """

    def __init__(self, places: Places, root: Root, settings: Settings, progress: Progress | None = None) -> None:
        self._places, self._root, self._settings, self._progress = places, root, settings, progress
        self._trash = relative(places.project, places.trash)
        self._mounted = mounts(root)
        self._touched: set[str] = set()
        self.notes: list[str] = []

    def found(self, slots: Sequence[Slot]) -> tuple[list[Returning], tuple[Skipped, ...], tuple[str, ...]]:
        """The slots that can go back, those that cannot, and a sentence for each file with other facts than then."""
        seen: list[tuple[Slot, str, Seen]] = []
        skipped = {}
        for number, slot in enumerate(slots):
            self._breathe(number)
            try:
                seen += self._looked_at(slot)
            except _Obstacle as error:
                skipped[slot.slot] = error.skipped
        held: dict[str, list[MovedFile]] = {}
        for (slot, target, each), now in zip(seen, self._digests(seen), strict=True):
            if now.problem:
                path = f"{self._trash}/{now.path}"
                skipped[slot.slot] = Skipped(
                    slot.id, slot.family, slot.moves[0].source, "refused", f"{path}: {now.message}"
                )
            held.setdefault(target, []).append(MovedFile(each.path, now.size_bytes, now.mode, now.mtime_ns, now.sha256))
        returning, notes = [], []
        for slot in slots:
            if slot.slot in skipped or slot.done is None:
                continue
            moves = tuple(move._replace(files=tuple(held.get(move.target, ()))) for move in slot.moves)
            pairs = list(zip(slot.moves, moves, strict=True))
            wrong = [said for before, after in pairs for said in _other_content(before, after)]
            if wrong:
                more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
                skipped[slot.slot] = Skipped(
                    slot.id, slot.family, slot.moves[0].source, "changed",
                    f"{wrong[0]}{more}; what there is lies in {self._trash}/{slot.slot}",
                )  # fmt: skip
                continue
            returning.append(Returning(slot.done._replace(moves=moves), slot.operation == "compact"))
            notes += [said for before, after in pairs for said in _other_facts(before, after)]
        return returning, tuple(skipped.values()), tuple(notes)

    def _looked_at(self, slot: Slot) -> list[tuple[Slot, str, Seen]]:
        """The regular files of a slot, if nothing stands in its way."""
        source = slot.slot
        seen = []
        try:
            replaced = _compacted(self._places, slot) if slot.operation == "compact" else None
            for move in slot.moves:
                source, held = move.source, f"{self._trash}/{move.target}"
                _look(self._root, held, source, move.kind, replaced)
                _nothing_mounted(self._mounted, held)
                seen += [(slot, move.target, each) for each in sight(self._root, held).regular]
        except Swapped as error:
            raise _Obstacle(Skipped(slot.id, slot.family, source, error.why, str(error))) from error
        except (OSError, RunpactError) as error:
            message = f"it cannot be looked at: {error}"
            raise _Obstacle(Skipped(slot.id, slot.family, source, "refused", message)) from error
        return seen

    def _digests(self, seen: Sequence[tuple[Slot, str, Seen]]) -> Iterator[Digest]:
        return _checksums.digests(
            self._root.folder(self._trash),
            [(f"{target}/{each.path}" if each.path else target, each.size_bytes) for _, target, each in seen],
            workers=self._settings.parallel_workers,
            buffer_bytes=self._settings.checksum_buffer_size_kb << 10,
            progress=_checksums.out_of(self._progress, len(seen)),
        )

    def take(
        self, lock: StoreLock, journal: Journal, returning: Sequence[Returning]
    ) -> tuple[tuple[Done, ...], tuple[Skipped, ...]]:
        """Move entries back, durably; those that went, and those that could not.

        Raises:
            LockLost: The lock is not ours any more; the journal says what was under way.
            EnvironmentFailed: The journal could not be written; nothing was moved.
        """
        done, skipped = [], []
        far = {each.entry.slot for each in returning if not all(self._is_near(move) for move in each.entry.moves)}
        near = [each.entry for each in returning if each.entry.slot not in far]
        if near:
            journal.intend(near)
        if far:
            journal.intend([each.entry for each in returning if each.entry.slot in far], way="copy")
        with Interruptible() as stop:
            for number, each in enumerate(returning):
                lock.check()
                self._breathe(number)
                if stop.asked:
                    wrong: tuple[str, str] | None = ("interrupted", "the operation was interrupted before it")
                else:
                    wrong = self._one(each, journal if each.entry.slot in far else None)
                if wrong is None:
                    done.append(each.entry)
                else:
                    skipped.append(Skipped(each.entry.id, each.entry.family, each.entry.moves[0].source, *wrong))
        self.settle(done)
        return tuple(done), tuple(skipped)

    def settle(self, done: Sequence[Done]) -> None:
        """Make every move durable, and remove the slots that hold nothing any more.

        Raises:
            EnvironmentFailed: That failed; the next command decides.
        """
        with Doing("making the moves durable"):
            self._root.sync({*self._touched, self._trash}, within=self._trash)
            for number, entry in enumerate(done):
                self._breathe(number)
                slot = f"{self._trash}/{entry.slot}"
                remove_empty(self._root, slot)
                if self._root.lstat(slot) is not None:
                    self.notes.append(
                        f"{slot} could not be removed; its entry is back: look at what is left, and remove it by hand"
                    )
            self._root.sync({self._trash})

    def _breathe(self, number: int) -> None:
        """Let go of the slots that were looked at, now and then: their number has no bound."""
        if number % _BATCH == 0:
            self._root.forget_below(self._trash)

    def _is_near(self, move: Move) -> bool:
        return _copied.is_near(self._root, self._trash, move.source)

    def _one(self, returning: Returning, journal: Journal | None) -> tuple[str, str] | None:
        """Move one entry back, by a copy where a journal is given, whole or not at all; what was in the way."""
        went: list[Move] = []
        try:
            if journal is not None:
                return _copied.bring(self._root, journal, self._trash, returning.entry, replacing=returning.replacing)
            for move in returning.entry.moves:
                self._renamed(f"{self._trash}/{move.target}", move.source, replacing=returning.replacing)
                went.append(move)
        except (Swapped, OSError) as error:
            for move in reversed(went):
                with contextlib.suppress(OSError, Swapped):
                    self._renamed(move.source, f"{self._trash}/{move.target}", replacing=False)
            if isinstance(error, Swapped):
                return error.why, str(error)
            if isinstance(error, FileExistsError):
                return "target-exists", f"{error.filename or 'its place'} is there again"
            return "refused", f"it could not be moved: {error.strerror or error}"
        return None

    def _renamed(self, old: str, new: str, *, replacing: bool) -> None:
        (from_folder, from_name), (to_folder, to_name) = split(old), split(new)
        if to_folder:
            self._touched.update(self._root.make(to_folder))
        self._touched |= {from_folder, to_folder}
        if replacing:
            from_fd, to_fd = self._root.pair(from_folder, to_folder)
            os.rename(from_name, to_name, src_dir_fd=from_fd, dst_dir_fd=to_fd)
        else:
            _move.rename(self._root, old, new)
        self._root.forget(old)


def _other_content(before: Move, after: Move) -> list[str]:
    """A sentence for each file whose content is not what was taken."""
    then, now = ({file.path: file for file in move.files} for move in (before, after))
    told = []
    for path in sorted(then.keys() | now.keys()):
        name = _named(before, path)
        if path not in now:
            told.append(f"{name} was taken, and is not in the trash any more")
        elif path not in then:
            told.append(f"{name} was not taken, and was put into the trash later")
        elif then[path].sha256 != now[path].sha256:
            told.append(f"{name} is not as it was taken: its content differs")
    return told


def _other_facts(before: Move, after: Move) -> list[str]:
    """A sentence for each file whose content is what was taken, but not its permissions or its time."""
    then = {file.path: file for file in before.files}
    return [
        f"{_named(before, file.path)} is not as it was taken: its permissions or its time differ"
        for file in after.files
        if then[file.path] != file
    ]


def _named(move: Move, path: str) -> str:
    return f"{move.source}/{path}" if path else move.source


def _look(root: Root, target: str, source: str, kind: str, replaced: str | None) -> None:
    """See that a move can go back; ``replaced`` is the digest of what may stand where it lay.

    Raises:
        Swapped: It cannot.
    """
    if ".git" in source.casefold().split("/"):
        raise Swapped("refused", f"{source} lies in a folder of git, where nothing is put")
    held = root.lstat(target)
    if held is None:
        raise Swapped("gone", f"{target} is not in the trash any more")
    if stat.S_ISDIR(held.st_mode) != (kind == "directory") or stat.S_ISLNK(held.st_mode):
        raise Swapped("changed", f"{target} is not what was put there")
    try:
        there = root.lstat(source)
    except Swapped as error:
        if error.why != "gone":
            raise
        return  # the folder that it lay in is made again
    if there is None:
        if replaced is not None:
            raise Swapped("changed", f"what compaction made of {source} is not there any more")
        return
    if replaced is None:
        raise Swapped("target-exists", f"{source} is there again")
    above, name = split(source)
    (now,) = _checksums.digests(root.folder(above), [(name, 0)], workers=1, buffer_bytes=1 << 18)
    if now.sha256 != replaced:
        raise Swapped("target-exists", f"{source} is not what compaction made of it any more")


def _compacted(places: Places, slot: Slot) -> str:
    """The digest of what took the place of a compacted file; that of nothing where its report does not say."""
    path = places.trash / f"compaction_report_{slot.gc_id}.json"
    told = documents.read("compaction_report", path, limit=MOST_BYTES).data
    digests = [each["after_sha256"] for each in told["files"] if each.get("slot") == slot.slot]
    return str(digests[0]) if digests else ""


def _nothing_mounted(mounted: frozenset[str], held: str) -> None:
    inside = next((each for each in mounted if each == held or each.startswith(f"{held}/")), None)
    if inside is not None:
        raise Swapped("mount-point", f"something is mounted at {inside}")
