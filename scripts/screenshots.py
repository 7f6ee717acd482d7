"""Make the pictures of the README from a fleet that never was: `python scripts/screenshots.py [FOLDER]`.

Needs a Chromium, by default Debian's. The pictures are kept small: one of the start page, of a run, of the page of a
store, of a matrix.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import demo_store
from demo_fleet import NOW, make
from playwright.sync_api import sync_playwright

from runpact_gc.cli import artifacts
from runpact_reporter._dash import build_site, projects_of
from runpact_status_matrix import _html

MATRIX = Path(__file__).with_name("screenshots_matrix.json")
CHROMIUM = os.environ.get("RUNPACT_CHROMIUM", "/usr/bin/chromium")


def main(target: Path) -> None:
    """Build the site of the sample fleet and the page of the sample store, and take the pictures."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        make(root)
        build_site(projects_of([temporary]), str(root / "site"), NOW)
        project, store = root / "nightly", root / "store.html"
        demo_store.make(project, NOW)
        words = ["report", "--html", str(store), "--now", "2026-01-19T12:00:00Z", "--project", str(project)]
        artifacts(words, standalone_mode=False)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.clock.set_fixed_time(NOW)
            page.goto((root / "site/index.html").as_uri())
            page.screenshot(path=target / "fleet.png")
            page.locator("tr[data-s=failed] a.id").first.click()
            page.screenshot(path=target / "run.png")
            page.goto(store.as_uri())
            page.screenshot(path=target / "store.png")
            matrix(browser, root / "matrix.html", target / "matrix.png")
            browser.close()
    print(*(target / name for name in ("fleet.png", "run.png", "store.png", "matrix.png")))


def matrix(browser: Any, file: Path, picture: Path) -> None:
    """Take the picture of a matrix."""
    file.write_bytes(_html.page(json.loads(MATRIX.read_bytes()), NOW))
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.clock.set_fixed_time(NOW)
    page.goto(file.as_uri())
    page.screenshot(path=picture)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "docs/images")
