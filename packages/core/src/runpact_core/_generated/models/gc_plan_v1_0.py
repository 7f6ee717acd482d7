# Generated from contracts/gc_plan.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of gc_plan 1.0."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictBool, StrictInt, StrictStr
from runpact_core._record import Record, UtcTime


class PlannedReason(Record):
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


class PlanSummary(Record):
    """
    The plan in figures.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    entries: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of entries that were decided about.
    """
    delete_entries: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of entries that go into the trash.
    """
    delete_files: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of their files.
    """
    delete_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Bytes of all their files.
    """
    keep_entries: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of entries that are kept.
    """
    keep_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Bytes of all their files.
    """
    pinned: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of entries that are kept since they are pinned, among other reasons.
    """
    last_pass: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of entries that are kept as the newest pass of their family.
    """
    last_run: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of entries that are kept as the newest of their family.
    """
    freed_now_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Bytes that applying frees at once, by ending what has been in the trash for long enough.
    """
    freed_later_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Bytes that go into the trash, and are freed when their time there is over.
    """
    freed_later_utc: UtcTime
    """
    From when on these are freed, in UTC, if the plan is applied at its moment.
    """


class PlannedFamily(Record):
    """
    A family within a layout: what a rule counts in.
    """

    family: StrictStr
    """
    The family, product or pipeline; bytes that are no UTF-8 are shown escaped.
    """
    layout: Literal["dash", "runs", "glob"]
    """
    Where the entry comes from: `dash`, a reported run; `runs`, a recorded run; `glob`, files that a family's patterns name.
    """
    rule: StrictStr | None = None
    """
    What its rule keeps, for people.
    """
    entries: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of its entries.
    """
    keep_entries: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of those that are kept.
    """
    delete_entries: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of those that go.
    """
    delete_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Bytes of those that go.
    """


class PlannedDecision(Record):
    """
    What happens to one entry.
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
    action: Literal["keep", "delete"]
    """
    What happens to an entry: `keep`, nothing; `delete`, it is moved into the trash.
    """
    reasons: list[PlannedReason]
    """
    All reasons for that, at least one.
    """


class PlannedPurge(Record):
    """
    One slot of the trash that ends.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    slot: StrictStr
    """
    Its folder, from the trash; bytes that are no UTF-8 are shown escaped.
    """
    gc_id: StrictStr
    """
    The operation that filled it.
    """
    trashed_utc: UtcTime
    """
    When that was, in UTC.
    """
    size_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Bytes that its end frees.
    """
    file_count: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of its files.
    """


class GcPlan(Record):
    """
    What a policy makes of the artifacts of a project at a moment, as `runpact artifacts gc --json` prints it: every entry with all reasons for which it is kept or goes.
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
    The moment that it was made for, in UTC.
    """
    digest: Annotated[StrictStr, Field(max_length=64, pattern="^[0-9a-f]{64}$")]
    """
    sha256 in hex over what would be moved and purged, each with what identifies it. Two plans with the same digest do the same.
    """
    dry_run: StrictBool
    """
    Whether nothing is to be done.
    """
    summary: PlanSummary
    families: list[PlannedFamily]
    """
    The families that have entries in the plan, by layout and name.
    """
    decisions: list[PlannedDecision]
    """
    One for each entry, by layout and family, the newest first.
    """
    purges: list[PlannedPurge]
    """
    What has been in the trash for long enough and ends, by name.
    """
    notes: list[StrictStr]
    """
    What people are to be told beyond that.
    """
