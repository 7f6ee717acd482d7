"""The page on reports does what it shows: its commands run in the order shown, and leave the files that it lists."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "from-test-run-to-dashboard.md"
FENCE = re.compile(r"^```([a-z]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GREEN = '<testsuite name="s" tests="1"><testcase name="a"/></testsuite>'


def blocks(kind: str) -> list[str]:
    """The code blocks of one kind."""
    return [match[2] for match in FENCE.finditer(PAGE.read_text(encoding="utf-8")) if match[1] == kind]


def environment(tmp_path: Path) -> dict[str, str]:
    """An environment whose `runpact` is the one under test, and that no CI system started."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "runpact").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m runpact "$@"\n')
    (folder / "runpact").chmod(0o755)
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("GITHUB_", "RUNPACT_", "PYTEST_"))}
    return kept | {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def test_the_commands_of_the_page(tmp_path: Path) -> None:
    """Every command that is shown ends well, in the order shown, until the dashboard; the files are those listed."""
    project, environ = tmp_path / "project", environment(tmp_path)
    (project / "tests").mkdir(parents=True)
    (project / "tests" / "test_a.py").write_text("def test_one(): pass\n")
    (project / "run-tests.sh").write_text(f"echo running\necho '{GREEN}' > out.xml\n")
    shown = [line for line in "".join(blocks("console")).splitlines() if line.startswith("$ runpact ")]
    commands = [line.removeprefix("$ ") for line in shown if not line.startswith("$ runpact dash")]
    assert [line.split()[1:3] for line in commands] == [
        ["fleet", "register"],
        *[["report", "generate"]] * 2,
        ["report", "check"],
        ["report", "show"],
        ["report", "summary"],
    ]
    for line in commands:
        words = ["/bin/sh", "-c", line]
        done = subprocess.run(words, cwd=project, env=environ, check=False, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, (line, done.stderr)
    listed = {line.split()[0] for line in blocks("")[0].splitlines()}
    (first, second) = sorted(path.name for path in (project / "dash" / "runs" / "spec-kit").iterdir() if path.is_dir())
    absent = {"error.json", "evidence/", "screenshot.png"}  # nothing failed, nothing was named
    for path in listed:
        if path.rpartition("<run_id>/")[2] not in absent:
            assert (project / path.replace("<run_id>", first)).exists(), path
    there = {path.name for path in (project / "dash" / "runs" / "spec-kit" / second).iterdir()}
    assert there == {path.rpartition("<run_id>/")[2] for path in listed if "<run_id>" in path} - absent


def test_every_word_of_the_page_is_there() -> None:
    """Each option and variable that the page names is one of the command's."""
    from runpact_reporter import _economy

    text = PAGE.read_text(encoding="utf-8")
    variables = set(re.findall(r"RUNPACT_[A-Z_]+", text))
    fields = {f"RUNPACT_{name.upper()}" for name in _economy.Given.__dataclass_fields__}
    assert variables == fields
    env = {**os.environ, "COLUMNS": "200"}
    words = [sys.executable, "-m", "runpact_reporter"]
    commands = ("report generate", "report check", "report summary", "fleet register", "dash build", "history rebuild")
    said = "".join(
        subprocess.run([*words, *each.split(), "--help"], capture_output=True, text=True, check=True, env=env).stdout
        for each in commands
    )
    options = set(re.findall(r"`(?:[^`\n]* )?(--[a-z-]+)", text)) - {"--runpact", "--check"}
    assert options
    assert [option for option in options if option not in said] == []
