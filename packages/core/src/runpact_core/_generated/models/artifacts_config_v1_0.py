# Generated from contracts/artifacts_config.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of artifacts_config 1.0."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt, StrictStr
from runpact_core._record import Record


class RetentionRule(Record):
    """
    What is kept; every key adds a reason to keep, and none takes another away.
    """

    keep: Annotated[StrictInt | None, Field(ge=1, le=100000)] = None
    """
    How many of the newest complete runs are kept.
    """
    pin: Annotated[list[StrictStr] | None, Field(max_length=10000)] = None
    """
    Ids of entries, beginnings of such ids, or run ids, that are never taken.
    """
    keep_daily: Annotated[StrictInt | None, Field(ge=1, le=100000)] = None
    """
    The newest complete run of each of the newest so many days that have one, in UTC.
    """
    keep_weekly: Annotated[StrictInt | None, Field(ge=1, le=100000)] = None
    """
    The newest complete run of each of the newest so many ISO weeks that have one.
    """
    keep_monthly: Annotated[StrictInt | None, Field(ge=1, le=100000)] = None
    """
    The newest complete run of each of the newest so many months that have one.
    """
    keep_within_days: Annotated[StrictInt | None, Field(ge=1, le=36500)] = None
    """
    Complete runs that are not older than so many days are kept.
    """
    keep_status: Annotated[list[Literal["pass", "fail", "partial", "unknown"]] | None, Field(max_length=4)] = None
    """
    Complete runs that ended so are kept, however many there are.
    """
    max_total_size_mb: Annotated[StrictInt | None, Field(ge=1, le=1000000000)] = None
    """
    The newest complete runs are kept as long as they fit into so many MiB together.
    """


class GcSettings(Record):
    """
    What gc may do, and what it keeps before it is gone for good.
    """

    dry_run_default: StrictBool | None = None
    """
    Whether gc only shows its plan unless it is told to apply it; always true.
    """
    require_confirmation: StrictBool | None = None
    """
    Whether gc asks before it applies a plan, unless it is forced; always true.
    """
    backup_before_delete: StrictBool | None = None
    """
    Whether the manifest is backed up before anything is moved; always true.
    """
    always_keep: Annotated[list[Literal["last_pass", "pinned", "last_run"]] | None, Field(max_length=10)] = None
    """
    What no rule takes away; always all three, so that a shorter list is refused.
    """
    trash_dir: Annotated[StrictStr | None, Field(max_length=500, min_length=1)] = None
    """
    The folder that gc moves into, from the project; what begins with `artifacts/` lies in the store.
    """
    trash_retention_days: Annotated[StrictInt | None, Field(ge=1, le=36500)] = None
    """
    How many days what gc moved stays in the trash before a plan purges it.
    """
    incomplete_days: Annotated[StrictInt | None, Field(ge=1, le=36500)] = None
    """
    How many days an incomplete run is kept after it last changed.
    """
    max_total_size_mb: Annotated[StrictInt | None, Field(ge=1, le=1000000000)] = None
    """
    Over all families with a rule, the newest complete runs are kept as long as they fit into so many MiB together.
    """


class ManifestSettings(Record):
    """
    The cache of what a scan found.
    """

    file: Annotated[StrictStr | None, Field(max_length=500, min_length=1)] = None
    """
    The manifest, from the project; what begins with `artifacts/` lies in the store.
    """
    backup_file: Annotated[StrictStr | None, Field(max_length=500, min_length=1)] = None
    """
    The manifest before its newest change, from the project; `artifacts/` is the store.
    """
    scan_interval_hours: Annotated[StrictInt | None, Field(ge=0, le=87600)] = None
    """
    A manifest younger than so many hours is used as it is; with 0 every command scans.
    """
    checksum_algorithm: Literal["sha256"] | None = None
    """
    How digests of files are made.
    """


class StatusRule(Record):
    """
    How the status of one entry is read: by a field in one of its files, else by words in the names of its files.
    """

    files: Annotated[list[StrictStr] | None, Field(max_length=1000)] = None
    """
    The files whose content says it; of an entry the first by path counts.
    """
    field: Annotated[StrictStr | None, Field(max_length=500, min_length=1)] = None
    """
    JSON pointer to the value, from the root of the document or line.
    """
    source: Literal["document", "first_line", "last_line"] | None = None
    """
    Where in a file its status stands; in the whole of a JSON document, or in one line of JSONL.
    """
    pass_values: Annotated[list[StrictStr] | None, Field(max_length=100)] = None
    """
    Values of the field that mean pass; a boolean is written `true` or `false`.
    """
    fail_values: Annotated[list[StrictStr] | None, Field(max_length=100)] = None
    """
    Values of the field that mean fail.
    """
    pass_names: Annotated[list[StrictStr] | None, Field(max_length=100)] = None
    """
    Whole words in the name of a file that mean pass.
    """
    fail_names: Annotated[list[StrictStr] | None, Field(max_length=100)] = None
    """
    Whole words in the name of a file that mean fail; fail wins over pass.
    """


