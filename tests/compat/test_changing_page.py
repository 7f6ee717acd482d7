"""The guide ``docs/changing-contracts.md`` is followed literally: its commands, what they print, its exception."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from evolution import review
from evolution.cli import main
from tests.compat import toys

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (toys.ROOT / "docs/changing-contracts.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(match[1], match[2]) for match in BLOCK.finditer(PAGE)]
COMMIT = re.compile(r"\([0-9a-f]{7}\)")


def blocks(kind: str) -> list[str]:
    """The texts of the blocks of a kind, in order."""
    return [text for language, text in BLOCKS if language == kind]


def words(line: str, command: str) -> list[str]:
    """What stands behind a command of the page."""
    start = f"$ ./hatchw run {command} "
    assert line.startswith(start)
    return shlex.split(line.removeprefix(start))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with the project's own contracts in one commit."""
    root = tmp_path / "project"
    shutil.copytree(toys.ROOT / "contracts", root / "contracts")
    (root / "contracts/released.json").unlink(missing_ok=True)  # what it says of the edit is in a note of its own
    shutil.copyfile(toys.ROOT / ".gitattributes", root / ".gitattributes")
    toys.git(tmp_path, "init", "--quiet", "--initial-branch=main", str(root))
    toys.commit(root)
    return root


def test_the_guide_is_true(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The edit breaks as shown, the exception approves it, and the review shows it."""
    ask, show = blocks("console")
    edit, compat = ask.splitlines()
    subprocess.run(["sh", "-c", edit.removeprefix("$ ")], cwd=project, check=True)
    assert main(words(compat, "compat"), project) == 1
    (shown,) = blocks("text")
    printed = capsys.readouterr().out
    (commit,) = COMMIT.findall(printed)
    assert COMMIT.sub(commit, shown) == printed

    (exception,) = blocks("yaml")
    (project / "contracts/exceptions.yaml").write_text(exception, encoding="utf-8")
    assert main(words(compat, "compat"), project) == 0
    assert "checks 0.2, edited in place: approved" in capsys.readouterr().out

    assert review.main(words(show.strip(), "review"), project) == 0
    out = capsys.readouterr().out
    assert out.startswith("# Contracts\n\n✅ 1 contract version differs from main")
    assert "+    enum: [pass, fail, skip, warn]" in out


def test_every_block_is_followed() -> None:
    """The page has no block that the test above does not use."""
    assert [language for language, _ in BLOCKS] == ["console", "text", "yaml", "console"]
