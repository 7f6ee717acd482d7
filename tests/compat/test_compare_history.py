"""What changes of the catalog, closed enums and versions further back break, and what nobody reads yet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from evolution import lineage, truth
from evolution.compare import compare
from tests.compat.sample_contracts import changed, contract, contract_set, source
from tests.compat.test_compare import NOTE, SMALLER, against, breaks, only, state, verdict

if TYPE_CHECKING:
    import pytest

    from codegen.load import Contract

MORE_IS_COUNT = ("  note:\n", "  more: {type: integer, description: More., minimum: 0, x-absent: none is}\n  note:\n")
STATUSES = ("planned", "active", "deprecated", "retired")


def said(new: Contract, old: Contract | None = None) -> list[tuple[str, Any, Any, bool]]:
    """Kind of each change, both sides, and whether the whole is fine."""
    return [
        (change.kind, change.old, change.new, diff.ok)
        for diff in against([new], [old or contract()]).diffs
        for change in diff.changes
    ]


def test_a_status_goes_on_and_never_back() -> None:
    """Each step of the status is said; on is fine, back breaks what readers were promised, whatever the step."""
    for index, before in enumerate(STATUSES):
        for later, after in enumerate(STATUSES):
            found = said(changed(status=after), contract(status=before))
            kind = "status-reverted" if later < index else "status-advanced"
            assert found == ([] if index == later else [(kind, before, after, later > index)])


def test_an_active_version_is_not_planned_again() -> None:
    """Active to planned would open a version for edits in place; it is refused, with a document that was promised."""
    diff = only(against([changed(status="planned")]))
    assert state(diff) == ("1.0", "1.0", "major", "none", False)
    assert breaks(diff) == [("status-reverted", "", "READ")]
    shown = verdict(diff, "status-reverted", "READ").proof.counterexample
    assert shown is not None
    assert shown["schema_version"] == "1.0"


def test_every_other_change_of_an_entry_is_told() -> None:
    """Owner, readers and the like break nothing, and are told at their lines of the catalog."""
    assert said(changed(owner="gc", read_by=["x"])) == [
        ("entry-changed", None, {"owner": "gc"}, True),
        ("entry-changed", None, {"read_by": ["x"]}, True),
    ]
    assert said(contract(), contract(owner="gc")) == [("entry-changed", {"owner": "gc"}, None, True)]
    yaml = "schemas:\n  - path: contracts/other.v1_0.yaml\n  - path: contracts/thing.v1_0.yaml\n    owner: gc\n"
    new = replace(contract_set(changed(owner="gc")), catalog=source("contracts/catalog.yaml", yaml))
    (change,) = only(compare(contract_set(contract()), new, "before")).changes
    assert (change.path, change.line) == ("contracts/catalog.yaml", 4)
    versions = against([contract(owner="gc"), changed(NOTE, version="1.1", owner="core", status="planned")])
    kinds = [change.kind for diff in versions.diffs for change in diff.changes]
    assert kinds == ["entry-changed", "version-added", "optional-property-added"]


def test_a_planned_version_is_judged_anew_when_it_changes() -> None:
    """A planned version may change in place, but its number still has to say what it changed since the one before."""
    old = [contract(), changed(NOTE, version="1.1", status="planned")]
    worse = changed(NOTE, SMALLER, version="1.1", status="planned")
    diffs = against([contract(), worse], old).diffs
    assert [state(diff) for diff in diffs] == [
        ("1.1", "1.1", "major", "none", True),
        ("1.0", "1.1", "major", "minor", False),
    ]
    activated = against([contract(), changed(NOTE, SMALLER, version="1.1")], [contract(), worse]).diffs
    assert [(diff.old_version, diff.ok) for diff in activated] == [("1.1", True), ("1.0", False)]
    fine = against([contract(), changed(NOTE, version="1.1")], old).diffs
    assert [(diff.old_version, diff.ok) for diff in fine] == [("1.1", True)]


def test_a_planned_predecessor_counts_as_it_is_now() -> None:
    """A new version after a planned one is held against its new edition, since nobody reads the old one."""
    old = [contract(), changed(SMALLER, version="2.0", status="planned")]
    new = [contract(), changed(version="2.0", status="planned"), changed(NOTE, version="2.1")]
    assert [state(diff)[:2] for diff in against(new, old).diffs if diff.ok] == [("2.0", "2.0"), ("2.0", "2.1")]


def test_a_planned_version_may_go() -> None:
    """Nobody reads a planned version, so it may be removed, and so may a contract of nothing else."""
    old = [contract(), changed(NOTE, version="1.1", status="planned")]
    gone = only(against([contract()], old))
    assert (gone.changes[0].kind, *state(gone)) == ("version-removed", "1.1", "", "none", "removed", True)
    planned = replace(contract(status="planned"), name="other")
    left = only(against([contract()], [contract(), planned]))
    assert (left.contract, left.changes[0].kind, left.ok) == ("other", "contract-removed", True)
    both = [contract(), planned, replace(contract(), name="other", version="0.9")]
    assert not only(against([contract()], both)).ok


def test_closing_an_open_enum_breaks_what_others_wrote() -> None:
    """Other tools may write values of their own where an enum is open; a reader that has closed it refuses them."""
    opened = changed(("    enum: [idle, busy]", "    x-open: true\n    enum: [idle, busy]"))
    diff = only(against([opened, changed(version="1.1")], [opened]))
    assert state(diff) == ("1.0", "1.1", "major", "minor", False)
    assert breaks(diff) == [("enum-closed", "/state", "READ")]
    shown = verdict(diff, "enum-closed", "READ").proof.counterexample
    assert shown is not None
    assert shown["state"] not in {"idle", "busy"}


def test_of_two_values_each_answers_for_itself() -> None:
    """A value that was given another name is one that went, which READ refuses, and one that came, which WRITE does."""
    diff = only(against([contract(), changed(("[idle, busy]", "[idle, lazy]"), version="1.1")]))
    assert breaks(diff) == [("enum-value-added", "/state", "WRITE"), ("enum-value-removed", "/state", "READ")]
    assert all("usually" not in one.proof.says for one in diff.verdicts)


def test_opinions_about_configuration_are_those_of_the_table() -> None:
    """Where documents decide in configuration, nothing is called unusual that the table of the guide shows."""
    for kind, row in truth.table().items():
        if row["configuration"]:
            for level in ("READ", "WRITE"):
                assert "usually" not in truth.verdict_on(kind, row["configuration"], level).proof.says


def test_a_name_that_comes_back_as_something_else_breaks_the_chain() -> None:
    """Removed in 2.0 and added as another type in 2.1: documents of 1.1 are read by 2.0, and refused by 2.1."""
    old = [contract(), changed(NOTE, version="1.1"), changed(version="2.0")]
    again = only(against([*old, changed(MORE_IS_COUNT, version="2.1")], old))
    assert state(again) == ("2.0", "2.1", "major", "minor", False)
    assert breaks(again) == [("version-added", "", "READ")]
    proof = verdict(again, "version-added", "READ").proof
    assert proof.says == "data of 1.1, new reader: refused at /more; 2.0 reads it, through the same steps"
    shown: Any = proof.counterexample
    assert (shown["schema_version"], isinstance(shown["more"], bool)) == ("1.1", True)


def test_of_many_versions_fewer_documents_are_carried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where documents become too many every second one stays; those that are aimed at a name are made all the same."""
    old = [contract(), changed(NOTE, version="1.1"), changed(version="2.0")]
    again = [*old, changed(NOTE, version="2.1")]
    before = verdict(only(against(again, old)), "version-added", "READ").proof.passed
    monkeypatch.setattr(lineage, "MOST", 2)
    after = verdict(only(against(again, old)), "version-added", "READ").proof.passed
    assert 4 <= before - after < 8, "of two versions with four documents each some are left out, and none that is aimed"
    broken = against([*old, changed(MORE_IS_COUNT, version="2.1")], old)
    assert breaks(only(broken)) == [("version-added", "", "READ")]


