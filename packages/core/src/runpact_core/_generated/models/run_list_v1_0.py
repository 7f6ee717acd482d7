# Generated from contracts/run_list.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of run_list 1.0."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictInt, StrictStr
from runpact_core._record import Record, UtcTime


class ListedRun(Record):
    """
    One run of the folder.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    run_id: StrictStr
    """
    Identifier of the run, the name of its folder.
    """
    folder: StrictStr
    """
    The run's folder, as it was reached; bytes that are no UTF-8 are shown escaped.
    """
    state: Literal["finished", "running", "running?", "interrupted", "unreadable"]
    """
    How a folder stands: `finished`, it is sealed; `running`, its recorder holds the lock; `running?`, whether it does cannot be asked from here; `interrupted`, its recorder ended without sealing it; `unreadable`, its `run.json` cannot be read.
    """
    status: Literal["success", "failed", "partial"] | None = None
    """
    How a run ended: `success`, all checks passed; `failed`, one or more checks failed; `partial`, some checks were skipped or there were warnings.
    """
    pipeline_id: Annotated[StrictStr | None, Field(max_length=100, pattern="^[A-Za-z0-9-]+$")] = None
    """
    Name of what was run, as its document says or, where there is none, its identifier.
    """
    pipeline_version: StrictStr | None = None
    """
    Version of the pipeline's own code.
    """
    product: Annotated[StrictStr | None, Field(max_length=100, pattern="^[A-Za-z0-9][A-Za-z0-9._-]*$")] = None
    """
    The product of the fleet that the run belongs to.
    """
    started_utc: UtcTime | None = None
    """
    When the run started, in UTC.
    """
    duration_ms: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    How long the run took, in milliseconds.
    """
    age_s: Annotated[StrictInt | None, Field(ge=-9007199254740991, le=9007199254740991)] = None
    """
    Seconds since the run started, by the clock of the machine that looked; negative where that is behind.
    """
    note: StrictStr | None = None
    """
    What people are to be told about the run beyond its state.
    """


class RunList(Record):
    """
    The runs of a folder, as `runpact runs list --json` prints them: the newest first, unless the other order was asked for.
    """

    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    runs: list[ListedRun]
    """
    The runs that fit every filter, in order.
    """
    omitted: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of older runs that fit every filter, too, and were left out since a limit was given.
    """
