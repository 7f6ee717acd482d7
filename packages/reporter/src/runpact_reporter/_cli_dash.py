"""``runpact dash`` on the command line. Parses, calls, renders, exits."""

from __future__ import annotations

import os
import time
from typing import Annotated

import typer

from runpact_core import edge
from runpact_core.errors import UsageFailure
from runpact_core.redact import for_terminal
from runpact_reporter import _last_run
from runpact_reporter._cli_dash_serve import serve
from runpact_reporter._cli_options import DashDir

__all__ = ["dash", "moment"]

_EPOCH = "SOURCE_DATE_EPOCH"

dash = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings=edge.HELP,
    help="Build or serve the dashboard of the fleet.",
)


@dash.command("build")
def build(
    out: Annotated[
        str, typer.Argument(metavar="OUT", help="The folder of the site: empty, absent, or a site of ours.")
    ],
    *,
    project: Annotated[
        list[str] | None, typer.Option(metavar="DIR", help="The project; several make one site.  [default: .]")
    ] = None,
    dash_dir: DashDir = None,
    now: Annotated[
        str | None,
        typer.Option(metavar="UTC", help="The time that ages count from.  [default: $SOURCE_DATE_EPOCH, or now]"),
    ] = None,
) -> None:
    """Make a static site of the fleet that opens from disk, without a server and without network."""
    from runpact_reporter._dash import build_site, projects_of

    built = build_site(projects_of(project or ["."], dash_dir), out, moment(now))
    for problem in built.problems:
        edge.say(f"warning: {problem}")
    print(for_terminal(f"{built.start}: products: {built.products}, pages: {built.pages}, files: {built.files}"))


def moment(given: str | None) -> float:
    """The time that a page is made for: the one that was given, else the build's, else the clock's.

    Raises:
        UsageFailure: It is no time.
    """
    if given is None:
        stated = os.environ.get(_EPOCH)
        if stated is None:
            return int(time.time())
        if not stated.isascii() or not stated.isdigit() or len(stated) > 12:
            raise UsageFailure(f"{_EPOCH}={stated[:40]} is no number of seconds", hint="unset it, or use date +%s")
        return int(stated)
    seconds = _last_run.moment(given)
    if seconds is None:
        raise UsageFailure(f"--now {given[:40]} is no time", hint="write it as 2026-01-19T12:00:00Z")
    return int(seconds)


dash.command("serve")(serve)
