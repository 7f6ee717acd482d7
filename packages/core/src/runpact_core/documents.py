"""Documents of the contracts: read, validate, write, detect, upgrade.

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

from runpact_core import _faults, _gate, _json, _versions, files
from runpact_core._generated.index import INDEX
from runpact_core._upgrades import STEPS
from runpact_core.errors import (
    ConfigurationError,
    InvalidArtifact,
    Problem,
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
    "catalog",
    "detect",
    "detect_bytes",
    "dumps",
    "find_contract",
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

    __slots__ = ("_original", "_version", "contract", "data", "message", "raw", "reading", "version")

    def __init__(self, decision: _versions.Decision, contract: str, data: dict[str, Any], raw: bytes | None) -> None:
        self.contract = contract
        self.data = data
        self.reading = decision.reading
        self.message = decision.message
        self.version = decision.found or (decision.version.version if decision.version else "")
        self.raw = raw
        self._version = decision.version
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

    def _known(self) -> Version:
        if self._version is None:
            raise UnsupportedVersion(self.version, hint="only its raw fields can be shown")
        return self._version


class Detection(NamedTuple):
    """What a document turned out to be: the name of its contract and how its version is to be read."""

    contract: str
    version: str | None
    message: str | None


def read(contract: str, source: StrPath | bytes, *, at: str | None = None, limit: int = MAX_BYTES) -> Document:
    """Read one document.

    Args:
        contract: Name of the contract, such as ``run``.
        source: A path, or the bytes of the document.
        at: Be a reader that knows no version after this one.
        limit: The largest size, in bytes, that is read.

    Raises:
        MissingArtifact: There is no such file.
        InvalidArtifact: The bytes are no JSON, state no version and have no known shape, or are not admitted.
        ConfigurationError: The same, of a contract that is configuration.
        UnknownContract: There is no such contract, or no version ``at``.
        EnvironmentFailed: The file could not be read.
    """
    versions = _versions_of(contract)
    raw, path = _bytes_of(source, limit)
    try:
        data, integral_floats = _parse(raw, limit, may_be_yaml=versions[-1].gate == "configuration")
        decision = _versions.decide(data, _versions.known_to(versions, at))
        if versions[-1].gate == "configuration" and decision.message:
            raise InvalidArtifact(decision.message, hint="configuration is not read by guesswork")  # noqa: TRY301 - worded like the other faults of configuration
        if decision.version is not None:
            _admit(decision.version, data, check_integers=integral_floats)
    except InvalidArtifact as error:
        error.path = path
        if versions[-1].gate == "configuration":
            raise ConfigurationError(_located(error, path), hint=error.hint) from error
        raise
    return Document(decision, contract, data, raw)


def validate(contract: str, source: Source, *, strict: bool = False) -> list[Problem]:
    """Say everything that is wrong with a document; an empty list means that readers take it.

    Args:
        contract: Name of the contract.
        source: A path, the bytes of the document, or the document itself.
        strict: Hold it to what producers may write, instead of to what readers take.

    Raises:
        MissingArtifact: There is no such file.
        InvalidArtifact: The bytes are no JSON object, or the document is nothing that JSON can say.
        UnknownContract: There is no such contract.
        EnvironmentFailed: The file could not be read.
    """
    versions = _versions_of(contract)
    raw = _bytes_of(source, MAX_BYTES)[0] if isinstance(source, bytes | str | os.PathLike) else dumps(source)
    data, check_integers = _parse(raw, MAX_BYTES, may_be_yaml=versions[-1].gate == "configuration")
    try:
        decision = _versions.decide(data, versions)
    except InvalidArtifact as error:
        return [Problem("", "required", error.reason)]
    if decision.version is None or (strict and decision.message):
        return [Problem("", "version", str(decision.message))]
    view: _gate.View = "strict" if strict or versions[-1].gate == "configuration" else "tolerant"
    found = _gate.problems(decision.version, view, data, check_integers=check_integers)
    return found or _faults.broken_rules(decision.version, data)


def write(path: StrPath, document: Mapping[str, Any] | Document | Record, *, contract: str | None = None) -> bytes:
    """Write one document durably: it is there, whole and admitted, or the old file is untouched.

    Args:
        path: The file; its folder must exist.
        document: Plain data or a model, which pass the strict view and the cross-field rules; or a `Document`, which
            may keep what was wrong with it when it was read (unknown fields, say), but nothing new may be wrong.
        contract: Name of the contract; found by the file's name and the document's shape where None.

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
        found = validate(name, text, strict=True)
        if found:
            raise _invalid(found)
    files.replace(path, text)
    return text


