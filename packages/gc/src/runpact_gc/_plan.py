"""What a policy makes of an inventory: which entries stay, which go, and why. Pure.

Invariants:

* A plan is a function of its input; the order of entries, pins and slots and the hash seed do not matter.
* Reasons to keep are only ever added. An entry goes where it has none; protections come from no rule, so no rule and no
  missing rule takes one away.
* Nobody gains by a false date: a run dated in the future counts for nothing and is kept, and while the clock is behind
  what was already seen nothing expires.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from runpact_gc import _rules
from runpact_gc._groups import SKEW_S, counts, is_suspicious, newest_first, ranked
from runpact_gc._model import Decision, Group, Plan, Reason
from runpact_gc._notes import Said, notes
from runpact_gc._protect import by_being_newest, by_pins, by_pointers
from runpact_gc._settings import rule_for
from runpact_gc._trash import due, purge_of
from runpact_gc.errors import PartialScan

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from runpact_gc._groups import Ranked
    from runpact_gc._model import Entry, File, Inventory, Layout, Purge
    from runpact_gc._settings import Rule, Settings
    from runpact_gc._trash import Slot

    Reasons = dict[int, list[Reason]]  # place in the inventory → why the entry there is kept

__all__ = ["clock_is_behind", "plan", "unplanned"]

_LIVE = Reason("live", "live: it is being written", protects=True)
_SUSPICIOUS = Reason("suspicious", "suspicious: dated more than 5 minutes in the future", protects=True)
_NO_POLICY = Reason("no-policy", "no-policy: no rule is about its family", protects=True)
_NS = 1_000_000_000


def plan(  # noqa: PLR0913 - the inputs that a plan is a function of
    inventory: Inventory,
    settings: Settings,
    pins: Collection[str],
    slots: Sequence[Slot],
    now_s: int,
    *,
    only: Layout | None = None,
    families: Collection[str] = (),
    store: str = "",
) -> Plan:
    """Decide about every entry.

    Args:
        inventory: What a scan found.
        settings: The policy.
        pins: What people pinned: ids of entries, beginnings of such, run ids.
        slots: What lies in the trash.
        now_s: The moment, seconds since 1970.
        only: Decide about the entries of this layout alone. Each is decided as it would be among all others.
        families: Decide about the entries of these families alone; about all where it is empty.
        store: The store from the project, for notes on what lies outside of it; empty: there are none.

    Raises:
        PartialScan: Something was not seen, so it could not be protected.
    """
    blocking = [finding for finding in inventory.findings if finding.blocks]
    if blocking:
        raise PartialScan(blocking)
    entries = inventory.entries
    reasons: Reasons = {}
    groups = ranked(entries, now_s)
    behind = clock_is_behind(inventory, slots, now_s)
    why_not: dict[tuple[str, str], tuple[Reason, ...]] = {}
    for group, of_group in groups.items():
        rule = rule_for(settings, group)
        _by_state(entries, of_group, settings, now_s, reasons, behind=behind)
        by_being_newest(entries, of_group, now_s, reasons)
        _by_rule(entries, of_group, rule, now_s, reasons)
        why_not[group] = _why_not(rule)
    _by_budget_of_all(entries, settings, now_s, reasons)
    strays = by_pins(entries, settings, pins, reasons)
    by_pointers(entries, inventory.pointers, reasons)
    everything = only is None and not families

    def chosen(group: Group) -> bool:
        return only in {None, group.layout} and (not families or group.family in families)

    decisions = tuple(
        Decision(entry, True, tuple(reasons[place]))
        if place in reasons
        else Decision(entry, False, why_not[entry.layout, entry.family] if entry.complete else _expired(entry, now_s))
        for place, entry in enumerate(entries)
        if everything or chosen(Group(entry.layout, entry.family))
    )
    purges = () if behind else tuple(sorted(purge_of(slot) for slot in slots if due(slot, settings, now_s)))
    shown = {group: of_group for group, of_group in groups.items() if chosen(group)}
    said = notes(decisions, settings, Said(shown, strays, now_s, behind, store, {group.family for group in groups}))
    return Plan(decisions, purges, said, _digest(decisions, purges), now_s)


def unplanned(inventory: Inventory, why: str, now_s: int) -> Plan:
    """What holds where no plan can be made: everything stays, for this reason."""
    reason = Reason("partial-scan", f"partial-scan: {why}", protects=True)
    return Plan(tuple(Decision(each, True, (reason,)) for each in inventory.entries), (), (), _digest((), ()), now_s)


def clock_is_behind(inventory: Inventory, slots: Sequence[Slot], now_s: int) -> bool:
    """Whether the clock is more than five minutes behind the newest time that a scan or an operation recorded."""
    seen = max((inventory.scanned_s, *(max(slot.trashed_s, slot.seen_s) for slot in slots if slot.gc_id)))
    return now_s + SKEW_S < seen


def _by_state(  # noqa: PLR0913 - the inputs that this depends on
    entries: Sequence[Entry], ranked: Ranked, settings: Settings, now_s: int, reasons: Reasons, *, behind: bool
) -> None:
    """Add what the states of the entries that do not count give."""
    if len(ranked.counted) == len(ranked.all):
        return
    for place in ranked.all:
        entry = entries[place]
        if counts(entry, now_s):
            continue
        found = []
        if entry.live:
            found.append(_LIVE)
        if is_suspicious(entry, now_s):
            found.append(_SUSPICIOUS)
        days = _untouched_days(entry, now_s)
        if not entry.complete and (behind or days < settings.incomplete_days):
            found.append(_incomplete(days, settings, behind=behind))
        if found:
            reasons.setdefault(place, []).extend(found)


def _incomplete(days: int, settings: Settings, *, behind: bool) -> Reason:
    touched = f"touched {max(days, 0)} days ago, kept for {settings.incomplete_days}"
    text = "nothing expires while the clock is behind" if behind else touched
    return Reason("incomplete", f"incomplete: {text}", protects=True)


def _by_rule(entries: Sequence[Entry], ranked: Ranked, rule: Rule | None, now_s: int, reasons: Reasons) -> None:
    """Add what the rule of a group gives; where there is none, that there is none."""
    if rule is None or not _rules.describe(rule):
        for place in ranked.all:
            reasons.setdefault(place, []).append(_NO_POLICY)
        return
    for kept in _rules.kept_by(rule, [entries[place] for place in ranked.counted], now_s):
        reasons.setdefault(ranked.counted[kept.place], []).append(kept.reason)


def _by_budget_of_all(entries: Sequence[Entry], settings: Settings, now_s: int, reasons: Reasons) -> None:
    """Add what the budget over all families gives."""
    if settings.max_total_size_mb is None:
        return
    counted = newest_first(entries, [place for place, entry in enumerate(entries) if counts(entry, now_s)])
    found = _rules.fitting([entries[place] for place in counted], settings.max_total_size_mb, "gc.max-total-size")
    for kept in found:
        reasons.setdefault(counted[kept.place], []).append(kept.reason)


def _why_not(rule: Rule | None) -> tuple[Reason, ...]:
    """The reasons of a complete entry of a group to go."""
    return (Reason("not-kept", f"not-kept: beyond what the rule keeps: {_rules.describe(rule)}"),) if rule else ()


def _expired(entry: Entry, now_s: int) -> tuple[Reason, ...]:
    """The reasons of an incomplete entry to go."""
    text = f"incomplete-expired: no run was finished, touched {_untouched_days(entry, now_s)} days ago"
    return (Reason("incomplete-expired", text),)


def _untouched_days(entry: Entry, now_s: int) -> int:
    return (now_s - max(entry.time_s, entry.newest_ns // _NS)) // _rules.DAY_S


def _digest(decisions: Iterable[Decision], purges: Sequence[Purge]) -> str:
    """What identifies the things that applying would do: each record says how many more belong to it."""
    going = [decision.entry for decision in decisions if not decision.keep]
    records = [  # taken apart at once: this is a third of the time of a large plan
        f"{path}\0{id_}\0{size_bytes}\0{file_count}\0{newest_ns}\0{_files(files) if files else 0}\0"
        for id_, _, _, path, _, _, _, _, _, _, _, size_bytes, file_count, newest_ns, files in going
    ]
    records.sort()
    records += [f"{each.slot}\0{each.gc_id}\0{each.trashed_s}\0{each.size_bytes}\0" for each in purges]
    return sha256(f"{len(going)}\0{''.join(records)}".encode(errors="surrogatepass")).hexdigest()


def _files(files: Sequence[File]) -> str:
    return f"{len(files)}\0" + "\0".join([f"{file.path}\0{file.size_bytes}\0{file.mtime_ns}" for file in files])
