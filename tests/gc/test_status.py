"""What documents, names and contents say of a run; what says nothing leaves it unknown."""

from __future__ import annotations

from typing import Any

import pytest

from runpact_core.errors import InvalidArtifact
from runpact_gc import _status
from runpact_gc._status import Said


@pytest.mark.parametrize(
    ("names", "status"),
    [
        (["run_pass"], "pass"), (["PASS.md"], "pass"), (["bypass"], "unknown"), (["a-success-b"], "pass"),
        (["pass", "x_error_y"], "fail"), (["failed"], "unknown"), (["fail"], "fail"), ([], "unknown"),
    ],
)  # fmt: skip
def test_words_in_names(names: list[str], status: str) -> None:
    """Whole words alone count, and failing wins."""
    assert _status.from_names(names, ("pass", "success"), ("fail", "error")) == status


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (True, "pass"),
        (False, "fail"),
        ("OK", "pass"),
        ("Failed", "fail"),
        (1, "unknown"),
        (None, "unknown"),
        ([], "unknown"),
    ],
)
def test_values_of_fields(value: object, status: str) -> None:
    """Values are compared as text, whatever their case."""
    assert _status.from_value(value, ("pass", "ok", "true"), ("failed", "false")) == status


@pytest.mark.parametrize(
    ("pointer", "found"),
    [("/a/0/b~1c~0", 1), ("/a/1", None), ("/a/x", None), ("/z", None), ("/a/0/b~1c~0/d", None), ("/a/\u00b2", None)],
)
def test_pointers(pointer: str, found: object) -> None:
    """A JSON pointer leads to a value, or to none."""
    assert _status.at_pointer({"a": [{"b/c~": 1}]}, pointer) == found


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [
        ("2026-01-19T06:15:12Z", 1_768_803_312), ("2026-01-19T07:15:12.900000+01:00", 1_768_803_312),
        ("2026-01-19T06:15:12", 1_768_803_312), ("1969-12-31T23:59:59.5Z", -1), ("2026-02-30T00:00:00Z", None),
        ("0001-01-01T00:00:00+23:59", -62_135_683_140), (5, None), (None, None),
    ],
)  # fmt: skip
def test_times(stated: object, seconds: int | None) -> None:
    """Moments are whole seconds, rounded down; what is none is none."""
    assert _status.time_s(stated) == seconds


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("20260119T061512Z__x__a1b2c3d", 1_768_803_312), ("run_20260119_061512.md", 1_768_803_312),
        ("20260119-061512", 1_768_803_312), ("99999999_999999_20260119_061512", 1_768_803_312),
        ("120260119_061512", None), ("20260119", None),
    ],
)  # fmt: skip
def test_stamps_in_names(name: str, seconds: int | None) -> None:
    """The first stamp that is a moment counts, if no digit touches it."""
    assert _status.stamp_s(name) == seconds


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({}, Said()),
        ({"run_id": 1, "status": [], "started_utc": "x"}, Said()),
        (
            {"run_id": "r", "status": "partial", "finished_utc": "2026-01-19T06:15:12Z", "pipeline_id": "p"},
            Said("r", "partial", 1_768_803_312, pipeline_id="p"),
        ),
    ],
)
def test_runs(document: dict[str, Any], said: Said) -> None:
    """A recorded run says what it says, and nothing breaks where it says nonsense."""
    assert _status.from_run(document) == said


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({}, Said()),
        (
            {"run_id": "r", "status": "cancelled", "ended_at": "2026-01-19T06:15:12Z"},
            Said("r", "unknown", 1_768_803_312),
        ),
        ({"status": "in_progress"}, Said(open=True)),
        ({"status": "success", "summary": "partial: 2 skipped"}, Said(status="partial")),
        ({"status": "failed", "summary": "partial: 2 skipped"}, Said(status="fail")),
    ],
)
def test_reports(document: dict[str, Any], said: Said) -> None:
    """A report says how its run ended, or that it has not."""
    assert _status.from_last_run(document) == said


@pytest.mark.parametrize("evidence", [None, [], {}, {"paths": "x"}, {"paths": [1, ""]}])
def test_evidence_that_is_none(evidence: object) -> None:
    """What is no list of paths names nothing."""
    assert _status.evidence_paths({"evidence": evidence}) == []


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b"nul"])
def test_what_is_no_object(data: bytes) -> None:
    """A document that is no JSON object is an error."""
    with pytest.raises(InvalidArtifact):
        _status.parse(data)
