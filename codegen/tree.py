"""What the compiler made against what lies in the tree: compare, write, and remove what is no longer made."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Change:
    """One file that differs: ``before`` is None where it is missing, ``after`` where it is no longer made."""

    path: str
    before: str | None
    after: str | None

    def diff(self) -> str:
        """The difference as a unified diff, from the tree to what the compiler makes."""
        lines = difflib.unified_diff(
            (self.before or "").splitlines(keepends=True),
            (self.after or "").splitlines(keepends=True),
            f"{self.path} (in the tree)" if self.before is not None else "/dev/null",
            f"{self.path} (as generated)" if self.after is not None else "/dev/null",
        )
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def compare(root: Path, files: Mapping[str, str], owned: Iterable[str]) -> list[Change]:
    """Every difference between what was made and the tree.

    Args:
        root: The project.
        files: What the compiler made, by path relative to ``root``.
        owned: Folders, relative to ``root``, that hold nothing but what the compiler makes.
    """
    present = {
        path.relative_to(root).as_posix()
        for folder in owned
        for path in (root / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    changes = []
    for path in sorted(files.keys() | present):
        before = _read(root / path)
        after = files.get(path)
        if before != after:
            changes.append(Change(path, before, after))
    return changes


def apply(root: Path, changes: Iterable[Change]) -> None:
    """Make the tree what the compiler made."""
    for change in changes:
        target = root / change.path
        if change.after is None:
            target.unlink()
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(change.after.encode("utf-8"))


def _read(path: Path) -> str | None:
    """The text with its line ends as they are; bytes that are no text differ from anything the compiler makes."""
    try:
        return path.read_bytes().decode("utf-8", errors="backslashreplace")
    except FileNotFoundError:
        return None
