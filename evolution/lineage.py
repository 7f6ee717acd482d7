"""Documents of every version of a contract, carried to a new version by the chain of upgrade steps.

Neighbours may fit where the chain does not: a property that one version removes stays in documents as an unknown field,
and a later version may give its name to something else. So a new version also meets documents of all versions before
its predecessor. Only what the predecessor still reads counts against it; the rest was judged when it broke.

Documents at a name that came back are made of every version that had it. Besides, some of each version are carried;
where a contract has very many versions, of every second one and so on, so that each new one costs the same.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from evolution.model import Proof, Verdict
from evolution.places import nodes_at, parts_of
from evolution.proof import aimed
from evolution.steps import STEP_FAILURES
from runpact_core import _json, _pointer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from evolution.editions import Edition
    from evolution.model import Change

    Step = Callable[[Mapping[str, Any]], dict[str, Any]]

__all__ = ["Lineage"]

MOST: Final = 160  # documents that are carried on
CARRIED: Final = 4  # documents of each version that are carried on, the longest among them


class Lineage:
    """The versions of one contract so far, oldest first, and their documents; counts what it judges."""

    def __init__(self) -> None:
        self.judged = 0
        self._links: list[tuple[Edition, Step]] = []
        self._carried: list[_Carried] = []
        self._reached = 0  # versions whose documents are among the carried ones, which state the last of these

    def add(self, edition: Edition, step: Step) -> None:
        """Go on to a version, which that step makes of the one before it."""
        self._links.append((edition, step))

    def verdict(self, change: Change, added: Sequence[Change], after: Edition, step: Step) -> Verdict | None:
        """Whether a new version reads what the one before it read of older ones; None where there are no older ones.

        Args:
            change: What the verdict is about.
            added: Properties that the new version has and the one before it has not, which older ones may have had.
            after: The new version.
            step: What makes it of the version before it.
        """
        if len(self._links) < 2:
            return None
        last = self._links[-1][0]
        passed, against = 0, []
        for one in self._travelled(added, after):
            self.judged += 1
            if last.faults(one.now):
                continue
            place = _refused(one.now, step, after)
            if place is None:
                passed += 1
            else:
                against.append((one, place))
        if not against:
            says = f"{passed} documents of versions before {last.contract.version} passed, too"
            return Verdict(change, "READ", compatible=True, proof=Proof("documents", passed, None, says))
        one, place = min(against, key=_weight)
        says = (
            f"data of {one.origin.contract.version}, new reader: refused{place}; "
            f"{last.contract.version} reads it, through the same steps"
        )
        return Verdict(change, "READ", compatible=False, proof=Proof("counterexample", passed, one.written, says))

    def _travelled(self, added: Iterable[Change], after: Edition) -> Iterator[_Carried]:
        """Documents of all versions before the last one, as the last one has them; first those that are aimed."""
        while self._reached < len(self._links):
            edition, step = self._links[self._reached]
            carried = (_stepped(one, [step]) for one in self._carried)
            self._carried = [one for one in carried if one is not None]
            self._carried += [_Carried(edition, document, document) for document in _some(edition.documents)]
            if len(self._carried) > MOST:
                self._carried = self._carried[::2]
            self._reached += 1
        last = self._links[-1][0]
        for change in added:
            yield from self._aimed(change, after)
        yield from (one for one in self._carried if one.origin is not last)

    def _aimed(self, change: Change, after: Edition) -> Iterator[_Carried]:
        """Documents that have something at a place that came back."""
        for index, (origin, _) in enumerate(self._links[:-1]):
            if not nodes_at(origin.strict, parts_of(change.pointer)):
                continue
            steps = [step for _, step in self._links[index + 1 :]]
            for document in aimed(change, origin, after):
                if origin.writes(document):
                    one = _stepped(_Carried(origin, document, document), steps)
                    yield from [one] if one else []


class _Carried(NamedTuple):
    """A document as it was written, and as the steps so far have it."""

    origin: Edition
    written: dict[str, Any]
    now: dict[str, Any]


def _some(documents: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first documents of a version and the longest one, which has most of what it may have."""
    chosen = list(documents[: CARRIED - 1])
    rest = documents[CARRIED - 1 :]
    return [*chosen, max(rest, key=lambda one: len(repr(one)))] if rest else chosen


def _weight(found: tuple[_Carried, str]) -> tuple[int, int]:
    """The less, the better an example it is: one that keeps the cross-field rules, and a short one."""
    one = found[0]
    return len(one.origin.broken_rules(one.written)), len(_json.dumps(one.written))


def _stepped(one: _Carried, steps: Sequence[Step]) -> _Carried | None:
    """The document some versions on; None where a step fails, which is judged where that step is."""
    now = copy.deepcopy(one.now)  # a step that changes its argument would change what was written
    try:
        for step in steps:
            now = step(now)
    except STEP_FAILURES:
        return None
    return one._replace(now=now)


def _refused(document: dict[str, Any], step: Step, reader: Edition) -> str | None:
    """Where the reader refuses a document after the step, in words; None where it takes it."""
    stepped = _stepped(_Carried(reader, document, document), [step])
    if stepped is None:
        return " by the upgrade step"
    faults = reader.faults(stepped.now)
    return f" at {_pointer.pointer([*faults[0].place]) or '/'}" if faults else None
