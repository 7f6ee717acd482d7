"""Approved exceptions: changes that break something and are let through, with a reason, until a day.

`judge` is a pure function of a comparison, the exceptions and a day. An exception approves every change of its kind at
its place, between its versions; on the day after its last one it approves nothing, and fails the comparison by being
there. One that matches nothing is told, and fails nothing.
"""

from __future__ import annotations

import dataclasses
import difflib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

from codegen.load import version_key
from evolution import levels
from evolution.model import KINDS, ContractDiff
from runpact_core import documents
from runpact_core.errors import ConfigurationError, MissingArtifact

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from codegen.findings import Finding
    from evolution.model import Change, Comparison

__all__ = ["LEAPS", "PATH", "Approval", "Judged", "Outcome", "Pair", "State", "Use", "held", "judge", "read_exceptions"]

PATH = "contracts/exceptions.yaml"

# Kinds that break by being there, whatever version number they need.
LEAPS: Final = frozenset({"version-skipped", "majors-skipped", "step-missing", "step-fails", "step-loses"})

Outcome = Literal["compatible", "approved", "breaking"]
State = Literal["used", "expired", "unused"]


@dataclass(frozen=True)
class Approval:
    """One exception.

    Attributes:
        contract: Name of the contract.
        old_version: Version on the older side; empty where there is none.
        new_version: Version on the newer side; empty where there is none.
        pointer: The place.
        kind: The kind of change.
        reason: Why it does no harm.
        expires: The last day, in UTC, on which it approves anything.
        line: 1-based line of it in the file.
    """

    contract: str
    old_version: str
    new_version: str
    pointer: str
    kind: str
    reason: str
    expires: date
    line: int

    def fits(self, change: Change) -> bool:
        """Whether a change is what it names."""
        named = (self.contract, self.old_version, self.new_version, self.pointer, self.kind)
        return named == (change.contract, change.old_version, change.new_version, change.pointer, change.kind)


@dataclass(frozen=True)
class Use:
    """What became of an exception: it was used, its last day is past, or nothing is what it names.

    ``near`` is the change that comes nearest to an unused one, in words; empty where none does.
    """

    approval: Approval
    state: State
    near: str = ""


@dataclass(frozen=True)
class Pair:
    """Two versions compared, and how they came out.

    Attributes:
        diff: What differs.
        outcome: How they came out.
        approved: The exception of each change, or None.
        frozen: What a release froze of the version and is not as it was, in a sentence; empty where all is.
    """

    diff: ContractDiff
    outcome: Outcome
    approved: tuple[Approval | None, ...]
    frozen: str = ""


