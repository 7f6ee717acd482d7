"""``artifacts pin``. Parses, calls, renders, exits."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from runpact_core import edge
from runpact_core.errors import UsageFailure
from runpact_gc._options import Config, DashDir, Project, RunsDir, StoreDir, given_places
from runpact_gc.errors import UnknownEntry

if TYPE_CHECKING:
    from runpact_gc._lock import StoreLock
    from runpact_gc._places import Places
    from runpact_gc._settings import Settings

__all__ = ["mount"]


def mount(app: typer.Typer) -> None:
    """Add the word to an application."""
    app.command("pin")(pin)


def pin(  # noqa: PLR0913 - the options of the command
    *,
    entry: Annotated[str, typer.Option("--id", metavar="ID", help="An entry's id, the beginning of one, or a run id.")],
    on: Annotated[bool, typer.Option("--on", help="Never take it.")] = False,
    off: Annotated[bool, typer.Option("--off", help="Let the rules decide again.")] = False,
    project: Project = ".",
    store_dir: StoreDir = None,
    config: Config = None,
    runs_dir: RunsDir = None,
    dash_dir: DashDir = None,
) -> None:
    """Protect an entry or a run, whatever the rules say. With --off the rules decide again."""
    if on == off:
        raise UsageFailure("--on and --off contradict each other" if on else "neither --on nor --off", hint="say one")
    from runpact_core.redact import for_terminal
    from runpact_gc import _config, _lock, _recover

    settings, places, _ = _config.load(given_places(project, store_dir, config, runs_dir, dash_dir), config is not None)
    with _lock.hold(places) as lock:
        for line in _recover.recover(places, lock):
            edge.say(line)
        said = _pinned(places, settings, lock, entry) if on else _unpinned(places, settings, lock, entry)
    print(for_terminal(said))


def _pinned(places: Places, settings: Settings, lock: StoreLock, given: str) -> str:
    from runpact_gc import _find, _pins, _scan

    now_s = int(time.time())
    entries = _scan.inventory(places, settings, now=now_s, fresh=True).entries
    try:
        found = _find.find(entries, given)
    except UnknownEntry as error:
        _say_that_it_is_in_the_trash(places, settings, given, error)
        raise
    if found[0].run_id == given:
        new = _pins.pin_run(places, lock, given, now_s)
        return f"{'pinned' if new else 'already pinned'}: run {given}, {_count(len(found))}"
    new = _pins.pin_entry(places, lock, found[0], now_s)
    return f"{'pinned' if new else 'already pinned'}: {found[0].id}, {found[0].family}, {found[0].path}"


def _say_that_it_is_in_the_trash(places: Places, settings: Settings, given: str, error: UnknownEntry) -> None:
    from runpact_gc import _protect, _trash

    slots = [] if error.candidates else _trash.slots(places, settings)
    for slot in slots:
        if slot.gc_id is not None and (given == slot.run_id or _protect.is_beginning(given, slot.slot)):
            error.what = f"{given} is in the trash"
            error.hint = f"runpact artifacts restore {slot.slot} brings it back; pin it then"
            return


def _unpinned(places: Places, settings: Settings, lock: StoreLock, given: str) -> str:
    from runpact_gc import _find, _pins, _protect, _scan

    pins = _pins.read(places)
    entries = _scan.inventory(places, settings, now=int(time.time()), fresh=True).entries
    named = [name for name in pins if name == given or _protect.is_beginning(given, name)]
    if given not in named and len(named) != 1:  # of what is not pinned, or not there any more
        found = _find.find_one(entries, given)
        named = [found.id]
    name = given if given in named else named[0]
    gone = _pins.unpin(places, lock, name)
    left = _protect.pinned_by(entries, settings, _pins.read(places), name)
    if left and not gone:
        raise UsageFailure(f"{name} is pinned by {left[0]}", hint="take it away there")
    also = f"; it is still pinned by {left[0]}" if left else ""
    return f"{'no longer pinned' if gone else 'was not pinned'}: {name}{also}"


def _count(number: int) -> str:
    from runpact_gc._sizes import count

    return count(number, "entry", "entries")
