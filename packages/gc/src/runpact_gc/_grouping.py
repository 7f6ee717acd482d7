"""Entries of glob families: the files that a walk of the project finds, grouped into runs.

Invariants: a file belongs to the first family in file order that one of its globs matches, and being matched by two is
a finding; links and other special files are found and left alone; what gc keeps for itself, and the folders of runs,
are not walked. Every scan walks anew, since files are also changed in place, and takes nothing from memory but digests.
"""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core import files
from runpact_core.errors import InvalidArtifact, MissingArtifact, RunpactError
from runpact_gc import _content, _globs, _status
from runpact_gc._model import Entry, File, Finding, entry_id
from runpact_gc._run_ids import foremost, run_id_in, unspelt
from runpact_gc._settings import StatusRule
from runpact_gc.errors import TooManyFiles

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from runpact_core.files import Handle, Listing
    from runpact_gc._globs import Globs, State
    from runpact_gc._model import Status
    from runpact_gc._settings import Settings

__all__ = ["Grouped", "again", "entry_of", "grouped", "run_id_in"]

_NO_RULE = StatusRule()


class Grouped(NamedTuple):
    """The entries of glob families, in no order, and what was noticed."""

    entries: list[Entry]
    findings: list[Finding]


def grouped(root: Handle, settings: Settings, apart: Collection[str], most: int) -> Grouped:
    """Walk the project for the files of glob families.

    Args:
        root: The project.
        settings: Globs, and how files are grouped and judged.
        apart: Project-relative paths that are not walked or taken.
        most: How many files may be found.

    Raises:
        TooManyFiles: There are more.
    """
    globs = _globs.compile_globs(dict(settings.patterns))
    findings: list[Finding] = []
    groups: dict[tuple[str, str], list[File]] = {}
    spelt: dict[tuple[str, str], set[str]] = {}  # by family and run id without its spelling: the spellings there are
    count = 0
    try:
        for family, file in _matching(root, globs, apart, findings):
            count += 1
            key, same = _key(file.path, family, settings)
            groups.setdefault((family, key), []).append(file)
            spelt.setdefault((family, same), set()).add(key)
            if count > most:
                break
    except RunpactError as error:
        findings.append(Finding("unreadable", ".", error.what, blocks=True))
        return Grouped([], findings)
    if count > most:
        raise TooManyFiles(settings.max_files_per_scan)
    for (family, _), some in spelt.items():
        if len(some) > 1:
            together = [file for key in sorted(some) for file in groups.pop((family, key))]
            groups[family, min(some, key=foremost)] = together
    entries = []
    for (family, key), found in groups.items():
        try:
            entries.append(entry_of(root, settings, family, key, found, findings))
        except RunpactError as error:
            findings.append(Finding("unreadable", found[0].path, error.what, blocks=True))
    return Grouped(entries, findings)


def _matching(
    root: Handle, globs: Globs, apart: Collection[str], findings: list[Finding]
) -> Iterator[tuple[str, File]]:
    """Family and file of each file that a glob matches."""
    start = globs.start()
    if not start:
        return
    states: dict[str, State] = {"": start}
    for folder in files.walk(root):
        state = states.pop(folder.path)
        prefix = f"{folder.path}/" if folder.path else ""
        entered = []
        for name in folder.folders:
            below = globs.enter(state, name)
            if below and f"{prefix}{name}" not in apart:
                states[f"{prefix}{name}"] = below
                entered.append(name)
        folder.folders[:] = entered
        findings += _elsewhere(folder, globs, state)
        findings += _linked(folder, globs, state)
        for name, status in folder.members:
            if not stat.S_ISDIR(status.st_mode) and (families := globs.families_of(state, name)):
                yield from _taken(f"{prefix}{name}", families, status, apart, findings)


def _taken(
    path: str, families: list[str], status: Any, apart: Collection[str], findings: list[Finding]
) -> Iterator[tuple[str, File]]:
    if path in apart:
        return
    if not stat.S_ISREG(status.st_mode):
        kind = "link" if stat.S_ISLNK(status.st_mode) else "special"
        findings.append(Finding(kind, path, f"a pattern of {families[0]} matches it, but it is no regular file"))
        return
    if len(families) > 1:
        message = f"it is matched by {', '.join(families)}; the first of them has it"
        findings.append(Finding("two-families", path, message))
    yield families[0], File(path, status.st_size, status.st_mtime_ns)


def _elsewhere(folder: Listing, globs: Globs, state: State) -> list[Finding]:
    message = "it lies on another file system, so it is left alone"
    prefix = f"{folder.path}/" if folder.path else ""
    return [
        Finding("other-file-system", f"{prefix}{name}", message)
        for name in folder.elsewhere
        if globs.enter(state, name) or globs.families_of(state, name)
    ]


