# Generated from contracts/artifact_explanation.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of artifact_explanation 1.0."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictBool, StrictInt, StrictStr
from runpact_core._record import Record, UtcTime


class ExplainedReason(Record):
    """
    Why an entry is kept or goes.
    """

    rule: Literal["keep-last", "keep-daily", "keep-weekly", "keep-monthly", "keep-within", "keep-status", "max-total-size", "pinned", "last-run", "last-pass", "live", "incomplete", "pointed-to", "no-policy", "suspicious", "not-kept", "incomplete-expired"] | StrictStr
    """
    Which rule it is. Keep rules: `keep-last` to `max-total-size`. Protections, which no rule takes away: `pinned` to `suspicious`. Why an entry goes: `not-kept`, `incomplete-expired`.
    """
    text: StrictStr
    """
    The rule with its data, for people.
    """
    protects: StrictBool
    """
    Whether it is a protection, which no rule takes away.
    """


class ExplainedEntry(Record):
    """
    The entry.
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
    time_from: Literal["document", "name", "mtime"]
    """
    Who says when it ran: its `document`, a stamp in its `name` or id, or the newest `mtime` of its files.
    """
    complete: StrictBool
    """
    Whether it counts towards the rules.
    """
    live: StrictBool
    """
    Whether it is being written.
    """


class ExplainedNeighbour(Record):
    """
    One entry of the same family.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    entry_id: Annotated[StrictStr, Field(max_length=12, pattern="^[0-9a-f]{12}$")]
    """
    Identifier of an entry, the first 12 hex digits of sha256 over its family and its path or shared run id.
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
    action: Literal["keep", "delete"]
    """
    What happens to an entry: `keep`, nothing; `delete`, it is moved into the trash.
    """
    rules: list[Literal["keep-last", "keep-daily", "keep-weekly", "keep-monthly", "keep-within", "keep-status", "max-total-size", "pinned", "last-run", "last-pass", "live", "incomplete", "pointed-to", "no-policy", "suspicious", "not-kept", "incomplete-expired"] | StrictStr]
    """
    The rules that its reasons are of.
    """


class ArtifactExplanation(Record):
    """
    The rules and the data behind the decision about one entry, as `runpact artifacts explain ID --json` prints it.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    planned_utc: UtcTime
    """
    The moment that it was decided for, in UTC.
    """
    entry: ExplainedEntry
    action: Literal["keep", "delete"]
    """
    What happens to an entry: `keep`, nothing; `delete`, it is moved into the trash.
    """
    rule: StrictStr | None = None
    """
    What the rule of its family keeps, for people.
    """
    rule_from: StrictStr | None = None
    """
    The key of the configuration that the rule stands under.
    """
    reasons: list[ExplainedReason]
    """
    All reasons for the decision, at least one.
    """
    facts: list[StrictStr]
    """
    Where status and time come from, and what makes the entry count or not, for people.
    """
    place: Annotated[StrictInt | None, Field(ge=1, le=9007199254740991)] = None
    """
    Its place among those of its family that count, from 1, the newest first.
    """
    counted: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of entries of its family that count.
    """
    newest: list[ExplainedNeighbour]
    """
    The entries of its family, the newest first; as many as its rule's `keep`, at least 10, and itself.
    """
    notes: list[StrictStr]
    """
    What people are to be told about the whole plan.
    """
