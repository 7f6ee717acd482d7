"""The compiler's command line: parse, call, print, return the exit code.

Two steps. The first is pure and makes everything that follows from the contracts alone. The second runs what the first
made, in a fresh process, and records what happened: the compatibility matrix. ``--check`` covers both.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from codegen.broken import place
from codegen.findings import ContractsInvalid, ExecutedStepFailed
from codegen.lint import lint
from codegen.load import load
from codegen.project import read_project, render_project
from codegen.render import GENERATED, PAGES, render
from codegen.tree import Change, apply, compare
from runpact_core.errors import RunpactError

if TYPE_CHECKING:
    from pathlib import Path

OWNED = (GENERATED, PAGES)


def main(arguments: list[str], root: Path) -> int:
    """Compile the contracts of the project at ``root``.

    Returns:
        0 where the tree is (now) what the contracts say; 1 where it is not (``--check``) or the contracts are wrong.
    """
    parser = argparse.ArgumentParser(prog="./hatchw run codegen", description="Compile contracts/ into code and docs.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail where a file is not up to date")
    options = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a difference has what the pages have
    try:
        changes = _compile(root, write=not options.check)
    except ContractsInvalid as error:
        for finding in error.findings:
            print(finding, file=sys.stderr)
        print(error.line(), file=sys.stderr)
        return error.exit_code
    except RunpactError as error:
        print(error.line(), file=sys.stderr)
        return error.exit_code
    if options.check and changes:
        for change in changes:
            print(change.diff(), end="")
        names = ", ".join(change.path for change in changes)
        hint = "run `./hatchw run codegen` and commit"
        print(f"error[stale]: not what contracts/ says: {names} — {hint}", file=sys.stderr)
        return 1
    print(f"wrote {len(changes)} of the generated files" if changes else "every generated file is up to date")
    return 0


def _compile(root: Path, *, write: bool) -> list[Change]:
    contracts = load(root)
    findings = lint(contracts)
    if findings:
        raise ContractsInvalid(findings)
    changes = compare(root, render(contracts) | render_project(read_project(root)), OWNED)
    if write:
        apply(root, changes)
    elif changes:
        return changes  # the second step would run stale code
    executed = compare(root, _execute(root), ())
    if write:
        apply(root, executed)
    return changes + executed


def _execute(root: Path) -> dict[str, str]:
    """Run the second step in a fresh process, which imports what the first step made."""
    path = os.pathsep.join([str(root), *(str(source) for source in sorted((root / "packages").glob("*/src")))])
    command = [sys.executable, "-m", "codegen.executed", str(root)]
    env = {**os.environ, "PYTHONPATH": path, "COLUMNS": "80"}
    # In the project's own folder, since `-m` looks for modules where it runs before it looks along PYTHONPATH.
    done = subprocess.run(command, cwd=root, env=env, check=False, capture_output=True, text=True)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        where = place(done.stderr, root)
        raise ExecutedStepFailed(f"{where}: {reason}" if where else reason)
    files: dict[str, str] = json.loads(done.stdout)
    return files
