"""The compatibility matrix, executed: every example of every version, read by a reader held at every version.

Part of the executed step. Nothing in the files is typed by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codegen.render import markdown
from runpact_core import documents
from runpact_core.errors import RunpactError

if TYPE_CHECKING:
    from codegen.load import Contract, ContractSet, Example

JSON_PATH = "docs/compatibility.json"
PAGE_PATH = "docs/compatibility.md"
INTRO = """\
# Compatibility matrix

Each example document of each contract version, read by a reader that is held at each version. The rows are documents,
the columns readers. This page was made by reading them, not by hand.

| outcome | what the reader did |
|---|---|
| same | read it as the version that it states |
| upgraded | read it as the older version that it states, and turned it into the reader's own |
| tolerant | took it for a newer minor version: read what is known, kept the rest, warned |
| best effort | took it for an unknown major version: raw fields only, with an error badge |
| refused | refused it, with a reason |
"""


def execute(contracts: ContractSet) -> dict[str, str]:
    """Read everything, and render what happened, by path relative to the project."""
    matrices = [_matrix(contracts.versions(name)) for name in contracts.names]
    document = {"schema_version": "1.0", "contracts": matrices}
    problems = documents.validate("compatibility", document, strict=True)
    if problems:
        raise AssertionError(problems)
    return {JSON_PATH: documents.dumps(document).decode(), PAGE_PATH: markdown("contracts/examples/", _page(matrices))}


def _matrix(versions: tuple[Contract, ...]) -> dict[str, Any]:
    readers = [contract.version for contract in versions]
    examples = [
        {
            "version": contract.version,
            "name": example.name,
            "valid": example.valid,
            "results": [_result(contract.name, reader, example) for reader in readers],
        }
        for contract in versions
        for example in contract.examples
    ]
    return {"contract": versions[0].name, "versions": readers, "examples": examples}


def _result(name: str, reader: str, example: Example) -> dict[str, str]:
    """What a reader held at one version makes of one document."""
    try:
        document = documents.read(name, example.data, at=reader)
        if document.reading == "exact" and document.version != reader:
            documents.upgrade(document, reader)
            return {"reader": reader, "outcome": "upgraded"}
    except RunpactError as error:
        return {"reader": reader, "outcome": "refused", "says": str(error)}
    outcome = {"exact": "same", "tolerant": "tolerant", "best-effort": "best_effort"}[document.reading]
    says = document.message or "; ".join(str(problem) for problem in document.problems())
    return {"reader": reader, "outcome": outcome} | ({"says": says} if says else {})


def _page(matrices: list[dict[str, Any]]) -> str:
    lines = [INTRO]
    for matrix in matrices:
        readers = matrix["versions"]
        lines += [
            f"## {matrix['contract']}",
            "",
            f"| document | valid | {' | '.join(f'reader {r}' for r in readers)} |",
        ]
        lines.append("|---" * (len(readers) + 2) + "|")
        for example in matrix["examples"]:
            outcomes = " | ".join(result["outcome"].replace("_", " ") for result in example["results"])
            valid = "yes" if example["valid"] else "no"
            lines.append(f"| {example['version']} {example['name'].replace('-', ' ')} | {valid} | {outcomes} |")
        lines.append("")
    return "\n".join(lines)
