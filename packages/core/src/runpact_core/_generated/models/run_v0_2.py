# Generated from contracts/run.v0_2.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of run 0.2."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr
from runpact_core._record import Record, UtcTime


class Trigger(Record):
    """
    What started the run.
    """

    type: Literal["github_schedule", "github_dispatch", "github_push", "github_pull_request", "github_event", "gitlab_schedule", "gitlab_push", "gitlab_merge_request", "gitlab_event", "buildkite_schedule", "buildkite_event", "jenkins_event", "circleci_event", "azure_schedule", "azure_event", "local_cli", "worker_http", "worker_cron"] | StrictStr
    """
    What kind of event started the run.
    """
    source: StrictStr
    """
    Where the event came from, such as the name of a workflow or a host.
    """
    actor: StrictStr
    """
    Who caused the event, as the system that raised it names them.
    """


class Git(Record):
    """
    The commit that was checked out when the run started.
    """

    sha: StrictStr
    """
    The whole id of the commit; zeros where there is no repository.
    """
    sha7: Annotated[StrictStr, Field(max_length=7, pattern="^[a-f0-9]{7}$")]
    """
    First seven characters of a git commit's id; 0000000 where there is no repository.
    """
    ref: StrictStr
    """
    Branch or tag that was checked out; empty where there is none.
    """


class Env(Record):
    """
    Which of the environment variables that the pipeline requires were set. Names only.
    """

    present: list[StrictStr]
    """
    Names of required variables that were set, in the order they were declared.
    """
    missing: list[StrictStr]
    """
    Names of required variables that were not set, in the order they were declared.
    """


class RunInput(Record):
    """
    One thing the run read. An extension point: the pipeline's authors may add fields of any name that say more about it.
    """

    type: StrictStr
    """
    Kind of source, in the words of the pipeline.
    """
    ref: StrictStr
    """
    Which one, such as a table's name, a path or an address.
    """
    range: StrictStr | None = None
    """
    The part of it that was read, in the words of the pipeline.
    """


class RunOutput(Record):
    """
    One thing the run wrote. An extension point: the pipeline's authors may add fields of any name that say more about it, usually in one named `extra`.
    """

    type: StrictStr
    """
    Kind of target, in the words of the pipeline.
    """
    ref: StrictStr
    """
    Which one, such as a table's name, a path or an address.
    """
    rows_written: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    Number of rows that were added.
    """
    rows_updated: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    Number of rows that were changed in place.
    """


class Exit(Record):
    """
    How the wrapped command ended.
    """

    code: Annotated[StrictInt, Field(ge=0, le=255)]
    """
    Exit code that the wrapper returned: the command's own, 128 + n after signal n, 124 after a timeout, 125 where the command could not be started, 126 not executable, 127 not found.
    """
    signal: Annotated[StrictStr | None, Field(max_length=20, pattern="^SIG[A-Z0-9+-]+$")] = None
    """
    Name of the signal that ended the command.
    """
    timed_out: StrictBool | None = None
    """
    Whether the command was ended since it took longer than it was allowed.
    """


class Host(Record):
    """
    The machine the run ran on, as far as it helps people to find it.
    """

    name: StrictStr
    """
    The machine's name on its network.
    """
    system: StrictStr
    """
    The operating system's name.
    """
    machine: StrictStr
    """
    The processor's architecture.
    """
    pid: Annotated[StrictInt | None, Field(ge=1, le=9007199254740991)] = None
    """
    Process id of the recorder, in its own process namespace.
    """
    boot_id: StrictStr | None = None
    """
    Identifier of the machine's boot, where the system has one.
    """
    python_version: StrictStr | None = None
    """
    Version of the interpreter that recorded the run.
    """


