"""Detecting, looking up and upgrading: which contract a document follows, and how it becomes a later one."""

from __future__ import annotations

import copy
import itertools
import json
from typing import Any

import pytest

from runpact_core import _upgrades, documents
from runpact_core.errors import InvalidArtifact, UnknownContract, UnsupportedVersion
from tests.core.samples import EXAMPLES, sample

CONTRACTS = sorted({version.contract for version in documents.catalog()})


def read(name: str, **changes: Any) -> documents.Document:
    """A sample, read."""
    return documents.read(name.partition("/")[0], json.dumps(sample(name, **changes)).encode())


@pytest.mark.parametrize("version", documents.catalog(), ids=lambda version: version.module)
def test_each_valid_example_is_recognised_by_shape(version: Any) -> None:
    """By its fields alone, and by the name that such files have, each is what its folder says."""
    paths = sorted((EXAMPLES / version.contract / version.version / "valid").glob("*.json"))
    assert paths
    for path in paths:
        data = json.loads(path.read_bytes())
        wanted = documents.Detection(version.contract, version.version, None)
        assert documents.detect(data) == wanted
        assert documents.detect(data, name=f"some/where/{version.file_name}") == wanted


@pytest.mark.parametrize(
    ("name", "contract"),
    [
        ("run.json", "run"),
        ("reports/runs/x/run.json", "run"),
        ("checks.json", "checks"),
        ("open.json", "open_run"),
        ("dash/products.json", "products"),
        ("last_run.spec-kit.json", "last_run"),
    ],
)
def test_a_name_decides_where_the_shape_fits_none(name: str, contract: str) -> None:
    """A broken document is judged as what its file's name says, and the message says what it lacks."""
    assert documents.detect({}, name=name) == documents.Detection(
        contract, None, "Invalid artifact: schema_version is missing"
    )


def test_shape_and_name_together() -> None:
    """A name that fits narrows what the shape leaves open; a name that fits nothing changes nothing."""
    run = sample("run/0.2/full")
    assert documents.detect(run, name="renamed.txt").contract == "run"
    assert documents.detect(run, name="open.json").contract == "open_run"
    assert documents.detect(run | {"schema_version": "0.9"}) == documents.Detection(
        "run", "0.2", "Unsupported schema version: 0.9"
    )
    assert documents.detect(run | {"schema_version": "7.0"}) == documents.Detection(
        "run", "7.0", "Unsupported schema version: 7.0"
    )


def test_what_fits_nothing_is_said() -> None:
    """The error names the file where there is one, and says what to do."""
    with pytest.raises(UnknownContract, match=r"^no contract fits notes\.json$") as caught:
        documents.detect({"a": 1}, name="here/notes.json")
    assert caught.value.hint == "name one, with --contract"
    with pytest.raises(UnknownContract, match=r"^no contract fits the document$"):
        documents.detect({"a": 1})


def test_bytes_are_detected() -> None:
    """JSON of any name; YAML where the name says so."""
    assert documents.detect_bytes(json.dumps(sample("run/0.2/full")).encode()).contract == "run"
    assert documents.detect_bytes(b"version: 1\nschemas: []\n", name="a/catalog.yaml").contract == "schema_catalog"
    assert documents.detect_bytes(b"version: 1\nschemas: []\n", name="catalog.yml").contract == "schema_catalog"
    with pytest.raises(InvalidArtifact):
        documents.detect_bytes(b"version: 1\nschemas: []\n")
    with pytest.raises(InvalidArtifact, match="not an object"):
        documents.detect_bytes(b"[]", name="run.json")


def test_the_catalog_is_in_order() -> None:
    """By name, then oldest first; each version once."""
    keys = [(version.contract, version.key) for version in documents.catalog()]
    assert keys == sorted(set(keys))
    assert {"run", "checks", "last_run", "products", "open_run", "schema_catalog"} <= set(CONTRACTS)


def test_a_contract_is_found_by_name_and_version() -> None:
    """A name gives every version, oldest first; with a version after an @, that one."""
    assert [version.version for version in documents.find_contract("run")] == ["0.1", "0.2"]
    (version,) = documents.find_contract("run@0.1")
    assert (version.contract, version.version, version.major, version.key) == ("run", "0.1", 0, (0, 1))
    assert (version.module, version.file_name, version.root) == ("run_v0_1", "run.json", "Run")
    with pytest.raises(UnknownContract, match=r"^run has no version 9\.9$") as caught:
        documents.find_contract("run@9.9")
    assert caught.value.hint == "it has 0.1, 0.2"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("runs", "did you mean run?"),
        ("Product", "did you mean products?"),
        ("lastrun", "did you mean last_run?"),
        ("zzz", f"there are {', '.join(CONTRACTS)}"),
        ("", f"there are {', '.join(CONTRACTS)}"),
    ],
)
def test_an_unknown_contract_has_a_hint(name: str, hint: str) -> None:
    """The nearest name where there is one, else all of them."""
    for act in (documents.find_contract, lambda it: documents.read(it, b"{}"), lambda it: documents.validate(it, {})):
        with pytest.raises(UnknownContract) as caught:
            act(name)
        assert str(caught.value) == f"there is no contract {name!r}"
        assert caught.value.hint == hint


