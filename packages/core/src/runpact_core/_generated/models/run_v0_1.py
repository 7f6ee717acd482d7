# Generated from contracts/run.v0_1.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of run 0.1."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictInt, StrictStr
from runpact_core._record import Record, UtcTime


class Trigger(Record):
    """
    What started the run.
    """

    type: Literal["github_schedule", "github_dispatch", "local_cli", "worker_http", "worker_cron"] | StrictStr
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


class Run(Record):
    """
    What one execution of a pipeline was: who started it, on which commit, what it read and wrote, how it ended. It is written last, so a folder with a `run.json` is a finished run.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
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
