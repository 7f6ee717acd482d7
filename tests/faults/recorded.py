"""A whole recorded run as a command for crash states and kills, and what must hold of it after any of them.

Run as ``recorded.py FOLDER WAY``: records one run below FOLDER/runs with the real recorder, and prints FINISHED when
`finish` has returned. WAY is ``whole``; or one of the bugs of `BUGS`, planted into the recorder from outside; or
``recover``, which seals the runs that lie there, and prints FINISHED after each.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs  # noqa: F401 - `environment` looks up where it is

from runpact_core import _folder, documents, files, runs
from runpact_writer import RunWriter, _recover, _verify

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BUGS", "FINISHED", "STARTED", "command", "complaints", "environment", "exec_command", "recover_all"]

STARTED = b"started\n"
FINISHED = b"finished\n"

BUGS = ("seal-before-checks", "no-folder-sync", "no-log-sync", "mark-removed-first")
"""Bugs that the enumerator must see."""


def command(root: Path, way: str = "whole") -> list[str]:
    """The recorder in a process of its own."""
    return [sys.executable, "-S", __file__, str(root), way]


def exec_command(root: Path) -> list[str]:
    """`runpact exec` around a command that prints a line; afterwards the shell prints FINISHED."""
    program = [sys.executable, "-S", "-m", "runpact", "exec", "--runs-dir", str(root / "runs"), "--pipeline-id", "x"]
    script = '"$@" && echo finished'
    return ["sh", "-c", script, "sh", *program, "--", "echo", "one line"]


def environment() -> dict[str, str]:
    """The environment in which both find what they import without the site packages' start-up."""
    modules = [sys.modules[name] for name in ("runpact_core", "runpact_writer", "jsonschema_rs")]
    sources = {str(Path(str(module.__file__)).parents[1]) for module in modules}
    sources.add(str(Path(__file__).parents[2] / "packages" / "runpact" / "src"))
    path = os.pathsep.join(sorted(sources))
    return {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}


def recover_all(root: Path) -> list[str]:
    """Seal every run in a folder, asked on this machine an hour from now; what became of each."""
    now, asking = time.time() + 3600, runs.here()
    seen = list(runs.find(root / "runs", now=now, asking=asking)) if (root / "runs").is_dir() else []
    return [_recover.recover(run, now=now, asking=asking) for run in seen]


def complaints(root: Path, printed: bytes) -> list[str]:
    """What is wrong with a folder of runs that a crash or a kill left, given what was printed before."""
    found: list[str] = []
    folder = root / "runs"
    seen = list(runs.find(folder)) if folder.is_dir() else []
    if folder.is_dir():
        found += [f"{path.name} is no run" for path in folder.iterdir() if not runs.RUN_ID.fullmatch(path.name)]
    for run in seen:
        if run.state == "finished":
            found += [f"{finding.file}: {finding.message}" for finding in _verify.verify(run)]
        elif run.state != "interrupted":
            found.append(f"{run.run_id} is {run.state}: {run.message}")
        elif run.document is not None and run.document.problems():
            found.append(f"open.json: {run.document.problems()[0]}")
    if STARTED in printed and not [run for run in seen if run.document is not None]:
        found.append("started was printed, and no reader can tell which run")
    if FINISHED in printed and [run.state for run in seen] != ["finished"]:
        found.append(f"finished was printed, and the runs are {[run.state for run in seen]}")
    return found


def _plant(way: str) -> None:
    """Put one bug into the recorder."""
    if way == "seal-before-checks":
        real_write, kept = documents.write, []

        def write(path: Any, document: Any, *, contract: str | None = None) -> bytes:
            if contract == "checks":
                kept.append((path, document))
                return b""
            text = real_write(path, document, contract=contract)
            for path_of_checks, checks in kept:
                real_write(path_of_checks, checks, contract="checks")
            return text

        setattr(documents, "write", write)  # noqa: B010 - typed assignment would refuse the bug
    elif way == "no-folder-sync":
        setattr(_folder.Folder, "sync", lambda _: None)  # noqa: B010 - typed assignment would refuse the bug
    elif way == "no-log-sync":
        setattr(files, "sync", lambda _: None)  # noqa: B010 - as above
    elif way == "mark-removed-first":
        real: Callable[..., bytes] = documents.write

        def early(path: Any, document: Any, *, contract: str | None = None) -> bytes:
            if contract == "run":
                files.remove(Path(path).with_name("open.json"))
            return real(path, document, contract=contract)

        setattr(documents, "write", early)  # noqa: B010 - as above


def _main(root: Path, way: str) -> None:
    for example in (Path(__file__).parents[2] / "contracts" / "examples").glob("*/*/valid/minimal.json"):
        documents.validate(
            example.parts[-4], example, strict=True
        )  # loads all that is loaded late: no calls in the sweep
    if way == "recover":
        for _ in recover_all(root):
            os.write(1, FINISHED)
        return
    _plant(way)
    writer = RunWriter("P2-Backfill", "0.1.0", ["PATH"], runs_dir=root / "runs", announce=False)
    writer.start("local_cli", "crash test", "mia")
    os.write(1, STARTED)
    writer.add_output(type="neon_table", ref="ovc.blocks", rows_written=60)
    writer.check("rows_inserted", "Rows inserted", "pass", ["run.json:$.outputs[0].rows_written", "rows=60"])
    writer.finish("success")
    os.write(1, FINISHED)


if __name__ == "__main__":
    _main(Path(sys.argv[1]), sys.argv[2])
