"""Failures as events: their kind by the table, in words without secrets, whatever the error is."""

from __future__ import annotations

import errno
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from runpact_core import documents
from runpact_core.errors import InvalidArtifact, MissingArtifact
from runpact_reporter import (
    TextCapturePolicy,
    capture_text_artifact,
    classify_failure_kind,
    extract_error_artifacts,
    failure_event,
    render_failure_text,
    sanitize_error,
)
from runpact_reporter._failure_rules import KINDS, RULES

TOKEN = "ghp_" + "a1B2" * 9


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    """The error with a traceback, and with a cause if there is one."""
    error.__cause__ = cause
    try:
        raise error  # noqa: TRY301 - the traceback is what this is for
    except BaseException as caught:  # noqa: BLE001 - the errors of the tests are of every kind
        return caught


def admitted(event: dict[str, Any]) -> dict[str, Any]:
    """The event, which the contract admits as one to be written."""
    assert documents.validate("failure", event, strict=True) == []
    return event


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (MemoryError(), "out_of_memory"),
        (TimeoutError("x"), "timeout"),
        (subprocess.TimeoutExpired("x", 5), "timeout"),
        (KeyboardInterrupt(), "signal"),
        (ModuleNotFoundError("No module named 'x'"), "import"),
        (AssertionError("expected a timeout"), "assertion"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), "network"),
        (OSError(errno.EDQUOT, "quota"), "quota"),
        (OSError(errno.ENOSPC, "full"), "quota"),
        (InvalidArtifact("no"), "validation"),
        (json.JSONDecodeError("no", "{", 0), "validation"),
        (MissingArtifact("last_run.json"), "missing_report"),
        (PermissionError(errno.EACCES, "no"), "unreadable_artifact"),
        (subprocess.CalledProcessError(-9, "x"), "signal"),
        (subprocess.CalledProcessError(1, "x"), "unknown"),
        (ValueError("something else"), "unknown"),
        (ExceptionGroup("two", [ValueError("x"), ConnectionResetError("y")]), "network"),
        ({"type": "builtins.ConnectionError", "message": "x"}, "network"),
        ({"type": "ConnectionResetError"}, "network"),
        ({"message": "HTTP 429 Too Many Requests"}, "quota"),
        ({"message": "no", "status_code": 429}, "quota"),
        ({"message": "no", "status_code": 503}, "network"),
        ({"message": "no", "exit_code": 124}, "timeout"),
        ({"message": "no", "exit_code": 137}, "signal"),
        ({"message": "Out of memory: Killed process 7", "exit_code": 137}, "out_of_memory"),
        ({"message": "no", "exit_code": 1}, "unknown"),
        ({"message": "no", "timed_out": True}, "timeout"),
        ({"message": "no", "timed_out": False, "timeout": 30}, "unknown"),
        ({"message": "no", "validation_errors": ["x"]}, "validation"),
        ({"message": "no", "validation_errors": []}, "unknown"),
        ({"status": "missing_report"}, "missing_report"),
        ({"kind": "quota", "message": "assertion failed"}, "quota"),
        ({"kind": "of others", "message": "Segmentation fault (core dumped)"}, "signal"),
        ({"message": "no", "cause": {"type": "TimeoutError"}}, "timeout"),
        ({"errors": [{"message": "x"}, {"message": "cannot import name 'y'"}]}, "import"),
        ("getaddrinfo ENOTFOUND registry", "network"),
        ("codec can't decode byte 0xff", "unreadable_artifact"),
        ("assert 1 == 2", "assertion"),
        ("expected 3 but got 4", "assertion"),
        ("no test report was written", "missing_report"),
        ("deadline exceeded", "timeout"),
        ("MemoryError", "out_of_memory"),
        ("Killed", "signal"),
        ("the killed processes were counted", "unknown"),
        ("exit code 137", "signal"),
        ("the command exited with status 139", "signal"),
        ("exit code 124", "timeout"),
        ("exit code 1", "unknown"),
        ("ValidationError: 2 errors", "validation"),
        ("assert timeout == 30", "assertion"),
        ("E       assert 'connection refused' in log", "assertion"),
        ("AssertionError: the quota is exceeded", "assertion"),
        ("the quota page failed to render", "unknown"),
        ("You exceeded your current quota, please check your plan", "quota"),
        ("Disk quota exceeded", "quota"),
        ("insufficient_quota", "quota"),
        ("Quota for requests was exhausted", "quota"),
        (None, "unknown"),
        ({}, "unknown"),
        (7, "unknown"),
    ],
)
def test_the_kind_of_a_failure(error: object, kind: str) -> None:
    """Types, exit codes and numbers stand before words; what no rule fits is unknown."""
    assert classify_failure_kind(error) == kind
    assert admitted(failure_event(error))["kind"] == kind


