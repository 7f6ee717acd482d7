"""Evidence of a run: which files are shown, under which name, and as what.

Invariants: a file is shown only if it lies below its folder, is a regular file and was reached through no link. Only
pictures that begin as pictures keep their kind; every other text gets the name of a plain text, every other file that
of bytes, so that no browser runs what a run left behind. What is too large is named and not copied; what is one too
many is counted.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from typing import TYPE_CHECKING

from runpact_core import files
from runpact_core.errors import RunpactError
from runpact_reporter._dash._model import Item
from runpact_reporter._dash._slugs import slug
from runpact_reporter._dash._words import size as size_text
from runpact_reporter._evidence import is_picture

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["MOST_BYTES", "MOST_FILES", "SHOWN", "content", "found", "stated"]

MOST_BYTES = 5_000_000
"""The largest file, in bytes, that is copied into the site."""

MOST_FILES = 100
"""How many files of a run are shown."""

SHOWN = frozenset({"last_run.json", "run.json", "checks.json"})
"""Documents of a run that are its page; copied only where the report names them."""

_HEAD = 8192
_SMALL = 1 << 16
_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/[A-Za-z0-9._~/?#@!&()*+,;=:%-]*)?", re.ASCII)


def stated(path: str, root: str, base: str) -> Item:
    """A piece of evidence that a report names.

    Args:
        path: As it is stated: from the dash folder, or an address.
        root: The dash folder.
        base: Where the run's files go in the site.
    """
    if _ADDRESS.fullmatch(path):
        return Item(path, None, path, "address", None, None, stated=True)
    parts = path.split("/")
    if any(part in {"", ".", ".."} for part in parts) or re.search(r"[\\:\x00-\x1f]", path):
        return Item(path, None, None, "none", None, "not a path in the dash folder", stated=True)
    return _item(path, root, parts, base)._replace(stated=True)


def found(folder: str, base: str, *, top: str, known: Collection[str], room: int) -> tuple[list[Item], int]:
    """The files below a folder but for `SHOWN`, and how many more there are; links are named and not followed.

    Args:
        folder: The folder.
        base: Where the run's files go in the site.
        top: What stands before the names that are shown.
        known: Names that are shown already.
        room: How many are looked at.
    """
    items: list[Item] = []
    more = 0
    for parts in _names(folder):
        path = top + "/".join(parts)
        if path in known or (len(parts) == 1 and parts[0] in SHOWN):
            continue
        if len(items) < room:
            items.append(_item(path, folder, parts, base))
        else:
            more += 1
    return items, more


def _names(folder: str) -> Iterator[list[str]]:
    """Everything below a folder that is none itself, as parts of its path; a folder that cannot be listed, too."""
    unread: list[OSError] = []
    for directory, names, here in os.walk(folder, onerror=unread.append):
        links = [name for name in names if os.path.islink(os.path.join(directory, name))]  # noqa: PTH114, PTH118 - pathlib is slow
        names.sort()
        for name in sorted(here + links):
            yield os.path.relpath(os.path.join(directory, name), folder).split(os.sep)  # noqa: PTH118, PTH206 - as above
    for error in unread:
        if os.path.lexists(error.filename) and error.filename != folder:
            yield os.path.relpath(error.filename, folder).split(os.sep)  # noqa: PTH206 - as above


def _item(path: str, root: str, parts: list[str], base: str) -> Item:
    place, about = root, None
    try:
        for part in parts:
            place = os.path.join(place, part)  # noqa: PTH118 - pathlib is slow
            about = os.lstat(place)
            if stat.S_ISLNK(about.st_mode):
                return Item(path, None, None, "none", None, "a link, which is not followed", stated=False)
    except (OSError, ValueError):
        return Item(path, None, None, "none", None, f"Missing artifact: {path}", stated=False)
    if about is None or not stat.S_ISREG(about.st_mode):
        return Item(path, None, None, "none", None, "no file that can be read", stated=False)
    if about.st_size > MOST_BYTES:
        said = f"larger than the {size_text(MOST_BYTES)} that are copied"
        return Item(path, None, None, "none", about.st_size, said, stated=False)
    head = _head(place, about)
    if head is None:
        return Item(path, None, None, "none", about.st_size, "it cannot be read", stated=False)
    kind = "picture" if is_picture(path, head) else "binary" if b"\0" in head[:_HEAD] else "text"
    data = head if len(head) == about.st_size else None
    return Item(path, place, f"{base}/{_name(path, kind)}", kind, about.st_size, None, False, data)


def _head(place: str, about: os.stat_result) -> bytes | None:
    """The beginning of a file, if it is still the one that was looked at."""
    try:
        fd = files.open_read(place)
    except RunpactError:
        return None
    try:
        now = os.fstat(fd)
        return os.read(fd, _SMALL) if (now.st_dev, now.st_ino) == (about.st_dev, about.st_ino) else None
    except OSError:
        return None
    finally:
        os.close(fd)


def _name(path: str, kind: str) -> str:
    """The name in the site: that of the file, a digest of its path, and an ending that no browser runs."""
    ending = {"text": ".txt", "binary": ".bin"}.get(kind) or os.path.splitext(path)[1].lower()  # noqa: PTH122 - as above
    digest = hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{slug(path.rpartition('/')[2])}-{digest}{ending}"


def content(item: Item) -> bytes | None:
    """The bytes of a piece of evidence; None where it cannot be read any more."""
    if item.data is not None:
        return item.data
    try:
        return None if item.source is None else files.read_bytes(item.source, limit=MOST_BYTES)
    except RunpactError:
        return None
