"""Answers that were kept: asked about with their validators, and believed only where they are whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from runpact_status_matrix._policy import Settings, Token
from tests.status_matrix import hostile_server as hostile
from tests.status_matrix.fetching import HERE, PUBLIC, REPORT, fetched
from tests.status_matrix.hostile_server import ASSET, Authority, HostileServer, Pretence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATH = "/repos/rust/releases/latest"
DOWNLOAD = f"/download/rust/v1.0.0/{ASSET}"
KEPT = ("the metadata is as it was kept before", "the report is as it was kept before")


@pytest.fixture
def server() -> Iterator[HostileServer]:
    """Speaks plain http."""
    with HostileServer() as server:
        yield server


@pytest.fixture
def settings(project: Path) -> Settings:
    """With a folder for answers, which is not there yet."""
    return HERE._replace(cache=str(project / "a" / "cache"))


def keep(server: HostileServer) -> str:
    """A release whose answers have validators; the address of its metadata."""
    url = server.release("rust", REPORT)
    metadata = _body(server, PATH)
    server.play(PATH, hostile.revalidated(metadata, '"m1"', Last_Modified="Mon, 19 Jan 2026 06:00:00 GMT"))
    server.play(DOWNLOAD, hostile.revalidated(REPORT, 'W/"r1"'))
    return url


def _body(server: HostileServer, path: str) -> bytes:
    """What a path gives, from its script."""
    import urllib.request

    with urllib.request.urlopen(server.url(path), timeout=5) as response:  # noqa: S310 - our own server
        data: bytes = response.read()
    server.seen.clear()
    return data


def test_what_did_not_change_is_not_sent_again(server: HostileServer, settings: Settings) -> None:
    """The second fetch asks with both validators, gets two short answers, gives the same report, and says so."""
    url = keep(server)
    first = fetched(url, settings)
    assert first.notes == ()
    sent, server.sent = server.sent, 0
    second = fetched(url, settings)
    assert (second.data, second.sha256, second.digest_from) == (REPORT, first.sha256, "metadata")
    assert second.notes == KEPT
    assert server.sent < sent
    headers = [(seen.headers.get("if-none-match"), seen.headers.get("if-modified-since")) for seen in server.seen]
    assert headers == [(None, None)] * 2 + [('"m1"', "Mon, 19 Jan 2026 06:00:00 GMT"), ('W/"r1"', None)]


def test_without_a_folder_nothing_is_kept(server: HostileServer, project: Path) -> None:
    """No file, no validator."""
    url = keep(server)
    fetched(url)
    assert fetched(url).notes == ()
    assert list(project.rglob("*.answer")) == []


def test_a_new_release_takes_the_place_of_the_old(server: HostileServer, settings: Settings, project: Path) -> None:
    """The folder has a file per use of a source, however many releases there were."""
    url = keep(server)
    fetched(url, settings)
    before = sorted(project.rglob("*.answer"))
    new = REPORT.replace(b"1", b"2")
    server.release("rust", new, tag="v2.0.0")
    server.play(PATH, hostile.revalidated(_body(server, PATH), '"m2"'))
    server.play(f"/download/rust/v2.0.0/{ASSET}", hostile.revalidated(new, '"r2"'))
    found = fetched(url, settings)
    assert (found.data, found.release, found.notes) == (new, "v2.0.0", ())
    assert server.seen[-1].headers.get("if-none-match") is None  # it is another address
    assert sorted(project.rglob("*.answer")) == before
    assert len(before) == 2


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: b"", id="empty"),
        pytest.param(lambda data: data[:-1], id="cut"),
        pytest.param(lambda data: data + b"x", id="longer"),
        pytest.param(lambda data: data.replace(b"rust", b"dust"), id="changed"),
        pytest.param(lambda data: data.partition(b"\n")[0], id="body lost"),
        pytest.param(lambda data: b"\xff" + data, id="no JSON"),
        pytest.param(lambda data: b"[" * 9000 + b"\n", id="deep"),
        pytest.param(lambda data: b"[]\n" + data.partition(b"\n")[2], id="no head"),
        pytest.param(lambda data: b"{}\n" + data.partition(b"\n")[2], id="empty head"),
        pytest.param(lambda data: data.replace(b"cache 1", b"cache 2"), id="another form"),
        pytest.param(lambda data: data.replace(b'"origin": "', b'"origin": 1, "x": "'), id="no origin"),
        pytest.param(lambda data: data.replace(b'"url_sha256": "', b'"url_sha256": "0'), id="of another address"),
        pytest.param(lambda data: data.replace(b'\\"m1\\"', b"\\u0007").replace(b'W/\\"r1\\"', b"\\u0007"), id="etag"),
        pytest.param(lambda data: bytes(200_000), id="too large"),
    ],
)
def test_what_is_not_whole_is_as_if_it_were_not_there(
    server: HostileServer, settings: Settings, project: Path, damage: object
) -> None:
    """Damaged, cut, foreign: it is fetched anew, and kept whole again."""
    url = keep(server)
    server.play(PATH, hostile.revalidated(_body(server, PATH), '"m1"'))
    fetched(url, settings)
    kept = {path: path.read_bytes() for path in project.rglob("*.answer")}
    for path, data in kept.items():
        path.write_bytes(damage(data))  # type: ignore[operator]  # of the parameters above
    server.seen.clear()
    found = fetched(url, settings)
    assert (found.data, found.notes) == (REPORT, ())
    assert [seen.headers.get("if-none-match") for seen in server.seen] == [None, None]
    assert {path: path.read_bytes() for path in project.rglob("*.answer")} == kept


def test_a_server_that_calls_new_what_is_old_is_asked_again(server: HostileServer, settings: Settings) -> None:
    """Where the kept report has not the digest of the release, it is read anew, once."""
    url = keep(server)
    fetched(url, settings)
    new = REPORT.replace(b"1", b"3")
    server.release("rust", new)
    server.play(DOWNLOAD, lambda exchange: _stuck(exchange, new))
    found = fetched(url, settings)
    assert found.data == new
    assert found.notes == (
        "the report is as it was kept before",
        "what was kept has another digest, so it was read anew",
    )


def _stuck(exchange: hostile.Exchange, new: bytes) -> None:
    if "if-none-match" in exchange.seen.headers:
        exchange.head(304)
    else:
        hostile.reply(new)(exchange)


def test_a_date_alone_is_enough_to_ask(server: HostileServer, settings: Settings) -> None:
    """A server without ETags is asked with the date that it gave."""
    url, date = server.release("rust", REPORT), "Mon, 19 Jan 2026 06:00:00 GMT"
    server.play(DOWNLOAD, hostile.reply(REPORT, Last_Modified=date), hostile.reply(code=304))
    fetched(url, settings)
    assert fetched(url, settings).notes == KEPT[1:]
    sent = server.seen[-1].headers
    assert (sent.get("if-modified-since"), sent.get("if-none-match")) == (date, None)


def test_neither_token_nor_address_is_stored(server: HostileServer, settings: Settings, project: Path) -> None:
    """Only validators, digests and the origin stand beside the body, for nobody else to read."""
    url = keep(server)
    fetched(url, settings._replace(token=Token("correct-horse")))
    kept = sorted(project.rglob("*.answer"))
    heads = [json.loads(path.read_bytes().partition(b"\n")[0]) for path in kept]
    names = {"body_sha256", "etag", "format", "last_modified", "origin", "url_sha256"}
    assert [set(head) for head in heads] == [names, names]
    assert [head["origin"] for head in heads] == [server.url("")] * 2
    assert not any(b"correct-horse" in path.read_bytes() for path in kept)
    assert [path.stat().st_mode & 0o077 for path in kept] == [0, 0]


def test_a_folder_that_cannot_be_written_is_noted(server: HostileServer, project: Path) -> None:
    """The fetch does not fail."""
    (project / "file").write_text("x")
    found = fetched(keep(server), HERE._replace(cache=str(project / "file")))
    assert found.data == REPORT
    assert [note.startswith("the answer was not kept: ") for note in found.notes] == [True, True]


def test_validators_are_shown_to_whom_they_came_from(project: Path) -> None:
    """A host that a redirect leads to gets its own alone."""
    authority = Authority(project, "one.example", "other.example")
    settings = PUBLIC._replace(ca_file=authority.ca_file, cache=str(project / "cache"))
    world = Pretence(one_example="93.184.215.14", other_example="93.184.215.15")
    with HostileServer(authority) as server:
        url = server.release("rust", REPORT, host="one.example")
        server.play(DOWNLOAD, hostile.redirect(server.url("/file", "other.example")))
        server.play("/file", hostile.revalidated(REPORT, '"r1"'))
        fetched(url, settings, world)
        server.seen.clear()
        assert fetched(url, settings, world).notes == KEPT[1:]
        asked = [(seen.path, seen.headers.get("if-none-match")) for seen in server.seen]
        assert asked == [(PATH, None), (DOWNLOAD, None), ("/file", '"r1"')]
