"""``hatch run test-all [--all] [ARG]…``: the tests on every supported Python that this machine has.

A Python counts when it runs: names on PATH may be shims without one behind them, so every candidate is
started and asked for its version. Each runs the tests in an environment of its own; at the end one line per
version says what became of it. The exit code is that of the first that failed, 3 when none was found, and
with ``--all`` also when one was not.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from in_package import ROOT, hatch, hatch_env

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["find", "main", "supported"]

PROBE = "import sys, venv; print('%d.%d' % sys.version_info[:2])"


def supported() -> list[str]:
    """The versions of the matrix in ``hatch.toml``, which is the one place that lists them."""
    environments = tomllib.loads((ROOT / "hatch.toml").read_text(encoding="utf-8"))["envs"]
    versions: list[str] = environments["on"]["matrix"][0]["python"]
    return versions


def candidates(version: str, environment: dict[str, str]) -> Iterator[Path]:
    """Where a Python of that version may be: every folder of PATH, then the installations of pyenv."""
    name = f"python{version}" + (".exe" if os.name == "nt" else "")
    yield from (Path(part, name) for part in environment["PATH"].split(os.pathsep))
    pyenv = Path(environment.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted(pyenv.glob(f"versions/{version}.*/bin/{name}"))


def find(version: str, environment: dict[str, str]) -> Path | None:
    """The first candidate that runs and is that version."""
    for path in candidates(version, environment):
        try:
            answer = subprocess.run(
                [path, "-c", PROBE], capture_output=True, check=False, stdin=subprocess.DEVNULL, text=True
            )
        except OSError:
            continue
        if answer.returncode == 0 and answer.stdout.strip() == version:
            return path
    return None


def run(version: str, python: Path, environment: dict[str, str], arguments: list[str]) -> int:
    """The exit code of the tests on one Python, which Hatch finds first on PATH."""
    path = os.pathsep.join([str(python.parent), environment["PATH"]])
    command = [*hatch(), "run", f"on.py{version}:test", *(arguments or ["-n", "2", "tests"])]
    return subprocess.run(command, cwd=ROOT, env=environment | {"PATH": path}, check=False).returncode


def main(arguments: list[str]) -> int:
    """Run the tests on what is there; returns the exit code, as the module says."""
    every = "--all" in arguments
    rest = [word for word in arguments if word != "--all"]
    environment = hatch_env()
    codes: dict[str, int | None] = {}
    for version in supported():
        python = find(version, environment)
        print(f"Python {version}: {python or 'not on this machine'}", flush=True)
        codes[version] = None if python is None else run(version, python, environment, rest)
    words = {None: "not on this machine", 0: "passed"}
    for version, code in codes.items():
        print(f"Python {version}: {words.get(code, f'failed with exit code {code}')}")
    ran = [code for code in codes.values() if code is not None]
    if not ran or (every and len(ran) < len(codes)):
        return 3
    return next((code for code in ran if code), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
