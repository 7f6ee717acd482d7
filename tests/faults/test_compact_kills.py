"""K-03: a kill at any file call of a compaction leaves each file old or new and whole, and the next one goes on."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from tests.faults import killsweep
from tests.faults.strace import needs_strace
from tests.gc.compaction import MARKDOWN, RECORDS, SHORT, store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = needs_strace

MOST = 20
"""Points of the sweep, each kind of call among them; all with ``RUNPACT_EVERY_POINT=1``."""

COMPACT = """
import os, sys
from pathlib import Path
from runpact_gc import _compact, _compacted, _deposit, _lock, _recover
from tests.gc.compaction import NOW_NS, SETTINGS, inventory
from runpact_gc._places import places
from runpact_core import _dictionary, _dictionary_write, documents
from runpact_gc import _markdown, _report_text
_markdown.tidied("# A")  # what is imported or loaded late is no file call of compaction
for name in ("compaction_report", "gc_report", "gc_journal"):
    documents.prepare(name)
    documents.validate(name, {"schema_version": "1.0"})
where = places(sys.argv[1])
with _lock.hold(where) as lock:
    _recover.recover(where, lock, clock=lambda: NOW_NS / 10**9)
    found = _compact.candidates(inventory(where))
    _compact.clean(where, found)
    deposits = _deposit.Deposits(where, lock, NOW_NS // 10**9)
    results = tuple(_compact.compact(where, SETTINGS, found, now_ns=NOW_NS, deposits=deposits))
    done = _compacted.Compaction("compact", True, "dictionary", 0, 0, results, (), deposits.gc_id if deposits else None)
    _compacted.write(where, deposits.gc_id, done)
    deposits.end(NOW_NS // 10**9)
"""


def command(root: Path) -> list[str]:
    """Compact the store in a folder."""
    return [sys.executable, "-c", COMPACT, str(root)]


def prepare(root: Path) -> None:
    """A file of each kind."""
    store(root, a__jsonl=RECORDS, b__md=MARKDOWN)


def lost(root: Path, _printed: bytes) -> list[str]:
    """What is neither old nor new, or missing."""
    from runpact_core import jsonl

    bench = root / "artifacts" / "bench"
    wrong = []
    lines = [line.error for line in jsonl.iterate(bench / "a.jsonl")]
    if len(lines) != 100 or any(lines):
        wrong.append("a.jsonl is neither")
    text = (bench / "b.md").read_bytes()
    if text not in {MARKDOWN, SHORT}:
        wrong.append("b.md is neither")
    originals = [path.read_bytes() for path in (root / "artifacts" / ".trash").rglob("b.md")]
    if text == SHORT and MARKDOWN not in originals:
        wrong.append("the original of b.md is lost")
    return wrong


def settled(root: Path, printed: bytes) -> list[str]:
    """What is wrong after the next compaction."""
    from runpact_core import documents, jsonl
    from runpact_gc import _restore
    from runpact_gc._places import places
    from tests.gc.compaction import NOW_NS, SETTINGS

    wrong = lost(root, printed)
    bench, trash = root / "artifacts" / "bench", root / "artifacts" / ".trash"
    if not jsonl.is_compacted((bench / "a.jsonl").read_bytes()):
        wrong.append("a.jsonl is not compacted")
    if (bench / "b.md").read_bytes() != SHORT:
        wrong.append("b.md is not compacted")
    if sorted(path.name for path in bench.iterdir()) != ["a.jsonl", "b.md"]:
        wrong.append("something was left beside the files")
    if (trash / ".journal.jsonl").exists():
        wrong.append("the journal is still there")
    for path in trash.glob("compaction_report_*.json"):
        documents.read("compaction_report", path)
    undone = 0
    for path in sorted(trash.glob("gc_report_*.json")):
        done = _restore.undo(places(str(root)), SETTINGS, path.stem, clock=lambda: NOW_NS / 10**9)
        undone += 0 if done.report is None else len(done.report.entries)
    if undone != 1 or (bench / "b.md").read_bytes() != MARKDOWN:
        wrong.append(f"undo gave back {undone} originals")
    return wrong


def test_a_kill_leaves_old_or_new(tmp_path: Path, record_testsuite_property: Callable[[str, object], None]) -> None:
    """At every call that changes files: nothing is torn, the original of Markdown is there, undo gives it back."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"}
    report = killsweep.sweep(command, lost, tmp_path, again=settled, prepare=prepare, env=env, most=MOST)
    record_testsuite_property("kill points of compact", str(report))
    assert report.complaints == ()
    assert report.missed == ()
    assert report.points == report.killed > MOST // 2
    assert report.of > 50
