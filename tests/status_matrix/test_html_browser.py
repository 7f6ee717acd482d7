"""The page of a matrix in a real Chromium, opened from disk: what it shows, how it is worked, and that nothing runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core.redact import for_terminal
from runpact_status_matrix._html import page
from tests.status_matrix.page_samples import HOSTILE, NOW, hostile, matrix

if TYPE_CHECKING:
    from collections.abc import Iterator


class Tab:
    """A tab, and everything that went wrong in it."""

    def __init__(self, browser: Any, file: Path, **context: Any) -> None:
        self.context = browser.new_context(**context)
        self.page = self.context.new_page()
        self.page.clock.set_fixed_time(NOW)
        self.file = file
        self.wrong: list[str] = []
        self.page.on("console", lambda message: self.wrong.append(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("dialog", self._dialog)
        self.page.on("request", self._request)

    def _dialog(self, dialog: Any) -> None:
        self.wrong.append("dialog")
        dialog.dismiss()

    def _request(self, request: Any) -> None:
        if request.url != self.file.as_uri():
            self.wrong.append(f"request: {request.url}")

    def open(self) -> Any:
        """Go to the page."""
        self.page.goto(self.file.as_uri())
        return self.page


@pytest.fixture
def tab(browser: Any, tmp_path: Path) -> Iterator[Tab]:
    """A tab on the page of the sample matrix; nothing may have gone wrong in it."""
    found = Tab(browser, written(tmp_path))
    yield found
    found.context.close()
    assert found.wrong == []


def written(folder: Path) -> Path:
    """The page of the sample matrix."""
    file = folder / "matrix.html"
    file.write_bytes(page(matrix(), NOW))
    return file


def said(opened: Any, runner: str) -> list[str]:
    """The cells of a runner's row, each in one line."""
    row = opened.locator("#matrix tbody tr", has=opened.locator(".name", has_text=runner))
    return [" ".join(cell.split()) for cell in row.locator("th, td").all_inner_texts()]


def test_a_row_says_what_when_why_and_who(tab: Tab) -> None:
    """A stale runner: verdict, effect, since when, freshness, its report with ages, the class and who has to act."""
    assert said(tab.open(), "php") == [
        "php compatibility dc-runner-php",
        "governance failure fails, without blocking since 2026-01-22 06:15, 1 d 5 h ago",
        "pass",
        "stale since 2026-01-22 06:15, 1 d 5 h ago",
        "v0.9.1 a1b2c3d made 2026-01-19 06:15, 4 d 5 h ago commands: 3 passed Source",
        "stale-report the report is older than it may be the report is 101 h old and may be 72 h old",
        "the runner's owners Web team",
    ]


def test_the_most_urgent_row_comes_first(tab: Tab) -> None:
    """Blocked, governance failure, warning, ok; each state is a word, and the figures above count them."""
    opened = tab.open()
    assert opened.locator(".name").all_inner_texts() == ["go", "php", "node", "zig", "rust"]
    verdicts = opened.locator("td:nth-child(2) .st").all_inner_texts()
    assert verdicts == ["blocked", "governance failure", "warning", "warning", "ok"]
    tiles = [" ".join(each.split()) for each in opened.locator(".tiles div").all_inner_texts()]
    assert tiles == ["Runners 5", "Blocked 1", "Governance failures 1", "Warnings 2", "Ok 1"]
    assert opened.locator(".asof").inner_text() == "As of 2026-01-23 12:00 UTC, 0 s ago"


def test_the_source_and_its_digest_are_shown(tab: Tab) -> None:
    """Where the report was read from, and whether a digest was held against something."""
    opened = tab.open()
    cell = opened.locator("#matrix tbody tr", has_text="zig").locator("details")
    cell.locator("summary").click()
    shown = " ".join(cell.inner_text().split())
    assert shown.startswith("Source release, digest held against nothing https://api.github.com/repos/example/zig/")
    assert "accepted earlier; what the source gives now was refused" in said(opened, "zig")[4]


def test_the_filter(tab: Tab) -> None:
    """What is typed narrows the rows, and the number that is left is said; so do verdict and lane."""
    opened = tab.open()
    shown = opened.locator("#matrix tbody tr:not([hidden]) .name")
    opened.get_by_label("Search").fill("STALE-report web")
    assert shown.all_inner_texts() == ["php"]
    assert opened.locator("output").inner_text() == "1 of 5 shown"
    opened.get_by_label("Search").fill("nothing like it")
    assert opened.locator(".empty").is_visible()
    opened.get_by_label("Search").press("Escape")
    opened.get_by_label("Verdict").select_option("warning")
    assert shown.all_inner_texts() == ["node", "zig"]
    opened.get_by_label("Verdict").select_option("all")
    opened.get_by_label("Lane").select_option("required")
    assert shown.all_inner_texts() == ["go", "rust"]


