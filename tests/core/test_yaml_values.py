"""What a scalar of YAML is: few plain forms have a value, the surprises are refused (faults C-15, C-16)."""

from __future__ import annotations

import pytest
import yaml

from runpact_core import _yaml
from runpact_core._yaml import parse_yaml
from runpact_core.errors import InvalidArtifact

LOADERS = [
    pytest.param(getattr(yaml, "CSafeLoader", yaml.SafeLoader), id="libyaml"),
    pytest.param(yaml.SafeLoader, id="python"),
]

SURPRISES = [
    *("yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF", "y", "Y", "n", "N"),
    *("True", "TRUE", "tRUE", "False", "FALSE", "Null", "NULL", "~", "=", "<<"),
    *("012", "0o14", "0O14", "0x1F", "0X1f", "0b101", "089", "00", "-012", "+012", "0_1", "1_000", "-1_0", "1_000.5"),
    *("+1", "+1.5", ".5", "-.5", "+.5", "5.", "-5.", "1e3", "1E3", "1e+3", "1.5e-3", ".5e1", "5.e1", "12e4567"),
    *("1:30", "1:30:00", "-1:30", "190:20:30.15", "8080:80", "12:00", "1:99"),
    *(".inf", ".Inf", "-.INF", "+.inf", ".nan", ".NaN", ".NAN"),
    *("2026-01-01", "2026-1-1", "2026-01-01T12:00:00Z", "2026-01-01t12:00:00.5+01:00", "2026-01-01 12:00:00 +1"),
]

STRINGS = [
    *(
        "abc",
        "a b",
        "é",
        "yes please",
        "nope",
        "none",
        "None",
        "nil",
        "undefined",
        "inf",
        "nan",
        "NaN",
        "-",
        "--",
        "..",
        "...",
    ),
    *(
        "1.2.3",
        "v1.0",
        "1.0.0-rc1",
        "0x",
        "0xG",
        "1a",
        "12h",
        "1e",
        "e3",
        "1/2",
        "10%",
        "1,000",
        "-a",
        "+",
        ".",
        "_1",
        "1-2",
    ),
    *("2026-01", "2026-01-13 to 2026-01-17", "20260117T120000Z__P2-Backfill__abcdef0", "abcdef0", "a:b", "http://x/y"),
    *("/.artifacts/a", "**/*.jsonl"[2:] + "x", "a#b", "a,b", "true-ish", "nullable", "x=1", "<", "on: off"[:2] + "e"),
]


def fault(text: str) -> InvalidArtifact:
    """The error that a text is refused with."""
    with pytest.raises(InvalidArtifact) as caught:
        parse_yaml(text.encode())
    return caught.value


