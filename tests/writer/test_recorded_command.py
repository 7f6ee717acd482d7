"""`run_recorded`: the engine of `exec` for programs."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runpact_core.errors import UsageFailure
from runpact_writer import run_recorded

if TYPE_CHECKING:
    from runpact_writer import RunWriter


def test_what_is_concluded_is_in_the_sealed_run(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The command's words and exit code come back, and checks that are added at its end are part of the run."""
    codes = []

    def conclude(writer: RunWriter, code: int) -> None:
        codes.append(code)
        writer.check("tests_passed", "Tests passed", "fail", [])

    command = [sys.executable, "-S", "-c", "import os, sys; print(os.environ['COLOUR']); sys.exit(3)"]
    done = run_recorded(command, pipeline_id="p", runs_dir=tmp_path, env={"COLOUR": "red"}, conclude=conclude)
    assert (done.code, done.timed_out, codes) == (3, False, [3])
    assert capfd.readouterr() == ("red\n", "")
    assert done.run_dir == str(tmp_path / str(done.run_id))
    checks = json.loads((Path(done.run_dir) / "checks.json").read_bytes())["checks"]
    assert [check["id"] for check in checks] == ["command_succeeded", "tests_passed"]


def test_a_fault_in_what_is_concluded_is_a_warning(tmp_path: Path) -> None:
    """An exception at the run's end changes neither the exit code nor the seal; the run says what happened."""

    def conclude(writer: RunWriter, code: int) -> None:
        message = f"no {code} of {writer.run_dir}"
        raise ValueError(message)

    done = run_recorded([sys.executable, "-S", "-c", ""], pipeline_id="p", runs_dir=tmp_path, conclude=conclude)
    run = json.loads((Path(str(done.run_dir)) / "run.json").read_bytes())
    assert (done.code, run["status"]) == (0, "partial")
    assert run["warnings"] == [f"what was to be added to the run at its end failed: ValueError: no 0 of {done.run_dir}"]


def test_a_bad_word_is_refused_before_anything_runs(tmp_path: Path) -> None:
    """The pipeline's id and the names of variables are checked first; no folder is made."""
    with pytest.raises(UsageFailure, match="is no pipeline id"):
        run_recorded(["true"], pipeline_id="a b", runs_dir=tmp_path / "runs")
    with pytest.raises(UsageFailure):
        run_recorded(["true"], pipeline_id="p", mask_env=["A=B"], runs_dir=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()
