"""The report of one runner, from wherever the registry says, with its digest held against what the source says of it.

Whatever a source does ends as a `Failed` with one of the failures of `_model`, inside the limits of `_policy.Settings`.
An exception that leaves `fetch` is a bug, and the caller's to contain.
"""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

from runpact_status_matrix._local import read_local
from runpact_status_matrix._model import Failed, Fetched
from runpact_status_matrix._policy import OUTSIDE, Deadline
from runpact_status_matrix._release import CHECKSUM_LIMIT, checksum_in, find_asset, read_release, stated_digest

if TYPE_CHECKING:
    from runpact_status_matrix._model import Runner, Source
    from runpact_status_matrix._policy import Outside, Settings
    from runpact_status_matrix._release import Asset, Release
    from runpact_status_matrix._reply import Answer, HttpFailed

__all__ = ["fetch", "prepare"]

_METADATA = "application/vnd.github+json, application/json;q=0.9"
_BYTES = "application/octet-stream"
_GONE = {404, 410}
_NOT_TOLD = "there is no release, or its repository is private and no token that may read it was given"
_NO_DIGEST = "the source says no digest of the report, and one is required"

_T = TypeVar("_T")
DigestFrom = Literal["metadata", "checksum-asset"]


def prepare(settings: Settings) -> None:
    """Load what fetching over a network needs, once, before threads do.

    Raises:
        ConfigurationError: The file of authorities cannot be used.
    """
    from runpact_status_matrix import _http, _retry, _wire  # noqa: F401 - loaded for the threads

    _wire.tls_context(settings.ca_file)


def fetch(runner: Runner, settings: Settings, outside: Outside = OUTSIDE) -> Fetched | Failed:
    """The report of a runner that has a source, or why there is none; may be called by many threads at once.

    It takes ``settings.total_s`` at most. What the log's ``exchange`` has names for stands in ``Failed.details`` under
    these names (status, attempts, redirects, size_bytes, retry_after_s); of a digest that did not fit also
    ``expected``, ``sha256`` and ``digest_from``.
    """
    source = runner.source
    if source is None:
        return Failed("missing-release-metadata", "the registry names no source", None)
    local = source.kind != "release_asset"
    found = read_local(source, settings) if local else _Conversation(source, settings, outside).report()
    if settings.require_digest and isinstance(found, Fetched) and found.digest_from is None:
        return Failed("checksum-mismatch", _NO_DIGEST, found.url, found.notes, {"sha256": found.sha256})
    return found


