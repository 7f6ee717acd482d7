"""Every failure that a public function of Runpact may raise, as data.

One base, `RunpactError`, carries a stable ``code``, the process exit code that fits it, a one-line ``what``
and, where there is something to try, a ``hint``. The tools derive their own errors from it; nothing else
leaves a public function, so one ``except RunpactError`` at the edge of a command is enough.

    error[missing-artifact]: Missing artifact: reports/runs/x/run.json — is the run still open?

Exit codes: 1 what was checked does not hold, 2 usage or configuration, 3 the environment failed,
4 refused for safety. (0 is success and has no error; 125 to 127 belong to the wrapper.)
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from typing import ClassVar, NamedTuple
else:
    from runpact_core._named import NamedTuple

__all__ = [
    "ConfigurationError",
    "EnvironmentFailed",
    "InvalidArtifact",
    "MissingArtifact",
    "Problem",
    "Refused",
    "RunpactError",
    "UnknownContract",
    "UnsupportedVersion",
    "UsageFailure",
]


class Problem(NamedTuple):
    """One way in which a document is not what its contract says.

    Attributes:
        pointer: JSON pointer (RFC 6901) to the value at fault; empty for the whole document.
        rule: The broken keyword of the schema, such as ``required``, or the id of a cross-field rule.
        message: What is wrong, in one sentence.
        line: 1-based line that it stands on, of configuration in YAML; None for everything else.
    """

    pointer: str
    rule: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        """One line: place, what is wrong, rule, and the line where it is known."""
        line = "" if self.line is None else f" (line {self.line})"
        return f"{self.pointer or '/'}: {self.message} [{self.rule}]{line}"


class RunpactError(Exception):
    """The base of all errors of Runpact.

    Args:
        what: One sentence that says what is wrong, without a final full stop.
        hint: What to try, or None where nothing sensible can be said.
    """

    code: ClassVar[str] = "internal"
    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, hint: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        """The sentence alone, without code and hint."""
        return self.what

    def line(self) -> str:
        """The one line that every command prints to stderr: ``error[code]: what — hint``."""
        tail = f" — {self.hint}" if self.hint else ""
        return f"error[{self.code}]: {self.what}{tail}"


class InvalidArtifact(RunpactError):
    """A document is not what its contract says, or not readable as a document at all.

    Args:
        reason: What is wrong; the message is "Invalid artifact: <reason>".
        path: The file it was read from, as given; None for a document in memory.
        line: 1-based line of the fault, where there is one.
        column: 1-based column, in characters, of the fault.
        offset: 0-based byte offset of the fault, for faults below the level of characters.
        problems: Everything that is wrong, where the document could be read but not be admitted.
        hint: What to try.
    """

    code = "invalid-artifact"

    def __init__(  # noqa: PLR0913 - the place of a fault is data that callers read, so each part is a field
        self,
        reason: str,
        *,
        path: str | None = None,
        line: int | None = None,
        column: int | None = None,
        offset: int | None = None,
        problems: tuple[Problem, ...] = (),
        hint: str | None = None,
    ) -> None:
        place = f" (line {line}, column {column})" if line is not None else ""
        super().__init__(f"Invalid artifact: {reason}{place}", hint=hint)
        self.reason = reason
        self.path = path
        self.line_number = line
        self.column = column
        self.offset = offset
        self.problems = problems


class MissingArtifact(RunpactError):
    """A file that was asked for does not exist; the message is "Missing artifact: <path>"."""

    code = "missing-artifact"

    def __init__(self, path: str, *, hint: str | None = None) -> None:
        super().__init__(f"Missing artifact: {path}", hint=hint)
        self.path = path


class UnsupportedVersion(RunpactError):
    """A document's version is one that this release cannot turn into what was asked for.

    The message is "Unsupported schema version: <version>".
    """

    code = "unsupported-version"

    def __init__(self, version: str, *, hint: str | None = None) -> None:
        super().__init__(f"Unsupported schema version: {version}", hint=hint)
        self.version = version


class UsageFailure(RunpactError):
    """The words of a call make no sense together."""

    code = "usage"
    exit_code = 2


class ConfigurationError(RunpactError):
    """A configuration file is wrong; configuration is gated strictly, so a mistyped key is an error."""

    code = "configuration"
    exit_code = 2


class UnknownContract(RunpactError):
    """There is no contract, or no version of it, by that name."""

    code = "unknown-contract"
    exit_code = 2


class EnvironmentFailed(RunpactError):
    """The operating system refused or failed: a full disk, a missing right, a broken device.

    Args:
        doing: What was being done, as a present participle: "writing run.json".
        cause: The error of the operating system, also kept as ``__cause__`` by the raiser.
        hint: What to try.
    """

    code = "environment"
    exit_code = 3

    def __init__(self, doing: str, cause: OSError, *, hint: str | None = None) -> None:
        reason = cause.strerror or str(cause) or type(cause).__name__
        super().__init__(f"{doing}: {reason}", hint=hint)
        self.cause = cause


class Refused(RunpactError):
    """Nothing was done, since doing it was not safe: a lock is held, a target exists, a link is in the way."""

    code = "refused"
    exit_code = 4
