"""Every kind of change in closed and open objects and in configuration, READ and WRITE, each proven by documents.

The table here was written by hand, as what the contracts' rules promise; the comparison has to find the same, and what
it shows as proof is judged again by the reference validator.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import jsonschema
import pytest

from codegen import views
from evolution import truth
from evolution.editions import Edition
from evolution.levels import VALUES
from evolution.model import Kind
from evolution.proof import TOLERATED, Encounter

if TYPE_CHECKING:
    from codegen.load import Contract
    from evolution.truth import Column

PAGE = Path(__file__).resolve().parents[2] / "docs/changing-contracts.md"

# READ and WRITE in a closed object, in an open one, and in configuration: y compatible, n not, - no such case.
PROMISED: dict[Kind, str] = {
    "optional-property-added": "yy ny yn",
    "required-property-added": "ny ny nn",
    "property-removed": "yn yn nn",
    "property-became-required": "ny ny ny",
    "property-became-optional": "yn yn yn",
    "type-widened": "yn yn yn",
    "type-narrowed": "ny ny ny",
    "type-changed": "nn nn nn",
    "enum-value-added": "yn yn yn",
    "enum-value-removed": "ny ny ny",
    "open-enum-value-added": "yy yy yn",
    "open-enum-value-removed": "yy yy ny",
    "enum-opened": "yy yy yy",
    "enum-closed": "ny ny yy",
    "enum-added": "ny ny ny",
    "enum-dropped": "yn yn yn",
    "bound-tightened": "ny ny ny",
    "bound-loosened": "yn yn yn",
    "pattern-added": "ny ny ny",
    "pattern-removed": "yn yn yn",
    "pattern-changed": "nn nn nn",
    "const-added": "ny ny ny",
    "const-removed": "yn yn yn",
    "const-changed": "nn nn nn",
    "branch-added": "yn yn yn",
    "branch-removed": "ny ny ny",
    "object-opened": "yy -- yn",
    "object-closed": "-- yy --",
    "rule-added": "yy yy yy",
    "rule-removed": "yy yy yy",
    "rule-changed": "yy yy yy",
    "gate-changed": "ny ny --",
}
CELLS = [
    (kind, column, level, promised)
    for kind, row in PROMISED.items()
    for column, cells in zip(truth.COLUMNS, row.split(), strict=True)
    for level, promised in zip(("READ", "WRITE"), cells, strict=True)
    if promised != "-"
]


def test_every_kind_that_documents_can_show_is_in_the_table() -> None:
    """Nothing is left out but what no document shows: words, names, numbers, and how versions are stated."""
    unshown = {kind for kind in get_args(Kind) if kind not in PROMISED}
    assert unshown == {
        *("class-added", "class-removed", "class-renamed", "field-renamed"),
        *("description-changed", "example-added", "example-changed", "example-removed"),
        *("contract-added", "contract-removed", "contract-renamed"),
        *("version-added", "version-removed", "version-skipped", "majors-skipped"),
        *("step-missing", "step-fails", "step-loses"),
        *("place-changed", "versioning-changed", "status-advanced", "status-reverted", "entry-changed"),
    }
    assert tuple(PROMISED) == truth.KINDS_SHOWN
    assert set(PROMISED) >= VALUES
    assert len(CELLS) == 184


@pytest.mark.parametrize(
    ("kind", "column", "level", "promised"), CELLS, ids=[f"{k}-{c.name}-{level}" for k, c, level, _ in CELLS]
)
def test_a_cell_is_proven(kind: Kind, column: Column, level: str, promised: str) -> None:
    """Documents show what is promised, and the reference validator says the same of them."""
    diff = truth.judged(kind, column)
    assert diff is not None
    verdict = truth.verdict_on(kind, diff, level)
    assert verdict.compatible is (promised == "y"), verdict.proof.says
    before, after = _versions(kind, column)
    writer, reader = (before, after) if level == "READ" else (after, before)
    if verdict.compatible:
        assert (verdict.proof.kind, verdict.proof.counterexample) == ("documents", None)
        assert verdict.proof.passed >= 8
    else:
        shown: Any = verdict.proof.counterexample
        assert verdict.proof.kind == "counterexample"
        takes = _view(writer, _gate(writer)) if kind in TOLERATED else _view(writer, "strict")
        assert takes.is_valid(shown)
        upgraded = shown if "schema_version" not in shown else {**shown, "schema_version": reader.version}
        assert not _view(reader, _gate(reader)).is_valid(upgraded)


@pytest.mark.parametrize(
    ("kind", "level"), [(kind, level) for kind, column, level, promised in CELLS if promised == "y" and column.is_open]
)
def test_what_passes_passes_the_reference(kind: Kind, level: str) -> None:
    """Where documents passed, the reference validator lets the same documents through, each of them."""
    before, after = (Edition(one, {}) for one in _versions(kind, truth.COLUMNS[1]))
    writer, reader = (before, after) if level == "READ" else (after, before)
    encounter = Encounter("READ" if level == "READ" else "WRITE", writer, reader)
    gate = _view(reader.contract, _gate(reader.contract))
    for document, faults in encounter.bases:
        assert _view(writer.contract, "strict").is_valid(document)
        stated = {**document, "schema_version": reader.contract.version}
        assert gate.is_valid(stated) is (faults == ())
    assert len(encounter.bases) >= 5


def test_the_page_has_the_table() -> None:
    """The guide shows the table as it is found, cell by cell."""
    assert truth.render() in PAGE.read_text(encoding="utf-8"), "paste the output of `python -m evolution.truth`"


def _versions(kind: Kind, column: Column) -> tuple[Contract, Contract]:
    old, new = truth.contracts(kind, column)
    return old.contracts[0], new.contracts[-1]


def _gate(contract: Contract) -> str:
    return "strict" if contract.entry["gate"] == "configuration" else "tolerant"


def _view(contract: Contract, view: str) -> jsonschema.Draft202012Validator:
    make = views.strict if view == "strict" else views.tolerant
    return jsonschema.Draft202012Validator(make(contract.source.tree, {}, contract.urn))
