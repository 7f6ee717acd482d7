"""Whole comparisons: which versions meet, what the changes need, and whether the version numbers say so."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codegen.load import load
from codegen.released import FrozenContract, Release, Released
from evolution.compare import compare, compare_versions
from evolution.model import Comparison
from tests.compat.sample_contracts import COMMON, between, changed, contract, contract_set, text

if TYPE_CHECKING:
    from codegen.load import Contract
    from evolution.model import ContractDiff, Verdict

ROOT = Path(__file__).resolve().parents[2]
NOTE = ("  note:\n", "  more: {type: boolean, description: More., x-absent: none is}\n  note:\n")
SMALLER = ("maximum: 99", "maximum: 98")
OPEN_PART = (
    "One part.\n    type: object\n    additionalProperties: false",
    "One part.\n    type: object\n    additionalProperties: true",
)


def against(new: list[Contract], old: list[Contract] | None = None, **more: Any) -> Comparison:
    """The comparison of a set with the sample alone, or with another set."""
    return compare(contract_set(*(old or [contract()])), contract_set(*new), "before", **more)


def only(comparison: Comparison) -> ContractDiff:
    """Its one difference."""
    (diff,) = comparison.diffs
    return diff


def breaks(diff: ContractDiff) -> list[tuple[str, str, str]]:
    """What is incompatible: kind, place and level."""
    return [(one.change.kind, one.change.pointer, one.level) for one in diff.verdicts if not one.compatible]


def verdict(diff: ContractDiff, kind: str, level: str) -> Verdict:
    """The verdict on one kind of change."""
    (found,) = [one for one in diff.verdicts if one.change.kind == kind and one.level == level]
    return found


def state(diff: ContractDiff) -> tuple[str, str, str, str, bool]:
    """Versions, what was needed and given, and whether that is enough."""
    return diff.old_version, diff.new_version, diff.required, diff.given, diff.ok


def test_the_same_contracts_do_not_differ() -> None:
    """The project's own contracts, compared with themselves, have no difference, and no document is made."""
    contracts = load(ROOT)
    comparison = compare(contracts, contracts, "itself")
    assert comparison == Comparison("itself", (), 0)
    assert comparison.ok


def test_the_history_of_the_project_keeps_its_promises() -> None:
    """Each version of each contract of the project has the number that its changes need."""
    contracts = load(ROOT)
    judged = 0
    for name in contracts.names:
        versions = contracts.versions(name)
        for old, new in pairwise(versions):
            diff = compare_versions(old, new, (contracts, contracts))
            assert diff.ok, (diff.contract, diff.new_version, breaks(diff))
            judged += len(diff.verdicts)
    assert judged > 50


def test_a_new_minor_for_an_optional_property() -> None:
    """An optional property in a new minor version is what minor versions are for."""
    comparison = against([contract(), changed(NOTE, version="1.1")])
    diff = only(comparison)
    assert state(diff) == ("1.0", "1.1", "minor", "minor", True)
    assert [change.kind for change in diff.changes] == ["version-added", "optional-property-added"]
    assert breaks(diff) == []
    assert verdict(diff, "optional-property-added", "WRITE").proof.passed >= 18
    assert comparison.generated_documents > 20


def test_an_edit_in_place_is_refused() -> None:
    """A version that readers know is not edited in place, however harmless; a planned one is, and so are words."""
    assert state(only(against([changed(NOTE)]))) == ("1.0", "1.0", "minor", "none", False)
    assert state(only(against([changed(SMALLER)]))) == ("1.0", "1.0", "major", "none", False)
    planned = against([changed(NOTE, status="active")], [contract(status="planned")])
    assert state(only(planned)) == ("1.0", "1.0", "minor", "none", True)
    words = against([changed(("A thing.", "Something."))])
    assert state(only(words)) == ("1.0", "1.0", "none", "none", True)