class JsonlSettings(Record):
    """
    Compaction of JSONL by dictionaries.
    """

    enabled: StrictBool | None = None
    """
    Whether JSONL is compacted.
    """
    min_size_kb: Annotated[StrictInt | None, Field(ge=0, le=1000000000)] = None
    """
    Only files larger than so many KiB are compacted.
    """
    dict_threshold: Annotated[StrictInt | None, Field(ge=2, le=1000000)] = None
    """
    A value goes into the dictionary where a field has it so many times or more.
    """
    preserve_schema: StrictBool | None = None
    """
    Whether the first record stays readable as it is; always true.
    """


class MarkdownSettings(Record):
    """
    Compaction of Markdown.
    """

    enabled: StrictBool | None = None
    """
    Whether Markdown is compacted.
    """
    min_size_kb: Annotated[StrictInt | None, Field(ge=0, le=1000000000)] = None
    """
    Only files larger than so many KiB are compacted.
    """
    remove_empty_sections: StrictBool | None = None
    """
    Whether sections without content go.
    """
    canonical_headers: StrictBool | None = None
    """
    Whether headings get one form.
    """
    preserve_timestamps: StrictBool | None = None
    """
    Whether a compacted file keeps the modification time that it had.
    """


class IndexingSettings(Record):
    """
    How a scan goes about its work.
    """

    extract_fields: Annotated[
        list[Literal["family", "timestamp", "pass_fail_status", "file_size_bytes", "checksum_sha256", "is_pinned", "file_paths", "run_id", "creation_time", "last_modified"]] | None,
        Field(max_length=20),
    ] = None
    """
    What a scan records of an entry. With `checksum_sha256` it takes the digest of every file; what decisions need is recorded in any case.
    """
    parallel_workers: Annotated[StrictInt | None, Field(ge=1, le=256)] = None
    """
    The most processes of a first scan, and the most threads that take digests; never more than there are cores.
    """
    checksum_buffer_size_kb: Annotated[StrictInt | None, Field(ge=1, le=65536)] = None
    """
    How many KiB of a file are read at once for its digest.
    """
    max_files_per_scan: Annotated[StrictInt | None, Field(ge=1, le=1000000000)] = None
    """
    A scan that finds more files than this stops, and leaves the manifest as it was.
    """


class LayoutRules(Record):
    """
    A rule for each layout of runs.
    """

    dash: RetentionRule | None = None
    """
    For each product below `dash/runs`.
    """
    runs: RetentionRule | None = None
    """
    For each pipeline below `reports/runs`.
    """


class CompactionSettings(Record):
    """
    What is compacted, and how.
    """

    jsonl: JsonlSettings | None = None
    markdown: MarkdownSettings | None = None


class ArtifactsConfig(Record):
    """
    What is kept of artifacts and for how long, where they are found, and how they are compacted. Kept by people; every key may be left out.
    """

    retention: (
        dict[
            Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]*$", max_length=100, strict=True)], RetentionRule
        ]
        | None
    ) = None
    """
    What is kept of each family, whichever layout it comes from.
    """
    layouts: LayoutRules | None = None
    """
    What is kept of families that have no rule of their own, by the layout they come from.
    """
    gc: GcSettings | None = None
    manifest: ManifestSettings | None = None
    patterns: (
        dict[
            Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]*$", max_length=100, strict=True)],
            list[StrictStr],
        ]
        | None
    ) = None
    """
    Which files belong to which family; the first family in file order that matches a file has it.
    """
    run_id_patterns: Annotated[list[StrictStr] | None, Field(max_length=100)] = None
    """
    Regular expressions that find a run id in the path of a file, tried in order; each counts only where neither a letter nor a digit is next to what it matches.
    """
    group_without_run_id: (
        dict[
            Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]*$", max_length=100, strict=True)],
            Literal["file", "directory"],
        ]
        | None
    ) = None
    """
    Of a family by patterns, what makes an entry where paths hold no run id.
    """
    status: (
        dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]*$", max_length=100, strict=True)], StatusRule]
        | None
    ) = None
    """
    How the status of a family by patterns is read.
    """
    compaction: CompactionSettings | None = None
    indexing: IndexingSettings | None = None
