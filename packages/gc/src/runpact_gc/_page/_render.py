r"""One page from values: the one place that knows the template.

Invariants: everything is in the file, and its policy lets it fetch nothing; everything the template prints is escaped
for HTML, and what acts on a screen or turns the direction of text is shown as ``\x1b`` or ``\u202e``; the same values
give the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, datetime
from importlib.resources import files as resources
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup, escape

from runpact_core.redact import for_terminal
from runpact_gc._page import _figures, _pictures
from runpact_gc._shown import by_family, where
from runpact_gc._sizes import short
from runpact_gc._version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runpact_gc._model import Decision, Finding, Plan
    from runpact_gc._page._figures import Trashed

__all__ = ["MOST", "is_page", "render"]

MOST = 5000
"""How many entries the table has at most."""

_LONGEST = 400
_TITLE = "<title>Artifacts of .* \u2013 Runpact</title>".encode()


def render(  # noqa: PLR0913 - what the page shows
    plan: Plan,
    slots: Sequence[Trashed],
    findings: Sequence[Finding],
    *,
    name: str,
    days: int,
    refused: str = "",
    pending: str = "",
) -> bytes:
    """The page as UTF-8.

    Args:
        plan: Every entry with its decision and reasons; its moment is the page's.
        slots: What the trash holds.
        findings: What the scan noticed.
        name: The store, for people.
        days: How long the trash keeps what it is given.
        refused: Why no plan could be made; empty where the plan is one.
        pending: Which operation has not ended; empty where none is under way or was interrupted.
    """
    figures = _figures.growth((each.entry for each in plan.decisions), plan.now_s)
    freeing = _figures.freeing(slots, plan.now_s)
    shown = _shown(plan.decisions)
    going = [each.entry.size_bytes for each in plan.decisions if not each.keep]
    values = {
        "name": name,
        "plan": plan,
        "shown": shown,
        "left_out": len(plan.decisions) - len(shown),
        "going": going,
        "total": sum(each.entry.size_bytes for each in plan.decisions),
        "slots": sorted(slots, key=lambda slot: (slot.trashed_s, slot.slot)),
        "freeing": freeing,
        "unknown": sum(slot.ends_s is None for slot in slots),
        "findings": sorted(findings, key=lambda each: not each.blocks),
        "refused": refused,
        "pending": pending,
        "days": days,
        "growth": figures,
        "disk": Markup(_pictures.disk(figures)) if figures else "",  # noqa: S704 - numbers and our own words
        "trash_picture": Markup(_pictures.trash(freeing)) if freeing else "",  # noqa: S704 - as above
    }
    return _environment().get_template("store.html").render(values | _inlined()).encode("utf-8", "replace")


def is_page(start: bytes) -> bool:
    """Whether a file that begins so is such a page, of this release or an earlier one."""
    head = start.lstrip().partition(b"<style>")[0]
    return head.startswith(b"<!doctype html>") and re.search(_TITLE, head, re.DOTALL) is not None


def _shown(decisions: Sequence[Decision]) -> list[Decision]:
    """What the table has: what goes first, then what is kept, each by family, newest first."""
    return sorted(by_family(decisions), key=lambda each: each.keep)[:MOST]


def _inlined() -> dict[str, Any]:
    """Style and script, and the policy that admits exactly these."""
    found: dict[str, Any] = {"version": __version__}
    for part, name in (("style", "store.css"), ("script", "store.js")):
        text = resources(__package__).joinpath(name).read_text(encoding="utf-8")
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        found[part] = Markup(text)  # noqa: S704 - a file of ours
        found[f"{part}_digest"] = Markup(f"'sha256-{digest}'")  # noqa: S704 - base64 of ours
    return found


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("runpact_gc._page", ""),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_text,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(where=where, size=short, when=_when, iso=_iso, day=_figures.day)
    return environment


def _text(value: object) -> Markup:
    """What every printed value passes: no control acts, none hides, and a long text is cut and says so."""
    if isinstance(value, Markup):
        return value
    safe = for_terminal(str(value))
    return escape(safe if len(safe) <= _LONGEST else f"{safe[:_LONGEST]}\u2026 ({len(safe):,} characters)")


def _when(seconds: int) -> str:
    return _moment(seconds, "%Y-%m-%d %H:%M")


def _iso(seconds: int) -> str:
    return _moment(seconds, "%Y-%m-%dT%H:%M:%SZ")


def _moment(seconds: int, form: str) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime(form)
    except (ValueError, OverflowError, OSError):
        return "no date"
