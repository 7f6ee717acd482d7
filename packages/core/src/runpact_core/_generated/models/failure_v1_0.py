# Generated from contracts/failure.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of failure 1.0."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StrictBool, StrictInt, StrictStr
from runpact_core._record import Record, Time


class FailureArtifact(Record):
    """
    The reference to an artifact. An extension point: whoever captured it may add what the contract `capture` defines of an artifact, in any of its versions.
    """

    path: StrictStr
    """
    Path of the artifact as it was given; bytes that are no UTF-8 are shown escaped.
    """
    exists: StrictBool
    """
    Whether there was something at the path when it was looked at.
    """


class FailureEvidence(Record):
    """
    One artifact: its reference alone or the whole capture. An extension point: whoever captured it may add what the contract `capture` defines, in any of its versions.
    """

    artifact: FailureArtifact


class Failure(Record):
    """
    Why a run failed, as one event: of which kind, in which words, and what shows it. Texts are sanitized before they are written, and the event counts what was removed from them.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    kind: Literal["quota", "timeout", "out_of_memory", "signal", "assertion", "import", "network", "validation", "missing_report", "unreadable_artifact", "unknown"] | StrictStr
    """
    What kind of failure it is: `quota`, an allowance is used up; `timeout`, it took too long; `out_of_memory`; `signal`, something else ended it; `assertion`, a test does not hold; `import`, code could not be loaded; `network`, another machine was not reached; `validation`, a document is not admitted; `missing_report`, the tests left no report; `unreadable_artifact`, what they left cannot be read; `unknown`, no rule fits.
    """
    rule: Annotated[StrictStr, Field(max_length=100, pattern="^[a-z0-9]+(-[a-z0-9]+)*$")]
    """
    Identifier of the rule of the classification table that chose the kind.
    """
    message: StrictStr
    """
    What went wrong, sanitized, for people.
    """
    fingerprint: Annotated[StrictStr, Field(max_length=64, pattern="^[a-f0-9]{16,64}$")]
    """
    The same for failures that differ only in times, counts, addresses and paths: the first digits of a SHA-256, in hexadecimal.
    """
    removed: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=100, strict=True)], StrictInt]
    """
    How many places of the event's texts were replaced, by kind of what stood there; empty where nothing was. An extension point: the sanitizer may add kinds of any name.
    """
    exception_type: StrictStr | None = None
    """
    Name of the exception's type, as its language writes it.
    """
    exit_code: Annotated[StrictInt | None, Field(ge=-2147483648, le=4294967295)] = None
    """
    Exit code of the command that failed; on Windows it may be any 32 bits.
    """
    signal: Annotated[StrictStr | None, Field(max_length=20, pattern="^SIG[A-Z0-9+-]+$")] = None
    """
    Name of the signal that ended the command.
    """
    occurred_at: Time | None = None
    """
    When it failed.
    """
    run_id: StrictStr | None = None
    """
    Identifier of the run that failed, in whatever form its producer mints them.
    """
    product_id: Annotated[StrictStr | None, Field(max_length=100, pattern="^[A-Za-z0-9][A-Za-z0-9._-]*$")] = None
    """
    The product of the fleet whose run failed.
    """
    artifacts: list[FailureEvidence] | None = None
    """
    What shows the failure, in the order in which it is worth reading.
    """
    details: dict[str, Any] | None = None
    """
    Facts about the failure that no field has, sanitized like the rest. An extension point: whoever reports it may add fields of any name and value.
    """
