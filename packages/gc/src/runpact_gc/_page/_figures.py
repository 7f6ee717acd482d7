"""The figures behind the page of a store: bytes by family over time, and what the trash frees when. Pure; UTC.

Disk over time counts what is in the store now by the time that each entry ran: what was moved away before is not in it.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from runpact_gc._sizes import short

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runpact_gc._model import Entry

__all__ = ["COLUMNS", "FAMILIES", "Freeing", "Growth", "Trashed", "day", "freeing", "growth"]

COLUMNS = 32
"""How many points in time a picture has at most."""

FAMILIES = 6
"""How many families have a colour of their own; the others are counted together."""

_DAY_S = 86_400
_STEPS = (1, 2, 7, 14, 30, 91, 365)


class Trashed(NamedTuple):
    """What one slot of the trash holds.

    Attributes:
        slot: Its name.
        gc_id: The operation that filled it; None where no report says.
        trashed_s: When that was, seconds since 1970.
        ends_s: From when on a plan may purge it, seconds since 1970; None: never, since nobody knows what it is.
        due: Whether the next applied plan purges it.
        size_bytes: What its end frees.
        file_count: Number of its files.
    """

    slot: str
    gc_id: str | None
    trashed_s: int
    ends_s: int | None
    due: bool
    size_bytes: int
    file_count: int


class Growth(NamedTuple):
    """Disk by family over time.

    Attributes:
        days: The ends of the columns, as dates.
        families: The largest by size, then, where there are more, the others together as None.
        bytes: For each of these, the bytes at each of the days.
        others: How many families are counted together.
    """

    days: tuple[str, ...]
    families: tuple[str | None, ...]
    bytes: tuple[tuple[int, ...], ...]
    others: int

    @property
    def says(self) -> str:
        """The figures in a sentence, without the names of families."""
        first, last = (sum(column[at] for column in self.bytes) for at in (0, -1))
        return f"From {short(first)} on {self.days[0]} to {short(last)} on {self.days[-1]}."


class Freeing(NamedTuple):
    """What the trash frees, day by day.

    Attributes:
        day: The date; of what may go already, the day of the page.
        due: Whether the next applied plan purges it.
        size_bytes: How much is freed.
        slots: Of how many slots.
        left_bytes: What the trash holds after it.
    """

    day: str
    due: bool
    size_bytes: int
    slots: int
    left_bytes: int


def day(seconds: int) -> str:
    """A date: ``2026-01-19``; of a moment that no calendar has, ``no date``."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")
    except (ValueError, OverflowError, OSError):
        return "no date"


def growth(entries: Iterable[Entry], now_s: int) -> Growth | None:
    """Disk by family over time, up to now; None where there is nothing.

    Args:
        entries: What the store holds. What is dated in the future counts from now on.
        now_s: The end of the last column, seconds since 1970.
    """
    sizes: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for each in entries:
        sizes[each.family].append((min(max(each.time_s, 0), now_s), each.size_bytes))
    if not sizes:
        return None
    totals = {family: sum(amount for _, amount in found) for family, found in sizes.items()}
    ordered = sorted(totals, key=lambda family: (-totals[family], family))
    ends = _ends(min(when for found in sizes.values() for when, _ in found), now_s)
    named = [(family, _levels(sizes[family], ends)) for family in ordered[:FAMILIES]]
    rest = ordered[FAMILIES:]
    bands: list[tuple[str | None, tuple[int, ...]]] = [*named]
    if rest:
        bands.append((None, _levels([pair for family in rest for pair in sizes[family]], ends)))
    families, levels = zip(*bands, strict=True)
    return Growth(tuple(map(day, ends)), families, levels, len(rest))


def _ends(first: int, now_s: int) -> Sequence[int]:
    """The moments that columns stand for, the last one now, in steps of whole days."""
    days = (now_s - first) // _DAY_S + 1
    step = next((step for step in _STEPS if days <= step * (COLUMNS - 1)), -(-days // (COLUMNS - 1)))
    count = min(COLUMNS, -(-days // step) + 1)
    return [now_s - step * _DAY_S * back for back in reversed(range(count))]


def _levels(pairs: Iterable[tuple[int, int]], ends: Sequence[int]) -> tuple[int, ...]:
    """What was there at each of the moments."""
    added = [0] * len(ends)
    for when, amount in pairs:
        added[next(at for at, end in enumerate(ends) if when <= end)] += amount
    return tuple(accumulate(added))


def freeing(slots: Iterable[Trashed], now_s: int) -> tuple[Freeing, ...]:
    """What the trash frees and when, by day; first what the next applied plan purges. What never ends is not in it."""
    days: dict[tuple[bool, str], list[int]] = defaultdict(list)
    ending = [(each.ends_s, each) for each in slots if each.ends_s is not None]
    for ends_s, each in sorted(ending, key=lambda pair: (not pair[1].due, pair[0], pair[1].slot)):
        days[not each.due, day(now_s if each.due else max(ends_s, now_s))].append(each.size_bytes)
    left = sum(map(sum, days.values()))
    found = []
    for (later, date), amounts in days.items():
        left -= sum(amounts)
        found.append(Freeing(date, not later, sum(amounts), len(amounts), left))
    return tuple(found)
