"""Reports that lie on this machine: a ``file:`` URL, or a folder per runner.

Only regular files of bounded size are read, and a folder gives files of that folder alone: a link that leads out
of it is refused. A ``.sha256`` file beside the report is held against it, as for a release.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from runpact_core import files
from runpact_core.errors import InvalidArtifact, MissingArtifact, RunpactError
from runpact_status_matrix._model import Failed, Fetched
from runpact_status_matrix._release import CHECKSUM_LIMIT, checksum_in

if TYPE_CHECKING:
    from runpact_status_matrix._model import Source
    from runpact_status_matrix._policy import Settings

__all__ = ["read_local"]

_HOSTS = {"", "localhost"}


def read_local(source: Source, settings: Settings) -> Fetched | Failed:
    """The report of a source that is a file or a folder."""
    found = _path(source, settings)
    if isinstance(found, Failed):
        return found
    data = _read(found, settings.max_bytes, source)
    if isinstance(data, Failed):
        return data
    sha256 = hashlib.sha256(data).hexdigest()
    beside = found.with_name(f"{found.name}.sha256")
    if not beside.is_symlink() and not beside.exists():
        return Fetched(data, sha256, source.url, None, None, None, ("the source names no digest",))
    checksums = _read(beside, CHECKSUM_LIMIT, source)
    if isinstance(checksums, Failed):
        return checksums._replace(failure="checksum-mismatch", message=f"{beside.name}: {checksums.message}")
    expected = checksum_in(checksums, found.name)
    if expected == sha256:
        return Fetched(data, sha256, source.url, None, None, "checksum-asset")
    message = (
        f"{beside.name} has no single digest of {found.name}"
        if expected is None
        else f"the report has the digest {sha256}, and {beside.name} says {expected}"
    )
    details = {"expected": expected, "sha256": sha256, "digest_from": "checksum-asset"}
    return Failed("checksum-mismatch", message, source.url, details={k: v for k, v in details.items() if v})


def _path(source: Source, settings: Settings) -> Path | Failed:
    if source.kind == "folder":
        if Path(source.asset_name).name != source.asset_name:
            return Failed("missing-status-asset", "the name of the report is that of no file in a folder", source.url)
        return Path(settings.root, source.url, source.asset_name)
    from urllib.request import url2pathname  # brings all of HTTP with it, which folders do without

    try:
        parts = urlsplit(source.url)
        path = url2pathname(parts.path)
    except ValueError:
        return Failed("missing-status-asset", "the source is no file: URL", source.url)
    if parts.scheme != "file" or parts.netloc not in _HOSTS or parts.query or parts.fragment or not path:
        return Failed("missing-status-asset", "the source is no file: URL of this machine", source.url)
    return Path(settings.root, path)


def _read(path: Path, limit: int, source: Source) -> bytes | Failed:
    try:
        if source.kind == "folder" and not path.resolve().is_relative_to(path.parent.resolve()):
            return Failed("missing-status-asset", "it is a link that leads out of its folder", source.url)
        if path.is_file() and (size := path.stat().st_size) > limit:
            return Failed("too-large", f"it has {size} bytes, and at most {limit} are read", source.url)
        return files.read_bytes(path, limit=limit)
    except MissingArtifact:
        return Failed("missing-status-asset", "there is no such file", source.url)
    except InvalidArtifact as error:
        return Failed("missing-status-asset", error.reason, source.url)
    except (OSError, RunpactError, RuntimeError, ValueError) as error:
        return Failed("connection-failed", f"it cannot be read: {error}", source.url)
