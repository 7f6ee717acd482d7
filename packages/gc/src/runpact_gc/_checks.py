"""What a configuration may not say although its contract admits it: safety off, paths elsewhere, idle words.

A fault is a JSON pointer, the id of the rule that is broken, and a sentence for people. Pure.
"""

from __future__ import annotations

import re
import warnings
from difflib import get_close_matches
from pathlib import PurePath, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_gc._backtracking import is_hazardous
from runpact_gc._effective import PATHS, located, location
from runpact_gc._settings import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runpact_gc._places import Places

__all__ = ["Fault", "faults"]

_SAFETY = {
    "/gc/dry_run_default": "a plan is always shown first; --apply carries it out",
    "/gc/require_confirmation": "a plan is always confirmed; --force answers for you",
    "/gc/backup_before_delete": "the manifest is always backed up first",
    "/compaction/jsonl/preserve_schema": "the first record always stays readable",
}
_POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)+")
_OF_RUNS = ("the folder of recorded runs", "the folder of reported runs")


class Fault(NamedTuple):
    """One thing that a configuration may not say."""

    pointer: str
    rule: str
    message: str


def faults(data: Mapping[str, Any], places: Places) -> list[Fault]:
    """Everything that a document of the contract may still not say, by kind."""
    return [*_safety(data), *_globs(data), *_run_ids(data), *_families(data), *_statuses(data), *_paths(data, places)]


def _safety(data: Mapping[str, Any]) -> Iterator[Fault]:
    for pointer, why in _SAFETY.items():
        value: Any = data
        for part in pointer.split("/")[1:]:
            value = value.get(part, {})
        if value is False:
            yield Fault(pointer, "safety", f"{pointer.rpartition('/')[2]} may not be false: {why}")
    kept = data.get("gc", {}).get("always_keep", DEFAULTS.always_keep)
    missing = [each for each in DEFAULTS.always_keep if each not in kept]
    if missing:
        yield Fault("/gc/always_keep", "safety", f"always_keep lacks {', '.join(missing)}, which always holds")


def _globs(data: Mapping[str, Any]) -> Iterator[Fault]:
    lists = {f"/patterns/{family}": globs for family, globs in data.get("patterns", {}).items()}
    lists |= {f"/status/{family}/files": rule.get("files", []) for family, rule in data.get("status", {}).items()}
    for pointer, globs in lists.items():
        for index, glob in enumerate(globs):
            if why := _leaves(glob):
                yield Fault(f"{pointer}/{index}", "glob", f"{glob!a} {why}; globs match paths from the project")


def _run_ids(data: Mapping[str, Any]) -> Iterator[Fault]:
    for index, text in enumerate(data.get("run_id_patterns", [])):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # what a later Python reads otherwise
                compiled = re.compile(text)
                slow = is_hazardous(text)
        except (re.error, OverflowError, RecursionError, Warning) as error:
            yield Fault(f"/run_id_patterns/{index}", "pattern", f"{text!a} is no regular expression: {error}")
        else:
            if slow:
                why = "repeats what itself repeats or chooses, which can take for ever"
                yield Fault(f"/run_id_patterns/{index}", "pattern", f"{text!a} {why}; say it without")
            elif compiled.fullmatch(""):
                yield Fault(f"/run_id_patterns/{index}", "pattern", f"{text!a} also matches nothing at all")


def _families(data: Mapping[str, Any]) -> Iterator[Fault]:
    known = list(data.get("patterns", {}))
    for section in ("group_without_run_id", "status"):
        for family in data.get(section, {}):
            if family not in known:
                close = get_close_matches(family, known, n=1)
                hint = f" (did you mean {close[0]}?)" if close else ""
                yield Fault(f"/{section}/{family}", "family", f"patterns has no family {family}{hint}")


def _statuses(data: Mapping[str, Any]) -> Iterator[Fault]:
    for family, rule in data.get("status", {}).items():
        at = f"/status/{family}"
        if not _POINTER.fullmatch(rule.get("field", "/")):
            yield Fault(f"{at}/field", "pointer", f"{rule['field']!a} is no JSON pointer, such as /summary/verdict")
        reads = [key for key in ("files", "field", "source", "pass_values", "fail_values") if key in rule]
        for missing in [key for key in ("files", "field") if reads and not rule.get(key)]:
            yield Fault(f"{at}/{reads[0]}", "status", f"{reads[0]} has no effect without {missing}")


def _paths(data: Mapping[str, Any], places: Places) -> Iterator[Fault]:
    given = {f"/{section}/{key}": data[section][key] for section, key in PATHS if key in data.get(section, {})}
    astray = {at: why for at, text in given.items() if (why := _leaves(text))}
    yield from (Fault(at, "path", f"{given[at]!a} {why}; paths start at the project") for at, why in astray.items())
    if astray:
        return
    set_ = located(places, data)
    named = dict(
        zip((f"/{section}/{key}" for section, key in PATHS), (set_.trash, set_.manifest, set_.backup), strict=True)
    )
    for at, text in given.items():
        others = {other[1:].replace("/", "."): path for other, path in named.items() if other != at}
        if clash := _clash(location(places, text), others, places):
            yield Fault(at, "path", f"{text!a} {clash}")


def _clash(path: PurePath, others: Mapping[str, PurePath], places: Places) -> str | None:
    """What is wrong with where a path lies, beside what has its place."""
    taken = {
        "the project": places.project,
        "the store": places.store,
        "the configuration": places.config,
        "the pins": places.pins,
        "the lock of the store": places.lock,
        _OF_RUNS[0]: places.runs,
        _OF_RUNS[1]: places.dash / "runs",
        **others,
    }
    for what, other in taken.items():
        if _holds(path, other):
            return f"is {what}, or holds it"
        if what in (*_OF_RUNS, "gc.trash_dir") and _holds(other, path):
            return f"lies in {what}"
    return None


def _holds(outer: PurePath, inner: PurePath) -> bool:
    """Whether a path is another, or a folder around it; also where letter case makes no difference."""
    wanted = PurePath(str(outer).casefold())
    return PurePath(str(inner).casefold()).is_relative_to(wanted)


def _leaves(text: str) -> str | None:
    """How a path or glob could lead out of the project, or nowhere."""
    if not text.isprintable():
        return "has a character that cannot be seen"
    if "\\" in text:
        return "has a backslash"
    if text.startswith("/") or re.match(r"[A-Za-z]:", text):
        return "is absolute"
    if ".." in PurePosixPath(text).parts:
        return "has a part .."
    return None
