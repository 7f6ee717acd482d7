"""The table and the document of results: what a reader of either is told."""

from __future__ import annotations

import json
import platform

import pytest

from bench import report
from bench.row import Budget, Measured, Pair, Row, at_least, at_most
from runpact_core import documents

OURS = (0.002, 0.004, 0.003)
PEER = (0.001, 0.001, 0.001)


def measured(budget: Budget | None, ratio: float = 3.0, absent: str | None = None) -> Measured:
    """A row of three rounds that came out at a ratio."""
    row = Row("toy-row", "a toy", "ours", "peer", budget, 3, lambda _: Pair(float, float))
    return Measured(row, OURS, PEER, ratio, (2.5, 3.5), absent)


def test_a_line_has_both_sides_the_ratio_and_the_budget() -> None:
    """The table is one line per row under its heads, columns aligned."""
    assert report.table([measured(at_most(2)), measured(None)]) == (
        "NAME     OURS  TOOK  PEER  TOOK  RATIO  SPREAD     BUDGET  MET\n"
        "toy-row  ours  3 ms  peer  1 ms  3.00x  2.50-3.50  <= 2x   missed by 50.0%\n"
        "toy-row  ours  3 ms  peer  1 ms  3.00x  2.50-3.50  -       -\n"
    )


@pytest.mark.parametrize(
    ("each", "verdict"),
    [
        (measured(at_most(3)), "yes"),
        (measured(at_least(6)), "missed by 100.0%"),
        (measured(None), "-"),
        (measured(at_most(2), absent="no peer"), "not measured: no peer"),
    ],
)
def test_the_verdict_is_said_in_words(each: Measured, verdict: str) -> None:
    """Met, missed by a part, no budget, or not measured."""
    assert report.verdict(each) == verdict
    assert report.table([each]).rstrip().endswith(verdict)


@pytest.mark.parametrize(
    ("seconds", "text"), [(2.5, "2.5 s"), (0.0123, "12.3 ms"), (0.00000512, "5.12 us"), (4e-8, "0.04 us")]
)
def test_a_time_is_said_in_the_unit_that_suits_it(seconds: float, text: str) -> None:
    """Three digits that count."""
    assert report.duration(seconds) == text


def test_memory_is_said_in_megabytes_and_kept_in_bytes() -> None:
    """A row whose unit is bytes has no seconds, neither in the table nor in the document."""
    row = Row("toy", "a toy", "ours", "64 MB", at_most(1), 2, lambda _: Pair(float, float), "bytes")
    each = Measured(row, (24_300_000.0,) * 2, (64_000_000.0,) * 2, 0.38, (0.38, 0.38), None)
    assert report.table([each]).splitlines()[1] == "toy   ours  24.3 MB  64 MB  64 MB  0.38x  0.38-0.38  <= 1x   yes"
    (entry,) = report.document([each], quick=False, at="")["rows"]
    assert entry["ours"] == {"what": "ours", "median_bytes": 24_300_000.0, "best_bytes": 24_300_000.0}
    assert entry["peer"] == {"what": "64 MB", "median_bytes": 64_000_000.0, "best_bytes": 64_000_000.0}


def test_the_document_has_everything_of_a_row() -> None:
    """Both sides with median and best, ratio, quartiles, rounds, budget and whether it is met."""
    (entry,) = report.document([measured(at_most(2))], quick=False, at="2026-01-19T06:15:12Z")["rows"]
    assert entry == {
        "name": "toy-row",
        "what": "a toy",
        "ours": {"what": "ours", "median_s": 0.003, "best_s": 0.002},
        "peer": {"what": "peer", "median_s": 0.001, "best_s": 0.001},
        "budget": {"kind": "at most", "factor": 2},
        "met": False,
        "ratio": 3.0,
        "ratio_quartiles": [2.5, 3.5],
        "rounds": 3,
    }


def test_a_row_that_was_not_measured_has_no_figures() -> None:
    """It has the reason in their place, and neither meets nor misses its budget."""
    (entry,) = report.document([measured(at_most(2), absent="no peer")], quick=True, at="")["rows"]
    assert entry["absent"] == "no peer"
    assert not {"met", "ratio", "rounds"} & entry.keys()
    assert entry["ours"] == {"what": "ours"}


def test_the_document_names_versions_and_the_kind_of_machine_but_not_which() -> None:
    """It can be shown to anybody: no host name is in it, and it is canonical JSON."""
    document = report.document([measured(None)], quick=True, at="2026-01-19T06:15:12Z")
    text = documents.dumps(document)
    assert json.loads(text) == document
    assert document["machine"].keys() == {"cores", "machine", "system"}
    assert {"python", "runpact", *report.PEERS} == document["versions"].keys()
    assert platform.node() not in json.dumps([document["machine"], document["versions"]]).split('"')


def test_a_peer_that_is_not_installed_is_said_to_be_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing peer is a fact of the results, not an error."""
    monkeypatch.setattr(report, "PEERS", ("no-such-distribution-as-this",))
    assert report.versions()["no-such-distribution-as-this"] == "absent"
