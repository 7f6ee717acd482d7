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
from runpact_core._upgrades import STEPS
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
    shutil.copyfile(toys.ROOT / ".gitattributes", root / ".gitattributes")
    toys.git(tmp_path, "init", "--quiet", "--initial-branch=main", str(root))
    toys.commit(root)
    return root


def as_new_version(project: Path) -> None:
    """Give the frozen file back, and make the edit in a copy of the next number."""
    old, new = (project / f"contracts/checks.v0_{minor}.yaml" for minor in (2, 3))
    edited = old.read_text(encoding="utf-8")
    new.write_text(edited.replace("v0_2.yaml", "v0_3.yaml").replace('"0.2"', '"0.3"'), encoding="utf-8")
    toys.git(project, "checkout", "--quiet", "--", str(old))
    catalog = (project / toys.CATALOG).read_text(encoding="utf-8")
    entry = catalog[catalog.index('  - schema_id: checks\n    major: 0\n    version: "0.2"') :]
    entry = entry[: entry.index("  - schema_id: open_run\n")]
    added = entry.replace('"0.2"', '"0.3"').replace("v0_2", "v0_3")
    (project / toys.CATALOG).write_text(catalog.replace(entry, entry + added), encoding="utf-8")
    examples = project / "contracts/examples/checks"
    shutil.copytree(examples / "0.2", examples / "0.3")
    for path in (examples / "0.3").rglob("*.json"):
        path.write_text(path.read_text(encoding="utf-8").replace('"0.2"', '"0.3"'), encoding="utf-8")


def test_the_guide_is_true(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The edit breaks as shown; of a new version the exception approves it, and the review shows it."""
    ask, show = blocks("console")
    edit, compat = ask.splitlines()
    subprocess.run(["sh", "-c", edit.removeprefix("$ ")], cwd=project, check=True)
    assert main(words(compat, "compat"), project) == 1
    (shown,) = blocks("text")
    printed = capsys.readouterr().out
    (commit,) = COMMIT.findall(printed)
    assert COMMIT.sub(commit, shown) == printed

    as_new_version(project)
    monkeypatch.setitem(STEPS, ("checks", "0.3"), lambda data: {**data, "schema_version": "0.3"})
    assert main(words(compat, "compat"), project) == 1
    printed = capsys.readouterr().out
    assert "checks 0.2 → 0.3: BREAKS (it needs a new major version, and it is a new minor version)\n" in printed
    (exception,) = blocks("yaml")
    _, _, *entry, _, _ = exception.splitlines()
    assert "\n".join(entry) in printed
    (project / "contracts/exceptions.yaml").write_text(exception, encoding="utf-8")
    assert main(words(compat, "compat"), project) == 0
    assert "checks 0.2 → 0.3: approved" in capsys.readouterr().out

    assert review.main(words(show.strip(), "review"), project) == 0
    out = capsys.readouterr().out
    assert out.startswith("# Contracts\n\n✅ 1 contract version differs from main")
    assert "+    enum: [pass, fail, skip, warn]" in out


def test_every_block_is_followed() -> None:
    """The page has no block that the test above does not use."""
    assert [language for language, _ in BLOCKS] == ["console", "text", "yaml", "console"]
