"""A comparison as annotations: commands that GitHub shows at the file and line of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from evolution.exceptions import PATH
from evolution.output_text import causes, headline, sentence, title, verdicts_of
from runpact_core.redact import for_ci_message, for_ci_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evolution.exceptions import Judged

__all__ = ["annotation", "lines"]

_Level = Literal["error", "warning", "notice"]


def lines(judged: Judged, notes: Sequence[str]) -> Iterator[str]:
    """An error for each change that breaks, a warning for each that is approved, and the whole in one notice."""
    for pair in judged.pairs:
        where = title(pair.diff)
        for change in causes(pair):
            proofs = [verdict for verdict in verdicts_of(change, pair.diff) if not verdict.compatible]
            why = "".join(f"; {verdict.level} breaks: {verdict.proof.says}" for verdict in proofs)
            yield annotation("error", change.path, change.line, where, f"{sentence(change)}{why}")
        for change, approval in zip(pair.diff.changes, pair.approved, strict=True):
            if approval:
                text = f"{sentence(change)}; approved until {approval.expires}: {approval.reason}"
                yield annotation("warning", change.path, change.line, where, text)
    for use in judged.uses:
        named = f"{use.approval.contract}: {use.approval.kind} at {use.approval.pointer or '/'}"
        if use.state == "expired":
            text = f"this exception expired on {use.approval.expires}: {named}"
            yield annotation("error", PATH, use.approval.line, "expired exception", text)
        elif use.state == "unused":
            yield annotation(
                "warning", PATH, use.approval.line, "unused exception", f"nothing is what it names: {named}"
            )
    for one in judged.findings:
        yield annotation("error", one.path, one.line, one.rule, f"{one.message}; {one.hint}")
    said = "; ".join([headline(judged), *(note for note in notes if not note.startswith(f"{PATH}:"))])
    yield f"::notice title=contracts::{for_ci_message(said)}"


def annotation(level: _Level, path: str, line: int, title: str, text: str) -> str:
    """One command; whatever the words hold, it is one."""
    return f"::{level} file={for_ci_value(path)},line={line},title={for_ci_value(title)}::{for_ci_message(text)}"
