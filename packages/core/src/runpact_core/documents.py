"""Documents of the contracts: read, validate, write, detect, upgrade, downgrade.

    document = read("run", "reports/runs/20260119T061512Z__P2-Backfill__a1b2c3d/run.json")
    document.data["status"], document.model().duration_ms, document.message

Strict to write, tolerant to read. Reading checks the version first, then the tolerant view of the contract (of
configuration: the strict one), then hands out the data; a typed model is made when it is asked for. Unknown fields are
kept and come back when the document is written. Writing passes the strict view and the cross-field rules, or nothing is
written. What was read and not changed is written back byte for byte; everything else is canonical JSON.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core import _downgrades, _faults, _gate, _json, _sources, _versions, files
from runpact_core._detect import Detection, detect, detect_bytes, versions_of
from runpact_core._generated.index import INDEX
from runpact_core._upgrades import STEPS
from runpact_core.errors import (
    ConfigurationError,
    InvalidArtifact,
    Problem,
    Refused,
    UnknownContract,
    UnsupportedVersion,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runpact_core._catalog import Version
    from runpact_core._record import Record

    StrPath = str | os.PathLike[str]
    Source = StrPath | bytes | Mapping[str, Any]

__all__ = [
    "MAX_BYTES",
    "Detection",
    "Document",
    "Downgraded",
    "catalog",
    "detect",
    "detect_bytes",
    "downgrade",
    "dumps",
    "find_contract",
    "newest",
    "prepare",
    "read",
    "schema",
    "upgrade",
    "validate",
    "write",
]

MAX_BYTES = _json.MAX_BYTES
"""The largest document, in bytes, that is read unless told otherwise."""


class Document:
    """A document that was read, or upgraded from one.

    Attributes:
        contract: Name of its contract.
        data: The document as plain JSON values; unknown fields are in it.
        reading: ``exact``; ``tolerant``: it states a newer minor version; ``best-effort``: it states an unknown major
            version, so ``data`` was checked against nothing.
        version: The version that it states, or that its shape says.
        message: What people are to be told about the version, such as ``Unsupported schema version: 7.0``, or None.
        raw: The bytes it was read from; None where it was not read.
    """

    __slots__ = ("_lines", "_original", "_version", "contract", "data", "message", "raw", "reading", "version")

    def __init__(
        self,
        decision: _versions.Decision,
        contract: str,
        data: dict[str, Any],
        raw: bytes | None,
        lines: Mapping[str, int] | None = None,
    ) -> None:
        self.contract = contract
        self.data = data
        self.reading = decision.reading
        self.message = decision.message
        self.version = decision.found or (decision.version.version if decision.version else "")
        self.raw = raw
        self._version = decision.version
        self._lines = lines or {}
        self._original = _json.dumps(data) if raw is None else raw

    @property
    def read_as(self) -> str | None:
        """The contract version whose view admitted the data; None for a best effort."""
        return self._version.version if self._version else None

    def model(self) -> Record:
        """The typed view of the data, an instance of the root model of the version that it was read as.

        Raises:
            UnsupportedVersion: The document states an unknown major version.
        """
        return _model_class(self._known()).model_validate(self.data)

    def problems(self) -> list[Problem]:
        """The cross-field rules that do not hold, sorted by place; empty for a best effort."""
        return _faults.broken_rules(self._version, self.data) if self._version else []

    def unknown_fields(self) -> list[str]:
        """Pointers to the fields that the contract does not name, extension points apart."""
        return _gate.unknown_fields(self._version, self.data) if self._version else []

    def line_of(self, pointer: str) -> int | None:
        """The line, from 1, of a value that was read from YAML, or of what is around it; None for other documents."""
        return _sources.line_of(pointer, self._lines)

    def _known(self) -> Version:
        if self._version is None:
            raise UnsupportedVersion(self.version, hint="only its raw fields can be shown")
        return self._version


class Downgraded(NamedTuple):
    """A document as an earlier version, and pointers to the fields that an upgrade of it would not bring back."""

    document: Document
    lost: tuple[str, ...]


def read(
    contract: str, source: StrPath | bytes, *, at: str | None = None, limit: int = MAX_BYTES, name: str | None = None
) -> Document:
    """Read one document.

    Args:
        contract: Name of the contract, such as ``run``.
        source: A path, or the bytes of the document.
        at: Be a reader that knows no version after this one.
        limit: The largest size, in bytes, that is read.
        name: What errors call the file; its path where None.

    Raises:
        MissingArtifact: There is no such file.
        InvalidArtifact: The bytes are no JSON, state no version and have no known shape, or are not admitted.
        ConfigurationError: The same, of a contract that is configuration.
        UnknownContract: There is no such contract, or no version ``at``.
        EnvironmentFailed: The file could not be read.
    """
    versions = versions_of(contract)
    raw, path = _bytes_of(source, limit)
    path = name or path
    try:
        data, integral_floats, lines = _sources.parse(raw, limit, may_be_yaml=versions[-1].gate == "configuration")
        decision = _versions.decide(data, _versions.known_to(versions, at))
        if versions[-1].gate == "configuration" and decision.message:
            raise InvalidArtifact(decision.message, hint="configuration is not read by guesswork")  # noqa: TRY301 - worded like the other faults of configuration
        if decision.version is not None:
            _admit(decision.version, data, lines, check_integers=integral_floats)
    except InvalidArtifact as error:
        error.path = path
        if versions[-1].gate == "configuration":
            raise ConfigurationError(_sources.located(error, path), hint=error.hint) from error
        raise
    return Document(decision, contract, data, raw, lines)


def validate(contract: str, source: Source, *, strict: bool = False, limit: int = MAX_BYTES) -> list[Problem]:
    """Say everything that is wrong with a document; an empty list means that readers take it.

    Args:
        contract: Name of the contract.
        source: A path, the bytes of the document, or the document itself.
        strict: Hold it to what producers may write, instead of to what readers take.
        limit: The largest size, in bytes, that is judged.

    Raises:
        MissingArtifact: There is no such file.
        InvalidArtifact: The bytes are no JSON object, or the document is nothing that JSON can say.
        UnknownContract: There is no such contract.
        EnvironmentFailed: The file could not be read.
    """
    versions = versions_of(contract)
    raw = _bytes_of(source, limit)[0] if isinstance(source, bytes | str | os.PathLike) else dumps(source)
    data, check_integers, lines = _sources.parse(raw, limit, may_be_yaml=versions[-1].gate == "configuration")
    try:
        decision = _versions.decide(data, versions)
    except InvalidArtifact as error:
        return [Problem("", "required", error.reason)]
    if decision.version is None or (strict and decision.message):
        return [Problem("", "version", str(decision.message))]
    view: _gate.View = "strict" if strict or versions[-1].gate == "configuration" else "tolerant"
    found = _gate.problems(decision.version, view, data, check_integers=check_integers)
    return _sources.placed(found or _faults.broken_rules(decision.version, data), lines)


def write(
    path: StrPath,
    document: Mapping[str, Any] | Document | Record,
    *,
    contract: str | None = None,
    limit: int = MAX_BYTES,
) -> bytes:
    """Write one document durably: it is there, whole and admitted, or the old file is untouched.

    Args:
        path: The file; its folder must exist.
        document: Plain data or a model, which pass the strict view and the cross-field rules; or a `Document`, which
            may keep what was wrong with it when it was read (unknown fields, say), but nothing new may be wrong.
        contract: Name of the contract; found by the file's name and the document's shape where None.
        limit: The largest size, in bytes, that is written: readers need to be told of a larger one.

    Returns:
        The bytes that were written.

    Raises:
        InvalidArtifact: The document is not admitted; nothing was written.
        UnknownContract: There is no such contract, or none fits.
        EnvironmentFailed: The file could not be written; the old one is intact.
        Refused: The target is a folder.
    """
    if isinstance(document, Document):
        text = _rewritten(document)
    else:
        data = _plain(document)
        text = _json.dumps(data)
        name = contract or detect(data, name=os.fspath(path)).contract
        found = validate(name, text, strict=True, limit=limit)
        if found:
            raise _invalid(found)
    files.replace(path, text)
    return text


def prepare(contract: str) -> None:
    """Load what writing documents of a contract needs; `UnknownContract` is raised where there is none by that name."""
    _faults.prepare(versions_of(contract)[-1])


def dumps(document: Mapping[str, Any] | Record) -> bytes:
    """The document as canonical JSON: indent 2, sorted keys, ASCII, one final line feed.

    Raises:
        InvalidArtifact: It holds what JSON cannot say: NaN, an infinity, a lone surrogate, a key that is no string.
    """
    return _json.dumps(_plain(document))


def upgrade(document: Document, to: str) -> Document:
    """The document as a later version of its contract, one step after another; its own version gives it back unchanged.

    Raises:
        UnknownContract: The contract has no version ``to``, or it is older than the document's.
        UnsupportedVersion: The document states a version that this release does not know.
        InvalidArtifact: What the last step made is not admitted.
    """
    versions = versions_of(document.contract)
    start = document._known()  # noqa: SLF001 - of this module
    target = _versions.known_to(versions, to)[-1]
    if document.message:
        raise UnsupportedVersion(document.version, hint=f"it is newer than {to}, and documents only go up")
    if target.key < start.key:
        raise UnknownContract(
            f"{document.contract} {start.version} cannot become the older {to}", hint="nothing is lost"
        )
    data = document.data
    for version in versions:
        if start.key < version.key <= target.key:
            data = STEPS[version.contract, version.version](data)
    if target.key == start.key:
        return document
    return _as_version(target, data)


def downgrade(document: Document, to: str, *, allow_loss: bool = False) -> Downgraded:
    """The document as an earlier version of its contract, without the fields that only later ones know.

    Raises:
        Refused: An upgrade would not bring everything back, and ``allow_loss`` is not set; the message names what.
        UnknownContract, UnsupportedVersion, InvalidArtifact: As `upgrade`.
    """
    start = document._known()  # noqa: SLF001 - of this module
    target = _versions.known_to(versions_of(document.contract), to)[-1]
    if document.message:
        raise UnsupportedVersion(document.version, hint="what it holds is not known, so neither is what it would lose")
    if target.key > start.key:
        raise UnknownContract(f"{document.contract} {start.version} is older than {to}", hint="upgrade it")
    if target.key == start.key:
        return Downgraded(document, ())
    versions = [version for version in versions_of(document.contract) if target.key <= version.key <= start.key]
    earlier = _as_version(target, _downgrades.lowered(versions[::-1], document.data))
    lost = _downgrades.lost(document.data, upgrade(earlier, start.version).data)
    if lost and not allow_loss:
        raise Refused(f"{document.contract} {to} has no place for {', '.join(lost)}", hint="say that it may be lost")
    return Downgraded(earlier, lost)


def catalog() -> tuple[Version, ...]:
    """Every version of every contract, by name, oldest first."""
    return INDEX


def find_contract(name: str) -> tuple[Version, ...]:
    """All versions of one contract, oldest first; ``name`` may end in ``@VERSION`` for one of them.

    Raises:
        UnknownContract: There is none by that name; the hint names the nearest.
    """
    base, _, wanted = name.partition("@")
    versions = versions_of(base)
    return (_versions.known_to(versions, wanted)[-1],) if wanted else versions


def newest(contract: str) -> Version:
    """The version that documents of a contract are upgraded to: its last one that is not merely planned.

    Raises:
        UnknownContract: There is none by that name; the hint names the nearest.
    """
    versions = versions_of(contract)
    return next((version for version in reversed(versions) if version.status != "planned"), versions[-1])


def schema(version: Version, *, strict: bool = True) -> bytes:
    """The published JSON Schema of a contract version, as canonical JSON: what producers may write, or readers take."""
    return _gate.schema_text(version, "strict" if strict else "tolerant")


def _as_version(target: Version, data: dict[str, Any]) -> Document:
    """What was made of another version, where the target's readers take it."""
    found = _gate.problems(target, "tolerant", data, check_integers=True)
    if found:
        raise _invalid(found)
    return Document(_versions.Decision(target, "exact", target.version, None), target.contract, data, None)


