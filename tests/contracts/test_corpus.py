"""Documents that other projects published are read, and every byte survives."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from runpact_core import documents
from tests.contracts.examples import ROOT

if TYPE_CHECKING:
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
