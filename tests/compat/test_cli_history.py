"""The gate at what was promised before: statuses in the catalog, and files that a release froze."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from evolution.cli import main
from runpact_core import documents
from tests.compat import toys

if TYPE_CHECKING:
    from pathlib import Path

NOW = ("--now-utc", "2026-06-01T00:00:00Z")
EXAMPLE = "contracts/examples/parcel/0.2/valid/minimal.json"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with one commit."""
    return toys.committed(tmp_path)


def compat(root: Path, *words: str) -> int:
    """The exit code against the last commit."""
    return main(["--against", "HEAD", *NOW, *words], root)


def set_status(root: Path, before: str, after: str) -> None:
    """Write another status of the depot."""
    catalog = (root / toys.CATALOG).read_text(encoding="utf-8")
    head, name, entry = catalog.partition("  - schema_id: depot\n")
    assert f"status: {before}\n" in entry
    changed = head + name + entry.replace(f"status: {before}\n", f"status: {after}\n", 1)
    (root / toys.CATALOG).write_text(changed, encoding="utf-8")


def test_an_active_contract_is_not_edited_by_way_of_planned(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first of the steps active, planned, edited, active fails; forth again is told and fits."""
    set_status(root, "active", "planned")
    assert compat(root) == 1
    out = capsys.readouterr().out
    line = (root / toys.CATALOG).read_text(encoding="utf-8").splitlines().index("    status: planned") + 1
    assert "depot 1, edited in place: BREAKS (a status does not go back)\n" in out
    assert f'  {toys.CATALOG}:{line}: status reverted: "active" became "planned"\n    READ  breaks: ' in out
    toys.commit(root)
    set_status(root, "planned", "active")
    assert compat(root) == 0
    out = capsys.readouterr().out
    assert f'  {toys.CATALOG}:{line}: status advanced: "planned" became "active"\n' in out


def test_a_planned_contract_that_went_is_no_break(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A version that was planned only may go, and the page says why."""
    path = toys.add_version(root, "0.3")
    catalog = (root / toys.CATALOG).read_text(encoding="utf-8")
    planned = catalog.replace(f"path: {path}\n    status: active", f"path: {path}\n    status: planned")
    assert planned != catalog
    (root / toys.CATALOG).write_text(planned, encoding="utf-8")
    toys.commit(root)
    toys.remove_version(root, "0.3")
    assert compat(root) == 0
    assert "parcel 0.3, removed: fits (it was planned, and nobody has read it)\n" in capsys.readouterr().out


WAS = "was released with 0.1.0, and is not as it was"


@pytest.fixture
def frozen(root: Path) -> Path:
    """The project after a release that froze the parcel with one of its examples."""
    facts = {"contract": "parcel", "version": "0.2", "path": toys.PARCEL, "gate": "record"}
    digests = {name: hashlib.sha256((root / name).read_bytes()).hexdigest() for name in (toys.PARCEL, EXAMPLE)}
    contracts = [{**facts, "versioned_by": "schema_version", "sha256": digests[toys.PARCEL]}]
    stated = {"version": "0.1.0", "tag": "v0.1.0", "date": "2026-01-19", "contracts": contracts}
    release = {**stated, "definitions": {}, "examples": {EXAMPLE: digests[EXAMPLE]}, "documents": {}}
    document = {"schema_version": "1.0", "releases": [release]}
    (root / "contracts/released.json").write_bytes(documents.dumps(document))
    toys.commit(root)
    assert compat(root) == 0
    return root


def change(root: Path, what: str) -> None:
    """Change a file that is frozen."""
    if what == "a comment":
        with (root / toys.PARCEL).open("a", encoding="utf-8") as file:
            file.write("# a remark\n")
    elif what == "a word":
        toys.edit(root, toys.PARCEL, "Name of the depot that", "The depot that")
    elif what == "an example":
        (root / EXAMPLE).write_bytes(
            documents.dumps(json.loads((root / EXAMPLE).read_bytes()) | {"parcel_id": "north-0008"})
        )
    elif what == "an example less":
        (root / EXAMPLE).unlink()
    else:
        toys.edit(root, toys.PARCEL, "minItems: 1\n    items", "minItems: 2\n    items")


ROWS = {
    "a comment": f"FROZEN (F01: parcel 0.2 {WAS})",
    "a word": f"FROZEN (F01: parcel 0.2 {WAS})",
    "an example": f"FROZEN (F02: the example {WAS})",
    "an example less": f"FROZEN (F03: {EXAMPLE} was released with 0.1.0, and is gone)",
    "a limit": f"BREAKS (it needs a new major version, and it has none; F01: parcel 0.2 {WAS})",
}


@pytest.mark.parametrize("what", ROWS)
def test_a_frozen_file_that_changed_fails(what: str, frozen: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not a byte of what was released changes: the row of the version says so, and no exception is offered."""
    change(frozen, what)
    capsys.readouterr()
    assert compat(frozen) == 1
    lines = capsys.readouterr().out.splitlines()
    assert ", 1 without the version number that it needs, and 1 fault in contracts/;" in lines[0]
    assert lines[2] == f"parcel 0.2, edited in place: {ROWS[what]}"
    rule = ROWS[what].split(":")[0][-3:]
    assert [line for line in lines if line.startswith("note: contracts/") and f": {rule} " in line]
    assert not [line for line in lines if "contracts/exceptions.yaml" in line]


@pytest.mark.parametrize("what", ["a comment", "an example less"])
@pytest.mark.parametrize("form", ["--json", "--markdown", "--github"])
def test_each_form_says_so(what: str, form: str, frozen: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A program is told that the number is not enough, a page has the row, and GitHub the place."""
    change(frozen, what)
    capsys.readouterr()
    assert compat(frozen, form) == 1
    out = capsys.readouterr().out
    rule = "F01" if what == "a comment" else "F03"
    if form == "--json":
        found = json.loads(out)
        assert documents.validate("contract_diff", found, strict=True) == []
        assert (found["ok"], found["summary"]["breaking"]) == (False, 1)
        (pair,) = found["contracts"]
        assert (pair["outcome"], pair["required"], pair["given"]) == ("breaking", "minor", "none")
        assert [change["kind"] for change in pair["changes"]] == ([] if rule == "F01" else ["example-removed"])
    elif form == "--markdown":
        assert f"| ❌ FROZEN | parcel 0.2, edited in place | {rule}: " in out
        assert "To approve it" not in out
    else:
        place = f"{toys.PARCEL},line=1" if rule == "F01" else "contracts/released.json,line="
        assert f"::error file={place}" in out
        assert f"title={rule}::" in out


def test_a_frozen_file_that_was_changed_before_is_no_row(frozen: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It does not differ from what it is compared with; the fault is told all the same."""
    change(frozen, "a comment")
    toys.commit(frozen)
    capsys.readouterr()
    assert compat(frozen) == 1
    out = capsys.readouterr().out
    assert out.startswith("no contract differs from HEAD (")
    assert "), but for 1 fault in contracts/\n" in out
    assert f"note: {toys.PARCEL}:1: F01 parcel 0.2 {WAS}: " in out
