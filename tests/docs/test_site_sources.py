"""What becomes a page of the site, in which order, and where links lead: nothing is lost, nothing leads nowhere."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import docs_api
import docs_pages
import docs_site
import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTENTS = """# Documentation

## Begin

| to find out | read |
|---|---|
| b | [b](b.md) |
| a | [a](a.md), [again](b.md#x) |

## More

| [records](adr/) | [data](data.json) | [outside](../SECURITY.md) |
"""


def project(folder: Path, **more: str) -> Path:
    """A small repository with documentation; `more` replaces or adds files, ``__`` standing for ``/``."""
    files = {
        "README": "# Home\n\n[docs](docs/README.md)\n",
        "SECURITY": "# Safe\n\n[home](README.md)\n",
        "docs__README": CONTENTS,
        "docs__a": "# A\n\n[b](b.md#there) [up](../packages/x.py) ![p](images/p.png)\n",
        "docs__b": "# B\n\n[web](https://example.org/x) [here](#b)\n",
        "docs__adr__README": "# Records\n\n[2](0002-two.md) [1](0001-one.md) [a](../a.md)\n",
        "docs__adr__0001-one": "# One\n",
        "docs__adr__0002-two": "# Two\n",
    } | more
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for name in ("docs/data.json", "docs/images/p.png", "packages/x.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    return folder


def test_links_in_code_are_no_links() -> None:
    """Neither a fence nor a code span holds a link; the lines of the others are those of the text."""
    code = "```text\n[b](y.md)\n```\n`[c](z.md)` ``[`d](z.md)``\n   ```python\n   [e](z)\n   ```\n"
    text = f"[a](x.md)\n\n{code}![f](f.png)\n"
    assert [(link.target, link.line) for link in docs_pages.links(text)] == [("x.md", 1), ("f.png", 10)]
    assert [text[link.start : link.end] for link in docs_pages.links(text)] == ["x.md", "f.png"]


def test_the_order_is_that_of_the_contents() -> None:
    """Sections and pages come as `docs/README.md` has them, each page once, where it is first named."""
    assert docs_pages.sections(CONTENTS) == [("Begin", ["docs/b.md", "docs/a.md"]), ("More", ["SECURITY.md"])]


def test_a_repository_is_staged(tmp_path: Path) -> None:
    """Pages keep their places, the first is the index; files are copied, pictures shown, folders are their READMEs."""
    folder = project(tmp_path, docs__README=CONTENTS.replace("adr/", "adr/README.md"))
    staged = docs_pages.stage(folder)
    assert staged.findings == []
    assert sorted(staged.pages) == [
        *["SECURITY.md", "docs/README.md", "docs/a.md", "docs/adr/0001-one.md", "docs/adr/0002-two.md"],
        *["docs/adr/README.md", "docs/b.md", "index.md"],
    ]
    assert "[b](b.md#there) [up](repo:../packages/x.py) ![p](images/p.png)" in staged.pages["docs/a.md"]
    assert "[home](index.md)" in staged.pages["SECURITY.md"]
    assert (staged.files, staged.pictures) == ({"docs/data.json", "packages/x.py"}, {"docs/images/p.png"})
    assert staged.pages["docs/adr/README.md"].endswith(
        "```{toctree}\n:hidden:\n\n/docs/adr/0002-two\n/docs/adr/0001-one\n```\n"
    )
    trees = staged.pages["index.md"].split("```{toctree}\n:hidden:\n")[1:]
    assert [tree.split() for tree in trees] == [
        ["/docs/README", "```"],
        [":caption:", "Begin", "/docs/b", "/docs/a", "```"],
        [":caption:", "More", "/docs/adr/README", "/SECURITY", "```"],
    ]


def test_a_link_to_a_folder_is_one_to_its_readme(tmp_path: Path) -> None:
    """As a code host shows it."""
    folder = project(tmp_path, docs__b="[records](adr/)", docs__README=f"{CONTENTS} [r](adr/README.md)")
    assert docs_pages.stage(folder).pages["docs/b.md"] == "[records](adr/README.md)"


@pytest.mark.parametrize(
    ("page", "text", "said"),
    [
        ("docs__b", "# B\n\n[gone](gone.md)\n", "docs/b.md:3: gone.md leads nowhere"),
        ("docs__b", "![gone](images/gone.png)\n", "docs/b.md:1: images/gone.png leads nowhere"),
        ("docs__b", "[folder](../packages)\n", "docs/b.md:1: ../packages leads nowhere"),
        ("docs__b", "[out](../../x.md)\n", "docs/b.md:1: ../../x.md leads out of the repository"),
        ("docs__new", "# New\n", "docs/new.md: nothing leads to this page — name it in docs/README.md"),
        (
            "docs__adr__0003-three",
            "# Three\n",
            "docs/adr/0003-three.md: nothing leads to this page — name it in docs/adr/README.md",
        ),
    ],
)
def test_what_leads_nowhere_is_found(page: str, text: str, said: str, tmp_path: Path) -> None:
    """A broken link with its line; a page that nobody would find with the place where to name it."""
    files = {page: text, "docs__README": f"{CONTENTS} [r](adr/README.md)"}
    assert docs_pages.stage(project(tmp_path, **files)).findings == [said]


def test_no_page_of_ours_leads_nowhere() -> None:
    """Every relative link of every page names a page or a file, and every page is reached."""
    staged = docs_site.prepared(ROOT)
    assert staged.findings == []
    assert {"docs/concepts.md", "docs/cli.md", "docs/errors.md", "docs/contracts/run.md", "CHANGELOG.md"} <= set(
        staged.pages
    )
    assert "contracts/run.v0_2.yaml" in staged.files


def test_every_package_has_its_public_modules() -> None:
    """All six are there, and no module or command that is not promised."""
    names = list(docs_api.modules(ROOT))
    packages = {path.parent.name for path in ROOT.glob("packages/*/src/*/__init__.py")}
    assert {name for name in names if "." not in name} == packages
    assert {"runpact_core.documents", "runpact_core.files", "runpact_writer.errors"} <= set(names)
    assert [name for name in names if "._" in name or name.endswith(".cli")] == []


def test_every_model_leads_to_its_contract() -> None:
    """A row for each class of `runpact_core.models`, with the page that has its fields."""
    from runpact_core import models

    page = docs_api.pages(ROOT)["api/runpact_core.models.md"]
    for name in models.__all__:
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]
        contract = row.rpartition("(../docs/contracts/")[2].removesuffix(".md) |")
        assert (ROOT / "docs" / "contracts" / f"{contract}.md").is_file(), row


@pytest.fixture
def conf(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The names of Sphinx's configuration."""
    monkeypatch.setenv("RUNPACT_SITE_ROOT", str(ROOT))
    monkeypatch.setenv("RUNPACT_SITE_FILES", str(ROOT))
    return runpy.run_path(str(ROOT / "scripts" / "docs_sphinx" / "conf.py"))


def test_examples_in_docstrings_are_code(conf: dict[str, Any]) -> None:
    """A paragraph that is Python is shown as code, indented or not; prose stays prose."""
    given = ["Reads a run.", "", "    run = read(x)", "    print(run)", "", "from a import b", "", "Prose (it is)."]
    assert conf["code_in"](given) == [
        *["Reads a run.", "", ".. code-block:: python", "", "       run = read(x)", "       print(run)", ""],
        *[".. code-block:: python", "", "   from a import b", "", "Prose (it is).", ""],
    ]


def test_the_policy_admits_no_other_site(conf: dict[str, Any]) -> None:
    """What a browser may load is the site's own; no address stands in the policy, and nothing may be fetched."""
    parts = dict(part.strip().split(" ", 1) for part in conf["POLICY"].split(";"))
    assert parts.pop("default-src") == "'none'"
    sources = {source for value in parts.values() for source in value.split()}
    assert sources == {"'self'", "'unsafe-inline'", "'none'", "data:"}
    assert "connect-src" not in parts
