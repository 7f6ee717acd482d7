"""Folders below folders, entered by handle: what `files` gives out as ``open_folder``, ``listing`` and ``walk``.

Invariants:

* No link is followed and no other file system is entered: a name is looked up in the directory that was opened, not in
  whatever its path leads to by then. At most two handles are open at a time, so depth has no limit; the way back up is
  taken through ``..`` and must end in the directory that was left.
* What cannot be read is an error, never an empty folder. What vanishes or becomes something else on the way is not
  given, as if it had gone before.

On platforms without handles of directories (Windows) a handle is the folder's path.
"""
# ruff: noqa: PTH116, PTH118, PTH120 - pathlib costs more to import than all of this

from __future__ import annotations

import errno
import os
import stat

from runpact_core import _folder
from runpact_core._folder import PLAIN, Doing, Handle, close_quietly

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from collections.abc import Iterator

    StrPath = str | os.PathLike[str]

__all__ = ["Listing", "close_folder", "listing", "open_folder", "walk"]

_LINKS = os.O_RDONLY | PLAIN | getattr(os, "O_DIRECTORY", 0)
_NO_LINKS = _LINKS | getattr(os, "O_NOFOLLOW", 0)
_GONE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}  # it vanished, or is a file or a link by now


class Listing:
    """One folder with what is in it.

    Attributes:
        path: From the folder that was walked, with ``/``; empty for that folder itself.
        status: The folder's own, from before it was read.
        members: Name and what `os.lstat` says of it (links are themselves), by name; folders too.
        folders: Names of those that are folders on the same file system.
        elsewhere: Names of what lies on another file system; it is never entered.
    """

    __slots__ = ("elsewhere", "folders", "members", "path", "status")

    def __init__(self, path: str, status: os.stat_result, members: list[tuple[str, os.stat_result]]) -> None:
        self.path = path
        self.status = status
        self.members = members
        anywhere = not _folder.HANDLES  # Windows does not say of what is listed where it lies
        here = {name for name, each in members if anywhere or each.st_dev == status.st_dev}
        self.folders = [name for name, each in members if stat.S_ISDIR(each.st_mode) and name in here]
        self.elsewhere = [name for name, _ in members if name not in here] if len(here) < len(members) else []


def open_folder(root: StrPath | Handle, path: str = "") -> Handle | None:
    """Open a folder below another, following no link on the way; `close_folder` ends it.

    Args:
        root: A folder's path, which may lead through links, or its handle.
        path: The way from there, with ``/``; empty for the root itself.

    Returns:
        The handle, or None where there is no such folder: a part is missing, a file, or a link.

    Raises:
        EnvironmentFailed: It cannot be opened.
        UsageFailure: No folder can have this name.
    """
    with Doing(f"opening the folder {path or root}"):
        parts = [part for part in path.split("/") if part]
        at = _enter(root, parts.pop(0)) if isinstance(root, int) and parts else _root(root)
        for part in parts:
            if at is None:
                break
            above, at = at, None
            try:
                at = _enter(above, part)
            finally:
                close_folder(above)
    return at


def close_folder(handle: Handle) -> None:
    """Let go of a folder."""
    if isinstance(handle, int):
        close_quietly(handle)


def listing(handle: Handle, path: str = "") -> Listing:
    """One folder with what is in it, through its handle.

    Args:
        handle: As `open_folder` gives it.
        path: What to call the folder in the result and in errors.

    Raises:
        EnvironmentFailed: It cannot be read to its end.
    """
    with Doing(f"listing the folder {path or '.'}"):
        own = os.stat(handle)
        members = []
        with os.scandir(handle) as found:
            for each in found:
                try:
                    members.append((each.name, each.stat(follow_symlinks=False)))
                except FileNotFoundError:
                    continue
    members.sort(key=_name)
    return Listing(path, own, members)


def walk(handle: Handle, path: str = "") -> Iterator[Listing]:
    """Each folder from this one down: those above before those below, in the order of names.

    A folder whose name is removed from ``folders`` of what was given is not entered.

    Args:
        handle: As `open_folder` gives it; it stays open.
        path: What to call the folder.

    Raises:
        EnvironmentFailed: A folder cannot be opened or read, or was moved away while it was walked.
    """
    with Doing(f"opening the folder {path or '.'}"):
        at = _again(handle)
    try:
        top = listing(at, path)
        yield top
        trail = [(top, top.folders[::-1])]  # from the walk's folder to the one that is open
        waiting = len(top.folders)
        while waiting:
            above, names = trail[-1]
            if not names:
                left = trail.pop()[0]
                at = _replaced(at, _up(at, left, trail[-1][0].status))
                continue
            waiting -= 1
            name = names.pop()
            below = f"{above.path}/{name}" if above.path else name
            with Doing(f"opening the folder {below}"):
                entered = _enter(at, name)
            if entered is None:
                continue
            at = _replaced(at, entered)
            inner = listing(at, below)
            if _folder.HANDLES and inner.status.st_dev != top.status.st_dev:  # mounted since it was listed
                trail.append((inner, []))
                continue
            yield inner
            trail.append((inner, inner.folders[::-1]))
            waiting += len(inner.folders)
    finally:
        close_folder(at)


def _name(member: tuple[str, os.stat_result]) -> str:
    return member[0]


def _root(root: StrPath | Handle) -> Handle | None:
    if isinstance(root, int):
        return _again(root)
    try:
        if _folder.HANDLES:
            return os.open(root, _LINKS)
        return os.fspath(root) if stat.S_ISDIR(os.stat(root).st_mode) else None
    except OSError as error:
        if error.errno not in _GONE:
            raise
        return None


def _again(handle: Handle) -> Handle:
    """A second handle of the same folder, with a place of its own in it."""
    return os.open(os.curdir, _LINKS, dir_fd=handle) if isinstance(handle, int) else handle


def _replaced(old: Handle, new: Handle) -> Handle:
    close_folder(old)
    return new


def _up(at: Handle, left: Listing, above: os.stat_result) -> Handle:
    """The folder above, if it still is the one that was come from."""
    with Doing(f"leaving the folder {left.path}"):
        if not isinstance(at, int):
            return os.path.dirname(at)
        handle = os.open(os.pardir, _LINKS, dir_fd=at)
        if os.path.samestat(os.fstat(handle), above):
            return handle
        close_quietly(handle)
        raise OSError(errno.ESTALE, "it was moved away while it was walked")


def _enter(at: Handle, name: str) -> Handle | None:
    """A folder in a folder, or None where it is none (any more)."""
    try:
        if isinstance(at, int):
            return os.open(name, _NO_LINKS, dir_fd=at)
        path = os.path.join(at, name)
        return path if stat.S_ISDIR(os.lstat(path).st_mode) else None
    except OSError as error:
        if error.errno not in _GONE:
            raise
        return None
