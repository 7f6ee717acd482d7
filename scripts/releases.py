"""``hatch run releases [--old REF] [--new REF]``: an old core with new tools, and the reverse, really installed.

Both refs are exported from git and built; four environments get their wheels by the index's own rules, so what the
distributions say of each other decides whether they may meet: old core with new tools, new core with old tools, and
each release alone. In each the four journeys of `releases_journeys` are made. Then each release reads what the other
one left. The default is the newest release tag against HEAD; without any tag, HEAD against itself. Nothing of the
working tree is used but this program, and nothing is left behind.

Exit code 1 where anything fails that is not excluded, 2 where a ref is none.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from releases_journeys import JOURNEYS, READING, Installed, JourneyFailed

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ENVIRONMENTS", "EXCLUSIONS", "Exclusion", "Outcome", "main"]

ROOT = Path(__file__).resolve().parent.parent
CORE: Final = "runpact_core"
ENVIRONMENTS: Final = {
    "old core, new tools": ("old", "new"),
    "new core, old tools": ("new", "old"),
    "old alone": ("old", "old"),
    "new alone": ("new", "new"),
}
"""Name → the release that the core is of, and the release that the tools are of."""
CROSSED: Final = {"new reads old": ("new alone", "old alone"), "old reads new": ("old alone", "new alone")}
"""Name → the environment that reads, and the one that wrote."""


@dataclass(frozen=True)
class Exclusion:
    """A failure that is known and stays.

    Attributes:
        old: The old release's version; ``*`` for any.
        environment: Where it fails: a name of `ENVIRONMENTS` or of `CROSSED`.
        journey: What fails: a journey, ``install`` or ``reading``.
        reason: Why that is as it should be.
    """

    old: str
    environment: str
    journey: str
    reason: str


EXCLUSIONS: tuple[Exclusion, ...] = ()
"""Each with its reason; one that does not fail any more is told."""


@dataclass(frozen=True)
class Outcome:
    """What became of one journey in one environment; ``failure`` is None where it was made."""

    environment: str
    journey: str
    failure: str | None = None


class NotBuilt(Exception):
    """A ref is none, or what it holds cannot be built or installed."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Build, install, run, and print what became of everything."""
    parser = argparse.ArgumentParser(
        prog="./hatchw run releases", description="Old core with new tools, and the reverse."
    )
    parser.add_argument("--old", metavar="REF", help="the older release [default: the newest release tag, else HEAD]")
    parser.add_argument("--new", metavar="REF", default="HEAD", help="the newer one [default: HEAD]")
    options = parser.parse_args(arguments)
    try:
        refs = {"old": options.old or _newest_tag(root), "new": options.new}
        commits = {name: _commit(root, ref) for name, ref in refs.items()}
        with tempfile.TemporaryDirectory(prefix="runpact-releases-") as text:
            wheels = {name: _built(root, commit, Path(text) / commit) for name, commit in commits.items()}
            for name, ref in refs.items():
                print(f"{name}: {ref}, commit {commits[name][:12]}, version {_version(wheels[name])}", flush=True)
            outcomes = _try_all(wheels, Path(text))
    except NotBuilt as error:
        print(f"error[releases]: {error}", file=sys.stderr)
        return error.exit_code
    return _judge(outcomes, _version(wheels["old"]))


def _newest_tag(root: Path) -> str:
    tags = _git(root, "tag", "--list", "v[0-9]*", "--sort=-version:refname", "--merged", "HEAD").split()
    return tags[0].decode() if tags else "HEAD"


def _commit(root: Path, ref: str) -> str:
    """The commit that a ref names; a word that looks like an option names none."""
    return (
        _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}", about=ref)
        .decode()
        .strip()
    )


def _git(root: Path, *words: str, about: str = "") -> bytes:
    done = subprocess.run(["git", *words], cwd=root, check=False, capture_output=True)  # noqa: S607 - the one on PATH
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise NotBuilt(said or f"there is no commit {about}", exit_code=2)
    return done.stdout


def _built(root: Path, commit: str, folder: Path) -> dict[str, Path]:
    """The wheels of a commit by import package; those of the same commit are built once."""
    if not folder.exists():
        with tarfile.open(fileobj=io.BytesIO(_git(root, "archive", "--format=tar", commit))) as archive:
            archive.extractall(folder / "tree", filter="data")
        for package in sorted((folder / "tree/packages").glob("*/pyproject.toml")):
            _uv("build", "--quiet", "--wheel", "--out-dir", folder / "wheels", package.parent)
    return {path.name.split("-")[0]: path for path in sorted((folder / "wheels").glob("*.whl"))}


def _version(wheels: dict[str, Path]) -> str:
    return wheels[CORE].name.split("-")[1]


def _uv(*words: str | Path) -> None:
    # Hatch names the uv that it uses; the build environment is none of ours.
    env = {key: value for key, value in os.environ.items() if key not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    command = [os.environ.get("HATCH_UV") or shutil.which("uv") or "uv", *words]
    done = subprocess.run(command, env=env, check=False, capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode:
        raise NotBuilt(" ".join(done.stderr.split())[-600:])


def _try_all(wheels: dict[str, dict[str, Path]], scratch: Path) -> list[Outcome]:
    outcomes = []
    made: dict[str, Path] = {}
    for number, (name, (core, tools)) in enumerate(ENVIRONMENTS.items()):
        chosen = [wheels[core if package == CORE else tools][package] for package in sorted(wheels[tools])]
        folder = scratch / f"environment-{number}"
        try:
            made[name] = _installed(chosen, folder)
        except NotBuilt as error:
            outcomes.append(Outcome(name, "install", str(error)))
            continue
        at = Installed(made[name], folder / "project")
        outcomes += [Outcome(name, journey, _failure(take, at)) for journey, take in JOURNEYS.items()]
    for name, (reader, writer) in CROSSED.items():
        if reader in made and writer in made:
            at = Installed(made[reader], made[writer].parent.parent / "project")
            outcomes.append(Outcome(name, "reading", _failure(READING, at)))
    return outcomes


def _installed(chosen: list[Path], folder: Path) -> Path:
    """An environment with these wheels, and what they need of others; its folder of programs."""
    environment = folder / "env"
    _uv("venv", "--quiet", "--python", sys.executable, environment)
    binaries = environment / ("Scripts" if os.name == "nt" else "bin")
    _uv("pip", "install", "--quiet", "--python", binaries / "python", *chosen)
    return binaries


def _failure(take: Callable[[Installed], None], at: Installed) -> str | None:
    try:
        take(at)
    except JourneyFailed as error:
        return str(error)
    return None


def _judge(outcomes: list[Outcome], old: str) -> int:
    """Print each outcome; 1 where one fails that is not excluded."""
    known = {(each.environment, each.journey): each for each in EXCLUSIONS if each.old in {"*", old}}
    wrong = 0
    for each in outcomes:
        exclusion = known.get((each.environment, each.journey))
        if each.failure is None:
            said = "ok" if exclusion is None else "ok; its exclusion is no longer needed"
        elif exclusion is None:
            said, wrong = f"FAILED: {each.failure}", 1
        else:
            said = f"excluded: {exclusion.reason}"
        print(f"{each.environment:20}  {each.journey:8}  {said}")
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
