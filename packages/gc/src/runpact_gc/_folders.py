"""The folders that hold run folders, and one scan of each: what did not change is taken from memory.

A run folder is looked at again where its inode or its newest change, or that of a folder in it, is not the remembered
one; so is one that has no stamp. Names are listed again where the holding folder itself changed. A file that is written
in place, in a folder where no name changes, is seen when its entry is looked at again, which happens before anything is
moved.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from runpact_core import files
from runpact_core.errors import MissingArtifact, RunpactError, UsageFailure
from runpact_gc import _entries, _status
from runpact_gc._entries import NO_STAMP, Look, Stamp
from runpact_gc._model import Finding, Pointer
from runpact_gc.errors import PartialScan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from runpact_core.files import Handle, Listing
    from runpact_gc._entries import Asked
    from runpact_gc._model import Entry, Layout
    from runpact_gc._places import Places
    from runpact_gc._status import Said

    Looker = Callable[["Holder", Handle, Sequence[str], Said | None], Iterable[Look]]

__all__ = [
    "Asking",
    "Folder",
    "Holder",
    "NO_PRODUCT",
    "Product",
    "again",
    "holders",
    "look_at",
    "product_of",
    "relative",
    "scan_folder",
]

_LAST_RUN = "last_run.json"


class Holder(NamedTuple):
    """A folder that holds run folders: ``reports/runs``, or ``dash/runs/<product>``."""

    path: str
    layout: Layout
    family: str


class Product(NamedTuple):
    """What the `last_run.json` of a product says, and what it points to."""

    said: Said | None
    pointers: tuple[Pointer, ...]


NO_PRODUCT = Product(None, ())


class Asking(NamedTuple):
    """What a scan of a holder depends on beside the holder: who looks, and what the product's document says."""

    asked: Asked
    product: Said | None
    looker: Looker


class Folder(NamedTuple):
    """What is known of a holder: its runs by name, with the stamp and entry of each, and what was noticed.

    Attributes:
        holder: Which one.
        stamp: Its own; `NO_STAMP` where its names must be listed again.
        entries: The runs, by name.
        stamps: Theirs.
        others: Names of folders that are no runs; looked at each time.
        below: Stamps of the folders in a run that has some, by the run's name.
        findings: By the run's name; under the empty name those of the holder.
    """

    holder: Holder
    stamp: Stamp
    entries: list[Entry]
    stamps: list[Stamp]
    others: tuple[str, ...]
    below: dict[str, tuple[str, ...]]
    findings: dict[str, tuple[Finding, ...]]


def relative(places: Places, path: Path) -> str:
    """A place as a project-relative path.

    Raises:
        UsageFailure: It does not lie in the project.
    """
    found = os.path.relpath(path, places.project).replace(os.sep, "/")
    if found.partition("/")[0] == ".." or Path(found).is_absolute():
        raise UsageFailure(f"{path} lies outside the project", hint="name a folder in it, or another --project")
    return found


def holders(root: Handle, places: Places) -> tuple[list[Holder], list[Finding]]:
    """The holders that are there, and what stands where one should be but is none."""
    found = [Holder(relative(places, places.runs), "runs", "unknown")]
    dash = f"{relative(places, places.dash)}/runs"
    try:
        names = _listed(root, dash)
    except RunpactError as error:
        return found, [Finding("unreadable", dash, error.what, blocks=True)]
    if names is None:
        return found, []
    products = [Holder(f"{dash}/{name}", "dash", name) for name in names.folders if not name.startswith(".")]
    return [*products, *found], _strange(dash, names)


def _listed(root: Handle, path: str) -> Listing | None:
    handle = files.open_folder(root, path)
    if handle is None:
        return None
    try:
        return files.listing(handle, path)
    finally:
        files.close_folder(handle)


def product_of(root: Handle, holder: Holder) -> Product:
    """What a product's `last_run.json` says; nothing where there is none.

    Raises:
        RunpactError: It cannot be read, so what it protects is not known.
    """
    handle = files.open_folder(root, holder.path)
    if handle is None:
        return Product(None, ())
    try:
        document = _entries.read_document(handle, _LAST_RUN)
    except MissingArtifact:
        return Product(None, ())
    finally:
        files.close_folder(handle)
    said = _status.from_last_run(document)
    at = f"{holder.path}/{_LAST_RUN}"
    base = holder.path.rsplit("/", 2)[0]  # the dash folder
    targets = [said.run_id] if said.run_id else []
    if said.run_id:
        targets.append(f"{holder.path}/{said.run_id}")
    targets += [_joined(base, path) for path in _status.evidence_paths(document)]
    return Product(said, tuple(Pointer(at, target) for target in dict.fromkeys(targets)))


def _joined(base: str, path: str) -> str:
    """A path of evidence as a project-relative one; a leading ``/`` means the project."""
    return os.path.normpath(path.lstrip("/") if path.startswith("/") else f"{base}/{path}").replace(os.sep, "/")


def scan_folder(root: Handle, holder: Holder, known: Folder | None, asking: Asking) -> Folder | None:
    """One scan of a holder; None where there is none (any more)."""
    handle = None
    try:
        handle = files.open_folder(root, holder.path)
        if handle is None:
            return None
        return _scanned(handle, holder, known, asking)
    except RunpactError as error:
        finding = Finding("unreadable", holder.path, error.what, blocks=True)
        return Folder(holder, NO_STAMP, [], [], (), {}, {"": (finding,)})
    finally:
        if handle is not None:
            files.close_folder(handle)


