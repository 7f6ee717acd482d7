"""A repository of its own with the files of this one as they are now, and the words of `hatch run` in it.

The environment is the one that the tests run in: what a clone's programs import comes from the clone. Its ``hatchw``
stands in for the real one, reads the same ``hatch.toml``, and makes no environment.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

__all__ = ["clone", "environment", "run"]

ROOT = Path(__file__).resolve().parents[2]
FIRST_LINES = '#!/bin/sh\nexec "{python}" "$(dirname "$0")/tests/scaffold/pretend_hatch.py" "$@"\n'
KNOWN = ("GIT_", "GITHUB_", "HATCH_", "PYTHON", "PYTEST", "COVERAGE")  # what belongs to the run of these tests
IDENTITY = {
    f"GIT_{who}_{what}": text
    for who in ("AUTHOR", "COMMITTER")
    for what, text in (("NAME", "reader"), ("EMAIL", "reader@localhost"), ("DATE", "2026-01-19T06:15:12Z"))
}


def clone(folder: Path) -> Path:
    """Make the repository in a folder, with one commit: the tracked and new files of this one, ignored ones left."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("git, and a checkout of it, say which files there are")
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    trusted = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    done = subprocess.run(listed, cwd=ROOT, env=os.environ | trusted, check=True, capture_output=True, text=True)
    for name in done.stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):  # a new file that another test takes away
                shutil.copy(ROOT / name, folder / name)
    wrapper = (ROOT / "hatchw").read_text(encoding="utf-8")  # settings in it are still looked at
    (folder / "hatchw").write_text(FIRST_LINES.format(python=sys.executable) + wrapper, encoding="utf-8")
    for words in (["init", "-q", "-b", "main"], ["add", "--all"], ["commit", "-q", "-m", "as it was"]):
        run(["git", *words], folder)
    return folder


def environment() -> dict[str, str]:
    """The variables of a person at a terminal who has the tools of this environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(KNOWN)}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return kept | IDENTITY | {"PATH": path, "PYTHONDONTWRITEBYTECODE": "1", "GIT_CONFIG_GLOBAL": os.devnull}


def run(words: list[str], folder: Path, code: int = 0) -> str:
    """What a command prints, errors included; it must end with this code."""
    done = subprocess.run(
        words,
        cwd=folder,
        env=environment(),
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == code, f"{' '.join(words)}: exit code {done.returncode}\n{done.stdout}"
    return done.stdout
