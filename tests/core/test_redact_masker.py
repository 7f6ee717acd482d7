"""Registered secrets are taken out of streams and texts, however they are cut and spelled."""

from __future__ import annotations

import base64
import html
import json
import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runpact_core import redact
from runpact_core._escapes import STYLES
from runpact_core.redact import Masker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TOKEN = b"tok_Xy12/ab+CD"
NASTY = b"p@ss 'w\"rd/&<\\>+%$#\t\xc3\xa9\xf0\x9f\xa7\xad!"
PEM = b"-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nAQEFAASCBKcwggSjAgEAAoIB\nAQ==\n-----END KEY-----\n"


def spread(masker: Masker, chunks: Sequence[bytes]) -> bytes:
    """What a stream of these chunks becomes."""
    return b"".join([*map(masker.feed, chunks), masker.flush()])


def text(value: bytes) -> str:
    """A value as the text that encoders take."""
    return value.decode()


SPELLINGS: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda value: value,
    "base64": base64.b64encode,
    "base64 after 1": lambda value: base64.b64encode(b"\xff" + value + b"\xff"),
    "base64 after 2": lambda value: base64.b64encode(b"\xff\xff" + value + b"\xff"),
    "base64 url": base64.urlsafe_b64encode,
    "base64 in url": lambda value: quote(base64.b64encode(value), safe="").encode(),
    "hex": lambda value: value.hex().encode(),
    "HEX": lambda value: value.hex().upper().encode(),
    "url": lambda value: quote(value).encode(),
    "url, all but letters": lambda value: quote(value, safe="").encode(),
    "url, lower case": lambda value: b"".join(b"%%%02x" % byte for byte in value),
    "form": lambda value: quote_plus(value).encode(),
    "json": lambda value: json.dumps(text(value)).encode(),
    "json, not ascii": lambda value: json.dumps(text(value), ensure_ascii=False).encode(),
    "json, slashes": lambda value: json.dumps(text(value)).replace("/", r"\/").encode(),
    "json, html safe": lambda value: json.dumps(text(value)).replace("<", r"\u003c").replace("&", r"\u0026").encode(),
    "json, all": lambda value: "".join(f"\\u{unit:04X}" for unit in units(value)).encode(),
    "rust": lambda value: "".join(f"\\u{{{ord(c):x}}}" for c in text(value)).encode(),
    "python": lambda value: "".join(f"\\U{ord(c):08x}" for c in text(value)).encode(),
    "bytes": lambda value: "".join(f"\\x{byte:02x}" for byte in value).encode(),
    "octal": lambda value: "".join(f"\\{byte:03o}" for byte in value).encode(),
    "repr": lambda value: repr(value).encode(),
    "xml": lambda value: html.escape(text(value)).encode(),
    "colours": lambda value: b"\x1b[m\x1b[1;31m".join(value[i : i + 1] for i in range(len(value))),
    "xml, apos": lambda value: html.escape(text(value), quote=False).replace("'", "&apos;").encode(),
    "xml, decimal": lambda value: "".join(f"&#{ord(c)};" for c in text(value)).encode(),
    "xml, hex": lambda value: "".join(f"&#x{ord(c):X};" for c in text(value)).encode(),
    "shell": lambda value: shlex.quote(text(value)).encode(),
    "shell, backslash": lambda value: value.replace(b"'", b"'\\''"),
    "shell, double": lambda value: "".join(f"\\{c}" if c in '"$`\\' else c for c in text(value)).encode(),
    "shell, bare": lambda value: "".join(c if c.isalnum() else f"\\{c}" for c in text(value)).encode(),
}


def units(value: bytes) -> list[int]:
    """The UTF-16 code units of a value."""
    wide = text(value).encode("utf-16-be")
    return [int.from_bytes(wide[i : i + 2], "big") for i in range(0, len(wide), 2)]


@pytest.mark.parametrize("value", [TOKEN, NASTY], ids=["token", "nasty"])
@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_every_spelling_at_every_cut(spelling: Callable[[bytes], bytes], value: bytes) -> None:
    """R-02, R-03: each listed encoding is masked whole, wherever the stream is cut in two."""
    spelled = spelling(value)
    data = b"a=1 " + spelled + b" z\n"
    masker = Masker([value])
    whole = masker.mask(data)
    assert masker.count == 1
    left = whole.removeprefix(b"a=1 ").removesuffix(b" z\n")
    assert b"***" in left
    assert len(left) <= len(b"***") + 8  # quotes, and characters of base64 that belong to neighbours too
    assert {spread(Masker([value]), [data[:cut], data[cut:]]) for cut in range(len(data))} == {whole}
    assert spread(Masker([value]), [data[i : i + 1] for i in range(len(data))]) == whole


