"""What a recorder takes from around it, in one value: clocks, environment, machine, where it prints."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, NamedTuple, TextIO

from runpact_core import runs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Surroundings(NamedTuple):
    """Where a run is recorded.

    Attributes:
        clock: Seconds since 1970, for what people read.
        monotonic: Nanoseconds on a clock that is never set back, for durations.
        environ: The environment.
        here: The machine.
        out: Where the line ``RUN_ID=…`` goes.
    """

    clock: Callable[[], float]
    monotonic: Callable[[], int]
    environ: Mapping[str, str]
    here: runs.Here
    out: TextIO


def surroundings() -> Surroundings:
    """What is around this process."""
    return Surroundings(time.time, time.monotonic_ns, os.environ, runs.here(), sys.stdout)


def utc(seconds: float) -> str:
    """A time as the documents write it: UTC, to the second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def run_id(seconds: float, pipeline_id: str, sha7: str) -> str:
    """The id of a run that is minted at a time."""
    return f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(seconds))}__{pipeline_id}__{sha7}"


def host(here: runs.Here) -> dict[str, object]:
    """The ``host`` object of a run's documents."""
    facts: dict[str, object] = {
        "name": here.name,
        "system": {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}.get(sys.platform, sys.platform),
        "machine": os.uname().machine if hasattr(os, "uname") else os.environ.get("PROCESSOR_ARCHITECTURE", "unknown"),
        "pid": os.getpid(),
        "python_version": ".".join(str(part) for part in sys.version_info[:3]),
    }
    return facts | ({"boot_id": here.boot_id} if here.boot_id else {})
