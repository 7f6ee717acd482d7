"""Folders of a project as open directories: everything that is changed is reached from its root, one name at a time.

Invariants:

* No link is followed below the root. The first look at a folder pins which one it is (device and inode); a folder of
  that name that is another one later, or lies elsewhere, is refused with `Swapped` for as long as the root is open.
* Where the platform has no directory handles nothing can be changed: `Root` refuses.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import TYPE_CHECKING, Self

from runpact_core import files
from runpact_core.errors import EnvironmentFailed, Refused, RunpactError, UsageFailure

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from types import TracebackType

__all__ = ["Doing", "Root", "Swapped", "relative", "remove_empty", "split", "supported", "sync_all"]

Identity = tuple[int, int]

_FLAGS = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_MOST_OPEN = 200
_FEW = 8  # folders that are synced one by one; more are cheaper together


class Swapped(Exception):
    """A part of a path is not the folder it was, or is none: ``why`` is the slug of a skipped entry."""

    def __init__(self, why: str, message: str) -> None:
        super().__init__(message)
        self.why = why


class Doing:
    """Turns what the system raises inside the block into `EnvironmentFailed`, and `Swapped` into `Refused`."""

    def __init__(self, doing: str) -> None:
        self._doing = doing

    def __enter__(self) -> None:
        """Nothing is needed."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say it in the hub's words."""
        if isinstance(error, OSError):
            raise EnvironmentFailed(self._doing, error) from error
        if isinstance(error, Swapped):
            raise Refused(f"{self._doing}: {error}", hint="look what is there") from error


def supported() -> bool:
    """Whether this platform can change a store: it has directory handles."""
    return {os.open, os.mkdir, os.rename, os.stat, os.unlink} <= os.supports_dir_fd and bool(_NO_LINK)


def relative(project: Path, path: Path) -> str:
    """A place inside the project as documents say it.

    Raises:
        UsageFailure: It lies outside.
    """
    try:
        inside = path.relative_to(project)
    except ValueError as error:
        what = f"{path} lies outside of the project {project}"
        raise UsageFailure(what, hint="choose a folder inside the project") from error
    if ".." in inside.parts:
        what = f"{path} lies outside of the project {project}"
        raise UsageFailure(what, hint="choose a folder inside the project")
    return inside.as_posix() if inside.parts else ""


def split(path: str) -> tuple[str, str]:
    """Folder and last name of a project-relative path."""
    above, _, name = path.rpartition("/")
    return above, name


