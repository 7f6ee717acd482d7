"""Two sets of contracts compared: what changed, what that breaks, and whether the version numbers say so.

Of each contract are compared

* every version that both sets have, since a version that readers know is not edited in place,
* every version that only the new set has, with the version before it, and with documents of all versions before that.

A version that nobody reads yet may be edited in place: one whose old catalog entry says ``planned``, and one that no
release froze, where the old set says what releases did. It is then judged as if it was new, and a planned one may go.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from codegen.load import version_key
from evolution import levels
from evolution.diff import changes, same_shape
from evolution.editions import Edition
from evolution.lineage import Lineage
from evolution.model import Change, Comparison, ContractDiff, Proof, Verdict
from evolution.proof import Encounter, api_verdict, data_verdict
from evolution.steps import step_verdicts
from runpact_core._upgrades import STEPS, STEPS_BACK

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from codegen.load import Contract, ContractSet
    from evolution.model import Given, Kind, Required

    Step = Callable[[Mapping[str, Any]], dict[str, Any]]

__all__ = ["compare", "compare_versions"]


def compare(  # noqa: PLR0913 - two sets with a name, and what is known of the steps
    old: ContractSet,
    new: ContractSet,
    against: str,
    *,
    steps: Mapping[tuple[str, str], Step] = STEPS,
    backs: Mapping[tuple[str, str], Step] = STEPS_BACK,
    stepped: Collection[str] = (),
) -> Comparison:
    """Compare two sets of contracts.

    Args:
        old: The contracts that readers and writers in the field have.
        new: The contracts as they are to be.
        against: What the old set is called.
        steps: The upgrade steps by contract and the version that each makes; a version without one only states itself.
        backs: The steps back that do more than leave fields out, by contract and the version that each makes.
        stepped: The contracts of which every later version must have a step.
    """
    judge = _Judge(old, new, steps, backs, stepped)
    diffs = [diff for name in sorted({*old.names, *new.names}) for diff in judge.contract(name)]
    return Comparison(against, tuple(diffs), judge.judged)


def compare_versions(
    old: Contract,
    new: Contract,
    sets: tuple[ContractSet, ContractSet],
    *,
    steps: Mapping[tuple[str, str], Step] = STEPS,
) -> ContractDiff:
    """Compare two versions of one contract, each of its own set; no changes where they are equal."""
    return _Judge(*sets, steps, {}).pair(old, new, sets[0])


class _Judge:
    """Compares contracts of two sets, and counts the documents that it judges."""

    def __init__(
        self,
        old: ContractSet,
        new: ContractSet,
        steps: Mapping[tuple[str, str], Step],
        backs: Mapping[tuple[str, str], Step],
        stepped: Collection[str] = (),
    ) -> None:
        self.old = old
        self.new = new
        self.judged = 0
        self._steps = steps
        self._backs = backs
        self._stepped = stepped
        self._same_common = old.definitions == new.definitions
        self._editions: dict[int, Edition] = {}  # by the contract's identity; both sets outlive this

    def contract(self, name: str) -> Iterator[ContractDiff]:
        """All differences of one contract, by version."""
        olds = {one.version: one for one in self.old.versions(name)}
        news = {one.version: one for one in self.new.versions(name)}
        if not olds:
            yield from self._arrived(news)
            return
        if not news:
            yield self._left(list(olds.values()))
            return
        lineage = Lineage()
        for version in sorted({*olds, *news}, key=version_key):
            if version not in news:
                yield self._withdrawn(olds[version], list(news.values())[-1])
            elif version in olds:
                if not self._is_untouched(olds[version], news[version]):
                    diff = self.pair(olds[version], news[version], self.old)
                    yield from [diff] if diff.changes else []
                    again = (
                        [self._added(news[version], olds, news, lineage)] if _is_unread(olds[version], self.old) else []
                    )
                    yield from (one for one in again if not one.ok)
            else:
                yield self._added(news[version], olds, news, lineage)
            if version in news:
                lineage.add(self._edition(news[version], self.new), self._step_to(news[version]))
        self.judged += lineage.judged

    def _is_untouched(self, old: Contract, new: Contract) -> bool:
        same = old.source.tree == new.source.tree and old.entry == new.entry and old.examples == new.examples
        return same and self._same_common

    def pair(self, old: Contract, new: Contract, olds: ContractSet) -> ContractDiff:
        """Two versions, or two editions of one; ``olds`` is the set that the old one belongs to."""
        commons = {"old_common": olds.common, "new_common": self.new.common}
        found = changes(old, new, **commons, new_catalog=self.new.catalog)
        before, after = self._edition(old, olds), self._edition(new, self.new)
        meetings = _Meetings(before, after, self._steps_to(old, new))
        verdicts = tuple(meetings.verdicts(found))
        self.judged += meetings.judged
        needed = levels.required(found, verdicts, is_configuration=after.is_configuration)
        got = levels.given(old.version, new.version)
        ok = levels.is_enough(needed, got) or (got == "none" and _is_unread(old, olds))
        return ContractDiff(old.name, old.version, new.version, found, verdicts, needed, got, ok)

    def _edition(self, contract: Contract, members: ContractSet) -> Edition:
        """The edition of a contract, made once."""
        return self._editions.setdefault(id(contract), Edition(contract, members.definitions))

    def _steps_to(self, old: Contract, new: Contract) -> list[Step]:
        if old.version == new.version:
            return []
        return [self._step_to(new)]

    def _step_to(self, new: Contract) -> Step:
        return self._steps.get((new.name, new.version)) or _states(new)

    def _added(
        self, new: Contract, olds: Mapping[str, Contract], news: Mapping[str, Contract], lineage: Lineage
    ) -> ContractDiff:
        """A version that nobody reads yet: compared with those before it, and its number with the last one's."""
        before = [one for one in sorted({*olds, *news}, key=version_key) if version_key(one) < version_key(new.version)]
        if not before:
            return _event(new, "version-added", "new", ok=True)
        last = before[-1]
        is_old = last not in news or (last in olds and not _is_unread(olds[last], self.old))
        former, members = (olds if is_old else news)[last], self.old if is_old else self.new
        wrong = self._wrong_steps(former, new, members)
        diff = self.pair(former, new, members)
        kind: Kind | None = _leap(last, new.version, {version_key(one)[0] for one in olds})
        found = (_change(new, last, "version-added"), *([_change(new, last, kind)] if kind else []))
        found += (*(verdict.change for verdict in wrong), *diff.changes)
        came = [change for change in diff.changes if change.kind.endswith("-property-added")]
        chain = lineage.verdict(found[0], came, self._edition(new, self.new), self._step_to(new))
        verdicts = (*([chain] if chain else []), *wrong, *diff.verdicts)
        needed: Required = diff.required if chain is None or chain.compatible else "major"
        ok = levels.is_enough(needed, diff.given) and kind is None and not wrong
        return ContractDiff(new.name, last, new.version, found, verdicts, needed, diff.given, ok=ok)

    def _wrong_steps(self, old: Contract, new: Contract, olds: ContractSet) -> list[Verdict]:
        """What is wrong with the upgrade step between two versions, or that there is none."""
        step = self._steps.get((new.name, new.version))
        if step is None and new.name not in self._stepped:
            return []
        back = self._backs.get((old.name, old.version))
        return step_verdicts(self._edition(old, olds), self._edition(new, self.new), step, back)

    def _arrived(self, news: Mapping[str, Contract]) -> Iterator[ContractDiff]:
        """A contract that only the new set has; one that came under another name is told where that one left."""
        for index, contract in enumerate(news.values()):
            yield _event(contract, "contract-added" if index == 0 else "version-added", "new", ok=True)

    def _left(self, olds: list[Contract]) -> ContractDiff:
        """A contract that only the old set has."""
        old = olds[-1]
        heirs = [
            one
            for name in self.new.names
            if not self.old.versions(name)
            for one in self.new.versions(name)
            if same_shape(old, one, old_common=self.old.common, new_common=self.new.common)
        ]
        change = Change(
            old.name,
            old.version,
            "",
            "",
            "contract-renamed" if heirs else "contract-removed",
            old.name,
            heirs[0].name if heirs else None,
            self.new.catalog.path,
            1,
        )
        says = "no reader is left that knows the contract by this name"
        return self._gone(old, change, says, is_free=all(_is_planned(one) for one in olds))

    def _withdrawn(self, old: Contract, newest: Contract) -> ContractDiff:
        """A version that only the old set has, of a contract that stays."""
        change = Change(old.name, old.version, "", "", "version-removed", old.version, None, self.new.catalog.path, 1)
        says = f"{old.name} is read up to {newest.version}, and {old.version} is not known"
        return self._gone(old, change, says, is_free=_is_planned(old))

    def _gone(self, old: Contract, change: Change, says: str, *, is_free: bool) -> ContractDiff:
        if is_free:
            return ContractDiff(old.name, old.version, "", (change,), (), "none", "removed", ok=True)
        shown = next(iter(self._edition(old, self.old).documents), None)
        self.judged += shown is not None
        proof = Proof("counterexample", 0, shown, says)
        verdict = Verdict(change, "READ", compatible=False, proof=proof)
        return ContractDiff(old.name, old.version, "", (change,), (verdict,), "major", "removed", ok=False)


