"""A Python that only pretends, so that the bootstrap is tried without a network and in milliseconds."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PRETENDER = """#!/bin/sh
# Notes its arguments in the project's log; makes environments that hold a copy of itself.
printf '%s\\n' "$*" >>"@LOG@"
for last; do :; done
case "$*" in
*'-m venv '*) mkdir -p "$last/bin" && cp "$0" "$last/bin/python" ;;
*'-m pip '*) exit "${PRETEND_PIP:-0}" ;;
*os.rename*) exec "@REAL@" "$@" ;;
*'-m hatch'*) printf 'cwd=%s\\n' "$(pwd -P)"; printf 'arg=%s\\n' "$@"; exit "${PRETEND_EXIT:-0}" ;;
esac
"""


@dataclass(frozen=True)
class Project:
    """A copy of ``hatchw`` in a folder with a space, and a PATH of nothing but what a test puts there."""

    root: Path
    bin: Path

    @property
    def calls(self) -> list[str]:
        """What the pretenders were called with so far."""
        log = self.root / "calls.log"
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []

    def program(self, name: str, text: str = PRETENDER) -> Path:
        """Put a program on PATH; by default a pretending Python."""
        path = self.bin / name
        text = text.replace("@LOG@", str(self.root / "calls.log")).replace("@REAL@", sys.executable)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)
        return path

    def start(
        self, *words: str, shell: tuple[str, ...] = ("sh",), cwd: Path | None = None, **env: str
    ) -> subprocess.CompletedProcess[str]:
        """Start ``hatchw`` by its full path, in one shell."""
        return subprocess.run(
            [shutil.which(shell[0]) or shell[0], *shell[1:], str(self.root / "hatchw"), *words],
            cwd=cwd or self.root,
            env={"PATH": str(self.bin), "HOME": str(self.root), **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project without any Python; the few programs that a POSIX shell needs are there."""
    made = Project(tmp_path / "a project", tmp_path / "programs")
    made.root.mkdir()
    made.bin.mkdir()
    shutil.copy(ROOT / "hatchw", made.root / "hatchw")
    for name in ("cp", "dirname", "mkdir", "rm", "sleep"):
        (made.bin / name).symlink_to(shutil.which(name) or name)
    return made
