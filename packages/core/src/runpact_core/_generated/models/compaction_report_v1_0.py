# Generated from contracts/compaction_report.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of compaction_report 1.0."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictBool, StrictInt, StrictStr
from runpact_core._record import Record, UtcTime


class CompactedFile(Record):
    """
    One file. Digests and sizes are there where it was read to its end.
    """

    path: Annotated[StrictStr, Field(min_length=1)]
    """
    Its path from the project. Not UTF-8 is shown escaped, and `path_b64` is exact.
    """
    path_b64: Annotated[StrictStr | None, Field(max_length=65536, pattern="^[A-Za-z0-9+/]*={0,2}$")] = None
    """
    The bytes of `path` in base64 (RFC 4648, section 4).
    """
    kind: Literal["jsonl", "markdown"]
    """
    What the file is taken for: `jsonl`, whose original comes back byte for byte; `markdown`, whose original goes into the trash.
    """
    outcome: Literal["compacted", "expanded", "left", "skipped"]
    """
    What came, or would come, of the file: `compacted`; `expanded`; `left`, there is nothing to do; `skipped`, it may not or could not be done.
    """
    family: StrictStr | None = None
    """
    The entry's family.
    """
    entry_id: Annotated[StrictStr | None, Field(max_length=12, pattern="^[a-f0-9]{12}$")] = None
    """
    Identifier of the entry, the first 12 hex digits of the sha256 of its family and path.
    """
    before_bytes: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    Its size before, in bytes.
    """
    before_sha256: Annotated[StrictStr | None, Field(max_length=64, pattern="^[a-f0-9]{64}$")] = None
    """
    Digest of its content before, in hex.
    """
    after_bytes: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    Its size after, in bytes; of a file that was left, what it would have become.
    """
    after_sha256: Annotated[StrictStr | None, Field(max_length=64, pattern="^[a-f0-9]{64}$")] = None
    """
    Digest of its content after, in hex.
    """
    removed_headings: list[StrictStr] | None = None
    """
    Headings of the sections of Markdown that went since nothing was in them, in order.
    """
    slot: Annotated[StrictStr | None, Field(max_length=22, pattern="^[a-f0-9]{12}(-[0-9]{1,9})?$")] = None
    """
    Name of the folder below the trash that its original is in.
    """
    why: Annotated[StrictStr | None, Field(max_length=100, pattern="^[a-z0-9]+(-[a-z0-9]+)*$")] = None
    """
    Identifier of the cause.
    """
    message: StrictStr | None = None
    """
    The cause in one sentence.
    """


class CompactedFamily(Record):
    """
    One family of which files were compacted or expanded.
    """

    family: StrictStr
    """
    The family; empty for files that were named.
    """
    file_count: Annotated[StrictInt, Field(ge=1, le=9007199254740991)]
    """
    Number of those files.
    """
    before_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Sum of their sizes before, in bytes.
    """
    after_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Sum of their sizes after, in bytes.
    """


class CompactionReport(Record):
    """
    What `runpact artifacts compact` or `expand` did, or would do, to each file; what `--json` prints and what lies in the trash after a run with `--apply`.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    operation: Literal["compact", "expand"]
    """
    What was asked for: `compact`, a shorter form; `expand`, the original form of what was compacted.
    """
    applied: StrictBool
    """
    Whether files were changed; otherwise the figures are those of a dry run, which makes the same bytes.
    """
    codec: Literal["dictionary", "zstd"]
    """
    What JSONL is turned into: `dictionary`, JSONL in which what repeats is said once; `zstd`, a Zstandard frame.
    """
    started_utc: UtcTime
    """
    When it started, in UTC.
    """
    finished_utc: UtcTime
    """
    When the last file was done, in UTC.
    """
    tool_version: Annotated[StrictStr, Field(max_length=100, min_length=1)]
    """
    Release of Runpact that wrote the report.
    """
    files: list[CompactedFile]
    """
    Every file that was looked at, in order.
    """
    families: list[CompactedFamily]
    """
    Sums over the files that were compacted or expanded, by family.
    """
    before_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Sum of the sizes before, in bytes, of the files that were compacted or expanded.
    """
    after_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Sum of the sizes after, in bytes, of the same files.
    """
    notes: list[StrictStr]
    """
    What else people should know, one sentence each.
    """
    gc_id: Annotated[StrictStr | None, Field(max_length=15, pattern="^[0-9]{8}_[0-9]{6}$")] = None
    """
    The operation that `runpact artifacts undo` takes back; originals of Markdown are in its slots.
    """
