"""Protections that no rule takes away: of the newest of a group, of what is pinned, of what is pointed to. Pure."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from runpact_gc._groups import is_suspicious
from runpact_gc._model import Reason, entry_id
from runpact_gc._run_ids import spellings, unspelt

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from runpact_gc._groups import Ranked
    from runpact_gc._model import Entry, Pointer
    from runpact_gc._settings import Settings

    Reasons = dict[int, list[Reason]]  # place in the inventory → why the entry there is kept

__all__ = ["PREFIX_CHARS", "Stray", "begins", "by_being_newest", "by_pins", "by_pointers", "is_beginning", "pinned_by"]

PREFIX_CHARS = 4
"""So many characters of an id are the least that name an entry."""

_LAST_RUN = Reason("last-run", "last-run: newest of its family", protects=True)
_LAST_PASS = Reason("last-pass", "last-pass: newest pass of its family", protects=True)


class Stray(NamedTuple):
    """A pin that does not name one thing: how many it names, none or several."""

    name: str
    where: str
    names: int


class _Pin(NamedTuple):
    name: str
    where: str
    family: str | None = None  # a run id is looked for in there alone
    layout: str | None = None  # as above

    def may_mean(self, entry: Entry) -> bool:
        """Whether a run id of this pin names this entry."""
        return self.family in {None, entry.family} and self.layout in {None, entry.layout}


def by_being_newest(entries: Sequence[Entry], ranked: Ranked, now_s: int, reasons: Reasons) -> None:
    """Add the newest run of a group, whatever its state, and its newest pass; neither is one dated in the future.

    The newest pass is the newest of those that count, where there is one; else of all.
    """
    first = next((at for at, place in enumerate(ranked.all) if not is_suspicious(entries[place], now_s)), None)
    if first is None:
        return
    reasons.setdefault(ranked.all[first], []).append(_LAST_RUN)
    for candidates in (ranked.counted, ranked.all[first:]):
        newest = next((place for place in candidates if entries[place].status == "pass"), None)
        if newest is not None:
            reasons.setdefault(newest, []).append(_LAST_PASS)
            return


def by_pins(entries: Sequence[Entry], settings: Settings, pins: Collection[str], reasons: Reasons) -> tuple[Stray, ...]:
    """Add what is pinned; all that a beginning of an id could mean is protected.

    An id, or the beginning of one, names an entry wherever it is. A run id names, from the file of pins, every entry of
    that run; from the list of a family or layout, those of it.
    """
    wanted = [*_configured(settings), *(_Pin(name, ".pins.json") for name in sorted(set(pins)))]
    if not wanted:
        return ()
    by_run: dict[str, list[int]] = {}
    by_start: dict[str, list[int]] = {}
    by_spelling: dict[str, list[int]] = {}
    names, starts = {pin.name for pin in wanted}, {pin.name[:PREFIX_CHARS].lower() for pin in wanted}
    unspelled = {unspelt(name) for name in names}
    for place, entry in enumerate(entries):
        if entry.run_id in names:
            by_run.setdefault(str(entry.run_id), []).append(place)
        elif entry.layout == "glob" and entry.run_id is not None and unspelt(entry.run_id) in unspelled:
            by_spelling.setdefault(unspelt(entry.run_id), []).append(place)
        if entry.id[:PREFIX_CHARS] in starts:
            by_start.setdefault(entry.id[:PREFIX_CHARS], []).append(place)
    strays = []
    for pin in wanted:
        of_run = (*by_run.get(pin.name, ()), *by_spelling.get(unspelt(pin.name), ()))
        runs = [place for place in of_run if pin.may_mean(entries[place])]
        begun = [
            place for place in by_start.get(pin.name[:PREFIX_CHARS].lower(), ()) if begins(entries[place], pin.name)
        ]
        if not (runs or begun):
            spelt = _spelt(entries, settings).items()
            runs = [place for place, several in spelt if _is_id_of(entries[place], pin, several)]
        for place in {*runs, *begun}:
            reasons.setdefault(place, []).append(Reason("pinned", f"pinned: {pin.name} in {pin.where}", protects=True))
        if len(begun) > 1 or not (runs or begun):
            strays.append(Stray(pin.name, pin.where, len({*runs, *begun})))
    return tuple(strays)


def _spelt(entries: Sequence[Entry], settings: Settings) -> dict[int, frozenset[str]]:
    """The entries whose run is spelt in several ways, with all of them."""
    found = {
        place: spellings(entry, settings.run_id_patterns)
        for place, entry in enumerate(entries)
        if entry.run_id is not None and len(entry.files) > 1
    }
    return {place: names for place, names in found.items() if len(names) > 1}


def _is_id_of(entry: Entry, pin: _Pin, names: Collection[str]) -> bool:
    """Whether a pin is the id that an entry would have by another spelling of its run id, or the beginning of it."""
    return any(is_beginning(pin.name, entry_id(entry.family, name)) for name in names)


def begins(entry: Entry, name: str) -> bool:
    """Whether a name is the beginning of an entry's id, and long enough to be one."""
    return is_beginning(name, entry.id)


