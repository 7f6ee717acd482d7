"""Documents that have a chosen value at a chosen place of a contract, and values worth trying there.

A place is a pointer with ``*`` for elements and free names. Everything is a pure function of strict views; nothing is
promised to be admitted, so callers ask the validator of the view.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from evolution.generate import Maker, resolve, text_of_length
from evolution.languages import LONGEST
from evolution.texts import witnesses
from runpact_core import _gate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["ABSENT", "documents_with", "nodes_at", "parts_of", "tagged_at", "values"]

Schema = dict[str, Any]

ABSENT: Final[Any] = object()
"""The value of a place that a document does not have."""

SEEDS = 12  # random values of one place
REFUSED = 12  # values that the other side refuses, and
TAKEN = 16  # values that it takes, of which documents are made
EDGES = "".join(map(chr, range(128))) + "\u00e9\u0663\u200f\u2028\U0001f9ed"
ODD: Final[tuple[Any, ...]] = (None, True, False, 0, 1, -1, 1.5, "", "a", "A b", "\n", [], [None], {}, {"a": 1})
LENGTHS = {"minLength": "string", "maxLength": "string", "minItems": "array", "maxItems": "array"}


def parts_of(pointer: str) -> tuple[str, ...]:
    """The parts of a place."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])


def nodes_at(root: Schema, parts: Sequence[str]) -> list[Schema]:
    """The schemas that hold at a place: one, or one for each branch of a union; ``{}`` where anything may stand."""
    return [node for _, node in tagged_at(root, parts)]


def tagged_at(root: Schema, parts: Sequence[str]) -> list[tuple[tuple[str, ...], Schema]]:
    """The same schemas, each with the constants of the branches that lead to it, in words."""
    found: list[tuple[tuple[str, ...], Schema]] = [((), root)]
    for part in parts:
        found = [
            ((*tags, *([_constants(each, root)] if "oneOf" in resolve(node, root) else [])), child)
            for tags, node in found
            for each in _branches(node, root)
            for child in _below(each, part)
        ]
    return [(tags, dict(resolve(node, root))) for tags, node in found]


def _constants(node: Schema, root: Schema) -> str:
    """What tells a branch from the others."""
    known = {name: resolve(child, root).get("const") for name, child in node.get("properties", {}).items()}
    return repr(sorted((name, value) for name, value in known.items() if value is not None))


def _branches(node: Schema, root: Schema) -> list[Schema]:
    node = dict(resolve(node, root))
    return [dict(resolve(branch, root)) for branch in node["oneOf"]] if "oneOf" in node else [node]


def _below(node: Schema, part: str) -> Iterator[Schema]:
    free = node.get("additionalProperties", False)
    if part == "*" and "items" in node:
        yield node["items"]
    elif part == "{name}":
        yield node.get("propertyNames", {"type": "string"})
    elif part in node.get("properties", {}):
        yield node["properties"][part]
    elif free is not False:
        yield {} if free is True else free


def documents_with(root: Schema, parts: Sequence[str], leaf: Any, base: Any) -> Iterator[Any]:
    """Copies of a document that have the value at the place, one for each branch of unions on the way."""
    return _with(root, root, tuple(parts), leaf, base)


def _with(schema: Schema, root: Schema, parts: tuple[str, ...], leaf: Any, base: Any) -> Iterator[Any]:
    if not parts:
        yield leaf
        return
    for node in _branches(schema, root):
        below = list(_below(node, parts[0]))
        if not below:
            continue
        value = base if _is_of(base, node, root) else _made(node, root)
        if isinstance(value, list):
            yield from _with_element(value, below[0], root, parts[1:], leaf)
        elif isinstance(value, dict):
            yield from _with_property(value, node, below[0], root, parts, leaf)


def _with_element(value: list[Any], below: Schema, root: Schema, rest: tuple[str, ...], leaf: Any) -> Iterator[Any]:
    first = value[0] if value else ABSENT
    yield from ([child, *value[1:]] for child in _with(below, root, rest, leaf, first))


