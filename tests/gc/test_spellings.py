"""One run in several spellings of its id is one entry; what pinned one of them pins it; custom ids are as they are."""

from __future__ import annotations

from itertools import permutations

import pytest

from runpact_gc import _run_ids
from runpact_gc._find import find
from runpact_gc._model import Inventory, entry_id
from runpact_gc._places import places
from runpact_gc._plan import plan
from runpact_gc._scan import look_again
from runpact_gc._settings import DEFAULTS, Rule
from tests.gc.scan_samples import NOW, put, scanned

BENCH = ("artifacts/bench/*.jsonl", "artifacts/bench/*.md", "artifacts/bench/p99_*.json")
GUIDE = DEFAULTS._replace(retention={"bench": Rule(keep=3)}, patterns={"bench": BENCH})
PATTERNS = DEFAULTS.run_id_patterns


def benchmarks(days: int = 6) -> Inventory:
    """The three files of each day, as the guide names them."""
    for day in range(1, days + 1):
        for name in ("run_{}.jsonl", "p99_{}.json", "report_{}.md"):
            put(f"artifacts/bench/{name.format(f'202601{day:02d}_120000')}")
    found = scanned(GUIDE)
    return found._replace(entries=tuple(sorted(found.entries, key=lambda entry: entry.run_id or "")))


def test_the_example_of_the_guide_has_an_entry_for_each_day() -> None:
    """Six days are six entries of three files, and keep 3 keeps the newest three days whole."""
    found = benchmarks()
    assert [(entry.run_id, entry.file_count) for entry in found.entries] == [
        (f"run_202601{day:02d}_120000", 3) for day in range(1, 7)
    ]
    made = plan(found, GUIDE, (), (), NOW)
    assert [each.entry.run_id for each in made.decisions if each.keep] == [
        f"run_202601{day:02d}_120000" for day in range(4, 7)
    ]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_names_does_not_matter(order: tuple[int, ...]) -> None:
    """Whichever spelling stands first among the paths, id, key and run id are those of the first usual form."""
    spelt = ["run-20260101_120000", "20260101-120000", "20260101_120000"]
    for place, which in enumerate(order):
        put(f"artifacts/bench/{'abc'[place]}_{spelt[which]}.md")
    (entry,) = scanned(GUIDE).entries
    assert (entry.id, entry.key, entry.run_id) == (entry_id("bench", spelt[0]), spelt[0], spelt[0])
    assert look_again(places(), GUIDE, entry, NOW) == entry


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("run_20260119_063015", "20260119-063015", True),
        ("run-1a2b3c4d", "1a2b3c4d", True),
        ("run_1a2b3c4d", "run-1a2b3c4d", True),
        ("run_20260119_063015", "run_20260119_063016", False),
        ("run_20260119_063015", "20260119", False),
        ("run-7", "7", False),
        ("nightly_20260119_063015", "20260119_063015", False),
    ],
)
def test_spellings_are_those_of_the_usual_forms(one: str, other: str, *, same: bool) -> None:
    """Run or not, hyphen or not; another stamp, and what only a pattern of one's own finds, is another run."""
    assert (_run_ids.unspelt(one) == _run_ids.unspelt(other)) is same


def test_an_id_of_ones_own_is_not_merged() -> None:
    """Where a pattern takes more than the stamp, two such names of one stamp are two runs, as they were."""
    settings = GUIDE._replace(run_id_patterns=("[a-z]+_[0-9]{8}_[0-9]{6}",))
    put("artifacts/bench/day_20260101_120000.md")
    put("artifacts/bench/night_20260101_120000.md")
    assert [entry.run_id for entry in scanned(settings).entries] == ["day_20260101_120000", "night_20260101_120000"]


@pytest.mark.parametrize("name", ["20260101_120000", "", "short"])
def test_a_pin_of_the_other_spelling_keeps_the_run(name: str) -> None:
    """What was pinned when the halves were two entries stays: by run id, by id, by the beginning of one."""
    found = benchmarks()
    old = entry_id("bench", "20260101_120000")
    pin = name if name[:1] == "2" else old[:6] if name else old
    assert pin not in {found.entries[0].id, found.entries[0].run_id}
    made = plan(found, GUIDE, (pin,), (), NOW)
    assert [reason.rule for reason in made.decisions[0].reasons] == ["pinned"]
    assert [each.keep for each in made.decisions] == [True, False, False, True, True, True]
    assert not [note for note in made.notes if "names no entry" in note]


def test_a_run_id_in_any_spelling_names_the_run() -> None:
    """Also a spelling that no path has, and beside another family that has it exactly; a pin and a search agree."""
    found = benchmarks(6)
    other = found.entries[0]._replace(id="f" * 12, family="other", path="o", key="o", run_id="20260101-120000")
    found = found._replace(entries=(*found.entries, other))
    assert find(found.entries, "run-20260102-120000") == [found.entries[1]]
    made = plan(found, GUIDE, ("20260101-120000",), (), NOW)
    assert [reason.rule for reason in made.decisions[0].reasons] == ["pinned"]
    assert "pinned" in [reason.rule for reason in made.decisions[-1].reasons]


def test_the_spellings_of_an_entry() -> None:
    """Those that stand in its paths; of files without a run id none."""
    found = benchmarks(1)
    assert _run_ids.spellings(found.entries[0], PATTERNS) == {"run_20260101_120000", "20260101_120000"}
    put("artifacts/bench/plain.md")
    (plain,) = (entry for entry in scanned(GUIDE).entries if entry.run_id is None)
    assert _run_ids.spellings(plain, PATTERNS) == frozenset()
