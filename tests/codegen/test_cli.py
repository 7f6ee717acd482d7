"""The compiler's command: what it says, what it changes, and its exit codes, on a copy of the project."""

from __future__ import annotations

import contextlib
import io
import os
import runpy
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from codegen.cli import main

if TYPE_CHECKING:
    from pathlib import Path

MODEL = "packages/core/src/runpact_core/_generated/models/checks_v0_2.py"
SCHEMA = "packages/core/src/runpact_core/_generated/schemas/run_v0_2.strict.json"
STALE = "packages/core/src/runpact_core/_generated/models/run_v9_9.py"
MATRIX = "docs/compatibility.md"
UP_TO_DATE = "every generated file is up to date\n"


def spoil(path: Path, text: str = "# touched\n") -> str:
    """Append to a file; returns what it was."""
    before = path.read_text(encoding="utf-8")
    path.write_text(before + text, encoding="utf-8", newline="\n")
    return before


def files(root: Path) -> dict[str, bytes]:
    """Every file of a project but the caches of Python."""
    found = (path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def command(root: Path, *words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``python -m codegen`` of a project."""
    path = os.pathsep.join([str(root), str(root / "packages/core/src")])
    return subprocess.run(
        [sys.executable, "-m", "codegen", *words],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": path, **environment},
        check=False,
        capture_output=True,
        text=True,
    )


def test_the_project_is_up_to_date(root: Path, tmp_path: Path) -> None:
    """What is committed is what the contracts say, from whatever folder one asks."""
    done = command(root, "--check", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, UP_TO_DATE, "")


def test_check_shows_the_difference_and_changes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, a unified diff on stdout, the names and the repair command in one line on stderr."""
    spoil(project / MODEL)
    (project / STALE).write_text("stale = True\n", encoding="utf-8")
    (project / SCHEMA).unlink()
    before = files(project)
    assert main(["--check"], project) == 1
    out, err = capsys.readouterr()
    assert f"--- {MODEL} (in the tree)\n+++ {MODEL} (as generated)\n" in out
    assert "\n-# touched\n" in out
    assert f"--- {STALE} (in the tree)\n+++ /dev/null\n@@ -1 +0,0 @@\n-stale = True\n" in out
    assert f"--- /dev/null\n+++ {SCHEMA} (as generated)\n" in out
    names = f"{MODEL}, {STALE}, {SCHEMA}"
    assert err == f"error[stale]: not what contracts/ says: {names} — run `./hatchw run codegen` and commit\n"
    assert files(project) == before


def test_a_plain_run_mends_whatever_differs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Touched files of both steps, a stale and a missing one: all as before, and then there is nothing to do."""
    before = files(project)
    spoil(project / MODEL)
    spoil(project / MATRIX)
    spoil(project / "packages/core/LICENSE")
    (project / STALE).write_text("stale = True\n", encoding="utf-8")
    (project / SCHEMA).unlink()
    assert main([], project) == 0
    assert capsys.readouterr().out == "wrote 5 of the generated files\n"
    assert files(project) == before
    assert main([], project) == 0
    assert capsys.readouterr() == (UP_TO_DATE, "")


def test_check_covers_the_second_step(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The executed matrix is compared as well, where everything that it runs on is up to date."""
    spoil(project / MATRIX, "| made up |\n")
    assert main(["--check"], project) == 1
    out, err = capsys.readouterr()
    assert "-| made up |\n" in out
    assert err == f"error[stale]: not what contracts/ says: {MATRIX} — run `./hatchw run codegen` and commit\n"


def test_a_change_of_a_contract_reaches_every_file_that_follows(project: Path) -> None:
    """One word in one description: the model, both schemas and the page change, and nothing else."""
    path = project / "contracts/checks.v0_2.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count("The check in words for people.") == 1
    path.write_text(text.replace("The check in words for people.", "The check in plain words."), encoding="utf-8")
    before = files(project)
    assert main([], project) == 0
    after = files(project)
    generated = "packages/core/src/runpact_core/_generated"
    assert {name for name in after if after[name] != before[name]} == {
        MODEL,
        f"{generated}/schemas/checks_v0_2.strict.json",
        f"{generated}/schemas/checks_v0_2.tolerant.json",
        "docs/contracts/checks.md",
    }


def test_a_broken_rule_of_the_dialect_is_a_finding(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each on a line with file, line, rule and hint; then one error; nothing is written."""
    path = project / "contracts/checks.v0_2.yaml"
    before = spoil(path, "if: {type: object}\n")
    line = before.count("\n") + 1
    tree = files(project)
    assert main([], project) == 1
    out, err = capsys.readouterr()
    first, *_, last = err.splitlines()
    assert out == ""
    assert first.startswith(f"contracts/checks.v0_2.yaml:{line}: D02 ")
    assert " — " in first
    assert last == "error[contracts-invalid]: 1 finding in the contracts — see contracts/README.md"
    assert files(project) == tree


def test_yaml_that_does_not_parse_is_one_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The error names the file, the line and the column; the exit code says that it does not hold."""
    before = spoil(project / "contracts/run.v0_2.yaml", "broken: [\n")
    line = before.count("\n") + 2
    assert main(["--check"], project) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error[invalid-artifact]: Invalid artifact: contracts/run.v0_2.yaml: not YAML: ")
    assert f"(line {line}, column 1)" in err
    assert err.count("\n") == 1


def test_words_that_it_does_not_know_are_an_error_of_usage(project: Path) -> None:
    """As every command, it says how it is used and exits with 2."""
    with pytest.raises(SystemExit) as caught:
        main(["--chekc"], project)
    assert caught.value.code == 2


def test_a_terminal_that_has_only_ascii_gets_escapes(project: Path) -> None:
    """A page's lines that the output cannot say do not end the command with a traceback."""
    (project / "docs/contracts/run.md").unlink()
    done = command(project, "--check", cwd=project, PYTHONIOENCODING="ascii")
    assert done.returncode == 1
    assert "\n+\\u251c\\u2500\\u2500 run.log" in done.stdout
    assert done.stderr.startswith("error[stale]: ")
    assert "Traceback" not in done.stderr


def test_any_stream_may_be_stdout(project: Path) -> None:
    """A program that calls the compiler may collect what it says."""
    with contextlib.redirect_stdout(io.StringIO()) as shown:
        assert main(["--check"], project) == 0
    assert shown.getvalue() == UP_TO_DATE


def test_the_module_runs_the_command(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``python -m codegen`` hands on its arguments and exits with the command's code."""
    monkeypatch.setattr(sys, "argv", ["codegen", "--help"])
    with pytest.raises(SystemExit) as caught:
        runpy.run_path(str(root / "codegen/__main__.py"), run_name="__main__")
    assert caught.value.code == 0
    assert "--check" in capsys.readouterr().out
    assert "start" in runpy.run_path(str(root / "codegen/__main__.py"))
