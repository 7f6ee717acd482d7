"""Pictures of runs as SVG: pure functions of values. Numbers and our own words only, so nothing needs escaping.

Invariants: every picture has a title and a description that say what it shows; what it tells by colour it tells by
shape or place too; colours come from the style sheet, by class.
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from runpact_reporter._dash import _words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runpact_reporter._dash._model import Product, Row

__all__ = ["DAYS", "MOST_RUNS", "HeatRow", "durations", "heat", "heat_rows", "pass_rate", "timeline"]

MOST_RUNS = 100
"""How many runs a picture shows, the newest."""

DAYS = 14
"""How many days the heat map shows."""

_W, _H = 400, 96
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 8, 10, 20
_DAY_S = 86_400


class _Frame(NamedTuple):
    """A picture with an axis below and two words beside."""

    name: str
    title: str
    says: str
    body: str
    top: str
    bottom: str
    first: str
    last: str

    def svg(self) -> str:
        low = _H - _BOTTOM
        return (
            f'<svg viewBox="0 0 {_W} {_H}" role="img" aria-labelledby="{self.name}-t {self.name}-d">'
            f'<title id="{self.name}-t">{self.title}</title><desc id="{self.name}-d">{self.says}</desc>'
            f'<path class="axis" d="M{_LEFT} {low}.5H{_W - _RIGHT}"/>{self.body}'
            f'<g class="lab"><text x="{_LEFT - 6}" y="{_TOP + 8}" text-anchor="end">{self.top}</text>'
            f'<text x="{_LEFT - 6}" y="{low}" text-anchor="end">{self.bottom}</text>'
            f'<text x="{_LEFT}" y="{_H - 4}">{self.first}</text>'
            f'<text x="{_W - _RIGHT}" y="{_H - 4}" text-anchor="end">{self.last}</text></g></svg>'
        )


def _shown(rows: Sequence[Row]) -> list[Row]:
    """The newest runs, oldest first, without those that are dated ahead."""
    return [row for row in rows if not row.ahead][:MOST_RUNS][::-1]


def timeline(rows: Sequence[Row]) -> str:
    """When runs ended and how: success stands above the line, failure hangs below it, all else is a mark on it."""
    dated = [(row.when_s, row.status) for row in _shown(rows) if row.when_s is not None]
    if not dated:
        return ""
    first, last = min(when for when, _ in dated), max(when for when, _ in dated)
    width, middle = _W - _LEFT - _RIGHT - 4, (_TOP + _H - _BOTTOM) // 2
    paths = {"success": "", "failed": "", "other": ""}
    for when, status in dated:
        x = _LEFT + 2 + (round(width * (when - first) / (last - first)) if last > first else width // 2)
        if status == "success":
            paths["success"] += f"M{x - 1} {middle - 2}v-24h3v24z"
        elif status == "failed":
            paths["failed"] += f"M{x - 1} {middle + 2}v24h3v-24z"
        else:
            paths["other"] += f"M{x - 2} {middle - 2}h5v5h-5z"
    counts = {kind: sum(1 for _, status in dated if status == kind) for kind in ("success", "failed")}
    rest = len(dated) - counts["success"] - counts["failed"]
    says = (
        f"{_words.counted(len(dated), 'run')}: {counts['success']} succeeded, {counts['failed']} failed, "
        f"{rest} ended otherwise."
    )
    body = "".join(f'<path class="{kind}" d="{path}"/>' for kind, path in paths.items() if path)
    return _Frame("tl", "Runs over time", says, body, "passed", "failed", *_words.ends(first, last)).svg()


def durations(rows: Sequence[Row]) -> str:
    """How long runs took, oldest first; a cross marks one that failed."""
    timed = [(row.duration_ms, row.status) for row in _shown(rows) if row.duration_ms is not None]
    if not timed:
        return ""
    values = [ms for ms, _ in timed]
    most = max(values) or 1
    points = list(zip(_xs(len(timed)), (_y(ms / most) for ms in values), strict=True))
    crosses = "".join(_cross(x, y) for (x, y), (_, status) in zip(points, timed, strict=True) if status == "failed")
    says = (
        f"{_words.counted(len(timed), 'run')}, oldest first: the shortest took {_words.duration(min(values))}, "
        f"the longest {_words.duration(max(values))}, half of them at most {_words.duration(median(values))}."
    )
    body = _line(points) + (f'<path class="cross" d="{crosses}"/>' if crosses else "")
    return _Frame("du", "Durations", says, body, _words.duration(max(values)), "0", "oldest", "newest").svg()


def pass_rate(rows: Sequence[Row]) -> str:
    """Which share of a run's tests passed, oldest first; nothing where no tests were counted."""
    rated = [
        row.passed / row.reported
        for row in _shown(rows)
        if row.passed is not None and row.reported and 0 <= row.passed <= row.reported
    ]
    if not rated:
        return ""
    points = list(zip(_xs(len(rated)), map(_y, rated), strict=True))
    says = (
        f"{_words.counted(len(rated), 'run')} with counted tests, oldest first: "
        f"the newest passed {_percent(rated[-1])} of its tests, the worst {_percent(min(rated))}."
    )
    return _Frame("pr", "Pass rate of tests", says, _line(points), "100 %", "0 %", "oldest", "newest").svg()


