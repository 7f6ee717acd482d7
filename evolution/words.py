"""Changes and proofs in sentences, for people; plain text without markup."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from evolution.model import Change, Kind, Level

__all__ = ["describe", "kind_in_words", "meeting", "shown"]

_SHOWN = 60  # characters of a value in a sentence
_BOUNDS = {
    "minimum": "the least value",
    "maximum": "the greatest value",
    "minLength": "the least length",
    "maxLength": "the greatest length",
    "minItems": "the least number of elements",
    "maxItems": "the greatest number of elements",
}
_PLAIN: Final[frozenset[Kind]] = frozenset(
    {
        "optional-property-added",
        "required-property-added",
        "property-removed",
        "property-became-required",
        "property-became-optional",
        "description-changed",
    }
)
_MEETINGS: dict[Level, str] = {
    "READ": "old data, new reader",
    "WRITE": "new data, old reader",
    "API": "old code, new names",
}


def kind_in_words(kind: Kind) -> str:
    """A kind of change as people say it: ``optional property added``."""
    return kind.replace("-", " ")


def meeting(level: Level) -> str:
    """Who meets whom on a level."""
    return _MEETINGS[level]


def shown(value: Any) -> str:
    """A JSON value on one line, cut short."""
    text = json.dumps(value, ensure_ascii=True, sort_keys=True)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def describe(change: Change) -> str:
    """One change in one sentence without its place: ``enum value added: "timeout"``."""
    words = kind_in_words(change.kind)
    if change.kind.startswith("bound-"):
        return f"{words}: {_bound(change)}"
    said = [shown(side) for side in (change.old, change.new) if side is not None]
    is_plain = change.kind in _PLAIN or not said
    return words if is_plain else f"{words}: {' became '.join(dict.fromkeys(said))}"


def _bound(change: Change) -> str:
    name = next(iter(change.new or change.old))
    before, after = (shown(side[name]) if side else "none" for side in (change.old, change.new))
    return f"{_BOUNDS[name]} was {before}, is {after}"
