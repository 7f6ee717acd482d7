"""``hatchw run SCRIPT ARG…`` in the environment that there is: the scripts are those of ``hatch.toml``.

It stands in for Hatch in a clone: nothing is installed, and what is imported comes from the clone's own folders.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = re.compile(r"\{args(?::([^}]*))?\}")


def commands(words: list[str], scripts: dict[str, str | list[str]]) -> list[str]:
    """The shell commands behind a script and its arguments, or behind a program."""
    name, *rest = words
    if name not in scripts:
        return [shlex.join(words)]
    lines = scripts[name]
    given = shlex.join(rest)
    found = []
    for line in [lines] if isinstance(lines, str) else lines:
        filled = ARGUMENTS.sub(lambda match: given or match[1] or "", line)
        inner = shlex.split(filled)
        found += commands(inner, scripts) if inner[0] in scripts.keys() - {name} else [filled]
    return found


def main(words: list[str]) -> int:
    """Run them in order, until one fails; the exit code."""
    if words[:1] != ["run"] or len(words) < 2:
        sys.exit("only `run SCRIPT`")
    settings = tomllib.loads((ROOT / "hatch.toml").read_text(encoding="utf-8"))
    sources = [str(path) for path in sorted(ROOT.glob("packages/*/src"))]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sources])}
    for line in commands(words[1:], settings["envs"]["default"]["scripts"]):
        code = subprocess.run(["/bin/sh", "-c", line], cwd=ROOT, env=environment, check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
