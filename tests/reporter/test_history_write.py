"""Writing a history: whole, at its end, and again from the tree; the same runs give the same bytes."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from runpact_core import documents, files
from runpact_core.errors import InvalidArtifact, Refused
from runpact_reporter import (
    append_history,
    iter_report_history,
    rebuild_history,
    write_report_history_jsonl,
)
from runpact_reporter._history_record import record_of
from tests.reporter.support import call, environment, last_run

HISTORY = Path("dash", "runs", "report_history.jsonl")
TESTS = {"reported": 3, "passed": 1, "failed": 1, "skipped": 1, "pending": 0, "other": 0}


def reported(run_id: str, ended_at: str = "2026-01-19T12:00:05Z", **changes: Any) -> dict[str, Any]:
    """A report in the tree; its history record."""
    report = last_run(run_id=run_id, ended_at=ended_at, **changes)
    folder = HISTORY.parent / report["product_id"] / run_id
    folder.mkdir(parents=True)
    (folder / "last_run.json").write_bytes(documents.dumps(report))
    return record_of(report, f"{report['product_id']}/{run_id}")


def test_a_record_says_what_the_report_says() -> None:
    """Every field that both have, the duration from the times, and no field that the report lacks."""
    record = record_of(last_run(run_id="r"), "spec-kit/r")
    assert record == {
        "schema_version": "1.0",
        "run_rel": "spec-kit/r",
        "status": "success",
        "product_id": "spec-kit",
        "run_id": "r",
        "started_at": "2026-01-19T12:00:00Z",
        "ended_at": "2026-01-19T12:00:05Z",
        "duration_ms": 5000,
        "summary": "42 passed",
    }
    assert documents.validate("history_record", record, strict=True) == []


def test_a_report_of_version_0_2_gives_its_counts() -> None:
    """Duration and tests come from the report where it has them."""
    report = last_run(schema_version="0.2", duration_ms=4321, metrics={"tests": TESTS})
    record = record_of(report, "spec-kit/r")
    assert (record["duration_ms"], record["tests"]) == (4321, TESTS)
    assert documents.validate("history_record", record, strict=True) == []


@pytest.mark.parametrize("changes", [{"ended_at": "2026-01-19T11:00:00Z"}, {"started_at": "no time"}])
def test_times_that_make_no_sense_give_no_duration(changes: dict[str, str]) -> None:
    """The end before the start, or what is no time: the duration is left out."""
    assert "duration_ms" not in record_of(last_run(**changes), "spec-kit/r")


def test_a_whole_history_is_written_and_read_back() -> None:
    """Unknown fields come back; the old file is replaced as a whole."""
    records: list[dict[str, Any]] = [{"run_rel": "a", "status": "x", "of_others": [1]}, {"run_rel": "b", "status": "y"}]
    assert write_report_history_jsonl("h.jsonl", iter(records)) == 2
    assert Path("h.jsonl").read_bytes() == (
        b'{"of_others":[1],"run_rel":"a","status":"x"}\n{"run_rel":"b","status":"y"}\n'
    )
    assert list(iter_report_history("h.jsonl")) == records
    with pytest.raises(InvalidArtifact, match="record 2: "):
        write_report_history_jsonl("h.jsonl", [records[0], {"run_rel": "c"}])
    assert list(iter_report_history("h.jsonl")) == records


def test_a_record_after_a_torn_line_stands_on_its_own() -> None:
    """What a crash left stays, is told, and costs no record."""
    Path("h.jsonl").write_bytes(b'{"run_rel": "to')
    assert append_history("h.jsonl", {"run_rel": "a", "status": "x"}) is True
    assert append_history("h.jsonl", {"run_rel": "b", "status": "x"}) is False
    problems: list[Any] = []
    assert [record["run_rel"] for record in iter_report_history("h.jsonl", on_problem=problems.append)] == ["a", "b"]
    assert [(problem.line, problem.kind) for problem in problems] == [(1, "malformed")]


def test_what_is_not_admitted_is_not_appended() -> None:
    """No line for a record without its status; none into a compressed file."""
    with pytest.raises(InvalidArtifact, match="the record: "):
        append_history("h.jsonl", {"run_rel": "a"})
    assert not Path("h.jsonl").exists()
    Path("h.jsonl.gz").write_bytes(gzip.compress(b""))
    with pytest.raises(Refused, match="compressed"):
        append_history("h.jsonl.gz", {"run_rel": "a", "status": "x"})


def test_appends_of_several_processes_lose_nothing() -> None:
    """Four processes, 50 records each, of 10 bytes to 100 KB: 200 whole lines."""
    program = (
        "import sys; from runpact_reporter import append_history\n"
        "for n in range(50):\n"
        "    append_history('h.jsonl', {'run_rel': f'{sys.argv[1]}/{n}', 'status': 'x' * 10 ** (n % 5 + 1)})"
    )
    command = [sys.executable, "-c", program]
    children = [subprocess.Popen([*command, str(child)], env=environment()) for child in range(4)]
    assert [child.wait(60) for child in children] == [0] * 4
    found = [record["run_rel"] for record in iter_report_history("h.jsonl")]
    assert sorted(found) == sorted(f"{child}/{number}" for child in range(4) for number in range(50))


def test_rebuilding_gives_the_bytes_of_the_appends() -> None:
    """Appended in the order in which runs ended, the history and the rebuilt one are the same file."""
    ends = [f"2026-01-19T12:00:{second:02}{zone}" for second in range(5, 25) for zone in ("Z", "+00:00")]
    runs = [(end, f"run-{number * 7 % 40:02}") for number, end in enumerate(ends)]
    records = [reported(run_id, end) for end, run_id in runs]
    for each in sorted(records, key=lambda record: (record["ended_at"][:19], record["run_rel"])):
        append_history(HISTORY, each)
    appended = HISTORY.read_bytes()
    HISTORY.unlink()
    assert rebuild_history("dash") == 40
    assert HISTORY.read_bytes() == appended


def test_what_is_appended_while_the_history_is_rebuilt_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """A record of another producer comes between the reading and the replacing: it waits, and is in the new file."""
    reported("one")
    append_history(HISTORY, {"run_rel": "foreign/1", "status": "ok"})
    replace, late = files.replace, iter(["foreign/2"])
    appending: list[threading.Thread] = []

    def replacing(path: Any, data: bytes) -> None:
        for run_rel in late:
            record = {"run_rel": run_rel, "status": "ok"}
            appending.append(threading.Thread(target=append_history, args=(HISTORY, record)))
            appending[0].start()
        replace(path, data)

    monkeypatch.setattr(files, "replace", replacing)
    assert rebuild_history("dash") == 2
    appending[0].join(60)
    found = {record["run_rel"] for record in iter_report_history(HISTORY)}
    assert found == {"spec-kit/one", "foreign/1", "foreign/2"}


def test_appending_and_rebuilding_for_a_while() -> None:
    """A process that appends and one that rebuilds all the time: every record whose append returned is there."""
    reported("one")
    program = (
        "from runpact_reporter import append_history\n"
        "for n in range(30):\n"
        f"    append_history({str(HISTORY)!r}, {{'run_rel': f'foreign/{{n}}', 'status': 'ok'}})"
    )
    child = subprocess.Popen([sys.executable, "-c", program], env=environment())
    while child.poll() is None:
        rebuild_history("dash")
    assert child.returncode == 0
    found = {record["run_rel"] for record in iter_report_history(HISTORY)}
    assert found == {"spec-kit/one", *(f"foreign/{number}" for number in range(30))}


def test_a_history_that_was_replaced_while_it_was_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rebuild at once: the second takes the lock of the new file, not of the one that has no name any more."""
    reported("one")
    hold, first = files.hold, iter([True])

    def held(path: Path) -> int:
        fd = hold(path)
        for _ in first:
            files.replace(path, b'{"run_rel":"foreign/1","status":"ok"}\n')
        return fd

    monkeypatch.setattr(files, "hold", held)
    assert rebuild_history("dash") == 2
    assert {record["run_rel"] for record in iter_report_history(HISTORY)} == {"spec-kit/one", "foreign/1"}


