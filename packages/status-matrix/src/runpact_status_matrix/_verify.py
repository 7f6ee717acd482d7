"""`certify verify`: whether a certificate is whole, coherent, what its registry asks for, and signed by a trusted key.

Nothing but the files that are named is looked at: no network, no clock, no environment. Every rule is told, those that
hold as well; what could not be looked at is told as that, and never as something that holds.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any

from runpact_core import documents, files
from runpact_core.errors import InvalidArtifact
from runpact_status_matrix import _certificate, _coherence, _registry
from runpact_status_matrix._rules import Rule, broken, holds, not_checked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runpact_core.documents import Document

    StrPath = str | os.PathLike[str]

__all__ = ["verify_certificate"]


def verify_certificate(
    path: StrPath,
    *,
    registry: StrPath | None = None,
    public_keys: Sequence[StrPath] = (),
    signature: StrPath | None = None,
    commit: str | None = None,
) -> dict[str, Any]:
    """Verify a certificate.

    Args:
        path: The certificate.
        registry: A registry that it is held against.
        public_keys: The keys that are trusted; where there are any, there must be a signature by them and no other.
        signature: The signature's file; the one that `certify sign` writes by default where None.
        commit: The whole id of the commit that it must be for; any commit where None.

    Returns:
        A document of the contract `certificate_check`; ``ok`` says whether no rule is broken.

    Raises:
        MissingArtifact: There is no such certificate, or key.
        ConfigurationError: The registry is not what its contract says.
        NoSigner: Keys are given, and the extra that reads them is not installed.
        UsageFailure: A key is none of Ed25519, or a signature is named without a key, or there is no such registry.
        EnvironmentFailed: A file could not be read.
    """
    raw = files.read_bytes(path, limit=documents.MAX_BYTES)
    known = None if registry is None else _registry.load(registry).document.data
    rules, document = _read(raw)
    if document is None:
        rules += [not_checked(rule, "the certificate cannot be read") for rule in _coherence.RULES]
    else:
        rules += _coherence.coherence(document.data)
    if known is None:
        rules.append(not_checked("registry", "no registry was given"))
    elif document is None:
        rules.append(not_checked("registry", "the certificate cannot be read"))
    else:
        rules += _coherence.against_registry(document.data, known)
    if commit is not None:
        unread = not_checked("commit", "the certificate cannot be read")
        rules.append(unread if document is None else _coherence.of_commit(document.data, commit))
    found = None
    if public_keys or signature is not None:
        from runpact_status_matrix import _sign

        found = _sign.check(path, raw, document.data if document else None, public_keys, signature)
        rules.append(found.rule)
    return {
        "schema_version": "1.0",
        "path": os.fsencode(path).decode("utf-8", "backslashreplace"),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "ok": all(rule.result != "broken" for rule in rules),
        **_stated(document),
        "summary": {name: sum(rule.result == name for rule in rules) for name in ("holds", "broken", "not_checked")},
        "rules": [rule.document() for rule in rules],
        **({} if found is None else {"signature": found.document()}),
    }


def _read(raw: bytes) -> tuple[list[Rule], Document | None]:
    """What a certificate's bytes are worth: the rules about its shape, and the certificate where it can be judged."""
    try:
        document = documents.read(_certificate.CONTRACT, raw)
    except InvalidArtifact as error:
        if error.problems:
            return [broken("shape", each.message, each.pointer) for each in error.problems], None
        place = f" (line {error.line_number}, column {error.column})" if error.line_number is not None else ""
        return [broken("shape", f"{error.reason}{place}")], None
    if document.read_as is None:
        return [broken("shape", str(document.message), "/version", found=document.version)], None
    return [holds("shape", "the certificate is what its contract says"), _layout(raw, document)], document


def _layout(raw: bytes, document: Document) -> Rule:
    """Whether the bytes are those that Runpact writes for this content, so that not even white space was changed."""
    if raw == documents.dumps(document.data):
        return holds("layout", "the file is laid out as Runpact writes it")
    what = "the file is laid out in another way than Runpact writes it, so a change of white space cannot be seen"
    return not_checked("layout", what)


def _stated(document: Document | None) -> dict[str, Any]:
    """What the certificate says of itself, as far as it can be told."""
    if document is None:
        return {}
    data = document.data
    status = data["summary"]["status"]
    stated = {"runner_id": data["runner"]["runner_id"], "certificate_version": data["version"]}
    return stated | ({"certificate_status": status} if status in _certificate.OUTCOMES else {})
