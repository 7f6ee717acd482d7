# Generated from contracts/artifact_list.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of artifact_list 1.0."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictBool, StrictInt, StrictStr
from runpact_core._record import Record, UtcTime


class ListedArtifact(Record):
    """
    One run of one family.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    entry_id: Annotated[StrictStr, Field(max_length=12, pattern="^[0-9a-f]{12}$")]
    """
    Identifier of an entry, the first 12 hex digits of sha256 over its family and its path or shared run id.
    """
    family: StrictStr
    """
    The family, product or pipeline that the entry is of; bytes that are no UTF-8 are shown escaped.
    """
    layout: Literal["dash", "runs", "glob"]
    """
    Where the entry comes from: `dash`, a reported run; `runs`, a recorded run; `glob`, files that a family's patterns name.
    """
    path: StrictStr
    """
    The run's folder, or the file of a glob entry, of several the first and how many more, from the project; bytes that are no UTF-8 are shown escaped.
    """
    run_id: StrictStr | None = None
    """
    Identifier of the run.
    """
    status: Literal["pass", "fail", "partial", "unknown"]
    """
    How the run ended, as its documents, else its names say.
    """
    time_utc: UtcTime
    """
    When it ran or ended, in UTC.
    """
    size_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Bytes of all its files.
    """
    file_count: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of its files.
    """
    complete: StrictBool
    """
    Whether it counts towards the rules.
    """
    live: StrictBool
    """
    Whether it is being written.
    """
    pinned: StrictBool
    """
    Whether it is pinned, by a command or by the configuration.
    """
    last_run: StrictBool
    """
    Whether it is the newest of its family.
    """
    last_pass: StrictBool
    """
    Whether it is the newest pass of its family.
    """
    paths: list[StrictStr]
    """
    The folder, or the files of a glob entry, from the project.
    """


class ListedTotal(Record):
    """
    All listed entries together.
    """

    entries: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of entries.
    """
    file_count: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of their files.
    """
    size_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Bytes of all their files.
    """


class ListedFinding(Record):
    """
    Something that a scan noticed.
    """

    kind: StrictStr
    """
    What kind of thing it is.
    """
    path: StrictStr
    """
    Where, from the project; bytes that are no UTF-8 are shown escaped.
    """
    message: StrictStr
    """
    One sentence for people.
    """
    blocks: StrictBool
    """
    Whether no plan is made while it stands.
    """


class ArtifactList(Record):
    """
    The artifacts of a project, as `runpact artifacts list --json` prints them: the newest first.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    listed_utc: UtcTime
    """
    When they were listed, in UTC.
    """
    scanned_utc: UtcTime
    """
    When the scan ended that they come from, in UTC.
    """
    entries: list[ListedArtifact]
    """
    The entries, the newest first.
    """
    total: ListedTotal
    findings: list[ListedFinding]
    """
    What the scan noticed, by path.
    """
