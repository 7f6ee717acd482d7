"""What of a history is read: every record in every form it is stored in, and every line that is none, by its number."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runpact_core import _json, documents, jsonl
from runpact_core.errors import EnvironmentFailed, InvalidArtifact, MissingArtifact
from runpact_reporter import HistoryProblem, HistoryWarning, _history, iter_report_history
from tests.reporter.support import last_run

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ONE = {"run_rel": "spec-kit/one", "status": "success"}
OTHERS = b'"failed":0,"other":0,"pending":0,"reported":1,"skipped":0'
TWO = {"run_rel": "spec-kit/two", "status": "failed", "of_others": {"kept": [1, 2.5]}}


def line(record: Any) -> bytes:
    """A record as a line."""
    return _json.dumps_line(record)


def read(data: bytes, **more: Any) -> tuple[list[dict[str, Any]], list[tuple[int | None, str]]]:
    """Records of a history with these bytes; line and kind of each problem."""
    Path("h.jsonl").write_bytes(data)
    problems: list[HistoryProblem] = []
    records = list(iter_report_history("h.jsonl", on_problem=problems.append, **more))
    return records, [(problem.line, problem.kind) for problem in problems]


def test_records_of_others_are_read_as_they_are() -> None:
    """Spaces, order of keys and escapes do not matter; unknown fields are kept; empty lines are none."""
    data = b'{"status": "failed",  "run_rel": "x", "\\u00e9": "\\ud83d\\ude00"}\r\n\n  \n' + line(TWO)
    assert read(data) == ([{"status": "failed", "run_rel": "x", "\u00e9": "\U0001f600"}, TWO], [])


@pytest.mark.parametrize(
    ("bad", "kind"),
    [
        (b"{broken\n", "malformed"),
        (b"[1]\n", "malformed"),
        (b"null\n", "malformed"),
        (b'{"run_rel": "a", "run_rel": "b", "status": "x"}\n', "malformed"),
        (b'{"run_rel":"a","status":"x","n":NaN}\n', "malformed"),
        (b'{"run_rel":"a","status":"x","n":1e999}\n', "malformed"),
        (b'{"run_rel":"a","status":"\\ud800"}\n', "malformed"),
        (b'{"run_rel":"a","status":"\xff"}\n', "malformed"),
        (b'{"run_rel":"a"}\n', "invalid"),
        (b'{"run_rel":"a","status":5}\n', "invalid"),
        (b'{"duration_ms":1.0,"run_rel":"a","status":"x"}\n', "invalid"),
        (b'{"run_rel":"a","status":"x","tests":{"passed":1.0,' + OTHERS + b"}}\n", "invalid"),
        (b'{"duration_ms":1e16,"run_rel":"a","status":"x"}\n', "invalid"),
        (b'{"run_rel":"a","schema_version":"7.0","status":"x"}\n', "unsupported"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_is_read(bad: bytes, kind: str) -> None:
    """Reported with its number, or raised with it; never skipped, never taken for a record."""
    data = line(ONE) + bad + line(TWO)
    assert read(data) == ([ONE, TWO], [(2, kind)])
    with pytest.raises(InvalidArtifact) as caught:
        list(iter_report_history("h.jsonl"))
    assert caught.value.line_number == 2


def test_a_newer_minor_version_is_read_and_told() -> None:
    """A record of version 1.9 is given with all its fields, and somebody hears of it."""
    newer = {**ONE, "schema_version": "1.9", "new": 1}
    assert read(line(newer)) == ([newer], [(1, "newer")])
    with pytest.warns(HistoryWarning, match="h.jsonl:1: Unsupported schema version: 1.9"):
        assert list(iter_report_history("h.jsonl")) == [newer]


def test_a_torn_last_line_stops_nobody_and_is_told() -> None:
    """What a crash left of a line is no record; a whole record without its line feed is one."""
    assert read(line(ONE) + b'{"run_rel": "sp') == ([ONE], [(2, "torn")])
    with pytest.warns(HistoryWarning, match="h.jsonl:2: the last line was torn"):
        assert list(iter_report_history("h.jsonl")) == [ONE]
    assert read(line(ONE) + line(TWO)[:-1]) == ([ONE, TWO], [])


def test_what_is_no_beginning_of_a_record_is_not_taken_for_torn() -> None:
    """Brackets without end are no record that a crash cut; room that was never written is."""
    Path("h.jsonl").write_bytes(b"[" * 50)
    with pytest.raises(InvalidArtifact):
        list(iter_report_history("h.jsonl"))
    problems: list[HistoryProblem] = []
    Path("h.jsonl").write_bytes(b"\0" * 50)
    assert list(iter_report_history("h.jsonl", on_problem=problems.append)) == []
    assert [problem.kind for problem in problems] == ["torn"]


def test_without_validation_any_object_is_a_record() -> None:
    """The contract is not asked; what is no JSON object is still reported."""
    assert read(b'{"a": 1}\n{"b":1}\n[]\n{"a":1,"a":2}\n', validate=False) == (
        [{"a": 1}, {"b": 1}],
        [(3, "malformed"), (4, "malformed")],
    )


def test_duplicates_and_any_order_are_given_as_they_stand() -> None:
    """Appends of several processes come as they come; nothing is dropped or sorted."""
    assert read(line(TWO) + line(ONE) + line(TWO)) == ([TWO, ONE, TWO], [])


def test_compressed_histories_open_by_their_content() -> None:
    """Gzip, several members in a row, whatever the file is called."""
    assert read(gzip.compress(line(ONE)) + gzip.compress(line(TWO))) == ([ONE, TWO], [])


@pytest.mark.parametrize("cut", [-1, -9, 15])
def test_a_broken_compressed_history_is_an_error(cut: int) -> None:
    """A member that ends early is told, after the records before it."""
    Path("h.jsonl.gz").write_bytes(gzip.compress(line(ONE) * 100)[:cut])
    with pytest.raises(InvalidArtifact, match="compressed, and broken"):
        list(iter_report_history("h.jsonl.gz"))


def test_a_flipped_bit_in_a_compressed_history_is_an_error() -> None:
    """The checksum of the member does not fit."""
    data = bytearray(gzip.compress(line(ONE) * 100))
    data[-6] ^= 1
    Path("h.jsonl.gz").write_bytes(data)
    with pytest.raises(InvalidArtifact, match="compressed, and broken"):
        list(iter_report_history("h.jsonl.gz"))


def test_a_history_that_is_compressed_with_zstandard_is_read() -> None:
    """Its records come as from a plain file; a cut one is an error, after the records before the cut."""
    data = zstd.compress(line(ONE)) + zstd.compress(line(TWO))
    assert read(data) == ([ONE, TWO], [])
    Path("h.jsonl.zst").write_bytes(data[:-1])
    reading = iter_report_history("h.jsonl.zst")
    assert next(reading) == ONE
    with pytest.raises(InvalidArtifact, match="compressed, and broken"):
        list(reading)


def test_a_compacted_history_is_read() -> None:
    """The dictionary form gives the records of the original, and its faults by the original's line numbers."""
    lines = line(ONE) + b"broken\n" + line(TWO) * 5
    form = io.BytesIO()
    jsonl.encode(io.BytesIO(lines), form)
    assert form.getvalue().startswith(b'{"~runpact"')
    assert read(form.getvalue()) == read(lines) == ([ONE, *[TWO] * 5], [(2, "malformed")])
    with pytest.raises(InvalidArtifact, match="is in the dictionary form, and broken: it is cut"):
        read(form.getvalue()[:-1])


