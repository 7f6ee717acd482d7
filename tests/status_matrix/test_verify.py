"""Verifying a certificate: every lie is told with its place, what was not looked at is told as that; offline."""

from __future__ import annotations

import copy
import json
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import documents
from runpact_core.errors import ConfigurationError, MissingArtifact, UsageFailure
from runpact_status_matrix import keygen, sign, verify_certificate
from runpact_status_matrix._certificate import Checked
from runpact_status_matrix._coherence import RULES
from tests.status_matrix.certifying import RUST, call, certificate, registry, rewritten, write

if TYPE_CHECKING:
    from collections.abc import Callable

    Change = Callable[[dict[str, Any]], object]


def broken(checked: dict[str, Any]) -> list[tuple[str, str | None]]:
    """The broken rules and their places."""
    assert documents.validate("certificate_check", checked, strict=True) == []
    found = [(rule["rule"], rule.get("pointer")) for rule in checked["rules"] if rule["result"] == "broken"]
    assert checked["ok"] == (not found)
    return found


def set_(*path: str | int, to: object) -> Change:
    """Put a value at a place."""

    def change(document: dict[str, Any]) -> None:
        place: Any = document
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = to

    return change


def both(*changes: Change) -> Change:
    """One change after another."""

    def change(document: dict[str, Any]) -> None:
        for each in changes:
            each(document)

    return change


_INTENT = ("execution_intent", "required_core_checks")
FORGERIES: dict[str, tuple[Change, list[tuple[str, str | None]]]] = {
    "passed_too_many_fail": (set_("summary", "passed", to=9), [("summary-counts", "/summary/passed")]),
    "failed_hidden_fail": (
        both(set_("checks", 0, "status", to="fail"), set_("summary", "passed", to=4), set_("summary", "failed", to=1)),
        [("summary-status", "/summary/status")],
    ),
    "check_fails_unseen_fail": (
        set_("checks", 4, "status", to="fail"),
        [
            ("summary-counts", "/summary/passed"),
            ("summary-counts", "/summary/failed"),
            ("summary-status", "/summary/status"),
        ],
    ),
    "skips_and_passes_fail": (
        both(set_("checks", 2, "status", to="skip"), set_("summary", "passed", to=4), set_("summary", "skipped", to=1)),
        [("summary-status", "/summary/status")],
    ),
    "does_not_block_fail": (
        both(set_("runner", "blocking", to=False), set_("summary", "blocking", to=False)),
        [("blocking", "/runner/blocking"), ("blocking", "/summary/blocking")],
    ),
    "blocks_in_one_place_fail": (set_("summary", "blocking", to=False), [("blocking", "/summary/blocking")]),
    "blocks_of_another_class_fail": (
        set_("runner", "class", to="compatibility_non_blocking"),
        [("blocking", "/runner/blocking"), ("blocking", "/summary/blocking")],
    ),
    "check_left_out_fail": (
        both(lambda document: document["checks"].pop(), set_("summary", "passed", to=4)),
        [("checks-complete", "/checks")],
    ),
    "all_checks_left_out_fail": (
        both(set_("checks", to=[]), set_("summary", "passed", to=0)),
        [("summary-status", "/summary/status"), *[("checks-complete", "/checks")] * 5],
    ),
    "check_twice_fail": (
        both(
            lambda document: document["checks"].append(copy.deepcopy(document["checks"][0])),
            set_("summary", "passed", to=6),
        ),
        [("checks-unique", "/checks/5")],
    ),
    "asked_for_more_fail": (set_(*_INTENT, to=["runtime.a", "runtime.b", "z"]), [("checks-complete", "/checks")]),
    "asked_for_less_fail": (set_(*_INTENT, to=["runtime.a"]), [("checks-asked", "/checks/3")]),
    "wrong_group_fail": (
        set_("checks", 0, "group", to="other"),
        [("checks-complete", "/checks"), ("checks-asked", "/checks/0")],
    ),
    "unexpected_exit_fail": (set_("checks", 0, "exit_code", to=7), [("exits-expected", "/checks/0/exit_code")]),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_certificate_that_was_made_up_does_not_agree_with_itself(name: str) -> None:
    """Whoever forges the digests too is found by what the sections say of one another, each with its place."""
    change, expected = FORGERIES[name]
    document = certificate()
    change(document)
    assert broken(verify_certificate(write(rewritten(document)))) == expected
    assert ("payload-hash", "/proof/payload_sha256") in broken(verify_certificate(write(document)))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (set_("execution_intent", "registry_ref", "path", to="/x"), ["payload-hash"]),
        (set_("checks", 0, "detail", to="fine"), ["payload-hash"]),
        (set_("runner", "commit_sha", to="b" * 40), ["payload-hash"]),
        (set_("execution_intent", "command_contract_subset", 0, "args", to=["x"]), ["intent-hash", "payload-hash"]),
        (set_("equivalence", "intent_hash", to="0" * 64), ["intent-hash", "payload-hash"]),
        (set_("proof", "payload_sha256", to="0" * 64), ["payload-hash"]),
        (set_("more", to={"x": 1}), ["payload-hash"]),
    ],
)
def test_what_was_changed_afterwards_is_found(change: Change, expected: list[str]) -> None:
    """Also what no other section says anything about, and fields that this release does not know."""
    document = certificate()
    change(document)
    checked = verify_certificate(write(document))
    assert [rule for rule, _ in broken(checked)] == expected
    for rule in checked["rules"]:
        assert rule["result"] != "broken" or {"expected", "found"} <= set(rule)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", ("shape", None)),
        (b"{", ("shape", None)),
        (b"[]", ("shape", None)),
        (b'{"version": 2}', ("shape", "/runner")),
        (b'{"version": 9}', ("shape", "/version")),
        (b'{"version": 2, "version": 2}', ("shape", None)),
    ],
)
def test_what_is_no_certificate_is_told_so(raw: bytes, expected: tuple[str, str | None]) -> None:
    """Every other rule is told as not looked at, never as one that holds."""
    Path("c.json").write_bytes(raw)
    registry()
    checked = verify_certificate("c.json", registry="registry.json")
    assert {rule for rule, _ in broken(checked)} == {"shape"}
    if expected[1] != "/runner":
        assert broken(checked)[0] == expected
    assert [rule["rule"] for rule in checked["rules"] if rule["result"] == "not_checked"] == [*RULES, "registry"]
    assert checked["summary"]["holds"] == 0
    assert "runner_id" not in checked


