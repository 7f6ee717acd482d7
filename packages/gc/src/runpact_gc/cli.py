"""``runpact artifacts`` on the command line: mounts the commands, and is the console script with its short form."""

from __future__ import annotations

import sys

import typer

from runpact_core import edge
from runpact_gc import (
    _cli_compact,
    _cli_config,
    _cli_gc,
    _cli_list,
    _cli_pin,
    _cli_report,
    _cli_scan,
    _cli_short,
    _cli_trash,
    _cli_verify,
)

__all__ = ["artifacts", "main"]

_PARTS = (
    _cli_scan,
    _cli_list,
    _cli_gc,
    _cli_pin,
    _cli_trash,
    _cli_verify,
    _cli_compact,
    _cli_config,
    _cli_report,
)

artifacts = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings=edge.HELP,
    help="List, keep, trash and compact artifacts.",
)
_script = typer.Typer(no_args_is_help=True, rich_markup_mode=None, context_settings=edge.HELP)

for _part in _PARTS:
    _part.mount(artifacts)
    _part.mount(_script)
_cli_short.mount(_script)


@artifacts.callback()
def _root() -> None:
    """List, keep, trash and compact artifacts."""


def main() -> int:
    """The console script ``runpact-gc``."""
    return edge.run(_script, sys.argv[1:], "runpact-gc")
