"""What a report says of a run: put together from the run's folder, its results and how it ended.

Each function gives a `Story`; `publication` makes of it what is published. A run whose folder cannot be read, or that
was never recorded, has a story as well.
"""

from __future__ import annotations

import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core import documents, runs
from runpact_core.errors import MissingArtifact, RunpactError, UsageFailure
from runpact_reporter import _ctrf, _economy, _last_run, _results
from runpact_reporter._last_run import Ended
from runpact_reporter._publish import Publication

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runpact_core.documents import Document
    from runpact_reporter._generate import Request
    from runpact_writer import Recorded, RunWriter

__all__ = ["Story", "after", "imported", "in_words", "publication", "recorded", "unpublished"]

_LOG = "run.log"


class Story(NamedTuple):
    """What is known of a run.

    Attributes:
        run_id: The run.
        log: What it printed.
        ended: How it stands.
        results: The results of its tests.
        started_ms: When it started, in milliseconds since 1970.
        ended_ms: When it ended, or when this was asked.
        failure: A fault of ours.
        took_ms: How long the tests took, where others say so; None where that is from start to end.
    """

    run_id: str
    log: Path | bytes
    ended: Ended
    results: _results.Results
    started_ms: int
    ended_ms: int
    failure: Exception | None = None
    took_ms: int | None = None


def recorded(request: Request) -> Story:
    """The story of a recorded run.

    Raises:
        MissingArtifact: There is no such folder.
        UsageFailure: It is no run, or the run of another product.
    """
    folder = Path(request.run_dir or ".").absolute()
    now = time.time()
    run = runs.look(folder, now=now, asking=runs.here())
    if not (runs.RUN_ID.fullmatch(run.run_id) or any((folder / name).exists() for name in ("run.json", "open.json"))):
        raise UsageFailure(f"{folder} is no recorded run", hint="name a run's folder: reports/runs/<run_id>")
    data = run.document.data if run.document else {}
    product = data.get("product")
    if product is not None and product != request.product:
        raise UsageFailure(f"{run.run_id} is a run of {product}, not of {request.product}")
    report = folder / _results.REPORT
    own = (report,) if report.exists() and not request.junit else ()
    events = request.events or folder / _results.EVENTS
    sources = _results.Sources(request.junit, request.ctrf or own, events)
    results = _results.read(sources, at_ms=int(now * 1000))
    started = _ms(data.get("started_utc"), runs.started_s(run))
    return _story(folder, run, results, (started, int(now * 1000)), code=request.exit_code)


def after(done: Recorded, results: _results.Results, began_ms: int, failure: Exception | None) -> Story:
    """The story of tests that ran just now."""
    now = time.time()
    if done.run_dir is None:
        words = f"the tests were not run: {failure}"
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
        ended = Ended("unreadable", why=words)
        run_id = f"{stamp}__unrecorded-{secrets.token_hex(8)}__0000000"
        return Story(run_id, f"{words}\n".encode(), ended, results, began_ms, began_ms, failure)
    folder, times = Path(done.run_dir), (began_ms, int(now * 1000))
    try:
        run = runs.look(folder, now=now, asking=runs.here())
    except MissingArtifact:
        words = "the folder of the run was removed while it went on"
        ended = Ended("unreadable", why=words, code=done.code)
        return Story(folder.name, f"{words}\n".encode(), ended, results, *times, failure)
    story = _story(folder, run, results, times, code=done.code, timed_out=done.timed_out, failure=failure)
    if run.state == "finished":
        return story
    return story._replace(ended=Ended("unreadable", why="the run could not be sealed", code=done.code))


def imported(writer: RunWriter, results: _results.Results, began_ms: int, failure: Exception | None) -> Story:
    """The story of results that others made: it is that of their report, but for how long the tests took."""
    folder, now = Path(writer.run_dir), time.time()
    run = runs.look(folder, now=now, asking=runs.here())
    story = _story(folder, run, results, (began_ms, int(now * 1000)), failure=failure)
    return story._replace(took_ms=(_ctrf.took_ms(results.report) or None) if results.report else None)


def publication(request: Request, story: Story) -> Publication:
    """What is published of a story."""
    counts = story.results.counts
    result = _last_run.outcome(story.ended, counts)
    if story.failure is not None:
        result = ("failed", f"failed: {in_words(story.failure)}"[:1000])

    def compose(before: Document | None, fault: str | None, paths: list[str]) -> dict[str, Any]:
        spent = story.ended_ms - story.started_ms if story.took_ms is None else story.took_ms
        switch = _economy.kill_switch(request.given, before, fault)
        if switch.guessed and not request.starts:  # nothing was started, so nobody needs to be stopped by a guess
            switch = _economy.Switch(enabled=False, reason="")
        now = _last_run.rfc3339(story.ended_ms)
        return _last_run.compose(
            product_id=request.product,
            run_id=story.run_id,
            started_at=_last_run.rfc3339(story.started_ms),
            ended_at=now,
            duration_ms=spent,
            result=result,
            paths=paths,
            carried={
                "banana_economy": _economy.economy(request.given, before, spent, is_told=story.took_ms is not None),
                "kill_switch": switch.document(),
                "pr_wave": _economy.pr_wave(request.given, before, now),
            },
            tests=counts,
            version=request.version,
        )

    return Publication(
        request.product,
        story.run_id,
        story.log,
        compose,
        report=story.results.report,
        error=_error(story, result[1]) if result[0] == "failed" else None,
        exit_code=story.ended.code,
        occurred_at=_last_run.rfc3339(story.ended_ms),
        screenshot=request.screenshot,
        evidence=request.evidence,
    )


