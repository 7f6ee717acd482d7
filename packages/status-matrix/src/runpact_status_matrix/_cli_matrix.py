"""``runpact matrix`` on the command line. Parses, calls, renders, exits."""

from __future__ import annotations

import os
import time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from runpact_core import edge
from runpact_core.errors import InvalidArtifact, UsageFailure

if TYPE_CHECKING:
    from pathlib import Path

    from runpact_status_matrix._ingest import Done

__all__ = ["matrix"]

matrix = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings=edge.HELP,
    help="Ingest the status of many runners, and show it.",
)

Project = Annotated[str, typer.Option("--project", "--root", metavar="DIR", help="The project.")]
Matrix = Annotated[
    str | None,
    typer.Argument(metavar="[MATRIX]", help="The matrix.  [default: .artifacts/runner-status-matrix.json]"),
]
Moment = Annotated[
    str | None, typer.Option("--now-utc", metavar="T", help="The moment to judge against, in RFC 3339.  [default: now]")
]
Json = Annotated[bool, typer.Option("--json", help="Print the matrix as a document.")]


class ShownVerdict(StrEnum):
    """What a row can be shown by: the verdicts of the contract."""

    OK = "ok"
    WARN = "warn"
    GOVERNANCE_FAIL = "governance_fail"
    BLOCKED = "blocked"


@matrix.callback()
def _root() -> None:
    """Ingest the status of many runners, and show it."""


@matrix.command()
def ingest(  # noqa: PLR0913 - one for each word
    *,
    registry: Annotated[str, typer.Option(metavar="FILE", help="The registry of runners.", show_default=False)],
    catalog: Annotated[
        str | None, typer.Option(metavar="FILE", help="The schema catalog that says which versions judge.")
    ] = None,
    out: Annotated[
        str | None, typer.Option(metavar="DIR", help="Where the files go.  [default: .artifacts of the project]")
    ] = None,
    max_age_hours: Annotated[
        int | None,
        typer.Option(min=0, max=87600, help="How old a report may be where the registry does not say.  [default: 72]"),
    ] = None,
    enforce_freshness: Annotated[
        bool, typer.Option("--enforce-freshness", help="Fail where a report is stale or missing that must be there.")
    ] = False,
    enforce: Annotated[bool, typer.Option("--enforce", help="Fail where a required runner does not pass.")] = False,
    now_utc: Moment = None,
    jobs: Annotated[int, typer.Option(min=1, max=256, help="How many sources are asked at once.")] = 16,
    timeout: Annotated[float, typer.Option(min=0.1, max=3600, help="Seconds for one source.")] = 30.0,
    deadline: Annotated[float, typer.Option(min=0.1, max=86400, help="Seconds for all sources together.")] = 600.0,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Let sources have addresses that are not public.")
    ] = False,
    require_digest: Annotated[
        bool, typer.Option("--require-digest", help="Refuse a report whose source says no digest of it.")
    ] = False,
    ca_file: Annotated[
        str | None, typer.Option(metavar="FILE", help="Authorities to believe instead of the system's, in PEM.")
    ] = None,
    forget: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RUNNER", help="Forget the report that was accepted last, and take an older one; '*' is all."
        ),
    ] = None,
    json: Json = False,
    project: Project = ".",
) -> int:
    """Ask every runner's source for its report, and write matrix, Markdown and log, whatever failed."""
    from runpact_status_matrix import _ingest
    from runpact_status_matrix._policy import Settings, proxies_from, token_from

    now = _now(now_utc)
    settings = Settings(
        allow_private=allow_private,
        require_digest=require_digest,
        ca_file=ca_file,
        token=token_from(os.environ),
        total_s=timeout,
    )
    asked = _ingest.Asked(
        registry=registry,
        project=edge.project_dir(project),
        out=out,
        catalog=catalog,
        max_age_hours=max_age_hours,
        enforce=enforce,
        enforce_freshness=enforce_freshness,
        jobs=jobs,
        deadline_s=deadline,
        forget=tuple(forget or ()),
        settings=settings,
        clock=None if now_utc is None else _now(None),
        proxies=proxies_from(os.environ),
    )
    done = _ingest.ingest(asked, now)
    _tell(done, json=json)
    return done.exit_code


@matrix.command()
def show(
    matrix_file: Matrix = None,
    *,
    only: Annotated[
        list[ShownVerdict] | None,
        typer.Option(metavar="VERDICT", help="ok, warn, governance_fail or blocked: only such rows; again for more."),
    ] = None,
    json: Json = False,
    project: Project = ".",
) -> None:
    """Show a matrix: a row per runner, and who has to do something."""
    from runpact_status_matrix._matrix import in_terminal
    from runpact_status_matrix._show import matrix_path, read_matrix

    data = read_matrix(matrix_path(project, matrix_file)).data
    if json and only:
        raise UsageFailure("--json prints the whole matrix, so --only says nothing", hint="leave one of both out")
    if json:
        edge.tell_document(data)
    else:
        edge.tell(*in_terminal(data, edge.columns(), [each.value for each in only or ()]).splitlines())


@matrix.command()
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The earlier matrix.", show_default=False)],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The later matrix.", show_default=False)],
    *,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="End with 1 where they differ.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print a matrix_diff document.")] = False,
) -> int:
    """Show which runners came, went, or stand otherwise."""
    from runpact_status_matrix import _diff
    from runpact_status_matrix._show import compared

    document = _diff.diff(compared(old), compared(new))
    if json:
        edge.tell_document(document)
    else:
        edge.tell(*_diff.in_text(document).splitlines())
    return int(exit_code and _diff.differs(document))


@matrix.command()
def html(
    matrix_file: Matrix = None,
    *,
    out: Annotated[
        str | None, typer.Option(metavar="FILE", help="The page.  [default: the matrix's name, with .html]")
    ] = None,
    now_utc: Moment = None,
    project: Project = ".",
) -> None:
    """Write a matrix as one page that opens without a server."""
    from pathlib import Path

    from runpact_core import files
    from runpact_status_matrix import _html
    from runpact_status_matrix._show import matrix_path, read_matrix

    path = matrix_path(project, matrix_file)
    page = _html.page(read_matrix(path).data, _now(now_utc) // 1_000_000_000)
    target: Path = Path(out) if out else path.with_suffix(".html")
    if target.resolve() == path.resolve():
        raise UsageFailure(f"--out {target} is the matrix itself", hint="name another file")
    files.replace(target, page)
    edge.tell(str(target))


def _now(stated: str | None) -> int:
    """The one moment of a command; whole seconds where the clock says it.

    Raises:
        UsageFailure: What was stated is no time.
    """
    from runpact_status_matrix import _freshness

    if stated is None:
        return _freshness.from_seconds(int(time.time()))
    try:
        return _freshness.moment_of(stated)
    except InvalidArtifact as error:
        raise UsageFailure(f"--now-utc: {error.reason}", hint="such as 2026-01-19T06:15:12Z") from error


def _tell(done: Done, *, json: bool) -> None:
    """Print what came of an ingest, and on stderr what did not."""
    from runpact_status_matrix._ingest import MATRIX
    from runpact_status_matrix._matrix import in_terminal

    if json:
        edge.tell_document(done.matrix)
    else:
        edge.tell(*in_terminal(done.matrix, edge.columns()).splitlines())
        if MATRIX not in done.faults:
            edge.tell(f"written to {done.out}")
    for warning in done.log.get("warnings", ()):
        edge.say(f"runpact: warning: {warning}")
    for name, error in done.faults.items():
        edge.say(f"runpact: {name}: {error.line()}")
    for reason in done.failing:
        edge.say(f"runpact: {reason}")
