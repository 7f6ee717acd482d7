"""Entries, inventories and policies for tests of decisions, and a model of the policy that shares no code with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from runpact_gc._model import Entry, Finding, Inventory, Layout, Pointer, Status, entry_id
from runpact_gc._plan import plan
from runpact_gc._settings import DEFAULTS, Rule, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runpact_gc._model import Decision, Plan
    from runpact_gc._trash import Slot

NOW = 1_768_806_000  # 2026-01-19T07:00:00Z
DAY = 86_400
MIB = 1 << 20


def entry(name: str, age_s: int = 0, *, family: str = "proofs", layout: Layout = "runs", **more: Any) -> Entry:
    """A complete pass of so many seconds ago, unless told otherwise."""
    path = more.pop("path", f"{layout}/{family}/{name}")
    known = Entry(
        id=entry_id(family, path),
        family=family,
        layout=layout,
        path=path,
        key=path,
        run_id=name,
        status="pass",
        time_s=NOW - age_s,
        time_from="document",
        complete=True,
        live=False,
        size_bytes=100,
        file_count=2,
        newest_ns=(NOW - age_s) * 1_000_000_000,
    )
    return known._replace(**more)


def inventory(*entries: Entry, pointers: Iterable[Pointer] = (), findings: Iterable[Finding] = ()) -> Inventory:
    """What a scan at the moment found."""
    ordered = sorted(entries, key=lambda each: (each.layout, each.family, each.path))
    return Inventory(tuple(ordered), tuple(pointers), tuple(findings), NOW)


def ruled(rule: Rule, **more: Any) -> Settings:
    """A policy with one rule for every run of the two layouts."""
    return DEFAULTS._replace(layouts={"runs": rule, "dash": rule}, **more)


def decided(
    found: Inventory,
    settings: Settings,
    *,
    pins: Sequence[str] = (),
    slots: Sequence[Slot] = (),
    now: int = NOW,
    **more: Any,
) -> Plan:
    """The plan of an inventory."""
    return plan(found, settings, pins, slots, now, **more)


def kept(made: Plan) -> set[str]:
    """Run ids of what a plan keeps."""
    return {each.entry.run_id or each.entry.path for each in made.decisions if each.keep}


def rules_of(made: Plan, run_id: str) -> list[str]:
    """The rules of all reasons for one run."""
    return [reason.rule for reason in of(made, run_id).reasons]


def of(made: Plan, run_id: str) -> Decision:
    """The decision about one run."""
    (found,) = [each for each in made.decisions if each.entry.run_id == run_id]
    return found


def model(found: Inventory, settings: Settings, pins: Sequence[str], now: int) -> set[str]:
    """Ids of what is to be kept, by the sentences of the design alone."""
    alive: set[str] = set()
    everyone = sorted(found.entries, key=lambda e: (e.time_s, e.run_id or "", e.path), reverse=True)
    good = [e for e in everyone if e.complete and not e.live and e.time_s - now <= 300]
    families = {(e.layout, e.family) for e in everyone}
    for layout, family in families:
        mine = [e for e in everyone if (e.layout, e.family) == (layout, family)]
        runs = [e for e in good if e in mine]
        rule = settings.retention.get(family) or settings.layouts.get(layout)
        parts = [part for name, part in rule._asdict().items() if name != "pin"] if rule else []
        if all(part in {None, ()} for part in parts):
            alive |= {e.id for e in mine}
            continue
        assert rule is not None
        alive |= {e.id for e in runs[: rule.keep or 0]}
        for number, form in (
            (rule.keep_daily, "%Y-%m-%d"), (rule.keep_weekly, "%G-W%V"), (rule.keep_monthly, "%Y-%m"),
        ):  # fmt: skip
            newest: dict[str, str] = {}
            for e in runs:
                stretch = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=e.time_s)).strftime(form)
                newest.setdefault(stretch, e.id)
            alive |= set(list(newest.values())[: number or 0])
        alive |= {e.id for e in runs if e.time_s >= now - (rule.keep_within_days or 0) * DAY and rule.keep_within_days}
        alive |= {e.id for e in runs if e.status in rule.keep_status}
        alive |= _fits(runs, rule.max_total_size_mb)
        alive |= {e.id for e in [e for e in mine if e.time_s - now <= 300][:1]}
        passes = [e for e in runs if e.status == "pass"] or [
            e for e in mine if e.status == "pass" and e.time_s - now <= 300
        ]
        alive |= {e.id for e in passes[:1]}
        pinned = {*pins, *rule.pin}
        alive |= {e.id for e in mine if e.run_id in pinned}
    alive |= {e.id for e in everyone if any(e.id.startswith(p) for p in pins if len(p) >= 4)}
    alive |= {e.id for e in everyone if e.live or e.time_s - now > 300 or e.run_id in pins}
    young = now - settings.incomplete_days * DAY
    alive |= {e.id for e in everyone if not e.complete and max(e.time_s, e.newest_ns // 10**9) > young}
    alive |= _fits(good, settings.max_total_size_mb)
    while True:  # documents that stay, and what they point to
        holders = {e.path: e.id for e in everyone}
        more = set()
        for document, target in found.pointers:
            holder = next((id_ for path, id_ in holders.items() if document.startswith(f"{path}/")), None)
            if holder is None or holder in alive:
                hit = {e.id for e in everyone if target in {e.run_id, e.path} or target.startswith(f"{e.path}/")}
                more |= hit - {holder}
        reported = {e.run_id for e in everyone if e.layout == "dash" and e.id in alive}
        more |= {e.id for e in everyone if e.layout == "runs" and e.run_id in reported}
        if more <= alive:
            return alive
        alive |= more


def _fits(runs: Sequence[Entry], most_mb: int | None) -> set[str]:
    total, fitting = 0, set()
    for e in runs:
        total += e.size_bytes
        if most_mb is None or total > most_mb * MIB:
            break
        fitting.add(e.id)
    return fitting


_STATUSES: tuple[Status, ...] = ("pass", "fail", "partial", "unknown")
_AGES = st.one_of(
    st.sampled_from([-DAY, -301, -300, -299, 0, DAY, 7 * DAY, 30 * DAY, NOW + DAY]), st.integers(-600, 90 * DAY)
)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Any rule, with small numbers, so that they bite."""
    few = st.one_of(st.none(), st.integers(1, 4))
    return Rule(
        keep=draw(few),
        keep_daily=draw(few),
        keep_weekly=draw(few),
        keep_monthly=draw(few),
        keep_within_days=draw(st.one_of(st.none(), st.integers(1, 40))),
        keep_status=tuple(draw(st.lists(st.sampled_from(_STATUSES), max_size=2, unique=True))),
        max_total_size_mb=draw(st.one_of(st.none(), st.integers(1, 8))),
        pin=tuple(draw(st.lists(st.sampled_from(["r1", "r2", "nobody"]), max_size=1))),
    )


