"""Figures and times in words, as every page writes them. Pure; UTC everywhere, no locale."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["ago", "amount", "counted", "day", "duration", "ends", "iso", "size", "span", "when"]

_SKEW_S = 300
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def _date(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def iso(seconds: float) -> str:
    """A moment for programs: ``2026-01-19T12:00:00Z``."""
    date = _date(seconds)
    return f"{date.isoformat(timespec='seconds')[:19]}Z" if date else ""


def when(seconds: float | None) -> str:
    """A moment for people: ``2026-01-19 12:00``."""
    date = None if seconds is None else _date(seconds)
    return "no time" if date is None else date.isoformat(" ")[:16]


def day(seconds: float) -> str:
    """A day for people: ``19 Jan``."""
    date = _date(seconds)
    return f"{date.day} {_MONTHS[date.month - 1]}" if date else ""


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def ends(first: float, last: float) -> tuple[str, str]:
    """Both ends of a time in words that differ: days, or times of one day, or one time alone."""
    if day(first) != day(last):
        return day(first), day(last)
    early, late = when(first)[-5:], when(last)[-5:]
    return f"{day(first)} {early}", late if late != early else ""


def span(seconds: float) -> str:
    """A length of time in its largest unit that is at least two, or its only one: ``47 h``, ``3 d``, ``1 min``."""
    for length, unit in _UNITS:
        if seconds >= 2 * length or (seconds >= length and length <= 60):
            return f"{int(seconds // length)} {unit}"
    return "0 s"


def ago(seconds: float | None, now: float) -> str:
    """How old something is; what is dated later than clocks may differ says so."""
    if seconds is None:
        return "age unknown"
    if seconds - now > _SKEW_S:
        return f"dated {span(seconds - now)} ahead"
    return f"{span(max(0, now - seconds))} ago"


def duration(ms: float | None) -> str:
    """A duration: ``12 ms``, ``0.2 s``, ``5 min 23 s``, ``2 h 05 min``."""
    if ms is None:
        return "\u2013"
    if 0 <= ms < 99.5:
        return f"{ms:.0f} ms"
    seconds = ms / 1000
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def amount(value: float | None) -> str:
    """A number with its thousands apart: ``22,000``, ``8.75``."""
    if value is None:
        return "?"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}".rstrip("0").rstrip(".")


def counted(number: int, thing: str) -> str:
    """A number of things: ``1 record``, ``1,200 records``."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def size(count: int | None) -> str:
    """A size in bytes: ``512 B``, ``3.4 kB``, ``12 MB``."""
    if count is None:
        return ""
    value, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{value:.0f} {unit}" if unit == "B" or value >= 10 else f"{value:.1f} {unit}"
