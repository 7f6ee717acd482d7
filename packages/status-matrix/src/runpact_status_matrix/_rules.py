"""One rule of a certificate and what came of it, as a value. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Result", "Rule", "broken", "compared", "holds", "not_checked", "settled"]

Result = Literal["holds", "broken", "not_checked"]


class Rule(NamedTuple):
    """A rule that was looked at.

    Attributes:
        rule: Its slug.
        result: Whether it holds, is broken, or could not be looked at.
        what: What was found, in one sentence without a final full stop.
        pointer: JSON pointer to the value at fault, or None.
        expected: What should stand there, as text, or None.
        found: What stands there, as text, or None.
    """

    rule: str
    result: Result
    what: str
    pointer: str | None = None
    expected: str | None = None
    found: str | None = None

    def document(self) -> dict[str, Any]:
        """The entry of ``rules`` in the contract `certificate_check`."""
        return {name: value for name, value in self._asdict().items() if value is not None}


def holds(rule: str, what: str) -> Rule:
    """A rule that holds."""
    return Rule(rule, "holds", what)


def broken(rule: str, what: str, pointer: str | None = None, *, expected: object = None, found: object = None) -> Rule:
    """A rule that is broken, and where."""
    texts = (None if value is None else str(value) for value in (expected, found))
    return Rule(rule, "broken", what, pointer, *texts)


def not_checked(rule: str, what: str) -> Rule:
    """A rule that could not be looked at, and why."""
    return Rule(rule, "not_checked", what)


def compared(  # noqa: PLR0913 - what a rule is made of
    rule: str, pointer: str, expected: object, found: object, *, well: str, ill: str
) -> Rule:
    """A rule about one value, which holds where it is the expected one."""
    if type(expected) is type(found) and expected == found:
        return holds(rule, well)
    return broken(rule, ill, pointer, expected=_text(expected), found=_text(found))


def settled(rule: str, faults: Iterable[Rule], well: str) -> list[Rule]:
    """The faults of a rule; where there are none, that it holds."""
    return list(faults) or [holds(rule, well)]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
