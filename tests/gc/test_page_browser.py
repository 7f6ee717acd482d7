"""The page of a store in a real Chromium, opened from disk: what it shows, how it is worked, nothing of a run runs."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core.redact import for_terminal
from runpact_gc._model import Finding, Reason
from runpact_gc._page import Trashed, render
from tests.gc.page_samples import FINDING, NOW, decision, plan, slots, store

if TYPE_CHECKING:
    from collections.abc import Iterator

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "</title></style></script><script>alert(1)</script>",
    "<!--",
    "{{ 7*7 }} {% raw %} ${7*7}",
    "&lt;b&gt; &amp;",
    "\x1b[31mred\x1b[0m",
    "\u202egnp.exe \u200f",
    "line\u2028separator",
    "\udcff",
    "<a href=//evil.example>x</a>",
)


class Tab:
    """A page, and everything that went wrong in it."""

    def __init__(self, browser: Any, path: Path, content: bytes, **context: Any) -> None:
        path.write_bytes(content)
        self.context = browser.new_context(**context)
        self.page = self.context.new_page()
        self.wrong: list[str] = []
        self.page.on("console", lambda message: self.wrong.append(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("dialog", self._dialog)
        self.page.on("request", self._request)
        self._own = path.as_uri()
        self.page.goto(self._own)

    def _dialog(self, dialog: Any) -> None:
        self.wrong.append("dialog")
        dialog.dismiss()

    def _request(self, request: Any) -> None:
        if request.url != self._own:
            self.wrong.append(f"request: {request.url}")


def sample() -> bytes:
    """The page of the sample store."""
    return render(store(), slots(), [FINDING], name="crypto", days=30)


@pytest.fixture
def tab(browser: Any, tmp_path: Path) -> Iterator[Tab]:
    """A tab on the page of the sample store; nothing may have gone wrong in it."""
    found = Tab(browser, tmp_path / "store.html", sample())
    yield found
    found.context.close()
    assert found.wrong == []


def test_the_page_shows_the_store(tab: Tab) -> None:
    """The figures of the plan, styled; one picture of the disk and one of the trash, each in words too."""
    page = tab.page
    tiles = [" ".join(each.split()) for each in page.locator(".tiles > div").all_inner_texts()]
    made = store()
    going = sum(not each.keep for each in made.decisions)
    assert tiles[0] == f"Entries {len(made.decisions)}"
    assert tiles[2] == f"The plan keeps {len(made.decisions) - going}"
    assert f"{going} entries" in tiles[3]
    assert "4 slots" in tiles[4]
    assert page.locator("svg[role=img]").count() == 2
    assert page.locator("svg desc").all_text_contents()[1].startswith("The trash holds 4.0M; the last of it may go on")
    assert page.evaluate("getComputedStyle(document.querySelector('.skip')).position") == "absolute"
    assert page.evaluate("[...document.querySelectorAll('path.band')].every((each) => each.getBBox().height > 0)")
    assert "3 more families" in page.locator(".legend").first.inner_text()


def test_search_filter_and_sort(tab: Tab) -> None:
    """What is typed narrows the rows by any word of them; the decision too; a header sorts and says its direction."""
    page = tab.page
    shown = page.locator("#entries tbody tr:not([hidden])")
    page.get_by_label("Search").fill("pinned greenwall")
    assert shown.count() == 1
    assert page.locator("output").inner_text() == f"1 of {len(store().decisions)} shown"
    page.get_by_label("Search").fill("nothing like it")
    assert page.locator(".empty").is_visible()
    page.get_by_label("Search").press("Escape")
    page.get_by_label("Decision").select_option("goes")
    assert shown.count() == sum(not each.keep for each in store().decisions)
    header = page.locator("#entries thead th").nth(3)
    header.get_by_role("button").click()
    header.get_by_role("button").click()
    assert header.get_attribute("aria-sort") == "descending"
    sizes = [int(cell.get_attribute("data-v") or 0) for cell in page.locator("#entries td:nth-child(4)").all()]
    assert sizes == sorted(sizes, reverse=True)


def test_everything_is_reached_by_keyboard(tab: Tab) -> None:
    """Tab leads to the skip link, `/` into the search, and focus is seen on the way to the sort buttons."""
    page = tab.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("/")
    page.keyboard.type("bench")
    seen = set()
    for _ in range(10):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.innerText"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert {"Entry", "Family", "Reasons"} <= seen


def test_without_script_the_page_is_whole(browser: Any, tmp_path: Path) -> None:
    """Only search and sort are gone."""
    tab = Tab(browser, tmp_path / "store.html", sample(), java_script_enabled=False)
    assert tab.page.locator("#entries tbody tr").count() == len(store().decisions)
    assert not tab.page.locator("form").first.is_visible()
    tab.page.locator("summary").first.click()
    assert "2026-01-19" in tab.page.locator("details table").first.inner_text()
    tab.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_serious_finding_of_axe(browser: Any, tmp_path: Path, scheme: str, width: int) -> None:
    """axe-core finds nothing serious, light or dark, wide or on a phone, and nothing overflows."""
    import axe_playwright_python  # type: ignore[import-untyped] # has no types; only its file is used

    source = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}, "bypass_csp": True}
    tab = Tab(browser, tmp_path / "store.html", sample(), **options)
    page = tab.page
    for summary in page.locator("summary").all():
        summary.click()
    page.evaluate(source)
    found = page.evaluate("async () => (await axe.run()).violations")
    serious = [
        (each["id"], [node["html"] for node in each["nodes"]][:3])
        for each in found
        if each["impact"] in {"serious", "critical"}
    ]
    assert serious == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(247, 247, 245)" if scheme == "light" else "rgb(20, 23, 27)")
    tab.context.close()


@pytest.mark.parametrize("said", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_shown_as_text(browser: Any, tmp_path: Path, said: str) -> None:
    """In every field: what is shown equals what was stated, with controls made visible, and nothing runs."""
    made = plan(decision(said, said, Reason("pinned", said)), notes=(said,))
    slot = Trashed(said, said, NOW, NOW, due=True, size_bytes=1, file_count=1)
    page = render(made, [slot], [Finding("link", said, said)], name=said, days=30, pending=said)
    tab = Tab(browser, tmp_path / "x.html", page)
    shown = for_terminal(said)
    places = (
        "h1 bdi", "#notes ~ p bdi", ".legend bdi",
        ".notes li:first-child bdi", ".notes code bdi", "#entries th bdi", "#entries td bdi",
        ".reasons bdi", "details th code bdi", "details td code bdi",
    )  # fmt: skip
    for place in places:
        assert tab.page.locator(place).first.text_content() == shown, place
    tab.context.close()
    assert tab.wrong == []


@pytest.mark.parametrize("width", [1280, 390])
def test_the_words_of_a_picture_are_as_large_as_others(browser: Any, tmp_path: Path, width: int) -> None:
    """Scale and dates stand beside the picture at the size of small text, however wide it is, and none covers another.

    A date of the trash stands below the middle of its column.
    """
    tab = Tab(browser, tmp_path / "store.html", sample(), viewport={"width": width, "height": 800})
    page = tab.page
    sizes = page.evaluate("[...document.querySelectorAll('.chart span')].map((e) => getComputedStyle(e).fontSize)")
    assert set(sizes) == {page.evaluate("getComputedStyle(document.querySelector('.tiles dt')).fontSize")}
    boxes = [each.bounding_box() for each in page.locator(".wide").nth(1).locator("span").all()]
    assert all(left["x"] + left["width"] <= right["x"] + 1 for left, right in pairwise(boxes))
    whole = page.locator("svg").nth(1).bounding_box()
    bars = re.findall(r"M([\d.]+) [\d.]+V[\d.]+h([\d.]+)", page.locator(".freed[d]").get_attribute("d"))
    columns = [whole["x"] + (float(left) + float(wide) / 2) / 720 * whole["width"] for left, wide in bars]
    middles = [box["x"] + box["width"] / 2 for box in boxes]
    assert columns == pytest.approx(middles, abs=2)
    tab.context.close()
    assert tab.wrong == []


def test_printed_without_the_search(tab: Tab) -> None:
    """On paper there is neither form nor skip link, and the table is there."""
    tab.page.emulate_media(media="print")
    assert not tab.page.locator("form").first.is_visible()
    assert tab.page.locator("#entries").is_visible()
