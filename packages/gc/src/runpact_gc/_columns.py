"""A folder of runs as columns of text, and back: what the manifest is made of. Pure, and as fast as it can be.

Invariants: `take` gives what was `put`; columns of different lengths, and letters that mean nothing, are errors
(`ValueError`, `KeyError`), never a run that is somebody else's.
"""

from __future__ import annotations

import re
from itertools import repeat
from typing import TYPE_CHECKING, Any

from runpact_gc import _status
from runpact_gc._folders import Folder, Holder
from runpact_gc._model import Entry, File, Finding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["plain", "put", "put_file", "put_finding", "seconds", "take", "take_file", "take_finding", "written"]

_STATUSES = {"pass": "p", "fail": "f", "partial": "h", "unknown": "u"}
_SOURCES = {"document": "d", "name": "n", "mtime": "m"}
_YES = {True: "y", False: "n"}
_FROM = [{letter: word for word, letter in table.items()} for table in (_STATUSES, _SOURCES, _YES)]
_ODD = re.compile("[\\\\\ud800-\udfff]")
_ESCAPE = re.compile(r"\\(\\|u[0-9a-f]{4})")
_ID = 12


def written(text: str) -> str:
    """A name or path as documents can say it: half characters and backslashes escaped."""
    return _ODD.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    return "\\\\" if match[0] == "\\" else f"\\u{ord(match[0]):04x}"


def plain(text: str) -> str:
    """What was `written`."""
    return _ESCAPE.sub(_unescaped, text) if "\\" in text else text


def _unescaped(match: re.Match[str]) -> str:
    return "\\" if match[1] == "\\" else chr(int(match[1][1:], 16))


def seconds(stated: str) -> int:
    """A moment of the document; `ValueError` where it is none."""
    moment = _status.time_s(stated)
    if moment is None:
        raise ValueError(stated)
    return moment


def put_file(file: File) -> str:
    """One file as one text."""
    return f"{file.sha256 or '-'} {file.size_bytes} {file.mtime_ns} {written(file.path)}"


def take_file(text: str) -> File:
    """The file that a text says."""
    sha256, size, mtime, path = text.split(" ", 3)
    return File(plain(path), int(size), int(mtime), None if sha256 == "-" else sha256)


def put_finding(finding: Finding, name: str = "") -> dict[str, str]:
    """A finding, and the run that it was noticed in."""
    said = {"kind": finding.kind, "path": written(finding.path), "message": written(finding.message)}
    return {**said, "name": written(name)} if name else said


def take_finding(said: Mapping[str, str]) -> Finding:
    """The finding alone; no manifest holds one that blocks."""
    return Finding(said["kind"], plain(said["path"]), plain(said["message"]))


def put(folder: Folder) -> dict[str, Any]:
    """A folder as the contract has it."""
    entries, start = folder.entries, len(folder.holder.path) + 1
    names = [entry.path[start:] for entry in entries]
    return {
        "path": written(folder.holder.path),
        "layout": folder.holder.layout,
        "family": written(folder.holder.family),
        "stamp": f"{folder.stamp[0]} {folder.stamp[1]}",
        "names": [written(name) for name in names],
        "ids": "".join(entry.id for entry in entries),
        "statuses": "".join(_STATUSES[entry.status] for entry in entries),
        "time_sources": "".join(_SOURCES[entry.time_from] for entry in entries),
        "complete": "".join(_YES[entry.complete] for entry in entries),
        "live": "".join(_YES[entry.live] for entry in entries),
        "times_s": " ".join(str(entry.time_s) for entry in entries),
        "sizes_bytes": " ".join(str(entry.size_bytes) for entry in entries),
        "file_counts": " ".join(str(entry.file_count) for entry in entries),
        "newest_ns": " ".join(str(entry.newest_ns) for entry in entries),
        "inodes": " ".join(str(inode) for inode, _ in folder.stamps),
        "changes_ns": " ".join(str(changed) for _, changed in folder.stamps),
        "odd": [_odd(entry, name) for entry, name in zip(entries, names, strict=True) if _is_odd(folder, entry, name)],
        "below": [_named(name, "folders", [written(each) for each in below]) for name, below in folder.below.items()],
        "digests": [
            _named(name, "files", [put_file(file) for file in entry.files])
            for entry, name in zip(entries, names, strict=True)
            if entry.files
        ],
        "others": [written(name) for name in folder.others],
        "findings": [put_finding(each, name) for name, some in folder.findings.items() for each in some],
    }


