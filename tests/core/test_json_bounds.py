"""What a JSON text may cost: size, depth, number of values (fault C-04)."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from runpact_core import _json
from runpact_core._json import MAX_BYTES, MAX_DEPTH, max_values, parse
from runpact_core.errors import InvalidArtifact

HOSTILE = {
    "nesting of 100,000": "b'[' * 100_000 + b']' * 100_000",
    "nesting of objects, unclosed": "b'{\"a\":' * 1_000_000",
    "brackets hidden in strings": "b'[' + b'\"[\",' * 1_500_000 + b'\"[\"]'",
    "closing brackets only": "b'[' * 200 + b']' * 8_000_000",
    "64 MB": "b'[' + b'1,' * 33_554_432 + b'1]'",
    "a million keys": "b'{' + b','.join(b'\"%d\":1' % n for n in range(1_000_000)) + b'}'",
    "a million short keys": "b'{' + b','.join(b'\"%x\":1' % n for n in range(800_000)) + b'}'",
    "as many keys as are read": "b'{' + b','.join(b'\"%d\":1' % n for n in range(262_000)) + b'}'",
    "as many values as are read, then a fault": "b'[' + b'1,' * 262_000 + b'x]'",
    "numbers of a million digits": "b'[' + b'9' * 8_000_000 + b']'",
    "a string of escapes": "b'\"' + b'\\\\n' * 4_000_000 + b'x'",
    "a string of surrogates": "b'\"' + b'\\\\ud83d' * 1_300_000 + b'\"'",
    "commas in a string": "b'\"' + b',' * 8_000_000 + b'\"'",
    "quotes": "b'\"' * 8_000_000",
    "white space": "b' ' * 8_000_000",
    "NUL": "b'\\0' * 8_000_000",
}
PROBE = """
import json, sys, time, tracemalloc
from runpact_core._json import parse
from runpact_core import _scan
from runpact_core.errors import InvalidArtifact
data = eval(sys.argv[1])
def read():
    try:
        parse(data)
    except InvalidArtifact as error:
        return error.reason
    return "read"
begin = time.process_time()
answer = read()
seconds = time.process_time() - begin
tracemalloc.start()
read()
print(json.dumps([answer, seconds, tracemalloc.get_traced_memory()[1] / 1e6]))
"""
ANSWERS = {
    "as many keys as are read": "read",
    "commas in a string": "read",
    "brackets hidden in strings": "too many values: more than are read from a text of this size",
    "64 MB": "the text has 67108867 bytes, and at most 8388608 are read",
    "a million short keys": "too many values: more than are read from a text of this size",
    "nesting of 100,000": "more than 100 arrays and objects inside each other",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_costs_a_second_and_a_hundred_megabytes_at_most(name: str) -> None:
    """Refused or read, no text of any size costs more than 1 s of processor time and 100 MB beyond itself."""
    command = [sys.executable, "-c", PROBE, HOSTILE[name]]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    answer, seconds, megabytes = json.loads(done.stdout)
    assert answer == ANSWERS.get(name, answer)
    assert seconds < 1.0
    assert megabytes < 100.0


@pytest.mark.parametrize("shape", [(b"[", b"]"), (b'{"a":', b"}"), (b'[{"a":', b"}]")])
@pytest.mark.parametrize("noise", [b"1", b'"]}"', b'"\\"[["', b'"[{\\\\"', b'["]", "["]'])
def test_depth_is_counted_exactly(shape: tuple[bytes, bytes], noise: bytes) -> None:
    """The hundredth array or object is read and the next one refused, whatever brackets stand in strings."""
    per_layer = len(shape[1])
    own = 1 if noise.startswith(b"[") else 0
    layers = (MAX_DEPTH - own) // per_layer
    beside = b"[" + b"[]," * MAX_DEPTH + shape[0] * (layers - 1) + noise + shape[1] * (layers - 1) + b"]"
    assert parse(beside).value is not None
    with pytest.raises(InvalidArtifact, match="more than 100 arrays and objects"):
        parse(shape[0] * (layers + 1) + noise + shape[1] * (layers + 1))


def test_depth_of_the_limit_itself_is_read() -> None:
    """A text of exactly the deepest nesting is read, beside any number of shallow arrays."""
    deepest = b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1)
    assert parse(b"[" + b"[]," * 200 + deepest + b"]").value is not None
    with pytest.raises(InvalidArtifact) as caught:
        parse(b"[" + b"[]," * 200 + b"[" + deepest + b"]]")
    assert caught.value.column == 1 + 600 + MAX_DEPTH


def test_size_is_counted_in_bytes_and_the_limit_itself_is_read() -> None:
    """A text of as many bytes as the limit is read, one byte more is refused before anything else is looked at."""
    text = '"é"'.encode()
    assert parse(text, limit=4).value == "é"
    with pytest.raises(InvalidArtifact) as caught:
        parse(text, limit=3)
    assert caught.value.reason == "the text has 4 bytes, and at most 3 are read"
    assert caught.value.hint == "is this the right file?"


def test_the_number_of_values_is_counted_exactly_and_grows_with_the_limit() -> None:
    """As many values as the limit gives room for are read, one more is refused, a larger limit reads it."""
    most = max_values(MAX_BYTES)
    assert (most, max_values(1), max_values(4 * MAX_BYTES)) == (262_144, 262_144, 1_048_576)
    full = b"[" + b",".join([b"1"] * (most - 1)) + b"]"
    assert len(parse(full).value) == most - 1  # type: ignore[arg-type]  # an array
    with pytest.raises(InvalidArtifact, match="too many values"):
        parse(full[:-1] + b",1]")
    assert len(parse(full[:-1] + b",1]", limit=2 * MAX_BYTES).value) == most  # type: ignore[arg-type]  # an array


def test_commas_and_brackets_in_strings_are_no_values() -> None:
    """A text that only looks rich is read after a closer look."""
    many = max_values(MAX_BYTES) + 1
    assert parse(b'["' + b",[" * many + b'"]').value == [",[" * many]


@pytest.mark.parametrize(("data", "perhaps"), [(b"[" * 101 + b"]" * 101, True), (b"[[],{}]", False), (b"[}", True)])
def test_the_quick_look_at_depth_may_only_err_on_the_safe_side(data: bytes, *, perhaps: bool) -> None:
    """The check before the C scanner says "perhaps" of every text that is too deep or is no tree."""
    assert _json._perhaps_too_deep(data, 1000) is perhaps
    assert _json._perhaps_too_deep(data, 1) is True
