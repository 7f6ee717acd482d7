"""What `dash serve` gives: documents for programs, files of runs, pages (R-12, R-14, V-07)."""

from __future__ import annotations

import asyncio
import errno
import json
import os
from typing import TYPE_CHECKING

import httpx
import pytest

from runpact_core import documents, jsonl
from runpact_core.errors import InvalidArtifact
from tests.reporter.serving import PORT, RUN, ask, body, header, planted, site
from tests.reporter.support import last_run

if TYPE_CHECKING:
    from pathlib import Path

    from runpact_reporter._dash.serve import Application

API_RUN = f"/api/runs/spec-kit/{RUN}"


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("/api/products.json", "products.json"),
        ("/api/runs/spec-kit/last_run.json", "runs/spec-kit/last_run.json"),
        (f"{API_RUN}/last_run.json", f"runs/spec-kit/{RUN}/last_run.json"),
    ],
)
def test_documents_are_given_byte_for_byte(project: Path, path: str, file: str) -> None:
    """What lies on disk, as JSON, with a policy under which nothing runs."""
    planted(project)
    answer = ask(site(project), path)
    assert (answer.status, header(answer, "content-type")) == (200, "application/json")
    assert answer.body == (project / "dash" / file).read_bytes()
    assert str(header(answer, "content-security-policy")).startswith("default-src 'none'; base-uri")


def test_the_three_error_states_are_problem_documents(project: Path) -> None:
    """Missing 404, invalid 422, an unknown major version 422 with its raw fields; each with its text."""
    planted(project)
    path = project / "dash" / "runs" / "spec-kit" / "last_run.json"
    path.write_bytes(json.dumps(last_run(schema_version="7.0")).encode())
    answer = ask(site(project), "/api/runs/spec-kit/last_run.json")
    assert (answer.status, header(answer, "content-type")) == (422, "application/problem+json")
    assert body(answer)["detail"] == "Unsupported schema version: 7.0"
    assert body(answer)["document"]["summary"] == "42 passed"
    path.write_bytes(b'{"schema_version": "0.1"')
    answer = ask(site(project), "/api/runs/spec-kit/last_run.json")
    assert (answer.status, body(answer)["code"]) == (422, "invalid-artifact")
    assert body(answer)["detail"].startswith("Invalid artifact: ")
    path.unlink()
    answer = ask(site(project), "/api/runs/spec-kit/last_run.json")
    assert answer.status == 404
    assert body(answer)["detail"] == "Missing artifact: dash/runs/spec-kit/last_run.json"


def test_a_newer_minor_version_is_given_and_said(project: Path) -> None:
    """The bytes with 200, and the message in a header."""
    planted(project)
    path = project / "dash" / "runs" / "spec-kit" / "last_run.json"
    path.write_bytes(json.dumps(last_run(schema_version="0.9", later=1)).encode())
    answer = ask(site(project), "/api/runs/spec-kit/last_run.json")
    assert (answer.status, header(answer, "runpact-message")) == (200, "Unsupported schema version: 0.9")
    assert body(answer)["later"] == 1