def _named(name: str, member: str, values: list[str]) -> dict[str, Any]:
    return {"name": written(name), member: values}


def _is_odd(folder: Folder, entry: Entry, name: str) -> bool:
    return (entry.family, entry.run_id) != _usual(folder.holder, name)


def _odd(entry: Entry, name: str) -> dict[str, str]:
    said = {"name": written(name), "family": written(entry.family)}
    return said if entry.run_id is None else {**said, "run_id": written(entry.run_id)}


def _usual(holder: Holder, name: str) -> tuple[str, str]:
    """Family and run id that the name of a run folder says."""
    if holder.layout == "dash":
        return holder.family, name
    parts = name.split("__")
    return parts[1] if len(parts) > 1 else holder.family, name


def take(said: Mapping[str, Any]) -> Folder:
    """The folder that the contract's form says."""
    holder = Holder(plain(said["path"]), said["layout"], plain(said["family"]))
    names: list[str] = said["names"]
    if any("\\" in name for name in names):
        names = [plain(name) for name in names]
    ids = said["ids"]
    if len(ids) != _ID * len(names):
        raise ValueError(ids)
    prefix = f"{holder.path}/"
    paths = [prefix + name for name in names]
    families, run_ids = _identities(holder, names, said["odd"])
    found = {plain(each["name"]): tuple(map(take_file, each["files"])) for each in said["digests"]}
    held = [found.get(name, ()) for name in names] if found else [()] * len(names)
    columns = zip(
        [ids[at : at + _ID] for at in range(0, len(ids), _ID)],
        families, repeat(holder.layout, len(names)), paths, paths, run_ids,
        map(_FROM[0].__getitem__, said["statuses"]),
        _numbers(said["times_s"]),
        map(_FROM[1].__getitem__, said["time_sources"]),
        map(_FROM[2].__getitem__, said["complete"]),
        map(_FROM[2].__getitem__, said["live"]),
        _numbers(said["sizes_bytes"]), _numbers(said["file_counts"]), _numbers(said["newest_ns"]),
        held,
        strict=True,
    )  # fmt: skip
    entries: list[Entry] = list(map(tuple.__new__, repeat(Entry), columns))  # half the time of calling it
    stamps = list(zip(_numbers(said["inodes"]), _numbers(said["changes_ns"]), strict=True))
    if len(stamps) != len(entries):
        raise ValueError(len(stamps))
    inode, changed = _numbers(said["stamp"])
    below = {plain(each["name"]): tuple(map(plain, each["folders"])) for each in said["below"]}
    findings: dict[str, tuple[Finding, ...]] = {}
    for each in said["findings"]:
        name = plain(each.get("name", ""))
        findings[name] = (*findings.get(name, ()), take_finding(each))
    return Folder(holder, (inode, changed), entries, stamps, tuple(map(plain, said["others"])), below, findings)


def _identities(
    holder: Holder, names: Sequence[str], odd: Sequence[Mapping[str, str]]
) -> tuple[list[str], list[str | None]]:
    """Families and run ids of runs."""
    run_ids: list[str | None] = list(names)
    if holder.layout == "dash":
        families = [holder.family] * len(names)
    else:
        shared: dict[str, str] = {}
        parts = [name.split("__", 2) for name in names]
        families = [shared.setdefault(part[1], part[1]) if len(part) > 1 else holder.family for part in parts]
    if odd:
        places = {name: index for index, name in enumerate(names)}
        for each in odd:
            index = places[plain(each["name"])]
            families[index] = plain(each["family"])
            run_id = each.get("run_id")
            run_ids[index] = None if run_id is None else plain(run_id)
    return families, run_ids


def _numbers(column: str) -> list[int]:
    return list(map(int, column.split(" "))) if column else []
