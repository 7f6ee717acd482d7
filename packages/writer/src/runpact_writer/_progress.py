"""How far something long has come, on one line of a terminal that is gone at the end.

Invariants: nothing is written in the first second, nor to what is no terminal; what is counted passes through
unchanged, and an error on the way leaves the line clean.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_Item = TypeVar("_Item")
_SILENT_S = 1.0
_EVERY_S = 0.1


def counted(
    items: Iterable[_Item], total: int, doing: str, *, clock: Callable[[], float] = time.monotonic
) -> Iterator[_Item]:
    """The items, while stderr says how many of them there were; ``doing`` such as "reading runs"."""
    stream = sys.stderr
    if stream is None or not stream.isatty():
        yield from items
        return
    due, shown = clock() + _SILENT_S, ""
    try:
        for number, item in enumerate(items):
            if clock() >= due:
                due, shown = clock() + _EVERY_S, f"{doing}: {number:,} of {total:,}"
                stream.write(f"\r{shown}")
                stream.flush()
            yield item
    finally:
        if shown:
            stream.write(f"\r{' ' * len(shown)}\r")
            stream.flush()
