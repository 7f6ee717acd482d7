"""Where a fetch goes, and what it shows to whom: redirects, addresses, tokens (M-14 to M-17)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from runpact_core.errors import ConfigurationError
from runpact_status_matrix._policy import Token, token_from
from tests.status_matrix import hostile_server as hostile
from tests.status_matrix.fetching import HERE, PUBLIC, REPORT, failed, fetched
from tests.status_matrix.hostile_server import ASSET, Authority, HostileServer, Pretence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from runpact_status_matrix._policy import Settings

PATH = "/repos/rust/releases/latest"
DOWNLOAD = f"/download/rust/v1.0.0/{ASSET}"
ONE, OTHER = "93.184.215.14", "93.184.215.15"
SECRET = "correct-horse"  # noqa: S105 - what must not be shown


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Proves who the two hosts are."""
    return Authority(tmp_path_factory.mktemp("authority"), "one.example", "other.example")


@pytest.fixture
def server(authority: Authority) -> Iterator[HostileServer]:
    """Speaks TLS."""
    with HostileServer(authority) as server:
        yield server


@pytest.fixture
def public(authority: Authority) -> Settings:
    """Public addresses alone."""
    return PUBLIC._replace(ca_file=authority.ca_file, attempts=1)


def pretence() -> Pretence:
    """Two hosts that are public, by their addresses."""
    return Pretence(one_example=ONE, other_example=OTHER)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_public_host_is_followed(server: HostileServer, public: Settings, code: int) -> None:
    """As release assets do it; the log names where the report came from, without the query that opened it."""
    url = server.release("rust", REPORT, host="one.example")
    server.play("/file?signature=abc", hostile.reply(REPORT))
    server.play(DOWNLOAD, hostile.redirect(server.url("/file?signature=abc#part", "other.example"), code))
    world = pretence()
    found = fetched(url, public, world)
    assert (found.data, found.url) == (REPORT, server.url("/file", "other.example"))
    assert world.dialled == [ONE, ONE, OTHER]
    assert server.paths() == [PATH, DOWNLOAD, "/file?signature=abc"]


@pytest.mark.parametrize("location", ["/next", "next", "//one.example:{port}/repos/rust/releases/next", "?x=1"])
def test_a_relative_redirect_is_followed(server: HostileServer, public: Settings, location: str) -> None:
    """From where it was given."""
    server.release("rust", REPORT, host="one.example")
    given = server.scripts[PATH][0]
    for path in ("/next", "/repos/rust/releases/next", f"{PATH}?x=1"):
        server.play(path, given)
    server.play(PATH, hostile.redirect(location.format(port=server.port)))
    assert fetched(server.url(PATH, "one.example"), public, pretence()).data == REPORT


