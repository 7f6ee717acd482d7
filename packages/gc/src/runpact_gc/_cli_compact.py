"""``artifacts compact`` and ``artifacts expand``: a dry run with real figures, or the change under the store's lock."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runpact_core.errors import UsageFailure
from runpact_gc._options import Config, DashDir, Families, Json, Project, RunsDir, StoreDir, Verbose, given_places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runpact_gc._compact import Candidate, Result
    from runpact_gc._compacted import Compaction
    from runpact_gc._forms import Codec
    from runpact_gc._lock import StoreLock
    from runpact_gc._model import Inventory
    from runpact_gc._places import Places
    from runpact_gc._settings import Settings

__all__ = ["mount"]

Apply = Annotated[bool, typer.Option("--apply", help="Change the files; without it nothing changes.")]

_CODECS = ("dictionary", "zstd")
_FAILED = {"failed": 3, "damaged": 1}  # as `EnvironmentFailed` and `InvalidArtifact` have it


def mount(app: typer.Typer) -> None:
    """Add the words to an application."""
    app.command("compact")(compact)
    app.command("expand")(expand)


def compact(  # noqa: PLR0913 - the options of the command
    *,
    family: Families = None,
    apply: Apply = False,
    codec: Annotated[
        str,
        typer.Option(metavar="NAME", help="What JSONL is turned into: dictionary, or zstd for what is read rarely."),
    ] = "dictionary",
    verbose: Verbose = False,
    json: Json = False,
    project: Project = ".",
    store_dir: StoreDir = None,
    config: Config = None,
    runs_dir: RunsDir = None,
    dash_dir: DashDir = None,
) -> int:
    """Compact JSONL and Markdown of glob families.

    The bytes of JSONL come back with expand; originals of Markdown go into the trash, and come back with undo. A dry
    run makes every form as well, so it takes as long.
    """
    from runpact_gc import _compact
    from runpact_gc._compacted import Compaction
    from runpact_gc._deposit import Deposits

    if codec not in _CODECS:
        raise UsageFailure(f"--codec {codec[:40]} is none", hint=f"choose {' or '.join(_CODECS)}")
    name: Codec = "zstd" if codec == "zstd" else "dictionary"
    places, settings = _loaded(given_places(project, store_dir, config, runs_dir, dash_dir), given=config is not None)
    start_s = int(time.time())
    with _held(places, apply=apply) as lock:
        found = _compact.candidates(_known(_inventory(places, settings, start_s), family), family or ())
        deposits = None
        if lock is not None:
            _compact.clean(places, found)
            deposits = Deposits(places, lock, start_s, name)
        making = _compact.compact(places, settings, found, now_ns=time.time_ns(), codec=name, deposits=deposits)
        results = _each("compacting", making, len(found))
        done = Compaction("compact", apply, name, start_s, int(time.time()), results)
        if deposits is not None:
            done = done._replace(gc_id=deposits.gc_id) if deposits else done
            _written(places, settings, done, deposits.gc_id)
            deposits.end(done.finished_s)
        return _shown(done, verbose=verbose, json=json)


def expand(  # noqa: PLR0913 - the options of the command
    paths: Annotated[list[str] | None, typer.Argument(metavar="[PATH]...", help="These files alone.")] = None,
    *,
    family: Families = None,
    apply: Apply = False,
    verbose: Verbose = False,
    json: Json = False,
    project: Project = ".",
    store_dir: StoreDir = None,
    config: Config = None,
    runs_dir: RunsDir = None,
    dash_dir: DashDir = None,
) -> int:
    """Give compacted JSONL its original bytes back. Markdown comes back with undo."""
    from runpact_gc import _compact, _report
    from runpact_gc._compacted import Compaction

    if paths and family:
        raise UsageFailure("--family and paths exclude each other", hint="name files, or families")
    places, settings = _loaded(given_places(project, store_dir, config, runs_dir, dash_dir), given=config is not None)
    start_s = int(time.time())
    with _held(places, apply=apply) as lock:
        if paths:
            found = tuple(_named(places, path) for path in paths)
        else:
            found = _compact.candidates(_known(_inventory(places, settings, start_s), family), family or ())
        if lock is not None:
            _compact.clean(places, found)
        found = tuple(each for each in found if each.kind == "jsonl")
        results = _each("expanding", _compact.expand(places, found, lock=lock), len(found))
        done = Compaction("expand", apply, "dictionary", start_s, int(time.time()), results)
        if lock is not None:
            _written(places, settings, done, _report.stamp(places, start_s))
        return _shown(done, verbose=verbose or bool(paths), json=json)


@contextmanager
def _held(places: Places, *, apply: bool) -> Iterator[StoreLock | None]:
    """The lock of the store, after whatever was interrupted is finished; None for a dry run."""
    if not apply:
        yield None
        return
    from runpact_core import edge
    from runpact_gc import _lock, _recover

    with _lock.hold(places) as lock:
        for said in _recover.recover(places, lock):
            edge.say(said)
        yield lock


def _loaded(places: Places, *, given: bool) -> tuple[Places, Settings]:
    from runpact_gc import _config

    found = _config.load(places, given)
    return found.places, found.settings


def _inventory(places: Places, settings: Settings, now_s: int) -> Inventory:
    from runpact_gc import _scan
    from runpact_gc._progress import progress

    with progress("scanning", "runs") as told:
        return _scan.scan(places, settings, now=now_s, save=False, progress=told)  # a dry run writes nothing


def _each(doing: str, results: Iterable[Result], total: int) -> tuple[Result, ...]:
    """All results, while a person is told how many there are."""
    from runpact_gc._progress import progress

    done: list[Result] = []
    with progress(doing, "files") as told:
        for each in results:
            done.append(each)
            told(len(done), total)
    return tuple(done)


def _known(inventory: Inventory, families: Iterable[str] | None) -> Inventory:
    """The inventory, if it has all these families."""
    known = {entry.family for entry in inventory.entries if entry.layout == "glob"}
    for each in families or ():
        if each not in known:
            said = ", ".join(sorted(known)) or "there is none with files"
            raise UsageFailure(f"--family {each} has no files", hint=said)
    return inventory


def _named(places: Places, path: str) -> Candidate:
    """A file of the project that was named."""
    from runpact_gc._compact import Candidate

    inside = os.path.relpath(Path(path).absolute(), places.project).replace(os.sep, "/")
    if inside.startswith("../") or inside in {"..", "."}:
        raise UsageFailure(f"{path} is no file of the project", hint="name a file below --project")
    if not os.path.lexists(path):
        raise UsageFailure(f"there is no {path}", hint="name files that are there")
    return Candidate(inside, "jsonl", None)


def _written(places: Places, settings: Settings, done: Compaction, stamp: str) -> None:
    """Write the report of what was applied, and see what is there now; nothing where nothing was looked at."""
    from runpact_gc import _compacted, _scan

    if done.results:
        _compacted.write(places, stamp, done)
        _scan.refresh(places, settings, now=time.time())


def _shown(done: Compaction, *, verbose: bool, json: bool) -> int:
    """Print it; the exit code."""
    from runpact_core import documents
    from runpact_gc import _compacted

    if json:
        print(documents.dumps(_compacted.compose(done)).decode(), end="")
    else:
        for line in _compacted.lines(done, verbose=verbose):
            print(line)
    return max((_FAILED[each.why] for each in done.results if each.why in _compacted.FAILURES), default=0)
