"""What a release ships, built from a clean clone, installed without an index, and used.

All six wheels and sdists are built twice over: once by `build_check` in everyday work, and here from a clone of the
commit, so that no file counts that git does not have. What they need of others is installed first; then each wheel
alone and all together, from the folder of wheels and nothing else. In the environment with all of them every command
runs (`release_documents`), and this tree reads what they wrote. Nothing is uploaded.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import build_check
import release_documents
from build_check import UV, ClaimFailed, Wheel, check, closure, run
from in_package import ROOT, hatch

from codegen.frozen_documents import FOLDER, documents_in
from evolution.frozen import outcome

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ship"]


def ship(scratch: Path, commit: str = "HEAD") -> int:
    """Build a commit, install what was built, and use it.

    Args:
        scratch: An empty folder; the distributions are in ``dist`` below it afterwards.
        commit: What git calls the commit.

    Returns:
        How many documents the installed commands wrote.

    Raises:
        ClaimFailed: Something does not hold; the message says what.
    """
    clone, dist = scratch / "clone", scratch / "dist"
    run("git", "clone", "--quiet", "--no-hardlinks", ROOT, clone)
    run("git", "checkout", "--quiet", "--detach", resolved(commit), cwd=clone)
    run(*hatch(), "build", "--all", dist, cwd=clone)
    wheels = {wheel.name: wheel for wheel in map(Wheel.read, sorted(dist.glob("*.whl")))}
    packages = sorted(path.parent.name for path in clone.glob("packages/*/pyproject.toml"))
    sdists = sorted(dist.glob("*.tar.gz"))
    check(len(wheels) == len(sdists) == len(packages), f"a wheel and an sdist for each of {', '.join(packages)}")
    version = (clone / "VERSION").read_text(encoding="utf-8").strip()
    for name, wheel in wheels.items():
        check(wheel.version == version, f"{name} has version {wheel.version}, VERSION says {version}")
        build_check.install(name, wheels, dist, scratch)
    return use(install_all(wheels, dist, scratch))


def resolved(commit: str) -> str:
    """The id of a commit of this repository."""
    return run("git", "rev-parse", "--verify", f"{commit}^{{commit}}").strip()


def install_all(wheels: dict[str, Wheel], dist: Path, scratch: Path) -> Path:
    """Install all wheels into one empty environment, ours from ``dist`` alone; the folder of its programs."""
    environment = scratch / "env of all"
    run(UV, "venv", "--python", sys.executable, environment)
    binaries = environment / ("Scripts" if os.name == "nt" else "bin")
    pip: tuple[str | Path, ...] = (UV, "pip", "install", "--python", binaries / "python")
    others = {requirement for name in wheels for requirement in closure(name, wheels)[1]}
    run(*pip, *sorted(others), cwd=scratch)
    run(*pip, "--no-index", "--find-links", dist, *sorted(wheels), cwd=scratch)
    run(UV, "pip", "check", "--python", binaries / "python", cwd=scratch)
    return binaries


def use(binaries: Path) -> int:
    """Run every command of an environment; how many documents they wrote, all of which this tree must read."""
    try:
        made = release_documents.make(binaries)
    except (release_documents.Unexpected, subprocess.SubprocessError) as error:
        raise ClaimFailed(f"the installed commands do what they should: {error}") from error
    for each in documents_in({f"{FOLDER}/installed/{name}": data for name, data in made.items()}):
        read = outcome(each.contract, each.data)
        name = f"{each.contract} {each.version} {each.name}"
        check(read == f"exact as {each.version}", f"{name} reads as what it is, not: {read}")
    return len(made)
