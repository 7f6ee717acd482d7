"""Singular queries of JSONPath: what they select, and what is none."""

from __future__ import annotations

from typing import Any

import pytest

from runpact_core import _jsonpath
from runpact_core._pointer import MISSING
from runpact_core.errors import InvalidArtifact

DOCUMENT: dict[str, Any] = {
    "outputs": [{"rows_written": 60}, {"rows written": None}],
    "a'b": 1,
    'c"d': 2,
    "\u00e9": 3,
    "\n": 4,
    "\\": 5,
    "0": 6,
    "\U0001f9ed": 7,
    "/": 8,
    "": 9,
    "text": "abc",
}


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("$", DOCUMENT),
        ("$.outputs[0].rows_written", 60),
        ("$['outputs'][-2]['rows_written']", 60),
        ('$["outputs"][1]["rows written"]', None),
        ("$[ 'outputs' ][ 0 ].rows_written", 60),
        ("$ .outputs [0]", {"rows_written": 60}),
        ("$['a\\'b']", 1),
        ('$["a\'b"]', 1),
        ("$['c\"d']", 2),
        ('$["c\\"d"]', 2),
        ("$['c\\\"d']", 2),
        ("$.\u00e9", 3),
        ("$['\\u00e9']", 3),
        ("$['\\n']", 4),
        ("$['\\\\']", 5),
        ("$['0']", 6),
        ("$['\\uD83E\\uDDED']", 7),
        ("$['\\/']", 8),
        ("$['']", 9),
        ("$.outputs[2]", MISSING),
        ("$.outputs[-3]", MISSING),
        ("$.outputs['0']", MISSING),
        ("$[0]", MISSING),
        ("$.text[0]", MISSING),
        ("$.text.length", MISSING),
        ("$.none.at.all", MISSING),
    ],
)
def test_a_query_selects_one_value_or_none(query: str, value: object) -> None:
    """Names select members, indexes elements, negative ones from the end; None is a value, MISSING is none."""
    _jsonpath._segment.cache_clear()  # whoever asked before: the pattern is made here
    found = _jsonpath.find(DOCUMENT, query)
    assert found == value
    assert (found is MISSING) is (value is MISSING)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "outputs",
        "@.a",
        "$outputs",
        "$.",
        "$..outputs",
        "$.outputs[*]",
        "$.*",
        "$.outputs[0:1]",
        "$.outputs[0,1]",
        "$.outputs[?@.a]",
        "$.outputs[01]",
        "$.outputs[-0]",
        "$.outputs[1.0]",
        "$.outputs[99999999999999999]",
        "$.outputs[\u0660]",
        "$.outputs[0",
        "$['a",
        "$[\"a']",
        "$['\\q']",
        "$['\\ud800']",
        "$['a\nb']",
        "$.0",
        "$.a-b",
        "$.a ",
        "$\n",
    ],
)
def test_everything_else_is_refused(query: str) -> None:
    """What may select several values, or is no query at all, is an error and selects nothing."""
    with pytest.raises(InvalidArtifact):
        _jsonpath.find(DOCUMENT, query)


def test_a_refusal_says_what_to_write() -> None:
    """Each of the two kinds of refusal has its own hint."""
    with pytest.raises(InvalidArtifact, match="'outputs' is no JSONPath") as caught:
        _jsonpath.parse_query("outputs")
    assert caught.value.hint == "it starts with $"
    with pytest.raises(InvalidArtifact, match="is no singular JSONPath") as caught:
        _jsonpath.parse_query("$.*")
    assert caught.value.hint == "write .name, ['name'] or [index]"


def test_parts_of_a_query() -> None:
    """Names are strings, indexes are numbers."""
    assert _jsonpath.parse_query("$.a[0]['b'][-1]") == ["a", 0, "b", -1]
    assert _jsonpath.parse_query("$") == []
