# Generated from contracts/run_view.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of run_view 1.0."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StrictInt, StrictStr
from runpact_core._record import Record


class RunView(Record):
    """
    One run as `runpact runs show --json` prints it: how it stands at this moment, and what it recorded.
    """

    schema_version: StrictStr
    """
    Version of this contract that the document follows.
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
    status: Literal["success", "failed", "partial"] | None = None
    """
    How a run ended: `success`, all checks passed; `failed`, one or more checks failed; `partial`, some checks were skipped or there were warnings.
    """
    age_s: Annotated[StrictInt | None, Field(ge=-9007199254740991, le=9007199254740991)] = None
    """
    Seconds since the run started, by the clock of the machine that looked; negative where that is behind.
    """
    note: StrictStr | None = None
    """
    What people are to be told about the run beyond its state.
    """
    run: dict[str, Any] | None = None
    """
    The content of `run.json`. An extension point: recorders may add whatever the contract `run` defines, in any of its versions.
    """
    open_run: dict[str, Any] | None = None
    """
    The content of `open.json`. An extension point: recorders may add whatever the contract `open_run` defines, in any of its versions.
    """
    checks: dict[str, Any] | None = None
    """
    The content of `checks.json`. An extension point: recorders may add whatever the contract `checks` defines, in any of its versions.
    """