def unpublished(request: Request, story: Story, error: Exception) -> Publication:
    """What is published where a story could not be: that, and as little else as possible."""
    log = f"the report could not be published: {in_words(error)}\n".encode("utf-8", "backslashreplace")
    bare = story._replace(log=log, failure=error, results=_results.Results())
    return publication(request, bare)._replace(screenshot=None, evidence=())


def in_words(error: Exception) -> str:
    """An error in words; of one that is no refusal of ours its kind, too."""
    return str(error) if isinstance(error, RunpactError) else f"{type(error).__name__}: {error}"


def _story(  # noqa: PLR0913 - what a run's folder does not say itself
    folder: Path,
    run: runs.Run,
    results: _results.Results,
    times: tuple[int, int],
    *,
    code: int | None = None,
    timed_out: bool = False,
    failure: Exception | None = None,
) -> Story:
    """The story of a run's folder; ``times`` are those where it states none."""
    data = run.document.data if run.document else {}
    stated = data.get("exit") if isinstance(data.get("exit"), dict) else {}
    known = stated.get("code") if isinstance(stated, dict) and isinstance(stated.get("code"), int) else None
    is_late = isinstance(stated, dict) and stated.get("timed_out") is True
    ended = Ended(
        run.state, run.status, _why(run, folder), known if code is None else code, timed_out=timed_out or is_late
    )
    log = folder / _LOG if (folder / _LOG).exists() else b"the run left no log\n"
    started = _ms(data.get("started_utc"), None) or times[0]
    if run.state != "finished":
        return Story(run.run_id, log, ended, results, started, max(started, times[1]), failure)
    duration = _ctrf.whole(data.get("duration_ms"))
    finished = max(_ms(data.get("finished_utc"), None) or times[1], started)
    # The documents count in whole seconds: where both agree, the duration is the more exact.
    exact = started + duration if abs(started + duration - finished) <= 2000 else finished
    return Story(run.run_id, log, ended, results, started, exact, failure)


def _why(run: runs.Run, folder: Path) -> str:
    """What people are to be told of a run that is not a plain success: its failed checks, its first warning."""
    if run.state != "finished":
        return run.message or ""
    try:
        checks = documents.read("checks", folder / "checks.json").data.get("checks")
    except RunpactError as error:
        return str(error)
    listed = [check for check in checks if isinstance(check, dict)] if isinstance(checks, list) else []
    wanted = "fail" if run.status == "failed" else "skip"
    named = [str(check.get("id")) for check in listed if check.get("status") == wanted]
    if named:
        return (
            f"check{'' if len(named) == 1 else 's'} {'failed' if wanted == 'fail' else 'skipped'}: {', '.join(named)}"
        )
    warnings = run.document.data.get("warnings") if run.document else None
    return str(warnings[0]) if isinstance(warnings, list) and warnings else ""


def _error(story: Story, summary: str) -> object:
    """What made a run fail, in the form that is classified: the cause itself where there is one."""
    if story.ended.timed_out:
        return {"type": "Timeout", "message": summary, "timed_out": True}
    if story.failure is not None:
        return story.failure
    if story.results.faults:
        return story.results.faults[0]
    tests: list[Mapping[str, Any]] = story.results.report["results"]["tests"] if story.results.report else []
    failed = next((test for test in tests if test["status"] == "failed"), None)
    if failed is not None:
        said = str(failed.get("message") or "failed")
        kind, colon, _ = said.partition(":")
        name = (
            kind if colon and kind.replace(".", "").replace("_", "").isalnum() and not kind[:1].islower() else "Failed"
        )
        return {"type": name, "message": f"{failed['name']}: {said}", "traceback": str(failed.get("trace") or "")}
    if story.results.report is not None and not tests:
        return {"status": "missing_report", "message": summary}
    return {"message": summary}


def _ms(stated: object, otherwise_s: int | None) -> int:
    """A time of a document in milliseconds since 1970; 0 where neither it nor the other is one."""
    read = _last_run.moment(stated) if isinstance(stated, str) else None
    return int((read if read is not None else otherwise_s or 0) * 1000)
