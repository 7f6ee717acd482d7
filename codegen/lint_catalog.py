"""Rules L03 to L05: the catalog says of each contract version what its file says.

That entries and files name each other (L01, L02) is settled by `codegen.load`; that the catalog is a
valid document (L06) by `codegen.lint_documents`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from codegen.findings import Finding
from codegen.lint_scope import is_mapping, properties, required

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codegen.load import Contract, ContractSet

__all__ = ["catalog"]

VERSION_FIELDS: Final = {"schema_version": "schema_version", "version": "version", "shape": None}
"""The field that carries a document's version, by what the catalog calls the way of telling it."""


def catalog(contracts: ContractSet) -> Iterator[Finding]:
    """L03 to L05, for every entry."""
    source = contracts.catalog
    files = {contract.source.path: contract for contract in contracts.contracts}
    seen: set[tuple[object, object]] = set()
    paths: set[str] = set()
    for index, entry in enumerate(source.tree["schemas"]):
        place = f"/schemas/{index}"
        identity = (str(entry.get("schema_id")), str(entry.get("version")))
        if identity in seen or entry["path"] in paths:
            message = f"a second entry for {' '.join(identity)} or its file"
            yield Finding(source.path, source.line(place), "L04", message, "remove it")
            continue
        seen.add(identity)
        paths.add(entry["path"])
        for key, message, hint in _entry(files[entry["path"]], entry):
            rule = "L05" if key == "versioned_by" else "L03"
            yield Finding(source.path, source.line(f"{place}/{key}"), rule, message, hint)


def _entry(contract: Contract, entry: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What is wrong with an entry: its key, a message and a hint."""
    facts = {
        "schema_id": contract.name,
        "version": contract.version,
        "major": int(contract.version.partition(".")[0]),
    }
    for key, value in facts.items():
        if entry.get(key) != value:
            yield (
                key,
                f"the {key} of {contract.source.path} is {value}, not {entry.get(key)}",
                f"write {value}",
            )
    for key in ("gate", "describes"):
        if not entry.get(key):
            yield key, f"the entry of {contract.source.path} has no {key}", "readers are compiled from it; write it"
    way = str(entry.get("versioned_by"))
    if way not in VERSION_FIELDS:
        hint = f"write one of {', '.join(VERSION_FIELDS)}"
        yield "versioned_by", f"there is no way {way} to tell a document's version", hint
    elif is_mapping(contract.source.tree) and not _carries(contract, VERSION_FIELDS[way]):
        hint = "a required constant schema_version or version of the root carries it; by shape there is neither"
        yield "versioned_by", f"{contract.source.path} does not carry its version by {way}", hint


def _carries(contract: Contract, name: str | None) -> bool:
    """Whether a contract's documents state its version in the field of that name, or nowhere."""
    tree = contract.source.tree
    fields = properties(tree)
    if name is None:
        return not fields.keys() & {"schema_version", "version"}
    field = fields.get(name)
    value = field.get("const") if isinstance(field, dict) else None
    kind = str if name == "schema_version" else int
    return name in required(tree) and type(value) is kind and str(value) == contract.version
