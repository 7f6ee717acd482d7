"""A last look at an entry before it moves: what is in it now, through directory handles, compared with the plan.

Invariants: reading changes nothing and follows no link; an entry that is not what the plan was made for gives a slug
and a sentence, never half a result. What was seen is kept as a `Sight`, so that a later look can tell whether anything
was touched since: every name with its inode, size and times.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from runpact_core import files
from runpact_core.errors import MissingArtifact, RunpactError
from runpact_gc._handles import Swapped, split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runpact_gc._handles import Root
    from runpact_gc._model import Entry

__all__ = ["Seen", "Sight", "changed_since", "look", "mounts", "sight"]

_OPEN = "open.json"
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


class Seen(NamedTuple):
    """One name in what moves: the path from there (empty for itself), and what it is.

    The change time of what is renamed itself moves along with the rename, so it is kept only of what lies below.
    """

    path: str
    inode: int
    mode: int
    size_bytes: int
    mtime_ns: int
    ctime_ns: int


class Sight(NamedTuple):
    """What moves, as it was seen.

    Attributes:
        source: Where, project-relative.
        kind: Its type, of `stat`.
        device: Its file system.
        seen: Everything in it, itself first.
    """

    source: str
    kind: int
    device: int
    seen: tuple[Seen, ...]

    @property
    def regular(self) -> Iterator[Seen]:
        """The regular files."""
        return (each for each in self.seen if stat.S_ISREG(each.mode))


def look(root: Root, entry: Entry, mounted: frozenset[str]) -> tuple[Sight, ...]:
    """Everything of an entry that moves: its folder, or each of its files.

    Raises:
        Swapped: It is not what the plan was made for, or must not be touched; ``why`` says which.
        EnvironmentFailed: It cannot be read.
        OSError: It cannot be reached.
    """
    if entry.layout == "glob":
        sights = tuple(_seen(root, file.path, folder=False) for file in entry.files)
        for each, file in zip(sights, entry.files, strict=True):
            now = each.seen[0]
            if not stat.S_ISREG(now.mode):
                raise Swapped("link", f"{file.path} is no regular file")
            if (now.size_bytes, now.mtime_ns) != (file.size_bytes, file.mtime_ns):
                raise Swapped("changed", "it changed since the plan was made")
    else:
        sights = (_seen(root, entry.path, folder=True),)
        _compare(entry, sights[0])
        _not_live(root, entry.path, sights[0])
    for each in sights:
        _one_place(root, each, mounted)
    return sights


def sight(root: Root, path: str) -> Sight:
    """What stands at a path, with all that is in it; the path is looked at as `Root.still` does."""
    root.still(split(path)[0])
    return _seen(root, path, folder=True)


def _seen(root: Root, path: str, *, folder: bool) -> Sight:
    """As `sight`, in the folder that was pinned; whether a folder is expected only says what is tried first."""
    above, name = split(path)
    parent = root.folder(above)
    handle = _entered(parent, name) if folder else None
    if handle is None:
        found = _lstat(parent, name, path)
        if not stat.S_ISDIR(found.st_mode):
            own = Seen("", found.st_ino, found.st_mode, found.st_size, found.st_mtime_ns, 0)
            return Sight(path, stat.S_IFMT(found.st_mode), found.st_dev, (own,))
        handle = _entered(parent, name)
        if handle is None:
            raise Swapped("changed", f"{path} was replaced while it was looked at")
    try:
        found = os.fstat(handle)
        own = Seen("", found.st_ino, found.st_mode, 0, found.st_mtime_ns, 0)
        return Sight(path, stat.S_IFDIR, found.st_dev, (own, *_inside(handle, path)))
    finally:
        os.close(handle)


def _entered(parent: int, name: str) -> int | None:
    """The handle of a folder; None where it is none."""
    try:
        return os.open(name, _FOLDER, dir_fd=parent)
    except OSError as error:
        if error.errno not in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}:
            raise
        return None


def _inside(handle: int, path: str) -> Iterator[Seen]:
    for listing in files.walk(handle):
        if listing.elsewhere:
            below = "/".join(filter(None, (path, listing.path, listing.elsewhere[0])))
            raise Swapped("other-file-system", f"{below} lies on another file system")
        at = f"{listing.path}/" if listing.path else ""
        for name, each in listing.members:
            yield Seen(at + name, each.st_ino, each.st_mode, each.st_size, each.st_mtime_ns, each.st_ctime_ns)


def changed_since(root: Root, before: Sight, path: str) -> str | None:
    """What differs between what was seen and what stands at a path now; None where nothing does."""
    try:
        now = _seen(root, path, folder=before.kind == stat.S_IFDIR)
    except (Swapped, OSError, RunpactError) as error:
        return f"it cannot be looked at again: {error}"
    if now.seen == before.seen and (now.kind, now.device) == (before.kind, before.device):
        return None
    old, new = dict.fromkeys(before.seen), dict.fromkeys(now.seen)
    first = next((each.path for each in (*now.seen, *before.seen) if each not in old or each not in new), "")
    return f"{first or 'it'} changed while it was moved"


def mounts(root: Root) -> frozenset[str]:
    """Project-relative places below the root where something is mounted, as far as the system says (Linux)."""
    try:
        with open("/proc/self/mountinfo", "rb") as file:  # noqa: PTH123 - Linux; absent elsewhere
            lines = file.read().splitlines()
    except OSError:
        return frozenset()
    top = os.fsencode(root.project.resolve()).rstrip(b"/") + b"/"
    points = (line.split(b" ")[4].decode("unicode_escape").encode("latin-1") for line in lines)
    return frozenset(os.fsdecode(each[len(top) :]) for each in points if each.startswith(top))


def _lstat(parent: int, name: str, path: str) -> os.stat_result:
    try:
        return os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError as error:
        raise Swapped("gone", f"{path} is not there any more") from error


def _compare(entry: Entry, now: Sight) -> None:
    if now.kind != stat.S_IFDIR:
        raise Swapped("link", f"{entry.path} is a link or a file, not a folder")
    inside = [each for each in now.seen if each.path and not stat.S_ISDIR(each.mode)]
    size = sum(each.size_bytes for each in now.regular)
    newest = max(each.mtime_ns for each in now.seen)
    if (size, len(inside), newest) != (entry.size_bytes, entry.file_count, entry.newest_ns):
        raise Swapped("changed", "it changed since the plan was made")


def _not_live(root: Root, path: str, now: Sight) -> None:
    if not any(each.path == _OPEN for each in now.seen):
        return
    try:
        free = files.is_locked(root.project / path / _OPEN) is False
    except MissingArtifact:
        raise Swapped("changed", "it was sealed since it was looked at") from None
    except RunpactError as error:
        raise Swapped("live", f"whether it is being written cannot be told: {error}") from error
    if not free:
        raise Swapped("live", "it is being written")


def _one_place(root: Root, sight_: Sight, mounted: frozenset[str]) -> None:
    if sight_.device != root.device_of(split(sight_.source)[0]):
        raise Swapped("other-file-system", f"{sight_.source} lies on another file system than its folder")
    inside = next((each for each in mounted if each == sight_.source or each.startswith(f"{sight_.source}/")), None)
    if inside is not None:
        raise Swapped("mount-point", f"something is mounted at {inside}")
