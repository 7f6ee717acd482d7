"""Rules D03, D04, D05 and D08: objects, what they leave open, what may be missing, and tagged unions."""

from __future__ import annotations

import re
from collections import defaultdict
from keyword import iskeyword
from typing import TYPE_CHECKING, Any, Final

from codegen.lint_scope import is_object, properties, required, text, types
from codegen.views import LOCAL_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codegen.findings import Finding
    from codegen.lint_scope import Node, Scope

__all__ = ["absence", "closed_objects", "named_objects", "tagged_unions", "unique_titles"]

CLASS_NAME: Final = re.compile(r"[A-Z][A-Za-z0-9]*")
EXTENSION: Final = re.compile(r"\bextension point:\s*\S+(\s+\S+){2}", re.IGNORECASE)


def named_objects(scope: Scope) -> Iterator[Finding]:
    """D03, within a file: objects and enums are definitions with a title; nothing else has one."""
    for node in scope.nodes:
        kind = "object" if is_object(node.schema) else "enum" if "enum" in node.schema else None
        if kind and node.part not in {"root", "definition"}:
            hint = "move it to $defs, give it a title, and refer to it"
            yield scope.finding(node.pointer, "D03", f"the {kind} {node.name} stands inline", hint)
        elif kind or node.part == "root":
            title = text(node.schema, "title")
            if not CLASS_NAME.fullmatch(title) or iskeyword(title):
                what = "has no title" if not title else f"has a title that names no class: {title}"
                yield scope.finding(node.pointer, "D03", f"{node.name} {what}", "write a title such as RunStatus")
        elif "title" in node.schema:
            message = f"{node.name} has a title, but is neither object nor enum"
            yield scope.finding(f"{node.pointer}/title", "D03", message, "remove the title")


def unique_titles(scopes: list[Scope]) -> Iterator[Finding]:
    """D03, over all files: a title names one thing; versions of one contract share theirs."""
    owners: defaultdict[str, list[tuple[Scope, Node]]] = defaultdict(list)
    for scope in scopes:
        for node in scope.nodes:
            if title := text(node.schema, "title"):
                owners[title].append((scope, node))
    for title, places in owners.items():
        first_scope, first = places[0]
        for index, (scope, node) in enumerate(places):
            same_file = any(other.source.path == scope.source.path for other, _ in places[:index])
            if same_file or scope.name != first_scope.name:
                message = f"the title {title} is also that of {first.name} in {first_scope.source.path}"
                yield scope.finding(f"{node.pointer}/title", "D03", message, "give it a title of its own")


def closed_objects(scope: Scope) -> Iterator[Finding]:
    """D04: every object says whether it is closed; an open one says who may add what."""
    for node in scope.nodes:
        if not is_object(node.schema):
            continue
        extra = node.schema.get("additionalProperties")
        place = f"{node.pointer}/additionalProperties"
        if extra is None:
            hint = "write additionalProperties: false"
            yield scope.finding(node.pointer, "D04", f"{node.name} does not state additionalProperties", hint)
        elif extra is not False and not EXTENSION.search(text(node.schema, "description")):
            hint = "close it, or write in its description: An extension point: <who> may add <what>"
            yield scope.finding(place, "D04", f"{node.name} is open, and its description does not say for whom", hint)
        elif isinstance(extra, dict) and not properties(node.schema) and "propertyNames" not in node.schema:
            hint = "add propertyNames with a pattern"
            yield scope.finding(place, "D04", f"{node.name} is a map and does not say which names it admits", hint)


def absence(scope: Scope) -> Iterator[Finding]:
    """D05: optional means absent, and says what that means; null is for required properties."""
    for node in scope.nodes:
        for index, name in enumerate(required(node.schema)):
            if name not in properties(node.schema):
                place = f"{node.pointer}/required/{index}"
                yield scope.finding(place, "D05", f"{name} is required, but no property", "describe it, or remove it")
        yield from _null(scope, node)
        yield from _absent(scope, node)


def _null(scope: Scope, node: Node) -> Iterator[Finding]:
    admitted = types(node.schema)
    if "null" not in admitted:
        return
    place = f"{node.pointer}/type"
    if not node.required:
        hint = "leave the property out instead" if node.part == "property" else "only a required property may be null"
        yield scope.finding(place, "D05", f"{node.name} may be null, but is no required property", hint)
    elif len(set(admitted) - {"null"}) != 1 and set(admitted) != {"integer", "number", "null"}:
        yield scope.finding(place, "D05", f"{node.name} is not one type or null", 'write [string, "null"], say')


def _absent(scope: Scope, node: Node) -> Iterator[Finding]:
    place = f"{node.pointer}/x-absent"
    if node.part != "property" or node.required:
        if "x-absent" in node.schema:
            yield scope.finding(place, "D05", f"{node.name} is never absent, yet has x-absent", "remove x-absent")
    elif not text(node.schema, "x-absent"):
        hint = "say in x-absent what it means that the property is missing"
        yield scope.finding(place, "D05", f"{node.name} is optional and has no x-absent", hint)


def tagged_unions(scope: Scope) -> Iterator[Finding]:
    """D08: oneOf is a union of objects of this file that a required string tells apart."""
    for node in scope.nodes:
        chooser = node.schema.get("discriminator")
        branches = node.schema.get("oneOf")
        if chooser is None and branches is None:
            continue
        tag = chooser.get("propertyName") if isinstance(chooser, dict) and len(chooser) == 1 else None
        if not isinstance(tag, str) or not isinstance(branches, list):
            message = f"{node.name} does not name the property that tells its branches apart"
            hint = "write oneOf with discriminator: {propertyName: kind}"
            yield scope.finding(node.pointer, "D08", message, hint)
            continue
        seen: set[str] = set()
        for index, branch in enumerate(branches):
            value = _tag(scope, branch, tag)
            place = f"{node.pointer}/oneOf/{index}"
            if value is None:
                message = f"a branch of {node.name} is no reference to an object with a required constant {tag}"
                hint = "write only $ref, to an object in $defs whose tag is {type: string, const: …}"
                yield scope.finding(place, "D08", message, hint)
            elif value in seen:
                message = f"two branches of {node.name} have the {tag} {value}"
                yield scope.finding(place, "D08", message, "give each branch a tag of its own")
            else:
                seen.add(value)


def _tag(scope: Scope, branch: object, tag: str) -> str | None:
    """The constant by which a branch is known; None where it has none."""
    if not isinstance(branch, dict) or branch.keys() != {"$ref"} or not str(branch["$ref"]).startswith(LOCAL_PREFIX):
        return None
    target: dict[str, Any] = scope.target(branch["$ref"]) or {}
    field = properties(target).get(tag)
    value = field.get("const") if isinstance(field, dict) else None
    return value if isinstance(value, str) and tag in required(target) else None
