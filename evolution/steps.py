"""Upgrade steps judged by what they do: documents of one version go through the step to the next one.

A step is held to what every reader relies on: it is there, it ends with an object that states its own version, it does
the same twice, it leaves its argument alone, and it loses nothing. What stood in the old document at a place that both
versions know stands in the new one; a value may change only where the new version would refuse the old one. Fields
that neither version knows stay, too.
"""

from __future__ import annotations

import copy
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from evolution.model import Change, Proof, Verdict
from evolution.places import nodes_at
from runpact_core import _gate, _json, _versions
from runpact_core.errors import RunpactError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from evolution.editions import Edition
    from evolution.model import Kind

    Step = Callable[[Mapping[str, Any]], dict[str, Any]]

__all__ = ["STEP_FAILURES", "StepFault", "said_of", "step_faults", "step_verdicts"]

ROOT = Path(__file__).resolve().parent.parent
STEP_FAILURES: Final = (RunpactError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
"""What a step may raise that is told as its failure; everything else is a mistake of the comparison."""

UNKNOWN: Final = "x_unknown"  # a field that no version knows
SHOWN: Final = 5  # faults of one step that are told


class StepFault(NamedTuple):
    """What is wrong with a step: the kind of change, the place, a sentence, and a document that shows it."""

    kind: Kind
    pointer: str
    says: str
    document: dict[str, Any]


def step_verdicts(before: Edition, after: Edition, step: Step | None) -> list[Verdict]:
    """What is wrong with the step between two versions, each as a change of its own with the verdict on READ.

    Args:
        before: The version that the step takes.
        after: The version that the step makes.
        step: The step; None where there is none and there should be one.
    """
    old, new = before.contract, after.contract
    place = (new.source.path, new.source.line("/$id"))
    if step is None:
        says = f"no document of {old.version} is read: there is no step to {new.name} {new.version}"
        found = [StepFault("step-missing", "", says, next(iter(before.documents), {}))]
    else:
        found = step_faults(before, after, step)
        place = _place(step) or place
    verdicts = []
    for fault in found[:SHOWN]:
        change = Change(new.name, old.version, new.version, fault.pointer, fault.kind, None, None, *place)
        proof = Proof("counterexample", 0, fault.document, fault.says)
        verdicts.append(Verdict(change, "READ", compatible=False, proof=proof))
    return verdicts


def step_faults(before: Edition, after: Edition, step: Step) -> list[StepFault]:
    """What is wrong with a step, each with the shortest document that shows it, by kind and place."""
    known = _Known(before, after)
    found: dict[tuple[str, str], StepFault] = {}
    for document in _documents(before):
        for fault in _of_document(document, after, step, known):
            last = found.setdefault((fault.kind, fault.pointer), fault)
            if len(_json.dumps(fault.document)) < len(_json.dumps(last.document)):
                found[fault.kind, fault.pointer] = fault
    return [found[key] for key in sorted(found)]


def said_of(step: Step, error: BaseException) -> str:
    """What a step raised, and where: ``the upgrade step raised KeyError: 'a' (…/_upgrades.py:31)``."""
    file = step.__code__.co_filename if hasattr(step, "__code__") else ""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    where = f" ({_relative(file)}:{frames[-1].lineno})" if frames else ""
    return f"the upgrade step raised {type(error).__name__}: {error}{where}"


def _documents(before: Edition) -> Iterator[dict[str, Any]]:
    """The version's own documents; where readers are tolerant, one more that has a field that they do not know."""
    documents = before.documents
    yield from documents
    if documents and not before.is_configuration:
        yield {**documents[0], UNKNOWN: 1}


def _of_document(document: dict[str, Any], after: Edition, step: Step, known: _Known) -> Iterator[StepFault]:
    given = copy.deepcopy(document)
    try:
        made = step(given)
        again = step(copy.deepcopy(document))
    except STEP_FAILURES as error:
        yield StepFault("step-fails", "", said_of(step, error), document)
        return
    if given != document:
        yield StepFault("step-fails", "", "the upgrade step changes its argument", document)
    elif made != again:
        yield StepFault("step-fails", "", "the upgrade step makes something else each time", document)
    elif not _states_itself(made, after):
        yield StepFault("step-fails", "", f"what the upgrade step makes is no {after.contract.version}", document)
    else:
        for parts, what in known.losses(document, made, ()):
            pointer = "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in parts)
            says = f"the upgrade step {what} {pointer}, which readers of both versions know"
            yield StepFault("step-loses", pointer, says, document)
        if UNKNOWN in document and UNKNOWN not in made:
            says = "the upgrade step drops a field that no version knows, and such fields stay"
            yield StepFault("step-loses", "", says, document)


def _states_itself(made: object, after: Edition) -> bool:
    """Whether the version table reads what a step made as the version that it should be."""
    if not isinstance(made, dict):
        return False
    try:
        decision = _versions.decide(made, (after.version,))
    except RunpactError:
        return False
    return decision.reading == "exact"


class _Known:
    """What two versions know of places in documents, looked up once for each place."""

    def __init__(self, before: Edition, after: Edition) -> None:
        self._views = (before.strict, after.strict)
        self._nodes: dict[tuple[str, ...], tuple[list[Any], list[Any]]] = {}
        self._takes: dict[tuple[str, ...], list[Any]] = {}

    def losses(self, old: Any, new: Any, parts: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
        """Places of which something is lost between two values, and how; ``*`` for elements and free names."""
        if isinstance(old, dict) and isinstance(new, dict):
            for name, value in old.items():
                place = self._named(parts, name)
                if place is None:
                    continue
                if name in new:
                    yield from self.losses(value, new[name], place)
                else:
                    yield place, "loses"
        elif isinstance(old, list) and isinstance(new, list):
            yield from self._of_list(old, new, (*parts, "*"))
        elif (old != new or type(old) is not type(new)) and old is not None and self._takes_still(old, parts):
            yield parts, "changes"

    def _of_list(self, old: list[Any], new: list[Any], parts: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
        if len(new) < len(old):
            yield parts, "loses elements of"
        elif sorted(map(repr, old)) != sorted(map(repr, new)):  # another order is no loss
            for before, after in zip(old, new, strict=False):
                yield from self.losses(before, after, parts)

    def _at(self, parts: tuple[str, ...]) -> tuple[list[Any], list[Any]]:
        if parts not in self._nodes:
            before, after = (nodes_at(view, parts) for view in self._views)
            self._nodes[parts] = before, after
        return self._nodes[parts]

    def _named(self, parts: tuple[str, ...], name: str) -> tuple[str, ...] | None:
        """The place of a property that both versions know; None where one does not."""
        whole = (*parts, name)
        if all(any(node for node in nodes) for nodes in self._at(whole)):  # an open object knows nothing of a name
            is_named = any(name in node.get("properties", {}) for node in self._flat(parts))
            return whole if is_named else (*parts, "*")
        return None

    def _flat(self, parts: tuple[str, ...]) -> list[Any]:
        view = self._views[1]
        found = []
        for node in self._at(parts)[1]:
            branches = node.get("oneOf", [node])
            found += [view["$defs"][one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in branches]
        return found

    def _takes_still(self, value: Any, parts: tuple[str, ...]) -> bool:
        """Whether the new version would take a value of the old one as it is."""
        if parts not in self._takes:
            defs = self._views[1]["$defs"]
            after = self._at(parts)[1]
            self._takes[parts] = [_gate.make_validator({**node, "$defs": defs}).is_valid for node in after]
        return any(takes(value) for takes in self._takes[parts])


def _place(step: Step) -> tuple[str, int] | None:
    """File and line of a step; None where it is of no file of the project."""
    code = getattr(step, "__code__", None)
    if code is None or not Path(code.co_filename).is_relative_to(ROOT):
        return None
    return _relative(code.co_filename), code.co_firstlineno


def _relative(file: str) -> str:
    path = Path(file)
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
