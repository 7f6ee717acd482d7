"""What a configuration says and hardly means, and patterns of run ids that would hang or merge days."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from runpact_core import edge
from runpact_core.errors import Refused
from runpact_gc import _checks, _grouping, _hints, _journal, _lock, _pending, _plan, _scan, _verify
from runpact_gc._model import Reason
from runpact_gc._places import places
from runpact_gc._report import Done, Move
from runpact_gc._settings import DEFAULTS, Rule, Settings
from runpact_gc.cli import artifacts
from tests.gc.scan_samples import NOW, put

if TYPE_CHECKING:
    from pathlib import Path

BENCH = Settings(patterns={"bench": ("**/bench/*.md",)}, retention={"bench": Rule(keep=1)})


def test_what_goes_outside_of_the_store_is_named(project: Path) -> None:
    """A plan says which entries a pattern takes from elsewhere, and how to mean the store alone."""
    for name in ("bench/README.md", "artifacts/bench/run_20260101_000000.md", "bench/run_20260102_000000.md"):
        put(project / name)
    found = _scan.scan(places(), BENCH, now=time.time() + 9, save=False)
    notes = _plan.plan(found, BENCH, (), (), int(time.time()) + 9, store="artifacts").notes
    write = "write artifacts/**/bench/*.md to mean the store alone"
    said = "1 entry of bench that would go lies outside artifacts/: bench/run_20260102_000000.md"
    assert notes == (f"{said} — {write}",)
    assert list(_hints.about_the_store(BENCH, "artifacts")) == [
        f"patterns.bench: **/bench/*.md also matches outside artifacts/ — {write}"
    ]
    usual = Settings(patterns={"a": ("artifacts/*", "./artifacts/x/*", "reports/tap/*", "dash/*.html")})
    assert list(_hints.about_the_store(usual, "artifacts")) == []


def test_a_plain_pattern_of_the_source_tree_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The check says that it reaches elsewhere, and a plan names what would go from there."""
    text = "retention: {a: {keep: 1}}\npatterns: {a: ['src/*.py', 'artifacts/a/*', 'reports/tap/*']}\n"
    put(project / "config" / "artifacts.yaml", text)
    for number, name in enumerate(("src/m1.py", "artifacts/a/x", "reports/tap/y", "src/m2.py")):
        os.utime(put(project / name), (1_700_000_000 + number, 1_700_000_000 + number))
    assert edge.run(artifacts, ["config", "check"], "runpact artifacts") == 0
    said = "note: patterns.a: src/*.py matches outside artifacts/, reports/ and dash/: "
    said += "what a rule does not keep goes there"
    assert capsys.readouterr().err.splitlines() == [said]
    assert edge.run(artifacts, ["gc"], "runpact artifacts") == 0
    told = "1 entry of a that would go lies outside artifacts/, reports/ and dash/: src/m1.py, as its patterns say"
    assert told in capsys.readouterr().out


def test_the_check_names_dead_pins_and_families_where_there_are_entries(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pin that names nothing and a rule about nobody are notes, as in a plan; an empty project says nothing."""
    text = "retention:\n  a: {keep: 1, pin: [zzzz]}\n  Benhc: {keep: 2}\npatterns: {a: ['artifacts/a/*']}\n"
    put(project / "config" / "artifacts.yaml", text)
    assert edge.run(artifacts, ["config", "check"], "runpact artifacts") == 0
    assert capsys.readouterr().err == ""
    put(project / "artifacts" / "a" / "x")
    assert edge.run(artifacts, ["config", "check"], "runpact artifacts") == 0
    assert capsys.readouterr().err.splitlines() == [
        "note: retention.Benhc: no pattern and no run has this family, so its rule keeps nothing",
        "note: the pin zzzz in retention.a.pin names no entry",
    ]
    (project / "artifacts" / ".manifest.json").mkdir()
    (project / "dash").symlink_to("nowhere")
    assert edge.run(artifacts, ["config", "check"], "runpact artifacts") == 0


def test_idle_words_are_said(project: Path) -> None:
    """A misspelt family and signs that no glob has are notes, of the check and of the plan."""
    text = "retention: {benhc: {keep: 3}, other: {keep: 1}}\npatterns: {bench: ['artifacts/{a,b}', 'artifacts/[b']}\n"
    put(project / "config" / "artifacts.yaml", text)
    chosen = Settings(
        retention={"benhc": Rule(keep=3), "other": Rule(keep=1)},
        patterns={"bench": ("artifacts/{a,b}", "artifacts/[b")},
    )
    assert list(_hints.about_patterns(chosen)) == [
        "patterns.bench: in artifacts/{a,b} the sign { stands for itself; write one pattern for each name",
        "patterns.bench: in artifacts/[b the bracket does not end, so [ stands for itself",
    ]
    said = "retention.benhc: no pattern and no run has this family, so its rule keeps nothing (did you mean bench?)"
    assert list(_hints.about_families(chosen)) == [said]
    assert [each.split(":")[0] for each in _hints.about_families(chosen, ["other"])] == ["retention.benhc"]
    assert [each.split(":")[0] for each in _hints.about_families(chosen, [])] == ["retention.benhc", "retention.other"]


def test_the_check_says_hints_and_holds(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A hint is no fault."""
    put(project / "config" / "artifacts.yaml", "patterns: {bench: ['**/bench/*']}\n")
    assert edge.run(artifacts, ["config", "check"], "runpact artifacts") == 0
    assert "note: patterns.bench: **/bench/* also matches outside artifacts/" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("nightly-20261101-1.log", None),
        ("run-20261101-1.log", None),
        ("nightly-20261101-1a2b3c4d.log", "1a2b3c4d"),
        ("x-20261301-y", "20261301"),
        ("x-18991231-y", "18991231"),
        ("x-00000001-y", "00000001"),
        ("run-1a2b3c4d.log", "run-1a2b3c4d"),
        ("20261101_120000.log", "20261101_120000"),
    ],
)
def test_a_date_is_no_run_id(path: str, found: str | None) -> None:
    """Files of one day are not one run; every other word of eight hex digits still is an id."""
    assert _grouping.run_id_in(path, DEFAULTS.run_id_patterns) == found


