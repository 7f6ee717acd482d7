"""The executed compatibility matrix: what it says is what readers do."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest

from codegen import compat
from runpact_core import documents
from runpact_core.errors import Problem

if TYPE_CHECKING:
    from codegen.load import ContractSet


@pytest.fixture(scope="module")
def files(real: ContractSet) -> dict[str, str]:
    """What the second step makes, by path."""
    return compat.execute(real)


@pytest.fixture(scope="module")
def results(files: dict[str, str]) -> dict[tuple[str, str, str, str], dict[str, str]]:
    """Every result, by contract, version of the example, its name, and version of the reader."""
    document = json.loads(files["docs/compatibility.json"])
    return {
        (matrix["contract"], example["version"], example["name"], result["reader"]): result
        for matrix in document["contracts"]
        for example in matrix["examples"]
        for result in example["results"]
    }


def test_the_matrix_is_a_document_of_its_contract(files: dict[str, str]) -> None:
    """Canonical, and valid by the strict view."""
    text = files["docs/compatibility.json"].encode()
    assert documents.validate("compatibility", text, strict=True) == []
    assert documents.dumps(json.loads(text)) == text


def test_every_example_is_read_by_every_reader(real: ContractSet, results: dict[tuple[str, ...], Any]) -> None:
    """The grid has no hole: each example of each version against each version of its contract."""
    assert results.keys() == {
        (contract.name, contract.version, example.name, reader.version)
        for contract in real.contracts
        for example in contract.examples
        for reader in real.versions(contract.name)
    }


@pytest.mark.parametrize(
    ("contract", "version", "example", "reader", "outcome", "says"),
    [
        ("run", "0.1", "minimal", "0.1", "same", None),
        ("run", "0.1", "minimal", "0.2", "upgraded", None),
        ("run", "0.2", "minimal", "0.1", "tolerant", "Unsupported schema version: 0.2"),
        ("run", "0.2", "minimal", "0.2", "same", None),
        ("run", "0.2", "newer-minor", "0.2", "tolerant", "Unsupported schema version: 0."),
        ("run", "0.2", "unknown-major", "0.2", "best_effort", "Unsupported schema version: "),
        ("run", "0.2", "unknown-major", "0.1", "best_effort", "Unsupported schema version: "),
        ("run", "0.2", "schema-version-as-number", "0.2", "best_effort", "Unsupported schema version: 0.2"),
        ("run", "0.2", "unknown-field", "0.2", "same", None),
        ("run", "0.2", "unknown-trigger-type", "0.2", "same", None),
        ("run", "0.2", "unknown-status", "0.2", "refused", "Invalid artifact: /status: "),
        ("run", "0.2", "exit-code-too-large", "0.2", "refused", "Invalid artifact: /exit/code: "),
        ("run", "0.2", "exit-code-too-large", "0.1", "tolerant", "Unsupported schema version: 0.2"),
        ("run", "0.2", "rule-run-ends-after-it-starts", "0.2", "same", "/finished_utc: finished_utc is earlier"),
        ("last_run", "0.1", "schema-version-missing", "0.1", "refused", "Invalid artifact: schema_version is missing"),
        ("last_run", "0.1", "unknown-major", "0.1", "best_effort", "Unsupported schema version: "),
        ("schema_catalog", "1", "mistyped-key", "1", "refused", None),
    ],
)
def test_outcomes_by_value(  # noqa: PLR0917 - a row of the table
    results: dict[tuple[str, ...], dict[str, str]],
    contract: str,
    version: str,
    example: str,
    reader: str,
    outcome: str,
    says: str | None,
) -> None:
    """The version table, seen from outside."""
    found = results[contract, version, example, reader]
    assert found["outcome"] == outcome
    assert found.get("says", "").startswith(says or "")
    assert ("says" in found) == (says is not None or outcome == "refused")


def test_valid_documents_are_never_refused_by_newer_readers(
    real: ContractSet, results: dict[tuple[str, ...], Any]
) -> None:
    """A reader takes every valid example of its own and of older versions, exactly."""
    for contract in real.contracts:
        readers = [reader for reader in real.versions(contract.name) if reader.order >= contract.order]
        for example, reader in itertools.product((item for item in contract.examples if item.valid), readers):
            expected = "same" if reader.version == contract.version else "upgraded"
            assert results[contract.name, contract.version, example.name, reader.version]["outcome"] == expected


def test_a_reader_held_at_a_version_reads_every_valid_example_of_the_next(real: ContractSet) -> None:
    """Within a major version nothing of the newer document is lost or refused."""
    read = 0
    for name in real.names:
        for older, newer in itertools.pairwise(real.versions(name)):
            if older.version.partition(".")[0] != newer.version.partition(".")[0]:
                continue
            for example in (item for item in newer.examples if item.valid):
                document = documents.read(name, example.data, at=older.version)
                assert (document.reading, document.read_as) == ("tolerant", older.version)
                assert document.message == f"Unsupported schema version: {newer.version}"
                assert document.data == json.loads(example.data)
                assert document.model().document() == document.data
                read += 1
    assert read >= 14


def test_a_matrix_that_breaks_its_contract_is_never_written(real: ContractSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """The compiler stops, and shows what is wrong."""
    problem = Problem("/contracts", "type", "is wrong")
    monkeypatch.setattr(documents, "validate", lambda *_, **__: [problem])
    with pytest.raises(AssertionError, match="is wrong"):
        compat.execute(real)
