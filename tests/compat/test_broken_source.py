"""Code of the project that does not run: every command names the file and the line, and ends with 2."""

from __future__ import annotations

import os
import runpy
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from codegen import broken
from tests.compat import toys

if TYPE_CHECKING:
    from pathlib import Path

STEPS = "packages/core/src/runpact_core/_upgrades.py"
INDEX = "packages/core/src/runpact_core/_generated/index.py"
WORDS = ("compat", "review", "certificate", "packages", "fuzz")


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code of the project."""
    root = tmp_path_factory.mktemp("project")
    for path in ("evolution", "codegen", "packages"):
        shutil.copytree(toys.ROOT / path, root / path, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    return root


def broken_by(root: Path, path: str, line: str, words: list[str]) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of ``python -m`` with a line more at the end of a file."""
    text = (root / path).read_text(encoding="utf-8")
    (root / path).write_text(f"{text}{line}\n", encoding="utf-8")
    places = os.pathsep.join([str(root), *(str(source) for source in sorted((root / "packages").glob("*/src")))])
    environment = {**os.environ, "PYTHONPATH": places, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        command = [sys.executable, "-m", *words]
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    finally:
        (root / path).write_text(text, encoding="utf-8")
    return done.returncode, done.stdout, done.stderr.replace(f":{len(text.splitlines()) + 1}:", ":LAST:")


@pytest.mark.parametrize("word", WORDS)
def test_a_step_that_is_no_python_is_one_place(word: str, copied: Path) -> None:
    """The file of the upgrade steps is edited by those who run these commands; nothing was compared."""
    said = broken_by(copied, STEPS, "STEPS[", ["evolution", word, "--against", "HEAD"])
    hint = f"error[broken-source]: {STEPS} cannot be run — mend it first\n"
    assert said == (2, "", f"{STEPS}:LAST: '[' was never closed\n{hint}")


@pytest.mark.parametrize(
    ("path", "line", "says"),
    [
        (STEPS, "STEPS['run', '0.3'] = _state_version('0.3')", "NameError: name '_state_version' is not defined"),
        (INDEX, "<<<<<<< HEAD", "invalid syntax"),
        ("evolution/diff.py", "from evolution import nowhere", "ImportError: cannot import name 'nowhere'"),
    ],
)
def test_so_is_whatever_ends_an_import(path: str, line: str, says: str, copied: Path) -> None:
    """A name that does not exist, the mark of a merge, a module that went."""
    code, out, err = broken_by(copied, path, line, ["evolution", "review", "--against", "HEAD"])
    assert (code, out) == (2, "")
    assert err.startswith(f"{path}:LAST: {says}")
    assert err.splitlines()[1:] == [f"error[broken-source]: {path} cannot be run — mend it first"]


def test_the_compiler_says_so_too(copied: Path) -> None:
    """What it imports itself."""
    code, out, err = broken_by(copied, "codegen/lint.py", "def", ["codegen", "--check"])
    assert (code, out) == (2, "")
    assert err.startswith("codegen/lint.py:LAST: ")


def module(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> str:
    """A module of a project in that folder; its name."""
    (folder / "broken_toy.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "broken_toy", raising=False)
    return "broken_toy"


def test_a_file_that_is_loaded_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A command that runs may import more; what it raises besides is a mistake of its own."""
    late = "def main(arguments, root):\n    {}\n"
    name = module(tmp_path, monkeypatch, late.format("exec(compile('x =', root / 'late.py', 'exec'))"))
    assert broken.start(name, [], tmp_path) == 2
    assert capsys.readouterr().err.startswith("late.py:1: invalid syntax\nerror[broken-source]: late.py ")
    name = module(tmp_path, monkeypatch, late.format("return len(arguments)"))
    assert broken.start(name, ["a", "b"], tmp_path) == 2
    assert capsys.readouterr().err == ""
    name = module(tmp_path, monkeypatch, late.format("raise LookupError"))
    with pytest.raises(LookupError):
        broken.start(name, [], tmp_path)


def test_a_library_that_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No file of the project is to blame, and none is named; exit code 3."""
    assert broken.start("no_such_module", [], tmp_path) == 3
    hint = "run it as ./hatchw run, which has what it needs"
    said = f"error[environment]: No module named 'no_such_module' — {hint}\n"
    assert capsys.readouterr().err == said


def test_what_no_file_of_the_project_is_to_blame_for_goes_on(tmp_path: Path) -> None:
    """It is a mistake of this module, or of the one that is missing."""
    with pytest.raises(ModuleNotFoundError, match=r"evolution\.nowhere"):
        broken.start("evolution.nowhere", [], tmp_path)


def test_an_environment_inside_the_project_is_not_of_it(tmp_path: Path) -> None:
    """Hatch makes them in a folder with a dot; the innermost frame outside of it counts."""
    own, theirs = tmp_path / "evolution" / "cli.py", tmp_path / ".hatch" / "lib" / "library.py"
    said = f'  File "{own}", line 7, in main\n  File "{theirs}", line 9, in call\nKeyError: 1\n'
    assert broken.place(said, tmp_path) == "evolution/cli.py:7"
    assert broken.place(said, tmp_path / "other") is None


def test_a_word_that_is_none(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The words are named; exit code 2."""
    for words in ([], ["compta"]):
        monkeypatch.setattr(sys, "argv", ["evolution", *words])
        with pytest.raises(SystemExit) as caught:
            runpy.run_module("evolution", run_name="__main__")
        assert caught.value.code == 2
        assert capsys.readouterr().err == "usage: python -m evolution compat|review|certificate|packages|fuzz …\n"
