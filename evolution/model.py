"""What a comparison of two sets of contracts says, as data.

Nothing here decides anything or reads a file. Every value is frozen and can be compared, so a comparison of the same
sets is the same value on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

__all__ = [
    "KINDS",
    "LEVELS",
    "Change",
    "Comparison",
    "ContractDiff",
    "Given",
    "Kind",
    "Level",
    "Proof",
    "ProofKind",
    "Required",
    "Verdict",
]

Level = Literal["READ", "WRITE", "API"]
"""READ: a new reader, old data. WRITE: an old reader, which is tolerant, new data. API: names of classes and fields."""

Kind = Literal[
    "optional-property-added",
    "required-property-added",
    "property-removed",
    "property-became-required",
    "property-became-optional",
    "type-widened",
    "type-narrowed",
    "type-changed",
    "enum-value-added",
    "enum-value-removed",
    "open-enum-value-added",
    "open-enum-value-removed",
    "enum-opened",
    "enum-closed",
    "enum-added",
    "enum-dropped",
    "bound-tightened",
    "bound-loosened",
    "pattern-added",
    "pattern-removed",
    "pattern-changed",
    "const-added",
    "const-removed",
    "const-changed",
    "branch-added",
    "branch-removed",
    "object-opened",
    "object-closed",
    "rule-added",
    "rule-removed",
    "rule-changed",
    "class-added",
    "class-removed",
    "class-renamed",
    "field-renamed",
    "description-changed",
    "example-added",
    "example-removed",
    "example-changed",
    "gate-changed",
    "versioning-changed",
    "place-changed",
    "status-advanced",
    "status-reverted",
    "entry-changed",
    "contract-added",
    "contract-removed",
    "contract-renamed",
    "version-added",
    "version-removed",
    "version-skipped",
    "majors-skipped",
    "step-missing",
    "step-fails",
    "step-loses",
]
"""Every kind of change, in words of the field."""

ProofKind = Literal["documents", "counterexample", "names"]
Required = Literal["none", "minor", "major"]
Given = Literal["none", "minor", "major", "new", "removed"]

LEVELS: Final[tuple[Level, ...]] = get_args(Level)
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


@dataclass(frozen=True)
class Change:
    """One difference between two versions of a contract, or between two editions of one version.

    Attributes:
        contract: Name of the contract.
        old_version: Version on the old side; empty where there is none.
        new_version: Version on the new side; empty where there is none.
        pointer: Place in documents, such as ``/checks/*/status`` (``*`` stands for elements and free names); for
            cross-field rules the rule's id behind ``#``; empty for the whole contract.
        kind: What kind of change it is.
        old: What stood there before, as a JSON value; None where there was nothing.
        new: What stands there now, as a JSON value; None where there is nothing.
        path: The file that says so, relative to its project; the old one where the place is gone.
        line: 1-based line in that file.
    """

    contract: str
    old_version: str
    new_version: str
    pointer: str
    kind: Kind
    old: Any
    new: Any
    path: str
    line: int


@dataclass(frozen=True)
class Proof:
    """What shows a verdict.

    Attributes:
        kind: ``documents`` that passed, a ``counterexample`` that did not, or the ``names`` themselves.
        passed: How many documents passed, or how many names stayed.
        counterexample: A document that its writer may write and its reader refuses; None where there is none.
        says: The proof in one sentence.
    """

    kind: ProofKind
    passed: int
    counterexample: dict[str, Any] | None
    says: str


@dataclass(frozen=True)
class Verdict:
    """Whether one change breaks one level, and what shows it."""

    change: Change
    level: Level
    compatible: bool
    proof: Proof


@dataclass(frozen=True)
class ContractDiff:
    """All that changed between two versions of a contract, or in one version edited in place.

    Attributes:
        contract: Name of the contract.
        old_version: Version on the old side; empty for a new contract or version.
        new_version: Version on the new side; empty for a removed contract or version.
        changes: What changed, in the order of the contract's fields.
        verdicts: For each change that can break something, a verdict for each level that it touches.
        required: What new version the changes need.
        given: What new version they got; ``none`` for an edit in place.
        ok: Whether what was given is enough.
    """

    contract: str
    old_version: str
    new_version: str
    changes: tuple[Change, ...]
    verdicts: tuple[Verdict, ...]
    required: Required
    given: Given
    ok: bool


@dataclass(frozen=True)
class Comparison:
    """Two sets of contracts compared.

    Attributes:
        against: What the old set is called, such as a git ref.
        diffs: One entry for each pair of versions that differ, sorted by contract and version.
        generated_documents: How many documents were made and judged for the verdicts.
    """

    against: str
    diffs: tuple[ContractDiff, ...]
    generated_documents: int

    @property
    def ok(self) -> bool:
        """Whether every contract got the version that its changes need."""
        return all(diff.ok for diff in self.diffs)