def prepare(contract: str) -> None:
    """Load what writing documents of a contract needs; `UnknownContract` is raised where there is none by that name."""
    _faults.prepare(_versions_of(contract)[-1])


def dumps(document: Mapping[str, Any] | Record) -> bytes:
    """The document as canonical JSON: indent 2, sorted keys, ASCII, one final line feed.

    Raises:
        InvalidArtifact: It holds what JSON cannot say: NaN, an infinity, a lone surrogate, a key that is no string.
    """
    return _json.dumps(_plain(document))


def detect(document: Mapping[str, Any], *, name: str | None = None) -> Detection:
    """Say which contract a document follows, by the name of its file and by its shape.

    Args:
        document: The document as plain data.
        name: Path or name of its file, which decides where a contract describes files of that name.

    Raises:
        UnknownContract: No contract fits.
    """
    base = os.path.basename(name) if name else ""  # noqa: PTH119 - the name may be of another platform's path
    named = [version for version in INDEX if base and _fits_name(version, base)]
    keys = document.keys()
    fitting = [version for version in INDEX if keys >= set(version.required)]
    candidates = [version for version in fitting if version in named] or named or fitting
    if not candidates:
        raise UnknownContract(f"no contract fits {base or 'the document'}", hint="name one, with --contract")
    best = max(candidates, key=lambda version: (len(keys & set(version.required)), version.key))
    try:
        decision = _versions.decide(document, _versions_of(best.contract))
    except InvalidArtifact as error:
        return Detection(best.contract, None, str(error))
    return Detection(best.contract, decision.version.version if decision.version else decision.found, decision.message)


def detect_bytes(raw: bytes, *, name: str | None = None) -> Detection:
    """As `detect`, of a document that is not parsed yet.

    Raises:
        InvalidArtifact: The bytes are no JSON object.
        UnknownContract: No contract fits.
    """
    base = os.path.basename(name) if name else ""  # noqa: PTH119 - the name may be of another platform's path
    yaml = base.endswith((".yaml", ".yml"))
    return detect(_parse(raw, len(raw), may_be_yaml=yaml)[0], name=name)


def upgrade(document: Document, to: str) -> Document:
    """The document as a later version of its contract, one step after another; its own version gives it back unchanged.

    Raises:
        UnknownContract: The contract has no version ``to``, or it is older than the document's.
        UnsupportedVersion: The document states a version that this release does not know.
        InvalidArtifact: What the last step made is not admitted.
    """
    versions = _versions_of(document.contract)
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
    found = _gate.problems(target, "tolerant", data, check_integers=True)
    if found:
        raise _invalid(found)
    return Document(_versions.Decision(target, "exact", target.version, None), document.contract, data, None)


def catalog() -> tuple[Version, ...]:
    """Every version of every contract, by name, oldest first."""
    return INDEX


def find_contract(name: str) -> tuple[Version, ...]:
    """All versions of one contract, oldest first; ``name`` may end in ``@VERSION`` for one of them.

    Raises:
        UnknownContract: There is none by that name; the hint names the nearest.
    """
    base, _, wanted = name.partition("@")
    versions = _versions_of(base)
    return (_versions.known_to(versions, wanted)[-1],) if wanted else versions


