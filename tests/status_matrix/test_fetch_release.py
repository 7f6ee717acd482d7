"""What a release says of its report, and what comes of it: assets, digests, sizes (M-06, M-08, M-20)."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from runpact_status_matrix import _source
from runpact_status_matrix._model import FAILURES, Failed, Runner
from runpact_status_matrix._policy import OUTSIDE
from tests.status_matrix import hostile_server as hostile
from tests.status_matrix.fetching import HERE, REPORT, failed, fetched, runner
from tests.status_matrix.hostile_server import ASSET, HostileServer

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH = "/repos/rust/releases/latest"
DOWNLOAD = f"/download/rust/v1.0.0/{ASSET}"
DIGEST = hashlib.sha256(REPORT).hexdigest()
OTHER = hashlib.sha256(b"other").hexdigest()


@pytest.fixture
def server() -> Iterator[HostileServer]:
    """Speaks plain http."""
    with HostileServer() as server:
        yield server


def beside(server: HostileServer, text: str | bytes, **fields: Any) -> dict[str, Any]:
    """The metadata of a ``.sha256`` asset with that text."""
    server.play("/sums", hostile.reply(text if isinstance(text, bytes) else text.encode()))
    return {"name": f"{ASSET}.sha256", "browser_download_url": server.url("/sums")} | fields


@pytest.mark.parametrize("digest", [f"sha256:{DIGEST}", f"sha256:{DIGEST.upper()}", f"SHA256:{DIGEST.upper()}"])
def test_a_digest_in_the_metadata_is_the_one_that_counts(server: HostileServer, digest: str) -> None:
    """In either case of letters; a checksum beside is not asked for then."""
    url = server.release("rust", REPORT, asset={"digest": digest}, more=[beside(server, "nonsense")])
    assert fetched(url).digest_from == "metadata"
    assert server.paths() == [PATH, DOWNLOAD]


@pytest.mark.parametrize(
    "digest",
    [
        f"md5:{hashlib.md5(REPORT, usedforsecurity=False).hexdigest()}",
        f"sha512:{hashlib.sha512(REPORT).hexdigest()}",
        f"sha1:{DIGEST}",
        DIGEST,
        f"sha256:{DIGEST[:-1]}",
        f"sha256:{DIGEST}\n",
        f"sha256: {DIGEST}",
        f"sha256:{DIGEST},sha256:{OTHER}",
        "sha256:",
        "?",
        0,
        False,
        [f"sha256:{DIGEST}"],
    ],
)
def test_a_digest_that_cannot_be_held_against_anything_is_not_a_missing_one(server: HostileServer, digest: Any) -> None:
    """Another algorithm, or no digest at all: refused before the report is asked for, even with a good one beside."""
    url = server.release("rust", REPORT, asset={"digest": digest}, more=[beside(server, f"{DIGEST}  {ASSET}\n")])
    found = failed(url)
    assert (found.failure, found.details) == ("checksum-mismatch", {"digest_from": "metadata"})
    assert server.paths() == [PATH]


@pytest.mark.parametrize("digest", [None, ""])
def test_a_missing_digest_is_said(server: HostileServer, digest: str | None) -> None:
    """The report is given, held against nothing, and the log says so."""
    found = fetched(server.release("rust", REPORT, asset={"digest": digest}))
    assert (found.digest_from, found.sha256) == (None, DIGEST)
    assert found.notes == ("the source names no digest, so the report was held against nothing",)


@pytest.mark.parametrize(
    "text",
    [
        f"{DIGEST}  {ASSET}\n",
        f"{DIGEST} *{ASSET}\n",
        f"{DIGEST.upper()}  {ASSET}",
        f"{DIGEST}  {ASSET}\r\n",
        f"{DIGEST}  dist/{ASSET}\n",
        f"{DIGEST}  ./{ASSET}\n",
    ],
)
def test_a_checksum_beside_the_report_counts(server: HostileServer, text: str) -> None:
    """One line as `sha256sum` writes it, from whatever folder."""
    url = server.release("rust", REPORT, asset={"digest": None}, more=[beside(server, text)])
    assert fetched(url).digest_from == "checksum-asset"
    assert server.paths() == [PATH, "/sums", DOWNLOAD]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        DIGEST,
        f"{DIGEST}\n",
        f"{DIGEST}  other.json\n",
        f"{DIGEST}  {ASSET}.old\n",
        f"{DIGEST}  {ASSET}\n{DIGEST}  {ASSET}\n",
        f"{DIGEST}  {ASSET}\n{OTHER}  other.json\n",
        f"{DIGEST[:-1]}  {ASSET}\n",
        f"\\{DIGEST}  {ASSET}\n",
        f"SHA256 ({ASSET}) = {DIGEST}\n",
        f"{hashlib.md5(REPORT, usedforsecurity=False).hexdigest()}  {ASSET}\n",
        f"{DIGEST} {ASSET}\n",
        f"{DIGEST}  {ASSET}\x00\n",
        f"{DIGEST}  {ASSET}\n\n",
        b"\xff\xfe",
    ],
)
def test_a_checksum_file_of_anything_else_is_a_mismatch(server: HostileServer, text: str | bytes) -> None:
    """Of another file, of two, of none, in another form: the report is not asked for."""
    url = server.release("rust", REPORT, asset={"digest": None}, more=[beside(server, text)])
    found = failed(url)
    assert (found.failure, found.details) == ("checksum-mismatch", {"digest_from": "checksum-asset"})
    assert server.paths() == [PATH, "/sums"]


def test_a_checksum_that_cannot_be_had_is_a_mismatch(server: HostileServer) -> None:
    """Listed and not there, listed twice, without an address: it was said that there is one. A broken server is one."""
    for more in (
        [{"name": f"{ASSET}.sha256", "browser_download_url": server.url("/gone")}],
        [beside(server, f"{DIGEST}  {ASSET}\n")] * 2,
        [{"name": f"{ASSET}.sha256"}],
        [beside(server, f"{DIGEST}  {ASSET}\n", state="starter")],
    ):
        found = failed(server.release("rust", REPORT, asset={"digest": None}, more=more))
        assert (found.failure, found.message.startswith(f"{ASSET}.sha256: ")) == ("checksum-mismatch", True)
    url = server.release("rust", REPORT, asset={"digest": None}, more=[beside(server, "")])
    server.play("/sums", hostile.reply(code=500))
    assert failed(url).failure == "http-error"
    server.play("/sums", hostile.reply(bytes(70_000)))
    assert failed(url).failure == "too-large"


@pytest.mark.parametrize("digest_from", ["metadata", "checksum-asset"])
def test_an_asset_that_was_replaced_is_a_mismatch(server: HostileServer, digest_from: str) -> None:
    """Between listing and fetch, or by that of another release: other bytes, even of the same size, are refused."""
    url = server.release(
        "rust",
        REPORT,
        asset=None if digest_from == "metadata" else {"digest": None},
        more=[beside(server, f"{DIGEST}  {ASSET}\n")],
    )
    other = REPORT.replace(b"rust", b"dust")
    server.play(DOWNLOAD, hostile.reply(other))
    found = failed(url)
    assert (found.failure, found.url) == ("checksum-mismatch", server.url(DOWNLOAD))
    assert found.details == {
        "expected": DIGEST,
        "sha256": hashlib.sha256(other).hexdigest(),
        "digest_from": digest_from,
        "size_bytes": len(other),
    }


def test_a_release_that_is_deleted_meanwhile_has_no_report(server: HostileServer) -> None:
    """Listed and then not there: the asset is missing, with the status that said so."""
    url = server.release("rust", REPORT)
    del server.scripts[DOWNLOAD]
    found = failed(url)
    assert (found.failure, found.details) == ("missing-status-asset", {"status": 404, "redirects": 0, "attempts": 1})


@pytest.mark.parametrize(("size", "failure"), [(len(REPORT) + 1, "truncated"), (len(REPORT) - 1, "checksum-mismatch")])
def test_the_size_of_an_asset_counts(server: HostileServer, size: int, failure: str) -> None:
    """Where there is no digest, a report of another size than the release says is refused."""
    url = server.release("rust", REPORT, asset={"size": size, "digest": None})
    found = failed(url)
    assert (found.failure, found.details) == (failure, {"size_bytes": len(REPORT)})


@pytest.mark.parametrize("size", [None, -1, True, "35", 1.5])
def test_a_size_that_is_none_is_not_held_against_anything(server: HostileServer, size: Any) -> None:
    """The digest decides then."""
    assert fetched(server.release("rust", REPORT, asset={"size": size})).data == REPORT


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"tag_name": "v1", "assets": [',
        b"[]",
        b"null",
        b"{}",
        b'{"assets": {}}',
        b'{"assets": [], "assets": []}',
        b'{"assets": NaN}',
        b"\xff",
        b"[" * 5000,
        b'{"message": "Not Found"}',
    ],
)
def test_metadata_that_is_none_is_missing(server: HostileServer, body: bytes) -> None:
    """Truncated, deep, of another shape: there is no release in it, and nothing of it is repeated."""
    server.play(PATH, hostile.reply(body))
    found = failed(server.url(PATH))
    assert found.failure == "missing-release-metadata"
    assert "Not Found" not in found.message


def test_metadata_that_cannot_be_read_says_why(server: HostileServer) -> None:
    """A page of a log-in in place of JSON, or one that is too deep, is told as what it is, with its place."""
    for body, said in (
        (b"<html>", "expected a value, found '<' (line 1, column 1)"),
        (b"[" * 5000, "more than 100 arrays"),
    ):
        server.play(PATH, hostile.reply(body))
        assert said in failed(server.url(PATH)).message


@pytest.mark.parametrize("draft", [True, False, None])
def test_a_draft_is_no_release(server: HostileServer, draft: bool | None) -> None:  # noqa: FBT001 - a value of a document
    """Nobody published it, so its assets may still change."""
    url = server.release("rust", REPORT, release={"draft": draft})
    if draft:
        assert failed(url).message == "the release is a draft, so nobody published it yet"
    else:
        assert fetched(url).data == REPORT


def test_a_release_that_is_not_found_may_be_one_that_is_not_shown(server: HostileServer) -> None:
    """HTTP 404 is also what a private repository answers without a token, so the row names both."""
    found = failed(server.url("/nowhere"))
    assert found.failure == "missing-release-metadata"
    assert found.message.startswith(
        "it answered with HTTP status 404: there is no release, or its repository is private"
    )


@pytest.mark.parametrize(
    "asset",
    [
        {"name": "other.json"},
        {"name": ASSET.upper()},
        {"name": f"{ASSET} "},
        {"name": None},
        {"name": 1},
        {"state": "starter"},
        {"browser_download_url": None},
        {"browser_download_url": 1},
    ],
)
def test_an_asset_that_is_not_there_is_missing(server: HostileServer, asset: dict[str, Any]) -> None:
    """Another name, not whole, without an address: no report is asked for."""
    found = failed(server.release("rust", REPORT, asset=asset))
    assert found.failure == "missing-status-asset"
    assert server.paths() == [PATH]


def test_two_assets_of_the_name_are_none(server: HostileServer) -> None:
    """Nobody chooses between them; what is no asset is passed over."""
    more: list[Any] = ["x", None, {"name": ASSET, "browser_download_url": server.url(DOWNLOAD)}]
    found = failed(server.release("rust", REPORT, more=more))
    assert (found.failure, "2 assets" in found.message) == ("missing-status-asset", True)
    assert fetched(server.release("rust", REPORT, more=more[:2])).data == REPORT


@pytest.mark.parametrize(
    ("fields", "name", "published"),
    [
        ({}, "v1.0.0", 1768802400),
        ({"tag_name": "v0.9", "published_at": "2999-01-01T00:00:00Z"}, "v0.9", 32472144000),
        ({"tag_name": "", "published_at": None}, None, None),
        ({"tag_name": "v\x1b[31m1", "published_at": "yesterday"}, None, None),
        ({"tag_name": "v" * 256, "published_at": 5}, None, None),
        ({"tag_name": 1, "published_at": ["2026-01-19T06:00:00Z"]}, None, None),
    ],
)
def test_a_release_has_a_name_and_a_date_or_none(
    server: HostileServer, fields: dict[str, Any], name: str | None, published: int | None
) -> None:
    """As they are, however old or far away; what cannot be shown or read is as if it were not there."""
    found = fetched(server.release("rust", REPORT, release=fields))
    assert (found.release, found.release_published_s) == (name, published)


def test_a_runner_without_a_source_has_no_report() -> None:
    """Nothing is asked."""
    found = _source.fetch(runner("")._replace(source=None), HERE)
    assert isinstance(found, Failed)
    assert found.failure == "missing-release-metadata"


@pytest.mark.parametrize("url", ["ftp://x/y", "https://u:p@x/y", "x", "", "https://", "http://[::1"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    """A registry's own address is judged like any other."""
    found = failed(url)
    assert (found.failure, "u:p" in str(found)) == ("redirect-refused", False)


