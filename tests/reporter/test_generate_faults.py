"""`report generate` whose last steps fail: the report that was published stands, and the fault is told."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from runpact_core import documents
from runpact_reporter import _generate
from runpact_writer import RunWriter
from tests.reporter.support import call
from tests.reporter.support import product_dir as product_folder


@pytest.fixture(autouse=True)
def registered(project: Path) -> None:
    """A product that is registered."""
    assert call("fleet", "register", "spec-kit") == 0


def newest(project: Path) -> dict[str, Any]:
    """The newest report, strictly valid, and that of its run."""
    path = product_folder(project) / "last_run.json"
    assert documents.validate("last_run", path, strict=True) == []
    data: dict[str, Any] = json.loads(path.read_bytes())
    assert (product_folder(project) / data["run_id"] / "last_run.json").read_bytes() == path.read_bytes()
    return data


def break_history(project: Path) -> None:
    """A history that nothing can be appended to."""
    (project / "dash" / "runs").mkdir()
    (project / "dash" / "runs" / "report_history.jsonl").write_bytes(gzip.compress(b""))


@pytest.mark.parametrize("what", ["history", "schemas"])
@pytest.mark.parametrize(("exit_code", "status"), [(0, "success"), (3, "failed")])
def test_a_fault_after_the_report(
    project: Path, what: str, exit_code: int, status: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """A history that is compressed, schemas that cannot be written: exit code 125, and the report says what it said."""
    if what == "history":
        break_history(project)
    else:
        shutil.rmtree(project / "dash" / "schemas", ignore_errors=True)
        (project / "dash" / "schemas").write_text("in the way")
    words = ("report", "generate", "spec-kit", "--json", "--", "sh", "-c", f"exit {exit_code}")
    assert call(*words) == 125
    done = capfd.readouterr()
    assert json.loads(done.out) == newest(project)
    assert newest(project)["status"] == status
    assert newest(project)["summary"].startswith(("the command ended", "failed: the command ended with exit code 3"))
    said = "is compressed, so nothing was appended" if what == "history" else "error["
    assert said in done.err


def test_runs_that_were_not_recorded_are_kept_apart(project: Path) -> None:
    """Two in one second for one product have a folder each."""
    (project / "file").write_text("")
    for number in range(3):
        (project / "proof").write_text(str(number))
        words = ("--runs-dir", "file/runs", "--evidence", "proof", "--", "true")
        assert call("report", "generate", "spec-kit", *words) == 125
    found = sorted(path.read_text() for path in product_folder(project).glob("*/evidence/proof"))
    assert found == ["0", "1", "2"]


def test_a_session_whose_history_takes_nothing(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A pytest session is reported all the same, and the fault is told."""
    break_history(project)
    writer = RunWriter("P", "1", runs_dir=project / "reports" / "runs", product="spec-kit", announce=False)
    writer.start("local_cli", "test", "mia")
    writer.finish()
    done = _generate.report_session(
        product="spec-kit", project=project, run_dir=Path(writer.run_dir), events_path=project / "none", exit_code=0
    )
    assert done.code == 0
    assert newest(project)["run_id"] == writer.run_id
    assert "error[refused]: " in capfd.readouterr().err
