"""What the tests of certificates share: a registry, a runner that can be called, and certificates that were not run."""

from __future__ import annotations

import copy
import json
import sys
from pathlib import Path
from typing import Any

from runpact_core import documents, edge
from runpact_status_matrix import CertifyRequest, _certificate, _intent, cli
from runpact_status_matrix._certificate import Checked

__all__ = [
    "NOW_S",
    "RUST",
    "adapter",
    "call",
    "certificate",
    "registry",
    "request",
    "rewritten",
    "write",
]

NOW_S = 1_768_803_312  # 2026-01-19T06:15:12Z

RUST: dict[str, Any] = {
    "runner_id": "rust",
    "class": "required",
    "status": "active",
    "entrypoints": {"public_adapter": "/adapter", "implementation_repo": "dc-runner-rust"},
    "required_core_checks": ["runtime.b", "runtime.a"],
    "required_core_cases": ["/specs/core.spec.md#CASE-1"],
    "command_contract_subset": [
        {"name": "governance", "args": ["--strict", "a b"], "expect_exit": [1, 0]},
        {"name": "style-check", "args": [], "expect_exit": [0]},
    ],
}

_ADAPTER = '#!/bin/sh\nfor word in "$@"; do echo "[$word]"; done\n[ "$1" = governance ] && exit 1\nexit 0\n'


def adapter(text: str = _ADAPTER) -> None:
    """Make the runner's program in the current folder; the default one prints its words."""
    path = Path("adapter")
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def registry(version: int = 2, **changes: Any) -> Path:
    """Write a registry with the runner `RUST`, changed; a field that is None is left out."""
    runner = {name: value for name, value in {**copy.deepcopy(RUST), **changes}.items() if value is not None}
    path = Path("registry.json")
    path.write_text(json.dumps({"version": version, "runners": [runner]}), encoding="utf-8")
    return path


def request(**changes: Any) -> CertifyRequest:
    """A request for it, with a check command that passes and a fixed time."""
    return CertifyRequest(
        **{
            "registry": Path("registry.json"),
            "runner_id": "rust",
            "check_command": ("true",),
            "now_s": NOW_S,
            "timeout_s": 60.0,
            **changes,
        }
    )


def certificate(checks: list[Checked] | None = None, *, version: int = 2, **runner: Any) -> dict[str, Any]:
    """A certificate of the runner `RUST` in which everything passed, or what is given was found; nothing is run."""
    entry = {**copy.deepcopy(RUST), **runner}
    intent = _intent.of_runner(entry, "/registry.json", version)
    facts = {
        "runner_id": entry["runner_id"],
        "class": entry["class"],
        "status": entry["status"],
        "implementation_repo": entry["entrypoints"]["implementation_repo"],
        "commit_sha": "a" * 40,
        "certified_at": "2026-01-19T06:15:12Z",
    }
    passed = [Checked(group, each, "pass", detail="exit code 0") for group, each in _certificate.asked(intent)]
    return _certificate.build(facts, intent, passed if checks is None else checks)


def rewritten(document: dict[str, Any]) -> dict[str, Any]:
    """The certificate with its digests taken anew, as somebody who forges one would."""
    forged = copy.deepcopy(document)
    forged["equivalence"]["intent_hash"] = _intent.intent_hash(forged["execution_intent"])
    forged["proof"]["payload_sha256"] = _certificate.payload_sha256(forged)
    return forged


def write(document: dict[str, Any], name: str = "c.json") -> Path:
    """Write a certificate as Runpact does, whatever is wrong with it."""
    path = Path(name)
    path.write_bytes(documents.dumps(document))
    return path


def call(*words: object) -> int:
    """Run ``runner-certify`` in this process; the exit code."""
    sys.stdout.flush()
    return edge.run(cli.certify, [str(word) for word in words], "runner-certify")
