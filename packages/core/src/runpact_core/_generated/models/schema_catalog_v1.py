# Generated from contracts/schema_catalog.v1.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of schema_catalog 1."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictInt, StrictStr
from runpact_core._record import Record


class SchemaEntry(Record):
    """
    One version of one contract.
    """

    schema_id: Annotated[StrictStr, Field(max_length=100, pattern="^[a-z][a-z0-9_]*$")]
    """
    Name of the contract.
    """
    major: Annotated[StrictInt, Field(ge=0, le=100000)]
    """
    Major version; a change that breaks readers or writers makes a new one.
    """
    path: StrictStr
    """
    Where the contract is written down; a leading slash means the project.
    """
    status: Literal["planned", "active", "deprecated", "retired"]
    """
    Whether a contract version may be relied on.
    """
    version: Annotated[
        StrictStr | None, Field(max_length=13, pattern="^(0|[1-9][0-9]{0,5})([.](0|[1-9][0-9]{0,5}))?$")
    ] = None
    """
    The whole version, where there is more than the major one.
    """
    gate: Literal["record", "configuration"] | None = None
    """
    How documents are read: `record`, tolerantly, unknown fields are kept; `configuration`, strictly, a mistyped key is an error.
    """
    versioned_by: Literal["schema_version", "version", "shape"] | None = None
    """
    What tells a document's version: the field `schema_version`, the field `version`, or, for documents that carry neither, its `shape`.
    """
    describes: StrictStr | None = None
    """
    Where such a file lies, from the project, with names in angle brackets for what varies.
    """
    layout: StrictStr | None = None
    """
    A picture of the folder that the file lies in, for people.
    """
    source: StrictStr | None = None
    """
    The document that the contract was made from.
    """
    owner: StrictStr | None = None
    """
    Who decides about changes.
    """
    written_by: list[StrictStr] | None = None
    """
    Who writes such documents.
    """
    read_by: list[StrictStr] | None = None
    """
    Who reads such documents.
    """


class SchemaCatalog(Record):
    """
    Which contracts there are, in which versions, and where each is found. Who checks another's documents pins one of these.
    """

    version: StrictInt
    """
    Version of this contract that the document follows.
    """
    schemas: list[SchemaEntry]
    """
    The contract versions.
    """
