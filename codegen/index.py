"""The index: what the hub must know of every contract before it loads a schema, as plain tuples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codegen import views

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codegen.load import Contract, ContractSet

ENTRY_FIELDS = ("status", "gate", "versioned_by", "describes", "path")


def render_index(contracts: ContractSet) -> str:
    """Source of the index module."""
    lines = [
        "from __future__ import annotations",
        "",
        "from typing import Final",
        "",
        "from runpact_core._catalog import Version",
        "",
        "INDEX: Final[tuple[Version, ...]] = (",
    ]
    for contract in contracts.contracts:
        lines.append("    Version(")
        for name, value in _fields(contract, contracts).items():
            lines.append(f"        {name}={value!r},")
        lines.append("    ),")
    return "\n".join([*lines, ")", ""])


def _fields(contract: Contract, contracts: ContractSet) -> dict[str, object]:
    tree = contract.source.tree
    bundled = views.strict(tree, contracts.definitions, contract.urn)
    return {
        "contract": contract.name,
        "version": contract.version,
        **{field: contract.entry[field] for field in ENTRY_FIELDS},
        "source": contract.entry.get("source", ""),
        "root": tree["title"],
        "required": tuple(tree.get("required", ())),
        "integers": tuple(sorted(set(integers(bundled, bundled)))),
    }


def integers(node: Mapping[str, Any], root: Mapping[str, Any], place: str = "") -> Iterator[str]:
    """Pointers to every value that the schema types as an integer, ``*`` for elements and free names.

    The dialect has no recursive definitions, so this ends.
    """
    if "$ref" in node:
        yield from integers(root["$defs"][node["$ref"].removeprefix(views.LOCAL_PREFIX)], root, place)
    kind = node.get("type")
    if kind == "integer" or (isinstance(kind, list) and "integer" in kind and "number" not in kind):
        yield place
    for name, child in node.get("properties", {}).items():
        yield from integers(child, root, f"{place}/{name}")
    for keyword in ("items", "additionalProperties"):
        if isinstance(node.get(keyword), dict):
            yield from integers(node[keyword], root, f"{place}/*")
    for branch in node.get("oneOf", []):
        yield from integers(branch, root, place)
