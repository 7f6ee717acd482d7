"""The newest records of one product, from the history of the fleet, in bounded time and memory.

Invariants: lines are given as they stand in the file, each held to the contract; what is left out is counted. A line
that does not name the product is not parsed, so only lines of this product can be counted as problems.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

import orjson

from runpact_core import documents, jsonl
from runpact_core.errors import RunpactError
from runpact_reporter._dash._within import open_within
from runpact_reporter._places import HISTORY

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LIMIT", "MOST", "Found", "records_of"]

LIMIT = 1000
"""How many records are given where nobody says."""
MOST = 10_000
"""How many are given at most."""
_BYTES = 16_000_000
_LONGEST = 1_000_000


class Found(NamedTuple):
    """Records of a product.

    Attributes:
        lines: Their lines, in the order of the file.
        omitted: How many older records there are.
        problems: How many lines name the product and are no records, or too long.
    """

    lines: list[bytes]
    omitted: int
    problems: int


def records_of(dash: str, product: str, limit: int) -> Found:
    """The last records of a product.

    Raises:
        MissingArtifact: There is no history.
        RunpactError: It cannot be read.
    """
    shown = f"dash/runs/{HISTORY}"
    kept: deque[bytes] = deque()
    size = omitted = problems = 0
    fd = open_within(dash, ["runs", HISTORY], shown)
    for line in _lines(fd, shown):
        if (of := _product(line, product)) is None:
            problems += 1
        elif of:
            kept.append(line)
            size += len(line)
            while len(kept) > limit or size > _BYTES:
                size -= len(kept.popleft())
                omitted += 1
    lines = [line for line in kept if _is_record(line)]
    return Found(lines, omitted, problems + len(kept) - len(lines))


def _lines(fd: int, shown: str) -> Iterator[bytes]:
    with jsonl.opened(shown, descriptor=fd) as file:
        while line := file.readline(_LONGEST):
            whole = line.endswith(b"\n")
            yield line
            if not whole and len(line) == _LONGEST:
                jsonl.pass_line(file)


def _product(line: bytes, product: str) -> bool | None:
    """Whether a line is of the product; None where it names it and is no object."""
    if product.encode() not in line and b"\\" not in line:
        return False
    try:
        value = orjson.loads(line)
    except ValueError:
        return None if product.encode() in line else False
    if not isinstance(value, dict):
        return False
    stated = value.get("product_id")
    return (stated or str(value.get("run_rel", "")).partition("/")[0]) == product


def _is_record(line: bytes) -> bool:
    try:
        return line.endswith(b"\n") and documents.read("history_record", line).read_as is not None
    except RunpactError:
        return False
