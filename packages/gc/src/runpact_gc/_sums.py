"""The SHA256SUMS of a reported run: which files it names, with their digests; nothing outside of the run's folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from runpact_core import files
from runpact_core.errors import MissingArtifact, RunpactError
from runpact_gc._model import File

if TYPE_CHECKING:
    from runpact_core.files import Handle

__all__ = ["NAME", "listed"]

NAME = "SHA256SUMS"

_MOST = 8 << 20  # bytes
_LINE = re.compile(r"([0-9a-fA-F]{64}) [ *](.+)", re.DOTALL)


def listed(root: Handle, run: str) -> tuple[list[File], str]:
    """The files that the run's list names, project-relative, and what is wrong with it; none where there is no list.

    Args:
        root: The project.
        run: The run's folder, project-relative.
    """
    folder = files.open_folder(root, run)
    if folder is None:
        return [], ""
    try:
        text = files.read_bytes(NAME, limit=_MOST, at=folder).decode(errors="surrogateescape")
    except MissingArtifact:
        return [], ""
    except RunpactError as error:
        return [], error.what
    finally:
        files.close_folder(folder)
    found, strange = [], 0
    for line in text.split("\n"):
        match = _LINE.fullmatch(line.removesuffix("\r"))
        name = match[2].removeprefix("./") if match else ""
        if match and not {"", ".", ".."} & set(name.split("/")) and "\0" not in name:
            found.append(File(f"{run}/{name}", -1, -1, match[1].lower()))
        elif line:
            strange += 1
    return found, f"lines that name no file of the run: {strange}" if strange else ""
