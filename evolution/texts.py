"""What is certain about texts: whether each one that a writer may write at a place is taken by the reader's pattern.

Only schemas of strings are judged. Where a schema lists its values these are tried one by one, so nothing is asked. A
question is asked for one keyword, since a change is judged for what it changed and not for another change beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from evolution.languages import Texts, Undecided, shortest_beyond

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from evolution.model import Change

__all__ = ["beyond", "is_about_texts", "witnesses"]

Schema = dict[str, Any]
Place = tuple[tuple[str, ...], Schema]

LENGTHS: Final = frozenset({"minLength", "maxLength"})


def is_about_texts(change: Change) -> bool:
    """Whether a change is one of a pattern or of a length of texts."""
    return bool(_keywords(change))


def witnesses(node: Schema, other: Schema) -> Iterator[str]:
    """For each keyword of the other schema, the shortest text that fits the node and not that keyword."""
    if _is_listed(node):
        return
    for keyword in ("pattern", *sorted(LENGTHS)):
        try:
            found = shortest_beyond(_texts(node), _of_one(other, keyword))
        except Undecided:
            continue
        yield from [] if found is None else [found]


def beyond(change: Change, written: Iterable[Place], read: Iterable[Place]) -> list[str]:
    """Shortest texts that the writer may write and the reader refuses; none where it takes every text.

    Args:
        change: A change that is about texts.
        written: The schemas of the writer at its place, each with the branches that lead to it.
        read: Those of the reader; a schema that the same branches lead to is the one that is met.

    Raises:
        Undecided: That is not certain; the message says why.
    """
    others = list(read)
    found = []
    for tags, node in written:
        if not _is_listed(node):
            met = [schema for there, schema in others if there == tags] or [schema for _, schema in others]
            asked = [_of_one(schema, keyword) for schema in met for keyword in _keywords(change)]
            found += [shortest_beyond(_texts(node), one) for one in asked]
    return [text for text in found if text is not None]


def _keywords(change: Change) -> list[str]:
    if change.kind.startswith("pattern-"):
        return ["pattern"]
    bounds = {*(change.old or ()), *(change.new or ())} if change.kind.startswith("bound-") else set()
    return sorted(bounds & LENGTHS)


def _is_listed(node: Schema) -> bool:
    """Whether a schema has no texts but those that it lists."""
    kinds = node.get("type", ())
    return "enum" in node or "const" in node or "string" not in (kinds if isinstance(kinds, list) else [kinds])


def _texts(node: Schema) -> Texts:
    return Texts(node.get("pattern"), node.get("minLength", 0), node.get("maxLength"))


def _of_one(node: Schema, keyword: str) -> Texts:
    return _texts({keyword: node[keyword]} if keyword in node else {})
