"""Verdicts are right: held against the reference validator and documents that were made in another way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from codegen import views
from evolution.compare import compare
from evolution.editions import Edition
from evolution.generate import base_documents
from evolution.levels import expected, levels_of
from evolution.model import Change
from evolution.mutate import changes
from evolution.places import ABSENT, documents_with, nodes_at, parts_of, values
from evolution.proof import Encounter, data_verdict
from tests.compat.mutants import mutants
from tests.compat.sample_contracts import TEXT, between, changed, contract, contract_set

if TYPE_CHECKING:
    from codegen.load import Contract
    from evolution.model import Comparison, Level

MUTANTS = dict(mutants(contract().source.tree))
DEFINITIONS = contract_set().definitions


def mutant(name: str) -> Contract:
    """The sample with one keyword altered."""
    return replace(contract(), source=replace(contract().source, tree=MUTANTS[name]))


def view(one: Contract, name: str) -> Any:
    """The reference validator of one view."""
    made = getattr(views, name)(one.source.tree, DEFINITIONS, one.urn)
    return jsonschema.Draft202012Validator(made)


def written(one: Contract) -> list[dict[str, Any]]:
    """Documents that the contract's writers may write: made ones, and these with one value changed."""
    strict = views.strict(one.source.tree, DEFINITIONS, one.urn)
    admits = Edition(one, DEFINITIONS).writes
    found = [base.value for base in base_documents(strict)]
    bases = found[:2]
    return [document for document in [*found, *_changed(bases, strict)] if admits(document)]


def _changed(bases: list[dict[str, Any]], strict: dict[str, Any]) -> list[dict[str, Any]]:
    return [change.document for base in bases for change in changes(base, strict)]


def broken(comparison: Comparison, level: Level) -> bool:
    """Whether something is said to be incompatible at that level."""
    return any(not one.compatible for diff in comparison.diffs for one in diff.verdicts if one.level == level)


@pytest.mark.parametrize("name", MUTANTS)
def test_no_break_is_missed_and_none_invented(name: str) -> None:
    """Whatever is altered: where documents made otherwise break, so does the verdict; each counterexample is one."""
    old, new = contract(), mutant(name)
    comparison = compare(contract_set(old), contract_set(new), "before")
    for level, writer, reader in (("READ", old, new), ("WRITE", new, old)):
        gate = Edition(reader, DEFINITIONS)
        refused = [document for document in written(writer) if gate.faults(document)]
        if refused:
            assert broken(comparison, "READ" if level == "READ" else "WRITE"), refused[0]
    for diff in comparison.diffs:
        for verdict in diff.verdicts:
            if verdict.compatible or verdict.level == "API":
                continue
            sides = (old, new) if verdict.level == "READ" else (new, old)
            assert view(sides[0], "strict").is_valid(verdict.proof.counterexample)
            assert not view(sides[1], "tolerant").is_valid(verdict.proof.counterexample)


def test_there_are_mutants() -> None:
    """The law above is about every keyword of every schema of the sample."""
    assert len(MUTANTS) >= 40
    assert {name.rpartition(" ")[2] for name in MUTANTS} >= {"type", "enum", "maximum", "required", "pattern"}


def test_a_counterexample_keeps_the_rules_of_its_writer() -> None:
    """Of all documents that show a break, one is shown that its writer would write, cross-field rules included."""
    old, new = contract(), changed(("maximum: 99", "maximum: 98"))
    comparison = compare(contract_set(old), contract_set(new), "before")
    (verdict,) = [one for one in comparison.diffs[0].verdicts if not one.compatible]
    shown: Any = verdict.proof.counterexample
    assert Edition(old, DEFINITIONS).broken_rules(shown) == []
    assert "cross-field" not in verdict.proof.says
    assert (shown["low"], len(shown)) == (99, 3)


def test_a_counterexample_that_must_break_a_rule_says_so() -> None:
    """Where every document at the place breaks a rule besides, the proof says so."""
    rule = "    left: /name\n    right: /note\n"
    unequal = rule.replace("/note", "/low")
    old, new = changed((rule, unequal)), changed((rule, unequal), ("maximum: 99", "maximum: 98"))
    verdicts = compare(contract_set(old), contract_set(new), "before").diffs[0].verdicts
    (verdict,) = [one for one in verdicts if not one.compatible]
    aside = "(the document breaks a cross-field rule besides)"
    assert verdict.proof.says == f"old data, new reader: refused {aside}: /low: 99 is greater than the maximum of 98"


def test_rules_that_documents_break_are_counted() -> None:
    """A new rule breaks no reader; the proof says how many documents it would have been reported of."""
    old = changed((between("x-rules", "  - id"), "x-rules: []\n"), (_rule(), ""))
    verdicts = compare(contract_set(old), contract_set(contract()), "before").diffs[0].verdicts
    read = next(one for one in verdicts if one.level == "READ")
    assert read.compatible
    assert read.proof.says.endswith("of them with a broken rule that is reported")
    assert int(read.proof.says.split(", ")[2].partition(" ")[0]) >= 3


def _rule() -> str:
    return TEXT[TEXT.index("  - id: name-is") :]


