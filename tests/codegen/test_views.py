"""The views of a contract: what they relax, what they leave alone, and that they stand for themselves."""

from __future__ import annotations

import copy
import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from codegen import views

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codegen.load import Contract, ContractSet

MISSING = "<missing>"
VERSION_FIELDS = {"schema_version": ["schema_version"], "version": ["version"], "shape": []}


@pytest.fixture(params=["real", "toy"])
def contracts(request: pytest.FixtureRequest) -> ContractSet:
    """The contracts of the project, then those of the toy project."""
    found: ContractSet = request.getfixturevalue(request.param)
    return found


def both(contract: Contract, contracts: ContractSet) -> tuple[dict[str, Any], dict[str, Any]]:
    """The strict and the tolerant view of a contract version."""
    strict = views.strict(contract.source.tree, contracts.definitions, contract.urn)
    return strict, views.tolerant(contract.source.tree, contracts.definitions, contract.urn)


def differences(left: Any, right: Any, pointer: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Every place where two JSON values differ, with both values."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(left.keys() | right.keys()):
            yield from differences(left.get(key, MISSING), right.get(key, MISSING), f"{pointer}/{key}")
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for index, pair in enumerate(zip(left, right, strict=True)):
            yield from differences(*pair, f"{pointer}/{index}")
    elif left != right or type(left) is not type(right):
        yield pointer, left, right


def test_tolerant_is_strict_with_exactly_three_relaxations(contracts: ContractSet) -> None:
    """Unknown fields, open enums, the version field: each place of these differs, and no other place does."""
    for contract in contracts.contracts:
        tree = contract.source.tree
        strict, tolerant = both(contract, contracts)
        closed = {
            (f"{place}/additionalProperties", False, True)
            for place, node in views.subschemas(strict)
            if node.get("additionalProperties") is False
        }
        opened = {
            (f"/$defs/{name}/enum", tuple(node["enum"]), MISSING)
            for name, node in tree.get("$defs", {}).items()
            if node.get("x-open")
        }
        version = {
            (f"/properties/{name}/const", tree["properties"][name]["const"], MISSING)
            for name in VERSION_FIELDS[contract.entry["versioned_by"]]
        }
        identity = {("/$id", f"{contract.urn}:strict", f"{contract.urn}:tolerant")}
        found = {
            (place, tuple(left) if isinstance(left, list) else left, right)
            for place, left, right in differences(strict, tolerant)
        }
        assert found == closed | opened | version | identity


def test_the_relaxations_are_all_met(real: ContractSet) -> None:
    """The contracts of the project have closed objects, open enums and all three ways of stating a version."""
    assert {contract.entry["versioned_by"] for contract in real.contracts} == VERSION_FIELDS.keys()
    text = json.dumps([contract.source.tree for contract in real.contracts])
    assert text.count('"x-open": true') > 3
    assert text.count('"additionalProperties": false') > 20


def test_the_views_are_functions(contracts: ContractSet) -> None:
    """Neither the contract nor the shared definitions are changed, and a second call gives the same."""
    for contract in contracts.contracts:
        tree, common = contract.source.tree, contracts.definitions
        before = copy.deepcopy((tree, common))
        calls = [
            partial(views.strict, tree, common, "urn:x"),
            partial(views.tolerant, tree, common, "urn:x"),
            partial(views.model_source, tree, common),
            partial(views.relax, tree),
        ]
        for call in calls:
            first = call()
            assert (tree, common) == before
            spoilt = copy.deepcopy(first)
            first["properties"].clear()
            assert (tree, common) == before
            assert call() == spoilt


def test_the_views_stand_for_themselves(contracts: ContractSet) -> None:
    """They are JSON Schemas, refer to nothing outside, and have no keyword of the dialect's own."""
    for contract in contracts.contracts:
        for view in both(contract, contracts):
            Draft202012Validator.check_schema(view)
            for _, node in views.subschemas(view):
                assert not node.keys() & views.DIALECT_KEYWORDS
                if "$ref" in node:
                    assert node["$ref"].removeprefix("#/$defs/") in view["$defs"]


def test_the_strict_view_is_the_contract_as_written(contracts: ContractSet) -> None:
    """Nothing but the dialect's keywords is left out; what came from the shared file is added."""
    allowed = {"$id", "$schema"} | views.DIALECT_KEYWORDS
    for contract in contracts.contracts:
        strict, _ = both(contract, contracts)
        for place, written, made in differences(contract.source.tree, strict):
            key = place.rpartition("/")[2]
            if key == "$ref":
                name = written.removeprefix("common.v1.yaml#/$defs/")
                assert (written, made) == (f"common.v1.yaml#/$defs/{name}", f"#/$defs/common_{name}")
            elif place.startswith("/$defs/common_"):
                assert made == contracts.definitions[key.removeprefix("common_")]
            elif place == "/$defs":
                assert {name.removeprefix("common_") for name in made} <= contracts.definitions.keys()
            else:
                assert key in allowed, place


def test_names_of_properties_are_no_keywords() -> None:
    """A property may be called what a keyword is called; it stays."""
    names = ["x-open", "x-absent", "discriminator", "enum", "const", "additionalProperties", "items", "properties"]
    fields = {name: {"type": "string", "description": "A field."} for name in names}
    tree = {"type": "object", "additionalProperties": False, "properties": fields}
    for view in (views.strict(tree, {}, "urn:x"), views.tolerant(tree, {}, "urn:x")):
        assert view["properties"] == fields
    assert views.model_source(tree, {})["properties"].keys() == fields.keys()


def test_only_objects_with_fields_become_classes(toy: ContractSet) -> None:
    """For the generator scalars, enums, maps and unions are written out where they are used."""
    source = views.model_source(toy.versions("parcel")[-1].source.tree, toy.definitions)
    titles = {node["title"] for node in source["$defs"].values()}
    assert titles == {"Item", "Totals", "Counts", "Stamp", "Invoice", "RoadLeg", "WaterLeg", "Person"}
    assert source["properties"]["carrier"]["anyOf"] == [
        {"type": "string", "enum": ["foot", "cart"]},
        {"type": "string"},
    ]
    assert source["properties"]["labels"]["items"] == {"type": "string"}
    assert source["properties"]["sent_utc"] == {
        "type": "string",
        "description": "When it left.",
        "customTypePath": "runpact_core._record.UtcTime",
    }


def test_subschemas_skip_what_is_no_schema() -> None:
    """A walk over any tree ends, and meets only mappings."""
    tree = {
        "properties": {"a": None, "b": {"items": True}},
        "$defs": 7,
        "oneOf": [1, {"type": "string"}],
        "items": [],
        "additionalProperties": {"type": "null"},
    }
    assert [place for place, _ in views.subschemas(tree)] == [
        "",
        "/properties/b",
        "/oneOf/1",
        "/additionalProperties",
    ]
