"""A folder of its own as the current one, and an environment without CI, for every test of the recorder."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_STARTED_WITH = ("SIGHUP", "SIGINT", "SIGQUIT")  # what nohup and a shell's & leave ignored for all that they start


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: empty, in no repository."""
    for name in [name for name in os.environ if name.startswith(("GITHUB_", "RUNPACT_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """What a command of a test inherits: no signal is ignored, however these tests were started."""
    found = {number: signal.getsignal(number) for name in _STARTED_WITH if (number := getattr(signal, name, None))}
    ignored = [number for number, handler in found.items() if handler == signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, signal.SIG_DFL)
    yield
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)


@pytest.fixture
def runs_dir(project: Path) -> Path:
    """Where runs are recorded unless told otherwise; not there yet."""
    return project / "reports" / "runs"
