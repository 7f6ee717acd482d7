"""Every key of the configuration stands in the table of the docs, and is carried into the settings."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import documents
from runpact_gc import _effective
from runpact_gc._places import places
from runpact_gc._settings import DEFAULTS, Jsonl, Markdown, Rule, Settings, StatusRule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads(documents.schema(documents.find_contract("artifacts_config@1.0")[0]))
ROWS = {
    row[0].strip("` "): [cell.strip() for cell in row[1:]]
    for row in re.findall(
        r"^\| (`[^|]*`) \|([^|]*)\|([^|]*)\|([^|]*)\|$",
        (ROOT / "docs" / "retention-keys.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
}
RULES = Rule(
    keep=3,
    pin=("a1b2c3d4",),
    keep_daily=4,
    keep_weekly=5,
    keep_monthly=6,
    keep_within_days=7,
    keep_status=("fail", "unknown"),
    max_total_size_mb=8,
)
STATUS = StatusRule(("b/*.jsonl",), "/v", "last_line", ("ok",), ("bad",), ("green",), ("red",))
CARRIED: dict[str, tuple[Any, Settings]] = {
    **{
        f"retention.<family>.{key}": (value, DEFAULTS._replace(retention={"x": Rule(**{key: value})}))
        for key, value in RULES._asdict().items()
    },
    "layouts.dash": ({"keep": 2}, DEFAULTS._replace(layouts={"dash": Rule(keep=2)})),
    "layouts.runs": ({"keep_within_days": 2}, DEFAULTS._replace(layouts={"runs": Rule(keep_within_days=2)})),
    "gc.dry_run_default": (True, DEFAULTS),
    "gc.require_confirmation": (True, DEFAULTS),
    "gc.backup_before_delete": (True, DEFAULTS),
    "gc.always_keep": (
        ("pinned", "last_run", "last_pass"),
        DEFAULTS._replace(always_keep=("pinned", "last_run", "last_pass")),
    ),
    "gc.trash_retention_days": (9, DEFAULTS._replace(trash_retention_days=9)),
    "gc.incomplete_days": (9, DEFAULTS._replace(incomplete_days=9)),
    "gc.max_total_size_mb": (9, DEFAULTS._replace(max_total_size_mb=9)),
    "manifest.scan_interval_hours": (0, DEFAULTS._replace(scan_interval_hours=0)),
    "manifest.checksum_algorithm": ("sha256", DEFAULTS),
    "patterns.<family>": (("./a/*", "b/*"), DEFAULTS._replace(patterns={"x": ("a/*", "b/*")})),
    "run_id_patterns": (("r[0-9]",), DEFAULTS._replace(run_id_patterns=("r[0-9]",))),
    "group_without_run_id.<family>": ("directory", DEFAULTS._replace(group_without_run_id={"x": "directory"})),
    **{
        f"status.<family>.{key}": (value, DEFAULTS._replace(status={"x": StatusRule()._replace(**{key: value})}))
        for key, value in STATUS._asdict().items()
    },
    "compaction.jsonl.enabled": (False, DEFAULTS._replace(jsonl=Jsonl(enabled=False))),
    "compaction.jsonl.min_size_kb": (0, DEFAULTS._replace(jsonl=Jsonl(min_size_kb=0))),
    "compaction.jsonl.dict_threshold": (5, DEFAULTS._replace(jsonl=Jsonl(dict_threshold=5))),
    "compaction.jsonl.preserve_schema": (True, DEFAULTS),
    "compaction.markdown.enabled": (False, DEFAULTS._replace(markdown=Markdown(enabled=False))),
    "compaction.markdown.min_size_kb": (0, DEFAULTS._replace(markdown=Markdown(min_size_kb=0))),
    **{
        f"compaction.markdown.{key}": (False, DEFAULTS._replace(markdown=Markdown()._replace(**{key: False})))
        for key in ("remove_empty_sections", "canonical_headers", "preserve_timestamps")
    },
    "indexing.extract_fields": (("family",), DEFAULTS._replace(extract_fields=("family",))),
    "indexing.parallel_workers": (2, DEFAULTS._replace(parallel_workers=2)),
    "indexing.checksum_buffer_size_kb": (2, DEFAULTS._replace(checksum_buffer_size_kb=2)),
    "indexing.max_files_per_scan": (2, DEFAULTS._replace(max_files_per_scan=2)),
}
"""A value of each key but the three paths, and the settings that it makes."""


def resolved(node: Mapping[str, Any]) -> dict[str, Any]:
    """A schema with what it refers to."""
    name = node.get("$ref", "").rpartition("/")[2]
    return {**(SCHEMA["$defs"][name] if name else {}), **node}


def keys(node: Mapping[str, Any], at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Each key with its sections before it, and its schema; a rule of a layout is one key."""
    for name, each in node.get("properties", {}).items():
        schema = resolved(each)
        inner = schema.get("additionalProperties")
        if isinstance(inner, dict):
            family = resolved(inner)
            found = list(keys(family, f"{at}{name}.<family>."))
            yield from found or [(f"{at}{name}.<family>", family)]
        elif schema["type"] == "object" and at != "layouts.":
            yield from keys(schema, f"{at}{name}.")
        else:
            yield f"{at}{name}", schema