def test_a_document_that_is_too_large_is_not_read(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is invalid, with the limit in the text."""
    planted(project)
    monkeypatch.setattr(documents, "MAX_BYTES", 10)
    answer = ask(site(project), "/api/products.json")
    assert (answer.status, body(answer)["detail"]) == (422, "Invalid artifact: more than 10 bytes")


def test_the_schemas_are_those_of_the_contracts(project: Path) -> None:
    """The version that is written unless another is asked for, or the one that is named; another name is 404."""
    application = site(project)
    stated = {"run": "run@0.2", "last_run": "last_run@0.1", "last_run.0.2": "last_run@0.2", "run@0.1": "run@0.1"}
    for name, contract in stated.items():
        text = documents.schema(documents.find_contract(contract)[0])
        assert ask(application, f"/api/schemas/{name}.schema.json").body == text, name
    answer = ask(application, "/api/schemas/last_runn.schema.json")
    assert (answer.status, body(answer)["code"]) == (404, "unknown-contract")
    assert ask(application, "/api/schemas/last_run.json").status == 404


def test_the_schemas_of_the_dash_folder_come_first(project: Path) -> None:
    """A file of `dash/schemas` is given as it is, so the documents beside it fit it; a link is not followed."""
    planted(project)
    folder = project / "dash/schemas"
    folder.mkdir()
    (folder / "last_run.schema.json").write_bytes(b'{"const": 1}')
    (folder / "run.schema.json").symlink_to(project / "secret.txt")
    answer = ask(site(project), "/api/schemas/last_run.schema.json")
    assert (answer.body, header(answer, "content-type")) == (b'{"const": 1}', "application/schema+json")
    assert b"CANARY" not in ask(site(project), "/api/schemas/run.schema.json").body


def test_the_history_of_a_product_is_its_last_lines(project: Path) -> None:
    """Only lines of this product, the newest ones, unchanged; what is left out and what is none is counted."""
    planted(project)
    path = project / "dash" / "runs" / "report_history.jsonl"
    jsonl.append(path, {"run_rel": "other/x", "status": "success", "product_id": "other"})
    jsonl.append(path, {"run_rel": "spec-kit/old", "status": "failed"})
    with path.open("ab") as file:
        file.write(b'{"product_id": "spec-kit", "run_rel"\n["spec-kit"]\n{"product_id": "spec-kit"}\n')
        file.write(b'{"product_id": "spec-kit", "summary": "' + b"x" * 1_000_001 + b'"}\n')
        file.write(b'{"run_rel": "spec-kit/torn", "status": "success"')
    lines = path.read_bytes().splitlines(keepends=True)
    answer = ask(site(project), "/api/runs/spec-kit/history.jsonl")
    assert answer.body == b"".join([*lines[:3], lines[4]])
    assert (header(answer, "runpact-omitted"), header(answer, "runpact-problems")) == ("0", "4")
    answer = ask(site(project), "/api/runs/spec-kit/history.jsonl?limit=3")
    assert answer.body == lines[2] + lines[4]
    assert header(answer, "runpact-omitted") == "2"


@pytest.mark.parametrize("limit", ["0", "-1", "x", "10001", "1e3", "", "9" * 5000])
def test_a_limit_is_a_number_in_bounds(project: Path, limit: str) -> None:
    """Anything else is 400 with the bounds."""
    planted(project)
    answer = ask(site(project), f"/api/runs/spec-kit/history.jsonl?limit={limit}")
    assert (answer.status, body(answer)["detail"]) == (400, "limit is not a whole number from 1 to 10000")


def test_no_history_is_a_missing_artifact(project: Path) -> None:
    """It is said where it should be."""
    answer = ask(site(project), "/api/runs/a/history.jsonl")
    assert (answer.status, body(answer)["detail"]) == (404, "Missing artifact: dash/runs/report_history.jsonl")


@pytest.mark.parametrize(
    ("name", "content", "kind", "shown"),
    [
        ("a.log", b"<script>", "text/plain; charset=utf-8", "inline"),
        ("a.JSON", b"{}", "text/plain; charset=utf-8", "inline"),
        ("a.png", b"\x89PNG\r\n\x1a\nrest", "image/png", "inline"),
        ("b.png", b"<svg onload=alert(1)>", "application/octet-stream", "attachment"),
        ("a.html", b"<script>alert(1)</script>", "application/octet-stream", "attachment"),
        ("a.svg", b"<svg/>", "application/octet-stream", "attachment"),
        ("a.js", b"alert(1)", "application/octet-stream", "attachment"),
        ("a.xml", b"<a/>", "application/octet-stream", "attachment"),
        ("noending", b"", "application/octet-stream", "attachment"),
    ],
)
def test_nothing_that_a_run_left_can_run(project: Path, name: str, content: bytes, kind: str, shown: str) -> None:
    """Texts are plain, PNGs are pictures, all else is saved; nothing is sniffed, everything is in a sandbox (V-07)."""
    run = planted(project)
    (run / "evidence" / name).write_bytes(content)
    answer = ask(site(project), f"/files/spec-kit/{RUN}/evidence/{name}")
    assert answer.fd is not None
    with os.fdopen(answer.fd, "rb") as file:
        assert file.read() == content
    assert (header(answer, "content-type"), answer.size) == (kind, len(content))
    assert header(answer, "content-disposition") == f"{shown}; filename*=UTF-8''{name}"
    assert str(header(answer, "content-security-policy")).startswith("sandbox; default-src 'none'")
    assert header(answer, "x-content-type-options") == "nosniff"


def test_a_name_cannot_break_out_of_its_header(project: Path) -> None:
    """Quotes and other characters of a name are escaped."""
    run = planted(project)
    (run / 'a"; x=é.bin').write_bytes(b"")
    answer = ask(site(project), f"/files/spec-kit/{RUN}/a%22%3b%20x=%C3%A9.bin")
    os.close(answer.fd or 0)
    assert header(answer, "content-disposition") == "attachment; filename*=UTF-8''a%22%3B%20x%3D%C3%A9.bin"


def test_what_is_known_is_not_sent_again(project: Path) -> None:
    """A strong ETag, compared as a list, weakly, and with a star; another content has another one."""
    run = planted(project)
    application, tag = site(project), ""
    for path in ("/api/products.json", f"/files/spec-kit/{RUN}/pytest_output.log", "/"):
        first = ask(application, path)
        tag = str(header(first, "etag"))
        for stated in (tag, f'"x", {tag}', f"W/{tag}", "*"):
            again = ask(application, path, if_none_match=stated)
            assert (again.status, again.body, again.fd, header(again, "etag")) == (304, b"", None, tag)
            assert header(again, "content-security-policy") == header(first, "content-security-policy")
        for answer in (first, ask(application, path, if_none_match='"x"')):
            assert answer.status == 200
            if answer.fd is not None:
                os.close(answer.fd)
    (run / "pytest_output.log").write_bytes(b"43 passed\n")
    changed = ask(application, f"/files/spec-kit/{RUN}/pytest_output.log")
    os.close(changed.fd or 0)
    assert tag != header(changed, "etag")


def test_pages_are_those_of_the_site(project: Path) -> None:
    """The start page shows the product, under a policy without inline scripts and styles; what is none is 404."""
    planted(project)
    answer = ask(site(project), "/")
    assert (answer.status, header(answer, "content-type")) == (200, "text/html; charset=utf-8")
    assert b"Spec Kit" in answer.body
    policy = str(header(answer, "content-security-policy"))
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert header(answer, "referrer-policy") == "no-referrer"
    assert ask(site(project), "/nothing.html").status == 404


def test_evidence_in_pages_is_in_a_sandbox(project: Path) -> None:
    """What the site shows as evidence is a text or a picture, else it is saved."""
    for kind, shown in (("text/plain; charset=utf-8", "inline"), ("application/octet-stream", "attachment")):
        answer = ask(site(project, pages=lambda *_, kind=kind: (kind, b"x")), "/f/a/b/c")
        assert header(answer, "content-disposition") == shown
        assert str(header(answer, "content-security-policy")).startswith("sandbox;")


def test_a_fault_of_ours_is_told_and_answered(project: Path) -> None:
    """500 without the words of the fault, which go to the log."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError("within")

    told: list[str] = []
    answer = ask(site(project, pages=broken, log=told.append), "/")
    assert (answer.status, body(answer)["detail"]) == (500, "this page could not be made")
    assert told == ["fault: ZeroDivisionError: within"]


def test_the_history_of_nobody_is_missing(project: Path) -> None:
    """A product that the register and the folders do not know is 404; one without runs has an empty history."""
    planted(project)
    (project / "dash/runs/fresh").mkdir()
    answer = ask(site(project), "/api/runs/nobody/history.jsonl")
    assert (answer.status, body(answer)["detail"]) == (404, "Missing artifact: dash/runs/nobody")
    answer = ask(site(project), "/api/runs/fresh/history.jsonl")
    assert (answer.status, answer.body) == (200, b"")


@pytest.mark.parametrize("path", ["/p/none.html", "/r/a/b.html", "/static/none.js", "/a/../b", "/<b>"])
def test_a_person_gets_a_page_where_there_is_none(project: Path, path: str) -> None:
    """A browser that asks for HTML gets a small page with the same status; programs, and those at /api/, JSON."""
    planted(project)
    answer = ask(site(project), path, accept="text/html,*/*;q=0.8")
    assert (answer.status, header(answer, "content-type")) == (
        ask(site(project), path).status,
        "text/html; charset=utf-8",
    )
    assert answer.status in {400, 404}
    assert b'<a href="/">' in answer.body
    assert b"<b>" not in answer.body
    assert header(ask(site(project), path, accept="*/*"), "content-type") == "application/problem+json"
    answer = ask(site(project), "/api/none", accept="text/html")
    assert header(answer, "content-type") == "application/problem+json"


def test_a_second_project_is_named_by_its_number(project: Path) -> None:
    """Of one project there is the first; any other number is 400."""
    planted(project)
    assert ask(site(project), "/api/products.json?project=1").status == 200
    assert ask(site(project), "/api/products.json?project=2").status == 400


async def _over_asgi(application: Application, path: str, method: str = "GET") -> httpx.Response:
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://127.0.0.1:{PORT}") as client:
        return await client.request(method, path)


def test_as_asgi_a_file_comes_in_pieces(project: Path) -> None:
    """A file larger than a piece arrives whole; HEAD gives the same headers and nothing else; each is logged."""
    run = planted(project)
    data = bytes(range(256)) * 1000
    (run / "big.bin").write_bytes(data)
    told: list[str] = []
    application = site(project, log=told.append)
    path = f"/files/spec-kit/{RUN}/big.bin"
    got = asyncio.run(_over_asgi(application, path))
    head = asyncio.run(_over_asgi(application, path, "HEAD"))
    assert (got.status_code, got.content) == (200, data)
    assert (head.status_code, head.content, head.headers) == (200, b"", got.headers)
    assert told == [f"200 GET {path}", f"200 HEAD {path}"]


def test_a_file_that_shrinks_ends_the_connection(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one who asked sees an answer that is cut, not one that is padded; the file is closed."""
    run = planted(project)
    application = site(project)
    answer = ask(application, f"/files/spec-kit/{RUN}/pytest_output.log")
    (run / "pytest_output.log").write_bytes(b"")
    monkeypatch.setattr(application, "answer", lambda _: answer)  # the file shrinks between opening and sending
    with pytest.raises(InvalidArtifact):
        asyncio.run(_over_asgi(application, "/"))
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(answer.fd or 0)


def test_only_http_is_answered(project: Path) -> None:
    """Other kinds of connections are left alone."""
    asyncio.run(site(project)({"type": "lifespan"}, None, None))  # type: ignore[arg-type]  # neither is touched


def test_a_query_that_cannot_be_read(project: Path) -> None:
    """Bytes that are no text, too many fields, and one that is there twice are 400."""
    for query in ("%ff=%ff", "&".join(f"a{number}=b" for number in range(11)), "project=1&project=1"):
        assert ask(site(project), f"/api/products.json?{query}").status == 400


@pytest.mark.parametrize("path", ["/api/products.json", f"/files/spec-kit/{RUN}/a.png"])
def test_a_disk_that_fails_is_said(project: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """503 with what was being done; no descriptor stays open."""
    (planted(project) / "a.png").write_bytes(b"x")
    application = site(project)
    before = len(os.listdir("/dev/fd"))  # noqa: PTH208 - a count of names

    def failing(*_: object) -> bytes:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr("runpact_reporter._dash._within.read_up_to", failing)
    monkeypatch.setattr("runpact_reporter._dash._api._kind", failing)
    answer = ask(application, path)
    assert (answer.status, body(answer)["code"]) == (503, "environment")
    assert body(answer)["detail"].endswith(": broken")
    assert len(os.listdir("/dev/fd")) == before  # noqa: PTH208 - as above


def test_a_folder_that_cannot_be_opened_is_said(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not a missing file is not called one."""

    def failing(*_: object) -> int:
        raise OSError(errno.EMFILE, "too many")

    monkeypatch.setattr("runpact_reporter._dash._within.Within._by_handles", failing)
    assert ask(site(project), "/api/products.json").status == 503


def test_without_handles_of_directories_links_are_seen_by_name(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way of platforms that have no such handles gives files, and refuses links on the way and at its end."""
    monkeypatch.setattr("runpact_reporter._dash._within._HANDLES", False)
    run = planted(project)
    (run / "up").symlink_to(project)
    (run / "link.txt").symlink_to(project / "secret.txt")
    application = site(project)
    assert ask(application, "/api/products.json").status == 200
    assert ask(application, f"/files/spec-kit/{RUN}/up/secret.txt").status == 404
    assert ask(application, f"/files/spec-kit/{RUN}/link.txt").status == 404


def test_a_long_history_is_cut_by_bytes(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest lines that fit are given, the others counted."""
    planted(project)
    lines = (project / "dash" / "runs" / "report_history.jsonl").read_bytes().splitlines(keepends=True)
    monkeypatch.setattr("runpact_reporter._dash._records._BYTES", len(lines[2]) + 1)
    answer = ask(site(project), "/api/runs/spec-kit/history.jsonl")
    assert (answer.body, header(answer, "runpact-omitted")) == (lines[2], "2")
