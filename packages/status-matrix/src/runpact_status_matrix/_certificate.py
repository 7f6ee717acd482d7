"""The certificate as a value: built, sealed by its digests, and as Markdown. Pure.

Invariants:

* ``checks`` has one entry for each command, check and case of the intent, in its order: commands, checks, cases.
* It passes exactly where there are some and every one of them passed: one that failed, was skipped or never made is no
  pass, and who was asked nothing has not passed either.
* ``blocking`` says whether the class is ``required``, in both places.
* ``proof.payload_sha256`` is the SHA-256 of the whole document but for ``proof``, in the form of RFC 8785.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core.redact import for_markdown, for_terminal
from runpact_status_matrix._intent import NORMALIZATION, canonical_sha256, command_ids, intent_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "CANONICALIZATION",
    "CONTRACT",
    "GROUPS",
    "OUTCOMES",
    "Checked",
    "asked",
    "build",
    "counts",
    "is_blocking",
    "markdown",
    "payload_sha256",
    "status",
]

CONTRACT = "runner_execution_certificate"

CANONICALIZATION = "json-c14n-v1"
"""Name of the form that the digest of a certificate is taken of; it is RFC 8785."""

GROUPS = ("command_contract_subset", "required_core_checks", "required_core_cases")
"""The groups of checks, named as the lists of the intent are, in the order of a certificate."""

OUTCOMES = ("pass", "fail")
"""What a certificate may say."""

_COUNTED = {"pass": "passed", "fail": "failed", "skip": "skipped"}
_LONGEST_DETAIL = 1000
_COLUMNS = ("group", "id", "status", "exit code", "detail", "evidence")


class Checked(NamedTuple):
    """One thing that was checked.

    Attributes:
        group: One of `GROUPS`.
        id: The command's id, the check or the case.
        status: ``pass``, ``fail`` or ``skip``.
        exit_code: Exit code of what was run for it; 0 where nothing was.
        detail: What was found; anything, it is made safe to show here.
        duration_ms: How long it took, or None where that was not measured.
        evidence_ref: Path or address of what shows it, or None.
    """

    group: str
    id: str
    status: str
    exit_code: int = 0
    detail: str = ""
    duration_ms: int | None = None
    evidence_ref: str | None = None

    def document(self) -> dict[str, Any]:
        """The entry of ``checks``."""
        entry = {
            "group": self.group,
            "id": self.id,
            "status": self.status,
            "exit_code": self.exit_code,
            "detail": for_terminal(self.detail)[:_LONGEST_DETAIL],
        }
        if self.duration_ms is not None:
            entry["duration_ms"] = self.duration_ms
        if self.evidence_ref:
            entry["evidence_ref"] = for_terminal(self.evidence_ref)
        return entry


def asked(intent: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Group and id of everything that an intent in normal form asks for, in the order of a certificate."""
    commands = [(GROUPS[0], each) for each in command_ids(intent["command_contract_subset"])]
    return [*commands, *((group, each) for group in GROUPS[1:] for each in intent[group])]


def is_blocking(lane_class: object) -> bool:
    """Whether failures of a runner of that class block."""
    return lane_class == "required"


def counts(checks: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many checks passed, failed and were skipped."""
    found = dict.fromkeys(_COUNTED.values(), 0)
    for check in checks:
        if check["status"] in _COUNTED:  # a reader may meet a word of a later release
            found[_COUNTED[check["status"]]] += 1
    return found


def status(checks: Iterable[Mapping[str, Any]]) -> str:
    """``pass`` where there are checks and every one passed, else ``fail``."""
    found = [check["status"] for check in checks]
    return "pass" if found and all(each == "pass" for each in found) else "fail"


def build(runner: Mapping[str, Any], intent: Mapping[str, Any], checks: Sequence[Checked]) -> dict[str, Any]:
    """The certificate.

    Args:
        runner: Its section ``runner``, but for ``blocking``.
        intent: Its section ``execution_intent``, in normal form; its registry's version is the certificate's.
        checks: What was found.
    """
    entries, blocking = [each.document() for each in checks], is_blocking(runner["class"])
    document = {
        "version": intent["registry_ref"]["version"],
        "runner": {**runner, "blocking": blocking},
        "execution_intent": dict(intent),
        "equivalence": {
            "normalization_version": NORMALIZATION,
            "hash_algorithm": "sha256",
            "intent_hash": intent_hash(intent),
        },
        "summary": {"status": status(entries), **counts(entries), "blocking": blocking},
        "checks": entries,
    }
    proof = {"canonicalization": CANONICALIZATION, "payload_sha256": payload_sha256(document)}
    return {**document, "proof": proof}


def payload_sha256(document: Mapping[str, Any]) -> str:
    """The digest of a certificate: of all of it but ``proof``.

    Raises:
        InvalidArtifact: It holds what the canonical form has no bytes for.
    """
    return canonical_sha256({name: value for name, value in document.items() if name != "proof"})


def markdown(document: Mapping[str, Any]) -> str:
    """The certificate for people: its facts, and a row for each check. No text of it can break out of its cell."""
    runner, summary, intent = document["runner"], document["summary"], document["execution_intent"]
    facts = {
        "class": runner["class"] + (" (failures block)" if runner["blocking"] else " (failures do not block)"),
        "state": runner["status"],
        "repository": runner["implementation_repo"],
        "commit": runner["commit_sha"],
        "certified": runner["certified_at"],
        "checks": ", ".join(f"{summary[each]} {each}" for each in _COUNTED.values()),
        "registry": f"{intent['registry_ref']['path']}, version {intent['registry_ref']['version']}",
        "intent": f"sha256 {document['equivalence']['intent_hash']}",
        "certificate": f"sha256 {document['proof']['payload_sha256']}",
    }
    lines = [f"# Runner {for_markdown(runner['runner_id'])}: {summary['status'].upper()}", "", *_table(("", ""))]
    lines += [_row((name, value)) for name, value in facts.items()]
    lines += [
        "",
        *(_table(_COLUMNS) if document["checks"] else ["Nothing is asked of this runner, so nothing is certified."]),
    ]
    lines += [
        _row(
            (
                check["group"],
                check["id"],
                check["status"],
                str(check["exit_code"]),
                check["detail"],
                check.get("evidence_ref", ""),
            )
        )
        for check in document["checks"]
    ]
    return "\n".join(lines) + "\n"


def _table(columns: Sequence[str]) -> list[str]:
    return [_row(columns), "|" + " --- |" * len(columns)]


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(for_markdown(cell) for cell in cells) + " |"
