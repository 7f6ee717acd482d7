"""Markdown made shorter: empty sections go, headings get one form, and nothing else changes its meaning."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from runpact_gc import _markdown
from runpact_gc._markdown import Tidied, tidied


def html(text: str, defined: dict[str, Any] | None = None) -> str:
    """How a text is shown, with links that were defined elsewhere; what it defines itself is added to them."""
    return str(MarkdownIt("commonmark").enable("table").render(text, {} if defined is None else defined))


@pytest.mark.parametrize(
    ("text", "shorter"),
    [
        ("Title\n=====\n\n\n\ntext\n", "# Title\n\ntext\n"),
        ("A\n-\n", "## A\n"),
        ("# A\r\n\r\n\r\n##  B  ##\r\nx\r\n", "# A\r\n\r\n## B\r\nx\r\n"),
        ("# A\n\n## B\n\n# C\n\n## D\n\n### E\ntext\n", "# A\n\n# C\n\n## D\n\n### E\ntext\n"),
        ("# A\n\n## B\n\n### C\n", "# A\n\n"),
        ("   ###   A   \n", "### A\n"),
        ("# A", "# A"),
        ("", ""),
        ("#\n\n##\n\n#  \nx\n", "#\n\n#\nx\n"),
    ],
)
def test_sections_and_headings(text: str, shorter: str) -> None:
    """Empty sections go with their subsections, the first heading stays; ATX, one space, one blank line."""
    found = tidied(text)
    assert found is not None
    assert found.text == shorter


@pytest.mark.parametrize(
    "text",
    [
        "# A\n\n```\n## not me ##\n\n\n\n## nor me\n```\n",
        "# A\n\n~~~~ md\n## x ##\n~~~\n\n## y  ##\n~~~~\n",
        "# A\n\n    ##  code  ##\n\n\n    ## code\n",
        "# A\n\n<!--\n##  comment  ##\n\n\n##\n-->\n",
        "---\ntitle:  x\n##  y ##\n---\n# A\n\n<div>\n##  z ##\n</div>\n",
        "# A\n\n- item\n\n  ##  inner  ##\n\n> ##   quoted ##\n",
        "# A\n\n## B\n\n<!-- kept -->\n\n## C\n\n[x]: https://example.org\n\n## D\n\n---\n",
        "# A\n\nTwo lines\nof one heading\n---\ntext\n",
        "# A\n\n| a | b |\n| --- | --- |\n| ## | ## |\n",
        "---\n## Not front matter, without its end\n",
    ],
)
def test_what_is_no_heading_of_the_document_stays(text: str) -> None:
    """K-06: never in code, comments, front matter, lists, quotations, tables; content of any kind keeps a section."""
    found = tidied(text)
    assert found is not None
    assert found.text == text
    assert found.removed == ()


def test_each_part_can_be_off() -> None:
    """Sections stay, or headings keep their form, as the configuration says."""
    text = "# A\n\n\n##  B\n\n##  C\nx\n"
    assert tidied(text, remove_empty_sections=False) == Tidied("# A\n\n## B\n\n## C\nx\n", (), 2)
    assert tidied(text, canonical_headers=False) == Tidied("# A\n\n\n##  C\nx\n", ("B",), 0)
    assert tidied(text, remove_empty_sections=False, canonical_headers=False) == Tidied(text, (), 0)


def test_a_line_end_of_its_own_kind_is_not_judged() -> None:
    """A lone carriage return is a line for a parser and none for us."""
    assert tidied("#  A\r#  B\n") is None


def test_another_meaning_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a rule gets wrong, the comparison of both readings stops it."""
    monkeypatch.setattr(_markdown, "_form", lambda *_: ["# Else\n"])
    assert tidied("# A\n\ntext\n") is None


PARTS = st.sampled_from(
    (
        *(
            "# A\n",
            "## B ##\n",
            "###  C\n",
            "Set\n===\n",
            "Ext\n---\n",
            "\n",
            "\n\n\n",
            "text\n",
            "- item\n",
            "  ## in\n",
        ),
        *("```\n", "~~~\n", "<!--\n", "-->\n", "---\n", "> q\n", "    code\n", "| a |\n| - |\n", "[r]: /x\n", "[r]\n"),
        "\t#  T\n",
    )
)


@given(st.lists(PARTS, max_size=14).map("".join))
@settings(max_examples=200, deadline=None)
@example("# A\n\n## B\n\n- x\n\n# C\n\n\n```\n# D\n")
@example("# A\ntext\n[r]: /x\nSet\n===\n")
@example("# A\n[r]\nSet\n===\n# A\n# A\n[r]: /x\n")
def test_it_is_shown_the_same_but_for_what_went(text: str) -> None:
    """The page is the same without the headings that were removed; a second time changes nothing."""
    found = tidied(text)
    if found is None:
        return
    defined: dict[str, Any] = {}
    shown = html(text, defined)
    for heading in found.removed:
        inner = html(heading, defined)[3:-5] if heading else ""
        shown = re.sub(rf"<h([1-6])>{re.escape(inner)}</h\1>\n", "", shown, count=1)
    if len(set(found.removed)) == len(found.removed) and not any(text.count(each) > 1 for each in found.removed):
        assert html(found.text) == shown
    else:
        assert len(html(found.text)) == len(shown)
    assert tidied(found.text) == (found.text, (), 0)