class LogCount(Record):
    """
    What `run.log` holds.
    """

    lines: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of line feeds in the file.
    """
    size_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Size of the file, in bytes.
    """
    omitted_bytes: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    Bytes of the command's output that are not in the file, since they could not be written or were cut off later.
    """


class Masking(Record):
    """
    Which environment variables' values were kept out of the log. Names only.
    """

    masked: list[StrictStr]
    """
    Names of variables whose values are replaced by `***` wherever they occur.
    """
    not_masked: list[StrictStr]
    """
    Names of variables whose values are too short (under 6 bytes) to be masked.
    """


class Interruption(Record):
    """
    Present where the run was sealed afterwards, by somebody else.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    reason: Literal["killed", "host_lost", "unknown"] | StrictStr
    """
    Why the run could not seal itself: `killed`, its process ended while its machine stayed up, killed or with a program that never finished the run; `host_lost`, its machine restarted or went away; `unknown`, there is no telling.
    """
    sealed_utc: UtcTime
    """
    When the run was sealed, in UTC.
    """


class Run(Record):
    """
    What one execution of a pipeline was: who started it, on which commit, what it read and wrote, how it ended. It is written last, so a folder with a `run.json` is a finished run.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    run_id: Annotated[StrictStr, Field(max_length=127, pattern="^[0-9]{8}T[0-9]{6}Z__[A-Za-z0-9-]+__[a-f0-9]{7}$")]
    """
    Identifier of a run, which is also the name of its folder: the UTC second it was minted in, the pipeline's id and the first seven characters of the git commit (0000000 where there is none), joined by two underscores. The second is advanced until the name is free, so read the time of a run from its document, never from its id.
    """
    pipeline_id: Annotated[StrictStr, Field(max_length=100, pattern="^[A-Za-z0-9-]+$")]
    """
    Name of what was run; ASCII letters, digits and hyphens, so that it fits into file names everywhere.
    """
    pipeline_version: StrictStr
    """
    Version of the pipeline's own code, as its authors write it.
    """
    started_utc: UtcTime
    """
    When the run started, in UTC.
    """
    finished_utc: UtcTime
    """
    When the run ended, in UTC.
    """
    duration_ms: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    How long the run took, in milliseconds, by a clock that is never set back.
    """
    status: Literal["success", "failed", "partial"]
    """
    How the run ended: `success`, all checks passed; `failed`, one or more checks failed; `partial`, some checks were skipped or there were warnings.
    """
    trigger: Trigger
    git: Git
    env: Env
    inputs: list[RunInput]
    """
    What the run read, in the order it was recorded.
    """
    outputs: list[RunOutput]
    """
    What the run wrote, in the order it was recorded.
    """
    product: Annotated[StrictStr | None, Field(max_length=100, pattern="^[A-Za-z0-9][A-Za-z0-9._-]*$")] = None
    """
    The product of the fleet that the run belongs to.
    """
    parent_run_id: Annotated[
        StrictStr | None, Field(max_length=127, pattern="^[0-9]{8}T[0-9]{6}Z__[A-Za-z0-9-]+__[a-f0-9]{7}$")
    ] = None
    """
    The run inside which this one was started.
    """
    command: list[StrictStr] | None = None
    """
    The command that was wrapped, argument by argument, with secrets masked; bytes that are not UTF-8 are shown escaped, and then `command_b64` has them exactly.
    """
    command_b64: list[StrictStr] | None = None
    """
    The arguments of `command`, each as the base64 of its bytes (RFC 4648, section 4).
    """
    exit: Exit | None = None
    host: Host | None = None
    log: LogCount | None = None
    warnings: list[StrictStr] | None = None
    """
    Warnings of the pipeline and of the recorder itself, in the order they arose.
    """
    metadata: dict[str, Any] | None = None
    """
    Facts about the run that no field has. An extension point: the pipeline's authors may add fields of any name and value.
    """
    metrics: (
        dict[
            Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]*$", max_length=100, strict=True)],
            StrictInt | StrictFloat,
        ]
        | None
    ) = None
    """
    Numbers that the pipeline measured, by name. An extension point: the pipeline's authors choose the names and put the unit into them.
    """
    masking: Masking | None = None
    interruption: Interruption | None = None
