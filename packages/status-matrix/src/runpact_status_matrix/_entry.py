"""What the ingest log says of one runner. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runpact_core.redact import for_terminal
from runpact_status_matrix._freshness import from_seconds, shown
from runpact_status_matrix._judge import Accepted, Refused
from runpact_status_matrix._model import Failed, Fetched

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runpact_status_matrix._freshness import Age
    from runpact_status_matrix._model import Runner, Source

__all__ = ["address", "entry_of", "line"]

_EXCHANGED = {
    "status": (100, 999),
    "attempts": (0, 1000),
    "redirects": (0, 1000),
    "size_bytes": (0, 2**53 - 1),
    "retry_after_s": (0, 2**53 - 1),
}
_OF_DIGEST = ("expected", "sha256", "digest_from")
_MOST_PROBLEMS = 20
_SHOWN = 500


def line(text: str) -> str:
    """A text of others as one line of at most 1000 characters, never empty."""
    return for_terminal(text)[:1000] or "?"


def address(source: Source) -> str:
    """Where a report is looked for, as it may be shown: what is asked of a release API may hold a secret."""
    return line(source.url.partition("?")[0] if source.kind == "release_asset" else source.url)


def entry_of(
    runner: Runner,
    answer: Fetched | Failed | None,
    judged: Accepted | Refused | None,
    wrong: tuple[list[str], str | None],
    aged: tuple[Age | None, int, str],
) -> dict[str, Any]:
    """The entry of one runner.

    Args:
        runner: The runner.
        answer: What its source gave; None where it was not asked.
        judged: What was made of the report; None where there was none, or nobody asked.
        wrong: What went wrong, what decided first, and the same for people.
        aged: How old the report in the row is, or None; how old it may be, in hours; who says so.
    """
    failures, message = wrong
    notes = [for_terminal(note)[:_SHOWN] for note in (answer.notes if answer else ())]
    entry: dict[str, Any] = {
        "runner_id": runner.runner_id,
        "outcome": _outcome(answer, judged, failures),
        "failures": failures,
        "digest": _digest(answer),
    }
    if failures and message is not None:
        entry["message"] = message
    if runner.source is not None:
        entry["source"] = _source(runner.source, answer)
    exchange = _exchange(answer, runner)
    if exchange:
        entry["exchange"] = exchange
    if answer is not None:
        entry["freshness"] = _freshness(*aged)
    if judged is not None and judged.judged_by is not None:
        entry["judged_by"] = judged.judged_by
    if isinstance(judged, Refused) and judged.problems:
        entry["problems"] = [
            {
                "pointer": for_terminal(found.pointer)[:_SHOWN],
                "rule": found.rule,
                "message": for_terminal(found.message)[:_SHOWN],
            }
            for found in judged.problems[:_MOST_PROBLEMS]
        ]
        more = len(judged.problems) - _MOST_PROBLEMS
        notes += [f"{more} more problems of the report are not listed"] if more > 0 else []
    if isinstance(answer, Fetched) and isinstance(judged, Accepted):
        notes += _of_another_lane(runner, judged)
    if isinstance(answer, Fetched) and runner.source is not None and runner.source.kind == "release_asset":
        notes += [] if answer.release else ["the release has no name, so that in the report was held against nothing"]
    entry["notes"] = notes
    return entry


def _outcome(answer: Fetched | Failed | None, judged: Accepted | Refused | None, failures: list[str]) -> str:
    if answer is None:
        return "not_asked"
    if isinstance(answer, Failed):
        return "refused" if failures[:1] == ["checksum-mismatch"] else "failed"
    return "accepted" if isinstance(judged, Accepted) else "refused"


def _source(of: Source, answer: Fetched | Failed | None) -> dict[str, Any]:
    """Where the report was looked for, and where it was found."""
    source: dict[str, Any] = {"kind": of.kind, "url": address(of), "asset_name": line(of.asset_name)}
    if answer is not None and answer.url:
        source["final_url"] = line(answer.url)
    if isinstance(answer, Fetched) and answer.release is not None:
        source["release"] = line(answer.release)
    if isinstance(answer, Fetched) and answer.release_published_s is not None:
        source["release_published_at"] = shown(from_seconds(answer.release_published_s))
    return source


def _digest(answer: Fetched | Failed | None) -> dict[str, Any]:
    """What the report's digest was held against."""
    if isinstance(answer, Fetched):
        digest: dict[str, Any] = {"state": "matched" if answer.digest_from else "missing", "sha256": answer.sha256}
        if answer.digest_from:
            digest["digest_from"] = answer.digest_from
        return digest
    if answer is None or answer.failure != "checksum-mismatch":
        return {"state": "not_checked"}
    details = answer.details or {}
    told = {name: details[name] for name in _OF_DIGEST if isinstance(details.get(name), str)}
    if "expected" in told:
        told["expected"] = line(told["expected"])
    return {"state": "mismatched", **told}


def _exchange(answer: Fetched | Failed | None, runner: Runner) -> dict[str, Any]:
    """What was seen of a conversation over a network."""
    if answer is None or runner.source is None or runner.source.kind != "release_asset":
        return {}
    details: Mapping[str, Any] = (
        (answer.details or {}) if isinstance(answer, Failed) else {"size_bytes": len(answer.data)}
    )
    exchange: dict[str, Any] = {}
    more: dict[str, Any] = {}
    for name, value in details.items():
        low, high = _EXCHANGED.get(name, (0, 0))
        if name in _EXCHANGED and isinstance(value, int) and low <= value <= high:
            exchange[name] = value
        elif name not in _OF_DIGEST:
            more[name] = value if isinstance(value, bool | int) else for_terminal(str(value))[:_SHOWN]
    return exchange | ({"details": more} if more else {})


def _freshness(age: Age | None, slo_hours: int, slo_from: str) -> dict[str, Any]:
    """How the age of the report in the row was judged."""
    freshness: dict[str, Any] = {"slo_hours": slo_hours, "slo_from": slo_from}
    if age is None:
        return freshness
    return freshness | {
        "generated_at": shown(age.generated),
        "fresh_until": shown(age.fresh_until),
        "stale_after": shown(age.stale_after),
        "age_s": age.age_s,
    }


def _of_another_lane(runner: Runner, judged: Accepted) -> list[str]:
    """A note where the report was made when the runner was in another lane."""
    said = judged.data["lane_class"]
    if said == runner.lane_class:
        return []
    return [f"the report says lane_class {said}, the registry says {runner.lane_class}, which counts"]
