# Generated from contracts/capture.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of capture 1.0."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt, StrictStr
from runpact_core._record import Record


class CapturedArtifact(Record):
    """
    The reference to the artifact, which is kept whatever became of its content.
    """

    path: StrictStr
    """
    Path of the artifact as it was given, or from the root that was given with it; bytes that are no UTF-8 are shown escaped.
    """
    exists: StrictBool
    """
    Whether there was something at the path when it was looked at.
    """
    size_bytes: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    Number of bytes that were read, which is all of the artifact.
    """
    sha256: Annotated[StrictStr | None, Field(max_length=64, pattern="^[a-f0-9]{64}$")] = None
    """
    Digest of the whole artifact, left-out bytes included, as SHA-256 in hexadecimal.
    """
    media: Literal["text", "binary"] | None = None
    """
    What the artifact holds: `text`, which an excerpt shows; `binary`, of which there is only the reference.
    """


class CaptureLimitsAsked(Record):
    """
    The limits of the policy, as the caller gave them.
    """

    max_excerpt_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Most bytes that head and tail may show together.
    """
    head_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Most bytes that the head may show.
    """
    tail_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Most bytes that the tail may show.
    """


class CaptureLimitsApplied(Record):
    """
    The limits that held in the end, after the maximum was divided between head and tail.
    """

    head_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Most bytes that the head was given.
    """
    tail_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Most bytes that the tail was given.
    """


class CaptureError(Record):
    """
    What went wrong.
    """

    kind: Literal["missing", "vanished", "changed", "unreadable", "not_a_file", "too_large", "outside_root"] | StrictStr
    """
    Why the artifact was not captured: `missing`, there is nothing at its path; `vanished`, it went away while it was read; `changed`, it was written to while it was read; `unreadable`, the system refused; `not_a_file`, it is a folder, a device or a pipe; `too_large`, it is larger than what is read; `outside_root`, its path leads out of the root.
    """
    message: StrictStr
    """
    The same for people, in one sentence.
    """


class TruncationLedger(Record):
    """
    Where every byte and every line of the artifact went. A line is counted by its line feed, so a line that is cut counts where its line feed is.
    """

    total_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Size of the artifact, in bytes.
    """
    kept_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Bytes of the artifact that the excerpt shows, head and tail together.
    """
    head_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Bytes of the artifact that the head shows.
    """
    tail_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Bytes of the artifact that the tail shows.
    """
    omitted_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Bytes of the artifact that were left out.
    """
    total_lines: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of line feeds in the artifact.
    """
    kept_lines: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of line feeds that the excerpt shows, head and tail together.
    """
    omitted_lines: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of line feeds that were left out.
    """
    undecodable_bytes: Annotated[StrictInt | None, Field(ge=1, le=9007199254740991)] = None
    """
    Bytes of the excerpt that are no UTF-8 and are shown escaped.
    """
    asked: CaptureLimitsAsked
    applied: CaptureLimitsApplied
    scaled: StrictBool
    """
    Whether head and tail together exceeded the maximum that was asked for, so that both were reduced in proportion.
    """


class CapturedExcerpt(Record):
    """
    What is shown of the artifact. Where nothing was left out, `head` is all of it and `tail` is empty.
    """

    head: StrictStr
    """
    The beginning; it ends where a character ends. Bytes that are no UTF-8 are shown escaped.
    """
    tail: StrictStr
    """
    The end; it begins where a character begins. Bytes that are no UTF-8 are shown escaped.
    """
    truncated: StrictBool
    """
    Whether something between head and tail was left out.
    """
    ledger: TruncationLedger


class Capture(Record):
    """
    What came of capturing one text artifact: which file it was, its beginning and its end, and an account of every byte and line that was left out. A file that is missing, binary or unreadable keeps its reference.
    """

    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    artifact: CapturedArtifact
    excerpt: CapturedExcerpt | None = None
    error: CaptureError | None = None
