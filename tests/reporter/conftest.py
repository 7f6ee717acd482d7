"""A folder of its own as the current one, and an environment without CI, for every test; a browser for some."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: empty, in no repository."""
    for name in [name for name in os.environ if name.startswith(("GITHUB_", "RUNPACT_", "PYTEST_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path
