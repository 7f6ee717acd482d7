"""What a verification finds in the store and in the trash, each kind of damage under its own name."""

from __future__ import annotations

import hashlib
import os
import shutil
from typing import TYPE_CHECKING

import pytest

from runpact_core.errors import UsageFailure
from runpact_gc import _report, _scan, _settings, _verify
from tests.gc.trash_samples import GLOB, NOW_S, RUN, places, slot_of, trashed_store, undo

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = _settings.Settings(patterns={"bench": ("**/bench/*",), "proofs": ("**/proofs/*",)})
WITH_DIGESTS = SETTINGS._replace(extract_fields=(*SETTINGS.extract_fields, "checksum_sha256"))


def found(
    project: Path, settings: _settings.Settings = SETTINGS, *, deep: bool = False, families: tuple[str, ...] = ()
) -> list[tuple[str, str]]:
    """Kind and path of each finding."""
    seen = _verify.verify(places(project), settings, now=NOW_S, deep=deep, families=families)
    return [(each.kind, each.path) for each in seen.findings]


def scanned(project: Path, settings: _settings.Settings = SETTINGS) -> None:
    """A project with everything at its place, and a manifest of it."""
    gc_id, _ = trashed_store(project)
    undo(project, gc_id)
    _scan.scan(places(project), settings, now=NOW_S, force=True)


def rot(path: Path) -> None:
    """Exchange a byte, and nothing else that is recorded."""
    status, data = path.stat(), path.read_bytes()
    path.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_a_whole_project_has_no_finding(project: Path) -> None:
    """Nothing is found where nothing is wrong, and what could not be judged is said."""
    scanned(project)
    seen = _verify.verify(places(project), SETTINGS, now=NOW_S)
    assert (seen.findings, seen.wrong) == ((), 0)
    assert seen.counts.entries == 3
    assert any("checksum_sha256" in note for note in seen.notes)


def test_missing_and_changed(project: Path) -> None:
    """A file that is gone, and one that has another size, of a glob entry and of a run."""
    scanned(project)
    (project / f"{GLOB}.md").unlink()
    (project / f"{GLOB}.jsonl").write_text("other")
    (project / RUN / "artifacts/rows.csv").write_text("a,b\n")
    assert found(project) == [("changed", f"{GLOB}.jsonl"), ("missing", f"{GLOB}.md"), ("changed", RUN)]
    shutil.rmtree(project / RUN)
    assert ("missing", RUN) in found(project)


def test_bit_rot_is_found_where_digests_are_known(project: Path) -> None:
    """Size and time are as recorded, a byte is not: found by the digest, and by nothing else."""
    scanned(project, WITH_DIGESTS)
    rot(project / f"{GLOB}.jsonl")
    rot(project / RUN / "artifacts/rows.csv")
    assert found(project, WITH_DIGESTS) == [("bit-rot", f"{GLOB}.jsonl"), ("bit-rot", f"{RUN}/artifacts/rows.csv")]


def test_foreign_files_and_links(project: Path) -> None:
    """What is in no family is foreign; links and further names are said, and not wrong."""
    scanned(project)
    (project / "artifacts/notes.txt").write_text("x")
    (project / "artifacts/.gitignore").write_text("*")
    (project / "artifacts/link").symlink_to("notes.txt")
    os.link(project / f"{GLOB}.md", project / "elsewhere")
    seen = _verify.verify(places(project), SETTINGS, now=NOW_S)
    kinds = [(each.kind, each.path) for each in seen.findings]
    assert kinds == [("hard-link", f"{GLOB}.md"), ("link", "artifacts/link"), ("foreign", "artifacts/notes.txt")]
    assert seen.wrong == 1


def test_sums_of_a_reported_run_are_honoured(project: Path) -> None:
    """A SHA256SUMS of a dash run is compared; what it names and is not there, or names outside, is said."""
    run = project / "dash/runs/spec-kit/run-1"
    run.mkdir(parents=True)
    (run / "pytest_output.log").write_bytes(b"ok\n")
    (run / "test-report.json").write_bytes(b"{}\n")
    good = hashlib.sha256(b"ok\n").hexdigest()
    (run / "SHA256SUMS").write_text(
        f"{good}  pytest_output.log\n{'0' * 64} *test-report.json\n{good}  gone.log\n{good}  ../x\n"
    )
    _scan.scan(places(project), _settings.DEFAULTS, now=NOW_S)
    at = "dash/runs/spec-kit/run-1"
    assert found(project, _settings.DEFAULTS) == [
        ("unreadable", f"{at}/SHA256SUMS"),
        ("missing", f"{at}/gone.log"),
        ("bit-rot", f"{at}/test-report.json"),
    ]


def test_damage_in_the_trash(project: Path) -> None:
    """Missing, changed and foreign files, folders without a report, reports of what is gone; rot with --deep."""
    trashed_store(project)
    trash = project / "artifacts/.trash"
    bench, run = slot_of(project, "bench").slot, slot_of(project, "backfill").slot
    assert found(project) == []
    rot(trash / bench / "bench/run_20250906_143022.md")
    (trash / run / ".run/run.json").unlink()
    (trash / run / ".run/more").write_text("x")
    (trash / run / ".run/artifacts/rows.csv").write_text("x")
    (trash / "mine").mkdir()
    at = f"artifacts/.trash/{run}/.run"
    wrong = [
        ("changed", f"{at}/artifacts/rows.csv"),
        ("foreign", f"{at}/more"),
        ("broken-trash", f"{at}/run.json"),
        ("broken-trash", "artifacts/.trash/mine"),
    ]
    assert sorted(found(project)) == sorted(wrong)
    rotten = ("bit-rot", f"artifacts/.trash/{bench}/bench/run_20250906_143022.md")
    assert sorted(found(project, deep=True)) == sorted([*wrong, rotten])
    assert found(project, families=("bench",)) == []
    shutil.rmtree(trash / bench)
    assert ("broken-trash", f"artifacts/.trash/{bench}") in found(project)


def test_reports_that_were_changed_or_removed(project: Path) -> None:
    """A report after which the one before it is another one shows; one that is no report is named."""
    gc_id, _ = trashed_store(project)
    undo(project, gc_id)
    first, second = (_report.path_of(places(project), each) for each in _report.ids(places(project)))
    assert found(project) == []
    first.write_bytes(first.read_bytes().replace(b'"recovered": false', b'"recovered": true'))
    assert found(project) == [("broken-trash", f"artifacts/.trash/{second.name}")]
    first.write_text("{}")
    assert ("broken-trash", f"artifacts/.trash/{first.name}") in found(project)


def test_what_operations_left(project: Path) -> None:
    """A journal and an unfinished removal are findings."""
    trashed_store(project)
    (project / "artifacts/.trash/.journal.jsonl").write_text("")
    (project / "artifacts/.trash/.purging-0123456789ab").mkdir()
    assert found(project) == [
        ("broken-trash", "artifacts/.trash/.journal.jsonl"),
        ("broken-trash", "artifacts/.trash/.purging-0123456789ab"),
    ]


def test_a_family_that_nobody_knows_is_refused(project: Path) -> None:
    """A mistyped family is no verification that found nothing."""
    scanned(project)
    with pytest.raises(UsageFailure, match="--family bnch"):
        found(project, families=("bnch",))
