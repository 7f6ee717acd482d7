"""A plan carried out as a command for crash states and kills, and what must hold of the store after any of them.

Run as ``trashed.py FOLDER WAY``: moves what `prepare` made and the plan names into the trash, and prints FINISHED when
the report is written. WAY is ``whole``; ``copy``, as if the trash lay on another file system; ``recover``, which only
finishes or takes back what an interrupted one left; ``dies``, which ends with `DIED` half way; or one of the bugs of
`BUGS`, planted from outside.

The oracle knows nothing of journals: every file of `FILES` has its bytes in exactly one of its place in the project and
its place in the trash, and every report's word is true.
"""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from runpact_core import documents
from runpact_core.errors import RunpactError
from runpact_gc import (
    _apply,
    _batch,
    _checksums,
    _handles,
    _journal,
    _lock,
    _move,
    _places,
    _recover,
    _report,
    _settings,
)
from runpact_gc._model import Decision, Entry, File, Layout, Plan, Purge, Reason, entry_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = [
    "BUGS",
    "DOOMED",
    "FILES",
    "FINISHED",
    "NOW_S",
    "SETTINGS",
    "command",
    "complaints",
    "entry",
    "entry_ids",
    "environment",
    "inside",
    "interrupted",
    "plan",
    "planned",
    "prepare",
    "run",
    "settled_again",
    "settled",
    "settled_unharmed",
    "unharmed",
]

NOW_S = 1_780_000_000
SETTINGS = _settings.DEFAULTS
MTIME_NS, MODE = (NOW_S - 100_000) * 10**9 + 7, 0o640
FINISHED = b"finished\n"
DIED = 77

BUGS = ("no-journal", "no-slot-sync", "moves-not-settled")
"""Bugs that the enumerator or the kills must see."""

RUN = "20260119T061512Z__backfill__a1b2c3d"
FILES = {
    f"reports/runs/{RUN}/run.json": b'{"status": "success"}\n',
    f"reports/runs/{RUN}/artifacts/rows.csv": b"a,b\n1,2\n",
    "artifacts/bench/run_20250906_143022.jsonl": b'{"p99": 12}\n',
    "artifacts/bench/run_20250906_143022.md": b"# bench\n",
    "artifacts/proofs/kept.jsonl": b"{}\n",
}
"""What is in the project before: a recorded run, a glob entry of two files, and a file that the plan keeps."""

DOOMED = {"0123456789ab/bench/old.jsonl": b"old\n"}
"""What is in the trash before, and ends with the plan."""

PURGE = Purge("0123456789ab", "20250101_000000", NOW_S - 9_000_000, 4, 1)


def prepare(root: Path) -> None:
    """Make the project."""
    for name, data in {**FILES, **{f"artifacts/.trash/{name}": data for name, data in DOOMED.items()}}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
        (root / name).chmod(MODE)
        os.utime(root / name, ns=(NOW_S * 10**9, MTIME_NS))
    (root / "artifacts" / ".manifest.json").write_bytes(b"{}\n")


def entry(root: Path, layout: Layout, family: str, *paths: str) -> Entry:
    """An entry as a scan would give it: of a folder, or of the files of a glob family."""
    below = [each for path in paths for each in _below(root, path)]
    infos = [(path, os.lstat(root / path)) for path in below]
    plain = [(path, info) for path, info in infos if not stat.S_ISDIR(info.st_mode)]
    held = tuple(File(path, info.st_size, info.st_mtime_ns) for path, info in plain) if layout == "glob" else ()
    size = sum(info.st_size for _, info in plain if stat.S_ISREG(info.st_mode))
    return Entry(
        entry_id(family, paths[0]), family, layout, paths[0], paths[0], None, "pass", NOW_S - 100_000, "mtime",
        complete=True, live=False, size_bytes=size, file_count=len(plain),
        newest_ns=max(info.st_mtime_ns for _, info in infos), files=held,
    )  # fmt: skip


def _below(root: Path, path: str) -> Iterable[str]:
    yield path
    if (root / path).is_dir() and not (root / path).is_symlink():
        for name in sorted(os.listdir(root / path)):  # noqa: PTH208 - names are what is wanted
            yield from _below(root, f"{path}/{name}")


