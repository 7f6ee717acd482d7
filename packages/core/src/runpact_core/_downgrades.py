"""Downgrades: what is left of a document in an earlier version of its contract, and what is not.

Steps back run first, from each version to the one before it, so that one may give a field its old name. Then a field
goes where the earlier version does not name it and the later one does. What neither names stays: unknown fields are
kept. Something is lost where an upgrade of what is left does not bring it back, so a figure that the upgrade step works
out anew is no loss. The argument is never changed.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from runpact_core import _gate, _pointer
from runpact_core._upgrades import STEPS_BACK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runpact_core._catalog import Version


def lowered(versions: Sequence[Version], data: Mapping[str, Any]) -> dict[str, Any]:
    """The data as the last of some adjacent versions has it, stating that version where it is stated.

    Args:
        versions: From the data's own version down.
        data: The data; it is not changed.
    """
    left = copy.deepcopy(dict(data))
    for earlier in versions[1:]:
        if earlier.versioned_by == "schema_version":
            left["schema_version"] = earlier.version
        step_back = STEPS_BACK.get((earlier.contract, earlier.version))
        left = step_back(left) if step_back else left
    of_neither = set(_gate.unknown_fields(versions[0], data))
    for pointer in _gate.unknown_fields(versions[-1], left):
        if pointer not in of_neither:
            parent, _, name = pointer.rpartition("/")
            del _pointer.resolve(left, parent)[name.replace("~1", "/").replace("~0", "~")]
    return left


def lost(before: Mapping[str, Any], after: Mapping[str, Any], place: str = "") -> tuple[str, ...]:
    """Pointers to what the one has and the other has not, or has otherwise; the outermost field of each."""
    found: list[str] = []
    for name, value in sorted(before.items()):
        pointer = place + _pointer.pointer([name])
        other = after.get(name, _pointer.MISSING)
        if isinstance(value, dict) and isinstance(other, dict):
            found += lost(value, other, pointer)
        elif value != other:
            found.append(pointer)
    return tuple(found)