def _percent(share: float) -> str:
    whole = int(share * 1000) / 10
    return f"{whole:.1f} %" if whole != int(whole) else f"{int(whole)} %"


def _xs(count: int) -> list[int]:
    width = _W - _LEFT - _RIGHT - 8
    return [_LEFT + 4 + (width * index // (count - 1) if count > 1 else width // 2) for index in range(count)]


def _y(share: float) -> int:
    return _H - _BOTTOM - round((_H - _BOTTOM - _TOP) * share)


def _line(points: Sequence[tuple[int, int]]) -> str:
    path = "M" + "L".join(f"{x} {y}" for x, y in points)
    if len(points) == 1:
        path += "h1"
    floor = _H - _BOTTOM
    area = f"{path}V{floor}H{points[0][0]}Z"
    x, y = points[-1]
    return (
        f'<path class="area" d="{area}"/><path class="line" d="{path}"/><circle class="dot" cx="{x}" cy="{y}" r="3"/>'
    )


def _cross(x: int, y: int) -> str:
    return f"M{x - 3} {y - 3}l6 6m-6 0l6-6"


class HeatRow(NamedTuple):
    """A product in the heat map: for each day how many runs succeeded, failed, and ended otherwise."""

    product: Product
    days: tuple[tuple[int, int, int], ...]


def heat_rows(products: Iterable[Product], now: float, most: int) -> list[HeatRow]:
    """The products with runs in the last days, those that failed most lately first; at most so many."""
    found = []
    today = int(now // _DAY_S)
    for order, product in enumerate(products):
        days = [[0, 0, 0] for _ in range(DAYS)]
        for row in product.rows:
            moment = row.when_s
            index = DAYS - 1 if moment is None else int(today - moment // _DAY_S)
            if moment is None or index < 0:
                continue
            if index >= DAYS:
                continue
            days[DAYS - 1 - index][0 if row.status == "success" else 1 if row.status == "failed" else 2] += 1
        if any(map(any, days)):
            latest = next((age for age, day in enumerate(reversed(days)) if day[1]), DAYS)
            found.append(((latest, order), HeatRow(product, tuple((a, b, c) for a, b, c in days))))
    return [row for _, row in sorted(found, key=lambda each: each[0])[:most]]


def heat(rows: Sequence[HeatRow], days: Sequence[str]) -> str:
    """Days across, products down: filled for success, a cross where a run failed, a ring for all else."""
    cell, left, top = 22, 4, 18
    paths = {"h-success": "", "h-failed": "", "h-cross": "", "h-other": "", "h-none": ""}
    for line, row in enumerate(rows):
        y = top + line * cell
        for column, (passed, failed, other) in enumerate(row.days):
            x = left + column * cell
            square = f"M{x + 1} {y + 1}h{cell - 3}v{cell - 3}h-{cell - 3}z"
            if failed:
                paths["h-failed"] += square
                paths["h-cross"] += f"M{x + 6} {y + 6}l8 8m-8 0l8-8"
            elif passed:
                paths["h-success"] += square
            elif other:
                paths["h-other"] += f"M{x + 3} {y + 3}h{cell - 7}v{cell - 7}h-{cell - 7}z"
            else:
                paths["h-none"] += f"M{x + 9} {y + 10}h3"
    width, height = left * 2 + cell * len(days), top + cell * len(rows)
    failing = sum(1 for row in rows if any(day[1] for day in row.days))
    says = (
        f"{_words.counted(len(rows), 'product')} over {len(days)} days; {failing} of them had a run that failed. "
        "The table below has every figure."
    )
    labels = (
        f'<text x="{left}" y="11">{days[0]}</text><text x="{width - left}" y="11" text-anchor="end">{days[-1]}</text>'
    )
    body = "".join(f'<path class="{kind}" d="{path}"/>' for kind, path in paths.items() if path)
    return (
        f'<svg class="heat" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-labelledby="hm-t hm-d"><title id="hm-t">Runs by product and day</title>'
        f'<desc id="hm-d">{says}</desc><g class="lab">{labels}</g>{body}</svg>'
    )
