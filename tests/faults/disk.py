"""A model of a folder on a disk, and of the operations that change it.

Invariants: files and folders are numbered, 0 is the root; names lead from folders to numbers. An operation
can be applied to any disk, also to one where operations before it are missing, as after a loss of power; it
never fails.
"""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ROOT", "Barrier", "Disk", "Names", "Operation", "Printed", "Recording", "Resize", "Write"]

ROOT = 0
"""The number of the root folder."""


@dataclasses.dataclass(frozen=True)
class Write:
    """Bytes put into a file at an offset."""

    file: int
    offset: int
    data: bytes

    def apply(self, disk: Disk) -> None:
        """Do it to a disk."""
        old = disk.files.get(self.file, b"").ljust(self.offset, b"\0")
        disk.files[self.file] = old[: self.offset] + self.data + old[self.offset + len(self.data) :]

    def touches(self) -> set[int]:
        """The nodes that must be synced for this to be durable."""
        return {self.file}


@dataclasses.dataclass(frozen=True)
class Resize:
    """A file cut or filled with zeros to a size."""

    file: int
    size: int

    def apply(self, disk: Disk) -> None:
        """Do it to a disk."""
        disk.files[self.file] = disk.files.get(self.file, b"")[: self.size].ljust(self.size, b"\0")

    def touches(self) -> set[int]:
        """The nodes that must be synced for this to be durable."""
        return {self.file}


@dataclasses.dataclass(frozen=True)
class Names:
    """Names that change together: (folder, name) -> node, or None for a name that goes.

    Attributes:
        changes: What each name leads to afterwards.
        gone: The node that a name must lead to if it is to go; a later file of that name stays.
    """

    changes: tuple[tuple[int, bytes, int | None], ...]
    gone: int | None = None

    def apply(self, disk: Disk) -> None:
        """Do it to a disk."""
        for folder, name, node in self.changes:
            names = disk.folders.setdefault(folder, {})
            if node is not None:
                names[name] = node
            elif names.get(name) == self.gone:
                names.pop(name, None)

    def touches(self) -> set[int]:
        """The nodes that must be synced for this to be durable."""
        return {folder for folder, _, _ in self.changes}


@dataclasses.dataclass
class Disk:
    """Files and folders by number; a tree hangs together by the names in its folders."""

    files: dict[int, bytes]
    folders: dict[int, dict[bytes, int]]

    def copy(self) -> Disk:
        """A disk that changes on its own."""
        return Disk(dict(self.files), {number: dict(names) for number, names in self.folders.items()})

    def find(self, path: bytes) -> int | None:
        """The node at a path relative to the root."""
        node: int | None = ROOT
        for part in path.split(b"/") if path else ():
            node = None if node is None else self.folders.get(node, {}).get(part)
        return node

    def walk(self, folder: int = ROOT, above: bytes = b"") -> Iterator[tuple[bytes, bytes | None]]:
        """Each path with its content, folders (None) before what they hold."""
        for name, node in sorted(self.folders.get(folder, {}).items()):
            path = above + name
            if node in self.folders:
                yield path, None
                yield from self.walk(node, path + b"/")
            else:
                yield path, self.files.get(node, b"")

    def digest(self) -> bytes:
        """What tells apart two disks of which a reader sees different things."""
        return hashlib.sha256(repr(list(self.walk())).encode()).digest()


Operation = Write | Resize | Names


@dataclasses.dataclass(frozen=True)
class Barrier:
    """An fsync of one node, or of everything (None)."""

    node: int | None


@dataclasses.dataclass(frozen=True)
class Printed:
    """Bytes written to standard output."""

    data: bytes


@dataclasses.dataclass(frozen=True)
class Recording:
    """What a command did: the disk before it, and its events in order."""

    start: Disk
    events: tuple[Operation | Barrier | Printed, ...]
