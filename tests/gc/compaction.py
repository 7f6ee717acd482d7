"""A store of files that compaction finds work in, and what tests ask of it."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

from runpact_gc import _compact, _deposit, _lock
from runpact_gc._compacted import Compaction, write
from runpact_gc._model import Entry, File, Inventory, entry_id
from runpact_gc._places import places
from runpact_gc._settings import Jsonl, Markdown, Settings

if TYPE_CHECKING:
    from pathlib import Path

    from runpact_gc._compact import Result
    from runpact_gc._places import Places

__all__ = [
    "MARKDOWN",
    "NOW_NS",
    "OLD_NS",
    "RECORDS",
    "RUN",
    "SETTINGS",
    "SHORT",
    "applied",
    "entry",
    "expanded",
    "inventory",
    "outcomes",
    "state",
    "store",
    "tried",
]

NOW_NS = 1_768_900_000 * 10**9
OLD_NS = 1_768_803_312 * 10**9
SETTINGS = Settings(jsonl=Jsonl(min_size_kb=1), markdown=Markdown(min_size_kb=0))
RECORDS = b"".join(
    json.dumps({"family": "bench", "host": f"worker-{n % 3}.example", "status": "pass", "latency": n * n}).encode()
    + b"\n"
    for n in range(100)
)
MARKDOWN = b"Bench\n=====\n\n\n\ntext\n\n## Nothing ##\n\n## Last   #\n\nmore\n"
SHORT = b"# Bench\n\ntext\n\n## Last\n\nmore\n"


def store(root: Path, **files: bytes) -> Places:
    """A project with these files in ``artifacts/bench``, a day old; ``__`` in a name is a dot."""
    folder = root / "artifacts" / "bench"
    folder.mkdir(parents=True)
    for name, data in files.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(data)
        path.chmod(0o640)
        os.utime(path, ns=(OLD_NS, OLD_NS))
    return places(str(root))


def entry(path: str, **more: Any) -> Entry:
    """The entry of one file."""
    whole = Entry(
        entry_id("bench", path),
        "bench",
        "glob",
        path,
        path,
        None,
        "unknown",
        0,
        "mtime",
        True,
        False,
        0,
        1,
        0,
        (File(path, 0, 0),),
    )
    return whole._replace(**more)


def inventory(where: Places) -> Inventory:
    """Every file below ``artifacts/bench`` as an entry of its own."""
    found = sorted(path.relative_to(where.project).as_posix() for path in (where.store / "bench").iterdir())
    return Inventory(tuple(entry(path) for path in found), (), (), 0)


def state(root: Path) -> dict[str, tuple[str, int, int]]:
    """Digest, mode and modification time of every file below a folder."""
    return {
        path.relative_to(root).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mode,
            path.stat().st_mtime_ns,
        )
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


RUN = {"a__jsonl": RECORDS, "b__md": MARKDOWN}


def tried(where: Places, settings: Settings = SETTINGS, **more: Any) -> dict[str, Result]:
    """What a dry run says of each file, by name."""
    found = _compact.candidates(inventory(where))
    results = _compact.compact(where, settings, found, now_ns=NOW_NS, **more)
    return {each.candidate.path.rpartition("/")[2]: each for each in results}


def applied(where: Places, settings: Settings = SETTINGS, **more: Any) -> tuple[dict[str, Result], str]:
    """What was done to each file, by name; and the operation."""
    with _lock.hold(where) as lock:
        deposits = _deposit.Deposits(where, lock, NOW_NS // 10**9)
        results = tried(where, settings, deposits=deposits, **more)
        done = Compaction("compact", True, "dictionary", 0, 1, tuple(results.values()))
        write(where, deposits.gc_id, done._replace(gc_id=deposits.gc_id if deposits else None))
        deposits.end(NOW_NS // 10**9)
    return results, deposits.gc_id


def expanded(where: Places) -> dict[str, Result]:
    """What expanding did to each file, by name."""
    with _lock.hold(where) as lock:
        results = list(_compact.expand(where, _compact.candidates(inventory(where)), lock=lock))
    return {each.candidate.path.rpartition("/")[2]: each for each in results}


def outcomes(results: dict[str, Result]) -> dict[str, tuple[str, str]]:
    """Outcome and cause, by name."""
    return {name: (each.outcome, each.why) for name, each in results.items()}
