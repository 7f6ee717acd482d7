"""Compaction: what a store's files would be, or are made, in a shorter form; and the way back.

Invariants:

* Only JSONL and Markdown of glob families: a recorded or reported run is sealed, so nothing in its folder is touched,
  nor what a list of checksums stands beside. What a program has open for writing is left; where the platform cannot
  tell, what was changed within the last hour is.
* Without a lock nothing changes: the form is made in a nameless file, so its ratio is the real one.
* JSONL is exchanged only for what was read back and found equal. Markdown, which means the same but is not the same,
  leaves its original in a slot of the trash first, which `undo` gives back; a journal says so before it happens.
* What does not become smaller is left alone. What is compacted already too, so a second time changes nothing.
"""

from __future__ import annotations

import os
from contextlib import suppress
from functools import partial
from itertools import groupby
from pathlib import PurePosixPath
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from runpact_core import files
from runpact_core.errors import EnvironmentFailed
from runpact_gc import _forms, _lease, _swap
from runpact_gc._swap import Left

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from io import BufferedRandom

    from runpact_gc._deposit import Deposits
    from runpact_gc._forms import Codec, Made
    from runpact_gc._lock import StoreLock
    from runpact_gc._model import Entry, Inventory
    from runpact_gc._places import Places
    from runpact_gc._settings import Settings
    from runpact_gc._swap import Opened

__all__ = ["KINDS", "Candidate", "Kind", "Outcome", "Result", "candidates", "clean", "compact", "expand"]

Kind = Literal["jsonl", "markdown"]
Outcome = Literal["compacted", "expanded", "left", "skipped"]

_YOUNG_NS = 3600 * 10**9
_KB = 1024
KINDS: dict[str, Kind] = {".jsonl": "jsonl", ".ndjson": "jsonl", ".md": "markdown", ".markdown": "markdown"}
"""What a file is taken for, by what its name ends with."""

_SEALED = frozenset({"run.json", "checks.json", "open.json", "last_run.json"})
_SUMS = "SHA256SUMS"
_QUIET = frozenset({"already", "small", "no-gain", "disabled", "not-compacted"})  # nothing is wrong with these


class Candidate(NamedTuple):
    """One file that may be compacted or expanded, of one entry (None: it was named on the command line)."""

    path: str
    kind: Kind
    entry: Entry | None

    @property
    def some_entry(self) -> Entry:
        """Its entry, of one that has one."""
        if self.entry is None:
            raise ValueError(self.path)
        return self.entry

    @property
    def family(self) -> str:
        """Its family; empty where it was named."""
        return self.entry.family if self.entry else ""


class Result(NamedTuple):
    """What came, or would come, of one file.

    Attributes:
        candidate: The file.
        outcome: ``compacted`` or ``expanded``, also where that would be; ``left``: there is nothing to do;
            ``skipped``: it may not or could not be done.
        why: Why it was left or skipped: a stable slug; empty otherwise.
        message: The same in one sentence.
        made: Sizes and digests, where it was read.
        slot: Where its original lies in the trash, if it does.
    """

    candidate: Candidate
    outcome: Outcome
    why: str = ""
    message: str = ""
    made: Made | None = None
    slot: str | None = None


def candidates(inventory: Inventory, families: Iterable[str] = ()) -> tuple[Candidate, ...]:
    """The files of glob families that have a form, in the inventory's order."""
    only = frozenset(families)
    return tuple(
        Candidate(file.path, KINDS[suffix], entry)
        for entry in inventory.entries
        if entry.layout == "glob" and (not only or entry.family in only)
        for file in entry.files
        if (suffix := PurePosixPath(file.path).suffix.lower()) in KINDS
    )


def compact(  # noqa: PLR0913 - what compaction depends on
    places: Places,
    settings: Settings,
    found: Iterable[Candidate],
    *,
    now_ns: int,
    codec: Codec = "dictionary",
    deposits: Deposits | None = None,
) -> Iterator[Result]:
    """Compact files, one after the other.

    Args:
        places: Where things lie.
        settings: What is compacted, and from which size on.
        found: The files.
        now_ns: The moment, nanoseconds since 1970.
        codec: What JSONL is turned into.
        deposits: Where originals of Markdown go, with the lock of the store; None for a dry run, which changes nothing.
    """

    def make(opened: Opened, each: Candidate, target: BufferedRandom) -> Made:
        _refuse(opened, each, now_ns)
        made = _made(opened, target, each, settings, codec)
        if made.after_bytes >= made.before_bytes:
            raise Left("no-gain", "it would not become smaller", made)
        return made

    for each in found:
        keep_time = each.kind == "jsonl" or settings.markdown.preserve_timestamps
        yield _Exchange(places, make, "compacted", None if deposits is None else deposits.lock, keep_time).of(
            each, deposits if each.kind == "markdown" else None
        )


