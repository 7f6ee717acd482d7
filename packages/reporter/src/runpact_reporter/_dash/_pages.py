r"""Pages from values: the one place that knows the templates.

Invariants: everything a template prints is escaped for HTML, and what acts on a screen or turns the direction of text
is shown as ``\x1b`` or ``\u202e``; a text longer than `LONGEST` is cut and says so; a name that a template misspells is
an error. No value of others gets into a class, a style, a script or an attribute that acts.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files as resources
from itertools import groupby
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup, escape

from runpact_core.redact import for_terminal
from runpact_reporter._dash import _compare, _detail, _files, _pictures, _words
from runpact_reporter._dash._model import NEWEST
from runpact_reporter._dash._values import number
from runpact_reporter._dash._values import text as text_of
from runpact_reporter._version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runpact_reporter._dash._model import Fleet, Product, Row, RunPage

__all__ = ["HEAT_MAP", "LONGEST", "index", "product", "run", "static_files"]

LONGEST = 2000
"""How many characters of one text are shown."""

HEAT_MAP = 40
"""How many products the heat map shows."""

_SHORT = 160
_STATIC = ("dash.css", "dash.js", "icon.svg")
_WORDS = {
    "success": "success",
    "failed": "failed",
    "in_progress": "in progress",
    "cancelled": "cancelled",
    "partial": "partial",
    "running": "running",
    "interrupted": "interrupted",
    "none": "no report",
    "invalid": "invalid",
    "pass": "pass",
    "fail": "fail",
    "skip": "skip",
    "passed": "passed",
    "skipped": "skipped",
    "pending": "pending",
}
_COLOUR = re.compile(r"\\x1b\[[0-9;]{0,20}m")
_MARKS = 6  # that stand on one letter; more would be drawn over the lines above and below
_MANY_MARKS = re.compile(rf"[^\w\s\x00-\x7f]{{{_MARKS + 1},}}")
_TRACE = (600, 1400)  # characters of a trace: its beginning, its end


def index(fleet: Fleet, now: float) -> bytes:
    """The start page."""
    ordered = sorted(enumerate(fleet.products), key=lambda each: (_urgency(each[1]), each[0]))
    products = [each for _, each in ordered]
    rows = _pictures.heat_rows(products, now, HEAT_MAP)
    days = [_words.day(now - 86_400 * age) for age in reversed(range(_pictures.DAYS))]
    ended = [{each.status, *((each.newer.status,) if each.newer else ())} for each in products]
    counts = {
        "products": len(products),
        "failed": sum("failed" in each for each in ended),
        "success": sum(each == {"success"} for each in ended),
        "stopped": sum(
            each.report is not None and each.report.kill is not None and each.report.kill.enabled is True
            for each in products
        ),
        "unreadable": sum(any(badge.level == "error" for badge in each.badges) for each in products)
        + sum(badge.level == "error" for badge in fleet.badges),
    }
    values = {"fleet": fleet, "products": products, "counts": counts, "heat_rows": rows, "days": days}
    picture = Markup(_pictures.heat(rows, days)) if rows else ""  # noqa: S704 - made of numbers and our own words
    with_runs = sum(bool(each.rows) for each in products)
    return _rendered("index.html", now, "", {**values, "heat": picture, "with_runs": with_runs})


def product(of: Product, now: float) -> bytes:
    """The page of a product."""
    pictures = [
        (title, Markup(picture))  # noqa: S704 - made of numbers and our own words
        for title, picture in (
            ("Runs over time", _pictures.timeline(of.rows)),
            ("Durations", _pictures.durations(of.rows)),
            ("Pass rate", _pictures.pass_rate(of.rows)),
        )
        if picture
    ]
    return _rendered("product.html", now, "../", {"product": of, "pictures": pictures})


def run(page: RunPage, now: float) -> bytes:
    """The page of a run."""
    return _rendered(
        "run.html", now, "../../", {"page": page, "product": page.product, "row": page.row, "report": page.report}
    )


@cache
def static_files() -> dict[str, bytes]:
    """What every page uses, by name."""
    folder = resources(__package__).joinpath("static")
    return {name: folder.joinpath(name).read_bytes() for name in _STATIC}


def _urgency(of: Product) -> int:
    """What needs a look comes first, what says nothing of itself next."""
    ended = {of.status, of.newer.status if of.newer else None}
    if ended & {"failed", "invalid", "interrupted"} or any(
        badge.level == "error" for badge in of.badges if of.registered and of.report
    ):
        return 0
    return 1 if of.status == "none" else 2


def _rendered(template: str, now: float, root: str, values: Mapping[str, Any]) -> bytes:
    text = _environment().get_template(template).render(values, now=now, root=root)
    return text.encode("utf-8", "replace")


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("runpact_reporter._dash"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "amount": _words.amount,
        "counted": _words.counted,
        "when": _words.when,
        "iso": _words.iso,
        "took": _words.duration,
        "size": _words.size,
        "short": _short,
        "word": _word,
        "runid": _run_id,
        "kind": _kind,
        "log": _log,
        "chip": _chip,
        "age": _age,
        "moment": _moment,
        "run_row": _run_row,
        "test_row": _test_row,
        "base": lambda path: path.rstrip("/").rpartition("/")[2] or path,
    }
    environment.globals |= {
        "version": __version__,
        "NEWEST": NEWEST,
        "DAYS": _pictures.DAYS,
        "MOST_RUNS": _pictures.MOST_RUNS,
        "MOST_CHANGES": _compare.MOST,
        "MOST_FILES": _files.MOST_FILES,
        "MOST_BYTES": _files.MOST_BYTES,
        "OTHER_TESTS": _detail.OTHER_TESTS,
    }
    return environment


def _shown(value: Any) -> Any:
    """What a template prints: a text made visible and cut; nothing for None."""
    if value is None:
        return "\u2013"
    if type(value) is not str:
        if not isinstance(value, dict | list):
            return value
        value = str(text_of(value))
    if len(value) > LONGEST:
        value = f"{value[:LONGEST]} … ({LONGEST:,} of {len(value):,} characters)"
    return value if value.isascii() and value.isprintable() else for_terminal(_thinned(value))


def _short(value: object, most: int = _SHORT) -> str | None:
    """A text cut to a row's length, and any other value as JSON; the page of its run has more of it."""
    text = text_of(value)
    return text if text is None or len(text) <= most else f"{text[:most]}… ({len(text):,} characters)"


