"""Moments to the nanosecond, and whether a report may still be relied on. Pure.

A moment is a whole number of nanoseconds since 1970, so nothing is rounded: a report is stale when now is *after* the
earlier of ``fresh_until`` and ``generated_at`` plus the hours that it may be old; at that moment itself it is fresh.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from runpact_core import _times

__all__ = ["SKEW_S", "Age", "age_of", "from_seconds", "is_future", "moment_of", "shown"]

SKEW_S = 300
"""Seconds that a producer's clock may be ahead of ours."""

_SECOND = 1_000_000_000
_HOUR = 3600 * _SECOND
_EPOCH = _times.instant("1970-01-01T00:00:00Z")[0]
_FIRST = -62_135_596_800  # 0001-01-01T00:00:00Z
_LAST = 253_402_300_799  # 9999-12-31T23:59:59Z


class Age(NamedTuple):
    """How old a report is, and how old it may be.

    Attributes:
        generated: When it was made.
        fresh_until: Until when its producer means it to be relied on.
        stale_after: The last moment at which it is fresh.
        age_s: Whole seconds since it was made; negative where it is dated later than now.
        is_stale: Whether that moment is over.
    """

    generated: int
    fresh_until: int
    stale_after: int
    age_s: int
    is_stale: bool


def moment_of(text: str) -> int:
    """A moment as a document writes it.

    Raises:
        InvalidArtifact: The text is not RFC 3339, or names a date or time that does not exist.
    """
    seconds, nanoseconds = _times.instant(text)
    return (seconds - _EPOCH) * _SECOND + nanoseconds


def from_seconds(seconds: int) -> int:
    """The moment that is so many seconds after 1970."""
    return seconds * _SECOND


def shown(moment: int) -> str:
    """A moment in UTC, as documents write it; what lies outside the years 1 to 9999 is drawn to their ends."""
    seconds, nanoseconds = divmod(moment, _SECOND)
    if not _FIRST <= seconds <= _LAST:
        seconds, nanoseconds = max(_FIRST, min(_LAST, seconds)), 0
    date = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    fraction = f".{nanoseconds:09}".rstrip("0") if nanoseconds else ""
    return f"{date.isoformat()[:19]}{fraction}Z"


def is_future(moment: int, now: int) -> bool:
    """Whether a moment is later than now by more than clocks may differ."""
    return moment > now + SKEW_S * _SECOND


def age_of(generated: int, fresh_until: int, slo_hours: int, now: int) -> Age:
    """Judge a report by its two moments, the hours that it may be old, and now."""
    stale_after = min(fresh_until, generated + slo_hours * _HOUR)
    return Age(generated, fresh_until, stale_after, (now - generated) // _SECOND, now > stale_after)
