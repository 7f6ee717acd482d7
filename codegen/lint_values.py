"""Rules D06, D07, D09 and D11: constants, enums, numbers and times."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from codegen.lint_scope import types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codegen.findings import Finding
    from codegen.lint_scope import Node, Scope

__all__ = ["constants", "enums", "numbers", "times"]

INTEGER_VERSION: Final = "/properties/version"
TIME_NAME: Final = re.compile(r".*_(utc|at|until)|timestamp")


def constants(scope: Scope) -> Iterator[Finding]:
    """D06: a constant is a string (or the integer ``version`` of a document) and always there."""
    for node in scope.nodes:
        if "const" not in node.schema:
            continue
        place = f"{node.pointer}/const"
        if not node.required:
            hint = "make it a required property"
            yield scope.finding(place, "D06", f"{node.name} is a constant, but no required property", hint)
        elif not _is_plain_constant(node):
            hint = "write type: string and a string; only a document's own version may be an integer"
            yield scope.finding(place, "D06", f"the constant {node.name} is no string", hint)


def _is_plain_constant(node: Node) -> bool:
    value, admitted = node.schema["const"], types(node.schema)
    if isinstance(value, str):
        return admitted == ("string",)
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    return is_integer and admitted == ("integer",) and node.pointer == INTEGER_VERSION


def enums(scope: Scope) -> Iterator[Finding]:
    """D07: the values of an enum are strings with names of their own; only an enum may be open."""
    for node in scope.nodes:
        if "x-open" in node.schema and (node.schema["x-open"] is not True or "enum" not in node.schema):
            hint = "write x-open: true beside enum, or nothing"
            yield scope.finding(f"{node.pointer}/x-open", "D07", f"{node.name} has an x-open without effect", hint)
        if "enum" in node.schema:
            yield from _values(scope, node)


def _values(scope: Scope, node: Node) -> Iterator[Finding]:
    values = node.schema["enum"]
    place = f"{node.pointer}/enum"
    if not isinstance(values, list) or not values or types(node.schema) != ("string",):
        hint = "write type: string and a list of strings"
        yield scope.finding(place, "D07", f"{node.name} is no list of strings", hint)
        return
    seen: dict[str, str] = {}
    for index, value in enumerate(values):
        if not isinstance(value, str):
            message = f"{node.name} has the value {value!r}, which is no string"
            yield scope.finding(f"{place}/{index}", "D07", message, "write it in quotes")
            continue
        name = re.sub(r"[^A-Za-z0-9_]", "_", value)
        if name in seen:
            message = f"{value!r} and {seen[name]!r} of {node.name} have one name in Python"
            yield scope.finding(f"{place}/{index}", "D07", message, "choose values that differ in letters or digits")
        seen.setdefault(name, value)


def numbers(scope: Scope) -> Iterator[Finding]:
    """D09: a number keeps its integers as they are, and has bounds."""
    for node in scope.nodes:
        admitted = set(types(node.schema))
        if "number" not in admitted:
            continue
        if not {"integer", "number"} <= admitted <= {"integer", "number", "null"}:
            hint = "write [integer, number], or an integer with the unit in its name"
            message = f"{node.name} is a number that turns 9 into 9.0"
            yield scope.finding(f"{node.pointer}/type", "D09", message, hint)
        elif not {"minimum", "maximum"} <= node.schema.keys():
            hint = "write minimum and maximum; 1000000000 where the source gives none"
            yield scope.finding(node.pointer, "D09", f"the number {node.name} has no bounds", hint)


def times(scope: Scope) -> Iterator[Finding]:
    """D11: a time is a string with a pattern. Times are known by their names."""
    for node in scope.nodes:
        if node.part != "property" or not TIME_NAME.fullmatch(node.name):
            continue
        target = scope.resolve(node.schema)
        if target is not None and (set(types(target)) - {"null"} != {"string"} or "pattern" not in target):
            hint = "refer to utc_time or time of common.v1.yaml"
            yield scope.finding(node.pointer, "D11", f"the time {node.name} is no string with a pattern", hint)
