"""Compaction of a store: what is smaller and comes back is exchanged, and everything else is left as it is."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from runpact_core import documents, jsonl
from runpact_gc import _compact, _forms, _report, _restore
from runpact_gc._compacted import Compaction, compose, lines, markdown
from runpact_gc._model import Entry, Inventory
from runpact_gc._settings import DEFAULTS, Jsonl, Markdown
from tests.gc.compaction import (
    MARKDOWN,
    NOW_NS,
    OLD_NS,
    RECORDS,
    RUN,
    SETTINGS,
    SHORT,
    applied,
    entry,
    expanded,
    outcomes,
    state,
    store,
    tried,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_a_dry_run_says_the_real_sizes_and_changes_nothing(tmp_path: Path) -> None:
    """G-02: the digests and sizes that are said are those that applying gives."""
    where = store(tmp_path, **RUN)
    before = state(tmp_path)
    said = tried(where)
    assert state(tmp_path) == before
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.jsonl", "artifacts", "b.md", "bench"]
    done, _ = applied(where)
    assert {name: each.made for name, each in done.items()} == {name: each.made for name, each in said.items()}
    after = state(tmp_path)
    for name, each in done.items():
        assert each.outcome == "compacted"
        assert each.made is not None
        assert (tmp_path / each.candidate.path).stat().st_size == each.made.after_bytes < each.made.before_bytes
        assert after[f"artifacts/bench/{name}"] == (each.made.after_sha256, 0o100640, OLD_NS)
        assert before[f"artifacts/bench/{name}"][0] == each.made.before_sha256


@pytest.mark.parametrize("codec", ["dictionary", "zstd"])
def test_expand_takes_compact_back(tmp_path: Path, codec: str) -> None:
    """Bytes, mode and time of JSONL are as before; a second compaction and a second expansion change nothing."""
    where = store(
        tmp_path, a__jsonl=RECORDS, torn__jsonl=RECORDS + b'\xff{"a":', crlf__ndjson=RECORDS.replace(b"\n", b"\r\n")
    )
    before = state(where.store / "bench")
    first, _ = applied(where, codec=codec)
    assert set(outcomes(first).values()) == {("compacted", "")}
    compacted = state(where.store / "bench")
    again, _ = applied(where, codec=codec)
    assert {outcome for outcome, _ in outcomes(again).values()} == {"left"}
    assert state(where.store / "bench") == compacted
    assert set(outcomes(expanded(where)).values()) == {("expanded", "")}
    assert state(where.store / "bench") == before
    assert set(outcomes(expanded(where)).values()) == {("left", "not-compacted")}
    assert state(where.store / "bench") == before


def test_both_forms_come_back_together(tmp_path: Path) -> None:
    """A dictionary form under Zstandard expands to the original."""
    where = store(tmp_path, a__jsonl=RECORDS * 20)
    before = state(where.store / "bench")
    applied(where)
    results, _ = applied(where, codec="zstd")
    assert outcomes(results) == {"a.jsonl": ("compacted", "")}
    expanded(where)
    assert state(where.store / "bench") == before


def test_records_of_a_compacted_file_are_read_and_appended(tmp_path: Path) -> None:
    """Readers of the hub see the records; what is appended later is expanded with the rest."""
    where = store(tmp_path, a__jsonl=RECORDS)
    applied(where)
    path = where.store / "bench" / "a.jsonl"
    jsonl.append(path, {"later": True})
    assert [line.value for line in jsonl.iterate(path)] == [*map(json.loads, RECORDS.splitlines()), {"later": True}]
    expanded(where)
    assert path.read_bytes() == RECORDS + b'{"later":true}\n'


def test_the_original_of_markdown_comes_back_with_undo(tmp_path: Path) -> None:
    """It lies in a slot of its own, under the path that copying by hand needs, and undo puts it back as it was."""
    where = store(tmp_path, b__md=MARKDOWN)
    before = state(where.store / "bench")
    results, gc_id = applied(where)
    result = results["b.md"]
    path = where.store / "bench" / "b.md"
    assert path.read_bytes() == SHORT
    assert result.made is not None
    assert result.made.removed == ("Nothing",)
    original = where.trash / str(result.slot) / "bench" / "b.md"
    assert original.read_bytes() == MARKDOWN
    assert result.slot == entry("artifacts/bench/b.md").id
    assert _report.read(_report.path_of(where, gc_id)).operation == "compact"
    _restore.undo(where, SETTINGS, gc_id, clock=lambda: NOW_NS / 10**9)
    assert state(where.store / "bench") == before


def test_a_taken_slot_gets_a_number(tmp_path: Path) -> None:
    """The original of the same file, compacted again after an undo, and beside what is in the trash already."""
    where = store(tmp_path, b__md=MARKDOWN)
    id_ = entry("artifacts/bench/b.md").id
    (where.trash / id_).mkdir(parents=True)
    results, _ = applied(where)
    assert results["b.md"].slot == f"{id_}-2"


def test_times_of_markdown_follow_the_configuration(tmp_path: Path) -> None:
    """Without ``preserve_timestamps`` the compacted file is as new as it is; that of JSONL is kept in any case."""
    where = store(tmp_path, **RUN)
    applied(where, SETTINGS._replace(markdown=Markdown(min_size_kb=0, preserve_timestamps=False)))
    times = {path.name: path.stat().st_mtime_ns for path in (where.store / "bench").iterdir()}
    assert times["a.jsonl"] == OLD_NS
    assert times["b.md"] > OLD_NS


def test_thresholds(tmp_path: Path) -> None:
    """K-04: only files larger than the threshold; a form that is not off in the configuration."""
    where = store(tmp_path, a__jsonl=b"x" * 1024, b__jsonl=b'{"aaaaaaaaaaaa":1}\n' * 55, c__md=b"#  A\n" * 5)
    assert outcomes(tried(where)) == {
        "a.jsonl": ("left", "small"),
        "b.jsonl": ("compacted", ""),
        "c.md": ("compacted", ""),
    }
    off = SETTINGS._replace(jsonl=Jsonl(enabled=False), markdown=Markdown(enabled=False))
    assert {why for _, why in outcomes(tried(where, off)).values()} == {"disabled"}
    assert {why for _, why in outcomes(tried(where, DEFAULTS)).values()} == {"small"}


def test_what_would_not_be_smaller_is_left(tmp_path: Path) -> None:
    """K-04: bytes without repetition, canonical Markdown: the file stays, and the report says what it would be."""
    where = store(tmp_path, a__jsonl=os.urandom(3000), b__md=SHORT)
    before = state(where.store / "bench")
    results, _ = applied(where)
    assert set(outcomes(results).values()) == {("left", "no-gain")}
    assert state(where.store / "bench") == before
    assert results["a.jsonl"].made is not None
    assert results["a.jsonl"].made.after_bytes > 3000


def test_what_may_not_be_touched(tmp_path: Path) -> None:
    """Links, further names, runs, checksums and live files are skipped, with the reason, and stay."""
    where = store(tmp_path, a__jsonl=RECORDS, c__jsonl=RECORDS, d__jsonl__sha256=b"", d__jsonl=RECORDS)
    bench = where.store / "bench"
    os.link(bench / "c.jsonl", tmp_path / "outside")
    (bench / "link.jsonl").symlink_to(bench / "a.jsonl")
    os.mkfifo(bench / "fifo.jsonl")
    before = state(tmp_path)
    results, _ = applied(where)
    assert outcomes(results) == {
        "a.jsonl": ("compacted", ""),
        "c.jsonl": ("skipped", "linked"),
        "d.jsonl": ("skipped", "checksum"),
        "fifo.jsonl": ("skipped", "special-file"),
        "link.jsonl": ("skipped", "gone"),
    }
    after = state(tmp_path)
    assert {name for name in before if after[name] != before[name]} == {
        "artifacts/bench/a.jsonl",
        "artifacts/bench/link.jsonl",
    }
    assert (tmp_path / "outside").read_bytes() == RECORDS


@pytest.mark.parametrize("name", ["run.json", "last_run.json", "open.json", "SHA256SUMS"])
def test_runs_and_lists_of_checksums_are_sealed(tmp_path: Path, name: str) -> None:
    """Nothing in the folder of a recorded run is compacted, nor beside a list of checksums; nor of a live entry."""
    where = store(tmp_path, a__jsonl=RECORDS)
    live = _compact.Candidate("artifacts/bench/a.jsonl", "jsonl", entry("artifacts/bench/a.jsonl", live=True))
    (result,) = _compact.compact(where, SETTINGS, [live], now_ns=NOW_NS)
    assert result.why == "live"
    (where.store / "bench" / name).write_bytes(b"")
    assert outcomes(tried(where))["a.jsonl"] == ("skipped", "checksum" if name == "SHA256SUMS" else "sealed")


def test_folders_of_runs_are_no_candidates() -> None:
    """Only files of glob families, of the families asked for, with a known ending."""
    files = (entry("x/a.JSONL"), entry("x/b.txt"), entry("x/c.md", family="other"), entry("x/d.jsonl", layout="runs"))
    found = _compact.candidates(inventory_of(*files))
    assert [(each.path, each.kind) for each in found] == [("x/a.JSONL", "jsonl"), ("x/c.md", "markdown")]
    assert [each.path for each in _compact.candidates(inventory_of(*files), ["other"])] == ["x/c.md"]


def inventory_of(*entries: Entry) -> Inventory:
    """An inventory of these entries."""
    return Inventory(entries, (), (), 0)


def test_markdown_that_cannot_be_judged_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No UTF-8, another meaning, too large: skipped."""
    where = store(tmp_path, a__md=b"#  \xff\n", b__md=b"#  A\r#  B\n")
    assert set(outcomes(tried(where)).values()) == {("skipped", "refused")}
    monkeypatch.setattr(_forms, "_MOST_MARKDOWN", 3)
    assert set(outcomes(tried(where)).values()) == {("skipped", "too-large")}


