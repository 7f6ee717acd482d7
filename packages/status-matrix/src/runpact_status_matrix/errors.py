"""What can go wrong while runners are certified and their reports ingested, beyond what the hub names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runpact_core.errors import Refused, RunpactError, UsageFailure

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["NoSigner", "NotWhole", "UnknownRunner", "UnsafeKey"]


class UnknownRunner(UsageFailure):
    """A runner is not in the registry."""

    code = "unknown-runner"

    def __init__(self, runner_id: str, nearest: Sequence[str] = ()) -> None:
        hint = f"did you mean {nearest[0]}?" if nearest else "see the registry for its runners"
        super().__init__(f"there is no runner {runner_id}", hint=hint)
        self.runner_id = runner_id


class NoSigner(UsageFailure):
    """The library that signs and that verifies signatures is not installed."""

    code = "no-signer"

    def __init__(self) -> None:
        super().__init__("signatures are not installed", hint='pip install "runpact-status-matrix[sign]"')


class UnsafeKey(Refused):
    """The file of a private key can be read or exchanged by others, so nothing was signed with it."""

    code = "unsafe-key"


class NotWhole(RunpactError):
    """A certificate that was to be signed does not agree with itself, so nothing was signed."""

    code = "not-whole"

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is not whole, so it was not signed", hint=f"see why: runpact certify verify {path}")
        self.path = path
