"""How a listing, a plan and an explanation look: like the examples of the source document, and safe on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import documents
from runpact_gc import _explain, _listing, _summary
from runpact_gc._model import File, Finding
from runpact_gc._settings import DEFAULTS, Rule
from runpact_gc._sizes import short
from runpact_gc._trash import Slot
from tests.gc.plan_samples import DAY, NOW, decided, entry, inventory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syrupy.assertion import SnapshotAssertion

    from runpact_gc._model import Inventory

ODD = "odd\n\x1b[31m\udcff"
POLICY = DEFAULTS._replace(retention={name: Rule(keep=1) for name in ("proofs", "bench")})
SLOT = Slot("a0b1c2d3e4f5", "20251210_143022", "a0b1c2d3e4f5", "proofs", None, NOW - 40 * DAY, 1 << 20, 2, (), NOW)


def _admitted(contract: str, document: Mapping[str, Any]) -> None:
    assert documents.validate(contract, document, strict=True) == []


@pytest.fixture
def store() -> Inventory:
    """Three families, two of them with a rule, one with a name that would act."""
    files = tuple(File(f"artifacts/proofs/{name}", 734_003, 0) for name in ("depth.jsonl", "spread.jsonl", "sum.md"))
    return inventory(
        entry("p1", 0, layout="glob", id="a1b2c3d40000", size_bytes=2_202_009, file_count=3, files=files),
        entry("p0", DAY, layout="glob", id="a1b2c3d40001", size_bytes=104_857, status="fail"),
        entry("b1", 307, family="bench", layout="glob", id="e5f6a7b80000", size_bytes=876_544, status="fail"),
        entry("b0", 2 * DAY, family="bench", layout="glob", id="e5f6a7b80001", size_bytes=0, run_id=None),
        entry("x", 3 * DAY, family=ODD, path=f"reports/runs/{ODD}", id="0123456789ab", size_bytes=1023, live=True),
        findings=[Finding("case-twins", ODD, "twins")],
    )


def test_list(store: Inventory, snapshot: SnapshotAssertion) -> None:
    """The columns, marks, pin, legend and total of the example; the newest first."""
    lines = _listing.listed(store, POLICY, ["a1b2c3d4"], NOW)
    assert _listing.text(lines) == snapshot
    assert _listing.text(lines, verbose=True) == snapshot
    document = _listing.document(lines, store, NOW)
    _admitted("artifact_list", document)
    assert document == snapshot


def test_columns_are_those_of_the_example(store: Inventory) -> None:
    """Header, marks and pin stand where the example of the source document has them."""
    lines = _listing.listed(store, POLICY, ["a1b2c3d4"], NOW, ["proofs"])
    assert _listing.text(lines).splitlines()[:2] == [
        "ID           FAMILY     TIMESTAMP           SIZE     STATUS PINNED FILES",
        "a1b2c3d40000 proofs     2026-01-19 07:00:00 2.1M     pass*+ 📌     3",
    ]


def test_an_empty_list() -> None:
    """Nothing is a header, the legend, and a total of nothing."""
    said = _listing.text(_listing.listed(inventory(), DEFAULTS, [], NOW)).splitlines()
    assert said[-1] == "Total: 0 entries, 0B, 0 files"
    assert len(said) == 4


def test_plan(store: Inventory, snapshot: SnapshotAssertion) -> None:
    """The summary of the example, what is freed when, the notes; with every reason where more is asked for."""
    made = decided(store, POLICY, pins=["a1b2c3d40001", "nobody"], slots=[SLOT])
    assert _summary.text(made, dry_run=True, settings=POLICY) == snapshot
    assert _summary.text(made, dry_run=False, settings=POLICY, verbose=True) == snapshot
    document = _summary.document(made, POLICY, dry_run=True)
    _admitted("gc_plan", document)
    assert document == snapshot
    assert not _summary.is_empty(made)


def test_an_empty_plan() -> None:
    """Of nothing there is nothing to do; a purge alone is something."""
    assert _summary.is_empty(decided(inventory(), DEFAULTS))
    assert not _summary.is_empty(decided(inventory(), DEFAULTS, slots=[SLOT]))


@pytest.mark.parametrize("at", ["a1b2c3d40000", "e5f6a7b80001", "0123456789ab"])
def test_explanation(store: Inventory, at: str, snapshot: SnapshotAssertion) -> None:
    """Reasons, rule, where it stands, where status and time come from, its place among the newest, the notes."""
    (asked,) = [each for each in store.entries if each.id == at]
    said = _explain.explain(decided(store, POLICY), POLICY, asked)
    assert _explain.text(said) == snapshot
    document = _explain.document(said)
    _admitted("artifact_explanation", document)
    assert document == snapshot


def test_an_explained_run_far_down_is_shown_with_the_newest() -> None:
    """The list holds the ten newest and the one that was asked for; one of the future is said to be so."""
    runs = [entry(f"r{age:02}", age * DAY) for age in range(30)]
    future = entry("f", -DAY, complete=False)
    made = decided(inventory(*runs, future), DEFAULTS._replace(layouts={"runs": Rule(keep=2)}))
    said = _explain.explain(made, DEFAULTS._replace(layouts={"runs": Rule(keep=2)}), runs[20])
    assert [each.entry.run_id for each in said.newest] == ["f", *(f"r{age:02}" for age in range(9)), "r20"]
    assert (said.place, said.counted, said.rule_from) == (21, 30, "layouts.runs")
    facts = _explain.explain(made, DEFAULTS, future).facts
    assert facts[-1] == "dated more than 5 minutes after now, 2026-01-19 07:00:00, so no rule counts it"


def test_nothing_acts_on_a_terminal(store: Inventory) -> None:
    """No name brings a control character or a lone surrogate through."""
    made = decided(store, POLICY)
    (odd,) = [each for each in store.entries if each.family == ODD]
    shown = (
        _listing.text(_listing.listed(store, POLICY, [], NOW), verbose=True)
        + _summary.text(made, dry_run=True, settings=POLICY, verbose=True)
        + _explain.text(_explain.explain(made, POLICY, odd))
    )
    assert all(line.isprintable() for line in shown.splitlines())
    assert "odd\\x0a\\x1b[31m\\xff" in shown


@pytest.mark.parametrize(
    ("size_bytes", "said"),
    [
        (0, "0B"), (1023, "1023B"), (1024, "1.0K"), (876_544, "856K"), (102_400, "100K"), (102_348, "99.9K"),
        (2_202_009, "2.1M"), (1_048_575, "1.0M"), (8_808_038, "8.4M"), (1 << 40, "1.0T"), (1 << 62, "4.0E"),
        (1 << 70, "1024E"),
    ],
)  # fmt: skip
def test_sizes(size_bytes: int, said: str) -> None:
    """At most five characters for what a disk can hold."""
    assert short(size_bytes) == said
