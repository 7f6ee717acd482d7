"""The gate's command: what it prints in each form, and its exit codes, on a small project under git."""

from __future__ import annotations

import hashlib
import json
import runpy
import sys
from typing import TYPE_CHECKING

import pytest

from evolution.cli import main
from runpact_core import documents
from tests.compat import toys

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = ("        maximum: 100000\n      fragile", "        maximum: 50000\n      fragile")
APPROVAL = """\
schema_version: "1.0"
exceptions:
  - contract: parcel
    old_version: "0.2"
    new_version: "0.2"
    pointer: /items/*/grams
    kind: bound-tightened
    reason: Nobody has sent anything as heavy as that.
    expires: "2026-06-30"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The toy project with one commit."""
    return toys.committed(tmp_path)


def add_field(root: Path, path: str) -> None:
    """Give the parcel an optional field."""
    field = "  paper:\n    type: string\n    description: Colour of the paper.\n    x-absent: it has no paper\n"
    toys.edit(root, path, "$defs:\n  parcel_state:\n", f"{field}$defs:\n  parcel_state:\n")


def break_in_place(root: Path) -> None:
    """Lower a limit in a version that readers know."""
    toys.edit(root, toys.PARCEL, *LIMIT)


def compat(root: Path, *words: str) -> int:
    """Run the command against ``main``, at a moment of its own."""
    return main(["--against", "main", "--now-utc", "2026-05-01T00:00:00Z", *words], root)


def test_nothing_changed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line, and success."""
    commit = toys.git(root, "rev-parse", "HEAD")[:7]
    assert compat(root) == 0
    assert capsys.readouterr().out == f"no contract differs from main ({commit})\n"


def test_a_new_minor_with_an_optional_field_fits(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each verdict has the number of documents that passed, both ways."""
    path = toys.add_version(root, "0.3")
    add_field(root, path)
    toys.commit(root)
    assert main(["--against", "HEAD~1"], root) == 0
    out = capsys.readouterr().out
    assert "parcel 0.2 → 0.3: fits (it needs a new minor version, and it is one)" in out
    line = (root / path).read_text(encoding="utf-8").splitlines().index("  paper:") + 1
    assert f"  {path}:{line}: /paper: optional property added\n    READ  holds: old data, new reader: " in out
    assert "    WRITE holds: new data, old reader: " in out
    assert "note:" not in out


