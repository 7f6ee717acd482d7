"""Some room that an operation leaves in the trash, so that the next can say what it does on a full disk.

Invariants: the file holds nothing that anybody needs, and is given up only where the disk is full: by whoever holds the
store's lock, before a journal or a report is written a second time.
"""

from __future__ import annotations

import contextlib
import errno
from typing import TYPE_CHECKING, TypeVar

from runpact_core import files
from runpact_core.errors import EnvironmentFailed, RunpactError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["NAME", "is_full", "keep", "or_without"]

NAME = ".reserve"
"""Its name in the trash."""

_BYTES = 256 * 1024
_FULL = {errno.ENOSPC, errno.EDQUOT}
_T = TypeVar("_T")


def is_full(error: EnvironmentFailed) -> bool:
    """Whether the disk, or what the owner may use of it, is full."""
    return error.cause.errno in _FULL


def keep(trash: Path) -> None:
    """Leave the room; without it a full disk can still be purged."""
    with contextlib.suppress(RunpactError):
        files.replace(trash / NAME, bytes(_BYTES))


def or_without(trash: Path, write: Callable[[], _T]) -> _T:
    """Write something; where the disk is full, once more after the reserve was given up.

    Args:
        trash: Where the reserve lies.
        write: Does it whole, or leaves things so that it can be done again.

    Raises:
        EnvironmentFailed: It cannot be written, also without the reserve.
    """
    try:
        return write()
    except EnvironmentFailed as error:
        if not (is_full(error) and files.remove(trash / NAME)):
            raise
        return write()
