"""``runpact status | certify | matrix`` on the command line: mounts the three, and is the console script."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from runpact_core import edge
from runpact_status_matrix._cli_certify import certify
from runpact_status_matrix._cli_matrix import matrix
from runpact_status_matrix._cli_status import status
from runpact_status_matrix._version import __version__

__all__ = ["app", "certify", "main", "matrix", "runner_certify", "status"]

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings=edge.HELP,
    help="Certify runners, collect their status.",
)
for _part, _word in ((status, "status"), (certify, "certify"), (matrix, "matrix")):
    app.add_typer(_part, name=_word)


def main() -> int:
    """The console script ``runpact-status-matrix``."""
    return edge.run(app, sys.argv[1:], "runpact-status-matrix")


def runner_certify() -> int:
    """The console script ``runner-certify``."""
    return edge.run(certify, sys.argv[1:], "runner-certify")


@app.callback(invoke_without_command=True)
def _root(*, version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False) -> None:
    if version:
        print(f"runpact-status-matrix {__version__}")
        raise typer.Exit
