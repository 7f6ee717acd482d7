"""One run in full, as it lies on disk: its report, tests, failure, log, evidence, and what its recorder wrote.

Invariants as in `_read`: nothing raises for what it finds. Every list is cut at a limit, and says what it leaves out.
"""

from __future__ import annotations

import os
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import orjson

from runpact_core import documents, files, runs
from runpact_core._folder import close_quietly
from runpact_core.errors import MissingArtifact, RunpactError
from runpact_reporter._capture import of_open
from runpact_reporter._dash import _compare, _files
from runpact_reporter._dash._model import NEWEST, Badge, Log, Recorded, RunPage, Tests
from runpact_reporter._dash._read import badge_of, join, shown
from runpact_reporter._dash._values import mapping, mappings, number, report_of, text
from runpact_reporter._dash._within import Within
from runpact_reporter._excerpt import TextCapturePolicy
from runpact_reporter._places import LAST_RUN
from runpact_reporter._sanitize import cleaned
from runpact_reporter._summary import name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runpact_core.documents import Document
    from runpact_reporter._dash._model import Item, Product, Row
    from runpact_reporter._dash._read import Place

    _Inside = tuple[Within, Sequence[str]]  # a folder that nothing leads out of, and names that lead to one below

__all__ = ["FAILED_TESTS", "OTHER_TESTS", "complete", "read_pages"]

FAILED_TESTS = 200
"""How many tests that do not hold are shown."""

OTHER_TESTS = 25
"""How many of the others."""

_POLICY = TextCapturePolicy(max_excerpt_bytes=16_000, head_bytes=6_000, tail_bytes=10_000, max_read_bytes=1 << 30)
_REPORT_BYTES = 64 * 1024 * 1024
_COUNTED = 100  # runs whose tests are counted, the newest
_COUNTED_BYTES = 8 * 1024 * 1024
_STATED = 10  # pieces of the newest report's evidence
_TRACE = 10_000  # characters at each end of a trace; the page shows fewer
_GOOD = {"passed", "skipped", "pending"}


def complete(product: Product) -> None:
    """Look at what a product's page shows and the fleet's does not: counts of tests that no history has, evidence."""
    folder = join(product.project.dash, "runs", product.product_id)
    product.rows[:_COUNTED] = [_counted(folder, row) for row in product.rows[:_COUNTED]]
    stated = product.report.evidence[:_STATED] if product.report else ()
    with Within(product.project.dash) as dash:
        product.items = [_files.stated(path, dash, f"f/{product.slug}") for path in stated]
    if product.reported is None:  # only files of runs that have a page are in the site
        product.items = [item if item.kind == "address" else item._replace(href=None) for item in product.items]


def _counted(folder: str, row: Row) -> Row:
    """A run with the counts of its report of tests, where it has one and they are not known."""
    if row.reported is not None:
        return row
    try:
        raw = files.read_bytes(join(folder, row.run_id, "test-report.json"), limit=_COUNTED_BYTES)
        summary = mapping(mapping(mapping(orjson.loads(raw)).get("results")).get("summary"))
    except (RunpactError, ValueError):
        return row
    return row._replace(passed=number(summary.get("passed")), reported=number(summary.get("tests")))


def read_pages(place: Place, product: Product) -> list[RunPage]:
    """The newest runs of a product in full, each compared with the one before it."""
    told = [_documents(place, product, row) for row in product.rows[: NEWEST + 1]]
    for page, before in pairwise(told):
        page.previous, page.changes = before.row, _compare.changes(before, page)
    pages = told[:NEWEST]
    for page in pages:
        _evidence(place, page)
    return pages


def _folder(place: Place, page: RunPage) -> str:
    return join(place.project.dash, "runs", page.product.product_id, page.row.run_id)


def _recorded_folder(place: Place, page: RunPage) -> str:
    return join(place.project.root, "reports", "runs", page.row.run_id)


def _documents(place: Place, product: Product, row: Row) -> RunPage:
    """What the documents of a run say."""
    page = RunPage(product, row, [], None)
    folder = _folder(place, page)
    own = _read(place, page, "last_run", join(folder, LAST_RUN))
    if own is not None:
        page.report = report_of(own.data, own.version)
    elif product.report is not None and product.report.run_id == row.run_id:
        page.report = product.report
        page.badges += [badge for badge in product.badges if badge not in page.badges]
    tests = _read(place, page, "test_report", join(folder, "test-report.json"), limit=_REPORT_BYTES)
    if tests is not None:
        page.tests = _tests(tests.data)
    failure = _read(place, page, "failure", join(folder, "error.json"))
    page.failure = failure.data if failure is not None else None
    page.recorded = _of_recorder(place, page)
    return page


def _read(
    place: Place, page: RunPage, contract: str, path: str, *, limit: int = documents.MAX_BYTES
) -> Document | None:
    """A document that may be absent; what is wrong with one that is there becomes a badge."""
    try:
        document = documents.read(contract, path, limit=limit)
    except MissingArtifact:
        return None
    except RunpactError as error:
        badge = badge_of(error, shown(place.project, path))
        page.badges.append(Badge(f"{badge.text} ({os.path.basename(path)})"))  # noqa: PTH119 - pathlib is slow
        return None
    if document.message:
        page.badges.append(Badge(document.message, "warning" if document.read_as else "error"))
    return document


