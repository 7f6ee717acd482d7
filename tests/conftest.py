"""What tests of every package share: a real browser for pages, no clock for examples, no repository above them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

# A slow machine may not fail a test: no example has a deadline. Where CI is set, the examples are the same each
# time: what fails there fails here.
settings.register_profile(
    "runpact", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI" in os.environ
)
settings.load_profile("runpact")

CHROMIUM = os.environ.get("RUNPACT_CHROMIUM", "/usr/bin/chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One Chromium for a module; where there is none its tests are skipped."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"there is no Chromium at {CHROMIUM}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session", autouse=True)
def no_repository(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No folder of a test lies in a repository, wherever the temporary folder is: the search for one ends here."""
    (tmp_path_factory.getbasetemp() / ".git").write_text("gitdir: nowhere\n", encoding="utf-8")
