"""A kill at any file call leaves a run that is what it says, and a second run works (W-02 in small)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tests.faults import killsweep, planted, sequence
from tests.faults.strace import needs_strace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = needs_strace


def test_a_plain_write_is_caught(tmp_path: Path) -> None:
    """The sweep sees the empty file that open-and-write leaves between the two."""

    def torn(root: Path, _printed: bytes) -> list[str]:
        wrong = [name for name, whole in planted.DOCUMENTS.items() if (root / name).exists() and (
            (root / name).read_bytes() != whole
        )]  # fmt: skip
        return [f"{name} is torn" for name in wrong]

    report = killsweep.sweep(lambda root: [sys.executable, "-S", planted.__file__, "plain", str(root)], torn, tmp_path)
    assert report.points == report.killed
    assert [complaint.partition(": ")[2] for complaint in report.complaints] == [
        f"{name} is torn" for name in planted.DOCUMENTS
    ]


def test_the_files_of_a_run_survive_a_kill_at_any_call(
    tmp_path: Path, record_testsuite_property: Callable[[str, object], None]
) -> None:
    """At every call: nothing torn, what was printed holds, and the next run gets a folder of its own."""
    report = killsweep.sweep(
        sequence.command, sequence.complaints, tmp_path, again=sequence.complaints, env=sequence.environment()
    )
    record_testsuite_property("kill points", str(report))
    assert report.complaints == ()
    assert report.points == report.killed
    assert report.points > 30
