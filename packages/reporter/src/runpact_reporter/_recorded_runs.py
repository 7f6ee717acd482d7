"""Recorded runs of a product, looked up: by the name that somebody typed, and those that no report tells of.

Changes nothing. A recorded run is one of the product where its document says so; where it does not say, its pipeline
has the product's name.
"""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from runpact_core import runs
from runpact_core.errors import MissingArtifact, RunpactError, UsageFailure
from runpact_reporter import _last_run
from runpact_reporter._places import LAST_RUN, pipeline_id, product_dir

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

__all__ = ["LAST", "Newer", "RecordedRuns"]

LAST = "last"
"""The word for the newest run."""

_BAD = ("failed", "interrupted", "unreadable")
_HINT = "runpact runs list shows what there is"


class Newer(NamedTuple):
    """A run that is newer than the newest report, was not reported, and is not well.

    Attributes:
        product_id: The product.
        run_id: The run.
        how: How it ended: ``interrupted``, ``failed``, ``unreadable``.
    """

    product_id: str
    run_id: str
    how: str

    def __str__(self) -> str:
        """The run in words, and what to do about it."""
        report = f"runpact report generate {self.product_id} --run {self.run_id}"
        return f"{self.run_id}: {self.how}, and not reported: {report}"


class RecordedRuns:
    """A folder of recorded runs, listed once.

    Args:
        folder: The folder, usually ``reports/runs``; it need not be there.
        now: The time in seconds since 1970.
    """

    def __init__(self, folder: Path, now: float) -> None:
        self._folder = folder
        self._now = now

    def named(self, product_id: str, name: str) -> Path:
        """The folder of the run that a name means: ``last``, a folder, an id, or how an id begins.

        Args:
            product_id: The product, whose newest run ``last`` is.
            name: What was typed; where it holds a separator it is a folder, whether there or not.

        Raises:
            MissingArtifact: No run is meant.
            UsageFailure: The name is empty, or begins several ids.
        """
        if not name:
            raise UsageFailure("the name of a run is empty", hint=_HINT)
        if name == LAST:
            return self._last(product_id)
        if os.sep in name or (os.altsep and os.altsep in name) or name in {".", ".."}:
            return Path(name)
        inside = self._folder / name
        fitting = [name] if inside.is_dir() else [each for each in self._ids if each.startswith(name)]
        if len(fitting) > 1:
            raise UsageFailure(f"{len(fitting)} runs in {self._folder} begin with {name}", hint="write more of the id")
        if not fitting and not Path(name).is_dir():
            raise MissingArtifact(str(inside), hint=_HINT)
        return self._folder / fitting[0] if fitting else Path(name)

    def newer(self, dash: Path, product_id: str, data: Mapping[str, Any]) -> Newer | None:
        """The newest run that began after the one of the newest report, ended badly, and was not reported.

        One that is dated far ahead counts for nothing.

        Args:
            dash: The dash folder.
            product_id: The product.
            data: Its newest report.
        """
        reported, own = _last_run.moment(data.get("started_at")), str(data.get("run_id"))
        if reported is None:
            return None
        for run in self._newest_first(product_id):
            started = runs.started_s(run)
            if started is None or started > self._now + _last_run.AHEAD_S:
                continue
            if (started, run.run_id) <= (int(reported), own):
                return None
            how = run.status or run.state
            if how in _BAD and not (product_dir(dash, product_id) / run.run_id / LAST_RUN).exists():
                return Newer(product_id, run.run_id, how)
        return None

    def _last(self, product_id: str) -> Path:
        found = next(self._newest_first(product_id), None)
        if found is None:
            raise MissingArtifact(f"a run of {product_id} in {self._folder}", hint="nothing was recorded there yet")
        return Path(found.path)

    def _newest_first(self, product_id: str) -> Iterator[runs.Run]:
        """The runs of a product, each looked at when it is asked for."""
        asking, mine = runs.here(), f"__{pipeline_id(product_id)}__"
        for run_id in [each for each in reversed(self._ids) if mine in each]:
            try:
                run = runs.look(self._folder / run_id, now=self._now, asking=asking)
            except RunpactError:  # removed just now
                continue
            if (run.document.data.get("product") if run.document else None) in (None, product_id):
                yield run

    @cached_property
    def _ids(self) -> list[str]:
        try:
            return runs.ids(self._folder)
        except RunpactError:
            return []
