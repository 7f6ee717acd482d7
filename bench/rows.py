"""Every row, in the order of the table. A new subject is a module with ``ROWS``, named here.

A subject whose rows have a size has a function ``rows`` of that size instead.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from bench import (
    applying,
    certifying,
    compacting,
    compiling,
    dashing,
    evolving,
    importing,
    ingesting,
    listing,
    reading,
    recording,
    reporting,
    starting,
    storing,
    streaming,
    tracking,
    verifying,
    writing,
)
from bench.row import FULL_SCALE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.row import Row, Scale

__all__ = ["UnknownRow", "choose", "every"]


def every(scale: Scale = FULL_SCALE) -> tuple[Row, ...]:
    """All rows, those with a size at this scale."""
    return (
        *reading.ROWS,
        *writing.ROWS,
        *recording.ROWS,
        *tracking.ROWS,
        *reporting.ROWS,
        *importing.rows(scale),
        *compiling.ROWS,
        *evolving.rows(scale),
        *certifying.ROWS,
        *starting.ROWS,
        *streaming.rows(scale),
        *listing.rows(scale),
        *dashing.rows(scale),
        *compacting.rows(scale),
        *storing.rows(scale),
        *applying.rows(scale),
        *verifying.rows(scale),
        *ingesting.rows(scale),
    )


class UnknownRow(Exception):
    """No row has the name, nor a name that starts with it; the text says which is nearest."""


def choose(names: Sequence[str], scale: Scale = FULL_SCALE) -> tuple[Row, ...]:
    """The rows of these names, or whose names start with one of them (``read``); all of them where there are none.

    Raises:
        UnknownRow: A name fits no row.
    """
    rows = every(scale)
    for name in names:
        if not any(_fits(row, name) for row in rows):
            known = [row.name for row in rows]
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
            message = f"there is no row {name!r} — did you mean {near[0] if near else known[0]}?"
            raise UnknownRow(message)
    return tuple(row for row in rows if not names or any(_fits(row, name) for name in names))


def _fits(row: Row, name: str) -> bool:
    return row.name == name or row.name.startswith(f"{name}-")
