"""Options that the commands have in common, and the places that they name.

Every option has one type here, so every command says the same of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from runpact_core.errors import UsageFailure
from runpact_gc._places import places

if TYPE_CHECKING:
    from runpact_gc._places import Places

__all__ = ["Config", "DashDir", "Families", "Json", "Project", "RunsDir", "StoreDir", "Verbose", "given_places"]

Project = Annotated[str, typer.Option("--project", metavar="DIR", help="The project.")]
StoreDir = Annotated[
    str | None, typer.Option("--store-dir", metavar="DIR", help="The store.  [default: artifacts, in the project]")
]
Config = Annotated[
    str | None,
    typer.Option(
        "--config", metavar="FILE", help="The configuration.  [default: config/artifacts.yaml, in the project]"
    ),
]
RunsDir = Annotated[
    str | None,
    typer.Option("--runs-dir", metavar="DIR", help="Recorded runs.  [default: reports/runs, in the project]"),
]
DashDir = Annotated[
    str | None, typer.Option("--dash-dir", metavar="DIR", help="Reported runs.  [default: dash, in the project]")
]
Json = Annotated[bool, typer.Option("--json", help="Print one document instead, and nothing else.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="Say more.")]
Families = Annotated[
    list[str] | None, typer.Option("--family", metavar="NAME", help="This family alone; may be given again.")
]


def given_places(
    project: str = ".",
    store: str | None = None,
    config: str | None = None,
    runs: str | None = None,
    dash: str | None = None,
) -> Places:
    """Where things lie, as the options of a call say.

    Raises:
        UsageFailure: The project is no folder, or a name that was given is empty.
    """
    for option, value in (("--store-dir", store), ("--config", config), ("--runs-dir", runs), ("--dash-dir", dash)):
        if value == "":
            raise UsageFailure(f"{option} is empty", hint="name a folder" if option != "--config" else "name a file")
    return places(project, store=store, config=config, runs=runs, dash=dash)
