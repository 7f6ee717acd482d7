"""What a recorder takes from around it, in one value: clocks, environment, machine, where it prints."""

from __future__ import annotations

import os
import sys
import time

from runpact_core import _machine
from runpact_writer import _git

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, NamedTuple, TextIO
else:
    from runpact_core._named import NamedTuple


_COERCED = ("C.UTF-8", "C.utf8", "UTF-8")


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
    here: _machine.Here
    out: TextIO


def surroundings() -> Surroundings:
    """What is around this process."""
    return Surroundings(time.time, time.monotonic_ns, os.environ, _machine.here(), sys.stdout)


def utc(seconds: float) -> str:
    """A time as the documents write it: UTC, to the second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def run_id(seconds: float, pipeline_id: str, sha7: str) -> str:
    """The id of a run that is minted at a time."""
    return f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(seconds))}__{pipeline_id}__{sha7}"


def host(here: _machine.Here) -> dict[str, object]:
    """The ``host`` object of a run's documents."""
    facts: dict[str, object] = {
        "name": here.name.encode("utf-8", "backslashreplace").decode("utf-8"),  # a name may be of any bytes
        "system": {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}.get(sys.platform, sys.platform),
        "machine": os.uname().machine if hasattr(os, "uname") else os.environ.get("PROCESSOR_ARCHITECTURE", "unknown"),
        "pid": os.getpid(),
        "python_version": ".".join(str(part) for part in sys.version_info[:3]),
    }
    return facts | ({"boot_id": here.boot_id} if here.boot_id else {})


def facts(around: Surroundings, now: float, required_env: Sequence[str]) -> dict[str, Any]:
    """The fields of a run's documents that its surroundings say: time, commit, names of variables, machine, parent."""
    missing = missing_env(around, required_env)
    found: dict[str, Any] = {
        "started_utc": utc(now),
        "git": _git.commit("."),
        "env": {"present": [name for name in required_env if name not in missing], "missing": missing},
        "host": host(around.here),
    }
    parent = around.environ.get("RUNPACT_RUN_ID", "")
    return found | ({"parent_run_id": parent} if _is_run_id(parent) else {})


def _is_run_id(word: str) -> bool:
    if not word:  # nearly always: `re` is not loaded for it
        return False
    import re

    return re.fullmatch(_machine.RUN_ID, word) is not None


def inherited(environ: Mapping[str, str]) -> dict[str, str]:
    """An environment without what Python itself puts into its own where the locale is `C` or `POSIX` (PEP 538).

    Only Linux says what a process was given; elsewhere all of it is taken.
    """
    given = dict(environ)
    if given.get("LC_CTYPE") in _COERCED:
        try:
            with open("/proc/self/environ", "rb") as file:  # noqa: PTH123 - pathlib is slow
                began = (b"\0" + file.read()).partition(b"\0LC_CTYPE=")
        except OSError:
            return given
        del given["LC_CTYPE"]
        given |= {"LC_CTYPE": os.fsdecode(began[2].partition(b"\0")[0])} if began[1] else {}
    return given


def missing_env(around: Surroundings, required_env: Sequence[str]) -> list[str]:
    """The names of required variables that are not set, or empty."""
    return [name for name in required_env if not around.environ.get(name)]


def tell(around: Surroundings, identifier: str, *, announce: bool) -> list[str]:
    """Say a run's id where it is asked for, on stdout and to the steps after this one on GitHub; what did not work."""
    failed = []
    if announce:
        try:
            print(f"RUN_ID={identifier}", file=around.out, flush=True)
        except (OSError, ValueError) as error:
            failed.append(f"RUN_ID could not be printed: {error}")
    target = around.environ.get("GITHUB_OUTPUT")
    if target:
        try:
            with open(target, "a", encoding="utf-8") as file:  # noqa: PTH123 - pathlib is slow
                file.write(f"run_id={identifier}\n")
        except (OSError, ValueError) as error:
            failed.append(f"run_id could not be written to GITHUB_OUTPUT: {getattr(error, 'strerror', error)}")
    return failed
