"""What each rule keeps of the runs that count, newest first. Pure.

A rule only ever names what is kept, and no rule knows of another, so adding one never deletes more.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from runpact_gc._model import Reason
from runpact_gc._sizes import short

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from runpact_gc._model import Entry
    from runpact_gc._settings import Rule

__all__ = ["DAY_S", "MIB", "Kept", "describe", "fitting", "kept_by", "ordinal"]

DAY_S = 86_400
MIB = 1 << 20
_LAST_DAY = date.max.toordinal()
_EPOCH = date(1970, 1, 1).toordinal()


class Kept(NamedTuple):
    """That a rule keeps an entry: its place among those that count, from 0, and why."""

    place: int
    reason: Reason


def kept_by(rule: Rule, counted: Sequence[Entry], now_s: int) -> Iterator[Kept]:
    """What a group's rule keeps.

    Args:
        rule: The rule.
        counted: The entries of the group that count, newest first.
        now_s: The moment.

    Yields:
        The place of each entry that a part of the rule keeps, with that part.
    """
    if rule.keep is not None:
        yield from _newest(counted, rule.keep)
    for slug, most, name_of in (
        ("keep-daily", rule.keep_daily, _day),
        ("keep-weekly", rule.keep_weekly, _week),
        ("keep-monthly", rule.keep_monthly, _month),
    ):
        if most is not None:
            yield from _by_calendar(counted, slug, most, name_of)
    if rule.keep_within_days is not None:
        yield from _within(counted, rule.keep_within_days, now_s)
    if rule.keep_status:
        for place, entry in enumerate(counted):
            if entry.status in rule.keep_status:
                yield Kept(place, Reason("keep-status", f"keep-status: {entry.status}"))
    if rule.max_total_size_mb is not None:
        yield from fitting(counted, rule.max_total_size_mb, "max-total-size")


def fitting(counted: Sequence[Entry], most_mb: int, name: str) -> Iterator[Kept]:
    """The newest entries as long as they fit into a budget together; the first that does not fit ends it."""
    most, total = most_mb * MIB, 0
    for place, entry in enumerate(counted):
        total += entry.size_bytes
        if total > most:
            return
        text = f"{name}: up to this one {short(total)} of {short(most_mb << 20)}"
        yield Kept(place, Reason("max-total-size", text))


def describe(rule: Rule) -> str:
    """A rule's parts that keep something, for people; empty where it has none."""
    parts = [
        "" if rule.keep is None else f"keep {rule.keep}",
        "" if rule.keep_daily is None else f"daily {rule.keep_daily}",
        "" if rule.keep_weekly is None else f"weekly {rule.keep_weekly}",
        "" if rule.keep_monthly is None else f"monthly {rule.keep_monthly}",
        "" if rule.keep_within_days is None else f"within {rule.keep_within_days} days",
        f"status {' or '.join(rule.keep_status)}" if rule.keep_status else "",
        "" if rule.max_total_size_mb is None else f"{rule.max_total_size_mb} MiB",
    ]
    return ", ".join(part for part in parts if part)


def ordinal(number: int) -> str:
    """A place in an order: ``1st``, ``12th``."""
    ending = "th" if number // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _newest(counted: Sequence[Entry], most: int) -> Iterator[Kept]:
    for place in range(min(most, len(counted))):
        yield Kept(place, Reason("keep-last", f"keep-last: {ordinal(place + 1)} newest of {most}"))


def _by_calendar(counted: Sequence[Entry], slug: str, most: int, name_of: Callable[[date], str]) -> Iterator[Kept]:
    """The newest of each of the newest so many stretches of the calendar that have one."""
    found = 0
    day = name = None
    for place, entry in enumerate(counted):
        number = entry.time_s // DAY_S
        if number == day:
            continue
        day = number
        stretch = name_of(_date(number))
        if stretch == name:
            continue
        if found == most:
            return
        name, found = stretch, found + 1
        yield Kept(place, Reason(slug, f"{slug}: newest of {stretch}, {ordinal(found)} of {most}"))


def _within(counted: Sequence[Entry], days: int, now_s: int) -> Iterator[Kept]:
    since = now_s - days * DAY_S
    for place, entry in enumerate(counted):
        if entry.time_s < since:
            return
        age = max(now_s - entry.time_s, 0) // DAY_S
        yield Kept(place, Reason("keep-within", f"keep-within: {age} days old, kept for {days}"))


def _date(number: int) -> date:
    """The day, UTC, by its number since 1970; times that no calendar has are its first or last day."""
    return date.fromordinal(min(max(number + _EPOCH, 1), _LAST_DAY))


def _day(day: date) -> str:
    return day.isoformat()


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


def _month(day: date) -> str:
    return day.isoformat()[:7]
