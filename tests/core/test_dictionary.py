"""The dictionary form of JSON Lines: any bytes come back, whatever repeats is said once, and damage is always told."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from runpact_core import _dictionary, _dictionary_write, jsonl
from runpact_core.errors import InvalidArtifact

BROKEN = "is in the dictionary form, and broken: "


def encoded(data: bytes, threshold: int = 3) -> bytes:
    """The dictionary form of some bytes."""
    target = io.BytesIO()
    header = jsonl.encode(io.BytesIO(data), target, threshold=threshold)
    assert header == (len(data), hashlib.sha256(data).hexdigest())
    return target.getvalue()


def decoded(data: bytes) -> bytes:
    """The original, by way of both readers."""
    target = io.BytesIO()
    header = jsonl.decode(io.BytesIO(data), target, "x")
    assert header == (len(target.getvalue()), hashlib.sha256(target.getvalue()).hexdigest())
    stream = jsonl.expanded(io.BufferedReader(io.BytesIO(data)), "x")
    assert stream.read() == target.getvalue()
    return target.getvalue()


RECORDS = b"".join(
    b'{"family":"bench","run":%d,"status":"%s","host":"worker-%d.example","took":%d.5}\n'
    % (n, (b"pass", b"fail")[n % 7 == 0], n % 3, n * n)
    for n in range(200)
)
ODD = [
    b"",
    b"\n",
    b"\n\r\n \n",
    b"{}",
    b"{}\n{}\n{}\n{}",
    b'{"a":1}\r\n{"a":2}\r\n{"a":3}\r\n',
    b'\xff\xfe\n{"a":1}\xc3',
    b'{"a":"\\ud800"}\n' * 4,
    b'{"a":"\\ud83d\\ude00 x"}\n' * 4,
    b'{"%s":"100%%"}\n{"%s":"101%%"}\n{"%s":"102%%"}\n',
    b'{"a":1.0,"a":1e2,"b":99999999999999999999,"x_dict":-0}\n' * 4,
    b'["a\\\\","b\\"c"]\n["a\\\\","b\\"d"]\n["a\\\\x","b\\"e"]\n',
    b'"long start \\n 1"\n"long start \\n 2"\n"long start \\n 3"\n',
    b'{"t":"2026-01-19T06:15:12Z"}\n{"t":"2026-01-19T06:15:13Z"}\n{"t":"2026-01-19T06:15:14Z"}\n',
    b"1\n2\n3\n-4\n1.5\ntrue\nnull\n[]\nNaN\n01\n",
    b'{"a":[1,2,[3]]}\n{"a":[]}\n' * 5,
    b"\x08\x0c\n" * 4,
    b"\xef\xbb\xbf{}\n" * 4,
    b"[" * 3000 + b"]" * 3000 + b"\n",
    b"1" * 5000 + b"\n",
    b'{"~runpact":"jsonl-dictionary","version":"1.0"}\n' * 5,
    b'{"~":[0,1]}\n{"~1":{}}\n{"~text":""}\n' * 3,
    b'{ "a" : "x" ,\t"b":[ 1 , 2 ] }\n' * 4,
    RECORDS[:-1],
    encoded(RECORDS),
]


@pytest.mark.parametrize("data", ODD)
def test_any_lines_come_back(data: bytes) -> None:
    """K-01: broken, huge, duplicate, odd: the bytes are the same; every line of the form is an object of its own."""
    form = encoded(data, threshold=2)
    assert decoded(form) == data
    for line in form.split(b"\n")[:-1]:
        (first, *_) = json.loads(line)
        assert first.startswith("~")
    assert encoded(data, threshold=2) == form


TEXTS = st.text(max_size=8) | st.sampled_from(["%s", "\b", "\f", "~1", "\\u0000", "x_dict", "\ud800"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
DUMPS = st.builds(
    lambda value, separators, ascii_: json.dumps(value, separators=separators, ensure_ascii=ascii_).encode(
        errors="surrogatepass"
    ),
    VALUES,
    st.sampled_from([(",", ":"), (", ", ": "), (" ,\t", " :\r")]),
    st.booleans(),
)
LINES = st.lists(st.binary(max_size=12) | DUMPS, max_size=6).flatmap(
    lambda pool: st.lists(st.sampled_from(pool or [b""]), max_size=20)
)


@given(LINES, st.sampled_from([b"\n", b"\r\n"]), st.booleans(), st.integers(1, 4))
@settings(max_examples=150, deadline=None)
@example([b"{}"], b"\n", False, 1)
def test_expanding_takes_compacting_back(lines: list[bytes], end: bytes, ended: bool, threshold: int) -> None:  # noqa: FBT001 - drawn, not called
    """Expand after compact is the identity on bytes, whatever the bytes and the threshold."""
    data = end.join(lines) + (end if ended else b"")
    form = encoded(data, threshold)
    assert decoded(form) == data
    assert decoded(encoded(form, threshold)) == form


@given(st.binary(max_size=200), st.integers(2, 9), st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_blocks_and_long_lines_come_back(data: bytes, longest: int, block: int) -> None:
    """The same where lines are longer than the longest, and blocks end anywhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_dictionary_write, "LONGEST", longest)
        patch.setattr(_dictionary_write, "_BLOCK", block)
        assert decoded(encoded(data * 3)) == data * 3


