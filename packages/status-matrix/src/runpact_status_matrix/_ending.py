"""What an ingest ends with: the exit code, and what people are told beside the matrix. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runpact_core.errors import EnvironmentFailed
from runpact_status_matrix._model import Failed
from runpact_status_matrix._state import ALL

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from runpact_status_matrix._classify import Classified
    from runpact_status_matrix._model import Fetched

__all__ = ["distrust", "ending", "past_proxies"]

_MOST_NAMED = 20
_UNREACHED = {"connection-failed", "timeout"}


def ending(
    gates: tuple[bool, bool],
    matrix: Mapping[str, Any],
    judged: Sequence[Classified],
    unwritten: Collection[str],
    distrusted: str | None,
) -> tuple[int, tuple[str, ...]]:
    """The exit code, and why it is that; the worst reason decides.

    Args:
        gates: Whether a blocking failure fails the ingest, and whether a governance failure does.
        matrix: The matrix.
        judged: Its rows, with what follows from each.
        unwritten: The files that could not be written.
        distrusted: As `distrust` says; None where the memory could be read, or no gate needs it.
    """
    if unwritten:
        return EnvironmentFailed.exit_code, tuple(f"{name} was not written" for name in unwritten)
    enforce, enforce_freshness = gates
    blocking = [row["runner_id"] for row in matrix["matrix_rows"] if row["policy_effect"] == "blocking_fail"]
    governance = [each.row["runner_id"] for each in judged if each.governance]
    failing = []
    if enforce and blocking:
        failing.append(f"blocking failure: {_some(blocking)}")
    if enforce_freshness and governance:
        failing.append(f"governance failure: {_some(governance)}")
    if distrusted is not None:
        failing.append(distrusted)
    return int(bool(failing)), tuple(failing)


def distrust(lost: Collection[str], runners: Collection[str]) -> str:
    """Why a gate does not open where its memory cannot be read, and what opens it.

    Args:
        lost: The runners whose part cannot be read, or `ALL`.
        runners: Those of the registry, which alone can be forgotten by name.
    """
    by_name = set(lost) <= set(runners) and len(lost) <= _MOST_NAMED
    words = " ".join(f"--forget {name}" for name in (sorted(lost) if by_name else [f"'{ALL}'"]))
    return (
        f"memory failure: a rollback would not be seen; the memory stays as it is until {words} gives up what was lost"
    )


def past_proxies(proxies: Sequence[str], answers: Collection[Fetched | Failed]) -> list[str]:
    """What people are told where a proxy is named that nothing was asked through, and sources could not be reached.

    Args:
        proxies: The variables that name one.
        answers: What the sources gave.
    """
    unreached = sum(
        isinstance(answer, Failed) and answer.failure in _UNREACHED and answer.url is not None for answer in answers
    )
    if not proxies or not unreached:
        return []
    sources = f"{unreached} source{'' if unreached == 1 else 's'}"
    verb = "is" if len(proxies) == 1 else "are"
    return [f"{sources} could not be reached; {', '.join(proxies)} {verb} set, but nothing is asked through a proxy"]


def _some(names: Sequence[str]) -> str:
    """Names for a line of text."""
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