def _tests(data: dict[str, Any]) -> Tests:
    results = mapping(data.get("results"))
    summary, listed = mapping(results.get("summary")), mappings(results.get("tests"))
    bad = [test for test in listed if text(test.get("status")) not in _GOOD]
    good = [test for test in listed if text(test.get("status")) in _GOOD]
    kept = tuple(_cleaned(test) for test in (*bad[:FAILED_TESTS], *good[:OTHER_TESTS]))
    ours = mapping(mapping(summary.get("extra")).get("runpact"))
    return Tests(
        tool=text(mapping(results.get("tool")).get("name")),
        counts={
            name: int(number(summary.get(name)) or 0) for name in ("passed", "failed", "skipped", "pending", "other")
        },
        expected=number(ours.get("expected")),
        collected=number(ours.get("collected")),
        shown=kept,
        omitted=len(listed) - len(kept),
    )


def _cleaned(test: dict[str, Any]) -> dict[str, Any]:
    """A test without what looks like a secret in what the page shows of it; the file has it as the tool said it."""
    said = {name: test[name] for name in ("message", "filePath") if isinstance(test.get(name), str)}
    trace = test.get("trace")
    if isinstance(trace, str) and text(test.get("status")) not in _GOOD and trace != test.get("message"):
        said["trace"] = trace if len(trace) <= 2 * _TRACE else f"{trace[:_TRACE]}\n…\n{trace[-_TRACE:]}"
    kept = {name: value for name, value in test.items() if name not in {"trace", "suite"}}
    return kept | {name: cleaned(value) for name, value in said.items()} | {"name": cleaned(name_of(test))}


def _of_recorder(place: Place, page: RunPage) -> Recorded | None:
    folder = _recorded_folder(place, page)
    try:
        run = runs.look(folder, now=place.now, asking=place.asking)
    except RunpactError:
        return None
    data = run.document.data if run.document else {}
    checks = _read(place, page, "checks", join(folder, "checks.json"))
    listed = [_resolved(folder, check, data) for check in mappings(checks.data.get("checks"))] if checks else []
    return Recorded(run.state, data, tuple(listed), run.message)


def _resolved(folder: str, check: dict[str, Any], run: dict[str, Any]) -> dict[str, Any]:
    """A check whose evidence is pairs of a pointer and why it points to nothing."""
    stated = check.get("evidence")
    pointers = [text(each) or "" for each in stated] if isinstance(stated, list) else []
    return check | {"evidence": [(each, _why_not(folder, each, run)) for each in pointers]}


def _why_not(folder: str, pointer: str, run: dict[str, Any]) -> str | None:
    try:
        return runs.resolve_evidence(folder, pointer, run)
    except RunpactError as error:
        return str(error)


def _evidence(place: Place, page: RunPage) -> None:
    """The files of a run, and the excerpt of its log."""
    with Within(place.project.dash) as dash, Within(join(place.project.root, "reports", "runs")) as runs_dir:
        reported = (dash, ["runs", page.product.product_id, page.row.run_id])
        recorded = (runs_dir, [page.row.run_id])
        page.items = _items(page, reported, recorded)
        for (root, names), name in ((reported, "pytest_output.log"), (recorded, "run.log")):
            page.log = _log(root, [*names, name], shown(place.project, join(root.root, *names, name)))
            if page.log is not None:
                return


def _items(page: RunPage, reported: _Inside, recorded: _Inside) -> list[Item]:
    """The files of a run: what its report names, then what lies in its folders."""
    base = f"f/{page.product.slug}"  # one folder for all runs: folders cost more than files
    stated = page.report.evidence if page.report else ()
    items = {path: _files.stated(path, reported[0], base) for path in stated[: _files.MOST_FILES]}
    page.omitted_items = len(stated[_files.MOST_FILES :])
    below = [(reported, f"runs/{page.product.product_id}/{page.row.run_id}/")]
    if page.recorded is not None:
        below.append((recorded, f"reports/runs/{page.row.run_id}/"))
    for folder, top in below:
        room = _files.MOST_FILES - len(items)
        here, more = _files.found(folder, base, top=top, known=items, room=room)
        items |= {item.path: item for item in here}
        page.omitted_items += more
    return list(items.values())


def _log(root: Within, parts: Sequence[str], name: str) -> Log | None:
    """The excerpt of a log, opened as `_files` opens evidence; None where there is none."""
    try:
        fd = root.open(parts, name, hard_links=True)
    except RunpactError:
        if not os.path.lexists(join(root.root, *parts)):
            return None
        item = _files.not_shown(name, root.root, parts)
        return Log(name, "", "", 0, 0, item.size or 0, item.note)
    try:
        found = of_open(fd, join(root.root, *parts), _POLICY)
    except OSError:
        return Log(name, "", "", 0, 0, 0, "it cannot be read")
    finally:
        close_quietly(fd)
    note = found.error["message"] if found.error else None
    if found.excerpt is None:
        return Log(name, "", "", 0, 0, found.size or 0, note or "it is no text")
    ledger, kept = found.excerpt.ledger, found.excerpt
    return Log(name, kept.head, kept.tail, ledger.omitted_lines, ledger.omitted_bytes, ledger.total_bytes, note)
