"""Errors are data: a stable code, an exit code, one sentence, a hint."""

from __future__ import annotations

import errno

import pytest

from runpact_core import errors
from runpact_core.errors import Problem, RunpactError

CODES = {
    "RunpactError": ("internal", 1),
    "InvalidArtifact": ("invalid-artifact", 1),
    "MissingArtifact": ("missing-artifact", 1),
    "UnsupportedVersion": ("unsupported-version", 1),
    "UsageFailure": ("usage", 2),
    "ConfigurationError": ("configuration", 2),
    "UnknownContract": ("unknown-contract", 2),
    "EnvironmentFailed": ("environment", 3),
    "Refused": ("refused", 4),
}


def test_codes_are_stable() -> None:
    """Every error of the hub derives from one base, and has the code and exit code that were published."""
    found = {
        name: (getattr(errors, name).code, getattr(errors, name).exit_code)
        for name in errors.__all__
        if name != "Problem"
    }
    assert found == CODES
    assert all(issubclass(getattr(errors, name), RunpactError) for name in CODES)


@pytest.mark.parametrize(
    ("error", "what", "line"),
    [
        (errors.UsageFailure("a b"), "a b", "error[usage]: a b"),
        (errors.Refused("locked", hint="wait"), "locked", "error[refused]: locked — wait"),
        (errors.MissingArtifact("x/run.json"), "Missing artifact: x/run.json", None),
        (errors.UnsupportedVersion("7.0"), "Unsupported schema version: 7.0", None),
        (errors.InvalidArtifact("odd"), "Invalid artifact: odd", None),
        (errors.InvalidArtifact("odd", line=2, column=3), "Invalid artifact: odd (line 2, column 3)", None),
        (
            errors.EnvironmentFailed("writing x", OSError(errno.ENOSPC, "No space left on device"), hint="free some"),
            "writing x: No space left on device",
            "error[environment]: writing x: No space left on device — free some",
        ),
        (errors.EnvironmentFailed("writing x", OSError("broken")), "writing x: broken", None),
        (errors.EnvironmentFailed("writing x", TimeoutError()), "writing x: TimeoutError", None),
    ],
)
def test_sentences(error: RunpactError, what: str, line: str | None) -> None:
    """The sentence is the exception's text; the line for people has code and hint around it."""
    assert str(error) == error.what == what
    assert error.line() == (line or f"error[{error.code}]: {what}")


def test_the_place_of_a_fault_is_data() -> None:
    """What a message says in words can be had as fields."""
    problem = Problem("/a", "type", "no")
    error = errors.InvalidArtifact("odd", path="p", line=2, column=3, offset=9, problems=(problem,), hint="h")
    assert (error.reason, error.path, error.line_number, error.column, error.offset) == ("odd", "p", 2, 3, 9)
    assert (error.problems, error.hint) == ((problem,), "h")
    assert errors.MissingArtifact("p").path == "p"
    assert errors.UnsupportedVersion("7.0").version == "7.0"
    cause = OSError(errno.EIO, "I/O error")
    assert errors.EnvironmentFailed("reading", cause).cause is cause


def test_problems_are_lines() -> None:
    """Place, sentence and rule; the whole document is a slash; order is that of the places."""
    assert str(Problem("/a/0", "type", "it is no list")) == "/a/0: it is no list [type]"
    assert str(Problem("", "required", "x is missing")) == "/: x is missing [required]"
    assert min(Problem("/b", "a", ""), Problem("/a", "b", "")).pointer == "/a"
