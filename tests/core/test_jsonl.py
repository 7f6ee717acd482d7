"""JSON Lines: every line is a record or a reported fault, and none takes another with it."""

from __future__ import annotations

import json
import os
import tracemalloc
from typing import TYPE_CHECKING, Any, Self

import pytest

from runpact_core import files, jsonl
from runpact_core.errors import EnvironmentFailed, InvalidArtifact, MissingArtifact, Refused

if TYPE_CHECKING:
    from pathlib import Path

TORN = "the last line has no end: it was torn while it was written"


def lines(path: Path, data: bytes, **options: Any) -> list[tuple[int, Any, str | None]]:
    """What a file with these bytes gives: number, value, what is wrong."""
    path.write_bytes(data)
    return [
        (line.number, line.value, None if line.error is None else str(line.error))
        for line in jsonl.iterate(path, **options)
    ]


def test_records_come_back(tmp_path: Path) -> None:
    """What was appended is read, in order, with numbers from 1; the bytes are one canonical line each."""
    path = tmp_path / "history.jsonl"
    records: list[dict[str, Any]] = [{"b": 1, "a": "\u00e9\n"}, {}, {"x": [1, 1.0, None]}]
    assert [jsonl.append(path, record) for record in records] == [False] * 3
    assert path.read_bytes() == b'{"a":"\\u00e9\\n","b":1}\n{}\n{"x":[1,1.0,null]}\n'
    assert list(jsonl.iterate(path)) == [jsonl.Line(n, record, None) for n, record in enumerate(records, 1)]


def test_a_torn_line_is_ended_first(tmp_path: Path) -> None:
    """The next record stands on a line of its own, its writer is told, and readers see the torn line as a fault."""
    path = tmp_path / "history.jsonl"
    path.write_bytes(b'{"a":1}\n{"b":')
    assert jsonl.append(path, {"c": 3}) is True
    assert path.read_bytes() == b'{"a":1}\n{"b":\n{"c":3}\n'
    first, torn, last = jsonl.iterate(path)
    assert (first.value, torn.value, last.value) == ({"a": 1}, None, {"c": 3})
    assert torn.number == 2
    assert torn.error is not None
    assert (torn.error.line_number, torn.error.hint) == (2, None)


@pytest.mark.parametrize("how", ["replaced", "removed"])
def test_a_record_is_in_the_file_that_was_put_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """A file that is replaced between its opening and the append gets the record too; one that is removed stays so."""
    path = tmp_path / "history.jsonl"
    path.write_bytes(b'{"a":1}\n')
    append_line = files.append_line
    calls: list[bytes] = []

    def slow(fd: int, line: bytes) -> bool:
        if not calls:
            if how == "replaced":
                files.replace(path, b'{"other":1}\n')
            else:
                path.unlink()
        calls.append(line)
        return append_line(fd, line)

    monkeypatch.setattr(files, "append_line", slow)
    assert jsonl.append(path, {"b": 2}) is False
    if how == "replaced":
        assert path.read_bytes() == b'{"other":1}\n{"b":2}\n'
    else:
        assert not path.exists()


def test_a_torn_last_line_says_so(tmp_path: Path) -> None:
    """A last line without an end is a fault with a hint; if it happens to be whole, it is a record."""
    path = tmp_path / "x"
    path.write_bytes(b'{"a":1}\n{"b":')
    *_, torn = jsonl.iterate(path)
    assert torn.error is not None
    assert torn.error.hint == TORN
    assert lines(path, b'{"a":1}') == [(1, {"a": 1}, None)]


@pytest.mark.parametrize(
    ("bad", "column"),
    [
        (b'{"a":1,"a":2}', 8),
        (b"nonsense", 1),
        (b'{"a":NaN}', 6),
        (b'{"a":1} {}', 9),
        (b'"\xff"', 2),
        (b'"\\ud800"', 2),
        (b"{", 2),
    ],
)
def test_a_bad_line_is_reported_with_its_place(bad: bytes, column: int, tmp_path: Path) -> None:
    """The fault names the line of the file and the column in it; the lines around it are read."""
    path = tmp_path / "x"
    path.write_bytes(b'{"n":1}\n\n' + bad + b'\n{"n":4}\n')
    first, fault, last = jsonl.iterate(path)
    assert (first, last) == (jsonl.Line(1, {"n": 1}, None), jsonl.Line(4, {"n": 4}, None))
    assert (fault.number, fault.value) == (3, None)
    assert fault.error is not None
    assert (fault.error.line_number, fault.error.column) == (3, column)
    assert str(fault.error).endswith(f"(line 3, column {column})")


