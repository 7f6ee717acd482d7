"""The digest of an intent: the same for what is the same, another for what is not."""

from __future__ import annotations

import copy
import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runpact_core.errors import InvalidArtifact
from runpact_status_matrix import intent_hash
from runpact_status_matrix._intent import canonical_sha256, command_ids, normalized, of_runner
from tests.status_matrix.certifying import RUST

if TYPE_CHECKING:
    import random

_names = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
_commands = st.fixed_dictionaries(
    {
        "name": _names,
        "args": st.lists(_names, max_size=3),
        "expect_exit": st.lists(st.integers(-(2**31), 2**32 - 1), min_size=1, max_size=4),
    },
    optional={"timeout_s": st.integers(1, 99)},
)
_intents = st.fixed_dictionaries(
    {},
    optional={
        "required_core_checks": st.lists(_names, max_size=4),
        "required_core_cases": st.lists(_names, max_size=4),
        "command_contract_subset": st.lists(_commands, max_size=3),
    },
)


def _stirred(value: Any, dice: random.Random) -> Any:
    """The same intent in another guise: keys, sets and repetition in another order."""
    if isinstance(value, dict):
        keys = list(value)
        dice.shuffle(keys)
        return {key: _stirred_set(value[key], dice) if _is_set(key) else _stirred(value[key], dice) for key in keys}
    return [_stirred(each, dice) for each in value] if isinstance(value, list) else value


def _is_set(key: str) -> bool:
    return key in {"required_core_checks", "required_core_cases", "expect_exit"}


def _stirred_set(values: list[Any], dice: random.Random) -> list[Any]:
    again = [*values, *values[: dice.randint(0, len(values))]]
    dice.shuffle(again)
    return again


@given(_intents, st.randoms(use_true_random=False), st.sampled_from([None, 1, 7]))
def test_what_has_no_meaning_changes_nothing(intent: dict[str, Any], dice: random.Random, indent: int | None) -> None:
    """Order of keys, order and repetition in sets, layout of the file, limits of time, the registry's place."""
    other = json.loads(json.dumps(_stirred(intent, dice), indent=indent, ensure_ascii=bool(indent)))
    other["registry_ref"] = {"path": "/elsewhere.yaml", "version": 1}
    for command in other.get("command_contract_subset", []):
        command["timeout_s"] = 5
    assert intent_hash(other) == intent_hash(intent)


@given(_intents)
def test_the_normal_form_is_one(intent: dict[str, Any]) -> None:
    """The normal form of a normal form is itself, and has exactly the three lists."""
    once = normalized(intent)
    assert normalized(once) == once
    assert sorted(once) == ["command_contract_subset", "required_core_cases", "required_core_checks"]


@given(_intents, _intents)
def test_what_has_a_meaning_changes_it(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Two intents have one digest exactly where their normal forms are equal."""
    assert (intent_hash(one) == intent_hash(other)) == (normalized(one) == normalized(other))


def test_the_digest_is_fixed() -> None:
    """The digest of this intent is this one, on every machine and in every release that speaks of `intent-v1`."""
    text = (
        '{"command_contract_subset":[{"args":["--strict","a b"],"expect_exit":[0,1],"name":"governance"},'
        '{"args":[],"expect_exit":[0],"name":"style-check"}],"required_core_cases":["/specs/core.spec.md#CASE-1"],'
        '"required_core_checks":["runtime.a","runtime.b"]}'
    )
    assert intent_hash(RUST) == hashlib.sha256(text.encode()).hexdigest()
    assert intent_hash({}) == "700747e1f0fe4ed5b5b030b795b5403a2a8d2846f0f71f375fc1a1b0bc0071c4"


@pytest.mark.parametrize("change", ["order of commands", "order of arguments", "another exit", "composed letters"])
def test_what_is_run_in_another_way_is_another_intent(change: str) -> None:
    """Commands run one after another, and words go to programs as they are, so both keep order and bytes."""
    other = copy.deepcopy(RUST)
    commands = other["command_contract_subset"]
    if change == "order of commands":
        commands.reverse()
    elif change == "order of arguments":
        commands[0]["args"].reverse()
    elif change == "another exit":
        commands[1]["expect_exit"].append(2)
    else:
        commands[1]["args"] = ["e\u0301"]
        composed = copy.deepcopy(other)
        composed["command_contract_subset"][1]["args"] = ["\u00e9"]
        assert intent_hash(composed) != intent_hash(other)
    assert intent_hash(other) != intent_hash(RUST)


def test_what_has_no_canonical_form_is_refused() -> None:
    """Half a character, and a number that doubles do not hold, are an error and no digest."""
    for value in ({"a": "\ud800"}, {"a": 2**53}):
        with pytest.raises(InvalidArtifact, match="no canonical form"):
            canonical_sha256(value)


def test_commands_of_one_name_have_ids_of_their_own() -> None:
    """The first has the name, later ones a number, and no id is that of another command."""
    names = ["lint", "lint", "lint#2", "lint", "test"]
    assert command_ids([{"name": name} for name in names]) == ["lint", "lint#3", "lint#2", "lint#4", "test"]


def test_the_intent_of_a_runner_names_its_registry() -> None:
    """The section of the certificate is the normal form, and where it was taken from."""
    intent = of_runner(RUST, "/registry.yaml", 2)
    assert intent["registry_ref"] == {"path": "/registry.yaml", "version": 2}
    assert intent["required_core_checks"] == ["runtime.a", "runtime.b"]
    assert intent["command_contract_subset"][0] == {
        "name": "governance",
        "args": ["--strict", "a b"],
        "expect_exit": [0, 1],
    }
