"""Who is answered by `dash serve`, and for which paths (V-01 to V-04)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runpact_reporter._dash._answers import Asked
from runpact_reporter._dash._guard import HEADER_BYTES
from tests.reporter.serving import PORT, RUN, ask, body, header, planted, site

if TYPE_CHECKING:
    from pathlib import Path

    from runpact_reporter._dash._answers import Answer

ROOTS = ["/", "/files/spec-kit/", f"/files/spec-kit/{RUN}/", "/api/runs/", "/f/spec-kit/", "/static/"]
TRICKS = [
    "../../../secret.txt",
    "%2e%2e/%2e%2e/%2e%2e/secret.txt",
    "..%2f..%2f..%2fsecret.txt",
    "..%5c..%5csecret.txt",
    "%252e%252e/%252e%252e/secret.txt",
    "x%00.txt",
    "/secret.txt",
    "./secret.txt",
    "c:/secret.txt",
    "\\secret.txt",
    "%ff",
    "%c0%ae%c0%ae/secret.txt",
    ".lock",
    "%0d%0aSet-Cookie:x",
    "a" * 8192,
]


@pytest.mark.parametrize("root", ROOTS)
@pytest.mark.parametrize("trick", TRICKS)
def test_no_path_leads_out(project: Path, root: str, trick: str) -> None:
    """Every trick, at every place, is 400 or 404, goes nowhere else, and gives nothing of the secret (V-01)."""
    planted(project)
    answer = ask(site(project), root + trick)
    assert answer.status in {400, 404}
    assert header(answer, "location") is None
    assert answer.fd is None
    assert b"CANARY" not in answer.body


@pytest.mark.parametrize("target", ["//evil.example/", "http://evil.example/", "*", "", "evil"])
def test_a_target_that_is_no_path_is_refused(project: Path, target: str) -> None:
    """Absolute addresses, two slashes and no slash at all are 400."""
    assert ask(site(project), target).status == 400


def given_out(answer: Answer) -> bytes:
    """What a file's answer would send; the descriptor is closed."""
    assert answer.fd is not None
    with os.fdopen(answer.fd, "rb") as file:
        return file.read()


def test_only_plain_files_of_the_folder_are_given_out(project: Path) -> None:
    """Links to files and of folders, hard links, FIFOs, sockets' like and folders are 404, at once (V-02)."""
    run = planted(project)
    (run / "link.txt").symlink_to(project / "secret.txt")
    (run / "inside.txt").symlink_to(run / "pytest_output.log")
    (run / "up").symlink_to(project)
    (run / "hard.txt").hardlink_to(project / "secret.txt")
    os.mkfifo(run / "pipe.txt")
    application = site(project)
    for name in ("link.txt", "inside.txt", "up/secret.txt", "hard.txt", "pipe.txt", "evidence", "nothing"):
        answer = ask(application, f"/files/spec-kit/{RUN}/{name}")
        assert (answer.status, answer.fd) == (404, None), name
        assert body(answer)["detail"] == f"Missing artifact: dash/runs/spec-kit/{RUN}/{name}"
    assert given_out(ask(application, f"/files/spec-kit/{RUN}/pytest_output.log")) == b"42 passed\n"


def test_a_folder_that_becomes_a_link_is_not_followed(project: Path) -> None:
    """A product's folder exchanged for a link to elsewhere gives nothing, of documents neither."""
    planted(project)
    elsewhere = project / "elsewhere"
    (project / "dash" / "runs" / "spec-kit").rename(elsewhere)
    (project / "dash" / "runs" / "spec-kit").symlink_to(elsewhere)
    application = site(project)
    assert ask(application, f"/files/spec-kit/{RUN}/pytest_output.log").status == 404
    assert ask(application, "/api/runs/spec-kit/last_run.json").status == 404


def test_a_document_that_is_a_fifo_is_missing(project: Path) -> None:
    """Nobody waits for a writer."""
    run = planted(project)
    (run / "error.json").unlink(missing_ok=True)
    os.mkfifo(run / "error.json")
    assert ask(site(project), f"/api/runs/spec-kit/{RUN}/error.json").status == 404


@pytest.mark.parametrize(
    ("host", "status"),
    [
        (f"127.0.0.1:{PORT}", 200),
        (f"localhost:{PORT}", 200),
        (f"LOCALHOST:{PORT}", 200),
        ("localhost", 421),
        ("127.0.0.1:1", 421),
        ("evil.example", 421),
        (f"evil.example:{PORT}", 421),
        (f"localhost.evil.example:{PORT}", 421),
        (f"127.0.0.1:{PORT}@evil.example", 421),
        ("", 421),
    ],
)
def test_only_names_of_this_machine_are_answered(project: Path, host: str, status: int) -> None:
    """A page whose name was made to lead here gets 421 (V-03)."""
    planted(project)
    assert ask(site(project), "/api/products.json", host=host).status == status


