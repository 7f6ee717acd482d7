"""Words of the command line that several commands take, each in one place."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

__all__ = ["DashDir", "Product", "Project", "Switch"]

Product = Annotated[str, typer.Argument(metavar="PRODUCT", help="Id of the product.", show_default=False)]
Project = Annotated[str, typer.Option("--project", metavar="DIR", help="The project.")]
DashDir = Annotated[str | None, typer.Option("--dash-dir", metavar="DIR", help="The dash folder.  [default: dash]")]


class Switch(Enum):
    """Whether a kill switch is on."""

    ON = "on"
    OFF = "off"
