"""The linter holds for any content: it never fails, and its tables are complete."""

from __future__ import annotations

import builtins
import copy
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from codegen.lint import lint
from codegen.lint_names import BUILTINS, MODEL_ATTRIBUTES, MODEL_PREFIX
from codegen.lint_rules import KEYS
from codegen.lint_scope import Scope
from codegen.load import ContractSet, Source, load
from codegen.rules import KINDS
from codegen.views import strict

PROJECT = Path(__file__).parents[2]
CLEAN = Path(__file__).parent / "lint_fixtures" / "clean"
JUNK: tuple[Any, ...] = (None, True, "junk", [["junk"]], {"junk": None})


def places(node: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path to each value in a tree, the tree itself first."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(place for key, child in items for place in places(child, (*path, key)))]


def with_junk(tree: dict[str, Any], place: tuple[Any, ...], junk: object) -> dict[str, Any]:
    """A copy of a tree with one value replaced."""
    holder: dict[str, Any] = {"tree": copy.deepcopy(tree)}
    node: Any = holder
    *way, last = ("tree", *place)
    for key in way:
        node = node[key]
    node[last] = junk
    result: dict[str, Any] = holder["tree"]
    return result


def with_tree(contracts: ContractSet, path: str, tree: dict[str, Any]) -> ContractSet:
    """The contracts with another tree in one file."""
    if path == contracts.common.path:
        return replace(contracts, common=replace(contracts.common, tree=tree))
    changed = [
        replace(contract, source=replace(contract.source, tree=tree)) if contract.source.path == path else contract
        for contract in contracts.contracts
    ]
    return replace(contracts, contracts=tuple(changed))


@pytest.mark.parametrize("junk", JUNK, ids=repr)
@pytest.mark.parametrize("name", ["common.v1", "toy.v1_0"])
def test_no_content_makes_the_linter_fail(name: str, junk: object) -> None:
    """Any value in any place of a contract gives sorted findings or none, never an exception."""
    clean = load(CLEAN)
    path = f"contracts/{name}.yaml"
    sources = [clean.common, *(contract.source for contract in clean.contracts)]
    tree = next(source.tree for source in sources if source.path == path)
    silent = set()
    for place in places(tree):
        findings = lint(with_tree(clean, path, with_junk(tree, place, junk)))
        assert findings == sorted(findings)
        assert all(finding.line > 0 for finding in findings)
        if not findings:
            silent.add("/".join(map(str, place)))
    assert not silent & {"", "$schema", "$id", "$defs"}


def test_the_strict_views_are_schemas() -> None:
    """M01 looks at the files as written, where lines are; what is made of them passes the metaschema too."""
    for root in (PROJECT, CLEAN):
        contracts = load(root)
        for contract in contracts.contracts:
            view = strict(contract.source.tree, contracts.definitions, contract.urn)
            Draft202012Validator.check_schema(view)
            assert view["$id"] == f"{contract.urn}:strict"


def test_the_names_of_builtins_are_complete() -> None:
    """The written-out list has every builtin in lower case of the running Python but those of a session."""
    session = {"copyright", "credits", "exit", "help", "license", "quit"}
    assert {name for name in dir(builtins) if name.islower() and name[0] != "_"} - session == BUILTINS


def test_the_names_of_model_attributes_are_complete() -> None:
    """The written-out list has every public attribute of pydantic's base class."""
    public = {name for name in dir(BaseModel) if not name.startswith(("_", MODEL_PREFIX))}
    assert public == MODEL_ATTRIBUTES


def test_the_kinds_of_rules_are_those_that_compile() -> None:
    """The linter knows exactly the kinds of cross-field rules that the compiler renders."""
    assert KEYS.keys() == KINDS.keys()


def test_references_that_lead_nowhere_resolve_to_nothing() -> None:
    """A ring of references, a missing target and a reference that is no text end in None, not in a loop."""
    definitions = {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}, "c": 7}
    source = Source("x.yaml", {"$defs": definitions}, {})
    scope = Scope("x", library=False, source=source, shared={}, nodes=())
    schemas: list[dict[str, Any]] = [
        {"$ref": "#/$defs/a"},
        {"$ref": "#/$defs/c"},
        {"$ref": "#/$defs/d"},
        {"$ref": "elsewhere.yaml"},
        {"$ref": 7},
    ]
    assert [scope.resolve(schema) for schema in schemas] == [None] * 5


def test_importing_the_linter_loads_no_validator() -> None:
    """The reference validator is slow to import, so a contract with findings never waits for it."""
    code = "import sys, codegen.lint; print(sorted({'jsonschema', 'referencing'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert done.stdout == "[]\n"
