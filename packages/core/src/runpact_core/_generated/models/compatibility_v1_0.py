# Generated from contracts/compatibility.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of compatibility 1.0."""

from __future__ import annotations

from typing import Literal

from pydantic import StrictBool, StrictStr
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
    examples: list[CompatibilityExample]
    """
    Its examples, by version, valid ones first, by name.
    """


class Compatibility(Record):
    """
    The executed compatibility matrix: what became of every example document of every contract version when a reader held at each version read it.
    """

    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    contracts: list[CompatibilityMatrix]
    """
    One matrix for each contract, by name.
    """
