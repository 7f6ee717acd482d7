"""A report for a job's page on GitHub: Markdown of the summary and annotations of the log. Pure.

Invariants: the Markdown has at most `MOST_BYTES`, there are at most `MOST_ANNOTATIONS` of each level; what is chosen
depends on the report alone, failed tests in the order of file, line and name; what is left out is counted and said,
with the file that has it. No text of the report acts, in Markdown or in the log; what looks like a secret is `***`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runpact_core import redact, tables
from runpact_reporter._counts import counts
from runpact_reporter._sanitize import cleaned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["MOST_ANNOTATIONS", "MOST_BYTES", "annotated", "failed_tests", "markdown", "name_of"]

MOST_BYTES = 1_000_000
"""The largest Markdown, in bytes; GitHub drops a step's summary of more than 1 MiB as a whole."""

MOST_ANNOTATIONS = 10
"""The most annotations of a level; GitHub drops further ones of a step in silence."""

_MOST_MESSAGE = 1000
_RESERVE = 4096
_DIGITS = 20
_MARKS = {"success": "✅", "failed": "❌", "in_progress": "⏳", "cancelled": "⛔"}


def failed_tests(report: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The failed tests of a report, in the order of file, line and name."""
    return sorted(_of(report, lambda test: test.get("status") == "failed"), key=_order)


def flaky_tests(report: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The tests of a report that passed after a failed attempt, in the same order."""
    return sorted(_of(report, lambda test: test.get("flaky") is True), key=_order)


def markdown(data: Mapping[str, Any], report: Mapping[str, Any] | None, where: str, *, limit: int = MOST_BYTES) -> str:
    """The summary as Markdown.

    Args:
        data: The report of the run.
        report: The report of its tests; None where there is none.
        where: The file that has the whole, for people.
        limit: The most bytes.
    """
    text = _head(data, report)
    text += _section("Failed tests", failed_tests(report), where, limit - _RESERVE - len(text.encode()))
    text += _section("Flaky tests", flaky_tests(report), where, limit - _RESERVE - len(text.encode()))
    paths = _paths(data)
    if paths:
        lines = [f"* {_cell(path)}\n" for path in paths]
        text += _within("\n### Evidence\n\n", lines, where, limit - len(text.encode()))
    return text


def annotated(data: Mapping[str, Any], report: Mapping[str, Any] | None, where: str) -> list[str]:
    """The annotations as lines for the log: errors for failed tests, warnings for flaky ones, a notice of the whole."""
    lines = _level("error", [_annotation("error", test) for test in failed_tests(report)], "failed tests", where)
    lines += _level("warning", [_annotation("warning", test) for test in flaky_tests(report)], "flaky tests", where)
    said = f"{data.get('product_id', '')}: {data.get('status', '')}: {data.get('summary', '')}"
    level = "notice" if lines or data.get("status") in {"success", "in_progress"} else "error"
    return [*lines, f"::{level} title=Runpact::{_message_of(said)}"]


def _of(report: Mapping[str, Any] | None, wanted: Any) -> list[dict[str, Any]]:
    return [test for test in report["results"]["tests"] if wanted(test)] if report else []


def _order(test: Mapping[str, Any]) -> tuple[str, int, str, str]:
    line = test.get("line")
    return (
        str(test.get("filePath", "")),
        line if isinstance(line, int) else 0,
        name_of(test),
        str(test.get("message", "")),
    )


def name_of(test: Mapping[str, Any]) -> str:
    """What people call a test: its suites, without its file, then its name."""
    suite = test.get("suite")
    parts = [suite] if isinstance(suite, str) else suite if isinstance(suite, list) else []
    named = [str(part) for part in parts if part and str(part) != str(test.get("filePath", ""))]
    return " > ".join([*named, str(test.get("name", ""))])


def _head(data: Mapping[str, Any], report: Mapping[str, Any] | None) -> str:
    status = str(data.get("status", "unknown"))
    title = f"## {_MARKS.get(status, '❔')} {_cell(str(data.get('product_id', '')))}: {_cell(status)}\n\n"
    rows = [("Summary", "summary"), ("Run", "run_id"), ("Started", "started_at"), ("Ended", "ended_at")]
    table = "| | |\n|---|---|\n" + "".join(
        f"| {name} | {_cell(str(data[field]))} |\n" for name, field in rows if field in data
    )
    if isinstance(data.get("duration_ms"), int):
        table += f"| Took | {_cell(tables.span(data['duration_ms'] // 1000))} |\n"
    switch = data.get("kill_switch")
    if isinstance(switch, dict) and switch.get("enabled") is True:
        table += f"| Kill switch | on: {_cell(str(switch.get('reason', '')))} |\n"
    if report is not None:
        table += "".join(f"| Tests {name} | {number} |\n" for name, number in counts(report).document().items())
    return title + table


def _section(title: str, tests: Sequence[Mapping[str, Any]], where: str, limit: int) -> str:
    if not tests:
        return ""
    head = f"\n### {title}\n\n| Test | File | Message |\n|---|---|---|\n"
    lines = [f"| {_cell(name_of(test))} | {_cell(_file(test))} | {_cell(_message(test))} |\n" for test in tests]
    return _within(head, lines, where, limit)


def _within(head: str, lines: Sequence[str], where: str, limit: int) -> str:
    """As many lines as fit, and how many do not."""
    more = f" more in {_cell(where)}\n"
    text, room = head, limit - len(head.encode()) - len(more.encode()) - _DIGITS
    for number, line in enumerate(lines):
        room -= len(line.encode())
        if room < 0:
            return f"{text}\n{len(lines) - number}{more}"
        text += line
    return text


def _level(level: str, lines: list[str], what: str, where: str) -> list[str]:
    if len(lines) <= MOST_ANNOTATIONS:
        return lines
    kept = lines[: MOST_ANNOTATIONS - 1]
    said = f"{len(lines) - len(kept)} more {what} in {where}"
    return [*kept, f"::{level} title=Runpact::{_message_of(said)}"]


def _annotation(level: str, test: Mapping[str, Any]) -> str:
    properties = {"file": str(test.get("filePath") or "")}
    line = test.get("line")
    if properties["file"] and isinstance(line, int) and line > 0:
        properties["line"] = str(line)
    properties["title"] = name_of(test)
    said = ",".join(f"{name}={_value(text)}" for name, text in properties.items() if text)
    return f"::{level} {said}::{_message_of(_message(test) or 'it failed')}"


def _file(test: Mapping[str, Any]) -> str:
    file, line = str(test.get("filePath") or ""), test.get("line")
    return f"{file}:{line}" if file and isinstance(line, int) else file


def _message(test: Mapping[str, Any]) -> str:
    """The first line of what a test says, and how many more there are."""
    first, *more = str(test.get("message") or "").strip().splitlines() or [""]
    if not first and test.get("flaky") is True:
        return "it passed after an attempt that failed"
    return f"{first} (and {len(more)} more line{'' if len(more) == 1 else 's'})" if more else first


def _paths(data: Mapping[str, Any]) -> list[str]:
    evidence = data.get("evidence")
    paths = evidence.get("paths") if isinstance(evidence, dict) else None
    return [str(path) for path in paths] if isinstance(paths, list) else []


def _short(text: str) -> str:
    text = cleaned(text)
    return text if len(text) <= _MOST_MESSAGE else f"{text[:_MOST_MESSAGE]}… ({len(text)} characters)"


def _cell(text: str) -> str:
    return redact.for_markdown(_short(text))


def _value(text: str) -> str:
    return redact.for_ci_value(_short(text))


def _message_of(text: str) -> str:
    return redact.for_ci_message(_short(text))
