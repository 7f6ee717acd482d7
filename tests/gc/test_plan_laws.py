"""Laws of plans over random stores and policies, judged by a model that shares no code with the planner."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runpact_gc._settings import DEFAULTS, Rule
from tests.gc.plan_samples import NOW, decided, kept, model, policies, ruled, rules, stores

if TYPE_CHECKING:
    from runpact_gc._model import Inventory, Plan
    from runpact_gc._settings import Settings

PINS = st.lists(st.sampled_from(["r0", "r4", "r8", "place/1"]), max_size=2)


def _kept_ids(made: Plan) -> set[str]:
    return {each.entry.id for each in made.decisions if each.keep}


@pytest.mark.no_cover  # many rounds of few lines: counting them takes longer than the rounds, and others see each
@settings(max_examples=2000, deadline=None)
@given(found=stores(), policy=policies(), names=PINS, number=st.integers(0, 11), length=st.integers(3, 12))
def test_plan_is_that_of_the_model(
    found: Inventory, policy: Settings, names: list[str], number: int, length: int
) -> None:
    """What is kept is what the design's sentences keep: no protected run goes, and nothing else stays."""
    pins = [*names, found.entries[number % len(found.entries)].id[:length]]
    expected = model(found, policy, pins, NOW) if names else model(found, policy, [], NOW)
    assert _kept_ids(decided(found, policy, pins=pins if names else [])) == expected


@settings(max_examples=500, deadline=None)
@given(found=stores(), policy=policies(), pins=PINS, seed=st.integers(0, 99))
def test_order_of_the_input_does_not_matter(found: Inventory, policy: Settings, pins: list[str], seed: int) -> None:
    """A plan is a function of what there is, not of the order in which it is listed."""
    shuffled = list(found.entries)
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - an order, no secret
    one = decided(found, policy, pins=pins)
    other = decided(found._replace(entries=tuple(shuffled), pointers=found.pointers[::-1]), policy, pins=pins[::-1])
    assert (other.digest, other.notes, other.purges) == (one.digest, one.notes, one.purges)
    assert sorted(other.decisions) == sorted(one.decisions)


@settings(max_examples=500, deadline=None)
@given(found=stores(), policy=policies(), more=rules(), name=st.sampled_from([*Rule()._fields, "budget"]))
def test_another_rule_never_deletes_more(found: Inventory, policy: Settings, more: Rule, name: str) -> None:
    """Adding a part to the rule of a family that has one, or a budget over all, keeps all that was kept."""
    if name == "budget":
        wider = policy._replace(max_total_size_mb=policy.max_total_size_mb or 5)
    else:
        wider = policy._replace(retention={each: _added(rule, more, name) for each, rule in policy.retention.items()})
    ruled_before = {each for each, rule in policy.retention.items() if any(rule._replace(pin=()))}
    after = _kept_ids(decided(found, wider))
    assert {
        each.entry.id
        for each in decided(found, policy).decisions
        if each.keep and (each.entry.family in ruled_before or name == "budget")
    } <= after


def _added(rule: Rule, more: Rule, name: str) -> Rule:
    return rule if getattr(rule, name) else rule._replace(**{name: getattr(more, name)})


@settings(max_examples=500, deadline=None)
@given(found=stores(), keep=st.integers(1, 5))
def test_keep_n_alone_keeps_the_newest_n(found: Inventory, keep: int) -> None:
    """With no other rule, the newest N that count stay in each group, and beyond them only what is protected."""
    made = decided(found, ruled(Rule(keep=keep)))
    by_rule: dict[Any, list[Any]] = {}
    countable: dict[Any, list[Any]] = {}
    for entry, stays, reasons in made.decisions:
        group = (entry.layout, entry.family)
        slugs = {reason.rule for reason in reasons if not reason.protects}
        assert slugs <= ({"keep-last"} if stays else {"not-kept", "incomplete-expired"})
        if "keep-last" in slugs:
            by_rule.setdefault(group, []).append((entry.time_s, entry.run_id, entry.path))
        if entry.complete and not entry.live and entry.time_s <= NOW + 300:
            countable.setdefault(group, []).append((entry.time_s, entry.run_id, entry.path))
    assert {group: sorted(found) for group, found in by_rule.items()} == {
        group: sorted(found)[-keep:] for group, found in countable.items()
    }


@settings(max_examples=200, deadline=None)
@given(found=stores())
def test_without_a_policy_everything_stays(found: Inventory) -> None:
    """An empty policy deletes nothing, whatever there is, and says so."""
    made = decided(found, DEFAULTS)
    assert len(kept(made)) == len({each.run_id for each in found.entries})
    assert all(each.keep for each in made.decisions)
    assert "the policy is empty: no rule is about any family, so everything is kept" in made.notes
