# Generated from contracts/pins.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of pins 1.0."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictStr
from runpact_core._record import Record, UtcTime


class Pin(Record):
    """
    One pin.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    name: Annotated[StrictStr, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")]
    """
    The whole identifier of the entry, or the run's identifier.
    """
    kind: Literal["entry", "run"]
    """
    What a pin names: `entry`, one entry by its identifier; `run`, every entry of one run.
    """
    pinned_utc: UtcTime
    """
    When it was pinned, in UTC.
    """
    family: StrictStr | None = None
    """
    The family of the entry at that time, for people.
    """
    path: StrictStr | None = None
    """
    Where the entry lay at that time, from the project, for people; bytes that are no UTF-8 are shown escaped.
    """


class Pins(Record):
    """
    What people pinned, `artifacts/.pins.json`: entries and runs that no plan takes, whatever its rules are. It is kept by `runpact artifacts pin`, is no cache, and survives every scan.
    """

    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    pins: list[Pin]
    """
    The pins, by name.
    """
