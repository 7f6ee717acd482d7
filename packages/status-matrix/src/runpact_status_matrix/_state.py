"""What an ingest remembers of the one before: the last accepted report of each runner, and since when its row stands.

The memory is ours alone, no document of a contract: it may be removed, and then the next ingest trusts what it finds.
It is written after the matrix and only if the matrix was, so it is never newer than that. What of it cannot be read is
left out, one runner at a time, and said.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core import documents, files
from runpact_core.errors import InvalidArtifact, MissingArtifact, RunpactError
from runpact_status_matrix._freshness import is_future, moment_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from runpact_status_matrix._model import Runner

__all__ = ["ALL", "MEMORY", "Known", "Memory", "Standing", "from_later", "load", "save"]

MEMORY = "memory.json"
"""Name of the file, in the cache folder."""

ALL = "*"
"""Stands for every runner where runners are forgotten; no runner is called so."""

_FORM = 1
_MOST_BYTES = 1 << 28


class Known(NamedTuple):
    """The report of a runner that was accepted last.

    Attributes:
        implementation_repo: The repository, as the registry said then.
        lane_class: The lane, as the registry said then.
        release_version: Its release.
        generated_at: When it was made, as it says.
        fresh_until: Until when it may be relied on, as it says.
        sha256: Digest of its bytes.
        source: The row's ``status_source``.
        report: The row's ``status_report``.
    """

    implementation_repo: str
    lane_class: str
    release_version: str
    generated_at: str
    fresh_until: str
    sha256: str
    source: dict[str, Any]
    report: dict[str, Any]

    def is_of(self, runner: Runner) -> bool:
        """Whether the registry still names the same repository; a moved runner starts afresh."""
        return self.implementation_repo == runner.implementation_repo

    def is_later(self, now: int) -> bool:
        """Whether it was made later than a moment, beyond what clocks may differ."""
        return is_future(moment_of(self.generated_at), now)


class Standing(NamedTuple):
    """How a row stood, and since when."""

    verdict: str
    failure: str | None
    since: str


class Memory(NamedTuple):
    """What is remembered, by runner."""

    accepted: dict[str, Known]
    standing: dict[str, Standing]


def load(path: Path, forget: Collection[str] = ()) -> tuple[Memory, dict[str, str]]:
    """The memory, and what of it cannot be read: the runner, or `ALL`, and a sentence. No file is an empty memory.

    Args:
        path: The file.
        forget: Runners whose accepted report is left out, or `ALL`; damage to what is left out is none.
    """
    memory = Memory({}, {})
    try:
        stored = json.loads(files.read_bytes(path, limit=_MOST_BYTES))
        if not isinstance(stored, dict) or stored.get("form") != _FORM:
            raise ValueError("another form")  # noqa: TRY301 - worded below, with the other ways of being unreadable
    except MissingArtifact:
        return memory, {}
    except (RunpactError, ValueError, RecursionError) as error:
        said = error.what if isinstance(error, RunpactError) else "it is not what an ingest writes"
        lost = f"the memory of earlier ingests cannot be read, so rollbacks are not seen: {said}"
        return memory, {} if ALL in forget else {ALL: lost}
    damaged = {
        *_taken(stored.get("accepted"), _known, memory.accepted),
        *_taken(stored.get("standing"), _standing, memory.standing),
    }
    forgotten = {*memory.accepted, *damaged} if ALL in forget else set(forget)
    for runner in forgotten:
        memory.accepted.pop(runner, None)
    names = {runner: "every runner" if runner == ALL else runner for runner in sorted(damaged - forgotten)}
    return memory, {runner: f"what was remembered of {name} cannot be read" for runner, name in names.items()}


def from_later(memory: Memory, now: int) -> dict[str, Known]:
    """What was accepted by an ingest whose clock was ahead of now: it would make every honest report a rollback."""
    return {runner: known for runner, known in sorted(memory.accepted.items()) if known.is_later(now)}


def save(path: Path, memory: Memory, updated_at: str) -> None:
    """Write the memory that belongs to the matrix of a moment.

    Raises:
        RunpactError: It could not be written; the old one stands.
    """
    stored = {
        "form": _FORM,
        "updated_at": updated_at,
        "accepted": {runner: known._asdict() for runner, known in memory.accepted.items()},
        "standing": {runner: standing._asdict() for runner, standing in memory.standing.items()},
    }
    files.replace(path, documents.dumps(stored), mode=0o600)


def _taken(stored: object, make: Any, into: dict[str, Any]) -> list[str]:
    """Fill one part of the memory; the runners whose entry is damaged."""
    if not isinstance(stored, dict):
        return [ALL]
    damaged = []
    for runner, entry in stored.items():
        try:
            into[runner] = make(entry)
        except (KeyError, TypeError, ValueError, InvalidArtifact):
            damaged.append(str(runner)[:100])
    return damaged


def _known(entry: Mapping[str, Any]) -> Known:
    known = Known(**entry)
    for moment in (known.generated_at, known.fresh_until):
        moment_of(moment)
    for value, kind in zip(known, (*[str] * 6, dict, dict), strict=True):
        if not isinstance(value, kind):
            raise TypeError
    return known


def _standing(entry: Mapping[str, Any]) -> Standing:
    standing = Standing(**entry)
    moment_of(standing.since)
    return standing
