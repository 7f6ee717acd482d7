"""Approved exceptions: what they let through, what their file may say, and where it is wrong."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from codegen.load import load
from evolution.compare import compare
from evolution.exceptions import PATH, Approval, judge, read_exceptions
from runpact_core.errors import ConfigurationError
from tests.compat import toys

if TYPE_CHECKING:
    from pathlib import Path

    from evolution.model import Comparison

HEAD = 'schema_version: "1.0"\nexceptions:\n'
ENTRY = """\
  - contract: parcel
    old_version: "0.2"
    new_version: "0.2"
    pointer: /state
    kind: enum-value-removed
    reason: No parcel has ever waited.
    expires: "2026-06-30"
"""
TODAY = date(2026, 6, 1)
APPROVED = Approval("parcel", "0.2", "0.2", "/state", "enum-value-removed", "none has", TODAY, 3)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The toy project."""
    return toys.copied(tmp_path)


@pytest.fixture
def broken(tmp_path: Path) -> Comparison:
    """Two breaks in one version: a value of a closed enum is gone, and a limit is lower."""
    root = toys.copied(tmp_path / "broken")
    toys.edit(root, toys.PARCEL, "enum: [waiting, moving, there]", "enum: [moving, there]")
    toys.edit(root, toys.PARCEL, "        maximum: 100000\n      fragile", "        maximum: 50000\n      fragile")
    return compare(load(toys.TOY), load(root), "before")


def test_what_is_left_is_judged_again(broken: Comparison) -> None:
    """One exception for one of two breaks is not enough; two are."""
    first = judge(broken, [APPROVED], TODAY)
    assert [pair.outcome for pair in first.pairs] == ["breaking"]
    assert [use.state for use in first.uses] == ["used"]
    second = dataclasses.replace(APPROVED, pointer="/items/*/grams", kind="bound-tightened")
    both = judge(broken, [APPROVED, second], TODAY)
    assert both.ok
    assert (both.count("approved"), both.count("breaking")) == (1, 0)
    assert both.pairs[0].approved == (APPROVED, second)


@pytest.mark.parametrize("field", ["contract", "old_version", "new_version", "pointer", "kind"])
def test_an_exception_is_about_one_change(field: str, broken: Comparison) -> None:
    """Each word of it counts: another contract, version, place or kind is not approved."""
    word: dict[str, Any] = {field: "other"}
    other = dataclasses.replace(APPROVED, **word)
    judged = judge(broken, [other], TODAY)
    assert not judged.ok
    assert [use.state for use in judged.uses] == ["unused"]
    assert judged.pairs[0].approved == (None, None)


def test_the_last_day_is_part_of_it(broken: Comparison) -> None:
    """On the next one it approves nothing, and fails also where nothing is left to approve."""
    assert [use.state for use in judge(broken, [APPROVED], TODAY).uses] == ["used"]
    late = judge(broken, [APPROVED], date(2026, 6, 2))
    assert [use.state for use in late.uses] == ["expired"]
    assert late.pairs[0].approved == (None, None)
    nothing = dataclasses.replace(broken, diffs=())
    assert judge(nothing, [APPROVED], TODAY).ok
    assert not judge(nothing, [APPROVED], date(2026, 6, 2)).ok


@pytest.mark.parametrize(
    ("pointer", "kind", "near"),
    [
        ("/items/*/gramms", "bound-tightened", "bound-tightened at /items/*/grams"),
        ("/state", "enum-added", "enum-value-removed at /state"),
        ("/wholly/elsewhere/altogether", "gate-changed", ""),
    ],
)
def test_the_nearest_change_is_named_where_an_exception_matches_nothing(
    pointer: str, kind: str, near: str, broken: Comparison
) -> None:
    """A mistyped place, or a kind that exists and is another: what was meant, if anything is near."""
    mistyped = dataclasses.replace(APPROVED, pointer=pointer, kind=kind)
    (use,) = judge(broken, [mistyped], TODAY).uses
    assert (use.state, use.near) == ("unused", near)


def test_configuration_is_judged_as_configuration(tmp_path: Path) -> None:
    """Old readers need not take new configuration, also when it is judged again without what is approved."""
    root = toys.copied(tmp_path)
    toys.edit(root, toys.DEPOT, "    enum: [small, large]", "    enum: [small, large, vast]")
    found = compare(load(toys.TOY), load(root), "before")
    assert [(diff.contract, diff.required, diff.ok) for diff in found.diffs] == [("depot", "minor", False)]
    minor = dataclasses.replace(found, diffs=(dataclasses.replace(found.diffs[0], given="minor"),))
    assert judge(minor, [], TODAY, configuration=frozenset({"depot"})).ok
    assert not judge(minor, [], TODAY).ok


def test_the_file_is_read(root: Path) -> None:
    """Each entry with its line; a version that is not there is empty; no file is no exception."""
    assert read_exceptions(root) == ()
    gone = '  - contract: depot\n    old_version: "1"\n    pointer: ""\n    kind: contract-removed\n'
    (root / PATH).write_text(
        f'{HEAD}{ENTRY}{gone}    reason: Depots are no more.\n    expires: "2028-02-29"\n', encoding="utf-8"
    )
    waited = "No parcel has ever waited."
    assert read_exceptions(root) == (
        Approval("parcel", "0.2", "0.2", "/state", "enum-value-removed", waited, date(2026, 6, 30), 3),
        Approval("depot", "1", "", "", "contract-removed", "Depots are no more.", date(2028, 2, 29), 10),
    )


def test_the_file_of_the_project_is_read() -> None:
    """It follows its contract, whatever it holds."""
    assert all(one.reason for one in read_exceptions(toys.ROOT))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("kind: enum-value-removed", "kind: enum-value-remove", "'enum-value-remove' is no kind of change (line 3)"),
        ('expires: "2026-06-30"', 'expires: "2026-02-30"', "2026-02-30 is no day (line 9)"),
        ('expires: "2026-06-30"', "expires: 2026-06-30", "readers of YAML differ on what '2026-06-30' is (line 9, col"),
        ("reason:", "reasons:", "/exceptions/0/reasons: "),
        ("reason: No parcel has ever waited.", "reason: fine", "/exceptions/0/reason: "),
        ("contract: parcel", "contract: &a parcel", "an anchor (line 3, column 15)"),
        ("pointer:", "kind:", "duplicate key 'kind' (line 7, column 5)"),
        ('schema_version: "1.0"', 'schema_version: "2.0"', "Unsupported schema version: 2.0"),
    ],
)
def test_a_mistake_in_the_file_is_told(old: str, new: str, says: str, root: Path) -> None:
    """With its place, and the nearest word where one is mistyped."""
    text = f"{HEAD}{ENTRY}"
    assert text.count(old) == 1
    (root / PATH).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_exceptions(root)
    assert caught.value.what.startswith(f"{PATH}: {says}"), caught.value.what
    assert caught.value.exit_code == 2


def test_the_nearest_kind_is_named(root: Path) -> None:
    """The error says what was meant."""
    (root / PATH).write_text(f"{HEAD}{ENTRY.replace('enum-value-removed', 'enum-removed')}", encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_exceptions(root)
    assert caught.value.hint == "did you mean enum-value-removed?"
