"""Pictures of a store as SVG: pure functions of figures. Numbers and our own words only, so nothing needs escaping.

Invariants: every picture has a title and a description that say what it shows, and a table beside it has every figure;
what is told by colour is told by order too; colours come from the style sheet, by class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runpact_gc._sizes import short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runpact_gc._page._figures import Freeing, Growth

__all__ = ["disk", "trash"]

_W, _H = 720, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 96, 8, 14, 24


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
    return _framed("disk", "Disk by family over time", says, bands, (short(most), "0"), (of.days[0], of.days[-1]))


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
    return _framed("trash", "What the trash holds and frees", says, body, (short(most), "0"), (of[0].day, of[-1].day))


def _bar(at: int, count: int, low: float, high: float) -> str:
    room = _W - _LEFT - _RIGHT
    left = _LEFT + room * at / count
    width = min(room / count - 2, 60)
    top, foot = (_H - _BOTTOM - (_H - _BOTTOM - _TOP) * share for share in (high, low))
    return f"M{left:.1f} {foot:.1f}V{top:.1f}h{width:.1f}V{foot:.1f}z" if high > low else ""


def _framed(  # noqa: PLR0913, PLR0917 - a picture's parts
    name: str, title: str, says: str, body: str, tall: tuple[str, str], wide: tuple[str, str]
) -> str:
    low = _H - _BOTTOM
    last = "" if wide[0] == wide[1] else wide[1]
    return (
        f'<svg viewBox="0 0 {_W} {_H}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{title}</title><desc id="{name}-d">{says}</desc>'
        f'{body}<path class="axis" d="M{_LEFT} {low}.5H{_W - _RIGHT}"/>'
        f'<g class="lab"><text x="{_LEFT - 8}" y="{_TOP + 8}" text-anchor="end">{tall[0]}</text>'
        f'<text x="{_LEFT - 8}" y="{low}" text-anchor="end">{tall[1]}</text>'
        f'<text x="{_LEFT}" y="{_H - 6}">{wide[0]}</text>'
        f'<text x="{_W - _RIGHT}" y="{_H - 6}" text-anchor="end">{last}</text></g></svg>'
    )
