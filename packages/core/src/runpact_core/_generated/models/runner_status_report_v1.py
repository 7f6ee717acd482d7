# Generated from contracts/runner_status_report.v1.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of runner_status_report 1."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictBool, StrictInt, StrictStr
from runpact_core._record import Record, Time


class CommandResult(Record):
    """
    One command and how it ended.
    """

    command: Annotated[StrictStr, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")]
    """
    Name of the command.
    """
    status: Literal["pass", "fail", "skip"]
    """
    How the command ended; `skip` is one that was not run.
    """
    exit_code: Annotated[StrictInt, Field(ge=-2147483648, le=4294967295)]
    """
    The command's exit code, 0 where it was not run; on Windows it may be any 32 bits.
    """
    duration_ms: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    How long it ran, in milliseconds; 0 where it was not run, or nobody measured.
    """
    required: StrictBool | None = None
    """
    Whether the release fails where this command does.
    """
    run_id: Annotated[
        StrictStr | None, Field(max_length=127, pattern="^[0-9]{8}T[0-9]{6}Z__[A-Za-z0-9-]+__[a-f0-9]{7}$")
    ] = None
    """
    The recorded run that the result was taken from.
    """


class ArtifactReference(Record):
    """
    One file of the release.
    """

    name: Annotated[StrictStr, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")]
    """
    Name of the file.
    """
    url: Annotated[StrictStr, Field(max_length=2048, pattern="^[^\\x00-\\x20\\x7f]+$")]
    """
    Where the file lies for ever, as an asset of the release.
    """
    sha256: Annotated[StrictStr, Field(max_length=64, pattern="^[A-Fa-f0-9]{64}$")]
    """
    Digest of the file's bytes.
    """
    size_bytes: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    Size of the file, in bytes.
    """


class RunnerStatusReport(Record):
    """
    How one release of a runner stands, as its own repository publishes it with the release: what was run, with which result, and until when that may be relied on.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    version: StrictInt
    """
    Version of this contract that the document follows.
    """
    runner_id: Annotated[StrictStr, Field(max_length=100, pattern="^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    """
    Slug of a runner; it is also part of the names of the runner's files.
    """
    implementation_repo: Annotated[StrictStr, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")]
    """
    The repository that implements the runner, as the registry names it.
    """
    release_version: Annotated[StrictStr, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")]
    """
    The release that the report belongs to, which is usually the name of its tag.
    """
    commit_sha: Annotated[StrictStr, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")]
    """
    Id of the commit that was released; zeros where there is no repository.
    """
    generated_at: Time
    """
    When the report was made.
    """
    lane_class: Literal["required", "compatibility_non_blocking"]
    """
    What the runner's failures do: `required`, they block; `compatibility_non_blocking`, they are only told.
    """
    overall_status: Literal["pass", "fail", "degraded", "unknown"]
    """
    How the release stands: `fail`, a required command failed; `degraded`, only commands failed that are not required; `pass`, none failed and some passed; `unknown`, no command was run. A report that says `pass` against its own results is refused.
    """
    fresh_until: Time
    """
    Until when the producer means the report to be relied on.
    """
    command_results: list[CommandResult]
    """
    What was run, in the order it was run; empty where nothing was.
    """
    artifact_refs: list[ArtifactReference]
    """
    Files of the same release that show more.
    """
