"""What every command shows people in the same way: columns, lengths of time, sizes. Pure.

aligned([["PRODUCT", "AGE"], ["spec-kit", span(7500)]])
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from runpact_core.redact import for_terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["GAP", "age", "aligned", "size", "span", "width"]

GAP = 2
"""Spaces between two columns."""

_MINUTE = 60
_HOUR = 3600
_DAY = 86400
_STEP = 1024


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Columns of equal width on the screen, two spaces apart, the last one as it is; cells are made safe.

    Args:
        rows: The cells, line by line; each line has as many as the first.

    Returns:
        One line for each row, each with its line feed; empty where there are no rows.
    """
    if not rows:
        return ""
    safe = [[for_terminal(cell) for cell in row] for row in rows]
    last = len(safe[0]) - 1
    widths = [max(width(row[column]) for row in safe) for column in range(last)]
    padded = ([*(row[at] + " " * (widths[at] - width(row[at])) for at in range(last)), row[last]] for row in safe)
    return "".join(f"{(' ' * GAP).join(cells).rstrip()}\n" for cells in padded)


def width(text: str) -> int:
    """Columns of a terminal that text takes: two for a wide character, none for a mark on the one before it."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def age(seconds: int | None) -> str:
    """How long ago something was: ``2 h 5 min``; of what is dated in the future, ``2 h 5 min ahead``; else nothing."""
    if seconds is None:
        return ""
    return span(seconds) if seconds >= 0 else f"{span(-seconds)} ahead"


def span(seconds: int) -> str:
    """A length of time in its two largest units: ``2 h 5 min``."""
    if seconds < 0:
        return f"-{span(-seconds)}"
    if seconds < _MINUTE:
        return f"{seconds} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min {seconds % _MINUTE} s"
    if seconds < _DAY:
        return f"{seconds // _HOUR} h {seconds % _HOUR // _MINUTE} min"
    return f"{seconds // _DAY} d {seconds % _DAY // _HOUR} h"


def size(size_bytes: int) -> str:
    """A number of bytes in the largest fitting unit: ``3.4 MiB``; exact below 1024."""
    if size_bytes < _STEP:
        return f"{size_bytes} B"
    value, unit = float(size_bytes), "B"
    for unit in ("KiB", "MiB", "GiB", "TiB"):  # noqa: B007 - the last one tried is the answer
        value /= _STEP
        if value < _STEP:
            break
    return f"{value:.1f} {unit}"
