"""Columns, lengths of time and sizes for people."""

from __future__ import annotations

import pytest

from runpact_core import tables


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    """Two spaces between columns, no spaces at the end of a line, control bytes as escapes that count in the width."""
    rows = [["A", "B", "C"], ["long", "\x1b[1m", "tail"], ["x", "", ""]]
    assert tables.aligned(rows) == "A     B        C\nlong  \\x1b[1m  tail\nx\n"
    assert tables.aligned([]) == ""


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min 0 s"),
        (3599, "59 min 59 s"),
        (7500, "2 h 5 min"),
        (93600, "1 d 2 h"),
        (-61, "-1 min 1 s"),
    ],
)
def test_a_span_has_its_two_largest_units(seconds: int, text: str) -> None:
    """From seconds to days; the future is negative."""
    assert tables.span(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(None, ""), (0, "0 s"), (61, "1 min 1 s"), (-61, "1 min 1 s ahead")])
def test_an_age(seconds: int | None, text: str) -> None:
    """What is dated in the future is ahead, and nobody knows the age of what has no date."""
    assert tables.age(seconds) == text


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (3_565_158, "3.4 MiB"),
        (2**30, "1.0 GiB"),
        (2**50, "1024.0 TiB"),
    ],
)
def test_a_size_has_one_unit(size_bytes: int, text: str) -> None:
    """Exact below a KiB, one decimal above, TiB at the most."""
    assert tables.size(size_bytes) == text
