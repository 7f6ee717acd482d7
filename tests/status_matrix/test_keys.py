"""Files of keys: a private one is for its owner alone, and nothing is overwritten."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from runpact_core.errors import EnvironmentFailed, MissingArtifact, Refused, UsageFailure
from runpact_status_matrix import _keys, keygen, sign, verify_certificate
from runpact_status_matrix.errors import UnsafeKey
from tests.status_matrix.certifying import certificate, write

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = Path("keys/certify.key")
posix = pytest.mark.skipif(sys.platform == "win32", reason="modes say nothing there")


@pytest.fixture(autouse=True)
def pair() -> _keys.KeyPair:
    """A pair of keys, and a certificate to sign."""
    write(certificate())
    return keygen("keys")


@posix
def test_the_private_key_is_for_its_owner_alone(pair: _keys.KeyPair) -> None:
    """0600 whatever the umask lets through, and both files are one pair."""
    before = os.umask(0)
    try:
        other = keygen("more/keys")
    finally:
        os.umask(before)
    for each in (pair, other):
        assert stat.S_IMODE(each.private.stat().st_mode) == 0o600
        assert _keys.load_private(each.private).public_key == _keys.load_public(each.public)
        assert _keys.load_public(each.public).keyid == each.key_id
    assert pair.key_id != other.key_id


@pytest.mark.parametrize("name", [_keys.PRIVATE, _keys.PUBLIC])
@pytest.mark.parametrize("kind", ["file", "dangling link"])
def test_nothing_is_overwritten(name: str, kind: str) -> None:
    """A file of one of the names, or a link to nowhere, is left as it is, and the other is not made."""
    folder = Path("other")
    folder.mkdir()
    if kind == "file":
        (folder / name).write_bytes(b"mine")
    else:
        (folder / name).symlink_to("nowhere")
    with pytest.raises(Refused, match="no key was made"):
        keygen(folder)
    assert [path.name for path in folder.iterdir()] == [name]
    assert not Path("other/nowhere").exists()


def test_half_a_pair_is_not_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the public key cannot be written, the private one goes again; where syncing fails, both do."""
    create = _keys._create

    def failing(path: Path, data: bytes, mode: int) -> None:
        if path.name == _keys.PUBLIC:
            path.mkdir()  # as if somebody had been quicker
        create(path, data, mode)

    monkeypatch.setattr(_keys, "_create", failing)
    with pytest.raises(Refused):
        keygen("other")
    assert [path.name for path in Path("other").iterdir()] == [_keys.PUBLIC]
    monkeypatch.setattr(_keys, "_create", create)

    def unsynced(_: object) -> None:
        raise EnvironmentFailed("syncing", OSError(5, "broken"))

    monkeypatch.setattr("runpact_core.files.sync", unsynced)
    with pytest.raises(EnvironmentFailed):
        keygen("third")
    assert list(Path("third").iterdir()) == []


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610, 0o601, 0o620])
def test_a_key_that_others_may_use_is_refused(mode: int) -> None:
    """Whatever others may do with it; nothing is signed."""
    KEY.chmod(mode)
    with pytest.raises(UnsafeKey, match=f"mode {mode:04o}") as caught:
        sign("c.json", KEY)
    assert caught.value.hint == f"where it is the private key: chmod 600 {KEY}"
    assert not Path("c.dsse.json").exists()


def _linked() -> None:
    KEY.rename("keys/real.key")
    KEY.symlink_to("real.key")


def _folder() -> None:
    KEY.unlink()
    KEY.mkdir()


def _fifo() -> None:
    KEY.unlink()
    os.mkfifo(KEY, 0o600)


@posix
@pytest.mark.parametrize(
    ("change", "error"),
    [(_linked, UnsafeKey), (_folder, UnsafeKey), (_fifo, UnsafeKey), (KEY.unlink, MissingArtifact)],
)
def test_what_is_no_file_of_ours_is_refused(change: Callable[[], object], error: type[Exception]) -> None:
    """A link, a folder, a pipe: refused at once, and nothing is signed."""
    change()
    with pytest.raises(error):
        sign("c.json", KEY)
    assert not Path("c.dsse.json").exists()


@posix
def test_a_key_of_somebody_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where we may read it, as root may."""
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(UnsafeKey, match="somebody else"):
        sign("c.json", KEY)


@posix
def test_a_key_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system refuses is told as that."""

    def refused(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    for name in ("open", "read"):
        with monkeypatch.context() as patch:
            patch.setattr(f"runpact_status_matrix._keys.os.{name}", refused)
            with pytest.raises(EnvironmentFailed, match="Permission denied"):
                _keys.load_private(KEY)
            if name == "open":
                with pytest.raises(EnvironmentFailed, match="Permission denied"):
                    _keys._create(Path("x"), b"", 0o600)


def _private(key: Any, encryption: Any) -> bytes:
    raw: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    return raw


def test_other_keys_are_no_keys() -> None:
    """Another algorithm, a password, a public key in place of a private one, rubbish, too much: all are refused."""
    other = generate_private_key(SECP256R1())
    ours = load_pem_private_key(KEY.read_bytes(), None)
    privates = [
        _private(other, NoEncryption()),
        _private(ours, BestAvailableEncryption(b"x")),
        Path("keys/certify.pub").read_bytes(),
        b"",
        b"rubbish",
    ]
    for raw in privates:
        KEY.write_bytes(raw)
        with pytest.raises(UsageFailure, match="no private Ed25519 key"):
            sign("c.json", KEY)
    publics = [
        other.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        _private(ours, NoEncryption()),
        b"",
        b"x" * (1 << 15),
    ]
    for raw in publics:
        Path("key.pub").write_bytes(raw)
        with pytest.raises(UsageFailure, match="no public Ed25519 key"):
            verify_certificate("c.json", public_keys=["key.pub"])
    with pytest.raises(MissingArtifact):
        verify_certificate("c.json", public_keys=["nothing.pub"])


def test_the_wrong_half_of_a_pair_is_named_with_the_right_one() -> None:
    """Who gives the private key for the public one, or the other way round, is told which file is meant."""
    pair = keygen("other")
    with pytest.raises(UsageFailure, match="holds no public Ed25519 key") as caught:
        _keys.load_public(pair.private)
    assert str(caught.value.hint).startswith("name the public key, such as certify.pub;")
    pair.public.chmod(0o600)
    with pytest.raises(UsageFailure, match="holds no private Ed25519 key") as caught:
        _keys.load_private(pair.public)
    assert str(caught.value.hint).startswith("name the private key, such as certify.key;")
