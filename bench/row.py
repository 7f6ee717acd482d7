"""The shape of a row, of what is measured for it, and of what it may cost. Values only; nothing here runs anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = [
    "FULL_SCALE",
    "QUICK_SCALE",
    "Budget",
    "Measured",
    "Pair",
    "Row",
    "Scale",
    "Unavailable",
    "at_least",
    "at_most",
    "missed_by",
]


class Scale(NamedTuple):
    """How large the rows are that have a size.

    Attributes:
        log_mb: Megabytes (2 ** 20 bytes) of the output that is wrapped.
        runs: How many runs the folder of runs holds.
        products: How many products the fleet has, with a hundred runs each.
        stored: How many runs the store has, with four files each.
        runners: How many runners' status is ingested.
        versions: How many versions one contract has.
    """

    log_mb: int
    runs: int
    products: int = 1000
    stored: int = 50_000
    runners: int = 500
    versions: int = 200


FULL_SCALE = Scale(log_mb=1024, runs=10_000)
QUICK_SCALE = Scale(log_mb=2, runs=20, products=3, stored=20, runners=4, versions=4)
"""Enough to see that every row works."""


class Pair(NamedTuple):
    """Two things to do, ready to be timed.

    Attributes:
        ours: What Runpact does: given how many times, it says what these took together, in the row's unit.
        peer: What it is compared with.
    """

    ours: Callable[[int], float]
    peer: Callable[[int], float]


class Budget(NamedTuple):
    """What a row may cost.

    Attributes:
        kind: ``at most``: ours may take so many times what the peer takes; ``at least``: ours must be so many times
            as fast.
        factor: How many times.
    """

    kind: Literal["at most", "at least"]
    factor: float


class Row(NamedTuple):
    """One figure.

    Attributes:
        name: What it is asked for by; ``subject-detail``, in small letters.
        what: What is done, in words.
        ours: How we do it.
        peer: What we are compared with.
        budget: What it may cost; None for a figure that is only reported.
        rounds: How many times both are measured, in turn.
        prepare: Makes the pair, in a folder of its own that is removed afterwards. What rows share may stand beside
            that folder; it is gone when all rows are measured.
        unit: What is measured: seconds, or bytes of memory.
    """

    name: str
    what: str
    ours: str
    peer: str
    budget: Budget | None
    rounds: int
    prepare: Callable[[Path], Pair]
    unit: Literal["s", "bytes"] = "s"


class Measured(NamedTuple):
    """What came out for a row.

    Attributes:
        row: The row.
        ours: What one of ours took in each round, in the row's unit.
        peer: What one of the peer's took in each round.
        ratio: The median over the rounds of ours ÷ peer; of peer ÷ ours where the budget says how many times as fast.
        spread: The first and the third quartile of that ratio.
        absent: Why it was not measured; None where it was, and then nothing above is empty.
    """

    row: Row
    ours: tuple[float, ...]
    peer: tuple[float, ...]
    ratio: float
    spread: tuple[float, float]
    absent: str | None


class Unavailable(Exception):
    """A row cannot be measured here, since the peer or the platform lacks something; its text says what."""


def at_most(factor: float) -> Budget:
    """Ours may take so many times what the peer takes."""
    return Budget("at most", factor)


def at_least(factor: float) -> Budget:
    """Ours must be so many times as fast as the peer."""
    return Budget("at least", factor)


def missed_by(measured: Measured) -> float | None:
    """By which part of the budget a row misses it: 0.5 is half as much again; None where it is met or there is none.

    Of a budget ``at least 15``, 10 times as fast misses it by 0.5 too: 15 ÷ 10 - 1.
    """
    budget = measured.row.budget
    if budget is None or measured.absent is not None:
        return None
    over = measured.ratio / budget.factor if budget.kind == "at most" else budget.factor / measured.ratio
    return over - 1 if over > 1 else None
