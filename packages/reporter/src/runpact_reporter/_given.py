"""What callers of the library give, as what it is meant to be, or a refusal in words: no error of Python's own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from runpact_core.errors import InvalidArtifact, UsageFailure

__all__ = ["path", "record"]


def path(given: object) -> str:
    """A path as text; bytes are read as the system reads them.

    Raises:
        UsageFailure: It is no path.
    """
    try:
        return os.fsdecode(given)  # type: ignore[arg-type]  # what it refuses is the question
    except TypeError:
        raise UsageFailure(f"the path is of type {type(given).__name__}", hint="give a text or a Path") from None


def record(given: object, what: str) -> dict[str, Any]:
    """A record as a mapping of its own.

    Raises:
        InvalidArtifact: It is none.
    """
    if not isinstance(given, Mapping):
        raise InvalidArtifact(f"{what} is of type {type(given).__name__}, no mapping", hint="give a mapping of fields")
    return dict(given)