def test_a_map_that_is_closed_refuses_its_names() -> None:
    """Configuration whose map takes no more names is refused at the place of the map."""
    free = between("    additionalProperties:\n", "  shape:\n")
    names = between("    propertyNames:", "    additionalProperties:\n")
    old = contract(gate="configuration")
    new = changed((names, ""), (free, "    additionalProperties: false\n"), gate="configuration")
    diff = compare(contract_set(old), contract_set(new), "before").diffs[0]
    found = [one for one in diff.verdicts if one.change.kind == "object-closed" and not one.compatible]
    assert [(one.level, one.change.pointer) for one in found] == [("READ", "/counts")]
    shown: Any = found[0].proof.counterexample
    assert len(shown["counts"]) == 1


def test_a_rule_about_another_type_does_not_hold() -> None:
    """Where a field became something that its rule cannot compare, the comparison goes on, and shows the break."""
    rule = (_rule(), "  - {id: low-first, kind: sum, total: /low, parts: [/note], message: none}\n")
    old = changed(rule)
    diff = compare(contract_set(old), contract_set(contract()), "before").diffs[0]
    assert {one.change.kind for one in diff.verdicts} == {"rule-added", "rule-removed"}
    assert all(one.compatible for one in diff.verdicts)


def test_a_union_that_became_one_object() -> None:
    """A choice that is none any more is another type: what was of the other branch is refused."""
    union = between("    oneOf:", "  round:\n")
    new = changed(('  shape: {$ref: "#/$defs/shape"', '  shape: {$ref: "#/$defs/round"'), (union, "    type: string\n"))
    diff = compare(contract_set(contract()), contract_set(new), "before").diffs[0]
    found = {(one.change.kind, one.level): one for one in diff.verdicts if not one.compatible}
    shown: Any = found["type-changed", "READ"].proof.counterexample
    assert shown["shape"] == {"form": "square", "side": 1}


def test_each_kind_has_its_levels() -> None:
    """Words have no verdict, names that of code, what is gone that of old documents, and all else both of documents."""
    assert [levels_of(kind) for kind in ("description-changed", "version-skipped")] == [(), ()]
    assert levels_of("class-renamed") == ("API",)
    assert levels_of("contract-removed") == ("READ",)
    assert levels_of("bound-tightened") == ("READ", "WRITE")
    assert levels_of("property-removed") == ("READ", "WRITE", "API")
    assert expected("enum-value-added", "WRITE") is False
    assert expected("enum-value-added", "API") is None


def test_documents_are_made_at_any_place() -> None:
    """In lists, maps, names of maps and branches of unions, a value is put where it is asked for."""
    edition = Edition(contract(), DEFINITIONS)
    base: dict[str, Any] = {"schema_version": "1.0", "name": "a", "low": 1}

    def put(pointer: str, leaf: Any, into: dict[str, Any] = base) -> list[Any]:
        return list(documents_with(edition.strict, parts_of(pointer), leaf, into))

    assert put("/low", 5) == [{**base, "low": 5}]
    assert put("/low", ABSENT) == [{"schema_version": "1.0", "name": "a"}]
    assert [document["parts"] for document in put("/parts/*/size", 7)] == [[{"id": "a", "size": 7}]]
    assert [one["parts"] for one in put("/parts/*/id", "x", {**base, "parts": [{"id": "q", "size": 1}]})] == [
        [{"id": "x", "size": 1}]
    ]
    assert [document["counts"] for document in put("/counts/*", 3)] == [{"a": 3}]
    assert [document["counts"] for document in put("/counts/{name}", "zz")] == [{"zz": 0}]
    assert [document["shape"] for document in put("/shape/radius", 2)] == [{"form": "round", "radius": 2}]
    assert put("/nothing/here", 1) == []
    assert nodes_at(edition.strict, ["nothing"]) == []


def test_values_are_first_those_that_the_other_side_refuses() -> None:
    """At a place, values at the limits of both sides are tried, and those that tell them apart come first."""
    edition, other = Edition(contract(), DEFINITIONS), Edition(changed(("maximum: 99", "maximum: 98")), DEFINITIONS)
    (node,), others = nodes_at(edition.strict, ["low"]), nodes_at(other.gate, ["low"])
    tried = values(node, edition.strict, others, other.gate)
    assert tried[0] == 99
    assert {0, 1, 97, 98, 99} <= set(tried)
    assert all(0 <= value <= 99 for value in tried)


def test_a_reader_that_does_not_know_the_version_refuses_all() -> None:
    """Documents whose version the table does not know are refused, whatever changed."""
    old, new = contract(), changed(("maximum: 99", "maximum: 98"), version="1.1")
    foreign = replace(old, version="0.7")
    encounter = Encounter("READ", Edition(foreign, DEFINITIONS), Edition(new, DEFINITIONS))
    assert {fault.keyword for _, faults in encounter.bases for fault in faults} == {"version"}
    change = Change("thing", "0.7", "1.1", "/note", "bound-loosened", {"maxLength": 1}, {"maxLength": 20}, "x", 1)
    assert not data_verdict(change, encounter).compatible
