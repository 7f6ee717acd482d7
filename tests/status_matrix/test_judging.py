"""What a report must be to stand in its row, and what stands there where it is not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runpact_core.redact import for_terminal
from runpact_status_matrix._classify import Classified, Context, classify
from runpact_status_matrix._freshness import moment_of
from runpact_status_matrix._model import FAILURES, Failed, Fetched, Source
from runpact_status_matrix._releases import is_older
from runpact_status_matrix._state import Known, Standing
from tests.status_matrix.ingesting import NOW, fetched, report, runner

CONTEXT = Context(moment_of(NOW), 72, "built_in", frozenset({"1"}))


def _classified(answer: Fetched | Failed | None, known: Known | None = None, **words: Any) -> Classified:
    return classify(words.pop("of", runner()), answer, known, words.pop("before", None), CONTEXT)


def _accepted(**changes: Any) -> Known:
    known = _classified(fetched(report(**changes))).known
    assert known is not None
    return known


def _refusal(answer: Fetched, known: Known | None = None) -> str:
    judged = _classified(answer, known)
    assert judged.entry["outcome"] == "refused"
    return str(judged.row["failure"])


def test_a_good_report_stands_in_its_row() -> None:
    """Status, freshness, age, source and counts come from it; the log says what judged it."""
    judged = _classified(fetched(report(), release="v1.4.0", release_published_s=1772323200))
    assert judged.row == {
        "runner_id": "rust", "implementation_repo": "runner-rust", "lane_class": "required", "state": "active",
        "runner_status": "pass", "freshness_state": "fresh", "policy_effect": "non_blocking_warn", "verdict": "ok",
        "who_acts": "nobody", "since": NOW, "slo_hours": 72, "age_s": 43200, "stale_after": "2026-03-04T00:00:00Z",
        "status_source": {
            "kind": "folder", "url": "https://example.org/report.json", "asset_name": "runner-status-report-v1.json",
            "release": "v1.4.0", "release_published_at": "2026-03-01T00:00:00Z", "digest_from": "metadata",
            "sha256": fetched(report()).sha256,
        },
        "status_report": {
            "report_version": 1, "release_version": "v1.4.0", "commit_sha": "a" * 40, "overall_status": "pass",
            "generated_at": "2026-03-01T00:00:00Z", "fresh_until": "2026-03-04T00:00:00Z",
            "passed": 1, "failed": 0, "skipped": 0,
        },
    }  # fmt: skip
    assert (judged.entry["outcome"], judged.entry["failures"]) == ("accepted", [])
    assert judged.entry["judged_by"] == "runner_status_report 1"
    assert judged.entry["digest"]["state"] == "matched"


@pytest.mark.parametrize("status", ["fail", "degraded", "unknown"])
def test_what_the_report_says_is_said_with_its_failed_commands(status: str) -> None:
    """A required runner that does not pass blocks, and the row names what failed."""
    results = [{"command": "lint", "status": "fail", "exit_code": 1, "duration_ms": 5}]
    row = _classified(fetched(report(overall_status=status, command_results=results))).row
    assert (row["runner_status"], row["policy_effect"], row["who_acts"]) == (status, "blocking_fail", "runner_owners")
    assert row["why"] == f"the runner's report says {status}: lint"


@pytest.mark.parametrize(
    ("field", "value"),
    [("runner_id", "go"), ("implementation_repo", "runner-go")],
)
def test_the_report_of_another_is_refused(field: str, value: str) -> None:
    """Runner and repository are those of the registry, or the report is another's (M-07)."""
    judged = _classified(fetched(report(**{field: value})))
    assert (judged.row["failure"], judged.row["freshness_state"]) == ("wrong-runner", "missing")
    assert f"the report says {field} {value}, the registry says" in judged.row["why"]


def test_a_lane_that_changed_in_the_registry_counts_at_once() -> None:
    """The report of before stands and is noted, and what was accepted stays known: a promotion blocks nobody."""
    known = _accepted(lane_class="compatibility_non_blocking")
    judged = _classified(fetched(report(lane_class="compatibility_non_blocking")), known)
    assert (judged.row["lane_class"], judged.row["verdict"]) == ("required", "ok")
    said = "the report says lane_class compatibility_non_blocking, the registry says required, which counts"
    assert judged.entry["notes"] == [said]
    assert known.is_of(runner())
    older = fetched(report(lane_class="compatibility_non_blocking", release_version="v1.3.0"))
    assert _refusal(older, known) == "rollback"


def _result(status: str, **more: Any) -> dict[str, Any]:
    return {"command": "lint", "status": status, "exit_code": 0, "duration_ms": 5, **more}


