# Generated from contracts/history_record.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of history_record 1.0."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, StrictInt, StrictStr
from runpact_core._record import Record, Time


class HistoryTestCounts(Record):
    """
    The run's tests by outcome. An extension point: producers of a history may add counts of any name, which are kept.
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
    flaky: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    Number of tests that passed after an attempt that failed.
    """
    retried: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    Number of tests that were tried more than once.
    """


class HistoryRecord(Record):
    """
    One line of a run history: where the run lies and how it ended. Records of the field state no version, so none is required; Runpact writes `schema_version` 1.0 into its own. An extension point: producers of a history may add fields of any name, which are kept.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    run_rel: StrictStr
    """
    Path of the run's folder, from the folder of the history.
    """
    status: StrictStr
    """
    How the run ended, in the words of whoever recorded it; in records of Runpact `success`, `failed`, `in_progress` or `cancelled`.
    """
    product_id: StrictStr | None = None
    """
    The product of the fleet that the run belongs to.
    """
    run_id: StrictStr | None = None
    """
    Identifier of the run, in whatever form its producer mints them.
    """
    started_at: Time | None = None
    """
    When the run started.
    """
    ended_at: Time | None = None
    """
    When the run ended; of a run in progress, when the record was written.
    """
    duration_ms: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    How long the run took, in milliseconds.
    """
    summary: StrictStr | None = None
    """
    The outcome in one sentence for people.
    """
    tests: HistoryTestCounts | None = None
