"""The reader of made pages finds what is broken, and lets pass what is not."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING

import docs_check
import docs_pages
import docs_site
import pytest

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """<!doctype html><html><head>
<link rel="stylesheet" href="_static/a.css"><script src="_static/a.js?v=1"></script>
<script>var place = "./"</script></head><body><h1 id="top">x</h1><a href="#top">t</a> <a href="sub/b.html#a%20b">b</a>
<a href="https://example.org/">w</a> <a href="mailto:a@example.org">m</a> <a href="sub/data.yaml#L1">d</a>
{}</body></html>
"""


def site(folder: Path, more: str = "", style: str = "", script: str = "") -> Path:
    """A small site without a fault, plus what a test adds to its page, style or script."""
    files = {
        "index.html": PAGE.replace("{}", more),
        "sub/b.html": '<p id="a b"><img src="../p.png" alt=""></p>',
        "sub/data.yaml": "x: 1\n",
        "p.png": "p",
        "_static/a.css": "b { background: url(data:image/png;base64,AA) } i { background: url('../p.png') }" + style,
        "_static/a.js": 'var svg = "http://www.w3.org/2000/svg" // see https://example.org/licence\n' + script,
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_a_site_without_fault(tmp_path: Path) -> None:
    """Links to the site, to other sites and to files, data in styles, names of markup: none is a finding."""
    assert docs_check.findings(site(tmp_path), ["/no/such/folder"]) == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('<a href="c.html">c</a>', "index.html: the link c.html leads nowhere"),
        ('<a href="#no">c</a>', "index.html: the link #no names an anchor that index.html does not have"),
        (
            '<a href="sub/b.html#no">c</a>',
            "index.html: the link sub/b.html#no names an anchor that sub/b.html does not have",
        ),
        ('<img src="q.png">', "index.html: loads q.png, which is not there"),
        ('<img src="https://a.example/q.png">', "index.html: loads https://a.example/q.png, which is not of the site"),
        ('<script src="//a.example/q.js"></script>', "index.html: loads //a.example/q.js, which is not of the site"),
        (
            '<link rel="preconnect" href="https://a.example">',
            "index.html: loads https://a.example, which is not of the site",
        ),
        (
            '<img srcset="p.png 1x, http://a.example/p 2x">',
            "index.html: loads http://a.example/p, which is not of the site",
        ),
        ("<iframe src='http://a.example/'></iframe>", "index.html: loads http://a.example/, which is not of the site"),
        (
            "<p style='background: url(http://a.example/p)'>",
            "index.html: loads http://a.example/p, which is not of the site",
        ),
        (
            "<style>@import 'http://a.example/s';</style>",
            "index.html: loads http://a.example/s, which is not of the site",
        ),
        (
            "<script>fetch('http://a.example/j')</script>",
            "index.html: loads http://a.example/j, which is not of the site",
        ),
    ],
)
def test_a_fault_in_a_page(more: str, said: str, tmp_path: Path) -> None:
    """A link that leads nowhere, an anchor that is not there, anything loaded from elsewhere."""
    assert docs_check.findings(site(tmp_path, more), []) == [said]


def test_a_fault_in_a_style_or_script(tmp_path: Path) -> None:
    """A font that a style fetches and an address that a script names are findings."""
    folder = site(
        tmp_path, style="@font-face { src: url(https://a.example/f) }", script='import("https://a.example/m")'
    )
    assert docs_check.findings(folder, []) == [
        "_static/a.css: loads https://a.example/f, which is not of the site",
        "_static/a.js: loads https://a.example/m, which is not of the site",
    ]


def test_the_folder_of_a_machine(tmp_path: Path) -> None:
    """A file that holds the path that it was made at would not be the same elsewhere."""
    folder = site(tmp_path, f"<!-- {tmp_path} -->")
    assert docs_check.findings(folder, [str(tmp_path)]) == [
        f"index.html: holds {str(tmp_path)!r}, which is of this machine"
    ]


def test_two_sites_are_compared_by_bytes(tmp_path: Path) -> None:
    """A file that is missing on one side, or differs, is named; equal ones are not."""
    one, other = site(tmp_path / "one"), site(tmp_path / "other")
    assert docs_site.different(one, other) == []
    (other / "p.png").write_text("q")
    (one / "sub" / "data.yaml").unlink()
    assert docs_site.different(one, other) == [
        "p.png: not the same bytes when made again",
        "sub/data.yaml: not the same bytes when made again",
    ]


@pytest.mark.parametrize(
    ("staged", "made", "said"),
    [
        ([], [], "html/index.html: 2 pages, every link holds"),
        (["docs/b.md:3: gone.md leads nowhere"], [], "docs/b.md:3: gone.md leads nowhere"),
        ([], ["index.html: loads q.png, which is not there"], "index.html: loads q.png, which is not there"),
    ],
)
def test_a_site_counts_as_made_when_nothing_is_wrong(
    staged: list[str], made: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A finding in the sources or in the pages ends the build with 1, and takes the mark of an earlier one away."""
    sources = docs_pages.Staged(pages={"index.md": "x"}, findings=staged)
    stamp = tmp_path / "built"
    stamp.write_text("of an earlier build")
    monkeypatch.setattr(docs_site, "prepared", lambda _: sources)
    monkeypatch.setattr(docs_site, "built", lambda *_, **__: made)
    for name, value in {"ROOT": tmp_path, "HTML": site(tmp_path / "html"), "STAMP": stamp}.items():
        monkeypatch.setattr(docs_site, name, value)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        code = docs_site.main([])
    assert printed.getvalue().startswith(said)
    assert code == (1 if staged or made else 0)
    assert (stamp.read_text() if stamp.is_file() else "") == ("" if code else docs_site.digest(sources))
