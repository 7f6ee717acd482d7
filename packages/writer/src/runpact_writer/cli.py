"""``runpact exec`` and ``runpact runs`` on the command line. Parses, calls, renders, exits."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Annotated, Any

import typer

from runpact_core import documents, edge
from runpact_core import runs as folders
from runpact_core.errors import EnvironmentFailed, RunpactError, UsageFailure
from runpact_core.redact import for_terminal
from runpact_writer import _diff, _exec, _progress, _render, _select, _shown, _verify
from runpact_writer._version import __version__

__all__ = ["app", "main", "runs"]

Project = Annotated[str, typer.Option(metavar="DIR", help="The project.")]
RunsDir = Annotated[str | None, typer.Option(metavar="DIR", help="The folder of runs.  [default: reports/runs]")]


def _ids(ctx: typer.Context, incomplete: str) -> list[str]:
    """What a shell offers for the name of a run."""
    folder = ctx.params.get("runs_dir") or os.path.join(ctx.params.get("project") or ".", "reports", "runs")  # noqa: PTH118 - pathlib is slow
    words = [_select.LAST, *_select.beginning(incomplete, folder)]
    return [word for word in words if word.startswith(incomplete)]


_NAME = "Id of a run, or how it begins; its folder; or the word last."
RunName = Annotated[str, typer.Argument(metavar="RUN", help=_NAME, show_default=False, autocompletion=_ids)]
Before = Annotated[str, typer.Argument(metavar="BEFORE", help=_NAME, show_default=False, autocompletion=_ids)]
After = Annotated[str, typer.Argument(metavar="AFTER", help="The same.", show_default=False, autocompletion=_ids)]
RunNames = Annotated[
    list[str] | None,
    typer.Argument(metavar="[RUN...]", help="The same, of several; all where none.", autocompletion=_ids),
]


class Status(Enum):
    """How a run ended."""

    SUCCESS = "success"
    FAILED = "failed"
    PARTIAL = "partial"


class State(Enum):
    """How a run's folder stands."""

    FINISHED = "finished"
    RUNNING = "running"
    MAYBE_RUNNING = "running?"
    INTERRUPTED = "interrupted"
    UNREADABLE = "unreadable"


runs = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, context_settings=edge.HELP, help="Look at recorded runs."
)
app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, context_settings=edge.HELP, help="Record runs, and look at them."
)
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
def list_runs(  # noqa: PLR0913 - one for each option
    *,
    pipeline: Annotated[list[str] | None, typer.Option(metavar="ID", help="Only these pipelines; * and ? fit.")] = None,
    status: Annotated[list[Status] | None, typer.Option(help="Only runs that ended so.")] = None,
    state: Annotated[list[State] | None, typer.Option(help="Only runs that stand so.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Only runs started since a UTC date or time, or 90s, 12h, 7d.")
    ] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="Only the newest N of them.")] = None,
    reverse: Annotated[bool, typer.Option("--reverse", help="Oldest first.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print a run_list document.")] = False,
    project: Project = ".",
    runs_dir: RunsDir = None,
) -> None:
    """List the runs of a folder, newest first."""
    folder, now = _folder(project, runs_dir), time.time()
    wanted = _select.Filter(
        pipelines=tuple(pipeline or ()),
        statuses=tuple(each.value for each in status or ()),
        states=tuple(each.value for each in state or ()),
        since=None if since is None else _select.moment(since, now),
    )
    fitting = _select.newest_first(run for run in _every(folder, now) if wanted.admits(run))
    shown = fitting[:limit]
    omitted = len(fitting) - len(shown)
    if reverse:
        shown.reverse()
    if json:
        _print_document(_shown.run_list(shown, omitted, now))
    elif shown:
        print(_render.table(shown, now, edge.columns()), end="")
    else:
        print(for_terminal(f"there are no {'such ' if wanted != _select.Filter() else ''}runs in {folder}"))
    if omitted and not json:
        edge.say(f"{omitted} older {'run is' if omitted == 1 else 'runs are'} left out by --limit {limit}")


@runs.command()
def show(
    run: RunName,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print a run_view document.")] = False,
    project: Project = ".",
    runs_dir: RunsDir = None,
) -> None:
    """Show one run: its facts, what it read and wrote, its checks."""
    now = time.time()
    found = _named(run, _folder(project, runs_dir), now)
    if json:
        _print_document(_shown.run_view(found, _checks(found), now))
    else:
        print(_render.card(found, _side(found).checks, now), end="")


