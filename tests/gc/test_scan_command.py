"""``runpact-gc scan``: what it says, what it writes, and how it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from runpact_core import edge
from runpact_gc._lock import hold
from runpact_gc._places import places
from runpact_gc.cli import artifacts
from tests.gc.scan_samples import dash_run, put, run, run_id

if TYPE_CHECKING:
    import pytest

MANIFEST = Path("artifacts/.manifest.json")


def _called(*words: str) -> int:
    return edge.run(artifacts, ["scan", *words], "runpact-gc")


def test_a_scan_says_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    """One line says entries, files and bytes; with --verbose there is one for each family."""
    run(run_id())
    dash_run("kit", "r1", {"status": "success"})
    assert _called() == 0
    said = capsys.readouterr()
    size = sum(path.stat().st_size for name in ("reports", "dash") for path in Path(name).rglob("*") if path.is_file())
    assert said.out == f"Scanned: 2 entries, 4 files, {size}B\n"
    assert said.err == ""
    assert MANIFEST.exists()
    assert _called("--verbose", "--force") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["kit (dash)", "P2-Backfill (runs)", "Scanned"]


def test_findings_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Usual findings are counted, others are said; --verbose says all; controls of a terminal are escaped."""
    (run(run_id()) / "l\x1bink").symlink_to("nowhere")
    run(run_id(1), started_utc="2999-01-01T00:00:00Z")
    assert _called() == 0
    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith(f"suspicious-time: reports/runs/{run_id(1)}: it is dated in the future")
    assert last.endswith("; 2 findings (--verbose names them)")
    assert _called("--verbose") == 0
    out = capsys.readouterr().out
    assert "link: " in out
    assert "\x1b" not in out


def test_what_blocks_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be read is named, exit 4, and there is no manifest of the half."""
    put(run(run_id()) / "run.json", "{")
    assert _called() == 4
    assert capsys.readouterr().err.startswith(
        f"error[partial-scan]: reports/runs/{run_id()}: Invalid artifact: run.json"
    )
    assert not MANIFEST.exists()


def test_one_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    """While another changes the store, a scan is refused."""
    with hold(places()):
        assert _called() == 4
    assert capsys.readouterr().err.startswith("error[store-in-use]")
