"""The laws of upgrades, over documents that are made from the contracts alone."""

from __future__ import annotations

import copy
import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evolution import generate
from runpact_core import _detect, _gate, _pointer, _upgrade_one, documents
from runpact_core._catalog import Version
from runpact_core._upgrade_one import Wanted
from runpact_core._upgrades import STEPS, STEPS_BACK, VOUCHED_FOR

PAIRS = [
    (old, new)
    for old, new in zip(documents.catalog(), documents.catalog()[1:], strict=False)
    if old.contract == new.contract
]
EACH = pytest.mark.parametrize(("old", "new"), PAIRS, ids=[f"{old.contract} {new.version}" for old, new in PAIRS])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
UNKNOWN = st.dictionaries(st.text(max_size=4).map(lambda name: f"zz{name}"), JSON, max_size=2)
SEEDS = st.tuples(st.sampled_from(["minimal", "maximal", "random", "random", "random"]), st.integers(0, 2**32))


def made(version: Version, seed: tuple[generate.Style, int], unknown: dict[str, Any]) -> documents.Document:
    """A document that its schema admits, with unknown fields at its top and in each object of a closed kind below."""
    schema = json.loads(documents.schema(version))
    data = generate.Maker(schema, *seed).document()
    assert _gate.problems(version, "strict", data, check_integers=True) == []
    gated = version.gate == "configuration"
    return documents.read(version.contract, documents.dumps(data if gated else {**data, **unknown}))


def rules(document: documents.Document) -> Counter[str]:
    """The cross-field rules that a document breaks, by id."""
    return Counter(problem.rule for problem in document.problems())


def leaves(value: Any, place: str = "") -> dict[str, str]:
    """The scalars and the empty containers of a document with their places, so that 1, 1.0 and true differ."""
    if isinstance(value, dict | list) and value:
        members = value.items() if isinstance(value, dict) else enumerate(value)
        found = [leaves(child, place + _pointer.pointer([name])) for name, child in members]
        return {at: each for part in found for at, each in part.items()}
    return {place: repr(value)}


def below(found: dict[str, str], pointer: str) -> dict[str, str]:
    """The leaves at a place and below it."""
    return {place: value for place, value in found.items() if place == pointer or place.startswith(f"{pointer}/")}


@EACH
@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, unknown=UNKNOWN)
def test_an_upgrade_of_a_valid_document_is_valid(
    old: Version, new: Version, seed: tuple[generate.Style, int], unknown: dict[str, Any]
) -> None:
    """The strict schema finds what it found before, and nothing more; no further rule is broken."""
    document = made(old, seed, unknown)
    upgraded = documents.upgrade(document, new.version)
    found = _gate.problems(new, "strict", upgraded.data, check_integers=True)
    assert [problem.pointer for problem in found] == document.unknown_fields()
    assert {problem.rule for problem in found} <= {"additionalProperties"}
    assert rules(upgraded) <= rules(document)
    assert (upgraded.version, upgraded.contract, upgraded.message) == (new.version, new.contract, None)


@EACH
@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, unknown=UNKNOWN)
def test_what_was_upgraded_can_be_taken_back(
    old: Version, new: Version, seed: tuple[generate.Style, int], unknown: dict[str, Any]
) -> None:
    """Nothing new was used, so the downgrade loses nothing and is the document itself."""
    document = made(old, seed, unknown)
    again, lost = documents.downgrade(documents.upgrade(document, new.version), old.version)
    assert lost == ()
    assert again.data == document.data
    assert documents.dumps(again.data) == documents.dumps(document.data)  # 1 and 1.0 apart


@EACH
@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, unknown=UNKNOWN)
def test_a_downgrade_names_what_it_loses(
    old: Version, new: Version, seed: tuple[generate.Style, int], unknown: dict[str, Any]
) -> None:
    """Upgraded again, a document has all but what was named; it may have a duration that its times give."""
    document = made(new, seed, unknown)
    earlier, lost = documents.downgrade(document, old.version, allow_loss=True)
    again = documents.upgrade(earlier, new.version).data
    before = leaves(document.data)
    after = leaves(again)
    for pointer in lost:
        assert below(before, pointer) != below(after, pointer), pointer
    kept = {place: value for place, value in before.items() if not place.startswith(lost)}
    assert {place: after.get(place) for place in kept} == kept
    assert {place for place in after if place not in before} <= {"/duration_ms"}


@EACH
@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, unknown=UNKNOWN)
def test_steps_are_pure(old: Version, new: Version, seed: tuple[generate.Style, int], unknown: dict[str, Any]) -> None:
    """The same document gives the same bytes, and neither it nor anything in it is changed, up or down."""
    document = made(old, seed, unknown)
    before = copy.deepcopy(document.data)
    one, other = (documents.upgrade(document, new.version) for _ in range(2))
    assert documents.dumps(one.data) == documents.dumps(other.data)
    assert document.data == before
    above = copy.deepcopy(one.data)
    documents.downgrade(one, old.version, allow_loss=True)
    STEPS_BACK.get((old.contract, old.version), dict)(one.data)
    assert one.data == above
    one.data["zz"] = 1  # at its top, at least, what was made is its own
    assert document.data == before


