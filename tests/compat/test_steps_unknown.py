"""Fields that no version knows are kept by every step, up and down, at every depth where readers take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evolution.compare import compare
from evolution.editions import Edition
from evolution.steps import UNKNOWN, back_faults, step_faults
from tests.compat.sample_contracts import changed, contract, contract_set

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Step = Callable[[Mapping[str, Any]], dict[str, Any]]

DEFINITIONS = contract_set().definitions
MORE = ("  note:\n", "  more: {type: boolean, description: More., x-absent: none is}\n  note:\n")
FREE = (
    "  note:\n",
    '  free: {$ref: "#/$defs/free", x-absent: nothing}\n  note:\n',
)
OF_FREE = (
    "$defs:\n",
    """$defs:
  free: {title: Free, description: "An extension point: all.", type: object, properties: {}, additionalProperties: true}
""",
)


def editions(*edits: tuple[str, str], **entry: Any) -> tuple[Edition, Edition]:
    """The sample, and a 1.1 of it that has one optional field more; both with these edits."""
    old, new = changed(*edits, **entry), changed(MORE, *edits, version="1.1", **entry)
    return Edition(old, DEFINITIONS), Edition(new, DEFINITIONS)


def states(data: Mapping[str, Any]) -> dict[str, Any]:
    """The step that states the version."""
    return {**data, "schema_version": "1.1"}


def part_anew(data: Mapping[str, Any]) -> dict[str, Any]:
    """Makes parts of the fields that it knows."""
    made = states(data)
    parts = [{name: part[name] for name in ("id", "size") if name in part} for part in data.get("parts", [])]
    return made | ({"parts": parts} if "parts" in data else {})


def square_anew(data: Mapping[str, Any]) -> dict[str, Any]:
    """Makes one branch of a union anew."""
    shape = data.get("shape", {})
    return states(data) | ({"shape": {**shape, UNKNOWN: 2}} if UNKNOWN in shape and shape["form"] == "square" else {})


def test_a_nested_field_that_is_dropped_is_found() -> None:
    """At the place of the object that had it, by the shortest document, which has it there alone."""
    before, after = editions()
    (fault,) = step_faults(before, after, part_anew)
    assert (fault.kind, fault.pointer) == ("step-loses", "/parts/*")
    assert (
        fault.says
        == "the upgrade step drops a field of /parts/* that no version knows (x_unknown), and such fields stay"
    )
    assert UNKNOWN not in fault.document
    assert [UNKNOWN in part for part in fault.document["parts"]].count(True) == 1
    assert before.faults(fault.document) == ()
    assert part_anew(fault.document)["parts"] != fault.document["parts"]


def test_the_gate_fails_for_it() -> None:
    """The comparison breaks at READ, with the document as its counterexample."""
    new = contract_set(contract(), changed(MORE, version="1.1"))
    for step, ok in ((states, True), (part_anew, False)):
        comparison = compare(contract_set(contract()), new, "before", steps={("thing", "1.1"): step})
        assert comparison.ok is ok
        against = [one for diff in comparison.diffs for one in diff.verdicts if not one.compatible]
        assert [(one.level, one.change.kind, one.change.pointer) for one in against] == (
            [] if ok else [("READ", "step-loses", "/parts/*")]
        )


def test_in_a_branch_of_a_union() -> None:
    """Another value in its place is a loss, too."""
    (fault,) = step_faults(*editions(), square_anew)
    assert (fault.pointer, fault.document["shape"]["form"]) == ("/shape", "square")
    assert (
        fault.says
        == "the upgrade step changes a field of /shape that no version knows (x_unknown), and such fields stay"
    )


def test_what_people_put_into_an_extension_point_stays() -> None:
    """However deep: all in it is known to nobody."""

    def empties(data: Mapping[str, Any]) -> dict[str, Any]:
        return states(data) | ({"free": {name: {} for name in data["free"]}} if "free" in data else {})

    before, after = editions(FREE, OF_FREE)
    assert step_faults(before, after, states) == []
    (fault,) = step_faults(before, after, empties)
    assert (fault.kind, fault.pointer) == ("step-loses", "/free")


def test_a_step_that_cannot_stand_them_fails() -> None:
    """It is shown by a document that has one."""

    def unpacks(data: Mapping[str, Any]) -> dict[str, Any]:
        return states(data) | {"parts": [dict(zip(("id", "size"), one.values(), strict=True)) for one in data["parts"]]}

    before, after = editions(("required: [schema_version, name, low]", "required: [schema_version, name, low, parts]"))
    found = step_faults(before, after, unpacks)
    assert found[0].kind == "step-fails"
    assert "ValueError" in found[0].says


def test_configuration_has_none() -> None:
    """Its readers refuse unknown fields, so a step is never given one."""
    assert step_faults(*editions(gate="configuration"), part_anew) == []


def test_where_the_new_version_takes_none_they_may_go() -> None:
    """An extension point of configuration that is closed cannot keep what was in it."""
    before = editions(FREE, OF_FREE, gate="configuration")[0]
    closed = (OF_FREE[0], OF_FREE[1].replace("additionalProperties: true", "additionalProperties: false"))
    after = Edition(changed(FREE, closed, version="2.0", gate="configuration"), DEFINITIONS)

    def empties(data: Mapping[str, Any]) -> dict[str, Any]:
        return {**data, "schema_version": "2.0"} | ({"free": {}} if "free" in data else {})

    assert step_faults(before, after, empties) == []


def back(data: Mapping[str, Any]) -> dict[str, Any]:
    """A step back that leaves everything; the version is stated before it, and what is new goes after it."""
    if data["schema_version"] != "1.0":
        raise ValueError(data)
    return dict(data)


@pytest.mark.parametrize(
    ("step", "place", "says"),
    [
        (lambda data: {n: v for n, v in data.items() if n != UNKNOWN}, "", "the step back drops a field that no"),
        (lambda data: part_anew(data) | {"schema_version": "1.0"}, "/parts/*", "the step back drops a field of /parts"),
        (lambda data: {n: v for n, v in data.items() if n != "note"}, "/note", "the step back loses /note, which"),
    ],
)
def test_a_step_back_is_held_to_the_same(step: Step, place: str, says: str) -> None:
    """What both versions know stays, and what neither knows; what only the later one knows may go."""
    before, after = editions()
    assert any("more" in document for document in after.documents)
    assert back_faults(before, after, back) == []
    assert back_faults(before, after, lambda data: {name: data[name] for name in data if name != "more"}) == []
    (fault,) = back_faults(before, after, step)
    assert (fault.kind, fault.pointer) == ("step-loses", place)
    assert fault.says.startswith(says)
    assert after.faults(fault.document) == ()


def test_the_gate_tells_a_step_back_at_its_line() -> None:
    """What it raises is told with the file and the line; what it leaves as another version, too."""

    def fails(data: Mapping[str, Any]) -> dict[str, Any]:
        return {"note": data["note"]}

    new = contract_set(contract(), changed(MORE, version="1.1"))
    steps = {("thing", "1.1"): states}
    for step, says in (
        (fails, "the step back raised KeyError: 'note' (tests/"),
        (states, "what the step back makes is"),
    ):
        comparison = compare(contract_set(contract()), new, "", steps=steps, backs={("thing", "1.0"): step})
        assert not comparison.ok
        verdict = next(one for one in comparison.diffs[0].verdicts if one.proof.says.startswith(says))
        assert verdict.change.path == "tests/compat/test_steps_unknown.py"
        assert verdict.change.line == step.__code__.co_firstlineno


def test_what_was_upgraded_can_be_taken_back() -> None:
    """A required field under another name needs a step back; the gate says so before a test does."""
    old = contract()
    new = changed(
        ("required: [schema_version, name, low]", "required: [schema_version, name, least]"),
        ("  low:\n", "  least:\n"),
        version="2.0",
    )

    def renames(before: str, after: str, version: str) -> Step:
        def step(data: Mapping[str, Any]) -> dict[str, Any]:
            return {after if name == before else name: data[name] for name in data} | {"schema_version": version}

        return step

    def against(back: Step | None) -> list[str]:
        steps = {("thing", "2.0"): renames("low", "least", "2.0")}
        sets = contract_set(old), contract_set(old, new)
        (diff,) = compare(*sets, "", steps=steps, backs={("thing", "1.0"): back} if back else {}).diffs
        assert diff.ok is not any(one.change.kind == "step-fails" for one in diff.verdicts)
        return [one.proof.says for one in diff.verdicts if one.change.kind.startswith("step-")]

    start = "what was upgraded cannot be taken back: 1.0 refuses what "
    assert against(None) == [f"{start}is left without a step back (STEPS_BACK), at /low"]
    assert against(renames("name", "name", "1.0")) == [f"{start}the step back makes of it, at /low"]
    assert against(renames("least", "low", "1.0")) == []
