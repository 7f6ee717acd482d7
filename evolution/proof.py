"""Verdicts, each proven: documents that passed, a counterexample that did not, or the names themselves.

    READ    what the old version's writers may write, upgraded where the version differs, before the new reader
    WRITE   what the new version's writers may write, before the old reader
    API     names of generated classes and fields, old and new

Documents are made for the changed place: what the writer may put there, first what the reader's schema would refuse.
Each is judged by the version table and by the view that gates readers. A refusal counts against a change where it
happens at the change's place, so several changes at once do not blame each other.
"""

from __future__ import annotations

import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from codegen.load import version_key
from evolution import levels, texts, words
from evolution.diff import VERSION_FIELDS, api_names
from evolution.editions import Fault
from evolution.languages import Undecided
from evolution.model import Proof, Verdict
from evolution.places import ABSENT, documents_with, nodes_at, parts_of, tagged_at, values
from evolution.steps import STEP_FAILURES, said_of
from runpact_core import _json, _versions
from runpact_core.errors import RunpactError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from evolution.editions import Edition
    from evolution.model import Change, Level

    Step = Callable[[Mapping[str, Any]], dict[str, Any]]

__all__ = ["TOLERATED", "Encounter", "aimed", "api_verdict", "data_verdict"]

BASES: Final = 8  # documents that values are put into
WEIGHED: Final = 24  # counterexamples of which the best is kept
TOLERATED: Final = frozenset({"gate-changed", "enum-closed"})  # change what readers take and no writer of ours writes
ENUM_VALUES: Final = frozenset(
    {"enum-value-added", "enum-value-removed", "open-enum-value-added", "open-enum-value-removed"}
)  # of which each is about one value
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
        if self._steps:
            document = copy.deepcopy(document)  # a step that changes its argument would change every later document
        for step in self._steps:
            try:
                document = step(document)
            except STEP_FAILURES as error:
                return (Fault((), "upgrade", said_of(step, error)),)
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
        blamed = [fault for fault in faults if _concerns(change, fault, encounter.reader, document)]
        if blamed:
            against.append((document, blamed[0]))
        else:
            passed += 1
    opinion = levels.expected(change.kind, encounter.level, is_configuration=encounter.reader.is_configuration)
    if against:
        index, aside = _best([document for document, _ in against[:WEIGHED]], encounter.writer)
        best, fault = against[index]
        why = _why(fault, encounter)
        dissent = "" if fault.keyword in EVERYWHERE else _dissent(opinion, "incompatible")
        says = f"{words.meeting(encounter.level)}: refused{aside}{dissent}: {why}"
        return Verdict(change, encounter.level, compatible=False, proof=Proof("counterexample", passed, best, says))
    if not reached or not passed:
        says = "no document reaches this place; judged by the kind of change"
        return Verdict(change, encounter.level, bool(opinion), Proof("documents", 0, None, says))
    certain, doubt = _about_texts(change, encounter)
    if doubt:
        says = f"{words.meeting(encounter.level)}: {passed} documents passed, but {doubt}; judged by the kind of change"
        return Verdict(change, encounter.level, bool(opinion), Proof("documents", passed, None, says))
    what = _what_passed(change, encounter) + certain
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
    for document in aimed(change, writer, encounter.reader):
        if writer.writes(document) or (change.kind in TOLERATED and not writer.faults(document)):
            text = repr(document)
            yield document, True, None if text in seen else encounter.faults(document)
            seen.add(text)


def aimed(change: Change, writer: Edition, reader: Edition) -> Iterator[dict[str, Any]]:
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
    view = writer.gate if change.kind == "enum-closed" else writer.strict  # an open enum is there for other values
    for node in nodes_at(view, parts):
        leaves = values(node, view, others, reader.gate)
        for leaf in [*leaves, *absent]:
            for base in bases:
                yield from documents_with(writer.strict, parts, leaf, base)


def _concerns(change: Change, fault: Fault, reader: Edition, document: dict[str, Any]) -> bool:
    """Whether a refusal happened at the place of a change, and where that is one value, for this value."""
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
    if change.kind in ENUM_VALUES and _value_at(document, fault.place) not in {ABSENT, change.old, change.new}:
        return False
    return change.kind in levels.VALUES and _is_value_at(parts, change, fault)


def _value_at(document: Any, place: tuple[str | int, ...]) -> Any:
    """The scalar at a place of a document; `ABSENT` where there is none, as where a step moved it."""
    for part in place:
        is_there = part in document if isinstance(document, dict) else isinstance(part, int) and part < len(document)
        if not is_there:
            return ABSENT
        document = document[part]
    return ABSENT if isinstance(document, dict | list) else document


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


def _best(documents: Sequence[dict[str, Any]], writer: Edition) -> tuple[int, str]:
    """Index of the shortest document that keeps the writer's cross-field rules, if one does; what is said of it."""
    weighed = [(len(writer.broken_rules(one)), len(_json.dumps(one)), index) for index, one in enumerate(documents)]
    broken, _, index = min(weighed)
    return index, " (the document breaks a cross-field rule besides)" if broken else ""


def _why(fault: Fault, encounter: Encounter) -> str:
    """Why the reader refuses, in one sentence: the validator's, or that of what happened before it."""
    if fault.keyword == "version":
        return f"the reader of {encounter.reader.contract.version} does not take this version"
    place = "".join(f"/{part}" for part in fault.place)
    return f"{place}: {fault.says}" if place and fault.says else fault.says or place


def _about_texts(change: Change, encounter: Encounter) -> tuple[str, str]:
    """Of a change of a pattern or a length, what is certain beyond the documents that passed, and what is in doubt."""
    if not texts.is_about_texts(change):
        return "", ""
    parts, writer = parts_of(change.pointer), encounter.writer
    try:
        found = texts.beyond(change, tagged_at(writer.strict, parts), tagged_at(encounter.reader.gate, parts))
    except Undecided as undecided:
        return "", str(undecided)
    if not found:
        return ", as every other text would", ""
    for text in found:  # a step may mend it: then it was in a document that passed
        made = (one for base in writer.documents[:BASES] for one in documents_with(writer.strict, parts, text, base))
        if not any(map(writer.writes, made)):
            return "", "a text that is refused may be written, in no document that could be made"
    return "", ""


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
