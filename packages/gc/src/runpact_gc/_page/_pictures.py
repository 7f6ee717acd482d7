"""Pictures of a store as SVG: pure functions of figures. Numbers and our own words only, so nothing needs escaping.

Invariants: every picture has a title and a description that say what it shows, and a table beside it has every figure;
what is told by colour is told by order too; colours come from the style sheet, by class. The SVG has no words in it, so
it is stretched to the width that there is, and the words around it stay as large as all others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runpact_gc._sizes import short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runpact_gc._page._figures import Freeing, Growth

__all__ = ["disk", "trash"]

_W, _H = 720, 200
_GAP = 0.08  # of the room that a column has
_WIDEST = 120
_MOST_NAMED = 4  # columns that have a date each, also on a phone


def disk(of: Growth) -> str:
    """Disk by family over time: columns, the largest family at their foot."""
    most = max(sum(column) for column in zip(*of.bytes, strict=True)) or 1
    floors = [0] * len(of.days)
    bands = ""
    for number, levels in enumerate(of.bytes):
        path = ""
        for at, amount in enumerate(levels):
            path += _bar(at, len(levels), floors[at] / most, (floors[at] + amount) / most)
            floors[at] += amount
        kind = "other" if of.families[number] is None else f"{number}"
        bands += f'<path class="band b{kind}" d="{path}"/>'
    says = f"{of.says} The table below has every figure."
    return _framed("disk", "Disk by family over time", says, bands, short(most), of.days)


def trash(of: Sequence[Freeing]) -> str:
    """What the trash holds until it is empty: a column for each day on which it frees something."""
    before = of[0].left_bytes + of[0].size_bytes
    most = before or 1
    path = "".join(_bar(at, len(of), 0, each.left_bytes / most) for at, each in enumerate(of))
    freed = "".join(
        _bar(at, len(of), each.left_bytes / most, (each.left_bytes + each.size_bytes) / most)
        for at, each in enumerate(of)
    )
    says = f"The trash holds {short(before)}; the last of it may go on {of[-1].day}. The table below has every figure."
    body = f'<path class="held" d="{path}"/><path class="freed" d="{freed}"/>'
    return _framed("trash", "What the trash holds and frees", says, body, short(most), [each.day for each in of])


def _bar(at: int, count: int, low: float, high: float) -> str:
    room = _W / count
    width = min(room * (1 - _GAP), _WIDEST)
    left = room * at + (room - width) / 2
    top, foot = (_H * (1 - share) for share in (high, low))
    return f"M{left:.1f} {foot:.1f}V{top:.1f}h{width:.1f}V{foot:.1f}z" if high > low else ""


def _framed(  # noqa: PLR0913, PLR0917 - a picture's parts
    name: str, title: str, says: str, body: str, most: str, days: Sequence[str]
) -> str:
    """The picture between its scale and its dates: each column's, or where they are many those of the ends."""
    every = len(days) <= _MOST_NAMED
    named = days if every else (days[0], days[-1])
    dates = "".join(f"<span>{day}</span>" for day in named)
    return (
        f'<div class="chart"><p class="tall" aria-hidden="true"><span>{most}</span><span>0</span></p>'
        f'<svg viewBox="0 0 {_W} {_H}" preserveAspectRatio="none" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{title}</title><desc id="{name}-d">{says}</desc>{body}</svg>'
        f'<p class="wide{" every" if every else ""}" aria-hidden="true">{dates}</p></div>'
    )
