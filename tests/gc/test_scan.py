"""What a scan finds: entries of the three layouts, their status, time and state, and what is noticed on the way."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from runpact_core import runs
from runpact_gc._model import Pointer, entry_id
from runpact_gc._places import places
from runpact_gc._scan import look_again, scan
from runpact_gc._settings import DEFAULTS, StatusRule
from runpact_gc.errors import TooManyFiles
from tests.gc.scan_samples import NOW, by_path, dash_run, kinds, later, old, put, run, run_id, scanned

PROOFS = DEFAULTS._replace(patterns={"proofs": ("**/proofs/*.jsonl", "**/proofs/*.md"), "all": ("**/*.md",)})


@pytest.mark.parametrize(
    ("stated", "status"), [("success", "pass"), ("failed", "fail"), ("partial", "partial"), ("odd", "unknown")]
)
def test_status_of_a_recorded_run(stated: str, status: str) -> None:
    """The seal says how a run ended; what it does not say is unknown."""
    run(run_id(), stated)
    (entry,) = scanned().entries
    assert (entry.status, entry.complete, entry.live) == (status, True, False)
    assert (entry.layout, entry.family, entry.run_id) == ("runs", "P2-Backfill", run_id())
    assert (entry.time_s, entry.time_from) == (1_768_803_312, "document")
    assert entry.id == entry_id("P2-Backfill", f"reports/runs/{run_id()}")


def test_sizes_and_counts_of_nested_files() -> None:
    """Files of all depths count, and the newest time is that of anything in the run."""
    folder = run(run_id())
    put(folder / "artifacts/a/b/c.bin", "12345")
    old(folder, 50)
    os.utime(folder / "artifacts/a", (NOW - 5, NOW - 5))
    (entry,) = scanned().entries
    sizes = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    assert (entry.size_bytes, entry.file_count) == (sizes, 3)
    assert entry.newest_ns == (NOW - 5) * 10**9


def test_an_interrupted_run_is_incomplete_and_not_live() -> None:
    """A run without a seal whose lock is free is not complete, and its name dates it."""
    folder = run(run_id(5), None)
    put(folder / "open.json", {"run_id": run_id(5)})
    (entry,) = scanned().entries
    assert (entry.complete, entry.live, entry.status) == (False, False, "unknown")
    assert (entry.time_s, entry.time_from) == (1_768_780_805, "name")


def test_a_run_whose_lock_is_held_is_live() -> None:
    """The lock of open.json alone tells that a run is being recorded; its end is seen without any change of names."""
    opened = put(run(run_id(), None) / "open.json", {"run_id": run_id()})
    with opened.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        old("reports", 9000)
        assert [entry.live for entry in scanned().entries] == [True]
    assert [entry.live for entry in scanned().entries] == [False]


@pytest.mark.parametrize(("age_s", "live"), [(3600, True), (25 * 3600, False)])
def test_a_run_of_another_host(age_s: int, live: bool) -> None:  # noqa: FBT001 - a row of a table
    """A run whose lock cannot be asked is taken for live for a day."""
    host = {"name": f"not-{runs.here().name}", "boot_id": "0"}
    put(run(run_id(), None) / "open.json", {"started_utc": "2026-01-20T00:00:00Z", "host": host})
    assert scanned(now=1_768_867_200 + age_s).entries[0].live is live


def test_a_folder_that_is_named_like_no_run() -> None:
    """The documents in a folder make it a run, whatever its name; a folder without them is none."""
    run("renamed", "success", run_id=run_id(), pipeline_id="P2-Backfill")
    put("reports/runs/notes/readme.txt")
    (entry,) = scanned().entries
    assert (entry.path, entry.family, entry.run_id) == ("reports/runs/renamed", "P2-Backfill", run_id())


def test_reported_runs() -> None:
    """A reported run has the status of its own document, else of its product's if that names it, else unknown."""
    dash_run("kit", "r1", {"status": "success", "summary": "all passed"})
    dash_run("kit", "r2", {"status": "success", "summary": "partial: 1 skipped"})
    dash_run("kit", "r3")
    dash_run("kit", "r4", {"run_id": "other", "status": "failed"})
    dash_run("kit", "r5")
    put("dash/runs/kit/last_run.json", {"run_id": "r3", "status": "failed", "started_at": "2026-01-19T06:15:12Z"})
    old("dash", 7200)
    found = {entry.run_id: entry for entry in scanned().entries}
    assert {name: entry.status for name, entry in found.items()} == {
        "r1": "pass", "r2": "partial", "r3": "fail", "r4": "unknown", "r5": "unknown",
    }  # fmt: skip
    assert all(entry.complete and entry.family == "kit" for entry in found.values())
    put("dash/runs/kit/last_run.json", {"run_id": "r5", "status": "success"})
    assert [entry.status for entry in scanned().entries] == ["pass", "partial", "unknown", "unknown", "pass"]


