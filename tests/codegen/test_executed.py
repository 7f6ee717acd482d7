"""The second step of the compiler: a program that runs what the first step made, and prints the files that follow."""

from __future__ import annotations

import json
import runpy
import sys
from typing import TYPE_CHECKING

import pytest

from codegen import executed
from codegen.cli import main

if TYPE_CHECKING:
    from pathlib import Path


def test_it_prints_every_file_as_one_object(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One JSON object of path to text, in ASCII: the matrix twice, and the two reference pages."""
    monkeypatch.setattr(sys, "argv", ["executed", str(root)])
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit, match="0"):
        runpy.run_path(str(root / "codegen/executed.py"), run_name="__main__")
    text = capsys.readouterr().out
    assert text.isascii()
    files = json.loads(text)
    assert sorted(files) == ["docs/cli.md", "docs/compatibility.json", "docs/compatibility.md", "docs/errors.md"]
    assert all((root / path).read_text(encoding="utf-8") == made for path, made in files.items())


def test_the_reference_has_every_command_and_every_error(root: Path) -> None:
    """What a person can type, and what they can be told, stands in the pages."""
    commands = (root / "docs/cli.md").read_text(encoding="utf-8")
    for words in ("exec", "contracts list", "contracts upgrade", "runs list", "runs show", "runs verify"):
        assert f"\n## runpact {words}\n" in commands
    errors = (root / "docs/errors.md").read_text(encoding="utf-8")
    assert "| `missing-artifact` | 1 | `runpact_core.errors.MissingArtifact` |" in errors
    assert "| `invalid-pipeline-id` | 2 | `runpact_writer.errors.InvalidPipelineId` |" in errors
    assert "| `not-installed` | 2 | `runpact.errors.NotInstalled` |" in errors


def test_a_version_without_its_upgrade_is_named(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A later version needs a step to it; without one nothing is printed on stdout."""
    monkeypatch.setattr(executed, "missing_steps", lambda _: [("run", "0.3")])
    assert executed.main([str(root)]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "there is no step to run 0.3 in packages/core/src/runpact_core/_upgrades.py\n"


def test_code_that_does_not_run_is_one_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A hub that cannot be imported fails the compiler with place and reason, not with a traceback."""
    path = project / "packages/core/src/runpact_core/_upgrades.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}raise LookupError('torn')\n", encoding="utf-8")
    assert main(["--check"], project) == 1
    where = f"packages/core/src/runpact_core/_upgrades.py:{len(text.splitlines()) + 1}"
    line = f"error[executed-step]: the compiled contracts do not run: {where}: LookupError: torn"
    line += " — mend the code that uses them"
    assert capsys.readouterr().err == f"{line}\n"


def test_a_program_that_ends_without_a_word_is_reported_too(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Even a hub that ends the process in silence fails the compiler."""
    path = project / "packages/core/src/runpact_core/_upgrades.py"
    path.write_text("import os\n\nos._exit(7)\n", encoding="utf-8")
    assert main(["--check"], project) == 1
    assert "do not run: no reason given" in capsys.readouterr().err
