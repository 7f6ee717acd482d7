"""An operation that has not ended is named by what explains and by the page: what they show may be half of it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from runpact_gc import _journal, cli
from runpact_gc._lock import hold
from tests.gc.trash_samples import NOW_S, places

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
retention:
  bench: {keep: 2}
patterns:
  bench: ["artifacts/bench/*.jsonl"]
"""
LINE = "gc 20260119_063015 was interrupted; the next command that changes the store finishes it"


@pytest.fixture
def store(project: Path) -> Path:
    """Two benchmarks, and the journal of an operation that was interrupted."""
    (project / "config").mkdir()
    (project / "config" / "artifacts.yaml").write_text(CONFIG)
    (project / "artifacts" / "bench").mkdir(parents=True)
    for day in (1, 2):
        (project / "artifacts" / "bench" / f"run_2026010{day}_120000_pass.jsonl").write_text("{}\n")
    with hold(places(project)) as lock:
        _journal.begin(places(project), lock, operation="gc", gc_id="20260119_063015", started_s=NOW_S)
    return project


def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, output and messages of a command."""
    monkeypatch.setattr(sys, "argv", ["runpact-gc", *words])
    code = cli.main()
    return (code, *capsys.readouterr())


def test_explain_says_what_has_not_ended(
    store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a message, also where the entry is not found; as a note of the document; and never after it ended."""
    code, _, err = said(monkeypatch, capsys, "explain", "run_20260102_120000")
    assert (code, err) == (0, f"note: {LINE}\n")
    code, out, err = said(monkeypatch, capsys, "explain", "run_20260102_120000", "--json")
    assert (code, json.loads(out)["notes"], err) == (0, [LINE], f"note: {LINE}\n")
    code, _, err = said(monkeypatch, capsys, "explain", "run_20250101_120000")
    assert (code != 0, err.startswith(f"note: {LINE}\n")) == (True, True)
    _journal.path_of(places(store)).unlink()
    code, out, err = said(monkeypatch, capsys, "explain", "run_20260102_120000", "--json")
    assert (code, json.loads(out)["notes"], err) == (0, [], "")


def test_the_page_says_what_has_not_ended(
    store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the page, and as a message; whether it was interrupted or is under way at this moment."""
    assert said(monkeypatch, capsys, "report", "--html", "p.html")[::2] == (0, f"note: {LINE}\n")
    assert f"<bdi>{LINE}</bdi>" in (store / "p.html").read_text(encoding="utf-8")
    with hold(places(store)):
        err = said(monkeypatch, capsys, "report", "--html", "p.html")[2]
    running = "gc 20260119_063015 is under way: what is shown may be half of it"
    assert err == f"note: {running}\n"
    assert f"<bdi>{running}</bdi>" in (store / "p.html").read_text(encoding="utf-8")
    _journal.path_of(places(store)).unlink()
    assert said(monkeypatch, capsys, "report", "--html", "p.html")[2] == ""
    assert "has not ended" not in (store / "p.html").read_text(encoding="utf-8")
