"""Globs of paths, taken apart folder by folder so that nothing is walked where none can match. Pure.

``*`` is any run of characters of one name, ``?`` one of them, ``[…]`` one of a set (``[!…]`` one of none); ``**`` as a
whole part is zero or more folders. As shells have it, no wildcard matches a dot that a name begins with: hidden files
and folders are matched only by patterns that write the dot.
"""

from __future__ import annotations

import fnmatch
import re
from functools import lru_cache
from typing import NamedTuple

__all__ = ["Globs", "compile_globs", "matches"]

_ANY_FOLDERS = "**"
_WILD = frozenset("*?[")

State = frozenset[tuple[int, int]]
"""Where each pattern stands in a folder: pattern and how many of its parts the way there has used."""


class Globs(NamedTuple):
    """Patterns, each with the family it speaks for, in file order."""

    families: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]

    def start(self) -> State:
        """Where the patterns stand at the root."""
        return _closed(self, {(index, 0) for index in range(len(self.parts))})

    def enter(self, state: State, name: str) -> State:
        """Where they stand in a folder of that name; empty where nothing below it can match."""
        found = set()
        for index, used in state:
            part = self.parts[index][used]
            if part == _ANY_FOLDERS:
                if not name.startswith("."):
                    found.add((index, used))
            elif used + 1 < len(self.parts[index]) and _fits(part, name):
                found.add((index, used + 1))
        return _closed(self, found)

    def names(self, state: State, name: str) -> bool:
        """Whether a pattern names such a folder itself, without wildcards."""
        return any(self.parts[index][used] == name and used + 1 < len(self.parts[index]) for index, used in state)

    def families_of(self, state: State, name: str) -> list[str]:
        """The families of a file of that name in the folder, in file order, each once."""
        found = {
            index
            for index, used in state
            if used + 1 == len(self.parts[index]) and _fits(self.parts[index][used], name)
        }
        return list(dict.fromkeys(self.families[index] for index in sorted(found)))


def compile_globs(patterns: dict[str, tuple[str, ...]]) -> Globs:
    """The globs of families, in the order of the mapping; a leading ``./`` or ``/`` means the project."""
    found = [
        (family, tuple(part for part in glob.split("/") if part not in {"", "."}))
        for family, globs in patterns.items()
        for glob in globs
    ]
    found = [(family, (*parts, "*") if parts[-1:] == (_ANY_FOLDERS,) else parts) for family, parts in found if parts]
    return Globs(tuple(family for family, _ in found), tuple(parts for _, parts in found))


def matches(globs: Globs, path: str) -> list[str]:
    """The families of a path."""
    *folders, name = path.split("/")
    state = globs.start()
    for folder in folders:
        state = globs.enter(state, folder)
    return globs.families_of(state, name)


def _closed(globs: Globs, state: set[tuple[int, int]]) -> State:
    """With what ``**`` allows as zero folders."""
    found = set(state)
    for index, used in state:
        at = used
        while globs.parts[index][at] == _ANY_FOLDERS:
            at += 1
            found.add((index, at))
    return frozenset(found)


def _fits(part: str, name: str) -> bool:
    if part == _ANY_FOLDERS or (name.startswith(".") and not part.startswith(".")):
        return False
    return part == name if _WILD.isdisjoint(part) else _compiled(part).match(name) is not None


@lru_cache(maxsize=4096)
def _compiled(part: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(part))