def test_a_name_that_comes_back_as_it_was_is_fine() -> None:
    """The same property again takes what old documents still have; how many were carried there is counted."""
    old = [contract(), changed(NOTE, version="1.1"), changed(version="2.0")]
    again = only(against([*old, changed(NOTE, version="2.1")], old))
    assert state(again) == ("2.0", "2.1", "minor", "minor", True)
    proof = verdict(again, "version-added", "READ").proof
    assert (proof.kind, proof.passed > 8) == ("documents", True)


def test_what_an_older_step_refuses_is_not_held_against_a_newer_version() -> None:
    """A document that no step brings to the predecessor was lost there; the new step is judged for its own failures."""
    old = [contract(), changed(NOTE, version="1.1"), changed(NOTE, version="1.2")]

    def only_low(data: Any) -> dict[str, Any]:
        if data["low"] > 1:
            raise ValueError
        return {**data, "schema_version": "1.1"}

    steps = {("thing", "1.1"): only_low}
    new = [*old, changed(NOTE, version="1.3")]
    assert only(against(new, old, steps=steps)).ok

    def fails(data: Any) -> dict[str, Any]:
        raise ValueError(data)

    failing = only(against([*old, changed(NOTE, version="1.3")], old, steps={("thing", "1.3"): fails}))
    says = verdict(failing, "version-added", "READ").proof.says
    assert says == "data of 1.0, new reader: refused by the upgrade step; 1.2 reads it, through the same steps"


def test_a_break_of_an_earlier_version_is_not_told_twice() -> None:
    """What 2.0 refuses already, by right of its number, is no fault of 2.1."""
    old = [contract(), changed(SMALLER, version="2.0")]
    assert only(against([*old, changed(SMALLER, NOTE, version="2.1")], old)).ok
