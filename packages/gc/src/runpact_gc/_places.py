"""Where things lie: the project, its store, and what gc keeps in there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from runpact_core import edge

__all__ = ["Places", "places"]


class Places(NamedTuple):
    """Absolute folders and files of one project.

    Attributes:
        project: The root: everything that gc touches lies below it, and every stored path starts there.
        store: ``artifacts``, or the folder given.
        config: ``config/artifacts.yaml``, or the file given; it need not be there.
        runs: ``reports/runs``: recorded runs.
        dash: ``dash``: reported runs lie in ``dash/runs/<product>/<run_id>``.
        trash_at, manifest_at, backup_at: What the configuration names instead of the usual place, or None, as
            `_config.load` sets them. Read `trash`, `manifest` and `backup`.
    """

    project: Path
    store: Path
    config: Path
    runs: Path
    dash: Path
    trash_at: Path | None = None
    manifest_at: Path | None = None
    backup_at: Path | None = None

    @property
    def trash(self) -> Path:
        """What gc took, until it is purged."""
        return self.trash_at or self.store / ".trash"

    @property
    def manifest(self) -> Path:
        """The cache of the newest scan."""
        return self.manifest_at or self.store / ".manifest.json"

    @property
    def backup(self) -> Path:
        """The manifest as it was before the newest change."""
        return self.backup_at or self.store / ".manifest.backup.json"

    @property
    def pins(self) -> Path:
        """What people pinned; no cache."""
        return self.store / ".pins.json"

    @property
    def store_path(self) -> str:
        """The store from the project, with ``/``."""
        return os.path.relpath(self.store, self.project).replace(os.sep, "/")

    @property
    def lock(self) -> Path:
        """Held by whoever changes the store."""
        return self.store / ".lock"


def places(
    project: str = ".",
    *,
    store: str | None = None,
    config: str | None = None,
    runs: str | None = None,
    dash: str | None = None,
) -> Places:
    """Where things of a project lie, with what options name instead.

    Raises:
        UsageFailure: The project is no folder.
    """
    root = Path(edge.project_dir(project)).absolute()
    return Places(
        root,
        _at(store, root / "artifacts"),
        _at(config, root / "config" / "artifacts.yaml"),
        _at(runs, root / "reports" / "runs"),
        _at(dash, root / "dash"),
    )


def _at(given: str | None, usual: Path) -> Path:
    return Path(given).absolute() if given else usual
