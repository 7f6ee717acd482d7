"""An upgrade of a tree as a command for crash states and kills, and what must hold of the tree after any of them.

Run as ``upgraded.py FOLDER WAY``: upgrades what `prepare` made below FOLDER, and prints FINISHED when all of it is
written. WAY is ``whole``, or one of the bugs of `BUGS`.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

import runpact_core
from runpact_core import _folder, _upgrade_one, _upgrade_refs, _upgrade_tree, documents, files, jsonl, runs
from runpact_core._upgrade_one import Wanted

__all__ = ["BUGS", "FINISHED", "command", "complaints", "environment", "finished", "prepare"]

FINISHED = b"finished\n"
BUGS = ("no-folder-sync", "references-ignored", "lines-lost")
"""Bugs that the enumerator must see."""

RUN = "reports/runs/20260119T061512Z__backfill__a1b2c3d"
REPORT = "dash/runs/spec-kit/20260119T061512Z__spec-kit__a1b2c3d"
EXAMPLES = Path(__file__).parents[2] / "contracts" / "examples"
MODE = 0o640


def command(root: Path, way: str = "whole") -> list[str]:
    """The upgrade in a process of its own."""
    return [sys.executable, "-S", __file__, str(root), way]


def environment() -> dict[str, str]:
    """The environment in which it finds what it imports without the site packages' start-up."""
    sources = {str(Path(str(module.__file__)).parents[1]) for module in (runpact_core, jsonschema_rs)}
    path = os.pathsep.join(sorted(sources))
    return {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}


def example(name: str) -> dict[str, Any]:
    """A published example."""
    data: dict[str, Any] = json.loads((EXAMPLES / f"{name}.json").read_bytes())
    return data


@cache
def before() -> dict[str, bytes]:
    """Every file of the tree, by its path."""
    run, report = example("run/0.1/valid/full"), example("last_run/0.1/valid/tests-passed")
    held = documents.dumps(run)
    lines = b"".join(jsonl.dumps({**run, "zz": number}) for number in range(3))
    return {
        f"{RUN}/run.json": documents.dumps({**run, "zz": 1}),
        f"{RUN}/checks.json": documents.dumps(example("checks/0.1/valid/one-of-each")),
        f"{REPORT}/evidence/run.json": held,
        f"{REPORT}/SHA256SUMS": f"{hashlib.sha256(held).hexdigest()}  evidence/run.json\n".encode(),
        "dash/runs/spec-kit/last_run.json": documents.dumps(report),
        "old/all.jsonl": lines + b"not ours\n",
        "old/package.json": b'{"name": "x"}',
    }


@cache
def after() -> dict[str, bytes]:
    """The same after an upgrade."""
    made = dict(before())
    for name in (f"{RUN}/run.json", f"{RUN}/checks.json"):
        made[name] = documents.dumps({**json.loads(made[name]), "schema_version": "0.2"})
    report = "dash/runs/spec-kit/last_run.json"
    made[report] = documents.dumps({**json.loads(made[report]), "schema_version": "0.2", "duration_ms": 323_000})
    first, second, third, other = made["old/all.jsonl"].splitlines(keepends=True)
    lines = [jsonl.dumps({**json.loads(line), "schema_version": "0.2"}) for line in (first, second, third)]
    made["old/all.jsonl"] = b"".join([*lines, other])
    return made


def prepare(root: Path) -> None:
    """The tree before."""
    for name, raw in before().items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(raw)
        (root / name).chmod(MODE)


def complaints(root: Path, printed: bytes) -> list[str]:
    """What is wrong with the tree that a crash or a kill left, given what was printed before."""
    old, new = before(), after()
    there = {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    found = [f"{name} is unknown" for name in there if name not in old and not files.is_temporary(Path(name).name)]
    found += [f"{name} is gone" for name in old if name not in there]
    found += [f"{name} is neither old nor new" for name in old if there.get(name) not in {old[name], new[name], None}]
    if FINISHED in printed:
        found += [f"finished was printed, and {name} is old" for name in old if there.get(name) != new[name]]
    return found


def finished(root: Path, _printed: bytes) -> list[str]:
    """What is wrong after the next upgrade, which was whole: everything is new, with the mode that it had."""
    modes = {name: (root / name).stat().st_mode & 0o777 for name in before()}
    return complaints(root, FINISHED) + [f"{name} has mode {mode:o}" for name, mode in modes.items() if mode != MODE]


def _plant(bug: str) -> None:
    """Put one bug into the upgrade."""
    if bug == "no-folder-sync":
        setattr(_folder.Folder, "sync", lambda _: None)  # noqa: B010 - typed assignment would refuse the bug
    elif bug == "references-ignored":
        setattr(_upgrade_refs.Digests, "holder", lambda *_: None)  # noqa: B010 - as above
    elif bug == "lines-lost":
        real = _upgrade_one._of_lines

        def lossy(raw: bytes, name: str, wanted: Wanted) -> _upgrade_one.Found:
            return real(raw.replace(b"not ours\n", b""), name, wanted)

        setattr(_upgrade_one, "_of_lines", lossy)  # noqa: B010 - as above


def _main(root: Path, way: str) -> None:
    for name, raw in before().items():  # loads what is loaded late: no calls of the upgrade
        _upgrade_one.look(raw, Path(name).name, Wanted())
    _plant(way)
    planned = _upgrade_tree.plan([str(root)], Wanted(), now=0, asking=runs.Here("here", None))
    if {entry.exit_code for entry in _upgrade_tree.apply(planned, Wanted())} == {0}:
        os.write(1, FINISHED)


if __name__ == "__main__":
    _main(Path(sys.argv[1]), sys.argv[2])