@runs.command()
def diff(  # noqa: PLR0913 - one for each option
    before: Before,
    after: After,
    *,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 1 where anything differs.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print a run_diff document.")] = False,
    project: Project = ".",
    runs_dir: RunsDir = None,
) -> int:
    """Show what differs between two runs."""
    folder, now = _folder(project, runs_dir), time.time()
    left, right = (_side(_named(name, folder, now)) for name in (before, after))
    changes = _diff.diff(left, right)
    if json:
        _print_document(_shown.run_diff(left.run, right.run, changes))
    else:
        print(_render.differences(left.run, right.run, changes), end="")
    return 1 if changes and exit_code else 0


@runs.command()
def verify(
    run: RunNames = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print a run_findings document.")] = False,
    project: Project = ".",
    runs_dir: RunsDir = None,
) -> int:
    """Check runs against their contracts, resolve every pointer; exit code 1 where anything does not hold.

    A run that is still running is said to be, and is nothing wrong.
    """
    folder, now = _folder(project, runs_dir), time.time()
    doing = "" if edge.columns() is not None and not json else "verifying runs"  # else printing is progress enough
    found: Iterable[folders.Run] = _distinct(run, folder, now) if run else _every(folder, now, doing)
    verified = []
    firsts: dict[str, str] = {}
    for each in found:
        findings = _verify.verify(each)
        first = firsts.setdefault(_select.stated_id(each), each.path)
        findings += _verify.duplicate(each, first) if first != each.path else []
        # A document is not kept longer than needed: a folder may hold very many runs.
        verified.append((each._replace(document=None), findings))
        if not json:
            for finding in findings:
                print(for_terminal(f"{each.run_id}: {finding.file}: {finding.message}"))
            if not findings:
                print(for_terminal(f"{each.run_id}: {'ok' if each.state == 'finished' else each.state}"))
    if json:
        _print_document(_shown.run_findings(verified))
    elif not verified:
        print(for_terminal(f"there are no runs in {folder}"))
    return 1 if any(findings for _, findings in verified) else 0


@runs.command()
def recover(run: RunNames = None, *, project: Project = ".", runs_dir: RunsDir = None) -> int:
    """Seal interrupted runs as failed; all of the folder where none is named."""
    from runpact_writer import _recover

    folder, now, asking = _folder(project, runs_dir), time.time(), folders.here()
    every = (each for each in _every(folder, now) if each.state == "interrupted")
    code, number = 0, 0
    for each in _distinct(run, folder, now) if run else every:
        number += 1
        try:
            print(for_terminal(f"{each.run_id}: {_recover.recover(each, now=now, asking=asking)}"))
        except RunpactError as error:  # the others can still be sealed
            edge.say(f"{each.run_id}: {error.line()}")
            code = max(code, error.exit_code)
    if not number:
        print(for_terminal(f"there are no interrupted runs in {folder}"))
    return code


def _folder(project: str, runs_dir: str | None) -> str:
    """Where the runs are: a folder that was named must be there; that of a project comes with its first run.

    Raises:
        UsageFailure: There is no such project, or no such folder of runs.
        EnvironmentFailed: It is below the current folder, and that was removed.
    """
    folder = edge.runs_dir(project, runs_dir)
    if runs_dir and not os.path.lexists(folder):
        raise UsageFailure(f"--runs-dir {runs_dir} does not exist", hint="name a folder")
    try:
        os.path.abspath(folder)  # noqa: PTH100 - pathlib is slow
    except OSError as error:
        hint = "it was removed; go to another, or name one with --project"
        raise EnvironmentFailed("looking for the current folder", error, hint=hint) from error
    return folder


def _every(folder: str, now: float, doing: str = "reading runs") -> Iterator[folders.Run]:
    """Every run of a folder, with progress on a terminal where there is a word for it; none where it is not there."""
    if not os.path.lexists(folder):
        return iter(())
    found = folders.find(folder, now=now, asking=folders.here())
    return _progress.counted(found, len(folders.ids(folder)), doing) if doing else found


def _named(name: str, folder: str, now: float) -> folders.Run:
    return _select.named(name, folder, now=now, asking=folders.here())


def _distinct(names: Iterable[str], folder: str, now: float) -> list[folders.Run]:
    """The runs of these names, each folder once."""
    found = [_named(name, folder, now) for name in names]
    return list({os.path.realpath(run.path): run for run in found}.values())


def _side(run: folders.Run) -> _diff.Side:
    """A run with its checks, where these are in a form that we know."""
    checks = _checks(run)
    return _diff.Side(run, checks.data if checks and checks.read_as else {})


def _checks(run: folders.Run) -> documents.Document | None:
    """What a run checked, where it can be read."""
    try:
        return documents.read("checks", os.path.join(run.path, "checks.json"))  # noqa: PTH118 - pathlib is slow
    except RunpactError:
        return None


def _print_document(data: dict[str, Any]) -> None:
    """Print one document of a contract to stdout and nothing else."""
    print(documents.dumps(data).decode(), end="")
