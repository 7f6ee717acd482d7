# Generated from contracts/run_findings.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of run_findings 1.0."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictInt, StrictStr
from runpact_core._record import Record


class RunFinding(Record):
    """
    One thing that does not hold.
    """

    file: StrictStr
    """
    The file it is about, from the run's folder.
    """
    kind: Literal["not_finished", "missing", "unreadable", "version", "rule", "run_id", "evidence", "log_count", "duplicate"] | StrictStr
    """
    What kind of thing does not hold: the run is `not_finished`, and was interrupted; a file is `missing` or `unreadable`, or follows no known `version`; a cross-field `rule` is broken; the `run_id` in a file is not the folder's; `evidence` points to nothing; `log_count`, the log is not as long as was counted; `duplicate`, another folder has the same identifier and another content.
    """
    message: StrictStr
    """
    What is wrong, in one sentence.
    """


class VerifiedRun(Record):
    """
    One run that was verified.
    """

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
    findings: list[RunFinding]
    """
    Everything that does not hold about the run; empty where it is whole, or still running and whole so far.
    """


class RunFindings(Record):
    """
    Whether recorded runs are what they say, as `runpact runs verify --json` prints it.
    """

    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    runs: list[VerifiedRun]
    """
    Every run that was verified, in order.
    """
    wrong: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of runs with a finding.
    """
