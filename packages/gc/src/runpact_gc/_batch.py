"""Some entries at a time on their way into the trash: look, hash, journal, slots, moves, and a last look at each.

Invariants: see `_apply`. A batch costs a handful of syncs whatever its size: one of the journal, one for all slots; the
moves themselves are made durable together, before the report (`Batch.settle`).
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Literal, NamedTuple

from runpact_core.errors import EnvironmentFailed, RunpactError
from runpact_gc import _checksums, _copied, _move
from runpact_gc._handles import Doing, Swapped, relative, remove_empty, split
from runpact_gc._look import changed_since, look
from runpact_gc._report import Done, Move, MovedFile, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from runpact_gc._checksums import Digest
    from runpact_gc._handles import Root
    from runpact_gc._interrupt import Interruptible
    from runpact_gc._journal import Journal
    from runpact_gc._lock import StoreLock
    from runpact_gc._look import Sight
    from runpact_gc._model import Decision, Entry
    from runpact_gc._places import Places
    from runpact_gc._settings import Settings

__all__ = ["Batch", "target_of"]


class _Ready(NamedTuple):
    """One entry that may move: what was seen of it, and what will be said of it."""

    entry: Entry
    sights: tuple[Sight, ...]
    done: Done


def target_of(slot: str, path: str, store: str, kind: Literal["directory", "file"]) -> str:
    """The place in the trash of something in the project, relative to the trash.

    Args:
        slot: The slot.
        path: Project-relative.
        store: The store, project-relative: what lay below it lies below the slot by the same path.
        kind: A folder from elsewhere is all that its slot holds and gets one short name (each folder more costs as much
            as the move itself; the report says where it lay); files keep their paths below ``.project``.
    """
    if path.startswith(f"{store}/"):
        return f"{slot}/{path[len(store) + 1 :]}"
    return f"{slot}/.run" if kind == "directory" else f"{slot}/.project/{path}"


class Batch:
    """What was done so far, and the means to do more.

    Attributes:
        done: Entries that were moved.
        skipped: Entries that stay.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - the means
        self,
        places: Places,
        settings: Settings,
        root: Root,
        lock: StoreLock,
        journal: Journal,
        mounted: frozenset[str],
    ) -> None:
        self.done: list[Done] = []
        self.skipped: list[Skipped] = []
        self._settings = settings
        self._root, self._lock, self._journal, self._mounted = root, lock, journal, mounted
        self._trash, self._store = relative(places.project, places.trash), relative(places.project, places.store)
        self._slots = set(os.listdir(root.folder(self._trash)))  # noqa: PTH208 - a handle is no path
        self._touched: set[str] = set()

    def take(self, decisions: Sequence[Decision], stop: Interruptible) -> None:
        """Move some entries.

        Raises:
            LockLost: The lock is not ours any more; nothing more was moved.
            EnvironmentFailed: The journal could not be written, or slots not be made durable; the next command decides.
        """
        ready = self._hashed(list(self._looked_at(decisions)))
        near: list[_Ready] = []
        far: list[_Ready] = []
        for each in ready:
            (near if self._is_near(each) else far).append(each)
        if near:
            self._journal.intend([each.done for each in near])
            for each in self._slotted(near):
                self._one(each, stop, self._renamed)
        if far:
            self._journal.intend([each.done for each in far], way="copy")
            for each in self._slotted(far):
                self._one(each, stop, self._copied)
        self._root.forget_below(self._trash)

    def settle(self) -> None:
        """Make every move durable.

        Raises:
            EnvironmentFailed: That failed; the next command decides.
        """
        with Doing("making the moves durable"):
            self._root.sync({*self._touched, self._trash}, within=self._trash)
        self._root.forget_below(self._trash)
        self._touched.clear()

    def _is_near(self, each: _Ready) -> bool:
        """Whether it lies on the file system of the trash."""
        device = self._root.device_of(self._trash)
        return all(sight.device == device for sight in each.sights)

    def _looked_at(self, decisions: Sequence[Decision]) -> Iterator[tuple[Decision, tuple[Sight, ...]]]:
        for decision in decisions:
            try:
                yield decision, look(self._root, decision.entry, self._mounted)
            except Swapped as error:
                self._skip(decision.entry, error.why, str(error))
            except (OSError, RunpactError) as error:
                self._skip(decision.entry, "refused", f"it cannot be looked at: {_words(error)}")

    def _hashed(self, looked_at: list[tuple[Decision, tuple[Sight, ...]]]) -> list[_Ready]:
        wanted = (
            (f"{sight.source}/{seen.path}" if seen.path else sight.source, seen.size_bytes)
            for _, sights in looked_at
            for sight in sights
            for seen in sight.regular
        )
        results = _checksums.digests(
            self._root.folder(""),
            wanted,
            workers=self._settings.parallel_workers,
            buffer_bytes=self._settings.checksum_buffer_size_kb * 1024,
            idle=True,
        )
        return [each for each in (self._ready(*one, results) for one in looked_at) if each is not None]

    def _ready(self, decision: Decision, sights: tuple[Sight, ...], results: Iterator[Digest]) -> _Ready | None:
        """The entry with its digests, all of which are taken from the results; None where one is missing."""
        entry, slot, problem = decision.entry, self._free_slot(decision.entry.id), None
        moves = []
        for sight in sights:
            moved = []
            for seen, digest in zip(sight.regular, results, strict=False):
                if digest.problem or (digest.size_bytes, digest.mtime_ns) != (seen.size_bytes, seen.mtime_ns):
                    problem = problem or digest
                mode = stat.S_IMODE(seen.mode)
                moved.append(MovedFile(seen.path, seen.size_bytes, mode, seen.mtime_ns, digest.sha256))
            kind: Literal["directory", "file"] = "directory" if stat.S_ISDIR(sight.kind) else "file"
            moves.append(Move(sight.source, target_of(slot, sight.source, self._store, kind), kind, tuple(moved)))
        if problem is not None:
            why = {"unreadable": "refused", "in-use": "in-use"}.get(problem.problem, "changed")
            self._skip(entry, why, f"{problem.path}: {problem.message or 'it changed since it was looked at'}")
            return None
        done = Done(slot, entry.id, entry.family, entry.layout, entry.run_id, decision.reasons, tuple(moves))
        return _Ready(entry, sights, done)

    def _free_slot(self, id_: str) -> str:
        slot, number = id_, 1
        while slot in self._slots:
            number += 1
            slot = f"{id_}-{number}"
        self._slots.add(slot)
        return slot

    def _slotted(self, ready: list[_Ready]) -> list[_Ready]:
        """Those that have a slot now, durably."""
        made, good = {self._trash}, []
        for each in ready:
            try:
                self._root.make(f"{self._trash}/{each.done.slot}", new=True)
                for move in each.done.moves:
                    if split(move.target)[0] != each.done.slot:
                        made.update(self._root.make(split(f"{self._trash}/{move.target}")[0]))
            except FileExistsError:
                self._skip(each.entry, "slot-taken", f"somebody made the slot {each.done.slot} meanwhile")
            except (OSError, Swapped) as error:
                self._skip(each.entry, "refused", f"its slot cannot be made: {_words(error)}")
                remove_empty(self._root, f"{self._trash}/{each.done.slot}")
            else:
                good.append(each)
        with Doing("making slots durable"):
            self._root.sync(made, within=self._trash)
        return good

    def _one(self, each: _Ready, stop: Interruptible, way: Callable[[_Ready], tuple[str, str] | None]) -> None:
        self._lock.check()
        if stop.asked:
            wrong: tuple[str, str] | None = ("interrupted", "the operation was interrupted before it")
        else:
            try:
                wrong = way(each)
            except Swapped as error:
                wrong = error.why, str(error)
            except EnvironmentFailed:  # of the journal: what lies where is for the next command to see
                raise
            except FileExistsError as error:
                wrong = "target-exists", f"its place in the trash is taken: {_words(error)}"
            except (OSError, RunpactError) as error:
                wrong = "refused", f"it cannot be moved: {_words(error)}"
        if wrong is None:
            self.done.append(each.done)
            return
        self._skip(each.entry, *wrong)
        if any(self._root_has(f"{self._trash}/{move.target}") for move in each.done.moves):
            self.done.append(each.done)  # it could not be put back: the report must say where it lies
        else:
            remove_empty(self._root, f"{self._trash}/{each.done.slot}")

    def _renamed(self, each: _Ready) -> tuple[str, str] | None:
        """Move by renames; what was wrong, after which everything is where it was."""
        moved: list[tuple[str, Sight]] = []
        try:
            for sight, move in zip(each.sights, each.done.moves, strict=True):
                target = f"{self._trash}/{move.target}"
                now = self._root.lstat(sight.source)
                if now is None or (now.st_ino, now.st_mtime_ns) != (sight.seen[0].inode, sight.seen[0].mtime_ns):
                    raise Swapped("changed", "it changed since it was looked at")  # noqa: TRY301 - put back below
                _move.rename(self._root, sight.source, target)
                moved.append((target, sight))
                self._touched.update((split(sight.source)[0], split(target)[0]))
            different = next(filter(None, (changed_since(self._root, sight, target) for target, sight in moved)), None)
        except (OSError, Swapped):
            self._put_back(moved)
            raise
        if different is not None:
            self._put_back(moved)
            return "put-back", f"{different}; it has its place again"
        return None

    def _put_back(self, moved: Sequence[tuple[str, Sight]]) -> None:
        for target, sight in reversed(moved):
            _move.rename(self._root, target, sight.source)

    def _copied(self, each: _Ready) -> tuple[str, str] | None:
        """Move by verified copies; what was wrong, after which the copies are gone and the originals as they were."""
        slot = f"{self._trash}/{each.done.slot}"
        try:
            wrong = self._copies(each)
            wrong = wrong or _move.hide(self._root, each.sights, each.done.slot)
        except BaseException:
            _move.discard(self._root, slot)
            raise
        if wrong is not None:
            _move.discard(self._root, slot)
            return "put-back", wrong
        try:
            self._root.sync({split(sight.source)[0] for sight in each.sights})
        except BaseException:
            _move.show(self._root, each.sights, each.done.slot)
            _move.discard(self._root, slot)
            raise
        self._journal.copied([each.done.slot])  # where that fails, nobody knows what it says: the next command decides
        for number, sight in enumerate(each.sights):
            _move.discard(self._root, _move.hidden(sight.source, each.done.slot, number))
            self._touched.add(split(sight.source)[0])
        return None

    def _copies(self, each: _Ready) -> str | None:
        """Copy, make durable, and compare; what differs."""
        for sight, move in zip(each.sights, each.done.moves, strict=True):
            _move.copy(self._root, sight, f"{self._trash}/{move.target}")
            self._root.sync([split(f"{self._trash}/{move.target}")[0]])
        bad = _copied.differing(
            self._root,
            (
                (f"{self._trash}/{move.target}/{file.path}".removesuffix("/"), file)
                for move in each.done.moves
                for file in move.files
            ),
        )
        return None if bad is None else f"the copy {bad} differs from its original"

    def _root_has(self, path: str) -> bool:
        try:
            return self._root.lstat(path) is not None
        except (OSError, Swapped):
            return False

    def _skip(self, entry: Entry, why: str, message: str) -> None:
        self.skipped.append(Skipped(entry.id, entry.family, entry.path, why, message))


def _words(error: BaseException) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
