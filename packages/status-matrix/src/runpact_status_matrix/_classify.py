"""One runner, what its source gave, what is remembered of it, and now: its row and its log entry. Pure.

A row's report is *missing* when there is no acceptable one; then its status is ``unknown``. Where the source gives an
older report than the one accepted before, or another one of the same release, the accepted one stays in the row, which
says so, and grows stale by itself. What follows from all that is in `_effects`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core.redact import for_terminal
from runpact_status_matrix._effects import effect_of, who_acts
from runpact_status_matrix._entry import address, entry_of, line
from runpact_status_matrix._freshness import Age, age_of, from_seconds, moment_of, shown
from runpact_status_matrix._judge import Accepted, Refused, judge
from runpact_status_matrix._model import Failed, Fetched
from runpact_status_matrix._state import Known, Standing

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from typing import Literal

    from runpact_status_matrix._effects import Verdict
    from runpact_status_matrix._model import Runner

__all__ = ["Classified", "Context", "classify"]

_KEPT = frozenset({"rollback", "equivocation"})
_NAMED = 20
_MOST_READ = 10_000
_LONG = re.compile(r"\S{100,}")  # no word, digest or address of a sentence, but what a report has instead of one


class Context(NamedTuple):
    """What every row of an ingest is judged by.

    Attributes:
        now: The moment of `_freshness`.
        max_age_hours: How old a report may be where the registry does not say.
        max_age_from: Who said that.
        versions: The versions of the report's contract that may judge.
    """

    now: int
    max_age_hours: int
    max_age_from: Literal["option", "built_in"]
    versions: AbstractSet[str]


class Classified(NamedTuple):
    """What became of one runner.

    Attributes:
        row: Its row of the matrix.
        entry: Its entry in the log.
        known: What is remembered of it from now on; None where nothing was ever accepted.
        governance: Whether it fails ``--enforce-freshness``.
    """

    row: dict[str, Any]
    entry: dict[str, Any]
    known: Known | None
    governance: bool

    @property
    def standing(self) -> Standing:
        """How the row stands, for the next ingest."""
        return Standing(self.row["verdict"], self.row.get("failure"), self.row["since"])


class _Found(NamedTuple):
    """What the row says of the runner: a report, or why there is none."""

    failure: str | None
    message: str | None
    source: dict[str, Any] | None
    known: Known | None = None  # whose report stands in the row
    judged: Accepted | Refused | None = None


def classify(
    runner: Runner, answer: Fetched | Failed | None, known: Known | None, before: Standing | None, context: Context
) -> Classified:
    """Judge one runner.

    Args:
        runner: The runner, as the registry says.
        answer: What its source gave; None where it was not asked.
        known: Its report that was accepted last, or None.
        before: How its row stood at the ingest before, or None.
        context: What everything is judged by.
    """
    applies = known if known is not None and known.is_of(runner) else None
    found = _found(runner, answer, applies, context)
    slo, slo_from = (
        (runner.slo_hours, "registry")
        if runner.slo_hours is not None
        else (context.max_age_hours, context.max_age_from)
    )
    age = _age(found, slo, context.now)
    row = _row(runner, found, age, slo)
    rule = effect_of(runner.lane_class, runner.state, row["runner_status"], row["freshness_state"])
    failure = found.failure or ("stale-report" if age is not None and age.is_stale else None)
    verdict: Verdict = "warn" if found.failure and rule.verdict == "ok" else rule.verdict
    row |= {
        "policy_effect": rule.effect,
        "verdict": verdict,
        "who_acts": who_acts(rule, verdict, failure, has_source=runner.source is not None),
        "since": _since(before, verdict, failure, context.now),
    }
    _put(row, "failure", failure)
    _put(row, "why", _why(runner, found, age, slo))
    stale_too = found.failure is not None and age is not None and age.is_stale
    failures = [failure, *(["stale-report"] if stale_too else [])] if failure else []
    entry = entry_of(runner, answer, found.judged, (failures, row.get("why")), (age, slo, slo_from))
    accepted_now = found.known is not None and "keeps_older_report" not in row
    return Classified(row, entry, found.known if accepted_now else applies, rule.governance)


def _found(runner: Runner, answer: Fetched | Failed | None, known: Known | None, context: Context) -> _Found:
    """Judge what the source gave."""
    source = _source(runner, answer)
    if runner.state != "active":
        return _Found(None, None, source)
    if answer is None:
        return _Found("missing-release-metadata", "the registry names no source of reports", source)
    if isinstance(answer, Failed):
        return _Found(answer.failure, answer.message, source)
    judged = judge(answer, runner, context.now, context.versions, known)
    if isinstance(judged, Accepted):
        return _Found(None, None, source, _remembered(runner, answer, judged, source or {}), judged)
    if judged.failure in _KEPT and known is not None:
        return _Found(judged.failure, judged.message, known.source, known, judged)
    return _Found(judged.failure, judged.message, source, None, judged)


def _age(found: _Found, slo: int, now: int) -> Age | None:
    """How old the report in the row is; None where there is none."""
    if found.known is None:
        return None
    return age_of(moment_of(found.known.generated_at), moment_of(found.known.fresh_until), slo, now)


def _row(runner: Runner, found: _Found, age: Age | None, slo: int) -> dict[str, Any]:
    """The row, but for what follows from it."""
    row: dict[str, Any] = {
        "runner_id": runner.runner_id,
        "implementation_repo": line(runner.implementation_repo),
        "lane_class": runner.lane_class,
        "state": runner.state,
        "runner_status": "unknown",
        "freshness_state": "missing",
        "slo_hours": slo,
    }
    _put(row, "status_source", found.source)
    if age is None or found.known is None:
        return row
    row["status_report"] = found.known.report
    row["runner_status"] = found.known.report["overall_status"]
    row["freshness_state"] = "stale" if age.is_stale else "fresh"
    row["age_s"] = age.age_s
    row["stale_after"] = shown(age.stale_after)
    if found.failure is not None:
        row["keeps_older_report"] = True
    return row


def _source(runner: Runner, answer: Fetched | Failed | None) -> dict[str, Any] | None:
    """Where the report came from, or was looked for."""
    if runner.source is None:
        return None
    source: dict[str, Any] = {
        "kind": runner.source.kind,
        "url": line(answer.url) if answer is not None and answer.url else address(runner.source),
        "asset_name": line(runner.source.asset_name),
    }
    if isinstance(answer, Fetched):
        source["sha256"] = answer.sha256
        _put(source, "release", None if answer.release is None else line(answer.release))
        published = answer.release_published_s
        _put(source, "release_published_at", None if published is None else shown(from_seconds(published)))
        _put(source, "digest_from", answer.digest_from)
    return source


def _remembered(runner: Runner, fetched: Fetched, accepted: Accepted, source: dict[str, Any]) -> Known:
    """What the row says of an accepted report, which is also what is remembered of it."""
    data = accepted.data
    results = [(each["command"], each["status"]) for each in data["command_results"]]
    report = {
        "report_version": data["version"],
        "release_version": data["release_version"],
        "commit_sha": data["commit_sha"],
        "generated_at": data["generated_at"],
        "fresh_until": data["fresh_until"],
        "overall_status": data["overall_status"],
        "passed": sum(status == "pass" for _, status in results),
        "failed": sum(status == "fail" for _, status in results),
        "skipped": sum(status == "skip" for _, status in results),
    }
    failed = [command for command, status in results if status == "fail"]
    _put(report, "failed_commands", failed[:_NAMED] or None)
    return Known(
        implementation_repo=runner.implementation_repo,
        lane_class=runner.lane_class,
        release_version=data["release_version"],
        generated_at=data["generated_at"],
        fresh_until=data["fresh_until"],
        sha256=fetched.sha256,
        source=source,
        report=report,
    )


def _since(before: Standing | None, verdict: str, failure: str | None, now: int) -> str:
    """Since when the row stands so: as long as the one before it did, if that stood the same."""
    if before is None or (before.verdict, before.failure) != (verdict, failure) or moment_of(before.since) > now:
        return shown(now)
    return before.since


def _why(runner: Runner, found: _Found, age: Age | None, slo: int) -> str | None:
    """What is the matter, in one sentence that does not change while time passes."""
    if found.message is not None:
        message = for_terminal(found.message[:_MOST_READ])
        return _LONG.sub(lambda word: f"{word[0][:40]}… ({len(word[0])} characters)", message)[:500]
    if age is None or found.known is None:  # and nothing went wrong
        return f"the runner is {runner.state}"
    said, report = [], found.known.report
    if age.is_stale:
        by_producer = age.stale_after == age.fresh_until
        limit = "as long as its producer means it to be relied on" if by_producer else f"{slo} h after it was made"
        said.append(f"the report was fresh until {shown(age.stale_after)}, {limit}")
    if report["overall_status"] != "pass":
        names = for_terminal(", ".join(report.get("failed_commands", ())))[:300]
        said.append(f"the runner's report says {report['overall_status']}{f': {names}' if names else ''}")
    return "; ".join(said) or None


def _put(into: dict[str, Any], field: str, value: object) -> None:
    """Set a field that has something to say."""
    if value is not None:
        into[field] = value
