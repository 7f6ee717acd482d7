r"""The matrix as one page that opens from ``file://``: values in, bytes out. Pure.

Invariants:

* The page asks for nothing: style and script stand in it, and its policy admits these two by their digests alone.
* Same matrix and same clock, same bytes.
* Everything that it prints is escaped for HTML; what acts on a screen or turns the direction of text is shown as
  ``\x1b`` or ``\u202e``. No value of others gets into a class, an address, a style or a script.
* A state is a word and a shape before it is a colour.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files as resources
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from runpact_core._times import seconds
from runpact_core.redact import for_terminal
from runpact_core.tables import span
from runpact_status_matrix._effects import effect_of
from runpact_status_matrix._model import FAILURES
from runpact_status_matrix._version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["EFFECTS", "LONGEST", "VERDICTS", "WHO_ACTS", "page"]

LONGEST = 600
"""How many characters of one text are shown."""

VERDICTS = {
    "blocked": "blocked",
    "governance_fail": "governance failure",
    "warn": "warning",
    "ok": "ok",
}
"""Verdict → its word for people, the most urgent first."""

EFFECTS = {
    "blocking_fail": "blocks",
    "non_blocking_fail": "fails, without blocking",
    "non_blocking_warn": "fails nothing",
}
"""Policy effect → its word for people."""

WHO_ACTS = {
    "nobody": "nobody",
    "runner_owners": "the runner's owners",
    "registry_owners": "the registry's owners",
}
"""Who has to act → the same for people."""

_LANES = {"required": "required", "compatibility_non_blocking": "compatibility"}
_KINDS = {"release_asset": "release", "file": "file", "folder": "folder"}
_DIGESTS = {"metadata": "digest as the release says", "checksum-asset": "digest as its checksum file says"}


def page(matrix: Mapping[str, Any], now_s: int) -> bytes:
    """The page of a matrix.

    Args:
        matrix: A document of the contract ``runner_status_matrix`` as it was read; unknown fields are passed over.
        now_s: The moment from which ages count back, in seconds since 1970.

    Returns:
        HTML in UTF-8.
    """
    rows = sorted((_row(row, now_s) for row in matrix["matrix_rows"]), key=_place)
    style, script = _asset("matrix.css"), _asset("matrix.js")
    seen = {row["failure"] for row in rows}
    text = _template().render(
        rows=rows,
        now=now_s,
        made=_moment(matrix.get("updated_at")),
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        style_digest=_digest(style),
        script_digest=_digest(script),
        counts={verdict: sum(row["verdict"] == verdict for row in rows) for verdict in VERDICTS},
        failures={slug: meaning for slug, meaning in FAILURES.items() if slug in seen},
        version=__version__,
        VERDICTS=VERDICTS,
        LANES=_LANES,
    )
    return text.encode("utf-8")


def _place(row: Mapping[str, Any]) -> tuple[int, int, str]:
    """Where a row stands: what is urgent first, of that what is new."""
    return row["urgency"], -(row["since"] or 0), row["id"]


def _row(row: Mapping[str, Any], now_s: int) -> dict[str, Any]:
    """What the page shows of a row; words of ours where the row has one of the contract's."""
    report, source = _mapping(row.get("status_report")), _mapping(row.get("status_source"))
    verdict, failure, turns = _verdict(row), row.get("failure"), _moment(row.get("stale_after"))
    return {
        "id": row["runner_id"],
        "repo": row["implementation_repo"],
        "owner": row.get("owner"),
        "lane": row["lane_class"],
        "state": row.get("state"),
        "expected": row.get("state") in {None, "active"},
        "verdict": verdict,
        "urgency": tuple(VERDICTS).index(verdict),
        "effect": EFFECTS[row["policy_effect"]],
        "status": row["runner_status"],
        "freshness": row["freshness_state"],
        "turns": turns,
        "turned": row["freshness_state"] == "fresh" and turns is not None and now_s > turns,
        "since": _moment(row.get("since")),
        "failure": failure,
        "meaning": FAILURES.get(failure or ""),
        "why": row.get("why"),
        "who": WHO_ACTS.get(row.get("who_acts", ""), row.get("who_acts")),
        "acts": row.get("who_acts") not in {None, "nobody"},
        "owner_acts": row.get("who_acts") not in {None, "nobody", "registry_owners"},
        "report": _report(report) if report else None,
        "kept": row.get("keeps_older_report") is True,
        "source": source,
        "kind": _KINDS.get(source.get("kind", "")),
        "digest": _DIGESTS.get(source.get("digest_from", ""), "digest held against nothing") if source else None,
        "read": "sha256" in source,
    }


def _report(report: Mapping[str, Any]) -> dict[str, Any]:
    counts = [f"{report[key]} {key}" for key in ("passed", "failed", "skipped") if report.get(key)]
    return {
        "release": report["release_version"],
        "commit": report["commit_sha"][:7],
        "made": _moment(report["generated_at"]),
        "counts": ", ".join(counts),
        "failed": report.get("failed_commands") or [],
    }


def _verdict(row: Mapping[str, Any]) -> str:
    """The row's verdict; where it has none, the one that its other words come to."""
    stated = row.get("verdict")
    if stated is not None:
        return str(stated)
    state = row.get("state", "active")
    return effect_of(row["lane_class"], state, row["runner_status"], row["freshness_state"]).verdict


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _moment(stated: object) -> int | None:
    return None if stated is None else seconds(stated)


@cache
def _asset(name: str) -> str:
    return resources(__package__).joinpath("page", name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """As a content security policy writes it."""
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, finalize=_shown, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"when": _when, "iso": _iso, "ago": _ago}
    return environment.from_string(_asset("matrix.html"))


def _shown(value: Any) -> Any:
    """What the template prints: a text made visible and cut; a dash for what is not there."""
    if value is None:
        return "\u2013"
    if type(value) is not str:
        return value
    if len(value) > LONGEST:
        value = f"{value[:LONGEST]}… ({LONGEST} of {len(value):,} characters)"
    return for_terminal(value)


def _date(moment: int) -> str | None:
    """A moment as ``2026-01-19T12:00:00``, or None where no calendar has it."""
    try:
        return datetime.fromtimestamp(moment, UTC).isoformat()[:19]
    except (ValueError, OverflowError, OSError):
        return None


def _when(moment: int) -> str:
    """A moment for people: ``2026-01-19 12:00``."""
    date = _date(moment)
    return "at no time that a calendar has" if date is None else date.replace("T", " ")[:16]


def _iso(moment: int) -> str:
    """A moment for programs; empty where no calendar has it."""
    date = _date(moment)
    return "" if date is None else f"{date}Z"


def _ago(moment: int, now_s: int) -> str:
    """How far a moment is from now, either way."""
    return f"{span(now_s - moment)} ago" if moment <= now_s else f"in {span(moment - now_s)}"
