"""A comparison as plain lines for a terminal; each change in the form that editors jump to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from evolution.exceptions import PATH
from evolution.words import describe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evolution.exceptions import Approval, Judged, Outcome, Pair
    from evolution.model import Change, ContractDiff, Verdict

__all__ = ["OUTCOMES", "entry", "headline", "lines", "needs", "sentence", "title", "verdicts_of"]

OUTCOMES: Final[dict[Outcome, str]] = {"compatible": "fits", "approved": "approved", "breaking": "BREAKS"}
"""One word for each outcome."""

_SHOWN = 400  # characters of a counterexample on a line


def lines(judged: Judged, notes: Sequence[str]) -> Iterator[str]:
    """The comparison, line by line."""
    yield headline(judged)
    for pair in judged.pairs:
        yield ""
        yield f"{title(pair.diff)}: {OUTCOMES[pair.outcome]} ({needs(pair.diff)})"
        for change, approval in zip(pair.diff.changes, pair.approved, strict=True):
            yield f"  {change.path}:{change.line}: {sentence(change)}"
            yield from _proofs(change, approval, pair)
    unapproved = [change for pair in judged.pairs for change in causes(pair)]
    if unapproved:
        yield ""
        yield f"To approve what breaks until a day, write into {PATH}, with a reason of your own:"
        for change in unapproved:
            yield from entry(change)
    if notes:
        yield ""
        yield from (f"note: {note}" for note in notes)


def headline(judged: Judged) -> str:
    """The comparison in one sentence."""
    comparison = judged.comparison
    if not judged.pairs:
        return f"no contract differs from {comparison.against}"
    broken, count = judged.count("breaking"), len(judged.pairs)
    what = "1 contract version differs" if count == 1 else f"{count} contract versions differ"
    verdict = f"{broken} without the version number that it needs" if broken else "each has the version number it needs"
    return f"{what} from {comparison.against}, {verdict}; {comparison.generated_documents} documents were judged"


def title(diff: ContractDiff) -> str:
    """Which versions are compared: ``run 0.1 → 0.2``, ``run 0.2, edited in place``."""
    if not diff.old_version:
        return f"{diff.contract} {diff.new_version}, new"
    if not diff.new_version:
        return f"{diff.contract} {diff.old_version}, removed"
    if diff.old_version == diff.new_version:
        return f"{diff.contract} {diff.new_version}, edited in place"
    return f"{diff.contract} {diff.old_version} → {diff.new_version}"


def needs(diff: ContractDiff) -> str:
    """What version number the changes need, and what they got."""
    if diff.given == "new":
        return "nobody has read it before"
    if diff.required == "none":
        return "it needs no new version"
    if diff.ok and diff.given == "none":
        return "no release has it yet, so it may change"
    other = {"none": "it has none", "removed": "it was removed"}.get(diff.given, f"it is a new {diff.given} version")
    got = "it is one" if diff.required == diff.given else other
    return f"it needs a new {diff.required} version, and {got}"


def sentence(change: Change) -> str:
    """One change with its place: ``/checks/*/status: enum value added: "timeout"``."""
    return f"{change.pointer}: {describe(change)}" if change.pointer else describe(change)


def verdicts_of(change: Change, diff: ContractDiff) -> list[Verdict]:
    """The verdicts about one change."""
    return [verdict for verdict in diff.verdicts if verdict.change == change]


def causes(pair: Pair) -> list[Change]:
    """The changes for which a pair breaks: those with a verdict against them; all, where none has one."""
    if pair.outcome != "breaking":
        return []
    left = [change for change, approval in zip(pair.diff.changes, pair.approved, strict=True) if approval is None]
    against = [one for one in left if any(not verdict.compatible for verdict in verdicts_of(one, pair.diff))]
    return against or left


def entry(change: Change) -> list[str]:
    """The words of an exception that would approve a change, as YAML."""
    versions = {"old_version": change.old_version, "new_version": change.new_version}
    fields = {"contract": change.contract}
    fields |= {name: version for name, version in versions.items() if version}
    fields |= {"pointer": change.pointer, "kind": change.kind, "reason": "…", "expires": "YYYY-MM-DD"}
    said = [f"    {name}: {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items()]
    return [f"  - {said[0].strip()}", *said[1:]]


def compact(value: Any) -> str:
    """A value as JSON on one line, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(text)} characters)"


def _proofs(change: Change, approval: Approval | None, pair: Pair) -> Iterator[str]:
    if approval:
        yield f"    approved until {approval.expires}: {approval.reason}"
    for verdict in verdicts_of(change, pair.diff):
        holds = "holds" if verdict.compatible else "breaks"
        yield f"    {verdict.level:<5} {holds}: {verdict.proof.says}"
        if verdict.proof.counterexample is not None:
            yield f"          {compact(verdict.proof.counterexample)}"
