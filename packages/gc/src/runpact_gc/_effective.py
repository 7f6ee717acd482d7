"""From what a configuration says to `Settings` and back, and to the places that it names. Pure.

A key has one name in the document and in `Settings`, so it is carried over by name; what is left out has its default.
"""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from runpact_gc._settings import DEFAULTS, Jsonl, Markdown, Rule, Settings, StatusRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from runpact_gc._places import Places

__all__ = ["PATHS", "document", "located", "location", "rows", "settings"]

PATHS = {
    ("gc", "trash_dir"): "artifacts/.trash",
    ("manifest", "file"): "artifacts/.manifest.json",
    ("manifest", "backup_file"): "artifacts/.manifest.backup.json",
}
"""Section, key and default of each path, from the project; ``artifacts/`` is the store."""

_SECTIONS = {
    "gc": (
        "dry_run_default",
        "require_confirmation",
        "backup_before_delete",
        "always_keep",
        "trash_retention_days",
        "incomplete_days",
        "max_total_size_mb",
    ),
    "manifest": ("scan_interval_hours", "checksum_algorithm"),
    "indexing": ("extract_fields", "parallel_workers", "checksum_buffer_size_kb", "max_files_per_scan"),
}
_TOP = ("run_id_patterns", "group_without_run_id")


def settings(data: Mapping[str, Any]) -> Settings:
    """What a document that holds says, and the defaults for the rest."""
    made: dict[str, Any] = {key: _frozen(data[key]) for key in _TOP if key in data}
    for section, keys in _SECTIONS.items():
        given = data.get(section, {})
        made |= {key: _frozen(given[key]) for key in keys if key in given}
    compaction = data.get("compaction", {})
    return DEFAULTS._replace(
        retention=_each(Rule, data.get("retention", {})),
        layouts=_each(Rule, data.get("layouts", {})),
        patterns={family: _globs(globs) for family, globs in data.get("patterns", {}).items()},
        status=_each(_status, data.get("status", {})),
        jsonl=Jsonl(**compaction.get("jsonl", {})),
        markdown=Markdown(**compaction.get("markdown", {})),
        **made,
    )


def document(effective: Settings, data: Mapping[str, Any]) -> dict[str, Any]:
    """The whole configuration as a document of its contract: nothing that has a value is left out.

    Args:
        effective: What holds.
        data: What the file says, for its paths.
    """
    made: dict[str, Any] = {key: _thawed(getattr(effective, key)) for key in _TOP}
    for section, keys in _SECTIONS.items():
        values = {key: _thawed(getattr(effective, key)) for key in keys}
        made[section] = {key: value for key, value in values.items() if value is not None}
    for (section, key), usual in PATHS.items():
        made[section][key] = data.get(section, {}).get(key, usual)
    made |= {
        key: {name: _parts(rule) for name, rule in getattr(effective, key).items()} for key in ("retention", "layouts")
    }
    made["patterns"] = {family: list(globs) for family, globs in effective.patterns.items()}
    made["status"] = {family: _spoken(rule) for family, rule in effective.status.items()}
    made["compaction"] = {"jsonl": _parts(effective.jsonl), "markdown": _parts(effective.markdown)}
    return made


def rows(whole: Mapping[str, Any], data: Mapping[str, Any], at: str = "") -> Iterator[tuple[str, str, bool]]:
    """Each key of a document with its sections before it, its value as JSON, and whether the file says it."""
    for key, value in whole.items():
        given = data.get(key, {})
        if isinstance(value, dict) and value:
            yield from rows(value, given, f"{at}{key}.")
        else:
            yield f"{at}{key}", json.dumps(value, ensure_ascii=False), key in data


def located(places: Places, data: Mapping[str, Any]) -> Places:
    """The places, with trash, manifest and backup where the document wants them."""
    trash, manifest, backup = (data.get(section, {}).get(key) for section, key in PATHS)
    return places._replace(
        trash_at=location(places, trash) if trash else None,
        manifest_at=location(places, manifest) if manifest else None,
        backup_at=location(places, backup) if backup else None,
    )


def location(places: Places, text: str) -> Path:
    """Where a path of the configuration leads: from the project, but ``artifacts`` is the store, wherever that is."""
    first, *rest = PurePosixPath(text).parts or (".",)
    return places.store.joinpath(*rest) if first == "artifacts" else places.project.joinpath(first, *rest)


def _each(make: Any, given: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {name: make(**{key: _frozen(value) for key, value in rule.items()}) for name, rule in given.items()}


def _status(files: Iterable[str] = (), **rest: Any) -> StatusRule:
    return StatusRule(_globs(files), **rest)


def _globs(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(glob.removeprefix("./") for glob in given)


def _parts(rule: Any) -> dict[str, Any]:
    """The parts of a tuple that say something; an empty list says nothing where it is the default."""
    silent = {key for key, usual in rule._field_defaults.items() if getattr(rule, key) == usual in (None, "", ())}
    return {key: _thawed(value) for key, value in rule._asdict().items() if key not in silent}


def _spoken(rule: StatusRule) -> dict[str, Any]:
    """The parts of a status rule that have an effect: without files no content is read."""
    return {key: value for key, value in _parts(rule).items() if rule.files or key in ("pass_names", "fail_names")}


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _thawed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
