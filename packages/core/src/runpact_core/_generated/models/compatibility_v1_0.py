# Generated from contracts/compatibility.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of compatibility 1.0."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt, StrictStr
from runpact_core._record import Record


class CompatibilityResult(Record):
    """
    What one reader made of one document.
    """

    reader: StrictStr
    """
    The newest version that the reader knows.
    """
    outcome: Literal["same", "upgraded", "tolerant", "best_effort", "refused"]
    """
    What became of the document: `same`, read as the version that it states; `upgraded`, read as the older version it states and turned into the reader's; `tolerant`, of a newer minor version and read by what is known; `best_effort`, of an unknown major version, raw fields only; `refused`.
    """
    says: StrictStr | None = None
    """
    What the reader tells people.
    """


class CompatibilityExample(Record):
    """
    One example document.
    """

    version: StrictStr
    """
    The contract version that it is an example of.
    """
    name: StrictStr
    """
    What it shows.
    """
    valid: StrictBool
    """
    Whether a producer may write it.
    """
    results: list[CompatibilityResult]
    """
    What became of it, one result for each reader, oldest first.
    """


class CompatibilityFrozen(Record):
    """
    One document that a command of a release wrote or printed.
    """

    release: StrictStr
    """
    The release that left it.
    """
    version: StrictStr
    """
    The contract version that the document states.
    """
    name: StrictStr
    """
    Which document it is.
    """
    results: list[CompatibilityResult]
    """
    What became of it, one result for each reader, oldest first.
    """


class CompatibilityCount(Record):
    """
    How many documents had one outcome.
    """

    outcome: Literal["same", "upgraded", "tolerant", "best_effort", "refused"]
    """
    What became of the document: `same`, read as the version that it states; `upgraded`, read as the older version it states and turned into the reader's; `tolerant`, of a newer minor version and read by what is known; `best_effort`, of an unknown major version, raw fields only; `refused`.
    """
    documents: Annotated[StrictInt, Field(ge=1)]
    """
    How many.
    """


class CompatibilityCell(Record):
    """
    One cell of the grid, with all documents that one version admits and the reader of one version.
    """

    writer: StrictStr
    """
    The version that the documents follow.
    """
    reader: StrictStr
    """
    The newest version that the reader knows.
    """
    outcomes: list[CompatibilityCount]
    """
    What became of the valid examples and of the documents of releases, in the order of the outcomes.
    """


class CompatibilityUse(Record):
    """
    The versions of one contract that a package was seen to read, or to write.
    """

    contract: StrictStr
    """
    Name of the contract.
    """
    versions: list[StrictStr]
    """
    Its versions, oldest first.
    """


class CompatibilityPackage(Record):
    """
    What one package was seen to read and to write.
    """

    package: StrictStr
    """
    Folder of the package.
    """
    commands: list[StrictStr]
    """
    What of it was run, in that order; words in capitals stand for what differs from run to run.
    """
    reads: list[CompatibilityUse]
    """
    What it read without refusing it, by contract.
    """
    writes: list[CompatibilityUse]
    """
    What it wrote to a file or printed, by contract; a producer may write each of these documents.
    """


class CompatibilityMatrix(Record):
    """
    The matrix of one contract.
    """

    contract: StrictStr
    """
    Name of the contract.
    """
    versions: list[StrictStr]
    """
    Its versions, oldest first.
    """
    grid: list[CompatibilityCell]
    """
    Each version as written, read by a reader held at each version; by writer, then by reader.
    """
    examples: list[CompatibilityExample]
    """
    Its examples, by version, valid ones first, by name.
    """
    frozen: list[CompatibilityFrozen]
    """
    The documents of releases, the oldest release first, by version and name.
    """


class Compatibility(Record):
    """
    The executed compatibility matrix: what became of every example document of every contract version, and of every document that a release left, when a reader held at each version read it; and which versions each package was seen to read and to write.
    """

    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    contracts: list[CompatibilityMatrix]
    """
    One matrix for each contract, by name.
    """
    packages: list[CompatibilityPackage]
    """
    One entry for each package, by name: what it was seen to read and write while its commands were run; empty where nobody has looked yet.
    """
