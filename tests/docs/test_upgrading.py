"""What concepts.md shows of an upgrade is what the command prints, and what it says is left alone is left alone."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from runpact_core import cli, edge

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).resolve().parents[2]
SECTION = (ROOT / "docs" / "concepts.md").read_text(encoding="utf-8").partition("### Upgrading what there is\n")[2]
COMMAND = re.compile(r"^\$ runpact (contracts upgrade [^#\n]+?)\s+# (.*)$", re.MULTILINE)
TREE = {
    "dash/runs/spec-kit/last_run.json": "last_run/0.1/valid/tests-passed.json",
    "old/certificate.json": "runner_execution_certificate/1/valid/with-everything.json",
    "reports/runs/20260119T061512Z__P2-Backfill__a1b2c3d/checks.json": "checks/0.2/valid/one-of-each.json",
    "reports/runs/20260119T061512Z__P2-Backfill__a1b2c3d/run.json": "run/0.1/valid/full.json",
}


def test_the_commands_do_what_the_section_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first one prints those lines; each ends as it says; the check fails for the certificate alone, if at all."""
    for name, example in TREE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "contracts" / "examples" / example, tmp_path / name)
    (tmp_path / "old" / "package.json").write_text('{"name": "x"}')
    monkeypatch.chdir(tmp_path)
    block = SECTION.partition("```console\n")[2].partition("```")[0]
    commands = [match[1].split() for match in COMMAND.finditer(block)]
    assert [words[3:] for words in commands] == [
        [],
        ["--apply"],
        ["--check"],
        ["--check", "--allow-left"],
        ["--stdout"],
    ]
    shown = block.partition("\n")[2].partition("$ ")[0]
    assert edge.run(cli.app, commands[0], "runpact") == 0
    assert capsys.readouterr().out == shown
    assert edge.run(cli.app, commands[1], "runpact") == 0
    assert capsys.readouterr().out == shown.replace("would upgrade", "upgraded").partition("files:")[0] + (
        "files: 5; 2 upgraded, 1 left, 1 newest already, 1 other\n"
    )
    assert edge.run(cli.app, commands[2], "runpact") == 1
    assert capsys.readouterr().out.splitlines()[0].startswith("left: old/certificate.json: ")
    assert edge.run(cli.app, commands[3], "runpact") == 0
    assert capsys.readouterr().out.splitlines()[0].startswith("left: old/certificate.json: ")
    shutil.copy(tmp_path / list(TREE)[-1], "run.json")
    assert edge.run(cli.app, commands[4], "runpact") == 0
    assert capsys.readouterr().out == Path("run.json").read_text()