KEYS = dict(keys(SCHEMA))


def test_the_table_names_every_key_and_no_other() -> None:
    """What each does is said."""
    assert len(KEYS) == 45
    assert sorted(ROWS) == sorted(KEYS)
    assert all(len(what) > 10 for what, _, _ in ROWS.values())


@pytest.mark.parametrize("key", [key for key, schema in KEYS.items() if schema["type"] == "integer"])
def test_the_table_says_the_bounds(key: str) -> None:
    """Of a number they are those of the contract."""
    assert ROWS[key][2] == f"{KEYS[key]['minimum']} to {KEYS[key]['maximum']}"


def test_the_table_says_the_defaults() -> None:
    """Of a number, a switch, a word or a path it is the value that holds without a file."""
    whole = _effective.document(DEFAULTS, {})
    shown = {key: json.loads(value) for key, value, _ in _effective.rows(whole, {})}
    single = {key: value for key, value in shown.items() if isinstance(value, bool | int | str)}
    assert len(single) == 22
    for key, value in single.items():
        assert ROWS[key][1].strip("`") == (value if isinstance(value, str) else json.dumps(value)), key
    assert ROWS["status.<family>.source"][1] == f"`{StatusRule().source}`"
    for key in ("pass_values", "fail_values", "pass_names", "fail_names"):
        assert ROWS[f"status.<family>.{key}"][1] == ", ".join(f"`{word}`" for word in getattr(StatusRule(), key))


def test_every_key_is_tested() -> None:
    """Each is carried by a test below, the three paths by the one after it."""
    assert CARRIED.keys() | {".".join(path) for path in _effective.PATHS} == KEYS.keys()


@pytest.mark.parametrize("key", CARRIED)
def test_a_key_is_carried(key: str) -> None:
    """The value that a file says is the one of the settings, and nothing else differs from the defaults."""
    value, expected = CARRIED[key]
    data: Any = list(value) if isinstance(value, tuple) else value
    for part in reversed(key.replace("<family>", "x").split(".")):
        data = {part: data}
    assert documents.validate("artifacts_config", data, strict=True) == []
    assert _effective.settings(data) == expected
    assert _effective.located(places(), data) == places()


@pytest.mark.parametrize(
    ("path", "part"), list(zip(_effective.PATHS, ("trash", "manifest", "backup"), strict=True)), ids=str
)
def test_a_path_is_carried(path: tuple[str, str], part: str, project: Path) -> None:
    """It moves its place and no other; its default is where things lie without it."""
    section, key = path
    moved = _effective.located(places(), {section: {key: "var/x"}})
    assert getattr(moved, part) == project / "var" / "x"
    assert moved == places()._replace(**{f"{part}_at": project / "var" / "x"})
    assert _effective.location(places(), _effective.PATHS[path]) == getattr(places(), part)
