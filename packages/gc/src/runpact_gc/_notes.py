"""What people are told about a plan beyond its lines: what no rule is about, looks wrong, or is too large. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from runpact_gc import _hints, _rules
from runpact_gc._groups import is_suspicious
from runpact_gc._model import Group
from runpact_gc._settings import rule_for
from runpact_gc._sizes import count, short
from runpact_gc._times import utc

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from runpact_gc._groups import Ranked
    from runpact_gc._model import Decision
    from runpact_gc._protect import Stray
    from runpact_gc._settings import Settings

__all__ = ["Said", "about_pins", "notes"]

_MOST = 10  # of each thing that a note names


class Said(NamedTuple):
    """What was noticed while a plan was made."""

    groups: Mapping[Group, Ranked]
    strays: Sequence[Stray]
    now_s: int
    clock_is_behind: bool
    store: str = ""
    families: Collection[str] = ()


def notes(decisions: Sequence[Decision], settings: Settings, said: Said) -> tuple[str, ...]:
    """The notes of a plan, in a fixed order."""
    return (
        *_about_the_clock(decisions, said),
        *_about_missing_rules(said.groups, settings),
        *about_pins(said.strays),
        *_about_budgets(decisions, settings),
        *(_hints.going_elsewhere(decisions, settings, said.store) if said.store else ()),
        *(_about_words(said, settings) if said.store else ()),
    )


def _about_words(said: Said, settings: Settings) -> Iterator[str]:
    yield from _hints.about_patterns(settings)
    yield from _hints.about_families(settings, said.families)


def _about_the_clock(decisions: Iterable[Decision], said: Said) -> Iterator[str]:
    if said.clock_is_behind:
        yield f"the clock says {utc(said.now_s)}, which is before what was already recorded: nothing expires"
    if all(len(ranked.counted) == len(ranked.all) for ranked in said.groups.values()):
        return
    future = sorted(entry for entry, _, _ in decisions if is_suspicious(entry, said.now_s))
    if future:
        listed = _some([f"{entry.id} {entry.family} {utc(entry.time_s)}" for entry in future])
        yield f"dated in the future, so kept and counted by no rule: {listed}"


def _about_missing_rules(groups: Mapping[Group, Ranked], settings: Settings) -> Iterator[str]:
    free = [group for group in groups if not _has_rule(settings, group)]
    if not free:
        return
    if len(free) == len(groups):
        yield "the policy is empty: no rule is about any family, so everything is kept"
    else:
        listed = _some(
            [f"{group.family} ({group.layout}, {count(len(groups[group].all), 'entry', 'entries')})" for group in free]
        )
        yield f"no rule is about these families, so all of their entries are kept: {listed}"


def _has_rule(settings: Settings, group: Group) -> bool:
    rule = rule_for(settings, group)
    return rule is not None and bool(_rules.describe(rule))


def about_pins(strays: Iterable[Stray]) -> Iterator[str]:
    """Pins that name nothing, or several entries."""
    for stray in strays:
        if stray.names:
            yield f"the pin {stray.name} in {stray.where} names {stray.names} entries; all of them are kept"
        else:
            yield f"the pin {stray.name} in {stray.where} names no entry"


def _about_budgets(decisions: Sequence[Decision], settings: Settings) -> Iterator[str]:
    rules = (*settings.retention.values(), *settings.layouts.values())
    if settings.max_total_size_mb is None and all(rule.max_total_size_mb is None for rule in rules):
        return
    kept: dict[Group, list[Decision]] = {}
    for decision in decisions:
        if decision.keep:
            kept.setdefault(Group(decision.entry.layout, decision.entry.family), []).append(decision)
    for group in sorted(kept):
        rule = rule_for(settings, group)
        if rule is not None:
            yield from _too_large(f"{group.family} ({group.layout})", kept[group], rule.max_total_size_mb)
    everything = [decision for group in kept.values() for decision in group]
    yield from _too_large("all families together", everything, settings.max_total_size_mb)


def _too_large(name: str, kept: Collection[Decision], most_mb: int | None) -> Iterator[str]:
    total = sum(decision.entry.size_bytes for decision in kept)
    if most_mb is None or total <= most_mb * _rules.MIB:
        return
    held: Counter[str] = Counter()
    for decision in kept:
        for slug in {reason.rule for reason in decision.reasons}:
            held[slug] += decision.entry.size_bytes
    by_size = sorted(held.items(), key=lambda item: (-item[1], item[0]))
    listed = ", ".join(f"{slug} {short(size_bytes)}" for slug, size_bytes in by_size)
    most = short(most_mb << 20)
    yield f"{name}: {short(total)} are kept, more than the {most} of max_total_size_mb; kept by {listed}"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return f"{', '.join(names[:_MOST])}{more}"
