"""Documents that other projects published are read, and every byte survives."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import _yaml, documents
from tests.contracts.examples import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CORPUS = ROOT.parent / "shared" / "corpus"
FLEET = {
    path.name: path.name.partition(".")[0]
    for path in sorted((CORPUS / "fleet").glob("*.json"))
    if not path.name.endswith(".schema.json")
}
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the folder of published documents is not here")


@needs_corpus
def test_the_fleet_is_complete() -> None:
    """The registry and five last runs are looked at."""
    assert sorted(FLEET.values()) == ["last_run"] * 5 + ["products"]


@needs_corpus
@pytest.mark.parametrize("name", FLEET)
def test_a_document_of_the_fleet_survives(name: str, tmp_path: Path) -> None:
    """It is read as it is, without a complaint; written back unchanged it has the same bytes, and so has its model."""
    path = CORPUS / "fleet" / name
    document = documents.read(FLEET[name], path)
    assert (document.reading, document.read_as, document.message) == ("exact", "0.1", None)
    assert (document.problems(), document.unknown_fields()) == ([], [])
    assert document.raw == path.read_bytes()

    copy = tmp_path / name
    assert documents.write(copy, document) == path.read_bytes()
    assert copy.read_bytes() == path.read_bytes()

    assert json.loads(documents.dumps(document.model())) == json.loads(path.read_bytes())
    assert documents.dumps(document.model()) == documents.dumps(document.data)


@needs_corpus
@pytest.mark.parametrize("name", FLEET)
def test_a_document_of_the_fleet_is_recognised(name: str) -> None:
    """Its contract is found by its name and shape, and by its shape alone."""
    data = documents.read(FLEET[name], CORPUS / "fleet" / name).data
    assert documents.detect(data, name=name).contract == FLEET[name]
    assert documents.detect(data) == documents.Detection(FLEET[name], "0.1", None)


@needs_corpus
def test_a_changed_field_leaves_the_others(tmp_path: Path) -> None:
    """One field that is changed on purpose is the one that differs afterwards."""
    (name, *_) = FLEET
    document = documents.read(FLEET[name], CORPUS / "fleet" / name)
    before = json.loads(document.raw or b"")
    document.data["summary"] = "Seen by somebody."
    documents.write(tmp_path / name, document)
    after = json.loads((tmp_path / name).read_bytes())
    assert after.pop("summary") == "Seen by somebody."
    assert before.pop("summary")
    assert after == before


@needs_corpus
def test_the_schema_catalog_is_configuration() -> None:
    """The catalog that a project keeps as YAML is read strictly, and its model says what it says."""
    document = documents.read("schema_catalog", CORPUS / "status" / "schema_catalog_v1.yaml")
    assert (document.reading, document.read_as) == ("exact", "1")
    assert documents.dumps(document.model()) == documents.dumps(document.data)
    assert document.data["schemas"][0]["schema_id"] == "contract_spec"
    assert documents.validate("schema_catalog", CORPUS / "status" / "schema_catalog_v1.yaml", strict=True) == []


@needs_corpus
def test_the_registry_of_five_runners_is_configuration() -> None:
    """The registry that a project keeps as YAML is read strictly, as it is, and its model says what it says."""
    path = CORPUS / "status" / "runner_certification_registry_v1.yaml"
    document = documents.read("runner_certification_registry", path)
    assert (document.reading, document.read_as, document.message) == ("exact", "2", None)
    assert [(entry["runner_id"], entry["status"]) for entry in document.data["runners"]] == [
        ("rust", "active"),
        ("python", "active"),
        ("php", "active"),
        ("node", "planned"),
        ("c", "planned"),
    ]
    assert documents.dumps(document.model()) == documents.dumps(document.data)
    assert documents.validate("runner_certification_registry", path, strict=True) == []
    assert document.raw == path.read_bytes()


def _notation(name: str) -> dict[str, Any]:
    """The shape of a document as the project that needs it writes it down."""
    value = _yaml.parse_yaml((CORPUS / "status" / f"{name}_v1.yaml").read_bytes()).value
    assert isinstance(value, dict)
    return value


def _differences(told: dict[str, Any], schema: dict[str, Any], defs: dict[str, Any], place: str) -> Iterator[str]:
    """Where a shape in that notation and ours say something else: required names, names, enums, constants."""
    while "$ref" in schema:
        schema = defs[schema["$ref"].rpartition("/")[2]]
    shape = told.get("items") or told.get("item_shape")
    if shape:
        yield from _differences(shape, schema["items"], defs, f"{place}/*")
    if "enum" in told and told["enum"] != schema.get("enum"):
        yield f"{place}: enum"
    if "const" in told and told["const"] not in (schema.get("const"), schema.get("minimum"), schema.get("maximum")):
        yield f"{place}: const"
    required = told.get("required") or told.get("required_top_level")
    if required and set(required) != set(schema["required"]):
        yield f"{place}: required"
    for name, field in told.get("fields", {}).items():
        if name not in schema["properties"]:
            yield f"{place}/{name}"
        else:
            yield from _differences(field, schema["properties"][name], defs, f"{place}/{name}")


@needs_corpus
@pytest.mark.parametrize(
    ("name", "version", "fields"),
    [("runner_status_report", "1", 11), ("runner_execution_certificate", "2", 7), ("runner_status_matrix", "1", 3)],
)
def test_a_contract_has_the_shape_that_its_source_writes_down(name: str, version: str, fields: int) -> None:
    """Required names, enums and constants of every level are those of the notation; the rest is optional."""
    told = _notation(name)
    (found,) = documents.find_contract(f"{name}@{version}")
    schema = json.loads(documents.schema(found))
    assert len(told["fields"]) == fields
    assert list(_differences(told, schema, schema["$defs"], "")) == []
    told["fields"].popitem()
    told["fields"]["else"] = {"type": "string"}
    assert list(_differences(told, schema, schema["$defs"], "")) == ["/else"]