def entries(root: Path) -> tuple[Entry, ...]:
    """The entries of `FILES`, as far as they are there."""
    made = []
    if (root / "reports" / "runs" / RUN).is_dir():
        made.append(entry(root, "runs", "backfill", f"reports/runs/{RUN}"))
    bench = [name for name in FILES if name.startswith("artifacts/bench/")]
    if all((root / name).exists() for name in bench):
        made.append(entry(root, "glob", "bench", *bench))
    return tuple(made)


def entry_ids() -> tuple[str, str]:
    """The ids of the run and of the glob entry."""
    return entry_id("backfill", f"reports/runs/{RUN}"), entry_id("bench", "artifacts/bench/run_20250906_143022.jsonl")


def plan(leaving: Iterable[Entry], *, purges: tuple[Purge, ...] = ()) -> Plan:
    """A plan by which these entries leave; its digest says which."""
    decisions = tuple(Decision(each, keep=False, reasons=(Reason("not-kept", "no rule keeps it"),)) for each in leaving)
    said = repr([(each.entry.id, each.entry.size_bytes, each.entry.newest_ns) for each in decisions])
    return Plan(decisions, purges, (), f"{abs(hash(said)):064x}"[:64], NOW_S)


def planned(root: Path) -> Plan:
    """The plan for what is there: everything goes but what is to be kept."""
    purges = (PURGE,) if (root / "artifacts" / ".trash" / PURGE.slot).is_dir() else ()
    return plan(entries(root), purges=purges)._replace(digest="1" * 64)


def run(root: Path, *, shown: Plan | None = None, between: Callable[[], object] = lambda: None) -> _apply.Applied:
    """Carry a plan out, else the one for what is there; ``between`` happens after it was made for the second time."""
    places = _places.places(os.fspath(root))

    def replan() -> Plan:
        made = shown or planned(root)
        between()
        return made

    return _apply.apply(places, SETTINGS, shown or planned(root), replan=replan, clock=lambda: NOW_S)


def command(root: Path, way: str = "whole") -> list[str]:
    """The same in a process of its own."""
    return [sys.executable, "-S", __file__, str(root), way]


def environment() -> dict[str, str]:
    """The environment in which it finds what it imports without the site packages' start-up."""
    import jsonschema_rs

    modules = [sys.modules[name] for name in ("runpact_core", "runpact_gc")] + [jsonschema_rs]
    sources = {str(Path(str(module.__file__)).parents[1]) for module in modules}
    path = os.pathsep.join([str(Path(__file__).parents[2]), *sorted(sources)])
    return {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}


def complaints(root: Path, printed: bytes) -> list[str]:
    """What is wrong with a store that a crash or a kill left, given what was printed before."""
    found = _misplaced(root) + _untrue(root)
    if FINISHED in printed:
        found += _unfinished(root)
    return found


def unharmed(root: Path, printed: bytes) -> list[str]:
    """As `complaints`, with modes and times, which a model of a disk does not have."""
    there = [path for name in FILES for path in _places_of(root, name) if path.is_file()]
    facts = {path: path.stat() for path in there}
    found = [f"{path.name} has another time" for path, fact in facts.items() if fact.st_mtime_ns != MTIME_NS]
    found += [f"{path.name} has another mode" for path, fact in facts.items() if stat.S_IMODE(fact.st_mode) != MODE]
    return found + complaints(root, printed)


def interrupted(root: Path) -> None:
    """Make the project, and a store in which an operation died between two moves of one entry."""
    prepare(root)
    done = subprocess.run(command(root, "dies"), check=False, env=environment())
    assert done.returncode == DIED, done


def settled_again(root: Path, printed: bytes) -> list[str]:
    """What is left to complain of when the recovery was run again to its end."""
    return unharmed(root, printed) + settled(root, printed, finished=False)


def settled_unharmed(root: Path, printed: bytes) -> list[str]:
    """What is left to complain of when the command was run again to its end."""
    return unharmed(root, printed) + settled(root, printed)


def settled(root: Path, printed: bytes, *, finished: bool = True) -> list[str]:
    """As `complaints`, where a command ran to its end since: nothing of the interruption is left."""
    found = complaints(root, printed + FINISHED * finished)
    trash = root / "artifacts" / ".trash"
    told = {done.slot for report in _reports(root) for done in report.entries}
    found += [f"{name} is a leftover" for name in os.listdir(trash) if name.startswith(".journal")]  # noqa: PTH208 - names
    strange = {each.name for each in trash.iterdir() if each.is_dir()} - told - {PURGE.slot}
    return found + [f"no report names the slot {name}" for name in sorted(strange)]


