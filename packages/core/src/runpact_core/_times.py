"""Moments as the documents write them: comparing and reading them without changing a byte.

Comparison never overflows and never loses a nanosecond: it works on integers, not on `datetime`. A leap second
(``:60``) is the second that follows it, as POSIX counts.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

from runpact_core.errors import InvalidArtifact

_FORM = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?(Z|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)
_SECONDS_A_DAY = 86_400
_TO_1970 = date(1970, 1, 1).toordinal() * _SECONDS_A_DAY


def instant(text: str) -> tuple[int, int]:
    """The moment as seconds since year 1 (UTC) and nanoseconds, for comparing.

    Raises:
        InvalidArtifact: The text is not RFC 3339, or names a date or time that does not exist.
    """
    day, seconds, nanoseconds, offset = _parts(text)
    return day * _SECONDS_A_DAY + seconds - offset, nanoseconds


def seconds(stated: object) -> int | None:
    """The moment as whole seconds since 1970; None where it is no time as `instant` reads it."""
    try:
        return instant(str(stated))[0] - _TO_1970
    except InvalidArtifact:
        return None


def moment(text: str) -> datetime:
    """The moment as a `datetime` with the offset it was written with; fractions are cut to microseconds.

    Raises:
        InvalidArtifact: As `instant`, or the moment is outside the years 1 to 9999.
    """
    day, seconds, nanoseconds, offset = _parts(text)
    midnight = datetime.fromordinal(day).replace(tzinfo=timezone(timedelta(seconds=offset)))
    try:
        return midnight + timedelta(seconds=seconds, microseconds=nanoseconds // 1000)
    except OverflowError:
        raise InvalidArtifact(f"{text!r} is outside the years 1 to 9999") from None


def _parts(text: str) -> tuple[int, int, int, int]:
    """Day number, seconds in the day as written, nanoseconds, offset in seconds."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise InvalidArtifact(f"{text!r} is not a time as RFC 3339 writes it")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    zone = match[8]
    ahead, minutes = (0, 0) if zone == "Z" else (int(zone[1:3]), int(zone[4:6]))
    try:
        ordinal = date(year, month, day).toordinal()
    except ValueError as error:
        raise InvalidArtifact(f"{text!r} names a day that does not exist: {error}") from None
    if hour > 23 or minute > 59 or second > 60 or ahead > 23 or minutes > 59:
        raise InvalidArtifact(f"{text!r} names a time that does not exist")
    nanoseconds = int((match[7] or "").ljust(9, "0"))
    offset = ahead * 3600 + minutes * 60
    return ordinal, hour * 3600 + minute * 60 + second, nanoseconds, -offset if zone[0] == "-" else offset
