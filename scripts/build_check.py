"""``hatch run build-check [DIR]``: what is built can be published.

Of every distribution: building twice gives the same bytes, under another time zone, locale and hash seed
too; the sdist holds all that it takes to build the same wheel again; the wheel carries the licence, the type
marker and the version of the file ``VERSION``; in an empty environment it installs with what it needs of ours
and nothing else of ours, taking ours from the folder of wheels alone, and its command runs.

The distributions stay in DIR (default: a temporary folder). Exit code 1 when a claim does not hold.
"""

from __future__ import annotations

import email.parser
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from in_package import ROOT, hatch, hatch_env

__all__ = ["Wheel", "closure", "main"]

UV = os.environ.get("HATCH_UV", "uv")  # Hatch names the one that it uses
OTHER = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "7"}


class ClaimFailed(Exception):
    """A claim of the module does not hold."""


@dataclass(frozen=True)
class Wheel:
    """What a wheel says of itself."""

    path: Path
    name: str
    version: str
    requires: tuple[str, ...]
    generator: str

    @classmethod
    def read(cls, path: Path) -> Wheel:
        """Read the metadata, and hold the wheel to what every wheel of ours carries."""
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            info = next(name.split("/")[0] for name in names if name.endswith(".dist-info/METADATA"))
            parser = email.parser.BytesParser()
            metadata = parser.parsebytes(archive.read(f"{info}/METADATA"))
            generator = parser.parsebytes(archive.read(f"{info}/WHEEL"))["Generator"]
        for needed in (f"{info}/licenses/LICENSE", f"{path.name.split('-')[0]}/py.typed"):
            check(needed in names, f"{path.name} lacks {needed}")
        requires = tuple(str(line) for line in metadata.get_all("Requires-Dist", []))
        return cls(path, str(metadata["Name"]), str(metadata["Version"]), requires, str(generator))


def check(holds: bool, claim: str) -> None:  # noqa: FBT001 - the verdict on a claim
    """Fail with the sentence ``claim`` unless it holds."""
    if not holds:
        raise ClaimFailed(claim)


def run(*words: str | Path, env: dict[str, str] | None = None, cwd: Path = ROOT) -> str:
    """The output of a command that must succeed."""
    base = hatch_env() if env is None else hatch_env() | env
    done = subprocess.run(words, cwd=cwd, env=base, check=False, capture_output=True, text=True)
    command = " ".join(map(str, words))
    check(done.returncode == 0, f"exit code {done.returncode} of {command}\n{done.stdout}{done.stderr}")
    return done.stdout


def digests(folder: Path) -> dict[str, str]:
    """The content of a folder of distributions."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*-*"))}


def name_of(requirement: str) -> str:
    """The distribution that a requirement names."""
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]


def closure(name: str, wheels: dict[str, Wheel]) -> tuple[set[str], set[str]]:
    """What installing ``name`` takes, without its extras: names of ours, and requirements of others."""
    ours: set[str] = set()
    others: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        ours.add(current)
        for requirement in wheels[current].requires:
            if "extra ==" in requirement:
                continue
            needed = name_of(requirement)
            if needed not in wheels:
                others.add(requirement)
            elif needed not in ours:
                waiting.append(needed)
    return ours, others


def build_twice(first: Path, scratch: Path) -> None:
    """Build all into ``first``; again under other circumstances; and the wheels from the sdists."""
    run(*hatch(), "build", "--all", first)
    built = digests(first)
    packages = list(ROOT.glob("packages/*/pyproject.toml"))
    check(len(built) == 2 * len(packages), f"a wheel and an sdist per package, not {sorted(built)}")
    run(*hatch(), "build", "--all", scratch / "again", env=OTHER)
    check(digests(scratch / "again") == built, "building twice gives the same bytes")
    generator = Wheel.read(next(first.glob("*.whl"))).generator.split()
    pin = scratch / "build.txt"
    pin.write_text(f"{generator[0]}=={generator[1]}\n", encoding="utf-8")
    for sdist in sorted(first.glob("*.tar.gz")):
        run(UV, "build", "--wheel", "--build-constraints", pin, "--out-dir", scratch / "rebuilt", sdist)
    wheels = {name: digest for name, digest in built.items() if name.endswith(".whl")}
    check(digests(scratch / "rebuilt") == wheels, "an sdist builds the very wheel that was built beside it")


def install(name: str, wheels: dict[str, Wheel], folder: Path, scratch: Path) -> None:
    """Install one distribution into an empty environment, ours from ``folder`` alone, and run its command."""
    environment = scratch / f"env {name}"
    run(UV, "venv", "--python", sys.executable, environment)
    binaries = environment / ("Scripts" if os.name == "nt" else "bin")
    python = binaries / "python"
    ours, others = closure(name, wheels)
    pip: tuple[str | Path, ...] = (UV, "pip", "install", "--python", python)
    if others:
        run(*pip, *sorted(others), cwd=scratch)
    run(*pip, "--no-index", "--find-links", folder, name, cwd=scratch)
    run(UV, "pip", "check", "--python", python, cwd=scratch)
    listed = run(UV, "pip", "freeze", "--python", python, cwd=scratch).split()
    installed = {name_of(line) for line in listed} & set(wheels)
    check(installed == ours, f"{name} installs {sorted(ours)} of ours, not {sorted(installed)}")
    version = wheels[name].version
    show = f"import {name.replace('-', '_')} as m; print(m.__version__)"
    shown = run(python, "-I", "-c", show, cwd=scratch)
    check(shown.strip() == version, f"{name} says version {shown.strip()}, not {version}")
    check(version in run(binaries / name, "--version", cwd=scratch), f"{name} --version says {version}")
    print(f"{name} {version}: installs alone with {', '.join(sorted(ours - {name})) or 'nothing'} of ours")


def main(arguments: list[str]) -> int:
    """Build and try everything; returns 1 when a claim does not hold."""
    with tempfile.TemporaryDirectory(prefix="runpact build ") as text:
        scratch = Path(text)
        first = Path(arguments[0]).resolve() if arguments else scratch / "dist"
        try:
            build_twice(first, scratch)
            wheels = {wheel.name: wheel for wheel in map(Wheel.read, sorted(first.glob("*.whl")))}
            version = (ROOT / "VERSION").read_text(encoding="utf-8").strip()
            for name, wheel in wheels.items():
                check(wheel.version == version, f"{name} has version {wheel.version}, VERSION says {version}")
                install(name, wheels, first, scratch)
        except ClaimFailed as failed:
            print(f"error[build]: {failed}", file=sys.stderr)
            return 1
        print(f"{len(wheels)} distributions: same bytes twice, and again from their sdists")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
