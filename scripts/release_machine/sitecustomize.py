"""A machine without a name: what every Python imports first, where this folder stands first on its path.

`release_documents.py` puts it there for the commands whose documents it keeps, so that these name no machine, and so
that documents which a command removes when it is done can be kept too. The commands themselves are the real ones.
"""

from __future__ import annotations

import os
import sys

BOOT_ID = "/proc/sys/kernel/random/boot_id"
REMOVED = {"open.json": "open.json", ".journal.jsonl": "journal.jsonl"}
"""Documents that are there only while a command works, and the name of the copy in ``$KEEP_REMOVED``."""


def watch(event: str, values: tuple[object, ...]) -> None:
    """An audit hook: hides the identifier of the boot, and copies what is about to be removed."""
    if event == "open" and values[0] == BOOT_ID:
        raise FileNotFoundError(BOOT_ID)
    if event == "os.remove":
        path, folder = values
        name = os.fsdecode(path).rpartition("/")[2]  # type: ignore[arg-type]  # the event says that it is a path
        if name in REMOVED:
            place = None if folder == -1 else folder
            copy(os.fsdecode(path), place, REMOVED[name])  # type: ignore[arg-type]  # as above, and a descriptor


def copy(path: str, folder: int | None, name: str) -> None:
    """Keep the bytes of a file that is about to go; nothing where it is not there."""
    try:
        source = os.open(path, os.O_RDONLY, dir_fd=folder)
    except FileNotFoundError:
        return
    with open(source, "rb") as file, open(os.path.join(os.environ["KEEP_REMOVED"], name), "wb") as kept:  # noqa: PTH118, PTH123 - as light as can be: each command waits for it
        kept.write(file.read())


if os.environ.get("KEEP_REMOVED"):
    real = os.uname()
    os.uname = lambda: os.uname_result((real.sysname, "build-7", real.release, real.version, real.machine))
    sys.addaudithook(watch)
