"""What a configuration may not say although its contract admits it; each fault names its key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from runpact_core.errors import ConfigurationError
from runpact_gc import _checks, _config
from runpact_gc._places import places

if TYPE_CHECKING:
    from pathlib import Path

Faults = list[tuple[str, str]]


def faults(data: dict[str, Any]) -> Faults:
    """Pointer and message of each fault, in the current folder."""
    return [(fault.pointer, fault.message) for fault in _checks.faults(data, places())]


@pytest.mark.parametrize(
    ("section", "key"),
    [("gc", "dry_run_default"), ("gc", "require_confirmation"), ("gc", "backup_before_delete")],
)
def test_safety_cannot_be_switched_off(section: str, key: str) -> None:
    """False for a safety key is refused and names it; true is what holds anyway."""
    ((pointer, message),) = faults({section: {key: False}})
    assert pointer == f"/{section}/{key}"
    assert message.startswith(f"{key} may not be false: ")
    assert faults({section: {key: True}}) == []


def test_the_first_record_stays_readable() -> None:
    """The source document says always, so false is refused."""
    ((pointer, message),) = faults({"compaction": {"jsonl": {"preserve_schema": False}}})
    assert pointer == "/compaction/jsonl/preserve_schema"
    assert message == "preserve_schema may not be false: the first record always stays readable"
    assert faults({"compaction": {"jsonl": {"preserve_schema": True, "enabled": False}}}) == []


@pytest.mark.parametrize("missing", ["last_pass", "pinned", "last_run"])
def test_no_protection_can_be_left_out(missing: str) -> None:
    """A list that lacks one of the three is refused; their order does not matter."""
    kept = [each for each in ("last_run", "pinned", "last_pass") if each != missing]
    assert faults({"gc": {"always_keep": kept}}) == [
        ("/gc/always_keep", f"always_keep lacks {missing}, which always holds")
    ]
    assert faults({"gc": {"always_keep": [*kept, missing]}}) == []
    assert faults({"gc": {"always_keep": []}})[0][1].startswith("always_keep lacks last_pass, pinned, last_run")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("/abs", "is absolute"),
        ("C:/abs", "is absolute"),
        ("..", "has a part .."),
        ("a/../../b", "has a part .."),
        ("a\\b", "has a backslash"),
        ("a\nb", "has a character that cannot be seen"),
        ("a\u202eb", "has a character that cannot be seen"),
    ],
)
@pytest.mark.parametrize(
    ("section", "key"), [("gc", "trash_dir"), ("manifest", "file"), ("manifest", "backup_file"), ("patterns", "bench")]
)
def test_nothing_leaves_the_project(section: str, key: str, text: str, why: str) -> None:
    """Paths and globs that could lead elsewhere are refused."""
    value = [text] if section == "patterns" else text
    ((pointer, message),) = faults({section: {key: value}})
    assert pointer == f"/{section}/{key}" + ("/0" if section == "patterns" else "")
    assert message.startswith(f"{text!a} {why}; ")


@pytest.mark.parametrize(
    ("section", "key", "text", "why"),
    [
        ("gc", "trash_dir", ".", "is the project, or holds it"),
        ("gc", "trash_dir", "./artifacts", "is the store, or holds it"),
        ("gc", "trash_dir", "Artifacts/", "is the store, or holds it"),
        ("gc", "trash_dir", "config", "is the configuration, or holds it"),
        ("gc", "trash_dir", "artifacts/.pins.json", "is the pins, or holds it"),
        ("gc", "trash_dir", "artifacts/.lock", "is the lock of the store, or holds it"),
        ("gc", "trash_dir", "reports", "is the folder of recorded runs, or holds it"),
        ("gc", "trash_dir", "reports/runs/.trash", "lies in the folder of recorded runs"),
        ("gc", "trash_dir", "dash/runs/x", "lies in the folder of reported runs"),
        ("gc", "trash_dir", "artifacts/.manifest.json", "is manifest.file, or holds it"),
        ("manifest", "file", "artifacts/.manifest.backup.json", "is manifest.backup_file, or holds it"),
        ("manifest", "file", "artifacts/.Trash/m.json", "lies in gc.trash_dir"),
        ("manifest", "backup_file", "artifacts/.trash", "is gc.trash_dir, or holds it"),
        ("manifest", "backup_file", "config/artifacts.yaml", "is the configuration, or holds it"),
    ],
)
def test_each_path_has_its_own_place(section: str, key: str, text: str, why: str) -> None:
    """Trash, manifest and backup meet neither each other nor anything else, in any letter case."""
    assert faults({section: {key: text}}) == [(f"/{section}/{key}", f"{text!a} {why}")]


def test_places_move_where_the_configuration_wants_them(project: Path) -> None:
    """Paths start at the project; what begins with the store's usual name lies in the store, wherever that is."""
    (project / "config").mkdir()
    text = "gc: {trash_dir: ./artifacts/.trash}\nmanifest: {file: var/m.json, backup_file: ./artifacts/b.json}\n"
    (project / "config" / "artifacts.yaml").write_text(text)
    moved = _config.load(places(store="elsewhere")).places
    assert (moved.trash, moved.manifest) == (project / "elsewhere" / ".trash", project / "var" / "m.json")
    assert moved.backup == project / "elsewhere" / "b.json"
    usual = _config.load(places()).places
    assert (usual.trash, usual.manifest) == (project / "artifacts" / ".trash", project / "var" / "m.json")
    assert usual.pins == project / "artifacts" / ".pins.json"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("(", "is no regular expression: missing )"),
        ("a{99999999999}", "is no regular expression: "),
        ("[[a]", "is no regular expression: "),
        ("x*", "also matches nothing at all"),
    ],
)
def test_a_pattern_of_run_ids_finds_something(text: str, said: str) -> None:
    """What is no regular expression, or finds nothing everywhere, is refused."""
    ((pointer, message),) = faults({"run_id_patterns": ["ok[0-9]", text]})
    assert pointer == "/run_id_patterns/1"
    assert message.startswith(f"{text!a} {said}")


