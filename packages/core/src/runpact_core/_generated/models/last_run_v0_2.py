# Generated from contracts/last_run.v0_2.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of last_run 0.2."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr
from runpact_core._record import Record, Time


class LastRunEvidence(Record):
    """
    What shows the outcome.
    """

    paths: list[StrictStr]
    """
    Paths of logs, screenshots and reports, from the dash folder.
    """


class BananaEconomy(Record):
    """
    What the run was allowed to spend, and what it spent.
    """

    budget_tokens: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of tokens the run may spend.
    """
    spent_tokens: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of tokens the run spent.
    """
    budget_minutes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Minutes the run may take.
    """
    spent_minutes: Annotated[StrictInt | StrictFloat, Field(ge=0.0, le=1000000000.0)]
    """
    Minutes the run took.
    """
    max_ci_heal_attempts: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    How often CI may try to mend itself.
    """
    ci_heal_attempts_used: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    How often CI tried to mend itself.
    """


class KillSwitch(Record):
    """
    Whether the product's runs are stopped.
    """

    enabled: StrictBool
    """
    Whether the switch is on, so that nothing may run.
    """
    reason: StrictStr
    """
    Why it is on; empty where it is off.
    """


class PrWave(Record):
    """
    The product's wave of pull requests.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    state: Literal["none", "pending", "active", "completed", "idle", "blocked", "merging"] | StrictStr
    """
    How far the wave of pull requests is.
    """
    open_prs: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of open pull requests.
    """
    last_update: Time
    """
    When these figures were taken.
    """


class LastRunTestCounts(Record):
    """
    The run's tests by outcome.
    """

    expected: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    Number of tests that were to run, as the caller said.
    """
    collected: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    Number of tests that the runner found.
    """
    reported: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of tests of which there is a result.
    """
    passed: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of tests that hold.
    """
    failed: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of tests that do not hold.
    """
    skipped: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of tests that were left out.
    """
    pending: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of tests that are yet to be written or to run.
    """
    other: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of tests with any other outcome.
    """
    flaky: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of tests that passed after an attempt that failed.
    """
    retried: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of tests that were tried more than once.
    """


class Coverage(Record):
    """
    How much of the code the tests ran.
    """

    line_percent: Annotated[StrictInt | StrictFloat, Field(ge=0.0, le=100.0)]
    """
    Share of lines that were run, in percent.
    """
    branch_percent: Annotated[StrictInt | StrictFloat | None, Field(ge=0.0, le=100.0)] = None
    """
    Share of branches that were taken, in percent.
    """
    lines_covered: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    Number of lines that were run.
    """
    lines_total: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    Number of lines that can be run.
    """


class LastRunMetrics(Record):
    """
    What was measured of the run beyond its duration.
    """

    tests: LastRunTestCounts | None = None
    coverage: Coverage | None = None


class LastRun(Record):
    """
    The newest run of one product, as the dashboard shows it: its outcome, where the evidence lies, what it spent. It is overwritten by each new run and never deleted.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    product_id: Annotated[StrictStr, Field(max_length=100, pattern="^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    """
    Slug of a product of the fleet; it is also the name of the product's folder of runs.
    """
    run_id: StrictStr
    """
    Identifier of the run, in whatever form its producer mints them.
    """
    started_at: Time
    """
    When the run started.
    """
    ended_at: Time
    """
    When the run ended; of a run in progress, when the report was written.
    """
    status: Literal["success", "failed", "in_progress", "cancelled"]
    """
    How the run ended, or that it has not.
    """
    summary: StrictStr
    """
    The outcome in one sentence for people.
    """
    evidence: LastRunEvidence
    banana_economy: BananaEconomy
    kill_switch: KillSwitch
    pr_wave: PrWave
    duration_ms: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    How long the run took, in milliseconds.
    """
    metrics: LastRunMetrics | None = None
