"""Runs that were recorded, by name; a newer one that nobody reported is told with the newest report."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import documents
from runpact_core.errors import MissingArtifact, UsageFailure
from runpact_reporter._recorded_runs import Newer, RecordedRuns
from tests.reporter.support import PYTEST, call, environment, last_run, product_dir, registered

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = 1_790_000_000.0
FIRST = "20260119T120000Z__spec-kit__0000000"
SECOND = "20260119T120005Z__spec-kit__0000000"
ELSE = "20260119T120009Z__shop__0000000"


def run(name: str, *, folder: str = "reports/runs", status: str | None = None) -> Path:
    """A recorded run: one that is over where it has a status, else one that was interrupted."""
    path = Path(folder, name)
    path.mkdir(parents=True)
    if status is not None:
        stamp = f"{name[:4]}-{name[4:6]}-{name[6:8]}T{name[9:11]}:{name[11:13]}:{name[13:15]}Z"
        text = {"schema_version": "9.0", "run_id": name, "status": status, "started_utc": stamp}
        (path / "run.json").write_text(json.dumps(text))
    return path


@pytest.fixture
def recorded(project: Path) -> RecordedRuns:
    """Three runs of two products."""
    del project
    for name in (FIRST, SECOND, ELSE):
        run(name, status="success")
    return RecordedRuns(Path("reports/runs"), NOW)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("last", SECOND),
        (SECOND, SECOND),
        ("20260119T120000Z", FIRST),
        (f"reports/runs/{FIRST}", FIRST),
        ("./elsewhere", "elsewhere"),
        ("alone", "alone"),
    ],
)
def test_a_run_has_a_name(recorded: RecordedRuns, name: str, found: str) -> None:
    """The words of `runs show` mean the same here; the last run is the product's."""
    Path("alone").mkdir()
    assert recorded.named("spec-kit", name).name == found
    assert recorded.named("spec-kit", "last").is_dir()


@pytest.mark.parametrize(
    ("name", "error", "said"),
    [
        ("", UsageFailure, "the name of a run is empty"),
        ("2026", UsageFailure, "3 runs in reports/runs begin with 2026"),
        ("nothing", MissingArtifact, "Missing artifact: reports/runs/nothing"),
    ],
)
def test_a_name_that_means_no_run(recorded: RecordedRuns, name: str, error: type[Exception], said: str) -> None:
    """It is said, with what to do."""
    with pytest.raises(error) as raised:
        recorded.named("spec-kit", name)
    assert str(raised.value) == said


def test_the_last_run_of_a_product_without_runs(recorded: RecordedRuns) -> None:
    """Another product's runs are none of its own; no folder of runs is no fault."""
    for runs in (recorded, RecordedRuns(Path("nowhere"), NOW)):
        with pytest.raises(MissingArtifact) as raised:
            runs.named("other", "last")
        assert str(raised.value).startswith("Missing artifact: a run of other in ")


def _reported(path: Path) -> None:
    documents.write(product_dir(Path()) / path.name / "last_run.json", last_run(run_id=path.name))


@pytest.mark.parametrize(
    ("name", "status", "change", "found"),
    [
        (SECOND, None, None, "interrupted"),
        (SECOND, "failed", None, "failed"),
        (SECOND, "success", None, None),
        (SECOND, "failed", _reported, None),
        ("20260119T115959Z__spec-kit__0000000", None, None, None),
        ("20990119T120005Z__spec-kit__0000000", None, None, None),
        (ELSE, None, None, None),
    ],
)
def test_a_newer_run_is_found(
    project: Path, name: str, status: str | None, change: Callable[[Path], None] | None, found: str | None
) -> None:
    """One that began later, ended badly and was not reported; not one of another product, nor one of the future."""
    path = run(name, status=status)
    if change:
        product_dir(project).mkdir(parents=True)
        (product_dir(project) / name).mkdir()
        change(path)
    newer = RecordedRuns(project / "reports" / "runs", NOW).newer(project / "dash", "spec-kit", last_run())
    assert newer == (None if found is None else Newer("spec-kit", name, found))


def test_beside_a_report_without_a_time_no_run_is_newer(project: Path) -> None:
    """Nobody can tell."""
    run(SECOND)
    report = last_run(started_at="soon")
    assert RecordedRuns(project / "reports" / "runs", NOW).newer(project / "dash", "spec-kit", report) is None


def _session(text: str, *words: str) -> int:
    """A pytest session of a process of its own; its exit code."""
    Path("test_a.py").write_text(text)
    command = [*PYTEST, *words, "test_a.py"]
    return subprocess.run(command, env=environment(), capture_output=True, check=False, timeout=120).returncode


def test_a_session_that_died_is_seen_by_those_who_read_reports(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its run is named by `report show`, `fleet list` and `report check`, which fails where a gate is asked for."""
    registered(project)
    folder = product_dir(project) / FIRST
    folder.mkdir(parents=True)
    (folder / "pytest_output.log").write_text("fine")
    paths = [f"runs/spec-kit/{FIRST}/pytest_output.log"]
    documents.write(product_dir(project) / "last_run.json", last_run(run_id=FIRST, evidence={"paths": paths}))
    assert _session("import os\ndef test_boom(): os._exit(0)\n", "--runpact", "spec-kit") == 0
    (crashed,) = (path.name for path in Path("reports/runs").iterdir())
    capsys.readouterr()
    assert call("report", "show", "spec-kit") == 0
    said = f"{crashed}: interrupted, and not reported: runpact report generate spec-kit --run {crashed}"
    assert said in capsys.readouterr().out
    assert call("fleet", "list") == 0
    assert "newer run interrupted; 42 passed" in capsys.readouterr().out
    assert call("report", "check", "spec-kit", "--mode", "production", "--json") == 0
    assert _rule(capsys, "newer-run")["level"] == "recommended"
    assert call("report", "check", "spec-kit", "--mode", "production", "--json", "--max-failures", "0") == 1
    rule = _rule(capsys, "newer-run")
    assert (rule["level"], rule["passed"]) == ("required", False)
    assert rule["what"] == said
    assert call("report", "generate", "spec-kit", "--run", "last") == 1
    assert "cancelled: interrupted: the session has no end, and 1 test began" in capsys.readouterr().err
    assert call("report", "check", "spec-kit", "--mode", "production", "--json", "--max-failures", "0") == 1
    assert _rule(capsys, "newer-run")["passed"] is True


def _rule(capsys: pytest.CaptureFixture[str], name: str) -> dict[str, Any]:
    (found,) = (rule for rule in json.loads(capsys.readouterr().out)["rules"] if rule["rule"] == name)
    return dict(found)
