# Generated from contracts/gc_report.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of gc_report 1.0."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictBool, StrictInt, StrictStr
from runpact_core._record import Record, UtcTime


class MovedReason(Record):
    """
    One rule and what it found.
    """

    rule: Annotated[StrictStr, Field(max_length=100, pattern="^[a-z0-9]+(-[a-z0-9]+)*$")]
    """
    Identifier of the rule.
    """
    text: StrictStr
    """
    The rule with its data, for people.
    """


class MovedFile(Record):
    """
    One regular file as it was when it was moved, and has to be as long as it lies there.
    """

    path: StrictStr
    """
    Its path from the folder that was moved; empty where the file itself was. Not UTF-8 is shown escaped.
    """
    path_b64: Annotated[StrictStr | None, Field(max_length=65536, pattern="^[A-Za-z0-9+/]*={0,2}$")] = None
    """
    The bytes of `path` in base64 (RFC 4648, section 4).
    """
    size_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Its size in bytes.
    """
    mode: Annotated[StrictInt, Field(ge=0, le=4095)]
    """
    Its permission bits, as a number.
    """
    mtime_ns: Annotated[StrictInt, Field(ge=-9223372036854775808, le=9223372036854775807)]
    """
    Its modification time, in nanoseconds since 1970; larger than what a double holds exactly.
    """
    sha256: Annotated[StrictStr, Field(max_length=64, pattern="^[a-f0-9]{64}$")]
    """
    Digest of its content in hex.
    """


class SkippedEntry(Record):
    """
    One entry that the plan named and that was left where it is, whole.
    """

    entry_id: Annotated[StrictStr, Field(max_length=22, pattern="^[a-f0-9]{12}(-[0-9]{1,9})?$")]
    """
    Identifier of the entry, or name of the slot.
    """
    family: StrictStr
    """
    The entry's family; empty where nobody knows.
    """
    path: StrictStr
    """
    Its path from the project. Not UTF-8 is shown escaped, and `path_b64` is exact.
    """
    path_b64: Annotated[StrictStr | None, Field(max_length=65536, pattern="^[A-Za-z0-9+/]*={0,2}$")] = None
    """
    The bytes of `path` in base64 (RFC 4648, section 4).
    """
    why: Annotated[StrictStr, Field(max_length=100, pattern="^[a-z0-9]+(-[a-z0-9]+)*$")]
    """
    Identifier of the cause.
    """
    message: StrictStr
    """
    What was in the way, in one sentence.
    """


class PurgedSlot(Record):
    """
    One slot of the trash that is gone.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    slot: Annotated[StrictStr, Field(max_length=22, pattern="^[a-f0-9]{12}(-[0-9]{1,9})?$")]
    """
    Name of a folder below the trash, the entry's id with a number where that was taken.
    """
    gc_id: Annotated[StrictStr, Field(max_length=15, pattern="^([0-9]{8}_[0-9]{6})?$")]
    """
    The operation that filled it; empty where no report said.
    """
    trashed_utc: UtcTime
    """
    When that was, in UTC.
    """
    size_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    What its end freed, in bytes.
    """
    file_count: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of its files.
    """


class GcMove(Record):
    """
    One folder or file that was moved.
    """

    source: Annotated[StrictStr, Field(min_length=1)]
    """
    Its place outside the trash, from the project. Not UTF-8 is shown escaped, and `source_b64` is exact.
    """
    source_b64: Annotated[StrictStr | None, Field(max_length=65536, pattern="^[A-Za-z0-9+/]*={0,2}$")] = None
    """
    The bytes of `source` in base64 (RFC 4648, section 4).
    """
    target: Annotated[StrictStr, Field(min_length=1)]
    """
    Its place in the trash, from the trash; it begins with the slot. Not UTF-8 is shown escaped.
    """
    target_b64: Annotated[StrictStr | None, Field(max_length=65536, pattern="^[A-Za-z0-9+/]*={0,2}$")] = None
    """
    The bytes of `target` in base64 (RFC 4648, section 4).
    """
    kind: Literal["directory", "file"]
    """
    What was moved, a `directory` with all that is in it, or one `file`.
    """
    files: list[MovedFile]
    """
    Every regular file in it, by path; links, FIFOs and the like move along and are not listed.
    """


class MovedEntry(Record):
    """
    One entry that was moved whole.
    """

    slot: Annotated[StrictStr, Field(max_length=22, pattern="^[a-f0-9]{12}(-[0-9]{1,9})?$")]
    """
    Name of a folder below the trash, the entry's id with a number where that was taken.
    """
    entry_id: Annotated[StrictStr, Field(max_length=12, pattern="^[a-f0-9]{12}$")]
    """
    Identifier of the entry, the first 12 hex digits of the sha256 of its family and path.
    """
    family: StrictStr
    """
    The entry's family.
    """
    layout: Literal["dash", "runs", "glob"]
    """
    Where entries of this kind lie: `dash`, reported runs; `runs`, recorded runs; `glob`, files by the patterns of the configuration.
    """
    run_id: StrictStr | None = None
    """
    Identifier of the run, as its documents or its path say it.
    """
    reasons: list[MovedReason]
    """
    Every reason for it.
    """
    moves: list[GcMove]
    """
    What was moved, the folder of the entry or each of its files.
    """


class GcReport(Record):
    """
    What one operation did to a store: what was moved into the trash or back, what was left where it is and why, which slots of the trash ended. It is written last, so where it is the operation is done.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    gc_id: Annotated[StrictStr, Field(max_length=15, pattern="^[0-9]{8}_[0-9]{6}$")]
    """
    Identifier of an operation, the stamp of its start in UTC, advanced until no other operation has it.
    """
    operation: Literal["gc", "restore", "undo", "purge", "compact"]
    """
    What was done: `gc` moves entries into the trash, `restore` and `undo` move them back, `purge` ends slots of the trash, `compact` puts originals of rewritten files into the trash.
    """
    started_utc: UtcTime
    """
    When the operation started, in UTC.
    """
    finished_utc: UtcTime
    """
    When its last change was done, in UTC; the time of what it moved into the trash counts from here.
    """
    tool_version: Annotated[StrictStr, Field(max_length=100, min_length=1)]
    """
    Release of Runpact that wrote the report.
    """
    recovered: StrictBool
    """
    Whether the operation was interrupted, and finished by the command after it.
    """
    entries: list[MovedEntry]
    """
    What was moved whole, in order.
    """
    skipped: list[SkippedEntry]
    """
    What the plan named and was left where it is, whole.
    """
    purged: list[PurgedSlot]
    """
    Slots of the trash whose time was over and that are gone.
    """
    moved_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Sum of the sizes of the files that were moved, in bytes.
    """
    freed_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Sum of the sizes of what ended, in bytes; a move into the trash frees nothing yet.
    """
    notes: list[StrictStr]
    """
    What else people should know, one sentence each.
    """
    plan_digest: Annotated[StrictStr | None, Field(max_length=64, pattern="^[a-f0-9]{64}$")] = None
    """
    sha256 of the plan that was shown and applied, in hex.
    """
    previous_sha256: Annotated[StrictStr | None, Field(max_length=64, pattern="^[a-f0-9]{64}$")] = None
    """
    sha256 of the bytes of the report before this one, in hex; a changed or removed report breaks the chain.
    """
    undone: Annotated[StrictStr | None, Field(max_length=15, pattern="^[0-9]{8}_[0-9]{6}$")] = None
    """
    The operation whose moves went back.
    """