@pytest.mark.parametrize(
    ("results", "because"),
    [
        ([_result("pass"), _result("fail", command="tests")], "tests failed: by its results it is fail"),
        ([_result("pass"), _result("fail", required=False)], "lint failed: by its results it is degraded"),
        ([], "no command passed: by its results it is unknown"),
        ([_result("skip")], "no command passed: by its results it is unknown"),
    ],
)
def test_a_report_that_contradicts_itself_is_never_green(results: list[dict[str, Any]], because: str) -> None:
    """It says pass, and its results do not: no report at all, and the row says why."""
    judged = _classified(fetched(report(command_results=results)))
    assert (judged.row["failure"], judged.row["verdict"]) == ("invalid-report-shape", "blocked")
    assert judged.row["why"] == f"/overall_status: the report says pass, but {because} [contradiction]"
    assert judged.entry["problems"][0]["pointer"] == "/overall_status"


SHAPES: dict[str, Any] = {
    "nothing": b"",
    "not JSON": b"\x00\xff{",
    "cut": json.dumps(report()).encode()[:-9],
    "a list": b"[]",
    "twice the same key": json.dumps(report()).encode().replace(b"{", b'{"version": 1, ', 1),
    "deep": b"[" * 100_000,
    "a field missing": {name: value for name, value in report().items() if name != "commit_sha"},
    "unknown status": report(overall_status="green"),
    "version as text": report(version="1"),
    "version as float": json.dumps(report()).encode().replace(b'"version": 1', b'"version": 1.0'),
    "version true": report(version=True),
    "newer version": report(version=2),
    "no version": {name: value for name, value in report().items() if name != "version"},
    "line break in the release": report(release_version="v1\nv2"),
}


@pytest.mark.parametrize("raw", SHAPES.values(), ids=SHAPES.keys())
def test_what_its_contract_forbids_is_no_report(raw: Any) -> None:
    """It is missing then, its runner blocked, and the log says what is wrong (M-21)."""
    assert _refusal(fetched(raw)) == "invalid-report-shape"


def test_unknown_fields_do_no_harm() -> None:
    """A newer producer may say more than this release knows."""
    assert _classified(fetched(report(colour="green"))).row["verdict"] == "ok"


def test_a_version_that_the_pin_does_not_list_is_refused() -> None:
    """The catalog decides which versions judge."""
    judged = classify(runner(), fetched(report()), None, None, CONTEXT._replace(versions=frozenset()))
    assert judged.row["failure"] == "invalid-report-shape"
    assert "does not list version 1" in judged.row["why"]


def test_many_problems_are_cut_with_a_statement() -> None:
    """The log has the first 20 of them."""
    entry = _classified(fetched(report(command_results=[{}] * 30))).entry
    assert len(entry["problems"]) == 20
    assert entry["notes"] == ["100 more problems of the report are not listed"]


@pytest.mark.parametrize(
    ("changes", "failure"),
    [
        ({"release_version": "v1.3.9", "generated_at": "2026-03-01T11:00:00Z"}, "rollback"),
        ({"release_version": "v1.5.0", "generated_at": "2026-02-28T23:59:59Z"}, "rollback"),
        ({"release_version": "v1.4.0-rc.1", "generated_at": "2026-03-01T11:00:00Z"}, "rollback"),
        ({"commit_sha": "b" * 40}, "equivocation"),
        ({"generated_at": "2026-03-01T11:00:00Z"}, "equivocation"),
    ],
    ids=["older release, newer date", "newer release, older date", "release candidate", "same release", "same, newer"],
)
def test_what_is_not_newer_is_refused_and_the_accepted_report_stays(changes: dict[str, Any], failure: str) -> None:
    """The row keeps the last good report, is marked, and only warns while that is fresh (M-01, M-02)."""
    known = _accepted()
    judged = _classified(fetched(report(**changes)), known)
    row = judged.row
    assert (row["failure"], row["keeps_older_report"], row["verdict"]) == (failure, True, "warn")
    assert (row["runner_status"], row["freshness_state"]) == ("pass", "fresh")
    assert row["status_report"] == known.report
    assert judged.known == known
    assert (judged.entry["outcome"], judged.entry["failures"]) == ("refused", [failure])


@pytest.mark.parametrize(
    "changes",
    [{}, {"release_version": "v1.10.0"}, {"release_version": "nightly"}, {"release_version": "v1.4.1"}],
    ids=["the same", "1.10 is after 1.4", "a name without order", "the next"],
)
def test_what_is_not_older_is_accepted(changes: dict[str, Any]) -> None:
    """And is what is remembered from then on."""
    judged = _classified(fetched(report(**changes)), _accepted())
    assert judged.row["verdict"] == "ok"
    assert judged.known is not None
    assert judged.known.release_version == changes.get("release_version", "v1.4.0")


