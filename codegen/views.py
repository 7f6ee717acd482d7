"""The views of a contract: pure functions from one schema to another.

* `strict`: the contract as written, self-contained (what it took from ``common`` stands among its own ``$defs``) and
  without the dialect's own keywords. It gates every write.
* `tolerant`: the same with exactly three relaxations. It gates every read of a record.

  1. unknown fields are allowed,
  2. an enum marked ``x-open`` becomes its type,
  3. the version field is any value of its type, since the version table judges it.
* `model_source`: what the model generator is given: the tolerant view with scalars, enums and maps written out where
  they are used, so that nothing but objects becomes a class.

Nothing here reads a file or changes its argument.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
COMMON_PREFIX = "common.v1.yaml#/$defs/"
LOCAL_PREFIX = "#/$defs/"
DIALECT_KEYWORDS = frozenset({"x-rules", "x-open", "x-absent", "discriminator"})
SUBSCHEMA_MAPS = frozenset({"properties", "$defs"})
SUBSCHEMAS = frozenset({"items", "additionalProperties", "propertyNames"})
ELEMENT_KEYWORDS = frozenset({"$ref", "type", "enum", "anyOf", "oneOf", "customTypePath"}) | SUBSCHEMAS
STRING_BOUNDS = frozenset(
    {"pattern", "maxLength"}
)  # beside a class of ours, pydantic would turn its values into plain str
TYPED_STRINGS = {"utc_time": "runpact_core._record.UtcTime", "time": "runpact_core._record.Time"}


def subschemas(schema: Mapping[str, Any], pointer: str = "") -> Iterator[tuple[str, Schema]]:
    """Yield every schema in a schema, itself first, each with its JSON pointer."""
    yield pointer, dict(schema)
    for keyword, value in schema.items():
        if keyword in SUBSCHEMA_MAPS and isinstance(value, dict):
            for name, child in value.items():
                if isinstance(child, dict):
                    yield from subschemas(child, f"{pointer}/{keyword}/{name}")
        elif keyword in SUBSCHEMAS and isinstance(value, dict):
            yield from subschemas(value, f"{pointer}/{keyword}")
        elif keyword == "oneOf" and isinstance(value, list):
            for index, child in enumerate(value):
                if isinstance(child, dict):
                    yield from subschemas(child, f"{pointer}/oneOf/{index}")


def strict(tree: Schema, common: Mapping[str, Schema], urn: str) -> Schema:
    """The contract as written, self-contained, under the identifier ``urn``."""
    bundled = _bundle(tree, common)
    view: Schema = {"$schema": DRAFT, "$id": f"{urn}:strict"} | _without_dialect(bundled)
    return view


def tolerant(tree: Schema, common: Mapping[str, Schema], urn: str) -> Schema:
    """The strict view with the three relaxations, under the identifier ``urn``."""
    relaxed = relax(_bundle(tree, common))
    view: Schema = {"$schema": DRAFT, "$id": f"{urn}:tolerant"} | _without_dialect(relaxed)
    return view


def relax(schema: Schema) -> Schema:
    """Apply the three relaxations to a bundled contract that still has its dialect keywords."""
    relaxed: Schema = _relax_node(schema)
    for name in ("schema_version", "version"):
        field = relaxed.get("properties", {}).get(name)
        if isinstance(field, dict):
            field.pop("const", None)
    return relaxed


def model_source(tree: Schema, common: Mapping[str, Schema]) -> Schema:
    """What the model generator reads: objects as ``$defs``, everything else written out where it is used."""
    bundled = _bundle(tree, common)
    relaxed = relax(bundled)
    enums = {name: node for name, node in bundled["$defs"].items() if node.get("x-open")}
    inlined: Schema = _inline(relaxed, relaxed["$defs"], enums)
    inlined["$defs"] = {name: node for name, node in inlined["$defs"].items() if is_class(node)}
    return {"$schema": DRAFT} | inlined


def is_class(node: Schema) -> bool:
    """Whether a definition becomes a class of its own: an object with named fields."""
    return node.get("type") == "object" and "properties" in node


def _bundle(tree: Schema, common: Mapping[str, Schema]) -> Schema:
    """Copy a contract, with what it refers to in ``common`` as local definitions named ``common_<name>``."""
    used: set[str] = set()

    def copy(node: Any) -> Any:
        if isinstance(node, list):
            return [copy(item) for item in node]
        if not isinstance(node, dict):
            return node
        ref = node.get("$ref")
        if isinstance(ref, str) and ref.startswith(COMMON_PREFIX):
            name = ref.removeprefix(COMMON_PREFIX)
            used.add(name)
            return {key: copy(value) for key, value in node.items()} | {"$ref": f"{LOCAL_PREFIX}common_{name}"}
        return {key: copy(value) for key, value in node.items()}

    bundled: Schema = {key: copy(value) for key, value in tree.items() if key not in {"$schema", "$id"}}
    bundled["$defs"] = bundled.get("$defs", {}) | {f"common_{name}": copy(common[name]) for name in sorted(used)}
    return bundled


def _without_dialect(node: Any) -> Any:
    """Copy a schema without the dialect's own keywords; names of properties are not keywords."""
    if isinstance(node, list):
        return [_without_dialect(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: {name: _without_dialect(child) for name, child in value.items()}
        if key in SUBSCHEMA_MAPS
        else _without_dialect(value)
        for key, value in node.items()
        if key not in DIALECT_KEYWORDS
    }


def _relax_node(node: Any) -> Any:
    """Relaxations 1 and 2, everywhere."""
    if isinstance(node, list):
        return [_relax_node(item) for item in node]
    if not isinstance(node, dict):
        return node
    relaxed = {
        key: {name: _relax_node(child) for name, child in value.items()}
        if key in SUBSCHEMA_MAPS
        else _relax_node(value)
        for key, value in node.items()
    }
    if relaxed.get("additionalProperties") is False:
        relaxed["additionalProperties"] = True
    if relaxed.pop("x-open", False):
        relaxed.pop("enum")
    return relaxed


def _inline(node: Any, defs: Mapping[str, Schema], enums: Mapping[str, Schema]) -> Any:
    """Write scalars, enums and maps out where they are referred to; keep references to objects."""
    if isinstance(node, list):
        return [_inline(item, defs, enums) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _inline_reference(node, defs, enums)
    kept = {key: value for key, value in node.items() if key not in {*DIALECT_KEYWORDS - {"discriminator"}, "examples"}}
    if is_class(kept):
        kept.pop("additionalProperties", None)
    result = {
        key: {name: _inline(child, defs, enums) for name, child in value.items()}
        if key in SUBSCHEMA_MAPS
        else _inline(value, defs, enums)
        for key, value in kept.items()
    }
    for keyword in ("items", "additionalProperties"):
        if isinstance(result.get(keyword), dict):
            result[keyword] = _unconstrained(result[keyword])
    return result


def _inline_reference(node: Schema, defs: Mapping[str, Schema], enums: Mapping[str, Schema]) -> Schema:
    name = node["$ref"].removeprefix(LOCAL_PREFIX)
    target = defs[name]
    if is_class(target):
        return {"$ref": node["$ref"]} | {key: node[key] for key in ("description",) if key in node}
    merged = {key: value for key, value in {**target, **node}.items() if key not in {"$ref", "title"}}
    typed = TYPED_STRINGS.get(name.removeprefix("common_"))
    if typed and name.startswith("common_"):
        merged = {key: value for key, value in merged.items() if key not in STRING_BOUNDS} | {"customTypePath": typed}
    if name in enums:
        merged.pop("type")
        merged["anyOf"] = [{"type": "string", "enum": enums[name]["enum"]}, {"type": "string"}]
    inlined: Schema = _inline(merged, defs, enums)
    return inlined


def _unconstrained(node: Schema) -> Schema:
    """Elements of a list or map by type alone: the generator would make a class of each constrained scalar or union.

    Without its discriminator a union is still told apart, by the constants of its branches.
    """
    return {key: value for key, value in node.items() if key in ELEMENT_KEYWORDS}
