"""The canonical form of JSON, and what is never written."""

from __future__ import annotations

import enum
import json
import math
from typing import Any

import pytest

from runpact_core import _canonical
from runpact_core._json import MAX_DEPTH, dumps, dumps_line, parse
from runpact_core.errors import InvalidArtifact


class Status(enum.StrEnum):
    """A string with a class."""

    PASS = "pass"  # noqa: S105 - a status, no password


class Code(enum.IntEnum):
    """An integer with a class."""

    ONE = 1


class Ratio(float):
    """A float with a class that prints otherwise."""

    def __repr__(self) -> str:
        """Not a number."""
        return "Ratio"


def test_the_canonical_form_is_indented_sorted_ascii() -> None:
    """Two spaces, sorted keys, escapes for all but ASCII, one final newline."""
    value: dict[str, object] = {"b": [1, 2.5, {"é": "😀"}], "a": None, "B": True, "empty": [{}, []], "": False}
    assert dumps(value) == (
        b'{\n  "": false,\n  "B": true,\n  "a": null,\n  "b": [\n    1,\n    2.5,\n    {\n'
        b'      "\\u00e9": "\\ud83d\\ude00"\n    }\n  ],\n  "empty": [\n    {},\n    []\n  ]\n}\n'
    )


def test_the_line_form_is_compact() -> None:
    """One line without spaces, sorted, with the newline that ends a record."""
    value = {"b": [1, {"c": "x\ny"}], "a": {}, "é": []}
    assert dumps_line(value) == b'{"a":{},"b":[1,{"c":"x\\ny"}],"\\u00e9":[]}\n'


@pytest.mark.parametrize(
    "value",
    [None, True, 0, -1.5, 1e22, 1e-7, 5e-324, 'a"\\/\x00\x7f\u2028', [], {}, [[]], {"a": {}}, [{"z": 1, "y": [2]}]],
)
def test_the_forms_are_those_of_the_standard_library(value: object) -> None:
    """Both forms are byte for byte what the standard library writes with the published settings."""
    settings: dict[str, Any] = {"sort_keys": True, "ensure_ascii": True, "allow_nan": False}
    assert dumps(value).decode() == json.dumps(value, indent=2, **settings) + "\n"
    assert dumps_line(value).decode() == json.dumps(value, separators=(",", ":"), **settings) + "\n"


def test_subclasses_of_plain_types_are_written_as_what_they_are() -> None:
    """Enums and other subclasses leave no trace of their class; tuples are arrays."""
    assert dumps_line({Status.PASS: [Status.PASS, Code.ONE, Ratio(0.5), (1, 2)]}) == b'{"pass":["pass",1,0.5,[1,2]]}\n'


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"a": [math.nan]}, "nan is no JSON number at /a/0"),
        ([0, math.inf], "inf is no JSON number at /1"),
        (-math.inf, "-inf is no JSON number"),
        ({"a/b": {"c~d": "\ud800"}}, "a lone surrogate in a string at /a~1b/c~0d"),
        ({"\udc00": 1}, "a lone surrogate in a string"),
        ({"é": {"\udc00": 1}}, "a lone surrogate in a string at /\\xe9"),
        ({"a": {1: 2}}, "a key of type int at /a"),
        ({None: 2, "a": 1}, "a key of type NoneType"),
        ([{True: 2}], "a key of type bool at /0"),
        ({"a": {1, 2}}, "set is no type of JSON at /a"),
        (b"bytes", "bytes is no type of JSON"),
        (10**128, "a number of more than 128 characters"),
        ([-(10**127)], "a number of more than 128 characters at /0"),
        pytest.param(10**5000, "a number of more than 128 characters", id="more digits than Python prints"),
    ],
)
def test_what_no_reader_takes_is_never_written(value: object, reason: str) -> None:
    """A value outside of JSON is refused by both forms, with its place."""
    for write in (dumps, dumps_line):
        with pytest.raises(InvalidArtifact) as caught:
            write(value)
        assert caught.value.reason == f"cannot be written as JSON: {reason}"


@pytest.mark.parametrize("empty", [[], {}])
def test_nothing_deeper_is_written_than_is_read(empty: object) -> None:
    """The deepest nesting that is read is written, one more is refused; so is a value that holds itself."""
    value = empty
    for _ in range(MAX_DEPTH - 1):
        value = [value]
    assert parse(dumps(value)).value == value
    loop: list[object] = []
    loop.append(loop)
    for deep in ([value], loop):
        with pytest.raises(InvalidArtifact, match="more than 100 arrays and objects inside each other"):
            dumps_line(deep)


def test_writing_on_a_full_stack_is_no_recursion_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the stack of the caller has no room left, writing is refused by the one error."""

    def overflow(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(_canonical._Writer, "_put", overflow)
    with pytest.raises(InvalidArtifact, match="what is left of the call stack"):
        dumps([])


def test_the_value_is_left_as_it_was() -> None:
    """Writing sorts the text, not the value."""
    value = {"b": 1, "a": [2, 1]}
    dumps(value)
    assert list(value) == ["b", "a"]
    assert value["a"] == [2, 1]


def test_more_keys_than_are_remembered_are_written_as_well() -> None:
    """Keys beyond the thousand that are kept ready are written like them, each time they come."""
    value = [{f"k{number:04}": number for number in range(1200)}] * 2
    assert json.loads(dumps_line(value)) == value
    assert dumps_line(value) == json.dumps(value, separators=(",", ":")).encode() + b"\n"
