"""The rows about contracts that change: what they compare is what they say."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from bench import evolving
from bench.row import Scale
from bench.samples import ROOT
from codegen.lint import lint
from codegen.load import load
from evolution.diff import changes

if TYPE_CHECKING:
    from pathlib import Path


def test_the_made_versions_are_contracts_and_each_differs_from_the_one_before(tmp_path: Path) -> None:
    """Each has a field of its own instead of that of the one before, passes the linter, and has its examples."""
    root = evolving._only_pins(tmp_path / "project")
    evolving.versions_of_pins(root, 11)
    contracts = load(root)
    assert lint(contracts) == []
    versions = contracts.versions("pins")
    assert [one.version for one in versions] == [f"1.{minor}" for minor in range(12)]
    assert all({example.valid for example in one.examples} == {True, False} for one in versions)
    kinds = [
        {change.kind for change in changes(old, new, old_common=contracts.common, new_common=contracts.common)}
        for old, new in itertools.pairwise(versions[1:])
    ]
    assert kinds == [{"field-renamed", "optional-property-added", "property-removed"}] * 10


def test_the_older_contracts_lack_a_property_each(tmp_path: Path) -> None:
    """What is compared with the project's own contracts differs in many of them, in just that."""
    evolving._without_a_property(tmp_path)
    then, now = load(tmp_path), load(ROOT)
    found = [
        changes(old, new, old_common=then.common, new_common=now.common)
        for old, new in zip(then.contracts, now.contracts, strict=True)
    ]
    added = [[change for change in each if change.kind == "optional-property-added"] for each in found]
    assert sum(len(each) == 1 for each in added) >= 15


def test_growth_is_by_four() -> None:
    """The smaller side has a quarter of the versions, and the rows say how many the larger one has."""
    said = [(row.what, row.peer) for row in evolving.rows(Scale(1, 1, versions=200))[1:]]
    assert said == [
        ("compare 200 new versions of one contract", "the comparison of 50"),
        ("execute the matrix of 200 versions of one contract", "the same, 50 versions"),
    ]
