"""Every example of every version reads as on the day it was frozen."""

from __future__ import annotations

from tests.contracts import frozen


def test_examples_read_as_frozen() -> None:
    """No example changed, went, or reads otherwise; a new one stands in the table too."""
    actual = frozen.lines()
    assert actual == frozen.TABLE.read_text(encoding="utf-8").splitlines(), "see tests/contracts/frozen.py"
    assert len(actual) >= 100


def test_the_table_has_every_outcome() -> None:
    """The table is not all of one kind: three readings, unknown fields, problems and refusals."""
    text = frozen.TABLE.read_text(encoding="utf-8")
    for outcome in (
        ": exact as ",
        ": tolerant as ",
        ": best-effort as None",
        "; unknown /",
        "; problem /",
        ": refused: ",
    ):
        assert outcome in text, outcome