def _linked(folder: Listing, globs: Globs, state: State) -> list[Finding]:
    """Links in place of folders that a pattern names."""
    message = "a pattern goes through it, but it is a symbolic link, and links are never followed"
    prefix = f"{folder.path}/" if folder.path else ""
    return [
        Finding("link", f"{prefix}{name}", message)
        for name, status in folder.members
        if stat.S_ISLNK(status.st_mode) and globs.names(state, name)
    ]


def _key(path: str, family: str, settings: Settings) -> tuple[str, str]:
    """What the files of one entry share: as it is spelt in this path, and without its spelling."""
    run_id = run_id_in(path, settings.run_id_patterns)
    if run_id is not None:
        return run_id, unspelt(run_id)
    by_folder = settings.group_without_run_id.get(family) == "directory"
    key = path.rpartition("/")[0] or path if by_folder else path
    return key, f"/{key}"


def again(root: Handle, settings: Settings, entry: Entry) -> Entry | None:
    """An entry of a glob family with those of its files that are still there, as they are now; None without any.

    Raises:
        RunpactError: It cannot be read.
    """
    names: dict[str, set[str]] = {}
    for file in entry.files:
        folder, _, name = file.path.rpartition("/")
        names.setdefault(folder, set()).add(name)
    found: list[File] = []
    digests = {file[:3]: file for file in entry.files}
    for folder, wanted in names.items():
        handle = files.open_folder(root, folder)
        if handle is None:
            continue
        try:
            members = files.listing(handle, folder).members
        finally:
            files.close_folder(handle)
        for name, status in members:
            if name in wanted and stat.S_ISREG(status.st_mode):
                file = File(f"{folder}/{name}" if folder else name, status.st_size, status.st_mtime_ns)
                found.append(digests.get(file[:3], file))
    return entry_of(root, settings, entry.family, entry.key, found) if found else None


def entry_of(  # noqa: PLR0913, PLR0917 - what an entry is made of, and where to tell of it
    root: Handle,
    settings: Settings,
    family: str,
    key: str,
    found: list[File],
    findings: list[Finding] | None = None,
) -> Entry:
    """The entry that files make; where its status cannot be read, that is noted in ``findings`` if it is given.

    Raises:
        RunpactError: A file that says the status cannot be read.
    """
    found = sorted(found)
    paths = [file.path for file in found]
    run_id = None if run_id_in(paths[0], settings.run_id_patterns) is None else key
    newest = max(file.mtime_ns for file in found)
    stamps = (_status.stamp_s(text) for text in ([run_id] if run_id else []) + paths)
    moment = next((each for each in stamps if each is not None), None)
    return Entry(
        entry_id(family, key), family, "glob", _shared(paths), key, run_id,
        _judged(root, settings.status.get(family, _NO_RULE), paths, [] if findings is None else findings),
        newest // 1_000_000_000 if moment is None else moment, "mtime" if moment is None else "name",
        True, False, sum(file.size_bytes for file in found), len(found), newest, tuple(found),
    )  # fmt: skip


def _shared(paths: list[str]) -> str:
    """The one file, or the folder that all share; the project itself is ``.``."""
    if len(paths) == 1:
        return paths[0]
    shared = []
    for parts in zip(*(path.split("/")[:-1] for path in paths), strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return "/".join(shared) or "."


def _judged(root: Handle, rule: StatusRule, paths: list[str], findings: list[Finding]) -> Status:
    """The status that contents say, as configured, else names."""
    if rule.field and rule.files:
        globs = _globs.compile_globs({"": rule.files})
        for path in paths:
            if _globs.matches(globs, path):
                status = _status.from_value(_field(root, rule, path, findings), rule.pass_values, rule.fail_values)
                if status != "unknown":
                    return status
                break
    names = [path.rpartition("/")[2] for path in paths]
    return _status.from_names(names, rule.pass_names, rule.fail_names)


def _field(root: Handle, rule: StatusRule, path: str, findings: list[Finding]) -> object:
    """The value of the field that says the status, of the original of what is compacted; None if it does not say."""
    folder, _, name = path.rpartition("/")
    handle = files.open_folder(root, folder)
    if handle is None:
        return None
    try:
        data = _content.read(handle, name, rule.source)
    except MissingArtifact:
        return None
    except InvalidArtifact as error:
        findings.append(Finding("status", path, f"its status is unknown, since it cannot be read: {error.reason}"))
        return None
    finally:
        files.close_folder(handle)
    try:
        return _status.at_pointer(_status.parse(data), rule.field)
    except InvalidArtifact:
        return None
