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


@pytest.mark.parametrize(
    ("path", "rule"), [(toys.PARCEL, "F01"), (EXAMPLE, "F03")], ids=["a comment in a contract", "an example less"]
)
@pytest.mark.parametrize("form", ["--json", "--markdown", "--github"])
def test_a_frozen_file_that_changed_fails(
    path: str, rule: str, form: str, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not a byte of what was released changes: in each form the gate fails, and names the rule."""
    facts = {"contract": "parcel", "version": "0.2", "path": toys.PARCEL, "gate": "record"}
    digests = {name: hashlib.sha256((root / name).read_bytes()).hexdigest() for name in (toys.PARCEL, EXAMPLE)}
    contracts = [{**facts, "versioned_by": "schema_version", "sha256": digests[toys.PARCEL]}]
    stated = {"version": "0.1.0", "tag": "v0.1.0", "date": "2026-01-19", "contracts": contracts}
    release = {**stated, "definitions": {}, "examples": {EXAMPLE: digests[EXAMPLE]}, "documents": {}}
    document = {"schema_version": "1.0", "releases": [release]}
    (root / "contracts/released.json").write_bytes(documents.dumps(document))
    toys.commit(root)
    assert compat(root) == 0
    if rule == "F01":
        with (root / path).open("a", encoding="utf-8") as file:
            file.write("# a remark\n")
    else:
        (root / path).unlink()
    capsys.readouterr()
    assert compat(root) == 1
    out = capsys.readouterr().out
    assert "1 fault in contracts/" in out.splitlines()[0]
    assert f": {rule} " in out
    assert compat(root, form) == 1
    out = capsys.readouterr().out
    assert f"{rule} " in out
    if form == "--json":
        assert json.loads(out)["ok"] is False
