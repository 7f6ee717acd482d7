"""Signatures of certificates: what `sign` writes is taken, and every lie about who signed what is refused."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from runpact_core import documents
from runpact_core.errors import InvalidArtifact, Refused, UsageFailure
from runpact_status_matrix import _sign, keygen, sign, verify_certificate
from runpact_status_matrix.errors import NoSigner, NotWhole
from tests.status_matrix.certifying import call, certificate, write

if TYPE_CHECKING:
    from collections.abc import Callable

    Envelope = dict[str, Any]


@pytest.fixture(autouse=True)
def signed() -> Path:
    """A certificate, `c.json`, that is signed by the key in `ours`; `theirs` has another key."""
    path = write(certificate())
    for folder in ("ours", "theirs"):
        keygen(folder)
    sign(path, "ours/certify.key")
    return path


def checked(*keys: str, signature: str | None = None) -> tuple[str, str]:
    """What came of the signature, and what was said; the rule agrees, and so does the whole."""
    found = verify_certificate("c.json", public_keys=keys or ("ours/certify.pub",), signature=signature)
    assert documents.validate("certificate_check", found, strict=True) == []
    (rule,) = [each for each in found["rules"] if each["rule"] == "signature"]
    assert rule["result"] == ("holds" if found["signature"]["state"] == "trusted" else "broken")
    return found["signature"]["state"], rule["what"]


def envelope() -> Envelope:
    """The envelope, as data."""
    found: Envelope = json.loads(Path("c.dsse.json").read_bytes())
    return found


def put(data: object) -> None:
    """Put another envelope in its place."""
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    Path("c.dsse.json").write_bytes(raw)


def own(folder: str = "ours") -> Ed25519PrivateKey:
    """A private key, to sign by hand what `sign` would not."""
    key = load_pem_private_key(Path(folder, "certify.key").read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    return key


def by_hand(payload: bytes, kind: str = _sign.PAYLOAD_TYPE, folder: str = "ours") -> Envelope:
    """An envelope around any payload of any type, with a signature that is valid and the key id of ours."""
    signed = b"DSSEv1 %d %b %d %b" % (len(kind), kind.encode(), len(payload), payload)
    signature = base64.b64encode(own(folder).sign(signed)).decode()
    key_id = envelope()["signatures"][0]["keyid"]
    return {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": kind,
        "signatures": [{"keyid": key_id, "sig": signature}],
    }


def statement() -> dict[str, Any]:
    """What is signed, as data."""
    found: dict[str, Any] = json.loads(base64.b64decode(envelope()["payload"]))
    return found


def stated(**changes: Any) -> Envelope:
    """A statement of ours with other fields, signed by our key."""
    return by_hand(rfc8785.dumps({**statement(), **changes}))


def with_signatures(change: Callable[[dict[str, Any]], list[object]]) -> Envelope:
    """The envelope with other signatures."""
    found = envelope()
    found["signatures"] = change(found["signatures"][0])
    return found


def other_signature() -> dict[str, Any]:
    """A valid signature by the other key over the same payload, under its own name."""
    path, name = sign("c.json", "theirs/certify.key", "theirs.json")
    found: dict[str, Any] = json.loads(path.read_bytes())["signatures"][0]
    assert found["keyid"] == name
    return found


def _flipped(text: str) -> str:
    raw = bytearray(base64.b64decode(text))
    raw[len(raw) // 2] ^= 1
    return base64.b64encode(bytes(raw)).decode()


LIES: dict[str, Callable[[], object]] = {
    "no_json_fail": lambda: b"{",
    "no_object_fail": list,
    "too_large_fail": lambda: b" " * (1 << 20) + b"{}",
    "field_twice_fail": lambda: b'{"payloadType": "x",' + json.dumps(envelope()).encode()[1:],
    "payload_one_bit_fail": lambda: {**envelope(), "payload": _flipped(envelope()["payload"])},
    "payload_missing_fail": lambda: {name: value for name, value in envelope().items() if name != "payload"},
    "payload_no_base64_fail": lambda: {**envelope(), "payload": "{}"},
    "payload_no_text_fail": lambda: {**envelope(), "payload": 7},
    "payload_other_base64_fail": lambda: {**envelope(), "payload": envelope()["payload"].rstrip("=") + "\n"},
    "payload_type_swapped_fail": lambda: {**envelope(), "payloadType": "application/json"},
    "payload_type_signed_but_other_fail": lambda: by_hand(rfc8785.dumps(statement()), "application/json"),
    "payload_type_confused_fail": lambda: {
        **by_hand(rfc8785.dumps(statement()), "x"),
        "payloadType": _sign.PAYLOAD_TYPE,
    },
    "payload_of_certificate_fail": lambda: by_hand(Path("c.json").read_bytes()),
    "payload_no_object_fail": lambda: by_hand(b"[]"),
    "payload_no_json_fail": lambda: by_hand(b"{"),
    "unknown_field_fail": lambda: {**envelope(), "alg": "none"},
    "signature_one_bit_fail": lambda: with_signatures(lambda each: [{**each, "sig": _flipped(each["sig"])}]),
    "signature_empty_fail": lambda: with_signatures(lambda each: [{**each, "sig": ""}]),
    "signature_by_another_fail": lambda: by_hand(rfc8785.dumps(statement()), folder="theirs"),
    "signature_states_algorithm_fail": lambda: with_signatures(lambda each: [{**each, "alg": "none"}]),
    "signature_no_object_fail": lambda: with_signatures(lambda each: [each["sig"]]),
    "signature_without_key_id_fail": lambda: with_signatures(lambda each: [{"sig": each["sig"]}]),
    "signatures_none_fail": lambda: with_signatures(lambda _: []),
    "signatures_no_list_fail": lambda: {**envelope(), "signatures": {}},
    "signatures_too_many_fail": lambda: with_signatures(lambda each: [{**each, "keyid": str(n)} for n in range(17)]),
    "signature_twice_fail": lambda: with_signatures(lambda each: [each, each]),
    "key_id_lies_fail": lambda: with_signatures(lambda each: [{**each, "sig": other_signature()["sig"]}]),
    "statement_of_other_type_fail": lambda: stated(_type="https://in-toto.io/Statement/v0.1"),
    "statement_about_something_else_fail": lambda: stated(predicateType="https://slsa.dev/provenance/v1"),
    "statement_of_two_subjects_fail": lambda: stated(subject=statement()["subject"] * 2),
    "statement_without_subject_fail": lambda: stated(subject=[]),
    "statement_of_subject_without_digest_fail": lambda: stated(subject=[{"name": "c.json"}]),
    "statement_of_weaker_digest_fail": lambda: stated(subject=[{"name": "c.json", "digest": {"sha1": "0" * 40}}]),
    "statement_of_other_digest_fail": lambda: stated(subject=[{"name": "c.json", "digest": {"sha256": "0" * 64}}]),
    "statement_says_more_fail": lambda: stated(predicate={**statement()["predicate"], "status": "fail"}),
}


@pytest.mark.parametrize("name", LIES)
def test_a_lie_is_refused(name: str) -> None:
    """An envelope that is not exactly what `sign` writes, or that is about something else, counts nothing."""
    assert checked()[0] == "trusted"
    put(LIES[name]())
    assert checked()[0] == "invalid"


@pytest.mark.parametrize(
    "lie",
    [
        lambda: with_signatures(lambda _: [other_signature()]),
        lambda: with_signatures(lambda each: [{**each, "keyid": "0" * 64}]),
        lambda: with_signatures(lambda each: [{**each, "keyid": ""}]),
        lambda: with_signatures(lambda each: [each, other_signature()]),
        lambda: with_signatures(lambda each: [other_signature(), each]),
    ],
)
def test_a_key_that_is_not_trusted_is_refused(lie: Callable[[], object]) -> None:
    """Alone, under another name, and beside one that is trusted, in either order."""
    put(lie())
    state, what = checked()
    assert (state, what[:46]) == ("untrusted", "it is signed by a key that is not trusted: " + what[43:46])


def test_a_signature_by_two_keys_needs_both() -> None:
    """While keys are exchanged a certificate is signed by the old one and the new one; whoever trusts both takes it."""
    put(with_signatures(lambda each: [each, other_signature()]))
    state, what = checked("ours/certify.pub", "theirs/certify.pub")
    assert state == "trusted"
    assert len(what.split(", ")) == 2
    assert checked("ours/certify.pub", "ours/certify.pub")[0] == "untrusted"


def test_the_signature_of_another_certificate_is_refused() -> None:
    """Also where that is one of the same runner, and where only white space was changed."""
    other = write(certificate(version=1), "other.json")
    sign(other, "ours/certify.key")
    assert checked(signature="other.dsse.json")[0] == "invalid"
    Path("c.json").write_bytes(Path("c.json").read_bytes() + b"\n")
    assert checked() == (
        "invalid",
        "what is signed is another certificate, or this one was changed after it was signed",
    )


def test_every_byte_of_a_signed_certificate_counts() -> None:
    """Whatever byte is changed: the signature is not one of it."""
    raw = Path("c.json").read_bytes()
    for place in range(0, len(raw), 7):
        Path("c.json").write_bytes(raw[:place] + bytes([raw[place] ^ 4]) + raw[place + 1 :])
        assert not verify_certificate("c.json", public_keys=["ours/certify.pub"])["ok"]


def test_no_signature_where_one_is_asked_for() -> None:
    """A key that is given asks for a signature: none is a fault; without a key none is looked for."""
    Path("c.dsse.json").unlink()
    assert checked() == ("absent", "there is no signature at c.dsse.json")
    assert "signature" not in verify_certificate("c.json")
    with pytest.raises(UsageFailure, match="without a key"):
        verify_certificate("c.json", signature="c.dsse.json")


def test_a_signed_file_that_is_no_certificate() -> None:
    """A statement about bytes that cannot be read says nothing about a runner."""
    Path("c.json").write_bytes(b"{}")
    import hashlib

    put(stated(subject=[{"name": "c.json", "digest": {"sha256": hashlib.sha256(b"{}").hexdigest()}}]))
    assert checked() == ("invalid", "the statement and the certificate differ")


def test_what_is_signed_is_a_statement_about_the_file() -> None:
    """An in-toto statement of version 1, so that other tools can read it, in bytes that are always the same."""
    first = Path("c.dsse.json").read_bytes()
    sign("c.json", "ours/certify.key")
    assert Path("c.dsse.json").read_bytes() == first
    document = certificate()
    assert statement() == {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "c.json", "digest": {"sha256": verify_certificate("c.json")["sha256"]}}],
        "predicateType": "urn:runpact:runner-execution-certificate:v1",
        "predicate": {
            "certificate_version": 2,
            "runner_id": "rust",
            "certified_at": "2026-01-19T06:15:12Z",
            "status": "pass",
            "intent_hash": document["equivalence"]["intent_hash"],
            "payload_sha256": document["proof"]["payload_sha256"],
        },
    }


def test_what_is_not_whole_is_not_signed() -> None:
    """A forged certificate, and one that is none, get no signature; a file in the way is not replaced by one."""
    forged = certificate()
    forged["summary"]["passed"] = 9
    for raw in (documents.dumps(forged), b"{}"):
        Path("forged.json").write_bytes(raw)
        with pytest.raises(NotWhole):
            sign("forged.json", "ours/certify.key")
    assert not Path("forged.dsse.json").exists()
    Path("folder").mkdir()
    with pytest.raises(Refused):
        sign("c.json", "ours/certify.key", "folder")


def test_one_that_says_fail_is_signed_as_that() -> None:
    """A signature says who says it, not that all is well."""
    write(certificate([]))
    with pytest.raises(NotWhole):
        sign("c.json", "ours/certify.key")
    failed = certificate()
    failed["checks"][0].update(status="fail", exit_code=7)
    failed["summary"].update(status="fail", passed=4, failed=1)
    from runpact_status_matrix._certificate import payload_sha256

    failed["proof"]["payload_sha256"] = payload_sha256(failed)
    write(failed)
    sign("c.json", "ours/certify.key")
    assert statement()["predicate"]["status"] == "fail"
    assert checked()[0] == "trusted"


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What needs it says how to install it; what does not works."""
    for name in ("securesystemslib", "securesystemslib.signer", "securesystemslib.dsse"):
        monkeypatch.setitem(__import__("sys").modules, name, None)
    hint = 'error[no-signer]: signatures are not installed — pip install "runpact-status-matrix[sign]"\n'
    for words in (
        ("keygen", "--out", "more"),
        ("sign", "c.json", "--key", "ours/certify.key"),
        ("verify", "c.json", "--public-key", "ours/certify.pub"),
    ):
        assert call(*words) == 2
        assert capsys.readouterr() == ("", hint)
    assert call("verify", "c.json") == 0
    with pytest.raises(NoSigner):
        keygen("more")
    assert not Path("more").exists()


def test_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    """Make keys, sign, verify: each says what it did; 4 where a key would be overwritten, 1 where nobody is trusted."""
    assert call("keygen", "--out", "new") == 0
    assert call("sign", "c.json", "--key", "new/certify.key", "--out", "c.new.json") == 0
    assert call("verify", "c.json", "--public-key", "new/certify.pub", "--signature", "c.new.json") == 0
    assert call("verify", "c.json", "--public-key", "theirs/certify.pub", "--signature", "c.new.json") == 1
    out, err = capsys.readouterr()
    assert (out.count("signed by the key"), out.count("BROKEN: signature: it is signed by a key that"), err) == (
        2,
        1,
        "",
    )
    assert call("keygen", "--out", "new") == 4


def test_a_signature_that_is_a_folder() -> None:
    """What is there and cannot be one is invalid, not absent."""
    Path("c.dsse.json").unlink()
    Path("c.dsse.json").mkdir()
    assert checked()[0] == "invalid"
    with pytest.raises(InvalidArtifact):
        verify_certificate("c.dsse.json")
