"""G-17: writers start and finish runs while gc collects again and again: no run in work is taken, none is lost."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runpact_gc import _apply, _places, _plan, _report, _restore, _scan, _trash
from runpact_gc._settings import DEFAULTS, Rule
from runpact_gc.errors import PlanChanged
from runpact_writer import RunWriter

if TYPE_CHECKING:
    from collections.abc import Callable

    from runpact_gc._model import Plan
    from runpact_gc._places import Places

WRITERS, AT_ONCE, KEEP = 200, 8, 3
SETTINGS = DEFAULTS._replace(layouts={"runs": Rule(keep=KEEP)}, parallel_workers=1)


def write(runs: Path, number: int) -> str:
    """One run, whole; its id. What gc does meanwhile must not be seen in it."""
    writer = RunWriter("nightly", "1", runs_dir=runs, announce=False)
    writer.start("local_cli", "test", "somebody")
    folder = Path(writer.run_dir)
    writer.log(f"run {number}")
    assert (folder / "open.json").is_file(), "it was taken while it was open"
    writer.log("done")
    assert (folder / "run.log").is_file(), "it was taken while it was open"
    writer.finish("success")
    return folder.name


def collect(places: Places, ended: threading.Event) -> tuple[int, int]:
    """``gc --apply --force`` again and again until all writers have ended; rounds, and entries that were moved."""

    def plan() -> Plan:
        now = time.time()
        return _plan.plan(_scan.scan(places, SETTINGS, now=now), SETTINGS, (), (), int(now))

    rounds = moved = 0
    last = False
    while not last:
        last = ended.is_set()  # one more after the last writer
        rounds += 1
        try:
            moved += len(_apply.apply(places, SETTINGS, plan(), replan=plan).report.entries)
        except PlanChanged:  # a writer ended between the two plans
            continue
    return rounds, moved


def test_no_run_in_work_is_taken_and_none_is_lost(
    tmp_path: Path, record_testsuite_property: Callable[[str, Any], None]
) -> None:
    """200 runs by 8 writers at once under a loop of gc with keep 3: each is in its place or in the trash, whole.

    A run that gc took leaves its name to the next one of that second, so a name may be there more than once.
    """
    places = _places.places(str(tmp_path))
    places.runs.mkdir(parents=True)
    ended = threading.Event()
    with ThreadPoolExecutor(AT_ONCE) as writers, ThreadPoolExecutor(1) as collector:
        collecting = collector.submit(collect, places, ended)
        try:
            written = list(writers.map(lambda number: write(places.runs, number), range(WRITERS)))
        finally:
            ended.set()
        rounds, moved = collecting.result()
    slots = Counter(str(slot.run_id) for slot in _trash.look(places).slots if slot.gc_id is not None)
    left = Counter(path.name for path in places.runs.iterdir())
    record_testsuite_property("writers under gc", f"runs {WRITERS}, rounds {rounds}, moved {moved}, left {len(left)}")
    assert left + slots == Counter(written)
    assert rounds >= 3
    assert len(left) == KEEP
    assert moved == WRITERS - KEEP
    for gc_id in _report.ids(places):
        _restore.undo(places, SETTINGS, gc_id, clock=time.time)
    sealed = [path.parent.name for path in places.runs.glob("*/run.json")]
    assert (sorted(sealed), list(places.runs.glob("*/open.json"))) == (sorted(set(written)), [])
    again = Counter(str(slot.run_id) for slot in _trash.look(places).slots)  # whose name was taken: it stays
    assert again == Counter(written) - Counter(sealed)
