"""What the tests of fetching share: a runner, short limits, a report, and servers that are there for a test."""

from __future__ import annotations

import json
from typing import Any

from runpact_status_matrix import _source
from runpact_status_matrix._model import Failed, Fetched, Runner, Source
from runpact_status_matrix._policy import Settings
from tests.status_matrix.hostile_server import ASSET, Pretence

__all__ = ["HERE", "PUBLIC", "REPORT", "failed", "fetch", "fetched", "runner"]

REPORT = json.dumps({"version": 1, "runner_id": "rust"}).encode()
HERE = Settings(allow_private=True, total_s=120, read_s=60, connect_s=60, grace_s=60, attempts=3, max_bytes=100_000)
"""Limits for a server on this machine; a slow machine keeps within them. Tests of what never ends take shorter ones."""

PUBLIC = HERE._replace(allow_private=False)


def runner(url: str, kind: Any = "release_asset", asset: str = ASSET) -> Runner:
    """A runner whose report is there."""
    return Runner("rust", "runner-rust", "required", "active", Source(kind, url, asset), None)


def fetch(url: str, settings: Settings = HERE, pretence: Pretence | None = None, **changes: Any) -> Fetched | Failed:
    """What comes of fetching the report of a release."""
    return _source.fetch(runner(url), settings, (pretence or Pretence()).outside(**changes))


def fetched(url: str, settings: Settings = HERE, pretence: Pretence | None = None, **changes: Any) -> Fetched:
    """The report of a release that has one."""
    found = fetch(url, settings, pretence, **changes)
    assert isinstance(found, Fetched), found
    return found


def failed(url: str, settings: Settings = HERE, pretence: Pretence | None = None, **changes: Any) -> Failed:
    """Why a release gave no report; no secret of an address is in it."""
    found = fetch(url, settings, pretence, **changes)
    assert isinstance(found, Failed), found
    return found
