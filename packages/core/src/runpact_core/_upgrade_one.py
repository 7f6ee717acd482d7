r"""One file as the newest, or another later, version of its contract: a pure function of its name and its bytes.

Invariants:

* The same bytes and the same wish give the same result; nothing is read or written here.
* What is no document of a contract stays as it is: a file is one where its name or its shape says so *and* the readers
  of the version that it states take it.
* A document of JSON becomes canonical JSON. Of JSON Lines the outdated lines are replaced, every other line keeps its
  bytes. Of a file named as YAML, which people write and comment on, the version is changed where it stands, and only
  where that is all that the upgrade does.
* No number changes: a document with one that would not come back as written stays as it is.
* A document that holds a digest of itself stays as it is: changed, it would not be what was vouched for.

    look(raw, "run.json", Wanted()).data
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from runpact_core import _detect, _json, _packed, _sources, _versions, documents, jsonl
from runpact_core._upgrades import VOUCHED_FOR
from runpact_core.errors import InvalidArtifact, RunpactError, UnknownContract

if TYPE_CHECKING:
    from runpact_core._catalog import Version

    State = Literal["newest", "outdated", "left", "newer", "unreadable", "other"]

__all__ = ["LARGEST", "Found", "Wanted", "changed_number", "look"]

LARGEST = 64 << 20
"""Bytes of the largest file that is looked at."""

_HAND_WRITTEN = "more than its version would change, and its comments would be lost: change it by hand"
_PACKED = "it is compressed or compacted: expand it first"
_NUMBER_CHANGES = "the number {} would not come back as it is written: change it by hand"
_VERSION_LINE = r"((?:version|\"version\"|'version')[ ]*:[ ]+)[0-9]+([ ]*(?:#.*)?)"
_VERSION_IN_JSON = rb'("version"[ \t\r\n]*:[ \t\r\n]*)[0-9]+'


class Wanted(NamedTuple):
    """What is asked for.

    Attributes:
        contract: Documents of this contract alone; of all where None.
        version: The version to make of them; the newest of each contract where None.
        named: The file was given by name, so it is a document of ``contract``, whatever it looks like.
    """

    contract: str | None = None
    version: str | None = None
    named: bool = False

    def target(self, contract: str) -> Version:
        """The version to make of a document.

        Raises:
            UnknownContract: There is no such contract, or it has no such version.
        """
        if self.version is None:
            return documents.newest(contract)
        return documents.find_contract(f"{contract}@{self.version}")[0]

    def expects(self, name: str) -> bool:
        """Whether a file of that name should be a document that is asked for."""
        versions = documents.catalog() if self.contract is None else documents.find_contract(self.contract)
        return self.named or any(version.fits_name(name) for version in versions)


class Found(NamedTuple):
    """What a file is, and what it would become.

    Attributes:
        state: ``outdated``: ``data`` has its new bytes. ``newest``: nothing is to be done. ``left``: it is outdated,
            and ``message`` says why it must stay. ``newer``: its version is later than any known. ``unreadable``: it
            should be a document, and ``message`` says why it is none. ``other``: no document that was asked for;
            ``message`` says why where it was read as one.
        contract: Name of its contract, or None.
        old: The version that it states or that its shape says, or None.
        new: The version that it would have, or None.
        lines: How many of its lines are outdated; None where the file is one document.
        data: The whole new content, of an outdated file.
        message: One sentence, or empty.
    """

    state: State
    contract: str | None = None
    old: str | None = None
    new: str | None = None
    lines: int | None = None
    data: bytes | None = None
    message: str = ""


class _Judged(NamedTuple):
    """What a file or a line is, and, where it is outdated, what it was read as and what it becomes."""

    found: Found
    before: documents.Document | None = None
    after: documents.Document | None = None


_OTHER = _Judged(Found("other"))


def look(raw: bytes, name: str, wanted: Wanted) -> Found:
    """Say what a file is and what it would become.

    Args:
        raw: Its whole content, of at most `LARGEST` bytes.
        name: Its name, without the folder.
        wanted: What is asked for.
    """
    if _packed.is_packed(raw[:4]) or jsonl.is_compacted(raw[:64]):
        return Found("left" if wanted.named else "other", wanted.contract, message=_PACKED)
    if name.endswith(".jsonl"):
        return _of_lines(raw, name, wanted)
    is_yaml = name.endswith((".yaml", ".yml")) and raw.lstrip()[:1] != b"{"
    try:
        data = _sources.parse(raw, LARGEST, may_be_yaml=is_yaml)[0]
    except InvalidArtifact as error:
        return _unreadable(error, name, wanted).found
    found, before, after = _judged(data, raw, name, wanted)
    if before is None or after is None:
        return found
    if name.endswith((".yaml", ".yml")):
        text = _restated(raw, before, after) if is_yaml else _restated_json(raw, after)
        return found._replace(state="left", message=_HAND_WRITTEN) if text is None else found._replace(data=text)
    return _unless_number_changes(found, raw) or found._replace(data=documents.dumps(after.data))


def _judged(data: dict[str, Any], raw: bytes, name: str, wanted: Wanted) -> _Judged:
    """What a document is, and what it becomes."""
    contract = _contract_of(data, name, wanted)
    if contract is None:
        return _OTHER
    target = wanted.target(contract)
    try:
        version, reading, old, message = _versions.decide(data, documents.find_contract(contract))
        if version is None:
            raise InvalidArtifact(str(message))
        old = old or version.version
        if reading == "tolerant":
            return _Judged(Found("newer", contract, old, message=str(message))) if wanted.expects(name) else _OTHER
        if version.key >= target.key:
            return _Judged(Found("newest", contract, old))
        before = documents.read(contract, raw, limit=LARGEST)
        after = documents.upgrade(before, target.version)
    except RunpactError as error:
        return _unreadable(error, name, wanted)
    found = Found("outdated", contract, old, target.version)
    if contract in VOUCHED_FOR:
        return _Judged(found._replace(state="left", message=VOUCHED_FOR[contract]))
    return _Judged(found, before, after)


def _contract_of(data: dict[str, Any], name: str, wanted: Wanted) -> str | None:
    """The contract of a document that is asked for, or None."""
    if wanted.named and wanted.contract:
        return wanted.contract
    try:
        contract = _detect.detect(data, name=name).contract
    except UnknownContract:
        return None
    has_many = len(documents.find_contract(contract)) > 1
    asked = contract == (wanted.contract or contract)
    return contract if asked and (has_many or wanted.expects(name)) else None  # a shape alone may be anybody's


def _unreadable(error: RunpactError, name: str, wanted: Wanted) -> _Judged:
    return _Judged(Found("unreadable" if wanted.expects(name) else "other", message=str(error)))


def changed_number(raw: bytes) -> str | None:
    """The first number of a JSON text that is not what it becomes when it is read and written; None without one."""
    changed: list[str] = []

    def judge(text: str) -> None:
        try:
            same = Decimal(text) == Decimal(repr(float(text)))
        except InvalidOperation:  # an exponent beyond all bounds
            same = False
        if not same:
            changed.append(text)

    json.loads(raw, parse_float=judge)
    return changed[0] if changed else None


def _unless_number_changes(found: Found, raw: bytes) -> Found | None:
    """What is left because of its numbers, or None."""
    number = changed_number(raw)
    return found._replace(state="left", message=_NUMBER_CHANGES.format(number)) if number else None


def _of_lines(raw: bytes, name: str, wanted: Wanted) -> Found:
    """A file of JSON Lines. What is no document in it keeps its bytes, and is the business of who reads it."""
    seen: dict[str, list[Found]] = {
        "newest": [],
        "outdated": [],
        "left": [],
        "newer": [],
        "unreadable": [],
        "other": [],
    }
    parts = []
    for line in raw.split(b"\n"):
        found, _, after = _of_line(line, name, wanted)
        seen[found.state].append(found)
        end = b"\r" if line.endswith(b"\r") else b""
        parts.append(line if after is None else jsonl.dumps(after.data)[:-1] + end)
    outdated, stay = seen["outdated"], seen["left"] + seen["newer"]
    why = f"{len(stay)} of its lines stay as they are: {stay[0].message}" if stay else ""
    if outdated:
        return outdated[0]._replace(lines=len(outdated), data=b"\n".join(parts), message=why)
    if stay:
        return stay[0]._replace(lines=len(stay))
    return Found("newest", seen["newest"][0].contract) if seen["newest"] else _OTHER.found


def _of_line(line: bytes, name: str, wanted: Wanted) -> _Judged:
    try:
        data = _json.parse(line, limit=LARGEST).value
    except InvalidArtifact:  # empty, torn, or not ours
        return _OTHER
    judged = _judged(data, line, name, wanted) if isinstance(data, dict) else _OTHER
    left = None if judged.after is None else _unless_number_changes(judged.found, line)
    return judged if left is None else _Judged(left)


def _restated(raw: bytes, before: documents.Document, after: documents.Document) -> bytes | None:
    """The YAML with another version in its place, where that makes the one document of the other; else None."""
    lines = raw.split(b"\n")
    number = before.line_of("/version") or 1
    line = lines[number - 1].decode(errors="replace")
    lines[number - 1] = re.sub(_VERSION_LINE, rf"\g<1>{after.version}\g<2>", line).encode()
    text = b"\n".join(lines)
    try:
        made = _sources.parse(text, LARGEST, may_be_yaml=True)[0]
    except InvalidArtifact:
        return None
    return text if made == after.data else None


def _restated_json(raw: bytes, after: documents.Document) -> bytes | None:
    """The same of JSON in a file that is named as YAML."""
    text = re.sub(_VERSION_IN_JSON, rb"\g<1>" + after.version.encode(), raw, count=1)
    return text if _sources.parse(text, LARGEST, may_be_yaml=False)[0] == after.data else None
