"""The command line of the benchmarks: parse, measure, print, write."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench import report
from bench.measure import FULL, QUICK, measure
from bench.row import FULL_SCALE, QUICK_SCALE, Scale, missed_by
from bench.rows import UnknownRow, choose
from bench.samples import ROOT
from runpact_core import documents, files
from runpact_core.errors import RunpactError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.measure import Effort
    from bench.row import Measured, Row

__all__ = ["main"]

RESULTS = ROOT / "bench" / "results.json"
SCRATCH = ROOT / ".cache" / "bench"
"""Within the project, on its own disk: a folder for temporary files may be memory, where fsync costs nothing."""


def main(arguments: Sequence[str]) -> int:
    """Measure rows, print the table, write the results.

    Returns:
        0; with ``--check`` 1 where a budget is missed; 2 for a row that does not exist; 3 where the results could
        not be written.
    """
    options = _parser().parse_args(arguments)
    try:
        rows = choose(options.names, _scale(options))
    except UnknownRow as error:
        print(f"error[unknown-row]: {error}", file=sys.stderr)
        return 2
    if options.list:
        print("".join(f"{row.name:24}{row.what}\n" for row in rows), end="")
        return 0
    measured = list(_measured(rows, QUICK if options.quick else FULL))
    print(report.table(measured), end="")
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    try:
        files.replace(options.out, documents.dumps(report.document(measured, quick=options.quick, at=at)))
    except RunpactError as error:
        print(error.line(), file=sys.stderr)
        return error.exit_code
    missed = [each for each in measured if missed_by(each) is not None]
    return 1 if options.check and missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./hatchw run bench", description="Measure Runpact beside its peers.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="a row, or how the names of rows start; all where none"
    )
    parser.add_argument("--quick", action="store_true", help="one round: shows that rows work, gives no figures")
    parser.add_argument("--log-mb", type=_count, metavar="N", help="megabytes of wrapped output  [1024]")
    parser.add_argument("--runs", type=_count, metavar="N", help="runs in the folder of runs  [10000]")
    parser.add_argument("--stored", type=_count, metavar="N", help="runs in the store, with four files each  [50000]")
    parser.add_argument("--check", action="store_true", help="exit 1 where a budget is missed")
    parser.add_argument("--list", action="store_true", help="name the rows, measure nothing")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where the results go  [bench/results.json]")
    return parser


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return count


def _scale(options: argparse.Namespace) -> Scale:
    usual = QUICK_SCALE if options.quick else FULL_SCALE
    return usual._replace(
        log_mb=options.log_mb or usual.log_mb, runs=options.runs or usual.runs, stored=options.stored or usual.stored
    )


def _measured(rows: Sequence[Row], effort: Effort) -> Iterator[Measured]:
    SCRATCH.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=SCRATCH) as shared:
        for number, row in enumerate(rows, 1):
            print(f"{number}/{len(rows)} {row.name}", file=sys.stderr)
            with tempfile.TemporaryDirectory(dir=shared, prefix=f"{row.name}-") as folder:
                yield measure(row, Path(folder), effort)
