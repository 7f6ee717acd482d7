# Generated from contracts/open_run.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of open_run 1.0."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictInt, StrictStr
from runpact_core._record import Record, UtcTime


class OpenTrigger(Record):
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


class OpenGit(Record):
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


class OpenEnv(Record):
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


class OpenHost(Record):
    """
    The machine the run runs on; for people, since whether the run is alive is told by the lock on this file alone.
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
    pid: Annotated[StrictInt, Field(ge=1, le=9007199254740991)]
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


class OpenRun(Record):
    """
    Says that a run has started and is not sealed. The recorder keeps a lock on this file as long as it lives and removes the file after `run.json` is written; where the file is left without a lock, the run was interrupted.
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
    trigger: OpenTrigger
    git: OpenGit
    env: OpenEnv
    host: OpenHost
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
