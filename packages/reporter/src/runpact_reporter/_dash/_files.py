"""Evidence of a run: which files are shown, under which name, and as what.

Invariants: a file is shown only if it lies below its folder, is a regular file and was reached through no link; it is
opened by handles from that folder down, so exchanging a directory on the way leads nowhere else. Only
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

from runpact_core._folder import close_quietly
from runpact_core.errors import RunpactError
from runpact_reporter._dash._model import Item
from runpact_reporter._dash._slugs import slug
from runpact_reporter._dash._within import read_within
from runpact_reporter._dash._words import size as size_text
from runpact_reporter._evidence import is_picture

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from runpact_reporter._dash._within import Within

__all__ = ["MOST_BYTES", "MOST_FILES", "SHOWN", "content", "found", "not_shown", "stated"]

MOST_BYTES = 5_000_000
"""The largest file, in bytes, that is copied into the site."""

MOST_FILES = 100
"""How many files of a run are shown."""

SHOWN = frozenset({"last_run.json", "run.json", "checks.json"})
"""Documents of a run that are its page; copied only where the report names them."""

_HEAD = 8192
_SMALL = 1 << 16
_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/[A-Za-z0-9._~/?#@!&()*+,;=:%-]*)?", re.ASCII)


def stated(path: str, root: Within, base: str) -> Item:
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


def found(
    place: tuple[Within, Sequence[str]], base: str, *, top: str, known: Collection[str], room: int
) -> tuple[list[Item], int]:
    """The files below a folder but for `SHOWN`, and how many more there are; links are named and not followed.

    Args:
        place: A folder that nothing leads out of, and the names that lead from there to the one meant.
        base: Where the run's files go in the site.
        top: What stands before the names that are shown.
        known: Names that are shown already.
        room: How many are looked at.
    """
    root, inside = place
    items: list[Item] = []
    more = 0
    for parts in _names(os.path.join(root.root, *inside)):  # noqa: PTH118 - pathlib is slow
        path = top + "/".join(parts)
        if path in known or (len(parts) == 1 and parts[0] in SHOWN):
            continue
        if len(items) < room:
            items.append(_item(path, root, [*inside, *parts], base))
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


def _item(path: str, root: Within, parts: Sequence[str], base: str) -> Item:
    try:
        fd = root.open(parts, path, hard_links=True)
    except RunpactError:
        return not_shown(path, root.root, parts)
    try:
        size = os.fstat(fd).st_size
        head = os.read(fd, _SMALL) if size <= MOST_BYTES else b""
    except OSError:
        return Item(path, None, None, "none", None, "it cannot be read", stated=False)
    finally:
        close_quietly(fd)
    if size > MOST_BYTES:
        said = f"larger than the {size_text(MOST_BYTES)} that are copied"
        return Item(path, None, None, "none", size, said, stated=False)
    kind = "picture" if is_picture(path, head) else "binary" if b"\0" in head[:_HEAD] else "text"
    data = head if len(head) == size else None
    return Item(path, (root.root, tuple(parts)), f"{base}/{_name(path, kind)}", kind, size, None, False, data)


def not_shown(path: str, root: str, parts: Sequence[str]) -> Item:
    """A file that was not opened, with the reason."""
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
    return Item(path, None, None, "none", about.st_size, "it cannot be read", stated=False)


def _name(path: str, kind: str) -> str:
    """The name in the site: that of the file, a digest of its path, and an ending that no browser runs."""
    ending = {"text": ".txt", "binary": ".bin"}.get(kind) or os.path.splitext(path)[1].lower()  # noqa: PTH122 - as above
    digest = hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{slug(path.rpartition('/')[2])}-{digest}{ending}"


def content(item: Item) -> bytes | None:
    """The bytes of a piece of evidence; None where it cannot be read any more."""
    if item.data is not None:
        return item.data
    if item.source is None:
        return None
    try:
        return read_within(*item.source, item.path, limit=MOST_BYTES, hard_links=True)
    except RunpactError:
        return None
