"""Every single change of one value in a document: what a careless producer, or a hostile one, may have made of it.

A change has a kind and a place; the place is known twice, as a pointer into the document and as the same with ``*`` for
elements of lists and free names, so that equal faults of many documents have one name.
"""

from __future__ import annotations

import copy
import keyword
import re
from functools import reduce
from operator import getitem
from typing import TYPE_CHECKING, Any, NamedTuple

from evolution import generate, trim
from runpact_core import _pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evolution.generate import Schema

__all__ = ["Change", "Place", "changes", "changes_at", "places", "small_changes"]

_HUGE = 10**100  # longer ones (10^400, say) are refused by the reader of JSON, before any schema
_LONG = 10_000
_TESTABLE = 5_000_000  # a bound beyond it is one of memory, and no text is made of that length
_DROPPED = object()
_OTHER_TYPES: dict[str, Any] = {
    "null": None,
    "true": True,
    "false": False,
    "0": 0,
    "1": 1,
    "-1": -1,
    "1.0": 1.0,
    "1.5": 1.5,
    "text 1": "1",
    "text": "zz unknown",
    "empty text": "",
    "empty list": [],
    "list": [None],
    "empty object": {},
    "object": {"a": 1},
    "huge": _HUGE,
    "huge negative": -_HUGE,
    "huge fraction": 1e300,
    "tiny fraction": 5e-324,
    "long text": "a" * _LONG,
}
_NAMES = ("zz_unknown", "", "a\n", "copy", "document", "model_config", "model_fields", "__class__", "\u0663", "x/y~z")


class Place(NamedTuple):
    """A value of a document with what the schema says about it; ``schema`` is empty where it says nothing."""

    path: tuple[str | int, ...]
    general: str
    value: Any
    schema: Schema


class Change(NamedTuple):
    """A changed document: ``what`` names place and kind of the change, ``value`` is what was put there."""

    what: str
    value: Any
    document: dict[str, Any]


def changes(document: dict[str, Any], root: Schema) -> Iterator[Change]:
    """Every document that differs from this one in one value; the root stays an object."""
    for place in places(document, root):
        yield from changes_at(document, place)


def small_changes(document: dict[str, Any], root: Schema) -> Iterator[Change]:
    """The same changes in the same places, each of the least document around its place (see `trim`)."""
    for place in places(document, root):
        least, path = trim.trimmed(document, root, place.path)
        yield from changes_at(least, place._replace(path=path, value=reduce(getitem, path, least)))


def changes_at(document: dict[str, Any], place: Place) -> Iterator[Change]:
    """Every document that differs from this one in the value at one place of it."""
    variants = dict(_variants(place))
    if place.path:
        variants["dropped"] = _DROPPED
    for kind, value in variants.items():
        if place.path or isinstance(value, dict):
            yield Change(f"{place.general} {kind}", value, _with(document, place.path, value))


def places(value: Any, root: Schema) -> Iterator[Place]:
    """Every value in a document, itself first; of equal elements of a list the first alone."""
    yield from _places(value, root, root, (), "")


def _places(value: Any, schema: Schema, root: Schema, path: tuple[str | int, ...], general: str) -> Iterator[Place]:
    schema = generate.resolve(schema, root)
    yield Place(path, general, value, schema)
    if isinstance(value, dict):
        free = schema.get("additionalProperties")
        for name, child in value.items():
            known = schema.get("properties", {}).get(name)
            below = known or (free if isinstance(free, dict) else {})
            part = _pointer.pointer([name]) if known else "/*"
            yield from _places(child, below, root, (*path, name), general + part)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            if child not in value[:index]:
                yield from _places(child, schema.get("items", {}), root, (*path, index), f"{general}/*")


def _variants(place: Place) -> Iterator[tuple[str, Any]]:
    value, schema = place.value, place.schema
    yield from _OTHER_TYPES.items()
    for bound in ("minimum", "maximum"):
        if bound in schema:
            for step in (-1, 0, 1, -0.5, 0.5):
                yield f"{bound} {step:+}", schema[bound] + step
            yield f"{bound} as fraction", float(schema[bound])
    if isinstance(value, str):
        yield from _texts(value, schema)
    elif isinstance(value, bool | int | float):
        yield "as text", str(value)
        yield "as fraction", float(value)
    elif isinstance(value, list):
        yield "element twice", [*value, *value[:1]]
        elements: tuple[Any, ...] = (None, 1, "", {})
        for element in elements:
            yield f"one more element {element!r}", [*value, element]
    elif isinstance(value, dict):
        twins = tuple(f"{name}_" for name in value if keyword.iskeyword(name))
        for name in _NAMES + twins:
            for more in (1, 1.0, {"a": [None, 1.0]}):
                yield f"unknown {name!r} {more!r}", {**value, name: more}
        for name in value:
            yield f"{name} in capitals", {(key.upper() if key == name else key): child for key, child in value.items()}


def _texts(value: str, schema: Schema) -> Iterator[tuple[str, str]]:
    yield "trailing newline", value + "\n"
    yield "leading newline", "\n" + value
    yield "trailing carriage return", value + "\r\n"
    yield "trailing line separator", value + "\u2028"
    yield "trailing zero", value + "\x00"
    yield "trailing space", value + " "
    yield "arabic digits", re.sub("[0-9]", lambda match: chr(0x660 + int(match[0])), value)
    yield "wide letters", re.sub("[!-~]", lambda match: chr(ord(match[0]) + 0xFEE0), value)
    yield "right-to-left mark", value + "\u200f"
    yield "astral character", value + "\U0001f9ed"
    yield "combining mark", value + "\u0301"
    yield "in capitals", value.upper()
    yield "without its last character", value[:-1]
    for bound in ("minLength", "maxLength"):
        for length in range(schema.get(bound, 0) - 1, schema.get(bound, -3) + 2):
            if 0 <= length <= _TESTABLE:
                fitting = generate.text_of_length(schema["pattern"], length) if "pattern" in schema else None
                yield f"{bound} {length - schema[bound]:+}", fitting or (value * length)[:length].ljust(length, "a")
                yield f"{bound} {length - schema[bound]:+} newline", (fitting or "a" * length)[:-1] + "\n"


def _with(document: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """A copy of the document with another value at one place."""
    if not path:
        return copy.deepcopy(value)
    changed = copy.copy(document)
    if len(path) == 1 and value is _DROPPED:
        del changed[path[0]]
    else:
        changed[path[0]] = _with(document[path[0]], path[1:], value)
    return changed
