"""Plans case by case: what each rule and each protection keeps and says, clocks, pins, pointers, digests, notes."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from runpact_gc._find import find_one
from runpact_gc._model import Finding, Pointer, Reason
from runpact_gc._settings import DEFAULTS, Rule
from runpact_gc._trash import Slot
from runpact_gc.errors import PartialScan, UnknownEntry
from tests.gc.plan_samples import DAY, MIB, NOW, decided, entry, inventory, kept, of, ruled, rules_of

DAYS = [entry(f"d{age}", age * DAY) for age in range(40)]
KEEP_ONE = ruled(Rule(keep=1))


def _texts(run_id: str, rule: Rule) -> list[str]:
    return [reason.text for reason in of(decided(inventory(*DAYS), ruled(rule)), run_id).reasons]


@pytest.mark.parametrize(
    ("rule", "run_id", "said"),
    [
        (Rule(keep=3), "d2", "keep-last: 3rd newest of 3"),
        (Rule(keep=12), "d10", "keep-last: 11th newest of 12"),
        (Rule(keep_daily=2), "d1", "keep-daily: newest of 2026-01-18, 2nd of 2"),
        (Rule(keep_weekly=2), "d1", "keep-weekly: newest of 2026-W03, 2nd of 2"),
        (Rule(keep_monthly=2), "d19", "keep-monthly: newest of 2025-12, 2nd of 2"),
        (Rule(keep_within_days=5), "d5", "keep-within: 5 days old, kept for 5"),
        (Rule(keep_status=("pass",)), "d39", "keep-status: pass"),
        (Rule(max_total_size_mb=1), "d7", "max-total-size: up to this one 800B of 1.0M"),
        (Rule(keep=3, keep_daily=7), "d7", "not-kept: beyond what the rule keeps: keep 3, daily 7"),
    ],
)
def test_a_rule_says_what_it_goes_by(rule: Rule, run_id: str, said: str) -> None:
    """Each reason names its rule and the data behind it."""
    assert _texts(run_id, rule) == [said]


def test_weeks_are_those_of_iso() -> None:
    """The last days of December may be of the first week of the next year."""
    runs = [entry("mon", 0, time_s=1_767_052_800), entry("sun", 0, time_s=1_766_966_400)]  # 2025-12-30, 2025-12-29
    made = decided(inventory(*runs, entry("old", 60 * DAY)), ruled(Rule(keep_weekly=1)))
    assert [reason.text for reason in of(made, "mon").reasons][-1] == "keep-weekly: newest of 2026-W01, 1st of 1"
    assert kept(made) == {"mon"}


def test_days_are_those_of_utc() -> None:
    """A second before midnight is another day."""
    midnight = NOW // DAY * DAY
    runs = [entry("late", 0, time_s=midnight), entry("early", 0, time_s=midnight - 1), entry("x", 9 * DAY)]
    assert kept(decided(inventory(*runs), ruled(Rule(keep_daily=2)))) == {"late", "early"}


def test_ties_of_time_go_by_run_id_then_path() -> None:
    """Of runs of one second the largest run id is the newest, and of one run id the largest path."""
    runs = [entry("a"), entry("c", path="x/1"), entry("c", path="x/2"), entry("b")]
    made = decided(inventory(*runs), KEEP_ONE)
    assert [each.entry.path for each in made.decisions if each.keep] == ["x/2"]


def test_protections_need_no_rule() -> None:
    """Newest run, newest pass, live, young incomplete and pinned ones stay beyond keep 1, each with its reason."""
    runs = [
        entry("live", 0, complete=False, live=True, status="unknown"),
        entry("new", DAY, status="fail"),
        entry("passed", 2 * DAY),
        entry("young", 3 * DAY, complete=False, status="unknown"),
        entry("older", 4 * DAY),
        entry("named", 5 * DAY),
        entry("stale", 8 * DAY, complete=False),
    ]
    made = decided(inventory(*runs), KEEP_ONE, pins=["named"])
    assert rules_of(made, "live") == ["live", "incomplete", "last-run"]
    assert rules_of(made, "new") == ["keep-last"]
    assert rules_of(made, "passed") == ["last-pass"]
    assert [reason.text for reason in of(made, "young").reasons] == ["incomplete: touched 3 days ago, kept for 7"]
    assert of(made, "named").reasons == (Reason("pinned", "pinned: named in .pins.json", protects=True),)
    assert rules_of(made, "older") == ["not-kept"]
    assert rules_of(made, "stale") == ["incomplete-expired"]


def test_an_incomplete_run_that_was_touched_is_young() -> None:
    """What counts is the newest of its own time and of its files."""
    runs = [entry("new"), entry("old", 90 * DAY, complete=False, newest_ns=(NOW - DAY) * 10**9)]
    assert rules_of(decided(inventory(*runs), KEEP_ONE), "old") == ["incomplete"]


def test_an_unfinished_pass_does_not_replace_the_last_one() -> None:
    """The last pass is a complete one where there is any; else the newest that claims to be one."""
    unfinished, finished = entry("u", 9 * DAY, complete=False), entry("f", 20 * DAY)
    failed = entry("new", 0, status="fail")
    assert rules_of(decided(inventory(failed, unfinished, finished), KEEP_ONE), "f") == ["last-pass"]
    assert rules_of(decided(inventory(failed, unfinished), KEEP_ONE), "u") == ["last-pass"]


def test_future_runs_evict_nobody() -> None:
    """Runs of more than five minutes ahead count for nothing, protect nothing, are kept, and are named in a note."""
    fakes = [entry(f"fake{number}", -301 - number) for number in range(3)]
    real = [entry(f"real{age}", age * DAY) for age in range(5)]
    made = decided(inventory(*fakes, *real, entry("skewed", -300)), ruled(Rule(keep=3)))
    assert kept(made) == {"skewed", "real0", "real1", "fake0", "fake1", "fake2"}
    assert rules_of(made, "fake2") == ["suspicious"]
    assert rules_of(made, "skewed") == ["last-run", "last-pass", "keep-last"]
    (note,) = made.notes
    assert note.startswith("dated in the future, so kept and counted by no rule: ")
    assert all(f"{fake.id} proofs 2026-01-19T07:0" in note for fake in fakes)


def test_a_group_of_the_future_alone() -> None:
    """Where every run is dated ahead none of them is the newest, and all are kept."""
    made = decided(inventory(entry("f1", -DAY), entry("f2", -DAY)), KEEP_ONE)
    assert rules_of(made, "f1") == rules_of(made, "f2") == ["suspicious"]


def test_a_beginning_of_two_ids_names_neither() -> None:
    """Who asks for it is told the ids; a whole id is one, even where it is the run id of another entry."""
    runs = [entry("t1", id="beefbeef0001"), entry("t2", id="beefbeef0002"), entry("beefbeef0001", id="000000000000")]
    with pytest.raises(UnknownEntry) as caught:
        find_one(runs, "beefBEEF")
    assert caught.value.candidates == ("beefbeef0001", "beefbeef0002")
    assert find_one(runs, "beefbeef0001").run_id == "t1"
    assert find_one(runs, "beefbeef0002").run_id == "t2"


def test_runs_of_1970_are_old() -> None:
    """A run without a credible time is the oldest, and no calendar fails on any time."""
    runs = [entry("now"), entry("zero", 0, time_s=0), entry("before", 0, time_s=-(10**14))]
    everything = Rule(keep=1, keep_daily=1, keep_weekly=1, keep_monthly=1)
    assert kept(decided(inventory(*runs), ruled(everything))) == {"now"}


def _slot(name: str, age_days: int, *, seen_s: int = NOW) -> Slot:
    return Slot(name, "20251201_000000", name, "proofs", None, NOW - age_days * DAY, 512, 3, (), seen_s)


def test_the_trash_ends_by_recorded_time() -> None:
    """A slot past its days is a line of the plan; a younger one is not."""
    made = decided(inventory(entry("a")), KEEP_ONE, slots=[_slot("b0", 30), _slot("a0", 31), _slot("c0", 29)])
    assert [purge.slot for purge in made.purges] == ["a0", "b0"]
    assert made.purges[1].size_bytes == 512


@pytest.mark.parametrize("seen", ["scan", "trash"])
def test_a_clock_that_is_behind_expires_nothing(seen: str) -> None:
    """A day back: no slot ends, no incomplete run goes, and a note says so; five minutes are no matter."""
    runs = inventory(entry("new", 50 * DAY), entry("stale", 60 * DAY, complete=False))
    newest = runs._replace(scanned_s=NOW if seen == "scan" else 0)
    slots = [_slot("old", 40, seen_s=NOW if seen == "trash" else 0), _slot("due", 40, seen_s=NOW - 5 * DAY)]
    behind = decided(newest, KEEP_ONE, slots=slots, now=NOW - 301)
    assert kept(behind) == {"new", "stale"}
    assert behind.purges == ()
    assert behind.notes == (
        "the clock says 2026-01-19T06:54:59Z, which is before what was already recorded: nothing expires",
    )
    nearly = decided(newest, KEEP_ONE, slots=slots, now=NOW - 300)
    assert kept(nearly) == {"new"}
    assert "due" in [purge.slot for purge in nearly.purges]


def test_pins_name_ids_beginnings_and_runs() -> None:
    """Of a beginning that several ids have all stay; a pin that names nothing or several is noted."""
    runs = [entry(f"r{age}", age * DAY, id=f"{age:04x}aaaa000{age:x}") for age in range(6)]
    twins = [entry("t1", 9 * DAY, id="beefbeef0001"), entry("t2", 9 * DAY, id="beefbeef0002")]
    pins = ["0002", "0003AAAA", "000", "r4", "beef", "gone"]
    made = decided(inventory(*runs, *twins), KEEP_ONE, pins=pins)
    assert kept(made) == {"r0", "r2", "r3", "r4", "t1", "t2"}
    assert made.notes == (
        "the pin 000 in .pins.json names no entry",
        "the pin beef in .pins.json names 2 entries; all of them are kept",
        "the pin gone in .pins.json names no entry",
    )


def test_configured_pins() -> None:
    """A family's list names entries anywhere, and runs of that family; a layout's list, runs of that layout."""
    runs = [entry("new", family=family, layout=layout) for family in ("a", "b") for layout in ("runs", "dash")]
    old = [each._replace(run_id="old", path=f"{each.path}-old", id=f"{number:012x}", time_s=0, status="fail")
           for number, each in enumerate(runs)]  # fmt: skip
    keep = Rule(keep=1)
    policy = DEFAULTS._replace(
        retention={"a": keep._replace(pin=("old", "000000000002"))}, layouts={"runs": keep, "dash": keep}
    )
    made = decided(inventory(*runs, *old), policy)
    assert {each.entry.id for each in made.decisions if each.keep and each.entry.time_s == 0} == {
        "000000000000", "000000000001", "000000000002",
    }  # fmt: skip
    assert ("pinned: old in retention.a.pin",) in [tuple(r.text for r in each.reasons) for each in made.decisions]
    by_layout = DEFAULTS._replace(layouts={"runs": keep._replace(pin=("old",)), "dash": keep})
    assert {
        e.entry.layout for e in decided(inventory(*runs, *old), by_layout).decisions if e.keep and not e.entry.time_s
    } == {"runs"}


def test_what_a_kept_document_points_to_stays() -> None:
    """By path, by path below, by run id; through kept runs, never through those that go, never by itself."""
    runs = [entry(f"r{age}", age * DAY) for age in range(8)]
    glob = entry("x", 9 * DAY, layout="glob", files=(), family="shots", path="shot", run_id=None)
    path = {each.run_id: each.path for each in runs}
    pointers = [
        Pointer("dash/last_run.json", f"{path['r2']}/run.log"),
        Pointer(f"{path['r2']}/last_run.json", "r3"),
        Pointer(f"{path['r3']}/last_run.json", f"{path['r4']}/"),
        Pointer(f"{path['r6']}/last_run.json", path["r5"] or ""),
        Pointer(f"{path['r7']}/last_run.json", path["r7"] or ""),
        Pointer(f"{path['r0']}/last_run.json", "r0"),
    ]
    made = decided(inventory(*runs, glob, pointers=pointers), KEEP_ONE)
    assert kept(made) == {"r0", "r2", "r3", "r4", "shot"}
    assert rules_of(made, "r0") == ["last-run", "last-pass", "keep-last"]
    assert of(made, "r2").reasons == (Reason("pointed-to", "pointed-to: by dash/last_run.json", protects=True),)


def test_a_glob_entry_is_pointed_to_by_its_files() -> None:
    """By one of its files, and by a folder that holds one; not by a folder whose name only begins alike."""
    from runpact_gc._model import File

    def shot(name: str, age: int) -> object:
        files = (File(f"shots/{name}/a.png", 1, 0),)
        return entry(name, age * DAY, layout="glob", family="shots", path=f"shots/{name}/a.png", files=files)

    shots = [shot(name, age) for age, name in enumerate(["new", "by-file", "by-folder", "by-folder-2"])]
    pointers = [Pointer("dash/l.json", "shots/by-file/a.png"), Pointer("dash/l.json", "shots/by-folder")]
    policy = DEFAULTS._replace(retention={"shots": Rule(keep=1)})
    assert kept(decided(inventory(*shots, pointers=pointers), policy)) == {"new", "by-file", "by-folder"}  # type: ignore[arg-type]  # entries


def test_a_partial_scan_plans_nothing() -> None:
    """What was not seen cannot be protected: the first place is named; a finding that does not block is no matter."""
    blocked = Finding("unreadable", "reports/runs/x", "it cannot be read", blocks=True)
    with pytest.raises(PartialScan, match="reports/runs/x: it cannot be read; nothing is planned") as caught:
        decided(inventory(entry("a"), findings=[blocked]), KEEP_ONE)
    assert caught.value.exit_code == 4
    harmless = Finding("case-twins", "x", "twins")
    assert kept(decided(inventory(entry("a"), findings=[harmless]), KEEP_ONE)) == {"a"}


def test_families_without_a_rule_are_named() -> None:
    """Where some families have a rule, those without are said to be kept whole; a list of pins alone is no rule."""
    runs = [entry("x", age * DAY, family=family, path=f"{family}{age}") for family in "abc" for age in range(3)]
    policy = DEFAULTS._replace(retention={"a": Rule(keep=1), "b": Rule(pin=("q",))})
    made = decided(inventory(*runs), policy)
    assert sum(each.keep for each in made.decisions) == 7
    assert made.notes == (
        "no rule is about these families, so all of their entries are kept: b (runs, 3 entries), c (runs, 3 entries)",
        "the pin q in retention.b.pin names no entry",
    )


def test_a_budget_that_cannot_be_met_says_what_holds_how_much() -> None:
    """A size is a rule that keeps; what protections and other rules keep beyond it is told by reason, largest first."""
    runs = [entry(f"r{age}", age * DAY, size_bytes=MIB, status="fail") for age in range(5)]
    made = decided(inventory(*runs), ruled(Rule(keep=3, max_total_size_mb=2), max_total_size_mb=1), pins=["r4"])
    assert kept(made) == {"r0", "r1", "r2", "r4"}
    by = "kept by keep-last 3.0M, max-total-size 2.0M, last-run 1.0M, pinned 1.0M"
    assert made.notes == (
        f"proofs (runs): 4.0M are kept, more than the 2.0M of max_total_size_mb; {by}",
        f"all families together: 4.0M are kept, more than the 1.0M of max_total_size_mb; {by}",
    )


def test_a_part_of_the_store_is_decided_as_in_the_whole() -> None:
    """Of one layout or some families only their entries are planned, and nothing is decided otherwise."""
    runs = [entry("x", age * DAY, family=f, layout=lay, path=f"{lay}{f}{age}")
            for f in "ab" for lay in ("runs", "dash") for age in range(3)]  # fmt: skip
    whole = decided(inventory(*runs), KEEP_ONE).decisions
    dash = decided(inventory(*runs), KEEP_ONE, only="dash", families=["a"])
    assert dash.decisions == tuple(each for each in whole if (each.entry.layout, each.entry.family) == ("dash", "a"))


def test_the_digest_is_of_what_is_done() -> None:
    """It changes with what would be moved, its size, its files or a purge; not with what stays, nor with the time."""
    from runpact_gc._model import File

    old = entry("old", 5 * DAY, status="fail")
    made = decided(inventory(entry("new"), old), KEEP_ONE)
    same = decided(inventory(entry("new", size_bytes=7), old), KEEP_ONE, now=NOW + 60)
    assert same.digest == made.digest
    others = [
        decided(inventory(entry("new"), changed), KEEP_ONE).digest
        for changed in (
            old._replace(size_bytes=101), old._replace(newest_ns=1), old._replace(file_count=3),
            old._replace(files=(File("a", 1, 2),)), old._replace(files=(File("a", 1, 3),)),
        )
    ]  # fmt: skip
    others.append(decided(inventory(entry("new")), KEEP_ONE).digest)
    others.append(decided(inventory(entry("new"), old), KEEP_ONE, slots=[_slot("a", 40)]).digest)
    assert len({made.digest, *others}) == 8


def test_the_digest_does_not_depend_on_the_hash_seed() -> None:
    """Two processes with other seeds make one plan."""
    program = (
        "from tests.gc.plan_samples import *; from runpact_gc._settings import Rule\n"
        "runs = [entry(f'r{i}', i * 999, family=f'f{i % 7}', run_id=f'r{i % 5}') for i in range(60)]\n"
        "made = decided(inventory(*runs), ruled(Rule(keep=2, keep_status=('fail',))), pins=['r1', runs[5].id])\n"
        "print(made.digest, hash(str(made.decisions)) and len(made.decisions), made.decisions[7], made.notes)\n"
    )
    root = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))  # noqa: PTH120 - two folders up
    said = {
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": root},
            check=True, capture_output=True, text=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(said) == 1


def test_the_recorded_run_of_a_kept_report_stays() -> None:
    """A report that is kept keeps the run that it is about, whatever the rule of runs; one that goes keeps none."""
    settings = DEFAULTS._replace(layouts={"runs": Rule(keep=1), "dash": Rule(keep=2)})
    found = inventory(
        *(entry(f"r{number}", number * DAY, family="a", layout="runs", status="fail") for number in range(5)),
        *(entry(f"r{number}", number * DAY, family="kit", layout="dash", status="fail") for number in (1, 2, 3)),
    )
    made = decided(found, settings)
    runs = {each.entry.run_id: each for each in made.decisions if each.entry.layout == "runs"}
    reports = {each.entry.run_id: each for each in made.decisions if each.entry.layout == "dash"}
    assert {name for name, each in reports.items() if each.keep} == {"r1", "r2"}
    assert {name for name, each in runs.items() if each.keep} == {"r0", "r1", "r2"}
    path = reports["r2"].entry.path
    assert runs["r2"].reasons == (Reason("pointed-to", f"pointed-to: by {path}", protects=True),)


def test_a_report_that_is_only_pointed_to_keeps_its_run_too() -> None:
    """What a document names is kept, and so is the recorded run of that report."""
    settings = DEFAULTS._replace(layouts={"runs": Rule(keep=1), "dash": Rule(keep=1)})
    reports = [entry(f"r{number}", number * DAY, family="kit", layout="dash", status="fail") for number in (1, 3)]
    found = inventory(
        *(entry(f"r{number}", number * DAY, family="a", layout="runs", status="fail") for number in range(4)),
        *reports,
        pointers=[Pointer("dash/runs/kit/last_run.json", f"{reports[1].path}/report.md")],
    )
    made = [each.entry for each in decided(found, settings).decisions if each.keep]
    assert {each.run_id for each in made if each.layout == "runs"} == {"r0", "r1", "r3"}