def test_the_same_edit_in_place_fails_and_says_how_to_approve_it(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A version that readers know needs a new number for any change of its shape."""
    add_field(root, toys.PARCEL)
    assert compat(root) == 1
    out = capsys.readouterr().out
    assert "parcel 0.2, edited in place: WRONG NUMBER (it needs a new minor version, and it has none)" in out
    assert "\nGive it its number; or, to approve it until a day, write into contracts/exceptions.yaml, with" in out
    assert "1 contract version differs from main" in out.splitlines()[0]
    entry = 'contract: "parcel"\n    old_version: "0.2"\n    new_version: "0.2"\n    pointer: "/paper"\n'
    rest = 'kind: "optional-property-added"\n    reason: "…"\n    expires: "YYYY-MM-DD"\n'
    assert f"  - {entry}    {rest}" in out
    assert "note: 1 file below contracts/ is not committed; what was compared is the working tree.\n" in out


def test_a_break_has_a_counterexample(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A document that old writers may write, and that new readers refuse."""
    break_in_place(root)
    assert compat(root, "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert documents.validate("contract_diff", found, strict=True) == []
    assert found["ok"] is False
    assert found["summary"] == {"compatible": 0, "approved": 0, "breaking": 1}
    (pair,) = found["contracts"]
    facts = [pair[name] for name in ("contract", "required", "given", "outcome")]
    assert facts == ["parcel", "major", "none", "breaking"]
    (change,) = pair["changes"]
    assert (change["kind"], change["pointer"], change["path"]) == ("bound-tightened", "/items/*/grams", toys.PARCEL)
    assert (change["old"], change["new"]) == ('{"maximum": 100000}', '{"maximum": 50000}')
    verdicts = {verdict["level"]: verdict for verdict in change["verdicts"]}
    assert (verdicts["READ"]["compatible"], verdicts["WRITE"]["compatible"]) == (False, True)
    weights = [item["grams"] for item in verdicts["READ"]["counterexample"]["items"]]
    assert max(weights) > 50000
    assert verdicts["WRITE"]["passed"] > 0


def test_an_exception_lets_a_change_through_until_its_day(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is told in every form; on the day after its last one the comparison fails, and says so."""
    break_in_place(root)
    (root / "contracts/exceptions.yaml").write_text(APPROVAL, encoding="utf-8")
    assert compat(root) == 0
    out = capsys.readouterr().out
    assert "edited in place: approved" in out
    assert "    approved until 2026-06-30: Nobody has sent anything as heavy as that.\n" in out
    assert compat(root, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["ok"], found["summary"]["approved"], found["exceptions"][0]["state"]) == (True, 1, "used")
    assert found["contracts"][0]["changes"][0]["approved"] == "Nobody has sent anything as heavy as that."
    assert main(["--against", "main", "--now-utc", "2026-06-30T23:59:59Z"], root) == 0
    assert main(["--against", "main", "--now-utc", "2026-07-01T00:00:00+02:00"], root) == 0
    capsys.readouterr()
    assert main(["--against", "main", "--now-utc", "2026-07-01T00:00:00Z"], root) == 1
    says = "the exception for parcel, bound-tightened at /items/*/grams, expired on 2026-06-30"
    assert (
        f"note: contracts/exceptions.yaml:3: {says}: mend the contract, or argue for another day.\n"
        in capsys.readouterr().out
    )


def test_an_expired_exception_fails_also_where_nothing_breaks(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody lives on one for ever; one that matches nothing is told, and fails nothing."""
    (root / "contracts/exceptions.yaml").write_text(APPROVAL, encoding="utf-8")
    assert compat(root) == 0
    assert "grams, approves nothing: no change is what it names; remove it.\n" in capsys.readouterr().out
    assert main(["--against", "main"], root) == 1, "it is later than the day by now"


def test_what_was_released_is_compared_all_the_same(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """That its bytes changed is the compiler's to refuse; here it is a note beside what the change breaks."""
    facts = {"contract": "parcel", "version": "0.2", "path": toys.PARCEL, "gate": "record"}
    digest = hashlib.sha256((root / toys.PARCEL).read_bytes()).hexdigest()
    contracts = [{**facts, "versioned_by": "schema_version", "sha256": digest}]
    stated = {"version": "0.1.0", "tag": "v0.1.0", "date": "2026-01-19", "contracts": contracts}
    release = {**stated, "definitions": {}, "examples": {}, "documents": {}}
    document = {"schema_version": "1.0", "releases": [release]}
    (root / "contracts/released.json").write_bytes(documents.dumps(document))
    toys.commit(root)
    assert compat(root) == 0
    assert "note:" not in capsys.readouterr().out
    break_in_place(root)
    assert compat(root) == 1
    out = capsys.readouterr().out
    assert "/items/*/grams: bound tightened" in out
    assert f"note: {toys.PARCEL}:1: F01 parcel 0.2 was released with 0.1.0, and is not as it was: give the file" in out


def test_annotations_of_github(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An error at the line of each change that breaks, a warning for what is approved, one notice for the whole."""
    break_in_place(root)
    assert compat(root, "--github") == 1
    error, notice = capsys.readouterr().out.splitlines()
    title = "title=parcel 0.2%2C edited in place"
    assert error.startswith(f"::error file={toys.PARCEL},line=119,{title}::/items/*/grams: ")
    assert "; READ breaks: old data, new reader: refused" in error
    assert notice.startswith("::notice title=contracts::1 contract version differs from main")
    unused = APPROVAL.replace("/items/*/grams", "/note")
    other = unused.partition("exceptions:\n")[2].replace("2026-06-30", "2026-01-31")
    (root / "contracts/exceptions.yaml").write_text(
        f"{APPROVAL}{unused.partition('exceptions:' + chr(10))[2]}{other}", encoding="utf-8"
    )
    assert compat(root, "--github") == 1
    approved, later, expired, _ = capsys.readouterr().out.splitlines()
    assert approved.startswith(f"::warning file={toys.PARCEL},line=119,")
    assert "approved until 2026-06-30: Nobody has" in approved
    assert later.startswith("::warning file=contracts/exceptions.yaml,line=10,title=unused exception::")
    assert expired.startswith("::error file=contracts/exceptions.yaml,line=17,title=expired exception::")


def test_markdown_for_the_pull_request(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A verdict, a table, the changes with their proofs, and the words of an exception."""
    break_in_place(root)
    toys.edit(root, toys.DEPOT, "Who answers for the depot.", "Who answers | for [it](x).")
    assert compat(root, "--markdown") == 1
    out = capsys.readouterr().out
    assert out.startswith("❌ 2 contract versions differ from main")
    assert "| ❌ BREAKS | parcel 0.2, edited in place | it needs a new major version, and it has none | 1 |\n" in out
    assert "| ✅ fits | depot 1, edited in place | it needs no new version | 1 |\n" in out
    assert out.index("### parcel 0.2") < out.index("### depot 1"), "what fails comes first"
    assert "is greater than the maximum of 50000\n\n    ```json\n    {\n" in out
    assert '<details><summary>To approve it until a day</summary>\n\n```yaml\n  - contract: "parcel"\n' in out
    (root / "contracts/exceptions.yaml").write_text(APPROVAL, encoding="utf-8")
    assert compat(root, "--markdown") == 0
    out = capsys.readouterr().out
    assert "| 🟡 approved | parcel 0.2, edited in place |" in out
    assert "  - approved until 2026-06-30: Nobody has sent anything as heavy as that.\n" in out


def test_with_a_wheel_words_and_examples_are_not_compared(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The rest is, and the note says so."""
    wheel = toys.wheel(root, tmp_path)
    toys.edit(root, toys.DEPOT, "Who answers for the depot.", "Who answers for all of it.")
    assert main(["--against", str(wheel)], root) == 0
    assert capsys.readouterr().out.startswith(f"no contract differs from {wheel.name}\n\nnote: {wheel.name} holds")
    break_in_place(root)
    assert main(["--against", str(wheel)], root) == 1
    assert "/items/*/grams: bound tightened" in capsys.readouterr().out


def test_the_module_is_the_command_of_the_project(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``python -m evolution compat`` judges the contracts that it lies beside."""
    monkeypatch.setattr(sys, "argv", ["evolution", "compat", "--against", str(toys.ROOT)])
    with pytest.raises(SystemExit) as caught:
        runpy.run_module("evolution", run_name="__main__")
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith(f"no contract differs from {toys.ROOT}\n")
