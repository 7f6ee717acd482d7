"""Whether the tests of a product may be started: it is registered, takes part in the fleet, and nobody stopped it.

Invariants: every way to start tests asks here first; where it cannot be told whether a kill switch is on, it is on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runpact_core.errors import ConfigurationError, InvalidArtifact, MissingArtifact
from runpact_reporter import _economy, _fleet, _last_run
from runpact_reporter._places import registry_path
from runpact_reporter.errors import KillSwitchOn, ProductDisabled, UnknownProduct

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["registered", "require"]


def registered(dash: Path, product_id: str) -> Mapping[str, Any]:
    """The entry of a product.

    Raises:
        UnknownProduct: There is none, or no register.
        ConfigurationError: The register is none; its exit code is not that of tests that failed.
    """
    try:
        return _fleet.find(_fleet.entries(_fleet.load(dash)), product_id)
    except MissingArtifact as error:
        raise UnknownProduct(product_id, register=str(registry_path(dash))) from error
    except InvalidArtifact as error:
        raise ConfigurationError(f"{error}; nothing was started", hint=error.hint) from error


def require(dash: Path, product_id: str, said: _economy.Given) -> None:
    """Let nothing pass that must not be started.

    Args:
        dash: The dash folder.
        product_id: The product.
        said: What `_economy.given` returned.

    Raises:
        UnknownProduct: The product is not registered.
        ProductDisabled: Its entry says that it takes no part.
        KillSwitchOn: Its kill switch is on, or cannot be read.
    """
    if registered(dash, product_id).get("enabled") is False:
        raise ProductDisabled(product_id)
    before, fault = _last_run.previous(dash, product_id)
    switch = _economy.kill_switch(said, before, fault)
    if switch.enabled:
        raise KillSwitchOn(product_id, switch.reason)