class _Meetings:
    """The encounters of two editions, each made when first asked for."""

    def __init__(self, before: Edition, after: Edition, steps: list[Step]) -> None:
        self._before = before
        self._after = after
        self._steps = steps

    @cached_property
    def _encounters(self) -> dict[str, Encounter]:
        return {
            "READ": Encounter("READ", self._before, self._after, self._steps),
            "WRITE": Encounter("WRITE", self._after, self._before),
        }

    @property
    def judged(self) -> int:
        """How many documents were judged."""
        made = self.__dict__.get("_encounters", {})
        return sum(encounter.judged for encounter in made.values())

    def verdicts(self, found: tuple[Change, ...]) -> Iterator[Verdict]:
        """A verdict for each level that each change touches."""
        renamed = {change.pointer for change in found if change.kind == "field-renamed"}
        for change in found:
            for level in levels.levels_of(change.kind):
                if change.kind == "status-reverted":
                    yield _taken_back(change, self._before)
                elif level != "API":
                    yield data_verdict(change, self._encounters[level])
                elif change.kind != "property-removed" or change.pointer not in renamed:
                    yield api_verdict(change, self._before, self._after)


def _is_unread(old: Contract, olds: ContractSet) -> bool:
    """Whether no reader in the field knows a version: it was planned only, or is newer than the last release."""
    if _is_planned(old):
        return True
    if olds.released is None or not olds.released.releases:
        return False
    return old.source.path not in olds.released.contract_paths


