"""The structure of YAML that is read, the line of each node, and what is refused (faults C-14, C-15)."""

from __future__ import annotations

import time
import tracemalloc

import pytest
import yaml

from runpact_core import _yaml
from runpact_core._yaml import MAX_YAML_BYTES, parse_yaml
from runpact_core.errors import InvalidArtifact

LOADERS = [
    pytest.param(getattr(yaml, "CSafeLoader", yaml.SafeLoader), id="libyaml"),
    pytest.param(yaml.SafeLoader, id="python"),
]
BILLION = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}' if n else 'lol'] * 9)}]\n" for n in range(9))


def fault(text: str | bytes) -> InvalidArtifact:
    """The error that a text is refused with."""
    with pytest.raises(InvalidArtifact) as caught:
        parse_yaml(text.encode() if isinstance(text, str) else text)
    return caught.value


@pytest.fixture(params=LOADERS, autouse=True)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test here runs with both parsers."""
    monkeypatch.setattr(_yaml, "_LOADER", request.param)


def test_every_node_has_its_line() -> None:
    """Members stand at the line of their key, items and the root at the line where they start."""
    text = (
        "# about\nretention:\n  'a/b':\n    keep: 10\n    pin:\n    - x\n    -\n      - v\n"
        "      - {z~: 1,\n         w: 'long\n           er'\n        }\n"
    )
    document = parse_yaml(text.encode())
    assert document.value == {"retention": {"a/b": {"keep": 10, "pin": ["x", ["v", {"z~": 1, "w": "long er"}]]}}}
    assert document.lines == {
        "": 2,
        "/retention": 2,
        "/retention/a~1b": 3,
        "/retention/a~1b/keep": 4,
        "/retention/a~1b/pin": 5,
        "/retention/a~1b/pin/0": 6,
        "/retention/a~1b/pin/1": 8,
        "/retention/a~1b/pin/1/0": 8,
        "/retention/a~1b/pin/1/1": 9,
        "/retention/a~1b/pin/1/1/z~0": 9,
        "/retention/a~1b/pin/1/1/w": 10,
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("---\na: 1\n...\n", {"a": 1}),
        ("a: 1\r\nb:\r\n- x\r\n", {"a": 1, "b": ["x"]}),
        ("word", "word"),
        ("- 1\n- 2", [1, 2]),
        ("[]", []),
        ("{a: 1, b: [2]}", {"a": 1, "b": [2]}),
        ("? a\n: b\n", {"a": "b"}),
        ("a: 'x?'\nb: [c, 'd?']\ne: f?", {"a": "x?", "b": ["c", "d?"], "e": "f?"}),
        ("a: | # about\n  x\n", {"a": "x\n"}),
        ("a: 100%\nb: '%'\n", {"a": "100%", "b": "%"}),
    ],
)
def test_one_document_of_mappings_sequences_and_scalars_is_read(text: str, value: object) -> None:
    """Block and flow style, CRLF, comments and one pair of document markers are all plain YAML."""
    assert parse_yaml(text.encode()).value == value


@pytest.mark.parametrize(
    ("text", "reason", "line", "column"),
    [
        ("keep: 1\nother: 2\nkeep: 3\n", "duplicate key 'keep'", 3, 1),
        ("a:\n  b: 1\n  'b': 2\n", "duplicate key 'b'", 3, 3),
        ('{a: 1, "a": {}}', "duplicate key 'a'", 1, 8),
        ("a: {}\na:\n- 1", "duplicate key 'a'", 2, 1),
        ("a: &x 1", "an anchor", 1, 4),
        ("&x\na: 1", "an anchor", 1, 1),
        ("a: 1\nb: *a", "an alias", 2, 4),
        ("*a : 1", "an alias", 1, 1),
        ("a: &a [*a]", "an anchor", 1, 4),
        ("a: {b: 1}\nc:\n  <<: {d: 2}", "a merge key", 3, 3),
        ("a: !!int '1'", "the tag 'tag:yaml.org,2002:int'", 1, 4),
        ("a: !x y", "the tag '!x'", 1, 4),
        ("a: ! y", "the tag '!'", 1, 4),
        ("!!map {a: 1}", "the tag 'tag:yaml.org,2002:map'", 1, 1),
        ("!!python/object/apply:os.getcwd []", "the tag 'tag:yaml.org,2002:python/object/apply:os.getcwd'", 1, 1),
        ("a: 1\n---\nb: 2", "a second document", 2, 1),
        ("%YAML 1.2\n---\na: 1", "a line that begins with '%' is a directive, which is refused", 1, 1),
        ("%TAG ! x\n---\na: 1", "a line that begins with '%' is a directive, which is refused", 1, 1),
        ("a:\n\t- 1", "a tab", 2, 1),
        ("a: 1\t# about", "a tab", 1, 5),
        ("a: 1\rb: 2", "a carriage return that ends no line", 1, 5),
        ("a: \x00x", "NUL at byte 3: the text is binary, UTF-16 or UTF-32, not UTF-8", 1, 4),
        ("abcde: '\x00'", "character U+0000", 1, 9),
        ("a: '\x1b[31m'", "character U+001B", 1, 5),
        ("a: '\x7f'", "character U+007F", 1, 5),
        ("a: '\x85'", "character U+0085", 1, 5),
        ("a: '\u2028'", "character U+2028", 1, 5),
        ("a: '\ufeff'", "character U+FEFF", 1, 5),
        ("a: '\uffff'", "character U+FFFF", 1, 5),
        ("[a]: 1", "a mapping or sequence as key", 1, 1),
        ("? {a: 1}\n: 1", "a mapping or sequence as key", 1, 3),
        ("", "the document is empty", 1, 1),
        ("# only a comment\n", "the document is empty", 1, 1),
        ("\ufeffa: 1", "the text starts with a byte order mark", 1, 1),
    ],
)
def test_what_is_refused_is_named_with_its_place(text: str, reason: str, line: int, column: int) -> None:
    """Everything beyond plain values is refused where it stands."""
    error = fault(text)
    assert (error.reason, error.line_number, error.column) == (reason, line, column)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("b: [a?]", "'?' in a plain scalar inside brackets"),
        ("a: |# about\n  x\n", "'#' directly after '|'"),
        ("a: >2-# about\n   x\n", "'#' directly after '>'"),
    ],
)
def test_what_only_one_parser_reads_is_refused(text: str, reason: str) -> None:
    """Two forms that libyaml alone takes are refused by us there, and by the parser itself elsewhere."""
    error = fault(text)
    assert error.reason == reason or error.reason.startswith("not YAML: ")
    assert error.line_number == 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: [1, 2\n", 3),
        ("a: 1\n b: 2", 2),
        ("a: 'x", 1),
        ("a: b: c", 1),
        ("a: @x", 1),
        ("a: `x`", 1),
        ("patterns:\n  greenwall:['x']\n  b: 1", 3),
        ("a: 1\n- b", 2),
        ("}", 1),
        ('a: "\\q"', 1),
    ],
)
def test_an_error_of_syntax_is_named_with_its_line(text: str, line: int) -> None:
    """What no parser reads is refused with the parser's words and a line."""
    error = fault(text)
    assert error.reason.startswith("not YAML: ")
    assert error.line_number == line


