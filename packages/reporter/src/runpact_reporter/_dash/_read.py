"""The fleet as it lies on disk: registers, newest reports, histories, folders of runs.

Invariants: nothing here raises for what it finds; whatever cannot be read is a badge, in the words of the contract, and
the rest is shown. Paths in badges are those from the project's folder, never of this machine. Nothing is written.
"""

from __future__ import annotations

import os
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from runpact_core import documents, runs
from runpact_core.errors import MissingArtifact, RunpactError
from runpact_reporter import _history, _last_run
from runpact_reporter._dash import _words
from runpact_reporter._dash._model import Badge, Fleet, Product, Row
from runpact_reporter._dash._slugs import slug
from runpact_reporter._dash._values import mapping, mappings, number, report_of, text
from runpact_reporter._history_record import record_of
from runpact_reporter._places import HISTORY, LAST_RUN, pipeline_id
from runpact_reporter.errors import naming

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runpact_core.documents import Document
    from runpact_reporter._dash._model import Project
    from runpact_reporter._history import HistoryProblem

__all__ = ["Place", "badge_of", "join", "read_fleet", "read_product", "shown"]

join = os.path.join
_SAID = 5


class Place:
    """One project while it is read: what is read once is kept for as long as this lives."""

    def __init__(self, project: Project, prefix: str, now: float) -> None:
        self.project = project
        self.prefix = prefix
        self.now = now
        self.badges: list[Badge] = []

    @cached_property
    def entries(self) -> dict[str, dict[str, Any]]:
        """The register, by product; then the products that only have a folder, with empty entries."""
        found: dict[str, dict[str, Any]] = {}
        path = join(self.project.dash, "products.json")
        try:
            with naming(shown(self.project, path)):
                document = documents.read("products", path)
        except RunpactError as error:
            self.badges.append(badge_of(error, shown(self.project, path)))
        else:
            if document.message:
                self.badges.append(Badge(document.message, _level(document)))
            for entry in mappings(document.data.get("products")):
                found.setdefault(text(entry.get("product_id")) or "?", entry)
        for name in folders(join(self.project.dash, "runs")):
            found.setdefault(name, {})
        return found

    @cached_property
    def history(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Records of the history by product and run; of two of one run the later counts."""
        path, problems = join(self.project.dash, "runs", HISTORY), _Problems()
        found: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        if not os.path.lexists(path):
            return found
        try:
            for record in _history.iter_report_history(path, on_problem=problems):
                run_rel: str = record["run_rel"]
                product = record.get("product_id") or run_rel.split("/", 1)[0]
                found[product][run_rel.rstrip("/").rsplit("/", 1)[-1] or str(record.get("run_id"))] = record
        except RunpactError as error:
            self.badges.append(badge_of(error, shown(self.project, path)))
        self.badges += problems.badges(shown(self.project, path))
        strangers = sum(len(of) for product, of in found.items() if product not in self.entries)
        if strangers:
            said = f"{_words.counted(strangers, 'record')} in {shown(self.project, path)} of products that are not here"
            self.badges.append(Badge(said, "warning"))
        return found

    @cached_property
    def recorded(self) -> dict[str, list[str]]:
        """Names of recorded runs by pipeline, as the run ids say it."""
        found: dict[str, list[str]] = defaultdict(list)
        path = join(self.project.root, "reports", "runs")
        try:
            for run_id in runs.ids(path):
                parts = run_id.split("__")
                if len(parts) == 3:
                    found[parts[1]].append(run_id)
        except MissingArtifact:
            pass
        except RunpactError as error:
            self.badges.append(badge_of(error, shown(self.project, path)))
        return found

    @cached_property
    def asking(self) -> runs.Here:
        """This machine."""
        return runs.here()


class _Problems:
    """What was wrong with a history: the first of it, and how much more."""

    def __init__(self) -> None:
        self._first: list[HistoryProblem] = []
        self._count = 0

    def __call__(self, problem: HistoryProblem) -> None:
        self._count += 1
        if len(self._first) < _SAID:
            self._first.append(problem)

    def badges(self, path: str) -> list[Badge]:
        said = [
            Badge(f"{path}:{each.line}: {each.message}", "warning" if each.harmless else "error")
            for each in self._first
        ]
        more = self._count - len(said)
        return said + ([Badge(f"{path}: {_words.counted(more, 'more problem')}")] if more else [])


def read_fleet(places: Sequence[Place]) -> Fleet:
    """Every product of these projects; of several, what is said of a register or a history names its project."""
    products = [read_product(place, product_id) for place in places for product_id in place.entries]
    badges = [
        badge._replace(text=f"{place.project.name}: {badge.text}") if len(places) > 1 else badge
        for place in places
        for badge in place.badges
    ]
    return Fleet(tuple(place.project for place in places), products, badges)


def read_product(place: Place, product_id: str) -> Product:
    """One product with its runs.

    Args:
        place: Its project.
        product_id: One of the place's entries.
    """
    entry = place.entries[product_id]
    product = Product(
        project=place.project,
        product_id=product_id,
        slug=place.prefix + slug(product_id),
        name=text(entry.get("display_name")) or product_id,
        life=text(entry.get("status")) or ("unregistered" if not entry else "unknown"),
        registered=bool(entry),
        owner=text(entry.get("owner")),
        criticality=text(entry.get("criticality")),
        tier=number(entry.get("sla_tier")),
        enabled=entry.get("enabled") is not False,
    )
    if not _is_name(product_id):
        product.badges.append(Badge("Invalid artifact: the product's id is no name of a folder"))
        return product
    folder = join(place.project.dash, "runs", product_id)
    data = _newest(place.project, join(folder, LAST_RUN), product)
    product.rows = _rows(place, product, folder, data)
    return product


def _newest(project: Project, path: str, product: Product) -> dict[str, Any]:
    """The data of the newest report, which becomes the product's."""
    try:
        document = documents.read("last_run", path)
    except RunpactError as error:
        product.badges.append(badge_of(error, shown(project, path)))
        return {}
    if document.message:
        product.badges.append(Badge(document.message, _level(document)))
    product.report = report_of(document.data, document.version)
    stated = product.report.run_id
    other = text(document.data.get("product_id"))
    if other not in {None, product.product_id}:
        said = f"the report names another product: {other}"
        product.badges.append(Badge(said, "warning"))
    return document.data if stated and _is_name(stated) else {}


def _rows(place: Place, product: Product, folder: str, data: Mapping[str, Any]) -> list[Row]:
    """The runs of a product, newest first: what the history has of them, else their own reports, else their folders."""
    records = dict(place.history.get(product.product_id, ()))
    found = {run_id: _row(run_id, record) for run_id, record in records.items()}
    for run_id in folders(folder):
        if run_id not in found:
            found[run_id] = _unlisted(place, folder, run_id)
    newest = product.report.run_id if product.report and data else None
    if newest:
        found[newest] = _row(newest, _record(data, newest))
    for run_id in place.recorded.get(_pipeline(place, product.product_id), ()):
        if run_id not in found:
            found[run_id] = _only_recorded(place, run_id)
    return sorted((_dated(row, place.now) for row in found.values()), key=_order, reverse=True)


def _pipeline(place: Place, product_id: str) -> str:
    """The pipeline that a product's runs are recorded under; its own id where another product has that name."""
    name = pipeline_id(product_id)
    return product_id if name in place.entries else name


def _dated(row: Row, now: float) -> Row:
    """A run that says so where it is dated ahead."""
    if max(row.started_s or 0, row.ended_s or 0) - now <= _last_run.AHEAD_S:
        return row
    return row._replace(ahead=True, note=f"dated in the future{'; ' if row.note else ''}{row.note or ''}")


def _order(row: Row) -> tuple[bool, float, str]:
    moment = row.started_s if row.started_s is not None else row.ended_s
    return (not row.ahead, moment if moment is not None else float("-inf"), row.run_id)


def _record(data: Mapping[str, Any], run_id: str) -> dict[str, Any]:
    """A record of a report of whatever version."""
    metrics = mapping(data.get("metrics"))
    return record_of(dict(data) | {"metrics": {"tests": mapping(metrics.get("tests"))}}, run_id)


def _row(run_id: str, record: Mapping[str, Any]) -> Row:
    tests = mapping(record.get("tests"))
    started, ended = _last_run.moment(record.get("started_at")), _last_run.moment(record.get("ended_at"))
    return Row(
        run_id,
        slug(run_id),
        text(record.get("status")) or "unknown",
        started,
        ended,
        number(record.get("duration_ms")),
        text(record.get("summary")),
        number(tests.get("passed")),
        number(tests.get("reported")),
    )


def _unlisted(place: Place, folder: str, run_id: str) -> Row:
    """A folder of a run that the history does not know."""
    path = join(folder, run_id, LAST_RUN)
    try:
        document = documents.read("last_run", path)
    except MissingArtifact:
        return Row(run_id, slug(run_id), "unknown", started_s=_stamp(run_id), note="no report")
    except RunpactError as error:
        note = badge_of(error, shown(place.project, path)).text
        return Row(run_id, slug(run_id), "unknown", started_s=_stamp(run_id), note=note)
    row = _row(run_id, _record(document.data, run_id))
    return row._replace(note=document.message) if document.message else row


def _stamp(run_id: str) -> float | None:
    return runs.started_s(runs.Run(run_id, "", "", None, None, None, None))


def _only_recorded(place: Place, run_id: str) -> Row:
    """A run that was recorded and never reported."""
    try:
        run = runs.look(join(place.project.root, "reports", "runs", run_id), now=place.now, asking=place.asking)
    except RunpactError as error:
        return Row(run_id, slug(run_id), "unknown", note=str(error))
    data = run.document.data if run.document else {}
    return Row(
        run_id,
        slug(run_id),
        run.status or run.state,
        runs.started_s(run),
        _last_run.moment(data.get("finished_utc")),
        number(data.get("duration_ms")),
        note="recorded, not reported",
    )


def badge_of(error: RunpactError, path: str) -> Badge:
    """An error of reading in the words of the contract."""
    if isinstance(error, MissingArtifact):
        return Badge(str(MissingArtifact(path)))
    said = str(error)
    return Badge(said if said.startswith("Invalid artifact: ") else f"Invalid artifact: {path} cannot be read")


def shown(project: Project, path: str) -> str:
    """A path as people know it: from the project, else from the folder above the dash folder."""
    for base in (project.root, os.path.dirname(os.path.abspath(project.dash))):  # noqa: PTH100, PTH120 - links stay
        below = os.path.relpath(os.path.abspath(path), os.path.abspath(base))  # noqa: PTH100 - as above
        if not below.startswith(os.pardir):
            return below.replace(os.sep, "/")
    return os.path.basename(path)  # noqa: PTH119 - pathlib is slow


def folders(path: str) -> Iterable[str]:
    """Names of the folders in a folder, sorted; links are none; nothing where it cannot be listed."""
    try:
        with os.scandir(path) as entries:
            return sorted(each.name for each in entries if each.is_dir(follow_symlinks=False))
    except OSError:
        return ()


def _level(document: Document) -> str:
    return "warning" if document.read_as else "error"


def _is_name(name: str) -> bool:
    """Whether a name of others is one part of a path."""
    return name not in {"", ".", ".."} and not {"/", "\\", "\0", os.sep} & set(name)
