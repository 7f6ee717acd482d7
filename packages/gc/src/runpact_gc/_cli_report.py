"""``artifacts report``: the store, the plan and the trash as one HTML file that opens from disk."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from runpact_core.errors import Refused, UsageFailure
from runpact_gc._options import Config, DashDir, Project, RunsDir, StoreDir, given_places

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runpact_gc._model import Inventory, Plan
    from runpact_gc._page import Trashed
    from runpact_gc._settings import Settings
    from runpact_gc._trash import Slot

__all__ = ["mount"]

_START = 1 << 14  # bytes; the title of a page is in them


def mount(app: typer.Typer) -> None:
    """Add the word to an application."""
    app.command("report")(report)


def report(  # noqa: PLR0913 - the options of the command
    *,
    html: Annotated[str, typer.Option("--html", metavar="FILE", help="Where the page is written.")],
    now: Annotated[
        str | None, typer.Option("--now", metavar="UTC", help="The time that the page is made for.  [default: now]")
    ] = None,
    project: Project = ".",
    store_dir: StoreDir = None,
    config: Config = None,
    runs_dir: RunsDir = None,
    dash_dir: DashDir = None,
) -> None:
    """Write the store as one page of HTML.

    It opens from disk, without network: disk by family over time, what is kept and why, what the trash frees when.
    Where something cannot be read the page says so, and that no plan can be made; the command then ends with 4. A file
    that is no such page is never replaced.
    """
    from runpact_core import files
    from runpact_core.redact import for_terminal
    from runpact_gc import _config, _journal, _pending, _pins, _plan, _scan, _trash, _writers
    from runpact_gc._page import render
    from runpact_gc._progress import progress
    from runpact_gc.errors import PartialScan

    if not html:
        raise UsageFailure("--html is empty", hint="name a file")
    _refuse_others(html)
    now_s = _moment(now)
    settings, where, _ = _config.load(given_places(project, store_dir, config, runs_dir, dash_dir), config is not None)
    with progress("scanning", "runs") as told:
        found = _scan.scan(where, settings, now=now_s, save=False, progress=told)
    slots = _trash.slots(where, settings)
    pending = _journal.pending(where)
    _pending.tell(where)
    refused = None
    try:
        pins = _pins.read(where)

        def make(there: Inventory) -> Plan:
            return _plan.plan(there, settings, pins, slots, now_s, store=where.store_path)

        plan = _writers.planned(where.project, found, time.time_ns(), make)
    except PartialScan as error:
        refused = error
        plan = _plan.unplanned(found, "no plan can be made, so it stays", now_s)
    page = render(
        plan,
        list(_trashed(slots, settings, now_s)),
        found.findings,
        name=where.project.name or "/",
        days=settings.trash_retention_days,
        refused=str(refused) if refused else "",
        pending=pending.text if pending else "",
    )
    files.replace(html, page)
    kept = sum(each.keep for each in plan.decisions)
    print(for_terminal(f"{html}: entries: {len(plan.decisions)}, kept: {kept}, slots in the trash: {len(slots)}"))
    if refused is not None:
        raise refused


def _refuse_others(html: str) -> None:
    """See that what has the name of the page is one, if anything has it.

    Raises:
        Refused: It is not.
    """
    from runpact_core import files
    from runpact_gc._page import is_page

    if not os.path.isfile(html):  # noqa: PTH113 - a name of any bytes; what is no file is refused when it is written
        return
    fd = files.open_read(html)
    try:
        start = os.read(fd, _START)
    finally:
        files.close(fd)
    if not is_page(start):
        raise Refused(f"{html} is no page of a store, so it is not replaced", hint="name another file, or remove it")


def _trashed(slots: Iterable[Slot], settings: Settings, now_s: int) -> Iterable[Trashed]:
    """The slots as the page shows them."""
    from runpact_gc import _trash
    from runpact_gc._page import Trashed

    for slot in slots:
        ends_s = None if slot.gc_id is None else _trash.due_s(slot, settings)
        due = _trash.due(slot, settings, now_s)
        yield Trashed(slot.slot, slot.gc_id, slot.trashed_s, ends_s, due, slot.size_bytes, slot.file_count)


def _moment(given: str | None) -> int:
    if given is None:
        return int(time.time())
    try:
        return int(datetime.strptime(given, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp())
    except ValueError:
        raise UsageFailure(f"--now {given[:40]} is no time", hint="write it as 2026-01-19T12:00:00Z") from None
