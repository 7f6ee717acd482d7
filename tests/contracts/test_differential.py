"""Schema, fast validator, reader and model agree about every contract version; what they do not is in a list."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from evolution import agreement, certificate, generate
from evolution.corpus import LEAST
from runpact_core import _gate, documents
from tests.contracts.examples import ROOT, examples

if TYPE_CHECKING:
    from collections.abc import Callable

    from runpact_core._catalog import Version

VERSIONS = documents.catalog()
CERTIFIED = {
    (statement["contract"], statement["version"]): statement
    for statement in json.loads((ROOT / certificate.JSON_PATH).read_text(encoding="utf-8"))["contracts"]
}
COUNTED = ("strict admits", "strict refuses", "tolerant admits", "tolerant refuses", "models", "read", "refused")


def _name(version: Version) -> str:
    return f"{version.contract}@{version.version}"


@pytest.mark.no_cover  # counting the lines of the judges takes as long as judging, and others see every line of ours
@pytest.mark.parametrize("version", VERSIONS, ids=_name)
def test_judges_agree(version: Version, record_property: Callable[[str, object], None]) -> None:
    """Of every document made, mutated or published, all judges say the same, but for the listed residue."""
    court, statement = certificate.hear(version, examples(version))
    record_property("documents", dict(court.counts))
    assert court.faults == []
    assert court.disagreements == agreement.residue().get(_name(version), set()), "residue.txt may only shrink"
    assert court.counts["documents"] >= LEAST
    assert min(court.counts[what] for what in COUNTED) >= 300, court.counts
    assert statement == CERTIFIED.get((version.contract, version.version)), f"stale: run `{certificate.REMAKE}`"


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
    assert [fault[:30] for fault in rewriting.faults] == ["rewritten: the model gives back"[:30]]

    monkeypatch.setattr(documents, "_model_class", true_class)
    less = {name: part for name, part in value.items() if name != "summary"}
    with monkeypatch.context() as lenient:
        lenient.setattr(documents, "_admit", lambda *_, **__: None)
        reading = agreement.Court(version)
        reading.judge("read", less)
    assert [fault[:34] for fault in reading.faults] == [
        "read: the reader admits what its gate refuses"[:34],
        "read: the model gives back other bytes"[:34],
    ]
    assert reading.disagreements == set()

    monkeypatch.setattr(_gate, "admits", lambda *_, **__: True)
    erring = agreement.Court(version)
    erring.judge("admitted", less)
    assert erring.disagreements == {"admitted"}
    assert erring.counts["agreed"] == 0
    assert [fault.partition(": ")[2][:16] for fault in erring.faults] == [
        *["the gate's quick"] * 2,
        "the model gives ",
    ]


class _Rewriting:
    """A model that loses a field."""

    @staticmethod
    def model_validate(data: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in data.items() if name != "summary"}
