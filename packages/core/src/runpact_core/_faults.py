"""What is wrong with a document beyond one view of its schema: its cross-field rules, and what a change made worse.

Rules look only at documents that the tolerant view admits, since they trust the types that it promises.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from runpact_core import _gate, _pointer, _times
from runpact_core._rules import Order
from runpact_core.errors import InvalidArtifact, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runpact_core._catalog import Version
    from runpact_core._rules import Rule

_INDEX = r"/[0-9]+(?=/|$)"  # compiled when first used


def broken_rules(version: Version, data: Mapping[str, Any]) -> list[Problem]:
    """The cross-field rules that do not hold for the known fields of an admitted document, sorted by place."""
    from runpact_core._generated.rules import RULES  # reading alone needs no rules

    def broken(document: Mapping[str, Any]) -> list[Problem]:
        rules = RULES.get((version.contract, version.version), ())
        places = ((rule, rule.broken_at(document)) for rule in rules)
        return sorted(Problem(place, rule.id, _message(rule, document, place)) for rule, place in places if place)

    found = broken(data)
    if found and (unknown := _gate.unknown_fields(version, data)):
        # An unknown field among counts is no count, say.
        return broken(_without(data, "", frozenset(unknown)))
    return found


def prepare(version: Version) -> None:
    """Make what judges a document that is written: the validator of its strict view, and the rules."""
    from runpact_core._generated import rules  # noqa: F401 - loading it is the point

    _gate.prepare(version, "strict")


def _message(rule: Rule, document: Mapping[str, Any], place: str) -> str:
    """What is wrong: usually what the contract says, but a moment that does not exist is neither early nor late."""
    value = _pointer.resolve(document, place)
    if isinstance(rule, Order) and isinstance(value, str):
        try:
            _times.instant(value)
        except InvalidArtifact as error:
            return error.reason
    return rule.message


def _without(value: Any, place: str, unknown: frozenset[str]) -> Any:
    """A copy without what the pointers point to."""
    if isinstance(value, list):
        return [_without(item, f"{place}/{index}", unknown) for index, item in enumerate(value)]
    if isinstance(value, dict):
        places = {name: place + _pointer.pointer([name]) for name in value}
        return {name: _without(value[name], at, unknown) for name, at in places.items() if at not in unknown}
    return value


def made_worse(version: Version, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Problem]:
    """What a producer may not write in the one document and was not in the other; elements of lists may have moved."""
    known = Counter(_wherever(problem) for problem in _faults(version, before))
    new = []
    for problem in _faults(version, after):
        known[_wherever(problem)] -= 1
        if known[_wherever(problem)] < 0:
            new.append(problem)
    return new


def _faults(version: Version, data: Mapping[str, Any]) -> list[Problem]:
    found = _gate.problems(version, "strict", data, check_integers=True)
    admitted = _gate.admits(version, "tolerant", data, check_integers=True)
    return found + broken_rules(version, data) if admitted else found


def _wherever(problem: Problem) -> Problem:
    """The same problem, at no element of a list in particular."""
    return problem._replace(pointer=re.sub(_INDEX, "/*", problem.pointer))
