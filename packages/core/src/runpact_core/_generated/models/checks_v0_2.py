# Generated from contracts/checks.v0_2.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of checks 0.2."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictInt, StrictStr
from runpact_core._record import Record


class Check(Record):
    """
    One thing that was checked.
    """

    id: Annotated[StrictStr, Field(max_length=100, pattern="^[a-z][a-z0-9_]*$")]
    """
    Stable identifier of the check, in snake_case.
    """
    name: StrictStr
    """
    The check in words for people.
    """
    status: Literal["pass", "fail", "skip"]
    """
    What the check found: `pass`; `fail`; `skip`, it could not be made, for want of a dependency, say.
    """
    evidence: list[StrictStr]
    """
    Where to look for what the check found; it may be empty.
    """


class CheckSummary(Record):
    """
    How many checks ended in each way.
    """

    pass_: Annotated[StrictInt, Field(alias="pass", ge=0, le=9007199254740991)]
    """
    Number of checks that passed.
    """
    fail: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of checks that failed.
    """
    skip: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of checks that were skipped.
    """


class Checks(Record):
    """
    What was checked in one run, with pointers to the evidence. It lies beside `run.json` and is written just before it.
    """

    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    run_id: Annotated[StrictStr, Field(max_length=127, pattern="^[0-9]{8}T[0-9]{6}Z__[A-Za-z0-9-]+__[a-f0-9]{7}$")]
    """
    Identifier of a run, which is also the name of its folder: the UTC second it was minted in, the pipeline's id and the first seven characters of the git commit (0000000 where there is none), joined by two underscores. The second is advanced until the name is free, so read the time of a run from its document, never from its id.
    """
    checks: list[Check]
    """
    The checks, in the order they were recorded.
    """
    summary: CheckSummary