@st.composite
def stores(draw: st.DrawFn) -> Inventory:
    """Any inventory of up to a dozen runs in a few groups, some at one time, some pointed to."""
    names = draw(st.lists(st.integers(0, 30), min_size=1, max_size=12, unique=True))
    entries = [
        entry(
            f"r{number % 9}",
            draw(_AGES),
            family=draw(st.sampled_from(["proofs", "bench"])),
            layout=draw(st.sampled_from(["runs", "dash"])),
            path=f"place/{number}",
            status=draw(st.sampled_from(_STATUSES)),
            complete=draw(st.sampled_from([True, True, True, False])),
            live=draw(st.sampled_from([False, False, False, True])),
            size_bytes=draw(st.integers(0, 3 * MIB)),
        )
        for number in names
    ]
    if draw(st.booleans()):
        entries = [each._replace(time_s=each.time_s // DAY * DAY) for each in entries]
    targets = [*(each.path for each in entries), *(f"{each.path}/run.log" for each in entries), "r3", "elsewhere"]
    documents = ["dash/runs/p/last_run.json", *(f"{each.path}/last_run.json" for each in entries)]
    pairs = st.tuples(st.sampled_from(documents), st.sampled_from(targets))
    pointers = [Pointer(*pair) for pair in draw(st.lists(pairs, max_size=4))]
    return inventory(*entries, pointers=pointers)


@st.composite
def policies(draw: st.DrawFn) -> Settings:
    """Any policy over the groups of `stores`."""
    rule = st.one_of(st.none(), rules())
    retention = {name: made for name in ("proofs", "bench") if (made := draw(rule)) is not None}
    layouts = {name: made for name in ("runs", "dash") if (made := draw(rule)) is not None}
    layouts = {name: made._replace(pin=()) for name, made in layouts.items()}
    budget = draw(st.one_of(st.none(), st.integers(1, 12)))
    return DEFAULTS._replace(retention=retention, layouts=layouts, max_total_size_mb=budget)
