"""The page on retention does what it shows: its configurations load, its commands run in the order shown."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "retention.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```([a-z]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STEPS = [(match[1], match[2]) for match in FENCE.finditer(PAGE) if match[1] in {"console", "yaml"}]
ENTRY, OPERATION = "a1b2c3d4e5f6", "20260119_063015"


def environment(folder: Path) -> dict[str, str]:
    """An environment whose `runpact` and `runpact-gc` are the ones under test, and that no CI system started."""
    folder.mkdir()
    for name, module in (("runpact", "runpact"), ("runpact-gc", "runpact_gc")):
        (folder / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n')
        (folder / name).chmod(0o755)
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("GITHUB_", "RUNPACT_", "PYTEST_"))}
    return kept | {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def store(project: Path) -> None:
    """The benchmarks that the page speaks of, large enough to be compacted, and some reported runs."""
    (project / "artifacts" / "bench").mkdir(parents=True)
    for day in range(1, 7):
        line = json.dumps(
            {"pair": "GBP_USD", "check": "latency within its limit", "status": "pass", "p99_ms": 40 + day}
        )
        path = project / "artifacts" / "bench" / f"run_202601{day:02d}_120000.jsonl"
        path.write_text(f"{line}\n" * 1000)
        os.utime(path, (1_768_824_000, 1_768_824_000))
    for day in range(1, 5):
        folder = project / "dash" / "runs" / "spec-kit" / f"202601{day:02d}T120000Z__spec-kit__a1b2c3d"
        folder.mkdir(parents=True)
        (folder / "pytest_output.log").write_text("1 passed\n")
        os.utime(folder / "pytest_output.log", (1_768_824_000, 1_768_824_000))
        os.utime(folder, (1_768_824_000, 1_768_824_000))


class Reader:
    """Somebody who follows the page: with the ids of their own store in place of the page's."""

    def __init__(self, project: Path, environ: dict[str, str]) -> None:
        self.project, self.environ = project, environ

    def _said(self, *words: str) -> Any:
        done = subprocess.run(
            ["runpact", "artifacts", *words, "--json"], cwd=self.project, env=self.environ, check=True,
            capture_output=True, text=True,
        )  # fmt: skip
        return json.loads(done.stdout)

    def run(self, command: str) -> str:
        """Run one command as it stands on the page; it must end with 0 and say no error."""
        if OPERATION in command:
            command = command.replace(OPERATION, self._said("trash", "list")["slots"][-1]["gc_id"])
        if ENTRY in command:
            place = self._said("trash", "list")["slots"] if "restore" in command else self._said("list")["entries"]
            command = command.replace(ENTRY, place[0]["entry_id"])
        done = subprocess.run(
            ["/bin/sh", "-c", command], cwd=self.project, env=self.environ, check=False, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        assert "error[" not in done.stderr
        return done.stdout


def test_the_commands_of_the_page(tmp_path: Path) -> None:
    """Every command, in order, in one project whose configuration is what the page shows last."""
    project = tmp_path / "project"
    store(project)
    reader = Reader(project, environment(tmp_path / "bin"))
    bench = project / "artifacts" / "bench"
    said: dict[str, str] = {}
    for kind, text in STEPS:
        if kind == "yaml":
            if text.startswith("# config/artifacts.yaml\n"):
                (project / "config").mkdir(exist_ok=True)
                (project / "config" / "artifacts.yaml").write_text(text)
            continue
        for line in text.splitlines():
            if not line.startswith("$ "):
                continue
            said[line] = reader.run(line.removeprefix("$ "))
            if line.endswith("gc --apply --force"):
                assert len(list(bench.iterdir())) == 3
            if "artifacts undo" in line:
                assert len(list(bench.iterdir())) == 6
    assert "To Delete: 3 entries" in said["$ runpact artifacts gc --verbose"]
    assert "Total" in said['$ runpact artifacts list | grep -E "Total|MB|GB"']
    assert (project / "plan.txt").read_text().startswith("GC Plan Summary")
    assert (project / "store.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert json.loads((project / "artifacts.json").read_text())["entries"]


def test_the_step_for_ci(tmp_path: Path) -> None:
    """The step that cleans runs as a job runs it, right after what wrote the files, and says what the page says.

    The one that uploads names files of a family, and runs on failure.
    """
    project = tmp_path / "project"
    store(project)
    for path in (project / "artifacts" / "bench").iterdir():
        os.utime(path)
    (project / "config").mkdir()
    (project / "config" / "artifacts.yaml").write_text(STEPS[0][1])
    clean, upload = yaml.safe_load(next(text for _, text in STEPS if "uses: actions/upload-artifact" in text))
    done = subprocess.run(
        ["/bin/sh", "-e", "-c", clean["run"]], cwd=project, env=environment(tmp_path / "bin"), check=False,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(list((project / "artifacts" / "bench").iterdir())) == 3
    (shown,) = (match[2] for match in FENCE.finditer(PAGE) if match[1] == "text" and "compacted" in match[2])
    if sys.platform == "linux":  # elsewhere what is so young is left
        assert done.stdout.endswith(shown)
    assert (upload["if"], upload["with"]["path"]) == ("failure()", "artifacts/bench/p99_*.json")
    assert upload["uses"] == "actions/upload-artifact@v4"


def test_recovery_by_hand(tmp_path: Path) -> None:
    """What the page says for a machine without Runpact: a copy out of the trash is the file as it was."""
    project, environ = tmp_path / "project", environment(tmp_path / "bin")
    store(project)
    (project / "config").mkdir()
    (project / "config" / "artifacts.yaml").write_text(STEPS[0][1])
    oldest = project / "artifacts" / "bench" / "run_20260101_120000.jsonl"
    content = oldest.read_bytes()
    words = ["runpact", "artifacts", "gc", "--apply", "--force"]
    subprocess.run(words, cwd=project, env=environ, check=True, capture_output=True)
    assert not oldest.exists()
    (there,) = (project / "artifacts" / ".trash").glob("*/bench/run_20260101_120000.jsonl")
    assert "`cp -r artifacts/.trash/ID/* artifacts/`" in PAGE
    slot = there.relative_to(project / "artifacts" / ".trash").parts[0]
    subprocess.run(["/bin/sh", "-c", f"cp -r artifacts/.trash/{slot}/* artifacts/"], cwd=project, check=True)
    assert oldest.read_bytes() == content


def test_every_option_of_the_page_is_there(tmp_path: Path) -> None:
    """Each option that the page names is one of the command's; links lead somewhere."""
    environ = environment(tmp_path / "bin") | {"COLUMNS": "200"}
    commands = ("gc", "list", "pin", "compact", "scan", "verify", "trash purge", "trash list", "config check", "report")
    said = (
        "".join(
            subprocess.run(
                ["runpact", "artifacts", *words.split(), "--help"],
                env=environ,
                check=True,
                capture_output=True,
                text=True,
            ).stdout
            for words in commands
        )
        + subprocess.run(["runpact-gc", "--help"], env=environ, check=True, capture_output=True, text=True).stdout
    )
    options = {option for _, text in STEPS for option in re.findall(r" (--[a-z-]+)", text)} | set(
        re.findall(r"`(?:[^`\n]* )?(--[a-z-]+)", PAGE)
    )
    assert len(options) > 12
    assert sorted(option for option in options if option not in said) == []
    links = re.findall(r"\]\(([^)#:]+)[^)]*\)", PAGE)
    assert [link for link in links if not (DOCS / link).exists()] == []
