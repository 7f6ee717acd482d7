"""What a program has open for writing is live in a plan, as it is for `gc --apply`, and not wrong for `verify`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runpact_core import edge
from runpact_gc import _writers
from runpact_gc.cli import artifacts
from tests.gc.scan_samples import put

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="leases are of Linux")

GROWING, OTHER = "artifacts/bench/run_20260102_120000.jsonl", "artifacts/bench/run_20260101_120000.jsonl"


@pytest.fixture
def writer() -> Iterator[int]:
    """Three benchmarks, of which the newest is kept; the second is open for writing."""
    put("config/artifacts.yaml", "retention: {bench: {keep: 1}}\npatterns: {bench: ['artifacts/bench/*']}\n")
    for day in (1, 2, 3):
        put(f"artifacts/bench/run_2026010{day}_120000.jsonl")
    fd = os.open(GROWING, os.O_WRONLY | os.O_APPEND)
    yield fd
    os.close(fd)


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command."""
    code = edge.run(artifacts, list(words), "runpact artifacts")
    return (code, *capsys.readouterr())


def decisions(capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[str, list[str]]]:
    """Action and rules of each path of a plan."""
    document = json.loads(said(capsys, "gc", "--json")[1])
    return {
        each["path"]: (each["action"], [reason["rule"] for reason in each["reasons"]]) for each in document["decisions"]
    }


@pytest.mark.usefixtures("writer")
def test_a_plan_keeps_what_is_being_written(capsys: pytest.CaptureFixture[str]) -> None:
    """It is live in the plan, in the explanation and on the page; the other one goes, alone, without a word."""
    made = decisions(capsys)
    assert (made[GROWING], made[OTHER]) == (("keep", ["live"]), ("delete", ["not-kept"]))
    assert "live: it is being written" in said(capsys, "explain", "run_20260102_120000")[1]
    assert said(capsys, "report", "--html", "store.html")[0] == 0
    page = Path("store.html").read_text(encoding="utf-8")
    assert (page.count('<tr data-s="goes">'), "live: it is being written" in page) == (1, True)
    code, out, err = said(capsys, "gc", "--apply", "--force")
    assert (code, "Moved 1 entry" in out, err) == (0, True, "")
    assert (Path(GROWING).exists(), Path(OTHER).exists()) == (True, False)


def test_what_nobody_writes_any_more_goes(capsys: pytest.CaptureFixture[str], writer: int) -> None:
    """Open for reading is no reason, nor is what was written before."""
    with Path(OTHER).open("rb"):
        assert decisions(capsys)[OTHER][0] == "delete"
    os.dup2(os.open(os.devnull, os.O_WRONLY), writer)
    assert decisions(capsys)[GROWING] == ("delete", ["not-kept"])


def test_what_was_quiet_for_an_hour_is_left_to_apply(capsys: pytest.CaptureFixture[str], writer: int) -> None:
    """The plan does not ask about it; apply does, and leaves it."""
    os.utime(writer, (1_700_000_000, 1_700_000_000))
    assert decisions(capsys)[GROWING][0] == "delete"
    code, _, err = said(capsys, "gc", "--apply", "--force")
    assert (code, err) == (0, f"{GROWING}: a program has it open for writing\n")


@pytest.mark.parametrize("digests", [False, True])
def test_verify_leaves_out_what_grows(capsys: pytest.CaptureFixture[str], writer: int, *, digests: bool) -> None:
    """It is a note while somebody writes it, and wrong as soon as nobody does."""
    if digests:
        with Path("config/artifacts.yaml").open("a") as file:
            file.write("indexing: {extract_fields: [checksum_sha256]}\n")
    said(capsys, "scan", "--force")
    os.write(writer, b"more\n")
    code, out, err = said(capsys, "verify")
    assert (code, GROWING in out + err) == (0, False)
    assert "files that a program has open for writing: 1; they are left out" in out + err
    os.dup2(os.open(os.devnull, os.O_WRONLY), writer)
    code, out, err = said(capsys, "verify")
    assert code == 1
    assert f"changed: {GROWING}" in out + err


def test_what_cannot_be_asked_is_not_said(project: Path) -> None:
    """A file or a folder that is gone is written by nobody."""
    assert _writers.is_written(os.fspath(project), "artifacts/none") is False
    put("artifacts/one")
    assert _writers.is_written(os.fspath(project), "artifacts/none") is False