def test_a_kept_report_grows_stale() -> None:
    """Rollback for ever ends as stale; both failures stand in the log."""
    late = CONTEXT._replace(now=moment_of("2026-03-05T00:00:00Z"))
    judged = classify(runner(), fetched(report(release_version="v1.0")), _accepted(), None, late)
    assert (judged.row["freshness_state"], judged.row["verdict"]) == ("stale", "governance_fail")
    assert judged.entry["failures"] == ["rollback", "stale-report"]


def test_a_runner_that_moved_starts_afresh() -> None:
    """Another repository in the registry: what was accepted from the old one says nothing."""
    moved = runner()._replace(implementation_repo="runner-new")
    answer = fetched(report(implementation_repo="runner-new", release_version="v0.1"))
    assert _classified(answer, _accepted(), of=moved).row["verdict"] == "ok"


@pytest.mark.parametrize(
    ("release", "than", "older"),
    [
        ("v1.9", "v1.10", True),
        ("1.4", "v1.4.0", False),
        ("v1.4.0", "1.4", False),
        ("v1.4.0-rc.2", "v1.4.0-rc.10", True),
        ("v1.4.0-rc.1", "v1.4.0", True),
        ("v1.4.0", "v1.4.0-rc.1", False),
        ("v1.4.0-1", "v1.4.0-alpha", True),
        ("v1.4.0+b1", "v1.4.0+b2", False),
        ("v1", "v9007199254740992", True),
        ("nightly", "v1", False),
        ("v1", "nightly", False),
        ("2026.01", "2026.02", True),
    ],
)
def test_releases_are_ordered_by_their_numbers(release: str, than: str, older: bool) -> None:  # noqa: FBT001 - a value of the table
    """As semantic versions; names without numbers have no order."""
    assert is_older(release, than) is older


@pytest.mark.parametrize("failure", sorted(FAILURES))
def test_every_failure_of_a_source_makes_the_row_missing(failure: str) -> None:
    """Whatever failed: no report, unknown, blocked, and the failure stands in row and log."""
    details = {"status": 503, "attempts": 4, "expected": "0" * 64, "sha256": "1" * 64, "host": "example.org", "odd": 7}
    judged = _classified(Failed(failure, "it did not work", "https://example.org/x", ("tried twice",), details))
    row, entry = judged.row, judged.entry
    assert (row["runner_status"], row["freshness_state"], row["verdict"]) == ("unknown", "missing", "blocked")
    assert (row["failure"], row["why"]) == (failure, "it did not work")
    assert (entry["failures"], entry["notes"]) == ([failure], ["tried twice"])
    assert entry["outcome"] == ("refused" if failure == "checksum-mismatch" else "failed")
    wanted = "mismatched" if failure == "checksum-mismatch" else "not_checked"
    assert entry["digest"]["state"] == wanted


def test_a_digest_that_nobody_can_read_is_mismatched_too() -> None:
    """Where the source's digest has no form, the log says only that it did not match."""
    entry = _classified(Failed("checksum-mismatch", "no digest in it", None)).entry
    assert (entry["outcome"], entry["digest"]) == ("refused", {"state": "mismatched"})


def test_facts_of_the_exchange_stand_under_their_names() -> None:
    """What has a field goes there, what has none is kept beside; of a report, its size."""
    of = runner()._replace(source=Source("release_asset", "https://example.org/latest", "report.json"))
    details = {"status": 503, "attempts": 10**9, "host": "example.org", "last": True}
    exchange = _classified(Failed("http-error", "503", None, (), details), of=of).entry["exchange"]
    assert exchange == {"status": 503, "details": {"attempts": 10**9, "host": "example.org", "last": True}}
    assert _classified(fetched(b"{}"), of=of).entry["exchange"] == {"size_bytes": 2}


def test_a_runner_without_a_source_is_the_registry_s_matter() -> None:
    """It is missing, and the owners of the registry act."""
    judged = _classified(None, of=runner()._replace(source=None))
    assert (judged.row["failure"], judged.row["who_acts"]) == ("missing-release-metadata", "registry_owners")
    assert judged.entry["outcome"] == "not_asked"
    assert "status_source" not in judged.row