def _thinned(text: str) -> str:
    """A text in which no letter carries more than `_MARKS` marks; how many are left out is said."""
    return text if text.isascii() else _MANY_MARKS.sub(lambda found: _without_marks(found[0]), text)


def _without_marks(signs: str) -> str:
    """The same for signs among which are no letters."""
    parts = []
    for is_mark, group in groupby(signs, lambda sign: unicodedata.category(sign) in {"Mn", "Me"}):
        run = "".join(group)
        more = len(run) - _MARKS if is_mark else 0
        parts.append(run if more <= 0 else f"{run[:_MARKS]}… ({more:,} more marks)")
    return "".join(parts)


def _run_id(run_id: str | None, most: int) -> Markup:
    """A run's id, which breaks after its parts where the line is too short for it."""
    shown = str(escape(_shown(_short(run_id, most))))
    return Markup(f"<bdi>{shown.replace('__', '__<wbr>')}</bdi>")  # noqa: S704 - escaped just before


def _word(status: str | None) -> str:
    """A status for people; one that nobody knows as it is."""
    return _WORDS.get(status or "", status or "unknown")


def _kind(status: str | None) -> str:
    """The class of a status: one of ours."""
    return status if status in _WORDS else "unknown"


@lru_cache(1000)
def _chip(status: str | None) -> Markup:
    """A status as a shape and a word."""
    word = escape(_shown(_short(_word(status), 100)))
    return Markup(f'<span class="st {_kind(status)}"><bdi>{word}</bdi></span>')  # noqa: S704 - escaped just before


def _age(seconds: float | None, now: float) -> Markup:
    """How old something is."""
    if seconds is None:
        return Markup('<span class="age">age unknown</span>')
    return Markup(f'<time class="age" datetime="{_words.iso(seconds)}">{_words.ago(seconds, now)}</time>')  # noqa: S704 - our own words


