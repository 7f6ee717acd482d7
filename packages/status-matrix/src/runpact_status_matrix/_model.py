"""The values that every part of the status matrix speaks of. Pure.

Times are whole seconds since 1970, read once from the clock for a whole command.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

__all__ = ["FAILURES", "Failed", "Fetched", "LaneClass", "Runner", "RunnerState", "Source"]

LaneClass = Literal["required", "compatibility_non_blocking"]
RunnerState = Literal["active", "planned", "disabled"]

FAILURES = {
    "missing-release-metadata": "there is no release, or its metadata cannot be used",
    "missing-status-asset": "the release has no asset of the name that the registry says",
    "invalid-report-shape": "the report is not what its contract says",
    "stale-report": "the report is older than it may be",
    "checksum-mismatch": "the report has another digest than its release says",
    "timeout": "the source did not answer, or not fast enough, in its time",
    "connection-failed": "no connection to the source could be made, or it broke",
    "tls-failed": "the source could not prove who it is",
    "http-error": "the source answered with an error",
    "rate-limited": "the source asks to come back later than this ingest can wait",
    "too-many-redirects": "the source led from address to address",
    "redirect-refused": "the source led to where this ingest does not follow",
    "address-refused": "the source's host has an address that is not public",
    "too-large": "the source sent more than may be read",
    "encoding-refused": "the source sent packed bytes, which were not asked for",
    "truncated": "the source sent less than it announced",
    "wrong-runner": "the report is that of another runner, repository or release",
    "rollback": "the report is older than the one accepted before",
    "equivocation": "the same release now has another report",
    "from-the-future": "the report is dated later than now",
    "unexpected": "something unforeseen happened to this source alone",
}
"""Slug of a failure → what it means, in one sentence. A closed list: the ingest log says one of these."""


class Source(NamedTuple):
    """Where the report of a runner comes from.

    Attributes:
        kind: ``release_asset`` (a release API over http(s)), ``file`` (a ``file:`` URL) or ``folder``.
        url: The address of the release's metadata, the file, or the folder's path.
        asset_name: The report's file name.
    """

    kind: Literal["release_asset", "file", "folder"]
    url: str
    asset_name: str


class Runner(NamedTuple):
    """One runner of the registry, as far as the ingest needs it.

    Attributes:
        runner_id: Its id.
        implementation_repo: The repository that implements it.
        lane_class: Whether its failures block.
        state: Whether it takes part: ``planned`` and ``disabled`` ones only warn.
        source: Where its report comes from, or None where the registry names no source.
        slo_hours: How old a report may be, or None where the registry does not say.
    """

    runner_id: str
    implementation_repo: str
    lane_class: LaneClass
    state: RunnerState
    source: Source | None
    slo_hours: int | None


class Fetched(NamedTuple):
    """The bytes of a report, with what its source said of them.

    Attributes:
        data: The report's bytes.
        sha256: Their digest, in hex.
        url: Where they were read from in the end, without credentials.
        release: The release's name, or None where the source has none.
        release_published_s: When the release was published, or None.
        digest_from: What the digest was held against: ``metadata``, ``checksum-asset`` or None (nothing was there).
        notes: Sentences for the log: retries, a cached answer, a digest that was missing.
    """

    data: bytes
    sha256: str
    url: str
    release: str | None
    release_published_s: int | None
    digest_from: Literal["metadata", "checksum-asset"] | None
    notes: tuple[str, ...] = ()


class Failed(NamedTuple):
    """A source that gave no report.

    Attributes:
        failure: A slug of `FAILURES`.
        message: One sentence for people, with what was seen.
        url: Where it happened, without credentials, or None.
        notes: As of `Fetched`.
        details: Data for programs: HTTP status, seconds, bytes.
    """

    failure: str
    message: str
    url: str | None
    notes: tuple[str, ...] = ()
    details: dict[str, Any] | None = None
