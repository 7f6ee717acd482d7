"""The rules and the data behind the decision about one entry. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core.redact import for_terminal
from runpact_gc._groups import SKEW_S, counts, is_suspicious, newest_first
from runpact_gc._model import Group
from runpact_gc._rules import describe, ordinal
from runpact_gc._settings import rule_for
from runpact_gc._shown import members, plain, reasons_of, where
from runpact_gc._sizes import count, short
from runpact_gc._times import shown, utc

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runpact_gc._model import Decision, Entry, Plan
    from runpact_gc._settings import Settings

__all__ = ["Explanation", "document", "explain", "text"]

_NEIGHBOURS = 10

_STATUS = {
    "runs": "by its run.json, else words in its name",
    "dash": "by its run.json, else the last_run.json of the same run, else words in its name",
    "glob": "by the contents that the configuration names, else words in the names of its files",
}
_TIME = {
    "document": "its document says when it ran",
    "name": "the stamp in its id or name says when it ran",
    "mtime": "nothing says when it ran, so the newest time of its files counts",
}


class Explanation(NamedTuple):
    """What there is to say about one decision.

    Attributes:
        decision: The decision.
        rule: What the rule of its group keeps, for people; empty where there is none.
        rule_from: The key that the rule stands under; empty where there is none.
        facts: Sentences about the data that the decision rests on.
        place: Its place among those that count, from 1; None where it does not count.
        counted: How many of its group count.
        newest: The newest of its group with it among them.
        notes: The notes of the plan.
        now_s: The moment.
    """

    decision: Decision
    rule: str
    rule_from: str
    facts: tuple[str, ...]
    place: int | None
    counted: int
    newest: tuple[Decision, ...]
    notes: tuple[str, ...]
    now_s: int


def explain(plan: Plan, settings: Settings, entry: Entry) -> Explanation:
    """Why a plan keeps an entry, or not. The plan is one of everything, and the entry one of its entries."""
    group = Group(entry.layout, entry.family)
    around = [each for each in plan.decisions if (each.entry.layout, each.entry.family) == group]
    entries = [each.entry for each in around]
    ordered = [around[place] for place in newest_first(entries, range(len(entries)))]
    decision = next(each for each in ordered if each.entry is entry)
    counted = [each for each in ordered if counts(each.entry, plan.now_s)]
    rule = rule_for(settings, group)
    most = max(_NEIGHBOURS, (rule.keep if rule else None) or 0)
    newest = ordered[:most] if decision in ordered[:most] else [*ordered[:most], decision]
    rules = describe(rule) if rule else ""
    key = f"retention.{entry.family}" if entry.family in settings.retention else f"layouts.{entry.layout}"
    place = counted.index(decision) + 1 if counts(entry, plan.now_s) else None
    facts = tuple(_facts(entry, plan.now_s))
    return Explanation(
        decision, rules, key if rules else "", facts, place, len(counted), tuple(newest), plan.notes, plan.now_s
    )


def text(said: Explanation) -> str:
    """The explanation for people, made safe for a terminal."""
    entry = said.decision.entry
    lines = [
        f"{entry.id}  {entry.family} ({entry.layout})  {shown(entry.time_s)}  {entry.status}",
        f"  path: {where(entry)}",
        *([] if entry.run_id is None else [f"  run:  {entry.run_id}"]),
        f"  size: {short(entry.size_bytes)} in {count(entry.file_count, 'file', 'files')}",
        "",
        f"{'KEPT' if said.decision.keep else 'GOES INTO THE TRASH'}, because",
        *(f"  {reason.text}" for reason in said.decision.reasons),
        "",
        f"Rule: {said.rule} ({said.rule_from})" if said.rule else "Rule: none is about it, so all of it is kept",
        *(f"  {fact}" for fact in said.facts),
        f"  {_standing(said)}",
        "",
        "Newest of its family:",
        *(_line(each, entry) for each in said.newest),
        *(["", "Notes:", *(f"  {note}" for note in said.notes)] if said.notes else []),
    ]
    return "".join(f"{for_terminal(line)}\n" for line in lines)


def document(said: Explanation) -> dict[str, Any]:
    """The explanation as a document of ``artifact_explanation``."""
    entry, keep, reasons = said.decision
    whole = {
        "schema_version": "1.0",
        "planned_utc": utc(said.now_s),
        "entry": members(entry) | {"time_from": entry.time_from, "complete": entry.complete, "live": entry.live},
        "action": "keep" if keep else "delete",
        "reasons": reasons_of(reasons),
        "facts": [plain(fact) for fact in said.facts],
        "counted": said.counted,
        "newest": [_neighbour(each) for each in said.newest],
        "notes": [plain(note) for note in said.notes],
    }
    rule = {"rule": said.rule, "rule_from": plain(said.rule_from)} if said.rule else {}
    return whole | rule | ({} if said.place is None else {"place": said.place})


def _facts(entry: Entry, now_s: int) -> Iterator[str]:
    yield f"status {entry.status}: {_STATUS[entry.layout]}"
    yield f"time {shown(entry.time_s)}: {_TIME[entry.time_from]}"
    if entry.live:
        yield "live: its recorder holds its lock, or may do"
    if not entry.complete:
        yield "incomplete: it was not finished, so no rule counts it"
    if is_suspicious(entry, now_s):
        yield f"dated more than {SKEW_S // 60} minutes after now, {shown(now_s)}, so no rule counts it"


def _standing(said: Explanation) -> str:
    if said.place is None:
        return f"it does not count; of its family {said.counted} do"
    return f"it is the {ordinal(said.place)} newest of the {said.counted} of its family that count"


def _line(decision: Decision, asked: Entry) -> str:
    entry = decision.entry
    sign = ">" if entry is asked else " "
    word = "keep" if decision.keep else "delete"
    return f"{sign} {entry.id}  {shown(entry.time_s)}  {entry.status:7}  {word:6}  {', '.join(_rules(decision))}"


def _neighbour(decision: Decision) -> dict[str, Any]:
    known = members(decision.entry)
    said = {name: known[name] for name in ("entry_id", "run_id", "status", "time_utc") if name in known}
    return said | {"action": "keep" if decision.keep else "delete", "rules": _rules(decision)}


def _rules(decision: Decision) -> Sequence[str]:
    return list(dict.fromkeys(reason.rule for reason in decision.reasons))
