"""``runpact dash serve`` on the command line. Parses, calls, renders, exits."""

from __future__ import annotations

import time
from importlib.util import find_spec
from typing import Annotated

import typer

from runpact_core import edge
from runpact_reporter._cli_options import DashDir
from runpact_reporter.errors import NoServer

__all__ = ["serve"]


def serve(
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 is a free one.")] = 8377,
    log: Annotated[bool, typer.Option("--log", help="Say each request on stderr.")] = False,
    project: Annotated[
        list[str] | None, typer.Option(metavar="DIR", help="A project; several are shown together.  [default: .]")
    ] = None,
    dash_dir: DashDir = None,
) -> None:
    """Serve the dashboard on this machine alone (127.0.0.1), from disk at each request, until Ctrl-C."""
    from runpact_reporter._dash import projects_of, render_page

    projects = projects_of(project or ["."], dash_dir)
    if find_spec("uvicorn") is None:
        raise NoServer
    from runpact_reporter._dash import _listen
    from runpact_reporter._dash.serve import Application

    listener = _listen.bound(port)
    number = listener.getsockname()[1]
    application = Application(projects, number, time.time, render_page, edge.say if log else len)
    print(f"http://{_listen.ADDRESS}:{number}/", flush=True)
    _listen.run(application, listener)
