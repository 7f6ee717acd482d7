"""A comparison as plain lines for a terminal; each change in the form that editors jump to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from evolution import levels
from evolution.exceptions import LEAPS, PATH
from evolution.words import describe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evolution.exceptions import Approval, Judged, Outcome, Pair
    from evolution.model import Change, ContractDiff, Kind, Verdict

__all__ = [
    "OUTCOMES",
    "approvable",
    "causes",
    "entry",
    "headline",
    "lines",
    "needs",
    "reason",
    "sentence",
    "title",
    "verdicts_of",
    "word",
]

OUTCOMES: Final[dict[Outcome, str]] = {"compatible": "fits", "approved": "approved", "breaking": "BREAKS"}
"""One word for each outcome."""

_STEPS = "packages/core/src/runpact_core/_upgrades.py"
_FROZEN = "FROZEN"  # nothing breaks, but what a release froze is not as it was
_WRONG_NUMBER = "WRONG NUMBER"  # nothing breaks, but the version does not say what changed
_REASONS: Final[dict[Kind, str]] = {
    "version-skipped": "the version before it is left out",
    "majors-skipped": "the major version before it is left out",
    "status-reverted": "a status does not go back",
}
_SHOWN = 400  # characters of a counterexample on a line


def lines(judged: Judged, notes: Sequence[str]) -> Iterator[str]:
    """The comparison, line by line."""
    yield headline(judged)
    for pair in judged.pairs:
        yield ""
        yield f"{title(pair.diff)}: {word(pair)} ({reason(pair)})"
        for change, approval in zip(pair.diff.changes, pair.approved, strict=True):
            yield f"  {change.path}:{change.line}: {sentence(change)}"
            yield from _proofs(change, approval, pair)
    unapproved = [change for pair in judged.pairs for change in approvable(pair)]
    if unapproved:
        yield ""
        is_break = any(word(pair) == OUTCOMES["breaking"] for pair in judged.pairs)
        what = "To approve what breaks until a day" if is_break else "Give it its number; or, to approve it until a day"
        yield f"{what}, write into {PATH}, with a reason of your own:"
        for change in unapproved:
            yield from entry(change)
    if notes:
        yield ""
        yield from (f"note: {note}" for note in notes)


def word(pair: Pair) -> str:
    """What is said of a pair: its outcome in a word, and where nothing breaks but the number is wrong, that."""
    is_broken = any(not verdict.compatible for change in causes(pair) for verdict in verdicts_of(change, pair.diff))
    if is_broken or pair.outcome != "breaking":
        return OUTCOMES[pair.outcome]
    return _FROZEN if pair.frozen else _WRONG_NUMBER


def reason(pair: Pair) -> str:
    """Why a pair came out so: the version number, and what a release froze."""
    if not pair.frozen:
        return needs(pair.diff)
    return f"{needs(pair.diff)}; {pair.frozen}" if word(pair) != _FROZEN else pair.frozen


def headline(judged: Judged) -> str:
    """The comparison in one sentence."""
    comparison = judged.comparison
    besides = _besides(judged)
    if not judged.pairs:
        return f"no contract differs from {comparison.against}{besides}"
    broken, count = judged.count("breaking"), len(judged.pairs)
    what = "1 contract version differs" if count == 1 else f"{count} contract versions differ"
    verdict = f"{broken} without the version number that it needs" if broken else "each has the version number it needs"
    made = comparison.generated_documents
    documents = "1 document was" if made == 1 else f"{made} documents were"
    return f"{what} from {comparison.against}, {verdict}{besides}; {documents} judged"


def _besides(judged: Judged) -> str:
    """What fails besides the changes; empty where nothing does."""
    expired = sum(use.state == "expired" for use in judged.uses)
    said = [f"{expired} expired exception{'s' * (expired > 1)}"] if expired else []
    faults = len(judged.findings)
    said += [f"{faults} fault{'s' * (faults > 1)} in contracts/"] if faults else []
    joined = ", and" if judged.count("breaking") else ", but for"
    return f"{joined} {' and '.join(said)}" if said else ""


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
    steps = {change.kind for change in diff.changes if change.kind.startswith("step-")}
    if steps:
        no_step = f"it has no upgrade step: write one in {_STEPS}"
        return no_step if "step-missing" in steps else "its upgrade step is wrong, whatever its number"
    reasons = [] if diff.ok else [_REASONS[change.kind] for change in diff.changes if change.kind in _REASONS]
    if reasons:
        return ", and ".join(reasons)
    if diff.required == "none":
        return "it was planned, and nobody has read it" if diff.given == "removed" else "it needs no new version"
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
    """The changes for which a pair breaks: those with a verdict against them; all, where none has one.

    Where the number is enough, the rest is to blame: a step, or a number that was left out.
    """
    if pair.outcome != "breaking":
        return []
    left = [change for change, approval in zip(pair.diff.changes, pair.approved, strict=True) if approval is None]
    if levels.is_enough(pair.diff.required, pair.diff.given):
        left = [change for change in left if change.kind in LEAPS] or left
    against = [one for one in left if any(not verdict.compatible for verdict in verdicts_of(one, pair.diff))]
    return against or ([] if pair.frozen else left)


def approvable(pair: Pair) -> list[Change]:
    """The causes that exceptions would approve: not that a file is frozen, or that there is no step."""
    return [] if pair.frozen else [change for change in causes(pair) if change.kind != "step-missing"]


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
