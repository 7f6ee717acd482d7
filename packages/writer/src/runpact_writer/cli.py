"""``runpact exec`` and ``runpact runs`` on the command line. Parses, calls, renders, exits."""

from __future__ import annotations

import os
import sys
import time
from typing import Annotated, Any

import typer

from runpact_core import documents, edge
from runpact_core import runs as folders
from runpact_core.errors import MissingArtifact, RunpactError, UsageFailure
from runpact_core.redact import for_terminal
from runpact_writer import _exec, _render, _verify
from runpact_writer._version import __version__

__all__ = ["app", "main", "runs"]

Project = Annotated[str, typer.Option(metavar="DIR", help="The project.")]
RunsDir = Annotated[str | None, typer.Option(metavar="DIR", help="The folder of runs.  [default: reports/runs]")]
RunName = Annotated[str, typer.Argument(metavar="RUN", help="Id of a run, or its folder.", show_default=False)]
RunNames = Annotated[list[str] | None, typer.Argument(metavar="[RUN...]", help="Ids or folders; all where none.")]

runs = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Look at recorded runs.")
app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Record runs, and look at them.")
app.add_typer(runs, name="runs")


def main() -> int:
    """The console script ``runpact-writer``."""
    if sys.argv[1:2] == ["exec"]:
        return _exec.main(sys.argv[2:])
    return edge.run(app, sys.argv[1:], "runpact-writer")


@app.callback(invoke_without_command=True)
def _root(*, version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False) -> None:
    if version:
        print(f"runpact-writer {__version__}")
        raise typer.Exit


@app.command("exec", add_help_option=False, context_settings={"ignore_unknown_options": True})
def execute(words: Annotated[list[str] | None, typer.Argument(metavar="[OPTIONS] -- COMMAND")] = None) -> int:
    """Run a command, and record the run; see exec --help."""
    return _exec.main(words or [])


@runs.command("list")
def list_runs(*, project: Project = ".", runs_dir: RunsDir = None) -> None:
    """List the runs of a folder, oldest first."""
    print(_render.table(list(folders.find(_folder(project, runs_dir)))), end="")


@runs.command()
def show(run: RunName, *, project: Project = ".", runs_dir: RunsDir = None) -> None:
    """Show one run: its facts and its checks."""
    found = _named(run, _folder(project, runs_dir))
    try:
        checks = documents.read("checks", os.path.join(found.path, "checks.json"))  # noqa: PTH118 - pathlib is slow
    except RunpactError:
        listed: list[dict[str, Any]] = []
    else:
        listed = checks.data["checks"] if checks.read_as else []
    print(_render.card(found, listed), end="")


@runs.command()
def verify(run: RunNames = None, *, project: Project = ".", runs_dir: RunsDir = None) -> int:
    """Check runs against their contracts, resolve every pointer; exit code 1 where anything does not hold."""
    folder = _folder(project, runs_dir)
    found = [_named(name, folder) for name in run] if run else list(folders.find(folder))
    wrong = 0
    for each in found:
        findings = _verify.verify(each)
        wrong += bool(findings)
        for finding in findings:
            print(for_terminal(f"{each.run_id}: {finding.file}: {finding.message}"))
        if not findings:
            print(for_terminal(f"{each.run_id}: ok"))
    if not found:
        print(for_terminal(f"there are no runs in {folder}"))
    return 1 if wrong else 0


def _folder(project: str, runs_dir: str | None) -> str:
    return runs_dir or os.path.join(edge.project_dir(project), "reports", "runs")  # noqa: PTH118 - pathlib is slow


def _named(name: str, folder: str) -> folders.Run:
    """A run by its id or its folder.

    Raises:
        MissingArtifact: There is none.
        UsageFailure: The folder is none of a run.
    """
    path = os.path.join(folder, name) if folders.RUN_ID.fullmatch(name) else name  # noqa: PTH118 - pathlib is slow
    hint = "runpact runs list shows what there is"
    try:
        found = folders.look(path, now=time.time(), asking=folders.here())
    except MissingArtifact as error:
        raise MissingArtifact(path, hint=hint) from error
    if found.document is None and not folders.RUN_ID.fullmatch(found.run_id):
        raise UsageFailure(f"{path} is no folder of a run", hint=hint)
    return found
