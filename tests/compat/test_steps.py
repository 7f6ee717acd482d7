"""Upgrade steps are judged: what they lose, what they do besides, and that they are there at all."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from codegen.load import load
from evolution.compare import compare
from evolution.editions import Edition
from evolution.exceptions import Pair, judge
from evolution.output_text import approvable, causes, needs
from evolution.proof import Encounter
from evolution.steps import step_faults
from runpact_core._upgrades import STEPS
from tests.compat.sample_contracts import changed, contract, contract_set
from tests.compat.test_exceptions import APPROVED, TODAY

if TYPE_CHECKING:
    from collections.abc import Callable

    from evolution.model import Comparison

ROOT = Path(__file__).resolve().parents[2]
DEFINITIONS = contract_set().definitions
NOTE = ("  note:\n", "  more: {type: boolean, description: More., x-absent: none is}\n  note:\n")
SOURCE = "tests/compat/test_steps.py"


def states(data: Any) -> dict[str, Any]:
    """The step that states the version."""
    return {**data, "schema_version": "1.1"}


def fails(data: Any) -> dict[str, Any]:
    """A step that does not reckon with a document without notes."""
    return {**data, "schema_version": "1.1", "note": data["note"]}


def mutates(data: Any) -> dict[str, Any]:
    """A step that writes into a part of its argument."""
    for part in data.get("parts", []):
        part["size"] = 3
    return states(data)


def made_with(step: Callable[[Any], dict[str, Any]] | None, **more: Any) -> Comparison:
    """The sample compared with itself and a 1.1 that has one optional field more."""
    new = contract_set(contract(), changed(NOTE, version="1.1"))
    steps: Any = {("thing", "1.1"): step} if step else {}
    return compare(contract_set(contract()), new, "before", steps=steps, **more)


def told(comparison: Comparison) -> list[tuple[str, str]]:
    """Kind and place of what is said of the step."""
    return [(one.kind, one.pointer) for one in comparison.diffs[0].changes if one.kind.startswith("step-")]


def test_a_good_step_has_no_fault() -> None:
    """Stating the version, and filling what was not there, loses nothing; nor does another order of a list."""

    def sorts(data: Any) -> dict[str, Any]:
        made = {**states(data), "more": True}
        return made | ({"parts": data["parts"][::-1]} if "parts" in data else {})

    for step in (states, sorts):
        comparison = made_with(step)
        assert comparison.ok
        assert told(comparison) == []


def test_the_steps_of_the_project_lose_nothing() -> None:
    """Each is judged with documents of each version that it takes."""
    contracts = load(ROOT)
    pairs = [pair for name in contracts.names for pair in pairwise(contracts.versions(name))]
    assert len(pairs) >= 5
    for old, new in pairs:
        before, after = Edition(old, contracts.definitions), Edition(new, contracts.definitions)
        assert step_faults(before, after, STEPS[new.name, new.version]) == [], new.urn


def drop(*names: str) -> Callable[[Any], dict[str, Any]]:
    """A step that drops fields."""
    return lambda data: {name: value for name, value in states(data).items() if name not in names}


@pytest.mark.parametrize(
    ("step", "place", "says"),
    [
        (drop("note"), "/note", "the upgrade step loses /note, which readers of both versions know"),
        (lambda data: {**states(data), "parts": []}, "/parts/*", "the upgrade step loses elements of /parts/*, which"),
        (
            lambda data: {**states(data), "parts": [{**part, "size": 0} for part in data.get("parts", [])]},
            "/parts/*/size",
            "the upgrade step changes /parts/*/size, which",
        ),
        (lambda data: {**states(data), "counts": {}}, "/counts/*", "the upgrade step loses /counts/*, which"),
        (lambda data: {**states(data), "low": 7}, "/low", "the upgrade step changes /low, which"),
        (drop("x_unknown"), "", "the upgrade step drops a field that no version knows (x_unknown), and such fields"),
    ],
)
def test_what_a_step_loses_is_a_break(step: Callable[[Any], dict[str, Any]], place: str, says: str) -> None:
    """At READ, at the line of the step, with its place and a document that shows it."""
    comparison = made_with(step)
    assert not comparison.ok
    assert told(comparison) == [("step-loses", place)]
    (diff,) = comparison.diffs
    (verdict,) = [one for one in diff.verdicts if not one.compatible]
    assert (verdict.level, verdict.change.path) == ("READ", SOURCE)
    assert verdict.proof.says.startswith(says)
    shown: Any = verdict.proof.counterexample
    assert Edition(contract(), DEFINITIONS).writes({name: shown[name] for name in shown if name != "x_unknown"})
    assert step(shown) != {**shown, "schema_version": "1.1"}
    assert needs(diff) == "its upgrade step is wrong, whatever its number"


def test_a_value_that_the_new_version_refuses_may_change() -> None:
    """A limit that got lower has to be kept by the step; a value below it stays as it is."""
    new = contract_set(contract(), changed(("maximum: 99", "maximum: 50"), version="2.0"))

    def clamped(data: Any) -> dict[str, Any]:
        return {**data, "schema_version": "2.0", "low": min(data["low"], 50)}

    def halved(data: Any) -> dict[str, Any]:
        return {**data, "schema_version": "2.0", "low": data["low"] // 2}

    good, bad = (compare(contract_set(contract()), new, "", steps={("thing", "2.0"): one}) for one in (clamped, halved))
    assert told(good) == []
    assert told(bad) == [("step-loses", "/low")]


def test_a_field_that_only_the_old_version_knows_may_go() -> None:
    """A removal is judged for itself; the step that makes it loses nothing that readers of both know."""
    without = changed(("  note:\n", "  remark:\n"), ("/note", "/name"), version="2.0")
    steps: Any = {("thing", "2.0"): lambda data: drop("note")({**data}) | {"schema_version": "2.0"}}
    assert told(compare(contract_set(contract()), contract_set(contract(), without), "", steps=steps)) == []


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (fails, f"the upgrade step raised KeyError: 'note' ({SOURCE}:{fails.__code__.co_firstlineno + 2})"),
        (mutates, "the upgrade step changes its argument"),
        (lambda data, calls=[]: calls.append(1) or {**states(data), "low": len(calls)}, "makes something else each"),
        (dict, "what the upgrade step makes is no 1.1"),
        (lambda _: None, "what the upgrade step makes is no 1.1"),
    ],
)
def test_what_a_step_does_besides_is_a_break(step: Any, says: str) -> None:
    """It raises, writes into its argument, is not the same twice, or makes no document of its version."""
    comparison = made_with(step)
    assert not comparison.ok
    assert told(comparison) == [("step-fails", "")]
    verdict = next(one for one in comparison.diffs[0].verdicts if one.change.kind == "step-fails")
    assert says in verdict.proof.says


def test_a_step_that_changes_its_argument_spoils_no_document() -> None:
    """What the old version's writers write is the same afterwards, for each verdict that comes later."""
    before, after = (Edition(one, DEFINITIONS) for one in (contract(), changed(NOTE, version="1.1")))
    assert any("parts" in document for document in before.documents)
    assert len(Encounter("READ", before, after, [mutates]).bases) == len(before.documents)
    assert step_faults(before, after, mutates) != []
    assert before.documents == Edition(contract(), DEFINITIONS).documents


