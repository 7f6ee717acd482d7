"""A plan as people read it, and as a document. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core.redact import for_terminal
from runpact_gc._model import Group
from runpact_gc._rules import DAY_S, describe
from runpact_gc._settings import DEFAULTS, rule_for
from runpact_gc._shown import by_family, members, plain, reasons_of, where
from runpact_gc._sizes import count, short
from runpact_gc._times import shown, utc

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runpact_gc._model import Decision, Plan
    from runpact_gc._settings import Settings

__all__ = ["document", "is_empty", "text"]


class _Sums(NamedTuple):
    entries: int
    keep_entries: int
    keep_bytes: int
    delete_entries: int
    delete_bytes: int
    delete_files: int


def is_empty(plan: Plan) -> bool:
    """Whether applying a plan does nothing."""
    return not plan.purges and all(decision.keep for decision in plan.decisions)


def text(plan: Plan, *, dry_run: bool, settings: Settings = DEFAULTS, verbose: bool = False) -> str:
    """The summary of a plan: totals, protections, families, what is freed when, notes; made safe for a terminal.

    Args:
        plan: The plan.
        dry_run: What the first line says.
        settings: How long things stay in the trash.
        verbose: Add every entry with all its reasons.
    """
    lines = [
        *_totals(plan, dry_run=dry_run),
        "",
        "By Family:",
        *_families(plan),
        "",
        *_freed(plan, settings),
    ]
    if plan.notes:
        lines += ["", "Notes:", *(f"  {for_terminal(note)}" for note in plan.notes)]
    if verbose:
        lines += ["", "Entries:", *(line for decision in by_family(plan.decisions) for line in _entry(decision))]
        lines += [f"  purge  {for_terminal(each.slot)} of {shown(each.trashed_s)}" for each in plan.purges]
    return "\n".join([*lines, ""])


def document(plan: Plan, settings: Settings, *, dry_run: bool) -> dict[str, Any]:
    """The plan as a document of ``gc_plan``."""
    sums = _sums(plan.decisions)
    held = {slug: _held(plan, slug) for slug in ("pinned", "last-pass", "last-run")}
    return {
        "schema_version": "1.0",
        "planned_utc": utc(plan.now_s),
        "digest": plan.digest,
        "dry_run": dry_run,
        "summary": {
            **sums._asdict(),
            **{slug.replace("-", "_"): number for slug, number in held.items()},
            "freed_now_bytes": sum(purge.size_bytes for purge in plan.purges),
            "freed_later_bytes": sums.delete_bytes,
            "freed_later_utc": utc(plan.now_s + settings.trash_retention_days * DAY_S),
        },
        "families": [_family(group, of_group, settings) for group, of_group in _by_group(plan).items()],
        "decisions": [
            members(entry) | {"action": "keep" if keep else "delete", "reasons": reasons_of(reasons)}
            for entry, keep, reasons in by_family(plan.decisions)
        ],
        "purges": [
            {
                "slot": plain(purge.slot),
                "gc_id": plain(purge.gc_id),
                "trashed_utc": utc(purge.trashed_s),
                "size_bytes": purge.size_bytes,
                "file_count": purge.file_count,
            }
            for purge in plan.purges
        ],
        "notes": [plain(note) for note in plan.notes],
    }


def _family(group: Group, decisions: Sequence[Decision], settings: Settings) -> dict[str, Any]:
    sums, rule = _sums(decisions), rule_for(settings, group)
    said = {"family": plain(group.family), "layout": group.layout}
    rules = describe(rule) if rule is not None else ""
    figures = ("entries", "keep_entries", "delete_entries", "delete_bytes")
    return said | {name: getattr(sums, name) for name in figures} | ({"rule": rules} if rules else {})


def _totals(plan: Plan, *, dry_run: bool) -> Iterator[str]:
    sums = _sums(plan.decisions)
    going = count(sums.delete_entries, "entry", "entries")
    yield f"GC Plan Summary (DryRun: {'true' if dry_run else 'false'})"
    yield f"Total Entries: {sums.entries}"
    yield f"To Delete: {going} ({short(sums.delete_bytes)}, {count(sums.delete_files, 'file', 'files')})"
    yield f"To Keep: {count(sums.keep_entries, 'entry', 'entries')}"
    pinned, last_pass, last_run = (_held(plan, slug) for slug in ("pinned", "last-pass", "last-run"))
    yield f"Safety: {pinned} pinned, {last_pass} last-pass, {last_run} last-run kept"


def _families(plan: Plan) -> Iterator[str]:
    grouped = _by_group(plan)
    names = [group.family for group in grouped]
    if not grouped:
        yield "  there are no entries"
    for group, decisions in grouped.items():
        sums = _sums(decisions)
        name = group.family if names.count(group.family) == 1 else f"{group.family} ({group.layout})"
        kept = f"keep {sums.keep_entries}/{sums.entries}, delete {short(sums.delete_bytes)}"
        yield f"  {for_terminal(name)}: {kept}"


def _freed(plan: Plan, settings: Settings) -> Iterator[str]:
    now = sum(purge.size_bytes for purge in plan.purges)
    slots = count(len(plan.purges), "slot", "slots")
    later = sum(decision.entry.size_bytes for decision in plan.decisions if not decision.keep)
    yield f"Freed now: {short(now)} ({slots} of the trash, past {count(settings.trash_retention_days, 'day', 'days')})"
    since = shown(plan.now_s + settings.trash_retention_days * DAY_S)
    yield f"Freed later: {short(later)}" + (f" (in the trash until {since})" if later else "")


def _entry(decision: Decision) -> Iterator[str]:
    entry = decision.entry
    word = "keep" if decision.keep else "delete"
    yield f"  {word:6} {entry.id} {for_terminal(entry.family)} {shown(entry.time_s)} {for_terminal(where(entry))}"
    yield from (f"           {for_terminal(reason.text)}" for reason in decision.reasons)


def _by_group(plan: Plan) -> dict[Group, list[Decision]]:
    found: dict[Group, list[Decision]] = {}
    for decision in plan.decisions:
        found.setdefault(Group(decision.entry.layout, decision.entry.family), []).append(decision)
    return {group: found[group] for group in sorted(found)}


def _held(plan: Plan, slug: str) -> int:
    return sum(any(reason.rule == slug for reason in decision.reasons) for decision in plan.decisions)


def _sums(decisions: Sequence[Decision]) -> _Sums:
    kept = [decision.entry for decision in decisions if decision.keep]
    gone = [decision.entry for decision in decisions if not decision.keep]
    return _Sums(
        len(decisions),
        len(kept),
        sum(entry.size_bytes for entry in kept),
        len(gone),
        sum(entry.size_bytes for entry in gone),
        sum(entry.file_count for entry in gone),
    )