class Root:
    """The root of a project, and the folders below it that were looked at.

    Raises:
        Refused: This platform has no directory handles.
        EnvironmentFailed: The root cannot be opened.
    """

    def __init__(self, project: Path) -> None:
        if not supported():
            what = "this platform has no directory handles, so nothing is moved"
            raise Refused(what, hint="a dry run works")
        try:
            fd = os.open(project, _FLAGS)
        except OSError as error:
            raise EnvironmentFailed(f"opening {project}", error) from error
        self.project = project
        self._open = {"": fd}
        self._pins = {"": _identity(os.fstat(fd))}

    def __enter__(self) -> Self:
        """The root itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every handle."""
        for fd in self._open.values():
            with contextlib.suppress(OSError):  # nothing was written through it
                os.close(fd)
        self._open.clear()

    @property
    def device(self) -> int:
        """The file system of the root."""
        return self._pins[""][0]

    def device_of(self, path: str) -> int:
        """The file system of a folder, as `folder` pinned it."""
        if path not in self._pins:
            self.folder(path)
        return self._pins[path][0]

    def folder(self, path: str) -> int:
        """The handle of a folder; it stays the root's, and is good until the next call.

        Raises:
            Swapped: It is no folder, or not the one it was.
            OSError: It cannot be opened.
        """
        known = self._open.get(path)
        if known is not None:
            return known
        above, name = split(path)
        parent = self.folder(above)
        try:
            fd = os.open(name, _FLAGS | _NO_LINK, dir_fd=parent)
        except OSError as error:
            if error.errno in {errno.ENOTDIR, errno.ELOOP}:
                raise Swapped("link", f"{path} is a link or a file, not a folder") from error
            if error.errno == errno.ENOENT:
                raise Swapped("gone", f"{path} is not there any more") from error
            raise
        found = _identity(os.fstat(fd))
        if self._pins.setdefault(path, found) != found:
            os.close(fd)
            raise Swapped("parent-changed", f"{path} is another folder than before")
        if len(self._open) >= _MOST_OPEN:
            self._close_some(path)
        self._open[path] = fd
        return fd

    def still(self, path: str) -> int:
        """The handle of a folder, after a look whether its path still leads to it."""
        fresh = path not in self._open
        fd = self.folder(path)
        here = split(path)[0] if fresh and path else path  # its name was looked up just now
        while here:
            above, _, name = here.rpartition("/")
            try:
                found = os.stat(name, dir_fd=self.folder(above), follow_symlinks=False)
            except FileNotFoundError as error:
                raise Swapped("parent-changed", f"{here} is not there any more") from error
            if not stat.S_ISDIR(found.st_mode) or _identity(found) != self._pins[here]:
                raise Swapped("parent-changed", f"{here} is another folder than before")
            here = above
        return self._open.get(path) or fd

    def pair(self, one: str, other: str) -> tuple[int, int]:
        """The handles of two folders, each after a look as `still` has it."""
        self.still(one)
        self.still(other)
        return self.folder(one), self.folder(other)

    def make(self, path: str, *, new: bool = False) -> tuple[str, ...]:
        """Make a folder with those above it that are missing; the folders in which a name was made.

        Args:
            path: Which one.
            new: Whether it must not be there yet.

        Raises:
            FileExistsError: It is there although it should be new.
            Swapped: A part of the path is something else.
        """
        above, name = split(path)
        changed: tuple[str, ...] = ()
        try:
            parent = self.folder(above)
        except Swapped as error:
            if error.why != "gone":
                raise
            changed = self.make(above)
            parent = self.folder(above)
        try:
            os.mkdir(name, dir_fd=parent)
        except FileExistsError:
            if new:
                raise
            return changed
        return (*changed, above)

    def sync(self, paths: Iterable[str], *, within: str | None = None) -> None:
        """Make the names in folders durable; those that are gone have none.

        Args:
            paths: The folders.
            within: A folder among them; those below it were made in it, so they lie on its file system, and need not be
                opened where they are many.
        """
        wanted = set(paths)
        if within is not None and len(wanted) > _FEW and sync_all(self.folder(within)):
            wanted = {each for each in wanted if each != within and not each.startswith(f"{within}/")}
        by_device: dict[int, list[str]] = {}
        for path in sorted(wanted):
            with contextlib.suppress(Swapped):
                self.folder(path)
                by_device.setdefault(self._pins[path][0], []).append(path)
        for there in by_device.values():
            if len(there) <= _FEW or not sync_all(self.folder(there[0])):
                for path in there:
                    os.fsync(self.folder(path))

    def lstat(self, path: str) -> os.stat_result | None:
        """What stands at a path itself, or None; its folder is looked at as `folder` does."""
        above, name = split(path)
        try:
            return os.stat(name, dir_fd=self.folder(above), follow_symlinks=False)
        except FileNotFoundError:
            return None

    def is_there(self, path: str) -> bool:
        """Whether a folder can be opened, and is the one it was."""
        try:
            self.folder(path)
        except (Swapped, OSError):
            return False
        return True

    def forget(self, path: str) -> None:
        """Let go of a folder and all below it, after it was moved or removed."""
        self._forget([each for each in self._pins if each == path or each.startswith(f"{path}/")])

    def forget_below(self, path: str) -> None:
        """Let go of all below a folder, but not of the folder."""
        self._forget([each for each in self._pins if each.startswith(f"{path}/")])

    def _forget(self, paths: list[str]) -> None:
        for each in paths:
            del self._pins[each]
            fd = self._open.pop(each, None)
            if fd is not None:
                os.close(fd)

    def _close_some(self, path: str) -> None:
        """Close all handles but those above a path; what they were stays pinned."""
        keep = {""}
        while path:
            path, _ = split(path)
            keep.add(path)
        for each in [each for each in self._open if each not in keep]:
            os.close(self._open.pop(each))


def remove_empty(root: Root, path: str) -> None:
    """Remove a folder with those in it, as far as they are empty; what is in one stays."""
    above, name = split(path)
    root.forget(path)
    try:
        os.rmdir(name, dir_fd=root.folder(above))
    except (OSError, Swapped):
        pass  # it is not empty, most likely
    else:
        return
    try:
        handle = files.open_folder(root.folder(above), name)
    except (RunpactError, OSError, Swapped):
        return
    if not isinstance(handle, int):
        return
    try:
        below = [each.path for each in files.walk(handle)]
        for each in reversed(below):
            with contextlib.suppress(OSError):
                os.rmdir(each or name, dir_fd=handle if each else root.folder(above))
    except RunpactError:  # it stays, as it is of no use and no harm
        return
    finally:
        files.close_folder(handle)
        root.forget(path)


def sync_all(fd: int) -> bool:
    """Make everything on the file system of a descriptor durable at once; False where the platform cannot."""
    import ctypes  # only batches of moves need it

    try:
        call = ctypes.CDLL(None, use_errno=True).syncfs
    except (AttributeError, OSError, TypeError):
        return False
    if call(fd) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return True


def _identity(found: os.stat_result) -> Identity:
    return found.st_dev, found.st_ino
