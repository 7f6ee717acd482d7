"""One ingest: ask every source, judge what it gave, and write matrix, Markdown and log, whatever failed.

Invariants:

* One moment is now for everything.
* The three files are made before the first is written, and each is written whether or not another could be. Their
  order is matrix, Markdown, log; then the memory, and only where the matrix was written.
* A fault of one runner stays in its row: what raises, or what the contract would not admit, becomes ``unexpected``.
* Same registry in any order, same answers in any order, same memory, same now: same bytes.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core import documents, files
from runpact_core.errors import EnvironmentFailed, RunpactError
from runpact_status_matrix import _collect, _ending, _matrix, _pin, _registry, _source, _state
from runpact_status_matrix._classify import Classified, Context, classify
from runpact_status_matrix._entry import line
from runpact_status_matrix._freshness import is_future, shown
from runpact_status_matrix._model import Failed
from runpact_status_matrix._policy import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from runpact_status_matrix._collect import Ask, Collected
    from runpact_status_matrix._model import Fetched, Runner
    from runpact_status_matrix._pin import Pin
    from runpact_status_matrix._registry import Registry

__all__ = ["CACHE", "JOBS", "LOG", "MARKDOWN", "MATRIX", "OUT", "Asked", "Done", "ingest"]

OUT = ".artifacts"
MATRIX = "runner-status-matrix.json"
MARKDOWN = "runner-status-matrix.md"
LOG = "runner-status-ingest-log.json"
CACHE = ".runner-status-cache"
JOBS = 16
MAX_AGE_HOURS = 72
DEADLINE_S = 600.0

_ANSWERS = "answers"
_LOCK = "lock"
_SIGNALLED = 128


class Asked(NamedTuple):
    """What an ingest is asked to do.

    Attributes:
        registry: The registry's file.
        project: The project's folder.
        out: Where the files go; None for ``.artifacts`` of the project.
        catalog: The catalog that pins the schemas, or None.
        max_age_hours: How old a report may be where the registry does not say; None for 72.
        enforce: Whether a blocking failure fails the ingest.
        enforce_freshness: Whether a governance failure does.
        jobs: How many sources are asked at once, at most.
        deadline_s: Seconds for all sources together.
        forget: Runners whose last accepted report is forgotten; `_state.ALL` for all of them.
        settings: What the fetch of one source may do; its ``root`` and ``cache`` are set here.
        clock: The clock's moment where now was stated otherwise; None where now is the clock's.
        proxies: The variables of the environment that name a proxy, which nothing is asked through.
    """

    registry: str
    project: str = "."
    out: str | None = None
    catalog: str | None = None
    max_age_hours: int | None = None
    enforce: bool = False
    enforce_freshness: bool = False
    jobs: int = JOBS
    deadline_s: float = DEADLINE_S
    forget: tuple[str, ...] = ()
    settings: Settings = Settings()
    clock: int | None = None
    proxies: tuple[str, ...] = ()


class _Work(NamedTuple):
    """What is known before the first source is asked."""

    asked: Asked
    now: int
    registry: Registry
    runners: Sequence[Runner]
    pin: Pin
    out: Path

    @property
    def clock(self) -> int:
        """The clock's moment; now, where nobody stated that otherwise."""
        return self.now if self.asked.clock is None else self.asked.clock


class _Recalled(NamedTuple):
    """What is remembered, as far as it counts.

    Attributes:
        memory: The memory.
        kept: What was accepted later than now, though not than the clock: it does not count, and stays.
        warnings: What people are told of it.
        distrusted: As `_ending.distrust` says; None where the memory could be read, or no gate needs it.
    """

    memory: _state.Memory
    kept: dict[str, _state.Known]
    warnings: list[str]
    distrusted: str | None


class _Pages(NamedTuple):
    """Matrix and log, as values and as they are written."""

    matrix: dict[str, Any]
    log: dict[str, Any]
    matrix_raw: bytes
    log_raw: bytes


class Done(NamedTuple):
    """What came of an ingest.

    Attributes:
        matrix: The matrix.
        log: The ingest log.
        out: Where they went.
        faults: What could not be written, by file.
        exit_code: What the command ends with.
        failing: Why it is not 0, for people; empty where it is.
    """

    matrix: dict[str, Any]
    log: dict[str, Any]
    out: Path
    faults: dict[str, RunpactError]
    exit_code: int
    failing: tuple[str, ...]


