"""Seconds since 1970 as documents and people read them. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["shown", "utc"]

_FIRST = -62_135_596_800  # 0001-01-01T00:00:00Z
_LAST = 253_402_300_799  # 9999-12-31T23:59:59Z


def utc(time_s: int) -> str:
    """``2026-01-19T06:15:12Z``; a time that no calendar has is the first or last second of one."""
    return datetime.fromtimestamp(min(max(time_s, _FIRST), _LAST), UTC).isoformat()[:19] + "Z"


def shown(time_s: int) -> str:
    """The same for people: ``2026-01-19 06:15:12``, in UTC."""
    return utc(time_s)[:19].replace("T", " ")
