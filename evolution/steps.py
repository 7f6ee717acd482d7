"""Steps between versions judged by what they do: documents of one version go through the step to the other.

A step is held to what every reader relies on: it is there, it ends with an object that states its own version, it does
the same twice, it leaves its argument alone, and it loses nothing. What stood in the old document at a place that both
versions know stands in the new one; a value may change only where the new version would refuse the old one. Fields
that neither version knows stay, too, at every depth where readers take them: each document is also judged with one in
each of its objects.

A step back is held to the same, with documents of the later version; fields that only it knows may stay, since they
go after the step (`runpact_core._downgrades`). With it or without one, what was upgraded can be taken back: the old
version reads what is left.
"""

from __future__ import annotations

import copy
import traceback
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from evolution.model import Change, Proof, Verdict
from evolution.places import nodes_at
from runpact_core import _gate, _json, _pointer, _versions
from runpact_core.errors import RunpactError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from evolution.editions import Edition
    from evolution.model import Kind

    Step = Callable[[Mapping[str, Any]], dict[str, Any]]
    Place = tuple[str | int, ...]

__all__ = ["STEP_FAILURES", "StepFault", "back_faults", "said_of", "step_faults", "step_verdicts"]

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


class _Way(NamedTuple):
    """A step with its name in sentences, the version that it makes, and what both versions know."""

    name: str
    step: Step
    to: Edition
    known: _Known
    is_back: bool


def step_verdicts(before: Edition, after: Edition, step: Step | None, back: Step | None = None) -> list[Verdict]:
    """What is wrong with the steps between two versions, each as a change of its own with the verdict on READ.

    Args:
        before: The version that the step takes.
        after: The version that the step makes.
        step: The step; None where there is none and there should be one.
        back: The step back, where more is to be done than leaving fields out.
    """
    old, new = before.contract, after.contract
    place = (new.source.path, new.source.line("/$id"))
    if step is None:
        says = f"no document of {old.version} is read: there is no step to {new.name} {new.version}"
        found = [(StepFault("step-missing", "", says, next(iter(before.documents), {})), place)]
    else:
        found = [(fault, _place(step) or place) for fault in _few(step_faults(before, after, step))]
        found += [(fault, _place(back or step) or place) for fault in _no_way_back(before, after, step, back)]
    if back is not None:
        found += [(fault, _place(back) or place) for fault in _few(back_faults(before, after, back))]
    verdicts = []
    for fault, where in found:
        change = Change(new.name, old.version, new.version, fault.pointer, fault.kind, None, None, *where)
        proof = Proof("counterexample", 0, fault.document, fault.says)
        verdicts.append(Verdict(change, "READ", compatible=False, proof=proof))
    return verdicts


def step_faults(before: Edition, after: Edition, step: Step) -> list[StepFault]:
    """What is wrong with a step, each with the shortest document that shows it, by kind and place."""
    way = _Way("the upgrade step", step, after, _Known(before, after), is_back=False)
    return _shortest(fault for document in before.documents for fault in _of_each(document, before, way))


def back_faults(before: Edition, after: Edition, back: Step) -> list[StepFault]:
    """What is wrong with the step back from ``after`` to ``before``, in the same form."""
    way = _Way("the step back", back, before, _Known(after, before), is_back=True)
    return _shortest(fault for document in after.documents for fault in _of_each(document, after, way))


def _no_way_back(before: Edition, after: Edition, step: Step, back: Step | None) -> list[StepFault]:
    """What the old version refuses of its own documents after they were upgraded and taken back, by the shortest."""

    def refused(document: dict[str, Any]) -> Iterator[StepFault]:
        try:
            made = _taken_back(step(copy.deepcopy(document)), after, before, back)
        except STEP_FAILURES:
            return  # which is told of the step that failed
        for fault in before.faults(made)[:1]:
            place = _pointer.pointer([*fault.place])
            what = "the step back makes of it" if back else "is left without a step back (STEPS_BACK)"
            says = f"what was upgraded cannot be taken back: {before.contract.version} refuses what {what}, at {place}"
            yield StepFault("step-fails", "", says, document)

    return _shortest(fault for document in before.documents for fault in refused(document))