def ingest(
    asked: Asked, now: int, *, fetch: Ask | None = None, monotonic: Callable[[], float] = time.monotonic
) -> Done:
    """Do an ingest.

    Args:
        asked: What to do.
        now: The moment of `_freshness` against which everything is judged.
        fetch: Gives the report of a runner that has a source; None for `_source.fetch`.
        monotonic: A clock that never goes back.

    Raises:
        UsageFailure: There is no registry, or no runner that is to be forgotten.
        ConfigurationError: Registry or catalog is not what its contract says; nothing was asked.
    """
    registry = _registry.load(asked.registry, project=asked.project)
    for runner_id in asked.forget:
        if runner_id != _state.ALL:
            registry.runner(runner_id)
    pin = _pin.pin(Path(asked.catalog) if asked.catalog else None, _named(asked.catalog, asked.project))
    out = Path(asked.out) if asked.out else Path(asked.project, OUT)
    runners = [_below(runner, asked.project) for runner in sorted(registry.runners)]
    active = [runner for runner in runners if runner.state == "active" and runner.source is not None]
    ask = fetch or _fetcher(asked, out, active)
    inbox = _collect.Inbox()
    with _collect.listening(inbox):
        collected = _collect.collect(
            active, ask, inbox, jobs=asked.jobs, deadline_s=asked.deadline_s, monotonic=monotonic
        )
        done = _finish(_Work(asked, now, registry, runners, pin, out), collected)
    if inbox.signal is None or done.exit_code == EnvironmentFailed.exit_code:
        return done
    return done._replace(exit_code=_SIGNALLED + inbox.signal, failing=(*done.failing, f"ended by {inbox.signal_name}"))


def _fetcher(asked: Asked, out: Path, active: Sequence[Runner]) -> Ask:
    settings = asked.settings._replace(root=asked.project, cache=str(out / CACHE / _ANSWERS))
    if any(runner.source is not None and runner.source.kind == "release_asset" for runner in active):
        _source.prepare(settings)
    return lambda runner: _source.fetch(runner, settings)


def _finish(work: _Work, collected: Collected) -> Done:
    """Judge and write, alone: another ingest into the same folder waits for the lock."""
    asked, out = work.asked, work.out
    lock, warnings = _locked(out / CACHE)
    try:
        recalled = _recalled(work)
        rehearsed = is_future(work.now, work.clock)
        warnings += ["now is later than the clock, so nothing of this ingest is remembered"] if rehearsed else []
        ended = [collected.unfinished] if collected.unfinished else []
        ended += _ending.past_proxies(asked.proxies, collected.answers.values())
        said = [line(each) for each in (*work.pin.warnings, *ended, *recalled.warnings, *warnings)]
        context = _context(asked, work.now, work.pin)
        judged, pages = _admitted(
            _judged(work, collected, recalled.memory, context), work.runners, context, _about(work, said)
        )
        faults = _written(out, pages, said)
        if MATRIX not in faults and not rehearsed and recalled.distrusted is None:
            faults |= _remembered(out, judged, recalled, shown(work.now))
    finally:
        if lock is not None:
            files.close(lock)
    gates = (asked.enforce, asked.enforce_freshness)
    ending = _ending.ending(gates, pages.matrix, judged, faults, recalled.distrusted)
    return Done(pages.matrix, pages.log, out, faults, *ending)


def _recalled(work: _Work) -> _Recalled:
    """The memory as it counts for this ingest; one that a gate needs and cannot read is left as it is."""
    asked = work.asked
    memory, lost = _state.load(work.out / CACHE / _state.MEMORY, asked.forget)
    later = _state.from_later(memory, work.now)
    for runner_id in later:
        memory.accepted.pop(runner_id)
    ahead = [f"what was remembered of {each} is dated later than now, so it does not count" for each in later]
    kept = {each: known for each, known in later.items() if not known.is_later(work.clock)}
    gate = asked.enforce or asked.enforce_freshness
    distrusted = _ending.distrust(lost, [each.runner_id for each in work.runners]) if gate and lost else None
    return _Recalled(memory, kept, [*lost.values(), *ahead], distrusted)


def _locked(cache: Path) -> tuple[int | None, list[str]]:
    """The lock of the memory, and what people are told where there is none."""
    try:
        files.make_dirs(cache)
        return files.hold(cache / _LOCK), []
    except RunpactError as error:
        return None, [f"the memory of earlier ingests could not be locked: {error.what}"]


def _context(asked: Asked, now: int, pin: Pin) -> Context:
    if asked.max_age_hours is None:
        return Context(now, MAX_AGE_HOURS, "built_in", pin.versions)
    return Context(now, asked.max_age_hours, "option", pin.versions)


def _judged(work: _Work, collected: Collected, memory: _state.Memory, context: Context) -> list[Classified]:
    """Every runner, classified; one that cannot be is `unexpected`."""
    owners = {entry["runner_id"]: entry.get("owner") for entry in work.registry.document.data["runners"]}
    judged = []
    for runner in work.runners:
        each = _one(runner, collected.answers.get(runner.runner_id), memory, context)
        if owners[runner.runner_id] is not None:
            each.row["owner"] = line(owners[runner.runner_id])
        judged.append(each)
    return judged