def test_everything_is_reached_by_keyboard(tab: Tab) -> None:
    """Tab leads to the skip link first, `/` into the search, and on to every control; focus is seen."""
    opened = tab.open()
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.className") == "skip"
    opened.keyboard.press("Enter")
    assert opened.evaluate("document.activeElement.id") == "main"
    opened.keyboard.press("/")
    seen = []
    for _ in range(8):
        seen.append(opened.evaluate("document.activeElement.name || document.activeElement.tagName"))
        assert opened.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        opened.keyboard.press("Tab")
    assert seen == ["q", "verdict", "lane", "DIV", *["SUMMARY"] * 4]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_serious_finding_of_axe(browser: Any, tmp_path: Path, scheme: str, width: int) -> None:
    """axe-core finds nothing serious, light or dark, wide or on a phone, and nothing overflows."""
    import axe_playwright_python  # type: ignore[import-untyped] # has no types; only its file is used

    source = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
    viewport = {"width": width, "height": 800}
    tab = Tab(browser, written(tmp_path), color_scheme=scheme, viewport=viewport, bypass_csp=True)
    opened = tab.open()
    for each in opened.locator("summary").all():
        each.click()
    opened.evaluate(source)
    found = opened.evaluate("async () => (await axe.run()).violations")
    serious = [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in found if each["impact"] in BAD]
    assert serious == []
    assert opened.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    ground = opened.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(247, 247, 245)" if scheme == "light" else "rgb(20, 23, 27)")
    if width == 390:
        assert opened.evaluate("getComputedStyle(document.querySelector('td'), '::before').content") == '"Verdict"'
    tab.context.close()
    assert tab.wrong == []


BAD = {"serious", "critical"}


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_shown_as_text(browser: Any, tmp_path: Path, text: str) -> None:
    """In every field: what is shown equals what was stated, with controls made visible, and nothing runs."""
    file = tmp_path / "matrix.html"
    file.write_bytes(page(hostile(text), NOW))
    tab, shown = Tab(browser, file), for_terminal(text)
    opened = tab.open()
    places = ("th small bdi", "td:nth-child(5) > bdi", "td:nth-child(5) small:has(bdi) bdi", "details bdi", ".why bdi")
    for place in (*places, "td:nth-child(7) strong", "td:nth-child(7) bdi"):
        assert opened.locator(f"#matrix {place}").first.text_content() == shown, place
    assert opened.locator("#matrix").locator("img, svg, a, script").count() == 0
    tab.context.close()
    assert tab.wrong == []


def test_without_script_only_the_filter_is_gone(browser: Any, tmp_path: Path) -> None:
    """The page is whole without JavaScript."""
    tab = Tab(browser, written(tmp_path), java_script_enabled=False)
    opened = tab.open()
    assert opened.locator("#matrix tbody tr").count() == 5
    assert not opened.locator("form").is_visible()
    tab.context.close()


def test_an_old_page_says_so(browser: Any, tmp_path: Path) -> None:
    """A page that is read long after it was made says its age, and which reports turned stale since."""
    tab = Tab(browser, written(tmp_path))
    assert tab.open().locator(".note", has_text="turned stale").first.is_hidden()
    tab.page.clock.set_fixed_time(NOW + 3 * 86_400)
    opened = tab.open()
    assert opened.locator("#old").inner_text() == "3 days old when you opened it"
    assert "turned stale after this matrix was made" in said(opened, "rust")[3]
    tab.context.close()
    assert tab.wrong == []


def test_the_page_fits_on_paper(browser: Any, tmp_path: Path) -> None:
    """On A4, sideways, the table is no wider than the sheet, and the controls are not printed."""
    tab = Tab(browser, written(tmp_path), viewport={"width": 1031, "height": 702})  # A4 less margins, 96 dots an inch
    opened = tab.open()
    opened.emulate_media(media="print")
    assert opened.evaluate("(x => x.scrollWidth <= x.clientWidth)(document.querySelector('.scroll'))")
    assert opened.locator("form").is_hidden()
    assert set(opened.locator("tr").evaluate_all("(all) => all.map((x) => getComputedStyle(x).display)")) == {
        "table-row"
    }
    tab.context.close()