def _is_planned(contract: Contract) -> bool:
    return contract.entry.get("status") == "planned"


def _taken_back(change: Change, before: Edition) -> Verdict:
    """The verdict on a status that goes back: what was promised of its documents would not hold any more."""
    says = "documents that were written on the word of the old status; a status goes on, or stays"
    proof = Proof("counterexample", 0, next(iter(before.documents), None), says)
    return Verdict(change, "READ", compatible=False, proof=proof)


def _states(contract: Contract) -> Step:
    """The step that states the version and does nothing else."""
    field = contract.entry.get("versioned_by", "schema_version")
    version: str | int = int(contract.version) if field == "version" else contract.version
    return lambda data: dict(data) if field == "shape" else {**data, field: version}


def _leap(last: str, version: str, majors: set[int]) -> Kind | None:
    """How a version number jumps: over a version, over a major, or by more than one major since the old set."""
    before, after = version_key(last), version_key(version)
    if after[0] == before[0]:
        return "version-skipped" if after[1] > before[1] + 1 else None
    if after[0] > max(majors) + 1:
        return "majors-skipped"
    return "version-skipped" if any(after[1:]) else None


def _change(new: Contract, old_version: str, kind: Kind) -> Change:
    value: Any = None if kind == "version-added" else old_version or None
    path, line = new.source.path, new.source.line("/$id")
    return Change(new.name, old_version, new.version, "", kind, value, new.version, path, line)


def _event(new: Contract, kind: Kind, given: Given, *, ok: bool) -> ContractDiff:
    return ContractDiff(new.name, "", new.version, (_change(new, "", kind),), (), "none", given, ok)
