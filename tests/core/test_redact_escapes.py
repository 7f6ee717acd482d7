"""Text of others in Markdown and in the log of a CI job: it shows as it is, and nothing of it acts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runpact_core import documents
from runpact_core.redact import for_ci, for_ci_json, for_ci_message, for_ci_value, for_markdown, for_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

markdown_it = pytest.importorskip("markdown_it", reason="comes with typer's rich")
MARKDOWN = markdown_it.MarkdownIt("commonmark").enable(["table", "strikethrough"])
NASTY = [
    "a|b||c",
    "\\|",
    "``` `` `",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "![x](//evil)",
    "<!-- ",
    "&lt;b&gt; &#65; &copy;",
    "*a* **b** _c_ __d__ ~~e~~",
    "# heading",
    "1. item",
    "12) item",
    "- item",
    "+ item",
    "=====",
    "---",
    "> quote",
    "    code",
    " edges ",
    "\u00a0edges\u3000",
    "$x^2$",
    "\\",
    "ends with \\",
    "line\nbreak\r\x1b[31m",
    "\u202eevil",
    "[ref]: http://x",
    "www.x.org",
    "https://x.org/a_b_c",
]


def shown(tokens: list[object]) -> Iterator[str]:
    """The text that a reader sees of rendered tokens; it fails for what is more than text."""
    for token in tokens:
        kind = token.type  # type: ignore[attr-defined]  # the library is found at run time
        if kind == "html_inline":
            assert token.content == "<!-- -->"  # type: ignore[attr-defined]  # as above
        elif kind == "text":
            yield token.content  # type: ignore[attr-defined]  # as above
        else:
            raise AssertionError(kind)


def cells(markdown: str) -> list[str]:
    """The cells of a table, as text."""
    tokens = MARKDOWN.parse(markdown)
    return ["".join(shown(token.children)) for token in tokens if token.type == "inline"]


TEXTS = st.lists(st.sampled_from(NASTY) | st.text(max_size=8), max_size=4).map("".join)


@pytest.mark.parametrize("text", NASTY)
def test_each_nasty_text_stays_in_its_cell(text: str) -> None:
    """R-15: pipes, ticks, HTML, links, line breaks: the table keeps its columns, the reader sees the text."""
    assert cells(f"| a | b |\n|---|---|\n| {for_markdown(text)} | end |\n") == ["a", "b", for_terminal(text), "end"]


@given(TEXTS)
def test_any_text_shows_as_it_is(text: str) -> None:
    """R-15: in a cell, a paragraph and an item of a list the rendered text is the given one."""
    safe, plain = for_markdown(text), for_terminal(text)
    assert cells(f"| a | b |\n|---|---|\n| {safe} | end |\n") == ["a", "b", plain, "end"]
    if plain:
        assert cells(f"{safe}\n") == [plain]
        assert cells(f"- {safe}\n") == [plain]


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("plain words, 10:20:30 (ok) - 60 rows.", "plain words, 10:20:30 (ok) - 60 rows."),
        ("rows_inserted", r"rows\_inserted"),
        ("@here", "@<!-- -->here"),
        ("fixes #1", "fixes #<!-- -->1"),
        (":smile: :+1:", ":<!-- -->smile: :<!-- -->+1:"),
        ("https://x.org WWW.x.org a@b.org", r"https\://x.org WWW\.x.org a@<!-- -->b.org"),
        ("2. a 3.5", r"2\. a 3.5"),
        ("2026. a", r"2026\. a"),
        ("  a  b ", "&#32;&#32;a  b&#32;"),
        ("", ""),
    ],
)
def test_what_sites_add_to_markdown(text: str, safe: str) -> None:
    """Mentions, references, emoji codes and bare links do not act either; ordinary text stays readable."""
    assert for_markdown(text) == safe


def github_command(line: str) -> str | None:
    """The command that a GitHub runner reads in a line of a log, in either of its grammars."""
    start = line.lstrip()
    if start.startswith("::") and "::" in start[2:]:
        return start[2:].partition("::")[0]
    _, sign, rest = line.partition("##[")
    return rest.partition("]")[0] if sign and "]" in rest else None


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("::set-output name=x::y", r"\x3a:set-output name=x::y"),
        ("  ::add-mask::x", r"  \x3a:add-mask::x"),
        ("##[error]x", r"\x23#[error]x"),
        ("x ##[group]y", r"x \x23#[group]y"),
        ("###[group]y", r"\x23\x23#[group]y"),
        ("##vso[task.setvariable variable=x]y", r"\x23#vso[task.setvariable variable=x]y"),
        ("##teamcity[buildStop]", r"\x23#teamcity[buildStop]"),
        ("--- heading", r"\x2d-- heading"),
        ("+++ a", r"\x2b++ a"),
        ("~~~ a", r"\x7e~~ a"),
        ("^^^ +++", r"\x5e^^ +++"),
        ("\x1b[0Ksection_start:1:x\r\x1b[0K", r"\x1b[0Ksection_start:1:x\x0d\x1b[0K"),
        ("ok\n::error::x", r"ok\x0a::error::x"),
        ("## heading: a::b - c", "## heading: a::b - c"),
        ("", ""),
    ],
)
def test_commands_of_ci_systems(text: str, safe: str) -> None:
    """R-18: a line of others is no command of any known system; other text stays as it is."""
    assert for_ci(text) == safe
    assert github_command(for_ci(text)) is None


@given(st.recursive(st.text('#[]eg\\\\"\n:'), lambda below: st.dictionaries(st.text("#[x\\\\"), below)))
def test_json_for_a_log_says_the_same(value: object) -> None:
    """R-18: no line of it is a command, and it is the same document."""
    text = documents.dumps({"value": value}).decode()
    safe = for_ci_json(text)
    assert json.loads(safe) == {"value": value}
    assert [line for line in safe.splitlines() if github_command(line) is not None] == []
    assert safe == text or "##" in text


@given(st.text("\t :#[]aerovs\n\u00a0\u2028\\%-+~", max_size=20))
def test_no_line_is_a_command(text: str) -> None:
    """R-18: whatever is written, a runner finds no command in the one line that is printed."""
    safe = for_ci(text)
    assert github_command(safe) is None
    assert len(safe.splitlines()) <= 1


@given(st.text(max_size=20) | st.text(":,%\r\nAD0253", max_size=20))
def test_values_in_our_own_commands(text: str) -> None:
    """R-18: in a command of ours a value ends nothing, and what the runner shows is the text."""
    value = for_ci_value(text)
    assert not set(value) & set(":,\r\n")
    back = value
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        back = back.replace(code, character)
    assert back == for_terminal(text)


@given(st.text(max_size=20) | st.text(":,%\r\nAD0253", max_size=20))
def test_messages_of_our_own_commands(text: str) -> None:
    """R-18: the runner turns three escapes back in a message, and shows the text; colons and commas stay."""
    message = for_ci_message(text)
    assert len(message.splitlines()) <= 1
    back = message
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        back = back.replace(code, character)
    assert back == for_terminal(text)
