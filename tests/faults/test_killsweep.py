"""A kill at any file call leaves a run that is what it says, and a second run works (W-02 in small)."""

from __future__ import annotations

import os
import py_compile
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


def test_a_module_compiled_half_way_moves_no_point(tmp_path: Path) -> None:
    """Whoever compiles a module of the command while the sweep is at work: every point is met."""
    (tmp_path / "late.py").write_text("VALUE = 1\n")
    (tmp_path / "writes.py").write_text(
        "import sys\nimport late\nfrom pathlib import Path\n"
        "for name in 'ab':\n    Path(sys.argv[1], name).write_bytes(b'x')\n"
    )

    def compiles(_root: Path, _printed: bytes) -> list[str]:
        py_compile.compile(str(tmp_path / "late.py"), doraise=True)
        return []

    report = killsweep.sweep(
        lambda root: [sys.executable, "-S", str(tmp_path / "writes.py"), str(root)],
        compiles,
        tmp_path,
        env={"PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ["PATH"]},
    )
    assert report.missed == ()
    assert report.points == report.killed >= 6