def test_the_form_is_readable() -> None:
    """The header says what it is, the first record stands as it was, then shapes and values, then lines by number."""
    data = b"".join(b'{"host":"worker.example","n":%d,"s":"%s"}\n' % (n * 10, b"skipped" * (n < 5)) for n in range(8))
    header, first, shapes, values, *lines = encoded(data).decode().splitlines()
    digest = hashlib.sha256(data).hexdigest()
    assert json.loads(header) == {
        "~runpact": "jsonl-dictionary",
        "version": "1.0",
        "bytes": len(data),
        "sha256": digest,
        "original": "runpact artifacts expand",
    }
    assert first == '{"~1":{"host":"worker.example","n":0,"s":"skipped"}}'
    assert json.loads(shapes) == {"~shapes": ['{"host":"worker.example","n":\b,"s":\b}']}
    assert values == '{"~values":["skipped"]}'
    assert lines == [f'{{"~":[0,[{n}],{0 if n < 50 else chr(34) * 2}]}}' for n in range(10, 80, 10)]


def test_the_threshold_decides_what_is_said_once() -> None:
    """A value that is there less often than the threshold stays where it is."""
    data = RECORDS[:180] + b"".join(b'{"a":"a long value %d","b":%d}\n' % (n // 3, n) for n in range(9))
    assert b'"~values"' in encoded(data, 3)
    assert b'"~values"' not in encoded(data, 4)
    assert b'"~shapes"' not in encoded(data, 10)


def test_records_are_read_through_the_form(tmp_path: Path) -> None:
    """`iterate` gives the records of the original; so do records that somebody appended since, also to a torn line."""
    path = tmp_path / "h.jsonl"
    path.write_bytes(encoded(RECORDS))
    before = [json.loads(line) for line in RECORDS.splitlines()]
    assert [line.value for line in jsonl.iterate(path)] == before
    assert jsonl.is_compacted(path.read_bytes()[:64])
    assert not jsonl.is_compacted(RECORDS[:64])
    jsonl.append(path, {"z": 1})
    assert [line.value for line in jsonl.iterate(path)] == [*before, {"z": 1}]
    assert decoded(path.read_bytes()) == RECORDS + b'{"z":1}\n'
    path.write_bytes(encoded(b'{"a":1}\n{"b":'))
    jsonl.append(path, {"z": 1})
    assert decoded(path.read_bytes()) == b'{"a":1}\n{"b":\n{"z":1}\n'


def test_repeated_records_become_small() -> None:
    """The form of records that resemble one another is less than half of them."""
    assert len(encoded(RECORDS)) * 2 < len(RECORDS)


def damage(form: bytes, old: bytes, new: bytes) -> bytes:
    """The form with its first ``old`` replaced."""
    assert old in form
    return form.replace(old, new, 1)


FORM = encoded(RECORDS)


@pytest.mark.parametrize(
    ("form", "why"),
    [
        (FORM[:-1], "it is cut"),
        (FORM[:40], "it is cut"),
        (FORM[: FORM.rindex(b"\n", 0, -1) + 1], "it is cut"),
        (b"{}\n", "its header cannot be read"),
        (b"[]\n", "its header cannot be read"),
        (b"\xff\n", "its header cannot be read"),
        (damage(FORM, b'"bytes":', b'"bytes":-'), "its header cannot be read"),
        (damage(FORM, b'"bytes":', b'"bytes":1.5e'), "its header cannot be read"),
        (damage(FORM, b'"version":"1.0"', b'"version":"2.0"'), "its version '2.0' is not known"),
        (damage(FORM, b"worker-", b"Worker-"), "it is not what its header says"),
        (damage(FORM, b'"bytes":', b'"bytes":1'), "it is cut"),
        (damage(FORM, b'{"~":[0,', b'{"~":[9,'), "this line is none of its kinds"),
        (damage(FORM, b'{"~":[0,', b'{"~":[,'), "this line is none of its kinds"),
        (damage(FORM, b'{"~":[0,', b'{"~":[0,"x",'), "this line is none of its kinds"),
        (damage(FORM, b'{"~":[0,', b'{"~":["'), "this line is none of its kinds"),
        (damage(FORM, b'{"~":[0,', b'{"~":[0,\xff'), "this line is none of its kinds"),
        (damage(FORM, b'{"~values":[', b'{"~values":[,'), "this line is none of its kinds"),
        (damage(FORM, b'{"~shapes":[', b'{"~shapes":[1,'), "this line is none of its kinds"),
        (damage(FORM, b'{"~1":', b'{"~2":'), "this line is none of its kinds"),
        (damage(FORM, b'{"~1":', b'{"~text":'), "this line is none of its kinds"),
        (damage(FORM, b'{"~1":', b"[" * 100_000), "this line is none of its kinds"),
    ],
)
def test_damage_is_told(form: bytes, why: str) -> None:
    """A form that is cut, changed or of a later version is an error, never a shorter file, and says on which line."""
    with pytest.raises(InvalidArtifact) as caught:
        jsonl.decode(io.BytesIO(form), io.BytesIO(), "h.jsonl")
    assert f"h.jsonl {BROKEN}{why}" in caught.value.what
    assert caught.value.line_number is not None


@given(st.integers(0, len(FORM) - 1), st.integers(1, 255))
@settings(max_examples=150, deadline=None)
def test_no_changed_byte_goes_unnoticed(place: int, by: int) -> None:
    """A changed byte gives an error or, in what people are told alone, the same original."""
    form = bytearray(FORM)
    form[place] ^= by
    target = io.BytesIO()
    try:
        jsonl.decode(io.BytesIO(bytes(form)), target, "x")
    except InvalidArtifact:
        return
    assert target.getvalue() == RECORDS


def bomb(bytes_: int, lines: int) -> bytes:
    """A small form that says the same long value again and again."""
    value = b"x" * 1_000_000
    head = b'{"~runpact":"jsonl-dictionary","version":"1.0","bytes":%d,"sha256":"%s"}\n' % (bytes_, b"0" * 64)
    return head + b'{"~shapes":["\\b"]}\n{"~values":["%s"]}\n' % value + b'{"~":[0,0]}\n' * lines


def test_a_bomb_is_refused_by_what_it_declares(tmp_path: Path) -> None:
    """K-05: ten gigabytes out of one megabyte: the header is enough, nothing is unpacked."""
    path = tmp_path / "h.jsonl"
    path.write_bytes(bomb(10_000_000_000, 10_000))
    with path.open("rb") as file, pytest.raises(InvalidArtifact, match="more than 1000 times its size"):
        jsonl.decode(file, io.BytesIO(), "x")
    with pytest.raises(InvalidArtifact, match="more than 1000 times its size"):
        list(jsonl.iterate(path))


def test_a_bomb_that_lies_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the size of the file is not known, what is given is held to what was read; one line is bounded too."""
    monkeypatch.setattr(_dictionary, "FREE", 1000)
    monkeypatch.setattr(_dictionary, "RATIO", 3)
    with pytest.raises(InvalidArtifact, match="more than 3 times its size"):
        jsonl.decode(io.BytesIO(bomb(10_000_000_000, 10)), io.BytesIO(), "x")
    wide = bomb(10**10, 0) + b'{"~":["\\b\\b\\b\\b",0,0,0,0]}\n'
    with pytest.raises(InvalidArtifact, match="none of its kinds"):
        jsonl.decode(io.BytesIO(wide), io.BytesIO(), "x")
    monkeypatch.setattr(_dictionary, "_LONGEST_STORED", 500_000)
    with pytest.raises(InvalidArtifact, match="a line is too long"):
        jsonl.decode(io.BytesIO(wide), io.BytesIO(), "x")


def test_a_file_that_changes_is_not_taken() -> None:
    """What is read the second time is held to what was read the first time."""

    class Changing(io.BytesIO):
        def seek(self, place: int, whence: int = 0, /) -> int:
            if self.tell():
                self.getbuffer()[0] ^= 1
            return super().seek(place, whence)

    with pytest.raises(InvalidArtifact, match="the file changed while it was read"):
        jsonl.encode(Changing(b"{}\n"), io.BytesIO())


def test_a_line_of_100_mb_takes_no_memory(tmp_path: Path) -> None:
    """It is kept in parts: there and back, memory is that of a block."""
    path = tmp_path / "long.jsonl"
    with path.open("wb") as file:
        file.write(RECORDS)
        for _ in range(100):
            file.write(b'"' + "\u00e9\u20ac".encode() * 200_000)
        file.write(b"\n" + RECORDS)
    tracemalloc.start()
    try:
        with path.open("rb") as source, (tmp_path / "form").open("w+b") as form:
            header = jsonl.encode(source, form)
            form.seek(0)
            with Path(os.devnull).open("wb") as nowhere:
                assert jsonl.decode(form, nowhere, "x") == header
        assert tracemalloc.get_traced_memory()[1] < 40 << 20
    finally:
        tracemalloc.stop()
