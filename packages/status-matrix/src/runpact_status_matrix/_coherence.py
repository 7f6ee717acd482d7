"""Whether a certificate agrees with itself, and with the registry that it was made from. Pure.

What is judged has passed the contract's tolerant view: fields are there and of their types, but a word may be one that
this release does not know. Every mismatch is a rule of its own, with its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runpact_core.errors import InvalidArtifact
from runpact_status_matrix import _certificate, _intent
from runpact_status_matrix._rules import Rule, broken, compared, holds, settled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Data = Mapping[str, Any]

__all__ = ["RULES", "against_registry", "coherence", "of_commit"]

RULES = (
    "intent-hash",
    "payload-hash",
    "summary-counts",
    "summary-status",
    "blocking",
    "checks-unique",
    "checks-complete",
    "checks-asked",
    "exits-expected",
)
"""The rules of `coherence`, in the order of looking."""


def coherence(document: Data) -> list[Rule]:
    """Everything that a certificate can be asked by itself, in the order of `RULES`."""
    checks, summary = document["checks"], document["summary"]
    return [
        _digest(document, "equivalence", "intent_hash", "intent-hash"),
        _digest(document, "proof", "payload_sha256", "payload-hash"),
        *settled("summary-counts", _counts(document), "the summary counts the checks"),
        compared(
            "summary-status",
            "/summary/status",
            _certificate.status(checks),
            summary["status"],
            well=f"the checks make it a {summary['status']}",
            ill="the summary says something else than the checks",
        ),
        *settled("blocking", _blocking(document), "it blocks as its class says"),
        *settled("checks-unique", _twice(document), "no check stands there twice"),
        *settled("checks-complete", _missing(document), "everything that is asked for has a result"),
        *settled("checks-asked", _unasked(document), "nothing has a result that is not asked for"),
        *settled("exits-expected", _exits(document), "commands passed with exit codes that are expected"),
    ]


def against_registry(document: Data, registry: Data) -> list[Rule]:
    """Whether a certificate is one for its runner as a registry has it now.

    Args:
        document: The certificate.
        registry: The registry, which its contract admits.
    """
    stated = document["runner"]
    runner = next((each for each in registry["runners"] if each["runner_id"] == stated["runner_id"]), None)
    if runner is None:
        return [
            broken("registry-runner", "the registry has no such runner", "/runner/runner_id", found=stated["runner_id"])
        ]
    repository = runner["entrypoints"]["implementation_repo"]
    return [
        holds("registry-runner", "the registry has the runner"),
        _of_registry("version", "/execution_intent/registry_ref/version", registry["version"], _version(document)),
        _of_registry("class", "/runner/class", runner["class"], stated["class"]),
        _of_registry("repository", "/runner/implementation_repo", repository, stated["implementation_repo"]),
        *settled("registry-intent", _intents(document, runner), "it was asked for what the registry asks for"),
    ]


def of_commit(document: Data, commit: str) -> Rule:
    """Whether a certificate is for a commit. A shortened id is that of many commits, so it is none of them."""
    found, expected = document["runner"]["commit_sha"], commit.lower()
    ill = "the certificate is for another commit"
    if expected and found.lower().startswith(expected):
        ill = "the commit that was asked for is shortened, and a whole id is needed"
    well = "the certificate is for the commit that was asked for"
    pointer = "/runner/commit_sha"
    if found.lower() == expected:
        return holds("commit", well)
    return broken("commit", ill, pointer, expected=commit, found=found)


def _version(document: Data) -> Any:
    return document["execution_intent"]["registry_ref"]["version"]


def _of_registry(name: str, pointer: str, expected: object, found: object) -> Rule:
    well, ill = f"the {name} is that of the registry", f"the {name} is not that of the registry"
    return compared(f"registry-{name}", pointer, expected, found, well=well, ill=ill)


def _digest(document: Data, section: str, name: str, rule: str) -> Rule:
    what = "the intent" if section == "equivalence" else "the certificate"
    try:
        if section == "equivalence":
            expected = _intent.intent_hash(document["execution_intent"])
        else:
            expected = _certificate.payload_sha256(document)
    except InvalidArtifact as error:
        return broken(rule, error.reason, f"/{section}/{name}")
    found = document[section][name].lower()
    ill = f"{what} was changed after its digest was taken, or the digest was"
    return compared(rule, f"/{section}/{name}", expected, found, well=f"{what} is what its digest says", ill=ill)


def _counts(document: Data) -> Iterator[Rule]:
    for name, expected in _certificate.counts(document["checks"]).items():
        found = document["summary"][name]
        if found != expected:
            pointer = f"/summary/{name}"
            yield broken(
                "summary-counts", f"{name} is not the number of such checks", pointer, expected=expected, found=found
            )


def _blocking(document: Data) -> Iterator[Rule]:
    expected = _certificate.is_blocking(document["runner"]["class"])
    for section in ("runner", "summary"):
        rule = compared(
            "blocking",
            f"/{section}/blocking",
            expected,
            document[section]["blocking"],
            well="",
            ill=f"a runner of the class {document['runner']['class']} {'blocks' if expected else 'does not block'}",
        )
        if rule.result == "broken":
            yield rule


def _results(document: Data) -> list[tuple[str, str]]:
    return [(check["group"], check["id"]) for check in document["checks"]]


def _asked(document: Data) -> list[tuple[str, str]]:
    return _certificate.asked(_intent.normalized(document["execution_intent"]))


def _twice(document: Data) -> Iterator[Rule]:
    seen: set[tuple[str, str]] = set()
    for index, key in enumerate(_results(document)):
        if key in seen:
            yield broken("checks-unique", "it has a result already", f"/checks/{index}", found=_named(key))
        seen.add(key)


def _missing(document: Data) -> Iterator[Rule]:
    results = set(_results(document))
    for key in _asked(document):
        if key not in results:
            yield broken("checks-complete", "it is asked for and has no result", "/checks", expected=_named(key))


def _unasked(document: Data) -> Iterator[Rule]:
    asked = set(_asked(document))
    for index, key in enumerate(_results(document)):
        if key not in asked:
            yield broken("checks-asked", "it has a result and is not asked for", f"/checks/{index}", found=_named(key))


def _exits(document: Data) -> Iterator[Rule]:
    commands = document["execution_intent"]["command_contract_subset"]
    expected = dict(zip(_intent.command_ids(commands), commands, strict=True))
    for index, check in enumerate(document["checks"]):
        command = expected.get(check["id"]) if check["group"] == _certificate.GROUPS[0] else None
        if command is None or check["status"] != "pass" or check["exit_code"] in command["expect_exit"]:
            continue
        codes = " or ".join(str(code) for code in command["expect_exit"])
        what = f"{check['id']} is said to have passed with an exit code that is not expected"
        pointer = f"/checks/{index}/exit_code"
        yield broken("exits-expected", what, pointer, expected=codes, found=check["exit_code"])


def _intents(document: Data, runner: Data) -> Iterator[Rule]:
    """Where the intent of a certificate is another than a runner's, list by list."""
    found, expected = _intent.normalized(document["execution_intent"]), _intent.normalized(runner)
    for name in _certificate.GROUPS:
        if found[name] == expected[name]:
            continue
        more = [_shown(each) for each in found[name] if each not in expected[name]]
        less = [_shown(each) for each in expected[name] if each not in found[name]]
        said = [f"without {', '.join(less)}" if less else "", f"with {', '.join(more)}" if more else ""]
        what = " and ".join(each for each in said if each) or "in another order, or not as often"
        yield broken("registry-intent", f"it was asked for something else: {what}", f"/execution_intent/{name}")


def _named(key: tuple[str, str]) -> str:
    return f"{key[1]} of {key[0]}"


def _shown(entry: Any) -> str:
    if isinstance(entry, str):
        return entry
    exits = " or ".join(str(code) for code in entry["expect_exit"])
    return f"`{' '.join([entry['name'], *entry['args']])}` ending with {exits}"
