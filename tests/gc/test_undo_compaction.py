"""Originals that a compaction put into the trash go back in place of what it made of them, while that is there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from runpact_core import edge
from runpact_gc import _report
from runpact_gc.cli import artifacts
from tests.gc.trash_samples import places, tree

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
retention:
  notes: {keep: 10, pin: []}
patterns:
  notes: ["artifacts/notes/*.md"]
compaction:
  markdown: {enabled: true, min_size_kb: 0, remove_empty_sections: true, canonical_headers: true}
"""
TEXT = "# Title\n\n## Empty\n\n## Full\n\n" + "some words\n" * 400


def compacted(project: Path) -> str:
    """A project whose one note is compacted; the operation's id."""
    (project / "config").mkdir()
    (project / "artifacts/notes").mkdir(parents=True)
    (project / "config/artifacts.yaml").write_text(CONFIG)
    (project / "artifacts/notes/one.md").write_text(TEXT)
    os.utime(project / "artifacts/notes/one.md", (1_700_000_000, 1_700_000_000))  # what is young may still be written
    assert edge.run(artifacts, ["compact", "--apply"], "runpact artifacts") == 0
    (gc_id,) = _report.ids(places(project))
    return gc_id


def test_undo_puts_the_original_back(project: Path) -> None:
    """The bytes are those from before, and the trash holds nothing."""
    gc_id = compacted(project)
    assert (project / "artifacts/notes/one.md").read_text() != TEXT
    assert edge.run(artifacts, ["undo", gc_id], "runpact artifacts") == 0
    assert (project / "artifacts/notes/one.md").read_text() == TEXT
    assert not [each for each in (project / "artifacts/.trash").iterdir() if each.is_dir()]


def test_what_was_edited_since_is_not_replaced(project: Path) -> None:
    """A file that is not what compaction made of it any more stays, and so does the original in the trash."""
    gc_id = compacted(project)
    (project / "artifacts/notes/one.md").write_text("edited\n")
    before = tree(project)
    assert edge.run(artifacts, ["undo", gc_id], "runpact artifacts") == 1
    assert tree(project) == before


def test_a_rotten_original_does_not_replace_what_is_sound(project: Path) -> None:
    """Same size and time, other bytes: both stay where they are, and it ends with 1."""
    gc_id = compacted(project)
    (original,) = (project / "artifacts/.trash").glob("*/notes/one.md")
    status = original.stat()
    original.write_bytes(bytes(status.st_size))
    os.utime(original, ns=(status.st_atime_ns, status.st_mtime_ns))
    before = tree(project)
    assert edge.run(artifacts, ["undo", gc_id], "runpact artifacts") == 1
    assert (tree(project), original.read_bytes()) == (before, bytes(status.st_size))
