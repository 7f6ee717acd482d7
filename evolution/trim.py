"""The least document around one place of a larger one: quicker to judge, and as telling about that place.

In the dialect, what a schema says of a value never depends on a value that is not around it. So a fault that a judge
overlooks in a large document is overlooked in the least one around the same place too. Of a document that the schema
admits, what is left is admitted; nothing is made up, and the argument is never changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from evolution import generate

if TYPE_CHECKING:
    from evolution.generate import Schema

__all__ = ["Path", "trimmed"]

Path: TypeAlias = tuple[str | int, ...]


def trimmed(document: Any, root: Schema, path: Path) -> tuple[Any, Path]:
    """What the schema asks for in any case, the way to one place and all that is directly in it; and the path therein.

    Args:
        document: A document that the schema admits.
        root: The schema, a strict view.
        path: Names and indices from the document to the place.
    """
    return _trimmed(document, root, root, path)


def _trimmed(value: Any, schema: Schema, root: Schema, path: Path | None) -> tuple[Any, Path]:
    """``path`` is None beside the way, and empty at the place itself, of which every part stays."""
    schema = generate.resolve(schema, root)
    if isinstance(value, dict) and "oneOf" not in schema and "properties" in schema:
        return _object(value, schema, root, path)
    if isinstance(value, dict) and isinstance(schema.get("additionalProperties"), dict):
        return _object(value, schema, root, path)
    if isinstance(value, list) and "items" in schema:
        return _array(value, schema, root, path)
    return value, path or ()


def _object(value: dict[str, Any], schema: Schema, root: Schema, path: Path | None) -> tuple[dict[str, Any], Path]:
    required = schema.get("required", ())
    free = schema.get("additionalProperties")
    kept: dict[str, Any] = {}
    way = path or ()
    for name, child in value.items():
        below = schema.get("properties", {}).get(name) or (free if isinstance(free, dict) else {})
        if path and path[0] == name:
            kept[name], rest = _trimmed(child, below, root, path[1:])
            way = (name, *rest)
        elif path == () or name in required:
            kept[name], _ = _trimmed(child, below, root, None)
    return kept, way


def _array(value: list[Any], schema: Schema, root: Schema, path: Path | None) -> tuple[list[Any], Path]:
    least = schema.get("minItems", 0)
    kept: list[Any] = []
    way = path or ()
    for index, child in enumerate(value):
        if path and path[0] == index:
            element, rest = _trimmed(child, schema["items"], root, path[1:])
            way = (len(kept), *rest)
            kept.append(element)
        elif path == () or len(kept) + (1 if path and int(path[0]) > index else 0) < least:
            kept.append(_trimmed(child, schema["items"], root, None)[0])
    return kept, way
