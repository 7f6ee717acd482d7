"""What is fuzzed: every reader of foreign input, as a function of bytes that raises only what it says it raises.

A target takes any bytes. It raises nothing but the errors that its reader documents; whatever else leaves it is a find,
as is an `AssertionError` for a law that does not hold. Readers of files get one in a folder that is theirs.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import tempfile
import unicodedata
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from backports import zstd

from evolution.fuzz_upgrades import LISTS, listed, upgraded
from runpact_core import _json, _jsonpath, _times, _yaml, documents, jsonl, redact
from runpact_core._masker import Masker
from runpact_core.errors import InvalidArtifact, RunpactError
from runpact_gc import _checks, _config, _globs
from runpact_gc._places import places
from runpact_reporter import _history
from runpact_reporter._ctrf import read_ctrf
from runpact_reporter._dash import _guard, serve
from runpact_reporter._events import read_events
from runpact_reporter._junit import read_junit
from runpact_status_matrix import _addresses, _asset_urls, _release, _reply, _sign, _verify
from runpact_writer._trigger import detect_trigger

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["TARGETS", "Target"]

_MOST = 1 << 20  # bytes of a line in the fuzzed files, so that limits are within reach
_URL = "https://example.org/releases/1"


class Target(NamedTuple):
    """One reader of foreign input.

    Attributes:
        name: What it is called on the command line; also the folder of its finds.
        read: Reads bytes; see the module.
        expected: The errors that it documents.
        seeds: Inputs to begin with, such as it is made for.
        words: Pieces that such inputs are made of.
    """

    name: str
    read: Callable[[bytes], object]
    expected: tuple[type[Exception], ...]
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...] = ()


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="fuzz-")


def _file(data: bytes, name: str) -> Path:
    path = Path(_folder().name, name)
    path.write_bytes(data)
    return path


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")


def _document(data: bytes) -> None:
    """The first line names the contract; what is read has a model, is judged, and can be upgraded."""
    name, _, raw = data.partition(b"\n")
    contract = _text(name)
    with suppress(RunpactError):
        documents.detect_bytes(raw, name=contract)
    document = documents.read(contract, raw)
    found = documents.validate(contract, raw)
    document.unknown_fields()
    if document.read_as is None:
        return
    assert found == document.problems(), "validate and read differ"
    document.model()
    if document.reading == "exact":
        newest = documents.newest(contract).version
        assert documents.upgrade(document, newest).read_as == newest


def _json_text(data: bytes) -> None:
    value = _json.parse(data).value
    again = _json.parse(_json.dumps(value), limit=64 * _MOST).value
    assert _json.dumps(again) == _json.dumps(value), "what is written is read as something else"


def _lines(data: bytes) -> None:
    path = _file(data, "lines.jsonl")
    for line in jsonl.iterate(path, limit=_MOST):
        assert (line.value is None) or line.error is None
    if jsonl.is_compacted(data[:64]):
        jsonl.decode(io.BytesIO(data), io.BytesIO(), "lines.jsonl")
    else:
        target = io.BytesIO()
        jsonl.encode(io.BytesIO(data), target, threshold=2)
        back = io.BytesIO()
        jsonl.decode(io.BytesIO(target.getvalue()), back, "lines.jsonl")
        assert back.getvalue() == data, "the dictionary form is of other bytes"


def _history_lines(data: bytes) -> None:
    problems: list[str] = []
    for record in _history.iter_report_history(
        _file(data, "history.jsonl"), on_problem=lambda problem: problems.append(str(problem))
    ):
        assert isinstance(record, dict)


def _report(data: bytes, reader: Callable[[Path], dict[str, object]], name: str) -> None:
    """What comes out follows the contract; rules between its fields may be broken, as in what came in."""
    report = reader(_file(data, name))
    with suppress(InvalidArtifact):
        documents.read("test_report", documents.dumps(report))
        return
    raise AssertionError("the report is none")


def _trigger(data: bytes) -> None:
    """Lines ``NAME=value`` are the environment."""
    pairs = (line.partition("=") for line in _text(data).split("\n"))
    for part in detect_trigger({name: value for name, _, value in pairs}):
        assert len(part) <= 200, "a part is too long"
        assert part.isprintable() or not part, "a part does more than be shown"


def _artifacts_config(data: bytes) -> None:
    path = _file(data, "artifacts.yaml")
    _config.read(places(str(path.parent), config=str(path)), given_explicitly=True)


def _dash_request(data: bytes) -> None:
    """The first line is a path, the second a query."""
    path, _, query = data.partition(b"\n")
    serve._query(query.partition(b"\n")[0])  # noqa: SLF001 - where the query is read
    for part in _guard.parts_of(path):
        assert part not in {"..", "."}, "a part leads away"
        assert "/" not in part, "a part is two"


def _release_api(data: bytes) -> None:
    release = _release.read_release(data, _URL)
    if isinstance(release, _release.Release):
        for asset in release.assets:
            _release.find_asset(release, asset.name, _URL)
            _release.stated_digest(asset.digest or "")
    _release.checksum_in(data, "status.json")


def _reply_headers(data: bytes) -> None:
    text = data.decode("latin-1")
    wait = _reply.retry_after(text, 1_700_000_000.0)
    assert wait is None or wait >= 0
    place = _reply.place_of(_URL)
    headers = {"retry-after": text, "x-ratelimit-reset": text, "x-ratelimit-remaining": "0"}
    _reply.failure_of(429, headers, place, 1_700_000_000.0)
    _reply.stated_length([text], place)


def _address(data: bytes) -> None:
    text = _text(data)
    assert _reply.shown(text).isprintable()
    with suppress(_reply.HttpFailed):
        _reply.place_of(text)
    with suppress(RunpactError):
        _asset_urls.base_url(text, ("1.0.0",))
    assert _addresses.judge(text) in {"public", "private", "never"}


def _certificate(data: bytes) -> None:
    _verify.verify_certificate(_file(data, "certificate.json"))


def _envelope(data: bytes) -> None:
    with suppress(_sign._Invalid):  # noqa: SLF001 - how it says no
        _sign._require_statement(data, b"", None)  # noqa: SLF001 - what is signed is foreign too
    _sign._envelope(data)  # noqa: SLF001 - the reader itself; around it are files and keys


def _pattern(data: bytes) -> None:
    """The first line is a pattern of any kind, the second a path."""
    first, _, path = _text(data).partition("\n")
    _globs.matches(_globs.compile_globs({"family": (first,)}), path[:200])
    if not list(_checks._run_ids({"run_id_patterns": [first]})):  # noqa: SLF001 - where patterns are judged
        re.compile(first).fullmatch(path[:30])


def _json_path(data: bytes) -> None:
    _jsonpath.find({"outputs": [{"rows written": 1}]}, _text(data))


def _time(data: bytes) -> None:
    text = _text(data)
    _times.seconds(text)
    moment, at = _times.moment(text), _times.instant(text)
    assert moment.utcoffset() is not None
    assert at >= (-86_400, 0)


def _mask(data: bytes) -> None:
    """The first line is a secret; the rest comes whole, or in pieces, with the same result."""
    secret, _, rest = data.partition(b"\n")
    masker = Masker([secret])
    whole = masker.feed(rest) + masker.flush()
    pieces = b"".join(masker.feed(rest[at : at + 7]) for at in range(0, len(rest), 7)) + masker.flush()
    assert pieces == whole, "pieces are masked otherwise"
    assert masker.too_short or secret.strip() not in whole, "the secret is seen"


def _shown_text(data: bytes) -> None:
    for text in (_text(data), data.decode("latin-1"), data.decode("utf-8", "surrogateescape")):
        redact.sanitize(text)
        shown = redact.for_terminal(text)
        assert not {unicodedata.category(each) for each in shown} & {"Cc", "Cs", "Zl", "Zp"}, "something acts"
        for show in (redact.for_markdown, redact.for_ci, redact.for_ci_json, redact.for_ci_value):
            show(text)


_EXAMPLES = Path(__file__).parents[1] / "contracts" / "examples"


def _example(contract: str, version: str) -> bytes:
    """The shortest valid example that the contract version publishes, on one line."""
    texts = [path.read_bytes() for path in sorted((_EXAMPLES / contract / version / "valid").iterdir())]
    return json.dumps(json.loads(min(texts, key=len)), sort_keys=True).encode()


def _dictionary_form(data: bytes) -> bytes:
    target = io.BytesIO()
    jsonl.encode(io.BytesIO(data), target, threshold=2)
    return target.getvalue()


_RUN = _example("run", "0.2")
_RECORDS = b'{"a": "some text", "n": 1}\n{"a": "some text", "n": 2}\n' * 3
_HISTORY = _example("history_record", "1.0") + b"\n"
_EVENTS = b"".join(
    json.dumps({"session": "s", **event}).encode() + b"\n"
    for event in (
        {"event": "session_start", "at": 1_000, "pytest": "9.2.0"},
        {"event": "collected", "selected": 1, "deselected": 0},
        {"event": "report", "nodeid": "a.py::b", "when": "call", "outcome": "passed", "start": 1_000, "stop": 2_000},
        {"event": "session_end", "at": 9_000, "exit_status": 0},
    )
)
_DOCUMENTS = tuple(
    f"{version.contract}\n".encode() + _example(version.contract, version.version) for version in documents.catalog()
)
_JUNIT = b"""<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="s" tests="2" time="0.1">
<testcase classname="a.b" name="c[1]" time="0.05"><failure message="m">x &amp; y</failure></testcase>
<testcase name="d"><skipped/><system-out><![CDATA[out]]></system-out></testcase></testsuite></testsuites>"""
_CTRF = (
    b'{"reportFormat": "CTRF", "specVersion": "0.0.0", "results": {"tool": {"name": "t"}, "summary": {"tests": 1, '
    b'"passed": 1, "failed": 0, "pending": 0, "skipped": 0, "other": 0, "start": 1, "stop": 2}, "tests": '
    b'[{"name": "a", "status": "passed", "duration": 1}]}}'
)
_CONFIG = (
    b"version: 1\nretention:\n  default:\n    keep_last: 5\n# kept\nfamilies:\n  - {name: logs, globs: ['logs/**']}\n"
)
_GITHUB = b"GITHUB_ACTIONS=true\nGITHUB_EVENT_NAME=push\nGITHUB_WORKFLOW=ci\nGITHUB_ACTOR=someone\nUSER=me"
_RELEASE = (
    b'{"tag_name": "v1.0.0", "published_at": "2026-01-19T06:15:12Z", "assets": [{"name": "status.json", "size": 3, '
    b'"state": "uploaded", "digest": "sha256:00", "url": "https://example.org/a", "browser_download_url": null}]}'
)
_DSSE = (
    b'{"payload": "e30=", "payloadType": "application/vnd.in-toto+json", "signatures": [{"keyid": "a", "sig": "AAAA"}]}'
)
_WORDS_OF_JSON = (
    b'"',
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\\u",
    b"\\ud800",
    b"1e999",
    b"-0",
    b"NaN",
    b"null",
    b"1.0",
)
_WORDS_OF_YAML = (
    b"- ",
    b": ",
    b"\n  ",
    b"&a",
    b"*a",
    b"<<: ",
    b"!!",
    b"|\n",
    b">-\n",
    b"'",
    b"? ",
    b"\t",
    b"~",
    b"---\n",
)
_WORDS_OF_XML = (
    b"<!DOCTYPE",
    b"<![CDATA[",
    b"]]>",
    b"&#0;",
    b"&x;",
    b"</testsuite>",
    b"<testcase ",
    b'time="nan"',
    b"<?",
)
_OURS = (RunpactError,)

TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        Target("documents", _document, _OURS, (*_DOCUMENTS, b"artifacts_config\n" + _CONFIG), _WORDS_OF_JSON),
        Target(
            "upgrade",
            upgraded,
            (),
            (b"run.json\n" + _RUN, b"x.jsonl\n" + _RECORDS, b"a.yaml\n" + _CONFIG),
            _WORDS_OF_JSON,
        ),
        Target("list", listed, (), tuple(b"SUMS\n" + each for each in (*LISTS, gzip.compress(LISTS[0], mtime=0)))),
        Target("json", _json_text, _OURS, (_RUN, b"[1.5, -0.0, 1e2]"), _WORDS_OF_JSON),
        Target("yaml", _yaml.parse_yaml, _OURS, (_CONFIG, b"a: [1, {b: 'c'}]\n"), _WORDS_OF_YAML),
        Target(
            "lines",
            _lines,
            _OURS,
            (_RECORDS, gzip.compress(_RECORDS, mtime=0), zstd.compress(_RECORDS), _dictionary_form(_RECORDS)),
            _WORDS_OF_JSON,
        ),
        Target(
            "history",
            _history_lines,
            _OURS,
            (_HISTORY, _HISTORY * 2, gzip.compress(_HISTORY, mtime=0), zstd.compress(_HISTORY)),
            _WORDS_OF_JSON,
        ),
        Target("junit", lambda data: _report(data, read_junit, "j.xml"), _OURS, (_JUNIT,), _WORDS_OF_XML),
        Target("ctrf", lambda data: _report(data, read_ctrf, "c.json"), _OURS, (_CTRF,), _WORDS_OF_JSON),
        Target("events", lambda data: _report(data, read_events, "e.jsonl"), _OURS, (_EVENTS,)),
        Target("trigger", _trigger, (), (_GITHUB, b"GITLAB_CI=true\nCI_PIPELINE_SOURCE=push"), (b"\x1b[31m", b"\n")),
        Target("config", _artifacts_config, _OURS, (_CONFIG, _example("artifacts_config", "1.0")), _WORDS_OF_YAML),
        Target(
            "dash", _dash_request, _OURS, (b"/api/products/p\nlimit=5&project=1", b"/f/%2e%2e/x\n"), (b"%", b"&", b"..")
        ),
        Target("release", _release_api, (), (_RELEASE, b"00" * 32 + b"  status.json\n"), _WORDS_OF_JSON),
        Target(
            "reply", _reply_headers, (_reply.HttpFailed,), (b"120", b"Wed, 21 Oct 2026 07:28:00 GMT"), (b"-1", b"+")
        ),
        Target(
            "address",
            _address,
            (ValueError,),
            (b"::ffff:127.0.0.1", b"https://example.org/v1.0.0/"),
            (b"%", b"@", b":"),
        ),
        Target("certificate", _certificate, _OURS, (_example("runner_execution_certificate", "2"),), _WORDS_OF_JSON),
        Target("envelope", _envelope, (_sign._Invalid,), (_DSSE,), _WORDS_OF_JSON),  # noqa: SLF001 - as above
        Target("pattern", _pattern, (), (b"logs/**/*.txt\nlogs/a/b.txt", b"(a+)+$\n"), (b"**", b"[!", b"(?", b"{2}")),
        Target(
            "jsonpath", _json_path, _OURS, (b"$.outputs[0]['rows written']",), (b"[", b"]", b"'", b"\\u", b"..", b"-")
        ),
        Target("times", _time, _OURS, (b"2026-01-19T06:15:12.5+02:00", b"9999-12-31T23:59:60Z"), (b"-", b"Z", b"0000")),
        Target(
            "mask",
            _mask,
            (),
            (b"s3cr3t-value\na s3cr3t-value %73", b"aaaaaaaa\n\\x61&#97;"),
            (b"%61", b"\x1b[0m", b"\\n"),
        ),
        Target(
            "text", _shown_text, (), (b"\x1b]0;x\x07 ::error::a%0A`<b>`",), (b"\x1b[", b"::", b"\r", b"\xe2\x80\xae")
        ),
    )
}
