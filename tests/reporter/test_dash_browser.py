"""The site in a real Chromium, opened from disk: what it shows, how it is worked, and that nothing of a run runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core.redact import for_terminal
from runpact_reporter._dash import build_site
from tests.reporter.dash_samples import NOW, fleet, project, report, write

if TYPE_CHECKING:
    from collections.abc import Iterator

RUN = "20260119T060000Z__kit__a1b2c3d"

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'-alert(1)-'",
    "</title></style></textarea></script><script>alert(1)</script>",
    "<!--",
    "]]>",
    "{{ 7*7 }} {% raw %} ${7*7} #{7*7}",
    "&lt;b&gt; &amp; &#x3c;",
    "javascript:alert(1)",
    "\x1b[31mred\x1b[0m \x1b]8;;http://evil.example\x07link\x1b]8;;\x07",
    "\u202egnp.exe \u2066x\u2069 \u200f",
    "\x9b31m \x7f \x08",
    "line\u2028separator\u2029",
    "\u0645\u0631\u062d\u0628\u0627 hello",
    "e\u0301\U0001f600",
    "a\tb\nc",
    "<a href=//evil.example>x</a>",
)


class Tab:
    """A page, and everything that went wrong in it."""

    def __init__(self, browser: Any, root: Path, **context: Any) -> None:
        self.context = browser.new_context(**context)
        self.page = self.context.new_page()
        self.page.clock.set_fixed_time(NOW)
        self.site = root / "site"
        self.wrong: list[str] = []
        self.page.on("console", lambda message: self.wrong.append(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("dialog", self._dialog)
        self.page.on("request", self._request)

    def _dialog(self, dialog: Any) -> None:
        self.wrong.append("dialog")
        dialog.dismiss()

    def _request(self, request: Any) -> None:
        if not request.url.startswith(self.site.as_uri()):
            self.wrong.append(f"request: {request.url}")

    def open(self, path: str = "index.html") -> Any:
        """Go to a page of the site."""
        self.page.goto((self.site / path).as_uri())
        return self.page


@pytest.fixture
def tab(browser: Any, tmp_path: Path) -> Iterator[Tab]:
    """A tab on the site of the sample fleet; nothing may have gone wrong in it."""
    build_site([fleet(tmp_path)], str(tmp_path / "site"), NOW)
    found = Tab(browser, tmp_path)
    yield found
    found.context.close()
    assert found.wrong == []


def row(page: Any, name: str) -> Any:
    """The row of a product."""
    return page.locator("#fleet tbody tr", has=page.get_by_role("link", name=name, exact=True))


def test_every_element_of_the_source_document_is_on_the_start_page(tab: Tab) -> None:
    """Name, status, run id, run status, summary, evidence, budget, kill switch and PR wave, with their ages."""
    cells = row(tab.open(), "Spec Kit").locator("th, td").all_inner_texts()
    name, status, run, summary, evidence, economy, kill, wave = (" ".join(cell.split()) for cell in cells)
    assert name == "Spec Kit active"
    assert status == "success"
    assert run == f"{RUN} 5 h ago"
    assert summary == "All tests passed (18 tests)"
    assert evidence == "pytest_output.log"
    assert economy == "22,000 of 75,000 tokens 8.75 of 120 min 1 of 3 heals"
    assert kill == "on writes to the wrong table"
    assert wave == "merging, 2 open 2 h ago"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Gone", "Missing artifact: dash/runs/gone/last_run.json"),
        ("Bad", "Invalid artifact: "),
        ("Next", "Unsupported schema version: 7.0"),
        ("stranger", "Missing artifact: dash/runs/stranger/last_run.json"),
    ],
)
def test_states_of_error_are_badges(tab: Tab, name: str, said: str) -> None:
    """Each state of error is an error badge with the words of the contract."""
    badge = row(tab.open(), name).locator(".badge.error")
    assert badge.count() == 1
    assert badge.inner_text().startswith(said)
    if not said.startswith("Invalid"):
        assert badge.inner_text() == said


def test_every_page_opens_without_an_error_or_a_request(tab: Tab) -> None:
    """All pages of the site: styled, scripted, with a title, an hour and pictures that load."""
    for path in sorted(tab.site.rglob("*.html")):
        page = tab.open(path.relative_to(tab.site).as_posix())
        assert page.locator("h1").count() == 1
        assert "2026-01-19 12:00 UTC" in page.locator(".asof").inner_text()
        assert page.evaluate("[...document.images].every((each) => each.complete && each.naturalWidth > 0)")
        assert page.evaluate("getComputedStyle(document.querySelector('.skip')).position") == "absolute"


def test_links_lead_somewhere(tab: Tab) -> None:
    """Every link of every page leads to a file of the site."""
    for path in sorted(tab.site.rglob("*.html")):
        links = tab.open(path.relative_to(tab.site).as_posix()).evaluate("[...document.links].map((each) => each.href)")
        for link in links:
            assert Path(link.split("#")[0].removeprefix("file://")).is_file(), link


def test_search_and_filter(tab: Tab) -> None:
    """What is typed narrows the rows, and the number that is left is said; so does a status."""
    page = tab.open()
    shown = page.locator("#fleet tbody tr:not([hidden])")
    page.get_by_label("Search").fill("18 TESTS")
    assert shown.count() == 1
    assert page.locator("output").inner_text() == "1 of 5 shown"
    page.get_by_label("Search").fill("nothing like it")
    assert page.locator(".empty").is_visible()
    page.get_by_label("Search").press("Escape")
    assert shown.count() == 5
    page.get_by_label("Run status").select_option("none")
    assert sorted(shown.locator("th a").all_inner_texts()) == ["Gone", "stranger"]


def test_sorting_says_its_direction(tab: Tab) -> None:
    """A header sorts its column, up and then down, and tells so to those who cannot see it."""
    page = tab.open("p/kit.html")
    header = page.locator("#rows thead th").nth(4)
    header.get_by_role("button").click()
    assert header.get_attribute("aria-sort") == "ascending"
    first = page.locator("#rows tbody tr").first
    header.get_by_role("button").click()
    assert header.get_attribute("aria-sort") == "descending"
    assert page.locator("#rows [aria-sort]").count() == 1
    assert "9 of 10 passed" in first.inner_text()


def test_everything_is_reached_by_keyboard(tab: Tab) -> None:
    """Tab leads to the skip link first, `/` into the search, Enter through a link, and focus is seen."""
    page = tab.open()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("/")
    page.keyboard.type("spec")
    seen = set()
    for _ in range(14):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.innerText"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        if page.evaluate("document.activeElement.innerText") == "Spec Kit":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/kit.html")
    assert {"Product", "Run status", "PR wave"} <= seen


def test_without_script_only_search_and_sort_are_gone(browser: Any, tmp_path: Path) -> None:
    """The pages are whole without JavaScript."""
    build_site([fleet(tmp_path)], str(tmp_path / "site"), NOW)
    tab = Tab(browser, tmp_path, java_script_enabled=False)
    page = tab.open()
    assert page.locator("#fleet tbody tr").count() == 5
    assert not page.locator("form").first.is_visible()
    row(page, "Spec Kit").locator("a.id").click()
    assert "Rows inserted" in page.locator("main").inner_text()
    tab.context.close()


def test_pictures_have_a_title_and_words(tab: Tab) -> None:
    """Each picture is an image with a name and a description that says its figures."""
    page = tab.open("p/kit.html")
    pictures = page.locator("figure svg[role=img]")
    said = [pictures.nth(index).locator("desc").text_content() for index in range(pictures.count())]
    assert said == [
        "9 runs: 5 succeeded, 4 failed, 0 ended otherwise.",
        "9 runs, oldest first: the shortest took 5 min 00 s, the longest 8 min 45 s, half of them at most 5 min 00 s.",
        "9 runs with counted tests, oldest first: the newest passed 50 % of its tests, the worst 20 %.",
    ]
    assert "9 products" not in tab.open().locator("svg.heat desc").text_content()
    assert tab.page.locator("svg.heat desc").text_content().startswith("2 products over 14 days; 1 of them")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_serious_finding_of_axe(browser: Any, tmp_path: Path, scheme: str, width: int) -> None:
    """axe-core finds nothing serious on any kind of page, light or dark, wide or on a phone, and nothing overflows."""
    import axe_playwright_python  # type: ignore[import-untyped] # has no types; only its file is used

    source = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
    build_site([fleet(tmp_path)], str(tmp_path / "site"), NOW)
    tab = Tab(browser, tmp_path, color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=True)
    ground = set()
    for path in ("index.html", "p/kit.html", f"r/kit/{RUN}.html", "p/gone.html"):
        page = tab.open(path)
        page.evaluate(source)
        found = page.evaluate("async () => (await axe.run()).violations")
        serious = [
            (each["id"], [node["html"] for node in each["nodes"]][:3])
            for each in found
            if each["impact"] in {"serious", "critical"}
        ]
        assert serious == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        ground.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert ground == {"rgb(247, 247, 245)" if scheme == "light" else "rgb(20, 23, 27)"}
    tab.context.close()


@pytest.mark.parametrize("said", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_shown_as_text(browser: Any, tmp_path: Path, said: str) -> None:
    """In every field: what is shown equals what was stated, with controls made visible, and nothing runs."""
    hostile = report("kit", "r1", status=said, summary=said, schema_version="7.0")
    hostile |= {"kill_switch": {"enabled": True, "reason": said}, "evidence": {"paths": [said]}}
    hostile["pr_wave"] = {"state": said, "open_prs": said, "last_update": said}
    entry = {"product_id": "kit", "display_name": said, "owner": said, "status": said}
    write(tmp_path / "dash/products.json", {"schema_version": "0.1", "products": [entry]})
    folder = tmp_path / "dash/runs/kit/r1"
    write(folder.parent / "last_run.json", hostile)
    write(folder / "last_run.json", hostile)
    (folder / "pytest_output.log").write_text(said, newline="")
    counts = {"tests": 1, "passed": 0, "failed": 1, "pending": 0, "skipped": 0, "other": 0, "start": 1, "stop": 2}
    test = {"name": said, "status": "failed", "duration": 1, "message": said}
    results = {"tool": {"name": said}, "summary": counts, "tests": [test]}
    write(folder / "test-report.json", {"reportFormat": "CTRF", "specVersion": "0.0.0", "results": results})
    build_site([project(tmp_path)], str(tmp_path / "site"), NOW)
    tab, shown = Tab(browser, tmp_path), for_terminal(said)
    page = tab.open()
    for place in ("#fleet th a", "#fleet .life", "#fleet .st bdi", "#fleet .sum > bdi", "#fleet td:nth-child(7) > bdi"):
        assert page.locator(place).first.text_content() == shown, place
    page = tab.open("p/kit.html")
    for place in ("h1 > bdi", "h1 .st bdi", ".newest .lead bdi", ".newest li bdi", "[aria-current] bdi"):
        assert page.locator(place).first.text_content() == shown, place
    page = tab.open("r/kit/r1.html")
    for place in (".lead bdi", ".tests th > bdi", ".things li > bdi", ".things li > a > bdi"):
        assert shown in page.locator(place).all_text_contents() or place.endswith("a > bdi"), place
    seen = for_terminal(said.replace("\t", "\0").replace("\n", "\1")).replace("\\x00", "\t").replace("\\x01", "\n")
    assert page.locator("pre.log bdi").text_content() == seen
    assert page.locator(".tests pre bdi").text_content() == seen
    tab.context.close()
    assert tab.wrong == []


def test_a_megabyte_is_cut_and_says_so(browser: Any, tmp_path: Path) -> None:
    """A text of a million characters neither fills the page nor is cut in silence."""
    write(tmp_path / "dash/runs/kit/last_run.json", report("kit", "r1", summary="x" * 1_000_000))
    build_site([project(tmp_path)], str(tmp_path / "site"), NOW)
    tab = Tab(browser, tmp_path)
    assert "(1,000,000 characters)" in tab.open().locator(".sum").inner_text()
    assert "(2,000 of 1,000,000 characters)" in tab.open("p/kit.html").locator(".newest .lead").inner_text()
    assert (tmp_path / "site/p/kit.html").stat().st_size < 20_000
    tab.context.close()
    assert tab.wrong == []


def test_on_a_phone_what_came_of_a_test_is_on_the_screen(browser: Any, tmp_path: Path) -> None:
    """Rows of tests, changes and checks are cards: nothing is wider than the screen, and they are tables still."""
    build_site([fleet(tmp_path)], str(tmp_path / "site"), NOW)
    tab = Tab(browser, tmp_path, viewport={"width": 390, "height": 800})
    page = tab.open(f"r/kit/{RUN}.html")
    for name in ("tests", "changes", "checks"):
        table = page.locator(f"table.{name}")
        assert table.evaluate("(each) => each.scrollWidth <= each.parentElement.clientWidth"), name
        assert table.get_attribute("role") == "table"
    outcome, test = (
        page.locator(f".tests tbody tr >> nth=0 >> {cell}").bounding_box() for cell in ("td >> nth=0", "th")
    )
    assert outcome["y"] < test["y"]
    assert outcome["x"] + outcome["width"] < 390
    tab.context.close()
    assert tab.wrong == []


def test_a_tall_picture_takes_no_more_than_its_room(browser: Any, tmp_path: Path) -> None:
    """A picture is shown at most so high, and links to itself; the next one stands at its top."""
    build_site([fleet(tmp_path)], str(tmp_path / "site"), NOW)
    tab = Tab(browser, tmp_path)
    style = (
        tab.open(f"r/kit/{RUN}.html")
        .locator(".shot img")
        .first.evaluate(
            "(each) => [getComputedStyle(each).maxHeight, getComputedStyle(each.closest('figure')).verticalAlign]"
        )
    )
    assert style == ["384px", "top"]
    assert tab.page.locator(".shot a").first.get_attribute("href").endswith(".png")
    tab.context.close()
    assert tab.wrong == []


def test_an_old_page_says_how_old_it_is(browser: Any, tmp_path: Path) -> None:
    """A page that is read long after it was made says so."""
    build_site([fleet(tmp_path)], str(tmp_path / "site"), NOW)
    tab = Tab(browser, tmp_path)
    tab.page.clock.set_fixed_time(NOW + 3 * 86_400)
    assert tab.open().locator("#stale").inner_text() == "3 days old"
    tab.context.close()


def test_pages_fit_on_paper(browser: Any, tmp_path: Path) -> None:
    """On A4 no table is wider than the sheet, a run's id stands on one line, and the phone's layout is not printed."""
    build_site([fleet(tmp_path)], str(tmp_path / "site"), NOW)
    tab = Tab(browser, tmp_path, viewport={"width": 702, "height": 1031})  # A4 less its margins, at 96 dots an inch
    for path in ("index.html", "p/kit.html", f"r/kit/{RUN}.html"):
        page = tab.open(path)
        page.emulate_media(media="print")
        wide = page.evaluate(
            "[...document.querySelectorAll('.scroll')].filter((x) => x.scrollWidth > x.clientWidth)"
            ".map((x) => [x.innerText, x.scrollWidth, x.clientWidth])"
        )
        assert wide == [], path
        breaks = page.locator("h2").evaluate_all("(all) => all.map((x) => getComputedStyle(x).breakAfter)")
        shown = page.locator("tr").evaluate_all("(all) => all.map((x) => getComputedStyle(x).display)")
        assert (set(breaks), set(shown)) == ({"avoid"}, {"table-row"})
    page = tab.open("p/kit.html")
    tops = "(all) => all.map((x) => new Set([...x.getClientRects()].map((each) => each.top)).size)"
    assert page.locator(".rows tbody th .id").evaluate_all(tops) == [1] * 9
    assert page.locator(".find").first.is_hidden()
    tab.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_are_those_of_the_reader(browser: Any, tmp_path: Path, scheme: str) -> None:
    """Statuses keep a border; pictures are drawn in the colours of the system, not in ours."""
    build_site([fleet(tmp_path)], str(tmp_path / "site"), NOW)
    tab = Tab(browser, tmp_path, forced_colors="active", color_scheme=scheme)
    page = tab.open()
    system = page.evaluate(
        """() => ["Canvas", "CanvasText", "LinkText", "Highlight"].map((name) => {
            const box = document.body.appendChild(document.createElement("i"));
            box.style.color = name;
            const found = getComputedStyle(box).color;
            box.remove();
            return found;
        })"""
    )
    assert len(set(system)) == 4
    assert page.locator(".st").first.evaluate("(x) => getComputedStyle(x).borderTopColor") == system[1]
    drawn = "(all) => all.flatMap((x) => { const s = getComputedStyle(x); return [s.fill, s.stroke]; })"
    for path in ("index.html", "p/kit.html"):
        found = set(tab.open(path).locator("figure svg :is(path, text, line, circle):not(.area)").evaluate_all(drawn))
        assert found <= {*system, "none"}, path
    tab.context.close()
