"""The contract `test_report` is CTRF: the published schema admits what we write, and both name the same fields."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from runpact_core import documents
from tests.contracts.examples import ROOT, Example, examples

if TYPE_CHECKING:
    from collections.abc import Iterator

PUBLISHED = ROOT.parent / "shared" / "corpus" / "reports"
(VERSION,) = documents.find_contract("test_report@1.0")
needs_corpus = pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the folder of published documents is not here")
OURS_ALONE = {"count-negative", "rule-outcomes-add-up", "rule-run-ends-after-it-starts", "timestamp-without-offset"}
"""Invalid examples that the published schema admits: it sets no lower limits, has no rules, and leaves formats open."""


def published() -> dict[str, Any]:
    """The schema as it was published."""
    schema: dict[str, Any] = json.loads((PUBLISHED / "ctrf.schema.json").read_bytes())
    return schema


def fields(root: dict[str, Any], node: dict[str, Any], place: str = "") -> Iterator[tuple[str, bool]]:
    """Every property that a schema names, as a path, and whether it is required."""
    if "$ref" in node:
        _, container, name = node["$ref"].split("/")
        node = root[container][name]
    for name, child in node.get("properties", {}).items():
        yield f"{place}/{name}", name in node.get("required", ())
        yield from fields(root, child, f"{place}/{name}")
    if "items" in node:
        yield from fields(root, node["items"], f"{place}/*")


@needs_corpus
@pytest.mark.parametrize("example", examples(VERSION), ids=lambda example: example.name)
def test_the_published_schema_judges_our_examples(example: Example) -> None:
    """It admits every valid one, formats too, and refuses every invalid one but those that are stricter here."""
    validator = jsonschema.Draft7Validator(published(), format_checker=jsonschema.FormatChecker())
    admitted = validator.is_valid(json.loads(example.data))
    assert admitted is (example.valid or example.name in OURS_ALONE)


@needs_corpus
def test_the_published_document_is_admitted() -> None:
    """The smallest published report may be written as it is, and is known by its own keys."""
    path = PUBLISHED / "ctrf.minimal.json"
    assert documents.validate("test_report", path, strict=True) == []
    assert documents.detect_bytes(path.read_bytes()) == ("test_report", "1.0", None)


@needs_corpus
def test_the_fields_are_those_of_the_published_schema() -> None:
    """Every field has the published name and place, is required where it is there, and none is missing."""
    ours = json.loads(documents.schema(VERSION))
    theirs = dict(fields(published(), published()))
    assert dict(fields(ours, ours)) == theirs
    assert theirs["/results/tests/*/retryAttempts/*/attachments/*/contentType"] is True
