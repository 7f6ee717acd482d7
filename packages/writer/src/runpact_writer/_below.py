"""What lies below a folder, however deep: no call in a call, through no link, past what cannot be opened."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["below"]


_SHUT = {errno.EACCES, errno.EPERM, errno.ENAMETOOLONG, errno.ENOENT, errno.ENOTDIR, errno.ELOOP}


def below(folder: str, *, strict: bool = False) -> Iterator[os.DirEntry[str]]:
    """Every name below a folder that is no folder; what is closed to us, too deep for a path, or gone has none.

    Raises:
        OSError: A folder could not be read though it may be another time; only where strict.
    """
    folders = [folder]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        yield entry
        except OSError as error:
            if strict and error.errno not in _SHUT:
                raise
