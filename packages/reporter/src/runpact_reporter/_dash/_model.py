"""What the dashboard shows, as values: whatever has one of these needs no file any more.

Invariants: texts are as documents state them, unescaped (templates make them safe); times are seconds since 1970; what
no document states is None.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

__all__ = [
    "NEWEST",
    "Badge",
    "Change",
    "Economy",
    "Fleet",
    "Item",
    "Kill",
    "Log",
    "Product",
    "Project",
    "Recorded",
    "Report",
    "Row",
    "RunPage",
    "Tests",
    "Wave",
]

NEWEST = 5
"""How many runs of a product have a page of their own."""


class Project(NamedTuple):
    """A folder whose fleet is shown.

    Attributes:
        name: What people call it.
        root: The folder.
        dash: Its dash folder.
    """

    name: str
    root: str
    dash: str


class Badge(NamedTuple):
    """Something about a document that people are to be told.

    Attributes:
        text: The sentence.
        level: ``error`` or ``warning``.
    """

    text: str
    level: str = "error"


class Economy(NamedTuple):
    """What a run was allowed to spend and what it spent: pairs of spent and allowed."""

    tokens: tuple[float | None, float | None]
    minutes: tuple[float | None, float | None]
    heals: tuple[float | None, float | None]


class Kill(NamedTuple):
    """Whether a product's runs are stopped; None where the document does not say it as it should."""

    enabled: bool | None
    reason: str | None


class Wave(NamedTuple):
    """A product's wave of pull requests, and when its figures were taken."""

    state: str | None
    open_prs: float | None
    updated_s: float | None


class Report(NamedTuple):
    """What a `last_run.json` says."""

    run_id: str | None
    status: str | None
    summary: str | None
    started_s: float | None
    ended_s: float | None
    duration_ms: float | None
    evidence: tuple[str, ...]
    economy: Economy | None
    kill: Kill | None
    wave: Wave | None
    tests: dict[str, Any]
    line_percent: float | None
    version: str


class Row(NamedTuple):
    """One run in a list.

    Attributes:
        run_id: Its identifier, the name of its folder where it has one.
        slug: Name of its page.
        status: How it ended; ``unknown`` where nothing readable says so.
        passed: Number of tests that hold; None where they were not counted.
        reported: Number of tests with a result.
        note: What is wrong with it, or where it is from; None for a plain run.
        ahead: Whether it is dated further into the future than clocks may differ: it counts for nothing then.
    """

    run_id: str
    slug: str
    status: str
    started_s: float | None = None
    ended_s: float | None = None
    duration_ms: float | None = None
    summary: str | None = None
    passed: float | None = None
    reported: float | None = None
    note: str | None = None
    ahead: bool = False

    @property
    def when_s(self) -> float | None:
        """When it ended, else when it started."""
        return self.ended_s if self.ended_s is not None else self.started_s


@dataclass(slots=True)
class Product:
    """One product of the fleet; `rows` are its runs, newest first, then those that are dated ahead.

    `items` is its newest report's evidence.
    """

    project: Project
    product_id: str
    slug: str
    name: str
    life: str
    registered: bool
    owner: str | None = None
    criticality: str | None = None
    tier: float | None = None
    enabled: bool = True
    badges: list[Badge] = field(default_factory=list)
    report: Report | None = None
    rows: list[Row] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)

    @property
    def reported(self) -> Row | None:
        """The run of the newest report; None where it has no page of its own."""
        run_id = self.report.run_id if self.report is not None else None
        return next((row for row in self.rows[:NEWEST] if row.run_id == run_id), None)

    @property
    def newer(self) -> Row | None:
        """The newest run that is not dated ahead, where that is not the one of the newest report."""
        newest = self.rows[0] if self.rows and not self.rows[0].ahead else None
        return None if newest is None or (self.report and newest.run_id == self.report.run_id) else newest

    @property
    def status(self) -> str:
        """How its newest run ended; ``none`` where it has no report, ``invalid`` where that cannot be read."""
        if self.report is not None:
            return self.report.status or "unknown"
        return "none" if not self.badges or self.badges[0].text.startswith("Missing") else "invalid"


@dataclass(slots=True)
class Fleet:
    """Every product of every project, in the order of the registers, then by name; and what is wrong with registers."""

    projects: tuple[Project, ...]
    products: list[Product]
    badges: list[Badge]


class Item(NamedTuple):
    """A piece of evidence.

    Attributes:
        path: As it is stated, or from the run's folder.
        source: A folder, and the names that lead from there to the file; None where it is not shown.
        href: From the site's root where it is shown, or an https address; None where it is text alone.
        kind: ``picture``, ``text``, ``binary``, ``address`` or ``none``.
        size: Bytes of the file.
        note: Why there is no link, or None.
        stated: Whether the report names it.
        data: The bytes of a small file, which were read when it was looked at; None for any other.
    """

    path: str
    source: tuple[str, tuple[str, ...]] | None
    href: str | None
    kind: str
    size: int | None
    note: str | None
    stated: bool
    data: bytes | None = None


class Tests(NamedTuple):
    """The tests of a run, those that do not hold first; ``omitted`` of them are not in ``shown``."""

    tool: str | None
    counts: dict[str, int]
    expected: float | None
    collected: float | None
    shown: tuple[dict[str, Any], ...]
    omitted: int


class Log(NamedTuple):
    """The head and the tail of a log, and what lies between them."""

    path: str
    head: str
    tail: str
    omitted_lines: int
    omitted_bytes: int
    total_bytes: int
    note: str | None


class Recorded(NamedTuple):
    """What the recorder of a run wrote: its documents, and evidence of checks that was looked for."""

    state: str
    run: dict[str, Any]
    checks: tuple[dict[str, Any], ...]
    message: str | None


class Change(NamedTuple):
    """One thing that differs from the run before; a side is None where there was nothing."""

    what: str
    before: str | None
    after: str | None


@dataclass(slots=True)
class RunPage:
    """One run in full."""

    product: Product
    row: Row
    badges: list[Badge]
    report: Report | None
    tests: Tests | None = None
    failure: dict[str, Any] | None = None
    log: Log | None = None
    items: list[Item] = field(default_factory=list)
    omitted_items: int = 0
    recorded: Recorded | None = None
    changes: list[Change] = field(default_factory=list)
    previous: Row | None = None