def test_a_missing_step_is_a_break_where_there_has_to_be_one() -> None:
    """For the contracts that the core reads; at the line of the version that is not reached."""
    assert told(made_with(None)) == []
    comparison = made_with(None, stepped={"thing"})
    assert told(comparison) == [("step-missing", "")]
    assert not comparison.ok
    verdict = next(one for one in comparison.diffs[0].verdicts if not one.compatible)
    assert verdict.proof.says == "no document of 1.0 is read: there is no step to thing 1.1"
    assert verdict.change.path == "contracts/thing.v1_1.yaml"


def test_an_exception_approves_what_a_step_loses() -> None:
    """A field whose meaning changed is somebody's decision, with a reason and a day."""
    comparison = made_with(lambda data: {**states(data), "low": 7})
    assert not judge(comparison, [], TODAY).ok
    words = {"contract": "thing", "old_version": "1.0", "new_version": "1.1"}
    approval = APPROVED.__class__(**words, pointer="/low", kind="step-loses", reason="none", expires=TODAY, line=3)
    assert judge(comparison, [approval], TODAY).ok


def test_a_step_that_loses_much_tells_some_places() -> None:
    """Five of them; the last one says how many more there are."""

    def keeps_little(data: Any) -> dict[str, Any]:
        return {"schema_version": "1.1", "name": data["name"], "low": 7 if data["low"] != 7 else 8}

    (diff,) = made_with(keeps_little).diffs
    told = [one for one in diff.verdicts if not one.compatible]
    assert [one.change.kind for one in told] == ["step-loses"] * 5
    assert told[-1].proof.says.endswith(", which readers of both versions know; 2 more places beside it")


def test_a_break_that_its_number_allows_is_not_to_blame() -> None:
    """In a new major version with a wrong step, exceptions are offered for what the step loses alone."""
    without = changed(("  note:\n", "  remark:\n"), ("/note", "/name"), version="2.0")
    new = contract_set(contract(), without)

    def step(data: Any) -> dict[str, Any]:
        return {
            "schema_version": "2.0",
            **{name: data[name] for name in data if name not in {"note", "schema_version"}},
        }

    def loses(data: Any) -> dict[str, Any]:
        return {**step(data), "low": 7}

    def judged(one: Any) -> Pair:
        steps = {("thing", "2.0"): one} if one else {}
        (pair,) = judge(compare(contract_set(contract()), new, "", steps=steps, stepped={"thing"}), [], TODAY).pairs
        return pair

    assert judged(step).outcome == "compatible"
    assert [change.kind for change in approvable(judged(loses))] == ["step-loses"]
    pair = judged(None)
    assert approvable(pair) == []
    assert needs(pair.diff) == "it has no upgrade step: write one in packages/core/src/runpact_core/_upgrades.py"
    assert [change.kind for change in causes(pair)] == ["step-missing"]
