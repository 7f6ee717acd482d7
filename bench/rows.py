"""Every row, in the order of the table. A new subject is a module with ``ROWS``, named here."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from bench import compiling, reading, recording, starting, writing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.row import Row

__all__ = ["ROWS", "UnknownRow", "choose"]

ROWS: tuple[Row, ...] = (*reading.ROWS, *writing.ROWS, *recording.ROWS, *compiling.ROWS, *starting.ROWS)


class UnknownRow(Exception):
    """No row has the name, nor a name that starts with it; the text says which is nearest."""


def choose(names: Sequence[str]) -> tuple[Row, ...]:
    """The rows of these names, or whose names start with one of them (``read``); all of them where there are none.

    Raises:
        UnknownRow: A name fits no row.
    """
    for name in names:
        if not any(_fits(row, name) for row in ROWS):
            known = [row.name for row in ROWS]
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
            message = f"there is no row {name!r} — did you mean {near[0] if near else known[0]}?"
            raise UnknownRow(message)
    return tuple(row for row in ROWS if not names or any(_fits(row, name) for name in names))


def _fits(row: Row, name: str) -> bool:
    return row.name == name or row.name.startswith(f"{name}-")
