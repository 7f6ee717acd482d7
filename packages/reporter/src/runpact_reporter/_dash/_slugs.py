"""Names of pages and files in the site: pure functions of the names of others, safe on every file system.

Invariants: two names never get one slug, on file systems that do not tell small letters from capitals either; a slug
has small letters, digits and ``. _ - ~`` (capitals only in the time of a run id), never starts with a dot, and is no
name that a system keeps for itself.
"""

from __future__ import annotations

import hashlib
import re

__all__ = ["slug"]

_PLAIN = re.compile(r"(?:[0-9]{8}T[0-9]{6}Z__)?[a-z0-9][a-z0-9._-]{0,99}", re.ASCII)
_UNSAFE = re.compile(r"[^a-z0-9-]+")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|(?:com|lpt)[0-9])(?:\..*)?")
_LONGEST = 60


def slug(name: str) -> str:
    """The name itself where it is plain, else what is plain of it and a digest of the whole after ``~``."""
    if _PLAIN.fullmatch(name) and not _RESERVED.fullmatch(name) and not name.endswith("."):
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{_UNSAFE.sub('-', name.lower()).strip('-')[:_LONGEST]}~{digest}"
