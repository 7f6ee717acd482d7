"""Progress is shown for what is long, as a bar on a terminal and as lines elsewhere, and leaves nothing behind."""

from __future__ import annotations

import io
import sys

import pytest

from runpact_gc._progress import progress


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _clock(*seconds: float) -> object:
    return iter(seconds).__next__


def test_what_is_short_is_silent() -> None:
    """Nothing is written in the first second, wherever it would go."""
    for stream in (io.StringIO(), _Terminal()):
        with progress("scanning", "runs", stream=stream, clock=_clock(0, 0.5, 0.999)) as told:  # type: ignore[arg-type]  # a clock that ends
            told(1, 10)
            told(10, 10)
        assert stream.getvalue() == ""


def test_a_terminal_gets_a_bar_that_goes() -> None:
    """The bar is one line, ten times a second at most, and is wiped out at the end, also after an error."""
    stream = _Terminal()

    def failing() -> None:
        with progress("scanning", "runs", stream=stream, clock=_clock(0, 1, 1.05, 2)) as told:  # type: ignore[arg-type]  # as above
            told(1000, 4000)
            told(1001, 4000)
            told(0, 0)
            raise KeyError

    with pytest.raises(KeyError):
        failing()
    first = "scanning [######..................] 1,000 of 4,000 runs"
    second = "scanning [........................] 0 of 0 runs"
    assert stream.getvalue() == f"\r{first}\r{second.ljust(len(first))}\r{' ' * len(second)}\r"


def test_elsewhere_there_are_lines() -> None:
    """What is no terminal gets whole lines, every ten seconds at most."""
    stream = io.StringIO()
    with progress("moving", "entries", stream=stream, clock=_clock(0, 1, 10, 11)) as told:  # type: ignore[arg-type]  # as above
        for done in (1, 2, 3):
            told(done, 3)
    assert stream.getvalue() == "moving: 1 of 3 entries\nmoving: 3 of 3 entries\n"


def test_nobody_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed or missing stderr is no reason to stop."""
    stream = io.StringIO()
    stream.close()
    monkeypatch.setattr(stream, "isatty", lambda: True)
    with progress("x", "y", stream=stream, clock=_clock(0, 1)) as told:  # type: ignore[arg-type]  # as above
        told(1, 1)
    monkeypatch.setattr(sys, "stderr", None)
    with progress("x", "y") as told:
        told(1, 1)
