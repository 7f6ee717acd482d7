"""``runpact history`` on the command line. Parses, calls, renders, exits."""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from runpact_core import documents, edge, files
from runpact_core.errors import InvalidArtifact, UsageFailure
from runpact_core.redact import for_terminal
from runpact_reporter import _history, _history_record, _history_write, _places
from runpact_reporter._cli_options import DashDir, Project
from runpact_reporter._history import HistoryProblem

__all__ = ["history"]

_MOST_PROBLEMS = 1000
_SAID = 20
_FEW = 3

history = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings=edge.HELP,
    help="Read and rebuild the history of reported runs.",
)


class _Problems:
    """What was wrong: the first of it, and how much more there was."""

    def __init__(self) -> None:
        self.kept: list[HistoryProblem] = []
        self.more = 0
        self.harmful = False

    def __call__(self, problem: HistoryProblem) -> None:
        self.harmful = self.harmful or not problem.harmless
        if len(self.kept) < _MOST_PROBLEMS:
            self.kept.append(problem)
        else:
            self.more += 1

    def say(self) -> None:
        """The first of them on stderr, and how many are not shown."""
        for problem in self.kept[:_SAID]:
            edge.say(f"warning: {problem}")
        left = self.more + len(self.kept[_SAID:])
        if left:
            edge.say(f"warning: {left} more problems")


@history.command("append")
def append(
    runs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[RUN...]", help="Folders of reported runs, from the folder of the history."),
    ] = None,
    *,
    record: Annotated[
        str | None, typer.Option(metavar="FILE", help="A history record as JSON; - for standard input.")
    ] = None,
    project: Project = ".",
    dash_dir: DashDir = None,
) -> None:
    """Append the records of reported runs, or a record of another producer, to the history."""
    if not runs and record is None:
        raise UsageFailure("there is nothing to append", hint="name a run's folder, PRODUCT/RUN_ID, or --record")
    dash = _places.dash_dir(project, dash_dir)
    path = str(_places.history_path(dash))
    records = [_of_run(os.path.dirname(path), run) for run in runs or ()]  # noqa: PTH120 - pathlib is slow
    if record is not None:
        limit = documents.MAX_BYTES
        raw = sys.stdin.buffer.read(limit + 1) if record == "-" else files.read_bytes(record, limit=limit)
        records.append(documents.read("history_record", raw).data)
    for each in records:
        if _history_write.stands(path, each):
            edge.say(f"{path}: {each['run_rel']} is there already")
            continue
        if _history_write.append_history(path, each):
            edge.say(f"warning: the last line of {path} was torn; the record stands on a line of its own")
        print(for_terminal(f"{path}: {each['run_rel']}"))


@history.command("show")
def show(  # noqa: PLR0913 - one for each option
    path: Annotated[
        str | None, typer.Argument(metavar="[PATH]", help="A history or a folder of runs.  [default: the project's]")
    ] = None,
    *,
    product: Annotated[str | None, typer.Option(metavar="ID", help="Only runs of this product.")] = None,
    status: Annotated[str | None, typer.Option(metavar="WORD", help="Only runs that ended so.")] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="Only the last N of them.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print a history_view document.")] = False,
    project: Project = ".",
    dash_dir: DashDir = None,
) -> int:
    """Show the records of a history, and whatever in it is none; exit 1 where something is not a record."""
    where = path or str(_places.history_path(_places.dash_dir(project, dash_dir)))
    problems, count, read = _Problems(), 0, 0
    shown: deque[dict[str, Any]] = deque(maxlen=limit)
    for record in _history.iter_report_history(where, on_problem=problems):
        if (product in {None, record.get("product_id")}) and (status in {None, record["status"]}):
            shown.append(record)
            count += 1
        read += 1
    if not read and not _history_record.is_tree(where):
        raise UsageFailure(f"{where} is no history and no folder of runs", hint="name a history, or a dash folder")
    if json:
        print(documents.dumps(_view(shown, count - len(shown), problems)).decode(), end="")
    else:
        for record in shown:
            print(for_terminal(_row(record)))
        if not shown:
            print(for_terminal(f"there are no such records in {where}" if count == 0 else where))
        problems.say()
    return int(problems.harmful)


