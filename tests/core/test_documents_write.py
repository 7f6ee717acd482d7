"""Writing: strictly admitted or not at all; what was read keeps its faults and its bytes, and gains no new fault."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import documents, models
from runpact_core.errors import EnvironmentFailed, InvalidArtifact, Refused, UnknownContract
from tests.core.samples import sample

if TYPE_CHECKING:
    from pathlib import Path


def read_from(path: Path, contract: str, data: dict[str, Any]) -> documents.Document:
    """The document that a file with this data gives, in an unusual but valid form."""
    path.write_bytes(json.dumps(data).encode())
    return documents.read(contract, path)


def test_data_is_written_canonically(tmp_path: Path) -> None:
    """Plain data comes out sorted, indented by two, in ASCII, with one final line feed; the bytes are returned."""
    path = tmp_path / "run.json"
    data = sample("run/0.2/full", pipeline_version="0.1-\u00e9")
    written = documents.write(path, dict(reversed(data.items())))
    assert written == path.read_bytes()
    assert written == (json.dumps(data, indent=2, sort_keys=True, ensure_ascii=True) + "\n").encode()


def test_a_model_is_written(tmp_path: Path) -> None:
    """A model writes what its data would; absent fields stay absent, and the contract is found by itself."""
    data = sample("run/0.2/minimal")
    model = models.Run.model_validate(data)
    assert documents.write(tmp_path / "run.json", model) == documents.dumps(data)
    assert documents.write(tmp_path / "any", model) == documents.dumps(data)
    assert "product" not in model.document()


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"colour": "red"}, "additionalProperties"),
        ({"status": "green"}, "enum"),
        ({"trigger": {"type": "carrier_pigeon", "source": "", "actor": ""}}, "enum"),
        ({"schema_version": "0.9"}, "version"),
        ({"schema_version": "7.0"}, "version"),
        ({"git": ..., "schema_version": ...}, "required"),
        ({"duration_ms": 1.0}, "integer"),
        ({"finished_utc": "2026-01-19T06:15:11Z"}, "run-ends-after-it-starts"),
        ({"pipeline_id": "P3"}, "run-id-names-pipeline-and-commit"),
    ],
)
def test_the_strict_gate_refuses(changes: dict[str, Any], rule: str, tmp_path: Path) -> None:
    """What readers would take, producers may not write: the old file is untouched, no other is left."""
    path = tmp_path / "run.json"
    path.write_bytes(b"old")
    with pytest.raises(InvalidArtifact) as caught:
        documents.write(path, sample("run/0.2/full", **changes), contract="run")
    assert [problem.rule for problem in caught.value.problems] == [rule]
    assert [entry.name for entry in tmp_path.iterdir()] == ["run.json"]
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {1: 2}, {1}, b"x", 10**200])
def test_what_json_cannot_say_is_refused(value: object, tmp_path: Path) -> None:
    """Such a value, even in an extension point, is a typed error; nothing is written."""
    with pytest.raises(InvalidArtifact, match="cannot be written as JSON"):
        documents.write(tmp_path / "run.json", sample("run/0.2/full", metadata={"x": value}))
    assert list(tmp_path.iterdir()) == []


def test_values_of_derived_types_are_plain_values(tmp_path: Path) -> None:
    """A moment taken from another model, a tuple, a mapping that is no dict: each is what JSON makes of it."""
    data = sample("run/0.2/full")
    model: Any = models.Run.model_validate(data)
    derived = MappingProxyType(data | {"started_utc": model.started_utc, "outputs": tuple(data["outputs"])})
    assert type(model.started_utc) is not str
    assert documents.write(tmp_path / "run.json", derived) == documents.dumps(data)
    document = documents.read("run", tmp_path / "run.json")
    document.data["finished_utc"] = model.finished_utc
    document.data["warnings"] = ("late",)
    assert json.loads(documents.write(tmp_path / "run.json", document))["warnings"] == ["late"]


def test_an_unchanged_document_keeps_its_bytes(tmp_path: Path) -> None:
    """Not canonical, of a newer version, with unknown fields: what was not changed is written as it was."""
    data = sample("run/0.2/full", schema_version="0.9", zz=[1, 1.0, None, {"b": 1, "a": 2}])
    document = read_from(tmp_path / "a.json", "run", data)
    assert documents.write(tmp_path / "b.json", document) == document.raw
    assert (tmp_path / "b.json").read_bytes() == json.dumps(data).encode()


def test_unknown_fields_survive_a_change(tmp_path: Path) -> None:
    """A known field is changed; the unknown ones, and an open enum's unknown value, are still there."""
    data = sample("run/0.2/full", zz={"deep": [1.0]})
    data["trigger"]["type"] = "carrier_pigeon"
    document = read_from(tmp_path / "run.json", "run", data)
    document.data["warnings"] = ["late"]
    written = documents.write(tmp_path / "run.json", document)
    assert json.loads(written) == data | {"warnings": ["late"]}
    assert written == documents.dumps(data | {"warnings": ["late"]})


