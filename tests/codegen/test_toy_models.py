"""The generated code runs: models read and give back documents, rules find what they say, the index is an index."""

from __future__ import annotations

import copy
import importlib
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from runpact_core._catalog import Version

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from codegen.load import ContractSet
    from runpact_core._record import Record
    from runpact_core._rules import Rule

PACKAGE = "toy_models"
GENERATED = "packages/core/src/runpact_core/_generated"


@pytest.fixture(scope="module")
def models(rendered: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The facade of the toy models, imported from a package that has nothing else."""
    folder = tmp_path_factory.mktemp("importable")
    package = folder / PACKAGE
    package.mkdir()
    for path, text in rendered.items():
        if path.startswith(f"{GENERATED}/models/"):
            (package / path.rpartition("/")[2]).write_text(text, encoding="utf-8")
    facade = rendered["packages/core/src/runpact_core/models.py"]
    facade = facade.replace("runpact_core._generated.models", PACKAGE)
    (package / "facade.py").write_text(facade, encoding="utf-8")
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module(f"{PACKAGE}.facade")
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
            del sys.modules[name]


@pytest.fixture
def everything(toy: ContractSet) -> dict[str, Any]:
    """The example document that has every field."""
    return example(toy, "everything")


def example(toy: ContractSet, name: str) -> dict[str, Any]:
    """An example of the newest parcel, by name."""
    found = next(item for item in toy.versions("parcel")[-1].examples if item.name == name)
    document: dict[str, Any] = json.loads(found.data)
    return document


def parcel(models: ModuleType, document: dict[str, Any]) -> Any:
    """The typed view of a parcel."""
    return models.Parcel.model_validate(document)


def test_the_facade_has_the_newest_version_of_every_class(models: ModuleType) -> None:
    """Classes of the current versions, by plain name, and no class that no title names."""
    names = "Counts Depot Invoice Item Parcel Person RoadLeg Shelf Stamp Totals WaterLeg"
    assert models.__all__ == names.split()
    assert {getattr(models, name).__module__ for name in models.__all__} == {
        f"{PACKAGE}.depot_v1",
        f"{PACKAGE}.parcel_v0_2",
    }


def test_every_valid_example_comes_back_as_it_was(models: ModuleType, toy: ContractSet) -> None:
    """Of every version: absent stays absent, null stays null, integers stay integers."""
    seen = 0
    for contract in toy.contracts:
        module = importlib.import_module(f"{PACKAGE}.{contract.module}")
        model: type[Record] = getattr(module, contract.source.tree["title"])
        for item in (item for item in contract.examples if item.valid):
            document = json.loads(item.data)
            text = json.dumps(model.model_validate(document).document(), sort_keys=True)
            assert text == json.dumps(document, sort_keys=True)
            seen += 1
    assert seen == 4


def test_a_keyword_is_an_attribute_with_an_underscore(models: ModuleType, everything: dict[str, Any]) -> None:
    """``from`` is read and written as ``from``, and reached as ``from_``, which is no second name for it."""
    assert parcel(models, everything).from_ == "north"
    del everything["from"]
    with pytest.raises(ValidationError):
        parcel(models, {**everything, "from_": "north"})
    depot = {"version": 1, "class": "large", "shelves": {}, "busiest": None}
    assert models.Depot.model_validate(depot).class_ == "large"


def test_the_tag_decides_what_a_union_holds(models: ModuleType, everything: dict[str, Any]) -> None:
    """A property and the elements of a list become the class that their tag names; an unknown tag is refused."""
    read = parcel(models, everything)
    assert type(read.payment) is models.Invoice
    assert [type(leg) for leg in read.journey] == [models.RoadLeg, models.WaterLeg, models.RoadLeg]
    for place in ({"payment": {"kind": "barter"}}, {"journey": [{"kind": "air", "boat": "Ida"}]}):
        with pytest.raises(ValidationError):
            parcel(models, everything | place)


def test_an_open_enum_takes_any_string_and_a_closed_one_does_not(
    models: ModuleType, everything: dict[str, Any]
) -> None:
    """Only what is marked ``x-open`` may grow without a new major version."""
    assert parcel(models, {**everything, "carrier": "drone"}).carrier == "drone"
    with pytest.raises(ValidationError):
        parcel(models, {**everything, "carrier": 7})
    with pytest.raises(ValidationError):
        parcel(models, {**everything, "state": "lost"})


def test_unknown_fields_are_kept_at_every_depth(models: ModuleType, everything: dict[str, Any]) -> None:
    """Fields of a newer minor version come back, in closed objects, extension points and union branches alike."""
    document = copy.deepcopy(everything)
    document["colour"] = "red"
    document["totals"]["string_grams"] = 3
    document["payment"]["payer"]["age"] = [1, 2.5, None]
    document["journey"][1]["crew"] = {"captain": "Ida"}
    assert parcel(models, document).document() == document


def test_times_are_strings_that_know_the_moment(models: ModuleType, everything: dict[str, Any]) -> None:
    """Typed access does not change the bytes, and both kinds of time have it."""
    read = parcel(models, everything)
    assert read.due_at == "2026-01-20T08:00:00+01:00"
    assert read.due_at.datetime.isoformat() == "2026-01-20T08:00:00+01:00"
    assert read.sent_utc.datetime.year == 2026


def test_types_are_not_bent(models: ModuleType, everything: dict[str, Any]) -> None:
    """No string becomes a number, no boolean an integer, no null an absent or required value."""
    for change in ({"weight_kg": "1"}, {"counts": {"book": True, "toy": 1}}, {"from": None}, {"layers": [[1]]}):
        with pytest.raises(ValidationError):
            parcel(models, everything | change)
    weights = [parcel(models, {**everything, "weight_kg": weight}).document()["weight_kg"] for weight in (9, 9.0)]
    assert [type(weight) for weight in weights] == [int, float]


def test_each_rule_finds_its_example_and_no_other(rendered: dict[str, str], toy: ContractSet) -> None:
    """All five kinds: the example named for a rule breaks that one rule; valid examples break none."""
    namespace: dict[str, Any] = {}
    exec(rendered[f"{GENERATED}/rules.py"], namespace)  # noqa: S102 - the compiler's own output
    assert namespace["RULES"].keys() == {("parcel", "0.2")}
    rules: tuple[Rule, ...] = namespace["RULES"]["parcel", "0.2"]
    assert sorted(type(rule).__name__ for rule in rules) == ["CountBy", "Equal", "Order", "Sum", "Template"]
    shown = [item for item in toy.versions("parcel")[-1].examples if item.valid or item.name.startswith("rule-")]
    broken = {item.name: [rule.id for rule in rules if rule.broken_at(json.loads(item.data))] for item in shown}
    assert broken == {"minimal": [], "everything": []} | {f"rule-{rule.id}": [rule.id] for rule in rules}


def test_the_index_names_every_version(rendered: dict[str, str]) -> None:
    """Sorted by name and version; integers are found through references, lists, maps and unions."""
    namespace: dict[str, Any] = {}
    exec(rendered[f"{GENERATED}/index.py"], namespace)  # noqa: S102 - the compiler's own output
    index: tuple[Version, ...] = namespace["INDEX"]
    assert [(version.contract, version.version) for version in index] == [
        ("depot", "1"),
        ("parcel", "0.1"),
        ("parcel", "0.2"),
    ]
    assert all(isinstance(version, Version) for version in index)
    assert index[0].integers == ("/shelves/*/capacity", "/version")
    assert "/items/*/grams" in index[2].integers
    assert "/payment/cents" in index[2].integers
    assert "/weight_kg" not in index[2].integers
