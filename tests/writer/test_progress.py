"""Progress: one line on a terminal, after a second, gone at the end; nothing anywhere else."""

from __future__ import annotations

import io
import sys

import pytest

from runpact_writer import _progress


class Terminal(io.StringIO):
    """A stderr that is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def ticking(step: float) -> list[float]:
    """Readings of a clock that is asked very often."""
    return [index * step for index in range(1000, 0, -1)]


def shown(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO | None, step: float, *, stop: int = 9) -> list[int]:
    """The items that came through while somebody took that long for each."""
    monkeypatch.setattr(sys, "stderr", stream)
    found = []
    for item in _progress.counted(range(5), 5000, "reading runs", clock=ticking(step).pop):
        found.append(item)
        if len(found) == stop:
            break
    return found


def test_after_a_second_it_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line is written over, at most ten times a second, and blank at the end."""
    terminal = Terminal()
    assert shown(monkeypatch, terminal, 0.6) == [0, 1, 2, 3, 4]
    lines = terminal.getvalue().split("\r")
    assert lines[1] == "reading runs: 1 of 5,000"
    assert lines[-3:] == ["reading runs: 4 of 5,000", " " * 24, ""]


def test_what_is_fast_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the first second the terminal stays as it is."""
    terminal = Terminal()
    assert shown(monkeypatch, terminal, 0.01) == [0, 1, 2, 3, 4]
    assert terminal.getvalue() == ""


@pytest.mark.parametrize("stream", [io.StringIO(), None])
def test_no_terminal(stream: io.StringIO | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe, and a stderr that is closed, get nothing."""
    assert shown(monkeypatch, stream, 9) == [0, 1, 2, 3, 4]
    assert stream is None or stream.getvalue() == ""


def test_whoever_stops_leaves_a_clean_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """An end on the way takes the line back, too."""
    terminal = Terminal()
    assert shown(monkeypatch, terminal, 2, stop=2) == [0, 1]
    assert terminal.getvalue().endswith(" \r")
