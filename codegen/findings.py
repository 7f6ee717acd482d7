"""What is wrong with the contracts, as data: one finding names a rule, a place and a way out."""

from __future__ import annotations

from dataclasses import dataclass

from runpact_core.errors import RunpactError


@dataclass(frozen=True, order=True)
class Finding:
    """One fault in one contract file.

    Attributes:
        path: The file, relative to the project's root.
        line: 1-based line of the node at fault.
        rule: Identifier of the broken rule, such as ``D04``.
        message: What is wrong.
        hint: What to write instead.
    """

    path: str
    line: int
    rule: str
    message: str
    hint: str

    def __str__(self) -> str:
        """One line in the form that editors jump to."""
        return f"{self.path}:{self.line}: {self.rule} {self.message} — {self.hint}"


class ContractsInvalid(RunpactError):
    """The contracts cannot be compiled; ``findings`` has every reason."""

    code = "contracts-invalid"

    def __init__(self, findings: list[Finding]) -> None:
        count = len(findings)
        super().__init__(f"{count} finding{'s' if count != 1 else ''} in the contracts", hint="see contracts/README.md")
        self.findings = sorted(findings)


class ExecutedStepFailed(RunpactError):
    """What the first step made cannot be run; the reason is the last line that it said."""

    code = "executed-step"

    def __init__(self, reason: str) -> None:
        super().__init__(f"the compiled contracts do not run: {reason}", hint="mend the code that uses them")
