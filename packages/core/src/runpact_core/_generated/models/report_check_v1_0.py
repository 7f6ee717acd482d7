# Generated from contracts/report_check.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of report_check 1.0."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictStr
from runpact_core._record import Record


class CheckedRule(Record):
    """
    One rule and what came of it.
    """

    rule: Annotated[StrictStr, Field(max_length=100, pattern="^[a-z0-9]+(-[a-z0-9]+)*$")]
    """
    Identifier of the rule.
    """
    level: Literal["required", "recommended"]
    """
    What a rule that is not passed means: `required`, a breach; `recommended`, something to think about.
    """
    passed: StrictBool
    """
    Whether the report does what the rule asks for.
    """
    what: StrictStr
    """
    What the rule asks for and what was found, for people.
    """
    evidence: list[StrictStr] | None = None
    """
    Paths of what the rule was judged by, from the dash folder.
    """


class ReportCheck(Record):
    """
    What `runpact report check --json` prints: whether a product's newest report has the evidence that its mode asks for, rule by rule, and whether its figures pass the gates that were given.
    """

    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    product_id: Annotated[StrictStr, Field(max_length=100, pattern="^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    """
    Slug of a product of the fleet; it is also the name of the product's folder of runs.
    """
    mode: Literal["bootstrap", "production"]
    """
    Which evidence is asked for: `bootstrap`, a picture of the rendered pages and the output of the tests; `production`, the output of the tests and the report.
    """
    ok: StrictBool
    """
    Whether every required rule is passed.
    """
    rules: list[CheckedRule]
    """
    Every rule that was checked, passed ones included, in the order of the policy.
    """
    run_id: StrictStr | None = None
    """
    Identifier of the run that the report is about.
    """