@pytest.mark.parametrize(
    ("location", "failure"),
    [
        ("http://one.example/x", "redirect-refused"),
        ("http://127.0.0.1/x", "redirect-refused"),
        ("file:///etc/passwd", "redirect-refused"),
        ("ftp://one.example/x", "redirect-refused"),
        ("gopher://one.example/x", "redirect-refused"),
        ("data:application/json,{}", "redirect-refused"),
        ("javascript:alert(1)", "redirect-refused"),
        ("https://user:word@one.example/x", "redirect-refused"),
        ("https://user@one.example/x", "redirect-refused"),
        ("https://one.example\\@127.0.0.1/x", "redirect-refused"),
        ("https://one.example/a b", "redirect-refused"),
        ("https://one.ex\xe4mple/x", "redirect-refused"),
        ("https://[::1/x", "redirect-refused"),
        ("https://[fe80::1%25eth0]/x", "redirect-refused"),
        ("https://one.example:0/x", "redirect-refused"),
        ("https://one.example:99999/x", "redirect-refused"),
        ("https://127.0.0.1/x", "address-refused"),
        ("https://127.1/x", "address-refused"),
        ("https://0x7f.1/x", "address-refused"),
        ("https://2130706433/x", "address-refused"),
        ("https://017700000001/x", "address-refused"),
        ("https://0/x", "address-refused"),
        ("https://localhost/x", "address-refused"),
        ("https://[::1]/x", "address-refused"),
        ("https://[::ffff:127.0.0.1]/x", "address-refused"),
        ("https://[64:ff9b::7f00:1]/x", "address-refused"),
        ("https://169.254.169.254/latest/meta-data/", "address-refused"),
        ("https://10.0.0.1/x", "address-refused"),
        ("https://printer.local/x", "address-refused"),
        ("", "http-error"),
    ],
)
def test_a_redirect_to_where_nothing_public_is_is_refused(
    server: HostileServer, public: Settings, location: str, failure: str
) -> None:
    """By its scheme or by the address behind it, however that is spelled: of metadata and of the report, unasked."""
    url = server.release("rust", REPORT, host="one.example")
    world = pretence()
    world.hosts["printer.local"] = [["192.168.1.9"]]
    server.play(DOWNLOAD, hostile.redirect(location))
    assert failed(url, public, world).failure == failure
    server.play(PATH, hostile.redirect(location))
    found = failed(url, public, world)
    assert (found.failure, found.details is not None) == (failure, True)
    assert not {"user", "word"} & set((found.url or "").replace("@", "/").split("/"))
    assert world.dialled == [ONE] * 3
    assert server.paths() == [PATH, DOWNLOAD, PATH]


@pytest.mark.parametrize(
    ("host", "said"), [("10.0.0.1", "is private: --allow-private"), ("169.254.169.254", "whatever is allowed")]
)
def test_a_refused_address_says_whether_it_could_be_allowed(public: Settings, host: str, said: str) -> None:
    """Who runs the ingest learns which refusals are theirs to lift."""
    assert said in failed(f"https://{host}/x", public, pretence()).message


@pytest.mark.parametrize(
    "address", ["http:", "file:///etc/passwd", "//one.example/x", "https:///x", "", "x", "https://u:p@one.example/"]
)
def test_an_address_of_an_asset_is_judged_as_a_redirect(server: HostileServer, public: Settings, address: str) -> None:
    """What metadata names is no more trusted than what a redirect names."""
    url = server.release("rust", REPORT, host="one.example", asset={"browser_download_url": address})
    found = failed(url, public, pretence())
    assert found.failure == ("missing-status-asset" if not address else "redirect-refused")
    assert server.paths() == [PATH]


def test_redirects_are_counted_and_end() -> None:
    """Five are followed, six are not; a loop ends the same way."""
    with HostileServer() as server:
        url = server.release("rust", REPORT)
        given = server.scripts[PATH][0]
        for number in range(6):
            server.play(f"/{number}", hostile.redirect(f"/{number + 1}"))
        server.play("/5", given)
        assert fetched(server.url("/0")).data == REPORT
        server.play("/5", hostile.redirect("/6"))
        server.play("/6", given)
        found = failed(server.url("/0"))
        assert (found.failure, found.details) == ("too-many-redirects", {"redirects": 5, "attempts": 1})
        server.play(PATH, hostile.redirect(PATH))
        server.seen.clear()
        assert failed(url).failure == "too-many-redirects"
        assert server.paths() == [PATH] * 6


def test_plain_http_is_not_spoken_to_public_addresses(server: HostileServer) -> None:
    """Not by the registry, and not by a server of the own network; to this machine it is, and from there on to TLS."""
    with HostileServer() as plain:
        world = pretence()
        assert failed(plain.url(PATH, "one.example"), HERE, world).failure == "tls-failed"
        plain.play(PATH, hostile.redirect(plain.url("/x", "one.example")))
        assert failed(plain.url(PATH), HERE, world).failure == "redirect-refused"
        assert len(plain.seen) == 1
        server.release("rust", REPORT)
        assert server.authority is not None
        plain.play(PATH, hostile.redirect(server.url(PATH)))
        assert fetched(plain.url(PATH), HERE._replace(ca_file=server.authority.ca_file)).data == REPORT