def _few(faults: list[StepFault]) -> list[StepFault]:
    """Those that are told; the last one says how many are not."""
    left = len(faults) - SHOWN
    if left <= 0:
        return faults
    last = faults[SHOWN - 1]
    return [*faults[: SHOWN - 1], last._replace(says=f"{last.says}; {left} more place{'s' * (left > 1)} beside it")]


def _shortest(faults: Iterable[StepFault]) -> list[StepFault]:
    found: dict[tuple[str, str], StepFault] = {}
    for fault in faults:
        last = found.setdefault((fault.kind, fault.pointer), fault)
        if len(_json.dumps(fault.document)) < len(_json.dumps(last.document)):
            found[fault.kind, fault.pointer] = fault
    return [found[key] for key in sorted(found)]


def said_of(step: Step, error: BaseException, name: str = "the upgrade step") -> str:
    """What a step raised, and where: ``the upgrade step raised KeyError: 'a' (…/_upgrades.py:31)``."""
    file = step.__code__.co_filename if hasattr(step, "__code__") else ""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    where = f" ({_relative(file)}:{frames[-1].lineno})" if frames else ""
    return f"{name} raised {type(error).__name__}: {error}{where}"


def _of_each(document: dict[str, Any], writer: Edition, way: _Way) -> Iterator[StepFault]:
    """The faults that a document shows as it is, and with fields that no version knows; with few, where some do."""
    yield from _of_document(document, way)
    places = [place for place in _objects(document, ()) if writer.reads(_with_unknown(document, [place]))]
    found = list(_of_document(_with_unknown(document, places), way)) if places else []
    yield from found
    for place in places if found else []:
        yield from _of_document(_with_unknown(document, [place]), way)


def _objects(value: Any, path: Place) -> Iterator[Place]:
    """The way to every object in a document."""
    if isinstance(value, dict):
        yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in members:
        yield from _objects(child, (*path, key))


def _with_unknown(document: dict[str, Any], places: Iterable[Place]) -> dict[str, Any]:
    made = copy.deepcopy(document)
    whole: Any = made
    for place in places:
        reduce(getitem, place, whole)[UNKNOWN] = 1
    return made


def _taken_back(document: dict[str, Any], later: Edition, earlier: Edition, back: Step | None) -> dict[str, Any]:
    """What a document is in the version before, as `runpact_core._downgrades` makes it."""
    left = _stated(document, earlier)
    left = back(left) if back else left
    whole: Any = left
    for *parents, name in earlier.unknown_places(left) - later.unknown_places(document):
        del reduce(getitem, parents, whole)[name]
    return left


def _stated(document: dict[str, Any], edition: Edition) -> dict[str, Any]:
    """A copy that states the version, where documents state it as text."""
    stated = {"schema_version": edition.contract.version} if edition.version.versioned_by == "schema_version" else {}
    return copy.deepcopy(document) | stated


def _of_document(document: dict[str, Any], way: _Way) -> Iterator[StepFault]:
    taken = _stated(document, way.to) if way.is_back else document
    given = copy.deepcopy(taken)
    try:
        made = way.step(given)
        again = way.step(copy.deepcopy(taken))
    except STEP_FAILURES as error:
        yield StepFault("step-fails", "", said_of(way.step, error, way.name), document)
        return
    if given != taken:
        yield StepFault("step-fails", "", f"{way.name} changes its argument", document)
    elif made != again:
        yield StepFault("step-fails", "", f"{way.name} makes something else each time", document)
    elif not _states_itself(made, way):
        yield StepFault("step-fails", "", f"what {way.name} makes is no {way.to.contract.version}", document)
    else:
        for parts, what in way.known.losses(taken, made, ()):
            yield StepFault("step-loses", _pointer.pointer([*parts]), f"{way.name} {what}", document)


def _states_itself(made: object, way: _Way) -> bool:
    """Whether the version table reads what a step made as the version that it should be."""
    if not isinstance(made, dict):
        return False
    if way.is_back and way.to.version.versioned_by == "shape":
        return True  # the version that the later one states goes afterwards
    try:
        decision = _versions.decide(made, (way.to.version,))
    except RunpactError:
        return False
    return decision.reading == "exact"