def test_lines_that_are_no_records_are_kept_beside(capsys: pytest.CaptureFixture[str]) -> None:
    """They are told, with the name under which the history as it was is found; a second time under another."""
    reported("one")
    foreign = b'{"run_rel":"foreign/1","schema_version":"7.0","status":"ok"}\n'
    before = foreign + b'{"torn'
    for number, name in enumerate(["report_history.unreadable.jsonl", "report_history.unreadable-2.jsonl"], 1):
        HISTORY.write_bytes(before * number)
        assert call("history", "rebuild") == 0
        said = capsys.readouterr()
        assert said.out == f"{HISTORY}: 1 record\n"
        assert [line.split(": ")[0:2] for line in said.err.splitlines()[:-1]] == [
            ["warning", f"{HISTORY}:{line}"] for line in range(1, 2 + number)
        ]
        last = said.err.splitlines()[-1]
        lines = 1 + number
        assert last == f"runpact: {lines} lines left out; the history as it was is kept: {HISTORY.with_name(name)}"
        assert HISTORY.with_name(name).read_bytes() == before * number
    assert call("history", "rebuild") == 0
    assert len(list(HISTORY.parent.glob("report_history*"))) == 3


def test_the_order_of_lines_is_no_difference(capsys: pytest.CaptureFixture[str]) -> None:
    """Nor are spaces, or an earlier record of a run; what is missing, and what is too much, is named."""
    records = [reported(run_id) for run_id in ("one", "two")]
    earlier = records[0] | {"status": "failed"}
    HISTORY.write_bytes(b"".join(json.dumps(each).encode() + b"\n" for each in (records[1], earlier, records[0])))
    assert call("history", "rebuild", "--check") == 0
    assert capsys.readouterr().out == (
        f"{HISTORY}: is what 2 reports make, but for the order of lines, or for earlier records of a run\n"
    )
    HISTORY.write_bytes(b'{"run_rel":"foreign/1","status":"ok"}\n' + json.dumps(earlier).encode())
    assert call("history", "rebuild", "--check", "--drop") == 1
    assert capsys.readouterr().out == (
        f"{HISTORY}: differs from what 2 reports make: lacks spec-kit/one, spec-kit/two; "
        "has foreign/1, spec-kit/one beyond\n"
    )