def test_private_addresses_need_to_be_allowed(server: HostileServer, public: Settings) -> None:
    """A registry that names this machine is refused without the option, before anything is sent."""
    found = failed(server.release("rust", REPORT), public)
    assert (found.failure, len(server.seen)) == ("address-refused", 0)


def test_what_is_public_leads_nowhere_private_even_where_private_is_allowed(
    server: HostileServer, public: Settings
) -> None:
    """The option is for sources of the own network, not for those who lead into it: by a redirect or by metadata."""
    allowed = public._replace(allow_private=True)
    url = server.release("rust", REPORT, host="one.example")
    server.play(DOWNLOAD, hostile.redirect(server.url("/x")))
    assert failed(url, allowed, pretence()).failure == "address-refused"
    server.release("rust", REPORT, host="127.0.0.1")
    assert failed(url, allowed, pretence()).failure == "address-refused"
    server.play(PATH, hostile.redirect(server.url("/x")))
    assert failed(url, allowed, pretence()).failure == "address-refused"
    assert server.paths() == [PATH, DOWNLOAD, PATH, PATH]


def test_a_name_that_changes_its_address_gains_nothing(server: HostileServer, public: Settings) -> None:
    """A name is looked up once for a connection, which goes to the address that was judged."""
    world = pretence()
    world.hosts["one.example"] = [[ONE], ["127.0.0.1"]]
    found = failed(server.release("rust", REPORT, host="one.example"), public, world)
    assert (found.failure, found.url) == ("address-refused", server.url(DOWNLOAD, "one.example"))
    assert (world.asked, world.dialled) == (["one.example"] * 2, [ONE])


def test_only_the_public_addresses_of_a_name_are_used(server: HostileServer, public: Settings) -> None:
    """Those that are not are left out; where the first does not answer, the next is tried."""
    world = pretence()
    world.hosts["one.example"] = [["127.0.0.1", "169.254.169.254", "10.0.0.1", OTHER, ONE]]
    dialled: list[str] = []

    def dial(sock: object, address: tuple[str, int]) -> None:
        dialled.append(address[0])
        if address[0] == OTHER:
            raise ConnectionRefusedError(111, "refused")
        world.dial(sock, address)  # type: ignore[arg-type]  # a socket

    assert fetched(server.release("rust", REPORT, host="one.example"), public, world, dial=dial).data == REPORT
    assert dialled == [OTHER, ONE] * 2


def test_a_name_that_is_not_resolved_in_time_is_given_up(public: Settings) -> None:
    """A resolver cannot be stopped, so nobody waits for it."""
    gate = threading.Event()

    def resolve(*_: object, **__: object) -> list[object]:
        gate.wait()
        return []

    found = failed("https://one.example/x", public._replace(connect_s=0.05), resolve=resolve)
    gate.set()
    assert found.failure == "timeout"


def test_a_token_is_shown_to_the_host_of_the_registry_alone(
    server: HostileServer, public: Settings, authority: Authority
) -> None:
    """Not to the host that a redirect or the metadata leads to, not to another port, and not on the way back."""
    told = public._replace(token=Token(SECRET))
    url = server.release("rust", REPORT, host="one.example")
    server.play("/there", hostile.redirect(server.url("/back", "one.example")))
    server.play("/back", hostile.reply(REPORT))
    with HostileServer(authority) as beside:
        beside.play("/x", hostile.redirect(server.url("/there", "other.example")))
        server.play(DOWNLOAD, hostile.redirect(beside.url("/x", "one.example")))
        assert fetched(url, told, pretence()).data == REPORT
        assert [SECRET in str(seen) for seen in beside.seen] == [False]
    assert [(seen.path, SECRET in str(seen)) for seen in server.seen] == [
        (PATH, True),
        (DOWNLOAD, True),
        ("/there", False),
        ("/back", False),
    ]
    assert server.seen[0].headers["authorization"] == f"Bearer {SECRET}"