def test_a_date_is_what_a_pattern_of_ones_own_says() -> None:
    """Whoever asks for eight digits gets them."""
    assert _grouping.run_id_in("x-20261101-y", ("[0-9]{8}",)) == "20261101"


@pytest.mark.parametrize("text", ["(a+)+x", "(a*)*", "(?:a|bc)+x", "(a?){30}", "((?:a+)b)*", "(?:(?=a+)a)*"])
def test_patterns_that_take_for_ever_are_refused(text: str) -> None:
    """What repeats a repetition or a choice is refused, before anything is matched."""
    began = time.process_time()
    (fault,) = _checks.faults({"run_id_patterns": ["ok[0-9]", text]}, places())
    assert (fault.pointer, "for ever" in fault.message) == ("/run_id_patterns/1", True)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "text", [*DEFAULTS.run_id_patterns, "[a-z]+-[0-9]+", "(?:ab){3}", "(?:[0-9]{4,8}_){2}", "a|b+"]
)
def test_patterns_that_are_bounded_hold(text: str) -> None:
    """What is usual stays valid."""
    assert _checks.faults({"run_id_patterns": [text]}, places()) == []


def test_a_store_that_is_a_link_is_refused(project: Path) -> None:
    """Nothing would be found behind it, which must not look like an empty store."""
    (project / "real").mkdir()
    (project / "artifacts").symlink_to("real")
    with pytest.raises(Refused, match="artifacts is a symbolic link"):
        _scan.inventory(places(), BENCH, now=NOW)


def test_a_linked_folder_of_a_pattern_is_a_finding(project: Path) -> None:
    """A folder that a pattern names, and that is a link, is said; a link that no pattern names is not."""
    put(project / "disk" / "x.md")
    (project / "artifacts").mkdir()
    for name in ("b", "c"):
        (project / "artifacts" / name).symlink_to("../disk")
    chosen = Settings(patterns={"b": ("artifacts/b/*.md",)})
    found = _scan.scan(places(), chosen, now=NOW, save=False)
    assert [(each.kind, each.path) for each in found.findings] == [("link", "artifacts/b")]


def test_an_operation_under_way_is_one_line(project: Path) -> None:
    """What it moves is neither missing nor broken: a note while it runs, one finding once it was interrupted."""
    path = put(project / "artifacts" / "bench" / "a.md")
    chosen = BENCH._replace(patterns={"bench": ("artifacts/bench/*",)})
    found = _scan.scan(places(), chosen, now=NOW)
    (entry,) = found.entries
    move = Move("artifacts/bench/a.md", f"{entry.id}/bench/a.md", "file", ())
    done = Done(entry.id, entry.id, "bench", "glob", None, (Reason("not-kept", "not-kept"),), (move,))
    with _lock.hold(places()) as lock:
        journal = _journal.begin(places(), lock, operation="gc", gc_id="20260119_063015", started_s=NOW)
        journal.intend([done])
        path.unlink()
        running = _verify.verify(places(), chosen, now=NOW)
    assert (running.findings, running.wrong) == ((), 0)
    assert running.notes[0].startswith("gc 20260119_063015 is under way")
    killed = _verify.verify(places(), chosen, now=NOW)
    assert [(each.kind, each.path) for each in killed.findings] == [("broken-trash", "artifacts/.trash/.journal.jsonl")]
    pending = _pending.look(places())
    assert pending is not None
    assert "was interrupted" in pending.line
