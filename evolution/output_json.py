"""A comparison as a document of ``contract_diff``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from evolution.output_text import verdicts_of
from evolution.words import describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evolution.exceptions import Approval, Judged, Pair
    from evolution.model import Change, Verdict

__all__ = ["document"]

_LARGEST = 65_536  # characters of a counterexample that is given out


def document(judged: Judged, notes: Sequence[str]) -> dict[str, Any]:
    """The comparison as plain data, as the contract has it."""
    return {
        "schema_version": "1.0",
        "against": judged.comparison.against,
        "ok": judged.ok,
        "generated_documents": judged.comparison.generated_documents,
        "summary": {outcome: judged.count(outcome) for outcome in ("compatible", "approved", "breaking")},
        "contracts": [_pair(pair) for pair in judged.pairs],
        "exceptions": [
            {
                "contract": use.approval.contract,
                "pointer": use.approval.pointer,
                "kind": use.approval.kind,
                "expires": use.approval.expires.isoformat(),
                "state": use.state,
                "line": use.approval.line,
            }
            for use in judged.uses
        ],
        "notes": list(notes),
    }


def _pair(pair: Pair) -> dict[str, Any]:
    diff = pair.diff
    versions = {"old_version": diff.old_version, "new_version": diff.new_version}
    return {
        "contract": diff.contract,
        **{name: version for name, version in versions.items() if version},
        "required": diff.required,
        "given": diff.given,
        "outcome": pair.outcome,
        "changes": [
            _change(change, approval, verdicts_of(change, diff))
            for change, approval in zip(diff.changes, pair.approved, strict=True)
        ],
    }


def _change(change: Change, approval: Approval | None, verdicts: list[Verdict]) -> dict[str, Any]:
    sides = {"old": change.old, "new": change.new}
    return {
        "pointer": change.pointer,
        "kind": change.kind,
        "says": describe(change),
        "path": change.path,
        "line": change.line,
        **{name: json.dumps(value, sort_keys=True) for name, value in sides.items() if value is not None},
        **({"approved": approval.reason} if approval else {}),
        "verdicts": [_verdict(verdict) for verdict in verdicts],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    proof = verdict.proof
    made = {
        "level": verdict.level,
        "compatible": verdict.compatible,
        "proof": proof.kind,
        "passed": proof.passed,
        "says": proof.says,
    }
    if proof.counterexample is None:
        return made
    size = len(json.dumps(proof.counterexample))
    if size > _LARGEST:
        return {**made, "says": f"{proof.says} (by a document of {size} characters, which is left out here)"}
    return {**made, "counterexample": proof.counterexample}
