"""The page for contributors is followed literally, in a clone; what it made passes at once all that looks at it.

One test follows the page and judges what came of it, since the clone is what takes the time. With `RUNPACT_WHOLE_CHECK`
set another lets the real Hatch make environments in such a clone and run every check there.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.scaffold.clones import clone, environment, run

PAGE = Path(__file__).resolve().parents[2] / "docs" / "contributing.md"
BLOCK = re.compile(r"^```([a-z]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANYTHING = "…"
WHOLE = "RUNPACT_WHOLE_CHECK"
GENERATED = "packages/core/src/runpact_core/_generated"
CONTRACT = (
    "changes/+shift_note.contract.md",
    "contracts/shift_note.v1_0.yaml",
    "docs/contracts/shift_note.md",
    f"{GENERATED}/models/shift_note_v1_0.py",
    f"{GENERATED}/schemas/shift_note_v1_0.strict.json",
    f"{GENERATED}/schemas/shift_note_v1_0.tolerant.json",
)
SOURCES = ("__init__.py", "__main__.py", "_counts.py", "_version.py", "cli.py", "errors.py", "py.typed")
PACKAGE = (
    "changes/+shift-notes.added.md",
    *(f"packages/shift-notes/{name}" for name in ("LICENSE", "README.md", "pyproject.toml")),
    *(f"packages/shift-notes/src/runpact_shift_notes/{name}" for name in SOURCES),
    *(f"tests/shift_notes/{name}" for name in ("test_cli.py", "test_counts.py")),
)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the page is for POSIX shells")


def steps() -> list[tuple[str, str]]:
    """Every command of the page with what is shown below it; a script of several lines is one command."""
    found: list[tuple[str, str]] = []
    for kind, block in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        assert kind in {"sh", "console"}, "every block of the page is followed"
        if kind == "sh":
            found.append((block, ""))
        else:
            parts = re.split(r"^\$ ", block, flags=re.MULTILINE)
            assert parts[0] == ""
            found += [(command, shown) for command, _, shown in (part.partition("\n") for part in parts[1:])]
    return found


def expected(shown: str) -> re.Pattern[str]:
    """What the page shows, as a pattern: `…` is any text, on a line of its own any lines; a number is any number."""
    lines = [r"(?:.*\n)*" if line == ANYTHING else re.escape(line) + "\n" for line in shown.splitlines()]
    return re.compile(re.sub(r"[0-9]+", "[0-9]+", "".join(lines).replace(ANYTHING, ".*")))


def follow(project: Path) -> dict[str, str]:
    """Run every command in its shell; each ends well and prints what is shown. What each printed, by command."""
    said = {}
    for command, shown in steps():
        done = subprocess.run(
            ["/bin/sh", "-euc", command],
            cwd=project,
            env=environment(),
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, f"$ {command}\n{done.stdout}"
        assert expected(shown).fullmatch(done.stdout), f"$ {command}\n{done.stdout}"
        said[command] = done.stdout
    return said


def made(project: Path, commit: str, kinds: str = "A") -> set[str]:
    """The files that a commit made; with the kinds ``AM`` also those that it changed."""
    shown = run(["git", "show", "--name-only", f"--diff-filter={kinds}", "--format=", commit], project)
    return set(shown.splitlines())


def test_the_page_does_what_it_says(tmp_path: Path) -> None:
    """A contract gets a version, another one begins, a package too: three commits of a tree that stays whole."""
    project = clone(tmp_path / "clone")
    said = follow(project)
    (verdict,) = [text for command, text in said.items() if "run compat" in command]
    assert "contracts/run_findings.v1_1.yaml" in verdict
    (review,) = [text for command, text in said.items() if "run review" in command]
    assert "optional property added" in review
    assert made(project, "HEAD") == set(PACKAGE)
    examples = {path for path in made(project, "HEAD~1") if path.startswith("contracts/examples/shift_note/1.0/")}
    assert len(examples) == 8
    assert made(project, "HEAD~1") == examples | set(CONTRACT)
    what_was_made_passes(project)
    names_that_are_taken_are_refused(project)


def what_was_made_passes(project: Path) -> None:
    """Style, layers, types, generated files, and the tests that know of contracts and packages: nothing is to mend."""
    python = [path for path in made(project, "HEAD", "AM") if path.endswith(".py")]
    assert "packages/runpact/src/runpact/cli.py" in python
    run(["ruff", "check", *python], project)
    run(["ruff", "format", "--check", *python], project)
    assert " 0 broken" in run(["./hatchw", "run", "lint-imports"], project)
    run(["./hatchw", "run", "mypy", *(path for path in PACKAGE if path.endswith(".py"))], project)
    assert run(["./hatchw", "run", "codegen", "--check"], project) == "every generated file is up to date\n"
    homes = ("scaffold/test_settings.py", "runpact/test_umbrella.py", "contracts", "core/test_documents_detect.py")
    wanted = "test_settings or test_help or test_frozen or shift_note or detect"
    run(["./hatchw", "run", "test", "-q", *(f"tests/{home}" for home in homes), "-k", wanted], project)
    for words in (["runpact"], ["python", "-m", "runpact_shift_notes"]):
        shown = run(["./hatchw", "run", *words, "shift-notes", "count"], project, 1)
        assert shown.startswith("error[missing-artifact]: Missing artifact: ./reports/runs")
    assert run(["git", "status", "--porcelain"], project) == ""


def names_that_are_taken_are_refused(project: Path) -> None:
    """So is a tree with changes: one line, exit code 2, nothing changed."""
    new = ["./hatchw", "run", "new"]
    taken = run([*new, "contract", "shift_note"], project, 2)
    assert taken.startswith("error[usage]: there is a contract shift_note — ")
    taken = run([*new, "package", "shift-notes"], project, 2)
    assert taken == "error[usage]: packages/shift-notes exists — choose another name\n"
    assert run(["git", "status", "--porcelain"], project) == ""
    (project / "stray.txt").touch()
    hint = "commit or stash them, or say --allow-dirty"
    dirty = run([*new, "contract", "other_note"], project, 2)
    assert dirty == f"error[usage]: there are changes that are not committed: stray.txt — {hint}\n"
    assert run(["git", "status", "--porcelain"], project) == "?? stray.txt\n"


@pytest.mark.skipif(WHOLE not in os.environ, reason=f"{WHOLE} is not set: it takes many minutes, and a network")
def test_what_the_page_made_passes_everything(tmp_path: Path) -> None:
    """In environments of their own: all checks of the repository, and the new package beside the core alone."""
    project = clone(tmp_path / "clone")
    follow(project)
    shutil.copy(PAGE.parents[1] / "hatchw", project / "hatchw")
    for words in (["in", "shift-notes", "smoke_extended"], ["check"]):
        run(["./hatchw", "run", *words], project)


def test_the_page_has_all_its_parts() -> None:
    """Nothing is skipped: the field, the checks, the commit, the two commands that begin something new."""
    commands = [command for command, _ in steps()]
    assert len(commands) == 21
    words = ("_upgrades.py", "run codegen --check", "run compat", "run review", "new contract", "new package")
    assert [word for word in words if not any(word in command for command in commands)] == []
