"""How paths stand in documents: as text, and where their bytes are not UTF-8 also as base64 of the bytes. Pure.

A path whose bytes are no UTF-8 holds lone surrogates in Python and cannot be written to JSON: it is shown with escapes
under its name, for people, and given exactly under its name and ``_b64``. A path that says where to move something is
believed only where it stays below what it starts from, whoever wrote the document.
"""

from __future__ import annotations

import base64
import binascii
import os
from typing import TYPE_CHECKING, Any

from runpact_core.errors import InvalidArtifact, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["place", "put", "take"]


def put(name: str, path: str) -> dict[str, str]:
    """The members of an object that say a path."""
    try:
        path.encode()
    except UnicodeEncodeError:
        raw = os.fsencode(path)
        return {name: raw.decode(errors="backslashreplace"), f"{name}_b64": base64.b64encode(raw).decode()}
    return {name: path}


def take(members: Mapping[str, Any], name: str) -> str:
    """The path that an object says.

    Raises:
        InvalidArtifact: Its base64 is none.
    """
    exact = members.get(f"{name}_b64")
    if exact is None:
        return str(members[name])
    try:
        return os.fsdecode(base64.b64decode(exact, validate=True))
    except binascii.Error as error:
        reason = f"{name}_b64 is no base64"
        raise InvalidArtifact(reason) from error


def place(members: Mapping[str, Any], name: str, *, below: str = "") -> str:
    """The path that an object says, if it is one that an operation writes.

    Args:
        members: The object.
        name: The member.
        below: The folder that it has to lie in; empty: what it starts from.

    Raises:
        Refused: It is absolute, goes up, is not plain, or lies elsewhere.
        InvalidArtifact: As `take`.
    """
    path = take(members, name)
    if "\0" in path or not {"", ".", ".."}.isdisjoint(path.split("/")):
        reason = f"{path!r} is no place in the project"
    elif below and not path.startswith(f"{below}/"):
        reason = f"{path!r} is not in the slot {below}"
    else:
        return path
    raise Refused(reason, hint="somebody changed it; see runpact artifacts verify")
