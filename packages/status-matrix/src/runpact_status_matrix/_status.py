"""What a runner publishes of itself, `runner_status_report`: results, what follows from them, until when. Pure.

The status as a whole is green only where something passed: no result at all, or nothing but what was skipped, is
`unknown`.
"""

from __future__ import annotations

import difflib
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from runpact_core import _times
from runpact_core.errors import InvalidArtifact, UsageFailure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runpact_status_matrix._model import LaneClass

__all__ = ["Artifact", "Identity", "Overall", "Result", "compose", "given", "marked", "moment_s", "overall", "utc"]

Overall = Literal["pass", "fail", "degraded", "unknown"]
ResultStatus = Literal["pass", "fail", "skip"]

_GIVEN = re.compile(r"(?P<status>pass|fail|skip)(?::(?P<code>-?[0-9]{1,10})(?::(?P<ms>[0-9]{1,16}))?)?", re.ASCII)
_FORM = "write NAME=pass, NAME=fail or NAME=skip, and then :EXIT or :EXIT:DURATION_MS"
_LEAST_CODE, _MOST_CODE = -(2**31), 2**32 - 1
_MOST_MS = 2**53 - 1
_LONGEST = 1000
_TOLD = re.compile(r"[^\x00-\x1f\x7f]+")


class Result(NamedTuple):
    """One command and how it ended.

    Attributes:
        command: Its name.
        status: How it ended; ``skip`` is one that was not run.
        exit_code: Its exit code, 0 where it was not run.
        duration_ms: How long it ran, in milliseconds; 0 where nobody measured.
        required: Whether the release fails where it does.
        run_id: The recorded run that says so, or None.
    """

    command: str
    status: ResultStatus
    exit_code: int
    duration_ms: int
    required: bool = True
    run_id: str | None = None


class Artifact(NamedTuple):
    """A file of the release: its name, where it lies for ever, its digest in hex, its size."""

    name: str
    url: str
    sha256: str
    size_bytes: int


class Identity(NamedTuple):
    """Whose report it is: the runner, the repository that implements it, its lane, the release and its commit."""

    runner_id: str
    implementation_repo: str
    lane_class: LaneClass
    release_version: str
    commit_sha: str


def overall(results: Iterable[Result]) -> Overall:
    """What follows from the results: a required failure fails, any other degrades, and only what passed is a pass."""
    listed = list(results)
    failed = [result for result in listed if result.status == "fail"]
    if failed:
        return "fail" if any(result.required for result in failed) else "degraded"
    return "pass" if any(result.status == "pass" for result in listed) else "unknown"


def given(words: Sequence[str]) -> list[Result]:
    """The results of words such as ``lint=fail:2:1200``; the exit code is 1 for a bare ``fail``, else 0.

    Raises:
        UsageFailure: A word has another form, a number is out of its range, or a name comes twice.
    """
    results: list[Result] = []
    for word in words:
        name, equals, rest = word.rpartition("=")
        match = _GIVEN.fullmatch(rest)
        if not equals or not match:
            raise UsageFailure(f"--command {word} is no result", hint=_FORM)
        if not _TOLD.fullmatch(name) or len(name) > _LONGEST or not name.strip():
            raise UsageFailure(f"--command {word} has no name on one line", hint=_FORM)
        status: Any = match["status"]
        code = int(match["code"] or (1 if status == "fail" else 0))
        duration = int(match["ms"] or 0)
        if not _LEAST_CODE <= code <= _MOST_CODE or duration > _MOST_MS:
            raise UsageFailure(f"--command {word} has a number that is too large", hint=_FORM)
        if status == "skip" and (code or duration):
            raise UsageFailure(f"--command {word} was not run, so it has no exit code", hint=f"write {name}=skip")
        results.append(Result(name, status, code, duration))
    _refuse_twice(result.command for result in results)
    return results


def marked(results: Sequence[Result], required: Sequence[str], optional: Sequence[str]) -> list[Result]:
    """The results with who is required: all but the optional ones, or, where some are named, those alone.

    Raises:
        UsageFailure: A name is that of no result, or in both lists.
    """
    names = [result.command for result in results]
    for option, listed in (("--required", required), ("--optional", optional)):
        for name in listed:
            if name not in names:
                near = difflib.get_close_matches(name, names, n=1)
                hint = f"did you mean {near[0]}?" if near else "a command that was not run is NAME=skip"
                raise UsageFailure(f"{option} {name}: there is no result of that name", hint=hint)
    both = sorted(set(required) & set(optional))
    if both:
        raise UsageFailure(f"{both[0]} is both required and optional", hint="name it once")
    needed = set(required) or set(names) - set(optional)
    return [result._replace(required=result.command in needed) for result in results]


def compose(
    identity: Identity, results: Sequence[Result], artifacts: Sequence[Artifact], now_s: int, fresh_hours: int
) -> dict[str, Any]:
    """The report.

    Args:
        identity: Whose it is.
        results: What was run, in its order.
        artifacts: Files of the release that show more.
        now_s: When it is made, in seconds since 1970.
        fresh_hours: How long it is meant to be relied on.

    Raises:
        UsageFailure: The time is beyond what documents can say.
    """
    return {
        "version": 1,
        **identity._asdict(),
        "generated_at": utc(now_s),
        "overall_status": overall(results),
        "fresh_until": utc(now_s + fresh_hours * 3600),
        "command_results": [
            {name: value for name, value in result._asdict().items() if value is not None} for result in results
        ],
        "artifact_refs": [artifact._asdict() for artifact in artifacts],
    }


def moment_s(text: str) -> int:
    """A time of RFC 3339, of any offset, as whole seconds since 1970.

    Raises:
        UsageFailure: It is none, or names a moment that does not exist.
    """
    try:
        _times.instant(text)
    except InvalidArtifact as error:
        raise UsageFailure(error.reason, hint="write a time such as 2026-01-19T06:15:12Z") from error
    return int(_times.seconds(text) or 0)


def utc(seconds: int) -> str:
    """A moment as documents write it: UTC, to the second.

    Raises:
        UsageFailure: It is outside the years 1 to 9999.
    """
    try:
        told = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    except OverflowError as error:
        raise UsageFailure("the time is outside the years 1 to 9999", hint="set the clock") from error
    return told.isoformat(timespec="seconds").replace("+00:00", "Z")


def _refuse_twice(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise UsageFailure(f"there are two results of {name}", hint="give each command a name of its own")
        seen.add(name)