def test_a_report_without_a_seal_waits_an_hour() -> None:
    """A reported run without documents is complete when nothing in it changed for an hour."""
    folder = dash_run("kit", "r1")
    old(folder, 3599)
    assert [entry.complete for entry in scanned().entries] == [False]
    assert [entry.complete for entry in scanned(now=NOW + 1).entries] == [True]


def test_a_report_in_progress_is_live() -> None:
    """A report that says it is in progress is live for a day."""
    old(dash_run("kit", "r1", {"status": "in_progress"}))
    assert [(entry.complete, entry.live) for entry in scanned().entries] == [(False, True)]
    assert [(entry.complete, entry.live) for entry in scanned(now=NOW + 90_000).entries] == [(False, False)]


def test_what_a_product_points_to() -> None:
    """The newest report points to its run, to the recorded run of that id and to its evidence, from the dash folder."""
    evidence = {"paths": ["runs/kit/r1/pytest_output.log", f"../reports/runs/{run_id()}/run.json", "/shots/a.png"]}
    put("dash/runs/kit/last_run.json", {"run_id": "r1", "status": "success", "evidence": evidence})
    document = "dash/runs/kit/last_run.json"
    assert set(scanned().pointers) == {
        Pointer(document, "r1"),
        Pointer(document, "dash/runs/kit/r1"),
        Pointer(document, "dash/runs/kit/r1/pytest_output.log"),
        Pointer(document, f"reports/runs/{run_id()}/run.json"),
        Pointer(document, "shots/a.png"),
    }


def test_glob_families_share_run_ids() -> None:
    """Files of a family that share a run id are one entry; others are one each; the first family in file order wins."""
    for name in ("run_20250906_143022.jsonl", "run_20250906_143022_pass.md", "alone.md"):
        put(f"artifacts/microstructure/proofs/{name}")
    found = by_path(scanned(PROOFS))
    assert set(found) == {"artifacts/microstructure/proofs", "artifacts/microstructure/proofs/alone.md"}
    entry = found["artifacts/microstructure/proofs"]
    assert (entry.key, entry.run_id, entry.status, entry.complete) == (
        "run_20250906_143022", "run_20250906_143022", "pass", True,
    )  # fmt: skip
    assert (entry.time_s, entry.time_from, entry.file_count) == (1_757_169_022, "name", 2)
    assert {kind for kind, *_ in kinds(scanned(PROOFS))} == {"two-families", "suspicious-time"}


def test_files_without_a_run_id_by_folder() -> None:
    """A family may have its folders as entries where no path holds a run id."""
    put("artifacts/a/proofs/x.md")
    put("artifacts/a/proofs/y.md")
    settings = PROOFS._replace(group_without_run_id={"proofs": "directory"})
    assert [(entry.path, entry.key) for entry in scanned(settings).entries] == [("artifacts/a/proofs",) * 2]


def test_status_from_contents() -> None:
    """What the configuration says about contents goes before names, and fail before pass among names."""
    put("artifacts/proofs/pass_1.jsonl", '{"ok": true}\n{"ok": false}\n')
    put("artifacts/proofs/pass_fail_2.md")
    put("artifacts/proofs/passing.md")
    rule = StatusRule(files=("**/*.jsonl",), field="/ok", source="last_line")
    found = scanned(PROOFS._replace(status={"proofs": rule})).entries
    assert [entry.status for entry in found] == ["fail", "fail", "unknown"]