@pytest.mark.parametrize("state", ["planned", "disabled"])
def test_who_takes_no_part_is_missing_and_warns(state: str) -> None:
    """Nobody is asked, nothing fails."""
    judged = _classified(None, of=runner(state=state))
    assert (judged.row["freshness_state"], judged.row["policy_effect"]) == ("missing", "non_blocking_warn")
    assert (judged.row["why"], judged.entry["outcome"], judged.governance) == (
        f"the runner is {state}",
        "not_asked",
        False,
    )
    assert "failure" not in judged.row


def test_since_holds_while_verdict_and_failure_do() -> None:
    """The same standing keeps its moment; another one, or one from a later clock, begins now."""
    early = "2026-02-01T00:00:00Z"
    answer = Failed("timeout", "slow", None)
    assert _classified(answer, before=Standing("blocked", "timeout", early)).row["since"] == early
    assert _classified(answer, before=Standing("blocked", "http-error", early)).row["since"] == NOW
    assert _classified(answer, before=Standing("warn", "timeout", early)).row["since"] == NOW
    assert _classified(answer, before=Standing("blocked", "timeout", "2027-01-01T00:00:00Z")).row["since"] == NOW


def test_a_missing_digest_is_not_a_matching_one() -> None:
    """The report stands, and the log says that its digest was held against nothing."""
    judged = _classified(fetched(report(), digest_from=None))
    assert judged.entry["digest"]["state"] == "missing"
    assert "digest_from" not in judged.row["status_source"]


@pytest.mark.parametrize(
    "tag",
    ["v9", "v1.4", "v11.4.0", "v1.1.4.0", "1.4.0-rc.1", "v1.4.0-v1.4.0", "v1.4.0+1", "latest", "v", "1.4.0\u0661"],
)
def test_a_report_found_at_another_release_is_refused(tag: str) -> None:
    """Yesterday's report attached to today's release is not today's (M-06), nor is what only looks alike."""
    found = _classified(fetched(report(), release=tag))
    assert (found.row["failure"], found.row["policy_effect"]) == ("wrong-runner", "blocking_fail")
    assert found.row["why"] == f"the report says release v1.4.0, and was found at the release {for_terminal(tag)}"
    assert (found.entry["outcome"], found.known) == ("refused", None)


@pytest.mark.parametrize("tag", ["v1.4.0", "1.4.0", "V1.4.0", "rust-v1.4.0", "dc-runner-rust/1.4.0", "php8-v1.4.0"])
def test_what_stands_before_the_number_makes_no_other_release(tag: str) -> None:
    """A tag may begin with the runner's name or a v that the report leaves out, and the other way round."""
    assert _classified(fetched(report(), release=tag)).row["verdict"] == "ok"
    assert _classified(fetched(report(release_version=tag), release="v1.4.0")).row["verdict"] == "ok"


def test_a_release_of_another_component_is_another_one() -> None:
    """Two names before one number are two releases; a name without a number is itself alone."""
    assert _classified(fetched(report(release_version="php-v1.4.0"), release="rust-v1.4.0")).row["failure"]
    assert _classified(fetched(report(release_version="rc"), release="v-rc")).row["failure"]
    assert _classified(fetched(report(release_version="rc"), release="rc")).row["verdict"] == "ok"


def test_a_release_without_a_name_is_noted() -> None:
    """The report stands, and the log says that its release was held against nothing."""
    source = Source("release_asset", "https://example.org/releases/latest", "runner-status-report-v1.json")
    found = classify(runner()._replace(source=source), fetched(report()), None, None, CONTEXT)
    assert found.row["verdict"] == "ok"
    assert found.entry["notes"] == ["the release has no name, so that in the report was held against nothing"]


def test_a_value_that_fills_a_screen_is_cut() -> None:
    """A number of a hundred digits in a report costs the row's sentence its beginning, not a screen."""
    result = {"command": "lint", "status": "pass", "exit_code": 0, "duration_ms": 10**100}
    why = _classified(fetched(report(command_results=[result]))).row["why"]
    assert why.startswith(f"/command_results/0/duration_ms: 1{'0' * 39}… (101 characters) is greater than")


def test_what_is_asked_of_a_release_api_is_not_shown() -> None:
    """A query may hold a secret, so neither row nor log has it, whether the source answered or not."""
    source = Source("release_asset", "https://example.org/releases?token=secret", "runner-status-report-v1.json")
    for answer in (Failed("timeout", "it did not answer", None), fetched(report(), release="v1.4.0"), None):
        found = classify(runner()._replace(source=source), answer, None, None, CONTEXT)
        assert "secret" not in json.dumps([found.row, found.entry])
        assert found.entry["source"]["url"] == "https://example.org/releases"
