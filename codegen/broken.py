"""Commands of the project whose own code does not run: the file and the line, instead of a traceback.

Who changes a contract edits code that these commands import, such as the upgrade steps. Nothing of the project is
imported here, since any of it may be what is broken.
"""

from __future__ import annotations

import importlib
import re
import sys
import traceback
from pathlib import Path

__all__ = ["place", "start"]

_OURS = ("codegen", "evolution", "runpact", "tests")
_FRAME = re.compile(r'^ *File "(.+)", line ([0-9]+)', re.MULTILINE)


def start(module: str, arguments: list[str], root: Path) -> int:
    """Run the ``main`` of a module of the project at ``root``, and return its exit code.

    It is 2 where code of the project is broken, and 3 where the environment lacks a library. Whatever ends the import
    is told so; once the command runs, only what a file that it loads late may end it with.
    """
    try:
        main = importlib.import_module(module).main
    except Exception as error:  # noqa: BLE001 - a file that is being edited may raise anything
        return _told(error, root)
    try:
        code: int = main(arguments, root)
    except (SyntaxError, ImportError) as error:
        return _told(error, root)
    return code


def place(said: str, root: Path) -> str | None:
    """``path:line`` of the innermost frame in a traceback that is of a file of the project; None without one."""
    for file, line in reversed(_FRAME.findall(said)):
        path = Path(file)
        if path.is_relative_to(root):
            below = path.relative_to(root)
            if below.parts[0][0] != "." and below.as_posix() != "codegen/broken.py":  # environments lie in `.hatch`
                return f"{below.as_posix()}:{line}"
    return None


def _told(error: Exception, root: Path) -> int:
    """Print where and what; an error that no file of the project is to blame for goes on."""
    if isinstance(error, ModuleNotFoundError) and not str(error.name).startswith(_OURS):
        print(f"error[environment]: {error} — run it as ./hatchw run, which has what it needs", file=sys.stderr)
        return 3
    where = place("".join(traceback.format_exception(error)), root)
    if where is None:
        raise error
    what = error.msg if isinstance(error, SyntaxError) else f"{type(error).__name__}: {error}"
    file = where.rpartition(":")[0]
    print(f"{where}: {what}\nerror[broken-source]: {file} cannot be run — mend it first", file=sys.stderr)
    return 2
