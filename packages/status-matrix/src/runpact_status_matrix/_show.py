"""Matrices as they are read back: whole files of any size that an ingest writes, in a version that is known."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from runpact_core import documents, edge
from runpact_core.errors import MissingArtifact, UnsupportedVersion
from runpact_status_matrix._diff import Compared
from runpact_status_matrix._matrix import CONTRACT, MOST_BYTES

if TYPE_CHECKING:
    from runpact_core.documents import Document

__all__ = ["compared", "matrix_path", "read_matrix"]


def matrix_path(project: str, given: str | None) -> Path:
    """The matrix: the file that was given, else where an ingest of the project puts it.

    Raises:
        UsageFailure: The project is no folder.
    """
    return Path(given) if given else Path(edge.project_dir(project), ".artifacts", "runner-status-matrix.json")


def read_matrix(path: Path) -> Document:
    """Read a matrix.

    Raises:
        MissingArtifact: There is no such file.
        InvalidArtifact: It is no matrix.
        UnsupportedVersion: It is of a version that this release does not know.
    """
    try:
        document = documents.read(CONTRACT, path, limit=MOST_BYTES)
    except MissingArtifact as error:
        raise MissingArtifact(error.path, hint="`runpact matrix ingest --registry FILE` makes one") from error
    if document.read_as is None:
        raise UnsupportedVersion(document.version, hint="a newer release of runpact-status-matrix reads it")
    return document


def compared(path: str) -> Compared:
    """A matrix for comparing; raises as `read_matrix`."""
    document = read_matrix(Path(path))
    return Compared(path, hashlib.sha256(document.raw or b"").hexdigest(), document.data)