def test_the_table_is_whole() -> None:
    """Every kind of the contract has a rule, ids are unique and slugs, no rule is without a condition."""
    schema = json.loads(documents.schema(documents.find_contract("failure")[-1]))
    text = json.dumps(schema)
    assert sorted(KINDS) == sorted(kind for kind in KINDS if f'"{kind}"' in text)
    assert len(KINDS) == 11
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert [rule.id for rule in RULES if not any(rule[2:])] == []


def test_an_event_has_all_that_is_known() -> None:
    """Kind, rule, message, type, exit code with its signal, causes, captures; nothing that is not known."""
    Path("log").write_bytes(b"password=hunter22\n")
    error = raised(AssertionError("expected 1 row"), ConnectionResetError("reset by mia@example.org"))
    event = admitted(
        failure_event(
            error,
            exit_code=139,
            occurred_at="2026-01-19T12:00:00Z",
            run_id="r",
            product_id="spec-kit",
            artifacts=[capture_text_artifact("log"), {"artifact": {"path": "x", "exists": False}}],
            details={"attempt": 2},
        )
    )
    fingerprint = event.pop("fingerprint")
    assert len(fingerprint) == 32
    evidence = event.pop("artifacts")
    assert evidence[0]["excerpt"]["head"] == "password=***\n"
    assert evidence[1] == {"artifact": {"path": "x", "exists": False}}
    assert event.pop("removed").keys() >= {"email"}
    assert event == {
        "schema_version": "1.0",
        "kind": "signal",
        "rule": "exit-code-signal",
        "message": "expected 1 row",
        "exception_type": "AssertionError",
        "exit_code": 139,
        "signal": "SIGSEGV",
        "occurred_at": "2026-01-19T12:00:00Z",
        "run_id": "r",
        "product_id": "spec-kit",
        "details": {
            "attempt": 2,
            "causes": [{"relation": "caused by", "type": "ConnectionResetError", "message": "reset by ***"}],
        },
    }


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"exit_code": -15}, "SIGTERM"),
        ({"exit_code": 137}, "SIGKILL"),
        ({"signal": 11}, "SIGSEGV"),
        ({"signal": "SIGINT"}, "SIGINT"),
        ({"signal": "a word"}, None),
        ({"exit_code": 1}, None),
        ({"exit_code": 255}, None),
        ({"exit_code": 160}, "SIG32"),
    ],
)
def test_the_signal_that_ended_it(fields: dict[str, Any], name: str | None) -> None:
    """As stated, or as shells write it into the exit code."""
    assert admitted(failure_event({"message": "x", **fields})).get("signal") == name


def test_secrets_are_taken_out_and_counted() -> None:
    """In texts by their look, in fields by their name; the placeholder is the same for every length."""
    error = {
        "message": f"push to https://mia:hunter22@host/x failed with {TOKEN}",
        "api_key": "k",
        "password": "a much longer one than the other",
        "token_count": 5,
        "nested": [{"header": "Authorization: Bearer abcdefghijklmnop"}],
        "artifacts": {"log": "run.log"},
    }
    clean = sanitize_error(error)
    text = json.dumps(clean)
    assert [secret for secret in ("hunter22", TOKEN, "abcdefghijklmnop", "much longer") if secret in text] == []
    assert (clean["api_key"], clean["password"], clean["token_count"]) == ("***", "***", 5)
    assert clean["artifacts"] == {"log": "run.log"}
    assert sum(clean["removed"].values()) == 5
    assert sanitize_error(clean) == {**clean, "removed": {"named_value": 2}}


