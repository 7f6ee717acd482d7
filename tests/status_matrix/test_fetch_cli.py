"""Fetching from the command line: who is believed, and what an ingest over TLS writes down."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import edge
from runpact_status_matrix import _wire
from runpact_status_matrix.cli import app
from tests.status_matrix.hostile_server import Authority, HostileServer
from tests.status_matrix.ingesting import NOW, entry, report, write_registry

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "correct-horse"  # noqa: S105 - what must not be shown


@pytest.fixture(autouse=True)
def contexts() -> Iterator[None]:
    """What was read of authorities is forgotten before and after each test."""
    _wire.tls_context.cache_clear()
    yield
    _wire.tls_context.cache_clear()


def ingest(*words: str) -> int:
    """The exit code of an ingest."""
    return edge.run(app, ["matrix", "ingest", "--registry", "registry.json", "--now-utc", NOW, *words], "runpact")


def logged() -> dict[str, Any]:
    """The one entry of the log."""
    (found,) = json.loads(Path(".artifacts/runner-status-ingest-log.json").read_bytes())["entries"]
    return dict(found)


def register(server: HostileServer) -> None:
    """A registry whose runner publishes there."""
    url = server.release("rust", json.dumps(report()).encode(), tag="v1.4.0")
    exchange = {"source_kind": "release_asset", "release_api_url": url}
    whole = entry("rust")
    whole["status_exchange"] = exchange
    write_registry(whole)


@pytest.mark.parametrize("how", ["option", "environment", "neither"])
def test_authorities_are_those_of_the_option_or_of_the_system(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that neither knows is refused, and all is written; the token stands nowhere."""
    authority = Authority(tmp_path)
    monkeypatch.setenv("RUNPACT_STATUS_TOKEN", SECRET)
    if how == "environment":
        monkeypatch.setenv("SSL_CERT_FILE", authority.ca_file)
    with HostileServer(authority) as server:
        register(server)
        assert ingest("--allow-private", *(["--ca-file", authority.ca_file] if how == "option" else [])) == 0
        assert [SECRET in str(seen) for seen in server.seen] == ([] if how == "neither" else [True, True])
    found = logged()
    if how == "neither":
        assert (found["outcome"], found["failures"]) == ("failed", ["tls-failed"])
    else:
        assert (found["outcome"], found["digest"]["state"]) == ("accepted", "matched")
    written = [path for path in Path(".artifacts").rglob("*") if path.is_file()]
    assert len(written) >= 3
    assert not any(SECRET.encode() in path.read_bytes() for path in written)


def test_authorities_that_cannot_be_read_are_a_fault_of_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 before anything is asked."""
    with HostileServer() as server:
        register(server)
        assert ingest("--ca-file", "absent.pem") == 2
        assert server.seen == []
    assert "absent.pem cannot be used as a file of authorities" in capsys.readouterr().err


def test_a_required_digest_is_told_to_every_source() -> None:
    """A release that says the digest of its report is taken; the log says what was required."""
    with HostileServer() as server:
        register(server)
        assert ingest("--allow-private", "--require-digest") == 0
    log = json.loads(Path(".artifacts/runner-status-ingest-log.json").read_bytes())
    assert log["settings"]["require_digest"] is True
    assert log["entries"][0]["outcome"] == "accepted"
