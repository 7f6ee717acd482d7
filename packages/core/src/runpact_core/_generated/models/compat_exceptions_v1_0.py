# Generated from contracts/compat_exceptions.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of compat_exceptions 1.0."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictStr
from runpact_core._record import Record


class CompatException(Record):
    """
    One change that is approved until a day.
    """

    contract: Annotated[StrictStr, Field(max_length=100, min_length=1)]
    """
    Name of the contract.
    """
    old_version: Annotated[StrictStr | None, Field(max_length=20, min_length=1)] = None
    """
    The version on the older side.
    """
    new_version: Annotated[StrictStr | None, Field(max_length=20, min_length=1)] = None
    """
    The version on the newer side; the same as the older one for an edit in place.
    """
    pointer: Annotated[StrictStr, Field(max_length=1000)]
    """
    The place, as `hatch run compat` shows it; empty for the whole contract.
    """
    kind: Annotated[StrictStr, Field(max_length=60, min_length=1)]
    """
    The kind of change, as `hatch run compat` shows it.
    """
    reason: Annotated[StrictStr, Field(max_length=1000, min_length=10)]
    """
    Why it does no harm, and who said so, for those who read it later.
    """
    expires: Annotated[StrictStr, Field(max_length=10, pattern="^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
    """
    The last day, in UTC, on which it approves the change; from the next day on the comparison fails.
    """


class CompatExceptions(Record):
    """
    Changes of contracts that break something and were approved all the same, `contracts/exceptions.yaml`. Kept by people, read by `hatch run compat`.
    """

    schema_version: StrictStr
    """
    Version of this contract that the file follows.
    """
    exceptions: list[CompatException]
    """
    The exceptions; empty where every change has the version number that it needs.
    """
