"""What can go wrong while runs are reported, beyond what the hub names."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from runpact_core.errors import InvalidArtifact, Refused, RunpactError, UsageFailure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = [
    "AlreadyRegistered",
    "KillSwitchOn",
    "NoReport",
    "NoServer",
    "ProductDisabled",
    "StaleResults",
    "UnknownProduct",
    "naming",
]


@contextlib.contextmanager
def naming(path: str | os.PathLike[str]) -> Iterator[None]:
    """Have the message of an `InvalidArtifact` that is raised within name the file that it is about."""
    try:
        yield
    except InvalidArtifact as error:
        name = os.fspath(path)
        if error.reason.startswith(name):
            raise
        raise InvalidArtifact(
            f"{name}: {error.reason}",
            path=name,
            line=error.line_number,
            column=error.column,
            offset=error.offset,
            problems=error.problems,
            hint=error.hint,
        ) from error


class UnknownProduct(UsageFailure):
    """A product is not in the register of the fleet."""

    code = "unknown-product"

    def __init__(self, product_id: str, nearest: Sequence[str] = (), *, register: str = "") -> None:
        hint = f"did you mean {nearest[0]}?" if nearest else f"register it: runpact fleet register {product_id}"
        said = f"there is no product {product_id}"
        if register:  # which is not there: perhaps the project is elsewhere
            said += f", and no {register}"
            hint = f"call it in the project's folder; where that is here, {hint}"
        super().__init__(said, hint=hint)
        self.product_id = product_id


class AlreadyRegistered(UsageFailure):
    """A product of that id, or of one that differs in case alone, is in the register already."""

    code = "already-registered"

    def __init__(self, product_id: str) -> None:
        super().__init__(f"{product_id} is registered already", hint="change it with --update, or choose another id")
        self.product_id = product_id


class NoReport(RunpactError):
    """A product has no report yet that could carry a kill switch."""

    code = "no-report"

    def __init__(self, product_id: str) -> None:
        hint = f"keep it from running: {_disabling(product_id, '--no-enabled')}"
        super().__init__(f"{product_id} has no report yet", hint=hint)
        self.product_id = product_id


class KillSwitchOn(Refused):
    """A product's kill switch is on, so no tests are started."""

    code = "kill-switch"

    def __init__(self, product_id: str, reason: str) -> None:
        hint = f"let it run again: runpact fleet kill-switch {product_id} off"
        super().__init__(f"the kill switch of {product_id} is on, so nothing was started: {reason}", hint=hint)
        self.product_id = product_id
        self.reason = reason


class ProductDisabled(Refused):
    """The entry of a product says that it takes no part in the fleet, so no tests are started."""

    code = "disabled"

    def __init__(self, product_id: str) -> None:
        hint = f"let it run again: {_disabling(product_id, '--enabled')}"
        super().__init__(f"{product_id} is disabled in the register, so nothing was started", hint=hint)
        self.product_id = product_id


class StaleResults(RunpactError):
    """A file of test results is older than the run whose results it should hold."""

    code = "stale-results"

    def __init__(self, path: str) -> None:
        what = f"{path} is older than this run, so its results are those of another"
        super().__init__(what, hint="have the command write it anew")
        self.path = path


class NoServer(UsageFailure):
    """The library that serves the dashboard is not installed."""

    code = "no-server"

    def __init__(self) -> None:
        super().__init__("the server is not installed", hint='pip install "runpact-reporter[serve]"')


def _disabling(product_id: str, option: str) -> str:
    return f"runpact fleet register {product_id} --update {option}"