def inside(name: str) -> str:
    """Where a file of `FILES` lies in a slot."""
    return name.removeprefix("artifacts/").replace(f"reports/runs/{RUN}/", ".run/")


def _places_of(root: Path, name: str) -> list[Path]:
    """Where a file of `FILES` may lie: its place, and its places in slots."""
    inner = inside(name)
    trash = root / "artifacts" / ".trash"
    slots = [each for each in trash.iterdir() if each.is_dir()] if trash.is_dir() else []
    return [root / name, *(slot / inner for slot in slots)]


def _misplaced(root: Path) -> list[str]:
    found = []
    for name, data in FILES.items():
        there = [path for path in _places_of(root, name) if path.is_file()]
        if len(there) != 1:
            found.append(f"{name} is in {len(there)} places")
        found += [f"{name} has other bytes in {path.parent.name}" for path in there if path.read_bytes() != data]
    if not (root / "artifacts/proofs/kept.jsonl").is_file():
        found.append("what the plan keeps is gone")
    return found


def _reports(root: Path) -> list[_report.Report]:
    places = _places.places(os.fspath(root))
    return [_report.read(_report.path_of(places, each)) for each in _report.ids(places)]


def _untrue(root: Path) -> list[str]:
    """What a report says and is not so."""
    try:
        reports = _reports(root)
    except RunpactError as error:
        return [f"a report cannot be read: {error}"]
    moves = [(done, move) for report in reports for done in report.entries for move in done.moves]
    found = [
        f"the report says that {move.target} is in the trash"
        for _, move in moves
        for file in move.files
        if not (root / "artifacts" / ".trash" / move.target / file.path).is_file()
    ]
    found += [f"{move.source} is in the project as well" for _, move in moves if (root / move.source).exists()]
    ended = [each.slot for report in reports for each in report.purged]
    return found + [f"{slot} has ended, and is there" for slot in ended if (root / "artifacts/.trash" / slot).exists()]


def _unfinished(root: Path) -> list[str]:
    left = [name for name in FILES if "kept" not in name and (root / name).exists()]
    return [f"finished was printed, and {name} is where it was" for name in left]


def _plant(way: str) -> None:
    """Put one bug into the operation."""
    if way == "no-journal":
        _replace(_journal.Journal, "intend", lambda *_, **__: None)
    elif way == "no-slot-sync":
        _replace(_handles.Root, "sync", lambda *_, **__: None)
    elif way == "moves-not-settled":
        _replace(_batch.Batch, "settle", lambda _: None)
    elif way == "dies":
        real = _move.rename

        def rename(root: _handles.Root, source: str, target: str) -> None:
            if source.endswith(".md"):  # the last of three: one entry has arrived, half of the other
                os._exit(DIED)
            real(root, source, target)

        _replace(_move, "rename", rename)
    elif way == "copy":
        _replace(_batch.Batch, "_is_near", lambda *_: False)


class _Inline:
    """A pool of threads without threads."""

    def __init__(self, *_: object, **__: object) -> None:
        """Nothing is needed."""

    def submit(self, work: Callable[..., object], *args: object) -> Future[object]:
        """Do it now."""
        future: Future[object] = Future()
        future.set_result(work(*args))
        return future

    def shutdown(self, **_: object) -> None:
        """Nothing is left."""


def _replace(owner: object, name: str, value: object) -> None:
    setattr(owner, name, value)


def _main(root: Path, way: str) -> None:
    for name in ("gc_report", "gc_journal"):  # loads all that is loaded late: no calls of it in the sweep
        for example in (Path(__file__).parents[2] / "contracts" / "examples" / name).glob("*/valid/minimal.json"):
            documents.validate(name, example, strict=True)
    _move._renameat2()
    _replace(_checksums, "ThreadPoolExecutor", _Inline)  # kills are counted in one thread
    if way == "recover":
        with _lock.hold(places := _places.places(os.fspath(root))) as lock:
            _recover.recover(places, lock, clock=lambda: NOW_S)
        return
    _plant(way)
    run(root)
    os.write(1, FINISHED)


if __name__ == "__main__":
    _main(Path(sys.argv[1]), sys.argv[2])
