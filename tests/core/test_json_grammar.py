"""Which bytes are JSON to us: a table of texts, each with the answer that is frozen for it (fault C-01)."""

from __future__ import annotations

import json

import orjson
import pytest

from runpact_core._json import parse
from runpact_core.errors import InvalidArtifact

TAKEN = [
    *(b"[]", b"{}", b"[[]]", b"[[],[[]]]", b"[{}]", b'{"a":{}}', b'{"a":[]}', b'{"":0}', b'{"a":1,"b":2}'),
    *(b" [] ", b"\n[\n]\n", b"\r\n[\r\n]\r\n", b"\t[\t]\t", b'{ "a" : 1 , "b" : 2 }', b"[1 , 2\n,\t3]"),
    *(b"[true]", b"[false]", b"[null]", b"[null,null]", b"true", b"false", b"null", b"0", b"-1", b'"a"', b'""'),
    *(b"[0]", b"[1]", b"[-1]", b"[10]", b"[123456789]", b"[0.5]", b"[-0.5]", b"[123.456]", b"[0.0000000001]"),
    *(b"[1e2]", b"[1E2]", b"[1e+2]", b"[1E+2]", b"[1e-2]", b"[1E-2]", b"[0e1]", b"[0e+1]", b"[0E0]", b"[1.5e3]"),
    *(b"[1.0]", b"[-0.0]", b"[1.5e-03]", b"[1e00]", b"[20e1]", b"[9007199254740993]", b"[-9223372036854775808]"),
    *(b'["\\""]', b'["\\\\"]', b'["\\/"]', b'["\\b\\f\\n\\r\\t"]', b'["a/b"]', b'["\\u0041"]', b'["\\u00e9"]'),
    *(b'["\\u0000"]', b'["\\u001f"]', b'["\\uABCD"]', b'["\\uabcd"]', b'["\\ud83d\\ude00"]', b'["\\uD83D\\uDE00"]'),
    *(b'["\\uDBFF\\uDFFF"]', b'["\\ud800\\udc00x"]', b'["\\u2028\\u2029"]', b'["\\uFFFE\\uFFFF"]'),
    *(
        b'["\\\\u0041"]',
        b'["\\\\ud800"]',
        b'["\\\\\\\\ud800"]',
        b'["\\\\\\ud83d\\ude00"]',
        b'["x\\\\"]',
        b'["\\\\\\""]',
    ),
    *(b'["[{"]', b'["]}"]', b'["\\"]"]', b'["//"]', b'["/*"]', b'["#"]', b'["\'"]', b'["NaN"]', b'["a:b,c"]'),
    *(b'["\x7f"]', b'["\xc2\x80"]', b'["\xc3\xa9"]', b'["\xe2\x82\xac"]', b'["\xf0\x9f\x98\x80"]'),
    *(b'["\xe2\x80\xa8"]', b'["\xef\xbf\xbf"]', b'["\xf4\x8f\xbf\xbf"]', b'["a\xef\xbb\xbf"]', b'["\xef\xb7\x90"]'),
    *(b'{"\\u0000":1}', b'{"a\\"b":1}', b'{"\xc3\xa9":1}', b'{"e\xcc\x81":1,"\xc3\xa9":2}', b'{"a":1,"A":2}'),
    *(b"[1]\n\n", b"\n\n[1]", b" 1 ", b"\tnull\n", b"-0.1", b"1E0", b'" "', b'["a","a"]', b"[[1],[1]]", b"[{},{},[]]"),
    *(b'{"a":{"a":{"a":1}}}', b'[{"a":1},{"a":1}]', b'{"a":[{"a":1}],"b":{"a":1}}', b"[1,[2,[3]],{}]"),
]

