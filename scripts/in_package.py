"""``hatch run in PACKAGE TASK [ARG]…``: one task of one package, from any folder of the project.

The task runs in the package's own environment, which holds that package and what it needs, and nothing else
of ours. ``install`` makes the environment; every other word is a script of it (see ``package_env.py``), also
in another environment of the package: ``lowest:test``. The exit code is the task's; 2 when the words make no
sense.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

__all__ = ["hatch", "hatch_env", "main"]

ROOT = Path(__file__).resolve().parent.parent
TASKS = ("install", "smoke", "smoke_extended", "test", "lint")


def hatch() -> list[str]:
    """The command that starts Hatch: the pinned one where there is a POSIX shell."""
    return [str(ROOT / "hatchw")] if os.name == "posix" else ["hatch"]


def hatch_env() -> dict[str, str]:
    """The process environment for a Hatch inside a Hatch script: as if the outer one were not there."""
    outer = os.environ.get("VIRTUAL_ENV")
    environment = {k: v for k, v in os.environ.items() if k not in {"HATCH_ENV_ACTIVE", "VIRTUAL_ENV"}}
    path = environment.get("PATH", os.defpath).split(os.pathsep)
    kept = [part for part in path if outer is None or not part.startswith(outer + os.sep)]
    return environment | {"PATH": os.pathsep.join(kept)}


def main(arguments: list[str]) -> int:
    """Run the task named by ``arguments``; returns its exit code, 2 for words that make no sense."""
    packages = sorted(path.parent.name for path in ROOT.glob("packages/*/pyproject.toml"))
    if len(arguments) < 2 or arguments[0] not in packages:
        print(f"error[usage]: ./hatchw run in PACKAGE TASK — packages: {', '.join(packages)}", file=sys.stderr)
        return 2
    package, task, *rest = arguments
    if task not in TASKS and ":" not in task:
        print(f"error[usage]: no task {task} — one of {', '.join(TASKS)}", file=sys.stderr)
        return 2
    words = ["env", "create"] if task == "install" else ["run", task, *rest]
    folder = ROOT / "packages" / package
    return subprocess.run([*hatch(), *words], cwd=folder, env=hatch_env(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
