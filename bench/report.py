"""What came out, as a table for people and as a document for programs. Pure, but for the facts about this machine.

The document names versions and the kind of machine, never which machine: figures are compared within one document only.
"""

from __future__ import annotations

import os
import platform
import statistics
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from bench.row import missed_by
from runpact_core import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.row import Budget, Measured

__all__ = ["PEERS", "amount", "document", "duration", "machine", "table", "verdict", "versions"]

PEERS = ("datamodel-code-generator", "jsonschema", "jsonschema-rs", "mlflow-skinny", "pydantic", "sqlalchemy", "typer")
_HEADS = ("NAME", "OURS", "TOOK", "PEER", "TOOK", "RATIO", "SPREAD", "BUDGET", "MET")
_MEGABYTE = 1e6
_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "us"))


def table(measured: Iterable[Measured]) -> str:
    """One line for each row: both sides, the ratio with its quartiles, the budget, whether it is met."""
    lines = [_HEADS, *(_cells(each) for each in measured)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADS))]
    rows = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "".join(f"{row.rstrip()}\n" for row in rows)


def _cells(measured: Measured) -> tuple[str, ...]:
    row = measured.row
    if measured.absent is not None:
        return (row.name, row.ours, "", row.peer, "", "", "", _budget(row.budget), verdict(measured))
    ours, peer = (amount(statistics.median(side), row.unit) for side in (measured.ours, measured.peer))
    low, high = measured.spread
    ratio = f"{measured.ratio:.2f}x" + (" faster" if row.budget and row.budget.kind == "at least" else "")
    return (
        row.name,
        row.ours,
        ours,
        row.peer,
        peer,
        ratio,
        f"{low:.2f}-{high:.2f}",
        _budget(row.budget),
        verdict(measured),
    )


def _budget(budget: Budget | None) -> str:
    if budget is None:
        return "-"
    return f"{'<=' if budget.kind == 'at most' else '>='} {budget.factor:g}x"


def verdict(measured: Measured) -> str:
    """Whether the budget is met, in words."""
    if measured.absent is not None:
        return f"not measured: {measured.absent}"
    if measured.row.budget is None:
        return "-"
    missed = missed_by(measured)
    return "yes" if missed is None else f"missed by {missed:.1%}"


def amount(value: float, unit: str) -> str:
    """What was measured, with its unit."""
    return duration(value) if unit == "s" else f"{value / _MEGABYTE:.3g} MB"


def duration(seconds: float) -> str:
    """A time with three digits that count, in the unit that suits it."""
    size, unit = next((each for each in _UNITS if seconds >= each[0]), _UNITS[-1])
    return f"{seconds / size:.3g} {unit}"


def document(measured: Sequence[Measured], *, quick: bool, at: str) -> dict[str, Any]:
    """Everything that is known afterwards, as plain JSON values.

    Args:
        measured: The rows.
        quick: Whether too little was done for the figures to mean anything.
        at: When it was measured, UTC.
    """
    return {
        "machine": machine(),
        "measured_utc": at,
        "quick": quick,
        "rows": [_entry(each) for each in measured],
        "versions": versions(),
    }


def _entry(measured: Measured) -> dict[str, Any]:
    row = measured.row
    entry: dict[str, Any] = {"name": row.name, "what": row.what, "ours": {"what": row.ours}, "peer": {"what": row.peer}}
    if row.budget is not None:
        entry["budget"] = {"kind": row.budget.kind, "factor": row.budget.factor}
    if measured.absent is not None:
        return entry | {"absent": measured.absent}
    for side, taken in (("ours", measured.ours), ("peer", measured.peer)):
        entry[side] |= {f"median_{row.unit}": statistics.median(taken), f"best_{row.unit}": min(taken)}
    if row.budget is not None:
        entry["met"] = missed_by(measured) is None
    return entry | {"ratio": measured.ratio, "ratio_quartiles": list(measured.spread), "rounds": len(measured.ours)}


def machine() -> dict[str, Any]:
    """What kind of machine this is; not which."""
    return {"cores": os.cpu_count() or 0, "machine": platform.machine(), "system": platform.system()}


def versions() -> dict[str, str]:
    """The releases of everything that was measured; ``absent`` for a peer that is not installed."""
    return {"python": platform.python_version(), "runpact": __version__} | {name: _version(name) for name in PEERS}


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "absent"
