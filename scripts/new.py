"""``hatch run new contract NAME`` and ``hatch run new package NAME``: all the files of it, whole at once.

What is made passes every check as it is, so that what is written next starts from something that works. All is decided
before anything is written; names that are taken, and a tree with changes that are not committed, are refused (exit
code 2). A step that fails puts back what was there.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import new_contract
import new_package

from runpact_core.errors import RunpactError, UsageFailure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from new_draft import Draft

__all__ = ["main", "parse", "steps"]

ROOT = Path(__file__).resolve().parent.parent
SHOWN = 20  # lines of a failed step's output


class StepFailed(RunpactError):
    """A command that makes the rest of the files failed; what was written is undone."""

    code = "step-failed"

    def __init__(self, words: Sequence[str], said: str) -> None:
        super().__init__(f"{' '.join(words)} failed, so nothing was made", hint="see above why")
        self.said = said


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageFailure(message, hint=f"see {self.prog} --help")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The words of a call.

    Raises:
        UsageFailure: They make no sense.
    """
    parser = _Parser(prog="./hatchw run new", description="Make a contract or a package that passes every check.")
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="contract|package")
    contract = kinds.add_parser("contract", help="a contract, version 1.0, planned")
    contract.add_argument("name", metavar="NAME", help="in snake_case, such as build_note")
    contract.add_argument("--owner", default="core", metavar="PACKAGE", help="who decides about it  [default: core]")
    contract.add_argument("--describes", metavar="PATH", help="where such a document lies  [default: NAME.json]")
    package = kinds.add_parser("package", help="a tool of its own that stands on the core")
    package.add_argument("name", metavar="NAME", help="in kebab-case, such as run-costs")
    package.add_argument("--summary", default=new_package.SUMMARY, metavar="TEXT", help="what it does, in a few words")
    for each in (contract, package):
        each.add_argument("--allow-dirty", action="store_true", help="also beside changes that are not committed")
    return parser.parse_args(arguments)


def steps(kind: str, name: str, draft: Draft) -> list[list[str]]:
    """What makes the rest, as the words after the name of Python: generated files, tables, the order of imports."""
    if kind == "contract":
        return [["-m", "codegen"], ["-m", "tests.contracts.frozen"], ["-m", "evolution", "certificate", name]]
    python = sorted(path for path in draft.made | draft.changed if path.endswith(".py"))
    return [
        ["-m", "ruff", "check", "-q", "--fix-only", *python],
        ["-m", "ruff", "format", "-q", *python],
        ["-m", "codegen"],
        ["-m", "evolution", "packages"],
    ]


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Make what is asked for in the project at ``root``; the exit code."""
    try:
        options = parse(arguments)
        if not options.allow_dirty:
            _refuse_changes(root)
        if options.kind == "contract":
            draft = new_contract.contract(root, options.name, owner=options.owner, describes=options.describes)
        else:
            draft = new_package.package(root, options.name, summary=options.summary)
        _carry_out(draft, steps(options.kind, options.name, draft))
    except RunpactError as error:
        print(*getattr(error, "said", "").splitlines()[-SHOWN:], error.line(), sep="\n", file=sys.stderr)
        return error.exit_code
    for path in sorted(draft.made | draft.changed):
        print(f"{'made' if path in draft.made else 'changed':8} {path}")
    print("and what follows from them: see git status; then docs/contributing.md")
    return 0


def _refuse_changes(root: Path) -> None:
    """Refuse a tree with changes, since what is made could not be told from them. A tree without git has none."""
    if not (root / ".git").exists():
        return
    command = ["git", "status", "--porcelain", "-z"]
    try:
        done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError) as error:
        raise UsageFailure("git does not say which changes there are", hint="see git status") from error
    changed = [entry[3:] for entry in done.stdout.split("\0") if entry]
    if changed:
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        raise UsageFailure(
            f"there are changes that are not committed: {', '.join(changed[:3])}{more}",
            hint="commit or stash them, or say --allow-dirty",
        )


def _carry_out(draft: Draft, commands: list[list[str]]) -> None:
    """Write the draft and run what makes the rest; when anything fails, all is as it was."""
    draft.write()
    try:
        for words in commands:
            _step(words, draft.root)
    except BaseException:
        draft.undo()
        for words in commands:  # what was made from the draft goes the same way
            if "ruff" not in words:
                _run(words, draft.root)
        raise


def _step(words: list[str], root: Path) -> None:
    done = _run(words, root)
    if done.returncode:
        raise StepFailed(words, done.stdout + done.stderr)


def _run(words: list[str], root: Path) -> subprocess.CompletedProcess[str]:
    """Run a module of Python in the project, with a package that no environment has yet."""
    sources = [str(path) for path in sorted((root / "packages").glob("*/src"))]
    known = os.environ.get("PYTHONPATH")
    path = os.pathsep.join([str(root), *sources, *([known] if known else [])])
    return subprocess.run(
        [sys.executable, *words],
        cwd=root,
        env={**os.environ, "PYTHONPATH": path},
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
