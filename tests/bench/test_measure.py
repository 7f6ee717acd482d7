"""How rows are timed and judged: the order of the rounds, the ratio, the budget. No real time is asserted."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from bench.measure import Effort, constant, measure, peak_bytes, ratios, repeated, settled
from bench.row import Budget, Measured, Pair, Row, Unavailable, at_least, at_most, missed_by

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

THREE_ROUNDS = Effort(rounds=3, slice_s=1.0)


def row(prepare: Callable[[Path], Pair], budget: Budget | None = None, rounds: int = 10) -> Row:
    """A row of which only what matters here is given."""
    return Row("toy", "a toy", "ours", "peer", budget, rounds, prepare)


def measured(ratio: float, budget: Budget | None) -> Measured:
    """A row that came out at a ratio."""
    return Measured(row(lambda _: Pair(float, float), budget), (1.0,), (1.0,), ratio, (ratio, ratio), None)


def test_both_sides_run_in_every_round_in_turn(tmp_path: Path) -> None:
    """After one warming of each, A B is followed by B A, so that neither side is always the first."""
    ran: list[str] = []

    def watch(side: str) -> float:
        ran.append(side)
        return 1.0

    measure(row(lambda _: Pair(lambda _: watch("A"), lambda _: watch("B"))), tmp_path, THREE_ROUNDS)
    assert "".join(ran) == "AB" + "AB" + "BA" + "AB"


def test_the_figure_is_the_median_of_the_rounds(tmp_path: Path) -> None:
    """One slow round moves a quartile, not the figure."""
    ours = iter([9.0, 2.0, 90.0, 4.0])  # the first is the warming
    found = measure(row(lambda _: Pair(lambda _: next(ours), lambda _: 2.0)), tmp_path, THREE_ROUNDS)
    assert found.ours == (2.0, 90.0, 4.0)
    assert (found.ratio, found.spread) == (2.0, (1.5, 23.5))


def test_a_row_has_no_more_rounds_than_it_asks_for(tmp_path: Path) -> None:
    """A slow row of two rounds has two, whatever the effort allows; the figure of one round stands alone."""
    two = measure(row(lambda _: Pair(lambda _: 1.0, lambda _: 1.0), rounds=2), tmp_path, THREE_ROUNDS)
    one = measure(row(lambda _: Pair(lambda _: 3.0, lambda _: 1.0), rounds=1), tmp_path, THREE_ROUNDS)
    assert (len(two.ours), one.ratio, one.spread) == (2, 3.0, (3.0, 3.0))


def test_what_is_quick_is_repeated_until_it_fills_a_slice(tmp_path: Path) -> None:
    """The time is that of one call, however often it was made."""
    asked: list[int] = []

    def watch(times: int) -> float:
        asked.append(times)
        return times * 0.001

    found = measure(row(lambda _: Pair(watch, watch)), tmp_path, Effort(rounds=1, slice_s=0.5))
    assert asked[-1] == pytest.approx(500, abs=1)
    assert found.ours == pytest.approx((0.001,))


@pytest.mark.parametrize(
    ("budget", "expected"), [(None, [0.5, 2.0]), (at_most(3), [0.5, 2.0]), (at_least(3), [2.0, 0.5])]
)
def test_the_ratio_reads_as_the_budget_does(budget: Budget | None, expected: list[float]) -> None:
    """Times the peer's time, or times as fast."""
    assert ratios(budget, [1.0, 4.0], [2.0, 2.0]) == expected


@pytest.mark.parametrize(
    ("ratio", "budget", "expected"),
    [
        (2.0, at_most(2), None),
        (3.0, at_most(2), 0.5),
        (15.0, at_least(15), None),
        (10.0, at_least(15), 0.5),
        (99.0, None, None),
    ],
)
def test_a_missed_budget_says_by_which_part_of_it(ratio: float, budget: Budget | None, expected: float | None) -> None:
    """Exactly on the budget is met; without a budget nothing is missed."""
    assert missed_by(measured(ratio, budget)) == expected


def test_a_row_that_cannot_run_here_says_why(tmp_path: Path) -> None:
    """A peer that is not installed is reported, and is no missed budget."""

    def prepare(_: Path) -> Pair:
        raise Unavailable("the peer is not installed")

    found = measure(row(prepare, at_most(1)), tmp_path, THREE_ROUNDS)
    assert (found.absent, found.ours, missed_by(found)) == ("the peer is not installed", (), None)


def test_a_call_is_made_as_often_as_it_is_counted() -> None:
    """The watch of a call makes it that many times."""
    calls: list[None] = []
    assert repeated(lambda: calls.append(None))(7) >= 0
    assert len(calls) == 7


def test_a_limit_is_the_same_however_often_it_is_asked() -> None:
    """Divided by the number of times, it is the limit."""
    assert constant(64.0)(1) == 64.0
    assert constant(64.0)(3) / 3 == 64.0


def test_everything_is_on_the_disk_before_a_settled_watch_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of the disk for what others wrote is not in the time of the one that is watched."""
    done: list[str] = []
    monkeypatch.setattr(os, "sync", lambda: done.append("sync"), raising=False)

    def watch(times: int) -> float:
        done.append(f"watch {times}")
        return 2.0

    assert settled(watch)(4) == 2.0
    assert done == ["sync", "watch 4"]


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="the system does not tell the memory of a process")
def test_the_peak_is_the_commands_own(tmp_path: Path) -> None:
    """A command that fills 50 MB held that much more than one that fills none, and not what this process holds."""
    ours = bytearray(b"x") * 200_000_000

    def held(megabytes: int) -> float:
        code = f"held = bytearray(b'x') * {megabytes * 1_000_000}"
        return peak_bytes([sys.executable, "-I", "-S", "-c", code], env=dict(os.environ), cwd=tmp_path)

    assert 45e6 < held(50) - held(0) < 55e6
    assert held(0) < len(ours) / 2