def _with_property(  # noqa: PLR0913, PLR0917 - what a place is made of
    value: dict[str, Any], node: Schema, below: Schema, root: Schema, parts: tuple[str, ...], leaf: Any
) -> Iterator[Any]:
    name = parts[0]
    if name == "{name}":
        free = node["additionalProperties"]
        yield {**value, str(leaf): _made(free, root) if isinstance(free, dict) else 1}
        return
    if name == "*":
        free_names = [key for key in value if key not in node.get("properties", {})]
        name = free_names[0] if free_names else str(_made(node.get("propertyNames", {"type": "string"}), root) or "a")
    for child in _with(below, root, parts[1:], leaf, value.get(name, ABSENT)):
        without = {key: kept for key, kept in value.items() if key != name}
        yield without if child is ABSENT else {**value, name: child}


def _is_of(value: Any, node: Schema, root: Schema) -> bool:
    """Whether a value can be kept for a node: of its type, and in its branch."""
    if isinstance(value, dict):
        constants = {name: resolve(child, root).get("const") for name, child in node.get("properties", {}).items()}
        return all(value.get(name) == constant for name, constant in constants.items() if constant is not None)
    return isinstance(value, list) and "items" in node


def _made(node: Schema, root: Schema) -> Any:
    """The least value of a node."""
    return _maker(node, root, "minimal", 0)


def _maker(node: Schema, root: Schema, style: Any, seed: int) -> Any:
    try:
        return Maker({**resolve(node, root), "$defs": root["$defs"]}, style, seed).document()
    except (StopIteration, RuntimeError, ValueError):  # bounds that no value keeps; the validator refuses this one too
        return None


def values(node: Schema, root: Schema, others: Sequence[Schema], other_root: Schema) -> list[Any]:
    """Values that the node admits, first those that some other node refuses; no two alike.

    Args:
        node: A schema of the one side.
        root: The strict view that it stands in.
        others: The schemas of the other side at the same place; none where the place is not known there.
        other_root: The view that they stand in.
    """
    admits = _gate.make_validator({**node, "$defs": root["$defs"]}).is_valid
    taken_by = [_gate.make_validator({**other, "$defs": other_root["$defs"]}).is_valid for other in others]
    seen: set[str] = set()
    refused: list[Any] = []
    taken: list[Any] = []
    for value in _candidates(node, root, others):
        key = f"{type(value).__name__} {value!r}" if not isinstance(value, str) else value
        if key not in seen and admits(value):
            seen.add(key)
            (taken if all(takes(value) for takes in taken_by) else refused).append(value)
    return refused[: REFUSED * max(1, len(others))] + taken[:TAKEN]


def _candidates(node: Schema, root: Schema, others: Sequence[Schema]) -> Iterator[Any]:
    both = [node, *others]
    for other in others:
        yield from witnesses(node, other)
    for schema in both:
        yield from schema.get("enum", ())
        yield from [schema["const"]] if "const" in schema else []
        yield from _at_bounds(schema, node, root)
    made = list(_random(node, root))
    yield from made
    yield from ODD
    for schema in both:
        yield from schema.get("examples", ())
    for text in islice((value for value in made if isinstance(value, str) and value), 6):
        for edge in EDGES:
            yield edge + text[1:]
            yield text[:-1] + edge
            yield text + edge
        yield from (text[1:], text[:-1], text * 2)


def _random(node: Schema, root: Schema) -> Iterator[Any]:
    if "oneOf" in node:
        for branch in node["oneOf"]:
            yield from _random(branch, root)
    elif "$ref" in node or "type" in node:
        yield from (_maker(node, root, style, 0) for style in ("minimal", "maximal"))
        yield from (_maker(node, root, "random", seed) for seed in range(SEEDS))


def _at_bounds(schema: Schema, node: Schema, root: Schema) -> Iterator[Any]:
    """Values at the limits of one schema, made as the node would have them."""
    for bound in ("minimum", "maximum"):
        if bound in schema:
            yield from (schema[bound] + step for step in (-1, 0, 1, -0.5, 0.5))
    for bound, kind in LENGTHS.items():
        for length in range(schema.get(bound, 0) - 1, schema.get(bound, -3) + 2):
            if 0 <= length <= LONGEST:
                yield from _of_length(kind, length, node, root)


def _of_length(kind: str, length: int, node: Schema, root: Schema) -> Iterator[Any]:
    if kind == "array":
        if "items" in node:
            yield [_made(node["items"], root)] * length
    elif "pattern" in node:
        text = text_of_length(node["pattern"], length)
        yield from [] if text is None else [text]
    else:
        yield "a" * length