REFUSED = [
    *(b"[", b"{", b"]", b"}", b"[[", b"[}", b"{]", b"[]]", b"{}}", b"[1}", b'{"a":1]', b"[[]", b"[1", b"[1,", b"[,"),
    *(
        b"[,1]",
        b"[1,]",
        b"[1,,2]",
        b"[1 2]",
        b"[1;2]",
        b"[1:2]",
        b'["a":1]',
        b"[:]",
        b",",
        b":",
        b"[],",
        b"1 2",
        b"[][]",
    ),
    *(b'{"a"}', b'{"a":}', b'{"a":1,}', b'{,"a":1}', b'{"a":1,,"b":2}', b'{"a":1 "b":2}', b'{"a" 1}', b'{"a"::1}'),
    *(b'{"a":1:2}', b'{"a","b"}', b"{a:1}", b"{'a':1}", b"{1:1}", b"{null:1}", b"{[]:1}", b'{"a":1', b'{"a":', b'{"a"'),
    *(b'{"a', b'{"a":1}x', b'{"a":1}//', b'{"a":1}/**/', b"[1]#", b"[1]\x00", b"[1]\x0b", b"\x0c[1]", b"[\x0b1]"),
    *(b"[\xc2\xa0]", b"[\xe2\x80\xa9]", b"[1]\xc2\x85", b"[\\n]", b"[a]", b"[True]", b"[None]", b"[nul]", b"[tru]"),
    *(
        b"[fals]",
        b"[nulll]",
        b"[TRUE]",
        b"[truefalse]",
        b"nul",
        b"true false",
        b"[undefined]",
        b"['a']",
        b"`a`",
        b"(1)",
    ),
    *(b"[01]", b"[-01]", b"[00]", b"[-]", b"[--1]", b"[+1]", b"[1+2]", b"[- 1]", b"[.5]", b"[-.5]", b"[1.]", b"[-1.]"),
    *(b"[1.e1]", b"[1e]", b"[1e+]", b"[1e-]", b"[1E]", b"[1eE2]", b"[1e1.5]", b"[1.2.3]", b"[0x1]", b"[1_000]"),
    *(b"[1,000.5.]", b"[1a]", b"[1 000]", b"[0e]", b"[0.e1]", b"[\xef\xbc\x91]", b"[\xd9\xa1]", b"[1\xc2\xbd]", b"-"),
    *(b"[NaN]", b"[-NaN]", b"[nan]", b"[Infinity]", b"[-Infinity]", b"[+Infinity]", b"[inf]", b"[Inf]", b"NaN"),
    *(
        b'"',
        b'["',
        b'["a',
        b'["a]',
        b'["\\',
        b'["\\"',
        b'["\\u',
        b'["\\u0',
        b'["\\u004"]',
        b'["\\u00G0"]',
        b'["\\u+041"]',
    ),
    *(b'["\\u 041"]', b'["\\x41"]', b'["\\a"]', b'["\\0"]', b'["\\v"]', b'["\\\'"]', b'["\\ "]', b'["\\U0041"]'),
    *(b'["\\\xc3\xa9"]', b'["\\ud83d\\u"]', b'["\\ud83d\\ude0"]', b'["\\\n"]', b'["\n"]', b'["\t"]', b'["\r"]'),
    *(
        b"[1]]",
        b'{"a":[}',
        b'{"a":1]}',
        b"[[1}]",
        b"[{]}",
        b"[null",
        b"[true,",
        b'{"a":"b',
        b'{"a":"b"',
        b"/**/[]",
        b"<a/>",
    ),
    *(b'["\x00"]', b'["\x1f"]', b'["a"b]', b'["a""b"]', b'["a" "b"]', b'"a"b', b'["\\\\\\"]', b"", b" ", b"\n\n"),
]