def test_what_no_release_froze_may_be_edited() -> None:
    """Where the old set says what was released, a version that is not among it may change in place, and no other."""

    def released(*paths: str) -> Released:
        frozen = tuple(FrozenContract("thing", "1.0", path, "0" * 64, "record", "schema_version") for path in paths)
        return Released((Release("0.1.0", "v0.1.0", "2026-01-01", frozen, {}, {}, {}),), "{}")

    new, old = contract_set(changed(SMALLER)), contract_set(contract())
    cases = [released("contracts/other.v1_0.yaml"), released("contracts/thing.v1_0.yaml"), Released((), "{}"), None]
    states = [state(only(compare(replace(old, released=case), new, "before")))[2:] for case in cases]
    assert states == [("major", "none", True), *[("major", "none", False)] * 3]


def test_a_break_needs_a_new_major() -> None:
    """A smaller maximum breaks old data: as 1.1 it is refused with a document, as 2.0 it is not."""
    minor = only(against([contract(), changed(SMALLER, version="1.1")]))
    assert state(minor) == ("1.0", "1.1", "major", "minor", False)
    assert breaks(minor) == [("bound-tightened", "/low", "READ")]
    shown = verdict(minor, "bound-tightened", "READ").proof.counterexample
    assert shown is not None
    assert (shown["low"], shown["schema_version"]) == (99, "1.0")
    major = only(against([contract(), changed(SMALLER, version="2.0")]))
    assert state(major) == ("1.0", "2.0", "major", "major", True)


def test_changes_do_not_blame_each_other() -> None:
    """Of several changes at once, each has its own verdict, though every document breaks one of them."""
    more = ("low]\nproperties:", "low, more]\nproperties:\n  more: {type: boolean, description: More.}")
    union = ("Its side., minimum: 1, maximum: 9", "Its side., minimum: 1, maximum: 8")
    kept = (
        "radius: {type: integer",
        "weight: {type: integer, description: It., x-absent: none is}\n      radius: {type: integer",
    )
    diff = only(against([contract(), changed(more, union, kept, SMALLER, version="1.1")]))
    assert breaks(diff) == [
        ("required-property-added", "/more", "READ"),
        ("bound-tightened", "/low", "READ"),
        ("bound-tightened", "/shape/side", "READ"),
    ]


def test_an_upgrade_step_supplies_a_required_property() -> None:
    """A required property needs a new major, but where the upgrade step supplies it; where the step fails, it does."""
    more = ("low]\nproperties:", "low, more]\nproperties:\n  more: {type: boolean, description: More.}")
    new = [contract(), changed(more, version="1.1")]
    assert state(only(against(new)))[2:] == ("major", "minor", False)

    def step(data: Any) -> dict[str, Any]:
        return {**data, "schema_version": "1.1", "more": False}

    assert state(only(against(new, steps={("thing", "1.1"): step})))[2:] == ("minor", "minor", True)
    failing = only(against(new, steps={("thing", "1.1"): lambda data: {**data, "more": data["nothing"]}}))
    assert breaks(failing) == [("step-fails", "", "READ"), ("required-property-added", "/more", "READ")]
    says = verdict(failing, "required-property-added", "READ").proof.says
    assert "the upgrade step raised KeyError: 'nothing' (" in says


def test_the_shortest_document_is_shown() -> None:
    """A required property of an element of a list breaks old lists; the one with a single small element is shown."""
    more = (
        "    required: [id]\n    properties:\n",
        "    required: [id, more]\n    properties:\n      more: {type: boolean, description: It.}\n",
    )
    found = verdict(only(against([contract(), changed(more, version="1.1")])), "required-property-added", "READ")
    shown: Any = found.proof.counterexample
    assert shown == {"schema_version": "1.0", "name": "a", "low": 0, "parts": [{"id": "a"}]}


def test_an_open_object_may_hold_the_name_already() -> None:
    """A new property of an open object breaks what stood under its name; documents overrule what people expect."""
    old = changed(OPEN_PART)
    new = changed(
        OPEN_PART,
        ("      size:\n", "      more: {type: boolean, description: More., x-absent: none is}\n      size:\n"),
        version="1.1",
    )
    found = verdict(only(against([old, new], [old])), "optional-property-added", "READ")
    assert not found.compatible
    assert "usually compatible, documents decide" in found.proof.says
    shown: Any = found.proof.counterexample
    assert not isinstance(shown["parts"][0]["more"], bool)