def test_bytes_that_are_not_utf8_are_refused_with_their_offset() -> None:
    """YAML is UTF-8 too."""
    assert fault(b"a: caf\xe9").offset == 6
    assert fault("a: 1".encode("utf-16")).reason == "the text is UTF-16, not UTF-8"


def test_an_error_without_a_place_is_still_the_one_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A parser that fails without saying where is refused in its words."""

    def fail(*_: object, **__: object) -> list[object]:
        raise yaml.YAMLError("no place")

    monkeypatch.setattr(yaml, "parse", fail)
    error = fault("a: 1")
    assert (error.reason, error.line_number) == ("not YAML: no place", None)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("alias bomb", BILLION),
        ("self alias", "&a [*a]"),
        ("flow nesting", "[" * 2000 + "]" * 2000),
        ("mapping nesting", "{a: " * 2000 + "}" * 2000),
        ("block nesting", "\n".join("  " * n + "a:" for n in range(1000))),
        ("sequence nesting", "- " * 2000 + "x"),
        ("merge keys", "a: &a {" + ", ".join(f"k{n}: {n}" for n in range(200)) + "}\n" + "b: {<<: *a}\n" * 2000),
        ("merge list", "b:\n  <<: [" + ", ".join(["{k: 1}"] * 2000) + "]\n"),
        ("long word", "a: " + "1_" * 100_000 + "x"),
        ("long digits", "a: " + "1" * 200_000 + ":"),
        ("brackets", "[" * 500_000),
        ("unclosed quote", "'" + "x\n" * 50_000),
    ],
)
def test_a_hostile_text_is_refused_before_it_costs(name: str, text: str) -> None:
    """No bomb is expanded and no depth reaches the stack: refused within 1 s and 100 MB (traced memory)."""
    begin = time.process_time()
    if name not in {"long word", "unclosed quote"}:
        assert fault(text).reason != ""
    else:
        answer(text)
    assert time.process_time() - begin < 1.0
    tracemalloc.start()
    answer(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000_000


def answer(text: str) -> str:
    """Whether a text is read, or why not."""
    try:
        parse_yaml(text.encode())
    except InvalidArtifact as error:
        return error.reason
    return "read"


def test_depth_is_counted_exactly() -> None:
    """A hundred mappings and sequences inside each other are read, one more is refused."""
    assert parse_yaml(b"[" * 100 + b"]" * 100).value is not None
    assert fault(b"[" * 101 + b"]" * 101).reason == "more than 100 mappings and sequences inside each other"
    assert fault(b"[" * 99 + b"{a: {}}" + b"]" * 99).column == 104


def test_size_and_number_of_values_are_bounded() -> None:
    """A text beyond the limit is refused unread; so is one with more values than the limit gives room for."""
    assert parse_yaml(b"a: 1", limit=4).value == {"a": 1}
    assert fault(b"#" * (MAX_YAML_BYTES + 1)).reason == "the text has 1048577 bytes, and at most 1048576 are read"
    with pytest.raises(InvalidArtifact, match="the text has 4 bytes, and at most 3 are read"):
        parse_yaml(b"a: 1", limit=3)
    most = MAX_YAML_BYTES // 32
    assert fault("[" + "a," * most + "]").reason == "too many values: more than are read from a text of this size"