def test_what_gc_keeps_for_itself_is_no_entry() -> None:
    """Trash, manifest, pins and folders of runs belong to no glob family; nor do hidden files."""
    put("artifacts/.trash/abc/proofs/x.md")
    put("trash/proofs/x.md")
    put("artifacts/.pins.json")
    run(run_id())
    put(f"reports/runs/{run_id()}/proofs/x.md")
    settings = PROOFS._replace(patterns={"proofs": ("**/proofs/*.md", "**/*.json", "artifacts/.*.json")})
    scanned(settings)
    found = scan(places()._replace(trash_at=Path("trash").absolute()), settings, now=NOW)
    assert [entry.layout for entry in found.entries] == ["runs"]


def test_links_are_counted_and_not_followed() -> None:
    """A link in a run counts as one file, a folder of runs that is a link is not entered."""
    put("outside/run.json", {"status": "success"})
    folder = run(run_id())
    (folder / "latest").symlink_to("../../../outside")
    os.mkfifo(folder / "pipe")
    Path("reports/runs", run_id(1)).symlink_to("../../outside")
    found = scanned()
    (entry,) = found.entries
    assert (entry.file_count, entry.size_bytes) == (
        4,
        sum((folder / n).stat().st_size for n in ("run.json", "run.log")),
    )
    assert kinds(found) == [
        ("link", f"{entry.path}/latest", False),
        ("special", f"{entry.path}/pipe", False),
        ("link", f"reports/runs/{run_id(1)}", False),
    ]


def test_twins_are_noticed() -> None:
    """Names that are one where case or accents do not count are said, and stay two."""
    for name in ("Run", "run", "caf\u00e9", "cafe\u0301"):
        dash_run("kit", name)
    old("dash")
    found = scanned()
    assert len(found.entries) == 4
    assert [kind for kind, *_ in kinds(found)] == ["case-twins", "case-twins"]


def test_odd_names_are_kept_as_they_are() -> None:
    """Names with line feeds, escapes, bytes that are no UTF-8 and 255 bytes are entries, also from the manifest."""
    names = ["a\nb", "-x", "back\\slash", os.fsdecode(b"\xff\xfe"), "n" * 255, "\u202eabc"]
    for name in names:
        dash_run("kit", name, {"status": "success"})
    old("dash")
    first = scanned()
    assert sorted(entry.run_id or "" for entry in first.entries) == sorted(names)
    assert scanned().entries == first.entries


def test_a_run_from_the_future_is_suspicious() -> None:
    """A time more than five minutes ahead is said."""
    run(run_id(1), started_utc="2026-01-20T10:06:52Z")
    run(run_id(2), started_utc="2026-01-20T10:06:53Z")
    assert kinds(scanned()) == [("suspicious-time", f"reports/runs/{run_id(2)}", False)]


def test_too_many_files_stop_a_scan() -> None:
    """A scan beyond its limit says so, and leaves the manifest as it was."""
    run(run_id())
    scanned()
    before = Path("artifacts/.manifest.json").read_bytes()
    run(run_id(1))
    with pytest.raises(TooManyFiles) as caught:
        scanned(DEFAULTS._replace(max_files_per_scan=3))
    assert caught.value.line().startswith("error[too-many-files]: the scan found more than 3 files and stopped — set")
    put("a/proofs/x.md")
    with pytest.raises(TooManyFiles):
        scanned(PROOFS._replace(max_files_per_scan=4))
    assert Path("artifacts/.manifest.json").read_bytes() == before
    assert len(scanned(PROOFS._replace(max_files_per_scan=5)).entries) == 3


def test_looking_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """One entry can be seen as it is now, also where no folder changed; what is gone is None."""
    put("a/proofs/x_pass.md")
    folder = run(run_id())
    dash_run("kit", "r1", {"status": "success"})
    later(monkeypatch)
    for entry in scanned(PROOFS).entries:
        assert look_again(places(), PROOFS, entry, NOW) == entry
    put(folder / "run.log", "longer than before\n" * 9)
    put("a/proofs/x_pass.md", "longer")
    glob, recorded = (by_path(scanned(PROOFS))[path] for path in ("a/proofs/x_pass.md", str(folder)))
    now = look_again(places(), PROOFS, recorded, NOW)
    assert now is not None
    assert now.size_bytes == recorded.size_bytes - len(f"RUN_ID={run_id()}\n") + 19 * 9
    Path(glob.path).unlink()
    folder.rename("elsewhere")
    assert [look_again(places(), PROOFS, each, NOW) for each in (glob, recorded)] == [None, None]
