"""Addresses of release assets: only those whose content stays what it is. Pure.

A reader holds the bytes behind such an address against a digest for as long as the release exists. So an address is
taken only where it names one release, and refused where it names what moves: ``latest``, a branch, a nightly build.
"""

from __future__ import annotations

import re
from itertools import pairwise
from urllib.parse import quote, unquote, urlsplit

from runpact_core.errors import UsageFailure
from runpact_status_matrix._releases import is_same

__all__ = ["base_url", "url_of"]

_MOVING = frozenset(
    """
    blob branch branches canary current default dev develop development edge head heads latest main master nightly raw
    rolling snapshot snapshots stable tip tree trunk
    """.split()  # noqa: SIM905 - a list of twenty lines is no easier to read
)
_PLAIN = re.compile(r"[!-~]{1,1000}")
_SHAPES = (("releases", "download"), ("-", "releases"))  # GitHub and its likes; GitLab
_HINT = "name the assets of one release, such as https://github.com/OWNER/REPO/releases/download/v1.4.0/"


def base_url(given: str, release: tuple[str, ...] = ()) -> str:
    """The address that files' names are put behind, with its final slash.

    Args:
        given: What `--asset-url-base` says.
        release: What names the release beside the address: its version, then its commit.

    Raises:
        UsageFailure: It is not https, carries credentials, a query or a fragment, names nothing that stays, or
            another release.
    """
    segments = _segments(given)
    tagged = behind = _behind_release(segments)
    if behind is None:
        if not set(segments) & {name for name in release if name}:
            raise UsageFailure(f"--asset-url-base {given} names no release", hint=_HINT)
        behind = segments
    moving = [segment for segment in behind if segment.lower() in _MOVING]
    if moving or not behind:
        what = f"{moving[0]}, which moves" if moving else "no release"
        raise UsageFailure(f"--asset-url-base {given} names {what}", hint=_HINT)
    if tagged is not None and release and not _names(tagged, release[0]):
        what = f"--asset-url-base names the release {'/'.join(tagged)}, and the report is of {release[0]}"
        raise UsageFailure(what, hint="both are the release's tag; the matrix refuses a report of another one")
    return given.rstrip("/") + "/"


def url_of(base: str, name: str) -> str:
    """The address of a file of that name."""
    return base + quote(name, safe="")


def _segments(given: str) -> list[str]:
    """The parts of the path, decoded, of an https address without anything else."""
    if not _PLAIN.fullmatch(given) or "\\" in given:
        raise UsageFailure("--asset-url-base is no URL", hint=_HINT)
    try:
        parts = urlsplit(given)
        host_is_good = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise UsageFailure("--asset-url-base is no URL", hint=_HINT) from None
    if parts.username is not None or parts.password is not None:
        raise UsageFailure("--asset-url-base carries credentials", hint="whoever reads the report would see them")
    if parts.scheme != "https" or not host_is_good:
        raise UsageFailure(f"--asset-url-base {given} is no https URL", hint=_HINT)
    if "?" in given or "#" in given:
        raise UsageFailure(f"--asset-url-base {given} has a query or a fragment", hint=_HINT)
    segments = [unquote(segment) for segment in parts.path.removesuffix("/").split("/")[1:]]
    if any(segment in {"", ".", ".."} or not segment.isprintable() for segment in segments):
        raise UsageFailure(f"--asset-url-base {given} has a part that names nothing", hint=_HINT)
    return segments


def _names(segments: list[str], release: str) -> bool:
    """Whether the first of the segments, of which a tag may have several, name a release."""
    return any(is_same(release, "/".join(segments[:count])) for count in range(1, len(segments) + 1))


def _behind_release(segments: list[str]) -> list[str] | None:
    """What follows the words that introduce a release, or None where no host's do."""
    for at, pair in enumerate(pairwise(segments)):
        if pair in _SHAPES:
            return segments[at + 2 :]
    return None
