"""The matrix as a document, as Markdown, and as lines for a terminal. Pure.

Nothing that a runner, a release or a repository is called acts in what is shown: `runpact_core.redact` makes every
cell safe. Rows are sorted by runner, so the order of a registry and of answers says nothing.
"""

from __future__ import annotations

import textwrap
from functools import partial
from typing import TYPE_CHECKING, Any

from runpact_core import documents, tables
from runpact_core.errors import InvalidArtifact
from runpact_core.redact import for_markdown, for_terminal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

__all__ = [
    "CONTRACT",
    "LOG_CONTRACT",
    "MOST_BYTES",
    "OUTCOMES",
    "VERDICTS",
    "counts",
    "in_markdown",
    "in_terminal",
    "log_of",
    "matrix_of",
    "not_admitted",
]

CONTRACT = "runner_status_matrix"
LOG_CONTRACT = "runner_status_ingest_log"
MOST_BYTES = 1 << 28
"""The largest matrix or log, in bytes: room for a quarter of a million runners."""

VERDICTS = ("ok", "warn", "governance_fail", "blocked")
OUTCOMES = ("accepted", "refused", "failed", "not_asked")

_ITEMS = (["matrix_rows"], ["entries"])
_LANES = {"compatibility_non_blocking": "compatibility"}
_HEAD = ("Runner", "Lane", "Status", "Freshness", "Effect", "Verdict", "Since", "Who acts", "Why")
_BESIDE = 4
"""How many columns stay side by side where a terminal is too narrow for all."""
_INDENT = "    "
_NARROWEST = 40
_wrapped = partial(textwrap.wrap, initial_indent=_INDENT, subsequent_indent=_INDENT, break_on_hyphens=False)


def matrix_of(rows: Iterable[Mapping[str, Any]], updated_at: str) -> dict[str, Any]:
    """The document of the contract ``runner_status_matrix``."""
    ordered = sorted(rows, key=_runner)
    return {
        "version": 1,
        "updated_at": updated_at,
        "matrix_rows": ordered,
        "summary": counts(ordered, "verdict", VERDICTS),
    }


def log_of(entries: Iterable[Mapping[str, Any]], now: str, **about: Any) -> dict[str, Any]:
    """The document of the contract ``runner_status_ingest_log``.

    Args:
        entries: One for each row.
        now: The moment against which all were judged.
        about: Its ``registry``, ``schema_pin``, ``settings`` and, where there are any, ``warnings``.
    """
    ordered = sorted(entries, key=_runner)
    return {"version": 1, "now": now, "summary": counts(ordered, "outcome", OUTCOMES), "entries": ordered, **about}


def counts(items: Sequence[Mapping[str, Any]], field: str, words: Iterable[str]) -> dict[str, int]:
    """How many have each word in a field."""
    return {word: sum(item.get(field) == word for item in items) for word in words}


def not_admitted(contract: str, raw: bytes, items: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """The runners whose row or entry the contract does not admit; nothing should ever be, and one must not spoil all.

    Args:
        contract: Name of the contract.
        raw: The matrix, or the log, as it is to be written.
        items: Its rows, or its entries.

    Raises:
        InvalidArtifact: Something else than an item is not admitted.
    """
    problems = documents.validate(contract, raw, strict=True, limit=MOST_BYTES)
    wrong = set()
    for problem in problems:
        parts = problem.pointer.split("/")
        if parts[1:2] not in _ITEMS or not (parts[2:] and parts[2].isdecimal()):
            raise InvalidArtifact(f"{contract}: {problem}", problems=tuple(problems))
        wrong.add(str(items[int(parts[2])]["runner_id"]))
    return frozenset(wrong)


def in_markdown(matrix: Mapping[str, Any], warnings: Sequence[str] = ()) -> bytes:
    """The matrix as a page of Markdown."""
    rows = matrix["matrix_rows"]
    parts = [f"# Runner status matrix\n\nAs of {for_markdown(str(matrix['updated_at']))}: {_summary(rows)}.\n"]
    if rows:
        lines = [_HEAD, tuple("---" for _ in _HEAD), *([for_markdown(cell) for cell in _cells(row)] for row in rows)]
        parts.append("".join(f"| {' | '.join(cells)} |\n" for cells in lines))
    if warnings:
        parts.append("".join(f"- {for_markdown(warning)}\n" for warning in warnings))
    return "\n".join(parts).encode()


def in_terminal(matrix: Mapping[str, Any], width: int | None = None, only: Collection[str] = ()) -> str:
    """The matrix as lines with columns.

    Args:
        matrix: The document.
        width: Columns that there are: where the table is wider, what stands in its last columns goes below each row.
            None where there is no end to a line.
        only: The verdicts whose rows are shown; empty for all.
    """
    rows = [_cells(row) for row in matrix["matrix_rows"] if not only or row.get("verdict") in only]
    table = tables.aligned([[cell.upper() for cell in _HEAD], *rows]) if rows else ""
    if width is not None and any(tables.width(line) > width for line in table.splitlines()):
        table = _folded(rows, width)
    shown = f"; {len(rows)} shown" if only else ""
    return f"{table}{_summary(matrix['matrix_rows'])}, as of {matrix['updated_at']}{shown}\n"


def _folded(rows: Sequence[Sequence[str]], width: int) -> str:
    """The rows with their first columns side by side, and the others below, wrapped."""
    head, *lines = tables.aligned([cells[:_BESIDE] for cells in ([cell.upper() for cell in _HEAD], *rows)]).splitlines()
    parts = [head]
    for line, (effect, verdict, since, who, why) in zip(lines, (cells[_BESIDE:] for cells in rows), strict=True):
        acts = "" if who == "nobody" else f"; {who} have to act"
        what = verdict if verdict == "ok" else f"{verdict} ({effect})"
        below = f"{what} since {since}{acts}{why and ': '}{why}"
        parts += [line, *_wrapped(for_terminal(below), max(width, _NARROWEST))]
    return "".join(f"{part}\n" for part in parts)


def _cells(row: Mapping[str, Any]) -> list[str]:
    """What a row shows."""
    age = row.get("age_s")
    old = "" if age is None else f", {tables.span(max(0, int(age)))} old"
    kept = " (accepted before)" if row.get("keeps_older_report") is True else ""
    failure = row.get("failure")
    why = str(row.get("why", ""))
    who = str(row.get("who_acts", "")).replace("_", " ")
    owner = f" ({row['owner']})" if row.get("who_acts") == "runner_owners" and row.get("owner") else ""
    return [
        str(row["runner_id"]),
        _LANES.get(row["lane_class"], str(row["lane_class"])),
        str(row["runner_status"]),
        f"{row['freshness_state']}{old}{kept}",
        str(row["policy_effect"]),
        str(row.get("verdict", "")),
        str(row.get("since", "")),
        f"{who}{owner}",
        f"{failure}: {why}" if failure else why,
    ]


def _summary(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return "no runners"
    said = counts(rows, "verdict", VERDICTS)
    total = f"{len(rows)} runner{'' if len(rows) == 1 else 's'}"
    return ", ".join([total, *(f"{number} {word.replace('_', ' ')}" for word, number in said.items() if number)])


def _runner(item: Mapping[str, Any]) -> str:
    return str(item["runner_id"])
