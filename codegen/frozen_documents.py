"""The documents that releases left, as values: what their commands wrote or printed, kept for ever.

    tests/compat/documents/<release>/<contract>/<version>/<name>.json     what a command wrote or printed
    tests/compat/documents/<release>/<contract>/<version>/<name>.jsonl    the same, a document on each line
    tests/compat/documents/<release>/reads.txt                            how each of them reads

They are only read here; `evolution.frozen` says what makes a release, and holds them to their digests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["FOLDER", "READS", "FrozenDocument", "documents_in", "files_of", "frozen_documents", "release_key"]

FOLDER: Final = "tests/compat/documents"
READS: Final = "reads.txt"


class FrozenDocument(NamedTuple):
    """One document that a command of a release wrote or printed.

    Attributes:
        release: The release, such as ``0.1.0``.
        contract: Name of its contract.
        version: Version of the contract that it follows.
        name: What it is: the name of its file, and the number of its line where the file has many.
        path: Its file, from the project.
        data: Its bytes.
    """

    release: str
    contract: str
    version: str
    name: str
    path: str
    data: bytes


def release_key(version: str) -> tuple[int, ...]:
    """A release as numbers, so that 0.10.0 follows 0.9.0."""
    return tuple(int(part) for part in version.split("."))


def files_of(root: Path, release: str) -> dict[str, bytes]:
    """Every file of a release's folder of documents, by path from the project; empty where there is none."""
    paths = sorted(path for path in (root / FOLDER / release).rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


def frozen_documents(root: Path) -> tuple[FrozenDocument, ...]:
    """Every document of every release, the oldest release first, then by path."""
    folders = [path.name for path in (root / FOLDER).glob("[0-9]*") if path.is_dir()]
    return tuple(
        document for release in sorted(folders, key=release_key) for document in documents_in(files_of(root, release))
    )


def documents_in(files: Mapping[str, bytes]) -> Iterator[FrozenDocument]:
    """The documents in some files, which have the paths of the layout above."""
    for path, data in files.items():
        if path.endswith(f"/{READS}"):
            continue
        release, contract, version, file = path.removeprefix(f"{FOLDER}/").split("/")
        name, _, kind = file.rpartition(".")
        if kind == "jsonl":
            for number, line in enumerate(data.splitlines(), 1):
                yield FrozenDocument(release, contract, version, f"{name} line {number}", path, line)
        else:
            yield FrozenDocument(release, contract, version, name, path, data)
