"""Copies between a trash on another file system and the project: compared, and on the way back put into their places.

Invariants: a copy that comes back is made under a hidden name beside its place, made durable and compared; then all
parts of the entry get their names, durably, and the journal says that the copy counts. Only from then on what lies in
the trash ends. Before that nothing in the trash is touched, so whatever fails, it is there whole.
"""

from __future__ import annotations

import contextlib
import os
import stat
from typing import TYPE_CHECKING

from runpact_gc import _checksums, _move, _trash
from runpact_gc._handles import Swapped, split
from runpact_gc._look import sight
from runpact_gc._remove import remove_tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runpact_gc._handles import Root
    from runpact_gc._journal import Journal
    from runpact_gc._report import Done, Move, MovedFile

__all__ = ["bring", "differing", "drop", "is_near"]

_BUFFER = 1 << 20


def is_near(root: Root, trash: str, source: str) -> bool:
    """Whether a place in the project, or the nearest folder above it that is there, lies on the trash's file system."""
    above, _ = split(source)
    while True:
        try:
            return os.fstat(root.folder(above)).st_dev == os.fstat(root.folder(trash)).st_dev
        except Swapped as error:
            if error.why != "gone" or not above:
                raise
        above, _ = split(above)


def differing(root: Root, wanted: Iterable[tuple[str, MovedFile]]) -> str | None:
    """The first path at which there is not the content that is said with it, or None."""
    pairs = list(wanted)
    sizes = ((path, file.size_bytes) for path, file in pairs)
    results = _checksums.digests(root.folder(""), sizes, workers=1, buffer_bytes=_BUFFER)
    return next((path for (path, file), got in zip(pairs, results, strict=True) if got.sha256 != file.sha256), None)


def bring(root: Root, journal: Journal, trash: str, entry: Done, *, replacing: bool) -> tuple[str, str] | None:
    """Copy one entry out of the trash to where it lay, then end what is in the trash.

    Args:
        root: The project.
        journal: It says already that this entry comes back by a copy.
        trash: Project-relative.
        entry: The entry, with the files that were just read in the trash.
        replacing: Whether it takes the place of what compaction made of it.

    Returns:
        None, or why and what was wrong; then all is as it was.

    Raises:
        OSError, Swapped: It could not be done; all is as it was.
        EnvironmentFailed: Whether the journal says that the copy counts is not known: the next command decides.
    """
    named: list[Move] = []
    try:
        bad = _copies(root, trash, entry)
        if bad is None:
            for number, move in enumerate(entry.moves):
                _name(root, _move.hidden(move.source, entry.slot, number), move.source, replacing=replacing)
                named.append(move)
            root.sync({split(move.source)[0] for move in entry.moves})
    except BaseException:
        _take_back(root, entry, () if replacing else named)
        raise
    if bad is not None:
        _take_back(root, entry, ())
        return "refused", f"the copy {bad} differs from what is in the trash"
    journal.copied([entry.slot])
    drop(root, trash, entry.slot)
    return None


def drop(root: Root, trash: str, slot: str) -> None:
    """End a slot whose entry has come back; what cannot be removed of it ends with the next purge."""
    root.forget(f"{trash}/{slot}")
    folder = root.folder(trash)
    with contextlib.suppress(OSError):
        os.rename(slot, _trash.PURGING + slot, src_dir_fd=folder, dst_dir_fd=folder)
    with contextlib.suppress(OSError):
        remove_tree(folder, _trash.PURGING + slot)


def _copies(root: Root, trash: str, entry: Done) -> str | None:
    """Make the copies under their hidden names, durably; the path of one that differs."""
    made: set[str] = set()
    wanted = []
    for number, move in enumerate(entry.moves):
        above = split(move.source)[0]
        hidden = _move.hidden(move.source, entry.slot, number)
        made |= {above, *(root.make(above) if above else ())}
        _move.copy(root, sight(root, f"{trash}/{move.target}"), hidden)
        wanted += [(f"{hidden}/{file.path}".removesuffix("/"), file) for file in move.files]
    root.sync(made)
    bad = differing(root, wanted)
    for number, move in enumerate(entry.moves):
        root.forget(_move.hidden(move.source, entry.slot, number))
    return bad


def _name(root: Root, hidden: str, source: str, *, replacing: bool) -> None:
    if not replacing:
        _move.rename(root, hidden, source)
        return
    folder = root.still(split(source)[0])
    os.rename(split(hidden)[1], split(source)[1], src_dir_fd=folder, dst_dir_fd=folder)


def _take_back(root: Root, entry: Done, named: Iterable[Move]) -> None:
    """Remove what was made in the project: hidden copies, and those that had just got their names."""
    paths = [_move.hidden(move.source, entry.slot, number) for number, move in enumerate(entry.moves)]
    for path in (*paths, *(move.source for move in named)):
        with contextlib.suppress(OSError, Swapped):
            found = root.lstat(path)
            if found is not None and (stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode)):
                _move.discard(root, path)
