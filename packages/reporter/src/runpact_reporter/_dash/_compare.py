"""What differs between a run and the one before it: pure, from what is known of both."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from runpact_reporter._dash import _words
from runpact_reporter._dash._model import Change
from runpact_reporter._dash._values import mappings, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runpact_reporter._dash._model import RunPage

__all__ = ["MOST", "changes"]

MOST = 50
"""How many changes are shown."""

_RESULTS = {"test_results", "test_report"}  # what they say is compared as tests
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LENGTHS = 1.2  # a run that took less than a fifth more or less took as long
_LEAST_MS = 100  # as did one that took so much more or less


def changes(before: RunPage, after: RunPage) -> list[Change]:
    """Everything that differs: what people ask for first comes first."""
    return list(_all(before, after))


def _all(before: RunPage, after: RunPage) -> Iterator[Change]:
    old, new = before.row, after.row
    if old.status != new.status:
        yield Change("status", old.status, new.status)
    if before.tests is not None and after.tests is not None:
        yield from _differ("test", _outcomes(before.tests.shown), _outcomes(after.tests.shown), absent=False)
    if old.summary != new.summary:
        yield Change("summary", old.summary, new.summary)
    if _took_otherwise(old.duration_ms, new.duration_ms):
        yield Change("duration", _words.duration(old.duration_ms), _words.duration(new.duration_ms))
    if before.tests is not None and after.tests is not None:
        for status in sorted({*before.tests.counts, *after.tests.counts}):
            was, now = before.tests.counts.get(status, 0), after.tests.counts.get(status, 0)
            if was != now:
                yield Change(f"tests {status}", str(was), str(now))
    if before.recorded is not None and after.recorded is not None:
        yield from _differ("check", _checks(before.recorded.checks), _checks(after.recorded.checks))
        for part in ("inputs", "outputs"):
            listed = (each.recorded.run.get(part) for each in (before, after) if each.recorded)
            yield from _things_differ(part.removesuffix("s"), *listed)
        for key in ("pipeline_version", "command"):
            yield from _differ(
                key.replace("_", " "), *({"": _line(p.recorded.run.get(key))} for p in (before, after) if p.recorded)
            )


def _took_otherwise(old: float | None, new: float | None) -> bool:
    if not old or not new or abs(new - old) < _LEAST_MS:
        return False
    return not 1 / _LENGTHS < new / old < _LENGTHS


def _line(value: object) -> str | None:
    """A text; the words of a command in one line."""
    return " ".join(text(each) or "" for each in value) if isinstance(value, list) else text(value)


def _differ(
    what: str, old: Mapping[str, str | None], new: Mapping[str, str | None], *, absent: bool = True
) -> Iterator[Change]:
    for name in [*old, *(each for each in new if each not in old)]:
        if old.get(name) != new.get(name) and (absent or (name in old and name in new)):
            yield Change(f"{what} {name}".strip(), old.get(name), new.get(name))


def _outcomes(shown: tuple[dict[str, Any], ...]) -> dict[str, str | None]:
    """Tests by name and file, since two files may have a test of one name."""
    return {_with_file(test): text(test.get("status")) for test in shown}


def _with_file(test: Mapping[str, Any]) -> str:
    file = test.get("filePath")
    return f"{text(test.get('name')) or '?'}{f' ({file})' if file else ''}"


def _checks(checks: tuple[dict[str, Any], ...]) -> dict[str, str | None]:
    return {text(check.get("id")) or "?": text(check.get("status")) for check in checks}


def _things_differ(what: str, old: object, new: object) -> Iterator[Change]:
    """Inputs or outputs; the only one of a type that has another name than before is one change."""
    was, now = _things(old), _things(new)
    for kind in [*was, *(each for each in now if each not in was)]:
        if what == "output" and kind in _RESULTS:
            continue
        names = [list(each.get(kind, ())) for each in (was, now)]
        if len(names[0]) == len(names[1]) == 1 and names[0] != names[1]:
            yield Change(f"{what} {kind}", names[0][0], names[1][0])
        else:
            yield from _differ(f"{what} {kind}", was.get(kind, {}), now.get(kind, {}))


def _things(value: object) -> dict[str, dict[str, str | None]]:
    """Inputs or outputs by type and ref, each as its other fields."""
    found: dict[str, dict[str, str | None]] = {}
    for each in mappings(value):
        found.setdefault(text(each.get("type")) or "?", {})[text(each.get("ref")) or "?"] = _fields(each)
    return found


def _fields(thing: Mapping[str, Any]) -> str:
    said = [f"{name}: {_digest(text(value))}" for name, value in sorted(thing.items()) if name not in {"type", "ref"}]
    return ", ".join(said) or "there"


def _digest(value: str | None) -> str | None:
    """A digest by its beginning, which tells two apart; any other text as it is."""
    return f"{value[:12]}…" if value and _SHA256.fullmatch(value) else value
