"""The least document around a place is a document, is no larger than it has to be, and has the place in it."""

from __future__ import annotations

import copy
import json
from functools import reduce
from operator import getitem

import pytest

from evolution import generate, mutate, trim
from runpact_core import _gate, documents
from tests.contracts.examples import examples

NAMES = ("checks@0.2", "last_run@0.1", "runner_certification_registry@2", "pins@1.0", "released@1.0")


@pytest.mark.parametrize("name", NAMES)
def test_the_least_document_is_a_document_with_the_place(name: str) -> None:
    """Around every place of every document made or published, what is left is admitted and has the place's value."""
    (version,) = documents.find_contract(name)
    schema = json.loads(documents.schema(version))
    made = [base.value for base in generate.base_documents(schema)]
    published = [json.loads(example.data) for example in examples(version) if example.valid]
    seen = shorter = 0
    for document in (made + published)[:12]:
        before = copy.deepcopy(document)
        for place in mutate.places(document, schema):
            least, path = trim.trimmed(document, schema, place.path)
            assert _gate.problems(version, "strict", least, check_integers=True) == [], place.path
            value = reduce(getitem, path, least)
            assert value == place.value or (isinstance(value, dict | list) and len(value) == len(place.value))
            assert len(path) == len(place.path)
            seen += 1
            shorter += len(str(least)) < len(str(document))
        assert document == before
    assert seen > 50
    assert shorter > seen / 3


SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["kept"],
    "properties": {
        "kept": {"type": "string"},
        "gone": {"type": "string"},
        "list": {"type": "array", "minItems": 2, "items": {"$ref": "#/$defs/part"}},
        "map": {"type": "object", "additionalProperties": {"$ref": "#/$defs/part"}},
        "any": {"type": "object", "additionalProperties": True},
    },
    "$defs": {
        "part": {
            "type": "object",
            "additionalProperties": False,
            "required": ["a"],
            "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        }
    },
}
PARTS = [{"a": number, "b": number} for number in range(4)]
WHOLE = {"kept": "k", "gone": "g", "list": PARTS, "map": {"x": PARTS[0], "y": PARTS[1]}, "any": {"z": [1, 2]}}


@pytest.mark.parametrize(
    ("path", "least", "place"),
    [
        (("kept",), {"kept": "k"}, ("kept",)),
        (("gone",), {"kept": "k", "gone": "g"}, ("gone",)),
        (("list", 3, "b"), {"kept": "k", "list": [{"a": 0}, {"a": 3, "b": 3}]}, ("list", 1, "b")),
        (("list", 0), {"kept": "k", "list": [{"a": 0, "b": 0}, {"a": 1}]}, ("list", 0)),
        (("list",), {"kept": "k", "list": [{"a": 0}, {"a": 1}, {"a": 2}, {"a": 3}]}, ("list",)),
        (("map", "y", "a"), {"kept": "k", "map": {"y": {"a": 1}}}, ("map", "y", "a")),
        (("any", "z", 1), {"kept": "k", "any": {"z": [1, 2]}}, ("any", "z", 1)),
    ],
)
def test_what_is_left(path: tuple[str | int, ...], least: object, place: tuple[str | int, ...]) -> None:
    """What is required stays, and the way with what is directly in the place; a list keeps what it has to have."""
    assert trim.trimmed(WHOLE, SCHEMA, path) == (least, place)
    assert {"kept", "gone", "list", "map", "any"} == set(trim.trimmed(WHOLE, SCHEMA, ())[0])
