"""Trees for tests of upgrades, and what is asked of them in few words."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from runpact_core import _upgrade_tree, runs
from runpact_core._upgrade_one import Wanted
from tests.core.samples import sample

if TYPE_CHECKING:
    from pathlib import Path

    from runpact_core._upgrade_tree import Plan

__all__ = ["ANY", "HERE", "NEW", "OLD", "SMALL", "apply", "outcomes", "plan", "put", "sums"]

ANY = Wanted()
NOW = 1_768_803_312.0  # 2026-01-19T06:15:12Z
SMALL = 1 << 20  # bytes of the largest document, where a test needs a larger file
HERE = runs.Here("here", "boot-1")
OLD, NEW = sample("run/0.1/full"), sample("run/0.1/full", schema_version="0.2")


def put(path: Path, data: Any = OLD) -> bytes:
    """A file, with the folders above it; its bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    path.write_bytes(raw)
    return raw


def plan(*paths: str, wanted: Wanted = ANY) -> Plan:
    """What an upgrade would do."""
    return _upgrade_tree.plan(paths or (".",), wanted, now=NOW, asking=HERE)


def apply(planned: Plan, wanted: Wanted = ANY) -> dict[str, tuple[str, str]]:
    """What an upgrade did: outcome and message by path."""
    return {each.path: (each.outcome, each.message) for each in _upgrade_tree.apply(planned, wanted)}


def outcomes(planned: Plan) -> dict[str, str]:
    """The outcomes by path."""
    return {each.path: each.outcome for each in planned.entries}


def sums(folder: Path, **names: bytes) -> None:
    """A list of checksums as `sha256sum` writes it."""
    put(
        folder / "SHA256SUMS", "".join(f"{hashlib.sha256(raw).hexdigest()}  {n}\n" for n, raw in names.items()).encode()
    )
