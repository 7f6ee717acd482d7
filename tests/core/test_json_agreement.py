"""The fast reader and the exact scanner accept the same language, and agree with an independent parser."""

from __future__ import annotations

import math

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runpact_core import _scan
from runpact_core._json import dumps, dumps_line, max_values, parse
from runpact_core._scan import find_fault
from runpact_core.errors import InvalidArtifact

SETTINGS = settings(
    derandomize=True, database=None, deadline=None, max_examples=400, suppress_health_check=list(HealthCheck)
)
PIECES = [
    *("{", "}", "[", "]", ",", ":", '"', '"a"', '"a":', '"b":', " ", "\n", "\t", "\r", "\\", "\\\\", '\\"', "\\n"),
    *(
        "\\ud83d",
        "\\ude00",
        "\\ud83d\\ude00",
        "\\u0061",
        "\\u00",
        "\x00",
        "\x1f",
        "\x7f",
        "é",
        "😀",
        "\ufeff",
        "\u00a0",
    ),
    *("0", "1", "-", "-0", "01", "1.0", "1.5", "1e2", "1e-2", "1e999", "e", ".", "NaN", "Infinity", "-Infinity"),
    *("true", "false", "null", "tru", "9" * 129, "[]", "{}", '{"a":1}', '{"a":1,"a":2}', "[1,2]", "[" * 60, "]" * 60),
]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5), max_leaves=20
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A sound text with a few bytes dropped, doubled, swapped or replaced by a piece of JSON."""
    data = draw(VALUES.map(orjson_or_ours))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(data)))
        width = draw(st.integers(0, 3))
        piece = draw(st.sampled_from(PIECES).map(str.encode) | st.binary(max_size=2) | st.just(data[at : at + 9]))
        data = data[:at] + piece + data[at + width :]
    return data


def orjson_or_ours(value: object) -> bytes:
    """A text of the value: escaped and indented, or compact with raw characters where another writer can."""
    text = dumps(value)
    return orjson.dumps(orjson.loads(text)) if len(text) % 2 else text


def judge(data: bytes) -> None:
    """Asserts that all readers agree on a text."""
    found = find_fault(data, values=max_values(0))
    for values in (max_values(0), 3):
        assert str(find_fault(data, values=values)) == str(fault_by_tokens(data, values))
    if found is not None:
        with pytest.raises(InvalidArtifact) as caught:
            parse(data)
        assert str(caught.value) == str(found)
        return
    fast = parse(data)
    assert plain(fast.value) == plain(orjson.loads(data))
    assert fast.integral_floats == any(isinstance(leaf, float) and leaf.is_integer() for leaf in leaves(fast.value))


def fault_by_tokens(data: bytes, values: int) -> InvalidArtifact | None:
    """What the exact scanner says of a text when it reads nothing at one go."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_scan._Scan, "_plain", lambda _self, state, position: (state, position))
        return find_fault(data, values=values)


def leaves(value: object) -> list[object]:
    """All scalars of a value."""
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in leaves(inner)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in leaves(inner)]
    return [value]


def plain(value: object) -> object:
    """The value with what the other parser does differently made equal, and every type visible.

    The one difference in accepted texts: orjson reads integers beyond 64 bits as doubles, we keep every digit.
    """
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return repr(float(value))
    return repr(value)


@SETTINGS
@given(st.lists(st.sampled_from(PIECES), max_size=16))
def test_readers_agree_on_pieces_of_json(pieces: list[str]) -> None:
    """Whatever is glued together from pieces of JSON, the fast reader accepts what has no fault, and only that."""
    judge("".join(pieces).encode())


@SETTINGS
@given(mutated())
def test_readers_agree_on_mutated_documents(data: bytes) -> None:
    """A document with a few bytes changed is accepted by both readers, with one value, or by neither."""
    judge(data)


@SETTINGS
@given(st.binary(max_size=40))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    """Arbitrary bytes are read or refused by the one error."""
    judge(data)


@SETTINGS
@given(st.lists(st.sampled_from([r"\\", r"\ud83d", r"\ude00", r"\uDBFF", r"\uDC00", r"\u0041", r"\n", "x", r"\""])))
def test_readers_agree_on_surrogates(escapes: list[str]) -> None:
    """Pairs of surrogates are told from halves in every mixture of escapes."""
    judge(f'["{"".join(escapes)}"]'.encode())


@SETTINGS
@given(VALUES)
def test_what_is_written_is_read_back(value: object) -> None:
    """Both written forms give back the same value and types, to us and to an independent parser."""
    for text in (dumps(value), dumps_line(value)):
        assert repr(sorted_keys(parse(text).value)) == repr(sorted_keys(value))
        assert plain(orjson.loads(text)) == plain(value)
        assert text.isascii()
        assert text.endswith(b"\n")
    assert dumps_line(value).count(b"\n") == 1


def sorted_keys(value: object) -> object:
    """The value with the members of each object in order of their names."""
    if isinstance(value, dict):
        return {key: sorted_keys(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [sorted_keys(inner) for inner in value]
    return value


@SETTINGS
@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(10**127) + 1, 10**128 - 1))
def test_numbers_survive_writing_and_reading(number: float, integer: int) -> None:
    """Every finite double and every integer within the limit comes back exactly, sign of zero included."""
    back = parse(dumps([number, integer])).value
    assert isinstance(back, list)
    assert back == [number, integer]
    assert math.copysign(1, float(back[0])) == math.copysign(1, number)  # type: ignore[arg-type]  # a double