class _Conversation:
    """All that is asked of one release API for one report, under one deadline."""

    def __init__(self, source: Source, settings: Settings, outside: Outside) -> None:
        self._source = source
        self._settings = settings
        self._outside = outside
        self._deadline = Deadline(settings.total_s, outside.monotonic)
        self._private_ok = settings.allow_private
        self._origin = ""
        self._notes: list[str] = []

    def report(self) -> Fetched | Failed:
        """The report, or why there is none, with all that was noted on the way."""
        from runpact_status_matrix._reply import HttpFailed, place_of

        found: Fetched | Failed
        try:
            self._origin = place_of(self._source.url).origin
            found = self._found()
        except _Ended as ended:
            found = ended.failed
        except HttpFailed as failed:
            found = _failed(failed)
        return found._replace(notes=(*self._notes, *found.notes))

    def _found(self) -> Fetched:
        most = self._settings.max_bytes
        answer = self._ask("metadata", self._source.url, _METADATA, most)
        release = _given(read_release(answer.data, answer.url))
        asset = _given(find_asset(release, self._source.asset_name, answer.url))
        if asset is None:
            raise _Ended("missing-status-asset", f"the release has no asset {self._source.asset_name}", answer.url)
        if asset.size is not None and asset.size > most:
            raise _Ended("too-large", f"the asset has {asset.size} bytes, and at most {most} are read", answer.url)
        expected = self._expected(release, asset, answer.url)
        body = self._asset("report", asset, answer.url, most)
        if body.from_cache and expected.digest not in {None, hashlib.sha256(body.data).hexdigest()}:
            self._notes.append("what was kept has another digest, so it was read anew")
            body = self._asset("report", asset, answer.url, most, kept=False)
        return _judged(body, asset, expected, release)

    def _expected(self, release: Release, asset: Asset, url: str) -> _Expected:
        """What the digest of the report must be, by the policy that `_release` describes."""
        if asset.digest is not None:
            digest = stated_digest(asset.digest)
            if digest is None:
                what = "the release names a digest that is no SHA-256, so the report cannot be held against it"
                raise _Ended("checksum-mismatch", what, url, digest_from="metadata")
            return _Expected(digest, "metadata")
        name = f"{asset.name}.sha256"
        try:
            checksums = _given(find_asset(release, name, url))
            if checksums is None:
                self._notes.append("the source names no digest, so the report was held against nothing")
                return _Expected(None, None)
            answer = self._asset("sha256", checksums, url, CHECKSUM_LIMIT)
        except _Ended as ended:
            raise _Ended("checksum-mismatch", f"{name}: {ended.failed.message}", ended.failed.url) from ended
        digest = checksum_in(answer.data, asset.name)
        if digest is None:
            what = f"the asset {name} has no single digest of {asset.name}"
            raise _Ended("checksum-mismatch", what, answer.url, digest_from="checksum-asset")
        return _Expected(digest, "checksum-asset")

    def _asset(self, use: str, asset: Asset, url: str, limit: int, *, kept: bool = True) -> Answer:
        """The bytes of an asset: from the API where our token opens it, else from where everyone gets it."""
        from runpact_status_matrix._reply import HttpFailed, place_of

        address = asset.download_url or asset.url
        if self._settings.token is not None and asset.url is not None:
            with contextlib.suppress(HttpFailed):
                place = place_of(asset.url)
                if place.origin == self._origin and self._settings.token.is_for(place.host):
                    address = asset.url
        if address is None:
            raise _Ended("missing-status-asset", f"the asset {asset.name} has no address", url)
        return self._ask(use, address, _BYTES, limit, kept=kept)

    def _ask(self, use: str, url: str, accept: str, limit: int, *, kept: bool = True) -> Answer:
        from runpact_status_matrix import _cache, _http, _retry
        from runpact_status_matrix._reply import HttpFailed

        settings, outside, cache = self._settings, self._outside, self._settings.cache
        slot = f"{use}\n{self._source.asset_name}\n{self._source.url}"
        known = _cache.load(cache, slot, url, limit=limit) if cache is not None and kept else None
        request = _http.Request(url, accept, limit, self._private_ok, settings.token, self._origin, known)

        def ask() -> Answer:
            return _http.get(request, settings, outside, self._deadline)

        try:
            answer = _retry.persist(ask, settings, outside, self._deadline, self._notes)
        except HttpFailed as failed:
            if failed.details.get("status") not in _GONE:
                raise
            if use == "metadata":
                what = f"{failed.message}: {_NOT_TOLD}" if failed.details["status"] == 404 else failed.message
                raise _Ended("missing-release-metadata", what, failed.url, **failed.details) from failed
            raise _Ended("missing-status-asset", failed.message, failed.url, **failed.details) from failed
        self._private_ok = self._private_ok and not answer.public
        if answer.from_cache:
            self._notes.append(f"the {use} is as it was kept before")
        elif cache is not None and (note := _cache.store(cache, slot, url, answer)):
            self._notes.append(note)
        return answer


class _Ended(Exception):
    """The end of a conversation without a report."""

    def __init__(self, failure: str, message: str, url: str | None, **details: Any) -> None:
        super().__init__(message)
        self.failed = Failed(failure, message, url, details=details or None)


def _given(found: _T | Failed) -> _T:
    """What was found.

    Raises:
        _Ended: It was not.
    """
    if isinstance(found, Failed):
        raise _Ended(found.failure, found.message, found.url, **(found.details or {}))
    return found


class _Expected(NamedTuple):
    digest: str | None
    digest_from: DigestFrom | None


def _judged(body: Answer, asset: Asset, expected: _Expected, release: Release) -> Fetched:
    """The report, held against its digest and its size."""
    sha256, size = hashlib.sha256(body.data).hexdigest(), len(body.data)
    if expected.digest is not None and expected.digest != sha256:
        what = f"the report has the digest {sha256[:12]}…, and its release says {expected.digest[:12]}…"
        details = {"expected": expected.digest, "sha256": sha256, "digest_from": expected.digest_from}
        raise _Ended("checksum-mismatch", what, body.url, size_bytes=size, **details)
    if asset.size is not None and asset.size != size:
        what = f"the report has {size} bytes, and its release says {asset.size}"
        failure = "truncated" if size < asset.size else "checksum-mismatch"
        raise _Ended(failure, what, body.url, size_bytes=size)
    return Fetched(body.data, sha256, body.url, release.name, release.published_s, expected.digest_from)


def _failed(failed: HttpFailed) -> Failed:
    details = dict(failed.details)
    if failed.retry_after_s is not None:
        details["retry_after_s"] = failed.retry_after_s
    return Failed(failed.failure, failed.message, failed.url, details=details or None)