def expand(places: Places, found: Iterable[Candidate], *, lock: StoreLock | None = None) -> Iterator[Result]:
    """Give compacted JSONL its original content back, one file after the other; without a lock only look."""

    def make(opened: Opened, _: Candidate, target: BufferedRandom) -> Made:
        return _forms.expanded(opened.file, target, opened.path)

    for each in found:
        if each.kind == "jsonl":
            yield _Exchange(places, make, "expanded", lock).of(each, None)


def clean(places: Places, found: Iterable[Candidate]) -> None:
    """Remove what interrupted exchanges left beside these files. The lock of the store must be held."""
    for parent, _ in groupby(each.path.rpartition("/")[0] for each in found):
        folder = files.open_folder(places.project, parent)
        if isinstance(folder, int):
            try:
                for name in filter(_swap.is_leftover, os.listdir(folder)):  # noqa: PTH208 - of a handle
                    with suppress(OSError):
                        os.unlink(name, dir_fd=folder)
            finally:
                files.close_folder(folder)


class _Exchange(NamedTuple):
    """How files are exchanged: by what, whether at all (with a lock), and what that is called."""

    places: Places
    make: Callable[[Opened, Candidate, BufferedRandom], Made]
    done: Outcome
    lock: StoreLock | None
    keep_time: bool = True

    def of(self, each: Candidate, deposits: Deposits | None) -> Result:
        """What came of one file; its original goes into ``deposits`` first, where given."""
        try:
            with _swap.opened(self.places.project, each.path) as opened:
                if self.lock is None:
                    with TemporaryFile() as nameless:
                        made = self.make(opened, each, nameless)
                    return Result(each, self.done, made=made)
                with _swap.temporary(opened) as new:
                    made = self.make(opened, each, new[1])
                    return self._published(opened, each, new, made, deposits)
        except Left as error:
            return Result(each, "left" if error.why in _QUIET else "skipped", error.why, error.message, error.made)
        except OSError as error:
            return Result(each, "skipped", "failed", f"the system refused: {error.strerror or error}")
        except EnvironmentFailed as error:
            return Result(each, "skipped", "failed", f"the system refused: {error.what}")

    def _published(
        self, opened: Opened, each: Candidate, new: tuple[str, BufferedRandom], made: Made, deposits: Deposits | None
    ) -> Result:
        lock = cast("StoreLock", self.lock)
        if deposits is None:
            _swap.publish(opened, new, lock, keep_time=self.keep_time)
            return Result(each, self.done, made=made)
        taken: list[str] = []
        try:
            before = partial(_deposit, deposits, opened, each, made, taken)
            _swap.publish(opened, new, lock, keep_time=self.keep_time, before=before)
        except BaseException:
            if taken and _swap.stands(opened):
                deposits.drop(taken[0])
            raise
        return Result(each, self.done, made=made, slot=taken[0])


def _deposit(deposits: Deposits, opened: Opened, each: Candidate, made: Made, taken: list[str]) -> None:
    taken.append(deposits.take(opened, each, made))


def _made(opened: Opened, target: BufferedRandom, each: Candidate, settings: Settings, codec: Codec) -> Made:
    rules = settings.jsonl if each.kind == "jsonl" else settings.markdown
    if not rules.enabled:
        raise Left("disabled", f"compaction of {each.kind} is off in the configuration")
    if opened.status.st_size <= rules.min_size_kb * _KB:
        raise Left("small", f"it has no more than {rules.min_size_kb} KB")
    if each.kind == "markdown":
        return _forms.shortened(opened.file, target, settings.markdown)
    if codec == "zstd":
        return _forms.compressed(opened.file, target, each.path)
    return _forms.written(opened.file, target, each.path, settings.jsonl.dict_threshold)


def _refuse(opened: Opened, each: Candidate, now_ns: int) -> None:
    """Whether the file may be touched at all."""
    if each.entry is not None and each.entry.live:
        raise Left("live", "its run is being written")
    siblings = os.listdir(opened.folder)  # noqa: PTH208 - of a handle
    if _SEALED.intersection(siblings):
        raise Left("sealed", "it lies in the folder of a recorded run")
    if _SUMS in siblings or f"{opened.name}.sha256" in siblings:
        raise Left("checksum", "a list of checksums stands beside it")
    free = _lease.free(opened.file.fileno())
    if free is False:
        raise Left("in-use", _swap.OPEN)
    if free is None and opened.status.st_mtime_ns > now_ns - _YOUNG_NS:
        raise Left("young", "it changed within the last hour, so it may still be written")
