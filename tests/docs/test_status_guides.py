"""The pages on the status of runners do what they show: commands, workflows, and tables that are those of the code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

pytest.importorskip("runpact_status_matrix")

from runpact_status_matrix import _effects, _ingest
from runpact_status_matrix._model import FAILURES
from runpact_status_matrix._policy import Settings

ROOT = Path(__file__).resolve().parents[2]
PUBLISH, COLLECT = "publish-your-runners-status.md", "collect-the-matrix.md"
FENCE = re.compile(r"^```([a-z]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXPRESSION = re.compile(r"\$\{\{ ([a-zA-Z_.]+) \}\}")
RUNNER = '#!/bin/sh\necho "$1 is done"\n[ "$1" != "${FAILS:-}" ]\n'


def text_of(page: str) -> str:
    """A page."""
    return (ROOT / "docs" / page).read_text(encoding="utf-8")


def blocks(page: str, kind: str) -> list[str]:
    """The code blocks of one kind on a page."""
    return [match[2] for match in FENCE.finditer(text_of(page)) if match[1] == kind]


def commands(page: str) -> list[str]:
    """The commands that a page shows."""
    lines = "".join(blocks(page, "console")).splitlines()
    return [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a runner that does what it is told."""
    folder = tmp_path / "project"
    (folder / "tools").mkdir(parents=True)
    (folder / "tools" / "dc-runner").write_text(RUNNER)
    (folder / "tools" / "dc-runner").chmod(0o755)
    return folder


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment whose `runpact` is the one under test, and that no CI system started."""
    folder = tmp_path / "bin"
    folder.mkdir()
    scripts = {"runpact": f'exec "{sys.executable}" -m runpact "$@"', "gh": 'echo "$@" > gh-was-called'}
    for name, script in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("GITHUB_", "RUNPACT_"))}
    return kept | {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def run(line: str, cwd: Path, environ: dict[str, str], code: int = 0) -> str:
    """What a line of a shell prints on stdout; it must end with this code."""
    words = ["/bin/sh", "-e", "-c", line]
    done = subprocess.run(words, cwd=cwd, env=environ, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == code, (line, done.stdout, done.stderr)
    return done.stdout


def report_in(folder: Path) -> Any:
    """The status report of a project."""
    return json.loads((folder / ".artifacts" / "runner-status-report-v1.json").read_bytes())


def test_publishing(project: Path, environment: dict[str, str]) -> None:
    """Every command of the page ends well, in the order shown; the last report names the certificate."""
    (project / "registry.yaml").write_text(blocks(PUBLISH, "yaml")[0])
    shown = commands(PUBLISH)
    assert [" ".join(line.split()[1:3]) for line in shown] == [
        *["exec --pipeline-id"] * 2,
        *["status report"] * 2,
        "certify --registry",
        "status report",
        "certify --registry",
        "certify verify",
    ]
    statuses = []
    for line in shown:
        run(line, project, environment)
        if line.startswith("runpact status"):
            statuses.append(report_in(project)["overall_status"])
    assert statuses == ["pass", "degraded", "pass"]
    (artifact,) = report_in(project)["artifact_refs"]
    assert artifact["url"].endswith("/releases/download/v1.4.0/runner-certification-rust.json")
    assert [each["command"] for each in report_in(project)["command_results"]] == ["governance", "style-check"]


def test_signing(project: Path, environment: dict[str, str]) -> None:
    """The commands that need the extra end well, where it is installed."""
    pytest.importorskip("securesystemslib")
    (project / "registry.yaml").write_text(blocks(PUBLISH, "yaml")[0])
    run("runpact certify --registry registry.yaml --runner rust", project, environment)
    said = run(blocks(PUBLISH, "sh")[0], project, environment)
    assert "holds: signature: " in said
    assert said.endswith("is whole; it says pass\n")


def test_the_plug_in(tmp_path: Path) -> None:
    """The function that the page shows is a plug-in: it makes its check by the command that it runs."""
    scope: dict[str, Any] = {}
    exec(compile(blocks(PUBLISH, "python")[0], "page", "exec"), scope)  # noqa: S102 - the page's own program
    from runpact_status_matrix import CheckRequest, Ran
    from runpact_status_matrix._checks import GROUP

    ran = Ran(2, "exit code 2", "/reports/runs/x/run.log", 5)
    request = CheckRequest("check", "runtime.smoke", "rust", tmp_path, "dc-runner", {}, lambda words: ran)
    assert scope["smoke"](request) == ("fail", 2, "exit code 2", "/reports/runs/x/run.log")
    assert f'[project.entry-points."{GROUP}"]' in blocks(PUBLISH, "toml")[0]


def test_collecting(project: Path, environment: dict[str, str]) -> None:
    """Every command of the page ends well, in the order shown, and leaves the files that it lists."""
    (project / "registry.yaml").write_text(blocks(COLLECT, "yaml")[0])
    shown = commands(COLLECT)
    assert len(shown) == 7
    said = [run(line, project, environment) for line in shown]
    assert [line.split()[0] for line in said[1].splitlines()[1:4]] == ["node", "php", "rust"]
    assert (project / "matrix.html").read_text().startswith("<!doctype html>")
    files = re.findall(r"^\| `([^`]*runner-status[^`]*)` \|", text_of(COLLECT), re.MULTILINE)
    assert len(files) == 4
    assert [name for name in files if not (project / ".artifacts" / name).exists()] == []
    run("runpact matrix ingest --registry registry.yaml --enforce", project, environment)
    run("runpact matrix ingest --registry registry.yaml --enforce-freshness", project, environment, code=1)


def test_every_failure_class_is_in_the_table() -> None:
    """Each class with its meaning and who acts first, in the order of the code, and no other."""
    rows = re.findall(r"^\| `([a-z-]+)` \| ([^|`]+) \| (registry|runner) \|$", text_of(COLLECT), re.MULTILINE)
    rule = _effects.effect_of("required", "active", "unknown", "missing")

    def who(slug: str) -> str:
        return _effects.who_acts(rule, rule.verdict, slug, has_source=True).removesuffix("_owners")

    assert rows == [(slug, meaning, who(slug)) for slug, meaning in FAILURES.items()]


def test_the_table_of_effects_is_that_of_the_code() -> None:
    """Row by row."""
    assert _effects.table() in text_of(COLLECT)


def test_the_limits_of_the_page_are_those_of_the_code() -> None:
    """Seconds, redirects, attempts, bytes, sources at once."""
    limits, page = Settings(), text_of(COLLECT)
    for said in (
        f"At most {limits.redirects} redirects are followed",
        f"{limits.connect_s:g} seconds to connect, {limits.read_s:g} of silence",
        f"{limits.total_s:g} for the whole source",
        f"{_ingest.DEADLINE_S:g} for all of them",
        f"{limits.attempts} attempts at most",
        f"At most {limits.max_bytes >> 20} MiB are read",
        f"{_ingest.JOBS} sources are asked\nat once",
    ):
        assert said in page, said


@pytest.mark.parametrize("page", [PUBLISH, COLLECT])
def test_every_option_and_file_is_there(page: str) -> None:
    """Each option that a page names is one of the commands', each link leads to a file of the project."""
    env = {**os.environ, "COLUMNS": "200"}
    helps = ("status report", "certify", "certify verify", "certify sign", "certify keygen", "matrix ingest")
    said = "".join(
        subprocess.run(
            [sys.executable, "-m", "runpact_status_matrix", *words.split(), "--help"],
            capture_output=True, text=True, check=True, env=env,
        ).stdout
        for words in (*helps, "matrix show", "matrix html", "matrix diff")
    )  # fmt: skip
    options = set(re.findall(r"(?:^|[\s`])(--[a-z][a-z-]+)", text_of(page), re.MULTILINE))
    assert options - set(re.findall(r"--[a-z-]+", said)) <= {"--pipeline-id", "--verify-tag"}
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text_of(page)) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []
    scripts = re.findall(r"`(scripts/[a-z_]+\.sh)`", text_of(page))
    assert [script for script in scripts if not (ROOT / script).is_file()] == []