def test_an_exception_is_sanitized_into_a_mapping() -> None:
    """Type, message, calls and causes; the same words go through a mapping and back."""
    clean = sanitize_error(raised(RuntimeError("outer"), ValueError(f"inner {TOKEN}")))
    assert (clean["type"], clean["message"]) == ("RuntimeError", "outer")
    assert clean["traceback"] == ["test_failure.py: raised"]
    assert clean["causes"] == [{"relation": "caused by", "type": "ValueError", "message": "inner ***"}]
    assert sum(clean["removed"].values()) == 1
    assert sanitize_error(None) == {}
    assert sanitize_error({"error": raised(ValueError("x"))})["error"]["type"] == "ValueError"


class Hostile(Exception):
    """An error whose own methods fail."""

    def __str__(self) -> str:
        """Fail."""
        raise SystemExit(9)

    def __getattr__(self, name: str) -> object:
        """Fail, too."""
        raise RuntimeError(name)


def test_nothing_that_an_error_does_stops_an_event() -> None:
    """Hostile methods, cycles, half characters, infinities, unknown objects, endless nesting, giant texts and lists."""
    cycle: dict[str, Any] = {"message": "round"}
    cycle["cause"] = cycle
    cycle["list"] = [cycle, {1, 2}, float("inf"), 10**400, b"\xff", object, "\ud800"]
    deep: dict[str, Any] = {"message": "bottom"}
    for _ in range(10_000):
        deep = {"cause": deep}
    around: BaseException = ValueError("inner")
    around.__cause__ = RuntimeError("outer")
    around.__cause__.__context__ = around
    wide = {"message": "x" * 5_000_000, "many": list(range(100_000)), **{f"f{n}": n for n in range(5_000)}}
    errors: list[Any] = [
        Hostile(),
        {"message": Hostile()},
        {Hostile(): 1},
        cycle,
        deep,
        around,
        wide,
        {"error": Hostile()},
    ]
    for error in errors:
        event = admitted(failure_event(error, details=error if isinstance(error, dict) else None))
        assert len(documents.dumps(event)) < 2_000_000
        documents.dumps(sanitize_error(error))
        assert len(render_failure_text(error).splitlines()) < 60
    assert failure_event(Hostile())["message"] == "<Hostile that cannot be shown>"


def test_values_of_other_types_are_kept_as_the_contract_has_them() -> None:
    """An exit code that is none goes to the details; ids become texts: the event is always one of the contract."""
    odd: Any = {"exit_code": "abc", "run_id": 5, "product_id": 6, "occurred_at": 7}
    event = failure_event("boom", **odd)
    assert event["details"] == {"exit_code": "abc"}
    assert (event["run_id"], event["product_id"], event["occurred_at"]) == ("5", "6", "7")
    assert "exit_code" not in event


def test_the_excerpt_of_a_capture_fits_its_ledger() -> None:
    """An excerpt is as long in an event as it was captured; its secrets are out, and counted with the others."""
    Path("log").write_bytes(b"a line of a log\n" * 10_000 + b"by mia@example.org\n")
    policy = TextCapturePolicy(max_excerpt_bytes=150_000, head_bytes=100_000, tail_bytes=50_000)
    event = admitted(failure_event("by leo@example.org", artifacts=[capture_text_artifact("log", policy=policy)]))
    excerpt = event["artifacts"][0]["excerpt"]
    assert len(excerpt["head"]) == excerpt["ledger"]["head_bytes"] == 100_000
    assert excerpt["tail"].endswith("by ***\n")
    assert event["removed"] == {"email": 2}


def test_whatever_is_given_makes_an_event() -> None:
    """Evidence and details of other kinds than they should be are kept as they can be, and stop nobody."""
    Path("log.txt").write_text("x")
    given: Any = ["log.txt", Path("log.txt"), b"no", 7]
    listed: Any = [1]
    event = admitted(failure_event("x", artifacts=given, details=listed))
    assert [each["artifact"] for each in event["artifacts"]] == [
        {"path": "log.txt", "exists": True},
        {"path": "log.txt", "exists": True},
        {"path": "no", "exists": False},
        {"path": "7", "exists": False},
    ]
    assert event["details"] == {"details": [1]}
    alone: Any = "log.txt"
    assert admitted(failure_event("x", artifacts=alone))["artifacts"] == event["artifacts"][:1]
    nothing: Any = None
    assert "artifacts" not in admitted(failure_event("x", artifacts=nothing))


