"""What others wrote cannot break what is shown: cells, lines, the documents themselves (M-22)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runpact_core import documents
from runpact_core.errors import InvalidArtifact
from runpact_status_matrix import _ingest
from runpact_status_matrix._matrix import in_markdown, in_terminal, matrix_of, not_admitted
from runpact_status_matrix._model import Failed
from tests.status_matrix.ingesting import NOW, Answers, entry, fetched, ingest, report, row, write_registry

HOSTILE = [
    "a | b | c",
    "a\n\n# Heading",
    "`code` <script>alert(1)</script>",
    "\u202egnp.exe",
    "\x1b[2J\x1b[31mred",
    "::error::pwned",
    "[x](javascript:alert(1)) @someone #1 :tada:",
    "\\|",
    "x\u2028y\u0085z",
    "\ud800",
    "|" * 3000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=[f"text {number}" for number in range(len(HOSTILE))])
def test_a_message_of_others_stays_in_its_cell(text: str) -> None:
    """One line and nine cells for the row; no control, no turn of direction, no tag; the documents are admitted."""
    write_registry(entry("rust"), entry("go"))
    answers = Answers(
        rust=Failed("http-error", text, f"https://example.org/{text}", (text,), {"host": text, "status": 500})
    )
    answers["go"] = fetched(report("go"), release=text)
    done = ingest(fetch=answers)
    page = Path(".artifacts", _ingest.MARKDOWN).read_bytes().decode()
    (line,) = (line for line in page.split("\n") if line.startswith("| rust"))
    assert line.replace("\\\\", "").replace("\\|", "").count("|") == 10
    assert not any(char in page for char in "\x1b\u202e\u2028\u0085\r")
    assert "<script" not in page.replace("\\<", "")
    for contract, document in (("runner_status_matrix", done.matrix), ("runner_status_ingest_log", done.log)):
        assert documents.validate(contract, document, strict=True) == []
    assert row(done, "go")["failure"] == "wrong-runner"
    assert row(done)["failure"] == "http-error"


@given(st.text(), st.text(max_size=50))
def test_no_text_breaks_the_table(why: str, failure: str) -> None:
    """For any text: as many lines and cells as there are rows and columns."""
    one = {
        "runner_id": "r", "lane_class": "required", "runner_status": "pass", "freshness_state": "fresh",
        "policy_effect": "non_blocking_warn", "failure": failure, "why": why,
    }  # fmt: skip
    matrix = matrix_of([one], NOW)
    table = [line for line in in_markdown(matrix).decode().split("\n") if line.startswith("|")]
    assert len(table) == 3
    assert table[2].replace("\\\\", "").replace("\\|", "").count("|") == 10
    assert in_terminal(matrix).count("\n") == 3
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in in_terminal(matrix).replace("\n", ""))


def test_an_empty_matrix_has_no_table() -> None:
    """It says that there are no runners, and its warnings."""
    page = in_markdown(matrix_of([], NOW), ["a | b"]).decode()
    assert page == f"# Runner status matrix\n\nAs of {NOW}: no runners.\n\n- a \\| b\n"
    assert in_terminal(matrix_of([], NOW)) == f"no runners, as of {NOW}\n"


def test_only_rows_can_be_what_is_not_admitted() -> None:
    """A fault of the whole is a bug, and said; one of a row names the runner."""
    wrong = matrix_of([{"runner_id": "a"}, {"runner_id": "b"}], NOW)
    assert not_admitted("runner_status_matrix", documents.dumps(wrong), wrong["matrix_rows"]) == {"a", "b"}
    with pytest.raises(InvalidArtifact, match="updated_at"):
        not_admitted("runner_status_matrix", documents.dumps(matrix_of([], "now")), [])
    assert json.loads(documents.dumps(wrong))["summary"] == {"ok": 0, "warn": 0, "governance_fail": 0, "blocked": 0}


def test_a_narrow_terminal_has_the_reason_below() -> None:
    """Where the table is wider than the terminal, the last columns go below each row, wrapped; no line is too long."""
    write_registry(entry("rust"), entry("go"))
    matrix = ingest(fetch=Answers(rust=Failed("http-error", "w " * 60, "", (), {}), go=fetched(report("go")))).matrix
    wide, narrow = in_terminal(matrix, 500), in_terminal(matrix, 60)
    assert wide == in_terminal(matrix)
    lines = narrow.splitlines()
    assert max(map(len, lines[:-1])) <= 60
    assert lines[0].split() == ["RUNNER", "LANE", "STATUS", "FRESHNESS"]
    assert lines[2] == f"    ok since {NOW}"
    assert lines[4].startswith(f"    blocked (blocking_fail) since {NOW};")
    assert narrow.replace("\n    ", " ").count("registry owners have to act: http-error: w w") == 1
    assert lines[-1] == wide.splitlines()[-1]


def test_rows_can_be_shown_by_their_verdict() -> None:
    """Of thirty runners, those that need somebody; the counts are those of all, and say that some are not shown."""
    write_registry(entry("rust"), entry("go"), entry("node", state="planned"))
    matrix = ingest(fetch=Answers(rust=Failed("timeout", "late", ""), go=fetched(report("go")))).matrix
    lines = in_terminal(matrix, 500, ["blocked", "warn"]).splitlines()
    assert [line.split()[0] for line in lines[1:-1]] == ["node", "rust"]
    assert lines[-1] == f"3 runners, 1 ok, 1 warn, 1 blocked, as of {NOW}; 2 shown"
    assert in_terminal(matrix, 500, ["governance_fail"]) == f"{lines[-1].removesuffix('2 shown')}0 shown\n"


def test_the_owner_of_a_runner_that_has_to_act_is_named() -> None:
    """As the registry says; not where those of the registry act."""
    write_registry(*(each | {"owner": "Web team"} for each in (entry("rust"), entry("go"))))
    answers = Answers(rust=Failed("truncated", "short", ""), go=Failed("timeout", "late", ""))
    matrix = ingest(fetch=answers).matrix
    assert "  runner owners (Web team)  truncated: short\n" in in_terminal(matrix)
    assert "  registry owners           timeout: late\n" in in_terminal(matrix)
    assert "runner owners (Web team) have to act: truncated: short" in " ".join(in_terminal(matrix, 80).split())