# RFC 8259 leaves these to each reader. A str is the start of our reason for refusing; a tuple holds the value.
OURS: dict[bytes, str | tuple[object]] = {
    b"[-0]": ([0],),
    b"[1e-400]": ([0.0],),
    b"[-1e-400]": ([-0.0],),
    b"[0.1000000000000000055511151231257827]": ([0.1],),
    b"[1e308]": ([1e308],),
    b"[1e999]": "the number 1e999 is too large",
    b"[-1e999]": "the number -1e999 is too large",
    b"[1.7976931348623159e308]": "the number 1.7976931348623159e308 is too large",
    b"[" + b"9" * 128 + b"]": ([10**128 - 1],),
    b"[" + b"9" * 129 + b"]": "a number of 129 characters",
    b"[0." + b"0" * 127 + b"]": "a number of 129 characters",
    b"[1e" + b"0" * 5000 + b"1]": "a number of 5003 characters",
    b'["\\ud800"]': "lone surrogate \\ud800",
    b'["\\uDC00"]': "lone surrogate \\uDC00",
    b'["\\ud800x\\udc00"]': "lone surrogate \\ud800",
    b'["\\ud800\\ud800\\udc00"]': "lone surrogate \\ud800",
    b'["\\udc00\\ud800"]': "lone surrogate \\udc00",
    b'["\\ud83d\\ude00\\ude00"]': "lone surrogate \\ude00",
    b'["\\ud800\\n"]': "lone surrogate \\ud800",
    b'["\\ud83d\\\\\\ude00"]': "lone surrogate \\ud83d",
    b'["\\\\\\ud83d"]': "lone surrogate \\ud83d",
    b'{"\\uDFFF":1}': "lone surrogate \\uDFFF",
    b'{"a":1,"a":1}': "duplicate key 'a'",
    b'{"a":1,"\\u0061":2}': "duplicate key 'a'",
    b'{"":1,"":2}': "duplicate key ''",
    b'["\xed\xa0\x80"]': "not UTF-8: encoded surrogate at byte 2",
    b'["\xc0\xaf"]': "not UTF-8: overlong form 0xc0 at byte 2",
    b'["\xe0\x80\xaf"]': "not UTF-8: overlong form 0xe0 at byte 2",
    b'["\xf0\x80\x80\xaf"]': "not UTF-8: overlong form 0xf0 at byte 2",
    b'["\xf4\x90\x80\x80"]': "not UTF-8: invalid byte 0xf4 at byte 2",
    b'["\xf8\x88\x80\x80\x80"]': "not UTF-8: invalid byte 0xf8 at byte 2",
    b'["\xff"]': "not UTF-8: invalid byte 0xff at byte 2",
    b'["\xe9"]': "not UTF-8: invalid byte 0xe9 at byte 2",
    b'["\x80"]': "not UTF-8: invalid byte 0x80 at byte 2",
    b'["\xe2\x82': "not UTF-8: invalid byte 0xe2 at byte 2",
    b"\xc3": "not UTF-8: invalid byte 0xc3 at byte 0",
    b"\xef\xbb\xbf[]": "the text starts with a byte order mark",
    b"\xef\xbb\xbf": "the text starts with a byte order mark",
    "[]".encode("utf-16"): "the text is UTF-16",
    b"\xfe\xff\x00[\x00]": "the text is UTF-16",
    "[]".encode("utf-16-le"): "NUL at byte 1: the text is binary, UTF-16 or UTF-32",
    "[]".encode("utf-16-be"): "NUL at byte 0: the text is binary, UTF-16 or UTF-32",
    "[]".encode("utf-32"): "the text is UTF-32",
    "[]".encode("utf-32-le"): "NUL at byte 1: the text is binary, UTF-16 or UTF-32",
    b"\x00\x00\xfe\xff\x00\x00\x00[": "NUL at byte 0: the text is binary, UTF-16 or UTF-32",
    b"[" * 100 + b"]" * 100: (json.loads("[" * 100 + "]" * 100),),
    b"[" * 101 + b"]" * 101: "more than 100 arrays and objects inside each other",
}


def shown(text: bytes) -> str:
    """The text as the id of a test, cut where long."""
    return ascii(text.decode("latin-1"))[1:60]


@pytest.mark.parametrize("text", TAKEN, ids=shown)
def test_a_strict_text_is_read_as_another_parser_reads_it(text: bytes) -> None:
    """What the grammar has is accepted, with the value that an independent parser finds."""
    found = parse(text).value
    assert repr(found) == repr(orjson.loads(text))


@pytest.mark.parametrize("text", REFUSED, ids=shown)
def test_a_text_outside_the_grammar_is_refused_with_its_place(text: bytes) -> None:
    """What the grammar does not have is refused by the one error, with line and column."""
    with pytest.raises(InvalidArtifact) as caught:
        parse(text)
    assert caught.value.code == "invalid-artifact"
    assert caught.value.line_number is not None
    assert caught.value.line_number >= 1
    assert caught.value.column is not None
    assert caught.value.column >= 1


@pytest.mark.parametrize("text", OURS, ids=shown)
def test_what_the_standard_leaves_open_has_a_frozen_answer(text: bytes) -> None:
    """Each text whose fate RFC 8259 leaves to the reader keeps the answer of this table."""
    answer = OURS[text]
    if isinstance(answer, str):
        with pytest.raises(InvalidArtifact) as caught:
            parse(text)
        assert caught.value.reason.startswith(answer)
    else:
        assert repr(parse(text).value) == repr(answer[0])


def test_the_table_is_large_and_says_nothing_twice() -> None:
    """More than 318 different texts are judged."""
    texts = [*TAKEN, *REFUSED, *OURS]
    assert len(set(texts)) == len(texts)
    assert len(texts) > 318
