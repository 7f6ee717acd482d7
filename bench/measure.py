"""How a row is timed: both sides in turn within one run, so that what slows the machine slows both.

Each round times ours and the peer once, the other one first in every second round. The ratio is taken within the
round and the figure is the median of the rounds: a slow spell moves one ratio, not the figure. What takes less than a
slice of time is repeated until it fills one. The garbage collector rests while something is timed, on both sides.
"""

from __future__ import annotations

import gc
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

from bench.row import Measured, Row, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from bench.row import Budget

__all__ = ["FULL", "QUICK", "Effort", "constant", "measure", "peak_bytes", "process", "ratios", "repeated", "settled"]

_QUARTERS = 4
# A process starts with the peak of the one that it was forked from: this one is small, we are not.
_PEAK = """
import json, os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
print(json.dumps([os.waitstatus_to_exitcode(status), usage.ru_maxrss]), file=sys.stderr)
"""
_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes in which a system counts the memory of a process


class Effort(NamedTuple):
    """How much work goes into a figure.

    Attributes:
        rounds: The most rounds.
        slice_s: Seconds that each side is repeated for in a round, at least once; 0 also leaves out the warming up.
    """

    rounds: int
    slice_s: float


FULL = Effort(rounds=1000, slice_s=0.02)
QUICK = Effort(rounds=1, slice_s=0.0)
"""Enough to see that every row works, and too little for a figure."""


def measure(row: Row, folder: Path, effort: Effort) -> Measured:
    """Time both sides of a row, in turn.

    Args:
        row: The row.
        folder: An empty folder for it.
        effort: How much of it.
    """
    try:
        pair = row.prepare(folder)
    except Unavailable as error:
        return Measured(row, (), (), 0.0, (0.0, 0.0), str(error))
    counts = [_calibrated(watch, effort.slice_s) for watch in pair]
    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(min(row.rounds, effort.rounds)):
        for side in (0, 1) if number % 2 == 0 else (1, 0):
            taken[side].append(_timed(pair[side], counts[side]))
    found = ratios(row.budget, taken[0], taken[1])
    quarters = statistics.quantiles(found, n=_QUARTERS, method="inclusive") if len(found) > 1 else found * 3
    return Measured(row, tuple(taken[0]), tuple(taken[1]), quarters[1], (quarters[0], quarters[2]), None)


def ratios(budget: Budget | None, ours: Sequence[float], peer: Sequence[float]) -> list[float]:
    """The ratio in each round, as the budget has it: how many times the peer's time, or how many times as fast."""
    faster = budget is not None and budget.kind == "at least"
    return [p / o if faster else o / p for o, p in zip(ours, peer, strict=True)]


def repeated(call: Callable[[], object]) -> Callable[[int], float]:
    """A watch for a call within this process."""

    def watch(times: int) -> float:
        turns = itertools.repeat(None, times)
        start = time.perf_counter()
        for _ in turns:
            call()
        return time.perf_counter() - start

    return watch


def process(command: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> Callable[[int], float]:
    """A watch for a command: a fresh process from its start to its end, its output thrown away."""

    def call() -> None:
        subprocess.run(command, env=env, cwd=cwd, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    return repeated(call)


def settled(watch: Callable[[int], float]) -> Callable[[int], float]:
    """A watch that starts with everything on the disk: an fsync waits for what others have left to be written, too."""

    def watch_settled(times: int) -> float:
        if hasattr(os, "sync"):
            os.sync()
        return watch(times)

    return watch_settled


def constant(value: float) -> Callable[[int], float]:
    """A watch for a limit that is no peer: it says the same whatever the machine does."""
    return lambda times: value * times


def peak_bytes(command: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> float:
    """The most memory that a command held, or one of its children that it waited for; its output is thrown away."""
    started = [sys.executable, "-I", "-S", "-c", _PEAK, *command]
    done = subprocess.run(
        started, env=env, cwd=cwd, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    code, peak = json.loads(done.stderr)
    assert code == 0
    return float(peak * _UNIT)


def _calibrated(watch: Callable[[int], float], slice_s: float) -> int:
    """How many times a thing fills a slice; finding that out warms it up as well. Without a slice it is done cold."""
    if not slice_s:
        return 1
    times = 1
    while (taken := watch(times)) < slice_s / 2:
        times = max(2 * times, int(times * slice_s / max(taken, 1e-9) / 2))
    return max(1, round(times * slice_s / max(taken, 1e-9)))


def _timed(watch: Callable[[int], float], times: int) -> float:
    gc.collect()
    gc.disable()
    try:
        return watch(times) / times
    finally:
        gc.enable()