@pytest.mark.parametrize("section", ["group_without_run_id", "status"])
def test_a_family_must_have_patterns(section: str) -> None:
    """A mistyped family names the nearest; so it cannot go without effect."""
    rule: Any = "file" if section == "group_without_run_id" else {}
    data = {"patterns": {"bench": ["b/*"]}, section: {"bnech": rule, "zzz": rule, "bench": rule}}
    assert faults(data) == [
        (f"/{section}/bnech", "patterns has no family bnech (did you mean bench?)"),
        (f"/{section}/zzz", "patterns has no family zzz"),
    ]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"files": ["b/*.json"], "field": "/a~1b/0"}, []),
        ({"pass_names": ["green"]}, []),
        ({"files": ["b/*.json"]}, [("files", "files has no effect without field")]),
        ({"field": "/a"}, [("field", "field has no effect without files")]),
        (
            {"pass_values": ["ok"]},
            [
                ("pass_values", "pass_values has no effect without files"),
                ("pass_values", "pass_values has no effect without field"),
            ],
        ),
        (
            {"files": ["b/*"], "field": "verdict"},
            [("field", "'verdict' is no JSON pointer, such as /summary/verdict")],
        ),
        ({"files": ["b/*"], "field": "/a~2"}, [("field", "'/a~2' is no JSON pointer, such as /summary/verdict")]),
        (
            {"files": ["../b"], "field": "/a"},
            [("files/0", "'../b' has a part ..; globs match paths from the project")],
        ),
    ],
)
def test_a_status_rule_reads_something(rule: dict[str, Any], expected: Faults) -> None:
    """Where content is read there are files and a field that is a pointer; no key of the rule is idle."""
    found = faults({"patterns": {"bench": ["b/*"]}, "status": {"bench": rule}})
    assert found == [(f"/status/bench/{key}", message) for key, message in expected]


def test_a_fault_says_file_and_line(project: Path) -> None:
    """As what the contract refuses does; the others are counted."""
    (project / "config").mkdir()
    text = "gc:\n  incomplete_days: 7\n  dry_run_default: false\n  trash_dir: /tmp/x\n"
    (project / "config" / "artifacts.yaml").write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        _config.load(places())
    said = "/gc/dry_run_default: dry_run_default may not be false: a plan is always shown first; --apply carries it out"
    assert str(caught.value) == f"config/artifacts.yaml: {said} [safety] (line 3) (and 1 more)"