def test_every_new_version_meets_the_one_before_it() -> None:
    """Of several new versions each is held against its predecessor, so a break in the middle is seen."""
    new = [contract(), changed(NOTE, version="1.1"), changed(NOTE, SMALLER, version="1.2"), changed(version="2.0")]
    diffs = against(new).diffs
    assert [state(diff) for diff in diffs] == [
        ("1.0", "1.1", "minor", "minor", True),
        ("1.1", "1.2", "major", "minor", False),
        ("1.2", "2.0", "major", "major", True),
    ]


def test_versions_are_not_skipped() -> None:
    """A minor left out, a major that does not begin at .0 and a major left out are each said and refused."""
    skipped = [only(against([contract(), changed(version=number)])) for number in ("1.2", "2.1", "3.0")]
    assert [[change.kind for change in diff.changes] for diff in skipped] == [
        ["version-added", "version-skipped"],
        ["version-added", "version-skipped"],
        ["version-added", "majors-skipped"],
    ]
    assert [diff.ok for diff in skipped] == [False] * 3


def test_two_majors_at_once_are_refused() -> None:
    """Of two new majors in one change, the second is one too many; an older minor may come later."""
    diffs = against([contract(), changed(version="2.0"), changed(version="3.0")]).diffs
    assert [diff.ok for diff in diffs] == [True, False]
    assert diffs[1].changes[1].kind == "majors-skipped"
    late = against(
        [contract(), changed(NOTE, version="1.1"), changed(version="2.0")], [contract(), changed(version="2.0")]
    )
    assert state(only(late)) == ("1.0", "1.1", "minor", "minor", True)


def test_a_version_or_contract_is_not_removed() -> None:
    """What was removed is refused, with a document that nobody reads any more."""
    old = [contract(examples=[{"schema_version": "1.0", "name": "a", "low": 1}]), changed(NOTE, version="1.1")]
    version = only(against(old[1:], old))
    assert (version.changes[0].kind, *state(version)) == ("version-removed", "1.0", "", "major", "removed", False)
    assert version.verdicts[0].proof.counterexample == {"schema_version": "1.0", "name": "a", "low": 1}
    other = changed(NOTE, SMALLER)
    gone = against([replace(other, name="other")], old).diffs
    assert [(diff.contract, diff.changes[0].kind, diff.given, diff.ok) for diff in gone] == [
        ("other", "contract-added", "new", True),
        ("thing", "contract-removed", "removed", False),
    ]


def test_a_renamed_contract_is_told_as_such() -> None:
    """A contract that left while one of its shape came was renamed, which readers do not know."""
    renamed = replace(contract(), name="object")
    added, left = against([renamed]).diffs
    assert (added.contract, added.ok) == ("object", True)
    change = left.changes[0]
    assert (change.kind, change.old, change.new, left.ok) == ("contract-renamed", "thing", "object", False)


def test_a_new_contract_may_have_versions() -> None:
    """All versions of a new contract are new; so is one before the first."""
    diffs = against([contract(), replace(contract(), name="x"), replace(contract(), name="x", version="1.1")]).diffs
    assert [(diff.contract, diff.new_version, diff.changes[0].kind, diff.ok) for diff in diffs] == [
        ("x", "1.0", "contract-added", True),
        ("x", "1.1", "version-added", True),
    ]
    earlier = only(against([contract(), changed(version="0.9")]))
    assert (earlier.changes[0].kind, earlier.given, earlier.ok) == ("version-added", "new", True)


