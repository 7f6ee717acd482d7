"""The made site in a real Chromium, opened from the disk without a network: it asks for nothing, fits, and is found."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import docs_site
import pytest

if TYPE_CHECKING:
    from pathlib import Path

PAGES = [
    "index.html",
    "docs/README.html",
    "docs/concepts.html",
    "docs/cli.html",
    "docs/errors.html",
    "docs/compatibility.html",
    "docs/contracts/run.html",
    "docs/adr/README.html",
    "contracts/README.html",
    "api/README.html",
    "api/runpact_core.documents.html",
    "search.html",
]
LOOKS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
}
OF_THE_GENERATOR = {"definition-list"}
"""What its markup of Python objects does not hold, and we do not write."""


@pytest.fixture(scope="module")
def site() -> Path:
    """The folder of the made site; it must be there and made of these sources where ``RUNPACT_SITE`` says so."""
    staged = docs_site.digest(docs_site.prepared(docs_site.ROOT))
    made = docs_site.STAMP.read_text(encoding="utf-8") if docs_site.STAMP.is_file() else ""
    if made != staged:
        said = "the site is older than its sources" if made else "the site is not made"
        assert os.environ.get("RUNPACT_SITE") != "required", said
        pytest.skip(f"{said}: ./hatchw run site")
    return docs_site.HTML


class Tab:
    """A page without a network, and everything in it that went wrong or outside."""

    def __init__(self, browser: Any, site: Path, look: str) -> None:
        self.page = browser.new_context(offline=True, **LOOKS[look]).new_page()
        self.wrong: list[str] = []
        self._site = site.as_uri()
        self.page.on("console", lambda message: self.wrong.append(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("requestfailed", lambda request: self.wrong.append(f"failed: {request.url}"))
        self.page.on("request", self._request)

    def _request(self, request: Any) -> None:
        if not request.url.startswith((f"{self._site}/", "data:")):
            self.wrong.append(f"request: {request.url}")

    def open(self, name: str) -> Any:
        """Show a page of the site."""
        self.page.goto(f"{self._site}/{name}")
        return self.page


@pytest.mark.parametrize("look", LOOKS)
def test_every_kind_of_page_stands_alone(look: str, browser: Any, site: Path) -> None:
    """No request leaves the site, no error, no line on the console; nothing is wider than the screen."""
    tab = Tab(browser, site, look)
    for name in PAGES:
        page = tab.open(name)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert (name, wide, tab.wrong) == (name, 0, [])


@pytest.mark.parametrize("look", LOOKS)
def test_the_look_is_the_readers(look: str, browser: Any, site: Path) -> None:
    """Dark is light on dark, light is dark on light; asked of the page as it is drawn."""
    page = Tab(browser, site, look).open("docs/concepts.html")
    text, ground = page.evaluate(
        "['color', 'backgroundColor'].map(name => getComputedStyle(document.body)[name].match(/\\d+/g)"
        ".slice(0, 3).reduce((sum, part) => sum + Number(part), 0))"
    )
    assert (text > ground) is (look == "dark")


@pytest.mark.parametrize("look", ["light", "dark"])
def test_pages_can_be_read_by_everyone(look: str, browser: Any, site: Path) -> None:
    """The accessibility checker finds nothing serious: contrast, names, focus of what scrolls."""
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped] # has no types

    for name in ("index.html", "docs/contracts/pins.html", "api/runpact_core.tables.html"):
        found = Axe().run(Tab(browser, site, look).open(name)).response["violations"]
        serious = {each["id"] for each in found if each["impact"] in {"serious", "critical"}}
        assert (name, serious - OF_THE_GENERATOR) == (name, set())


def test_the_search_finds_pages(browser: Any, site: Path) -> None:
    """A word is typed, and the page that is about it is among what is found, without a server."""
    tab = Tab(browser, site, "light")
    page = tab.open("index.html")
    page.fill("input[name=q]", "singular JSONPath")
    page.press("input[name=q]", "Enter")
    page.wait_for_selector("#search-results li a[href*='0014']", timeout=20_000)
    page.click("#search-results li a[href*='0014']")
    assert page.title().startswith("0014")
    assert tab.wrong == []


def test_the_order_of_the_pages_is_a_newcomers(browser: Any, site: Path) -> None:
    """The sidebar begins with the contents and the concepts, and has every section of `docs/README.md`."""
    page = Tab(browser, site, "light").open("index.html")
    names = page.eval_on_selector_all(
        ".sidebar-tree > ul > li > a", "links => links.map(link => link.textContent.trim())"
    )
    captions = page.eval_on_selector_all(".sidebar-tree .caption-text", "all => all.map(one => one.textContent)")
    assert names[:3] == ["Documentation", "Concepts", "Instrument a pipeline"]
    assert captions == ["Start", "Guides", "Reference", "Changing it", "Python"]
