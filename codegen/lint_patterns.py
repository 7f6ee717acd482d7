"""Rule D10: patterns that every engine reads alike and runs in linear time, beside a bound on the length.

Not judged here: whether a pattern describes what it should, and ``$`` before a final line feed, which the
gate handles.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codegen.lint_ambiguity import MAX_POSITIONS, TooComplex, cost
from codegen.lint_regex import PatternRefused, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codegen.findings import Finding
    from codegen.lint_scope import Scope

__all__ = ["patterns"]


def patterns(scope: Scope) -> Iterator[Finding]:
    """D10: anchored, ASCII classes, no lookaround or back-references, linear time, and a maxLength."""
    for node in scope.nodes:
        pattern = node.schema.get("pattern")
        if not isinstance(pattern, str):
            continue
        place = f"{node.pointer}/pattern"
        if "maxLength" not in node.schema:
            message = f"the pattern of {node.name} has no maxLength beside it"
            yield scope.finding(place, "D10", message, "add maxLength")
        try:
            _judge(pattern)
        except PatternRefused as refused:
            yield scope.finding(place, "D10", f"the pattern of {node.name} {refused.reason}", refused.hint)


def _judge(pattern: str) -> None:
    """Raise `PatternRefused` for a pattern that the dialect has not."""
    regex = parse(pattern)
    try:
        re.compile(pattern)
    except re.error as error:
        reason = f"is none that Python compiles: {error.msg}"
        raise PatternRefused(reason, "correct it") from error
    try:
        growth = cost(regex)
    except TooComplex as error:
        reason = f"is too large to be shown linear (more than {MAX_POSITIONS} characters, or loops inside loops)"
        raise PatternRefused(reason, "leave counting to maxLength, and write fewer loops") from error
    if growth != "linear":
        reason = f"takes {growth} time on some texts"
        raise PatternRefused(reason, "let no two repetitions, one in or after the other, match the same text")