def test_a_fault_may_go_or_move_but_not_join(tmp_path: Path) -> None:
    """Unknown fields may be removed one by one or move with their element; a new one is refused."""
    data = sample("checks/0.1/one-of-each", zz=1, yy=2)
    data["checks"][0]["ww"] = 3
    document = read_from(tmp_path / "checks.json", "checks", data)
    del document.data["zz"]
    document.data["checks"].reverse()
    documents.write(tmp_path / "checks.json", document)
    assert json.loads((tmp_path / "checks.json").read_bytes()) == document.data

    document.data["checks"][0]["ww"] = 4
    document.data["xx"] = 5
    with pytest.raises(InvalidArtifact) as caught:
        documents.write(tmp_path / "checks.json", document)
    assert [problem.pointer for problem in caught.value.problems] == ["/checks/2/ww", "/xx"]  # one of two too many


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"status": "green"}, "enum"),
        ({"git": None}, "type"),
        ({"finished_utc": "2026-01-19T06:15:11Z"}, "run-ends-after-it-starts"),
        ({"pipeline_id": "P3"}, "run-id-names-pipeline-and-commit"),
    ],
)
@pytest.mark.parametrize("schema_version", ["0.2", "0.9"])
def test_a_new_fault_beside_old_ones_is_refused(
    schema_version: str, changes: dict[str, Any], rule: str, tmp_path: Path
) -> None:
    """That a document was not strictly admitted before is no licence, of a newer minor version neither."""
    path = tmp_path / "run.json"
    document = read_from(path, "run", sample("run/0.2/full", schema_version=schema_version, zz=1))
    before = path.read_bytes()
    document.data.update(changes)
    with pytest.raises(InvalidArtifact) as caught:
        documents.write(path, document)
    assert [problem.rule for problem in caught.value.problems] == [rule]
    assert path.read_bytes() == before


def test_a_broken_rule_may_stay(tmp_path: Path) -> None:
    """A document that broke a rule when it was read can be changed elsewhere and written."""
    document = read_from(tmp_path / "run.json", "run", sample("run/0.2/full", finished_utc="2026-01-19T06:15:11Z"))
    document.data["warnings"] = ["its clock was set back"]
    documents.write(tmp_path / "run.json", document)
    assert documents.read("run", tmp_path / "run.json").problems() == document.problems() != []


def test_an_unknown_major_is_written_as_it_is(tmp_path: Path) -> None:
    """Nothing is known of it, so nothing can be held against it; it stays JSON."""
    document = read_from(tmp_path / "run.json", "run", {"schema_version": "7.0", "n": 1})
    document.data["n"] = 2
    assert documents.write(tmp_path / "run.json", document) == b'{\n  "n": 2,\n  "schema_version": "7.0"\n}\n'
    document.data["n"] = float("nan")
    with pytest.raises(InvalidArtifact, match="nan"):
        documents.write(tmp_path / "run.json", document)


def test_an_upgraded_document_passes_the_gate(tmp_path: Path) -> None:
    """What was upgraded keeps what was wrong with it, but a change that makes it worse is refused."""
    document = documents.upgrade(read_from(tmp_path / "a", "run", sample("run/0.1/full", zz=1)), "0.2")
    assert documents.write(tmp_path / "b", document) == documents.dumps(document.data)
    document.data["status"] = "green"
    with pytest.raises(InvalidArtifact, match="/status"):
        documents.write(tmp_path / "b", document)


def test_a_contract_that_is_not_found(tmp_path: Path) -> None:
    """A name that is none, or data that fits none, writes nothing."""
    with pytest.raises(UnknownContract, match="there is no contract 'runs'") as caught:
        documents.write(tmp_path / "x", sample("run/0.2/full"), contract="runs")
    assert caught.value.hint == "did you mean run?"
    with pytest.raises(UnknownContract, match="no contract fits x"):
        documents.write(tmp_path / "x", {"a": 1})
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """A folder that is missing, or a folder in the place of the file, is a typed error."""
    with pytest.raises(EnvironmentFailed):
        documents.write(tmp_path / "none" / "run.json", sample("run/0.2/full"))
    with pytest.raises(Refused):
        documents.write(tmp_path, sample("run/0.2/full"), contract="run")
