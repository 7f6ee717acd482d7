"""Originals of files whose content is about to be replaced: a second name (or a copy) of each in a slot of the trash.

Invariants: the journal says so first; then the slot is made, which nobody else has; then the original is in it,
durably, under the path that restoring by hand needs, and the compaction report says what takes its place; only then may
the content be replaced. `end` writes the report that undo and restore know the slots from, as the last thing.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from runpact_core import files
from runpact_gc import _batch, _compacted, _journal, _move, _report
from runpact_gc._compact import Result
from runpact_gc._handles import Root, Swapped, relative, split
from runpact_gc._model import Reason
from runpact_gc._report import Done, Move, MovedFile, Report
from runpact_gc._swap import Left

if TYPE_CHECKING:
    from runpact_gc._compact import Candidate
    from runpact_gc._forms import Codec, Made
    from runpact_gc._lock import StoreLock
    from runpact_gc._model import Entry
    from runpact_gc._places import Places
    from runpact_gc._swap import Opened

__all__ = ["Deposits"]


class Deposits:
    """The originals of one operation.

    Attributes:
        lock: The lock of the store, held.
        gc_id: The operation; also the stamp of its other report.
    """

    def __init__(self, places: Places, lock: StoreLock, now_s: int, codec: Codec = "dictionary") -> None:
        files.make_dirs(places.trash)
        self.lock = lock
        self.gc_id = _report.stamp(places, now_s)
        self._places = places
        self._now_s = now_s
        self._trash = relative(places.project, places.trash)
        self._journal: _journal.Journal | None = None
        self._done: list[Done] = []
        self._codec: Codec = codec
        self._results: list[Result] = []

    def __bool__(self) -> bool:
        """Whether there was an original."""
        return self._journal is not None

    def take(self, found: Opened, each: Candidate, made: Made) -> str:
        """Put the original of a file into a slot of its own; the slot's name.

        Raises:
            Left: The way to the file is not what it was.
            OSError: It could not be done; nothing of it is left.
        """
        done = self._said(found, each.some_entry, made)
        if self._journal is None:
            self._journal = _journal.begin(
                self._places, self.lock, operation="compact", gc_id=self.gc_id, started_s=self._now_s
            )
        self._journal.intend([done], way="deposit")
        target = f"{self._trash}/{done.moves[0].target}"
        try:
            with Root(self._places.project) as root:
                changed = root.make(f"{self._trash}/{done.slot}", new=True)
                self._done.append(done)
                changed += root.make(split(target)[0])
                _move.deposit(root, each.path, target)
                root.sync({*changed, split(target)[0]})
        except Swapped as error:
            self.drop(done.slot)
            raise Left(error.why, str(error)) from error
        except OSError:
            self.drop(done.slot)
            raise
        self._results.append(Result(each, "compacted", made=made._replace(removed=()), slot=done.slot))
        so_far = _compacted.Compaction(
            "compact", True, self._codec, self._now_s, self._now_s, tuple(self._results), (), self.gc_id
        )
        _compacted.note(self._places, self.gc_id, so_far)
        return done.slot

    def drop(self, slot: str) -> None:
        """Take a slot back: the content of its file was not replaced after all."""
        if self._done and self._done[-1].slot == slot:
            with Root(self._places.project) as root:
                _move.discard(root, f"{self._trash}/{slot}")
            self._done.pop()
            self._results = [each for each in self._results if each.slot != slot]

    def end(self, finished_s: int) -> None:
        """Write the report and remove the journal, if there was an original."""
        if self._journal is None:
            return
        _report.write(
            self._places,
            Report(self.gc_id, "compact", self._now_s, max(finished_s, self._now_s), tuple(self._done)),
        )
        self._journal.end()

    def _said(self, found: Opened, entry: Entry, made: Made) -> Done:
        """What the journal and the report say of it."""
        store = relative(self._places.project, self._places.store)
        taken = set(os.listdir(self._places.trash))  # noqa: PTH208 - names are what is wanted
        slot, number = entry.id, 1
        while slot in taken:
            number += 1
            slot = f"{entry.id}-{number}"
        status = found.status
        file = MovedFile("", status.st_size, stat.S_IMODE(status.st_mode), status.st_mtime_ns, made.before_sha256)
        move = Move(found.path, _batch.target_of(slot, found.path, store, "file"), "file", (file,))
        reason = Reason(
            "compacted", f"compacted: {made.after_bytes} bytes of sha256 {made.after_sha256} took its place"
        )
        return Done(slot, entry.id, entry.family, entry.layout, entry.run_id, (reason,), (move,))
