"""Rules D01 and D02: the keywords of the dialect, and those that cannot be compiled exactly.

What stands below ``properties`` and ``$defs`` are names, not keywords. An unknown keyword is a finding of
D01 alone, a banned one of D02 alone; neither is looked into.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from codegen.lint_scope import children

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codegen.findings import Finding
    from codegen.lint_scope import Node, Scope

__all__ = ["allowed_keywords", "banned_keywords"]

ROOT_ONLY: Final = frozenset({"$schema", "$id", "$defs", "x-rules"})
ALLOWED: Final = ROOT_ONLY | {
    "$ref",
    "title",
    "description",
    "type",
    "properties",
    "required",
    "additionalProperties",
    "propertyNames",
    "items",
    "enum",
    "const",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "pattern",
    "oneOf",
    "discriminator",
    "examples",
    "x-open",
    "x-absent",
}

_CONDITION: Final = "use a oneOf between tagged objects, or an x-rules entry"
_MAP: Final = "name the fields, or use additionalProperties with propertyNames"
_LIST: Final = "use an object with named fields"
BANNED: Final = {
    "if": _CONDITION,
    "then": _CONDITION,
    "else": _CONDITION,
    "not": _CONDITION,
    "allOf": "repeat the fields",
    "anyOf": "use a oneOf between tagged objects",
    "dependentRequired": _CONDITION,
    "dependentSchemas": _CONDITION,
    "dependencies": _CONDITION,
    "patternProperties": _MAP,
    "prefixItems": _LIST,
    "contains": _LIST,
    "minContains": _LIST,
    "maxContains": _LIST,
    "uniqueItems": "say in the description who keeps the items apart",
    "multipleOf": "use an integer with the unit in its name",
    "unevaluatedItems": _LIST,
    "unevaluatedProperties": "use additionalProperties",
    "default": "say in x-absent what a missing property means; the writer fills in values",
    "format": "use a pattern, such as those of common",
}


def allowed_keywords(scope: Scope) -> Iterator[Finding]:
    """D01: allowed keywords only, and those of a file only at its root."""
    for node in scope.nodes:
        for keyword in node.schema:
            place = f"{node.pointer}/{keyword}"
            if keyword in ROOT_ONLY and node.pointer:
                yield scope.finding(place, "D01", f"{keyword} stands inside the file", "move it to the root")
            elif keyword not in ALLOWED and keyword not in BANNED:
                near = get_close_matches(keyword, sorted(ALLOWED), n=1)
                hint = f"did you mean {near[0]}?" if near else "contracts/README.md lists the keywords"
                yield scope.finding(place, "D01", f"{keyword} is no keyword of the dialect", hint)


def banned_keywords(scope: Scope) -> Iterator[Finding]:
    """D02: nothing that the model generator does not enforce, and no schema that says nothing."""
    for node in scope.nodes:
        for keyword in node.schema:
            if keyword in BANNED:
                yield scope.finding(f"{node.pointer}/{keyword}", "D02", f"{keyword} is banned", BANNED[keyword])
        for place, part, name, value in children(node.schema):
            if isinstance(value, bool) and part != "values":
                message = f"the schema of {name} is {str(value).lower()}"
                yield scope.finding(node.pointer + place, "D02", message, "state its type")
        if _says_nothing(node):
            message = f"{node.name} states no type, so it admits what true would"
            yield scope.finding(node.pointer, "D02", message, "state its type")


def _says_nothing(node: Node) -> bool:
    """Whether a schema restricts nothing; one with keywords that are refused anyway is not asked."""
    keywords = node.schema.keys()
    understood = keywords <= ALLOWED
    return node.part != "library" and understood and not keywords & {"type", "$ref", "oneOf", "enum", "const"}
