"""The commit that is checked out, read from the repository's files.

No command is run, so no hook, filter or configuration of the repository is either. Whatever cannot be read this way
(a repository in a format of its own, a file that is torn) counts as no repository: zeros, and no ref but a valid one.
"""

from __future__ import annotations

import os

from runpact_core import files
from runpact_core.errors import RunpactError

_SMALL = 1 << 16
_PACKED = 1 << 26
_HEX = frozenset("0123456789abcdef")
_DEEPEST_LINK = 5

NO_REPOSITORY = {"sha": "0" * 40, "sha7": "0" * 7, "ref": ""}


def commit(folder: str) -> dict[str, str]:
    """The `git` object of a run document for the repository around a folder, or `NO_REPOSITORY`."""
    try:
        git = _git_dir(os.path.abspath(folder))  # noqa: PTH100 - pathlib is slow
    except OSError:  # the current folder is gone
        git = None
    if git is None:
        return dict(NO_REPOSITORY)
    head = _text(os.path.join(git, "HEAD"), _SMALL)  # noqa: PTH118 - as above
    ref = head.removeprefix("ref: ") if head.startswith("ref: ") and _is_ref(head.removeprefix("ref: ")) else ""
    sha = _resolve(git, head, _DEEPEST_LINK)
    if not sha:
        return {**NO_REPOSITORY, "ref": _short(ref)}
    return {"sha": sha, "sha7": sha[:7], "ref": _short(ref)}


def _git_dir(folder: str) -> str | None:
    """The repository's own folder, searching upward; a worktree's ``.git`` is a file that names it."""
    while True:
        git = os.path.join(folder, ".git")  # noqa: PTH118 - pathlib is slow
        if os.path.isdir(git):  # noqa: PTH112 - as above
            return git
        link = _text(git, _SMALL)
        if link.startswith("gitdir: "):
            return os.path.normpath(os.path.join(folder, link.removeprefix("gitdir: ")))  # noqa: PTH118 - as above
        above = os.path.dirname(folder)  # noqa: PTH120 - as above
        if above == folder:
            return None
        folder = above


def _resolve(git: str, value: str, links: int) -> str:
    """The commit's id that a value of a ref file stands for, or an empty string."""
    if not value.startswith("ref: "):
        return value if len(value) in {40, 64} and set(value) <= _HEX else ""
    name = value.removeprefix("ref: ")
    if links == 0 or not _is_ref(name):
        return ""
    common = _text(os.path.join(git, "commondir"), _SMALL)  # noqa: PTH118 - pathlib is slow
    shared = os.path.normpath(os.path.join(git, common)) if common else git  # noqa: PTH118 - as above
    for base in (git, shared):
        loose = _text(os.path.join(base, *name.split("/")), _SMALL)  # noqa: PTH118 - as above
        if loose:
            return _resolve(git, loose, links - 1)
    for line in _text(os.path.join(shared, "packed-refs"), _PACKED).splitlines():  # noqa: PTH118 - as above
        sha, _, packed = line.partition(" ")
        if packed == name:
            return _resolve(git, sha, 0)
    return ""


def _is_ref(name: str) -> bool:
    """Whether a name stays below ``refs``; no part of a real one begins with a dot."""
    parts = name.split("/")
    return parts[0] == "refs" and not any(part == "" or part.startswith(".") for part in parts)


def _short(ref: str) -> str:
    """A branch or tag by the name people use."""
    for prefix in ("refs/heads/", "refs/tags/"):
        if ref.startswith(prefix):
            return ref.removeprefix(prefix)
    return ref


def _text(path: str, limit: int) -> str:
    """A small text file without its last line feed; an empty string where it cannot be read, or is no regular file."""
    try:
        return files.read_bytes(path, limit=limit).decode("utf-8").rstrip("\n")
    except (RunpactError, UnicodeDecodeError):
        return ""