def schema(version: Version, *, strict: bool = True) -> bytes:
    """The published JSON Schema of a contract version, as canonical JSON: what producers may write, or readers take."""
    return _gate.schema_text(version, "strict" if strict else "tolerant")


_VERSIONS = {name: tuple(version for version in INDEX if version.contract == name) for name, *_ in INDEX}


def _versions_of(contract: str) -> tuple[Version, ...]:
    try:
        return _VERSIONS[contract]
    except KeyError:
        names = sorted(_VERSIONS)
        hint = _gate.nearest(contract, names) or f"there are {', '.join(names)}"
        raise UnknownContract(f"there is no contract {contract!r}", hint=hint) from None


def _plain(document: Mapping[str, Any] | Record) -> dict[str, Any]:
    return dict(document) if isinstance(document, Mapping) else document.document()


def _bytes_of(source: StrPath | bytes, limit: int) -> tuple[bytes, str | None]:
    if isinstance(source, bytes):
        return source, None
    return files.read_bytes(source, limit=limit), os.fspath(source)


def _parse(raw: bytes, limit: int, *, may_be_yaml: bool) -> tuple[dict[str, Any], bool]:
    """The document as an object, and whether it has numbers that only look like integers."""
    data: object
    if may_be_yaml and raw.lstrip()[:1] != b"{":
        from runpact_core import _yaml

        parsed = _yaml.parse_yaml(raw, limit=limit)
        data, integral_floats = parsed.value, parsed.integral_floats
    else:
        data, integral_floats = _json.parse(raw, limit=limit)
    if not isinstance(data, dict):
        raise InvalidArtifact(f"it is {_kind(data)}, not an object", hint="a document is one JSON object")
    return data, integral_floats


def _kind(value: object) -> str:
    kinds = {list: "a list", str: "a string", bool: "a boolean", int: "a number", float: "a number"}
    return kinds.get(type(value), "null")


def _admit(version: Version, data: object, *, check_integers: bool) -> None:
    view: _gate.View = "strict" if version.gate == "configuration" else "tolerant"
    if not _gate.admits(version, view, data, check_integers=check_integers):
        raise _invalid(_gate.problems(version, view, data, check_integers=check_integers))


def _invalid(problems: Iterable[Problem]) -> InvalidArtifact:
    """The error that carries them all and says one: a mistyped key before the key that is then missing."""
    found = tuple(problems)
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    first = min(found, key=lambda problem: problem.rule != "additionalProperties")
    return InvalidArtifact(f"{first}{more}", problems=found)


def _located(error: InvalidArtifact, path: str | None) -> str:
    place = "" if error.line_number is None else f" (line {error.line_number}, column {error.column})"
    return f"{path or 'configuration'}: {error.reason}{place}"


@cache
def _model_class(version: Version) -> type[Record]:
    module = import_module(f"runpact_core._generated.models.{version.module}")
    model: type[Record] = getattr(module, version.root)
    return model


def _rewritten(document: Document) -> bytes:
    """The bytes of a document that was read: its own where nothing changed, else canonical and no worse than before."""
    text = dumps(document.data)
    original, version = document._original, document._version  # noqa: SLF001 - of this module
    before, _ = _parse(original, len(original), may_be_yaml=_versions_of(document.contract)[-1].gate == "configuration")
    if _json.dumps(before) == text:
        return original
    after, _ = _parse(text, len(text), may_be_yaml=False)  # plain values, whatever was put into the data
    worse = _faults.made_worse(version, before, after) if version else []
    if worse:
        raise _invalid(worse)
    return text


def _fits_name(version: Version, base: str) -> bool:
    """Whether a file of that name is what the contract describes; ``last_run.spec-kit.json`` is a ``last_run.json``."""
    stem, dot, suffix = version.file_name.rpartition(".")
    return base == version.file_name or (base.startswith(f"{stem}.") and base.endswith(f"{dot}{suffix}"))