@pytest.fixture(params=LOADERS, autouse=True)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test here runs with both parsers."""
    monkeypatch.setattr(_yaml, "_LOADER", request.param)


@pytest.mark.parametrize("text", SURPRISES)
def test_a_surprise_is_refused_as_value_item_and_key(text: str) -> None:
    """What one reader takes for a boolean, number, time or nothing and another for a string must be quoted."""
    error = fault(f"a:\n  b: {text}\n")
    assert error.reason == f"readers of YAML differ on what {text!r} is"
    assert (error.line_number, error.column) == (2, 6)
    assert error.hint == "quote it; only null, true, false and plain decimal numbers need no quotes"
    assert fault(f"- {text}").reason == error.reason
    assert fault(f"[{text}]").reason == error.reason
    assert fault(f"{text}: 1").code == "invalid-artifact"


@pytest.mark.parametrize("text", [*SURPRISES, "null", "true", "1", "1.5", ""])
def test_in_quotes_everything_is_a_string(text: str) -> None:
    """Quotes of either kind end every doubt, for keys as for values."""
    document = parse_yaml(f"'{text}': \"{text}\"\n".encode())
    assert document.value == {text: text}


@pytest.mark.parametrize("text", STRINGS)
def test_other_plain_scalars_are_strings(text: str) -> None:
    """Words that no reader takes for something else are strings without quotes."""
    if text in {"-", "..."}:
        text += "x"
    assert parse_yaml(f"a: {text}\n".encode()).value == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("null", None), ("true", True), ("false", False)),
        *(
            ("0", 0),
            ("-0", 0),
            ("10", 10),
            ("-1", -1),
            ("9007199254740993", 9007199254740993),
            ("9" * 128, 10**128 - 1),
        ),
        *(("0.5", 0.5), ("-1.25", -1.25), ("10.0", 10.0), ("-0.0", -0.0), ("0.1", 0.1)),
        *(("[]", []), ("{}", {}), ("''", ""), ('"\\u00e9\\x41\\t"', "éA\t"), ("'it''s'", "it's")),
        *(("|\n  a\n  b\n", "a\nb\n"), (">-\n  a\n  b\n", "a b"), ("|+\n  a\n", "a\n\n"), ("a\n  b", "a b")),
        *(("[1, 'x', {b: c}]", [1, "x", {"b": "c"}]), ("'\U0001f600'", "\U0001f600")),
    ],
)
def test_the_few_plain_forms_have_their_value(text: str, value: object) -> None:
    """Null, true, false, decimal integers and decimal fractions are values; types are exact."""
    assert repr(parse_yaml(f"a: {text}\n".encode()).value) == repr({"a": value})


@pytest.mark.parametrize(
    ("text", "integral"),
    [("a: 1", False), ("a: 1.5", False), ("a: 10.0", True), ("[0.5, -0.0]", True), ("'1.0'", False)],
)
def test_integers_in_the_dress_of_a_float_are_told(text: str, *, integral: bool) -> None:
    """A fraction with an integral value raises the flag: a contract that says integer refuses it."""
    assert parse_yaml(text.encode()).integral_floats is integral


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("-1", -1), ("1.5", 1.5), ('"10"', "10"), ("true", True), ("1" + "0" * 30, 10**30), ("null", None)],
)
def test_a_retention_count_is_never_bent_into_an_integer(text: str, value: object) -> None:
    """What is written after "keep" keeps its type, so the contract can refuse it."""
    found = parse_yaml(f"keep: {text}\n".encode()).value
    assert isinstance(found, dict)
    assert (type(found["keep"]), found["keep"]) == (type(value), value)


@pytest.mark.parametrize("text", ["9" * 129, "0." + "9" * 127, "-" + "9" * 128])
def test_a_number_that_is_too_long_is_refused(text: str) -> None:
    """A number has at most as many characters as in JSON."""
    assert fault(f"a: {text}").reason == "a number of 129 characters, and at most 128 are read"


@pytest.mark.parametrize("text", ["a:", "a:\nb: 1", "- ", "- \n- 1", "---", "a: # nothing", "{a: }", "? a"])
def test_an_absent_value_is_refused(text: str) -> None:
    """Nothing is not null: it has to be written."""
    error = fault(text)
    assert error.reason == "no value"
    assert error.hint == 'write null, "", [] or {}'


@pytest.mark.parametrize("key", ["1", "1.5", "true", "null"])
def test_a_key_is_a_string(key: str) -> None:
    """A key that is a number, a boolean or null has to be quoted."""
    error = fault(f"a: 1\n{key}: 2")
    assert error.reason == f"key {key} is no string"
    assert (error.line_number, error.column, error.hint) == (2, 1, "quote it")


@pytest.mark.parametrize("text", ['"\\ud800"', '"\\udc00x"', '"\\ud83d\\ude00"', '"\\UFFFFFFFF"', '"\\U00110000"'])
def test_an_escape_that_is_no_character_is_refused(text: str) -> None:
    """Halves of characters and numbers beyond Unicode never become a string, whichever parser reads them."""
    assert fault(f"a: {text}").code == "invalid-artifact"
    assert fault(f"{text}: a").code == "invalid-artifact"
