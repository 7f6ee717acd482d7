"""The concepts do what they show, and so do the two snippets of pages that describe what others call."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
FENCE = re.compile(r"^```([a-z]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUN_ID = re.compile(r"[0-9]{8}T[0-9]{6}Z__[A-Za-z0-9-]+__[a-f0-9]{7}")
OLD_RUN = DOCS.parent / "contracts" / "examples" / "run" / "0.1" / "valid"


def blocks(page: str, kind: str) -> list[str]:
    """The code blocks of one kind on a page."""
    return [match[2] for match in FENCE.finditer((DOCS / page).read_text(encoding="utf-8")) if match[1] == kind]


def commands(block: str) -> list[str]:
    """The commands of a console block, without the notes behind them."""
    return [re.sub(r" +# .*", "", line[2:]) for line in block.splitlines() if line.startswith("$ ")]


class Reader:
    """Somebody who follows a page in a project of their own."""

    def __init__(self, project: Path) -> None:
        folder = project / "bin"
        folder.mkdir()
        (folder / "runpact").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m runpact "$@"\n')
        (folder / "runpact").chmod(0o755)
        kept = {name: text for name, text in os.environ.items() if not name.startswith(("GITHUB_", "RUNPACT_"))}
        self.environ = kept | {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "NEON_DSN": "x"}
        self.project = project

    def run(self, *words: str) -> str:
        """What a command prints; it must end with 0."""
        done = subprocess.run(words, cwd=self.project, env=self.environ, check=False, capture_output=True, text=True)
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout

    def runs(self) -> list[Path]:
        """The folders of the recorded runs."""
        return sorted((self.project / "reports" / "runs").iterdir())


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    """A project with a test to run, and a document of the first version."""
    (tmp_path / "Makefile").write_text("test:\n\t@echo passed\n")
    example = min(OLD_RUN.iterdir())
    (tmp_path / "run.json").write_bytes(example.read_bytes())
    return Reader(tmp_path)


def test_a_run_is_recorded_and_read(reader: Reader) -> None:
    """The first block: what runs list prints has the columns shown, and the other commands take the run's id."""
    demo, *shown = commands(blocks("concepts.md", "console")[0])
    assert demo == "./hatchw run demo"
    assert [line.split()[1] for line in shown] == ["exec", "runs", "runs", "runs", "contracts"]
    printed = []
    for line in shown:
        ours = RUN_ID.sub(lambda _: reader.runs()[0].name, line)
        printed.append(reader.run("/bin/sh", "-c", ours))
    (header,) = [line for line in blocks("concepts.md", "console")[0].splitlines() if line.startswith("RUN ")]
    assert printed[1].splitlines()[0].split() == header.split()
    assert printed[3] == f"{reader.runs()[0].name}: ok\n"


def test_a_run_is_recorded_from_python(reader: Reader) -> None:
    """The first program leaves a run that verifies, with its output and check."""
    reader.run(sys.executable, "-c", blocks("concepts.md", "python")[0])
    (folder,) = reader.runs()
    assert json.loads((folder / "run.json").read_bytes())["outputs"] == [
        {"type": "neon_table", "ref": "ovc.blocks", "rows_written": 60}
    ]
    assert reader.run("runpact", "runs", "verify") == f"{folder.name}: ok\n"


def test_contracts_are_asked(reader: Reader) -> None:
    """The block about contracts: every command ends well on a document of the first version."""
    shown = commands(blocks("concepts.md", "console")[1])
    assert {" ".join(line.split()[:2]) for line in shown} == {"runpact contracts"}
    words = {line.split()[2] for line in shown}
    assert {"list", "show", "validate", "upgrade", "export"} <= words
    for line in shown:
        ours = re.sub(r"\b(FILE|PATH)(\.\.\.|…)?", "run.json", line).replace("DIR", "schemas")
        reader.run("/bin/sh", "-c", ours)
    assert (reader.project / "schemas" / "run.v0.2.schema.json").is_file()


def test_a_document_is_read_from_python(reader: Reader) -> None:
    """The second program reads a recorded run, and finds nothing wrong with it."""
    reader.run("runpact", "exec", "--pipeline-id", "nightly", "--", "true")
    (folder,) = reader.runs()
    program = blocks("concepts.md", "python")[1]
    text = program.replace(RUN_ID.search(program)[0], folder.name)  # type: ignore[index] # no id, no test
    said = reader.run(sys.executable, "-c", f"{text}\nprint(document.data['status'], document.problems())")
    assert said == "success []\n"


def test_a_command_says_what_it_made(reader: Reader) -> None:
    """The lines of `transparency.md` that a command writes are in its run, and none of them is wrong."""
    (script,) = blocks("transparency.md", "sh")
    reader.run("runpact", "exec", "--", "/bin/sh", "-c", script)
    (folder,) = reader.runs()
    sealed = json.loads((folder / "run.json").read_bytes())
    assert sealed["outputs"] == [{"type": "file", "ref": "report.html", "rows_written": 60}]
    assert sealed["metrics"]["rows_per_s"] == 812.5
    assert "warnings" not in sealed


@pytest.mark.parametrize(("code", "status"), [(0, "pass"), (3, "fail")])
def test_the_plug_in_of_certificates(code: int, status: str) -> None:
    """The plug-in that `certificates.md` shows runs its command, and says what it found."""
    (program,) = blocks("certificates.md", "python")
    names: dict[str, Any] = {}
    exec(compile(textwrap.dedent(program), "certificates.md", "exec"), names)  # noqa: S102 - the page's own program
    asked: list[Any] = []

    def run(words: list[str], limit: int) -> SimpleNamespace:
        asked.append((words, limit))
        return SimpleNamespace(code=code, said="as asked", evidence_ref="runs/x")

    found = names["smoke"](SimpleNamespace(check_id="core", run=run))
    assert asked == [(["make", "smoke", "core"], 60)]
    assert (found.status, found.exit_code, found.detail, found.evidence) == (status, code, "as asked", "runs/x")