def test_append_show_rebuild_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Two reports appended, shown, filtered, checked, torn, rebuilt."""
    reported("one")
    reported("two", "2026-01-19T12:00:09Z", status="failed", summary="1 failed\x1b[31m")
    assert call("history", "append", "spec-kit/one", "spec-kit/two") == 0
    assert call("history", "rebuild", "--check") == 0
    assert call("history", "show") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == [
        "2026-01-19T12:00:05Z  success      spec-kit/one  42 passed",
        "2026-01-19T12:00:09Z  failed       spec-kit/two  1 failed\\x1b[31m",
    ]
    with HISTORY.open("ab") as file:
        file.write(b"broken\n")
    assert call("history", "show", "--status", "failed", "--product", "spec-kit") == 1
    shown = capsys.readouterr()
    assert [line[-12:] for line in shown.out.splitlines()] == ["failed\\x1b[31m"[-12:]]
    assert shown.err.startswith(f"warning: {HISTORY}:3: ")
    assert call("history", "rebuild", "--check") == 1
    assert call("history", "rebuild") == 0
    assert call("history", "rebuild", "--check") == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{HISTORY}: differs from what 2 reports make: has 1 line that is no record",
        f"{HISTORY}: 2 records",
        f"{HISTORY}: is what 2 reports make",
    ]


def test_records_that_the_tree_does_not_have_stay(capsys: pytest.CaptureFixture[str]) -> None:
    """Rebuilding keeps records of other producers, once each and in the order of time; `--drop` leaves them out."""
    reported("one")
    assert call("history", "append", "spec-kit/one") == 0
    foreign = {
        "schema_version": "1.7",
        "run_rel": "foreign/1",
        "status": "ok",
        "ended_at": "2026-01-18T00:00:00Z",
        "lane": 3,
    }
    with HISTORY.open("ab") as file:
        file.write(2 * (json.dumps(foreign).encode() + b"\n"))
    capsys.readouterr()
    assert call("history", "rebuild") == 0
    assert capsys.readouterr().out == f"{HISTORY}: 2 records, 1 of runs that are not in the tree\n"
    names = [json.loads(line)["run_rel"] for line in HISTORY.read_bytes().splitlines()]
    assert names == ["foreign/1", "spec-kit/one"]
    assert json.loads(HISTORY.read_bytes().splitlines()[0]) == foreign
    assert call("history", "rebuild", "--check") == 0
    assert call("history", "rebuild", "--check", "--drop") == 1
    assert call("history", "rebuild", "--drop") == 0
    assert [record["run_rel"] for record in iter_report_history(HISTORY)] == ["spec-kit/one"]


def test_a_record_is_appended_once(capsys: pytest.CaptureFixture[str]) -> None:
    """The same record of the same run again is said to be there; another outcome of that run is a line more."""
    reported("one")
    assert call("history", "append", "spec-kit/one") == 0
    before = HISTORY.read_bytes()
    capsys.readouterr()
    assert call("history", "append", "spec-kit/one") == 0
    assert capsys.readouterr().err == f"{HISTORY}: spec-kit/one is there already\n"
    assert HISTORY.read_bytes() == before
    Path("record.json").write_bytes(b'{"run_rel": "spec-kit/one", "status": "failed"}')
    assert call("history", "append", "--record", "record.json") == 0
    assert len(list(iter_report_history(HISTORY))) == 2


def test_what_is_no_history_is_not_shown(project: Path) -> None:
    """A folder that holds none of our files is a mistake of the caller; an empty one of ours is not."""
    (project / "some/where").mkdir(parents=True)
    assert call("history", "show", "some") == 2
    (project / "dash/runs").mkdir(parents=True)
    assert call("history", "show", "dash") == 0
    assert call("history", "show", "dash/runs") == 0


def test_show_as_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` is one history_view document: the last records, how many were left out, and every problem."""
    for run_id in ("one", "two", "three"):
        reported(run_id)
        call("history", "append", f"spec-kit/{run_id}")
    with HISTORY.open("ab") as file:
        file.write(b"broken\n" * 1005)
    capsys.readouterr()
    assert call("history", "show", "--json", "--limit", "2") == 1
    raw = capsys.readouterr().out.encode()
    assert documents.validate("history_view", raw, strict=True) == []
    view = documents.read("history_view", raw).data
    assert [record["run_id"] for record in view["records"]] == ["two", "three"]
    assert (view["omitted"], len(view["problems"])) == (1, 1001)
    assert view["problems"][0]["line"] == 4
    assert view["problems"][-1]["message"] == "5 more problems"
    assert call("history", "show") == 1
    assert capsys.readouterr().err.splitlines()[-1] == "warning: 985 more problems"