def _moment(seconds: float | None, now: float) -> Markup:
    """When something was, and how long ago that is."""
    if seconds is None:
        return Markup('<span class="quiet">\u2013</span>')
    when, ago = _words.when(seconds), _words.ago(seconds, now)
    return Markup(f'<time datetime="{_words.iso(seconds)}">{when}</time><small>{ago}</small>')  # noqa: S704 - our own words


def _text(value: Any, most: int) -> str:
    """A text of others, escaped and cut."""
    return str(escape(_shown(_short(value, most))))


def _run_row(row: Row, slug: str, now: float, linked: bool) -> Markup:  # noqa: FBT001 - a filter's argument
    """A run in the table of its product; no template, since a fleet has a hundred thousand of them."""
    run_id, ms = _run_id(row.run_id, 100), row.duration_ms
    name = f'<span class="id">{run_id}</span>'
    if linked:
        name = f'<a class="id" href="../r/{escape(slug)}/{escape(row.slug)}.html">{run_id}</a>'
    value = "" if ms is None else f' data-v="{ms}"'
    tests = "\u2013"
    if row.reported is not None:
        tests = f"{_words.amount(row.passed)} of {_words.amount(row.reported)} passed"
    note = f'<span class="note"><bdi>{_text(row.note, 200)}</bdi></span> ' if row.note else ""
    said = f"<bdi>{_text(row.summary, _SHORT)}</bdi>" if row.summary else ""
    return Markup(  # noqa: S704 - numbers, our own words, and what was escaped just before
        f'<tr data-s="{_kind(row.status)}"><th scope="row">{name}</th><td>{_chip(row.status)}</td>'
        f'<td>{_moment(row.when_s, now)}</td><td class="num"{value}>{_words.duration(ms)}</td>'
        f'<td class="num">{tests}</td><td class="sum">{note}{said}</td></tr>'
    )


def _test_row(test: Mapping[str, Any]) -> Markup:
    """A test in the table of its run; no template, since a fleet has more than a hundred thousand of them."""
    message = test.get("message")
    flaky = ' <span class="note">flaky</span>' if test.get("flaky") is True else ""
    said = ""
    if message:
        said = f'<pre tabindex="0" aria-label="Message"><bdi>{_log(str(message)[:1500])}</bdi></pre>'
    return Markup(  # noqa: S704 - numbers, our own words, and what was escaped just before
        f'<tr><th scope="row"><bdi>{_text(test.get("name"), 400)}</bdi>{flaky}{_place(test)}{said}{_trace(test)}</th>'
        f"<td>{_chip(text_of(test.get('status')))}</td>"
        f'<td class="num">{_words.duration(number(test.get("duration")))}</td></tr>'
    )


def _place(test: Mapping[str, Any]) -> str:
    """The file and the line of a test."""
    file, line = test.get("filePath"), test.get("line")
    if not file:
        return ""
    return f"<small><bdi>{_text(f'{file}:{line}' if isinstance(line, int) else file, 300)}</bdi></small>"


def _trace(test: Mapping[str, Any]) -> str:
    """The trace of a test, to be unfolded: its beginning and its end."""
    trace = test.get("trace")
    if not isinstance(trace, str):
        return ""
    if len(trace) > sum(_TRACE):
        trace = f"{trace[: _TRACE[0]]}\n… ({len(trace) - sum(_TRACE):,} characters)\n{trace[-_TRACE[1] :]}"
    return f'<details><summary>Trace</summary><pre tabindex="0"><bdi>{_log(trace)}</bdi></pre></details>'


def _log(text: str) -> Markup:
    """Lines of a log: tabs and line ends act, everything else is visible; colours are dimmed, not obeyed."""
    text = _thinned(text)
    lines = (
        line if line.isprintable() else "\t".join(map(for_terminal, line.split("\t"))) for line in text.split("\n")
    )
    return Markup(_COLOUR.sub(r'<span class="ctl">\g<0></span>', str(escape("\n".join(lines)))))  # noqa: S704 - escaped just before
