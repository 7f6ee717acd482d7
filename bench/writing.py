"""Writing: a document, durably, against the plain way, which a crash can tear: open, `json.dump`, flush, fsync.

Ours adds what the plain way lacks: the gate and the cross-field rules, a temporary file and a rename, and the fsync of
the folder. The row of the bare replacement says how much of it is the disk's. Both write over the same file again
and again.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from bench.measure import repeated
from bench.row import Pair, Row
from bench.samples import small_run
from runpact_core import documents, files

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["PLAIN", "ROWS", "plain_write"]

PLAIN = "json.dump + fsync"


def plain_write(path: str, document: dict[str, Any]) -> None:
    """Write a document as people do who care: the same layout, and an fsync of the file."""
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123 - as the peer would, without the cost of a Path
        json.dump(document, file, indent=2, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())


def _document(folder: Path) -> Pair:
    ours, peer, run = str(folder / "run.json"), str(folder / "plain.json"), small_run()
    return Pair(repeated(lambda: documents.write(ours, run, contract="run")), repeated(lambda: plain_write(peer, run)))


def _bytes(folder: Path) -> Pair:
    ours, peer, run = str(folder / "run.json"), str(folder / "plain.json"), small_run()
    text = documents.dumps(run)
    return Pair(repeated(lambda: files.replace(ours, text)), repeated(lambda: plain_write(peer, run)))


WHAT = "write a run.json of 0.8 KB, durably"
ROWS = (
    Row("write-document", WHAT, "documents.write", PLAIN, None, 40, _document),
    Row("write-bytes", WHAT, "files.replace of its bytes", PLAIN, None, 40, _bytes),
)
