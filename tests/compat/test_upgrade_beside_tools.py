"""While documents are upgraded, gc refuses to change their project, and reports wait: with the real tools."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from runpact_core import files
from runpact_core._upgrade_locks import Locks
from runpact_core.errors import Refused
from runpact_gc import _lock, _places
from runpact_gc.errors import StoreInUse
from runpact_reporter import _places as reports

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there are no locks: nobody is kept out")


def test_gc_and_an_upgrade_exclude_each_other(tmp_path: Path) -> None:
    """Whoever comes second refuses; gc says who is there."""
    places = _places.places(str(tmp_path))
    path = tmp_path / "reports/runs/a/run.json"
    path.parent.mkdir(parents=True)
    with _lock.hold(places), pytest.raises(Refused, match="is in use by another process"), Locks([str(path)], 0):
        pass
    with Locks([str(path)], 0):
        with pytest.raises(StoreInUse) as caught, _lock.hold(places):
            pass
        assert caught.value.holder.endswith(f", process {os.getpid()}")
    with _lock.hold(places):
        assert files.is_locked(places.lock) is True


def test_a_report_and_an_upgrade_exclude_each_other(tmp_path: Path) -> None:
    """Of a product's files, while one is written; the upgrade of a file waits for who publishes a report."""
    folder = reports.product_dir(tmp_path / "dash", "shop")
    path = str(folder / "last_run.json")
    refused = pytest.raises(Refused, match="shop is in use by another process")
    with reports.holding(folder), Locks([path], 0) as locks, refused, locks.around(path):
        pass
    with Locks([path], 0) as locks, locks.around(path):
        assert files.is_locked(folder / ".lock") is True
    with reports.holding(folder):
        assert files.is_locked(folder / ".lock") is True
