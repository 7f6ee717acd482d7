"""``runpact fleet | report | history | dash`` on the command line: mounts the four, and is the console script."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from runpact_core import edge
from runpact_reporter._cli_dash import dash
from runpact_reporter._cli_fleet import fleet
from runpact_reporter._cli_history import history
from runpact_reporter._cli_report import report
from runpact_reporter._version import __version__

__all__ = ["app", "dash", "fleet", "history", "main", "report"]

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, context_settings=edge.HELP, help="Report runs, and show the fleet."
)
for _part, _word in ((fleet, "fleet"), (report, "report"), (history, "history"), (dash, "dash")):
    app.add_typer(_part, name=_word)


def main() -> int:
    """The console script ``runpact-reporter``."""
    return edge.run(app, sys.argv[1:], "runpact-reporter")


@app.callback(invoke_without_command=True)
def _root(*, version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False) -> None:
    if version:
        print(f"runpact-reporter {__version__}")
        raise typer.Exit