def test_names_are_a_promise_too() -> None:
    """A class or field that is called otherwise breaks code, and needs a new major; data goes on."""
    renamed = only(against([contract(), changed(("title: Part", "title: Piece"), version="1.1")]))
    assert breaks(renamed) == [("class-renamed", "/parts/*", "API")]
    assert renamed.required == "major"
    assert "Part" in verdict(renamed, "class-renamed", "API").proof.says
    field = only(
        against([contract(), changed(("  note:\n", "  remark:\n"), ("right: /note", "right: /remark"), version="1.1")])
    )
    assert breaks(field) == [("field-renamed", "/note", "API")]
    note = between("  note:\n", "  state: {")
    removed = only(against([contract(), changed((note, ""), version="1.1")]))
    assert breaks(removed) == [("property-removed", "/note", "API")]
    added = only(against([contract(), changed(NOTE, version="1.1")]))
    assert verdict(added, "optional-property-added", "API").proof.kind == "names"


def test_a_shared_word_changes_every_contract() -> None:
    """An edit of the shared definitions is an edit in place of each contract that uses them."""
    old, new = contract_set(contract()), contract_set(contract(), common=COMMON.replace("{", "{").replace(": 9", ": 8"))
    diff = only(compare(old, new, "before"))
    assert state(diff) == ("1.0", "1.0", "major", "none", False)
    assert breaks(diff) == [("bound-tightened", "/name", "READ")]
    unused = contract_set(contract(), common=f"{COMMON}  other: {{type: string, description: Another.}}\n")
    assert compare(old, unused, "before").diffs == ()


def test_versions_that_shape_or_number_tell() -> None:
    """A contract that begins to state its version, or counts by integers, is compared like the rest."""
    bare = text().replace("required: [schema_version, name, low]", "required: [name, low]")
    start, end = bare.index("  schema_version:"), bare.index("  name: {")
    shape = contract(bare[:start] + bare[end:], versioned_by="shape")
    stated = only(against([shape, changed(version="1.1")], [shape]))
    assert state(stated) == ("1.0", "1.1", "minor", "minor", True)
    assert "versioning-changed" in {change.kind for change in stated.changes}
    numbered = [
        contract(
            text()
            .replace("schema_version", "version")
            .replace('type: string\n    const: "1.0"', f"type: integer\n    const: {n}"),
            version=str(n),
            versioned_by="version",
        )
        for n in (1, 2)
    ]
    assert state(only(against(numbered, numbered[:1]))) == ("1", "2", "none", "major", True)
    without = (bare[:start] + bare[end:]).replace("[name, low]", "[name]")
    fewer = only(against([contract(without, versioned_by="shape")], [shape]))
    assert breaks(fewer) == [("property-became-optional", "/low", "WRITE")]
    unstated = only(against([shape], [contract()]))
    assert ("versioning-changed", "", "READ") not in breaks(unstated)


def test_configuration_is_never_read_by_guesswork() -> None:
    """An old tool refuses new configuration, which is said and asks for no major; old configuration still has to do."""
    old = contract(gate="configuration")
    added = only(against([old, changed(NOTE, version="1.1", gate="configuration")], [old]))
    assert breaks(added) == [("optional-property-added", "/more", "WRITE")]
    assert state(added)[2:] == ("minor", "minor", True)
    tightened = only(against([old, changed(SMALLER, version="1.1", gate="configuration")], [old]))
    assert state(tightened)[2:] == ("major", "minor", False)


def test_a_place_that_no_document_reaches_is_judged_by_its_kind() -> None:
    """Where nothing can be written at a place, the verdict is what the kind of change usually is, and says so."""
    dead = (
        "      size:\n        type: integer\n",
        "      size:\n        pattern: ^[a-z]$\n        maxLength: 0\n        type: string\n",
    )
    plain = "        x-absent: not measured\n        minimum: 0\n        maximum: 9\n"
    old = contract(text(dead).replace(plain, "        x-absent: not measured\n"))
    new = contract(
        text(dead, version="1.1")
        .replace(plain, "        x-absent: not measured\n")
        .replace("[a-z]$\n        max", "[a-y]$\n        max"),
        version="1.1",
    )
    found = verdict(only(against([old, new], [old])), "pattern-changed", "READ")
    assert found.proof.says == "no document reaches this place; judged by the kind of change"
    assert not found.compatible
