"""Names that are no UTF-8: whatever was killed among them, the next command goes on, and every file comes back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import edge
from runpact_gc import _batch, _move, _report
from runpact_gc._places import places
from runpact_gc._report import Done, Move, Report, Skipped
from runpact_gc.cli import artifacts
from tests.gc.trash_samples import Kept, tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="names of any bytes are of Linux")

CONFIG = 'retention:\n  odd: {keep: 2}\npatterns:\n  odd: ["artifacts/odd/*"]\n'


class Killed(BaseException):
    """What no code catches."""


def command(*words: str) -> int:
    """The exit code of ``runpact artifacts WORDS``."""
    return edge.run(artifacts, list(words), "runpact artifacts")


@pytest.fixture
def before(project: Path) -> dict[str, Kept]:
    """Twelve files, every second of which has a byte that is no UTF-8 in its name; what the project holds."""
    (project / "config").mkdir()
    (project / "config" / "artifacts.yaml").write_text(CONFIG)
    (project / "artifacts" / "odd").mkdir(parents=True)
    for number in range(12):
        odd = b"" if number % 2 else b"\xff"
        path = os.path.join(os.fsencode(project), b"artifacts/odd/f%02d%s.md" % (number, odd))  # noqa: PTH118 - bytes
        with open(path, "wb") as file:  # noqa: PTH123 - as above
            file.write(b"B\n=====\n\n\n\ntext %d\n\n## Nothing ##\n\n## Last   #\n\nmore\n" % number)
        os.utime(path, (1_700_000_000 + number, 1_700_000_000 + number))
    return tree(project)


def dying(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, calls: int) -> None:
    """Let a function end the process, so to speak, after so many calls."""
    real, made = getattr(module, name), iter(range(calls))

    def call(*given: Any, **named: Any) -> Any:
        if next(made, None) is None:
            raise Killed
        return real(*given, **named)

    monkeypatch.setattr(module, name, call)


def operations(project: Path) -> Iterator[tuple[str, list[str]]]:
    """Operation and notes of each report, after the gate has read it."""
    for gc_id in _report.ids(places()):
        report = _report.read(_report.path_of(places(), gc_id))
        yield report.operation, list(report.notes)
    assert not (project / "artifacts/.trash/.journal.jsonl").exists()


def test_a_gc_that_was_killed(
    project: Path, before: dict[str, Kept], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The next scan finishes it and names the files escaped; undo brings every byte back under its exact name."""
    dying(monkeypatch, _move, "rename", 5)
    with pytest.raises(Killed):
        command("gc", "--apply", "--force")
    monkeypatch.undo()
    monkeypatch.chdir(project)
    assert (project / "artifacts/.trash/.journal.jsonl").exists()
    capsys.readouterr()
    assert command("scan") == 0
    said = capsys.readouterr().err
    ((operation, notes),) = operations(project)
    assert operation == "gc"
    assert "artifacts/odd/f00\\xff.md" in " ".join(notes)
    (gc_id,) = _report.ids(places())
    assert f"gc {gc_id} was interrupted" in said
    assert f"runpact artifacts undo {gc_id} takes back what was finished" in said
    assert command("undo", gc_id) == 0
    assert tree(project) == before


def test_an_undo_that_was_killed(project: Path, before: dict[str, Kept], monkeypatch: pytest.MonkeyPatch) -> None:
    """The next command ends it, and a second undo brings back the rest."""
    assert command("gc", "--apply", "--force") == 0
    (gc_id,) = _report.ids(places())
    dying(monkeypatch, _move, "rename", 4)
    with pytest.raises(Killed):
        command("undo", gc_id)
    monkeypatch.undo()
    monkeypatch.chdir(project)
    assert command("scan") == 0
    assert [operation for operation, _ in operations(project)] == ["gc", "undo"]
    assert command("undo", gc_id) == 0
    assert tree(project) == before


def test_a_compaction_that_was_killed(project: Path, before: dict[str, Kept], monkeypatch: pytest.MonkeyPatch) -> None:
    """The originals of Markdown are known to the report of the next command, or where they were."""
    with (project / "config" / "artifacts.yaml").open("a") as file:
        file.write("compaction:\n  markdown: {min_size_kb: 0}\n")
    before = tree(project)
    dying(monkeypatch, _move, "deposit", 5)
    with pytest.raises(Killed):
        command("compact", "--apply")
    monkeypatch.undo()
    monkeypatch.chdir(project)
    assert command("scan") == 0
    ((operation, notes),) = operations(project)
    assert (operation, "f00\\xff.md" in " ".join(notes)) == ("compact", True)
    (gc_id,) = _report.ids(places())
    assert command("undo", gc_id) == 0
    assert tree(project) == before


def test_a_real_kill(project: Path, before: dict[str, Kept]) -> None:
    """SIGKILL as the fourth file has moved: scan and undo give everything back."""
    script = (
        "import os, signal, sys\nfrom runpact_core import edge\nfrom runpact_gc import _move\n"
        "from runpact_gc.cli import artifacts\nreal, made = _move.rename, []\n"
        "def rename(*given):\n    real(*given)\n    made.append(1)\n"
        "    if len(made) == 4:\n        os.kill(os.getpid(), signal.SIGKILL)\n_move.rename = rename\n"
        "sys.exit(edge.run(artifacts, ['gc', '--apply', '--force'], 'runpact artifacts'))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=project, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    assert command("scan") == 0
    (gc_id,) = _report.ids(places())
    assert command("undo", gc_id) == 0
    assert tree(project) == before


def test_no_lone_surrogate_reaches_a_report() -> None:
    """Family, run id, reasons, messages and notes are escaped; paths are stored exactly, and come back exactly."""
    odd = "a\udcff"
    move = Move(odd, f"0123456789ab/{odd}", "file", ())
    done = Done("0123456789ab", "0123456789ab", odd, "dash", odd, (), (move,))
    report = Report("20260119_063015", "gc", 1, 2, (done,), (Skipped("x", odd, odd, "gone", odd),), notes=(odd,))
    said = _report.compose(report)
    text = json.dumps(said, ensure_ascii=False)
    assert "\udcff" not in text
    assert "a\\\\xff" in text
    back = _report.from_object(said)
    assert (back.entries[0].moves[0].source, back.skipped[0].path) == (odd, odd)
    assert (back.entries[0].family, back.notes) == ("a\\xff", ("a\\xff",))
    assert _batch.target_of("s", odd, "artifacts", "file") == f"s/.project/{odd}"
