# Generated from contracts/run_diff.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of run_diff 1.0."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictInt, StrictStr
from runpact_core._record import Record, UtcTime


class ComparedRun(Record):
    """
    One of the two runs.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    run_id: StrictStr
    """
    Name of the run's folder, which is the run's identifier unless somebody renamed it.
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
    started_utc: UtcTime | None = None
    """
    When the run started, in UTC.
    """
    duration_ms: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    How long the run took, in milliseconds.
    """


class RunChange(Record):
    """
    One thing that differs.
    """

    section: Literal["state", "status", "pipeline", "product", "trigger", "commit", "command", "exit", "interruption", "environment", "inputs", "outputs", "metadata", "metrics", "warnings", "checks"] | StrictStr
    """
    Which part of the run differs: the `state` of its folder, its `status`, one of the objects and lists of `run.json` by their names there (`commit` is `git`, `environment` is `env`), or the `checks` of `checks.json`.
    """
    kind: Literal["added", "removed", "changed"]
    """
    Whether something is in the second run only (`added`), in the first only (`removed`), or in both (`changed`).
    """
    name: StrictStr | None = None
    """
    Which thing of the section: a field, a variable, a key, the id of a check, the type and ref of an input or output; the second of the same name ends in ` #2`.
    """
    field: StrictStr | None = None
    """
    Which field of that thing.
    """
    before: StrictStr | None = None
    """
    The value in the first run, as compact JSON text with sorted keys.
    """
    after: StrictStr | None = None
    """
    The value in the second run, as compact JSON text with sorted keys.
    """


class RunDiff(Record):
    """
    What differs between two runs, as `runpact runs diff --json` prints it. Identifiers and times always differ, so they stand in `before` and `after` and are no changes; everything else that differs is one.
    """

    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    before: ComparedRun
    """
    The run that was named first.
    """
    after: ComparedRun
    """
    The run that was named second.
    """
    changes: list[RunChange]
    """
    What differs, by section, in the order of the sections' names below; empty where nothing does.
    """