def test_what_is_no_file_is_an_error() -> None:
    """Nothing there, a FIFO, an error while reading: each has its name, and nothing waits."""
    os.mkfifo("fifo")
    with pytest.raises(MissingArtifact):
        list(iter_report_history("nothing"))
    with pytest.raises(InvalidArtifact, match=r"a FIFO"):
        list(iter_report_history("fifo"))


def test_an_error_of_the_system_is_one_of_the_environment() -> None:
    """A device that fails while lines are read."""
    Path("h.jsonl").write_bytes(line(ONE))
    with pytest.raises(EnvironmentFailed, match="reading h"), jsonl.opened("h.jsonl"):
        raise OSError(5, "Input/output error")


def test_a_line_beyond_the_limit_is_reported_and_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line too long, in the middle or at the end, costs one problem and no memory."""
    monkeypatch.setattr(_history, "_LIMIT", 100)
    long = b'{"run_rel":"' + b"a" * 1000 + b'","status":"x"}\n'
    assert read(line(ONE) + long + line(TWO) + long[:-1]) == ([ONE, TWO], [(2, "malformed"), (4, "malformed")])
    assert read(line(ONE) + b" " * 100 + b"\n" + line(TWO)) == ([ONE, TWO], [(2, "malformed")])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(
    record=st.dictionaries(st.sampled_from(["run_rel", "status", "duration_ms", "tests", "schema_version", "x"]), JSON),
    ascii_only=st.booleans(),
    separators=st.sampled_from([(",", ":"), (", ", ": ")]),
    cut=st.none() | st.integers(1, 5),
)
def test_the_fast_reader_reads_what_the_strict_one_reads(
    record: dict[str, Any], *, ascii_only: bool, separators: tuple[str, str], cut: int | None
) -> None:
    """Whatever stands on a line, the history has it exactly where the hub's reader of documents has it, as the same."""
    text = json.dumps(record, ensure_ascii=ascii_only, separators=separators)
    raw = text[: len(text) if cut is None else -cut].encode(errors="surrogatepass")
    try:
        document = documents.read("history_record", raw)
        expected = [document.data] if document.read_as else []
    except InvalidArtifact:
        expected = []
    path = Path("h.jsonl").absolute()
    path.write_bytes(raw + b"\n")
    problems: list[HistoryProblem] = []
    found = list(iter_report_history(path, on_problem=problems.append))
    assert (found, repr(found)) == (expected, repr(expected))
    assert bool(found) or bool(problems) or not raw


