"""Frozen history: what a release freezes, the documents it left, and how they must read for ever.

``contracts/released.json`` lists each release with the digests of what it froze. That contracts and examples keep
their bytes is a rule of the compiler (`codegen.lint_frozen`); this module makes the record, and holds the documents,
which `codegen.frozen_documents` reads: how each of them reads stands in ``reads.txt`` beside them.

Nothing here runs a command, asks git or reads a clock.
"""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING, Any, Final

from codegen.findings import Finding
from codegen.frozen_documents import files_of, release_key
from codegen.released import PATH, FrozenContract, Release, Released, definition_digest
from runpact_core import documents
from runpact_core.errors import Refused, RunpactError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from codegen.frozen_documents import FrozenDocument
    from codegen.load import ContractSet

__all__ = [
    "RULES",
    "document_findings",
    "earlier_releases",
    "freeze",
    "outcome",
    "reads",
    "record",
]

RULES: Final = {
    "F06": "a document of a release keeps its bytes, and stays",
    "F07": "a release that was made gets no new documents",
}


def outcome(contract: str, data: bytes) -> str:
    """What the reader makes of a document: how it was read, what it found unknown or wrong, or why it refused."""
    try:
        document = documents.read(contract, data)
    except RunpactError as error:
        problems = getattr(error.__cause__ or error, "problems", ())
        return f"refused: {', '.join(f'{place} [{rule}]' for place, rule, *_ in problems) or error}"
    parts = [f"{document.reading} as {document.read_as}"]
    parts += [document.message] if document.message else []
    parts += [f"unknown {pointer}" for pointer in document.unknown_fields()]
    parts += [f"problem {problem}" for problem in document.problems()]
    return "; ".join(parts)


def reads(found: Iterable[FrozenDocument]) -> str:
    """The table ``reads.txt`` of some documents: which, and what the reader of today makes of each."""
    lines = [f"{each.contract} {each.version} {each.name}: {outcome(each.contract, each.data)}\n" for each in found]
    return "".join(lines)


def freeze(contracts: ContractSet, files: Mapping[str, bytes], version: str, date: str) -> Released:
    """The record with one more release, which freezes all that no earlier one does.

    A record whose newest release is ``version`` gets that release anew.

    Args:
        contracts: The contracts, with the record so far; those whose status is ``planned`` are not frozen.
        files: The release's documents, by path from the project.
        version: The release.
        date: Its day, as ``2026-01-19``.

    Raises:
        Refused: The record has a newer release.
    """
    earlier = earlier_releases(contracts.released, version)
    versions = {frozen.path for release in earlier for frozen in release.contracts}
    examples = {path for release in earlier for path in release.examples}
    shared = {name for release in earlier for name in release.definitions}
    chosen = [contract for contract in contracts.contracts if contract.entry.get("status") != "planned"]
    newest_release = Release(
        version=version,
        tag=f"v{version}",
        date=date,
        contracts=tuple(
            FrozenContract(
                contract.name,
                contract.version,
                contract.source.path,
                contract.source.sha256,
                str(contract.entry["gate"]),
                str(contract.entry["versioned_by"]),
            )
            for contract in chosen
            if contract.source.path not in versions
        ),
        definitions={
            name: definition_digest(definition)
            for name, definition in contracts.definitions.items()
            if name not in shared
        },
        examples={
            example.path: _digest(example.data)
            for contract in chosen
            for example in contract.examples
            if example.path not in examples
        },
        documents={path: _digest(data) for path, data in files.items()},
    )
    releases = (*earlier, newest_release)
    return Released(releases, documents.dumps(record(releases)).decode())


def earlier_releases(released: Released | None, version: str) -> tuple[Release, ...]:
    """The releases before a version, oldest first.

    Raises:
        Refused: There is a later one.
    """
    earlier = tuple(release for release in (released.releases if released else ()) if release.version != version)
    if any(release_key(release.version) > release_key(version) for release in earlier):
        newest = earlier[-1].version
        raise Refused(f"{PATH} has {newest} already", hint="a release gets a version after those that are released")
    return earlier


def record(releases: Iterable[Release]) -> dict[str, Any]:
    """The releases as a document of the contract `released`."""
    return {
        "schema_version": "1.0",
        "releases": [
            {**dataclasses.asdict(release), "contracts": [dataclasses.asdict(each) for each in release.contracts]}
            for release in releases
        ],
    }


def document_findings(root: Path, released: Released) -> list[Finding]:
    """F06 and F07: what is wrong with the documents of the releases, by file."""
    findings = []
    for release in released.releases:
        present = files_of(root, release.version)
        for path, digest in release.documents.items():
            if path not in present:
                message = f"{path} was released with {release.version}, and is gone"
                findings.append(
                    Finding(PATH, released.line(path), "F06", message, "give it back; what was released stays")
                )
            elif _digest(present[path]) != digest:
                message = f"the document was written by release {release.version}, and is not as it was"
                findings.append(
                    Finding(path, 1, "F06", message, "give it back; newer documents are the next release's")
                )
        for path in sorted(present.keys() - release.documents.keys()):
            message = f"release {release.version} did not write this document"
            findings.append(Finding(path, 1, "F07", message, "remove it; the next release writes its own"))
    return sorted(findings)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
