"""The life of a run's folder with `runpact_core.files` alone, and what must hold of it after any crash.

Run as ``sequence.py FOLDER``: makes runs/RUN, open.json (locked), checks.json, run.json, removes open.json.
It prints STARTED and FINISHED after the step that makes them true. `complaints` is the oracle; for the
recorder the same oracle holds, with its command in place of `command`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from runpact_core import files

__all__ = ["FINISHED", "STARTED", "command", "complaints", "environment"]

STARTED = b"started\n"
FINISHED = b"finished\n"
_CHECKS = json.dumps({"checks": ["imported", "counted"] * 8}).encode()
_SEAL = json.dumps({"status": "success", "notes": "x" * 200}).encode()
_OPEN = json.dumps({"run_id": "this one"}).encode()


def command(root: Path) -> list[str]:
    """The command for a folder; the site packages are left out, they only cost time."""
    return [sys.executable, "-S", __file__, str(root)]


def environment() -> dict[str, str]:
    """The environment in which `command` finds the package under test, and writes nothing else."""
    source = str(Path(files.__file__).parent.parent)
    return {"PYTHONPATH": source, "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ["PATH"]}


def complaints(root: Path, printed: bytes) -> list[str]:
    """What is wrong with a folder that a crash or a kill left, given what was printed before."""
    found = []
    runs = list((root / "runs").iterdir()) if (root / "runs").is_dir() else []
    for run in runs:
        names = {path.name for path in run.iterdir() if not files.is_temporary(path.name)}
        found += [f"unknown file {name}" for name in sorted(names - {"open.json", "checks.json", "run.json"})]
        found += [f"{name} is torn" for name in sorted(names) if not _is_document(run / name)]
        if "run.json" in names and "checks.json" not in names:
            found.append("sealed without its checks")
    if STARTED in printed and not any(_has(run, "open.json") or _has(run, "run.json") for run in runs):
        found.append("started was printed, and the run is not there")
    if FINISHED in printed and not any(_has(run, "run.json") and not _has(run, "open.json") for run in runs):
        found.append("finished was printed, and the run is not sealed")
    return found


def _has(run: Path, name: str) -> bool:
    return (run / name).is_file()


def _is_document(path: Path) -> bool:
    try:
        return isinstance(json.loads(path.read_bytes()), dict)
    except ValueError:
        return False


def _main(root: Path) -> None:
    files.make_dirs(root / "runs")
    number = 0
    while not files.make_dir(root / "runs" / f"run-{number}"):
        number += 1
    run = root / "runs" / f"run-{number}"
    lock = files.replace_locked(run / "open.json", _OPEN)
    os.write(1, STARTED)
    files.replace(run / "checks.json", _CHECKS)
    files.replace(run / "run.json", _SEAL)
    files.remove(run / "open.json")
    files.close(lock)
    os.write(1, FINISHED)


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