def test_only_blank_lines_are_passed_over(tmp_path: Path) -> None:
    """Spaces, tabs and carriage returns make a blank line; anything else is a record or a fault."""
    assert lines(tmp_path / "x", b"") == []
    assert lines(tmp_path / "x", b"\n \t\r\n\n") == []
    assert lines(tmp_path / "x", b"null\n") == [(1, None, None)]
    assert lines(tmp_path / "x", b'{"a":1}\r\n') == [(1, {"a": 1}, None)]
    ((number, value, fault),) = lines(tmp_path / "x", b"\n\x0b\n")
    assert (number, value) == (2, None)
    assert fault is not None
    separators = '{"a":"\u2028\u0085"}'.encode()
    assert lines(tmp_path / "x", separators + b"\n") == [(1, {"a": "\u2028\x85"}, None)]


@pytest.mark.parametrize("length", range(18, 26))
@pytest.mark.parametrize("end", [b"\n", b""])
def test_a_long_line_is_a_fault(length: int, end: bytes, tmp_path: Path) -> None:
    """A line of more bytes than the limit, its end apart, is reported, and the next line is read."""
    long = b'"' + b"a" * (length - 2) + b'"'
    found = lines(tmp_path / "x", b'{"n":1}\n' + long + (b'\n{"n":3}' if end else b"") + end, limit=20)
    fits = (2, long[1:-1].decode(), None)
    fault = (2, None, "Invalid artifact: a line of more than 20 bytes (line 2, column 1)")
    assert found == [(1, {"n": 1}, None), fits if length <= 20 else fault, *([(3, {"n": 3}, None)] if end else [])]


def test_memory_is_that_of_a_line(tmp_path: Path) -> None:
    """A line far longer than the limit is passed through in pieces, not held."""
    path = tmp_path / "x"
    path.write_bytes(b"a" * 20_000_000 + b'\n{"n":2}\n')
    tracemalloc.start()
    try:
        found = list(jsonl.iterate(path, limit=1000))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [line.value for line in found] == [None, {"n": 2}]
    assert peak < 1_000_000


def test_what_cannot_be_appended_is_refused(tmp_path: Path) -> None:
    """A record that is no JSON writes nothing; a folder in the place of the file is refused."""
    path = tmp_path / "x"
    with pytest.raises(InvalidArtifact, match="nan"):
        jsonl.append(path, {"a": float("nan")})
    assert not path.exists()
    with pytest.raises(Refused):
        jsonl.append(tmp_path, {})


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    """No file, a folder: each is a typed error, as soon as the first line is asked for."""
    with pytest.raises(MissingArtifact, match=r"^Missing artifact: .*none\.jsonl$"):
        next(jsonl.iterate(tmp_path / "none.jsonl"))
    with pytest.raises(InvalidArtifact, match="a directory where a regular file should be"):
        next(jsonl.iterate(tmp_path))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this platform has no FIFO")
def test_a_fifo_is_no_hang(tmp_path: Path) -> None:
    """What would wait for a writer is refused at once."""
    os.mkfifo(tmp_path / "x")
    with pytest.raises(InvalidArtifact, match="a FIFO where a regular file should be"):
        next(jsonl.iterate(tmp_path / "x"))


def test_a_failing_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error in the middle of reading leaves as ours, and names the file."""
    path = tmp_path / "x"
    path.write_bytes(b"{}\n")
    reading = jsonl.iterate(path)

    class Failing:
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            os.close(fd)

        def peek(self, _: int) -> bytes:
            raise OSError(5, "Input/output error")

    fd = os.open(path, os.O_RDONLY)
    monkeypatch.setattr("builtins.open", lambda *_, **__: Failing())
    monkeypatch.setattr("runpact_core.files.open_read", lambda _: fd)
    with pytest.raises(EnvironmentFailed, match=r"^reading .*x: Input/output error$"):
        next(reading)


def test_a_file_that_tells_nothing_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system refuses to say what was opened, the error is ours and the descriptor is closed."""
    (tmp_path / "x").write_bytes(b"{}\n")
    seen: list[int] = []
    real = os.fstat

    def failing(fd: int) -> os.stat_result:
        seen.append(fd)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fstat", failing)
    with pytest.raises(EnvironmentFailed, match="Input/output error"):
        next(jsonl.iterate(tmp_path / "x"))
    monkeypatch.setattr(os, "fstat", real)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(seen[0])


def test_lines_are_canonical_json(tmp_path: Path) -> None:
    """Another JSON parser reads every line as the record that was appended."""
    path = tmp_path / "x"
    record = {"text": "\u2028\U0001f9ed\x00", "n": -0.0, "deep": [[[{}]]]}
    jsonl.append(path, record)
    assert json.loads(path.read_text(encoding="ascii")) == record
    assert path.read_bytes().count(b"\n") == 1
