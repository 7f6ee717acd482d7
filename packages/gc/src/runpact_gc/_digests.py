"""Digests of the files of entries, where the configuration asks for them: what did not change keeps the one it has.

Invariant: a digest stands beside the size and the modification time that the file had when it was taken; a file that
changed in between has none. A file that is still there and cannot be read blocks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runpact_gc import _checksums
from runpact_gc._model import File, Finding

if TYPE_CHECKING:
    from runpact_core.files import Handle
    from runpact_gc._manifest import Memory
    from runpact_gc._model import Entry
    from runpact_gc._settings import Settings

__all__ = ["taken"]

_KIB = 1024


def taken(root: Handle, settings: Settings, known: Memory | None, found: Memory) -> tuple[Memory, list[Finding]]:
    """What was found with the digest of every file, and findings for those that cannot be read."""
    have = {file[:3]: file for entry in _entries(known) for file in entry.files if file.sha256} if known else {}
    lacking = [
        file for entry in _entries(found) for file in entry.files if file.sha256 is None and file[:3] not in have
    ]
    findings = []
    if lacking and isinstance(root, int):
        buffer = settings.checksum_buffer_size_kb * _KIB
        sized = [(file.path, file.size_bytes) for file in lacking]
        for each in _checksums.digests(root, sized, workers=settings.parallel_workers, buffer_bytes=buffer):
            if each.problem == "unreadable":
                findings.append(Finding("unreadable", each.path, each.message, blocks=True))
            elif not each.problem:
                file = File(each.path, each.size_bytes, each.mtime_ns, each.sha256)
                have[file[:3]] = file
    if not have:
        return found, findings
    folders = {
        path: folder._replace(entries=[_with(entry, have) for entry in folder.entries])
        for path, folder in found.folders.items()
    }
    return found._replace(folders=folders, groups=tuple(_with(entry, have) for entry in found.groups)), findings


def _entries(memory: Memory) -> list[Entry]:
    return [*(entry for folder in memory.folders.values() for entry in folder.entries), *memory.groups]


def _with(entry: Entry, have: dict[tuple[str, int, int], File]) -> Entry:
    if all(file.sha256 for file in entry.files):
        return entry
    return entry._replace(files=tuple(have.get(file[:3], file) for file in entry.files))
