"""Contracts that differ from one in a single keyword, for laws that hold of every change."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from codegen import views

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["mutants"]

KEYWORDS = (
    *("type", "enum", "const", "minimum", "maximum", "maxLength", "minLength", "minItems", "maxItems", "pattern"),
    *("required", "additionalProperties", "propertyNames", "x-open"),
)
VERSIONS = {"/properties/schema_version", "/properties/version"}


def mutants(tree: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A contract with one keyword taken away or made other, for every keyword of every schema in it.

    The type of the root, of an enum and of names stays: the dialect has no others.
    """
    for pointer, node in views.subschemas(tree):
        for keyword in KEYWORDS:
            in_dialect = keyword != "type" or ("enum" not in node and pointer and not pointer.endswith("propertyNames"))
            if keyword in node and pointer not in VERSIONS and in_dialect:
                mutant = copy.deepcopy(tree)
                place: Any = mutant
                for part in pointer.split("/")[1:]:
                    place = place[int(part)] if isinstance(place, list) else place[part]
                _alter(place, keyword)
                yield f"{pointer} {keyword}", mutant


def _alter(node: dict[str, Any], keyword: str) -> None:
    if keyword == "type":
        node["type"] = "boolean" if node["type"] != "boolean" else "string"
    elif keyword == "additionalProperties":
        node[keyword] = node[keyword] is False
    elif keyword == "required":
        node[keyword] = node[keyword][1:]
    elif keyword == "pattern":
        node[keyword] = "^[a-f]+[0-9]?$"
    else:
        del node[keyword]
