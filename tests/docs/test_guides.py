"""The guides do what they show: their programs run and leave runs that verify, their workflow keeps every run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

DOCS = Path(__file__).resolve().parents[2] / "docs"
FENCE = re.compile(r"^( *)```([a-z]+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
EXPRESSION = re.compile(r"\$\{\{ ([a-zA-Z_.]+) \}\}")


def blocks(page: str, kind: str) -> list[str]:
    """The code blocks of one kind on a page, without the indentation of the list they stand in."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return [textwrap.dedent(match[3]) for match in FENCE.finditer(text) if match[2] == kind]


PROGRAMS = blocks("instrument-a-pipeline.md", "python")
RECIPE = "\n\n".join(PROGRAMS[:4])
WORKFLOW: dict[Any, Any] = yaml.safe_load(blocks("github-actions.md", "yaml")[0])
JOB = WORKFLOW["jobs"]["backfill"]
CELLS = JOB["strategy"]["matrix"]["include"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment whose `runpact` and `python` are the ones under test, and that no CI system started."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, script in (("runpact", f'"{sys.executable}" -m runpact "$@"'), ("python", f'"{sys.executable}" "$@"')):
        (folder / name).write_text(f"#!/bin/sh\nexec {script}\n")
        (folder / name).chmod(0o755)
    known = ("GITHUB_", "GITLAB_", "BUILDKITE", "CIRCLE", "TF_BUILD", "JENKINS_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(known)}
    return kept | {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "USER": "reader"}


def run(words: list[str], cwd: Path, environ: dict[str, str], code: int = 0) -> str:
    """What a command prints on stdout; it must end with this code."""
    done = subprocess.run(words, cwd=cwd, env=environ, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == code, done.stderr
    return done.stdout


def recorded(project: Path, environ: dict[str, str]) -> dict[str, Any]:
    """The one run of a project, with its checks and log, after `runpact runs verify` found nothing."""
    (folder,) = (project / "reports" / "runs").iterdir()
    assert run(["runpact", "runs", "verify"], project, environ) == f"{folder.name}: ok\n"
    files = {name: json.loads((folder / f"{name}.json").read_bytes()) for name in ("run", "checks")}
    return {**files, "log": (folder / "run.log").read_text().splitlines(), "id": folder.name}


def test_the_recipe_records_a_run(tmp_path: Path, environment: dict[str, str]) -> None:
    """The four steps in a row are a program; its run is a success, and every pointer leads somewhere."""
    output = run([sys.executable, "-c", RECIPE], tmp_path, environment | {"VAR1": "abc", "VAR2": "defgh"})
    found = recorded(tmp_path, environment)
    assert output == f"RUN_ID={found['id']}\n"
    assert (found["run"]["pipeline_id"], found["run"]["pipeline_version"]) == ("YourPipelineId", "0.1.0")
    assert found["run"]["status"] == "success"
    assert found["run"]["trigger"]["type"] == "local_cli"
    assert found["run"]["inputs"] == [{"type": "neon_table", "ref": "ovc.ovc_blocks_v01_1_min"}]
    assert found["run"]["outputs"] == [{"type": "file", "ref": "rows.csv", "rows_written": 2}]
    statuses = {check["id"]: check["status"] for check in found["checks"]["checks"]}
    assert statuses == {"required_env_present": "pass", "row_count": "pass"}
    (pointer,) = found["checks"]["checks"][1]["evidence"]
    assert found["log"][int(pointer.removeprefix("run.log:line:")) - 1].endswith("rows=2")
    assert (tmp_path / "rows.csv").read_text() == "VAR1,3\nVAR2,5\n"


def test_the_recipe_without_its_variables(tmp_path: Path, environment: dict[str, str]) -> None:
    """A variable that is not set: the pipeline does nothing, fails, and the run says why."""
    run([sys.executable, "-c", RECIPE], tmp_path, environment | {"VAR1": "abc"}, code=1)
    found = recorded(tmp_path, environment)
    assert (found["run"]["status"], found["run"]["env"]["missing"]) == ("failed", ["VAR2"])
    assert not (tmp_path / "rows.csv").exists()


def test_the_context_manager(tmp_path: Path, environment: dict[str, str]) -> None:
    """The short form leaves the same kind of run, with metric and metadata."""
    run([sys.executable, "-c", PROGRAMS[4]], tmp_path, environment | {"NEON_DSN": "postgres"})
    sealed = recorded(tmp_path, environment)["run"]
    assert (sealed["pipeline_id"], sealed["status"]) == ("P2-Backfill", "success")
    assert sealed["metrics"] == {"rows_per_second": 42.5}
    assert sealed["metadata"] == {"table_version": "v0.1"}


def test_the_decorator(tmp_path: Path, environment: dict[str, str]) -> None:
    """A decorated function's call is a run, with the check that it made."""
    run([sys.executable, "-c", PROGRAMS[5]], tmp_path, environment)
    found = recorded(tmp_path, environment)
    assert (found["run"]["pipeline_id"], found["run"]["status"]) == ("D-NotionSync", "success")
    assert [check["id"] for check in found["checks"]["checks"]] == ["pages_synced"]


def test_no_program_of_the_guide_is_left_out() -> None:
    """Four steps, the context manager, the decorator: each is run above."""
    assert len(PROGRAMS) == 6


def test_the_commands_of_the_guide(tmp_path: Path, environment: dict[str, str]) -> None:
    """Every command that is shown ends well, in the order shown."""
    (tmp_path / "option_c.sh").write_text("echo evaluated\n")
    shown = "".join(blocks("instrument-a-pipeline.md", "console")).splitlines()
    commands = [line.removeprefix("$ ") for line in shown]
    assert [line[:12] for line in commands] == ["runpact runs", "runpact runs", "runpact exec"]
    outputs = [run(["/bin/sh", "-c", line], tmp_path, environment | {"DATABASE_URL": "x"}) for line in commands[::-1]]
    assert outputs[0] == "evaluated\n"
    assert recorded(tmp_path, environment)["id"] in outputs[2]


def filled(text: str, cell: dict[str, str], **more: str) -> str:
    """A value of the workflow as GitHub evaluates it for a cell of the matrix."""
    context = {f"matrix.{name}": value for name, value in cell.items()} | {
        "github.run_id": "1658821493",
        "github.run_attempt": "1",
        "github.job": "backfill",
        "secrets.NEON_DSN": "postgres://mia:hunter22@db",
    }
    return EXPRESSION.sub(lambda match: (context | more)[match[1]], text)


def step(job: dict[str, Any], name: str) -> dict[str, Any]:
    """The step of a job with this name."""
    (found,) = [step for step in job["steps"] if step.get("name") == name]
    return dict(found)


def test_the_upload_keeps_every_run() -> None:
    """Uploaded whatever happened; one name for each cell and attempt, of characters that a name may have."""
    upload = step(JOB, "Upload run artifacts")
    assert (upload["if"], upload["with"]["path"]) == ("always()", "reports/runs/")
    names = {
        filled(upload["with"]["name"], cell, **{"github.run_attempt": attempt})
        for cell in CELLS
        for attempt in ("1", "2")
    }
    assert len(names) == 2 * len(CELLS) == 4
    assert [name for name in names if re.search(r'["<>|*?:\\/\r\n]', name)] == []
    (download,) = [
        step["with"] for step in WORKFLOW["jobs"]["verify"]["steps"] if "download-artifact" in step.get("uses", "")
    ]
    prefix = filled(download["pattern"], {}).removesuffix("*")
    assert [name for name in names if not name.startswith(prefix)] == []
    assert (download["path"], download["merge-multiple"]) == ("reports/runs/", True)


@pytest.mark.parametrize("job", ["backfill", "verify"])
def test_the_workflow_installs_what_there_is(job: str) -> None:
    """Each job checks Runpact out where it installs it from, and all packages are there."""
    steps = WORKFLOW["jobs"][job]["steps"]
    (install,) = [each for each in steps if each.get("run", "").startswith("pip install ")]
    checkout = steps[steps.index(install) - 1]
    assert checkout["uses"].startswith("actions/checkout@")
    root = f"./{checkout['with']['path']}/"
    paths = install["run"].removeprefix("pip install ").split()
    assert [path.removeprefix(root) for path in paths] == ["packages/core", "packages/writer", "packages/runpact"]
    assert [path for path in paths if not (DOCS.parent / path.removeprefix(root) / "pyproject.toml").is_file()] == []


def test_the_step_records_a_run_for_each_cell(tmp_path: Path, environment: dict[str, str]) -> None:
    """As GitHub runs it: each cell has a pipeline of its own, the secret stays out, the second job finds all well."""
    (tmp_path / "backfill.py").write_text("import os, sys; print(sys.argv[2], os.environ['NEON_DSN'])\n")
    backfill, output = step(JOB, "Backfill"), tmp_path / "output"
    github = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "schedule", "GITHUB_OUTPUT": str(output)}
    for cell in CELLS:
        secret = {name: filled(value, cell) for name, value in backfill["env"].items()}
        script = filled(backfill["run"], cell)
        run(["/bin/sh", "-e", "-c", script], tmp_path, environment | github | secret)
    folders = [tmp_path / "reports" / "runs" / line.removeprefix("run_id=") for line in output.read_text().splitlines()]
    sealed = [json.loads((folder / "run.json").read_bytes()) for folder in folders]
    assert [run["pipeline_id"] for run in sealed] == ["P2-Backfill-gbp-usd", "P2-Backfill-eur-usd"]
    assert {(run["status"], run["trigger"]["type"]) for run in sealed} == {("success", "github_schedule")}
    for folder, cell in zip(folders, CELLS, strict=True):
        assert f"{cell['pair']} ***\n" in (folder / "run.log").read_text()
        assert [file for file in folder.iterdir() if b"hunter22" in file.read_bytes()] == []
    listed = run(["/bin/sh", "-e", "-c", step(WORKFLOW["jobs"]["verify"], "Verify")["run"]], tmp_path, environment)
    assert [listed.count(f"{folder.name}: ok\n") for folder in folders] == [1, 1]
