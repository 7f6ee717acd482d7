"""What differs between two runs: pure, from their documents to a list of changes.

Values are compared as compact JSON text, so that ``1``, ``1.0`` and ``true`` differ; what always differs between two
runs (identifiers, times, the machine, the length of the log) is no change. Lists are compared by the names of their
items, so that an item that only moved is no change either.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from runpact_core.runs import Run

    Things = Mapping[str, Any]


class Side(NamedTuple):
    """One of the two runs, with the data of its `checks.json`; empty where there is none."""

    run: Run
    checks: Things


class Change(NamedTuple):
    """One thing that differs.

    Attributes:
        section: The part of the run.
        name: Which thing of it; None where the section is one value.
        field: Which field of the thing; None where it is about the whole.
        before: The value in the first run as JSON text; None where there is none.
        after: The same of the second run.
    """

    section: str
    name: str | None
    field: str | None
    before: str | None
    after: str | None

    @property
    def kind(self) -> str:
        """``added``, ``removed`` or ``changed``."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


def diff(before: Side, after: Side) -> list[Change]:
    """Everything that differs, section by section; empty where nothing does."""
    found: list[Change] = []
    for section, things_of in _SECTIONS.items():
        left, right = things_of(before), things_of(after)
        by_field = section in _BY_FIELD
        for name in [*left, *(name for name in right if name not in left)]:
            found += _changes(section, name or None, left.get(name, _NONE), right.get(name, _NONE), by_field=by_field)
    return found


_NONE = object()


def _changes(section: str, name: str | None, left: Any, right: Any, *, by_field: bool) -> Iterator[Change]:
    if by_field and isinstance(left, dict) and isinstance(right, dict):
        for field in sorted({*left, *right}):
            before, after = _text(left.get(field, _NONE)), _text(right.get(field, _NONE))
            if before != after:
                yield Change(section, name, field, before, after)
        return
    before, after = _text(left), _text(right)
    if before != after:
        yield Change(section, name, None, before, after)


def _text(value: object) -> str | None:
    return None if value is _NONE else json.dumps(value, sort_keys=True, separators=(",", ":"))


def _data(side: Side) -> Things:
    return side.run.document.data if side.run.document else {}


def _value(name: str) -> Callable[[Side], Things]:
    """A section that is one value of the run's document."""
    return lambda side: {"": _data(side)[name]} if name in _data(side) else {}


def _object(name: str, *without: str) -> Callable[[Side], Things]:
    """A section that is an object of the run's document, some of its fields apart."""

    def things(side: Side) -> Things:
        part = _data(side).get(name)
        return {key: part[key] for key in part if key not in without} if isinstance(part, dict) else {}

    return things


def _items(name: str) -> Callable[[Side], Things]:
    """A section that is a list of the run's document, by type and ref of each item."""
    return lambda side: _numbered(_data(side).get(name), "type", "ref")


def _numbered(items: object, *keys: str) -> Things:
    """The items of a list by name; the second of the same name is called ``name #2``."""
    found: dict[str, Any] = {}
    for item in items if isinstance(items, list) else []:
        parts = [item.get(key) for key in keys] if isinstance(item, dict) else [item]
        base = " ".join(str(part) for part in parts if part is not None) or "?"
        name, number = base, 1
        while name in found:
            number += 1
            name = f"{base} #{number}"
        found[name] = item
    return found


def _pipeline(side: Side) -> Things:
    return {key: _data(side)[key] for key in ("pipeline_id", "pipeline_version") if key in _data(side)}


def _environment(side: Side) -> Things:
    """Whether each required variable was there, by its name."""
    part = _data(side).get("env")
    lists = part if isinstance(part, dict) else {}
    states = [(state, lists.get(state)) for state in ("present", "missing")]
    return {str(name): state for state, names in states if isinstance(names, list) for name in names}


_SECTIONS: dict[str, Callable[[Side], Things]] = {
    "state": lambda side: {"": side.run.state},
    "status": lambda side: {"": side.run.status} if side.run.status else {},
    "pipeline": _pipeline,
    "product": _value("product"),
    "trigger": _object("trigger"),
    "commit": _object("git", "sha7"),
    "command": _value("command"),
    "exit": _object("exit"),
    "interruption": _object("interruption", "sealed_utc"),
    "environment": _environment,
    "inputs": _items("inputs"),
    "outputs": _items("outputs"),
    "metadata": _object("metadata"),
    "metrics": _object("metrics"),
    "warnings": lambda side: _numbered(_data(side).get("warnings")),
    "checks": lambda side: _numbered(side.checks.get("checks"), "id"),
}
_BY_FIELD = {"inputs", "outputs", "checks"}