def test_a_schema_is_published_as_it_gates() -> None:
    """Both views are canonical JSON, and say which they are."""
    (version,) = documents.find_contract("run@0.2")
    for strict, view in ((True, "strict"), (False, "tolerant")):
        text = documents.schema(version, strict=strict)
        schema = json.loads(text)
        assert schema["$id"] == f"urn:runpact:run:0.2:{view}"
        assert schema["additionalProperties"] is not strict
        assert documents.dumps(schema) == text


@pytest.mark.parametrize("contract", ["run", "checks"])
def test_an_upgrade_states_its_version(contract: str) -> None:
    """0.1 becomes 0.2 by saying so; everything else, unknown fields too, is as it was, and so is the argument."""
    name = {"run": "run/0.1/full", "checks": "checks/0.1/one-of-each"}[contract]
    document = read(name, zz={"kept": 1.0})
    before = copy.deepcopy(document.data)
    upgraded = documents.upgrade(document, "0.2")
    assert upgraded.data == before | {"schema_version": "0.2"}
    assert document.data == before
    assert (upgraded.version, upgraded.read_as, upgraded.reading) == ("0.2", "0.2", "exact")
    assert (upgraded.raw, upgraded.message) == (None, None)
    assert (
        documents.validate(contract, {key: it for key, it in upgraded.data.items() if key != "zz"}, strict=True) == []
    )


def test_an_upgrade_to_its_own_version_changes_nothing() -> None:
    """The very document comes back; a newer minor is not what was asked for, and is refused."""
    document = read("run/0.2/full")
    assert documents.upgrade(document, "0.2") is document
    newer = read("run/0.2/full", schema_version="0.9")
    with pytest.raises(UnsupportedVersion, match=r"^Unsupported schema version: 0\.9$") as caught:
        documents.upgrade(newer, "0.2")
    assert caught.value.hint == "it is newer than 0.2, and documents only go up"


def test_upgrades_are_refused() -> None:
    """Downwards, to a version that is none, of an unknown major, and where the result is not admitted."""
    with pytest.raises(UnknownContract, match=r"^run 0\.2 cannot become the older 0\.1$"):
        documents.upgrade(read("run/0.2/full"), "0.1")
    with pytest.raises(UnknownContract, match=r"^run has no version 4\.0$"):
        documents.upgrade(read("run/0.1/full"), "4.0")
    with pytest.raises(UnsupportedVersion):
        documents.upgrade(read("run/0.2/full", schema_version="7.0"), "0.2")
    with pytest.raises(InvalidArtifact, match="/exit") as caught:
        documents.upgrade(read("run/0.1/full", exit="unknown in 0.1, and something else in 0.2"), "0.2")
    assert [problem.rule for problem in caught.value.problems] == ["type"]


def test_every_later_version_has_a_step() -> None:
    """Between two adjacent versions of a contract there is one step, pure and deterministic, and no step besides."""
    versions = documents.catalog()
    assert _upgrades.missing_steps(versions) == []
    later = [(old, new) for old, new in itertools.pairwise(versions) if old.contract == new.contract]
    assert {(new.contract, new.version) for _, new in later} == set(_upgrades.STEPS)
    for old, new in later:
        paths = sorted((EXAMPLES / old.contract / old.version / "valid").glob("*.json"))
        assert paths
        for path in paths:
            data = json.loads(path.read_bytes())
            step = _upgrades.STEPS[new.contract, new.version]
            first, second = step(data), step(data)
            assert first == second
            assert data == json.loads(path.read_bytes())
            assert documents.validate(new.contract, first, strict=True) == []


def test_a_missing_step_is_named() -> None:
    """A version that no step leads to is found, minor or major; the first of a contract needs none."""
    (run,) = documents.find_contract("run@0.2")
    added = [*documents.find_contract("run"), run._replace(version="0.3"), run._replace(version="1.0")]
    other = run._replace(contract="toy", version="5.0")
    assert _upgrades.missing_steps([*added, other]) == [("run", "0.3"), ("run", "1.0")]
