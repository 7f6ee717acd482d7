"""What a project holds: a scan of the two run layouts and of the glob families, and the newest one as it is remembered.

Invariants: what cannot be read is a finding that blocks, and then the manifest stays as it was, as it does where there
are more files than a scan may find; nothing that gc keeps for itself is an entry; the result does not depend on the
number of workers, nor on what was remembered.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import time
from typing import TYPE_CHECKING, NamedTuple

from runpact_core import files, runs
from runpact_core.errors import EnvironmentFailed, Refused, RunpactError
from runpact_gc import _digests, _folders, _grouping, _manifest
from runpact_gc._entries import Asked
from runpact_gc._folders import Asking
from runpact_gc._manifest import Memory
from runpact_gc._model import Finding, Inventory
from runpact_gc._parallel import Looker
from runpact_gc.errors import TooManyFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runpact_core.files import Handle
    from runpact_gc._folders import Folder, Holder, Product
    from runpact_gc._model import Entry, Pointer
    from runpact_gc._places import Places
    from runpact_gc._settings import Settings

    Progress = Callable[[int, int], None]

__all__ = ["SUSPICIOUS_S", "inventory", "look_again", "refresh", "scan"]

SUSPICIOUS_S = 300
"""A run dated so many seconds after now has a time that cannot be true."""

_HOUR_S = 3600
_FULL = {errno.ENOSPC, errno.EDQUOT}


def scan(  # noqa: PLR0913 - a scan with all that it depends on
    places: Places,
    settings: Settings,
    *,
    now: float,
    force: bool = False,
    save: bool = True,
    progress: Progress | None = None,
) -> Inventory:
    """Look at the project, as far as it changed since the manifest was written.

    Args:
        places: Where things lie.
        settings: The configuration.
        now: The time, seconds since 1970.
        force: Take nothing from the manifest.
        save: Write the manifest, if something changed or it grew old, and nobody else did meanwhile.
        progress: Told how many folders of runs were looked at, of how many.

    Raises:
        TooManyFiles: There are more than the configuration allows; the manifest stays as it was.
        UsageFailure: A place lies outside the project.
        EnvironmentFailed: The project cannot be opened, or the manifest not be written, a full disk apart.
    """
    with _no_collector():
        stood = _identity(places)
        known, note = (None, None) if force else _manifest.load(places, settings)
        found, blocking = _found(places, settings, known, now, progress)
        if save and not blocking and stood == _identity(places) and _is_news(known, found, settings):
            try:
                _manifest.save(places, found)
            except EnvironmentFailed as error:
                if error.cause.errno not in _FULL:
                    raise
                note = "the disk is full, so the manifest was not written"  # it is a cache
        return _inventory(found, int(now), (*blocking, *_noted(places, note)))


def inventory(
    places: Places, settings: Settings, *, now: float, fresh: bool = False, progress: Progress | None = None
) -> Inventory:
    """What the project holds: as a young manifest says, unless ``fresh``; else by a scan.

    The scan is remembered where there is a store that takes it; for a reader it is no error if there is none.

    Raises:
        TooManyFiles, UsageFailure, EnvironmentFailed: As `scan`.
    """
    with _no_collector():
        stood = _identity(places)
        known, note = _manifest.load(places, settings)
        if known is not None and not fresh and 0 <= now - known.scanned_s < settings.scan_interval_hours * _HOUR_S:
            return _inventory(known, int(now), ())
        found, blocking = _found(places, settings, known, now, progress)
        is_store = places.manifest.parent.is_dir()
        if is_store and not blocking and stood == _identity(places) and _is_news(known, found, settings):
            with contextlib.suppress(RunpactError):
                _manifest.save(places, found)
        return _inventory(found, int(now), (*blocking, *_noted(places, note)))


def refresh(places: Places, settings: Settings, *, now: float, progress: Progress | None = None) -> None:
    """Leave a manifest that is true after a command changed the store; where it cannot be had, the next scan does."""
    with contextlib.suppress(RunpactError):
        scan(places, settings, now=now, progress=progress)


def look_again(places: Places, settings: Settings, entry: Entry, now: float) -> Entry | None:
    """The same entry as it is on disk at this moment, without digests; None where it is not there any more.

    Raises:
        PartialScan: It, or what protects it, cannot be read.
        EnvironmentFailed: The way to it cannot be opened.
    """
    root = files.open_folder(places.project)
    if root is None:
        return None
    try:
        if entry.layout == "glob":
            return _grouping.again(root, settings, entry)
        return _folders.again(root, entry, Asked(int(now), runs.here(), time.time_ns(), bool(entry.files)))
    finally:
        files.close_folder(root)


def _found(
    places: Places, settings: Settings, known: Memory | None, now: float, progress: Progress | None
) -> tuple[Memory, list[Finding]]:
    """What there is now, and what blocks."""
    _refuse_links(places)
    shaped = _manifest.shaping(places, settings)
    root = files.open_folder(places.project)
    if root is None:
        return Memory(int(now), shaped, {}, (), (), ()), []
    asked = Asked(int(now), runs.here(), time.time_ns(), _manifest.takes_digests(settings))
    looker = Looker(places.project, asked, workers=settings.parallel_workers, progress=progress)
    try:
        scanning = _Scanning(root, places, settings, known, asked, looker)
        found = scanning.memory(shaped)
        found, unread = _digests.taken(root, settings, known, found) if asked.listing else (found, [])
    finally:
        files.close_folder(root)
    return found, [each for each in _all_findings(found) if each.blocks] + unread


def _refuse_links(places: Places) -> None:
    """Refuse a store that is a link, or lies behind one: nothing would be found in it, and nothing can be changed."""
    for path in (places.store, *places.store.parents):
        if path == places.project or not path.is_relative_to(places.project):
            return
        if path.is_symlink():
            what = f"{path.relative_to(places.project).as_posix()} is a symbolic link, and links are never followed"
            raise Refused(what, hint="make the store a real folder, or keep the whole project where the link leads")


class _Scanning(NamedTuple):
    """One scan on its way."""

    root: Handle
    places: Places
    settings: Settings
    known: Memory | None
    asked: Asked
    looker: Looker

    def memory(self, shaped: str) -> Memory:
        """All that is found."""
        holders, findings = _folders.holders(self.root, self.places)
        most = self.settings.max_files_per_scan
        folders: dict[str, Folder] = {}
        pointers: list[Pointer] = []
        for holder in holders:
            product, unread = self._product(holder)
            findings += unread
            pointers += product.pointers
            before = self.known.folders.get(holder.path) if self.known else None
            folder = _folders.scan_folder(self.root, holder, before, Asking(self.asked, product.said, self.looker))
            if folder is not None:
                folders[holder.path] = folder
                most -= sum(entry.file_count for entry in folder.entries)
            if most < 0:
                raise TooManyFiles(self.settings.max_files_per_scan)
        groups = _grouping.grouped(self.root, self.settings, _apart(self.places), most)
        entries = tuple(sorted(groups.entries))
        noticed = tuple(sorted({*findings, *groups.findings}))
        return Memory(self.asked.now_s, shaped, folders, entries, tuple(sorted(pointers)), noticed)

    def _product(self, holder: Holder) -> tuple[Product, list[Finding]]:
        if holder.layout != "dash":
            return _folders.NO_PRODUCT, []
        try:
            return _folders.product_of(self.root, holder), []
        except RunpactError as error:
            finding = Finding("unreadable", f"{holder.path}/last_run.json", error.what, blocks=True)
            return _folders.NO_PRODUCT, [finding]


def _apart(places: Places) -> frozenset[str]:
    """What no glob family can have: the folders of runs, and what gc keeps for itself."""
    own = (
        places.runs, places.dash / "runs", places.trash, places.manifest, places.backup, places.pins, places.lock,
        places.config,
    )  # fmt: skip
    return frozenset(os.path.relpath(place, places.project).replace(os.sep, "/") for place in own)


def _is_news(known: Memory | None, found: Memory, settings: Settings) -> bool:
    """Whether the manifest should say it: something changed, or half of its time is over."""
    if known is None or known[1:] != found[1:]:
        return True
    return not 0 <= found.scanned_s - known.scanned_s < settings.scan_interval_hours * _HOUR_S / 2


def _identity(places: Places) -> tuple[int, int] | None:
    """Which manifest is there; None where none can be seen."""
    try:
        status = places.manifest.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


def _noted(places: Places, note: str | None) -> list[Finding]:
    if note is None:
        return []
    path = os.path.relpath(places.manifest, places.project).replace(os.sep, "/")
    return [Finding("manifest", path, f"{note}; everything was looked at anew")]


def _all_findings(found: Memory) -> list[Finding]:
    in_folders = [each for folder in found.folders.values() for some in folder.findings.values() for each in some]
    return [*in_folders, *found.findings]


def _inventory(found: Memory, now_s: int, more: tuple[Finding, ...]) -> Inventory:
    families: dict[tuple[str, str], list[Entry]] = {}
    for some in (*(folder.entries for folder in found.folders.values()), sorted(found.groups, key=_path)):
        for entry in some:  # by path, as they are in their families: sorting all of them would take longer
            families.setdefault((entry.layout, entry.family), []).append(entry)
    entries = tuple(entry for _, some in sorted(families.items()) for entry in some)
    latest = now_s + SUSPICIOUS_S
    message = "it is dated in the future, so it neither counts nor protects itself"
    findings = {*_all_findings(found), *more}
    findings.update(Finding("suspicious-time", entry.path, message) for entry in entries if entry.time_s > latest)
    in_order = tuple(sorted(findings, key=lambda finding: (finding.path, finding.kind, finding.message)))
    return Inventory(entries, found.pointers, in_order, found.scanned_s)


def _path(entry: Entry) -> str:
    return entry.path


@contextlib.contextmanager
def _no_collector() -> Iterator[None]:
    """The collector of cycles rests: it would look at each of a million tuples again and again, and there are none."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
