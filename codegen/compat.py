"""The compatibility matrix, executed: every document of every version, read by a reader held at every version.

Documents are the examples of the contracts, and what releases left. Part of the executed step. Nothing in the files is
typed by hand. What packages read and write is found by `evolution.packages`, which runs them, and is kept here as it
is: this step only carries it on.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from codegen.compat_page import page
from codegen.render import markdown
from runpact_core import documents
from runpact_core.errors import RunpactError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from codegen.frozen_documents import FrozenDocument
    from codegen.load import Contract, ContractSet

__all__ = ["CORE", "JSON_PATH", "OUTCOMES", "PAGE_PATH", "carried", "execute"]

LARGEST = 1 << 30  # bytes of the matrix that are judged: it grows with the square of the versions
JSON_PATH = "docs/compatibility.json"
PAGE_PATH = "docs/compatibility.md"
CORE = "core"
OUTCOMES = ("same", "upgraded", "tolerant", "best_effort", "refused")
"""What can become of a document, the best first."""


def execute(
    contracts: ContractSet, frozen: Sequence[FrozenDocument] = (), packages: Sequence[dict[str, Any]] = ()
) -> dict[str, str]:
    """Read everything, and render what happened, by path relative to the project.

    Args:
        contracts: The contracts, with their examples.
        frozen: What releases left.
        packages: What each package was seen to read and write, as the contract `compatibility` has it. What the core
            reads is filled in: it is the reader that reads everything here.
    """
    matrices = [
        _matrix(contracts.versions(name), [each for each in frozen if each.contract == name])
        for name in contracts.names
    ]
    seen = [package | {"reads": _same(matrices)} if package["package"] == CORE else package for package in packages]
    document = {"schema_version": "1.0", "contracts": matrices, "packages": seen}
    problems = documents.validate("compatibility", document, strict=True, limit=LARGEST)
    if problems:
        raise AssertionError(problems)
    source = "contracts/examples/ and tests/compat/documents/"
    return {JSON_PATH: documents.dumps(document).decode(), PAGE_PATH: markdown(source, page(document))}


def carried(root: Path) -> list[dict[str, Any]]:
    """What the project's matrix says of packages; nothing where there is no matrix, or one of another form."""
    try:
        if documents.validate("compatibility", root / JSON_PATH, strict=True):
            return []
        found: list[dict[str, Any]] = documents.read("compatibility", root / JSON_PATH).data["packages"]
    except RunpactError:
        return []
    return found


def _matrix(versions: tuple[Contract, ...], frozen: list[FrozenDocument]) -> dict[str, Any]:
    name, readers = versions[0].name, [contract.version for contract in versions]
    examples = [
        {
            "version": contract.version,
            "name": example.name,
            "valid": example.valid,
            "results": _results(name, readers, example.data),
        }
        for contract in versions
        for example in contract.examples
    ]
    left = [
        {
            "release": each.release,
            "version": each.version,
            "name": each.name,
            "results": _results(name, readers, each.data),
        }
        for each in frozen
    ]
    grid = _grid(readers, [*(example for example in examples if example["valid"]), *left])
    return {"contract": name, "versions": readers, "grid": grid, "examples": examples, "frozen": left}


def _grid(versions: list[str], written: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each version as written against each reader, in all documents that a producer may write."""
    return [
        {"writer": writer, "reader": reader, "outcomes": _counted(_outcomes(written, writer, reader))}
        for writer in versions
        for reader in versions
    ]


def _outcomes(written: list[dict[str, Any]], writer: str, reader: str) -> Iterable[str]:
    return (
        result["outcome"]
        for document in written
        if document["version"] == writer
        for result in document["results"]
        if result["reader"] == reader
    )


def _same(matrices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The versions whose documents were read as what they are, by contract."""
    found = []
    for matrix in matrices:
        same = {
            cell["reader"]
            for cell in matrix["grid"]
            for count in cell["outcomes"]
            if (cell["writer"], count["outcome"]) == (cell["reader"], "same")
        }
        found.append(
            {"contract": matrix["contract"], "versions": [each for each in matrix["versions"] if each in same]}
        )
    return found


def _counted(outcomes: Iterable[str]) -> list[dict[str, Any]]:
    counts = Counter(outcomes)
    return [{"outcome": outcome, "documents": counts[outcome]} for outcome in OUTCOMES if counts[outcome]]


def _results(name: str, readers: list[str], data: bytes) -> list[dict[str, str]]:
    return [_result(name, reader, data) for reader in readers]


def _result(name: str, reader: str, data: bytes) -> dict[str, str]:
    """What a reader held at one version makes of one document."""
    try:
        document = documents.read(name, data, at=reader)
        if document.reading == "exact" and document.version != reader:
            documents.upgrade(document, reader)
            return {"reader": reader, "outcome": "upgraded"}
    except RunpactError as error:
        return {"reader": reader, "outcome": "refused", "says": str(error)}
    outcome = {"exact": "same", "tolerant": "tolerant", "best-effort": "best_effort"}[document.reading]
    says = document.message or "; ".join(str(problem) for problem in document.problems())
    return {"reader": reader, "outcome": outcome} | ({"says": says} if says else {})
