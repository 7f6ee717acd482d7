"""The dictionary form of JSONL against Zstandard at its level 3: time there and back, and size.

Both sides take the same bytes in memory: records as a benchmark leaves them, with names and states that repeat, times
that move on, figures and digests that do not. Nothing is promised here: the form stays JSONL that people and programs
can read, which costs both time and size. The rows say how much; the size is a share of the size under Zstandard.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
from functools import partial
from typing import TYPE_CHECKING

from bench.measure import constant, repeated
from bench.row import Pair, Row
from runpact_core import jsonl

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bench.row import Scale

__all__ = ["records", "rows"]

_LEVEL = 3
_MOST_RECORDS = 40_000
_ROUNDS = 5


def records(count: int) -> bytes:
    """So many records, the same every time; about 330 bytes each."""
    return b"".join(json.dumps(_record(number)).encode() + b"\n" for number in range(count))


def _record(number: int) -> dict[str, object]:
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    return {
        "schema_version": "1.0",
        "family": "bench",
        "run_id": f"20260119_{number // 3600 % 24:02}{number // 60 % 60:02}{number % 60:02}",
        "started_at": f"2026-01-19T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z",
        "venue": ("north", "south", "east")[int(digest[0], 16) % 3],
        "instrument": f"PAIR-{int(digest[1:3], 16) % 40:02}",
        "status": "fail" if digest[3] == "0" else "pass",
        "latency_ms": {"p50": int(digest[4:7], 16) / 100, "p99": int(digest[7:11], 16) / 100},
        "spread_bps": int(digest[11:15], 16) / 1000,
        "checks": [{"name": "depth", "ok": digest[15] != "0"}, {"name": "spread", "ok": digest[16] != "0"}],
        "commit": digest[20:27],
        "summary": "all checks passed" if digest[3] != "0" else "the spread was wider than the limit",
    }


def _form(data: bytes) -> bytes:
    target = io.BytesIO()
    jsonl.encode(io.BytesIO(data), target)
    return target.getvalue()


def _original(form: bytes) -> bytes:
    target = io.BytesIO()
    jsonl.decode(io.BytesIO(form), target, "the form")
    return target.getvalue()


def _there(count: int, _: Path) -> Pair:
    data = records(count)
    return Pair(repeated(lambda: _form(data)), repeated(lambda: zstd.compress(data, _LEVEL)))


def _back(count: int, _: Path) -> Pair:
    data = records(count)
    form, packed = _form(data), zstd.compress(data, _LEVEL)
    assert _original(form) == data
    return Pair(repeated(lambda: _original(form)), repeated(lambda: zstd.decompress(packed)))


def _size(count: int, _: Path) -> Pair:
    data = records(count)
    return Pair(constant(len(_form(data))), constant(len(zstd.compress(data, _LEVEL))))


def _both(count: int, _: Path) -> Pair:
    data = records(count)
    return Pair(constant(len(zstd.compress(_form(data), _LEVEL))), constant(len(zstd.compress(data, _LEVEL))))


def rows(scale: Scale) -> tuple[Row, ...]:
    """The rows, for as many records as the store has runs, and not for more than are needed."""
    count = min(_MOST_RECORDS, scale.stored)
    return (
        _row("compact-there", "JSONL compacted", count, _there),
        _row("compact-back", "JSONL expanded", count, _back),
        _row("compact-size", "size of compacted JSONL", count, _size, size=True),
        _row("compact-both", "size of the dictionary form under Zstandard", count, _both, size=True),
    )


def _row(name: str, what: str, count: int, prepare: Callable[[int, Path], Pair], *, size: bool = False) -> Row:
    whole = f"{what}, {count:,} records"
    rounds = 2 if size else _ROUNDS  # a size is the same each time
    return Row(
        name,
        whole,
        "dictionary form",
        f"zstd -{_LEVEL}",
        None,
        rounds,
        partial(prepare, count),
        "bytes" if size else "s",
    )