def is_beginning(name: str, whole: str) -> bool:
    """Whether a name is the beginning of an id, and long enough to be one."""
    return len(name) >= PREFIX_CHARS and whole.startswith(name.lower())


def pinned_by(entries: Sequence[Entry], settings: Settings, pins: Collection[str], name: str) -> list[str]:
    """What pins the entries of an id or a run id: ``retention.proofs.pin``, or another pin; for people."""
    reasons: Reasons = {}
    by_pins(entries, settings, pins, reasons)
    asked = [place for place, entry in enumerate(entries) if name in {entry.id, entry.run_id}]
    return sorted({reason.text.removeprefix("pinned: ") for place in asked for reason in reasons.get(place, ())})


def _configured(settings: Settings) -> Iterator[_Pin]:
    for family, rule in sorted(settings.retention.items()):
        yield from (_Pin(name, f"retention.{family}.pin", family=family) for name in sorted(set(rule.pin)))
    for layout, rule in sorted(settings.layouts.items()):
        yield from (_Pin(name, f"layouts.{layout}.pin", layout=layout) for name in sorted(set(rule.pin)))


def by_pointers(entries: Sequence[Entry], pointers: Sequence[Pointer], reasons: Reasons) -> None:
    """Add what a kept document points to, until nothing more is kept by that.

    A document outside of all entries is kept. One inside an entry is kept where the entry is, and never protects it. A
    report that is kept keeps the recorded run that it is about, which has its run id.
    """
    recorded = _recorded(entries)
    reports = [place for place in reasons if recorded and entries[place].layout == "dash"]
    for place in sorted(reports, key=lambda each: entries[each].path):
        _add_pointed(reasons, recorded.get(entries[place].run_id or "", ()), entries[place].path)
    if not pointers:
        return
    where = _Where(entries)
    waiting = [(pointer, where.holder(pointer.document)) for pointer in sorted(set(pointers))]
    while ready := [each for each in waiting if each[1] is None or each[1] in reasons]:
        waiting = [each for each in waiting if not (each[1] is None or each[1] in reasons)]
        for pointer, holder in ready:
            for place in sorted(where.targets(pointer.target) - {holder}, key=lambda each: entries[each].path):
                _add_pointed(reasons, (place,), pointer.document)
                if entries[place].layout == "dash":
                    _add_pointed(reasons, recorded.get(entries[place].run_id or "", ()), entries[place].path)


def _add_pointed(reasons: Reasons, places: Iterable[int], document: str) -> None:
    reason = Reason("pointed-to", f"pointed-to: by {document}", protects=True)
    for place in places:
        if reason not in reasons.setdefault(place, []):  # a document may name several paths in one run
            reasons[place].append(reason)


def _recorded(entries: Sequence[Entry]) -> dict[str, list[int]]:
    """The recorded runs by run id."""
    found: dict[str, list[int]] = {}
    for place, entry in enumerate(entries):
        if entry.layout == "runs" and entry.run_id is not None:
            found.setdefault(entry.run_id, []).append(place)
    return found


class _Where:
    """Where entries lie, for finding them by a path or a run id."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._by_run: dict[str, list[int]] = {}
        self._by_path: dict[str, list[int]] = {}
        for place, entry in enumerate(entries):
            if entry.run_id is not None:
                self._by_run.setdefault(entry.run_id, []).append(place)
            for path in [file.path for file in entry.files] if entry.layout == "glob" else [entry.path]:
                self._by_path.setdefault(path, []).append(place)
        globs = (entry for entry in entries if entry.layout == "glob")
        self._glob_paths = sorted({file.path for entry in globs for file in entry.files})

    def holder(self, document: str) -> int | None:
        """The entry that a document is part of, if any."""
        return next((place for path in _upward(document) for place in self._by_path.get(path, ())), None)

    def targets(self, target: str) -> set[int]:
        """The entries of a run id; those that a path lies in; of a folder the glob entries with files below it."""
        path = target.rstrip("/")
        paths = (*_upward(path), *self._below(path))
        return {*self._by_run.get(target, ()), *(place for each in paths for place in self._by_path.get(each, ()))}

    def _below(self, folder: str) -> list[str]:
        start = bisect_left(self._glob_paths, f"{folder}/")
        return self._glob_paths[start : bisect_left(self._glob_paths, f"{folder}0")]  # 0 comes right after /


def _upward(path: str) -> Iterator[str]:
    """A path and the folders above it."""
    while path:
        yield path
        path = path.rpartition("/")[0]