@dataclass(frozen=True)
class Judged:
    """A comparison with its exceptions.

    Attributes:
        comparison: The comparison.
        pairs: Each of its pairs of versions, with the outcome.
        uses: Each exception, in the order of the file.
        findings: The faults that the new contracts have besides, in examples or in files that a release froze.
    """

    comparison: Comparison
    pairs: tuple[Pair, ...]
    uses: tuple[Use, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing breaks that is not approved, no exception has expired, and the contracts have no fault."""
        broken = self.findings or any(pair.outcome == "breaking" for pair in self.pairs)
        return not broken and all(use.state != "expired" for use in self.uses)

    def count(self, outcome: Outcome) -> int:
        """How many pairs came out so."""
        return sum(pair.outcome == outcome for pair in self.pairs)


def read_exceptions(root: Path) -> tuple[Approval, ...]:
    """The exceptions of the project at ``root``; none where it has no such file.

    Raises:
        ConfigurationError: The file is not what its contract says, or names a kind or a day that does not exist.
    """
    try:
        document = documents.read("compat_exceptions", root / PATH, name=PATH)
    except MissingArtifact:
        return ()
    found = []
    for index, entry in enumerate(document.data["exceptions"]):
        line = document.line_of(f"/exceptions/{index}") or 1
        if entry["kind"] not in KINDS:
            near = difflib.get_close_matches(entry["kind"], KINDS, n=1, cutoff=0.0)
            raise ConfigurationError(
                f"{PATH}: {entry['kind']!r} is no kind of change (line {line})", hint=f"did you mean {near[0]}?"
            )
        try:
            expires = date.fromisoformat(entry["expires"])
        except ValueError as error:
            day = document.line_of(f"/exceptions/{index}/expires") or line
            raise ConfigurationError(f"{PATH}: {entry['expires']} is no day (line {day})") from error
        versions = (entry.get("old_version", ""), entry.get("new_version", ""))
        place = (entry["contract"], *versions, entry["pointer"], entry["kind"])
        found.append(Approval(*place, entry["reason"], expires, line))
    return tuple(found)


def judge(
    comparison: Comparison, approvals: Sequence[Approval], today: date, *, configuration: frozenset[str] = frozenset()
) -> Judged:
    """Hold a comparison against the exceptions that have not expired.

    Args:
        comparison: What differs, and what it breaks.
        approvals: The exceptions.
        today: The day in UTC on which it is judged.
        configuration: Names of the contracts whose documents are configuration, which old readers need not take.
    """
    valid = [approval for approval in approvals if today <= approval.expires]
    pairs = tuple(_pair(diff, valid, configuration) for diff in comparison.diffs)
    used = {id(approval) for pair in pairs for approval in pair.approved if approval}
    uses = tuple(_use(one, comparison, is_used=id(one) in used, is_past=today > one.expires) for one in approvals)
    return Judged(comparison, pairs, uses)


def held(judged: Judged, frozen: Mapping[tuple[str, str], str], edited: Collection[tuple[str, str]]) -> Judged:
    """The same, where versions of contracts are not as a release froze them: no exception approves that.

    Args:
        judged: The comparison with its exceptions.
        frozen: What is not as it was, in a sentence, by contract and version.
        edited: The versions whose files differ; where no pair is about one, such as where only comments changed, it
            gets a pair without changes.
    """
    left = dict(frozen)
    pairs = []
    for pair in judged.pairs:
        diff = pair.diff
        says = left.pop((diff.contract, diff.new_version or diff.old_version), "")
        if says:
            needed = "minor" if diff.required == "none" else diff.required
            diff = dataclasses.replace(diff, required=needed, ok=False)
            pair = Pair(diff, "breaking", pair.approved, says)  # noqa: PLW2901 - the same one, held
        pairs.append(pair)
    for name, version in sorted(left.keys() & set(edited)):
        diff = ContractDiff(name, version, version, (), (), "minor", "none", ok=False)
        pairs.append(Pair(diff, "breaking", (), left[name, version]))
    return dataclasses.replace(judged, pairs=tuple(sorted(pairs, key=_place)))


def _place(pair: Pair) -> tuple[str, tuple[int, ...]]:
    """Where a pair stands among the others: by contract and version."""
    return pair.diff.contract, version_key(pair.diff.new_version or pair.diff.old_version)


def _use(approval: Approval, comparison: Comparison, *, is_used: bool, is_past: bool) -> Use:
    if is_past:
        return Use(approval, "expired")
    return Use(approval, "used") if is_used else Use(approval, "unused", _nearest(approval, comparison))


def _nearest(approval: Approval, comparison: Comparison) -> str:
    """The change of the same contract and versions that comes nearest to an exception that matches nothing."""
    wanted = (approval.contract, approval.old_version, approval.new_version)
    found = {
        f"{change.kind} at {change.pointer or '/'}": None
        for diff in comparison.diffs
        for change in diff.changes
        if wanted == (change.contract, change.old_version, change.new_version)
    }
    near = difflib.get_close_matches(f"{approval.kind} at {approval.pointer or '/'}", found, n=1)
    return near[0] if near else ""


def _pair(diff: ContractDiff, approvals: Sequence[Approval], configuration: frozenset[str]) -> Pair:
    approved = tuple(next((one for one in approvals if one.fits(change)), None) for change in diff.changes)
    if diff.ok:
        return Pair(diff, "compatible", approved)
    rest = [change for change, approval in zip(diff.changes, approved, strict=True) if approval is None]
    verdicts = [verdict for verdict in diff.verdicts if verdict.change in rest]
    needed = levels.required(rest, verdicts, is_configuration=diff.contract in configuration)
    leaps = any(change.kind in LEAPS for change in rest)
    holds = not leaps and (needed == "none" or levels.is_enough(needed, diff.given))
    return Pair(diff, "approved" if holds else "breaking", approved)
