"""``artifacts restore | undo | trash list | trash purge``: what gc took, given back, shown, and ended."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from runpact_core import edge
from runpact_core.errors import Refused
from runpact_gc._options import Config, DashDir, Json, Project, RunsDir, StoreDir, given_places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runpact_gc._model import Purge
    from runpact_gc._places import Places
    from runpact_gc._report import Report
    from runpact_gc._restore import Restored
    from runpact_gc._settings import Settings

__all__ = ["mount"]

_INCOMPLETE = 1


def mount(app: typer.Typer) -> None:
    """Add the words to an application."""
    app.command("restore")(restore)
    app.command("undo")(undo)
    trash = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        context_settings=edge.HELP,
        help="Look into the trash, and empty it.",
    )
    trash.command("list")(list_trash)
    trash.command("purge")(purge)
    app.add_typer(trash, name="trash")


def restore(  # noqa: PLR0913 - the options of the command
    entry: Annotated[str, typer.Argument(metavar="ID", help="Entry, beginning of its id, slot, or run id.")],
    *,
    project: Project = ".",
    store_dir: StoreDir = None,
    config: Config = None,
    runs_dir: RunsDir = None,
    dash_dir: DashDir = None,
) -> int:
    """Put one entry back from the trash. It goes to where it was; nothing is overwritten."""
    from runpact_gc import _restore
    from runpact_gc._interrupt import last_word
    from runpact_gc._progress import progress

    places, settings = _loaded(given_places(project, store_dir, config, runs_dir, dash_dir), given=config is not None)
    with last_word(), progress("restoring", "files") as told:
        done = _restore.restore(places, settings, entry, clock=time.time, progress=told)
    return _returned(places, settings, done, entry)


def undo(  # noqa: PLR0913 - the options of the command
    gc_id: Annotated[str, typer.Argument(metavar="GC_ID", help="The operation, as its report is named.")],
    *,
    project: Project = ".",
    store_dir: StoreDir = None,
    config: Config = None,
    runs_dir: RunsDir = None,
    dash_dir: DashDir = None,
) -> int:
    """Put back all that one operation took. Ends with 1 where something of it cannot go back."""
    from runpact_gc import _restore
    from runpact_gc._interrupt import last_word
    from runpact_gc._progress import progress

    places, settings = _loaded(given_places(project, store_dir, config, runs_dir, dash_dir), given=config is not None)
    with last_word(), progress("undoing", "files") as told:
        done = _restore.undo(places, settings, gc_id, clock=time.time, progress=told)
    return _returned(places, settings, done, gc_id)


def list_trash(  # noqa: PLR0913 - the options of the command
    *,
    json: Json = False,
    project: Project = ".",
    store_dir: StoreDir = None,
    config: Config = None,
    runs_dir: RunsDir = None,
    dash_dir: DashDir = None,
) -> None:
    """List what lies in the trash, and when it is purged."""
    from runpact_gc import _journal, _trash, _trash_text

    places, settings = _loaded(given_places(project, store_dir, config, runs_dir, dash_dir), given=config is not None)
    pending = _journal.pending(places)
    if pending is not None:
        edge.say(f"note: {pending.text}")
    found, now_s = _trash.look(places), int(time.time())
    for each in found.findings:
        edge.say(f"warning: {each.path}: {each.message}")
    if json:
        sys.stdout.write(_trash_text.document(places, settings, found.slots, now_s).decode())
    else:
        print(_trash_text.table(found.slots, settings, now_s), end="")


def purge(  # noqa: PLR0913 - the options of the command
    *,
    older_than: Annotated[
        int | None,
        typer.Option("--older-than", metavar="DAYS", min=0, help="What lies there so long, whatever the retention."),
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="End it for good; without it nothing changes.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Do not ask.")] = False,
    project: Project = ".",
    store_dir: StoreDir = None,
    config: Config = None,
    runs_dir: RunsDir = None,
    dash_dir: DashDir = None,
) -> int:
    """End what lies in the trash longer than it is kept. It cannot be restored any more."""
    from runpact_gc import _purge, _scan, _trash, _trash_text
    from runpact_gc._interrupt import last_word
    from runpact_gc._progress import progress

    places, settings = _loaded(given_places(project, store_dir, config, runs_dir, dash_dir), given=config is not None)
    found, now_s = _trash.look(places), int(time.time())
    ending = _purge.candidates(found.slots, settings, now_s, older_than_days=older_than)
    left = _purge.leftovers(places)
    print(_trash_text.ending(ending, found.slots, left, now_s, applied=apply), end="")
    if not apply or not (ending or left):
        return 0
    if not force and not _confirmed(ending):
        print("nothing was purged")
        return 0
    with last_word(), progress("purging", "slots") as told:
        done = _purge.purge_now(places, ending, clock=time.time, progress=told)
    _scan.refresh(places, settings, now=time.time())
    return _purged(done)


def _purged(report: Report) -> int:
    from runpact_gc._sizes import short

    print(f"purged {len(report.purged)} of the trash, {short(report.freed_bytes)} (report {report.gc_id})")
    for each in report.skipped:
        edge.say(f"warning: {each.path}: {each.message}")
    return 3 if any(each.why == "refused" for each in report.skipped) else 4 if report.skipped else 0


def _confirmed(ending: Sequence[Purge]) -> bool:
    """Ask on the terminal.

    Raises:
        Refused: There is none.
    """
    if not sys.stdin.isatty():
        raise Refused("there is no terminal to confirm on; nothing was purged", hint="add --force")
    return typer.confirm(f"End {len(ending)} of the trash for good?", err=True)


def _returned(places: Places, settings: Settings, restored: Restored, given: str) -> int:
    """Say what came back and what did not; the exit code."""
    from runpact_core.redact import for_terminal
    from runpact_gc import _report_text, _scan

    _scan.refresh(places, settings, now=time.time())
    for said in restored.recovered:
        edge.say(f"recovered: {said}")
    report = restored.report
    for each in restored.gone:
        edge.say(f"warning: {each}")
    if report is None:
        nothing = "nothing came back" if restored.gone else "nothing to do"
        print(for_terminal(f"{nothing}: nothing of {given} is in the trash any more"))
        return _INCOMPLETE if restored.gone else 0
    for done in report.entries:
        for move in done.moves:
            print(for_terminal(f"restored {move.source}"))
    for note in report.notes:
        edge.say(f"warning: {note}")
    for line in _report_text.left(report.skipped):
        edge.say(f"left in the trash: {line}")
    if report.entries:
        print(f"{len(report.entries)} back where they were (report {report.gc_id})")
    return _INCOMPLETE if report.skipped or restored.gone else 0


def _loaded(places: Places, *, given: bool) -> tuple[Places, Settings]:
    from runpact_gc import _config

    settings, where, _ = _config.load(places, given)
    return where, settings
