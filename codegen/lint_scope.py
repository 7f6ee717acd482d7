"""What the rules of the dialect look at: a contract file as a list of schemas, each with its place and part.

Every schema of a file is met exactly once, in the order of the file. Nothing here assumes that a file
follows the dialect: a value of a wrong type counts as absent, and the metaschema (rule M01) names it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from codegen.findings import Finding
from codegen.views import COMMON_PREFIX, LOCAL_PREFIX
from runpact_core._pointer import pointer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codegen.load import ContractSet, Source

__all__ = [
    "Node",
    "Part",
    "Scope",
    "children",
    "is_mapping",
    "is_object",
    "properties",
    "required",
    "scopes",
    "text",
    "types",
]

Part: TypeAlias = Literal["root", "library", "definition", "property", "items", "values", "names", "branch"]
"""What a schema is: a contract, the shared file, what stands in ``$defs`` or ``properties``, the elements of
a list, the values or names of a map, a branch of a ``oneOf``."""

TABLES: tuple[tuple[str, Part], ...] = (("properties", "property"), ("$defs", "definition"))
SINGLES: tuple[tuple[str, Part], ...] = (
    ("items", "items"),
    ("additionalProperties", "values"),
    ("propertyNames", "names"),
)


@dataclass(frozen=True)
class Node:
    """One schema.

    Attributes:
        pointer: Its place in the file, a JSON pointer.
        part: What it is there.
        name: Name of the property or definition; of the contract for the root; else the keyword or index.
        required: Whether it is a property that its object requires.
        schema: The schema.
    """

    pointer: str
    part: Part
    name: str
    required: bool
    schema: dict[str, Any]


@dataclass(frozen=True)
class Scope:
    """One file of contracts: a contract version, or the shared definitions.

    Attributes:
        name: Name of the contract, or ``common``.
        library: Whether this is the file of shared definitions.
        source: The file.
        shared: The shared definitions.
        nodes: Every schema of the file.
    """

    name: str
    library: bool
    source: Source
    shared: Mapping[str, Any]
    nodes: tuple[Node, ...]

    @property
    def definitions(self) -> dict[str, Any]:
        """The definitions of the file itself."""
        return _table(self.source.tree, "$defs")

    def finding(self, place: str, rule: str, message: str, hint: str) -> Finding:
        """A finding at the pointer ``place`` of the file."""
        return Finding(self.source.path, self.source.line(place), rule, message, hint)

    def target(self, reference: object) -> dict[str, Any] | None:
        """The definition that a ``$ref`` names, or None."""
        for prefix, table in ((LOCAL_PREFIX, self.definitions), (COMMON_PREFIX, self.shared)):
            if isinstance(reference, str) and reference.startswith(prefix):
                found = table.get(reference.removeprefix(prefix))
                return found if isinstance(found, dict) else None
        return None

    def resolve(self, schema: dict[str, Any]) -> dict[str, Any] | None:
        """The schema at the end of a chain of references; None where the chain is broken or a ring."""
        current: dict[str, Any] | None = schema
        for _ in range(len(self.definitions) + len(self.shared) + 2):
            if current is None or "$ref" not in current:
                return current
            current = self.target(current["$ref"])
        return None


def scopes(contracts: ContractSet) -> list[Scope]:
    """The shared definitions and every contract version, as far as they are mappings."""
    shared = _table(contracts.common.tree, "$defs") if is_mapping(contracts.common.tree) else {}
    files = [
        ("common", contracts.common),
        *((contract.name, contract.source) for contract in contracts.contracts),
    ]
    return [
        Scope(
            name,
            source is contracts.common,
            source,
            shared,
            _nodes(name, source, library=source is contracts.common),
        )
        for name, source in files
        if is_mapping(source.tree)
    ]


def children(schema: Mapping[str, Any]) -> Iterator[tuple[str, Part, str, object]]:
    """What stands where a schema is expected, one level below: pointer from here, part, name, value."""
    for keyword, part in TABLES:
        for name, value in _table(schema, keyword).items():
            yield pointer([keyword, name]), part, name, value
    for keyword, part in SINGLES:
        if keyword in schema:
            yield f"/{keyword}", part, keyword, schema[keyword]
    branches = schema.get("oneOf")
    for index, value in enumerate(branches if isinstance(branches, list) else []):
        yield f"/oneOf/{index}", "branch", str(index), value


def properties(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The named fields of an object."""
    return _table(schema, "properties")


def required(schema: Mapping[str, Any]) -> list[str]:
    """Names of the fields that must be there."""
    names = schema.get("required")
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def types(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """The types that a schema admits, as written."""
    value = schema.get("type")
    listed = value if isinstance(value, list) else [value]
    return tuple(item for item in listed if isinstance(item, str))


def is_mapping(tree: object) -> bool:
    """Whether a file holds a mapping, which is all that its type says but not what was read."""
    return isinstance(tree, dict)


def is_object(schema: Mapping[str, Any]) -> bool:
    """Whether a schema describes an object or a map."""
    return "object" in types(schema) or "properties" in schema


def text(schema: Mapping[str, Any], keyword: str) -> str:
    """A keyword's text without the space around it; empty where there is none."""
    value = schema.get(keyword)
    return value.strip() if isinstance(value, str) else ""


def _table(schema: Mapping[str, Any], keyword: str) -> dict[str, Any]:
    value = schema.get(keyword)
    return value if isinstance(value, dict) else {}


def _nodes(name: str, source: Source, *, library: bool) -> tuple[Node, ...]:
    part: Part = "library" if library else "root"
    return tuple(_walk(Node("", part, name, required=False, schema=source.tree)))


def _walk(node: Node) -> Iterator[Node]:
    yield node
    needed = required(node.schema)
    for place, part, name, value in children(node.schema):
        if isinstance(value, dict):
            is_required = part == "property" and name in needed
            yield from _walk(Node(node.pointer + place, part, name, is_required, value))