def test_each_error_of_a_cycle_is_told_once() -> None:
    """An error that is its own cause has none; two that cause each other are two."""
    alone: dict[str, Any] = {"message": "alone"}
    alone["cause"] = alone
    assert "details" not in failure_event(alone)
    first, second = ValueError("first"), TypeError("second")
    first.__cause__, second.__cause__ = second, first
    assert [cause["message"] for cause in failure_event(first)["details"]["causes"]] == ["second"]


def test_what_is_left_out_is_said() -> None:
    """A cut text says how many characters are missing, a cut list how many items."""
    clean = sanitize_error({"message": "x" * 100_000, "log": "y" * 5_000_000, "many": list(range(1_500))})
    assert clean["message"] == f"{'x' * 10_000}\n<left out: 80000 characters>\n{'x' * 10_000}"
    assert clean["log"] == f"{'y' * 10_000}\n<left out: 4980000 characters>\n{'y' * 10_000}"
    assert failure_event(ValueError("z" * 30_000))["message"].count("<left out: 10000 characters>") == 1
    assert clean["many"][-1] == "<left out: 500 more>"


def test_a_cut_shows_no_part_of_a_secret() -> None:
    """Where a long text is cut, a token that stands there is taken out before."""
    for place in range(9_960, 10_040, 7):
        text = "x " * (place // 2) + TOKEN + " x" * 20_000
        clean = sanitize_error({"message": text})
        assert "ghp" not in clean["message"]
        assert "a1B2a1B2" not in clean["message"]


def test_artifacts_of_an_error() -> None:
    """A mapping as it is, a list by its paths, what is below comes after and never replaces."""
    error = {
        "artifacts": {"stderr": "agent_stderr.txt"},
        "cause": {"artifacts": {"stderr": "other.txt", "log": "run.log"}},
    }
    assert extract_error_artifacts(error) == {"stderr": "agent_stderr.txt", "log": "run.log"}
    assert list(extract_error_artifacts({"artifacts": ["a.txt", {"path": "b"}, {"artifact": {"path": "c"}}]})) == [
        "a.txt",
        "b",
        "c",
    ]
    event = admitted(failure_event(error))
    assert event["details"]["artifacts"] == extract_error_artifacts(event) == extract_error_artifacts(error)
    assert render_failure_text(error).splitlines()[-2:] == ["  see stderr: agent_stderr.txt", "  see log: run.log"]
    assert [extract_error_artifacts(error) for error in (None, {}, ValueError("x"), {"artifacts": "x"})] == [{}] * 4


def test_a_failure_for_people() -> None:
    """What it is, what it came from, how it ended, what shows it; safe for a terminal, and the same for its event."""
    error = raised(RuntimeError(f"cannot push \x1b[2J {TOKEN}"), TimeoutError("took 5 s"))
    told = render_failure_text(error)
    assert told.splitlines() == [
        "timeout: RuntimeError: cannot push \\x1b[2J ***",
        "  caused by TimeoutError: took 5 s",
        f"  removed: {told.splitlines()[-1].partition(': ')[2]}",
    ]
    event = failure_event(error, exit_code=3, artifacts=[{"artifact": {"path": "run.log", "exists": True}}])
    assert render_failure_text(event).splitlines() == [
        "timeout: RuntimeError: cannot push \\x1b[2J ***",
        "  with TimeoutError: took 5 s",
        "  exit code 3",
        "  see run.log",
    ]
    assert render_failure_text({"message": "x", "exit_code": 143, "signal": 15}).splitlines() == [
        "signal: x",
        "  exit code 143 (SIGTERM)",
    ]
    assert render_failure_text({"message": "x", "signal": "SIGKILL"}).splitlines() == [
        "signal: x",
        "  ended by SIGKILL",
    ]
