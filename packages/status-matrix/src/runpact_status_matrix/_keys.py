"""Files of Ed25519 keys: the private one as PKCS #8, the public one as SubjectPublicKeyInfo, both in PEM.

Invariants:

* A private key is taken from a file alone, never from the environment or the command line; only from a regular file
  that its owner alone may read, that is ours, and that no link leads to. Anything else is refused.
* A key's file is made anew and never overwritten; the private one has the mode 0600 from its first moment on.
* The identifier of a key is the digest that `securesystemslib` computes of it; nothing that a file says changes it.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from runpact_core import files
from runpact_core.errors import EnvironmentFailed, InvalidArtifact, MissingArtifact, Refused, UsageFailure
from runpact_status_matrix.errors import NoSigner, UnsafeKey

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner, SSlibKey

__all__ = ["PRIVATE", "PUBLIC", "KeyPair", "keygen", "load_private", "load_public"]

PRIVATE = "certify.key"
PUBLIC = "certify.pub"

_MOST_BYTES = 1 << 14
_LAX = 0o077
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_PLAIN = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class KeyPair(NamedTuple):
    """A pair of keys that was made.

    Attributes:
        private: The file of the private key.
        public: The file of the public key.
        key_id: The identifier of both.
    """

    private: Path
    public: Path
    key_id: str


def keygen(folder: str | os.PathLike[str]) -> KeyPair:
    """Make a pair of keys in a folder, which is made where it is not there.

    Raises:
        NoSigner: The extra `sign` is not installed.
        Refused: The folder has a file of one of the names; nothing was written.
        EnvironmentFailed: A file could not be written; none is left.
    """
    crypto_signer, _ = _library()
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

    signer = crypto_signer.generate_ed25519()
    private = load_pem_private_key(signer.private_bytes, None)
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    files.make_dirs(folder)
    pair = KeyPair(Path(folder, PRIVATE), Path(folder, PUBLIC), signer.public_key.keyid)
    for path in (pair.private, pair.public):
        if os.path.lexists(path):
            raise Refused(f"{path} is there already, so no key was made", hint="choose another folder")
    _create(pair.private, signer.private_bytes, 0o600)
    try:
        _create(pair.public, public, 0o644)
    except BaseException:
        pair.private.unlink()
        raise
    return pair


def load_private(path: str | os.PathLike[str]) -> CryptoSigner:
    """The signer of a private key.

    Raises:
        NoSigner: The extra `sign` is not installed.
        MissingArtifact: There is no such file.
        UnsafeKey: Others may read it, it is somebody else's, or no regular file.
        UsageFailure: It holds no private Ed25519 key without a password.
        EnvironmentFailed: It could not be read.
    """
    crypto_signer, _ = _library()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    data = _secret(os.fspath(path))
    try:
        key = load_pem_private_key(data, None)
    except (TypeError, ValueError) as error:
        raise _no_key(path, "private") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _no_key(path, "private")
    return crypto_signer(key)


def load_public(path: str | os.PathLike[str]) -> SSlibKey:
    """A public key.

    Raises:
        NoSigner: The extra `sign` is not installed.
        MissingArtifact: There is no such file.
        UsageFailure: It holds no public Ed25519 key; a key of another algorithm is none.
        EnvironmentFailed: It could not be read.
    """
    _, sslib_key = _library()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(files.read_bytes(path, limit=_MOST_BYTES))
    except (InvalidArtifact, ValueError) as error:
        raise _no_key(path, "public") from error
    if not isinstance(key, Ed25519PublicKey):
        raise _no_key(path, "public")
    return sslib_key.from_crypto(key)


def _library() -> tuple[type[CryptoSigner], type[SSlibKey]]:
    """The two classes that we use, where the extra is installed."""
    try:
        import cryptography.hazmat.primitives.asymmetric.ed25519  # noqa: F401 - without it, the other one lacks half
        from securesystemslib.signer import CryptoSigner, SSlibKey
    except ImportError as error:
        raise NoSigner from error
    return CryptoSigner, SSlibKey


def _no_key(path: str | os.PathLike[str], which: str) -> UsageFailure:
    name = PRIVATE if which == "private" else PUBLIC
    hint = f"name the {which} key, such as {name}; `runpact certify keygen --out DIR` makes a pair"
    return UsageFailure(f"{os.fspath(path)} holds no {which} Ed25519 key in PEM", hint=hint)


def _secret(path: str) -> bytes:
    """The bytes of a private key's file, judged by the descriptor that they are read from."""
    try:
        fd = os.open(path, os.O_RDONLY | _PLAIN | _NO_LINK | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError as error:
        raise MissingArtifact(path) from error
    except OSError as error:
        if os.path.islink(path):  # noqa: PTH114 - of a path as it was given
            raise UnsafeKey(f"{path} is a link", hint="name the file itself") from error
        raise EnvironmentFailed(f"reading {path}", error) from error
    try:
        _require_safe(path, os.fstat(fd))
        return os.read(fd, _MOST_BYTES)
    except OSError as error:
        raise EnvironmentFailed(f"reading {path}", error) from error
    finally:
        os.close(fd)


def _require_safe(path: str, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UnsafeKey(f"{path} is no regular file", hint="name a file")
    if os.name != "posix":  # no modes that mean something
        return
    mode = stat.S_IMODE(status.st_mode)
    if mode & _LAX:
        raise UnsafeKey(
            f"{path} has the mode {mode:04o}, so others may use the key",
            hint=f"where it is the private key: chmod 600 {path}",
        )
    if status.st_uid != os.geteuid():
        raise UnsafeKey(f"{path} belongs to somebody else", hint="sign with a key of your own")


def _create(path: Path, data: bytes, mode: int) -> None:
    """Make a file that is not there yet, durably; where that fails it is gone again."""
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _PLAIN | _NO_LINK, mode)
    except FileExistsError as error:
        raise Refused(f"{path} is there already, so no key was made", hint="choose another folder") from error
    except OSError as error:
        raise EnvironmentFailed(f"writing {path}", error) from error
    try:
        try:
            files.append(fd, data)
            files.sync(fd)
        finally:
            files.close(fd)
        files.sync_dir(path.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise
