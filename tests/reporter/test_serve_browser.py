"""What a run left behind, opened in a real Chromium from `dash serve`: nothing of it runs (V-07)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.reporter.serving import RUN, planted, served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ATTACK = "fetch('/api/products.json').then((x) => x.text()).then((x) => fetch('/stolen?' + x)); alert(1)"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{ATTACK}"><script>{ATTACK}</script></svg>'
EVIL = {
    "page.html": f"<!doctype html><script>{ATTACK}</script><meta http-equiv=refresh content='0;/stolen'>",
    "page.xhtml": f'<html xmlns="http://www.w3.org/1999/xhtml"><script>{ATTACK}</script></html>',
    "picture.svg": SVG,
    "picture.png": SVG,
    "code.js": ATTACK,
    "none": f"<script>{ATTACK}</script>",
    "page.txt": f"<!doctype html><script>{ATTACK}</script>",
    "page.xml": f'<x xmlns:h="http://www.w3.org/1999/xhtml"><h:script>{ATTACK}</h:script></x>',
}
SHOWN = {"page.txt"}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over a project whose run left hostile files."""
    project: Path = tmp_path_factory.mktemp("hostile")
    run = planted(project)
    for name, text in EVIL.items():
        (run / name).write_text(text)
    with served(project) as (_, port):
        yield f"http://127.0.0.1:{port}"


class Watched:
    """A tab, with what it asked for, what spoke up in it, and what it saved."""

    def __init__(self, browser: Any) -> None:
        self.page = browser.new_page()
        self.asked: list[str] = []
        self.said: list[str] = []
        self.saved: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("dialog", self._dialog)
        self.page.on("download", lambda download: self.saved.append(download.suggested_filename))

    def _dialog(self, dialog: Any) -> None:
        self.said.append(dialog.message)
        dialog.dismiss()

    def go(self, url: str, *, saves: bool) -> None:
        """Open an address, as a person who follows a link does."""
        from playwright.sync_api import Error

        if not saves:
            self.page.goto(url)
            return
        with self.page.expect_download(), pytest.raises(Error, match=r"Download is starting|ERR_ABORTED"):
            self.page.goto(url)


@pytest.mark.parametrize("name", EVIL)
def test_a_hostile_file_is_saved_or_shown_as_text(browser: Any, address: str, name: str) -> None:
    """Opened by its address: a text stands there as text, anything else is saved; no script runs."""
    tab = Watched(browser)
    url = f"{address}/files/spec-kit/{RUN}/{name}"
    tab.go(url, saves=name not in SHOWN)
    tab.page.wait_for_load_state("networkidle")
    assert [each for each in tab.asked if "stolen" in each or "products" in each] == []
    assert tab.said == []
    assert tab.saved == ([] if name in SHOWN else [name])
    if name in SHOWN:
        assert tab.page.inner_text("body") == EVIL[name]
    tab.page.close()


def test_evidence_that_a_page_links_is_text(browser: Any, address: str) -> None:
    """Every file that the run's page leads to is shown as what it holds, or saved, and never runs."""
    tab = Watched(browser)
    tab.page.goto(f"{address}/p/spec-kit.html")
    tab.page.locator(".rows a.id").first.click()
    links = tab.page.evaluate("[...document.links].map((x) => x.href).filter((x) => x.includes('/f/'))")
    assert len(links) >= len(EVIL)
    for link in links:
        tab.page.goto(link)
        assert tab.page.evaluate("document.contentType") == "text/plain"
        assert tab.page.evaluate("document.scripts.length") == 0
    tab.page.wait_for_load_state("networkidle")
    assert [each for each in tab.asked if "stolen" in each or "products" in each] == []
    assert (tab.said, tab.saved) == ([], [])
    tab.page.close()


@pytest.mark.parametrize("tag", ["script", "iframe", "img", "object"])
def test_a_hostile_file_does_nothing_in_a_page_of_another(browser: Any, address: str, tag: str) -> None:
    """A page of elsewhere that takes the file for its script, frame or picture gets nothing that runs."""
    tab = Watched(browser)
    where = "data" if tag == "object" else "src"
    name = {"script": "code.js", "img": "picture.svg"}.get(tag, "page.html")
    tab.page.set_content(f'<{tag} {where}="{address}/files/spec-kit/{RUN}/{name}"></{tag}>')
    tab.page.wait_for_load_state("networkidle")
    assert [each for each in tab.asked if "stolen" in each or "products" in each] == []
    assert (tab.said, tab.saved) == ([], [])
    tab.page.close()
