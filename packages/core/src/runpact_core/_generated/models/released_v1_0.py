# Generated from contracts/released.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of released 1.0."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictStr
from runpact_core._record import Record


class FrozenContract(Record):
    """
    One version of one contract, as it was released.
    """

    contract: Annotated[StrictStr, Field(max_length=100, pattern="^[a-z][a-z0-9_]*$")]
    """
    Name of the contract.
    """
    version: Annotated[StrictStr, Field(max_length=13, pattern="^(0|[1-9][0-9]{0,5})([.](0|[1-9][0-9]{0,5}))?$")]
    """
    Version of the contract.
    """
    path: StrictStr
    """
    The file of the version, from the project.
    """
    sha256: Annotated[StrictStr, Field(max_length=64, pattern="^[A-Fa-f0-9]{64}$")]
    """
    Digest of the file's bytes.
    """
    gate: Literal["record", "configuration"]
    """
    How documents of the version are read: `record`, tolerantly, unknown fields are kept; `configuration`, strictly, a mistyped key is an error.
    """
    versioned_by: Literal["schema_version", "version", "shape"]
    """
    What tells a document's version: the field `schema_version`, the field `version`, or, for documents that carry neither, its `shape`.
    """


class Release(Record):
    """
    One release, and what it froze.
    """

    version: Annotated[
        StrictStr, Field(max_length=20, pattern="^(0|[1-9][0-9]{0,5})[.](0|[1-9][0-9]{0,5})[.](0|[1-9][0-9]{0,5})$")
    ]
    """
    The version that its six distributions carry.
    """
    tag: Annotated[StrictStr, Field(max_length=21, pattern="^v[0-9]+[.][0-9]+[.][0-9]+$")]
    """
    The tag of its commit; once that exists, nothing that the release lists may change.
    """
    date: Annotated[StrictStr, Field(max_length=10, pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    """
    The day of the release in UTC, as its heading in the changelog has it.
    """
    contracts: list[FrozenContract]
    """
    The contract versions that it froze, by name and version.
    """
    definitions: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=100, strict=True)], StrictStr]
    """
    The shared definitions by name, each with the digest of its canonical JSON: the file that holds them may get new ones. An extension point: a release may add definitions of any name.
    """
    examples: dict[
        Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_./-]*$", max_length=1000, strict=True)], StrictStr
    ]
    """
    Files by their paths from the project, each with the digest of its bytes. An extension point: a release may add files of any path.
    """
    documents: dict[
        Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_./-]*$", max_length=1000, strict=True)], StrictStr
    ]
    """
    Files by their paths from the project, each with the digest of its bytes. An extension point: a release may add files of any path.
    """


class Released(Record):
    """
    What the releases froze: the contracts, their examples and the documents that the commands of each release wrote. A frozen file keeps its bytes for ever; a later release adds files, and changes none.
    """

    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    releases: list[Release]
    """
    The releases, oldest first. Each lists what no earlier one lists.
    """