def _one(runner: Runner, answer: Fetched | Failed | None, memory: _state.Memory, context: Context) -> Classified:
    known, standing = memory.accepted.get(runner.runner_id), memory.standing.get(runner.runner_id)
    try:
        return classify(runner, answer, known, standing, context)
    except Exception as error:  # noqa: BLE001 - one report must never be the end of all
        failed = Failed("unexpected", f"{type(error).__name__} was raised while its report was judged", None)
        return classify(runner, failed, None, standing, context)._replace(known=known)


def _admitted(
    judged: list[Classified], runners: Sequence[Runner], context: Context, about: Mapping[str, Any]
) -> tuple[list[Classified], _Pages]:
    """What is to be written, with `unexpected` for every runner whose row or entry its contract would not admit."""
    pages = _pages(judged, context.now, about)
    wrong = _matrix.not_admitted(_matrix.CONTRACT, pages.matrix_raw, pages.matrix["matrix_rows"])
    wrong |= _matrix.not_admitted(_matrix.LOG_CONTRACT, pages.log_raw, pages.log["entries"])
    if not wrong:
        return judged, pages
    failed = Failed("unexpected", "what is known of it is not what the contract admits", None)
    mended = [
        classify(runner, failed, None, None, context) if runner.runner_id in wrong else each
        for runner, each in zip(runners, judged, strict=True)
    ]
    return mended, _pages(mended, context.now, about)


def _pages(judged: Sequence[Classified], now: int, about: Mapping[str, Any]) -> _Pages:
    """Matrix and log."""
    moment = shown(now)
    matrix = _matrix.matrix_of((each.row for each in judged), moment)
    log = _matrix.log_of((each.entry for each in judged), moment, **about)
    return _Pages(matrix, log, documents.dumps(matrix), documents.dumps(log))


def _about(work: _Work, warnings: Sequence[str]) -> dict[str, Any]:
    """What the log says of the whole ingest."""
    about: dict[str, Any] = {
        "registry": {
            "path": _named(work.asked.registry, work.asked.project),
            "sha256": work.registry.sha256,
            "stated_version": work.registry.document.data["version"],
        },
        "schema_pin": work.pin.logged,
        "settings": _settings(work.asked),
    }
    if warnings:
        about["warnings"] = list(warnings)
    return about


def _settings(asked: Asked) -> dict[str, Any]:
    limits = asked.settings
    return {
        "max_age_hours": MAX_AGE_HOURS if asked.max_age_hours is None else asked.max_age_hours,
        "enforce": asked.enforce,
        "enforce_freshness": asked.enforce_freshness,
        "allow_private": limits.allow_private,
        "require_digest": limits.require_digest,
        "concurrency": asked.jobs,
        "connect_timeout_ms": int(limits.connect_s * 1000),
        "read_timeout_ms": int(limits.read_s * 1000),
        "total_timeout_ms": int(limits.total_s * 1000),
        "attempts": limits.attempts,
        "max_redirects": limits.redirects,
        "max_bytes": limits.max_bytes,
    }


def _written(out: Path, pages: _Pages, warnings: Sequence[str]) -> dict[str, RunpactError]:
    """Write the three; what could not be, by name."""
    contents = {
        MATRIX: pages.matrix_raw,
        MARKDOWN: _matrix.in_markdown(pages.matrix, warnings),
        LOG: pages.log_raw,
    }
    faults: dict[str, RunpactError] = {}
    try:
        files.make_dirs(out)
    except RunpactError as error:
        return dict.fromkeys(contents, error)
    for name, data in contents.items():
        try:
            files.replace(out / name, data)
        except RunpactError as error:
            faults[name] = error
    return faults


def _remembered(out: Path, judged: Sequence[Classified], recalled: _Recalled, moment: str) -> dict[str, RunpactError]:
    """Remember what was accepted, and how each row stands; runners that are not in this registry stay remembered."""
    memory = recalled.memory
    accepted, standing = dict(memory.accepted), dict(memory.standing)
    for each in judged:
        runner_id = each.row["runner_id"]
        if each.known is not None:
            accepted[runner_id] = each.known
        standing[runner_id] = each.standing
    accepted |= recalled.kept
    try:
        files.make_dirs(out / CACHE)
        _state.save(out / CACHE / _state.MEMORY, _state.Memory(accepted, standing), moment)
    except RunpactError as error:
        return {_state.MEMORY: error}
    return {}


def _below(runner: Runner, project: str) -> Runner:
    """The runner with the path of its folder from the project: the same in every checkout."""
    if runner.source is None or runner.source.kind != "folder":
        return runner
    path = Path(os.path.relpath(runner.source.url, project)).as_posix()
    return runner._replace(source=runner.source._replace(url=path))


def _named(path: str | None, project: str) -> str | None:
    """How the log names a file: from the project where it is in there, else as it was given."""
    if path is None:
        return None
    whole, root = Path(path).resolve(), Path(project).resolve()
    return line(whole.relative_to(root).as_posix() if whole.is_relative_to(root) else path)
