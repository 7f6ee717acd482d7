"""A release's metadata and the digests of its assets, read from bytes. Pure.

The policy of digests, which never takes "nothing was said" for "it was right":

=================================================  =================================================================
what the source says                               what comes of it
=================================================  =================================================================
``digest: sha256:<64 hex>``, in either case        the report must have it
no ``digest``, an asset ``<report>.sha256``        the report must have the digest in that file
neither                                            the report is taken; that nothing was said is noted
another algorithm, or what is no digest            checksum-mismatch: it was said and cannot be held against anything
a ``.sha256`` file of two entries, of another      checksum-mismatch
file, of no file, or of what is no digest
=================================================  =================================================================
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from runpact_core import _json, _times
from runpact_core.errors import InvalidArtifact
from runpact_status_matrix._model import Failed

__all__ = ["CHECKSUM_LIMIT", "Asset", "Release", "checksum_in", "find_asset", "read_release", "stated_digest"]

CHECKSUM_LIMIT = 64 * 1024
"""The largest ``.sha256`` file that is read, in bytes."""

_DIGEST = re.compile(r"sha256:([0-9a-f]{64})", re.ASCII)
_ENTRY = re.compile(r"([0-9A-Fa-f]{64}) [ *]([^\x00-\x1f\x7f]+)", re.ASCII)
_MOST_NAME = 255


class Asset(NamedTuple):
    """One file of a release.

    Attributes:
        name: Its name.
        url: Its address at the API, or None.
        download_url: Its address for everyone, or None.
        digest: What the metadata says of its digest, or None.
        size: Its size in bytes, or None.
        uploaded: Whether it is whole.
    """

    name: str
    url: str | None
    download_url: str | None
    digest: str | None
    size: int | None
    uploaded: bool


class Release(NamedTuple):
    """A release, as far as it matters here.

    Attributes:
        name: Its tag, or None where it has none that can be shown.
        published_s: When it was published, in seconds since 1970, or None.
        assets: Its files, in the order of the metadata.
    """

    name: str | None
    published_s: int | None
    assets: tuple[Asset, ...]


def read_release(data: bytes, url: str) -> Release | Failed:
    """The release that a release API described at that address."""
    try:
        value = _json.parse(data, limit=len(data)).value
    except InvalidArtifact as error:
        place = f" (line {error.line_number}, column {error.column})" if error.line_number is not None else ""
        return Failed("missing-release-metadata", f"the release's metadata cannot be read: {error.reason}{place}", url)
    found: Any = value.get("assets") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(found, list):
        return Failed("missing-release-metadata", "the metadata is not that of one release with its assets", url)
    if value.get("draft") is True:
        return Failed("missing-release-metadata", "the release is a draft, so nobody published it yet", url)
    tag = value.get("tag_name")
    shows = isinstance(tag, str) and 0 < len(tag) <= _MOST_NAME and tag.isprintable()
    assets = tuple(_asset(each) for each in found if isinstance(each, dict) and isinstance(each.get("name"), str))
    published = value.get("published_at")
    return Release(str(tag) if shows else None, _times.seconds(published) if published is not None else None, assets)


def _asset(value: dict[str, Any]) -> Asset:
    def text(name: str) -> str | None:
        found = value.get(name)
        return found if isinstance(found, str) and found else None

    size, digest = value.get("size"), value.get("digest")
    return Asset(
        name=value["name"],
        url=text("url"),
        download_url=text("browser_download_url"),
        digest=None if digest is None or digest == "" else str(digest),
        size=size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None,
        uploaded=value.get("state", "uploaded") == "uploaded",
    )


def find_asset(release: Release, name: str, url: str) -> Asset | Failed | None:
    """The one asset of exactly that name; None where there is none."""
    found = [asset for asset in release.assets if asset.name == name]
    if len(found) > 1:
        return Failed("missing-status-asset", f"the release has {len(found)} assets of the name {name}", url)
    if found and not found[0].uploaded:
        return Failed("missing-status-asset", f"the asset {name} is not uploaded whole yet", url)
    return found[0] if found else None


def stated_digest(stated: str) -> str | None:
    """The SHA-256, in lower case, that the metadata of an asset states; None where it states anything else."""
    match = _DIGEST.fullmatch(stated.lower())
    return match[1] if match else None


def checksum_in(data: bytes, name: str) -> str | None:
    """The digest, in lower case, of the one entry of a ``.sha256`` file, as ``sha256sum`` writes it for that file.

    The path before the file's name does not matter, since it is that of the machine that made the file. None where the
    file is anything else.
    """
    lines = data.decode("utf-8", "replace").replace("\r\n", "\n").removesuffix("\n").split("\n")
    match = _ENTRY.fullmatch(lines[0]) if len(lines) == 1 else None
    if match is None or match[2].rpartition("/")[2] != name:
        return None
    return match[1].lower()
