"""The rows that have a size: what they wrap and what they look at is what they say."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from bench import listing, streaming
from bench.row import Scale
from runpact_core import runs
from runpact_writer import _verify

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("megabytes", [1, 16, 33])
def test_the_wrapped_command_prints_so_many_megabytes(megabytes: int, tmp_path: Path) -> None:
    """In pieces of 16 MB and a rest, each whole."""
    words = streaming._cat(tmp_path, megabytes)
    size = int(subprocess.run(["sh", "-c", '"$@" | wc -c', "sh", *words], check=True, capture_output=True).stdout)
    assert size == megabytes << 20
    assert len(words) == 1 + -(-megabytes // 16)


def test_the_log_text_is_of_lines_and_holds_what_a_masker_looks_at() -> None:
    """The same every time; the secret, percentages, escapes of URLs and of JSON are in it, each as rare as stated."""
    text = streaming.log_text(1 << 20)
    assert text == streaming.log_text(1 << 20)
    lines = text.count(b"\n")
    assert lines > 10_000
    for sign, one_in in ((b"correct-horse", 5000), (b"% of", 40), (b"%2F", 200), (b'{"event', 500)):
        assert text.count(sign) == pytest.approx(lines / one_in, rel=0.35), sign


def test_a_log_that_is_not_whole_is_no_figure(tmp_path: Path) -> None:
    """A row ends where the log lacks a byte, or holds the secret that was to be masked."""
    run = tmp_path / "reports" / "runs" / "20260119T061512Z__Bench__0000000"
    run.mkdir(parents=True)
    log = f"RUN_ID={run.name}\n".encode() + streaming.log_text(1000)
    (run / "run.log").write_bytes(log)
    (run / "run.json").write_text(json.dumps({"log": {"size_bytes": len(log)}}))
    with pytest.raises(AssertionError):
        streaming._take_away(tmp_path, 1001, masked=False)
    with pytest.raises(AssertionError):
        streaming._take_away(tmp_path, 1000, masked=True)
    streaming._take_away(tmp_path, 1000, masked=False)
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_runs_is_made_once_and_every_run_in_it_is_whole(tmp_path: Path) -> None:
    """So many runs, each with its own time and id, none with a finding; the second row finds them there."""
    made = listing._runs(tmp_path, 5)
    found = list(runs.find(made))
    assert [run.state for run in found] == ["finished"] * 5
    assert [_verify.verify(run) for run in found] == [[]] * 5
    stamp = made.stat().st_mtime_ns
    assert listing._runs(tmp_path, 5) == made
    assert made.stat().st_mtime_ns == stamp


def test_rows_say_how_large_they_are() -> None:
    """The size is in the words of the row."""
    said = [row.what for row in (*streaming.rows(Scale(1024, 10_000)), *listing.rows(Scale(3, 10_000)))]
    assert said[0] == "1 GB of output through a wrapped command"
    assert said[-1] == "verify 10,000 runs"
    assert streaming.rows(Scale(3, 1))[0].what == "3 MB of output through a wrapped command"