def test_a_host_without_its_port_is_told_what_is_missing(project: Path) -> None:
    """The one mistake that a person makes has a sentence of its own."""
    answer = ask(site(project), "/", host="localhost")
    assert (answer.status, body(answer)["detail"]) == (
        421,
        f"the request's Host has no port: this server is localhost:{PORT}",
    )


def test_no_host_and_two_hosts_are_refused(project: Path) -> None:
    """One name must be stated, once."""
    host = (b"host", f"localhost:{PORT}".encode())
    assert site(project).answer(Asked("GET", b"/")).status == 421
    assert site(project).answer(Asked("GET", b"/", b"", (host, host))).status == 421


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW"])
def test_nothing_can_be_changed(project: Path, method: str) -> None:
    """Every method but GET and HEAD is 405, whoever asks, and no answer lets other sites in (V-04)."""
    planted(project)
    for site_of in ("same-origin", "cross-site"):
        answer = ask(site(project), "/api/products.json", method, sec_fetch_site=site_of)
        assert (answer.status, header(answer, "allow")) == (405, "GET, HEAD")
        assert not [name for name, _ in answer.headers if name.startswith("access-control")]


OURS = f"http://localhost:{PORT}"
NAVIGATE = {"sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": OURS}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://localhost:1"}, 403),
        ({"origin": f"https://localhost:{PORT}"}, 403),
        ({"sec_fetch_site": "same-origin"}, 200),
        ({"sec_fetch_site": "none", **NAVIGATE}, 200),
        ({"sec_fetch_site": "same-origin", "origin": "http://evil.example"}, 403),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "same-site"}, 403),
        ({"sec_fetch_site": "nonsense"}, 403),
        ({"sec_fetch_site": "cross-site", "sec_fetch_mode": "no-cors", "sec_fetch_dest": "image"}, 403),
        ({"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "iframe"}, 403),
        ({"sec_fetch_site": "cross-site", **NAVIGATE}, 200),
        ({"sec_fetch_site": "cross-site", **NAVIGATE, "origin": "http://evil.example"}, 403),
    ],
)
def test_pages_of_other_sites_get_nothing(project: Path, headers: dict[str, str], status: int) -> None:
    """The table of the module, row by row (V-04)."""
    planted(project)
    assert ask(site(project), "/api/products.json", **headers).status == status


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pieces=st.lists(
        st.sampled_from([*TRICKS, "api", "files", "runs", "spec-kit", RUN, "schemas", "r", "p", "f", "history.jsonl"])
        | st.text(max_size=8),
        max_size=6,
    ),
    query=st.sampled_from(["", "?limit=1", "?limit=0", "?limit=x", "?project=2", "?project=-1", "?%ff=%ff&&=", "?;"]),
    method=st.sampled_from(["GET", "HEAD", "POST"]),
)
def test_no_request_is_a_fault_of_the_server(project: Path, pieces: list[str], query: str, method: str) -> None:
    """Whatever is asked for: no 5xx, and nothing of the secret (V-08)."""
    if not (project / "dash").exists():
        planted(project)
    target = ("/" + "/".join(pieces)).encode("utf-8", "replace")
    answer = ask(site(project), target + query.encode(), method)
    assert answer.status < 500
    assert b"CANARY" not in answer.body
    if answer.fd is not None:
        assert b"CANARY" not in given_out(answer)


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/runs/", "/files", "/files/", f"/files/spec-kit/{RUN}/", "/p/"])
def test_a_folder_is_not_there_and_its_files_are_named(project: Path, path: str) -> None:
    """With a slash at the end and without: 404, with what can be asked for."""
    planted(project)
    answer = ask(site(project), path)
    assert (answer.status, body(answer)["detail"]) == (404, f"Missing artifact: {path}")
    assert body(answer)["hint"]


def test_headers_have_a_limit(project: Path) -> None:
    """As many bytes as the limit are answered, one more is 431."""
    planted(project)
    room = HEADER_BYTES - len("host" + f"127.0.0.1:{PORT}" + "x")
    assert ask(site(project), "/", x="a" * room).status == 200
    answer = ask(site(project), "/", x="a" * (room + 1))
    assert (answer.status, body(answer)["detail"]) == (431, "the request's headers are longer than 16384 bytes")
