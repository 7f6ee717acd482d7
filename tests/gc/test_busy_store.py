"""A store in which others work, a disk that is full, and commands that have nothing to do."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from runpact_core import files
from runpact_core.errors import EnvironmentFailed
from runpact_gc import _apply, _interrupt, _lock, _manifest, _recover, _report, _report_text, _scan, _settings
from tests.faults import trashed
from tests.gc.trash_samples import DAY_S, NOW_S, places

if TYPE_CHECKING:
    from pathlib import Path

BENCH = [name for name in trashed.FILES if name.startswith("artifacts/bench/")]
WRITES = "import sys\nwith open(sys.argv[1], 'ab') as file:\n    print('open', flush=True)\n    sys.stdin.read()\n"


@pytest.mark.skipif(sys.platform != "linux", reason="leases are of Linux")
@pytest.mark.parametrize("name", [BENCH[1], f"reports/runs/{trashed.RUN}/artifacts/rows.csv"])
def test_what_a_process_has_open_for_writing_stays(name: str, project: Path) -> None:
    """The whole entry is where it was while another process has one of its files open, and goes after that."""
    trashed.prepare(project)
    command = [sys.executable, "-c", WRITES, os.fspath(project / name)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "open\n"
        report = trashed.run(project).report
        writer.communicate("")
    (left,) = report.skipped
    assert (left.why, left.message) == ("in-use", f"{name}: a program has it open for writing")
    assert _apply.exit_code(report) == 0
    assert len(report.entries) == 1
    inside = [each for each in trashed.FILES if each.startswith(("artifacts/b", "reports")) and each[:9] == name[:9]]
    assert all((project / each).exists() for each in inside)
    assert len(
        trashed.run(project, shown=trashed.plan([trashed.entry(project, "glob", "x", inside[0])])).report.entries
    )


def test_a_full_disk_costs_only_the_manifest(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a cache: the scan goes on and says so; any other failure is one."""
    failed = errno.ENOSPC

    def save(*_: object) -> None:
        raise EnvironmentFailed("writing", OSError(failed, os.strerror(failed)))

    monkeypatch.setattr(_manifest, "save", save)
    found = _scan.scan(places(project), _settings.DEFAULTS, now=NOW_S)
    assert [each.message.partition(";")[0] for each in found.findings] == [
        "the disk is full, so the manifest was not written"
    ]
    failed = errno.EIO
    with pytest.raises(EnvironmentFailed):
        _scan.scan(places(project), _settings.DEFAULTS, now=NOW_S)


def test_nothing_to_do_leaves_no_report(project: Path) -> None:
    """Unless a slot's time is over by the clock: then the report is the operation that saw that time."""
    where = places(project)
    trashed.prepare(project)
    first = trashed.run(project).report
    nothing = trashed.plan([])

    def applied(now_s: int) -> tuple[str, ...]:
        _apply.apply(where, _settings.DEFAULTS, nothing, replan=lambda: nothing, clock=lambda: now_s)
        return _report.ids(where)

    assert applied(NOW_S + 60) == (first.gc_id,)
    later_s = NOW_S + (_settings.DEFAULTS.trash_retention_days + 1) * DAY_S
    assert len(applied(later_s)) == 2
    assert len(applied(later_s + DAY_S)) == 2
    assert not (where.trash / ".journal.jsonl").exists()


def test_the_common_part_of_two_plans(project: Path) -> None:
    """What nobody looked at: entries and ends that both name are done, and the report counts the others."""
    trashed.prepare(project)
    run, bench = trashed.entries(project)[:2]
    shown = trashed.plan([run], purges=(trashed.PURGE,))._replace(digest="1" * 64)
    now = trashed.plan([run, bench])._replace(digest="2" * 64)
    report = _apply.apply(places(project), _settings.DEFAULTS, shown, replan=lambda: now, unseen=True).report
    assert [each.id for each in report.entries] == [run.id]
    assert report.purged == ()
    (note,) = report.notes
    assert note.startswith("the store changed since the plan was made; left for the next gc: 2 items ")


def test_the_next_command_removes_unfinished_files(project: Path) -> None:
    """Those of a report at once, those of a manifest an hour later; nothing else, and nothing behind a link."""
    where = places(project)
    half = [folder / f".{name}.{'0' * 16}.tmp" for folder in (where.trash, where.store) for name in ("a.json", "b.md")]
    where.trash.mkdir(parents=True)
    for path in half:
        path.write_bytes(b"{")
    os.utime(half[2], (1, 1))
    (where.trash / "other.tmp").write_bytes(b"")
    (where.trash / f".c.{'0' * 16}.tmp").symlink_to(half[3])
    assert all(files.is_temporary(path.name) for path in half)
    with _lock.hold(where) as lock:
        assert _recover.recover(where, lock) == ()
    assert [path.exists() for path in half] == [False, False, False, True]
    assert sorted(each.name for each in where.trash.iterdir()) == [f".c.{'0' * 16}.tmp", "other.tmp"]


def test_many_of_one_fate_are_a_number() -> None:
    """A few entries are named; of many there is one sentence for each fate, other sentences stay."""
    said = [f"artifacts/{number} ({number:012x}) was finished" for number in range(5)]
    assert _recover._briefly([*said, "x"]) == ("5 entries: each was finished", "x")
    assert _recover._briefly(said[:3]) == tuple(said[:3])


def test_what_an_interruption_left_is_a_number() -> None:
    """One line for all of them, and one for each that has a cause of its own."""
    before = [_report.Skipped(f"{number:012x}", "f", "p", "interrupted", "m") for number in range(3)]
    own = _report.Skipped("a" * 12, "f", "q", "gone", "it is gone")
    assert list(_report_text.left([own, *before])) == [
        "q: it is gone",
        "3 entries left: the operation was interrupted before",
    ]


def test_a_second_interrupt_is_answered(capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C that cuts through a command says what becomes of its operation, and stays Ctrl-C."""
    with pytest.raises(KeyboardInterrupt), _interrupt.last_word():
        raise KeyboardInterrupt
    assert capsys.readouterr().err.startswith("interrupted: nothing is lost; ")
