"""Schema, fast validator, reader and model agree about every contract version; what they do not is in a list."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import _gate, documents
from tests.contracts import agreement, generate, mutate
from tests.contracts.examples import examples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runpact_core._catalog import Version

VERSIONS = documents.catalog()
LARGE = 100_000
MANY = 10_000  # documents of one version; from there on each kind of change of each place is judged once
HEAVY = 60_000_000  # the same for their sizes, in bytes of JSON, since the slowest judge looks at every value
COUNTED = ("strict admits", "strict refuses", "tolerant admits", "tolerant refuses", "models", "read", "refused")


def _name(version: Version) -> str:
    return f"{version.contract}@{version.version}"


def _documents(version: Version) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every document that is put before the judges, with the name of what it is."""
    schema = json.loads(documents.schema(version))
    seen: set[tuple[str, str]] = set()
    kinds: set[str] = set()
    changed = weight = 0
    for base in generate.base_documents(schema):
        yield base
        size = len(json.dumps(base.value))
        for change in mutate.changes(base.value, schema):
            changed += 1
            weight += size
            is_wanted = (changed <= MANY and weight <= HEAVY) or change.what not in kinds
            kinds.add(change.what)
            if (_is_new(change, seen) or not _is_large(change)) and is_wanted:
                yield change.what, change.document
    for example in examples(version):
        value = json.loads(example.data)
        yield f"example {example.name}", value
        for change in mutate.changes(value, schema) if example.valid else ():
            if _is_new(change, seen):
                yield change.what, change.document


def _is_new(change: mutate.Change, seen: set[tuple[str, str]]) -> bool:
    """Whether no document before had this value put in this place; many examples differ in little."""
    key = change.what, "large" if _is_large(change) else repr(change.value)
    new = key not in seen
    seen.add(key)
    return new


def _is_large(change: mutate.Change) -> bool:
    """Whether one such document is enough, since each costs as much as a hundred others."""
    return isinstance(change.value, str) and len(change.value) > LARGE


@pytest.mark.no_cover  # counting the lines of the judges takes as long as judging, and others see every line of ours
@pytest.mark.parametrize("version", VERSIONS, ids=_name)
def test_judges_agree(version: Version, record_property: Callable[[str, object], None]) -> None:
    """Of every document made, mutated or published, all judges say the same, but for the listed residue."""
    court = agreement.Court(version)
    for what, document in _documents(version):
        court.judge(what, document)
    record_property("documents", dict(court.counts))
    assert court.faults == []
    assert court.disagreements == agreement.residue().get(_name(version), set()), "residue.txt may only shrink"
    assert court.counts["documents"] >= 2500
    assert min(court.counts[what] for what in COUNTED) >= 300, court.counts


def test_the_residue_names_contracts() -> None:
    """Every listed disagreement is about a contract version that exists."""
    assert agreement.residue().keys() <= {_name(version) for version in VERSIONS}


@pytest.mark.parametrize("version", VERSIONS, ids=_name)
def test_made_documents_are_admitted(version: Version) -> None:
    """What the generator makes of a contract follows it strictly, the same each time, and not always the same."""
    schema = json.loads(documents.schema(version))
    made, again = generate.base_documents(schema), generate.base_documents(schema)
    assert [_gate.problems(version, "strict", base.value, check_integers=True) for base in made] == [[]] * len(made)
    assert made == again
    assert len({documents.dumps(base.value) for base in made}) >= 3
    maximal = made[1].value
    assert maximal.keys() >= schema["properties"].keys()
    assert set(made[0].value) == set(schema.get("required", ()))


def test_an_example_is_what_its_folder_says() -> None:
    """What lies under valid passes strictly, rules included; what lies under invalid does not."""
    judged = {True: 0, False: 0}
    for version in VERSIONS:
        for example in examples(version):
            found = documents.validate(version.contract, json.loads(example.data), strict=True)
            assert (found == []) is example.valid, (version.module, example.name, found)
            judged[example.valid] += 1
    assert judged[True] >= 30
    assert judged[False] >= 60


def test_a_disagreement_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fast validator that errs, a reader that errs and a model that rewrites are each found by the judges."""
    version = documents.find_contract("checks@0.2")[0]
    value = generate.base_documents(json.loads(documents.schema(version)))[1].value
    honest = agreement.Court(version)
    honest.judge("honest", value)
    assert (honest.disagreements, honest.faults) == (set(), [])

    true_class = documents._model_class
    monkeypatch.setattr(documents, "_model_class", lambda _: _Rewriting)
    rewriting = agreement.Court(version)
    rewriting.judge("rewritten", value)
    assert len(rewriting.faults) == 2

    monkeypatch.setattr(documents, "_model_class", true_class)
    monkeypatch.setattr(_gate, "admits", lambda *_, **__: True)
    erring = agreement.Court(version)
    erring.judge("admitted", {name: part for name, part in value.items() if name != "summary"})
    assert erring.disagreements == {"admitted"}
    assert [fault.partition(": ")[2][:16] for fault in erring.faults] == [
        *["the gate's quick"] * 2,
        "the model gives ",
        "the reader admit",
    ]


class _Rewriting:
    """A model that loses a field."""

    @staticmethod
    def model_validate(data: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in data.items() if name != "summary"}
