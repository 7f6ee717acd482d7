# Generated from contracts/runner_execution_certificate.v2.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of runner_execution_certificate 2."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictBool, StrictInt, StrictStr
from runpact_core._record import Record, Time


class CertifiedRunner(Record):
    """
    Who was certified, and when.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    runner_id: Annotated[StrictStr, Field(max_length=100, pattern="^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    """
    Slug of a runner; it is also part of the names of the runner's files.
    """
    class_: Annotated[Literal["required", "compatibility_non_blocking"], Field(alias="class")]
    """
    What the runner's failures do: `required`, they block; `compatibility_non_blocking`, they are only told.
    """
    status: Literal["active", "planned", "disabled"]
    """
    Whether the runner takes part, as the registry says.
    """
    blocking: StrictBool
    """
    Whether the runner's failures block, which those of the class `required` do.
    """
    implementation_repo: Annotated[StrictStr, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")]
    """
    The repository that implements the runner.
    """
    commit_sha: Annotated[StrictStr, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")]
    """
    Id of the commit that was certified; zeros where there is no repository.
    """
    certified_at: Time
    """
    When the certificate was made.
    """


class IntendedCommand(Record):
    """
    One command of the runner and how it may end.
    """

    name: Annotated[StrictStr, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")]
    """
    Name of the command.
    """
    args: list[StrictStr]
    """
    Its arguments, word by word; no shell reads them.
    """
    expect_exit: list[StrictInt]
    """
    The exit codes with which it passes.
    """


class RegistryReference(Record):
    """
    The registry that the intent was taken from.
    """

    path: Annotated[StrictStr, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")]
    """
    Path of the registry; a leading slash means the project.
    """
    version: Annotated[StrictInt, Field(ge=2, le=2)]
    """
    The version that the registry states.
    """


class IntentEquivalence(Record):
    """
    The digest of the intent. Runners with the same one were asked for the same.
    """

    normalization_version: Literal["intent-v1"]
    """
    How the intent is brought into one form before its digest is taken.
    """
    hash_algorithm: Literal["sha256"]
    """
    How the digest is taken.
    """
    intent_hash: Annotated[StrictStr, Field(max_length=64, pattern="^[A-Fa-f0-9]{64}$")]
    """
    The digest of the intent in that form.
    """


class CertificateSummary(Record):
    """
    The checks, counted.
    """

    status: Literal["pass", "fail"]
    """
    Whether the runner passed, which it does where there are checks and every one passed.
    """
    passed: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of checks that passed.
    """
    failed: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of checks that failed.
    """
    skipped: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of checks that could not be made; no certificate passes with one.
    """
    blocking: StrictBool
    """
    As that of the runner.
    """


class CertifiedCheck(Record):
    """
    One thing that was checked.
    """

    group: Annotated[StrictStr, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")]
    """
    Which part of the intent it belongs to.
    """
    id: Annotated[StrictStr, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")]
    """
    Name of the command, the check or the case.
    """
    status: Literal["pass", "fail", "skip"]
    """
    What the check found; `skip` is one that could not be made.
    """
    exit_code: Annotated[StrictInt, Field(ge=-2147483648, le=4294967295)]
    """
    Exit code of what was run for it, 0 where nothing was; on Windows it may be any 32 bits.
    """
    detail: StrictStr
    """
    What was found, for people; it may be empty.
    """
    duration_ms: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    How long the check took, in milliseconds.
    """
    evidence_ref: Annotated[StrictStr | None, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")] = None
    """
    Path or address of what shows it; a leading slash means the project.
    """


class CertificateProof(Record):
    """
    A digest of the whole certificate but for this section.
    """

    canonicalization: Literal["json-c14n-v1"]
    """
    How the payload is brought into one form before its digest is taken, which is RFC 8785.
    """
    payload_sha256: Annotated[StrictStr, Field(max_length=64, pattern="^[A-Fa-f0-9]{64}$")]
    """
    The digest of the certificate without `proof`, in that form.
    """


class ExecutionIntent(Record):
    """
    What the registry asks of the runner. The same intent has the same digest on every machine.
    """

    required_core_checks: list[StrictStr]
    """
    Names of the checks that must pass.
    """
    required_core_cases: list[StrictStr]
    """
    The cases that must pass, each a path with the case's id behind a number sign.
    """
    command_contract_subset: list[IntendedCommand]
    """
    The commands that must end as expected.
    """
    registry_ref: RegistryReference


class RunnerExecutionCertificate(Record):
    """
    What a runner was asked to do, what was checked while it did, and a digest of both, so that anybody can find out offline whether a certificate is whole and whether two runners were asked for the same.
    """

    version: StrictInt
    """
    Version of this contract that the document follows.
    """
    runner: CertifiedRunner
    execution_intent: ExecutionIntent
    equivalence: IntentEquivalence
    summary: CertificateSummary
    checks: list[CertifiedCheck]
    """
    Everything that was checked, in the order of the intent.
    """
    proof: CertificateProof
