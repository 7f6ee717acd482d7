"""What a configuration says, as plain values, and what holds where it says nothing. Pure.

`_config.load` makes `Settings` from ``config/artifacts.yaml``; a key that the file leaves out has the value that
`DEFAULTS` has. None always means: there is no such rule, or no such limit. Bounds are checked before a value gets here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runpact_gc._model import Group, Status

__all__ = [
    "DEFAULTS",
    "Jsonl",
    "Markdown",
    "Rule",
    "Settings",
    "StatusRule",
    "rule_for",
]


class Rule(NamedTuple):
    """What is kept of a family; every part is a reason to keep, none takes another away. One with no reason keeps all.

    Attributes:
        keep: The newest so many complete runs.
        pin: Entries that are never taken, by id, unique prefix of one, or run id.
        keep_daily: The newest complete run of each of the newest so many days (UTC) that have one.
        keep_weekly: The same of weeks (ISO).
        keep_monthly: The same of months.
        keep_within_days: Complete runs not older than so many days.
        keep_status: Complete runs with one of these statuses.
        max_total_size_mb: The newest complete runs as long as they fit into so many MiB together.
    """

    keep: int | None = None
    pin: tuple[str, ...] = ()
    keep_daily: int | None = None
    keep_weekly: int | None = None
    keep_monthly: int | None = None
    keep_within_days: int | None = None
    keep_status: tuple[Status, ...] = ()
    max_total_size_mb: int | None = None


class StatusRule(NamedTuple):
    """How the status of a glob family's entry is read; first from contents, then from names.

    Attributes:
        files: Globs, project-relative: the files of an entry whose content says its status; the first by path counts.
        field: JSON pointer into the document or line; empty where contents say nothing.
        source: Where in the file: the whole JSON ``document``, or the ``first_line`` or ``last_line`` of JSONL.
        pass_values: Values of the field, as text (``true`` for the boolean), that mean pass; letter case is ignored.
        fail_values: Values that mean fail.
        pass_names: Whole words of a file's name that mean pass; letter case is ignored.
        fail_names: Words that mean fail; fail wins over pass.
    """

    files: tuple[str, ...] = ()
    field: str = ""
    source: Literal["document", "first_line", "last_line"] = "document"
    pass_values: tuple[str, ...] = ("pass", "passed", "success", "ok", "true")
    fail_values: tuple[str, ...] = ("fail", "failed", "failure", "error", "false")
    pass_names: tuple[str, ...] = ("pass", "success")
    fail_names: tuple[str, ...] = ("fail", "error")


class Jsonl(NamedTuple):
    """Compaction of JSONL.

    Attributes:
        enabled: Whether JSONL is compacted at all.
        min_size_kb: Only files larger than so many KiB.
        dict_threshold: Only values that a field has so many times or more go into the dictionary.
        preserve_schema: Always true: the first record stays readable.
    """

    enabled: bool = True
    min_size_kb: int = 50
    dict_threshold: int = 3
    preserve_schema: bool = True


class Markdown(NamedTuple):
    """Compaction of Markdown.

    Attributes:
        enabled: Whether Markdown is compacted at all.
        min_size_kb: Only files larger than so many KiB.
        remove_empty_sections: Whether sections without content go.
        canonical_headers: Whether headings get one form.
        preserve_timestamps: Whether the compacted file keeps the modification time of the original.
    """

    enabled: bool = True
    min_size_kb: int = 20
    remove_empty_sections: bool = True
    canonical_headers: bool = True
    preserve_timestamps: bool = True


class Settings(NamedTuple):
    """The effective configuration. Where trash, manifest and backup lie stands in `Places`, which `load` hands out.

    Attributes:
        retention: Rule of each family, in every layout.
        layouts: Rule for the families of a run layout that have none of their own.
        patterns: Globs of each family, project-relative, in file order; the first family that matches a file has it.
        status: How the status of a glob family is read; `StatusRule()` where there is none.
        run_id_patterns: Regular expressions, in order; each counts only where neither a letter nor a digit is next to
            what it matches.
        group_without_run_id: Of a glob family, what is an entry where a path holds no run id: ``file`` or
            ``directory``; ``file`` where there is none.
        always_keep: The protections; always all three.
        dry_run_default: Always true.
        require_confirmation: Always true.
        backup_before_delete: Always true.
        trash_retention_days: So many days stays in the trash what gc took.
        incomplete_days: So many days an incomplete run is kept.
        max_total_size_mb: Keep rule over all families: the newest complete runs as long as they fit, in MiB.
        scan_interval_hours: A manifest younger than so many hours is used as it is; 0: none is.
        checksum_algorithm: Always ``sha256``.
        extract_fields: What a scan records of an entry; ``checksum_sha256`` makes it take the digest of each file.
        parallel_workers: The most processes of a first scan, and the most threads that take digests.
        checksum_buffer_size_kb: How many KiB are read at once for a digest.
        max_files_per_scan: A scan that finds more files stops.
        jsonl: Compaction of JSONL.
        markdown: Compaction of Markdown.
    """

    retention: Mapping[str, Rule] = {}
    layouts: Mapping[str, Rule] = {}
    patterns: Mapping[str, tuple[str, ...]] = {}
    status: Mapping[str, StatusRule] = {}
    run_id_patterns: tuple[str, ...] = (
        "run[_-][0-9]{8}[_-][0-9]{6}",
        "[0-9]{8}[_-][0-9]{6}",
        "run[_-][0-9a-f]{8}",
        "[0-9a-f]{8}",
    )
    group_without_run_id: Mapping[str, Literal["file", "directory"]] = {}
    always_keep: tuple[str, ...] = ("last_pass", "pinned", "last_run")
    dry_run_default: bool = True
    require_confirmation: bool = True
    backup_before_delete: bool = True
    trash_retention_days: int = 30
    incomplete_days: int = 7
    max_total_size_mb: int | None = None
    scan_interval_hours: int = 6
    checksum_algorithm: str = "sha256"
    extract_fields: tuple[str, ...] = (
        "family",
        "timestamp",
        "pass_fail_status",
        "file_size_bytes",
        "is_pinned",
        "file_paths",
        "run_id",
        "creation_time",
        "last_modified",
    )
    parallel_workers: int = 4
    checksum_buffer_size_kb: int = 64
    max_files_per_scan: int = 1_000_000
    jsonl: Jsonl = Jsonl()
    markdown: Markdown = Markdown()


DEFAULTS = Settings()
"""What holds without a configuration: nothing has a rule, so everything is kept."""


def rule_for(settings: Settings, group: Group) -> Rule | None:
    """The rule that a family of a layout is kept by, or None: then all of it is kept."""
    return settings.retention.get(group.family, settings.layouts.get(group.layout))
