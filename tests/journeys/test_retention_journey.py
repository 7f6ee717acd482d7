"""A journey through all tools: the writer makes runs, the reporter points to one, gc keeps that one and says why."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from tests.writer.support import environment, outside, run_ids

GREEN = '<testsuite name="s" tests="1"><testcase name="a"/></testsuite>'


def done(*words: str, cwd: Path, code: int = 0) -> str:
    """What `runpact` prints; it must end with this code."""
    process = outside(*words, cwd=cwd)
    assert process.returncode == code, (process.stdout.decode(), process.stderr.decode())
    return process.stdout.decode()


def decisions(project: Path) -> dict[str, Any]:
    """The plan's decisions by path."""
    plan = json.loads(done("artifacts", "gc", "--json", cwd=project))
    return {each["path"]: each for each in plan["decisions"]}


def test_the_run_that_a_report_points_to_is_kept(tmp_path: Path) -> None:
    """Keep 1 would take three of four recorded runs; the one that a report points to stays, and gc says by what."""
    runs = tmp_path / "reports" / "runs"
    for _ in range(4):
        done("exec", "--pipeline-id", "nightly", "--", sys.executable, "-S", "-c", "", cwd=tmp_path)
    oldest, second, third, newest = run_ids(runs)
    done("fleet", "register", "spec-kit", "--name", "Spec Kit", "--owner", "nexus", cwd=tmp_path)
    (tmp_path / "junit.xml").write_text(GREEN)
    done("report", "generate", "spec-kit", "--run", f"reports/runs/{second}", "--junit", "junit.xml", cwd=tmp_path)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "artifacts.yaml").write_text("layouts:\n  runs: {keep: 1}\n")

    found = decisions(tmp_path)
    kept = {name: found[f"reports/runs/{name}"]["action"] for name in (oldest, second, third, newest)}
    assert kept == {oldest: "delete", second: "keep", third: "delete", newest: "keep"}
    said = [each["text"] for each in found[f"reports/runs/{second}"]["reasons"] if each["rule"] == "pointed-to"]
    dash = "dash/runs/spec-kit"
    assert sorted(said) == [f"pointed-to: by {dash}/{second}", f"pointed-to: by {dash}/last_run.json"]
    explained = done("artifacts", "explain", found[f"reports/runs/{second}"]["entry_id"], cwd=tmp_path)
    assert all(text in explained for text in said)

    before = {path: path.read_bytes() for path in runs.rglob("*") if path.is_file()}
    done("artifacts", "gc", "--apply", "--force", cwd=tmp_path)
    assert run_ids(runs) == [second, newest]
    assert done("runs", "verify", cwd=tmp_path) == f"{second}: ok\n{newest}: ok\n"
    done("artifacts", "verify", cwd=tmp_path)
    (report,) = (tmp_path / "artifacts" / ".trash").glob("gc_report_*.json")
    done("artifacts", "undo", report.stem.removeprefix("gc_report_"), cwd=tmp_path)
    assert {path: path.read_bytes() for path in runs.rglob("*") if path.is_file()} == before


def test_a_report_cleans_before_it_runs(tmp_path: Path) -> None:
    """`report generate --keep 2` calls the real `runpact-gc`: two old runs stay, the new one joins, the rest goes."""
    script = shutil.which("runpact-gc", path=str(Path(sys.executable).parent))
    assert script is not None, "the console script runpact-gc is not beside this interpreter"
    path = f"{Path(script).parent}{os.pathsep}{environment()['PATH']}"
    done("fleet", "register", "spec-kit", "--name", "Spec Kit", "--owner", "nexus", cwd=tmp_path)
    (tmp_path / "junit.xml").write_text(GREEN)
    words = ("report", "generate", "spec-kit", "--junit", "junit.xml", "--keep", "2")
    made: list[str] = []
    for _ in range(5):
        process = outside(*words, cwd=tmp_path, PATH=path)
        assert process.returncode == 0, process.stderr.decode()
        assert b"not cleaned away" not in process.stderr
        assert b"ended with exit code" not in process.stderr
        there = {each.name for each in (tmp_path / "dash/runs/spec-kit").iterdir() if each.is_dir()}
        made += sorted(there - set(made))
        assert there == set(made[-3:])
    assert len(made) == 5
    trashed = [
        each["run_id"] for each in json.loads(done("artifacts", "trash", "list", "--json", cwd=tmp_path))["slots"]
    ]
    assert sorted(trashed) == made[:2]
    assert json.loads((tmp_path / "dash/runs/spec-kit/last_run.json").read_bytes())["run_id"] == made[-1]