@EACH
@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, unknown=UNKNOWN)
def test_a_file_is_upgraded_once(
    old: Version, new: Version, seed: tuple[generate.Style, int], unknown: dict[str, Any]
) -> None:
    """What a file becomes is what the document becomes, whatever its layout and order of keys; and only once."""
    document = made(old, seed, unknown)
    wanted = Wanted(old.contract, new.version, named=True)
    shuffled = json.dumps(dict(reversed(document.data.items())), indent=3).encode()
    found, other = (_upgrade_one.look(raw, "x.json", wanted) for raw in (document.raw or b"", shuffled))
    if found.state == "left":
        assert old.contract == "runner_execution_certificate"
        return
    assert found.data == other.data == documents.dumps(documents.upgrade(document, new.version).data)
    assert _upgrade_one.look(found.data or b"", "x.json", wanted).state == "newest"


def test_every_pair_is_tried() -> None:
    """The laws above are held for each step that there is."""
    assert {(new.contract, new.version) for _, new in PAIRS} == set(STEPS)
    assert len(PAIRS) >= 5
    assert set(VOUCHED_FOR) <= {new.contract for _, new in PAIRS}


def toy(version: str) -> Version:
    """A version of a contract that exists nowhere else."""
    return Version(
        "toy", version, "active", "record", "schema_version", "toy.json", "toy.yaml", "", "Toy", ("schema_version",), ()
    )


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> None:
    """A contract of four versions, over two majors, of which each step up renames, moves or adds something."""
    versions = [toy(version) for version in ("0.1", "0.2", "1.0", "1.1")]
    fields = [{"a"}, {"a", "b"}, {"c", "b"}, {"c", "b", "d"}]
    texts = {
        version: documents.dumps(
            {
                "type": "object",
                "properties": {name: {} for name in {*names, "schema_version"}},
                "required": sorted({*names, "schema_version"} - {"d"}),
                "additionalProperties": False,
            }
        )
        for version, names in zip(versions, fields, strict=True)
    }
    monkeypatch.setitem(_detect._VERSIONS, "toy", tuple(versions))
    monkeypatch.setattr(_gate, "schema_text", lambda version, _view: texts[version])
    steps: dict[str, Any] = {
        "0.2": lambda data: {**data, "schema_version": "0.2", "b": data["a"] * 2},
        "1.0": lambda data: {"schema_version": "1.0", "b": data["b"] + 1, "c": data["a"]},
        "1.1": lambda data: {**data, "schema_version": "1.1", "d": [data["b"], data["c"]]},
    }
    for version, step in steps.items():
        monkeypatch.setitem(STEPS, ("toy", version), step)


@pytest.mark.usefixtures("chain")
@pytest.mark.parametrize("number", [0, 1, 21])
def test_a_chain_is_its_steps(number: int) -> None:
    """From any version to any later one, in one call or one after another: the same bytes."""
    versions = ["0.1", "0.2", "1.0", "1.1"]
    first = documents.read("toy", documents.dumps({"schema_version": "0.1", "a": number}))
    stepwise = [first]
    for version in versions[1:]:
        stepwise.append(documents.upgrade(stepwise[-1], version))
    assert stepwise[-1].data == {
        "schema_version": "1.1",
        "b": 2 * number + 1,
        "c": number,
        "d": [2 * number + 1, number],
    }
    for start, document in enumerate(stepwise):
        for end in range(start, len(versions)):
            at_once = documents.upgrade(document, versions[end])
            assert documents.dumps(at_once.data) == documents.dumps(stepwise[end].data)
            assert at_once.read_as == versions[end]


@pytest.mark.usefixtures("chain")
def test_a_chain_can_be_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Down over a version in which a field had another name, at once or one after another: the same document."""
    monkeypatch.setitem(STEPS_BACK, ("toy", "0.2"), lambda data: {**data, "a": data["c"], "b": data["b"] - 1})
    first = documents.read("toy", documents.dumps({"schema_version": "0.1", "a": 3}))
    chain = [documents.upgrade(first, version) for version in ("0.2", "1.0")]
    assert chain[1].data == {"schema_version": "1.0", "b": 7, "c": 3}
    newest = documents.upgrade(chain[1], "1.1")
    at_once = documents.downgrade(newest, "0.1")
    assert (at_once.document.data, at_once.document.read_as) == (first.data, "0.1")
    assert at_once.lost == ()
    document = newest
    for version in ("1.0", "0.2", "0.1"):
        document = documents.downgrade(document, version, allow_loss=True).document
    assert document.data == first.data


@pytest.mark.usefixtures("chain")
def test_a_file_goes_all_the_way() -> None:
    """Three steps, over a major version, in one change of one file."""
    raw = documents.dumps({"schema_version": "0.1", "a": 3})
    found = _upgrade_one.look(raw, "toy.json", Wanted("toy", named=True))
    assert (found.state, found.old, found.new) == ("outdated", "0.1", "1.1")
    assert found.data == documents.dumps({"schema_version": "1.1", "b": 7, "c": 3, "d": [7, 3]})
