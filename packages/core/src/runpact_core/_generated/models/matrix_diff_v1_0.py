# Generated from contracts/matrix_diff.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of matrix_diff 1.0."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictInt, StrictStr
from runpact_core._record import Record, Time


class ComparedMatrix(Record):
    """
    One of the two matrices.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    path: StrictStr
    """
    The file, as it was given; bytes that are no UTF-8 are shown escaped.
    """
    sha256: Annotated[StrictStr, Field(max_length=64, pattern="^[A-Fa-f0-9]{64}$")]
    """
    Digest of its bytes.
    """
    updated_at: Time
    """
    The moment against which its rows were judged.
    """
    rows: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of its rows.
    """


class MatrixFieldChange(Record):
    """
    One field of a row that differs.
    """

    field: StrictStr
    """
    JSON pointer to the field, from the row.
    """
    before: StrictStr | None = None
    """
    Its value in the earlier matrix, as text.
    """
    after: StrictStr | None = None
    """
    Its value in the later matrix, as text.
    """


class MatrixChange(Record):
    """
    One runner that differs.
    """

    runner_id: Annotated[StrictStr, Field(max_length=100, pattern="^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    """
    Slug of a runner; it is also part of the names of the runner's files.
    """
    kind: Literal["added", "removed", "changed"]
    """
    What became of the runner: `added`, only the later matrix has it; `removed`, only the earlier one; `changed`, its row differs.
    """
    trend: Literal["better", "worse", "neutral"]
    """
    Whether the later row is better: `better`, `worse`, or `neutral`, neither, or there is nothing to compare with.
    """
    fields: list[MatrixFieldChange]
    """
    The fields that differ, by pointer; empty where the runner came or went.
    """


class MatrixChangeCounts(Record):
    """
    How many runners differ in each way.
    """

    added: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of runners that came.
    """
    removed: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of runners that went.
    """
    changed: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of runners that stand otherwise.
    """


class MatrixDiff(Record):
    """
    What `runpact matrix diff --json` prints: which runners came, went or stand otherwise between two matrices, and whether that is better.
    """

    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    before: ComparedMatrix
    after: ComparedMatrix
    summary: MatrixChangeCounts
    changes: list[MatrixChange]
    """
    The runners that differ, by id; empty where none does.
    """
