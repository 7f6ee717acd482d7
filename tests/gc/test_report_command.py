"""`artifacts report --html`: one file, the same for the same clock, and what it refuses."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from runpact_gc import cli

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
retention:
  bench: {keep: 2}
patterns:
  bench: ["**/bench/*.jsonl"]
"""


def report(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """The exit code of the command."""
    monkeypatch.setattr(sys, "argv", ["runpact-gc", *words])
    return cli.main()


def store(project: Path) -> None:
    """Four benchmarks, of which two are kept."""
    (project / "config").mkdir()
    (project / "config" / "artifacts.yaml").write_text(CONFIG)
    (project / "artifacts" / "bench").mkdir(parents=True)
    for day in range(1, 5):
        (project / "artifacts" / "bench" / f"run_2026010{day}_120000_pass.jsonl").write_text(json.dumps({"day": day}))


def test_the_page_of_a_store(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It shows what goes and why, before and after it went; the same bytes for the same clock."""
    store(project)
    words = ("report", "--html", "store.html", "--now", "2036-01-19T12:00:00Z")
    assert report(monkeypatch, *words) == 0
    assert capsys.readouterr().out == "store.html: entries: 4, kept: 2, slots in the trash: 0\n"
    first = (project / "store.html").read_bytes()
    assert first.count(b'<tr data-s="goes">') == 2
    assert b"The trash is empty." in first
    assert report(monkeypatch, *words) == 0
    assert (project / "store.html").read_bytes() == first
    capsys.readouterr()
    assert report(monkeypatch, "gc", "--apply", "--force") == 0
    capsys.readouterr()
    assert report(monkeypatch, "report", "--html", "store.html") == 0
    assert capsys.readouterr().out == "store.html: entries: 2, kept: 2, slots in the trash: 2\n"
    assert b"Every slot" in (project / "store.html").read_bytes()


def test_a_page_where_no_plan_can_be_made(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says so and names what was not read; everything stays; the command ends with 4."""
    store(project)
    where = project / "dash" / "runs" / "spec-kit"
    where.mkdir(parents=True)
    (where / "last_run.json").write_text("{")
    assert report(monkeypatch, "report", "--html", "store.html") == 4
    out, err = capsys.readouterr()
    assert out == "store.html: entries: 4, kept: 4, slots in the trash: 0\n"
    assert err.startswith("error[partial-scan]: dash/runs/spec-kit/last_run.json: ")
    page = (project / "store.html").read_text(encoding="utf-8")
    assert page.count("No plan can be made.") == 1
    assert "<strong>Not read:</strong> <code><bdi>dash/runs/spec-kit/last_run.json</bdi></code>" in page
    assert page.count("partial-scan: no plan can be made, so it stays") == 4
    assert 'data-s="goes"' not in page


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--html", ""], "error[usage]: --html is empty — name a file\n"),
        (
            ["--html", "x", "--now", "noon"],
            "error[usage]: --now noon is no time — write it as 2026-01-19T12:00:00Z\n",
        ),
    ],
)
def test_what_is_refused(
    words: list[str], line: str, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, exit code 2, no file."""
    assert report(monkeypatch, "report", *words) == 2
    assert capsys.readouterr() == ("", line)
    assert list(project.iterdir()) == []


def test_a_folder_in_the_way(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is no file is not replaced."""
    (project / "store.html").mkdir()
    assert report(monkeypatch, "report", "--html", "store.html") != 0
    assert capsys.readouterr().err.startswith("error[")
    assert (project / "store.html").is_dir()


@pytest.mark.parametrize("name", ["config/artifacts.yaml", "artifacts/bench/run_20260101_120000_pass.jsonl", "x.html"])
def test_what_is_no_page_of_a_store_is_not_replaced(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """The configuration, an entry and another page stay as they are, and the command ends with 4."""
    store(project)
    (project / "x.html").write_text("<!doctype html>\n<title>Mine</title>\n<style></style>")
    before = (project / name).read_bytes()
    assert report(monkeypatch, "report", "--html", name) == 4
    said = f"error[refused]: {name} is no page of a store, so it is not replaced — name another file, or remove it\n"
    assert capsys.readouterr() == ("", said)
    assert (project / name).read_bytes() == before
