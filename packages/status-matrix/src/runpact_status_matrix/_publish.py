"""Files of a release: digests of what it ships, and the report with its checksum beside it.

The checksum is written last and removed first, so that a report is never beside the checksum of another.
"""

from __future__ import annotations

import hashlib
import os
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from runpact_core import documents, files
from runpact_core.errors import InvalidArtifact, MissingArtifact, UsageFailure
from runpact_status_matrix import _asset_urls
from runpact_status_matrix._status import Artifact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["artifacts", "write"]

_BLOCK = 1 << 20


def artifacts(paths: Sequence[str], base: str) -> list[Artifact]:
    """The references to files, by name.

    Args:
        paths: The files.
        base: The address that their names are put behind, as `base_url` gives it.

    Raises:
        UsageFailure: A file is not there or is none, has a name that documents cannot say, or one that another has.
        EnvironmentFailed: A file could not be read.
    """
    listed = sorted(_artifact(path, base) for path in paths)
    for one, other in pairwise(listed):
        if one.name == other.name:
            raise UsageFailure(f"two artifacts are called {one.name}", hint="a release has one file of a name")
    return listed


def write(out: str, report: Mapping[str, Any]) -> None:
    """Write a report durably, and its checksum beside it, in the form of `sha256sum`.

    Raises:
        InvalidArtifact: It is none that may be published; nothing was written.
        EnvironmentFailed, Refused: As `documents.write`.
    """
    found = documents.validate("runner_status_report", report, strict=True)
    if found:
        raise InvalidArtifact(str(found[0]), problems=tuple(found))
    files.make_dirs(os.path.dirname(out) or ".")  # noqa: PTH120 - a path as it was given
    files.remove(f"{out}.sha256")
    data = documents.write(out, report, contract="runner_status_report")
    name = os.path.basename(out)  # noqa: PTH119 - as above
    files.replace(f"{out}.sha256", f"{hashlib.sha256(data).hexdigest()}  {name}\n".encode("utf-8", "surrogateescape"))


def _artifact(path: str, base: str) -> Artifact:
    name = os.path.basename(path)  # noqa: PTH119 - a path as it was given
    if not name or not name.isprintable():
        raise UsageFailure(f"--artifact {path!r} has no name that a report can say", hint="rename the file")
    digest, size_bytes = hashlib.sha256(), 0
    try:
        with open(files.open_read(path), "rb") as file:  # noqa: PTH123 - a descriptor is no path
            while block := file.read(_BLOCK):
                digest.update(block)
                size_bytes += len(block)
    except (MissingArtifact, InvalidArtifact) as error:
        raise UsageFailure(f"--artifact {path}: {error}", hint="name a file of the release") from error
    return Artifact(name, _asset_urls.url_of(base, name), digest.hexdigest(), size_bytes)
