"""``artifacts list`` and ``artifacts explain``. Parses, calls, renders, exits."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from runpact_gc._options import (
    Config,
    DashDir,
    Families,
    Json,
    Project,
    RunsDir,
    StoreDir,
    given_places,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runpact_gc._model import Inventory, Plan

__all__ = ["mount"]

_OLD_S = 60
_PARTIAL = 4  # as `PartialScan` has it


def mount(app: typer.Typer) -> None:
    """Add the words to an application."""
    app.command("list")(list_artifacts)
    app.command("explain")(explain_artifact)


def list_artifacts(  # noqa: PLR0913 - the options of the command
    *,
    family: Families = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show the paths of each entry.")] = False,
    json: Json = False,
    project: Project = ".",
    store_dir: StoreDir = None,
    config: Config = None,
    runs_dir: RunsDir = None,
    dash_dir: DashDir = None,
) -> int:
    """List what there is, the newest first. Last runs, last passes and pins are marked.

    Where something cannot be read, it is not in the list: that is said, and the command ends with 4.
    """
    from runpact_core import edge, tables
    from runpact_gc import _config, _find, _listing, _pending, _pins, _scan
    from runpact_gc._progress import progress

    now_s = int(time.time())
    loaded = _config.load(given_places(project, store_dir, config, runs_dir, dash_dir), config is not None)
    with progress("scanning", "runs") as told:
        found = _scan.inventory(loaded.places, loaded.settings, now=now_s, progress=told)
    families = _find.known_families(family or (), found.entries, loaded.settings)
    _pending.tell(loaded.places)
    lines = _listing.listed(found, loaded.settings, _pins.read(loaded.places), now_s, families)
    code = _PARTIAL if any(finding.blocks for finding in found.findings) else 0
    if json:
        _print(_listing.document(lines, found, now_s))
        return code
    print(_listing.text(lines, verbose=verbose), end="")
    if now_s - found.scanned_s > _OLD_S:
        edge.say(f"as scanned {tables.span(now_s - found.scanned_s)} ago; runpact artifacts scan --force looks again")
    for finding in found.findings:
        edge.say(f"{'error' if finding.blocks else 'warning'}[{finding.kind}]: {finding.path}: {finding.message}")
    return code


def explain_artifact(  # noqa: PLR0913 - the options of the command
    entry: Annotated[str, typer.Argument(metavar="ID", help="An entry's id, the beginning of one, or a run id.")],
    *,
    json: Json = False,
    project: Project = ".",
    store_dir: StoreDir = None,
    config: Config = None,
    runs_dir: RunsDir = None,
    dash_dir: DashDir = None,
) -> None:
    """Say why an entry is kept, or why it would go. Shows the rules, and the data behind them."""
    from runpact_gc import _config, _explain, _find, _journal, _pending, _pins, _plan, _scan, _trash, _writers
    from runpact_gc._progress import progress

    now_s = int(time.time())
    settings, places, _ = _config.load(given_places(project, store_dir, config, runs_dir, dash_dir), config is not None)
    with progress("scanning", "runs") as told:  # anew, as gc does: the explanation is that of its plan
        found = _scan.inventory(places, settings, now=now_s, fresh=True, progress=told)
    _pending.tell(places)  # first: what it is about may be half moved, and not be found
    asked = _find.find_one(found.entries, entry)
    pins, slots = _pins.read(places), _trash.slots(places, settings)

    def make(there: Inventory) -> Plan:
        return _plan.plan(there, settings, pins, slots, now_s)

    plan = _writers.planned(places.project, found, time.time_ns(), make)
    asked = next(each.entry for each in plan.decisions if each.entry[:5] == asked[:5])  # which may be live by now
    said = _explain.explain(plan, settings, asked)
    if json:
        pending = _journal.pending(places)
        _print(_explain.document(said if pending is None else said._replace(notes=(*said.notes, pending.text))))
    else:
        print(_explain.text(said), end="")


def _print(document: Mapping[str, Any]) -> None:
    from runpact_core import documents

    print(documents.dumps(document).decode(), end="")
