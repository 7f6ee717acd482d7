"""What differs between two matrices, as a document of the contract ``matrix_diff`` and as text. Pure.

Ages are left out: they change with the clock, and what follows from them stands in other fields.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core.redact import for_terminal
from runpact_status_matrix._matrix import counts

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Compared", "diff", "differs", "in_text"]

_KINDS = ("added", "removed", "changed")
_WITH_THE_CLOCK = frozenset({"/age_s"})
_BETTER_FIRST = {
    "verdict": ("ok", "warn", "governance_fail", "blocked"),
    "policy_effect": ("non_blocking_warn", "non_blocking_fail", "blocking_fail"),
    "freshness_state": ("fresh", "stale", "missing"),
    "runner_status": ("pass", "degraded", "fail", "unknown"),
}


class Compared(NamedTuple):
    """One of the two matrices.

    Attributes:
        path: The file, as it was given.
        sha256: Digest of its bytes.
        matrix: The document.
    """

    path: str
    sha256: str
    matrix: Mapping[str, Any]


def diff(before: Compared, after: Compared) -> dict[str, Any]:
    """The document of the contract ``matrix_diff``."""
    old, new = _rows(before.matrix), _rows(after.matrix)
    changes = [_change(runner, old.get(runner), new.get(runner)) for runner in sorted(old.keys() | new.keys())]
    differing = [change for change in changes if change is not None]
    return {
        "schema_version": "1.0",
        "before": _side(before),
        "after": _side(after),
        "summary": counts(differing, "kind", _KINDS),
        "changes": differing,
    }


def in_text(document: Mapping[str, Any]) -> str:
    """The document as lines for a terminal."""
    lines = []
    for change in document["changes"]:
        trend = "" if change["trend"] == "neutral" else f", {change['trend']}"
        lines.append(f"{change['runner_id']}: {change['kind']}{trend}")
        lines += [
            f"  {field['field']}: {field.get('before', '(absent)')} -> {field.get('after', '(absent)')}"
            for field in change["fields"]
        ]
    summary = document["summary"]
    lines.append(", ".join(f"{summary[kind]} {kind}" for kind in _KINDS) if differs(document) else "nothing differs")
    return "".join(f"{for_terminal(line)}\n" for line in lines)


def differs(document: Mapping[str, Any]) -> bool:
    """Whether a diff has any change."""
    return bool(document["changes"])


def _rows(matrix: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {row["runner_id"]: row for row in matrix["matrix_rows"]}


def _side(side: Compared) -> dict[str, Any]:
    return {
        "path": side.path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"),
        "sha256": side.sha256,
        "updated_at": side.matrix["updated_at"],
        "rows": len(side.matrix["matrix_rows"]),
    }


def _change(runner: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What became of one runner; None where its rows are the same."""
    if old is None or new is None:
        return {"runner_id": runner, "kind": "added" if old is None else "removed", "trend": "neutral", "fields": []}
    before, after = _flat(old), _flat(new)
    fields = []
    for pointer in sorted(before.keys() | after.keys()):
        if before.get(pointer) != after.get(pointer) and pointer not in _WITH_THE_CLOCK:
            field = {"field": pointer}
            field |= {name: side[pointer] for name, side in (("before", before), ("after", after)) if pointer in side}
            fields.append(field)
    if not fields:
        return None
    return {"runner_id": runner, "kind": "changed", "trend": _trend(old, new), "fields": fields}


def _flat(value: object, pointer: str = "") -> dict[str, str]:
    """Every field below a row by its pointer, as text; a list is one field."""
    if not isinstance(value, dict):
        return {pointer: value if isinstance(value, str) else json.dumps(value, sort_keys=True)}
    flat: dict[str, str] = {}
    for name, below in value.items():
        flat |= _flat(below, f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}")
    return flat


def _trend(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """Which row is better, by the first of verdict, effect, freshness and status that differs and that is known."""
    for field, order in _BETTER_FIRST.items():
        before, after = old.get(field), new.get(field)
        if before != after and before in order and after in order:
            return "better" if order.index(after) < order.index(before) else "worse"
    return "neutral"
