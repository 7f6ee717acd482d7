# Generated from contracts/runner_status_ingest_log.v1.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of runner_status_ingest_log 1."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StrictBool, StrictInt, StrictStr
from runpact_core._record import Record, Time


class IngestedRegistry(Record):
    """
    The registry, exactly.
    """

    path: Annotated[StrictStr, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")]
    """
    Its path, from the project where it is in there.
    """
    sha256: Annotated[StrictStr, Field(max_length=64, pattern="^[A-Fa-f0-9]{64}$")]
    """
    Digest of its bytes.
    """
    stated_version: Annotated[StrictInt, Field(ge=0, le=100000)]
    """
    Version of its contract that it states.
    """


class PinnedSchema(Record):
    """
    One contract version that judged reports.
    """

    schema_id: Annotated[StrictStr, Field(max_length=100, pattern="^[a-z][a-z0-9_]*$")]
    """
    Name of the contract.
    """
    schema_revision: Annotated[
        StrictStr, Field(max_length=13, pattern="^(0|[1-9][0-9]{0,5})([.](0|[1-9][0-9]{0,5}))?$")
    ]
    """
    Its version.
    """
    sha256: Annotated[StrictStr, Field(max_length=64, pattern="^[A-Fa-f0-9]{64}$")]
    """
    Digest of the schema that judged.
    """
    path: Annotated[StrictStr | None, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")] = None
    """
    Where the catalog says that the contract is written down.
    """
    status: Annotated[StrictStr | None, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")] = None
    """
    What the catalog says of the contract version.
    """


class SchemaPin(Record):
    """
    Which schemas judged, exactly.
    """

    source: Literal["catalog", "built_in"]
    """
    Who says which schemas judge: `catalog`, a catalog that was given; `built_in`, this release of Runpact.
    """
    path: Annotated[StrictStr | None, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")] = None
    """
    Path of the catalog, from the project where it is in there.
    """
    sha256: Annotated[StrictStr | None, Field(max_length=64, pattern="^[A-Fa-f0-9]{64}$")] = None
    """
    Digest of the catalog's bytes.
    """
    schemas: list[PinnedSchema]
    """
    The contract versions that judged.
    """


class IngestSettings(Record):
    """
    What the ingest was told, or did by default.
    """

    max_age_hours: Annotated[StrictInt, Field(ge=0, le=87600)]
    """
    Hours after which a report is stale where the registry does not say.
    """
    enforce: StrictBool
    """
    Whether a blocking failure fails the ingest.
    """
    enforce_freshness: StrictBool
    """
    Whether a governance failure fails the ingest.
    """
    allow_private: StrictBool
    """
    Whether sources may have addresses that are not public.
    """
    require_digest: StrictBool | None = None
    """
    Whether a report is refused whose source says no digest of it.
    """
    concurrency: Annotated[StrictInt | None, Field(ge=1, le=100000)] = None
    """
    How many sources were asked at once, at most.
    """
    connect_timeout_ms: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    Time for one connection, in milliseconds.
    """
    read_timeout_ms: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    Longest silence of a source, in milliseconds.
    """
    total_timeout_ms: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    Time for one source, everything included, in milliseconds.
    """
    attempts: Annotated[StrictInt | None, Field(ge=1, le=1000)] = None
    """
    How often one request is made, at most.
    """
    max_redirects: Annotated[StrictInt | None, Field(ge=0, le=1000)] = None
    """
    How many redirects are followed, at most.
    """
    max_bytes: Annotated[StrictInt | None, Field(ge=1, le=9007199254740991)] = None
    """
    Size of the largest answer that is read, in bytes.
    """


class OutcomeCounts(Record):
    """
    How many entries have each outcome.
    """

    accepted: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of accepted reports.
    """
    refused: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of reports that were not accepted.
    """
    failed: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of sources that gave no report.
    """
    not_asked: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of runners whose source was not asked.
    """


class IngestSource(Record):
    """
    Where the report was looked for, without credentials.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    kind: Literal["release_asset", "file", "folder"]
    """
    Where the report was looked for: `release_asset`, the newest release; `file`, a `file:` URL; `folder`, a folder.
    """
    url: Annotated[StrictStr, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")]
    """
    Where it was looked for, as the registry says.
    """
    asset_name: Annotated[StrictStr | None, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")] = None
    """
    File name of the report.
    """
    final_url: Annotated[StrictStr | None, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")] = None
    """
    Where the report was read from in the end, or where it failed.
    """
    release: Annotated[StrictStr | None, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")] = None
    """
    Name of the release.
    """
    release_published_at: Time | None = None
    """
    When the release was published.
    """


class IngestDigest(Record):
    """
    The report's digest and what it was held against.
    """

    state: Literal["matched", "mismatched", "missing", "not_checked"]
    """
    What came of the report's digest: `matched`; `mismatched`; `missing`, the source names none, so it was held against nothing; `not_checked`, there was no report.
    """
    sha256: Annotated[StrictStr | None, Field(max_length=64, pattern="^[A-Fa-f0-9]{64}$")] = None
    """
    Digest of the bytes that were read.
    """
    expected: Annotated[StrictStr | None, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")] = None
    """
    What the source says that it is, as it says it.
    """
    digest_from: Literal["metadata", "checksum-asset"] | None = None
    """
    What the report's digest was held against: `metadata`, that of the release; `checksum-asset`, a file beside the report.
    """


class HttpFacts(Record):
    """
    What was seen of the conversation with the source.
    """

    status: Annotated[StrictInt | None, Field(ge=100, le=999)] = None
    """
    The last HTTP status.
    """
    attempts: Annotated[StrictInt | None, Field(ge=0, le=1000)] = None
    """
    How often the request was made that decided.
    """
    redirects: Annotated[StrictInt | None, Field(ge=0, le=1000)] = None
    """
    How many redirects were followed.
    """
    size_bytes: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    How many bytes of the report were read.
    """
    retry_after_s: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    How long the source asked to wait, in seconds.
    """
    from_cache: StrictBool | None = None
    """
    Whether the source said that what was kept from before is still right.
    """
    details: dict[str, Any] | None = None
    """
    Facts that no field has. An extension point: the ingest may add fields of any name and value.
    """


class ReportProblem(Record):
    """
    One way in which the report is not what its contract says.
    """

    pointer: StrictStr
    """
    JSON pointer to the value at fault; empty for the whole report.
    """
    rule: StrictStr
    """
    The rule that does not hold.
    """
    message: StrictStr
    """
    What is wrong, for people.
    """


class IngestFreshness(Record):
    """
    How the age of the report was judged.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    slo_hours: Annotated[StrictInt, Field(ge=0, le=87600)]
    """
    How old a report of this runner may be, in hours.
    """
    slo_from: Literal["registry", "option", "built_in"]
    """
    Who says how old the report may be.
    """
    generated_at: Time | None = None
    """
    When the report says that it was made.
    """
    fresh_until: Time | None = None
    """
    Until when the report says that it may be relied on.
    """
    stale_after: Time | None = None
    """
    The earlier of both limits, which decides.
    """
    age_s: Annotated[StrictInt | None, Field(ge=-9007199254740991, le=9007199254740991)] = None
    """
    Age of the report, in seconds; negative where it is dated later than now.
    """


class IngestEntry(Record):
    """
    What happened at the source of one runner.
    """

    runner_id: Annotated[StrictStr, Field(max_length=100, pattern="^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    """
    Slug of a runner; it is also part of the names of the runner's files.
    """
    outcome: Literal["accepted", "refused", "failed", "not_asked"]
    """
    What became of the source: `accepted`, its report stands in the row; `refused`, it gave one that does not; `failed`, it gave none; `not_asked`, the runner takes no part, or has no source.
    """
    failures: list[Literal["missing-release-metadata", "missing-status-asset", "invalid-report-shape", "stale-report", "checksum-mismatch", "timeout", "connection-failed", "tls-failed", "http-error", "rate-limited", "too-many-redirects", "redirect-refused", "address-refused", "too-large", "encoding-refused", "truncated", "wrong-runner", "rollback", "equivocation", "from-the-future", "unexpected"]]
    """
    Everything that went wrong, what decided first; empty where nothing did.
    """
    message: StrictStr | None = None
    """
    What went wrong, in one sentence for people, with what was seen.
    """
    notes: list[StrictStr]
    """
    What else was noticed, in order.
    """
    source: IngestSource | None = None
    digest: IngestDigest
    freshness: IngestFreshness | None = None
    exchange: HttpFacts | None = None
    problems: list[ReportProblem] | None = None
    """
    Everything in which the report is not what its contract says.
    """
    judged_by: StrictStr | None = None
    """
    The contract version that judged the report.
    """


class RunnerStatusIngestLog(Record):
    """
    How one matrix came about: against which moment, schemas and settings, and what happened at every source. It is written whatever failed.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    version: StrictInt
    """
    Version of this contract that the document follows.
    """
    now: Time
    """
    The one moment against which everything was judged.
    """
    registry: IngestedRegistry
    schema_pin: SchemaPin
    settings: IngestSettings
    summary: OutcomeCounts
    entries: list[IngestEntry]
    """
    One entry for each row of the matrix, in its order.
    """
    warnings: list[StrictStr] | None = None
    """
    What was noticed that belongs to no single runner.
    """
