"""``runpact artifacts scan`` on the command line. Parses, calls, renders, exits."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from runpact_core import edge
from runpact_gc._options import Config, DashDir, Project, RunsDir, StoreDir, Verbose, given_places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runpact_gc._model import Inventory

__all__ = ["mount"]


def mount(app: typer.Typer) -> None:
    """Add the word to an application."""
    app.command("scan")(scan)


def scan(  # noqa: PLR0913 - the options of the command
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Take nothing from the manifest, however young it is: look at everything.")
    ] = False,
    verbose: Verbose = False,
    project: Project = ".",
    store_dir: StoreDir = None,
    config: Config = None,
    runs_dir: RunsDir = None,
    dash_dir: DashDir = None,
) -> None:
    """Look at what the project holds and write the manifest. What did not change is not read again."""
    from runpact_core.redact import for_terminal
    from runpact_gc import _config, _lock, _recover, _scan
    from runpact_gc._progress import progress
    from runpact_gc.errors import PartialScan

    places = given_places(project, store_dir, config, runs_dir, dash_dir)
    settings, places, _ = _config.load(places, config is not None)
    with _lock.hold(places) as lock:
        for line in _recover.recover(places, lock):
            edge.say(line)
        with progress("scanning", "runs") as told:
            found = _scan.scan(places, settings, now=time.time(), force=force, progress=told)
    for line in _lines(found, verbose=verbose):
        print(for_terminal(line))
    blocking = [finding for finding in found.findings if finding.blocks]
    if blocking:
        raise PartialScan(blocking)


def _lines(found: Inventory, *, verbose: bool) -> Iterator[str]:
    """What people are told of a scan."""
    from runpact_gc._sizes import count

    if verbose:
        families: dict[tuple[str, str], list[int]] = {}
        for entry in found.entries:
            sums = families.setdefault((entry.layout, entry.family), [0, 0, 0])
            for index, number in enumerate((1, entry.file_count, entry.size_bytes)):
                sums[index] += number
        for (layout, family), sums in families.items():
            yield f"{family} ({layout}): {_sums(*sums)}"
    shown = found.findings if verbose else [finding for finding in found.findings if finding.kind not in _USUAL]
    for finding in shown:
        yield f"{finding.kind}: {finding.path}: {finding.message}"
    files = sum(entry.file_count for entry in found.entries)
    size_bytes = sum(entry.size_bytes for entry in found.entries)
    noticed = f"; {count(len(found.findings), 'finding', 'findings')} (--verbose names them)"
    more = "" if verbose or not found.findings else noticed
    yield f"Scanned: {_sums(len(found.entries), files, size_bytes)}{more}"


_USUAL = frozenset({"link", "special", "case-twins", "two-families"})
"""Findings that are shown when more is asked for."""


def _sums(entries: int, files: int, size_bytes: int) -> str:
    from runpact_gc._sizes import count, short

    return f"{count(entries, 'entry', 'entries')}, {count(files, 'file', 'files')}, {short(size_bytes)}"
