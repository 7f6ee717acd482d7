"""Verifying certificates, against nothing but parsing one and taking its digest.

The certificate has twenty commands and forty checks, all of which passed. It is verified as ``certify verify`` does it:
read from disk, admitted by its contract, held against its own digests and against itself.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import orjson
import rfc8785

from bench.measure import repeated
from bench.row import Pair, Row, at_most
from runpact_core import documents
from runpact_status_matrix import _certificate, _intent, verify_certificate
from runpact_status_matrix._certificate import Checked

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ROWS"]

COMMANDS, CHECKS = 20, 40


def _document() -> dict[str, object]:
    runner = {
        "command_contract_subset": [
            {"name": f"command-{number}", "args": ["--all"], "expect_exit": [0, 1]} for number in range(COMMANDS)
        ],
        "required_core_checks": [f"runtime.check_{number}" for number in range(CHECKS)],
    }
    intent = _intent.of_runner(runner, "/registry.yaml", 2)
    facts = {
        "runner_id": "rust",
        "class": "required",
        "status": "active",
        "implementation_repo": "dc-runner-rust",
        "commit_sha": "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678",
        "certified_at": "2026-01-19T06:15:12Z",
    }
    log = "/reports/runs/20260119T061512Z__certify-rust__a1b2c3d/run.log"
    found = [
        Checked(group, each, "pass", 0, "exit code 0, as expected", 412, log)
        for group, each in _certificate.asked(intent)
    ]
    return _certificate.build(facts, intent, found)


def _verify(folder: Path) -> Pair:
    path = folder / "certificate.json"
    path.write_bytes(documents.dumps(_document()))
    assert verify_certificate(path)["ok"]

    def peer() -> None:
        data = orjson.loads(path.read_bytes())
        stated = data.pop("proof")["payload_sha256"]
        assert hashlib.sha256(rfc8785.dumps(data)).hexdigest() == stated

    return Pair(repeated(lambda: verify_certificate(path)), repeated(peer))


ROWS = (
    Row(
        "certify-verify",
        f"verify a certificate of {COMMANDS + CHECKS} checks",
        "verify_certificate",
        "orjson + rfc8785 + sha256",
        at_most(4),
        15,
        _verify,
    ),
)
