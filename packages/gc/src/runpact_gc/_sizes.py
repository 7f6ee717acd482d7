"""Numbers of bytes and entries as the listing and the plan show them: ``2.1M``, ``856K``, ``0B``. Pure."""

from __future__ import annotations

__all__ = ["count", "short"]

_STEP = 1024
_WHOLE = 100  # from here on no decimal is shown


def short(size_bytes: int) -> str:
    """A size in at most five characters: ``0B``, ``1023B``, ``2.1M``, ``856K``; units of 1024."""
    if size_bytes < _STEP:
        return f"{size_bytes}B"
    value, unit = float(size_bytes), "B"
    for unit in "KMGTPE":  # noqa: B007 - the last one tried is the answer
        value /= _STEP
        if value < _STEP - 0.5:  # else it would be shown as 1024 of this unit
            break
    return f"{value:.1f}{unit}" if value < _WHOLE - 0.05 else f"{value:.0f}{unit}"


def count(number: int, one: str, many: str) -> str:
    """A number with its noun: ``1 entry``, ``12 entries``."""
    return f"{number} {one if number == 1 else many}"
