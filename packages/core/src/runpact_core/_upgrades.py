"""Upgrades: pure, deterministic one-step functions between adjacent versions of a contract.

The key names the version that a step makes. A step takes the data of the version before and returns new data; it never
changes its argument, and adds nothing that depends on when or where it runs.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from runpact_core import _times
from runpact_core.errors import InvalidArtifact

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from runpact_core._catalog import Version

    Step = Callable[[Mapping[str, Any]], dict[str, Any]]


def _states_version(version: str) -> Step:
    """The step that does nothing but state the version."""

    def step(data: Mapping[str, Any]) -> dict[str, Any]:
        return {**data, "schema_version": version}

    return step


def _is_version(version: int) -> Step:
    """The step that does nothing but state the version, of a contract whose documents carry an integer."""

    def step(data: Mapping[str, Any]) -> dict[str, Any]:
        return {**data, "version": version}

    return step


def _of_registry(version: int) -> Step:
    """The step that states the version, of the certificate and of the registry that it was made from alike."""

    def step(data: Mapping[str, Any]) -> dict[str, Any]:
        intent = data["execution_intent"]
        registry = {**intent["registry_ref"], "version": version}
        return {**data, "version": version, "execution_intent": {**intent, "registry_ref": registry}}

    return step


def _with_duration(data: Mapping[str, Any]) -> dict[str, Any]:
    """A report of 0.2, with the whole milliseconds between its times; without, where the run has not ended."""
    upgraded = {**data, "schema_version": "0.2"}
    if data["status"] == "in_progress" or "duration_ms" in data:
        return upgraded
    try:
        (first, first_ns), (last, last_ns) = (_times.instant(data[name]) for name in ("started_at", "ended_at"))
    except InvalidArtifact:  # a day that does not exist
        return upgraded
    elapsed = ((last - first) * 1_000_000_000 + last_ns - first_ns) // 1_000_000
    return upgraded if elapsed < 0 else {**upgraded, "duration_ms": elapsed}


STEPS: Final[dict[tuple[str, str], Step]] = {
    ("run", "0.2"): _states_version("0.2"),
    ("checks", "0.2"): _states_version("0.2"),
    ("last_run", "0.2"): _with_duration,
    ("runner_execution_certificate", "2"): _of_registry(2),
    ("runner_certification_registry", "2"): _is_version(2),
}
STEPS_BACK: Final[dict[tuple[str, str], Step]] = {
    ("runner_execution_certificate", "1"): _of_registry(1),
    ("runner_certification_registry", "1"): _is_version(1),
}
"""The steps down that change more than which fields there are; the key names the version that a step makes.

A step takes the data of the version after it. Fields that only that one knows may stay: they go afterwards.
"""

VOUCHED_FOR: Final[dict[str, str]] = {
    "runner_execution_certificate": "its proof is a digest of all that it says: certify the runner again",
}
"""Contracts of which a document must not be changed once it is written, and why."""


def missing_steps(versions: Sequence[Version]) -> list[tuple[str, str]]:
    """The steps that should be there and are not, for versions by contract and oldest first."""
    later = [(new.contract, new.version) for old, new in pairwise(versions) if old.contract == new.contract]
    return [step for step in later if step not in STEPS]
