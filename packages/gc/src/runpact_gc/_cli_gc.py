"""``artifacts gc``: plan, show, and where it is asked for confirm and apply. Parses, calls, renders, exits.

A plan is always made from the disk as it is, and a dry run writes nothing, the manifest included.
"""

from __future__ import annotations

import functools
import os
import shlex
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from runpact_core import edge
from runpact_core.errors import Refused, UsageFailure
from runpact_gc._options import Config, DashDir, Families, Json, Project, RunsDir, StoreDir, given_places

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runpact_gc._apply import Applied
    from runpact_gc._model import Inventory, Plan
    from runpact_gc._places import Places
    from runpact_gc._settings import Settings

__all__ = ["carry_out", "mount"]


def mount(app: typer.Typer) -> None:
    """Add the word to an application."""
    app.command("gc")(gc)


def gc(  # noqa: PLR0913 - the options of the command
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan and change nothing; the default.")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Move what the plan names into the trash.")] = False,
    force: Annotated[bool, typer.Option("--force", help="With --apply: do not ask.")] = False,
    family: Families = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show every entry with all its reasons.")] = False,
    json: Json = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 1 where the plan is not empty.")] = False,
    project: Project = ".",
    store_dir: StoreDir = None,
    config: Config = None,
    runs_dir: RunsDir = None,
    dash_dir: DashDir = None,
) -> int:
    """Show what the policy keeps, what goes, and why. With --apply move what goes into the trash."""
    _refuse_nonsense(dry_run=dry_run, apply=apply, force=force, exit_code=exit_code)
    from runpact_gc import _config, _pending, _summary

    settings, places, _ = _config.load(given_places(project, store_dir, config, runs_dir, dash_dir), config is not None)
    asked = tuple(family or ())
    shown = _planned(places, settings, asked, save=apply)
    if not apply:
        _pending.tell(places)
        if json:
            _print(_summary.document(shown, settings, dry_run=True))
        else:
            print(_summary.text(shown, dry_run=True, settings=settings, verbose=verbose), end="")
        return 1 if exit_code and not _summary.is_empty(shown) else 0
    if not json:
        print(_summary.text(shown, dry_run=False, settings=settings, verbose=verbose), end="")
    if not force and not _summary.is_empty(shown) and not _confirmed(shown):
        edge.say("nothing was done")
        return 0
    again = functools.partial(_planned, places, settings, asked, save=True)
    return carry_out(places, settings, shown, again, unseen=force, json=json)


def _refuse_nonsense(*, dry_run: bool, apply: bool, force: bool, exit_code: bool) -> None:
    if apply and dry_run:
        raise UsageFailure("--apply and --dry-run contradict each other", hint="say one of them")
    if force and not apply:
        raise UsageFailure("--force goes with --apply", hint="a dry run asks nothing")
    if exit_code and apply:
        raise UsageFailure("--exit-code goes with a dry run", hint="what --apply exits with says how it went")


def _planned(places: Places, settings: Settings, families: tuple[str, ...], *, save: bool) -> Plan:
    """A plan from the disk as it is at this moment."""
    from runpact_gc import _find, _pins, _plan, _scan, _trash, _writers
    from runpact_gc._progress import progress

    now_s = int(time.time())
    with progress("scanning", "runs") as told:
        found = _scan.scan(places, settings, now=now_s, save=save, progress=told)
    known = _find.known_families(families, found.entries, settings)
    slots = _trash.slots(places, settings)
    pins = _pins.read(places)

    def make(there: Inventory) -> Plan:
        return _plan.plan(there, settings, pins, slots, now_s, families=known, store=places.store_path)

    return _writers.planned(places.project, found, time.time_ns(), make)


def _confirmed(shown: Plan) -> bool:
    """Whether a person says yes.

    Raises:
        Refused: There is no terminal to ask on.
    """
    if not sys.stdin.isatty():
        raise Refused("there is no terminal to confirm on, so nothing was done", hint="say --force to apply without")
    going = sum(not decision.keep for decision in shown.decisions)
    ended = f", and end {len(shown.purges)} slots of the trash for good" if shown.purges else ""
    return typer.confirm(f"Move {going} entries into the trash{ended}?", err=True)


def carry_out(  # noqa: PLR0913 - what a plan is carried out with
    places: Places,
    settings: Settings,
    shown: Plan,
    replan: Callable[[], Plan],
    *,
    unseen: bool = False,
    json: bool = False,
) -> int:
    """Apply a plan that was shown, or that nobody looked at, and say what came of it; the exit code."""
    from runpact_gc import _apply, _report, _report_text, _scan
    from runpact_gc._interrupt import last_word
    from runpact_gc._progress import progress

    with last_word(), progress("moving into the trash", "entries") as told:
        done = _apply.apply(places, settings, shown, replan=replan, unseen=unseen, progress=told)
    _scan.refresh(places, settings, now=time.time())
    for line in (*done.recovered, *done.report.notes, *_report_text.left(done.report.skipped)):
        edge.say(line)
    if json:
        _print(_report.compose(done.report))
    else:
        _tell(places, done)
    return edge.INTERRUPTED if done.interrupted else _apply.exit_code(done.report)


def _tell(places: Places, done: Applied) -> None:
    """Say what came of it, and how to get it back."""
    from runpact_core.redact import for_terminal
    from runpact_gc._sizes import count, short

    report = done.report
    size_bytes = sum(each.size_bytes for each in report.entries)
    files = count(sum(each.file_count for each in report.entries), "file", "files")
    where = for_terminal(places.trash.relative_to(places.project).as_posix())
    print()
    print(f"Moved {count(len(report.entries), 'entry', 'entries')} ({short(size_bytes)}, {files}) into {where}")
    if report.purged:
        print(f"Purged {count(len(report.purged), 'slot', 'slots')} of the trash")
    if report.entries:
        there = os.path.relpath(places.project)
        more = "" if there == os.curdir else f" --project {shlex.quote(there)}"
        print(for_terminal(f"Bring them back: runpact artifacts undo {report.gc_id}{more}"))


def _print(document: Mapping[str, Any]) -> None:
    from runpact_core import documents

    print(documents.dumps(document).decode(), end="")
