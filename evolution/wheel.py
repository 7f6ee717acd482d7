"""The contracts in a wheel of ``runpact-core``, as far as it has them.

A wheel holds what was compiled: for each version the strict and the tolerant schema, the index and the rules. From
these the contract is put together again: an enum that only the strict view has is an open one, the tag of a union is
the constant that its branches have. What a wheel has no word of is named in `NOT_IN_A_WHEEL`.

The modules in it are read as text and never run.
"""

from __future__ import annotations

import ast
import json
import zipfile
from typing import TYPE_CHECKING, Any, Final

from codegen.load import Contract, ContractSet, Source
from codegen.rules import KINDS
from codegen.views import LOCAL_PREFIX
from runpact_core.errors import InvalidArtifact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from evolution.model import Kind

__all__ = ["NOT_IN_A_WHEEL", "from_wheel"]

NOT_IN_A_WHEEL: Final[frozenset[Kind]] = frozenset(
    {"example-added", "example-removed", "example-changed", "description-changed", "entry-changed"}
)
"""Kinds of change that a comparison with a wheel cannot see.

Neither example documents nor ``x-absent`` are packed, nor who writes, reads and owns a contract."""

_FOLDER = "runpact_core/_generated"
_LARGEST = 64 * 1024 * 1024  # bytes of one file in a wheel that are read
_NOT_WRITTEN = frozenset({"$schema", "$id", "$comment"})


def from_wheel(path: Path) -> ContractSet:
    """The contracts in a wheel.

    Raises:
        InvalidArtifact: It is no wheel, or none that holds compiled contracts.
        OSError: It cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _put_together(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:  # the latter two: packed as none of ours
        raise InvalidArtifact(f"it is no wheel: {error}") from error
    except (KeyError, ValueError, SyntaxError, AttributeError, TypeError, StopIteration) as error:
        raise InvalidArtifact(f"it holds no compiled contracts as they are known: {error}") from error


def _put_together(archive: zipfile.ZipFile) -> ContractSet:
    entries = [_entry(call) for call in _calls(_text(archive, "index.py"), {"Version"})]
    rules = _rules(_text(archive, "rules.py"))
    contracts = []
    for entry in entries:
        name, version = entry["schema_id"], entry["version"]
        stem = f"schemas/{name}_v{version.replace('.', '_')}"
        strict, tolerant = (json.loads(_text(archive, f"{stem}.{view}.json")) for view in ("strict", "tolerant"))
        opened = _opened(strict, tolerant, strict.get("$defs", {}))
        tree = {key: value for key, value in opened.items() if key not in _NOT_WRITTEN}
        if (name, version) in rules:
            tree["x-rules"] = rules[name, version]
        contracts.append(Contract(name, version, Source(entry["path"], tree, {}), entry, ()))
    return ContractSet(
        common=Source("contracts/common.v1.yaml", {"$defs": {}}, {}),  # each schema has what it took from it
        catalog=Source("contracts/catalog.yaml", {"version": 1, "schemas": entries}, {}),
        prescribed=Source("contracts/prescribed_names.yaml", {}, {}),
        contracts=tuple(sorted(contracts, key=lambda contract: contract.order)),
    )


def _text(archive: zipfile.ZipFile, name: str) -> str:
    info = archive.getinfo(f"{_FOLDER}/{name}")
    if info.file_size > _LARGEST:
        message = f"{name} has {info.file_size} bytes, and at most {_LARGEST} are read"
        raise ValueError(message)
    return archive.read(info).decode()


def _calls(text: str, names: set[str]) -> Iterator[ast.Call]:
    """Every call of one of these classes in a module, in order."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node


def _keywords(call: ast.Call) -> dict[str, Any]:
    return {str(word.arg): ast.literal_eval(word.value) for word in call.keywords}


def _entry(call: ast.Call) -> dict[str, Any]:
    """One entry of the index, with the names that the catalog has."""
    fields = _keywords(call)
    kept = {key: fields[key] for key in ("version", "path", "status", "gate", "versioned_by", "describes")}
    return {"schema_id": fields["contract"], "major": int(fields["version"].partition(".")[0])} | kept


def _rules(text: str) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The cross-field rules by contract and version, as contracts write them."""
    kinds = {made: kind for kind, made in KINDS.items()}
    table = next(node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Dict))
    return {
        ast.literal_eval(key): [
            {"kind": kinds[ast.unparse(call.func)]}
            | {name: list(said) if isinstance(said, tuple) else said for name, said in _keywords(call).items()}
            for call in _calls(ast.unparse(value), set(kinds))
        ]
        for key, value in zip(table.keys, table.values, strict=True)
        if key is not None
    }


def _opened(strict: Any, tolerant: Any, definitions: Mapping[str, Any]) -> Any:
    """The strict schema with ``x-open`` where only it has an enum, and the tag of each union."""
    if isinstance(strict, list):
        others = tolerant if isinstance(tolerant, list) else [None] * len(strict)
        return [_opened(item, other, definitions) for item, other in zip(strict, others, strict=True)]
    if not isinstance(strict, dict):
        return strict
    other = tolerant if isinstance(tolerant, dict) else {}
    made = {key: _opened(value, other.get(key), definitions) for key, value in strict.items()}
    if isinstance(strict.get("enum"), list) and "enum" not in other:
        made["x-open"] = True
    if isinstance(strict.get("oneOf"), list):
        made["discriminator"] = {"propertyName": _tag(strict["oneOf"], definitions)}
    return made


def _tag(union: list[Mapping[str, Any]], definitions: Mapping[str, Any]) -> str:
    """The property that tells the branches of a union apart: the one that is a constant in each."""
    branches = [definitions[branch["$ref"].removeprefix(LOCAL_PREFIX)]["properties"] for branch in union]
    tags: Iterator[str] = (name for name in branches[0] if all("const" in branch.get(name, {}) for branch in branches))
    return next(tags)
