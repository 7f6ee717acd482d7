"""A plan and a trash for the tests of the page, and for its picture in the README: the same each time."""

from __future__ import annotations

from random import Random

from runpact_gc._model import Decision, Entry, Finding, Layout, Plan, Reason, Status, entry_id
from runpact_gc._page import Trashed

__all__ = ["FINDING", "NOW", "decision", "plan", "slots", "store"]

NOW = 1_768_824_000
"""The clock: 2026-01-19T12:00:00Z."""

DAY = 86_400

FINDING = Finding("two-families", "artifacts/bench/proofs/a.jsonl", "fits bench and proofs; it counts as bench")


def decision(
    family: str,
    path: str,
    *reasons: Reason,
    keep: bool = True,
    time_s: int = NOW - DAY,
    size_bytes: int = 2048,
    status: Status = "pass",
    layout: Layout = "glob",
    files: int = 2,
) -> Decision:
    """One entry with its decision."""
    key = entry_id(family, path)
    nanoseconds = time_s * 10**9
    entry = Entry(
        key, family, layout, path, path, None, status, time_s, "name", True, False, size_bytes, files, nanoseconds
    )
    return Decision(entry, keep, reasons)


def plan(*decisions: Decision, notes: tuple[str, ...] = (), now_s: int = NOW) -> Plan:
    """A plan of these."""
    return Plan(decisions, (), notes, "0" * 64, now_s)


def slots() -> tuple[Trashed, ...]:
    """A trash of four slots, of which one is due."""
    made = ((31, 400_000, 3), (20, 1_200_000, 9), (20, 90_000, 1), (2, 2_500_000, 14))
    return tuple(
        Trashed(
            f"{number:012x}",
            f"2026010{number}_063015",
            NOW - ago * DAY,
            NOW - (ago - 30) * DAY,
            ago > 30,
            amount,
            files,
        )
        for number, (ago, amount, files) in enumerate(made, 1)
    )


def store(runs: int = 24) -> Plan:
    """Nine families whose runs come every other day, kept by keep 10, of which some are protected."""
    random = Random(7)  # noqa: S311 - nothing secret: the same figures each time
    names = ("greenwall", "bench", "proofs", "explain", "smoke90", "P2-Backfill", "spec-kit", "harvest", "ledger-sync")
    found = []
    for order, name in enumerate(names):
        layout: Layout = "glob" if order < 5 else "runs" if order == 5 else "dash"
        for rank in range(runs):
            status: Status = "fail" if random.random() < 0.15 else "pass"
            reasons = [Reason("last-run", "last-run: the newest run of its family", protects=True)] if rank == 0 else []
            reasons += [Reason("keep-last", f"keep-last: {_nth(rank + 1)} newest of 10")] if rank < 10 else []
            if rank == 17 and order in {0, 3}:
                reasons = [Reason("pinned", "pinned by id", protects=True)]
            kept = bool(reasons)
            reasons = reasons or [Reason("not-kept", f"not kept: {_nth(rank + 1)} newest, the newest 10 are kept")]
            folder = {"glob": f"artifacts/{name}", "runs": "reports/runs", "dash": f"dash/runs/{name}"}[layout]
            when = NOW - rank * 2 * DAY - random.randint(0, 40_000) - order * 1000
            size = random.randint(30_000, 400_000) * (9 - order)
            found.append(
                decision(
                    name,
                    f"{folder}/run_{when}",
                    *reasons,
                    keep=kept,
                    time_s=when,
                    size_bytes=size,
                    status=status,
                    layout=layout,
                    files=random.randint(2, 14),
                )
            )
    return plan(*found, notes=("harvest: no rule is configured, so everything is kept",))


def _nth(number: int) -> str:
    return f"{number}{({1: 'st', 2: 'nd', 3: 'rd'}).get(number % 10, 'th') if number not in {11, 12, 13} else 'th'}"