def test_another_layout_is_told_and_no_fault() -> None:
    """Whoever writes certificates without our code writes valid ones; upper-case digests are digests."""
    document = certificate()
    document["proof"]["payload_sha256"] = document["proof"]["payload_sha256"].upper()
    Path("c.json").write_text(json.dumps(document), encoding="utf-8")
    checked = verify_certificate("c.json")
    assert broken(checked) == []
    assert [rule["rule"] for rule in checked["rules"] if rule["result"] == "not_checked"] == ["layout", "registry"]


@pytest.mark.parametrize(
    ("section", "name"),
    [("equivalence", "normalization_version"), ("equivalence", "hash_algorithm"), ("proof", "canonicalization")],
)
def test_digests_of_another_kind_count_for_nothing(section: str, name: str) -> None:
    """A way of taking digests that is not known is told with its place, and no digest is told as right."""
    document = certificate()
    document[section][name] = "none"
    checked = verify_certificate(write(document))
    assert broken(checked) == [("shape", f"/{section}/{name}")]
    assert checked["summary"]["holds"] == 0


def test_a_value_without_canonical_form_is_found() -> None:
    """A number that doubles do not hold cannot have been digested."""
    document = {**certificate(), "more": 2**60}
    (rule,) = [each for each in verify_certificate(write(document))["rules"] if each["rule"] == "payload-hash"]
    assert (rule["result"], rule["what"][:26]) == ("broken", "there is no canonical form")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"status": "disabled", "owner": "somebody else"}, []),
        ({"runner_id": "php"}, [("registry-runner", "/runner/runner_id")]),
        ({"class": "compatibility_non_blocking"}, [("registry-class", "/runner/class")]),
        (
            {"entrypoints": {"implementation_repo": "other"}},
            [("registry-repository", "/runner/implementation_repo")],
        ),
        ({"version": 1}, [("registry-version", "/execution_intent/registry_ref/version")]),
        (
            {"required_core_checks": ["runtime.a", "runtime.c"], "required_core_cases": None},
            [
                ("registry-intent", "/execution_intent/required_core_checks"),
                ("registry-intent", "/execution_intent/required_core_cases"),
            ],
        ),
        (
            {"command_contract_subset": RUST["command_contract_subset"][::-1]},
            [("registry-intent", "/execution_intent/command_contract_subset")],
        ),
    ],
)
def test_a_certificate_is_held_against_a_registry(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    """Its runner, class, repository and intent are those of the registry; whether it takes part is no matter of it."""
    assert broken(verify_certificate(write(certificate()), registry=registry(**changes))) == expected


def test_what_differs_from_the_registry_is_named() -> None:
    """What is asked too much, and what too little."""
    other = [{"name": "style-check", "args": ["--all"], "expect_exit": [3, 0]}]
    checked = verify_certificate(write(certificate()), registry=registry(command_contract_subset=other))
    (rule,) = [each for each in checked["rules"] if each["rule"] == "registry-intent"]
    assert rule["what"] == (
        "it was asked for something else: without `style-check --all` ending with 0 or 3"
        " and with `governance --strict a b` ending with 0 or 1, `style-check` ending with 0"
    )


def test_nothing_but_files_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket is opened and no name looked up, with a registry and a key: three files are enough."""
    path = write(certificate())
    keygen("keys")
    sign(path, "keys/certify.key")

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("a socket was opened")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    assert verify_certificate(path, registry=registry(), public_keys=["keys/certify.pub"])["ok"]


def test_files_that_are_not_there() -> None:
    """A certificate that is missing is no verdict, nor is a registry that is, or is broken."""
    with pytest.raises(MissingArtifact):
        verify_certificate("c.json")
    path = write(certificate())
    with pytest.raises(UsageFailure, match="no registry"):
        verify_certificate(path, registry="registry.json")
    Path("registry.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ConfigurationError):
        verify_certificate(path, registry="registry.json")


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    """0 where the certificate is whole, whatever it says; 1 where a rule is broken; the document with --json."""
    write(certificate())
    assert call("verify", "c.json") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "c.json is whole; it says pass"
    forged = certificate()
    forged["summary"]["passed"] = 9
    write(forged)
    assert call("verify", "c.json") == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "c.json is NOT what it should be; it says pass"
    told = (
        "BROKEN: summary-counts: passed is not the number of such checks, at /summary/passed; it should be 5; it is 9"
    )
    assert told in lines
    assert call("verify", "c.json", "--json") == 1
    assert json.loads(capsys.readouterr().out) == verify_certificate("c.json")
    write(certificate())
    assert call("verify", "c.json", "--json") == 0
    assert call("verify", "nothing.json") == 1


def test_a_passing_certificate_can_be_demanded() -> None:
    """`--require-pass`: one that is whole and says fail is 1, so what follows in a shell is not done."""
    write(certificate([]))
    assert [call("verify", "c.json"), call("verify", "c.json", "--require-pass")] == [1, 1]
    failed = [Checked(check["group"], check["id"], "fail") for check in certificate()["checks"]]
    write(certificate(failed))
    assert [call("verify", "c.json"), call("verify", "c.json", "--require-pass")] == [0, 1]
    assert call("verify", "c.json", "--require-pass", "--json") == 1
    write(certificate())
    assert call("verify", "c.json", "--require-pass") == 0


def test_a_certificate_of_another_commit_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A good one of yesterday is none of today: the rule names both commits, and the exit code is 1."""
    write(certificate())
    other = "b" * 40
    (rule,) = [each for each in verify_certificate("c.json", commit=other)["rules"] if each["result"] == "broken"]
    assert rule == {
        "rule": "commit", "result": "broken", "what": "the certificate is for another commit",
        "pointer": "/runner/commit_sha", "expected": other, "found": "a" * 40,
    }  # fmt: skip
    assert broken(verify_certificate("c.json", commit=other)) == [("commit", "/runner/commit_sha")]
    assert call("verify", "c.json", "--commit", other) == 1
    assert f"; it should be {other}; it is {'a' * 40}" in capsys.readouterr().out
    assert call("verify", "c.json", "--commit", other, "--json") == 1


@pytest.mark.parametrize("commit", ["a" * 40, "A" * 40])
def test_a_certificate_of_the_commit_that_was_asked_for_holds(commit: str) -> None:
    """In either case of letters; whoever asks for none is told of none."""
    write(certificate())
    checked = verify_certificate("c.json", commit=commit)
    assert broken(checked) == []
    assert checked["rules"][-1]["rule"] == "commit"
    assert "commit" not in [rule["rule"] for rule in verify_certificate("c.json")["rules"]]
    assert call("verify", "c.json", "--commit", commit, "--require-pass") == 0


@pytest.mark.parametrize("commit", ["a" * 39, "a" * 7, "a", "a" * 41])
def test_a_shortened_commit_is_no_commit(commit: str) -> None:
    """Many commits begin so; the rule says that a whole id is needed."""
    checked = verify_certificate(write(certificate()), commit=commit)
    assert broken(checked) == [("commit", "/runner/commit_sha")]
    assert ("shortened" in checked["rules"][-1]["what"]) == (len(commit) < 40)


def test_words_that_are_no_commit(capsys: pytest.CaptureFixture[str]) -> None:
    """A variable of a job that was not set demands something, so it is an error and not a question left out."""
    write(certificate())
    for word in ("", "HEAD~1", "é"):
        assert call("verify", "c.json", "--commit", word) == 2
        assert "is no id of a commit" in capsys.readouterr().err


def test_what_was_not_looked_at_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Of a file that cannot be read, the one line that matters is not lost among ten that do not."""
    Path("c.json").write_text("{", encoding="utf-8")
    assert call("verify", "c.json", "--commit", "a" * 40) == 1
    shape, rest, registry_line, commit, last = capsys.readouterr().out.splitlines()
    assert shape.startswith("BROKEN: shape: ")
    assert rest == f"not checked: {', '.join(RULES)}: the certificate cannot be read"
    assert registry_line == "not checked: registry: no registry was given"
    assert commit == "not checked: commit: the certificate cannot be read"
    assert last == "c.json is NOT what it should be"
