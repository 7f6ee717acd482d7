"""Verdicts, each proven: documents that passed, a counterexample that did not, or the names themselves.

    READ    what the old version's writers may write, upgraded where the version differs, before the new reader
    WRITE   what the new version's writers may write, before the old reader
    API     names of generated classes and fields, old and new

Documents are made for the changed place: what the writer may put there, first what the reader's schema would refuse.
Each is judged by the version table and by the view that gates readers. A refusal counts against a change where it
happens at the change's place, so several changes at once do not blame each other.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from codegen.load import version_key
from evolution import levels, words
from evolution.diff import VERSION_FIELDS, api_names
from evolution.editions import Fault
from evolution.model import Proof, Verdict
from evolution.places import ABSENT, documents_with, nodes_at, parts_of, values
from runpact_core import _json, _versions
from runpact_core.errors import RunpactError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from evolution.editions import Edition
    from evolution.model import Change, Level

    Step = Callable[[Mapping[str, Any]], dict[str, Any]]

__all__ = ["Encounter", "api_verdict", "data_verdict"]

BASES: Final = 8  # documents that values are put into
WEIGHED: Final = 24  # counterexamples of which the best is kept
EVERYWHERE: Final = frozenset({"version", "upgrade"})  # faults of a whole document, which concern every change in it


class Encounter:
    """Documents of one edition before the reader of another; judges, and counts what was judged."""

    def __init__(self, level: Level, writer: Edition, reader: Edition, steps: Sequence[Step] = ()) -> None:
        self.level = level
        self.writer = writer
        self.reader = reader
        self.judged = 0
        self._steps = steps
        same_major = version_key(writer.contract.version)[0] == version_key(reader.contract.version)[0]
        self._table = (writer.version, reader.version) if level == "READ" else (reader.version,)
        self._is_asked = level == "READ" or same_major

    def faults(self, document: dict[str, Any]) -> tuple[Fault, ...]:
        """Why the reader refuses a document; nothing where it takes it."""
        self.judged += 1
        if self._is_asked and not self._is_known(document):
            return (Fault((), "version"),)
        try:
            for step in self._steps:
                document = step(document)
        except (RunpactError, LookupError, TypeError, ValueError, AttributeError):
            return (Fault((), "upgrade"),)
        return self.reader.faults(document)

    def _is_known(self, document: dict[str, Any]) -> bool:
        """Whether the version table lets the reader read it, as the version that it should."""
        try:
            decision = _versions.decide(document, self._table)
        except RunpactError:
            return False
        wanted = self.writer if self.level == "READ" else self.reader
        is_refused = self.reader.is_configuration and decision.message
        read_as = decision.version.version if decision.version else None
        return read_as == wanted.contract.version and not is_refused

    @cached_property
    def bases(self) -> list[tuple[dict[str, Any], tuple[Fault, ...]]]:
        """The writer's own documents, with what the reader says of each."""
        return [(document, self.faults(document)) for document in self.writer.documents]


def data_verdict(change: Change, encounter: Encounter) -> Verdict:
    """The verdict on one change at READ or WRITE."""
    passed, reached, against = 0, change.kind not in levels.VALUES, []
    for document, is_there, faults in _trials(change, encounter):
        reached = reached or is_there
        if faults is None:
            continue
        if any(_concerns(change, fault, encounter.reader) for fault in faults):
            against.append(document)
        else:
            passed += 1
    opinion = levels.expected(change.kind, encounter.level)
    if against:
        best, aside = _best(against[:WEIGHED], encounter.writer)
        says = f"{words.meeting(encounter.level)}: refused{aside}{_dissent(opinion, 'incompatible')}"
        return Verdict(change, encounter.level, compatible=False, proof=Proof("counterexample", passed, best, says))
    if not reached or not passed:
        says = "no document reaches this place; judged by the kind of change"
        return Verdict(change, encounter.level, bool(opinion), Proof("documents", 0, None, says))
    what = _what_passed(change, encounter)
    says = f"{words.meeting(encounter.level)}: {passed} documents passed{what}{_dissent(opinion, 'compatible')}"
    return Verdict(change, encounter.level, compatible=True, proof=Proof("documents", passed, None, says))


def api_verdict(change: Change, old: Edition, new: Edition) -> Verdict:
    """The verdict on one change of names."""
    before, after = api_names(old.contract.source.tree), api_names(new.contract.source.tree)
    gone = [name for name in before if name not in after]
    if change.kind in {"class-removed", "class-renamed"}:
        gone = [name for name in gone if name == change.old]
    elif change.kind in {"field-renamed", "property-removed"}:
        last = parts_of(change.pointer)[-1]
        gone = [name for name in gone if name.rpartition(".")[2].removesuffix("_") == last and "." in name]
    else:
        gone = []
    kept = len(before.keys() & after.keys())
    says = f"{', '.join(gone)} gone, {kept} names kept" if gone else f"{kept} of {len(before)} names kept"
    return Verdict(change, "API", not gone, Proof("names", kept, None, says))