def test_the_report_keeps_its_contract(tmp_path: Path) -> None:
    """The document passes the gate, sums are by family, and names that are no text stay in their cells."""
    where = store(tmp_path, **RUN)
    odd = "artifacts/bench/\udcff|\n.jsonl"
    (tmp_path / odd).write_bytes(RECORDS)
    os.utime(tmp_path / odd, ns=(OLD_NS, OLD_NS))
    results, gc_id = applied(where)
    data = documents.read("compaction_report", where.trash / f"compaction_report_{gc_id}.json").data
    assert data["gc_id"] == gc_id
    (family,) = data["families"]
    assert (family["family"], family["file_count"]) == ("bench", 3)
    assert family["before_bytes"] == data["before_bytes"] == 2 * len(RECORDS) + len(MARKDOWN)
    assert data["after_bytes"] == sum(path.stat().st_size for path in (where.store / "bench").iterdir())
    page = (where.trash / f"compaction_report_{gc_id}.md").read_text()
    assert len([line for line in page.splitlines() if line.startswith("| artifacts/")]) == 3
    named = Compaction("expand", False, "zstd", 0, 1, tuple(results.values()))
    assert "Expansion" in markdown(named, "x")
    assert "gc_id" not in compose(named)
    assert all("\n" not in line for line in lines(named, verbose=True))