def _plain(document: Mapping[str, Any] | Record) -> dict[str, Any]:
    return dict(document) if isinstance(document, Mapping) else document.document()


def _bytes_of(source: StrPath | bytes, limit: int) -> tuple[bytes, str | None]:
    if isinstance(source, bytes):
        return source, None
    return files.read_bytes(source, limit=limit), os.fspath(source)


def _admit(version: Version, data: object, lines: Mapping[str, int], *, check_integers: bool) -> None:
    view: _gate.View = "strict" if version.gate == "configuration" else "tolerant"
    if not _gate.admits(version, view, data, check_integers=check_integers):
        raise _invalid(_sources.placed(_gate.problems(version, view, data, check_integers=check_integers), lines))


def _invalid(problems: Iterable[Problem]) -> InvalidArtifact:
    """The error that carries them all and says one: a mistyped key before the key that is then missing."""
    found = tuple(problems)
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    first = min(found, key=lambda problem: problem.rule != "additionalProperties")
    return InvalidArtifact(f"{first}{more}", problems=found)


@cache
def _model_class(version: Version) -> type[Record]:
    module = import_module(f"runpact_core._generated.models.{version.module}")
    model: type[Record] = getattr(module, version.root)
    return model


def _rewritten(document: Document) -> bytes:
    """The bytes of a document that was read: its own where nothing changed, else canonical and no worse than before."""
    text = dumps(document.data)
    original, version = document._original, document._version  # noqa: SLF001 - of this module
    before, *_ = _sources.parse(
        original, len(original), may_be_yaml=versions_of(document.contract)[-1].gate == "configuration"
    )
    if _json.dumps(before) == text:
        return original
    after, *_ = _sources.parse(text, len(text), may_be_yaml=False)  # plain values, whatever was put into the data
    worse = _faults.made_worse(version, before, after) if version else []
    if worse:
        raise _invalid(worse)
    return text
