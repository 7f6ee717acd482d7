"""``hatch run compat-packages``: which contract versions each package reads and writes, found by running it.

The commands of `evolution.journey` are run in one process over a project of their own, watched by
`evolution.watched`. What was seen becomes the part ``packages`` of the compatibility matrix; the compiler carries it
on as it is. ``--check`` writes nothing, and fails where the matrix says otherwise. Either way it fails where the
catalog says of one of our packages that it reads or writes what it was not seen to, or does not say what was seen. Of
the core the catalog need not say so: its commands judge documents of every contract. A planned version need not be in
use, and nothing is said of a package that has no step in the journey, such as the umbrella, which calls the others.
"""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
import tempfile
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from codegen import compat
from codegen.frozen_documents import frozen_documents
from codegen.load import load, version_key
from codegen.project import import_name
from codegen.tree import apply, compare
from evolution.journey import STEPS, Step, prepare, words
from evolution.watched import Use, watching
from runpact_core.errors import RunpactError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codegen.load import ContractSet
    from evolution.watched import Seen

__all__ = ["CommandFailed", "drift", "main", "observe", "packages"]

ROOT = Path(__file__).resolve().parent.parent
OURS = ("GITHUB_", "RUNPACT_")
"""Beginnings of variables that would change what the commands do."""


class CommandFailed(RunpactError):
    """A command of the journey ended by something else than its own decision."""

    code = "command-failed"
    exit_code = 1


def observe(contracts: ContractSet, steps: Iterable[Step] = STEPS) -> Seen:
    """Run the steps in a project of their own, and say what was read and written.

    Raises:
        CommandFailed: One could not do its work; what it says is in the message.
    """
    with tempfile.TemporaryDirectory(prefix="runpact-packages-") as text, watching() as seen:
        project = Path(text).resolve()
        prepare(project, contracts)
        with _inside(project):
            for step in steps:
                _take(step, project, seen)
    return seen


def packages(seen: Seen, steps: Iterable[Step] = STEPS) -> list[dict[str, Any]]:
    """What was seen, as the contract `compatibility` has it: one entry for each package that has a step."""
    taken = list(steps)
    return [
        {
            "package": package,
            "commands": list(dict.fromkeys(step.shown for step in taken if step.package == package)),
            "reads": _uses(seen.reads, package),
            "writes": _uses(seen.writes, package),
        }
        for package in sorted({step.package for step in taken})
    ]


def drift(contracts: ContractSet, found: list[dict[str, Any]]) -> list[str]:
    """Where the catalog and what was seen differ, one line for each contract version, package and direction."""
    folders = {package["package"] for package in found} - {compat.CORE}
    lines = []
    for contract in (each for each in contracts.contracts if each.entry["status"] != "planned"):
        for key, stated_in in (("reads", "read_by"), ("writes", "written_by")):
            seen = {package["package"] for package in found if _has(package[key], contract.name, contract.version)}
            stated = folders & set(contract.entry[stated_in])
            line = contracts.catalog.line(_place(contracts, contract.source.path) + f"/{stated_in}")
            where = f"{contracts.catalog.path}:{line}: {contract.name} {contract.version}"
            lines += [f"{where}: {name} was not seen among {stated_in}" for name in sorted(stated - seen)]
            lines += [f"{where}: {name} is missing in {stated_in}" for name in sorted((seen & folders) - stated)]
    return lines


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Look, and write or (``--check``) compare; 1 where something is not as it is said."""
    parser = argparse.ArgumentParser(prog="./hatchw run compat-packages", description="See what each package reads.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail where the matrix says otherwise")
    options = parser.parse_args(arguments)
    try:
        contracts = load(root)
        found = packages(observe(contracts))
    except RunpactError as error:
        print(error.line(), file=sys.stderr)
        return error.exit_code
    changes = compare(root, compat.execute(contracts, frozen_documents(root), found), ())
    wrong = drift(contracts, found)
    for line in wrong:
        print(line, file=sys.stderr)
    if wrong:
        print("error[drift]: the catalog says otherwise than what was seen — mend catalog or package", file=sys.stderr)
    if options.check and changes:
        for change in changes:
            print(change.diff(), end="")
        print("error[stale]: the matrix is not what was seen — run `./hatchw run compat-packages`", file=sys.stderr)
        return 1
    apply(root, changes)
    print(f"wrote {len(changes)} files" if changes else "the matrix is what was seen")
    return 1 if wrong else 0


@contextmanager
def _inside(project: Path) -> Iterator[None]:
    """In that folder, without the variables of a CI system."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
    before = Path.cwd()
    os.chdir(project)
    try:
        with patch.dict(os.environ, kept, clear=True):
            yield
    finally:
        os.chdir(before)


def _take(step: Step, project: Path, seen: Seen) -> None:
    for line in words(step.text, project) if step.call is None else [[]]:
        kept, err = io.BytesIO(), io.StringIO()
        with redirect_stdout(io.TextIOWrapper(kept, encoding="utf-8", write_through=True)), redirect_stderr(err):
            code = _called(step, line, project)
            printed = kept.getvalue()
        if code not in {0, 1}:
            said = f"{printed.decode()}{err.getvalue()}".strip()
            raise CommandFailed(f"{step.shown} ended with {code}: {said}", hint="mend it, or the step")
        seen.wrote(printed, None, step.package)


def _called(step: Step, line: list[str], project: Path) -> int:
    """Do a step; the exit code: 0, or 1 where it found something, as many do."""
    if step.call is not None:
        step.call(project)
        return 0
    name = import_name(step.package)
    with patch.object(sys, "argv", [f"runpact-{step.package}", *line]):
        code: int = importlib.import_module(f"{name}.cli").main()
    return code


def _uses(uses: set[Use], package: str) -> list[dict[str, Any]]:
    found: dict[str, list[str]] = {}
    for use in uses:
        if use.package == package:
            found.setdefault(use.contract, []).append(use.version)
    return [{"contract": name, "versions": sorted(found[name], key=version_key)} for name in sorted(found)]


def _has(uses: list[dict[str, Any]], contract: str, version: str) -> bool:
    return any(use["contract"] == contract and version in use["versions"] for use in uses)


def _place(contracts: ContractSet, path: str) -> str:
    """The pointer to a contract's entry in the catalog."""
    entries = contracts.catalog.tree["schemas"]
    return next(f"/schemas/{index}" for index, entry in enumerate(entries) if entry["path"] == path)
