"""What becomes of an interrupted operation: each entry is finished or goes back, and a report says so.

Invariants:

* What is done follows from the journal and from what lies where, and from nothing else: an entry of which every part
  arrived is finished; any other goes back whole. Interrupted itself, it is repeated with the same result.
* Nothing is overwritten, and nothing outside the project is touched: places are reached through directory handles, and
  a journal that names any other place is not believed at all. It is kept aside then, and nothing is done on its word.
* Of a journal that was damaged in the middle what stands before the damage is done, with less trust: nothing is removed
  that is not there twice. It is kept aside, and the command fails once, so that somebody looks.
* Only what is known to be a copy is removed: of two the one that the journal does not count, if it is the same as the
  other byte for byte; and slots whose end the journal had announced.

Called by whoever has just taken the store's lock.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import time
from typing import TYPE_CHECKING, Literal

from runpact_core import files
from runpact_core.errors import RunpactError
from runpact_gc import _checksums, _copied, _journal, _move, _purge, _report
from runpact_gc._handles import Doing, Root, Swapped, relative, remove_empty, split
from runpact_gc._look import sight
from runpact_gc._report import MovedFile, Report
from runpact_gc.errors import BrokenJournal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from runpact_gc._journal import Intent, Written
    from runpact_gc._lock import StoreLock
    from runpact_gc._places import Places
    from runpact_gc._report import Done, Move

    Fate = Literal["finished", "rolled back"]

__all__ = ["recover"]

_BUFFER = 1 << 20
_HOUR_S = 3600
_FEW = 3
_INTO_TRASH = {"gc", "compact"}
_NAMED = re.compile(r".* \([a-f0-9]{12}\) (was finished|was rolled back: .*)", re.DOTALL)


def recover(places: Places, lock: StoreLock, *, clock: Callable[[], float] = time.time) -> tuple[str, ...]:
    """Finish what an interrupted operation began, or take it back, entry by entry.

    Returns:
        What was done, in sentences for people, each thing by name or, where there are several of a kind, their number;
        empty where no operation was interrupted. The report names each.

    Raises:
        BrokenJournal: The journal cannot be believed, and nothing was done on its word; or it was damaged, and what
            stood before the damage was done. It was put aside.
        LockLost: The lock is not ours any more.
        EnvironmentFailed: Something could not be moved, or the report not be written; the next command tries again.
    """
    lock.check()
    _swept(places)
    try:
        written = _journal.read(places)
    except BrokenJournal as error:
        raise BrokenJournal(_put_aside(_journal.path_of(places)), str(error).partition(": ")[2]) from error
    if written is None:
        return ()
    said = () if written.gc_id == "" else _decided(places, lock, written, clock)
    if written.damaged:
        reason = f"{written.damaged}; of what stands before it: {'; '.join(said)}"
        raise BrokenJournal(_put_aside(_journal.path_of(places)), reason)
    files.remove(_journal.path_of(places))
    return said


def _decided(places: Places, lock: StoreLock, written: Written, clock: Callable[[], float]) -> tuple[str, ...]:
    if os.path.lexists(_report.path_of(places, written.gc_id)):
        return (f"{written.operation} {written.gc_id} was done; only its journal was left",)
    with Root(places.project) as root, Doing(f"recovering {written.operation} {written.gc_id}"):
        work = _Work(root, relative(places.project, places.trash), lock, written)
        for intent in written.intents:
            work.decide(intent)
        root.sync(work.touched, within=relative(places.project, places.trash))
    ended = _purge.finish(places, lock, written.purges) if written.purges else _purge.Ended((), ())
    said = (*work.said, *(f"the end of {each.slot} in the trash was finished" for each in ended.purged))
    report = Report(
        written.gc_id,
        written.operation,
        written.started_s,
        max(written.started_s, int(clock())),
        tuple(work.done),
        ended.skipped,
        ended.purged,
        said,
        written.plan_digest,
        recovered=True,
        undone=written.undone,
    )
    lock.check()
    _report.write(places, report)
    name = f"{written.operation} {written.gc_id}"
    if not said:
        return (f"{name} was interrupted before anything was moved",)
    back = f"; runpact artifacts undo {written.gc_id} takes back what was finished"
    ends = f"{name} was interrupted" + (back if work.done and written.operation in _INTO_TRASH else "")
    return (*_briefly(said), ends)


def _swept(places: Places) -> None:
    """Remove what a kill left of files that were being written.

    Only who holds the lock writes into the trash; manifests are written without it, so theirs have to be old.
    """
    newest_s = {places.store: time.time() - _HOUR_S, places.manifest.parent: time.time() - _HOUR_S, places.trash: None}
    for folder, bound_s in newest_s.items():
        with contextlib.suppress(OSError, RunpactError):  # they are in nobody's way
            handle = files.open_folder(places.project, relative(places.project, folder))
            if not isinstance(handle, int):
                continue
            try:
                for name in filter(files.is_temporary, os.listdir(handle)):  # noqa: PTH208 - a handle is no path
                    status = os.stat(name, dir_fd=handle, follow_symlinks=False)
                    if stat.S_ISREG(status.st_mode) and (bound_s is None or status.st_mtime < bound_s):
                        os.unlink(name, dir_fd=handle)
            finally:
                files.close_folder(handle)


def _briefly(said: Sequence[str]) -> tuple[str, ...]:
    """The sentences, or one with their number where more than a few entries share a fate."""
    kinds: dict[str, list[str]] = {}
    for each in said:
        named = _NAMED.fullmatch(each)
        kinds.setdefault(named[1] if named else each, []).append(each)
    some = ([f"{len(each)} entries: each {fate}"] if len(each) > _FEW else each for fate, each in kinds.items())
    return tuple(sentence for each in some for sentence in each)


class _Work:
    """The decisions about one journal.

    Attributes:
        done: Entries that are finished, as they lie now.
        said: A sentence about each.
        touched: Folders whose names have to be durable before the report.
    """

    def __init__(self, root: Root, trash: str, lock: StoreLock, written: Written) -> None:
        self.done: list[Done] = []
        self.said: list[str] = []
        self.touched: set[str] = {trash}
        self._root, self._trash, self._lock, self._written = root, trash, lock, written

    def decide(self, intent: Intent) -> None:
        """Finish one entry or take it back."""
        self._lock.check()
        for move in intent.entry.moves:
            self.touched.update((split(move.source)[0], split(self._at(move))[0]))
        try:
            if self._written.operation not in _INTO_TRASH:
                self._brought(intent) if intent.way == "copy" else self._returned(intent)
            elif intent.way == "rename":
                self._renamed(intent)
            elif intent.way == "copy":
                self._copied(intent)
            else:
                self._deposited(intent)
        except Swapped as error:
            self.said.append(f"{_name(intent)} was left as it is: {error}")
            if any(self._has(self._at(move)) for move in intent.entry.moves):
                self._count(intent, there=self._at)

    def _renamed(self, intent: Intent) -> None:
        """Into the trash, by renames: all there is finished; else what is there goes back."""
        here = [move for move in intent.entry.moves if self._has(self._at(move))]
        if len(here) == len(intent.entry.moves):
            self._finish(intent, there=self._at)
            return
        stuck = [move for move in here if not self._moved(self._at(move), move.source)]
        if stuck:
            self.said.append(f"{_name(intent)} could not go back whole, as its place is taken: a part is in the trash")
            self._count(intent, there=self._at, moves=tuple(stuck))
            return
        self._rolled_back(intent)

    def _returned(self, intent: Intent) -> None:
        """Out of the trash: nothing left there is finished; else what went goes back into it."""
        left = [move for move in intent.entry.moves if self._has(self._at(move))]
        if not left:
            self._finish(intent, there=lambda move: move.source)
            remove_empty(self._root, f"{self._trash}/{intent.entry.slot}")
            return
        for move, mark in zip(intent.entry.moves, intent.fingerprints, strict=True):
            if move not in left and self._fingerprint(move.source) == mark:
                self._root.make(split(self._at(move))[0])
                self._moved(move.source, self._at(move))
        self.said.append(f"{_name(intent)} was rolled back: it is in the trash, as before")

    def _brought(self, intent: Intent) -> None:
        """Out of a trash on another file system: finished where all copies have their names; else they go again."""
        entry = intent.entry
        for number, move in enumerate(entry.moves):
            self._discard(_move.hidden(move.source, entry.slot, number))
        marks = dict(zip(entry.moves, intent.fingerprints, strict=True))
        back = [move for move in entry.moves if self._fingerprint(move.source) == marks[move]]
        if entry.slot in self._written.copied or len(back) == len(entry.moves):
            self._root.sync({split(move.source)[0] for move in entry.moves if self._has(move.source)})
            self._finish(intent, there=lambda move: move.source)
            held = [(self._at(move), move.source) for move in entry.moves if self._has(self._at(move))]
            if all(self._has(source) and self._contents(at) <= self._contents(source) for at, source in held):
                _copied.drop(self._root, self._trash, entry.slot)
            else:
                self.said.append(f"{_name(intent)} is not what came out of the trash any more: it stays there as well")
            return
        for move in back:
            if self._fingerprint(self._at(move)) == marks[move]:
                self._discard(move.source)
        self.said.append(f"{_name(intent)} was rolled back: it is in the trash, as before")

    def _may_go(self, move: Move) -> bool:
        """Whether a copy that does not count may go: by the journal's silence it does, unless that is damaged."""
        if not self._written.damaged or not self._has(self._at(move)):
            return True
        return self._contents(self._at(move)) <= self._contents(move.source)

    def _discard(self, path: str) -> None:
        if self._has(path):
            _move.discard(self._root, path)

    def _copied(self, intent: Intent) -> None:
        """Into a trash on another file system: from the journal's word on the copy counts, before it the original."""
        slot, counts = intent.entry.slot, intent.entry.slot in self._written.copied
        for number, move in enumerate(intent.entry.moves):
            hidden = _move.hidden(move.source, slot, number)
            if not self._has(hidden):
                continue
            if not counts:
                self._moved(hidden, move.source)
            elif self._contents(hidden) <= self._contents(self._at(move)):  # less, where its removal had begun
                _move.discard(self._root, hidden)
        if counts:
            self._finish(intent, there=self._at)
        elif all(self._has(move.source) and self._may_go(move) for move in intent.entry.moves):
            _move.discard(self._root, f"{self._trash}/{slot}")
            self._rolled_back(intent)
        else:
            gone = "may not be whole where it was" if self._written.damaged else "is not where it was any more"
            self.said.append(f"{_name(intent)} {gone}; what was copied of it stays in the trash")
            self._count(intent, there=self._at)

    def _deposited(self, intent: Intent) -> None:
        """The original of a file that was about to be replaced: needed only where that was done."""
        (move,), (mark,) = intent.entry.moves, intent.fingerprints
        if not self._has(self._at(move)):
            self._rolled_back(intent)
        elif self._fingerprint(move.source) == mark == self._fingerprint(self._at(move)):
            _move.discard(self._root, self._at(move))
            self._rolled_back(intent)
        else:
            self._finish(intent, there=self._at)

    def _finish(self, intent: Intent, there: Callable[[Move], str]) -> None:
        self._count(intent, there)
        self.said.append(f"{_name(intent)} was finished")

    def _rolled_back(self, intent: Intent) -> None:
        remove_empty(self._root, f"{self._trash}/{intent.entry.slot}")
        self.said.append(f"{_name(intent)} was rolled back: it is where it was")

    def _count(self, intent: Intent, there: Callable[[Move], str], moves: tuple[Move, ...] | None = None) -> None:
        """Put an entry into the report as it lies now."""
        marks = dict(zip(intent.entry.moves, intent.fingerprints, strict=True))
        found = []
        for move in intent.entry.moves if moves is None else moves:
            if not self._has(there(move)):
                continue
            now = move._replace(files=self._files(there(move)))
            found.append(now)
            if _journal.fingerprint(now.files) != marks[move]:
                self.said.append(f"{move.source} is not what it was when it was looked at")
        self.done.append(intent.entry._replace(moves=tuple(found)))

    def _at(self, move: Move) -> str:
        return f"{self._trash}/{move.target}"

    def _has(self, path: str) -> bool:
        try:
            return self._root.lstat(path) is not None
        except Swapped as error:
            if error.why != "gone":
                raise
            return False

    def _moved(self, source: str, target: str) -> bool:
        try:
            _move.rename(self._root, source, target)
        except FileExistsError:
            return False
        return True

    def _fingerprint(self, path: str) -> str | None:
        return _journal.fingerprint(self._files(path)) if self._has(path) else None

    def _contents(self, path: str) -> set[tuple[str, str]]:
        return {(file.path, file.sha256) for file in self._files(path)}

    def _files(self, path: str) -> tuple[MovedFile, ...]:
        """The regular files of what stands at a path, as they are now."""
        seen = sight(self._root, path)
        names = [(f"{path}/{each.path}" if each.path else path, each.size_bytes) for each in seen.regular]
        digests = _checksums.digests(self._root.folder(""), names, workers=1, buffer_bytes=_BUFFER)
        return tuple(
            MovedFile(each.path, each.size_bytes, stat.S_IMODE(each.mode), each.mtime_ns, digest.sha256)
            for each, digest in zip(seen.regular, digests, strict=True)
        )


def _name(intent: Intent) -> str:
    entry = intent.entry
    return f"{entry.moves[0].source if entry.moves else entry.id} ({entry.id})"


def _put_aside(path: Path) -> str:
    """Give a journal that is not believed another name; that name, or its own where it cannot be renamed."""
    number = 1
    while os.path.lexists(aside := path.with_name(f".journal.broken-{number}.jsonl")):
        number += 1
    try:
        os.rename(path, aside)  # noqa: PTH104 - it may be a link, which is renamed itself
        files.sync_dir(path.parent)
    except (OSError, RunpactError):
        return os.fspath(path)
    return os.fspath(aside)