class _Known:
    """What two versions know of places in documents, looked up once for each place."""

    def __init__(self, before: Edition, after: Edition) -> None:
        self._views = (before.strict, after.strict, after.gate)
        self._nodes: dict[tuple[str, ...], tuple[list[Any], ...]] = {}
        self._takes: dict[tuple[str, ...], list[Any]] = {}

    def losses(self, old: Any, new: Any, parts: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
        """Places of which something is lost between two values, and how; ``*`` for elements and free names."""
        if isinstance(old, dict) and isinstance(new, dict):
            for name, value in old.items():
                place = self._named(parts, name)
                if place is None:
                    yield from self._of_nobody(name, old, new, parts)
                elif name in new:
                    yield from self.losses(value, new[name], place)
                else:
                    yield place, _known_to_both("loses", place)
        elif isinstance(old, list) and isinstance(new, list):
            yield from self._of_list(old, new, (*parts, "*"))
        elif (old != new or type(old) is not type(new)) and old is not None and self._takes_still(old, parts):
            yield parts, _known_to_both("changes", parts)

    def _of_nobody(
        self, name: str, old: dict[str, Any], new: dict[str, Any], parts: tuple[str, ...]
    ) -> Iterator[tuple[tuple[str, ...], str]]:
        """The loss of a field that neither version names, where the new one takes such fields."""
        names = {known for view in (0, 1) for node in self._flat(parts, view) for known in node.get("properties", {})}
        is_open = any(node.get("additionalProperties", True) is True for node in self._flat(parts, 2))
        if name in names or not is_open or (name in new and _json.dumps(new[name]) == _json.dumps(old[name])):
            return
        what = "changes" if name in new else "drops"
        of = f" of {_pointer.pointer([*parts])}" if parts else ""
        yield parts, f"{what} a field{of} that no version knows ({name}), and such fields stay"

    def _of_list(self, old: list[Any], new: list[Any], parts: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
        if len(new) < len(old):
            yield parts, _known_to_both("loses elements of", parts)
        elif sorted(map(repr, old)) != sorted(map(repr, new)):  # another order is no loss
            for before, after in zip(old, new, strict=False):
                yield from self.losses(before, after, parts)

    def _at(self, parts: tuple[str, ...]) -> tuple[list[Any], ...]:
        if parts not in self._nodes:
            self._nodes[parts] = tuple(nodes_at(view, parts) for view in self._views)
        return self._nodes[parts]

    def _named(self, parts: tuple[str, ...], name: str) -> tuple[str, ...] | None:
        """The place of a property that both versions know; None where one does not."""
        whole = (*parts, name)
        if all(any(node for node in nodes) for nodes in self._at(whole)[:2]):  # an open object knows nothing of a name
            is_named = any(name in node.get("properties", {}) for node in self._flat(parts, 1))
            return whole if is_named else (*parts, "*")
        return None

    def _flat(self, parts: tuple[str, ...], view: int) -> list[Any]:
        """The nodes of objects at a place of one view, each branch of a union for itself."""
        defs = self._views[view].get("$defs", {})
        found = []
        for node in self._at(parts)[view]:
            branches = node.get("oneOf", [node])
            found += [defs[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in branches]
        return found

    def _takes_still(self, value: Any, parts: tuple[str, ...]) -> bool:
        """Whether the new version would take a value of the old one as it is."""
        if parts not in self._takes:
            defs = self._views[1]["$defs"]
            after = self._at(parts)[1]
            self._takes[parts] = [_gate.make_validator({**node, "$defs": defs}).is_valid for node in after]
        return any(takes(value) for takes in self._takes[parts])


def _known_to_both(what: str, parts: tuple[str, ...]) -> str:
    return f"{what} {_pointer.pointer([*parts])}, which readers of both versions know"


def _place(step: Step) -> tuple[str, int] | None:
    """File and line of a step; None where it is of no file of the project."""
    code = getattr(step, "__code__", None)
    if code is None or not Path(code.co_filename).is_relative_to(ROOT):
        return None
    return _relative(code.co_filename), code.co_firstlineno


def _relative(file: str) -> str:
    path = Path(file)
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
