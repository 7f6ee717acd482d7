# Generated from contracts/contract_diff.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of contract_diff 1.0."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictInt, StrictStr
from runpact_core._record import Record


class ContractDiffCounts(Record):
    """
    How many pairs of versions came out in each way.
    """

    compatible: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of pairs whose version number is enough.
    """
    approved: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of pairs whose version number is enough but for approved exceptions.
    """
    breaking: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of pairs whose version number is not enough.
    """


class CompatVerdict(Record):
    """
    Whether one change breaks one level, and what shows it.
    """

    level: Literal["READ", "WRITE", "API"]
    """
    What may break: `READ`, new readers and old documents; `WRITE`, old readers, which are tolerant, and new documents; `API`, names of generated classes and fields.
    """
    compatible: StrictBool
    """
    Whether that level holds.
    """
    proof: Literal["documents", "counterexample", "names"]
    """
    What shows a verdict: `documents` that passed, a `counterexample` that did not, or the `names` themselves.
    """
    passed: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of documents that passed, or of names that stayed.
    """
    says: StrictStr
    """
    The proof in one sentence.
    """
    counterexample: dict[str, Any] | None = None
    """
    A document that its writer may write and its reader refuses. An extension point: the contract that is compared may add whatever its documents hold.
    """


class ContractChange(Record):
    """
    One difference.
    """

    pointer: StrictStr
    """
    Place in documents as a JSON pointer, with `*` for elements and free names; of a cross-field rule its id behind `#`; empty for the whole contract.
    """
    kind: StrictStr
    """
    What kind of change it is, in words of the field; the guide to changing contracts has them all.
    """
    says: StrictStr
    """
    The change in one sentence.
    """
    path: StrictStr
    """
    The contract file that shows it, from the project; the older one where the place is gone.
    """
    line: Annotated[StrictInt, Field(ge=1, le=9007199254740991)]
    """
    Line in that file, from 1.
    """
    old: StrictStr | None = None
    """
    What stood there before, as JSON text.
    """
    new: StrictStr | None = None
    """
    What stands there now, as JSON text.
    """
    approved: StrictStr | None = None
    """
    The reason of the exception that approves it.
    """
    verdicts: list[CompatVerdict]
    """
    A verdict for each level that it touches; empty where it can break nothing.
    """


class ContractComparison(Record):
    """
    All that differs between two versions of a contract, or in one version edited in place.
    """

    contract: StrictStr
    """
    Name of the contract.
    """
    old_version: StrictStr | None = None
    """
    The version on the older side.
    """
    new_version: StrictStr | None = None
    """
    The version on the newer side.
    """
    required: Literal["none", "minor", "major"]
    """
    What the changes need; `none` is an edit in place.
    """
    given: Literal["none", "minor", "major", "new", "removed"]
    """
    What they got; `new` and `removed` are those of a whole contract or version.
    """
    outcome: Literal["compatible", "approved", "breaking"]
    """
    How a pair came out: `compatible`, its version number is enough; `approved`, it is but for approved exceptions; `breaking`, it is not.
    """
    changes: list[ContractChange]
    """
    What differs, in the order of the contract's fields.
    """


class CompatExceptionUse(Record):
    """
    One approved exception, and what became of it.
    """

    contract: StrictStr
    """
    Name of the contract that it is about.
    """
    pointer: StrictStr
    """
    The place that it names.
    """
    kind: StrictStr
    """
    The kind of change that it names.
    """
    expires: StrictStr
    """
    The last day, in UTC, on which it approves anything.
    """
    state: Literal["used", "expired", "unused"]
    """
    What became of an exception: `used`, it approves a change; `expired`, its last day is past, so it approves nothing; `unused`, no change is what it names.
    """
    line: Annotated[StrictInt, Field(ge=1, le=9007199254740991)]
    """
    Line in `contracts/exceptions.yaml`, from 1.
    """


class ContractDiff(Record):
    """
    What `hatch run compat --json` prints: how the contracts of the working tree differ from those of a commit, a folder or a wheel, what each change breaks, what shows that, and whether the version numbers are enough.
    """

    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    against: StrictStr
    """
    What the working tree was compared with, and the commit where it is one.
    """
    ok: StrictBool
    """
    Whether every change has the version number that it needs, or an exception, no exception has expired, and the contracts have no fault besides. False as well where nothing could be compared; then the notes say why.
    """
    generated_documents: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of documents that were made and judged for the verdicts.
    """
    summary: ContractDiffCounts
    contracts: list[ContractComparison]
    """
    Each pair of versions that differ, by contract and version.
    """
    exceptions: list[CompatExceptionUse]
    """
    Every approved exception, in the order of its file.
    """
    notes: list[StrictStr]
    """
    What a reader of the comparison has to know, such as what could not be compared; one sentence each.
    """
