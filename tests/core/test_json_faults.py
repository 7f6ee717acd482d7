"""What is said about a broken JSON text: reason, line, column, byte offset (faults C-02, C-03, C-05)."""

from __future__ import annotations

import pytest

from runpact_core import _json
from runpact_core._json import Parsed, parse
from runpact_core.errors import InvalidArtifact


def fault(text: bytes | str) -> InvalidArtifact:
    """The error that a text is refused with."""
    with pytest.raises(InvalidArtifact) as caught:
        parse(text.encode() if isinstance(text, str) else text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "reason", "line", "column"),
    [
        ('{\n  "status": "fail",\n  "status": "pass"\n}', "duplicate key 'status'", 3, 3),
        ('{"a": {"b": 1}, "é": 2, "b": {"b": 3, "b": 4}}', "duplicate key 'b'", 1, 39),
        ('{"é": 1,\n"\\u00e9": 2}', "duplicate key '\\xe9'", 2, 1),
        ('{"a": 1,\n "b": 2, "b": 3, "c": 4}', "duplicate key 'b'", 2, 10),
        ('{"a": NaN}', "NaN is no JSON number", 1, 7),
        ('{"a":\n -Infinity}', "-Infinity is no JSON number", 2, 2),
        ("[1, Infinity]", "Infinity is no JSON number", 1, 5),
        ("[1,\n1e999]", "the number 1e999 is too large for a double", 2, 1),
        ("[" + "1" * 5001 + "]", "a number of 5001 characters, and at most 128 are read", 1, 2),
        ('["é", "x\\ud800y"]', "lone surrogate \\ud800 in a string", 1, 9),
        ('{"\\udc00": 1}', "lone surrogate \\udc00 in a string", 1, 3),
        ("", "the text is empty", 1, 1),
        ("\n \n", "the text is empty", 3, 1),
        ("[1", "the text ends where ',' or the end of the array or object is expected", 1, 3),
        ("[", "the text ends where a value or ']' is expected", 1, 2),
        ('{"a"\n', "the text ends where ':' is expected", 2, 1),
        ("{", "the text ends where a key in double quotes or '}' is expected", 1, 2),
        ("[1,\n]", "expected a value, found ']'", 2, 1),
        ('{"a":1,}', "expected a key in double quotes, found '}'", 1, 8),
        ("{a:1}", "expected a key in double quotes or '}', found 'a'", 1, 2),
        ("{1:1}", "expected a key in double quotes or '}', found '1'", 1, 2),
        ('{"a" "b"}', "expected ':', found a string", 1, 6),
        ('{"a" 1}', "expected ':', found '1'", 1, 6),
        ("[1 2]", "expected ',' or the end of the array or object, found '2'", 1, 4),
        ("[1}", "expected ',' or the end of the array or object, found '}'", 1, 3),
        ("[é]", "expected a value or ']', found '\\xe9'", 1, 2),
        ("[]\n[]", "text after the end of the document", 2, 1),
        ("1 x", "text after the end of the document", 1, 3),
        ('["abc]', "a string without its closing quote", 1, 2),
        ('["a\\q"]', "unknown escape \\\\q in a string", 1, 4),
        ('["a\\u12"]', "unknown escape \\\\u in a string", 1, 4),
        ('["a\tb"]', "control character U+0009 in a string", 1, 4),
        ('["a\n', "control character U+000A in a string", 1, 4),
        ("[" * 101, "more than 100 arrays and objects inside each other", 1, 101),
    ],
)
def test_a_broken_text_is_refused_with_reason_and_place(text: str, reason: str, line: int, column: int) -> None:
    """The first fault is named, at its line and its column in characters."""
    error = fault(text)
    assert (error.reason, error.line_number, error.column) == (reason, line, column)
    assert error.offset is None
    assert str(error) == f"Invalid artifact: {reason} (line {line}, column {column})"


@pytest.mark.parametrize(
    ("data", "offset", "line", "column"),
    [
        (b"\xef\xbb\xbf{}", 0, 1, 1),
        (b"\xff\xfe{\x00}\x00", 0, 1, 1),
        (b"{\x00}\x00", 1, 1, 2),
        ("é\n".encode() + b'"\xe9t\xe9"', 4, 2, 2),
        (b'{"a":\n"\xc0\xaf"}', 7, 2, 2),
        (b'"\xed\xa0\x80"', 1, 1, 2),
    ],
)
def test_bytes_that_are_not_utf8_are_refused_with_their_offset(
    data: bytes, offset: int, line: int, column: int
) -> None:
    """A fault below the level of characters has a byte offset, a place, and says how to save the file."""
    error = fault(data)
    assert (error.offset, error.line_number, error.column) == (offset, line, column)
    assert error.hint == "save it as UTF-8 without a byte order mark"


@pytest.mark.parametrize(
    ("text", "integral"),
    [
        (b'{"a": 1, "b": 1.5, "c": "1.0"}', False),
        (b"[1.0]", True),
        (b"[1.5, 1e2]", True),
        (b"[0.5, [-0.0]]", True),
        (b"[1e-400]", True),
        (b"[1.5e-3]", False),
        (b"[]", False),
    ],
)
def test_integers_in_the_dress_of_a_float_are_told(text: bytes, *, integral: bool) -> None:
    """A number with a fraction or exponent but an integral value raises the flag, and keeps its value."""
    found = parse(text)
    assert found.integral_floats is integral
    assert isinstance(found, Parsed)


def test_a_flagged_text_is_still_judged_to_its_end() -> None:
    """An integral float does not end the search for faults."""
    assert fault('{"a": 1.0, "a": 2}').reason == "duplicate key 'a'"
    assert fault("[1.0, 1e999]").reason.startswith("the number 1e999")


def test_numbers_keep_every_digit_or_are_refused() -> None:
    """Integers below the limit come back exactly; minus zero is plain zero, unless written as a float."""
    digits = "-" + "7" * 127
    assert parse(digits.encode()).value == int(digits)
    assert repr(parse(b"[-0, -0.0]").value) == "[0, -0.0]"


def test_a_full_stack_is_no_recursion_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the stack of the caller has no room left, a sound text is refused by the one error."""

    def overflow(text: str) -> tuple[object, int]:
        raise RecursionError

    monkeypatch.setattr(_json, "_scan_plain", overflow)
    assert fault("[]").reason == "nesting is too deep for what is left of the call stack"
