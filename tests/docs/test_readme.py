"""The README's commands do what it shows: each runs in a fresh project, and prints what is printed there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
VARIES = [
    (re.compile(r"[0-9]{8}T[0-9]{6}Z__([A-Za-z0-9-]+)__[a-f0-9]{7}"), r"<\1>"),
    (re.compile(r"[0-9]+ m?s\b"), "<time>"),
    (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}Z?"), "<when>"),
    (re.compile(r"\b[0-9]{8}_[0-9]{6}\b"), "<operation>"),
    (re.compile(r" +"), " "),
]
UMBRELLA = f'"{sys.executable}" -m runpact "$@"'


def blocks(kind: str) -> list[str]:
    """The README's code blocks of one kind."""
    return [match[2] for match in BLOCK.finditer(README) if match[1] == kind]


def transcript(block: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with what is shown below it."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [(command, shown) for command, _, shown in (part.partition("\n") for part in parts)]


def normal(text: str) -> str:
    """Text without what differs from run to run: ids, times and their lengths, the padding of columns."""
    for pattern, replacement in VARIES:
        text = pattern.sub(replacement, text)
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment whose `runpact` and `python` are the ones under test, and that no CI system started."""
    folder = tmp_path_factory.mktemp("bin")
    for name, script in (("runpact", UMBRELLA), ("python", f'"{sys.executable}" "$@"')):
        (folder / name).write_text(f"#!/bin/sh\nexec {script}\n")
        (folder / name).chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    return kept | {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "USER": "reader"}


CONSOLES = [block for block in blocks("console") if block.startswith("$ ")]


def test_the_readme_shows_commands_and_python() -> None:
    """There is something to test: four transcripts with their commands, one program, and the two set-up commands."""
    assert [len(transcript(block)) for block in CONSOLES] == [3, 5, 5, 4, 4]
    assert len(blocks("python")) == 1
    assert "./hatchw run demo" in README
    assert "./hatchw run test" in README


@pytest.mark.parametrize("block", CONSOLES, ids=["record", "report", "retain", "matrix", "contracts"])
def test_commands_print_what_the_readme_shows(block: str, tmp_path: Path, environment: dict[str, str]) -> None:
    """Every command, in order, in one project: output and exit code as shown."""
    for command, shown in transcript(block):
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=tmp_path,
            env=environment,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        code = f"[exit code {done.returncode}]\n" if done.returncode else ""
        assert normal(done.stdout + code) == normal(shown), command


def test_the_python_program_records_a_run(tmp_path: Path, environment: dict[str, str]) -> None:
    """The program runs as it stands, says its run's id, and leaves a run that verifies."""
    done = subprocess.run(
        [sys.executable, "-c", blocks("python")[0]],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert normal(done.stdout) == "RUN_ID=<P2-Backfill>\n"
    verify = subprocess.run(
        ["runpact", "runs", "verify"], cwd=tmp_path, env=environment, check=False, capture_output=True, text=True
    )
    assert (verify.returncode, normal(verify.stdout)) == (0, "<P2-Backfill>: ok\n")


def test_links_lead_somewhere() -> None:
    """Every relative link of the README names a file or folder of the project."""
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link.partition("#")[0]).exists()] == []
