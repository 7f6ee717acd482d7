# Generated from contracts/gc_journal.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of gc_journal 1.0."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictInt, StrictStr
from runpact_core._record import Record, UtcTime


class IntendedReason(Record):
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


class IntendedMove(Record):
    """
    One folder or file that is about to be moved.
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
    What is moved, a `directory` with all that is in it, or one `file`.
    """
    files_sha256: Annotated[StrictStr, Field(max_length=64, pattern="^[a-f0-9]{64}$")]
    """
    Digest over path, size, mode, modification time and content digest of every regular file in it.
    """


class EndingSlot(Record):
    """
    One slot of the trash that is about to end.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    slot: Annotated[StrictStr, Field(max_length=22, pattern="^[a-f0-9]{12}(-[0-9]{1,9})?$")]
    """
    Name of a folder below the trash.
    """
    gc_id: Annotated[StrictStr, Field(max_length=15, pattern="^([0-9]{8}_[0-9]{6})?$")]
    """
    The operation that filled it; empty where no report says.
    """
    trashed_utc: UtcTime
    """
    When that was, in UTC.
    """
    size_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    What its end frees, in bytes.
    """
    file_count: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of its files.
    """


class IntendedEntry(Record):
    """
    One entry that is about to be moved.
    """

    slot: Annotated[StrictStr, Field(max_length=22, pattern="^[a-f0-9]{12}(-[0-9]{1,9})?$")]
    """
    Name of a folder below the trash.
    """
    entry_id: Annotated[StrictStr, Field(max_length=12, pattern="^[a-f0-9]{12}$")]
    """
    Identifier of the entry.
    """
    family: StrictStr
    """
    The entry's family.
    """
    layout: Literal["dash", "runs", "glob"]
    """
    Where entries of this kind lie, in the words of `gc_report`.
    """
    run_id: StrictStr | None = None
    """
    Identifier of the run, as its documents or its path say it.
    """
    reasons: list[IntendedReason]
    """
    Every reason for it.
    """
    moves: list[IntendedMove]
    """
    What is about to be moved, the folder of the entry or each of its files.
    """


class GcJournal(Record):
    """
    One line of the journal of an operation under way. The file is there only while one is, or after one was interrupted; the next command that changes the store finishes it or rolls it back. A line is durable before what it says is done.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    schema_version: StrictStr
    """
    Version of this contract that the line follows.
    """
    event: Literal["begin", "intent", "copied", "purge"]
    """
    What the line says: `begin`, an operation begins; `intent`, entries are about to be moved; `copied`, copies are whole; `purge`, slots are about to end.
    """
    operation: Literal["gc", "restore", "undo", "purge", "compact"] | None = None
    """
    What is being done, in the words of `gc_report`.
    """
    gc_id: Annotated[StrictStr | None, Field(max_length=15, pattern="^[0-9]{8}_[0-9]{6}$")] = None
    """
    Identifier of the operation, which its report will have.
    """
    started_utc: UtcTime | None = None
    """
    When the operation started, in UTC.
    """
    tool_version: Annotated[StrictStr | None, Field(max_length=100, min_length=1)] = None
    """
    Release of Runpact that began it.
    """
    plan_digest: Annotated[StrictStr | None, Field(max_length=64, pattern="^[a-f0-9]{64}$")] = None
    """
    sha256 of the plan that is being applied, in hex.
    """
    undone: Annotated[StrictStr | None, Field(max_length=15, pattern="^[0-9]{8}_[0-9]{6}$")] = None
    """
    The operation whose moves go back.
    """
    way: Literal["rename", "copy", "deposit"] | None = None
    """
    How entries move: `rename`, one rename each; `copy`, a verified copy and then the end of the original, into or from another file system; `deposit`, a second name or a copy in the trash of a file that is about to be replaced.
    """
    entries: list[IntendedEntry] | None = None
    """
    What is about to be moved.
    """
    slots: list[StrictStr] | None = None
    """
    Slots whose copies are whole and durable, so that their originals are about to go.
    """
    purged: list[EndingSlot] | None = None
    """
    Slots that are about to end.
    """
