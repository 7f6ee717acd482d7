"""Signatures: a DSSE envelope around an in-toto statement about the digest of a certificate's file.

The envelope lies beside the certificate (``….dsse.json``). What `check` takes is exactly what `sign` writes:

* The envelope has ``payload``, ``payloadType`` and ``signatures`` and nothing else, each signature ``keyid`` and
  ``sig``, in standard base64. An algorithm is never stated: it is that of the key that is trusted, Ed25519.
* The payload's type is ``application/vnd.in-toto+json``; the type is signed as well.
* Every signature is by a key that is trusted, and valid; there is at least one, and none twice. A signature by anybody
  else is refused, even beside one that is trusted: a certificate says by whom it is signed, not by whom also.
* The statement has one subject, whose digest is that of the certificate's bytes, and says of the certificate what the
  certificate says of itself. It is read only after the signatures were found valid.

Keys have no date, for the signer alone says when a certificate was made: who has a stolen key says what helps. A key
that is not trusted any more is no longer given.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import rfc8785

from runpact_core import _json, documents, files
from runpact_core.errors import EnvironmentFailed, InvalidArtifact, MissingArtifact, UsageFailure
from runpact_core.redact import for_terminal
from runpact_status_matrix import _certificate, _keys
from runpact_status_matrix._rules import Rule, broken, holds
from runpact_status_matrix.errors import NotWhole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from securesystemslib.dsse import Envelope
    from securesystemslib.signer import SSlibKey

    StrPath = str | os.PathLike[str]

__all__ = ["PAYLOAD_TYPE", "PREDICATE_TYPE", "STATEMENT_TYPE", "Signature", "check", "default_path", "sign", "signers"]

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:runpact:runner-execution-certificate:v1"

_RULE = "signature"
_MOST_BYTES = 1 << 20
_MOST_SIGNATURES = 16
_ENVELOPE = {"payload", "payloadType", "signatures"}
_SIGNATURE = {"keyid", "sig"}


class Signature(NamedTuple):
    """What came of a signature.

    Attributes:
        state: As `signature.state` of the contract `certificate_check` has it.
        what: What was found, in one sentence.
        path: The file with the signature; None where there is none.
        key_id: The key that signed, where it is trusted.
        payload_type: What the envelope says that it holds.
    """

    state: str
    what: str
    path: str | None = None
    key_id: str | None = None
    payload_type: str | None = None

    @property
    def rule(self) -> Rule:
        """The rule that the certificate is signed."""
        return holds(_RULE, self.what) if self.state == "trusted" else broken(_RULE, self.what)

    def document(self) -> dict[str, Any]:
        """The section ``signature`` of the contract `certificate_check`."""
        said = {"state": self.state, "path": self.path, "key_id": self.key_id, "payload_type": self.payload_type}
        return {name: value for name, value in said.items() if value}


class _Invalid(Exception):
    """An envelope is not as it should be: why, what state that is, and the payload's type where it is known."""

    def __init__(self, what: str, state: str = "invalid") -> None:
        super().__init__(what)
        self.state = state


def default_path(certificate: StrPath) -> Path:
    """Where the signature of a certificate lies."""
    path = Path(certificate)
    return path.with_name(f"{path.name.removesuffix('.json')}.dsse.json")


def sign(certificate: StrPath, key: StrPath, out: StrPath | None = None) -> tuple[Path, str]:
    """Sign a certificate that is whole, and coherent. One that says ``fail`` is signed as well: that is what it says.

    Args:
        certificate: The certificate's file.
        key: The file of the private key.
        out: The file for the signature; `default_path` where None.

    Returns:
        The signature's file, and the identifier of the key.

    Raises:
        NotWhole: The certificate is not what `verify_certificate` takes; nothing was signed.
        MissingArtifact, NoSigner, UnsafeKey, UsageFailure, EnvironmentFailed, Refused: As `load_private` and `replace`.
    """
    from runpact_status_matrix._verify import verify_certificate

    signer = _keys.load_private(key)
    from securesystemslib.dsse import Envelope

    raw = files.read_bytes(certificate, limit=documents.MAX_BYTES)
    checked = verify_certificate(certificate)
    if not checked["ok"] or checked["sha256"] != hashlib.sha256(raw).hexdigest():
        raise NotWhole(os.fspath(certificate))
    statement: dict[str, Any] = {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": for_terminal(Path(certificate).name), "digest": {"sha256": checked["sha256"]}}],
        "predicateType": PREDICATE_TYPE,
        "predicate": _predicate(documents.read(_certificate.CONTRACT, raw).data),
    }
    envelope = Envelope(rfc8785.dumps(statement), PAYLOAD_TYPE, {})
    envelope.sign(signer)
    path = default_path(certificate) if out is None else Path(out)
    files.replace(path, documents.dumps(envelope.to_dict()))
    return path, signer.public_key.keyid


def signers(signature: StrPath) -> tuple[str, ...]:
    """The keys that an envelope names, unproven; none where there is no envelope that could be verified."""
    try:
        envelope = _envelope(files.read_bytes(signature, limit=_MOST_BYTES))
    except (MissingArtifact, InvalidArtifact, EnvironmentFailed, _Invalid, ImportError):  # `sign` says the last one
        return ()
    return tuple(sorted(envelope.signatures))