VALUES = [b"secret'1", b"aaaaaa", b"\\\\x\\\\y", b"x y+z%41"]
PIECES = [
    *(spelling(value) for value in VALUES for spelling in SPELLINGS.values()),
    *(b"\x1b[", b"\x1b[38;2;255;100;7m", b"\x1b[Kse\x1b[0mcret'1"),
    *(b"\\", b"\\\\", b"%", b"%%4", b"&#", b"&amp", b"\n", b"\r\n", b"a", b"aaa", b"secret", b"'1", b" ", b"\xff"),
    *(b"\\ud83d", b"\\ude00", b"\\ud800", b"&#x110000;", b"&#9999999;", b"\\u{110000}", b"\\Uffffffff", b"x41"),
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12), st.data())
def test_any_split_gives_what_the_whole_gives(pieces: list[bytes], data: st.DataObject) -> None:
    """R-03: for hostile mixtures and any cuts the output and the count are those of one piece; no value is left."""
    stream = b"".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    whole, parts = Masker(VALUES), Masker(VALUES)
    chunks = [stream[i:j] for i, j in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    expected = whole.mask(stream)
    assert spread(parts, chunks) == expected
    assert parts.count == whole.count == expected.count(b"***")
    assert [value for value in VALUES if value in expected] == []


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*PIECES, b"\nz\n", b"\n\n"]), max_size=12))
def test_the_quick_look_misses_nothing(pieces: list[bytes]) -> None:
    """Lines in which no escape may belong to a value are passed over: the output is as if each had been resolved."""
    quick, thorough = Masker(VALUES), Masker(VALUES)
    thorough._possible = {style.name: re.compile(rb"[^\n]+") for style in STYLES}
    stream = b"".join(pieces)
    assert quick.mask(stream) == thorough.mask(stream)


ESCAPES = [
    "%{:02x}",
    "%{:02X}",
    "&#{};",
    "&#x{:X};",
    "&#0{};",
    "\\x{:02x}",
    "\\{:03o}",
    "\\u{:04X}",
    "\\u{{{:x}}}",
    "\\U{:08x}",
]


@pytest.mark.parametrize("escape", ESCAPES)
@pytest.mark.parametrize("value", ["abcdab", "xy/z&'\"7", "tr\u00e8s\u00fbr"])
def test_one_character_escaped(value: str, escape: str) -> None:
    """Whichever character alone is escaped, the first, the last or one between, the value is found."""
    of_bytes = not escape.startswith(("&", "\\u", "\\U"))
    masker = Masker([value.encode()])
    for place, character in enumerate(value):
        codes = character.encode() if of_bytes else [ord(character)]
        spelled = value[:place] + "".join(map(escape.format, codes)) + value[place + 1 :]
        assert masker.mask_text(f"<{spelled}>") == "<***>"


def test_lines_apart_from_each_other() -> None:
    """Of many lines those with an escape that matters are looked at, where they stand; the others stay as they are."""
    one, other = rb"{\"a\": \"tok_Xy12\/ab+CD\"}", rb"C:\\dir\new \"x\""
    masked = rb"{\"a\": \"***\"}"
    lines = [other, one, other, other, one, one, other]
    expected = [masked if line == one else line for line in lines]
    assert Masker([TOKEN]).mask(b"\n".join(lines)) == b"\n".join(expected)


@pytest.mark.parametrize("filler", [b"\\", b"%25", b"a", b"&#0000097;", b"-", b"\\ud83d\\ude00"])
def test_long_lines_split_too(filler: bytes) -> None:
    """A line far longer than what is held back gives the same in chunks of any size, also next to runs of escapes."""
    value = b"\\aaaaa%z"
    stream = b"".join(filler * n + SPELLINGS["bytes"](value) + filler * 5000 + value for n in (999, 1000, 1001, 1002))
    expected = Masker([value]).mask(stream)
    for size in (997, 4096, 65536):
        masker = Masker([value])
        assert spread(masker, [stream[i : i + size] for i in range(0, len(stream), size)]) == expected
        assert masker.count == expected.count(b"***") > 0


def test_memory_is_bounded_on_an_endless_line() -> None:
    """What is held back of a line without end stays below a few kilobytes."""
    masker = Masker([TOKEN])
    given_back = [len(masker.feed(b"x" * 1000)) for _ in range(300)]
    assert 300_000 - sum(given_back) <= 2 * max(16 * len(TOKEN), 4096)
    assert sum(given_back) + len(masker.flush()) == 300_000


