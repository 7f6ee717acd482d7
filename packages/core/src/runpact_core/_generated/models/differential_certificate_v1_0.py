# Generated from contracts/differential_certificate.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of differential_certificate 1.0."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictInt, StrictStr
from runpact_core._record import Record


class DifferentialJudge(Record):
    """
    A library that judged documents.
    """

    name: StrictStr
    """
    Name of the distribution.
    """
    version: StrictStr
    """
    Its version.
    """


class DifferentialSources(Record):
    """
    Where the documents came from that were judged.
    """

    generated: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of documents that were made from the contract alone.
    """
    mutated: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of documents with one value changed, in a made document or in a published one.
    """
    published: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of examples that the contract version publishes, valid and invalid.
    """


class DifferentialVerdicts(Record):
    """
    What the fast validator said by one view of the contract.
    """

    admitted: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of documents that the view admits.
    """
    refused: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of documents that the view refuses.
    """


class DifferentialReadings(Record):
    """
    What the reader did, held at the contract version.
    """

    read: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of documents that it read.
    """
    refused: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of documents that it refused.
    """
    of_another_version: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of documents that state another version, on which this one has no say.
    """


class DifferentialStatement(Record):
    """
    What came of the documents of one contract version.
    """

    contract: StrictStr
    """
    Name of the contract.
    """
    version: StrictStr
    """
    Its version.
    """
    documents: DifferentialSources
    strict: DifferentialVerdicts
    tolerant: DifferentialVerdicts
    reader: DifferentialReadings
    models: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of documents that made a model which gave back the same bytes, which is all that were tried.
    """
    agreed: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of documents on which both validators said the same, by both views.
    """
    residue: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of kinds of change on which they are known not to, each listed with its reason.
    """


class DifferentialCertificate(Record):
    """
    What came of putting the same documents before every judge of a contract version: the reference validator, the fast validator that gates at run time, the reader and the typed model. Made by judging, never typed.
    """

    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    judges: Annotated[list[DifferentialJudge], Field(min_length=1)]
    """
    The libraries that judged, by name.
    """
    contracts: Annotated[list[DifferentialStatement], Field(min_length=1)]
    """
    One statement for each contract version, by contract, oldest first.
    """
