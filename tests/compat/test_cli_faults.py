"""Faults besides the changes hide no verdict, and a program has its document whatever happens."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from evolution.cli import main
from evolution.exceptions import Judged, Pair
from evolution.model import Change, Comparison, ContractDiff, Proof, Verdict
from evolution.output_json import document
from runpact_core import documents
from tests.compat import toys

if TYPE_CHECKING:
    from pathlib import Path

ENUM = ("enum: [waiting, moving, there]", "enum: [moving, there]")
LIMIT = ("        maximum: 100000\n      fragile", "        maximum: 50000\n      fragile")
EXPIRED = """\
schema_version: "1.0"
exceptions:
  - contract: parcel
    old_version: "0.2"
    new_version: "0.2"
    pointer: /items/*/grams
    kind: bound-tightened
    reason: Nobody has sent anything as heavy as that.
    expires: "2026-01-31"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The toy project with one commit."""
    return toys.committed(tmp_path)


def spoil(root: Path) -> str:
    """Break an example; its path."""
    path = "contracts/examples/depot/1/valid/two-shelves.json"
    toys.edit(root, path, '"small"', '"vast"')
    return path


def printed(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The document on stdout, which follows its contract."""
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert documents.validate("contract_diff", found, strict=True) == []
    return found


def test_an_example_in_the_way_hides_no_verdict(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The change is judged; the example is told besides, and fails the comparison also where nothing breaks."""
    path = spoil(root)
    assert main(["--against", "main"], root) == 1
    out = capsys.readouterr().out
    assert "each has the version number it needs, but for 1 fault in contracts/; 0 documents were judged\n" in out
    assert f"\nnote: {path}:1: E04 " in out
    toys.edit(root, toys.PARCEL, *LIMIT)
    assert main(["--against", "main", "--json"], root) == 1
    found = printed(capsys)
    assert found["ok"] is False
    kinds = [change["kind"] for pair in found["contracts"] for change in pair["changes"]]
    assert sorted(kinds) == ["bound-tightened", "example-changed"]
    assert any(note.startswith(f"{path}:1: E04 ") for note in found["notes"])


def test_the_headline_counts_what_fails_besides(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An expired exception that matches nothing is not found in a note alone."""
    (root / "contracts/exceptions.yaml").write_text(EXPIRED, encoding="utf-8")
    toys.commit(root)
    assert main(["--against", "main"], root) == 1
    assert ", but for 1 expired exception\n" in capsys.readouterr().out
    assert main(["--against", "main", "--github"], root) == 1
    error, notice = capsys.readouterr().out.splitlines()
    assert error.startswith("::error file=contracts/exceptions.yaml,line=3,title=expired exception::")
    assert notice.startswith("::notice title=contracts::no contract differs from main")
    assert "bound-tightened" not in notice, "it has its own annotation"


@pytest.mark.parametrize(
    ("against", "code", "says"),
    [("main", 1, "error[contracts-invalid]: 1 finding"), ("mian", 2, "error[unknown-ref]: 'mian' is no commit")],
)
def test_a_program_has_its_document_where_nothing_could_be_compared(
    against: str, code: int, says: str, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not ok, without contracts, and the notes say why; a page says so, too."""
    toys.edit(root, toys.DEPOT, "    description: Who answers for the depot.\n", "")
    assert main(["--against", against, "--json"], root) == code
    found = printed(capsys)
    assert (found["ok"], found["contracts"], found["against"]) == (False, [], against)
    assert found["notes"][-1].startswith(says)
    if code == 1:
        assert found["notes"][0].startswith(f"{toys.DEPOT}:18: D14 ")
    assert main(["--against", against, "--markdown"], root) == code
    page = capsys.readouterr().out
    assert page.startswith("❌ The contracts cannot be compared\n\n- ")


def test_an_example_that_is_no_json_stops_the_comparison(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No document can be made of it."""
    (root / "contracts/examples/depot/1/valid/two-shelves.json").write_text("{", encoding="utf-8")
    assert main(["--against", "main"], root) == 1
    assert "E03 the example is not JSON" in capsys.readouterr().err


def test_a_document_that_is_too_large_is_left_out() -> None:
    """A program is told its size instead; a smaller one is there whole."""
    change = Change("thing", "1.0", "1.0", "/note", "enum-closed", None, None, "contracts/thing.v1_0.yaml", 3)

    def shown(size: int) -> dict[str, Any]:
        proof = Proof("counterexample", 0, {"note": "a" * size}, "refused")
        verdicts = (Verdict(change, "READ", compatible=False, proof=proof),)
        diff = ContractDiff("thing", "1.0", "1.0", (change,), verdicts, "major", "none", ok=False)
        made = document(Judged(Comparison("main", (diff,), 1), (Pair(diff, "breaking", (None,)),), ()), ())
        assert documents.validate("contract_diff", made, strict=True) == []
        found: dict[str, Any] = made["contracts"][0]["changes"][0]["verdicts"][0]
        return found

    assert shown(65_524)["counterexample"] == {"note": "a" * 65_524}
    large = shown(65_525)
    assert "counterexample" not in large
    assert large["says"] == "refused (by a document of 65537 characters, which is left out here)"
