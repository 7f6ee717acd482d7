"""The dashboard of 1,000 products with 100 runs each: its build and its first paint, against what they may take.

The peer of these rows is the clock: its time is the promised one, so the figure is the share of it that was used. The
size of the start page is held to its bound before anything is timed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import mkdtemp
from time import perf_counter
from typing import TYPE_CHECKING

from bench.row import Pair, Row, Unavailable, at_most
from runpact_reporter._dash import build_site, projects_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.row import Scale

__all__ = ["rows"]

RUNS = 100
BUILD_S, PAINT_S = 10.0, 1.0
MOST_BYTES = 1_000_000
CHROMIUM = os.environ.get("RUNPACT_CHROMIUM", "/usr/bin/chromium")
_PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"


def _made(folder: Path, products: int) -> tuple[Path, int]:
    """The project in a folder, and its clock."""
    scripts = str(Path(__file__).parents[1] / "scripts")
    if scripts not in sys.path:
        sys.path.append(scripts)
    from demo_fleet import NOW, make

    make(folder, products, RUNS)
    return folder, NOW


def _site(root: Path, now: int) -> Path:
    """Build the site in a new folder below the project, and hold its start page to its bound."""
    out = Path(mkdtemp(dir=root, prefix="site-"))
    build_site(projects_of([str(root)]), str(out), now)
    size = (out / "index.html").stat().st_size
    assert size <= MOST_BYTES, f"the start page has {size} bytes"
    return out


def _clock(seconds: float) -> Callable[[int], float]:
    return lambda times: seconds * times


def _build(products: int) -> Callable[[Path], Pair]:
    def prepare(folder: Path) -> Pair:
        root, now = _made(folder, products)

        def once() -> float:
            start = perf_counter()
            _site(root, now)  # stays until the end: file systems are slow to reuse what was removed just now
            return perf_counter() - start

        return Pair(lambda times: sum(once() for _ in range(times)), _clock(BUILD_S))

    return prepare


def _paint(products: int) -> Callable[[Path], Pair]:
    def prepare(folder: Path) -> Pair:
        if not Path(CHROMIUM).exists():
            raise Unavailable(f"there is no Chromium at {CHROMIUM}")
        root, now = _made(folder, products)
        address = (_site(root, now) / "index.html").as_uri()
        return Pair(lambda times: sum(_painted(address) for _ in range(times)), _clock(PAINT_S))

    return prepare


def _painted(address: str) -> float:
    """Seconds until a page shows something, in a browser that has just started."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(address)
        while (painted := page.evaluate(_PAINTED)) is None:  # the pages forbid code that is made of text
            page.wait_for_timeout(5)
        browser.close()
    return float(painted) / 1000


def rows(scale: Scale) -> tuple[Row, ...]:
    """The rows, for a fleet of that size."""
    what = f"site of {scale.products} products with {RUNS} runs each"
    return (
        Row("dash-build", what, "dash build", f"{BUILD_S:g} s", at_most(1), 3, _build(scale.products)),
        Row(
            "dash-paint",
            "first paint of its start page from disk",
            "Chromium",
            f"{PAINT_S:g} s",
            at_most(1),
            5,
            _paint(scale.products),
        ),
    )