def look_at(handle: Handle, holder: Holder, name: str, asked: Asked, product: Said | None) -> Look:
    """Look at one folder in a holder that is open; what vanished meanwhile is no entry."""
    path = f"{holder.path}/{name}"
    try:
        below = files.open_folder(handle, name)
    except RunpactError as error:
        return Look(None, NO_STAMP, (), (Finding("unreadable", path, error.what, blocks=True),))
    if below is None:
        return Look(None, NO_STAMP)
    try:
        return _entries.look(below, holder.layout, holder.family, path, asked=asked, product=product)
    finally:
        files.close_folder(below)


def again(root: Handle, entry: Entry, asked: Asked) -> Entry | None:
    """A run as it is now; None where it is not there any more.

    Raises:
        RunpactError: It, or what protects it, cannot be read.
    """
    above, _, name = entry.path.rpartition("/")
    holder = Holder(above, entry.layout, entry.family)
    product = product_of(root, holder).said if entry.layout == "dash" else None
    handle = files.open_folder(root, above)
    if handle is None:
        return None
    try:
        look = look_at(handle, holder, name, asked, product)
    finally:
        files.close_folder(handle)
    blocking = [finding for finding in look.findings if finding.blocks]
    if blocking:
        raise PartialScan(blocking)
    return look.entry


def _scanned(handle: Handle, holder: Holder, known: Folder | None, asking: Asking) -> Folder:
    own = os.stat(handle)  # noqa: PTH116 - of a descriptor
    stamp = (own.st_ino, _entries.changed_ns(own))
    listed = None
    before = _names(known) if known is not None else []
    if known is not None and known.stamp == stamp:
        names, noticed = sorted([*before, *known.others]), known.findings.get("", ())
    else:
        listed = files.listing(handle, holder.path)
        names = [name for name in listed.folders if not name.startswith(".")]
        noticed = tuple(_strange(holder.path, listed))
        stamp = NO_STAMP if stamp[1] >= asking.asked.begun_ns - _entries.RACY_NS else stamp
    kept = _unchanged(handle, known, before, asking.product) if known else {}
    if known is not None and listed is None and len(kept) == len(names):
        return known
    fresh = [name for name in names if name not in kept]
    looks = dict(zip(fresh, asking.looker(holder, handle, fresh, asking.product), strict=True))
    looks.update((name, _remembered(known, name, place)) for name, place in kept.items() if known is not None)
    return _folder(holder, stamp, [(name, looks[name]) for name in names], noticed)


def _remembered(known: Folder, name: str, place: int) -> Look:
    below, findings = known.below.get(name, ()), known.findings.get(name, ())
    return Look(known.entries[place], known.stamps[place], below, findings)


def _names(folder: Folder) -> list[str]:
    start = len(folder.holder.path) + 1
    return [entry.path[start:] for entry in folder.entries]


def _unchanged(handle: Handle, known: Folder, names: list[str], product: Said | None) -> dict[str, int]:
    """The runs that memory knows as they are: their places in it, by name."""
    found: dict[str, int] = {}
    below = known.below
    again = product.run_id if product else None
    for index, (name, stamp) in enumerate(zip(names, known.stamps, strict=True)):
        if stamp is NO_STAMP or _stamp(handle, name) != stamp or stamp == NO_STAMP or name == again:
            continue
        if name not in below or all(_stands(handle, name, each) for each in below[name]):
            found[name] = index
    return found


def _stands(handle: Handle, name: str, below: str) -> bool:
    inode, changed, path = below.split(" ", 2)
    return _stamp(handle, f"{name}/{path}") == (int(inode), int(changed))


def _stamp(handle: Handle, name: str) -> Stamp:
    """Of what has a name in a folder; `NO_STAMP` where it cannot be told. The same inode is the same kind of thing."""
    try:
        if isinstance(handle, int):
            status = os.stat(name, dir_fd=handle, follow_symlinks=False)
        else:
            status = os.lstat(f"{handle}/{name}")
    except OSError:
        return NO_STAMP
    modified, changed = status.st_mtime_ns, status.st_ctime_ns
    return status.st_ino, changed if changed > modified else modified  # noqa: FURB136 - called for every run, `max` is slow


def _strange(path: str, listed: Listing) -> list[Finding]:
    """What stands among run folders and may not be entered, and names that are one where case does not count."""
    found = [
        Finding("link", f"{path}/{name}", "it is a symbolic link, which is not followed")
        for name, status in listed.members
        if stat.S_ISLNK(status.st_mode)
    ]
    message = "it lies on another file system, so it is left alone"
    found += [Finding("other-file-system", f"{path}/{name}", message) for name in listed.elsewhere]
    return found + _entries.twins(path, (name for name, _ in listed.members))


def _folder(holder: Holder, stamp: Stamp, looks: list[tuple[str, Look]], noticed: tuple[Finding, ...]) -> Folder:
    result = Folder(holder, stamp, [], [], (), {}, {"": noticed} if noticed else {})
    others = []
    for name, look in looks:
        if look.entry is not None:
            result.entries.append(look.entry)
            result.stamps.append(look.stamp)
        else:
            others.append(name)
        if look.below:
            result.below[name] = look.below
        if look.findings:
            result.findings[name] = look.findings
    return result._replace(others=tuple(others))
