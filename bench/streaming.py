"""Wrapping a command that prints much: its whole output through us and into the log, against the same into `tee`.

The command is ``cat`` of one piece of usual log text again and again, so that it costs next to nothing itself. Both
sides print to where nothing is kept, and keep one file in the same folder. Ours syncs the log to the disk before it
says how the run ended; `tee` does not, so that a second row has it followed by ``sync``. What a round wrote is removed
after it, outside the time.

Usual text: lines with a time, a level and a few words; one in 40 has a percentage, one in 200 a URL with escapes, one
in 500 a JSON text with backslashes, one in 5,000 the secret, which is masked where that is asked for.
"""

from __future__ import annotations

import functools
import json
import os
import shlex
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

from bench.measure import constant, peak_bytes
from bench.row import Pair, Row, Unavailable, at_most
from bench.starting import environment, found, runpact

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bench.row import Scale

__all__ = ["rows"]

_PIECE_MB = 16
_MB = 1 << 20
_RSS_BYTES = 64_000_000
_SECRET = "correct-horse-battery-staple"  # noqa: S105 - nobody's; it is what the rows look for
_PERCENT, _URL, _JSON, _TOKEN = 40, 200, 500, 5000


def log_text(size: int) -> bytes:
    """So many bytes of usual log text, the same every time; the last line may be cut."""
    lines, length, number = [], 0, 0
    while length < size:
        lines.append(_line(number).encode())
        length += len(lines[-1])
        number += 1
    return b"".join(lines)[:size]


def _line(number: int) -> str:
    at = f"2026-01-19T06:{number // 60 % 60:02}:{number % 60:02}.{number % 1000:03}Z"
    if number % _TOKEN == 1:
        return f"{at} DEBUG worker-{number % 4} connect with token {_SECRET}\n"
    if number % _JSON == 1:
        return f'{at} INFO  worker-{number % 4} {{"event": "insert", "sql": "INSERT INTO \\"blocks\\"\\n"}}\n'
    if number % _URL == 1:
        return f"{at} INFO  worker-{number % 4} GET /candles?pair=GBP%2FUSD&page={number} 200 in {number % 90} ms\n"
    if number % _PERCENT == 1:
        return f"{at} INFO  worker-{number % 4} {number % 100}% of the partition is loaded\n"
    return f"{at} INFO  worker-{number % 4} inserted {number % 61} rows into ovc.blocks, offset {number * 61}\n"


def _cat(folder: Path, log_mb: int) -> list[str]:
    """A command that prints so many megabytes."""
    whole, rest = divmod(log_mb, _PIECE_MB)
    pieces = [("piece", _PIECE_MB)] * whole + [("rest", rest)] * bool(rest)
    for name, size in set(pieces):
        (folder / name).write_bytes(log_text(size * _MB))
    return [found("cat"), *(str(folder / name) for name, _ in pieces)]


def _wrap(folder: Path, words: Sequence[str], size: int, *, masked: bool) -> float:
    """Seconds of one wrapped command; looks afterwards whether the log is whole, and removes the run."""
    env, options = environment(), ["--mask-env", "BENCH_TOKEN"] if masked else []
    command = [*runpact(), "exec", "--pipeline-id", "Bench", *options, "--", *words]
    start = time.perf_counter()
    subprocess.run(
        command, env=env | {"BENCH_TOKEN": _SECRET}, cwd=folder, check=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    taken = time.perf_counter() - start
    _take_away(folder, size, masked=masked)
    return taken


def _take_away(folder: Path, size: int, *, masked: bool) -> None:
    """Remove the one run that was recorded, after a look at it."""
    (run,) = (folder / "reports" / "runs").iterdir()
    first = len(f"RUN_ID={run.name}\n")
    logged = json.loads((run / "run.json").read_bytes())["log"]["size_bytes"]
    assert logged == (run / "run.log").stat().st_size
    with (run / "run.log").open("rb") as log:
        assert (_SECRET.encode() in log.read(_MB)) is not masked
    assert logged < size if masked else logged == size + first
    shutil.rmtree(folder / "reports")


def _tee(folder: Path, words: Sequence[str], size: int, *, synced: bool) -> float:
    """Seconds of the same through `tee`."""
    kept = folder / "tee.log"
    script = f"{shlex.join(words)} | tee {shlex.quote(str(kept))}" + (f"; sync {shlex.quote(str(kept))}" * synced)
    start = time.perf_counter()
    subprocess.run(["sh", "-c", script], cwd=folder, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    taken = time.perf_counter() - start
    assert kept.stat().st_size == size
    kept.unlink()
    return taken


def _against_tee(log_mb: int, *, masked: bool = False, synced: bool = False) -> Callable[[Path], Pair]:
    def prepare(folder: Path) -> Pair:
        for name in ("tee", "sync"):
            found(name)
        words, size = _cat(folder, log_mb), log_mb * _MB
        return Pair(
            _added(functools.partial(_wrap, folder, words, size, masked=masked)),
            _added(functools.partial(_tee, folder, words, size, synced=synced)),
        )

    return prepare


def _memory(log_mb: int) -> Callable[[Path], Pair]:
    def prepare(folder: Path) -> Pair:
        if not hasattr(os, "wait4"):
            message = "this system does not tell how much memory a process held"
            raise Unavailable(message)
        words = _cat(folder, log_mb)
        command = [*runpact(), "exec", "--pipeline-id", "Bench", "--", *words]

        def ours() -> float:
            peak = peak_bytes(command, env=environment(), cwd=folder)
            _take_away(folder, log_mb * _MB, masked=False)
            return peak

        return Pair(_added(ours), constant(_RSS_BYTES))

    return prepare


def _added(call: Callable[[], float]) -> Callable[[int], float]:
    """A watch for a call that measures itself."""
    return lambda times: sum(call() for _ in range(times))


def rows(scale: Scale) -> tuple[Row, ...]:
    """The rows, with output of this size."""
    size = scale.log_mb
    amount = f"{size / 1024:g} GB" if size >= 1024 else f"{size} MB"
    what, ours, tee = f"{amount} of output through a wrapped command", "exec -- cat, log fsynced", "cat | tee FILE"
    token = "exec --mask-env, log fsynced"  # noqa: S105 - what is done, no secret
    return (
        Row("log-tee", what, ours, tee, at_most(1.5), 5, _against_tee(size)),
        Row("log-synced", what, ours, f"{tee}; sync FILE", None, 5, _against_tee(size, synced=True)),
        Row("log-masked", f"{what}, with a secret", token, tee, at_most(2), 5, _against_tee(size, masked=True)),
        Row(
            "log-memory",
            f"peak memory for {amount} of output",
            "exec -- cat",
            "64 MB",
            at_most(1),
            2,
            _memory(size),
            "bytes",
        ),
    )