def test_all_integers_stand_where_the_fast_reader_looks_for_them() -> None:
    """The contract has integers as `duration_ms` and in `tests`, and nowhere else."""
    version = documents.find_contract("history_record")[-1]
    assert {str(place).split("/")[1] for place in version.integers} == {"duration_ms", "tests"}
    assert version.version == _history._KNOWN


def test_a_million_lines_in_the_memory_of_one() -> None:
    """Torn, duplicate, out of order, of the future: each is counted, and memory does not grow with the file."""
    plain = b"".join(line({**ONE, "duration_ms": number}) for number in range(1000))
    strange = line({**ONE, "schema_version": "9.0"}) + b'{"torn": \n' + line(ONE) + line(ONE)
    with Path("h.jsonl").open("wb") as file:
        file.writelines(plain + strange for _ in range(100))
        file.write(b'{"run_rel')
    problems: list[HistoryProblem] = []
    tracemalloc.start()
    try:
        count = sum(1 for _ in iter_report_history("h.jsonl", on_problem=problems.append))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 100 * 1002
    assert [problem.line for problem in problems][:2] == [1001, 1002]
    assert [problem.kind for problem in problems] == ["unsupported", "malformed"] * 100 + ["torn"]
    assert peak < 2_000_000


def tree(**runs: Any) -> Path:
    """A dash folder with a report for each run."""
    for run_id, changes in runs.items():
        folder = Path("dash", "runs", "spec-kit", run_id)
        folder.mkdir(parents=True)
        (folder / "last_run.json").write_bytes(documents.dumps(last_run(run_id=run_id, **changes)))
    return Path("dash")


def test_a_tree_of_runs_is_a_history_too() -> None:
    """By product and run id; from the dash folder or its folder of runs; times give the duration."""
    dash, records = tree(b={"status": "failed"}, a={}), []
    for root in (dash, dash / "runs", str(dash)):
        records = list(iter_report_history(root))
        assert [(each["run_rel"], each["status"]) for each in records] == [
            ("spec-kit/a", "success"),
            ("spec-kit/b", "failed"),
        ]
    assert (records[0]["duration_ms"], records[0]["product_id"], records[0]["summary"]) == (
        5000,
        "spec-kit",
        "42 passed",
    )


def test_where_only_the_newest_report_is_kept_it_counts_for_its_run() -> None:
    """The layout of the field: one report a product, folders without one; those are told."""
    dash = tree()
    product = dash / "runs" / "spec-kit"
    (product / "old").mkdir(parents=True)
    (product / "new").mkdir()
    (product / "last_run.json").write_bytes(documents.dumps(last_run(run_id="new")))
    problems: list[HistoryProblem] = []
    records = list(iter_report_history(dash, on_problem=problems.append))
    assert [record["run_rel"] for record in records] == ["spec-kit/new"]
    assert [(str(Path(problem.path).name), problem.kind) for problem in problems] == [("old", "unreported")]


def test_what_cannot_be_read_of_a_tree_is_told() -> None:
    """Broken reports, unknown versions, a product's broken newest report: each by its path; the rest is read."""
    dash = tree(a={}, b={"schema_version": "9.0"}, c={"schema_version": "0.9"})
    (dash / "runs" / "spec-kit" / "d").mkdir()
    (dash / "runs" / "spec-kit" / "d" / "last_run.json").write_bytes(b"{")
    (dash / "runs" / "spec-kit" / "last_run.json").write_bytes(b"[]")
    problems: list[HistoryProblem] = []
    records = list(iter_report_history(dash, on_problem=problems.append))
    assert [record["run_id"] for record in records] == ["a", "c"]
    assert [problem.kind for problem in problems] == ["unsupported", "newer", "unreadable", "unreadable"]
    assert str(problems[0]) == "dash/runs/spec-kit/b/last_run.json: Unsupported schema version: 9.0"
    with pytest.raises(InvalidArtifact, match=r"9\.0"):
        list(iter_report_history(dash))
