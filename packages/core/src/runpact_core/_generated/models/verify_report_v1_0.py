# Generated from contracts/verify_report.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of verify_report 1.0."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictBool, StrictInt, StrictStr
from runpact_core._record import Record, UtcTime


class VerifyCounts(Record):
    """
    How much was looked at.
    """

    entries: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of entries of the manifest.
    """
    files: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of files of which size and time were looked at.
    """
    slots: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of folders in the trash.
    """
    digests: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of files that were read and compared with a known digest.
    """
    size_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Bytes that were read for that.
    """


class VerifyFinding(Record):
    """
    One thing that was noticed.
    """

    kind: Literal["missing", "changed", "bit-rot", "unreadable", "foreign", "link", "hard-link", "broken-trash"] | StrictStr
    """
    What was noticed: a file is `missing`, `changed` (another size or time than was recorded), has `bit-rot` (the same size and time, and another content), cannot be read (`unreadable`), is `foreign` (in no family below the store, or in the trash without a report), is a `link`, or has further names outside (`hard-link`); the trash holds less or other than its reports say (`broken-trash`).
    """
    path: StrictStr
    """
    What it is about, from the project; bytes that are no UTF-8 are shown escaped.
    """
    message: StrictStr
    """
    What was noticed, in one sentence.
    """
    wrong: StrictBool
    """
    Whether it is wrong; what is not is only said.
    """


class VerifyReport(Record):
    """
    Whether artifacts are what was recorded of them, as `runpact artifacts verify --json` prints it.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    verified_utc: UtcTime
    """
    When it began.
    """
    deep: StrictBool
    """
    Whether every file with a known digest was read, in the store as in the trash.
    """
    families: list[StrictStr] | None = None
    """
    The families that were looked at.
    """
    checked: VerifyCounts
    wrong: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of findings that are wrong; the command ends with 1 where there is one.
    """
    findings: list[VerifyFinding]
    """
    Everything that was noticed, by path.
    """
    notes: list[StrictStr]
    """
    What could not be judged, and what would make it so.
    """