def _trials(change: Change, encounter: Encounter) -> Iterator[tuple[dict[str, Any], bool, tuple[Fault, ...] | None]]:
    """Documents, whether each was made for the place, and what the reader says of it; None where it said so before."""
    writer = encounter.writer
    for document, faults in encounter.bases:
        yield document, False, faults
    seen = {repr(document) for document, _ in encounter.bases}
    for document in _aimed(change, writer, encounter.reader):
        if writer.writes(document) or (change.kind == "gate-changed" and not writer.faults(document)):
            text = repr(document)
            yield document, True, None if text in seen else encounter.faults(document)
            seen.add(text)


def _aimed(change: Change, writer: Edition, reader: Edition) -> Iterator[dict[str, Any]]:
    """Documents that have at the changed place what is worth trying; not all of them may be written."""
    bases = writer.documents[:BASES]
    if change.kind == "gate-changed":  # what readers took besides: fields that they do not know
        yield from ({**document, "x_unknown": 1} for document in bases)
        return
    parts = parts_of(change.pointer)
    if change.kind in {"object-opened", "object-closed"}:
        parts = (*parts, "*")
    elif change.kind not in levels.VALUES | levels.PRESENCE:
        return
    absent = [ABSENT] if change.kind in levels.PRESENCE else []
    if not nodes_at(writer.strict, parts):  # the writer does not know the property, so objects without it are tried
        parts, absent = parts[:-1], []
        if not parts:
            return
    others = nodes_at(reader.gate, parts)
    for node in nodes_at(writer.strict, parts):
        leaves = values(node, writer.strict, others, reader.gate)
        for leaf in [*leaves, *absent]:
            for base in bases:
                yield from documents_with(writer.strict, parts, leaf, base)


def _concerns(change: Change, fault: Fault, reader: Edition) -> bool:
    """Whether a refusal happened at the place of a change."""
    if fault.keyword in EVERYWHERE or change.kind == "gate-changed":
        return True
    parts = parts_of(change.pointer)
    if change.kind in levels.PRESENCE:
        return _fits(fault.place, parts, below=None)
    if change.kind in {"object-opened", "object-closed"}:
        known = {name for node in nodes_at(reader.strict, parts) for name in node.get("properties", {})}
        is_itself = len(fault.place) == len(parts) and fault.keyword == "additionalProperties"
        within = len(fault.place) > len(parts) and fault.place[len(parts)] not in known
        return (is_itself or within) and _fits(fault.place, parts, below=None)
    if change.kind == "versioning-changed":
        return len(fault.place) == 1 and f"/{fault.place[0]}" in VERSION_FIELDS
    return change.kind in levels.VALUES and _is_value_at(parts, change, fault)


def _is_value_at(parts: Sequence[str], change: Change, fault: Fault) -> bool:
    """Whether a refusal is about the value at a place itself, not about what is in it, and for what was changed."""
    if parts and parts[-1] == "{name}":
        return fault.keyword == "propertyNames" and _fits(fault.place, parts[:-1], below=0)
    if change.kind.startswith("branch-"):
        return fault.keyword in {"enum", "required", "type"} and _fits(fault.place, parts, below=1)
    if change.kind == "type-changed":  # what is in a value of another type is other, too
        return _fits(fault.place, parts, below=None)
    return _fits(fault.place, parts, below=0) and fault.keyword in _keywords(change)


def _keywords(change: Change) -> set[str]:
    """What refuses a value where that change is to blame."""
    if change.kind.startswith("bound-"):
        return set(change.new or change.old)
    return {change.kind.removeprefix("open-").partition("-")[0]}


def _fits(place: tuple[str | int, ...], parts: Sequence[str], *, below: int | None) -> bool:
    """Whether a place in a document is the one that is meant, or at most so far below it; None for any depth."""
    deeper = len(place) - len(parts)
    if deeper < 0 or (below is not None and deeper > below):
        return False
    return all(part in {"*", str(there)} for part, there in zip(parts, place, strict=False))


def _best(documents: Sequence[dict[str, Any]], writer: Edition) -> tuple[dict[str, Any], str]:
    """The shortest document that keeps the writer's cross-field rules, if there is one; what is to be said of it."""
    weighed = [(len(writer.broken_rules(one)), len(_json.dumps(one)), index) for index, one in enumerate(documents)]
    broken, _, index = min(weighed)
    return documents[index], " (the document breaks a cross-field rule besides)" if broken else ""


def _what_passed(change: Change, encounter: Encounter) -> str:
    if not change.kind.startswith("rule-"):
        return ""
    broken = sum(bool(encounter.reader.broken_rules(document)) for document, _ in encounter.bases)
    return f", {broken} of them with a broken rule that is reported"


def _dissent(opinion: bool | None, found: str) -> str:  # noqa: FBT001 - an opinion, or none
    usually = "compatible" if opinion else "incompatible"
    if opinion is None or usually == found:
        return ""
    return f"; a change of this kind is usually {usually}, documents decide"
