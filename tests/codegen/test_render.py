"""Rendering: what stops it, what it refuses to compile, and who may call the generator."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from codegen import models
from codegen.facade import render_facade
from codegen.lint import lint
from codegen.load import load
from codegen.pages import render_pages
from codegen.render import render
from codegen.rules import render_rules

if TYPE_CHECKING:
    from pathlib import Path

    from codegen.load import ContractSet

SOURCES = ("bench", "codegen", "packages", "scripts", "tests")
LINK = re.compile(r"\]\(((?:\.\./)*[\w./-]+[.]\w+)\)")
PARCEL = "contracts/parcel.v0_1.yaml"
DIRECT = """
$defs:
  crate:
    title: Crate
    description: What holds parcels.
    type: object
    additionalProperties: false
    required: []
    properties:
      inner: {$ref: "#/$defs/crate", x-absent: nothing is inside}
"""
THROUGH_A_LIST = """
$defs:
  crate:
    title: Crate
    description: What holds parcels.
    type: object
    additionalProperties: false
    required: [boxes]
    properties:
      boxes:
        type: array
        description: What is inside.
        items: {$ref: "#/$defs/box"}
  box:
    title: Box
    description: What lies in a crate.
    type: object
    additionalProperties: false
    required: []
    properties:
      crate: {$ref: "#/$defs/crate", x-absent: it holds none}
"""


def imported(path: Path) -> set[str]:
    """Top-level names of the packages that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


@pytest.fixture(scope="module")
def imports(root: Path) -> dict[str, set[str]]:
    """What each Python file of the project imports."""
    found = {}
    for folder in SOURCES:
        for path in (root / folder).rglob("*.py"):
            parts = path.relative_to(root).parts
            if not any(part.startswith(".") or part in {"dist", "build"} for part in parts):
                found["/".join(parts)] = imported(path)
    return found


def test_one_module_imports_the_generator(imports: dict[str, set[str]]) -> None:
    """One pin, one caller: another version of the generator is met in one place."""
    assert {path for path, names in imports.items() if "datamodel_code_generator" in names} == {"codegen/models.py"}


def test_nothing_that_is_published_imports_the_compiler(imports: dict[str, set[str]]) -> None:
    """The distributions stand without the compiler."""
    published = {path: names for path, names in imports.items() if path.startswith("packages/")}
    assert len(published) > 20
    assert [path for path, names in published.items() if "codegen" in names] == []


def test_a_generator_that_leaves_out_a_module_is_noticed(toy: ContractSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Modules and contracts are the same set, or nothing is rendered."""
    monkeypatch.setattr(models, "_generate", lambda _stage: {"__init__": "", "depot_v1": ""})
    with pytest.raises(RuntimeError, match=r"made \['depot_v1'\], not \['depot_v1', 'parcel_v0_1', 'parcel_v0_2'\]"):
        models.render_models(toy)


def test_a_generator_that_makes_one_text_is_noticed(toy: ContractSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several contracts are several modules."""
    monkeypatch.setattr("datamodel_code_generator.generate", lambda *_, **__: "class Everything: ...")
    with pytest.raises(TypeError, match="one text of several contracts"):
        models.render_models(toy)


def test_the_header_names_the_generator_that_was_used(rendered: dict[str, str]) -> None:
    """Which version made a module stands in it; files that the generator did not make do not name it."""
    named = {path for path, text in rendered.items() if models.generator_version() in text}
    assert named == {path for path in rendered if "/models/" in path and "__init__" not in path}


def test_rendering_does_not_depend_on_examples_or_order_of_reading(toy: ContractSet, rendered: dict[str, str]) -> None:
    """Without examples only the pages change."""
    bare = replace(toy, contracts=tuple(replace(contract, examples=()) for contract in toy.contracts))
    made = render(bare)
    assert made.keys() == rendered.keys()
    assert {path for path in made if made[path] != rendered[path]} == {
        "docs/contracts/depot.md",
        "docs/contracts/parcel.md",
    }
    assert "xample" not in made["docs/contracts/depot.md"]


def test_contracts_without_rules_have_none(toy: ContractSet) -> None:
    """The module of the rules imports what it uses, and holds nothing where there are none."""
    bare = replace(toy, contracts=toy.versions("depot"))
    text = render_rules(bare)
    assert "from runpact_core._rules import Rule\n" in text
    assert text.endswith("= {\n}\n")


def test_the_facade_takes_the_newest_version_by_number(toy: ContractSet) -> None:
    """0.10 is newer than 0.2."""
    first, second = toy.versions("parcel")
    later = replace(second, version="0.10")
    contracts = replace(toy, contracts=(first, second, later))
    sources = {name: f"class {name.title().replace('_', '')}(Record):\n" for name in ("parcel_v0_2", "parcel_v0_10")}
    assert "parcel_v0_10 import (\n    ParcelV010,\n)" in render_facade(contracts, sources)


def test_the_facade_is_as_the_linter_wants_it(toy: ContractSet) -> None:
    """It lies among handwritten modules, so its imports are sorted without regard to case, as theirs are."""
    sources = {"depot_v1": "class Checks(Record):\nclass CheckSummary(Record):\nclass Check(Record):\n"}
    text = render_facade(replace(toy, contracts=toy.versions("depot")), sources)
    assert "import (\n    Check,\n    Checks,\n    CheckSummary,\n)\n" in text


def test_pages_show_what_lies_in_lists_maps_and_unions(toy: ContractSet) -> None:
    """A field below a list has ``[]``, below a map ``.*``; each branch of a union shows its fields."""
    pages = render_pages(toy)
    assert "| `shelves.*.capacity` | integer | yes |" in pages["depot.md"]
    assert "| `items[].kind` | `book`, `toy` | yes |" in pages["parcel.md"]
    assert "| `payment` | object, by its `kind` | yes |" in pages["parcel.md"]
    assert '| `journey[].kind` | `"water"` | yes |' in pages["parcel.md"]
    assert '| `schema_version` | `"0.2"` | yes |' in pages["parcel.md"]
    assert "| `carrier` | `foot`, `cart`; readers take any other | yes |" in pages["parcel.md"]
    assert "None" not in pages["parcel.md"] + pages["depot.md"]


def test_every_link_of_every_page_leads_somewhere(real: ContractSet, root: Path) -> None:
    """Links are relative to the page."""
    links = 0
    for text in render_pages(real).values():
        for target in LINK.findall(text):
            assert (root / "docs/contracts" / target).is_file(), target
            links += 1
    assert links > 100


@pytest.mark.parametrize("definitions", [DIRECT, THROUGH_A_LIST], ids=["direct", "through-a-list"])
def test_a_definition_that_contains_itself_is_a_finding(toy_folder: Path, definitions: str) -> None:
    """The index and the pages list every field, so a ring has no end; the linter says so before they run."""
    path = toy_folder / PARCEL
    text = path.read_text(encoding="utf-8")
    text = text.replace("properties:\n", 'properties:\n  crate: {$ref: "#/$defs/crate", x-absent: it has none}\n', 1)
    path.write_text(f"{text}{definitions.lstrip()}", encoding="utf-8")
    findings = lint(load(toy_folder))
    assert {(finding.path, finding.rule) for finding in findings} == {(PARCEL, "D12")}
