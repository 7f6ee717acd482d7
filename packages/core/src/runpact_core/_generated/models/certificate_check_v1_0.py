# Generated from contracts/certificate_check.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of certificate_check 1.0."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt, StrictStr
from runpact_core._record import Record


class CertificateRule(Record):
    """
    One rule and what came of it.
    """

    rule: Annotated[StrictStr, Field(max_length=100, pattern="^[a-z0-9]+(-[a-z0-9]+)*$")]
    """
    Identifier of the rule.
    """
    result: Literal["holds", "broken", "not_checked"]
    """
    What came of the rule: `holds`; `broken`; `not_checked`, what it needs was not given or is broken itself.
    """
    what: StrictStr
    """
    What was found, for people.
    """
    pointer: StrictStr | None = None
    """
    JSON pointer to the value at fault.
    """
    expected: StrictStr | None = None
    """
    What should stand there, as text.
    """
    found: StrictStr | None = None
    """
    What stands there, as text.
    """


class CertificateRuleCounts(Record):
    """
    How many rules came out in each way.
    """

    holds: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of rules that hold.
    """
    broken: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of rules that are broken.
    """
    not_checked: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of rules that could not be looked at.
    """


class CertificateSignature(Record):
    """
    The signature and whose it is.
    """

    state: Literal["trusted", "absent", "untrusted", "invalid", "not_checked"]
    """
    What came of the signature: `trusted`, made by a key that was given; `absent`, there is none; `untrusted`, none is by a key that was given; `invalid`, the envelope or what it signs is not as it should be; `not_checked`, no key was given.
    """
    path: StrictStr | None = None
    """
    The file with the signature; bytes that are no UTF-8 are shown escaped.
    """
    key_id: Annotated[StrictStr | None, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")] = None
    """
    Identifier of the key that signed.
    """
    payload_type: Annotated[StrictStr | None, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")] = None
    """
    What the envelope says that it holds.
    """


class CertificateCheck(Record):
    """
    What `runpact certify verify --json` prints: whether a certificate is whole, coherent, and, where that was asked for, signed by whom it should be, with every mismatch explained.
    """

    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    path: StrictStr
    """
    The certificate's file, as it was given; bytes that are no UTF-8 are shown escaped.
    """
    sha256: Annotated[StrictStr, Field(max_length=64, pattern="^[A-Fa-f0-9]{64}$")]
    """
    Digest of the file's bytes.
    """
    ok: StrictBool
    """
    Whether no rule is broken.
    """
    runner_id: Annotated[StrictStr | None, Field(max_length=100, pattern="^[A-Za-z0-9][A-Za-z0-9._-]*$")] = None
    """
    Slug of a runner; it is also part of the names of the runner's files.
    """
    certificate_version: Annotated[StrictInt | None, Field(ge=0, le=100000)] = None
    """
    Version of its contract that the certificate states.
    """
    certificate_status: Literal["pass", "fail"] | None = None
    """
    Whether the runner passed, as the certificate says.
    """
    summary: CertificateRuleCounts
    rules: list[CertificateRule]
    """
    Every rule that was looked at, passed ones included, in the order of looking.
    """
    signature: CertificateSignature | None = None
