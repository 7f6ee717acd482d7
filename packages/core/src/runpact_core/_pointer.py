"""JSON pointers (RFC 6901), and the same with ``*`` for every element or name."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator


_INDEX = r"0|[1-9][0-9]{0,15}"  # patterns are compiled by `re` when first used: a wrapped command waits


class _Missing:
    """The type of `MISSING`; compares equal to nothing but itself."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final[Any] = _Missing()
"""What a pointer to nothing resolves to; None is a value of JSON."""


def pointer(parts: list[str | int]) -> str:
    """A pointer from its parts, escaped."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def resolve(document: object, path: str) -> Any:
    """The value a pointer points to, or `MISSING`."""
    node: Any = document
    for part in _parts(path):
        if isinstance(node, dict) and part in node:
            node = node[part]
        elif isinstance(node, list) and re.fullmatch(_INDEX, part) and int(part) < len(node):
            node = node[int(part)]
        else:
            return MISSING
    return node


def matches(document: object, path: str) -> Iterator[tuple[str, Any]]:
    """Every value that a pointer with ``*`` points to, with its plain pointer."""
    found: list[tuple[list[str | int], Any]] = [([], document)]
    for part in _parts(path):
        found = [([*place, key], value) for place, node in found for key, value in _children(node, part)]
    for place, value in found:
        yield pointer(place), value


def values(document: object, path: str) -> list[Any]:
    """Every value that a pointer with ``*`` points to; the quick form of `matches`."""
    found: list[Any] = [document]
    for part in _parts(path):
        if part == "*":
            parents = [node for node in found if isinstance(node, dict | list)]
            found = [value for node in parents for value in (node.values() if isinstance(node, dict) else node)]
        else:
            found = [node[part] for node in found if isinstance(node, dict) and part in node]
    return found


def _children(node: object, part: str) -> Iterator[tuple[str | int, Any]]:
    if isinstance(node, dict):
        if part == "*":
            yield from node.items()
        elif part in node:
            yield part, node[part]
    elif isinstance(node, list) and part == "*":
        yield from enumerate(node)


@lru_cache
def _parts(path: str) -> tuple[str, ...]:
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:])