def test_records_of_others_are_appended(capsys: pytest.CaptureFixture[str]) -> None:
    """From a file or from standard input, with their unknown fields; after a torn line, that is said."""
    HISTORY.parent.mkdir(parents=True)
    HISTORY.write_bytes(b"{")
    Path("record.json").write_bytes(b'{"run_rel": "x/y", "status": "ok", "lane": 3}')
    assert call("history", "append", "--record", "record.json") == 0
    assert HISTORY.read_bytes() == b'{\n{"lane":3,"run_rel":"x/y","status":"ok"}\n'
    assert "was torn" in capsys.readouterr().err
    assert call("history", "show", "--status", "nothing") == 1
    assert "there are no such records" in capsys.readouterr().out


def test_a_record_without_end_is_not_read_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From standard input no more is read than a document may have."""
    monkeypatch.setattr(documents, "MAX_BYTES", 100)
    stdin = io.TextIOWrapper(io.BytesIO(b" " * 1000))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert call("history", "append", "--record", "-") == 1
    assert stdin.buffer.tell() == 101
    assert "error[invalid-artifact]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["append"], 2, "there is nothing to append"),
        (["append", "../elsewhere"], 2, "lies outside"),
        (["append", "spec-kit/none"], 1, "Missing artifact"),
        (["append", "spec-kit/future"], 1, "Unsupported schema version: 9.0"),
        (["show", "nothing.jsonl"], 1, "Missing artifact: nothing.jsonl"),
        (["show", "--project", "nowhere"], 2, "does not exist"),
    ],
)
def test_what_goes_wrong_is_one_line(
    words: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each mistake has its sentence and its exit code."""
    reported("future", schema_version="9.0")
    assert call("history", *words) == code
    assert says in capsys.readouterr().err
