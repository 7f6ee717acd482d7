"""`$RUNPACT_EVENTS`: what a command says of its own run is recorded, and what it says wrongly is told."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from runpact_core import files
from runpact_core.errors import EnvironmentFailed
from runpact_writer import _exec
from tests.writer.support import document, only_run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the engine is for POSIX systems")

GOOD = r"""
{"check": {"id": "rows_inserted", "name": "Rows inserted", "status": "pass", "evidence": ["run.json:$.outputs[0]"]}}
{"input": {"type": "csv", "ref": "rates.csv", "range": "all"}}
{"output": {"type": "file", "ref": "report.html", "rows_written": 60}}
{"metadata": {"region": "north", "s3cret-value": ["s3cret-value"]}}
{"metric": {"rows_per_s": 812.5, "rows": 60}}"""
MOST = "16777216 is the most"
BAD = [
    ("nope", "expected a value"),
    ("[]", "it is no object with one key"),
    ('{"check": {}, "input": {}}', "it is no object with one key"),
    ('{"chekc": {}}', "'chekc' is none of check, input, output, metadata, metric"),
    ('{"metric": 3}', "its metric is no object"),
    ('{"metric": {"x": true}}', "x is no number"),
    ('{"metric": {"x": 2e9}}', "metrics.x: 2000000000.0 is no number between -1e9 and 1e9"),
    ('{"output": {"type": "csv", "ref": "x", "rows_written": -1}}', "rows_written: -1 is no number of rows"),
    ('{"metric": {"a b": 1}}', "a b"),
    ('{"input": {"type": "csv"}}', "it has no text as type and as ref"),
    ('{"output": {"type": "csv", "ref": 3}}', "it has no text as type and as ref"),
    ('{"output": {"type": "csv", "ref": "x", "self": 3}}', "an output has no such fields, or lacks one"),
    ('{"check": {"name": "x", "status": "pass", "evidence": 3}}', "a text or a list of texts as evidence"),
    ('{"check": {"name": "x", "status": "pass", "evidence": ["y", 3]}}', "a text or a list of texts as evidence"),
    ('{"check": {"name": 3, "status": "pass"}}', "a check has a text as status, as id or name or both"),
    ('{"check": {"status": "pass"}}', "a check needs a name"),
    ('{"check": {"name": "x", "status": "great"}}', "a check's status is not 'great'"),
]


def say(text: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words of a call whose command writes these lines."""
    monkeypatch.setenv("SAID", text)
    return ["--", "sh", "-c", 'printf "%s" "$SAID" >> "$RUNPACT_EVENTS"; exit 4']


def test_what_is_said_is_recorded(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each kind finds its place, secrets are masked, a missing last line feed does not matter; the file is gone."""
    monkeypatch.setenv("DSN", "s3cret-value")
    assert _exec.main(["--mask-env", "DSN", *say(GOOD, monkeypatch)]) == 4
    run = only_run(runs_dir)
    assert [check["id"] for check in document(run, "checks.json")["checks"]] == ["command_succeeded", "rows_inserted"]
    found = document(run)
    assert found["inputs"] == [{"type": "csv", "ref": "rates.csv", "range": "all"}]
    assert found["outputs"] == [{"type": "file", "ref": "report.html", "rows_written": 60}]
    assert found["metadata"] == {"region": "north", "***": ["***"]}
    assert found["metrics"] == {"rows_per_s": 812.5, "rows": 60}
    assert "warnings" not in found
    assert sorted(path.name for path in run.iterdir()) == ["checks.json", "run.json", "run.log"]


def test_evidence_in_words(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in Python: one text that is no pointer goes to the log, and the check points to its line; the id is made."""
    line = '{"check": {"name": "Rows ok", "status": "pass", "evidence": "rows=3"}}'
    assert _exec.main(say(line, monkeypatch)) == 4
    run = only_run(runs_dir)
    check = document(run, "checks.json")["checks"][1]
    assert (check["id"], check["evidence"]) == ("rows_ok", ["run.log:line:2"])
    assert (run / "run.log").read_text().splitlines()[1].endswith(" rows=3")
    assert "warnings" not in document(run)


@pytest.mark.parametrize(("line", "fault"), BAD)
def test_a_line_that_is_wrong(
    line: str, fault: str, runs_dir: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It becomes a warning with its number, the rest counts, the file is kept, nothing is printed, the code stands."""
    assert _exec.main(say(f'{line}\n{{"metric": {{"x": 1}}}}\n', monkeypatch)) == 4
    assert capfd.readouterr() == ("", "")
    run = only_run(runs_dir)
    (warning,) = document(run)["warnings"]
    assert warning.startswith("events.jsonl line 1 was not taken: ")
    assert fault in warning
    assert document(run)["metrics"] == {"x": 1}
    assert (run / "events.jsonl").read_text().startswith(line)


def test_many_lines_that_are_wrong(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first twenty are told one by one, the rest are counted."""
    assert _exec.main(say("[]\n" * 50, monkeypatch)) == 4
    warnings = document(only_run(runs_dir))["warnings"]
    assert (len(warnings), warnings[-1]) == (21, "events.jsonl: 30 more lines were not taken")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ('ln -s /etc/passwd "$RUNPACT_EVENTS"', "events.jsonl is no regular file, and was not read"),
        ('mkfifo "$RUNPACT_EVENTS"', "events.jsonl is no regular file, and was not read"),
        (
            'truncate -s 17M "$RUNPACT_EVENTS"',
            f"events.jsonl has 17825792 bytes, and was not read: {MOST}",
        ),
    ],
)
def test_a_file_that_is_not_read(script: str, said: str, runs_dir: Path) -> None:
    """A link, a FIFO and a file without end are left alone, and told."""
    assert _exec.main(["--", "sh", "-c", script]) == 0
    assert document(only_run(runs_dir))["warnings"] == [said]


def refuse() -> bool:
    """A disk that fails."""
    raise EnvironmentFailed("removing", OSError(5, "Input/output error"))


def test_a_file_that_cannot_be_read(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else goes wrong with it is a warning too."""
    remove = files.remove
    monkeypatch.setattr(files, "remove", lambda path: refuse() if path.endswith("events.jsonl") else remove(path))
    assert _exec.main(say('{"metric": {"x": 1}}', monkeypatch)) == 4
    (warning,) = document(only_run(runs_dir))["warnings"]
    assert warning == "events.jsonl could not be read: removing: Input/output error"
