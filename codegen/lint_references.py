"""Rule D12: what a file is called and what it refers to, so that every resolver finds the same.

A contract refers to its own definitions and to the scalars of ``common``, nothing else; ``common`` refers
to nothing.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from codegen.lint_scope import types
from codegen.views import COMMON_PREFIX, DRAFT, LOCAL_PREFIX, subschemas

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codegen.findings import Finding
    from codegen.lint_scope import Node, Scope

__all__ = ["references", "rings", "shared_scalars"]

BESIDE_REFERENCE: Final = frozenset({"$ref", "description", "x-absent", "examples"})
SCALARS: Final = frozenset({"string", "integer", "number", "boolean"})


def references(scope: Scope) -> Iterator[Finding]:
    """D12: the file names itself rightly, and every reference has a known form and a target."""
    for keyword, value in (("$schema", DRAFT), ("$id", PurePosixPath(scope.source.path).name)):
        if scope.source.tree.get(keyword) != value:
            yield scope.finding(f"/{keyword}", "D12", f"{keyword} is not {value}", f"write {keyword}: {value}")
    for node in scope.nodes:
        if "$ref" in node.schema:
            yield from _reference(scope, node)


def _reference(scope: Scope, node: Node) -> Iterator[Finding]:
    reference = node.schema["$ref"]
    place = f"{node.pointer}/$ref"
    if not isinstance(reference, str) or not reference.startswith((LOCAL_PREFIX, COMMON_PREFIX)):
        hint = f"write {LOCAL_PREFIX}<name> or {COMMON_PREFIX}<name>"
        yield scope.finding(place, "D12", f"{reference} refers to neither this file nor common", hint)
    elif not scope.library and scope.target(reference) is None:
        hint = "define it, or correct the name"
        yield scope.finding(place, "D12", f"{reference} refers to nothing", hint)
    for keyword in sorted(node.schema.keys() - BESIDE_REFERENCE):
        hint = "write it into the definition; only description, examples and x-absent stand beside $ref"
        yield scope.finding(f"{node.pointer}/{keyword}", "D12", f"{keyword} stands beside a $ref", hint)


def shared_scalars(scope: Scope) -> Iterator[Finding]:
    """D12: an object or enum belongs to the contract version that froze it; ``common`` has scalars only."""
    definitions = [node for node in scope.nodes if scope.library and node.part == "definition"]
    for node in definitions:
        if not set(types(node.schema)) <= SCALARS or not _is_plain(node.schema):
            hint = "define it in each contract version that has it"
            yield scope.finding(node.pointer, "D12", f"the shared {node.name} is no scalar", hint)


def _is_plain(schema: Mapping[str, Any]) -> bool:
    return "type" in schema and not schema.keys() & {"$ref", "enum", "oneOf", "properties"}


def rings(scope: Scope) -> Iterator[Finding]:
    """D12: no definition contains itself; the index and the pages list every field, which would have no end."""
    for name in scope.definitions:
        seen: set[str] = set()
        open_names = [name]
        while open_names:
            schema = scope.definitions.get(open_names.pop())
            found = _inlined(schema) - seen if isinstance(schema, dict) else set()
            seen |= found
            open_names += sorted(found)
        if name in seen:
            hint = "write out as many levels as there are"
            yield scope.finding(f"/$defs/{name}", "D12", f"{name} consists of itself", hint)


def _inlined(schema: dict[str, Any]) -> set[str]:
    """Names of the definitions of this file that a definition takes in."""
    found = [node.get("$ref") for _, node in subschemas(schema)]
    return {ref.removeprefix(LOCAL_PREFIX) for ref in found if isinstance(ref, str) and ref.startswith(LOCAL_PREFIX)}
