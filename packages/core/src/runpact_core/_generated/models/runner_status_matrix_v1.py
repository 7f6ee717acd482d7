# Generated from contracts/runner_status_matrix.v1.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of runner_status_matrix 1."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictBool, StrictInt, StrictStr
from runpact_core._record import Record, Time


class RowStatusSource(Record):
    """
    Where the report came from, without credentials.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    kind: Literal["release_asset", "file", "folder"]
    """
    Where the report came from: `release_asset`, the newest release; `file`, a `file:` URL; `folder`, a folder.
    """
    url: Annotated[StrictStr, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")]
    """
    Where the report was read from, or, where it was not, where it was looked for.
    """
    asset_name: Annotated[StrictStr | None, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")] = None
    """
    File name of the report.
    """
    release: Annotated[StrictStr | None, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")] = None
    """
    Name of the release.
    """
    release_published_at: Time | None = None
    """
    When the release was published.
    """
    sha256: Annotated[StrictStr | None, Field(max_length=64, pattern="^[A-Fa-f0-9]{64}$")] = None
    """
    Digest of the report's bytes.
    """
    digest_from: Literal["metadata", "checksum-asset"] | None = None
    """
    What the report's digest was held against: `metadata`, that of the release; `checksum-asset`, a file beside the report.
    """


class RowStatusReport(Record):
    """
    What the accepted report says.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    report_version: Annotated[StrictInt | None, Field(ge=0, le=100000)] = None
    """
    Version of its contract that the report states.
    """
    release_version: Annotated[StrictStr, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")]
    """
    The release that it belongs to.
    """
    commit_sha: Annotated[StrictStr, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")]
    """
    Id of the commit that was released.
    """
    generated_at: Time
    """
    When it was made.
    """
    fresh_until: Time
    """
    Until when its producer means it to be relied on.
    """
    overall_status: Literal["pass", "fail", "degraded", "unknown"]
    """
    What the runner's report says of it; `unknown` also where there is none that is acceptable.
    """
    passed: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    Number of commands that passed.
    """
    failed: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    Number of commands that failed.
    """
    skipped: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    Number of commands that were not run.
    """
    failed_commands: list[StrictStr] | None = None
    """
    Names of the commands that failed, in the report's order.
    """


class MatrixRow(Record):
    """
    One runner.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    runner_id: Annotated[StrictStr, Field(max_length=100, pattern="^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    """
    Slug of a runner; it is also part of the names of the runner's files.
    """
    implementation_repo: Annotated[StrictStr, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")]
    """
    The repository that implements the runner.
    """
    lane_class: Literal["required", "compatibility_non_blocking"]
    """
    What the runner's failures do: `required`, they block; `compatibility_non_blocking`, they are only told.
    """
    runner_status: Literal["pass", "fail", "degraded", "unknown"]
    """
    What the runner's report says of it; `unknown` also where there is none that is acceptable.
    """
    freshness_state: Literal["fresh", "stale", "missing"]
    """
    Whether the report may be relied on: `fresh`; `stale`, it is older than it may be; `missing`, there is none that is acceptable.
    """
    policy_effect: Literal["blocking_fail", "non_blocking_warn", "non_blocking_fail"]
    """
    What follows: `blocking_fail`, a required runner does not pass; `non_blocking_fail`, a runner that does not block gave no fresh report; `non_blocking_warn`, nothing but what is shown.
    """
    status_source: RowStatusSource | None = None
    status_report: RowStatusReport | None = None
    state: Literal["active", "planned", "disabled"] | None = None
    """
    Whether the runner takes part, as the registry says.
    """
    verdict: Literal["ok", "warn", "governance_fail", "blocked"] | None = None
    """
    What people are shown: `ok`; `warn`, worth a look; `governance_fail`, a report is stale or missing that must be there; `blocked`, a required runner does not pass.
    """
    failure: Literal["missing-release-metadata", "missing-status-asset", "invalid-report-shape", "stale-report", "checksum-mismatch", "timeout", "connection-failed", "tls-failed", "http-error", "rate-limited", "too-many-redirects", "redirect-refused", "address-refused", "too-large", "encoding-refused", "truncated", "wrong-runner", "rollback", "equivocation", "from-the-future", "unexpected"] | None = (
        None
    )
    """
    Why there is no fresh report, as one word of a closed list.
    """
    why: StrictStr | None = None
    """
    What is the matter, in one sentence for people.
    """
    since: Time | None = None
    """
    Since when the row says what it says, that is, since when verdict and failure are these.
    """
    who_acts: Literal["nobody", "runner_owners", "registry_owners"] | StrictStr | None = None
    """
    Who has to do something: `nobody`; `runner_owners`, those of the runner's repository; `registry_owners`, those of the registry and of the ingest.
    """
    owner: Annotated[StrictStr | None, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")] = None
    """
    Who answers for the runner, as the registry says.
    """
    age_s: Annotated[StrictInt | None, Field(ge=-86400, le=9007199254740991)] = None
    """
    Age of the report when the row was judged, in seconds.
    """
    slo_hours: Annotated[StrictInt | None, Field(ge=0, le=87600)] = None
    """
    How old a report of this runner may be, in hours.
    """
    stale_after: Time | None = None
    """
    When the report turns stale, or turned so.
    """
    keeps_older_report: StrictBool | None = None
    """
    Whether `status_report` is the one that was accepted last, since what the source gives now was refused.
    """


class VerdictCounts(Record):
    """
    How many rows have each verdict.
    """

    ok: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of rows with nothing to say.
    """
    warn: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of rows that are worth a look.
    """
    governance_fail: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of rows whose report is stale or missing and must be there.
    """
    blocked: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of rows of required runners that do not pass.
    """


class RunnerStatusMatrix(Record):
    """
    How all runners of a registry stand at one moment, a row for each: what their own reports say, how old these are, and what follows from both. It is written whatever failed.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    version: StrictInt
    """
    Version of this contract that the document follows.
    """
    updated_at: Time
    """
    The moment against which every row was judged.
    """
    matrix_rows: list[MatrixRow]
    """
    One row for each runner of the registry, by id.
    """
    summary: VerdictCounts | None = None