def workflow(page: str) -> Any:
    """The workflow of a page: its one job."""
    (job,) = yaml.safe_load(blocks(page, "yaml")[1])["jobs"].values()
    return job


def step(page: str, name: str) -> Any:
    """The step of the page's workflow with this name."""
    (found,) = [step for step in workflow(page)["steps"] if step.get("name") == name]
    return found


@pytest.mark.parametrize("page", [PUBLISH, COLLECT])
def test_the_workflow_installs_what_there_is(page: str) -> None:
    """It checks Runpact out where it installs it from; no script holds a value of the event."""
    (install,) = [each["run"] for each in workflow(page)["steps"] if each.get("run", "").startswith("pip install ")]
    paths = [path.removeprefix("./.runpact/") for path in install.removeprefix("pip install ").split()]
    assert paths == ["packages/core", "packages/writer", "packages/status-matrix", "packages/runpact"]
    assert [each for each in workflow(page)["steps"] if EXPRESSION.search(each.get("run", ""))] == []


@pytest.mark.parametrize("fails", ["", "style-check", "smoke"])
def test_the_workflow_publishes(fails: str, project: Path, environment: dict[str, str]) -> None:
    """As GitHub runs it: a report whatever failed, and the release has every file that it is made with."""
    (project / "registry.yaml").write_text(blocks(PUBLISH, "yaml")[0])
    context = {"github.server_url": "https://github.com", "github.repository": "OWNER/REPO", "github.ref_name": "v2"}
    for name in ("Run", "Report", "Release"):
        env = step(PUBLISH, name).get("env", {})
        values = {key: EXPRESSION.sub(lambda match: context.get(match[1], "x"), value) for key, value in env.items()}
        run(step(PUBLISH, name)["run"], project, environment | values | {"TAG": "v2", "FAILS": fails})
    assert report_in(project)["overall_status"] == ("fail" if fails == "style-check" else "pass")
    certificate = json.loads((project / ".artifacts" / "runner-certification-rust.json").read_bytes())
    assert certificate["summary"]["status"] == ("fail" if fails else "pass")
    created = (project / "gh-was-called").read_text().split()
    assert created[:4] == ["release", "create", "v2", "--verify-tag"]
    assert [path for path in created[4:] if not (project / path).is_file()] == []


def test_the_workflow_collects(project: Path, environment: dict[str, str]) -> None:
    """As GitHub runs it: the ingest fails after writing, and what it wrote is shown and uploaded whatever happened."""
    (project / "registry.yaml").write_text(blocks(COLLECT, "yaml")[0])
    summary = project / "summary.md"
    github = {"GITHUB_STEP_SUMMARY": str(summary), "GITHUB_TOKEN": "secret"}
    run(step(COLLECT, "Ingest")["run"], project, environment | github, code=1)
    run(step(COLLECT, "Show")["run"], project, environment | github)
    assert "| rust | required |" in summary.read_text()
    later = workflow(COLLECT)["steps"][-3:]
    assert {each["if"] for each in later} == {"always()"}
    assert later[2]["with"]["include-hidden-files"] is True
    uploaded = later[2]["with"]["path"].split()
    found = {path.name for pattern in uploaded for path in project.glob(pattern)}
    names = {_ingest.MATRIX, _ingest.MARKDOWN, _ingest.LOG, "runner-status-matrix.html"}
    assert found == names
    assert (project / later[1]["with"]["path"]).is_dir()
