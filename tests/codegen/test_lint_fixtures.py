"""Each rule of the linter refuses what it says: exactly one finding, at the right line, with a way out.

A fixture is a change to the clean toy contracts in ``lint_fixtures/clean``; its folder is the rule that it
breaks. ``change`` replaces text that stands there exactly once, ``add`` and ``remove`` are files, and
``finding`` is what must come of it.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen.findings import Finding
from codegen.lint import RULES, lint
from codegen.load import load

FIXTURES = Path(__file__).parent / "lint_fixtures"
PROJECT = Path(__file__).parents[2]
CASES = sorted(FIXTURES.glob("[A-Z]*/*.yaml"))


def change(root: Path, fixture: dict[str, Any]) -> None:
    """Apply a fixture to a copy of the clean contracts."""
    for edit in fixture.get("change", []):
        path = root / edit["file"]
        text = path.read_text(encoding="utf-8")
        assert text.count(edit["old"]) == 1
        path.write_text(text.replace(edit["old"], edit["new"]), encoding="utf-8", newline="\n")
    for name in fixture.get("remove", []):
        (root / name).unlink()
    for name, text in fixture.get("add", {}).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8", newline="\n")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.stem}")
def test_each_fixture_has_its_one_finding(case: Path, tmp_path: Path) -> None:
    """A broken rule is one finding, which names the rule, the file, the line, what is wrong, a way out."""
    fixture = yaml.safe_load(case.read_text(encoding="utf-8"))
    shutil.copytree(FIXTURES / "clean", tmp_path, dirs_exist_ok=True)
    change(tmp_path, fixture)
    assert lint(load(tmp_path)) == [Finding(rule=case.parent.name, **fixture["finding"])]


def test_every_rule_has_a_failing_fixture() -> None:
    """No rule goes untested, and no fixture is for a rule that does not exist."""
    assert {case.parent.name for case in CASES} == RULES.keys()


def test_the_toy_contracts_are_clean() -> None:
    """The contracts that the fixtures start from break no rule, so what a fixture shows is its own doing."""
    assert lint(load(FIXTURES / "clean")) == []


def test_the_contracts_of_the_project_are_clean() -> None:
    """What is published follows the dialect."""
    assert lint(load(PROJECT)) == []


def test_findings_come_in_the_order_of_the_files(tmp_path: Path) -> None:
    """Several findings are sorted by file and line, whatever the order of the rules."""
    shutil.copytree(FIXTURES / "clean", tmp_path, dirs_exist_ok=True)
    for case in (
        "D01/misspelt-keyword",
        "D05/required-with-x-absent",
        "R04/no-message",
        "L03/entry-of-another-major",
    ):
        fixture = yaml.safe_load((FIXTURES / f"{case}.yaml").read_text(encoding="utf-8"))
        change(tmp_path, fixture)
    findings = lint(load(tmp_path))
    assert [(finding.rule, finding.path, finding.line) for finding in findings] == [
        ("L03", "contracts/catalog.yaml", 4),
        ("D05", "contracts/toy.v1_0.yaml", 17),
        ("D01", "contracts/toy.v1_0.yaml", 18),
        ("R04", "contracts/toy.v1_0.yaml", 114),
    ]
