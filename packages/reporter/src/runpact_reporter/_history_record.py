"""What the history says of a run: a record made of its report, and the reports of a tree.

Invariants: a record is a pure function of the report and of where its run lies, so the tree alone gives the history;
reports come in the order of products and run ids, each run once; links are not followed.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core import _times, documents
from runpact_core.errors import EnvironmentFailed, InvalidArtifact, RunpactError
from runpact_reporter._places import HISTORY, LAST_RUN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Report", "is_tree", "length_ms", "record_of", "reports", "runs_folder"]

_TAKEN = ("status", "product_id", "run_id", "started_at", "ended_at", "duration_ms", "summary")
_OURS = {"dash", "runs"}
_MOST_MS = 9_007_199_254_740_991
_MOST_MINUTES = 1_000_000_000


class Report(NamedTuple):
    """A run of the tree.

    Attributes:
        run_rel: The run's folder, from the folder of the history, with ``/``.
        folder: The same, as a path.
        path: Its report; None where it has none.
    """

    run_rel: str
    folder: str
    path: str | None


def record_of(last_run: Mapping[str, Any], run_rel: str) -> dict[str, Any]:
    """The history record of a report.

    Args:
        last_run: A ``last_run`` document of any version.
        run_rel: The run's folder, from the folder of the history, with ``/``.
    """
    record: dict[str, Any] = {"schema_version": "1.0", "run_rel": run_rel}
    record |= {name: last_run[name] for name in _TAKEN if name in last_run}
    tests = last_run.get("metrics", {}).get("tests")
    took = _took(last_run)
    if took is not None:
        record.setdefault("duration_ms", took)
    return record | ({"tests": dict(tests)} if tests else {})


def _took(last_run: Mapping[str, Any]) -> int | None:
    """Milliseconds from start to end; None where one is missing, no time, or they are the wrong way round."""
    try:
        start, end = (_times.instant(str(last_run[name])) for name in ("started_at", "ended_at"))
    except (KeyError, InvalidArtifact):
        return None
    took = (end[0] - start[0]) * 1000 + (end[1] - start[1]) // 1_000_000
    return length_ms(last_run, took) if 0 <= took <= _MOST_MS else None


def length_ms(last_run: Mapping[str, Any], span_ms: int) -> int:
    """How long a run took, in milliseconds, where its report has no ``duration_ms``.

    That is from start to end. Results of others start when they are reported, though: of them ``spent_minutes`` alone
    says how long the tests took, and is more than the start and end explain.

    Args:
        last_run: A ``last_run`` document of any version.
        span_ms: The time from its start to its end.
    """
    economy = last_run.get("banana_economy")
    spent = economy.get("spent_minutes") if isinstance(economy, dict) else None
    if isinstance(spent, bool) or not isinstance(spent, int | float):
        return span_ms
    return round(spent * 60_000) if round(span_ms / 60_000, 2) < spent <= _MOST_MINUTES else span_ms


def runs_folder(path: str) -> str:
    """The folder of products: that of a dash folder, or the folder itself."""
    inner = os.path.join(path, "runs")  # noqa: PTH118 - pathlib is slow
    return inner if os.path.isdir(inner) else path  # noqa: PTH112 - pathlib is slow


def is_tree(path: str) -> bool:
    """Whether a path may hold reports of runs: it is no folder at all, or one that says that it is of ours."""
    if not os.path.isdir(path) or os.path.basename(os.path.abspath(path)) in _OURS:  # noqa: PTH100, PTH112, PTH119 - pathlib is slow
        return True
    names = {*_OURS, "products.json", HISTORY}
    return any(os.path.lexists(os.path.join(path, name)) for name in names)  # noqa: PTH118 - pathlib is slow


def reports(root: str) -> Iterator[Report]:
    """The runs below a dash folder or its folder of runs.

    A run's report is the one in its folder. Where producers keep only the product's newest, that one counts for the
    run that it names.

    Raises:
        EnvironmentFailed: A folder could not be listed.
    """
    runs = runs_folder(root)
    for product in _folders(runs):
        yield from _of_product(os.path.join(runs, product), product)  # noqa: PTH118 - pathlib is slow


def _of_product(folder: str, product: str) -> Iterator[Report]:
    newest = os.path.join(folder, LAST_RUN)  # noqa: PTH118 - pathlib is slow
    named = _run_id(newest)
    known = set(_folders(folder))
    for run in sorted(known | ({named} if named else set())):
        where = os.path.join(folder, run)  # noqa: PTH118 - pathlib is slow
        own = os.path.join(where, LAST_RUN)  # noqa: PTH118 - pathlib is slow
        path = own if run in known and os.path.lexists(own) else newest if run == named else None
        yield Report(f"{product}/{run}", where, path)
    if named is None and os.path.lexists(newest):
        yield Report(f"{product}/", folder, newest)  # it is there and cannot be read: whoever reads it says why


def _run_id(path: str) -> str | None:
    try:
        run_id = documents.read("last_run", path).data.get("run_id")
    except RunpactError:
        return None
    return run_id if isinstance(run_id, str) and run_id and "/" not in run_id else None


def _folders(path: str) -> list[str]:
    try:
        with os.scandir(path) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    except OSError as error:
        raise EnvironmentFailed(f"listing {path}", error) from error
