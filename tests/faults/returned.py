"""Undo, restore and purge as commands for crash states and kills, and what must hold of the store after any of them.

Run as ``returned.py FOLDER WAY``: FOLDER holds what `prepare` made, a store after a move into the trash. WAY is
``undo``, ``restore``, ``purge``, ``copy`` (an undo as if the trash lay on another file system), or one of the bugs of
`BUGS`, planted from outside. Prints FINISHED when the report is written.

The oracle knows nothing of journals. Of undo and restore: each file has its bytes in exactly one of its place and its
place in the trash, and after recovery all files of an entry are on one side. Of purge: what is not in the trash stays
as it is, and a slot that still has its name and that no journal names is whole.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from runpact_core import documents
from runpact_core.errors import Refused, RunpactError
from runpact_gc import (
    _handles,
    _journal,
    _lock,
    _move,
    _places,
    _purge,
    _put_back,
    _recover,
    _restore,
    _settings,
    _trash,
)
from runpact_gc._model import entry_id
from runpact_gc.errors import UnknownEntry
from tests.faults import trashed
from tests.faults.trashed import FILES, FINISHED, MODE, MTIME_NS, NOW_S, environment

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BUGS", "command", "environment", "prepare", "recovered", "run", "settled", "unharmed"]

LATER_S = NOW_S + 100
BENCH = entry_id("bench", "artifacts/bench/run_20250906_143022.jsonl")
SETTINGS = _settings.DEFAULTS._replace(parallel_workers=1)  # calls are counted for each thread
BUGS = ("no-journal", "moves-not-settled", "copies-not-synced")
"""Bugs that the enumerator must see."""


def prepare(root: Path) -> None:
    """A store after a move into the trash."""
    trashed.prepare(root)
    shutil.rmtree(root / "artifacts" / ".trash")
    trashed.run(root)


def command(way: str) -> Callable[[Path], list[str]]:
    """The command in a process of its own."""
    return lambda root: [sys.executable, "-S", __file__, str(root), way]


def run(root: Path, way: str) -> None:
    """Do it here."""
    places, settings = _places.places(os.fspath(root)), SETTINGS
    slots = [each for each in _trash.look(places).slots if each.gc_id is not None]
    if way == "restore":
        with contextlib.suppress(UnknownEntry):  # it was restored whole before
            try:
                _restore.restore(places, SETTINGS, BENCH, clock=lambda: LATER_S)
            except Refused as error:  # the same, and its slot, empty by now, could not be removed
                if "names the slot" not in error.what:
                    raise
    elif way == "purge":
        ending = _purge.candidates(slots, settings, LATER_S, older_than_days=0)
        _purge.purge_now(places, ending, clock=lambda: LATER_S)
    else:
        _restore.undo(places, settings, "20260528_202640", clock=lambda: LATER_S)


def unharmed(way: str) -> Callable[[Path, bytes], list[str]]:
    """What is wrong with a store that a kill left, modes and times too."""
    return lambda root, printed: _facts(root) + _wrong(root, way, printed)


def recovered(way: str) -> Callable[[Path, bytes], list[str]]:
    """What is wrong with a state, and with what the next command makes of it, and the one after it."""

    def oracle(root: Path, printed: bytes) -> list[str]:
        _dressed(root)
        found = _wrong(root, way, printed)
        places = _places.places(os.fspath(root))
        for time in ("first", "second"):
            try:
                with _lock.hold(places) as lock:
                    said = _recover.recover(places, lock, clock=lambda: LATER_S)
            except RunpactError as error:
                return [*found, f"recovering, the {time} time: {error}"]
            wrong = _wrong(root, "undo" if way == "copy" else way, printed)
            found += [f"recovered, the {time} time: {each}" for each in wrong + _left(root)]
            found += _torn(root) if way != "purge" else []
            found += ["the second recovery found something to do"] if said and time == "second" else []
        return found

    return oracle


def settled(way: str) -> Callable[[Path, bytes], list[str]]:
    """What is left to complain of when the command was run again to its end."""
    strict = "undo" if way == "copy" else way
    return lambda root, printed: _facts(root) + _wrong(root, strict, printed + FINISHED) + _left(root)


def _places_of(root: Path, name: str) -> list[Path]:
    inner = trashed.inside(name)
    trash = root / "artifacts" / ".trash"
    slots = sorted(each for each in trash.iterdir() if each.is_dir()) if trash.is_dir() else []
    return [path for path in (root / name, *(slot / inner for slot in slots)) if path.is_file()]


def _dressed(root: Path) -> None:
    """Give files the permissions and times that they had: recovery goes by them, and the model of a disk has none."""
    for path in [path for name in FILES for path in _places_of(root, name)]:
        path.chmod(MODE)
        os.utime(path, ns=(MTIME_NS, MTIME_NS))


def _facts(root: Path) -> list[str]:
    there = [path.stat() for name in FILES for path in _places_of(root, name)]
    found = ["a file has another time" for each in there if each.st_mtime_ns != MTIME_NS]
    return found + ["a file has another mode" for each in there if stat.S_IMODE(each.st_mode) != MODE]


def _wrong(root: Path, way: str, printed: bytes) -> list[str]:
    found = []
    done = FINISHED in printed
    for name, data in FILES.items():
        there = _places_of(root, name)
        found += [f"{name} has other bytes" for path in there if path.read_bytes() != data]
        if way == "purge" and "kept" not in name:
            found += [f"finished was printed, and {name} is there"] if done and there else []
        elif not there or (len(there) > 1 and way != "copy"):  # a copy may lie beside what it was made of
            found.append(f"{name} is in {len(there)} places")
        elif done and way != "purge" and (way != "restore" or "/bench/" in name) and there != [root / name]:
            found.append(f"finished was printed, and {name} is not where it was")
    return found + (_halves(root) if way == "purge" else [])


def _halves(root: Path) -> list[str]:
    """Slots that have their name, and less than they had, and of which no journal says that they end."""
    if (root / "artifacts/.trash/.journal.jsonl").exists():
        return []
    places = _places.places(os.fspath(root))
    return [
        f"{slot.slot} is not whole any more"
        for slot in _trash.look(places).slots
        for move in slot.moves
        for file in move.files
        if not (places.trash / move.target / file.path).is_file()
    ]


def _torn(root: Path) -> list[str]:
    """Entries of which a part is back and a part is not."""
    found = []
    for name in ("artifacts/bench/", "reports/runs/"):
        back = {_places_of(root, each)[:1] == [root / each] for each in FILES if each.startswith(name)}
        found += [f"the entry in {name} is not whole on one side"] if len(back) > 1 else []
    return found


def _left(root: Path) -> list[str]:
    trash = root / "artifacts" / ".trash"
    names = sorted(os.listdir(trash)) if trash.is_dir() else []  # noqa: PTH208 - names are what is wanted
    known = {slot.slot for slot in _trash.look(_places.places(os.fspath(root))).slots if slot.gc_id is not None}
    found = [f"{name} is a leftover" for name in names if name.startswith((".journal", ".purging"))]
    return found + [
        f"no report knows {name}" for name in names if (trash / name).is_dir() and name not in known and name[0] != "."
    ]


def _plant(way: str) -> None:
    if way == "no-journal":
        _replace(_journal.Journal, "intend", lambda *_, **__: None)
    if way == "moves-not-settled":
        _replace(_put_back.WayBack, "settle", lambda *_: None)
    if way in {"copy", "copies-not-synced"}:
        _replace(_put_back.WayBack, "_is_near", lambda *_: False)
    if way == "copies-not-synced":
        _replace(_handles.Root, "sync", lambda *_, **__: None)


def _replace(owner: object, name: str, value: object) -> None:
    setattr(owner, name, value)


def _main(root: Path, way: str) -> None:
    for name in ("gc_report", "gc_journal"):  # loads all that is loaded late: no calls of it in the sweep
        for example in (Path(__file__).parents[2] / "contracts" / "examples" / name).glob("*/valid/minimal.json"):
            documents.validate(name, example, strict=True)
    _move._renameat2()
    _plant(way)
    run(root, way)
    os.write(1, FINISHED)


if __name__ == "__main__":
    _main(Path(sys.argv[1]), sys.argv[2])
