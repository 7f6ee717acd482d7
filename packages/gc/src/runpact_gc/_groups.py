"""The entries of each family within a layout, in the one order of newer and older. Pure.

Invariants:

* The order is total and depends on nothing but the entries: by time, then run id, then path, newest first.
* An entry counts towards rules where it is complete, not live, and not dated in the future.

Entries are spoken of by their places in the inventory: fifty thousand of them are planned while somebody waits.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from runpact_gc._model import Group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runpact_gc._model import Entry, Layout

__all__ = ["SKEW_S", "Ranked", "counts", "is_suspicious", "newest_first", "ranked"]

SKEW_S = 300
"""So many seconds a run may be dated in the future: clocks differ."""


class Ranked(NamedTuple):
    """One group, as places in the inventory, newest first.

    Attributes:
        all: Every entry.
        counted: Those that count towards rules.
    """

    all: list[int]
    counted: list[int]


def is_suspicious(entry: Entry, now_s: int) -> bool:
    """Whether a run is dated more than five minutes in the future."""
    return entry.time_s > now_s + SKEW_S


def counts(entry: Entry, now_s: int) -> bool:
    """Whether an entry counts towards rules."""
    return entry.complete and not entry.live and not is_suspicious(entry, now_s)


def ranked(entries: Sequence[Entry], now_s: int) -> dict[Group, Ranked]:
    """The groups by name, each with its entries newest first."""
    found: dict[tuple[Layout, str], list[int]] = {}
    latest, aside = now_s + SKEW_S, set()
    for place, entry in enumerate(entries):
        found.setdefault((entry.layout, entry.family), []).append(place)
        if not entry.complete or entry.live or entry.time_s > latest:  # `counts`, without fifty thousand calls
            aside.add(place)
    groups = {}
    for name in sorted(found):
        ordered = newest_first(entries, found[name])
        groups[Group(*name)] = Ranked(ordered, [place for place in ordered if place not in aside])
    return groups


def newest_first(entries: Sequence[Entry], places: Sequence[int]) -> list[int]:
    """These places in the one order."""
    ordered = sorted([(entries[place].time_s, place) for place in places], reverse=True)
    for (time_s, _), (next_s, _) in pairwise(ordered):
        if time_s == next_s:  # rare enough to be worth asking
            return sorted(places, key=lambda place: _rank(entries[place]), reverse=True)
    return [place for _, place in ordered]


def _rank(entry: Entry) -> tuple[int, str, str, str, str, str]:
    return entry.time_s, entry.run_id or "", entry.path, entry.key, entry.layout, entry.family
