"""The tolerant view is a pure function of the contract, with three relaxations and no other difference."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from codegen import load, views
from runpact_core import documents
from tests.contracts.examples import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CONTRACTS = load.load(ROOT)
ABSENT = "absent"

ALL_OPEN = {"history_record"}
"""Contracts whose objects are all extension points and that carry no version: there is nothing to relax."""


def differences(left: Any, right: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Every place where two JSON values differ, with both values; type matters."""
    if isinstance(left, dict) and isinstance(right, dict):
        for name in sorted(left.keys() | right.keys()):
            yield from differences(left.get(name, ABSENT), right.get(name, ABSENT), f"{place}/{name}")
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for index, pair in enumerate(zip(left, right, strict=True)):
            yield from differences(*pair, f"{place}/{index}")
    elif type(left) is not type(right) or left != right:
        yield place, left, right


def expected(strict: Mapping[str, Any], tree: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The three relaxations, said independently: by place, what is there and what becomes of it."""
    found: dict[str, tuple[Any, Any]] = {}
    for place, node in views.subschemas(strict):
        if node.get("additionalProperties") is False:
            found[f"{place}/additionalProperties"] = (False, True)
    for name, node in tree["$defs"].items():
        if node.get("x-open"):
            found[f"/$defs/{name}/enum"] = (node["enum"], ABSENT)
    for name in ("schema_version", "version"):
        if "const" in strict["properties"].get(name, {}):
            found[f"/properties/{name}/const"] = (strict["properties"][name]["const"], ABSENT)
    return found


@pytest.mark.parametrize("contract", CONTRACTS.contracts, ids=lambda contract: contract.module)
def test_exactly_three_relaxations(contract: load.Contract) -> None:
    """Objects are opened, open enums become strings, the version's constant goes; nothing else changes."""
    (version,) = documents.find_contract(f"{contract.name}@{contract.version}")
    strict, tolerant = (json.loads(documents.schema(version, strict=strict)) for strict in (True, False))
    wanted = expected(strict, contract.source.tree)
    wanted["/$id"] = (f"{contract.urn}:strict", f"{contract.urn}:tolerant")
    assert {place: (left, right) for place, left, right in differences(strict, tolerant)} == wanted
    assert (len(wanted) >= 3) is (contract.name not in ALL_OPEN)


def test_relaxations_occur() -> None:
    """Each of the three relaxations is at work in some contract."""
    kinds = {
        place.rpartition("/")[2]
        for contract in CONTRACTS.contracts
        for place in expected(views.strict(contract.source.tree, CONTRACTS.definitions, "urn:x"), contract.source.tree)
    }
    assert kinds == {"additionalProperties", "enum", "const"}


@pytest.mark.parametrize("contract", CONTRACTS.contracts, ids=lambda contract: contract.module)
def test_views_are_pure(contract: load.Contract) -> None:
    """The same contract gives the same view, and is not changed by it."""
    tree, common = copy.deepcopy(contract.source.tree), copy.deepcopy(CONTRACTS.definitions)
    assert views.relax(tree) == views.relax(tree)
    assert (views.relax(tree) == tree) is (contract.name in ALL_OPEN)
    assert tree == contract.source.tree
    first = views.tolerant(tree, common, contract.urn)
    first["$defs"].clear()
    assert views.tolerant(tree, common, contract.urn) == views.tolerant(
        contract.source.tree, CONTRACTS.definitions, contract.urn
    )
    assert (tree, common) == (contract.source.tree, CONTRACTS.definitions)


def test_a_property_may_be_named_like_a_keyword() -> None:
    """Relaxing looks at keywords, never at properties that happen to have their names."""
    tree = {
        "type": "object",
        "additionalProperties": True,
        "properties": {
            "x-open": {"type": "string", "const": "kept"},
            "additionalProperties": {"type": "object", "additionalProperties": False, "properties": {}},
        },
        "$defs": {},
    }
    relaxed = views.relax(tree)
    assert relaxed["properties"]["x-open"] == {"type": "string", "const": "kept"}
    assert relaxed["properties"]["additionalProperties"]["additionalProperties"] is True
    assert tree["properties"]["additionalProperties"]["additionalProperties"] is False  # type: ignore[index]  # a literal of mixed values
