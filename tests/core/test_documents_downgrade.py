"""Upgrades and downgrades undo each other, and what a downgrade loses is named."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import documents
from runpact_core.errors import InvalidArtifact, Refused, UnknownContract, UnsupportedVersion
from tests.contracts.examples import examples

if TYPE_CHECKING:
    from runpact_core._catalog import Version

PAIRS = [
    (old, new)
    for old, new in zip(documents.catalog(), documents.catalog()[1:], strict=False)
    if old.contract == new.contract
]


def report(version: str, name: str, **fields: Any) -> documents.Document:
    """A published report, with some fields changed."""
    (found,) = documents.find_contract(f"last_run@{version}")
    data = next(example.data for example in examples(found) if example.name == name)
    return documents.read("last_run", documents.dumps(documents.read("last_run", data).data | fields))


@pytest.mark.parametrize(("old", "new"), PAIRS, ids=[f"{old.contract} {new.version}" for old, new in PAIRS])
def test_an_upgrade_is_valid_and_can_be_taken_back(old: Version, new: Version) -> None:
    """Of every valid example, the upgrade may be written, and its downgrade is the example: nothing is lost."""
    valid = [example for example in examples(old) if example.valid]
    assert valid
    for example in valid:
        document = documents.read(old.contract, example.data)
        upgraded = documents.upgrade(document, new.version)
        assert documents.validate(new.contract, upgraded.data, strict=True) == [], example.name
        assert documents.downgrade(upgraded, old.version).document.data == document.data, example.name


@pytest.mark.parametrize(("old", "new"), PAIRS, ids=[f"{old.contract} {new.version}" for old, new in PAIRS])
def test_what_is_not_named_as_lost_comes_back(old: Version, new: Version) -> None:
    """Of every valid example of the later version: downgraded and upgraded, it has all but what was named."""
    for example in (example for example in examples(new) if example.valid):
        document = documents.read(new.contract, example.data)
        before = copy.deepcopy(document.data)
        earlier, lost = documents.downgrade(document, old.version, allow_loss=True)
        assert document.data == before
        assert documents.validate(old.contract, earlier.data) == [], example.name
        again = documents.upgrade(earlier, new.version).data
        missing = {f"/{name}" for name in before if again.get(name) != before[name]}
        assert missing == {f"/{pointer.split('/')[1]}" for pointer in lost}, example.name


def test_a_report_gets_its_duration_from_its_times() -> None:
    """Whole milliseconds across offsets and fractions; none of a run in progress, nor where the times make none."""
    times = {"started_at": "2026-01-19T06:15:12.250Z", "ended_at": "2026-01-19T07:15:13.1239+01:00"}
    upgraded = documents.upgrade(report("0.1", "tests-passed", **times), "0.2")
    assert upgraded.data["duration_ms"] == 873
    assert upgraded.data["schema_version"] == "0.2"
    assert upgraded.problems() == []
    for fields in (
        {"status": "in_progress"},
        {"ended_at": "2026-01-19T06:15:11Z"},
        {"ended_at": "2026-02-30T06:15:12Z"},
    ):
        assert "duration_ms" not in documents.upgrade(report("0.1", "tests-passed", **fields), "0.2").data
    own = documents.upgrade(report("0.1", "tests-passed", duration_ms=7), "0.2")
    assert own.data["duration_ms"] == 7


def test_a_downgrade_names_what_it_loses() -> None:
    """Metrics, and a duration that is not the difference of the times; refused unless it may be lost."""
    document = report("0.2", "with-metrics", zz={"kept": 1})
    with pytest.raises(Refused, match=r"^last_run 0\.1 has no place for /duration_ms, /metrics$"):
        documents.downgrade(document, "0.1")
    earlier, lost = documents.downgrade(document, "0.1", allow_loss=True)
    assert lost == ("/duration_ms", "/metrics")
    assert (earlier.version, earlier.data["zz"]) == ("0.1", {"kept": 1})
    same = report("0.2", "tests-passed", duration_ms=323000)
    assert documents.downgrade(same, "0.1").lost == ()


def test_a_downgrade_to_its_own_version_changes_nothing() -> None:
    """The very document comes back, and nothing is lost."""
    document = report("0.2", "with-metrics")
    assert documents.downgrade(document, "0.2") == (document, ())


def test_downgrades_are_refused() -> None:
    """Upwards, of a newer minor or an unknown major, and where the earlier version's readers would not take it."""
    with pytest.raises(UnknownContract, match=r"^last_run 0\.1 is older than 0\.2$"):
        documents.downgrade(report("0.1", "tests-passed"), "0.2")
    for version in ("0.9", "7.0"):
        with pytest.raises(UnsupportedVersion):
            documents.downgrade(report("0.2", "with-metrics", schema_version=version), "0.1")
    broken = report("0.2", "with-metrics")
    broken.data["summary"] = None
    with pytest.raises(InvalidArtifact, match="/summary"):
        documents.downgrade(broken, "0.1")
