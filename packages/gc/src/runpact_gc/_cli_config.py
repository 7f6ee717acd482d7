"""``artifacts config check`` and ``config show``: whether a configuration holds, and what holds with it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from runpact_core import edge
from runpact_core.errors import ConfigurationError, InvalidArtifact, RunpactError
from runpact_gc._options import Config, DashDir, Json, Project, RunsDir, StoreDir, given_places

if TYPE_CHECKING:
    from runpact_gc._model import Entry
    from runpact_gc._places import Places
    from runpact_gc._settings import Settings

__all__ = ["mount"]

Fix = Annotated[bool, typer.Option("--fix", help="Write the spaces that are missing; every other byte stays.")]


def mount(app: typer.Typer) -> None:
    """Put the word ``config`` and its two commands on an application."""
    config = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        context_settings=edge.HELP,
        help="Check and show the configuration.",
    )
    config.command("check")(check)
    config.command("show")(show)
    app.add_typer(config, name="config")


def check(  # noqa: PLR0913 - options of a command
    *,
    fix: Fix = False,
    project: Project = ".",
    store_dir: StoreDir = None,
    config: Config = None,
    runs_dir: RunsDir = None,
    dash_dir: DashDir = None,
) -> int:
    """Say whether the configuration holds. Ends with 0, 1 where only --fix is missing, 2 where it does not."""
    from runpact_gc import _config

    where = given_places(project, store_dir, config, runs_dir, dash_dir)
    try:
        found = _config.read(where, given_explicitly=config is not None)
    except ConfigurationError as error:
        _say_others(error)
        raise
    if found.data is None:
        print(f"{found.name} does not exist; the defaults hold")
        return 0
    _say_hints(where, found.data)
    if not found.mended:
        print(f"{found.name} holds")
        return 0
    if fix:
        _config.fix(where, found)
        for line, key in found.mended:
            print(f"{found.name}:{line}: put a space after {key}:")
        return 0
    for each in found.mended:
        print(_config.warning(found.name, *each))
    return 1


def _say_hints(where: Places, data: dict[str, Any]) -> None:
    """Say what holds and is hardly meant."""
    from runpact_gc import _effective, _hints, _notes, _protect

    settings, places = _effective.settings(data), _effective.located(where, data)
    entries = _entries(places, settings)
    families = {entry.family for entry in entries} or None  # a project without entries says nothing of a rule
    pins = _protect.by_pins(entries, settings, (), {}) if entries else ()
    about = (_hints.about_patterns(settings), _hints.about_families(settings, families), _notes.about_pins(pins))
    for each in (*about, _hints.about_the_store(settings, places.store_path)):
        for hint in each:
            edge.say(f"note: {hint}")


def _entries(places: Places, settings: Settings) -> tuple[Entry, ...]:
    """What there is; nothing where it cannot be read, which `artifacts scan` says."""
    from runpact_gc import _scan

    try:
        return _scan.scan(places, settings, now=time.time(), save=False).entries
    except RunpactError:
        return ()


def _say_others(error: ConfigurationError) -> None:
    """Say every problem but the one that the error says itself."""
    problems = error.__cause__.problems if isinstance(error.__cause__, InvalidArtifact) else ()
    for problem in problems if len(problems) > 1 else ():
        if f": {problem} (and " not in error.what:
            edge.say(str(problem))


def show(  # noqa: PLR0913 - options of a command
    *,
    json: Json = False,
    project: Project = ".",
    store_dir: StoreDir = None,
    config: Config = None,
    runs_dir: RunsDir = None,
    dash_dir: DashDir = None,
) -> None:
    """Print the configuration that holds. What the file does not say is a default."""
    from runpact_core import documents
    from runpact_core.redact import for_terminal
    from runpact_gc import _config, _effective

    where = given_places(project, store_dir, config, runs_dir, dash_dir)
    found = _config.read(where, given_explicitly=config is not None)
    for each in found.mended:
        edge.say(f"warning: {_config.warning(found.name, *each)}")
    data = found.data or {}
    whole = _effective.document(_effective.settings(data), data)
    if json:
        print(documents.dumps(whole).decode(), end="")
        return
    source = found.name if found.data is not None else f"the defaults; {found.name} does not exist"
    print(f"# {for_terminal(source)}")
    for key, value, given in _effective.rows(whole, data):
        print(for_terminal(f"{key} = {value}" + ("" if given else "  (default)")))