def test_whole_lines_are_not_held_back() -> None:
    """Who follows the log sees each line when it is complete."""
    masker = Masker([TOKEN])
    assert masker.feed(b"one\ntw") == b"one\n"
    assert masker.feed(b"o\r") == b"two\r"
    assert masker.flush() == b""


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_several_lines_are_masked_line_by_line(ending: str) -> None:
    """A PEM key is gone as it is, indented and as a JSON string; a line too short to look for is left."""
    masker = Masker([PEM.replace(b"\n", ending.encode())])
    assert masker.too_short == ()
    assert masker.mask(PEM) == b"***\n***\n***\nAQ==\n***\n"
    assert masker.mask(PEM.replace(b"\n", b"\n  ")) == b"***\n  ***\n  ***\n  AQ==\n  ***\n  "
    assert masker.mask(json.dumps(text(PEM)).encode()) == rb'"***\n***\n***\nAQ==\n***\n"'


@pytest.mark.parametrize("value", [b"", b" ", b"a", b"0", b"12345", b"      \n", b"abc\ndef\nghi"])
def test_short_values_are_refused(value: bytes) -> None:
    """R-05: what has no line of six bytes is reported by its position, and nothing is masked for it."""
    masker = Masker([TOKEN, value, value])
    assert masker.too_short == (1, 2)
    assert masker.mask(b"a 0 12345 abc " + TOKEN) == b"a 0 12345 abc ***"


def test_without_values_nothing_changes() -> None:
    """No secret: bytes pass as they are, at once."""
    masker = Masker([])
    assert (masker.feed(b"no lin"), masker.flush(), masker.mask(b"x"), masker.count) == (b"no lin", b"", b"x", 0)


@pytest.mark.parametrize("value", [b"a.*b|c[", b"(?:x)+$^", b"\\d{6}\\Z"])
def test_values_are_literal(value: bytes) -> None:
    """R-05: a value that looks like a regular expression is found as its bytes, and nothing else is."""
    assert Masker([value]).mask(b"aXXbc 123456 xxxxxx " + value) == b"aXXbc 123456 xxxxxx ***"


@pytest.mark.no_cover  # many rounds of few lines: counting them takes longer than the rounds, and others see each
def test_a_value_of_a_megabyte() -> None:
    """R-05: a very long value is found across many chunks."""
    value = bytes(range(33, 127)) * 11_156
    stream = b"before " + value + b" after\n" + b"y\n" * 1000
    masker = Masker([value])
    assert spread(masker, [stream[i : i + 65536] for i in range(0, len(stream), 65536)]) == (
        b"before *** after\n" + b"y\n" * 1000
    )


def test_overlapping_values_leave_nothing() -> None:
    """Of values that overlap no end is left; neighbours have a mark each; the mark tells no length (R-07)."""
    masker = Masker([b"abcdefgh", b"ghijklmn", b"cdefgh"])
    assert masker.mask(b"<abcdefghijklmn> <cdefghabcdefgh>") == b"<***> <******>"
    assert masker.count == 3
    assert Masker([b"aaaaaa"]).mask(b"a" * 1000) == b"***"


@pytest.mark.parametrize(
    ("given_text", "masked"),
    [
        ("--dsn=tok_Xy12/ab+CD\u00e9", "--dsn=***\u00e9"),
        ("\udcff tok_Xy12/ab+CD", "\udcff ***"),
        ("half \ud800 tok_Xy12/ab+CD", "half \ud800 ***"),
        ("\udcc3\udca9 nothing", "\udcc3\udca9 nothing"),
        ("", ""),
    ],
)
def test_texts(given_text: str, masked: str) -> None:
    """Arguments, references and messages are masked, also those with bytes that are no UTF-8."""
    masker = Masker([TOKEN])
    masker.feed(b"tok_Xy")
    assert masker.mask_text(given_text) == masked
    assert spread(masker, [b"12/ab+CD"]) == b"***"


def test_a_masker_can_take_another_stream() -> None:
    """After `flush` the next stream begins; counts go on."""
    masker = Masker([TOKEN])
    assert spread(masker, [TOKEN[:5]]) == TOKEN[:5]
    assert spread(masker, [TOKEN[5:], TOKEN]) == TOKEN[5:] + b"***"
    assert masker.count == 1


def test_the_masker_is_loaded_when_asked_for() -> None:
    """Commands without secrets do not pay for it; what does not exist is said as usual."""
    program = "import sys; from runpact_core import redact; print('runpact_core._masker' in sys.modules, redact.Masker)"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "False <class 'runpact_core._masker.Masker'>\n"
    with pytest.raises(AttributeError, match="nothing"):
        _ = redact.nothing


def test_a_value_that_is_drowned_in_colours() -> None:
    """More than sixteen bytes of colours for each byte are not seen through, in a stream and in a whole alike."""
    drowned = b"".join(b"\x1b[31m" * 4 + b"%c" % byte for byte in TOKEN) + b" " + TOKEN + b"\n"
    masker = Masker([TOKEN])
    assert masker.mask(drowned) == drowned.replace(TOKEN, b"***")
    assert spread(masker, [drowned[i : i + 3] for i in range(0, len(drowned), 3)]) == masker.mask(drowned)
