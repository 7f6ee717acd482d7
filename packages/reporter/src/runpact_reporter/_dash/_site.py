"""The whole site, and one page of it: which paths there are, and what lies under each.

Paths: `index.html`; `p/<product>.html`; `r/<product>/<run>.html` for the newest runs; `f/<product>/<file>` for
evidence; `static/…`. Products of several projects have the project's number before their name.
"""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING, NamedTuple

from runpact_core import edge
from runpact_core.errors import UsageFailure
from runpact_reporter._dash import _files, _out, _pages
from runpact_reporter._dash import _slugs as slugs
from runpact_reporter._dash._detail import complete, read_pages
from runpact_reporter._dash._model import Project
from runpact_reporter._dash._read import Place, read_fleet, read_product

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runpact_reporter._dash._model import Product, RunPage

__all__ = ["Built", "build_site", "projects_of", "render_page"]

_HTML = "text/html; charset=utf-8"
_PLAIN = "text/plain; charset=utf-8"
_BYTES = "application/octet-stream"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": _PLAIN,
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}


class Built(NamedTuple):
    """What was written.

    Attributes:
        start: Path of the start page.
        products: Number of products.
        pages: Number of pages.
        files: Number of files in all, evidence among them.
        problems: What is wrong with registers and histories, as the start page says it.
    """

    start: str
    products: int
    pages: int
    files: int
    problems: tuple[str, ...]


def projects_of(folders: Sequence[str], dash_dir: str | None = None) -> tuple[Project, ...]:
    """The projects that are shown.

    Args:
        folders: Their folders.
        dash_dir: The dash folder of the only one; None for `dash` in each.

    Raises:
        UsageFailure: A folder is none, or named twice; a dash folder was named for several projects.
    """
    if dash_dir is not None and len(folders) > 1:
        raise UsageFailure("--dash-dir is for one project", hint="leave it out, or name one --project")
    roots = [edge.project_dir(folder) for folder in folders]
    real = [os.path.realpath(root) for root in roots]
    twice = next((root for number, root in enumerate(roots) if real[number] in real[:number]), None)
    if twice is not None:
        raise UsageFailure(f"the project {twice} is named twice", hint="name each --project once")
    return tuple(
        Project(os.path.basename(os.path.abspath(root)) or root, root, dash_dir or os.path.join(root, "dash"))  # noqa: PTH100, PTH118, PTH119 - pathlib is slow
        for root in roots
    )


def build_site(projects: Sequence[Project], out: str, now: float) -> Built:
    """Write the site into a folder that is empty, absent, or one of ours.

    Args:
        projects: Whose fleets are shown.
        out: The folder.
        now: The time in seconds since 1970, for ages and for the date on every page.

    Raises:
        Refused: The folder holds something else.
        EnvironmentFailed: Something could not be written.
    """
    places = _places(projects, now)
    pages = 0
    with _out.opened(out) as site:
        fleet = read_fleet(places)
        for name, data in _pages.static_files().items():
            site.write(f"static/{name}", data)
        gc.freeze()  # the fleet stays as it is: looking through it again and again takes longer than a page
        by_project = {place.project: place for place in places}
        for product in fleet.products:
            for path, data, is_page in _of_product(by_project[product.project], product):
                site.write(path, data)
                pages += is_page
        site.write("index.html", _pages.index(fleet, now))
        gc.unfreeze()
        start = os.path.join(out, "index.html")  # noqa: PTH118 - pathlib is slow
        problems = tuple(badge.text for badge in fleet.badges if badge.level == "error")
        return Built(start, len(fleet.products), pages + 1, len(site.written), problems)


def _of_product(place: Place, product: Product) -> Iterator[tuple[str, bytes, bool]]:
    """Every file of a product's part of the site, and whether it is a page."""
    yield f"p/{product.slug}.html", _product(place, product)[1], True
    for page in read_pages(place, product):
        yield f"r/{product.slug}/{page.row.slug}.html", _pages.run(page, place.now), True
        for item in page.items:
            data = _files.content(item)
            if data is not None and item.href is not None:
                yield item.href, data, False


def render_page(projects: Sequence[Project], path: str, now: float) -> tuple[str, bytes] | None:
    """One file of the site as the disk has it now.

    Args:
        projects: Whose fleets are shown.
        path: The path from the site's root, such as ``index.html``; an empty one is the start page. Nothing in it is
            taken for a path of the disk.
        now: The time in seconds since 1970.

    Returns:
        The content type and the bytes; None where the site has no such path.
    """
    places = _places(projects, now)
    parts = (path or "index.html").split("/")
    if parts == ["index.html"]:
        return _HTML, _pages.index(read_fleet(places), now)
    match parts:
        case ["static", name]:
            data = _pages.static_files().get(name)
            return None if data is None else (_type(name), data)
        case ["p", page]:
            found = _find(places, page.removesuffix(".html"))
            return _product(*found) if found and page.endswith(".html") else None
        case ["r", slug, page] if page.endswith(".html"):
            return _run(places, slug, page.removesuffix(".html"))
        case ["f", slug, _]:
            return _file(places, slug, path)
    return None


def _places(projects: Sequence[Project], now: float) -> list[Place]:
    many = len(projects) > 1
    return [Place(project, f"{number}~" if many else "", now) for number, project in enumerate(projects, 1)]


def _find(places: Sequence[Place], slug: str) -> tuple[Place, Product] | None:
    for place in places:
        for product_id in place.entries:
            if place.prefix + slugs.slug(product_id) == slug:
                return place, read_product(place, product_id)
    return None


def _product(place: Place, product: Product) -> tuple[str, bytes]:
    complete(product)
    return _HTML, _pages.product(product, place.now)


def _run(places: Sequence[Place], slug: str, run: str) -> tuple[str, bytes] | None:
    for page in _run_pages(places, slug):
        if page.row.slug == run:
            return _HTML, _pages.run(page, places[0].now)
    return None


def _run_pages(places: Sequence[Place], slug: str) -> list[RunPage]:
    found = _find(places, slug)
    return read_pages(*found) if found else []


def _file(places: Sequence[Place], slug: str, path: str) -> tuple[str, bytes] | None:
    for item in (item for page in _run_pages(places, slug) for item in page.items):
        if item.href == path and item.kind != "address":
            data = _files.content(item)
            return None if data is None else (_type(path), data)
    return None


def _type(name: str) -> str:
    return _TYPES.get(os.path.splitext(name)[1].lower(), _BYTES)  # noqa: PTH122 - the name is no path of the disk
