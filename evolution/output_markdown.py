"""A comparison as Markdown, for the summary of a pull request; bounded, and nothing in it acts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from evolution.output_text import approvable, entry, headline, reason, sentence, title, verdicts_of, word
from runpact_core.redact import for_markdown, for_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evolution.exceptions import Approval, Judged, Pair
    from evolution.model import Change, Verdict

__all__ = ["MAX_BYTES", "code", "failure", "page"]

MAX_BYTES = 512 * 1024
"""The most bytes of the page, half of what GitHub takes as the summary of a step."""

_MARKS = {"compatible": "✅", "approved": "🟡", "breaking": "❌"}
_LONGEST = 8000  # characters of one document that is shown


def page(judged: Judged, notes: Sequence[str]) -> str:
    """The comparison: a verdict, a table of versions, and under each its changes with what shows them.

    Where it would be larger than `MAX_BYTES`, whole contracts are left out, and the last line says how many.
    """
    mark = "✅" if judged.ok else "❌"
    parts = ["\n".join([f"{mark} {for_markdown(headline(judged))}", *_table(judged), *_said(notes)])]
    used, left = len(parts[0].encode()), 0
    ordered = sorted(judged.pairs, key=lambda pair: pair.outcome != "breaking")  # what is cut is not what fails
    for pair in ordered:
        text = "\n".join(_pair(pair))
        used += len(text.encode()) + 1
        if used > MAX_BYTES:
            left += 1
        else:
            parts.append(text)
    if left:
        parts.append(
            f"\nLeft out here, and shown by `./hatchw run compat`: {left} of {len(ordered)} contract versions."
        )
    return "\n".join(parts) + "\n"


def failure(notes: Sequence[str]) -> Iterator[str]:
    """The page where nothing could be compared: why, line by line."""
    yield "❌ The contracts cannot be compared"
    yield from _said(notes)


def code(text: str, language: str = "") -> Iterator[str]:
    """The lines of a block of code that nothing in the text can end; what a page would not show is written out."""
    shown = [for_terminal(line.replace("\t", "    ")) for line in text.splitlines()]
    ticks = max((len(run) for line in shown for run in _runs(line)), default=0)
    fence = "`" * max(3, ticks + 1)
    yield f"{fence}{language}"
    yield from shown
    yield fence


def _runs(line: str) -> list[str]:
    """The runs of backticks in a line."""
    apart = "".join(sign if sign == "`" else " " for sign in line)
    return apart.split()


def _table(judged: Judged) -> Iterator[str]:
    if judged.pairs:
        yield from ("", "| | contract | needs | changes |", "|---|---|---|---|")
    for pair in judged.pairs:
        what = for_markdown(title(pair.diff))
        outcome = f"{_MARKS[pair.outcome]} {word(pair)}"
        yield f"| {outcome} | {what} | {for_markdown(reason(pair))} | {len(pair.diff.changes)} |"


def _said(notes: Sequence[str]) -> Iterator[str]:
    if notes:
        yield ""
    yield from (f"- {for_markdown(note)}" for note in notes)


def _pair(pair: Pair) -> Iterator[str]:
    yield from ("", f"### {for_markdown(title(pair.diff))}", "")
    for change, approval in zip(pair.diff.changes, pair.approved, strict=True):
        yield from _change(change, approval, verdicts_of(change, pair.diff))
    unapproved = approvable(pair)
    if unapproved:
        yield from ("", "<details><summary>To approve it until a day</summary>", "")
        yield from code("\n".join(line for change in unapproved for line in entry(change)), "yaml")
        yield from ("", "</details>")


def _change(change: Change, approval: Approval | None, verdicts: Sequence[Verdict]) -> Iterator[str]:
    broken = any(not verdict.compatible for verdict in verdicts)
    mark = "🟡 " if approval else "❌ " if broken else ""
    place = for_markdown(f"{change.path}:{change.line}")
    yield f"- {mark}{for_markdown(sentence(change))} ({place})"
    if approval:
        yield f"  - approved until {approval.expires}: {for_markdown(approval.reason)}"
    for verdict in verdicts:
        holds = "holds" if verdict.compatible else "**breaks**"
        yield f"  - {verdict.level} {holds}: {for_markdown(verdict.proof.says)}"
        if verdict.proof.counterexample is not None:
            text = json.dumps(verdict.proof.counterexample, indent=2, sort_keys=True)
            cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n… {len(text)} characters in all"
            yield ""
            yield from (f"    {line}" for line in code(cut, "json"))
            yield ""
