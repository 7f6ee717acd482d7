"""Keys are exchanged and revoked as `certificates.md` says: by its commands, and by what they promise (M-09, M-26)."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from runpact_status_matrix import keygen, sign, verify_certificate
from tests.status_matrix.certifying import call, certificate, write

PAGE = Path(__file__).resolve().parents[2] / "docs" / "certificates.md"
CERTIFICATE = ".artifacts/runner-certification-rust.json"


@pytest.fixture(autouse=True)
def signed() -> None:
    """A certificate where it is by default, signed by the key in `keys`."""
    Path(".artifacts").mkdir()
    write(certificate(), CERTIFICATE)
    keygen("keys")
    sign(CERTIFICATE, "keys/certify.key")


def _state(*folders: str) -> str:
    found = verify_certificate(CERTIFICATE, public_keys=[f"{folder}/certify.pub" for folder in folders])
    return str(found["signature"]["state"])


def test_the_commands_of_the_page_exchange_a_key(capsys: pytest.CaptureFixture[str]) -> None:
    """In the order shown each ends well; `sign` names the key whose signature it replaced."""
    text = PAGE.read_text(encoding="utf-8").partition("## Keys: exchange and revoke")[2]
    (block,) = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    lines = [shlex.split(line) for line in block.splitlines()]
    assert [line[:3] for line in lines] == [
        ["runpact", "certify", word] for word in ("keygen", "verify", "sign", "verify", "verify")
    ]
    assert [call(*line[2:]) for line in lines] == [0] * 5
    said = capsys.readouterr().out
    ids = re.findall(r"holds: signature: it is signed by the key ([0-9a-f]{64})$", said, re.MULTILINE)
    assert len(ids) == 3
    assert ids[0] != ids[1] == ids[2]
    assert f": signed by the key {ids[1]}, in place of the signature by {ids[0]}\n" in said


def test_a_key_that_is_no_longer_named_is_revoked() -> None:
    """All that it signed is refused, before and after; an old signature put back is refused, too."""
    old = Path(".artifacts/runner-certification-rust.dsse.json").read_bytes()
    keygen("new")
    assert (_state("keys"), _state("new"), _state("keys", "new")) == ("trusted", "untrusted", "trusted")
    sign(CERTIFICATE, "new/certify.key")
    assert (_state("keys"), _state("new"), _state("keys", "new")) == ("untrusted", "trusted", "trusted")
    Path(".artifacts/runner-certification-rust.dsse.json").write_bytes(old)
    assert _state("new") == "untrusted"


def test_a_key_that_is_named_twice_is_one_key() -> None:
    """It neither counts twice nor stands in its own way."""
    assert _state("keys", "keys") == "trusted"


def test_signing_again_with_the_same_key_replaces_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    """Nor does signing where something else lies, which is no signature of anybody."""
    assert call("sign", CERTIFICATE, "--key", "keys/certify.key") == 0
    Path("x.dsse.json").write_text("{", encoding="utf-8")
    assert call("sign", CERTIFICATE, "--key", "keys/certify.key", "--out", "x.dsse.json") == 0
    assert call("sign", CERTIFICATE, "--key", "keys/certify.key", "--out", "y.dsse.json") == 0
    assert "in place of" not in capsys.readouterr().out


def test_the_gate_of_the_page() -> None:
    """The one command that asks everything names options that there are, and a certificate that holds passes it."""
    (line,) = re.findall(r"^(runpact certify verify .*--require-pass)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    words = shlex.split(line.replace('"$(git rev-parse HEAD)"', "a" * 40).replace("--registry registry.yaml ", ""))
    assert call(*words[2:]) == 0
    words[words.index("--commit") + 1] = "b" * 40
    assert call(*words[2:]) == 1
