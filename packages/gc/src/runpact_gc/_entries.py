"""One run folder, looked at through its handle: what it is now, and how a later scan knows that nothing happened to it.

Invariants: nothing below the folder is reached but by handles, no link is followed, no other file system entered. What
cannot be read is a finding that blocks, and then there is no entry. A look whose result may change without any folder
changing (the run is open, the clock decides) has no stamp, so it is taken again each time; so has one of a folder that
changed too short a time ago to tell a later change from it.
"""

from __future__ import annotations

import stat
import sys
import unicodedata
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from runpact_core import files, runs
from runpact_core.errors import InvalidArtifact, RunpactError
from runpact_gc import _status
from runpact_gc._model import Entry, File, Finding, entry_id
from runpact_gc._settings import StatusRule
from runpact_gc._status import Said

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator

    from runpact_core.files import Handle, Listing
    from runpact_gc._model import Layout

__all__ = ["MAX_BYTES", "NO_STAMP", "RACY_NS", "Asked", "Look", "Stamp", "changed_ns", "look", "read_document", "twins"]

MAX_BYTES = 8 << 20
"""The largest document that is read."""

NO_STAMP = (0, 0)
_ATTEMPTS = 3
_QUIET_S = 3600  # a reported run without a seal is complete when nothing in it changed for so long
_BELOW_CHARS = 1 << 16  # a run whose folders need more to be remembered is looked at each time
_WORDS = StatusRule()
_RESULTS = ("pytest_output.log", "test-report.json")
RACY_NS = 2_000_000_000
"""A change so young may hide a later one: the coarsest clock of a file system in use ticks every two seconds."""

Stamp = tuple[int, int]


class Asked(NamedTuple):
    """What a look depends on beside the folder.

    Attributes:
        now_s: The time, seconds since 1970.
        asking: The machine that asks.
        begun_ns: When the looking began, by the clock of the machine.
        listing: Whether the entry is to have its files.
    """

    now_s: int
    asking: runs.Here
    begun_ns: int
    listing: bool = False


class Look(NamedTuple):
    """What was seen of a run folder.

    Attributes:
        entry: The run; None where it is none, or cannot be judged.
        stamp: Inode and newest change of the folder; `NO_STAMP` where a later scan must look again.
        below: The same of each folder in it: inode, change and path from the run's folder, separated by spaces.
        findings: What was noticed.
    """

    entry: Entry | None
    stamp: Stamp
    below: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class _Sum:
    """What the files of a run come to."""

    def __init__(self) -> None:
        self.size = self.count = self.newest = 0
        self.below: list[str] = []
        self.files: list[File] = []
        self.findings: list[Finding] = []
        self.stamps: list[Stamp] = []
        self.elsewhere = False
        self.room = _BELOW_CHARS

    def remember(self, below: str) -> None:
        """Keep the stamp of a folder in the run, unless there are so many that looking is cheaper."""
        self.room -= len(below)
        if self.room >= 0:
            self.below.append(below)


def changed_ns(status: os.stat_result) -> int:
    """When names in a folder changed last; setting its times back does not hide it."""
    return max(status.st_mtime_ns, status.st_ctime_ns)


def look(  # noqa: PLR0913 - the place of a run has three parts
    handle: Handle, layout: Layout, family: str, path: str, *, asked: Asked, product: Said | None = None
) -> Look:
    """Look at one folder.

    Args:
        handle: The folder.
        layout: ``dash`` or ``runs``.
        family: The product; of layout ``runs`` what to call it where neither name nor document say.
        path: The folder, project-relative.
        asked: The time and the machine.
        product: What the product's `last_run.json` says.
    """
    what = ""
    for _ in range(_ATTEMPTS):
        try:
            return _looked(handle, _Run(layout, family, path), asked, product)
        except RunpactError as error:  # perhaps something is just being written
            what = error.what
    return Look(None, NO_STAMP, (), (Finding("unreadable", path, what, blocks=True),))


class _Run(NamedTuple):
    """Where a run is: `look` says what each is."""

    layout: Layout
    family: str
    path: str

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


def _looked(handle: Handle, run: _Run, asked: Asked, product: Said | None) -> Look:
    top = files.listing(handle, run.path)
    total = _summed(top, handle, run.path, listing=asked.listing)
    if total.elsewhere:
        return Look(None, NO_STAMP, (), tuple(total.findings))
    names = frozenset(name for name, status in top.members if not stat.S_ISDIR(status.st_mode))
    entry, settled = _judged(_Seen(handle, run, names, total, asked), product)
    young = asked.begun_ns - RACY_NS
    sure = settled and total.room >= 0 and all(changed < young for _, changed in total.stamps)
    stamp = total.stamps[0] if sure else NO_STAMP
    return Look(entry, stamp, tuple(total.below) if sure else (), tuple(total.findings))


class _Seen(NamedTuple):
    """All that a run is judged by, its documents apart."""

    handle: Handle
    run: _Run
    names: frozenset[str]
    total: _Sum
    asked: Asked