def check(
    certificate: StrPath,
    raw: bytes,
    data: Mapping[str, Any] | None,
    public_keys: Sequence[StrPath],
    signature: StrPath | None = None,
) -> Signature:
    """Whether a certificate is signed by keys that are trusted, and by nobody else.

    Args:
        certificate: The certificate's file, for its name.
        raw: Its bytes.
        data: Its content; None where it cannot be read.
        public_keys: The files of the keys that are trusted.
        signature: The signature's file; `default_path` where None.

    Raises:
        NoSigner, MissingArtifact, UsageFailure, EnvironmentFailed: A key cannot be read, or none is given.
    """
    if not public_keys:
        raise UsageFailure("a signature says nothing without a key that is trusted", hint="give --public-key")
    keys = [_keys.load_public(path) for path in public_keys]
    path = default_path(certificate) if signature is None else Path(signature)
    shown = os.fsencode(path).decode("utf-8", "backslashreplace")
    try:
        envelope_bytes = files.read_bytes(path, limit=_MOST_BYTES)
    except MissingArtifact:
        return Signature("absent", f"there is no signature at {shown}")
    except InvalidArtifact as error:
        return Signature("invalid", error.reason, shown)
    payload_type = None
    try:
        envelope = _envelope(envelope_bytes)
        payload_type = envelope.payload_type if envelope.payload_type == PAYLOAD_TYPE else None
        key_id = _verified(envelope, keys)
        _require_statement(envelope.payload, raw, data)
    except _Invalid as error:
        return Signature(error.state, str(error), shown, payload_type=payload_type)
    return Signature("trusted", f"it is signed by the key {key_id}", shown, key_id, payload_type)


def _envelope(data: bytes) -> Envelope:
    """The envelope in a file, where it is exactly what `sign` writes."""
    from securesystemslib.dsse import Envelope

    found = _object(data, "the envelope")
    _require(set(found) == _ENVELOPE, f"the envelope does not have exactly the fields {', '.join(sorted(_ENVELOPE))}")
    signatures = found["signatures"]
    _require(isinstance(signatures, list) and 0 < len(signatures) <= _MOST_SIGNATURES, "there is no list of signatures")
    for each in signatures:
        well = isinstance(each, dict) and set(each) == _SIGNATURE and isinstance(each["keyid"], str)
        _require(well, "a signature does not have exactly the fields keyid, sig")
        _require(_is_base64(each["sig"]), "a signature is not in base64")
    _require(_is_base64(found["payload"]), "the payload is not in base64")
    ids = [each["keyid"] for each in signatures]
    _require(len(set(ids)) == len(ids), "a key has signed twice")
    kind = found["payloadType"]
    _require(kind == PAYLOAD_TYPE, f"the payload is of another type than {PAYLOAD_TYPE}")
    return Envelope.from_dict(found)


def _verified(envelope: Envelope, keys: Sequence[SSlibKey]) -> str:
    """The identifiers of the keys that signed, all of which are trusted."""
    from securesystemslib.exceptions import UnverifiedSignatureError

    trusted, signed = {key.keyid: key for key in keys}, envelope.pae()
    unknown = [key_id for key_id in envelope.signatures if key_id not in trusted]
    if unknown:
        raise _Invalid(f"it is signed by a key that is not trusted: {for_terminal(unknown[0])[:100]}", "untrusted")
    for key_id, signature in envelope.signatures.items():
        try:
            trusted[key_id].verify_signature(signature, signed)
        except UnverifiedSignatureError as error:
            raise _Invalid(f"the signature is not that of the key {key_id} over this payload") from error
    return ", ".join(sorted(envelope.signatures))


def _require_statement(payload: bytes, raw: bytes, data: Mapping[str, Any] | None) -> None:
    """That a payload states what is so of a certificate."""
    statement = _object(payload, "the statement")
    _require(statement.get("_type") == STATEMENT_TYPE, "what is signed is no in-toto statement of version 1")
    _require(statement.get("predicateType") == PREDICATE_TYPE, "what is signed is a statement about something else")
    subjects = statement.get("subject")
    one = subjects[0] if isinstance(subjects, list) and len(subjects) == 1 else None
    digest = one.get("digest") if isinstance(one, dict) else None
    _require(isinstance(digest, dict), "what is signed has not one subject with a digest")
    same = digest == {"sha256": hashlib.sha256(raw).hexdigest()}
    _require(same, "what is signed is another certificate, or this one was changed after it was signed")
    _require(
        data is not None and statement.get("predicate") == _predicate(data), "the statement and the certificate differ"
    )


def _predicate(data: Mapping[str, Any]) -> dict[str, Any]:
    """What a statement says of a certificate, so that it can be told without the file."""
    return {
        "certificate_version": data["version"],
        "runner_id": data["runner"]["runner_id"],
        "certified_at": data["runner"]["certified_at"],
        "status": data["summary"]["status"],
        "intent_hash": data["equivalence"]["intent_hash"],
        "payload_sha256": data["proof"]["payload_sha256"],
    }


def _object(data: bytes, what: str) -> dict[str, Any]:
    try:
        found = _json.parse(data).value
    except InvalidArtifact as error:
        raise _Invalid(f"{what} cannot be read: {error.reason}") from error
    if not isinstance(found, dict):
        raise _Invalid(f"{what} is no object")
    return found


def _is_base64(text: object) -> bool:
    """Whether a text is what standard base64 makes of some bytes, so that no two texts are the same bytes."""
    if not isinstance(text, str):
        return False
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return base64.b64encode(data).decode() == text


def _require(holds_so: object, what: str) -> None:
    if not holds_so:
        raise _Invalid(what)
