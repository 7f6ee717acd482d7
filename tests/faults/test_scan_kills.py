"""A kill at any file call of a scan leaves the old manifest or the new one, and the next scan sees what is there."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from runpact_core import documents
from runpact_gc import _places, _scan
from runpact_gc._settings import DEFAULTS
from tests.faults import killsweep, trashed
from tests.faults.strace import needs_strace

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = needs_strace

SETTINGS = DEFAULTS._replace(parallel_workers=1, patterns={"bench": ("artifacts/bench/*",)})
NEW = "reports/runs/20260120T061512Z__backfill__a1b2c3d"
MOST = 20
"""Points of the sweep, each kind of call among them; all with ``RUNPACT_EVERY_POINT=1``."""


def scan(root: Path) -> set[str]:
    """Scan, and write the manifest; the paths of the entries."""
    found = _scan.scan(_places.places(os.fspath(root)), SETTINGS, now=trashed.NOW_S, force=True)
    return {entry.path for entry in found.entries}


def prepare(root: Path) -> None:
    """A store with a manifest, and a run that is newer."""
    trashed.prepare(root)
    (root / "artifacts/.manifest.json").unlink()
    scan(root)
    (root / NEW).mkdir()
    (root / NEW / "run.json").write_bytes(b'{"status": "success"}\n')


def torn(root: Path, _printed: bytes) -> list[str]:
    """What is neither old nor new, or missing."""
    wrong = [f"{name} is gone" for name in trashed.FILES if not (root / name).is_file()]
    told = documents.read("manifest", root / "artifacts/.manifest.json").data
    return wrong + ([] if told["schema_version"] == "1.0" else ["the manifest is none"])


def again(root: Path, printed: bytes) -> list[str]:
    """What is wrong after the next scan, which was whole."""
    text = (root / "artifacts/.manifest.json").read_text()
    seen = NEW.rpartition("/")[2] in text
    return torn(root, printed) + ([] if seen else ["the new run is not in the manifest"]) + (
        [] if NEW in scan(root) else ["the new run is not seen"]
    )  # fmt: skip


def test_a_kill_leaves_a_whole_manifest(
    tmp_path: Path, record_testsuite_property: Callable[[str, object], None]
) -> None:
    """Killed as it enters any file call: the manifest is the old or the new one, and no file of a run is touched."""
    report = killsweep.sweep(
        lambda root: [sys.executable, "-S", __file__, str(root)],
        torn,
        tmp_path,
        again=again,
        prepare=prepare,
        env=trashed.environment(),
        most=MOST,
    )
    record_testsuite_property("kill points, scan", str(report))
    assert (report.complaints, report.missed) == ((), ())
    assert report.points == report.killed > MOST // 2
    assert report.of > 20


if __name__ == "__main__":
    documents.prepare("manifest")  # what is loaded late is no call of the scan
    scan(Path(sys.argv[1]))