def _summed(top: Listing, handle: Handle, path: str, *, listing: bool) -> _Sum:
    total = _Sum()
    for each in _all(top, handle, path):
        total.stamps.append((each.status.st_ino, changed_ns(each.status)))
        total.newest = max(total.newest, each.status.st_mtime_ns)
        if each is not top:
            total.remember(f"{each.status.st_ino} {changed_ns(each.status)} {each.path[len(path) + 1 :]}")
        for name, status in each.members:
            kind = stat.S_IFMT(status.st_mode)
            if kind == stat.S_IFDIR:
                continue
            total.count += 1
            total.newest = max(total.newest, status.st_mtime_ns)
            if kind == stat.S_IFREG:
                total.size += status.st_size
                if listing:
                    total.files.append(File(f"{each.path}/{name}", status.st_size, status.st_mtime_ns))
            else:
                total.findings.append(_special(f"{each.path}/{name}", kind))
        for name in each.elsewhere:
            message = "it lies on another file system, so the run is left alone"
            total.findings.append(Finding("other-file-system", f"{each.path}/{name}", message))
            total.elsewhere = True
        total.findings.extend(twins(each.path, (name for name, _ in each.members)))
    return total


def _all(top: Listing, handle: Handle, path: str) -> Iterator[Listing]:
    """The folder and those below it; most have none."""
    yield top
    if top.folders:
        below = files.walk(handle, path)
        next(below)
        yield from below


def _special(path: str, kind: int) -> Finding:
    if kind == stat.S_IFLNK:
        return Finding("link", path, "it is a symbolic link, which is counted and not followed")
    return Finding("special", path, "it is no regular file; it is counted and never opened")


def twins(path: str, names: Iterable[str]) -> list[Finding]:
    """Names of one folder that are one name where case or the form of accents does not count."""
    seen: dict[str, str] = {}
    found = []
    for name in names:
        folded = name.lower() if name.isascii() else unicodedata.normalize("NFC", name).casefold()
        other = seen.setdefault(folded, name)
        if other is not name:
            message = f"it and {other!a} are one name on file systems that ignore case or the form of accents"
            found.append(Finding("case-twins", f"{path}/{name}", message))
    return found


def _judged(seen: _Seen, product: Said | None) -> tuple[Entry | None, bool]:
    """The entry of a folder, and whether it stays so while no folder changes."""
    (layout, family, path), names, name = seen.run, seen.names, seen.run.name
    is_id = runs.RUN_ID.fullmatch(name) is not None
    if layout == "runs" and not is_id and names.isdisjoint(("run.json", "open.json")):
        return None, True
    said = _status.from_run(read_document(seen.handle, "run.json")) if "run.json" in names else None
    opened, live = (None, False) if said or "open.json" not in names else _opened(seen.handle, seen.asked)
    run_id: str | None = name
    if layout == "runs":
        best = said or opened or Said()
        family = sys.intern(name.split("__")[1] if is_id else best.pipeline_id or family)
        run_id = name if is_id else best.run_id
        facts = _Facts(best, said is not None, live, said is not None or "open.json" not in names)
    else:
        facts = _reported(seen, said, product, live=live)
    status = facts.said.status
    if status == "unknown":
        status = _status.from_names((name,), _WORDS.pass_names, _WORDS.fail_names)
    moment, total = _time(facts.said, name, seen.total), seen.total
    entry = Entry(
        entry_id(family, path), family, layout, path, path, run_id, status, *moment, facts.complete, facts.live,
        total.size, total.count, total.newest, tuple(sorted(total.files)),
    )  # fmt: skip
    return entry, facts.settled


class _Facts(NamedTuple):
    said: Said
    complete: bool
    live: bool
    settled: bool


def _time(said: Said, name: str, total: _Sum) -> tuple[int, Literal["document", "name", "mtime"]]:
    if said.time_s is not None:
        return said.time_s, "document"
    stamp = _status.stamp_s(name)
    return (total.newest // 1_000_000_000, "mtime") if stamp is None else (stamp, "name")


def _reported(seen: _Seen, said: Said | None, product: Said | None, *, live: bool) -> _Facts:
    """A run of layout ``dash``: its own seal is `run.json` or `last_run.json`; else an hour without change."""
    name, names = seen.run.name, seen.names
    own = _status.from_last_run(read_document(seen.handle, "last_run.json")) if "last_run.json" in names else None
    overall = product if product and product.run_id == name else None
    if said is not None:
        return _Facts(said, complete=True, live=False, settled=overall is None)
    age_s = seen.asked.now_s - seen.total.newest // 1_000_000_000
    best = own if own and own.run_id == name else overall or Said()
    if best.open:
        return _Facts(best, complete=False, live=live or abs(age_s) < runs.INTERRUPTED_AFTER_S, settled=False)
    quiet = own is not None or age_s >= _QUIET_S
    complete = quiet and not live and not names.isdisjoint(_RESULTS)
    return _Facts(best, complete, live, settled=quiet and overall is None and "open.json" not in names)


def _opened(handle: Handle, asked: Asked) -> tuple[Said, bool]:
    """What `open.json` says, and whether its run is alive."""
    locked = files.is_locked("open.json", at=handle)
    try:
        document = read_document(handle, "open.json")
    except RunpactError:
        document = {}  # torn, or gone since: the lock has said what counts
    state = runs.open_state(document, locked=locked, now=asked.now_s, asking=asked.asking)
    return _status.from_run(document)._replace(status="unknown"), state != "interrupted"


def read_document(handle: Handle, name: str) -> dict[str, Any]:
    """One JSON object in a folder.

    Raises:
        RunpactError: It is none, no regular file, too large, or cannot be read.
    """
    try:
        return _status.parse(files.read_bytes(name, limit=MAX_BYTES, at=handle))
    except InvalidArtifact as error:
        reason = f"{name}: {error.reason}"
        raise InvalidArtifact(reason, path=name) from error
