"""Ways to publish three documents; all but the last have a known bug, and the enumerator must see it.

Run as ``planted.py WAY FOLDER``: makes a run's folder, writes checks.json and run.json into it, then
last_run.json beside it, and prints "finished". Nothing of the product is used.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["DOCUMENTS", "FINISHED", "WAYS"]

DOCUMENTS = {
    "run/checks.json": b'{"checks": ["imported", "counted"]}\n',
    "run/run.json": b'{"status": "success"}\n',
    "last_run.json": b'{"run": "this one"}\n',
}
"""What each file holds in the end, in the right order of publication."""

FINISHED = b"finished\n"
"""What is printed last."""

WAYS = {
    "plain": "open and write",
    "replace": "a temporary file, and os.replace",
    "fsync": "the same with an fsync of the file",
    "fsync-folder": "the same with an fsync of the folder, but not of the new folder's own parent",
    "order": "the whole recipe, but the seal before the checks",
    "recipe": "the whole recipe, in order",
}
"""Each way, and what it does."""


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)


def _publish(target: Path, data: bytes, way: str) -> None:
    if way == "plain":
        target.write_bytes(data)
        return
    temporary = target.with_suffix(".tmp")
    with temporary.open("wb") as file:
        file.write(data)
        if way != "replace":
            file.flush()
            os.fsync(file.fileno())
    temporary.replace(target)
    if way not in {"replace", "fsync"}:
        _sync_folder(target.parent)


def _main(way: str, root: Path) -> None:
    (root / "run").mkdir()
    if way in {"recipe", "order"}:
        _sync_folder(root)
    names = list(DOCUMENTS)
    if way == "order":
        names[0], names[1] = names[1], names[0]
    for name in names:
        _publish(root / name, DOCUMENTS[name], way)
    os.write(1, FINISHED)


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]))