def test_a_token_opens_the_asset_at_the_api() -> None:
    """Where the token is for the API, the asset comes from there, as private repositories need it."""
    with HostileServer() as server:
        api = server.url("/repos/rust/releases/assets/1")
        url = server.release("rust", REPORT, asset={"url": api})
        server.play("/repos/rust/releases/assets/1", hostile.reply(REPORT))
        fetched(url, HERE._replace(token=Token(SECRET)))
        assert [seen.path for seen in server.seen] == [PATH, "/repos/rust/releases/assets/1"]
        assert server.seen[1].headers["accept"] == "application/octet-stream"
        for token in (None, Token(SECRET, "api.github.com")):
            server.seen.clear()
            fetched(url, HERE._replace(token=token))
            assert [(seen.path, SECRET in str(seen)) for seen in server.seen] == [(PATH, False), (DOWNLOAD, False)]
        url = server.release("rust", REPORT, asset={"url": "ftp://127.0.0.1/x"})
        server.seen.clear()
        fetched(url, HERE._replace(token=Token(SECRET)))
        assert server.paths() == [PATH, DOWNLOAD]


def test_a_token_is_not_sent_in_the_clear_to_another_machine() -> None:
    """Plain http in the own network goes without it."""
    with HostileServer() as server:
        url = server.release("rust", REPORT, host="near.example")
        fetched(url, HERE._replace(token=Token(SECRET)), Pretence(near_example="10.0.0.7"))
        assert [SECRET in str(seen) for seen in server.seen] == [False, False]


def test_the_environment_of_other_programs_does_not_matter(monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    """No proxy, no .netrc, no bundle of another program: what would break a fetch or show a password is not read."""
    (project / ".netrc").write_text(f"machine 127.0.0.1 login me password {SECRET}\n")
    (project / ".netrc").chmod(0o600)
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("HOME", str(project))
    monkeypatch.setenv("NETRC", str(project / ".netrc"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(project / "nothing.pem"))
    with HostileServer() as server:
        assert fetched(server.release("rust", REPORT)).data == REPORT
        assert [set(seen.headers) & {"authorization", "cookie"} for seen in server.seen] == [set(), set()]


@pytest.mark.parametrize(
    ("environ", "hosts"),
    [
        ({}, None),
        ({"GITHUB_TOKEN": "t", "GITHUB_API_URL": ""}, {"api.github.com"}),
        ({"GITHUB_TOKEN": "t", "GITHUB_API_URL": "https://git.example/api/v3"}, {"git.example"}),
        ({"GITHUB_TOKEN": "t", "RUNPACT_STATUS_TOKEN": "  "}, {"api.github.com"}),
        ({"GITHUB_TOKEN": "u", "RUNPACT_STATUS_TOKEN": "t\n"}, {"api.github.com", "git.example", "one.example"}),
    ],
)
def test_the_environment_says_which_token_is_for_whom(environ: dict[str, str], hosts: set[str] | None) -> None:
    """Ours is for every release API of the registry, that of GitHub for GitHub's alone; no text shows the secret."""
    token = token_from(environ)
    if hosts is None:
        assert token is None
        return
    assert token is not None
    assert token.value == "t"
    assert {host for host in ("api.github.com", "git.example", "one.example") if token.is_for(host)} == hosts
    assert "'t'" not in repr(HERE._replace(token=token))


@pytest.mark.parametrize("value", ["a b", "a\nb", "a\x00b", "\xe4"])
def test_a_token_that_no_header_can_hold_is_refused(value: str) -> None:
    """The error names the variable and nothing of its value."""
    with pytest.raises(ConfigurationError) as caught:
        token_from({"RUNPACT_STATUS_TOKEN": value})
    assert "RUNPACT_STATUS_TOKEN" in caught.value.what
    assert value not in caught.value.line()
