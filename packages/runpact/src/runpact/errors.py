"""What only the umbrella can have go wrong."""

from __future__ import annotations

from runpact_core.errors import UsageFailure

__all__ = ["NotInstalled"]


class NotInstalled(UsageFailure):
    """A command was asked for whose package is absent."""

    code = "not-installed"

    def __init__(self, word: str, distribution: str) -> None:
        super().__init__(f"runpact {word} is not installed", hint=f"pip install {distribution}")