@history.command("rebuild")
def rebuild(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 where records are missing, or some are too many.")
    ] = False,
    drop: Annotated[
        bool, typer.Option("--drop", help="Leave out records of runs that the tree does not have.")
    ] = False,
    project: Project = ".",
    dash_dir: DashDir = None,
) -> int:
    """Make the history again from the reports of the runs; the same tree gives the same bytes.

    Records of runs that the tree does not have, such as those of other producers, stay as they are. Where lines are no
    records, the history as it was is kept beside the new one.
    """
    dash = _places.dash_dir(project, dash_dir)
    path, problems = str(_places.history_path(dash)), _Problems()
    differs = False
    if check:
        made = _history_write.rebuilt_history(dash, drop=drop, on_problem=problems)
        found = _history_write.difference(dash, made)
        differs = not found.harmless
        print(for_terminal(f"{path}: {_compared(found, made)}"))
        for each in found.left_out:
            problems(each)
    else:
        made = _history_write.remade_history(dash, drop=drop, on_problem=problems)
        of_others = f", {made.kept} of runs that are not in the tree" if made.kept else ""
        print(for_terminal(f"{path}: {_counted(made.records, 'record')}{of_others}"))
    problems.say()
    if made.aside:
        _say_left_out(made)
    return int(differs or problems.harmful)


def _compared(found: _history_write.Difference, made: _history_write.Rebuilt) -> str:
    """What `--check` says of a history, in one line."""
    others = f" and {_counted(made.kept, 'record')} of runs that are not in the tree" if made.kept else ""
    reports = made.records - made.kept
    said = f"what {_counted(reports, 'report')}{others} {'makes' if reports == 1 and not others else 'make'}"
    if found.harmless:
        return f"is {said}{', but for the order of lines, or for earlier records of a run' if found.order else ''}"
    parts = [
        *([f"lacks {_some(found.missing)}"] if found.missing else []),
        *([f"has {_some(found.beyond)} beyond"] if found.beyond else []),
        *([f"has {_counted(len(found.left_out), 'line')} that {_are(found.left_out)}"] if found.left_out else []),
    ]
    return f"differs from {said}: {'; '.join(parts)}"


def _some(runs: list[str]) -> str:
    """The first few of some runs, and how many more there are."""
    return ", ".join(runs[:_FEW]) + (f" and {len(runs) - _FEW} more" if len(runs) > _FEW else "")


def _are(lines: Sequence[HistoryProblem]) -> str:
    return "is no record" if len(lines) == 1 else "are no records"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _say_left_out(made: _history_write.Rebuilt) -> None:
    """Tell which lines are not in the new history, and where they are."""
    told = _Problems()
    for each in made.left_out:
        told(each)
    told.say()
    edge.say(f"runpact: {_counted(len(made.left_out), 'line')} left out; the history as it was is kept: {made.aside}")


def _of_run(folder: str, run: str) -> dict[str, Any]:
    """The record of a run's own report.

    Raises:
        UsageFailure: The folder lies elsewhere.
        InvalidArtifact: The report's version is unknown.
    """
    run_rel = os.path.normpath(run).replace(os.sep, "/")
    if run_rel.startswith(("/", "../")) or run_rel == "..":
        raise UsageFailure(f"{run} lies outside {folder}", hint="name a run's folder, such as PRODUCT/RUN_ID")
    report = documents.read("last_run", os.path.join(folder, run_rel, _places.LAST_RUN))  # noqa: PTH118 - pathlib is slow
    if report.read_as is None:
        raise InvalidArtifact(str(report.message))
    return _history_record.record_of(report.data, run_rel)


def _view(records: deque[dict[str, Any]], omitted: int, problems: _Problems) -> dict[str, Any]:
    """The history_view document."""
    found = [
        {"path": each.path, **({} if each.line is None else {"line": each.line}), "message": each.message}
        for each in problems.kept
    ]
    if problems.more:
        found.append({"path": problems.kept[-1].path, "message": f"{problems.more} more problems"})
    return {"schema_version": "1.0", "records": list(records), "omitted": omitted, "problems": found}


def _row(record: Mapping[str, Any]) -> str:
    """A record as one line."""
    when = record.get("ended_at") or record.get("started_at") or "-"
    return f"{when}  {record['status']:<11}  {record['run_rel']}  {record.get('summary', '')}".rstrip()
