"""What `contracts upgrade` reads of foreign bytes, as functions of bytes for `evolution.fuzz_targets`."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from functools import cache

from runpact_core import _upgrade_one, files
from runpact_core._upgrade_one import Wanted
from runpact_core._upgrade_refs import Digests, marks

__all__ = ["LISTS", "listed", "upgraded"]

_OTHER = b"{}"
_LINE = f"{hashlib.sha256(_OTHER).hexdigest()}  run.json\n"
LISTS = (_LINE.encode(), f"SHA512 (run.json) = {hashlib.sha512(_OTHER).hexdigest()}\n".encode(), _LINE.encode("utf-16"))
"""Lists of checksums."""


def upgraded(data: bytes) -> None:
    """The first line names the file; what a file becomes is of the newest version, so a second look changes nothing."""
    name, _, raw = data.partition(b"\n")
    called = os.path.basename(name.decode(errors="backslashreplace"))  # noqa: PTH119 - any text, not a path
    found = _upgrade_one.look(raw, called, Wanted())
    if found.data is not None:
        assert _upgrade_one.look(found.data, called, Wanted()).state != "outdated", "it would be upgraded twice"
        if not called.endswith((".jsonl", ".yaml", ".yml")):
            before, after = (set(_leaves(json.loads(text), ())) for text in (raw, found.data))
            lost = {leaf for leaf in before - after if leaf[0] not in _VERSIONS}
            assert not lost, f"lost: {sorted(lost)[:3]}"


_VERSIONS = {("schema_version",), ("version",), ("execution_intent", "registry_ref", "version")}


def _leaves(value: object, path: tuple[str, ...]) -> list[tuple[tuple[str, ...], str]]:
    """The scalars of a document with their places."""
    if isinstance(value, dict):
        return [leaf for name, child in value.items() for leaf in _leaves(child, (*path, name))]
    if isinstance(value, list):
        return [leaf for index, child in enumerate(value) for leaf in _leaves(child, (*path, str(index)))]
    return [(path, repr(value))]


def listed(data: bytes) -> None:
    """The first line is the name of a list; what its text says is taken up, whatever else it is refused."""
    name, _, raw = data.partition(b"\n")
    called = "SHA256SUMS.gz" if name.endswith(b"z") else "notes.txt" if name.endswith(b"t") else "SHA256SUMS"
    folder = _folder().name
    with open(os.path.join(folder, called), "wb") as file:  # noqa: PTH118, PTH123 - as above
        file.write(raw)
    at = files.open_folder(folder)
    assert at is not None
    try:
        digests = Digests()
        fault = digests.add_file(called, at)
        assert fault is None or fault, "a fault has words"
        digests.holder("run.json", marks(_OTHER))
        for encoding in ("utf-8", "utf-16", "utf-32"):
            again = Digests()
            again.add(_LINE.encode(encoding) + raw, called)
            assert again.holder("elsewhere", marks(_OTHER)) == called, encoding
    finally:
        files.close_folder(at)


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="fuzz-")