def test_five_hundred_runners_at_once_each_get_their_own(server: HostileServer) -> None:
    """Fifty threads, some servers slow, some dead: every answer is that of its runner, and each failure has a name."""
    runners = []
    for number in range(500):
        url = server.release(str(number), json.dumps({"runner_id": str(number)}).encode(), latency_s=0.005)
        if number % 10 == 3:
            server.play(f"/repos/{number}/releases/latest", hostile.reply(code=404))
        if number % 50 == 7:
            server.play(f"/repos/{number}/releases/latest", hostile.drip(hostile.ANNOUNCED))
        runners.append(runner(url)._replace(runner_id=str(number)))
    limits = HERE._replace(attempts=1, grace_s=4)

    def ask(each: Runner) -> Any:
        return _source.fetch(each, limits, OUTSIDE)

    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(ask, runners))
    for number, answer in enumerate(answers):
        if number % 10 == 3:
            assert answer.failure == "missing-release-metadata"
        elif number % 50 == 7:
            assert answer.failure == "timeout"
        else:
            assert json.loads(answer.data) == {"runner_id": str(number)}


def test_every_failure_of_a_source_is_one_that_is_known() -> None:
    """The slugs in the modules that fetch are keys of the closed list."""
    import re
    from pathlib import Path

    folder = Path(_source.__file__).parent
    text = "".join(
        (folder / f"_{name}.py").read_text() for name in ("http", "wire", "reply", "release", "local", "source")
    )
    said = set(re.findall(r'(?:Failed|HttpFailed|_Ended|_stop)\(\s*"([a-z-]+)"', text))
    assert {"timeout", "too-large", "checksum-mismatch", "redirect-refused", "address-refused"} <= said
    assert said <= set(FAILURES)
