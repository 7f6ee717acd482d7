"""No page shows commands that nobody tries: each has its test, and every script that a page names exists."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import docs_pages

ROOT = Path(__file__).resolve().parents[2]
SHOWS = re.compile(r"^ *```(?:console|sh|python)$", re.MULTILINE)
SCRIPT = re.compile(r"(?<![./])\./hatchw\s+run\s+([a-z][a-z:-]*)")
ELSEWHERE = {
    "CONTRIBUTING.md": "its commands are the gates themselves; the test below knows their names",
    "docs/releasing.md": "its commands change the repository; tests/compat/test_release.py does so in clones",
    "contracts/README.md": "its commands are `codegen`, which CI runs; its values are tried in tests/contracts",
}


def pages() -> dict[str, str]:
    """Every page that somebody wrote, by its path, without those that `codegen` makes."""
    staged = docs_pages.stage(ROOT)
    names = [name for name in staged.pages if name != "index.md"] + ["README.md"]
    texts = {name: (ROOT / name).read_text(encoding="utf-8") for name in names}
    return {name: text for name, text in texts.items() if not text.startswith("<!-- Generated")}


def test_every_page_with_commands_is_tried() -> None:
    """A page with commands or programs is named by a module of the tests, or stands above with the reason."""
    modules = [path.read_text(encoding="utf-8") for path in ROOT.glob("tests/**/test_*.py")]
    untried = [
        name
        for name, text in pages().items()
        if SHOWS.search(text)
        and name not in ELSEWHERE
        and not any(f'{Path(name).name}"' in module for module in modules)
    ]
    assert untried == []
    assert [name for name in ELSEWHERE if not SHOWS.search((ROOT / name).read_text(encoding="utf-8"))] == []


def test_every_script_that_a_page_names_exists() -> None:
    """`./hatchw run WORD` is a script of `hatch.toml`, or an environment's."""
    environments = tomllib.loads((ROOT / "hatch.toml").read_text(encoding="utf-8"))["envs"]
    known = {"python", "runpact", *environments["default"]["scripts"]}  # commands are run that way, too
    known |= {f"{name}:{script}" for name, each in environments.items() for script in each.get("scripts", {})}
    named = {(page, word) for page, text in pages().items() for word in SCRIPT.findall(text)}
    assert sorted((page, word) for page, word in named if word not in known) == []
    assert {"demo", "codegen", "site"} <= {word for _, word in named}
